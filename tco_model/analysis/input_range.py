"""Turns the name of an input into its current value and the range it is searched in: of its law, or of what its field allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.central import central_leaves
from tco_model.engine.change import Change
from tco_model.engine.inputs import PER_YEAR, IncidentCost, Incidents, Leaf, Shocks
from tco_model.engine.model import Model
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.expr.evaluate import evaluate
from tco_model.expr.parse import FormulaError, parse_formula
from tco_model.expr.term import Term, constant, walk
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.quantity import Formula, mean_of
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.lines.nomenclature import BY_NAME, Name
from tco_model.scenario.schema import Component
from tco_model.units import UnitError

Array = NDArray[np.float64]
TAIL = 0.001
"""An uncertain input is searched from P0.1 to P99.9 of its law."""
LEAST_MULTIPLE, MOST_MULTIPLE = 0.2, 5.0
"""A fixed number is searched from a fifth to five times its value."""
RATE_REACH = 0.1
"""A fixed yearly rate is searched at least ten points to either side, for it may change its sign."""
LOWEST_RATE = -0.5
"""No yearly rate is read below this, nor a discount rate below 0."""
NEGLIGIBLE = 1e-9
"""How far a field may lie outside its range for rounding, and how near the end of a range is found."""
SHARE = BY_NAME["success_share"]
Field = tuple[Term, Name]
"""What fills a field, and the row that says its range."""


@dataclass(frozen=True, slots=True)
class InputRange:
    """One input, its current value and the range it is searched in, in `unit`.

    The current value of an uncertain input is its expected value. A path over months is moved as a whole: its values here are
    factors of the path, 1 now.
    """

    name: str
    unit: str
    now: float
    low: float
    high: float
    basis: Literal["law", "multiple", "share", "rate", "given"]
    """What the range is: P0.1 to P99.9 of the law, 0.2 to 5 times the number, all of 0 to 1, points around a rate, or the caller's."""
    path: Array | None = None
    is_fixed: bool = False
    """The input is the same in every future, and is so at its current value."""

    def change(self, value: float) -> Change:
        """Return what the input is set to in the futures for this value."""
        return value if self.path is None else self.path * value

    def distance(self, value: float) -> float | None:
        """Return how far a value lies from the current one, relative to it; None where that is 0."""
        return (value - self.now) / abs(self.now) if self.now else None

    def points(self, end: float, count: int) -> Array:
        """Return values from the current one to an end of the range, both included, in steps of equal ratio where the range is wide."""
        start = self.now
        if min(start, end) > 0.0 and not 0.25 <= end / start <= 4.0:
            return np.geomspace(start, end, count + 1)
        return np.linspace(start, end, count + 1)


def find_input(model: Model, name: str) -> str:
    """Return the full name of an input that can be set, from its full name or a short one (``cases`` for ``inputs.cases.start``).

    Raises:
        ScenarioError: no such input; the nearest are offered.
    """
    for candidate in (name, f"inputs.{name}", f"{name}.start", f"inputs.{name}.start"):
        if candidate in model.leaves and _is_settable(model.leaves[candidate]):
            return candidate
    known = [one for one, entry in model.leaves.items() if _is_settable(entry)]
    shorts = [one.removeprefix("inputs.") for one in known]
    raise ScenarioError(Problem(f"no input '{name}'", nearest(name, shorts), name, name, file=model.scenario.file))


def find_option(model: Model, name: str) -> int:
    """Return the place of an option.

    Raises:
        ScenarioError: no such option; the nearest are offered.
    """
    names = [graph.name for graph in model.options]
    if name not in names:
        raise ScenarioError(Problem(f"no option '{name}'", nearest(name, names), "options", name, file=model.scenario.file))
    return names.index(name)


def _is_settable(entry: Leaf) -> bool:
    return entry.origin != "timeline" and not isinstance(entry.content, Incidents | Shocks)


