"""Turns series of months into their futures: the method a backtest picks, its interval, and sample paths that hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.errors import Problem, ScenarioError
from tco_model.finops.backtest import Backtest, backtest
from tco_model.finops.forecast_methods import LEAST, Array, Fitted, fit, t_scale

LOW, HIGH = 0.1, 0.9
PATHS = 4_000


@dataclass(frozen=True, slots=True)
class Prediction:
    """The months that follow a series; estimates, in the currency of the series."""

    method: str
    central: Array
    """(horizon,)"""
    low: Array
    """P10, (horizon,)."""
    high: Array
    """P90, (horizon,)."""
    paths: Array
    """Sample futures, (paths, horizon)."""
    backtest: Backtest

    @property
    def total(self) -> Array:
        """Sum over the horizon in each sample future, (paths,)."""
        return np.sum(self.paths, axis=1)


def predict(values: Array, horizon: int, method: str = "", season: int = 12, paths: int = PATHS, seed: int = 0) -> Prediction:
    """Return the months that follow a series.

    Args:
        values: (months,), at least three.
        horizon: how many months.
        method: one of `METHODS`; the one that a backtest picks where left out.
        season: months of a season.
        paths: sample futures.
        seed: of the sample futures; the same seed gives the same ones.

    Raises:
        ScenarioError: fewer than three months, or a method that they cannot carry.
    """
    return predict_together({"": values}, horizon, {"": method} if method else {}, season, paths, seed)[""]


def predict_together(
    series: Mapping[str, Array], horizon: int, methods: Mapping[str, str], season: int = 12, paths: int = PATHS, seed: int = 0
) -> dict[str, Prediction]:
    """Return the months that follow several series of the same months.

    What moved together in the past moves together in the sample futures: the errors of a future month are the same random mix of the
    errors of past months in every series, so that their correlations are those of the past, and sums have honest intervals.

    Args:
        series: (months,) by name, all of the same length.
        horizon: how many months.
        methods: by name where one is chosen.
        season: months of a season.
        paths: sample futures.
        seed: of the sample futures.

    Raises:
        ScenarioError: as `predict`.
    """
    count = len(next(iter(series.values()))) if series else 0
    if series and count < LEAST:
        mend = "import more months; a budget can be held against the month so far"
        raise ScenarioError(Problem(f"the bill has {count} of the {LEAST} whole months that a forecast needs", mend, "months", str(count)))
    tests = {name: backtest(values, season) for name, values in series.items()}
    fitted = {
        name: _fitted(values, horizon, methods.get(name) or tests[name].chosen, season, tests[name]) for name, values in series.items()
    }
    draws = _Draws(paths, horizon, max(count - 1, 1), seed)
    return {
        name: Prediction(one.method, one.central, one.quantile(LOW), one.quantile(HIGH), draws.paths(one), tests[name])
        for name, one in fitted.items()
    }


def _fitted(values: Array, horizon: int, method: str, season: int, test: Backtest) -> Fitted:
    found = fit(method, values, horizon, season)
    return found.widened(test.errors[method].ahead) if method in test.errors else found


def add_up(parts: Sequence[Array]) -> Array:
    """Return the sum of sample paths of several series, (paths, horizon)."""
    return np.sum(np.stack(parts), axis=0)


class _Draws:
    """The random mixes of past months, shared by all series."""

    def __init__(self, paths: int, horizon: int, past: int, seed: int) -> None:
        generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, past])))
        self.mixes: NDArray[np.float64] = generator.standard_normal((paths, horizon + 1, past))
        self.scale = generator.standard_normal((paths, past + LEAST))

    def paths(self, fitted: Fitted) -> Array:
        """Return sample futures of a series, (paths, horizon)."""
        past = self.mixes.shape[2]
        weights = np.zeros(past)
        length = min(len(fitted.residuals), past)
        weights[past - length :] = fitted.residuals[len(fitted.residuals) - length :]
        size = float(np.sqrt(np.sum(weights**2)))
        if size == 0.0:
            return fitted.paths(self.mixes[:, 1:, 0] * 0.0, self.mixes[:, 0, 0] * 0.0, np.ones(len(self.mixes)))
        normal = np.sum(self.mixes * (weights / size), axis=2)  # a unit normal, correlated across series as their errors were
        return fitted.paths(normal[:, 1:], normal[:, 0], t_scale(self.scale, fitted.freedom))
