"""Turns one input and a goal into the value that just meets it: the input's range, figures along it, where they cross a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import BEST_IS_MOST, Chance, chance, standard_error
from tco_model.analysis.spread import quantile
from tco_model.engine.central import central_leaves
from tco_model.engine.futures import Change, Futures
from tco_model.engine.inputs import PER_YEAR, IncidentCost, Incidents, Leaf, Shocks
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
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
POINTS = 12
"""Values looked at on either side of the current one before a crossing is narrowed down."""
TOLERANCE = 1e-7
"""A crossing is narrowed down to this share of its value."""
CHANCE_BEST = "chance_best"
MORE_IS_WANTED = (*BEST_IS_MOST, "outcomes", "success_share", CHANCE_BEST)
"""Figures that a goal asks to be at least the target; of every other at most."""
NEGLIGIBLE = 1e-9
"""How far a field may lie outside its range for rounding, and how near the end of a range is found."""
SHARE = BY_NAME["success_share"]
Field = tuple[Term, Name]
"""What fills a field, and the row that says its range."""
LINEAR = ("add", "subtract", "negate", "multiply", "divide", "where", "cumulative", "lag", "window_sum", "total")


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


class Linearity:
    """Says of every figure which inputs it depends on, and on which of them it is no straight line.

    A sum is straight where its parts are, a product where one factor does not move, a ratio where its divisor does not. So what is
    called straight is so for any values; where a count of events depends on an input, it is not.
    """

    def __init__(self, model: Model, terms: Iterable[Term]) -> None:
        """Walk the graph below `terms` once; inputs are the bits of whole numbers."""
        self._bits = {name: 1 << place for place, name in enumerate(model.leaves)}
        self._model = model
        self._terms = list(terms)
        """Held, so that no identity is ever that of another term."""
        self._moves: dict[int, int] = {}
        self._bends: dict[int, int] = {}
        counts = [entry.content.frequency for entry in model.leaves.values() if isinstance(entry.content, Incidents)]
        for node in walk(*(model.figures[name] for name in counts), *self._terms):
            self._moves[id(node)], self._bends[id(node)] = self._node(node)

    def _node(self, node: Term) -> tuple[int, int]:
        if node.op == "leaf":
            return self._leaf(node.name)
        moves = [self._moves[id(arg)] for arg in node.args]
        bends = [self._bends[id(arg)] for arg in node.args]
        moved, bent = _union(moves), _union(bends)
        if node.op not in LINEAR:
            return moved, moved
        if node.op == "multiply":
            bent |= moves[0] & moves[1]
        elif node.op == "divide":
            bent |= moves[1]
        elif node.op == "where":
            bent |= moves[0]
        return moved, bent

    def _leaf(self, name: str) -> tuple[int, int]:
        content = self._model.leaves[name].content
        if isinstance(content, IncidentCost):
            content = self._model.leaves[content.incidents].content
        often = self._moves[id(self._model.figures[content.frequency])] if isinstance(content, Incidents) else 0
        return self._bits[name] | often, often

    def moves(self, name: str) -> bool:
        """Say whether any of the figures depends on an input."""
        return any(self._moves[id(term)] & self._bits[name] for term in self._terms)

    def is_straight(self, name: str) -> bool:
        """Say whether every figure is a straight line in an input, whatever the others are."""
        return not any(self._bends[id(term)] & self._bits[name] for term in self._terms)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def linearity_of(model: Model, figure: str) -> Linearity:
    """Return on which inputs one figure of the options depends, and how."""
    return Linearity(model, [term for name, term in all_outputs(model).items() if name.startswith("draw/") and name.endswith(f"/{figure}")])


def samples_at(futures: Futures, figure: str, changes: Mapping[str, Change]) -> Array:
    """Return the draws of a figure with some inputs changed, ``(options, draws)``.

    Raises:
        ScenarioError: the figure is then no finite number, be it the same in every future.
    """
    values = futures.samples(figure, changes)
    if not np.isfinite(values).all():
        raise ScenarioError(Problem(f"{figure} is no finite number", "move the input less far", ", ".join(changes)))
    return values


class Response:
    """One figure of every option along the range of an input, on the same futures; where it is a straight line, two points give it all."""

    def __init__(self, futures: Futures, entry: InputRange, figure: str, linearity: Linearity) -> None:
        """Compute nothing yet."""
        self.futures, self.entry, self.figure = futures, entry, figure
        self.is_straight = linearity.is_straight(entry.name)
        self._anchors: tuple[tuple[float, Array], tuple[float, Array]] | None = None

    def exactly(self, value: float) -> Array:
        """Return the figure computed afresh with the input at a value, ``(options, draws)``.

        Raises:
            ScenarioError: the figure is then no finite number.
        """
        return samples_at(self.futures, self.figure, {self.entry.name: self.entry.change(value)})

    def at(self, value: float) -> Array:
        """Return the figure with the input at a value, ``(options, draws)``; errors as in `exactly`."""
        if self.is_straight and self._anchors is None:
            self._anchors = self._anchored()
        if self._anchors is None:
            return self.exactly(value)
        (first, at_first), (second, at_second) = self._anchors
        weight = (value - first) / (second - first)
        return at_first * (1.0 - weight) + at_second * weight

    def _anchored(self) -> tuple[tuple[float, Array], tuple[float, Array]] | None:
        """Return the two points of the line: what is known already of a fixed input, and an end of its range."""
        entry = self.entry
        far = max((entry.low, entry.high), key=lambda end: abs(end - entry.now))
        known = entry.now if entry.is_fixed else entry.low + entry.high - far
        try:
            return (known, self.futures.samples(self.figure) if entry.is_fixed else self.exactly(known)), (far, self.exactly(far))
        except ScenarioError:
            self.is_straight = False
            return None


Gap = Callable[[float], float]
"""A number for each value of an input: at or above 0 on one side of what is looked for, below 0 on the other."""


def narrowed(gap: Gap, inside: float, outside: float, tolerance: float) -> tuple[float, float]:
    """Return a pair as near as `tolerance` around where a gap leaves 0: at or above 0 at the first, below at the second.

    Secant steps find a crossing of a smooth gap, the halvings between them the edge of a step.

    Args:
        gap: at or above 0 at `inside`, below 0 at `outside`.
        inside, outside: values of the input, either one the larger.
        tolerance: distance at which to stop.
    """
    within, beyond = gap(inside), gap(outside)
    halve = False
    while (width := abs(outside - inside)) > tolerance:
        room = min(0.5, 0.4 * tolerance / width)
        weight = 0.5 if halve else min(max(within / (within - beyond), room), 1.0 - room)
        middle = inside + weight * (outside - inside)
        if middle in (inside, outside):
            break
        found = gap(middle)
        if found >= 0.0:
            inside, within = middle, found
        else:
            outside, beyond = middle, found
        halve = not halve and abs(outside - inside) > 0.5 * width
    return inside, outside


def tolerance_at(entry: InputRange, value: float) -> float:
    """Return how near a crossing at about a value is narrowed down."""
    return max(TOLERANCE * abs(value), 1e-3 * TOLERANCE * (entry.high - entry.low))


@dataclass(frozen=True, slots=True)
class Goal:
    """The value of an input at which a figure just meets a target."""

    input: InputRange
    figure: str
    option: str
    target: float
    at_least: bool
    """The figure is to be at least the target; otherwise at most."""
    confidence: float | None
    """Share of the futures in which it is; None where the mean is."""
    met: Literal["up to", "from", "everywhere"]
    """Where the goal is met, as seen from `value`."""
    value: float | None
    """The nearest to the current one of the values at which meeting ends; the goal is met there. None where it never ends."""
    error: float | None
    """Monte Carlo standard error of the value; None where it is the edge of a step, or there is no value."""
    reached: float
    """What the goal is measured by, at the value: mean, quantile at the confidence, or chance."""
    chance: Chance
    """How often the target is met at the value; of ``chance_best``, how often the option is best."""
    now: float
    """What the goal is measured by with the input at its current value."""
    others: tuple[float, ...] = ()
    """Further values within the range at which meeting begins or ends."""


def goal_seek(
    futures: Futures,
    input: str,  # noqa: A002
    figure: str,
    target: float,
    *,
    confidence: float | None = None,
    option: str | None = None,
    low: float | None = None,
    high: float | None = None,
    points: int = POINTS,
) -> Goal:
    """Return the value of an input at which an option's figure just meets a target.

    A cost meets its target at or below it; net value, outcomes, success share and the chance of being best at or above it. Every
    other input stays uncertain as it is; the futures are the same for every value. Crossings that lie closer to each other than
    the points looked at may be missed.

    Args:
        futures: the futures to judge by.
        input: full or short name of the input that is moved.
        figure: a figure of the options, or ``chance_best``: how often the option is best by the deciding figure.
        target: what the figure is to reach, in its own unit.
        confidence: share of the futures in which it must, 0 to 1; the mean must where None. Not for ``chance_best``.
        option: whose figure; the preferred option's where None.
        low, high: the range to look at in place of the input's own.
        points: values looked at on either side of the current one.

    Raises:
        ScenarioError: an unknown name, a confidence outside 0..1, or a target that no value of the range reaches; the best
            reachable one is named.
    """
    return _Seeking(futures, input_range(futures.model, input, low=low, high=high), figure, target, confidence, option, points).goal()


class _Seeking:
    """One goal: how far it is from being met at each value of the input."""

    def __init__(
        self, futures: Futures, entry: InputRange, figure: str, target: float, confidence: float | None, option: str | None, points: int
    ) -> None:
        model = futures.model
        decide_by = model.scenario.decision.decide_by
        self.futures, self.entry, self.figure, self.target, self.confidence = futures, entry, figure, target, confidence
        self.by_chance = figure == CHANCE_BEST
        measured = decide_by if self.by_chance else figure
        self.base = futures.samples(measured)
        self.at_least = figure in MORE_IS_WANTED
        self.sign = -1.0 if measured in BEST_IS_MOST else 1.0
        place = int(np.argmin(self.sign * self.base.mean(axis=1))) if option is None else find_option(model, option)
        self.place, self.option, self.points = place, model.options[place].name, points
        self._check()
        self.response = Response(futures, entry, measured, linearity_of(model, measured))

    def _check(self) -> None:
        confidence, problem = self.confidence, None
        if confidence is not None and not 0.0 < confidence < 1.0:
            problem = Problem("a confidence lies between 0 and 1", "write 80% as 0.8", "confidence", f"{confidence:g}")
        elif self.by_chance and confidence is not None:
            problem = Problem(
                "a chance has no confidence of its own", "give the chance as the target alone", "confidence", f"{confidence:g}"
            )
        elif self.by_chance and not 0.0 < self.target <= 1.0:
            problem = Problem("a chance lies between 0 and 1", "write 90% as 0.9", "target", f"{self.target:g}")
        elif self.points < 1:
            problem = Problem("at least 1 point on either side must be looked at", f"take {POINTS}", "points", str(self.points))
        if problem is not None:
            raise ScenarioError(problem)

    def _measure(self, value: float) -> Array:
        """Return the draws of what the goal is measured by: the figure, or whether the option is best, in part where several tie."""
        values = self.response.at(value)
        if not self.by_chance:
            return values[self.place]
        best = self.sign * values
        best = best == best.min(axis=0)
        return best[self.place] / best.sum(axis=0)

    def _level(self, sample: Array) -> float:
        """Return the mean, or the order statistic that the share of the confidence does not go beyond."""
        if self.confidence is None:
            return float(sample.mean())
        rank = math.ceil(self.confidence * sample.size - 1e-9)
        place = sample.size - rank if self.at_least else rank - 1
        return float(np.partition(sample, place)[place])

    def gap(self, value: float) -> float:
        """Return by how much the goal is met at a value; minus infinity where the model refuses it."""
        try:
            level = self._level(self._measure(value))
        except ScenarioError:
            return -math.inf
        return level - self.target if self.at_least else self.target - level

    def goal(self) -> Goal:
        """Search the range."""
        values = self._grid()
        gaps = [self.gap(value) for value in values]
        if max(gaps) < 0.0:
            values, gaps = self._closer(values, gaps)
        if max(gaps) < 0.0:
            raise ScenarioError(self._unreached(values, gaps))
        pairs = [(position, position + 1) for position in range(len(values) - 1) if (gaps[position] >= 0.0) != (gaps[position + 1] >= 0.0)]
        found = [self._crossing(values, gaps, pair) for pair in pairs]
        if not found:
            return self._said(self.entry.now, "everywhere")
        found.sort(key=lambda one: abs(one[0] - self.entry.now))
        return self._said(found[0][0], found[0][1], found[0][2], tuple(value for value, _, _ in found[1:]))

    def _grid(self) -> list[float]:
        below, above = (self.entry.points(end, self.points) for end in (self.entry.low, self.entry.high))
        return [*(float(value) for value in below[:0:-1]), *(float(value) for value in above)]

    def _closer(self, values: Sequence[float], gaps: Sequence[float]) -> tuple[list[float], list[float]]:
        """Look again, more closely, around the value that comes nearest to the goal."""
        best = int(np.argmax(gaps))
        ends = values[max(best - 1, 0)], values[min(best + 1, len(values) - 1)]
        more = sorted({*values, *(float(value) for value in np.linspace(*ends, 2 * self.points + 1))})
        return more, [self.gap(value) for value in more]

    def _crossing(
        self, values: Sequence[float], gaps: Sequence[float], pair: tuple[int, int]
    ) -> tuple[float, Literal["up to", "from"], float]:
        """Return the last value that meets the goal, on which side of it the goal is met, and the slope of the gap around it."""
        first, second = pair
        met: Literal["up to", "from"] = "up to" if gaps[first] >= 0.0 else "from"
        inside, outside = (values[first], values[second]) if met == "up to" else (values[second], values[first])
        slope = (gaps[second] - gaps[first]) / (values[second] - values[first])
        value, beyond = narrowed(self.gap, inside, outside, tolerance_at(self.entry, outside))
        jump = abs(self.gap(value) - self.gap(beyond))
        smooth = math.isfinite(slope) and (self.by_chance or jump <= 1e-3 * abs(gaps[second] - gaps[first]))
        return value, met, slope if smooth else 0.0

    def _said(self, value: float, met: Literal["up to", "from", "everywhere"], slope: float = 0.0, others: tuple[float, ...] = ()) -> Goal:
        sample = self._measure(value)
        level = self._level(sample)
        reaches = sample >= self.target if self.at_least else sample <= self.target
        return Goal(
            input=self.entry,
            figure=self.figure,
            option=self.option,
            target=self.target,
            at_least=self.at_least,
            confidence=self.confidence,
            met=met,
            value=None if met == "everywhere" else value,
            error=self._error(sample) / abs(slope) if slope else None,
            reached=level,
            chance=chance(sample if self.by_chance else reaches),
            now=self._level(self._measure(self.entry.now)),
            others=others,
        )

    def _error(self, sample: Array) -> float:
        if self.confidence is None:
            return standard_error(sample)
        return quantile(np.sort(sample), 1.0 - self.confidence if self.at_least else self.confidence).error

    def _unreached(self, values: Sequence[float], gaps: Sequence[float]) -> Problem:
        entry, place = self.entry, int(np.argmax(gaps))
        wanted = f"{self.figure} of {self.option} {'up to at least' if self.at_least else 'down to'} {_spelled(self.target)}"
        sure = "" if self.confidence is None else f" with {100 * self.confidence:g}% confidence"
        best = self.target + gaps[place] if self.at_least else self.target - gaps[place]
        return Problem(
            f"no value between {_spelled(entry.low)} and {_spelled(entry.high)} {entry.unit} brings {wanted}{sure}",
            f"the best reachable is {_spelled(best)} at {_spelled(values[place])}: change the target, or move another input",
            entry.name,
            _spelled(self.target),
            file=self.futures.model.scenario.file,
        )


def _spelled(value: float) -> str:
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.5g}"
