"""Turns a series of months into those that follow: a central path, a spread by horizon, sample paths, by methods anyone can redo.

With values y(1) to y(n), horizon h and season m (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2 and 5.5):

- ``naive``: y(n); spread s √h.
- ``seasonal_naive``: the value of the same month a season ago; spread s √(1 + (h−1) // m).
- ``seasonal_drift``: that value and the mean change over a season, once a season; spread s √(k (1 + k / e)) with k = 1 + (h−1) // m seasons
  and e errors.
- ``drift``: y(n) + h (y(n) − y(1)) / (n−1); spread s √(h (1 + h / (n−1))).
- ``growth``: drift of the logarithms, for positive values: a constant rate of growth.
- ``run_rate``: the mean of the last three values; spread s, the same for every horizon.

s is the root mean square of the method's own one-step errors on the series. Because it is estimated from few months, the spread is that of
Student's t with as many degrees of freedom as errors less parameters: three months give a wide range, as they should.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tco_model.errors import Problem, ScenarioError

Array = NDArray[np.float64]
METHODS = ("naive", "seasonal_naive", "seasonal_drift", "drift", "growth", "run_rate")
LEAST = 3
"""Months that any forecast needs."""
RUN = 3
"""Months of the run-rate."""
SEASONAL = ("seasonal_naive", "seasonal_drift")
METHOD_WORDS: Mapping[str, str] = {
    "naive": "the last month again",
    "seasonal_naive": "the same month of the season before",
    "seasonal_drift": "the same month of the season before and the mean change over a season",
    "drift": "the last month and the mean change of all months",
    "growth": "the last month and the mean growth of all months",
    "run_rate": "the mean of the last three months",
    "scenario": "what the scenario says; before and after its horizon the past",
    "driver": "volume times unit cost, each by its own method",
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """A method on a series."""

    method: str
    central: Array
    """Shape (horizon,)."""
    spread: Array
    """Scale of the error at each horizon, (horizon,); of the logarithm for growth."""
    freedom: int
    """Degrees of freedom of Student's t."""
    residuals: Array
    """One-step errors on the series, the last one last."""
    floor: float
    """Zero where no value is below it: a cost that was never negative does not become so."""
    season: int = 12
    """Months of a season; only seasonal_naive looks at it."""
    widths: Array | None = None
    """By what the spread was widened at each horizon, (horizon,)."""

    def quantile(self, share: float) -> Array:
        """Return a quantile at each horizon, (horizon,)."""
        from scipy.special import stdtrit

        return self._shifted(float(stdtrit(self.freedom, share)) * self.spread)

    def widened(self, missed: Array) -> Fitted:
        """Return the method with a spread no smaller than how far off it was when it was held against the past.

        A method that is picked because it did well fits the past better than the future, and its own errors look one month ahead only.

        Args:
            missed: root mean square error 1 to k months ahead, (k,); of the logarithm for growth. The last ratio holds on.
        """
        count = min(len(missed), len(self.spread))
        if not count or not self.spread[0]:
            return self
        ratios = np.maximum.accumulate(np.maximum(missed[:count] / self.spread[:count], 1.0))
        widths = np.concatenate([ratios, np.full(len(self.spread) - count, ratios[-1])])
        return replace(self, spread=self.spread * widths, widths=widths)

    def paths(self, steps: Array, level: Array, scale: Array) -> Array:
        """Return sample futures, (paths, horizon).

        Args:
            steps: standard normal innovations, (paths, horizon).
            level: standard normal errors of what was estimated, (paths,).
            scale: what makes them Student's t, (paths,); see `t_scale`.
        """
        return self._shifted(scale[:, None] * _errors(self, steps, level))

    def _shifted(self, error: Array) -> Array:
        moved = self.central * np.exp(error) if self.method == "growth" else self.central + error
        return np.maximum(moved, self.floor)


def usable(method: str, values: Array, season: int = 12) -> bool:
    """Return whether a method can be used on a series."""
    if method in SEASONAL:
        return len(values) > season + 1
    return len(values) >= LEAST and (method != "growth" or bool(np.all(values > 0)))


