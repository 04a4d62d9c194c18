"""Holds what a simulation found, by option and figure; the draws of the deciding figures, means and quantiles of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.model import Model
from tco_model.engine.reduce import LEVELS

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and quantiles of one figure over all futures."""

    mean: float
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Result:
    """A simulation of every option on the same futures. Money out is positive; arrays are ``(draws,)`` or ``(months,)``.

    Figures of an option: ``total_cost``, ``npv_cost`` [USD], ``outcomes`` [case], ``cost_per_outcome`` [USD/case],
    ``success_share`` [1], ``net_value`` [USD] (present value of outcomes less cost).
    """

    model: Model
    draws: int
    seed: int
    design: str
    kept: dict[str, Array]
    means: dict[str, Array]
    quantiles: dict[str, Array]
    changes: Mapping[str, Array] = field(default_factory=dict[str, Array])
    """What the central case takes for the inputs that were changed against the model, ``(1, 1)`` or ``(1, months)``."""

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options, in the order of the file."""
        return tuple(graph.name for graph in self.model.options)

    def sample(self, option: str, figure: str) -> Array:
        """Return the draws of an option's figure, ``(draws,)``; draw i is the same future for every option."""
        return self.kept[f"draw/{option}/{figure}"]

    def has(self, option: str, figure: str) -> bool:
        """Say whether the option has this figure: outcomes and values need an outcome."""
        return f"draw/{option}/{figure}" in self.kept

    def summary(self, option: str, figure: str) -> Summary:
        """Return mean and quantiles of a figure, a category (``total/token``, ``npv/token``) or a line (``line/token.api``)."""
        name = f"{figure.split('/')[0]}/{option}/{figure.split('/')[1]}" if "/" in figure else f"draw/{option}/{figure}"
        p10, p50, p90 = (float(value) for value in self.quantiles[name][:, 0])
        return Summary(float(self.means[name][0]), p10, p50, p90)

    def monthly_mean(self, option: str, name: str = "total") -> Array:
        """Return the mean cost of each month of an option or one of its categories [USD/month], ``(months,)``."""
        return self._over_months(self.means[f"month/{option}/{name}"])

    def monthly_quantiles(self, option: str) -> Array:
        """Return P10, P50 and P90 of each month's cost [USD/month], ``(3, months)``."""
        found = self.quantiles[f"month/{option}/total"]
        return np.broadcast_to(found, (len(LEVELS), self.model.months))

    def driver_mean(self, option: str, name: str) -> Array:
        """Return the mean of a fleet figure in each month, ``(months,)``."""
        return self._over_months(self.means[f"driver/{option}/{name}"])

    def memo_mean(self, option: str, name: str) -> float:
        """Return the mean over all months of a line of the book view [USD]."""
        return float(self.means[f"memo/{option}/{name}"][0])

    def _over_months(self, values: Array) -> Array:
        return np.broadcast_to(values, (self.model.months,))
