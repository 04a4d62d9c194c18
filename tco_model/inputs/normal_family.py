"""Turns an interval, or a mean and a spread, into a law of the normal family: normal, lognormal, logit-normal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from typing_extensions import override

from tco_model.inputs.law import (
    Distribution,
    FromNormal,
    Scaled,
    as_floats,
    call,
    number,
    require,
    require_factor,
    require_finite,
)
from tco_model.inputs.normal import Z05, FloatArray, in_blocks
from tco_model.inputs.tabulated import logistic, logit_normal_moments

Ends = tuple[float, float]
"""P5 and P95."""
_LARGEST_LOGARITHM = 700.0


def interval(low: float, high: float, share: bool = False) -> Distribution:
    """Return the law whose P5 and P95 are `low` and `high`: a 90% interval as people write it.

    A share gets a logit-normal, which never leaves 0..1; two positive ends a lognormal; anything else a normal.

    Raises:
        ValueError: the ends are equal, swapped or not finite, or an end of a share is not strictly inside 0..1.
    """
    if share:
        return LogitNormal.from_interval(low, high)
    return LogNormal.from_interval(low, high) if low > 0 else Normal.from_interval(low, high)


@dataclass(frozen=True, slots=True)
class Normal(FromNormal):
    """Normal law by mean `mu` and standard deviation `sigma`; `ends` holds P5 and P95 where it was written so."""

    mu: float
    sigma: float
    ends: Ends | None = None

    def __post_init__(self) -> None:
        """Check the parameters."""
        spelled = self.text()
        require_finite(spelled, self.mu, self.sigma)
        _require_spread(self.sigma, spelled)

    @classmethod
    def from_interval(cls, low: float, high: float) -> Normal:
        """Return the law with P5 `low` and P95 `high`."""
        _require_ends(low, high)
        return cls(0.5 * low + 0.5 * high, (0.5 * high - 0.5 * low) / -Z05, (low, high))

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        return _line(z, self.mu, self.sigma)

    @property
    @override
    def mean(self) -> float:
        return self.mu

    @property
    @override
    def variance(self) -> float:
        return self.sigma**2

    @property
    @override
    def support(self) -> tuple[float, float]:
        return -math.inf, math.inf

    @override
    def text(self) -> str:
        return _ends_text(self.ends) if self.ends else call("normal", self.mu, self.sigma)

    @override
    def scaled(self, factor: float) -> Normal:
        require_factor(self, factor)
        return Normal(self.mu * factor, self.sigma * factor, _scaled_ends(self.ends, factor))


@dataclass(frozen=True, slots=True)
class LogNormal(FromNormal):
    """Law whose logarithm is normal with mean `mu` and sd `sigma`; `ends` holds P5 and P95 where it was written so."""

    mu: float
    sigma: float
    ends: Ends | None = None

    def __post_init__(self) -> None:
        """Check the parameters."""
        logs = f"lognormal with log mean {number(self.mu)}, log sd {number(self.sigma)}"
        spelled = _ends_text(self.ends) if self.ends else logs
        require_finite(spelled, self.mu, self.sigma)
        _require_spread(self.sigma, spelled)
        square = 2.0 * (self.mu + self.sigma**2)
        require(
            square < _LARGEST_LOGARITHM,
            spelled,
            "so wide a lognormal has no finite variance in floats",
            "bring the ends together, or write uniform(low, high)",
        )

    @classmethod
    def from_interval(cls, low: float, high: float) -> LogNormal:
        """Return the law with P5 `low` and P95 `high`, both positive."""
        _require_ends(low, high)
        require(
            low > 0,
            _ends_text((low, high)),
            "both ends of a lognormal must be above 0",
            "raise the low end, or write pert(low, mode, high)",
        )
        below, above = math.log(low), math.log(high)
        # Where the ends are close their logarithms agree in most digits: the ratio keeps the difference.
        width = above - below if above - below > 1.0 else math.log1p((high - low) / low)
        return cls(0.5 * (below + above), width / (-2.0 * Z05), (low, high))

    @classmethod
    def from_mean_sd(cls, mean: float, sd: float) -> LogNormal:
        """Return the law with this mean and standard deviation of the value itself."""
        spelled = call("lognormal", mean, sd)
        require_finite(spelled, mean, sd)
        require(
            mean > 0 and sd > 0,
            spelled,
            "mean and standard deviation must be above 0",
            "write normal(mean, sd) where values can be negative",
        )
        square = math.log1p((sd / mean) ** 2)
        return cls(math.log(mean) - 0.5 * square, math.sqrt(square))

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        logarithm = _line(z, self.mu, self.sigma)
        return np.exp(logarithm, out=logarithm)

    @property
    @override
    def mean(self) -> float:
        return math.exp(self.mu + 0.5 * self.sigma**2)

    @property
    @override
    def variance(self) -> float:
        return math.expm1(self.sigma**2) * self.mean**2

    @property
    @override
    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    @override
    def text(self) -> str:
        # Mean and sd come back from the log scale: 12 digits keep the law and drop the noise of the last ones.
        return _ends_text(self.ends) if self.ends else f"lognormal({self.mean:.12g}, {self.sd:.12g})"

    @override
    def scaled(self, factor: float) -> LogNormal:
        require_factor(self, factor)
        return LogNormal(self.mu + math.log(factor), self.sigma, _scaled_ends(self.ends, factor))


@dataclass(frozen=True, slots=True)
class LogitNormal(FromNormal):
    """Law of a share whose log odds are normal with mean `mu` and sd `sigma`; moments by quadrature to 1e-12."""

    mu: float
    sigma: float
    ends: Ends | None = None

    def __post_init__(self) -> None:
        """Check the parameters."""
        odds = f"share with log odds of mean {number(self.mu)}, sd {number(self.sigma)}"
        spelled = _ends_text(self.ends) if self.ends else odds
        require_finite(spelled, self.mu, self.sigma)
        _require_spread(self.sigma, spelled)

    @classmethod
    def from_interval(cls, low: float, high: float) -> LogitNormal:
        """Return the law with P5 `low` and P95 `high`, both strictly inside 0..1."""
        _require_ends(low, high)
        mend = f"write {call('uniform', low, high)} or pert(low, mode, high), which reach their ends"
        require(
            low > 0 and high < 1,
            _ends_text((low, high)),
            "both ends of a share must lie strictly between 0 and 1",
            mend,
        )
        below, above = (math.log(end) - math.log1p(-end) for end in (low, high))
        return cls(0.5 * (below + above), (above - below) / (-2.0 * Z05), (low, high))

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        return in_blocks(logistic, _line(z, self.mu, self.sigma))

    @property
    @override
    def mean(self) -> float:
        return logit_normal_moments(self.mu, self.sigma)[0]

    @property
    @override
    def variance(self) -> float:
        return logit_normal_moments(self.mu, self.sigma)[1]

    @property
    @override
    def support(self) -> tuple[float, float]:
        return 0.0, 1.0

    @override
    def text(self) -> str:
        low, high = self.ends or self.from_normal((Z05, -Z05))
        return _ends_text((low, high))

    @override
    def scaled(self, factor: float) -> Distribution:
        return Scaled.of(self, factor)


def _line(z: ArrayLike, mu: float, sigma: float) -> FloatArray:
    line = np.asarray(as_floats(z) * sigma)
    line += mu
    return line


def _ends_text(ends: Ends) -> str:
    return f"{number(ends[0])} to {number(ends[1])}"


def _scaled_ends(ends: Ends | None, factor: float) -> Ends | None:
    return (ends[0] * factor, ends[1] * factor) if ends else None


def _require_spread(sigma: float, spelled: str) -> None:
    require(sigma > 0, spelled, "the standard deviation must be above 0", "write a plain number for a fixed value")


def _require_ends(low: float, high: float) -> None:
    spelled = _ends_text((low, high))
    require_finite(spelled, low, high)
    require(low != high, spelled, "the ends of an interval must differ", f"write the plain number {number(low)}")
    require(low < high, spelled, "the low end must come first", f"swap the ends: {_ends_text((high, low))}")