def fit(method: str, values: Array, horizon: int, season: int = 12) -> Fitted:
    """Fit a method to a series.

    Args:
        method: one of `METHODS`.
        values: (months,), the last one last.
        horizon: how many months to look ahead.
        season: months of a season.

    Raises:
        ScenarioError: too few months for it, or no such method.
    """
    if method not in METHODS:
        raise ScenarioError(Problem(f"no method '{method}'", f"choose one of {', '.join(METHODS)}", "method", method))
    if not usable(method, values, season):
        why = "needs values above zero" if method == "growth" and len(values) >= LEAST else f"cannot stand on {len(values)} months"
        raise ScenarioError(Problem(f"{method} {why}", f"choose another of {', '.join(METHODS)}, or import more months", "method", method))
    ahead = np.arange(1, horizon + 1, dtype=np.float64)
    count, floor = len(values), 0.0 if np.all(values >= 0) else -np.inf
    if method == "growth":
        logs = np.log(values)
        central, spread, residuals = _drift(logs, ahead)
        return Fitted(method, np.exp(central), spread, max(count - 2, 1), residuals, floor)
    if method == "drift":
        central, spread, residuals = _drift(values, ahead)
        return Fitted(method, np.maximum(central, floor), spread, max(count - 2, 1), residuals, floor)
    if method in SEASONAL:
        return _seasonal(method, values, ahead, season, floor)
    if method == "run_rate":
        return _run_rate(values, horizon, floor)
    residuals = np.diff(values)
    return Fitted(method, np.full(horizon, values[-1]), _root_mean_square(residuals) * np.sqrt(ahead), len(residuals), residuals, floor)


def t_scale(normal: NDArray[np.float64], freedom: int) -> Array:
    """Return what turns standard normal errors into Student's t: √(freedom / χ²), from normals of shape (paths, freedom)."""
    return np.sqrt(freedom / np.sum(normal[:, :freedom] ** 2, axis=1))


def _drift(values: Array, ahead: Array) -> tuple[Array, Array, Array]:
    count = len(values)
    slope = (values[-1] - values[0]) / (count - 1)
    residuals = np.diff(values) - slope
    scale = np.sqrt(np.sum(residuals**2) / max(count - 2, 1))
    return values[-1] + ahead * slope, scale * np.sqrt(ahead * (1 + ahead / (count - 1))), residuals


def _seasonal(method: str, values: Array, ahead: Array, season: int, floor: float) -> Fitted:
    changes = values[season:] - values[:-season]
    cycles = 1 + (ahead - 1) // season
    central = values[(len(values) - season + (ahead - 1) % season).astype(int)]
    if method == "seasonal_naive":
        return Fitted(method, central, _root_mean_square(changes) * np.sqrt(cycles), len(changes), changes, floor, season)
    change, freedom = np.mean(changes), len(changes) - 1
    scale = np.sqrt(np.sum((changes - change) ** 2) / freedom)
    spread = scale * np.sqrt(cycles * (1 + cycles / len(changes)))
    return Fitted(method, np.maximum(central + cycles * change, floor), spread, freedom, changes - change, floor, season)


def _run_rate(values: Array, horizon: int, floor: float) -> Fitted:
    count = len(values)
    central: Array = np.full(horizon, float(np.mean(values[-RUN:])))
    if count > RUN + 1:
        sums = np.cumsum(np.concatenate([[0.0], values]))
        residuals = values[RUN:] - (sums[RUN:-1] - sums[: count - RUN]) / RUN
        scale, freedom = _root_mean_square(residuals), len(residuals)
    else:  # too few to hold the method against itself: the spread around the mean, as wide as a new month around a mean of three
        residuals = values - np.mean(values)
        scale, freedom = float(np.sqrt(np.sum(residuals**2) / (count - 1) * (1 + 1 / RUN))), count - 1
    return Fitted("run_rate", central, np.full(horizon, scale), freedom, residuals, floor)


def _errors(fitted: Fitted, steps: Array, level: Array) -> Array:
    """Return errors whose scale at each horizon is that of the method, and which hang together over the months as its model says."""
    if fitted.widths is not None:
        return fitted.widths * _errors(replace(fitted, spread=fitted.spread / fitted.widths, widths=None), steps, level)
    horizon = steps.shape[1]
    ahead = np.arange(1, horizon + 1, dtype=np.float64)
    if fitted.method == "run_rate":  # each month its own noise, and one error of the level for all
        return fitted.spread * (np.sqrt(RUN / (RUN + 1)) * steps + np.sqrt(1 / (RUN + 1)) * level[:, None])
    walked, count = np.cumsum(steps, axis=1), len(fitted.residuals)
    if fitted.method in SEASONAL:
        walked = np.array(steps)
        for place in range(fitted.season, horizon):
            walked[:, place] += walked[:, place - fitted.season]
        ahead = 1 + (ahead - 1) // fitted.season
    if fitted.method in ("naive", "seasonal_naive"):
        return fitted.spread[0] * walked
    return fitted.spread[0] / np.sqrt(1 + 1 / count) * (walked + ahead / np.sqrt(count) * level[:, None])


def _root_mean_square(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))
