"""Turns what a scenario writes into terms: quantities as levers adjust them, formulas, conversions, and what fails at its place."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np

from tco_model.engine.derived import Derived
from tco_model.engine.inputs import LeafBook
from tco_model.engine.reach import Reach
from tco_model.errors import Problem
from tco_model.expr.ops import compound, cumulative, exp, log
from tco_model.expr.parse import FormulaError, parse_formula
from tco_model.expr.term import Term, constant
from tco_model.inputs.quantity import Formula, Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.scenario.changes import Adjustment
from tco_model.scenario.schema import Scenario
from tco_model.scenario.source import BY_HAND
from tco_model.units import MONEY, PLAIN, Unit, UnitError, parse_unit

TIMING = {"start": 0.0, "mid": 0.5, "end": 1.0}
PER_MONTH = parse_unit("1/month")


class PlacedError(FormulaError):
    """A formula that cannot be built, with its own place in the file: the lines that use it are not at fault."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


class Quantities:
    """What a scenario writes, as terms by name, each built once and only when something asks for it; and what went wrong meanwhile."""

    def __init__(self, scenario: Scenario) -> None:
        """Start with no figure built."""
        self.scenario = scenario
        self.timeline = scenario.timeline
        self.book = LeafBook(self.timeline.start, self.timeline.months)
        self.problems: list[Problem] = []
        self.figures: dict[str, Term] = {}
        self.labels: dict[str, str] = {}
        self.builders: dict[str, Callable[[], Term]] = {}
        self.pending: list[str] = []
        self.reaches: dict[int, Reach] = {}
        self.reached: list[Term] = []
        """Held, so that no identity in `reaches` is ever that of a later term."""
        self.capacities: dict[str, dict[str, Quantity]] = {}
        self.derived: list[Derived] = []
        self.price_lists: dict[str, dict[str, Quantity]] = {}
        self.uplifted: set[str] = set()
        """Targets of an optimism bias that were met."""
        self.written: set[str] = set()
        """Fields that hold a quantity."""
        self.adjustments: dict[str, list[Adjustment]] = {}
        for adjusted in scenario.adjustments:
            self.adjustments.setdefault(adjusted.field, []).append(adjusted)

    def _figure(self, name: str) -> Term:
        """Return a figure, building it on first use; a figure that needs itself is a circular formula."""
        if name in self.figures:
            return self.figures[name]
        if name in self.pending:
            circle = self.pending[self.pending.index(name) :]
            first = circle.index(min(circle))
            circle = [*circle[first:], *circle[: first + 1]]
            place = f"{circle[0]}.formula" if f"{circle[0]}.formula" in self.scenario.places else circle[0]
            raise PlacedError(place, f"circular formula: {' → '.join(circle)}; compute one of them from inputs alone")
        self.pending.append(name)
        try:
            self.figures[name] = self.builders[name]()
        finally:
            self.pending.pop()
        return self.figures[name]

    def _quantity_builder(self, name: str, quantity: Quantity, unit: Unit | None, option: str = "") -> Callable[[], Term]:
        return lambda: self._quantity(name, quantity, unit, option)

    def _quantity(self, name: str, quantity: Quantity, unit: Unit | None, option: str, origin: Any = "scenario") -> Term:
        """Return the term of a quantity in `unit` (its own where None), money in the scenario's currency, as levers adjust it."""
        term = self._written(name, quantity, unit, option, origin)
        self.written.add(name)
        for adjusted in self.adjustments.get(name, ()):
            change = self.book.quantity(adjusted.place, adjusted.quantity)
            if adjusted.kind == "times":
                term = term * change
            else:
                term = term + self._placed(adjusted.place, lambda change=change, unit=term.unit: self._converted(change, unit))
        return term

    def _written(self, name: str, quantity: Quantity, unit: Unit | None, option: str, origin: Any) -> Term:
        if isinstance(quantity.content, Formula):
            return self._placed(name, lambda: self._formula_in(quantity, unit, option))
        term = self.book.quantity(name, quantity, origin)
        if quantity.unit == parse_unit("1/year") and unit is None:
            return term
        return self._placed(name, lambda: self._converted(term, unit))

    def _formula_in(self, quantity: Quantity, unit: Unit | None, option: str) -> Term:
        """Return a formula in the unit its field needs."""
        assert isinstance(quantity.content, Formula)
        term = self._converted(self._formula(quantity.content.text, option), None)
        try:
            return self._converted(term, unit)
        except UnitError:
            own, wanted = term.unit or PLAIN, unit or PLAIN
            mend = f'multiply by a quantity that turns one into the other, such as quantity("1 {wanted / own}")'
            raise FormulaError(f"'{quantity.text}' gives {own.shown} where {wanted.shown} is needed; {mend}") from None

    def _placed(self, place: str, build: Callable[[], Term]) -> Term:
        """Build a term; where that fails, say that it is this place which fails, unless a deeper one said so."""
        try:
            return build()
        except PlacedError:
            raise
        except (FormulaError, UnitError) as error:
            raise PlacedError(place, str(error)) from None

    def _converted(self, term: Term, unit: Unit | None) -> Term:
        """Turn a term into the wanted unit by naming the exchange rate and the factor."""
        own = term.unit if term.unit is not None else (unit or PLAIN)
        currency = own.currency
        if currency is not None and currency != self.timeline.currency:
            rate = f"exchange_rates.{currency}"
            if rate not in self.builders:
                example = f"{{{currency}: 1.1 {self.timeline.currency}/{currency}}}"
                raise FormulaError(f"money in {currency} needs an exchange rate; add exchange_rates: {example}")
            term = term * self._figure(rate)
            own = term.unit or own
        if unit is None or own == unit or term.unit is None:
            return term
        factor = own.factor_to(unit)
        return term * constant(float(factor), unit / own, f"{float(factor):g} {unit / own}")

    def _formula(self, text: str, option: str) -> Term:
        return parse_formula(text, lambda name: self._resolve(name, option), self._literal)

    def _literal(self, text: str) -> Term:
        try:
            quantity = read_quantity(text)
        except QuantityError as error:
            raise FormulaError(f"{error.message}; {error.mend}") from None
        if not isinstance(quantity.content, float):
            raise FormulaError(f'quantity("{text}") must be one number; name an uncertain value under inputs:')
        return self._converted(constant(quantity.content, quantity.unit, text), None)

    def _resolve(self, name: str, option: str) -> Term:
        for candidate in (f"options.{option}.{name}" if option else "", f"inputs.{name}", name):
            if candidate in self.builders:
                return self._figure(candidate)
        known = [full.removeprefix(f"options.{option}.").removeprefix("inputs.") for full in self.builders]
        near = difflib.get_close_matches(name, known, n=1)
        raise FormulaError(
            f"unknown name '{name}' in a formula; "
            + (f"did you mean '{near[0]}'?" if near else "name an input, demand.<class>.<figure>, <category>.<line> or <category>.total")
        )

    def _rate(self, name: str) -> Term:
        """Return a yearly rate as the plain number that `compound` takes."""
        term = self._figure(name)
        return term if term.unit is None or term.unit.is_plain else term * constant(1.0, parse_unit("year"), "1 year")

    def _discount_factor(self) -> Term:
        offset = TIMING[self.timeline.discount_timing]
        months = self.book.path(
            "timeline.discount_months",
            np.arange(self.timeline.months, dtype=np.float64) + offset,
            label=f"months from today to the {self.timeline.discount_timing} of the month",
        )
        return 1.0 / self._compounded("timeline.discount_rate", months, offset)

    def _compounded(self, name: str, months: Term, offset: float) -> Term:
        """Compound a yearly rate over `months`, each month's index plus `offset`; a rate that changes is chained month by month."""
        rate = self._rate(name)
        if not rate.shape.months:
            return compound(rate, months)
        monthly = log(1.0 + rate) / 12.0
        return exp(cumulative(monthly) - monthly * (1.0 - offset))

    def _money(self, unit: Unit) -> Unit:
        return unit.in_currency(self.timeline.currency) if self.timeline.currency != MONEY else unit

    def _attempt(self, name: str, place: str) -> Term | None:
        """Build a figure; where that fails, note the problem at the place in the file and go on."""
        try:
            return self._figure(name)
        except (FormulaError, UnitError) as error:
            self._note_failure(error, place)
            return None

    def _note_failure(self, error: FormulaError | UnitError, place: str) -> None:
        message, _, mend = str(error).partition("; ")
        self._note(getattr(error, "place", place), message, mend or "check the units and the names of the formula")

    def _note(self, place: str, message: str, mend: str, value: str = "") -> None:
        line, column = self.scenario.place(place)
        file = self.scenario.file if line else BY_HAND
        self.problems.append(Problem(message, mend, place, value, file, line, column))
