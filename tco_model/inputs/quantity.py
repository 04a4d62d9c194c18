"""Holds one input: a number, a distribution or a path over months, with its unit and where it comes from.

The shape contract: a number is ``(1, 1)``, a distribution ``(draws, 1)``, a path ``(1, months)``, a path with uncertain
parts ``(draws, months)``. No cost line asks which of the four it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tco_model.inputs.distributions import Distribution
from tco_model.inputs.provenance import Provenance
from tco_model.units import PLAIN, Unit

Value = float | Distribution
"""One value at one time: known, or a law."""
RAREST = 1e-9
"""A tail with a smaller chance than this is taken not to occur."""


def mean_of(value: Value) -> float:
    """Return the expected value."""
    return value.mean if isinstance(value, Distribution) else value


def bounds_of(value: Value) -> tuple[float, float]:
    """Return the smallest and the largest value that can occur."""
    return value.support if isinstance(value, Distribution) else (value, value)


def _taken(value: Value) -> tuple[float, float]:
    """Return the bounds of a value; a law of the normal family stops short of the end of its support, as a lognormal does of zero."""
    if isinstance(value, Distribution) and value.normal_based:
        low, high = value.ppf((RAREST, 1.0 - RAREST))
        return float(low), float(high)
    return bounds_of(value)


def scale(value: Value, factor: float) -> Value:
    """Return the value times a positive factor, for a change of unit."""
    if factor == 1.0:
        return value
    return value.scaled(factor) if isinstance(value, Distribution) else value * factor


@dataclass(frozen=True, slots=True)
class Growing:
    """A path that starts at `start` and grows by `growth` a year, compounded monthly; `volatility` adds a random walk.

    The random walk is a martingale (its mean is 1 in every month), so that it widens the path without moving it.
    """

    start: Value
    growth: Value
    volatility: float = 0.0


@dataclass(frozen=True, slots=True)
class Steps:
    """A path that holds each value from its month until the next; months are counted as year * 12 + month - 1."""

    points: tuple[tuple[int, Value], ...]


@dataclass(frozen=True, slots=True)
class Monthly:
    """A path with one value a month from the start of the timeline; the last one holds on."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A value computed from other figures; the text stands without its leading ``=``."""

    text: str


Content = Value | Growing | Steps | Monthly | Formula


@dataclass(frozen=True, slots=True)
class Quantity:
    """Value, unit, provenance; `text` is what was written."""

    content: Content
    unit: Unit = PLAIN
    provenance: Provenance = field(default_factory=Provenance)
    text: str = ""
    part_texts: tuple[tuple[str, str], ...] = ()
    """What was written for each part of a path: its start, its growth, each of its steps."""

    def part(self, name: str, content: Value, unit: Unit | None = None) -> Quantity:
        """Return a part of a path as a quantity of its own, with the same source."""
        return Quantity(content, unit or self.unit, self.provenance, dict(self.part_texts).get(name, self.text))

    def values(self) -> Iterator[tuple[str, Value]]:
        """Yield every value inside, with the suffix of its name: ``.start``, ``.growth``, ``.2027-04``, or none."""
        match self.content:
            case Growing(start, growth, _):
                yield ".start", start
                yield ".growth", growth
            case Steps(points):
                for month, value in points:
                    yield f".{month // 12:04d}-{month % 12 + 1:02d}", value
            case Monthly(values):
                for position, value in enumerate(values, start=1):
                    yield f".{position}", value
            case Formula():
                return
            case value:
                yield "", value

    @property
    def is_uncertain(self) -> bool:
        """True where a draw can differ from the next."""
        volatile = isinstance(self.content, Growing) and self.content.volatility > 0
        return volatile or any(isinstance(value, Distribution) for _, value in self.values())

    @property
    def central(self) -> float | None:
        """The expected value, at the start of the timeline for a path; None for a formula."""
        return next((mean_of(value) for _, value in self.values()), None)

    def levels(self) -> Iterator[tuple[str, Value]]:
        """Yield the values that are in the quantity's own unit (a growth rate is not)."""
        return ((suffix, value) for suffix, value in self.values() if suffix != ".growth")

    def spans(self) -> Iterator[tuple[float, float]]:
        """Yield the smallest and the largest value that every level takes."""
        return (_taken(value) for _, value in self.levels())

    def to(self, unit: Unit) -> Quantity:
        """Return the same quantity in another unit of the same dimensions.

        Raises:
            UnitError: the units measure different things.
        """
        factor = float(self.unit.factor_to(unit))
        if factor == 1.0:
            return replace(self, unit=unit)
        match self.content:
            case Growing(start, growth, volatility):
                content: Content = Growing(scale(start, factor), growth, volatility)
            case Steps(points):
                content = Steps(tuple((month, scale(value, factor)) for month, value in points))
            case Monthly(values):
                content = Monthly(tuple(value * factor for value in values))
            case Formula():
                return self
            case value:
                content = scale(value, factor)
        return replace(self, content=content, unit=unit)
