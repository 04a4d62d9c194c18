"""Builds the term of a figure from where its parameters come from: the entry, the timeline, demand, a fleet, the option, a default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tco_model.engine.derived import Derivation, Derived
from tco_model.engine.inputs import IncidentCost, Incidents, Leaf, expected_values
from tco_model.engine.quantities import PER_MONTH, PlacedError, Quantities
from tco_model.engine.reach import reach_of
from tco_model.expr.parse import FormulaError
from tco_model.expr.term import Term, as_term, constant, walk
from tco_model.expr.trace import trace
from tco_model.inputs.quantity import Formula, Growing, Monthly, Quantity, Steps
from tco_model.inputs.text import read_quantity
from tco_model.lines.nomenclature import BY_NAME
from tco_model.lines.registry import ONE_OFF, RECURRING, CostLine, Figure, Kind
from tco_model.scenario.schema import Binding, Component, Option
from tco_model.units import PLAIN, UnitError, parse_unit


class Figures(Quantities):
    """The drivers and cost lines of a scenario, from where each of their parameters comes from."""

    def _driver_builder(self, component: Component, figure: Figure, option: str) -> Callable[[], Term]:
        def build() -> Term:
            arguments = self._arguments(component, figure.parameters, lambda name: self._driver_argument(component, name, option))
            return trace(figure.function, arguments, figure.unit, f"{component.path}.{figure.name}")

        return build

    def _arguments(self, component: Component, names: Iterable[str], build: Callable[[str], Any]) -> dict[str, Any]:
        """Build every argument of a function; what fails is noted, all of it, before the first failure goes up."""
        found, failures = dict[str, Any](), list[FormulaError | UnitError]()
        for name in names:
            try:
                found[name] = build(name)
            except (FormulaError, UnitError) as error:
                self._note_failure(error, component.source)
                failures.append(error)
        if failures:
            raise failures[0]
        return found

    def _driver_argument(self, component: Component, name: str, option: str) -> Any:
        assert isinstance(component.kind, Kind)
        if name in component.kind.driver_names:
            return self._figure(f"{component.path}.{name}")
        if name in BY_NAME and f"{component.path}.{name}" in self.builders:
            return self._figure(f"{component.path}.{name}")
        return self._parameter(component, name, option)

    def _parameter(self, component: Component, name: str, option: str) -> Any:
        """Return the value of a parameter from where the loader found it."""
        binding = dict(component.bindings).get(name, Binding("default"))
        match binding.origin:
            case "own":
                place, quantity = f"{component.source}.{name}", dict(component.quantities)[name]
                term = self._quantity(place, quantity, self._money(BY_NAME[name].unit), option)
                self._check_reach(term, name, quantity, place)
                return term
            case "setting":
                return binding.value
            case "built_in":
                return self._built_in(component, name, option)
            case "demand":
                return self._summed(f"demand.{one}.{name}" for one in binding.classes)
            case "fleet":
                return self._figure(f"options.{option}.fleets.{component.fleet}.{name}")
            case "option":
                return self._figure("outcome.volume" if name == "cases" else f"options.{option}.{name}")
            case "capacity":
                return self._capacity(component, name, option)
            case "prices":
                return self._price(component, name, option)
            case "default":
                return self._default(f"{component.source}.{name}", name)

    def _capacity(self, component: Component, name: str, option: str) -> Term:
        """Return what the tables say of a fleet, worked out once for the shape of its traffic in the central case."""
        # The tables are read only by scenarios that ask for them.
        from tco_model.engine.sizing import sized
        from tco_model.serving.hardware import CapacityError

        if component.path not in self.capacities:
            figures = ("requests", "input_volume", "output_volume")
            terms = {figure: self._summed(f"demand.{one}.{figure}" for one in component.demand) for figure in figures}
            terms |= {name: as_term(self._parameter(component, name, option)) for name in ("regions", "prefix_cache_share")}
            try:
                self.capacities[component.path] = self._derive(
                    component.path, terms, lambda found: sized(component, terms, found, self.timeline.months, self.scenario.file)
                )
            except CapacityError as error:
                raise PlacedError(f"{component.source}.capacity", str(error)) from None
        quantity = self.capacities[component.path][name]
        return self._quantity(f"{component.path}.{name}", quantity, BY_NAME[name].unit, "", "table")

    def _price(self, component: Component, name: str, option: str) -> Term:
        """Return a list price of the model a line names, for the length of its prompts in the central case, month by month."""
        from tco_model.engine.pricing import priced
        from tco_model.prices.problem import PriceError
        from tco_model.serving.hardware import CapacityError

        if component.path not in self.price_lists:
            prompt = "input_tokens" if "input_tokens" in dict(component.bindings) else "check_input_tokens"
            length = self._parameter(component, prompt, option)
            try:
                self.price_lists[component.path] = self._derive(
                    component.path, {prompt: length}, lambda found: priced(component, length, found, self.timeline, self.scenario.file)
                )
            except (PriceError, CapacityError) as error:
                raise PlacedError(f"{component.source}.prices", str(error)) from None
        quantity = self.price_lists[component.path][name]
        return self._quantity(f"{component.path}.{name}", quantity, self._money(BY_NAME[name].unit), option, "table")

    def _derive(self, path: str, terms: Mapping[str, Term], work: Derivation) -> dict[str, Quantity]:
        """Work out quantities from the central case, and keep how, for whoever moves an input that they hang on."""
        hangs_on = frozenset(node.name for node in walk(*terms.values()) if node.op == "leaf")
        self.derived.append(Derived(path, hangs_on, work))
        return work(expected_values(self.book.leaves))

    def _check_reach(self, term: Term, name: str, quantity: Quantity, place: str) -> None:
        """Note a formula or a growing path that leaves the range of its field; what else is written was held to it when it was read."""
        if not isinstance(quantity.content, Formula | Growing) and place not in self.adjustments:
            return
        self.reached.append(term)
        row, reach = BY_NAME[name], reach_of(term, self.book.leaves, self.reaches)
        low, high = float(np.min(reach.low)), float(np.max(reach.high))
        if low < row.low or high > row.high or (row.open_low and low <= row.low):
            span = f"above {row.low:g}" if row.open_low else f"at least {row.low:g}"
            span += f" and at most {row.high:g}" if row.high < float("inf") else ""
            worst = high if high > row.high else low
            message = f"'{quantity.text}' reaches {worst:.4g}; {name} must be {span}"
            self._note(place, message, "change what it is computed from, or hold it inside with min(…) and max(…)", quantity.text)

    def _default(self, path: str, name: str) -> Term:
        row = BY_NAME[name]
        quantity = read_quantity(row.default, bounds=(row.low, row.high), unit=row.unit).to(row.unit)
        return self._quantity(path, quantity, row.unit, "", "default")

    def _built_in(self, component: Component, name: str, option: str) -> Any:
        months = self.timeline.months
        match name:
            case "active":
                return self._active(component, option)
            case "horizon":
                return months
            case "months_to_end":
                return self.book.path(
                    "timeline.months_to_end", np.arange(months, 0, -1.0), parse_unit("month"), "months to the end of the horizon"
                )
            case "at_end":
                return self.book.path("timeline.at_end", np.eye(months)[-1], PER_MONTH, "1 in the last month")
            case _:
                return self._incidents(component, name, option)

    def _incidents(self, component: Component, name: str, option: str) -> Term:
        """Return the leaf of the events of each month, or of the cost per event; both live on one stream."""
        counts = f"{component.source}.incidents"
        frequency = f"{component.source}.frequency"
        severity = dict(component.quantities)["severity"]
        if frequency not in self.figures:
            self.figures[frequency] = self._parameter(component, "frequency", option)
        if name == "incidents":
            return self.book.add(
                Leaf(
                    counts,
                    parse_unit("event/month"),
                    Incidents(frequency),
                    "process",
                    dict(component.quantities).get("frequency"),
                    "events of the month",
                )
            )
        if isinstance(severity.content, Formula | Growing | Steps | Monthly):
            raise FormulaError("a severity is drawn for each event and cannot be a formula or a path; write a number or a distribution")
        cost = IncidentCost(counts, severity.content)
        entry = Leaf(f"{component.source}.severity", severity.unit, cost, "scenario", severity, "cost per event")
        return self._converted(self.book.add(entry), self._money(parse_unit("USD/event")))

    def _active(self, component: Component, option: str) -> Term:
        """Return 1 in the months of the entry's phases, in every month where it names none, and 0 elsewhere."""
        months = self._phase_months(component, option)
        if months is None:
            return constant(1.0, PLAIN, "active")
        label = f"the months of {' and '.join(component.phases)}" if component.phases else "all months after the wait"
        return self.book.path(f"options.{option}.phases.{'_'.join(component.phases) or 'on'}", months, label=f"1 in {label}")

    def _phase_months(self, component: Component, option: str) -> Any:
        if not option:
            return None
        delay = self.scenario.option(option).delay
        if not component.phases:
            return (np.arange(self.timeline.months) >= delay).astype(np.float64) if delay else None
        phases = {phase.name: phase for phase in self.scenario.option(option).phases}
        months = np.zeros(self.timeline.months)
        for name in component.phases:
            months[phases[name].first : phases[name].stop] = 1.0
        return months

    def _line_builder(self, component: Component, option: Option) -> Callable[[], Term]:
        return lambda: self._line(component, option.name)

    def _line(self, component: Component, option: str) -> Term:
        """Return a cost line in money per month; of an option that runs already, the months that are over cost nothing any more."""
        term, gone = self._whole_line(component, option), self.scenario.option(option).gone
        if not gone:
            return term
        months = (np.arange(self.timeline.months) >= gone).astype(np.float64)
        return term * self.book.path(f"options.{option}.to_come", months, label="1 in the months to come")

    def _whole_line(self, component: Component, option: str) -> Term:
        """Return a cost line in money per month: spread where it is paid once, escalated or deflated as the basis asks."""
        recurring, once = self._money(RECURRING), self._money(ONE_OFF)
        if isinstance(component.kind, CostLine):
            arguments = self._arguments(component, component.kind.parameters, lambda name: self._parameter(component, name, option))
            unit = self._money(component.kind.unit)
            term = trace(component.kind.function, arguments, unit, component.path)
        else:
            place = f"{component.source}.formula"
            term = self._placed(place, lambda: self._converted(self._formula(component.formula, option), None))
            unit = term.unit or recurring
            if unit not in (recurring, once):
                mend = f"write it in {recurring}, or in {once} where it is paid once"
                raise PlacedError(place, f"'= {component.formula}' gives {unit.shown}, which is no cost; {mend}")
            if unit == recurring and (component.phases or self.scenario.option(option).delay):
                term = term * self._active(component, option)
        term = self._uplifted(component, option, term)
        if unit == once:
            term = term * self._spread(component, option)
        index = "timeline.inflation_index"
        if self.timeline.basis == "nominal" and component.escalates:
            return term * self._figure(index)
        if self.timeline.basis == "real" and not component.escalates:
            return term / self._figure(index)
        return term

    def _uplifted(self, component: Component, option: str, term: Term) -> Term:
        """Add the optimism bias of a line or of its category; refuse it where the estimate is a range already."""
        category = component.path.split(".")[2]
        for bias in self.scenario.optimism_bias:
            if bias.target not in (component.path, f"options.{option}.{category}"):
                continue
            self.uplifted.add(bias.target)
            held = [node.name for node in walk(term) if node.op == "leaf" and node.shape.draws]
            if held:
                named = ", ".join(held[:3]) + (f" and {len(held) - 3} more" if len(held) > 3 else "")
                said = f"{component.path} holds ranges already ({named}), and an uplift on top would count the same risk twice"
                raise PlacedError(bias.place, f"{said}; leave the bias out, or make the ranges single numbers")
            term = term * (1.0 + self.book.quantity(bias.place, bias.uplift))
        return term

    def _spread(self, component: Component, option: str) -> Term:
        """Return the share of a one-off amount paid each month: evenly over its phases, or all in the first month."""
        months = self._phase_months(component, option) if component.phases else None
        if months is None:
            months = np.eye(self.timeline.months)[self.scenario.option(option).delay if option else 0]
        name = f"options.{option}.phases.{'_'.join(component.phases) or 'start'}.spread"
        return self.book.path(name, months / months.sum(), PER_MONTH, "share paid in the month")

    def _sum_builder(self, names: list[str]) -> Callable[[], Term]:
        return lambda: self._summed(names) if names else constant(0.0, self._money(RECURRING), "nothing")

    def _summed(self, names: Iterable[str]) -> Term:
        terms = [self._figure(name) for name in names]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return as_term(total)
