"""Turns a series into what each forecasting method would have missed by, month after month, and picks the one to use.

Rolling origin: from each month on, the method sees only the months up to it and forecasts the next ones. Every method is judged on the same
months. One that does not beat naive, the last month again, by a tenth is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tco_model.finops.forecast_methods import LEAST, METHODS, Array, fit, usable

FURTHEST = 3
"""Months ahead that a backtest looks."""
BY = 0.9
"""Share of naive's error that a method has to stay below; the best of five wins a little by luck."""
FEWEST_FOLDS = 3
"""Origins below which no method is judged."""


@dataclass(frozen=True, slots=True)
class Errors:
    """How far off a method was; the actual is what is missed, and money out is positive."""

    mae: float
    """Mean absolute error [currency]."""
    mape: float | None
    """Mean absolute error over the actual; None where an actual is zero."""
    mase: float | None
    """Mean absolute error over that of naive one month ahead on the whole series; None where that is zero."""
    accuracy: float | None
    """Mean of (forecast − actual) / forecast, the FinOps forecast accuracy; positive is too high. None where a forecast is zero."""
    ahead: Array
    """Root mean square error 1 to `FURTHEST` months ahead, (k,); of the logarithm for growth."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rolling backtest found."""

    errors: Mapping[str, Errors]
    """By method, the one with the least absolute error first; empty where there are too few months."""
    folds: int
    """Origins that were tried."""
    chosen: str
    beats_naive: bool | None
    """None where nothing could be judged."""

    @property
    def words(self) -> str:
        """The finding in words."""
        if self.beats_naive is None:
            if self.chosen != "naive":
                return "no month, or too few, to hold it against what came"
            return "too few months to hold one method against another; the last month again is used"
        if not self.beats_naive and self.chosen != "naive":
            said, naive = self.errors[self.chosen], self.errors["naive"]
            return f"off by {said.mae:,.0f} a month on average, no better than the {naive.mae:,.0f} of the last month again"
        if not self.beats_naive:
            return f"nothing beats the last month again by a tenth in {self.folds} backtests, so it is used"
        best, naive = self.errors[self.chosen], self.errors["naive"]
        return f"off by {best.mae:,.0f} a month on average in {self.folds} backtests, against {naive.mae:,.0f} of the last month again"


def backtest(values: Array, season: int = 12) -> Backtest:
    """Judge every method on a series by rolling origin, 1 to `FURTHEST` months ahead.

    A seasonal method needs a season of months before the first origin; where too few origins are left after it, it stands aside.
    """
    count = len(values)
    seasonal = count - (season + 2) >= FEWEST_FOLDS
    first = season + 2 if seasonal else LEAST
    origins = range(first, count)
    if len(origins) < FEWEST_FOLDS:
        return Backtest({}, max(len(origins), 0), "naive", None)
    methods = [method for method in METHODS if usable(method, values[:first], season)]
    judged = {method: _judge(method, values, origins, season) for method in methods}
    ranked = dict(sorted(judged.items(), key=lambda entry: (entry[1].mae, METHODS.index(entry[0]))))
    best = next(iter(ranked))
    beats = ranked[best].mae < BY * ranked["naive"].mae
    return Backtest(ranked, len(origins), best if beats else "naive", beats)


def missed(forecast: Sequence[Array], actual: Sequence[Array], scale: float, *, logarithm: bool = False) -> Errors:
    """Return how far forecasts were off.

    Args:
        forecast: of each origin the next months, (k,), the nearest first.
        actual: what came, alike.
        scale: mean absolute error of naive one month ahead, for `Errors.mase`.
        logarithm: whether `Errors.ahead` is of the logarithm.
    """
    said, came = np.concatenate(list(forecast)), np.concatenate(list(actual))
    off = np.abs(said - came)
    mape = float(np.mean(off / np.abs(came))) if np.all(came) else None
    accuracy = float(np.mean((said - came) / said)) if np.all(said) else None
    ahead = _ahead(forecast, actual, np.log if logarithm else np.asarray)
    return Errors(float(np.mean(off)), mape, float(np.mean(off) / scale) if scale else None, accuracy, ahead)


def _ahead(forecast: Sequence[Array], actual: Sequence[Array], shown: Callable[[Array], Array]) -> Array:
    """Return the root mean square error by months ahead, as far as `FEWEST_FOLDS` origins reach."""
    found: list[float] = []
    for place in range(FURTHEST):
        errors = [shown(one)[place] - shown(came)[place] for one, came in zip(forecast, actual, strict=True) if len(came) > place]
        if len(errors) >= FEWEST_FOLDS:
            found.append(float(np.sqrt(np.mean(np.square(errors)))))
    return np.array(found)


def _judge(method: str, values: Array, origins: range, season: int) -> Errors:
    actuals = [values[origin : origin + FURTHEST] for origin in origins]
    forecasts = [fit(method, values[:origin], len(actual), season).central for origin, actual in zip(origins, actuals, strict=True)]
    return missed(forecasts, actuals, float(np.mean(np.abs(np.diff(values)))), logarithm=method == "growth")
