"""Turns a range and what is likely inside it into a law that never leaves it: uniform, triangular, PERT, beta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from typing_extensions import override

from tco_model.inputs.law import (
    Distribution,
    FromNormal,
    FromUniform,
    Scaled,
    as_floats,
    call,
    number,
    require,
    require_factor,
    require_finite,
)
from tco_model.inputs.normal import FloatArray, in_blocks, ndtr, ndtri
from tco_model.inputs.tabulated import beta_table

MIN_SHAPE, MAX_SHAPE = 1e-3, 1e6
"""Shapes of a beta law that are computed to full precision."""
_TABLE_SHAPE = 0.5


@dataclass(frozen=True, slots=True)
class Uniform(FromUniform):
    """Every value between `low` and `high` alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        _require_range("uniform", self.low, self.high)

    @override
    def ppf(self, u: ArrayLike) -> FloatArray:
        return _stretch(as_floats(u), self.low, self.high)

    @property
    @override
    def mean(self) -> float:
        return 0.5 * self.low + 0.5 * self.high

    @property
    @override
    def variance(self) -> float:
        return (self.high - self.low) ** 2 / 12.0

    @property
    @override
    def support(self) -> tuple[float, float]:
        return self.low, self.high

    @override
    def text(self) -> str:
        return call("uniform", self.low, self.high)

    @override
    def scaled(self, factor: float) -> Uniform:
        require_factor(self, factor)
        return Uniform(self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class _Peaked(Distribution):
    """A range with a most likely value."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        _require_range(type(self).__name__.lower(), self.low, self.mode, self.high)

    @property
    @override
    def support(self) -> tuple[float, float]:
        return self.low, self.high

    @override
    def text(self) -> str:
        return call(type(self).__name__.lower(), self.low, self.mode, self.high)

    @override
    def scaled(self, factor: float) -> Self:
        require_factor(self, factor)
        return type(self)(self.low * factor, self.mode * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Triangular(_Peaked, FromUniform):
    """Density that rises straight from `low` to `mode` and falls straight to `high`."""

    @override
    def ppf(self, u: ArrayLike) -> FloatArray:
        return in_blocks(self._quantile, as_floats(u))

    def _quantile(self, u: FloatArray) -> FloatArray:
        width, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        upper = u > rise / width
        part = np.where(upper, 1.0 - u, u) * np.where(upper, width * fall, width * rise)
        side = np.sqrt(part)
        return np.where(upper, self.high - side, self.low + side)

    @property
    @override
    def mean(self) -> float:
        return self.low + ((self.mode - self.low) + (self.high - self.low)) / 3.0

    @property
    @override
    def variance(self) -> float:
        rise, fall = self.mode - self.low, self.high - self.mode
        return (rise**2 + rise * fall + fall**2) / 18.0


@dataclass(frozen=True, slots=True)
class Pert(_Peaked, FromNormal):
    """Beta-PERT: a beta law over low..high with mean (low + 4 mode + high) / 6; quantiles to 1e-9 of the range.

    Vose, D. (2008), Risk Analysis: A Quantitative Guide, 3rd ed., Wiley, with weight 4 on the mode.
    """

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        alpha = 1.0 + 4.0 * (self.mode - self.low) / (self.high - self.low)
        return _stretch(beta_table(alpha, 6.0 - alpha).read(as_floats(z)), self.low, self.high)

    @property
    @override
    def mean(self) -> float:
        return self.low + (4.0 * (self.mode - self.low) + (self.high - self.low)) / 6.0

    @property
    @override
    def variance(self) -> float:
        return (self.mean - self.low) * (self.high - self.mean) / 7.0


@dataclass(frozen=True, slots=True)
class Beta(FromNormal):
    """Beta law on 0..1; quantiles to 1e-9, from a table unless a shape is below 0.5."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        spelled = self.text()
        require_finite(spelled, self.alpha, self.beta)
        small, large = sorted((self.alpha, self.beta))
        require(
            small >= MIN_SHAPE,
            spelled,
            f"alpha and beta must be at least {number(MIN_SHAPE)}",
            "write bernoulli(p) for all or nothing",
        )
        require(
            large <= MAX_SHAPE,
            spelled,
            f"alpha and beta may be at most {number(MAX_SHAPE)}",
            "write normal(mean, sd) for so narrow a law",
        )

    @property
    def _tabulated(self) -> bool:
        return min(self.alpha, self.beta) >= _TABLE_SHAPE

    @override
    def ppf(self, u: ArrayLike) -> FloatArray:
        return self.from_normal(ndtri(u)) if self._tabulated else self._exact(as_floats(u))

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        return beta_table(self.alpha, self.beta).read(as_floats(z)) if self._tabulated else self._exact(ndtr(z))

    def _exact(self, u: FloatArray) -> FloatArray:
        # Near so steep a density the table is not exact enough; the import is paid by this rare law alone.
        from scipy.special import betaincinv  # pyright: ignore[reportMissingTypeStubs]

        return as_floats(betaincinv(self.alpha, self.beta, u))

    @property
    @override
    def mean(self) -> float:
        return self.alpha / (self.alpha + self.beta)

    @property
    @override
    def variance(self) -> float:
        total = self.alpha + self.beta
        return self.alpha * self.beta / (total**2 * (total + 1.0))

    @property
    @override
    def support(self) -> tuple[float, float]:
        return 0.0, 1.0

    @override
    def text(self) -> str:
        return call("beta", self.alpha, self.beta)

    @override
    def scaled(self, factor: float) -> Distribution:
        return Scaled.of(self, factor)


def _stretch(share: FloatArray, low: float, high: float) -> FloatArray:
    values = np.asarray(share * (high - low))
    values += low
    return np.clip(values, low, high, out=values)


def _require_range(name: str, *points: float) -> None:
    spelled, low, high = call(name, *points), points[0], points[-1]
    require_finite(spelled, *points, high - low)
    order = " <= ".join(("low", "mode", "high") if len(points) == 3 else ("low", "high"))
    require(low <= high, spelled, f"{order} must hold", "swap the ends")
    require(low < high, spelled, "low and high must differ", f"write the plain number {number(low)}")
    require(low <= points[1] <= high, spelled, f"{order} must hold", "put the mode between the ends")