def input_range(model: Model, name: str, *, low: float | None = None, high: float | None = None) -> InputRange:
    """Return the range of one input, by its full or short name; `low` and `high` replace its ends, in the input's unit.

    Raises:
        ScenarioError: no such input, or a number of 0 with nothing to say how far it could go and no range given.
    """
    full = find_input(model, name)
    found = input_ranges(model, [full])[full]
    if isinstance(found, InputRange):
        given = replace(found, low=found.low if low is None else low, high=found.high if high is None else high)
    elif low is None or high is None:
        raise ScenarioError(Problem(found, "give the lowest and the highest value to look at", full, file=model.scenario.file))
    else:
        given = InputRange(full, model.leaves[full].shown_unit, 0.0, low, high, "given")
    if not given.low < given.high:
        raise ScenarioError(Problem(f"the range of '{full}' is empty", "give a lowest value below the highest", full, f"{low} to {high}"))
    if low is None and high is None:
        return given
    now = min(max(given.now, given.low), given.high)
    return replace(given, basis="given", now=now, is_fixed=given.is_fixed and now == given.now)


def input_ranges(model: Model, names: Iterable[str] | None = None) -> dict[str, InputRange | str]:
    """Return the range of each input by its full name, all that can be set unless named; a reason in words where there is none."""
    chosen = [name for name, entry in model.leaves.items() if _is_settable(entry)] if names is None else list(names)
    limits = _Limits(model)
    return {name: _range(model.leaves[name], limits) for name in chosen}


def fields_of(model: Model) -> dict[str, tuple[str, ...]]:
    """Return the names of the fields that each input ends up in, its own field first: ``{"inputs.reused_prompt": ("cached_share", …)}``."""
    found: dict[str, dict[str, None]] = {}
    for name, entry in model.leaves.items():
        own = next((part for part in reversed(name.split(".")) if part in BY_NAME), "")
        if own and _is_settable(entry) and not name.startswith("inputs."):
            found.setdefault(name, {})[own] = None
    for name, fields in _Limits(model).fields.items():
        for _, field in fields:
            found.setdefault(name, {})[field] = None
    found.setdefault("timeline.discount_rate", {})["discount_rate"] = None
    return {name: tuple(fields) for name, fields in found.items()}


def _range(entry: Leaf, limits: _Limits) -> InputRange | str:
    content = entry.content.severity if isinstance(entry.content, IncidentCost) else entry.content
    unit = entry.shown_unit
    if isinstance(content, Distribution):
        low, high = (float(end) for end in content.ppf((TAIL, 1.0 - TAIL)))
        now = mean_of(content)
        if not low < high:
            return "its range is a single value"
        return InputRange(entry.name, unit, now, min(low, now), max(high, now), "law")
    if isinstance(content, np.ndarray):
        if not content.any():
            return "it is 0 in every month"
        whole = InputRange(entry.name, "times its path", 1.0, LEAST_MULTIPLE, MOST_MULTIPLE, "multiple", content, is_fixed=True)
        return limits.clipped(whole)
    assert isinstance(content, float)
    return _number_range(entry, content, limits)


def _number_range(entry: Leaf, now: float, limits: _Limits) -> InputRange | str:
    """Return the range of a fixed number: multiples of it, points around a rate, all of 0 to 1 for a share of none."""
    is_rate = entry.quantity is not None and entry.quantity.unit == PER_YEAR
    ends = sorted((LEAST_MULTIPLE * now, MOST_MULTIPLE * now))
    basis: Literal["multiple", "share", "rate"] = "multiple"
    if is_rate:
        lowest = 0.0 if entry.name.startswith("timeline.discount_rate") else LOWEST_RATE
        ends, basis = [max(lowest, min(ends[0], now - RATE_REACH)), max(ends[1], now + RATE_REACH)], "rate"
    elif now == 0.0:
        if not entry.unit.is_plain:
            return "it is 0, and nothing says how far it could go"
        ends, basis = [0.0, 1.0], "share"
    return limits.clipped(InputRange(entry.name, entry.shown_unit, now, ends[0], ends[1], basis, is_fixed=True))


