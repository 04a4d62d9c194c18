"""Turns a scenario into a graph: every figure of every option as a term, every input as a leaf with its source."""

from __future__ import annotations

import difflib

from tco_model.engine.figures import Figures
from tco_model.engine.inputs import find_law
from tco_model.engine.model import Model, OptionGraph
from tco_model.errors import ScenarioError, nearest
from tco_model.expr.term import Term
from tco_model.lines.nomenclature import BUILT_IN, BY_NAME
from tco_model.lines.registry import Category, CostLine, Kind
from tco_model.scenario.schema import Component, Option, Scenario
from tco_model.units import PLAIN, parse_unit


def compile_scenario(scenario: Scenario) -> Model:
    """Build the graph of a scenario.

    Raises:
        ScenarioError: unknown names in formulas, circular formulas, units that do not fit, correlations of unknown inputs;
            all of them at once, each with its line.
    """
    return _Compiler(scenario).model()


class _Compiler(Figures):
    def model(self) -> Model:
        scenario = self.scenario
        self._announce()
        graphs = tuple(self._option(option) for option in scenario.options)
        discount = self._attempt("timeline.discount_factor", "timeline.discount_rate")
        value = self._attempt("outcome.value", "outcome.value") if "outcome.value" in self.builders else None
        for name in self.builders:
            if name.startswith(("inputs.", "demand.", "exchange_rates.")):
                self._attempt(name, name)
        self._check_correlations()
        self._check_labels(graphs)
        self._check_adjustments()
        if self.problems or discount is None:
            raise ScenarioError(self.problems)
        names = {id(term): name for name, term in self.figures.items() if term.op not in ("leaf", "constant")}
        return Model(
            scenario, self.book.leaves, self.book.terms, self.figures, self.labels, graphs, discount, value, names, tuple(self.derived)
        )

    def _check_adjustments(self) -> None:
        """Note the fields that a lever or variant multiplies or adds to and that hold no quantity."""
        for field, held in self.adjustments.items():
            if field not in self.written:
                for adjusted in held:
                    self._note(adjusted.place, f"'{field}' holds no quantity of this scenario", nearest(field, sorted(self.written)), field)
        known = [name for name in self.builders if name.startswith("options.") and name.count(".") in (2, 3)]
        for bias in self.scenario.optimism_bias:
            if bias.target not in self.uplifted and not self.problems:
                mend = nearest(bias.target, [name.removesuffix(".total") for name in known])
                self._note(bias.place, f"'{bias.target}' is no cost line or category with lines", mend, bias.target)

    def _announce(self) -> None:
        """Register how each figure is built, so that formulas may refer to figures in any order."""
        scenario, timeline = self.scenario, self.timeline
        quantity = self._quantity_builder
        for name, rate in scenario.exchange_rates:
            self.builders[f"exchange_rates.{name}"] = quantity(f"exchange_rates.{name}", rate, None)
        for name, value in scenario.inputs:
            self.builders[f"inputs.{name}"] = quantity(f"inputs.{name}", value, None)
        self.builders["timeline.inflation"] = quantity("timeline.inflation", timeline.inflation, None)
        self.builders["timeline.discount_rate"] = quantity("timeline.discount_rate", timeline.discount_rate, None)
        self.builders["timeline.inflation_index"] = lambda: self._compounded("timeline.inflation", self.book.month_index(), 0.0)
        self.builders["timeline.discount_factor"] = self._discount_factor
        for component in scenario.demand:
            self._announce_kind(component, "")
        if scenario.outcome is not None:
            outcome = scenario.outcome
            self.builders["outcome.volume"] = quantity("outcome.volume", outcome.volume, parse_unit(f"{outcome.unit}/month"))
            if outcome.value is not None:
                self.builders["outcome.value"] = quantity("outcome.value", outcome.value, self._money(parse_unit(f"USD/{outcome.unit}")))
        for option in scenario.options:
            self._announce_option(option)

    def _announce_option(self, option: Option) -> None:
        base = f"options.{option.name}"
        if option.success_share is not None:
            self.builders[f"{base}.success_share"] = self._quantity_builder(
                f"{base}.success_share", option.success_share, PLAIN, option.name
            )
        if option.promises.availability is not None:
            self.builders[f"{base}.availability"] = self._quantity_builder(
                f"{base}.promises.availability", option.promises.availability, PLAIN
            )
        for fleet in option.fleets:
            self._announce_kind(fleet, option.name)
        for category, lines in option.lines:
            members = [line for line in lines if not (isinstance(line.kind, CostLine) and line.kind.memo)]
            for line in lines:
                self.builders[line.path] = self._line_builder(line, option)
                self.labels[line.path] = line.title
            self.builders[f"{base}.{category}.total"] = self._sum_builder([line.path for line in members])
        self.builders[f"{base}.total"] = self._sum_builder([f"{base}.{category}.total" for category, _ in option.lines])

    def _announce_kind(self, component: Component, option: str) -> None:
        """Register the drivers of a demand class or fleet, and the values it was given or holds by default."""
        kind = component.kind
        assert isinstance(kind, Kind)
        self.labels[component.path] = component.title
        for figure in kind.drivers:
            self.builders[f"{component.path}.{figure.name}"] = self._driver_builder(component, figure, option)
        for name in kind.parameters:
            if name not in BUILT_IN and name in BY_NAME:
                self.builders[f"{component.path}.{name}"] = lambda name=name: self._parameter(component, name, option)

    def _option(self, option: Option) -> OptionGraph:
        base = f"options.{option.name}"
        lines, memo, drivers = dict[str, Term](), dict[str, Term](), dict[str, Term]()
        categories: dict[Category, tuple[str, ...]] = {}
        for fleet in option.fleets:
            assert isinstance(fleet.kind, Kind)
            for name in fleet.kind.driver_names:
                term = self._attempt(f"{fleet.path}.{name}", fleet.source)
                if term is not None:
                    drivers[f"fleets.{fleet.name}.{name}"] = term
        for category, components in option.lines:
            members: list[str] = []
            for component in components:
                term = self._attempt(component.path, component.source)
                short = component.path.removeprefix(f"{base}.")
                if term is None:
                    continue
                if isinstance(component.kind, CostLine) and component.kind.memo:
                    memo[short] = term
                else:
                    lines[short] = term
                    members.append(short)
            categories[category] = tuple(members)
        if option.promises.availability is not None:
            self._attempt(f"{base}.availability", f"{base}.promises.availability")
        if not self.problems:
            self._figure(f"{base}.total")
        return OptionGraph(option.name, option.label, lines, categories, memo, drivers, self._outcomes(option))

    def _outcomes(self, option: Option) -> Term | None:
        if self.scenario.outcome is None:
            return None
        volume = self._attempt("outcome.volume", "outcome.volume")
        share = self._attempt(f"options.{option.name}.success_share", f"options.{option.name}.success_share")
        if volume is None or share is None or option.success_share is None:
            return None
        self._check_reach(share, "success_share", option.success_share, f"options.{option.name}.success_share")
        self._check_reach(volume, "cases", self.scenario.outcome.volume, "outcome.volume")
        self.figures[f"options.{option.name}.outcomes"] = volume * share
        return self.figures[f"options.{option.name}.outcomes"]

    def _check_correlations(self) -> None:
        uncertain = [name for name, entry in self.book.leaves.items() if entry.is_law]
        for position, correlation in enumerate(self.scenario.correlations):
            for name in correlation.between:
                if find_law(self.book.leaves, name) is None and not self._is_fixed(name):
                    near = difflib.get_close_matches(name, [*uncertain, *(one.removeprefix("inputs.") for one in uncertain)], n=1)
                    self._note(
                        f"correlations.{position}.between",
                        f"'{name}' is not an uncertain input",
                        f"did you mean '{near[0]}'?" if near else "name an input with a range",
                        name,
                    )
            if correlation.between[0] == correlation.between[1]:
                self._note(
                    f"correlations.{position}.between",
                    "an input cannot be correlated with itself",
                    "name two inputs",
                    correlation.between[0],
                )

    def _is_fixed(self, name: str) -> bool:
        """Say whether an input of this name is there without a range: its correlation then has nothing to act on, which is no error."""
        if name in self.book.leaves or f"inputs.{name}" in self.book.leaves:
            return True
        return any(entry == name.removeprefix("inputs.") and not quantity.is_uncertain for entry, quantity in self.scenario.inputs)

    def _check_labels(self, graphs: tuple[OptionGraph, ...]) -> None:
        metric = self.scenario.decision.decide_by
        if metric == "cost_per_outcome" and self.scenario.outcome is None:
            self._note("decision.decide_by", "cost_per_outcome needs an outcome", "describe outcome: with its name, unit and volume")
        if metric == "net_value" and (self.scenario.outcome is None or self.scenario.outcome.value is None):
            self._note("decision.decide_by", "net_value needs the value of an outcome", "add outcome: value:")
        if not graphs:
            self._note("options", "there is no option to compare", "describe at least one option")
