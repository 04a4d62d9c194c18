"""Turns an interval into a law that respects the range its field allows, by moving and stretching a law of the normal family."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike
from typing_extensions import override

from tco_model.inputs.law import Distribution, FromNormal, number, require_factor
from tco_model.inputs.normal import FloatArray
from tco_model.inputs.normal_family import LogitNormal, LogNormal, interval


@dataclass(frozen=True, slots=True)
class Moved(FromNormal):
    """``offset + factor * law``: an interval in a field whose lowest value is not zero, or whose highest is not one."""

    law: Distribution
    offset: float
    factor: float

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        values = self.law.from_normal(z)
        values *= self.factor
        values += self.offset
        return values

    @property
    @override
    def mean(self) -> float:
        return self.offset + self.factor * self.law.mean

    @property
    @override
    def variance(self) -> float:
        return self.factor**2 * self.law.variance

    @property
    @override
    def support(self) -> tuple[float, float]:
        low, high = self.law.support
        return self.offset + self.factor * low, self.offset + self.factor * high

    @override
    def text(self) -> str:
        """Return the interval: P5 to P95."""
        low, high = (float(f"{end:.12g}") for end in self.from_normal((-1.6448536269514722, 1.6448536269514722)))
        return f"{number(low)} to {number(high)}"

    @override
    def scaled(self, factor: float) -> Moved:
        require_factor(self, factor)
        return Moved(self.law, self.offset * factor, self.factor * factor)


def interval_within(low: float, high: float, floor: float, ceiling: float) -> Distribution:
    """Return the law with P5 `low` and P95 `high` that never leaves `floor` .. `ceiling`.

    Both bounds finite: logit-normal between them. Only a floor: lognormal above it. No floor: as `interval`.

    Raises:
        ValueError: an end on or beyond a bound, equal or swapped ends.
    """
    if math.isinf(floor) or (floor == 0.0 and math.isinf(ceiling) and low > 0):
        return interval(low, high)
    if not (floor < low and high < ceiling):
        span = f"above {number(floor)}" if math.isinf(ceiling) else f"between {number(floor)} and {number(ceiling)}"
        raise ValueError(
            f"both ends must lie {span}, not on it; "
            f"write pert({number(low)}, mode, {number(high)}) or uniform(low, high), which reach their ends"
        )
    width = 1.0 if math.isinf(ceiling) else ceiling - floor
    below, above = (low - floor) / width, (high - floor) / width
    law: Distribution = LogNormal.from_interval(below, above) if math.isinf(ceiling) else LogitNormal.from_interval(below, above)
    return law if (floor, width) == (0.0, 1.0) else Moved(law, floor, width)
