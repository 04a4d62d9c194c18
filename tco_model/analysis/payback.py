"""Turns monthly costs into the month from which an option has paid back what it cost more at first, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import Chance
from tco_model.analysis.spread import TOLERANCE
from tco_model.engine.job import fixed_leaves
from tco_model.engine.result import Result
from tco_model.engine.run import sampler_of
from tco_model.expr.evaluate import evaluate

Array = NDArray[np.float64]
PAYBACK_BLOCK = 8192
"""Draws whose months are held at once."""


@dataclass(frozen=True, slots=True)
class Payback:
    """When the money an option saves has made up for what it cost more at first; months count from 1, None is never.

    An option is paid back from the month on after which its cumulative saving against the baseline never falls below 0 again within
    the horizon: a later refresh or exit that eats the saving counts. Costs alone are compared, not what they buy.
    """

    option: str
    baseline: str
    month: int | None
    """Of the mean monthly costs."""
    discounted_month: int | None
    within: Chance
    """How often it is paid back within the horizon."""
    discounted_within: Chance
    by_month: Array
    """Share of the futures that are paid back by each month, ``(months,)``; its error is that of a `Chance`."""
    discounted_by_month: Array

    def month_at(self, level: float, *, discounted: bool = False) -> int | None:
        """Return the month by which a share of the futures is paid back; None where that is never."""
        reached = np.flatnonzero((self.discounted_by_month if discounted else self.by_month) >= level)
        return int(reached[0]) + 1 if reached.size else None


def payback_months(savings: Array) -> NDArray[np.int64]:
    """Return the month from which the cumulative saving stays at or above 0, from 1; one more than there are months for never.

    Args:
        savings: the baseline's cost less the option's, ``(draws, months)`` [USD/month].
    """
    cumulative = np.cumsum(savings, axis=1)
    behind = cumulative < -TOLERANCE * np.abs(savings).max(axis=1, keepdims=True)
    months = savings.shape[1]
    return np.where(behind.any(axis=1), months - np.argmax(behind[:, ::-1], axis=1), 0) + 1


def paybacks(result: Result) -> tuple[Payback, ...]:
    """Return when each option pays back against the baseline, on the result's own futures.

    Months are not kept by a simulation: the futures are drawn and costed once more, a block at a time. A result of changed inputs
    (`Futures.at`) does not know its changes; here the model is taken as it was written.
    """
    baseline = result.model.scenario.baseline
    others = [option for option in result.options if option != baseline]
    counts = {(option, kind): np.zeros(result.model.months + 1) for option in others for kind in (0, 1)}
    sums = {key: np.zeros(result.model.months) for key in counts}
    for monthly, discount in months_in_blocks(result):
        for option in others:
            saving = monthly[baseline] - monthly[option]
            for kind, flows in enumerate((saving, saving * discount)):
                counts[option, kind] += np.bincount(payback_months(flows) - 1, minlength=result.model.months + 1)
                sums[option, kind] += flows.sum(axis=0)
    return tuple(_payback(result, option, baseline, counts, sums) for option in others)


def _payback(
    result: Result, option: str, baseline: str, counts: dict[tuple[str, int], Array], sums: dict[tuple[str, int], Array]
) -> Payback:
    months = result.model.months
    found = [int(payback_months(sums[option, kind][None, :])[0]) for kind in (0, 1)]
    reached = [np.cumsum(counts[option, kind][:months]) / result.draws for kind in (0, 1)]
    plain, discounted = (month if month <= months else None for month in found)
    within = [Chance(float(one[-1]), math.sqrt(float(one[-1]) * max(1.0 - float(one[-1]), 0.0) / result.draws)) for one in reached]
    return Payback(option, baseline, plain, discounted, within[0], within[1], reached[0], reached[1])


def months_in_blocks(result: Result) -> Iterator[tuple[dict[str, Array], Array]]:
    """Yield each option's monthly costs and the discount factors, ``(block, months)`` each, over all futures."""
    model = result.model
    sampler = sampler_of(model, result.draws, result.seed, result.design)
    fixed = fixed_leaves(model)
    outputs = {option: model.figures[f"options.{option}.total"] for option in result.options} | {"": model.discount}
    frequencies = {name: model.figures[name] for name, _, _ in sampler.incidents.values()}
    for start in range(0, result.draws, PAYBACK_BLOCK):
        count = min(PAYBACK_BLOCK, result.draws - start)
        leaves = fixed | sampler.inputs(start, count)
        leaves |= sampler.processes(start, count, evaluate(frequencies, leaves, model.months) if frequencies else {})
        found = {name: np.broadcast_to(values, (count, model.months)) for name, values in evaluate(outputs, leaves, model.months).items()}
        yield found, found.pop("")
