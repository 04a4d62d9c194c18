"""Turns what a scenario says of an input and what was measured of it into what holds now: Bayes, exact where a closed form is.

A share with a beta law and trials gives a beta law again: alpha plus successes, beta plus failures. Everything else is weighed on the
quantiles of the file's law: a value x gets the density of Student's t, n − 1 degrees of freedom, of (mean of the measured − x) over its
standard error, on logarithms where all is positive. With few months the t has heavy tails, and the file's range holds on. Where the
measured lies outside of what the file held possible, no weighing mends it: then what was measured stands alone, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.inputs.distributions import Beta, Distribution

Array = NDArray[np.float64]
POINTS = 8_000
"""Quantiles of the file's law that are weighed."""
OUTSIDE = 0.005
"""Tail of the file's law beyond which a measured mean and its 90% interval lie outside of it."""
LEAST_SPREAD = 1e-4
"""Least standard error, as a share of the mean: months that are all alike are not certain."""
ENDS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Posterior:
    """What holds of an input: P5, P50 and P95, before and after."""

    before: tuple[float, float, float]
    after: tuple[float, float, float]
    beta: tuple[float, float] | None
    """Of a share with a beta law: alpha and beta after."""
    conflict: bool
    """Whether the measured lies outside of what the file held possible."""


def from_trials(law: Distribution, successes: int, trials: int) -> Posterior:
    """Return what holds of a share after trials.

    Args:
        law: of the share, on 0..1.
        successes: of the trials.
        trials: independent ones.
    """
    before = _ends(law)
    if isinstance(law, Beta):
        found = Beta(law.alpha + successes, law.beta + trials - successes)
        return Posterior(
            before, _ends(found), (found.alpha, found.beta), _is_outside(law, *_ends(Beta(successes + 1, trials - successes + 1))[::2])
        )
    points = _points(law)
    inside = np.clip(points, 1e-12, 1 - 1e-12)
    alone = Beta(successes + 1, trials - successes + 1)
    if _is_outside(law, *_ends(alone)[::2]):
        return Posterior(before, _ends(alone), None, True)
    return Posterior(before, _weighed(points, successes * np.log(inside) + (trials - successes) * np.log1p(-inside)), None, False)


def from_values(law: Distribution, values: Sequence[float]) -> Posterior:
    """Return what holds of an input after monthly values, each the input and the noise of a month.

    Args:
        law: of the input.
        values: at least three.
    """
    from scipy.special import stdtrit

    before, points = _ends(law), _points(law)
    seen = np.array(values)
    positive = bool(np.all(seen > 0) and np.all(points > 0))
    shown, back = (np.log, np.exp) if positive else (np.asarray, np.asarray)
    data = shown(seen)
    mean, freedom = float(np.mean(data)), len(data) - 1
    least = LEAST_SPREAD if positive else LEAST_SPREAD * max(abs(mean), 1e-300)
    error = max(float(np.std(data, ddof=1)) / np.sqrt(len(data)), least)
    reach = float(stdtrit(freedom, ENDS[2])) * error
    alone = (float(back(mean - reach)), float(back(mean)), float(back(mean + reach)))
    if _is_outside(law, alone[0], alone[2]):
        return Posterior(before, alone, None, True)
    distance = (mean - shown(points)) / error
    return Posterior(before, _weighed(points, -(freedom + 1) / 2 * np.log1p(distance**2 / freedom)), None, False)


def _ends(law: Distribution) -> tuple[float, float, float]:
    low, middle, high = (float(one) for one in law.ppf(np.array(ENDS)))
    return low, middle, high


def _points(law: Distribution) -> Array:
    return np.asarray(law.ppf((np.arange(POINTS) + 0.5) / POINTS), dtype=np.float64)


def _is_outside(law: Distribution, low: float, high: float) -> bool:
    least, most = (float(one) for one in law.ppf(np.array([OUTSIDE, 1 - OUTSIDE])))
    return high < least or low > most


def _weighed(points: Array, logarithm: Array) -> tuple[float, float, float]:
    """Return quantiles of points, rising, by the logarithm of their weight."""
    weights = np.exp(logarithm - np.max(logarithm))
    reached = (np.cumsum(weights) - weights / 2) / np.sum(weights)
    low, middle, high = (float(one) for one in np.interp(ENDS, reached, points))
    return low, middle, high
