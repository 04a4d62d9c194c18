"""Turns quantities into leaves of the graph: what is fixed, what is drawn, and how the parts of a path fit together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.expr.ops import compound, cumulative, exp
from tco_model.expr.term import DRAWN, DRAWN_PATH, NUMBER, PATH, Shape, Term, leaf
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.quantity import Growing, Monthly, Quantity, Steps, Value, mean_of
from tco_model.units import PLAIN, Unit, parse_unit

Array = NDArray[np.float64]
Origin = Literal["scenario", "default", "table", "timeline", "process"]
PER_YEAR = parse_unit("1/year")


@dataclass(frozen=True, slots=True)
class Shocks:
    """Independent standard normal numbers, one per draw and month; `central` is the value that leaves the path unmoved."""

    central: float


@dataclass(frozen=True, slots=True)
class Incidents:
    """Poisson counts of events a month; `frequency` names the figure with the events a year."""

    frequency: str


@dataclass(frozen=True, slots=True)
class IncidentCost:
    """The cost per event of a month, drawn from `severity` on the same stream as the counts of `incidents`."""

    incidents: str
    severity: Value


LeafContent = float | Array | Distribution | Shocks | Incidents | IncidentCost


@dataclass(frozen=True, slots=True)
class Leaf:
    """One input of the graph: what fills it, its unit, and the quantity and file place it comes from."""

    name: str
    unit: Unit
    content: LeafContent
    origin: Origin
    quantity: Quantity | None = None
    label: str = ""

    @property
    def shown_unit(self) -> str:
        """The unit a reader sees: a growth rate is a plain number in the formula and a rate a year on paper."""
        return str(PER_YEAR) if self.quantity is not None and self.quantity.unit == PER_YEAR else self.unit.shown

    @property
    def is_law(self) -> bool:
        """True for an input with one drawn value per future."""
        return isinstance(self.content, Distribution)

    @property
    def provenance(self) -> Provenance:
        """Where the value comes from; a default of the model is an assumption and says so."""
        if self.origin == "default":
            return Provenance(source="assumption: default of the model")
        if self.origin == "timeline":
            return Provenance(source="the timeline of the scenario")
        return self.quantity.provenance if self.quantity is not None else Provenance()

    def central(self, central_of: Mapping[str, Array]) -> Array:
        """Return the expected value, ``(1, 1)`` or ``(1, months)``; `central_of` holds the frequencies of incidents."""
        match self.content:
            case Distribution():
                return np.full((1, 1), self.content.mean)
            case Shocks(central):
                return np.full((1, 1), central)
            case Incidents(frequency):
                return central_of[frequency] / 12.0
            case IncidentCost(_, severity):
                return np.full((1, 1), mean_of(severity))
            case np.ndarray():
                return self.content
            case number:
                return np.full((1, 1), number)


class LeafBook:
    """Collects the leaves of one graph, each name once."""

    def __init__(self, start: int, months: int) -> None:
        """Hold the timeline: `start` as year * 12 + month - 1, and the number of months."""
        self.start, self.months = start, months
        self.leaves: dict[str, Leaf] = {}
        self.terms: dict[str, Term] = {}

    def add(self, entry: Leaf) -> Term:
        """Add a leaf, or return the term of the one that has its name."""
        if entry.name not in self.terms:
            self.leaves[entry.name] = entry
            self.terms[entry.name] = leaf(entry.name, entry.unit, _shape(entry.content), entry.label)
        return self.terms[entry.name]

    def path(self, name: str, values: Array, unit: Unit = PLAIN, label: str = "") -> Term:
        """Add a fixed path of the timeline, such as the months of a phase."""
        return self.add(Leaf(name, unit, values.reshape(1, -1), "timeline", label=label))

    def month_index(self) -> Term:
        """Return the months since the start, 0 in the first month."""
        return self.path("timeline.month_index", np.arange(self.months, dtype=float), label="months since the start")

    def quantity(self, name: str, quantity: Quantity, origin: Origin = "scenario") -> Term:
        """Return the term of a quantity that is not a formula; its uncertain parts become leaves of their own."""
        match quantity.content:
            case Growing():
                return self._growing(name, quantity, quantity.content, origin)
            case Steps(points) if any(isinstance(value, Distribution) for _, value in points):
                return self._uncertain_steps(name, quantity, points, origin)
            case Steps(points):
                return self.add(
                    Leaf(name, quantity.unit, self._held([(month, float(mean_of(value))) for month, value in points]), origin, quantity)
                )
            case Monthly(values):
                padded = [*values[: self.months], *[values[-1]] * (self.months - len(values))]
                return self.add(Leaf(name, quantity.unit, np.array([padded]), origin, quantity))
            case Distribution() | float() as value:
                return self.add(Leaf(name, quantity.unit, value, origin, quantity))
            case _:
                raise TypeError(f"{name} is a formula")

    def _growing(self, name: str, quantity: Quantity, path: Growing, origin: Origin) -> Term:
        start = self.add(Leaf(f"{name}.start", quantity.unit, path.start, origin, quantity.part("start", path.start)))
        growth = self.add(Leaf(f"{name}.growth", PLAIN, path.growth, origin, quantity.part("growth", path.growth, PER_YEAR)))
        grown = start * compound(growth, self.month_index())
        if not path.volatility:
            return grown
        monthly = path.volatility / math.sqrt(12.0)
        shocks = self.add(Leaf(f"{name}.shocks", PLAIN, Shocks(monthly / 2.0), origin, quantity))
        return grown * exp(cumulative(shocks * monthly - monthly * monthly / 2.0))

    def _uncertain_steps(self, name: str, quantity: Quantity, points: tuple[tuple[int, Value], ...], origin: Origin) -> Term:
        total: Term | None = None
        for position, (month, value) in enumerate(points):
            stop = points[position + 1][0] if position + 1 < len(points) else 10**6
            suffix = f"{month // 12:04d}-{month % 12 + 1:02d}"
            held = self._held([(self.start, 0.0 if position else 1.0), (month, 1.0), (stop, 0.0)])
            level = self.add(Leaf(f"{name}.{suffix}", quantity.unit, value, origin, quantity.part(suffix, value)))
            part = level * self.path(f"{name}.{suffix}.months", held, label=f"1 in the months from {suffix}")
            total = part if total is None else total + part
        assert total is not None
        return total

    def _held(self, points: list[tuple[int, float]]) -> Array:
        """Hold each value from its month until the next; before the first step its value holds too."""
        values = np.full((1, self.months), points[0][1])
        for month, value in points:
            values[0, max(0, min(month - self.start, self.months)) :] = value
        return values


def expected_values(leaves: Mapping[str, Leaf]) -> dict[str, Array]:
    """Return the expected value of every input that does not count events, ``(1, 1)`` or ``(1, months)``."""
    return {name: leaf.central({}) for name, leaf in leaves.items() if not isinstance(leaf.content, Incidents)}


def find_law(leaves: Mapping[str, Leaf], name: str) -> str | None:
    """Return the full name of an uncertain input from its full or short name; None where there is none."""
    for candidate in (name, f"inputs.{name}", f"{name}.start", f"inputs.{name}.start"):
        if candidate in leaves and leaves[candidate].is_law:
            return candidate
    return None


def _shape(content: LeafContent) -> Shape:
    match content:
        case Distribution():
            return DRAWN
        case Shocks() | Incidents() | IncidentCost():
            return DRAWN_PATH
        case np.ndarray():
            return PATH if content.shape[1] > 1 else NUMBER
        case _:
            return NUMBER