class _Limits:
    """Holds fixed inputs to the fields they end up in: a share stays in 0..1, a utilisation below its most.

    A field that is a formula is followed in the central case; what is written as a percentage and ends up in no bounded field
    is taken for a share.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        scenario = model.scenario
        self.owners: list[tuple[Component, str]] = [(demand, "") for demand in scenario.demand]
        for option in scenario.options:
            held = [*option.fleets, *(line for _, lines in option.lines for line in lines)]
            self.owners += [(component, option.name) for component in held]

    @cached_property
    def fields(self) -> dict[str, dict[tuple[int, str], Field]]:
        """The fields that are formulas, each once, by every input they are computed from."""
        found: dict[str, dict[tuple[int, str], Field]] = {}
        for term, row in self._formulas():
            for node in walk(term):
                if node.op == "leaf":
                    found.setdefault(node.name, {})[id(term), row.name] = term, row
        return found

    def _formulas(self) -> Iterator[Field]:
        for component, option in self.owners:
            for name, quantity in component.quantities:
                if isinstance(quantity.content, Formula) and name in BY_NAME:
                    term = self._term(quantity.content.text, name, option)
                    if term is not None:
                        yield term, BY_NAME[name]
        for graph in self.model.options:
            if f"options.{graph.name}.success_share" in self.model.figures:
                yield self.model.figures[f"options.{graph.name}.success_share"], SHARE

    def _term(self, text: str, name: str, option: str) -> Term | None:
        try:
            term = parse_formula(text, lambda one: self._resolved(one, option), _literal)
            wanted = BY_NAME[name].unit.in_currency(self.model.scenario.timeline.currency)
            return term if term.unit in (None, wanted) else term * constant(float(term.unit.factor_to(wanted)), wanted / term.unit)
        except (FormulaError, UnitError, QuantityError):
            return None

    def _resolved(self, name: str, option: str) -> Term:
        for candidate in (f"options.{option}.{name}", f"inputs.{name}", name):
            if candidate in self.model.figures:
                return self.model.figures[candidate]
        raise FormulaError(name)

    @cached_property
    def central(self) -> dict[str, Array]:
        """The expected value of every input."""
        return central_leaves(self.model)

    def clipped(self, whole: InputRange) -> InputRange:
        """Return the range without what the fields that the input ends up in refuse."""
        fields = self._of(whole)
        held = [field for field in fields if field not in self._refusing(whole, fields, whole.now)]
        low, high = (self._last_fit(whole, held, end) for end in (whole.low, whole.high))
        return replace(whole, low=low, high=high)

    def _of(self, whole: InputRange) -> list[Field]:
        """Return the fields that an input ends up in, its own among them."""
        entry, parts = self.model.leaves[whole.name], whole.name.split(".")
        itself = self.model.leaf_terms[whole.name]
        found = list(self.fields.get(whole.name, {}).values())
        own = next((part for part in reversed(parts) if part in BY_NAME), "")
        if own and parts[0] != "inputs" and parts[-1] != "growth":
            found.append((itself, BY_NAME[own]))
        written = entry.quantity.text if entry.quantity is not None else ""
        if parts[-1] == "availability" or (not found and "%" in written and entry.unit.is_plain and whole.basis != "rate"):
            found.append((itself, SHARE))
        return found

    def _refusing(self, whole: InputRange, fields: Sequence[Field], value: float) -> list[Field]:
        """Return the fields that the input drives out of their range at a value, the others at their expected values."""
        if not fields:
            return []
        leaves = self.central | {whole.name: np.asarray(whole.change(value), dtype=np.float64).reshape(1, -1)}
        found = evaluate({str(place): term for place, (term, _) in enumerate(fields)}, leaves, self.model.months)
        return [field for place, field in enumerate(fields) if not _fits(found[str(place)], field[1])]

    def _last_fit(self, whole: InputRange, fields: Sequence[Field], end: float) -> float:
        """Return the value nearest to an end of the range that no field refuses."""
        refusing = self._refusing(whole, fields, end)
        inside, outside = whole.now, end
        if not refusing:
            return end
        while abs(outside - inside) > NEGLIGIBLE * max(abs(inside), abs(outside)):
            middle = inside + (outside - inside) / 2.0
            inside, outside = (inside, middle) if self._refusing(whole, refusing, middle) else (middle, outside)
        return inside


def _literal(text: str) -> Term:
    quantity = read_quantity(text)
    if not isinstance(quantity.content, float):
        raise FormulaError(text)
    return constant(quantity.content, quantity.unit, text)


def _fits(values: Array, row: Name) -> bool:
    above = values > row.low if row.open_low else values >= row.low - NEGLIGIBLE
    return bool(np.all(above & (values <= row.high + NEGLIGIBLE)))
