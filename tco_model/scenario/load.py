"""Turns a scenario file into a checked `Scenario`, collecting every problem with its line before raising once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.quantity import Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.scenario.components import ComponentReader
from tco_model.scenario.options import OptionReader
from tco_model.scenario.overrides import overridden
from tco_model.scenario.schema import Component, Correlation, Decision, Option, Outcome, Scenario, Simulation, Timeline
from tco_model.scenario.sections import SectionReader
from tco_model.scenario.source import Path, Source, read_source
from tco_model.units import CURRENCIES, SYMBOLS, parse_unit

SCHEMA_VERSION = 1
SECTIONS = ("schema", "decision", "timeline", "simulation", "exchange_rates", "inputs", "correlations", "demand", "outcome", "options")


def load(path: str | FilePath, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read and check a scenario file.

    Args:
        path: the YAML file.
        overrides: values to put in place of what the file says, by dotted path: ``{"demand.live.requests": "20k requests/month"}``.

    Raises:
        ScenarioError: everything that is wrong, each with line, field, rule and mend.
    """
    file = FilePath(path)
    try:
        raw = file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ScenarioError(
            Problem(f"the file cannot be read: {reason}", "check the path; `tco new` writes a starter file", file=str(path))
        ) from None
    return loads(raw, str(path), overrides)


def loads(text: str | bytes, file: str = "scenario.yaml", overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read and check a scenario given as text; as `load`."""
    source = read_source(text, file)
    if overrides:
        source = overridden(source, overrides)
    return _Loader(source).scenario()


class _Loader(SectionReader):
    """Walks the plain data once, section by section."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, [])

    def scenario(self) -> Scenario:
        data = self.source.data
        self.known_keys(data, SECTIONS, ())
        self._version(data.get("schema"))
        decision = self.model(Decision, "decision")
        timeline = self.model(Timeline, "timeline")
        simulation = self.model(Simulation, "simulation", optional=True)
        if timeline is not None and timeline.currency not in CURRENCIES:
            self.problem(("timeline", "currency"), f"the currency '{timeline.currency}' is not known", f"known: {', '.join(CURRENCIES)}")
        currency = timeline.currency if timeline else "USD"
        inputs = self._quantities("inputs")
        rates = self._exchange_rates(currency)
        months = timeline.months if timeline else 12
        reader = ComponentReader(self.source, self.problems, currency, {name for name, _ in rates})
        demand = self._demand(reader)
        outcome = self._outcome(currency)
        options, baseline = self._options(reader, months, outcome)
        correlations = self._correlations()
        if self.problems or decision is None or timeline is None or simulation is None:
            raise ScenarioError(self.problems)
        places = {".".join(map(str, path)): place for path, place in self.source.places.items()}
        return Scenario(
            self.source.file, decision, timeline, simulation, rates, inputs, correlations, demand, outcome, options, baseline, places
        )

    def _version(self, version: Any) -> None:
        if version != SCHEMA_VERSION:
            said = "has no schema version" if version is None else f"says schema: {version}"
            self.problem(("schema",), f"the file {said}", f"write 'schema: {SCHEMA_VERSION}' as the first line")

    def _quantities(self, section: str) -> tuple[tuple[str, Quantity], ...]:
        found: list[tuple[str, Quantity]] = []
        for name, raw in self.mapping((section,), optional=True).items():
            self.check_name(name, (section, name))
            try:
                found.append((name, read_quantity(raw)))
            except QuantityError as error:
                self.problem((section, name, *error.path), error.message, error.mend, raw)
        return tuple(found)

    def _exchange_rates(self, currency: str) -> tuple[tuple[str, Quantity], ...]:
        found: list[tuple[str, Quantity]] = []
        for name, raw in self.mapping(("exchange_rates",), optional=True).items():
            path: Path = ("exchange_rates", name)
            if name not in CURRENCIES or name == currency:
                self.problem(path, f"'{name}' is not another currency", f"known: {', '.join(one for one in CURRENCIES if one != currency)}")
                continue
            try:
                rate = read_quantity(raw)
                wanted = parse_unit(f"{currency}/{name}")
                if rate.unit != wanted:
                    raise QuantityError(f"'{rate.text}' is in {rate.unit}; {wanted} is needed", f"write {name}: 1.1 {wanted}")
                found.append((name, rate))
            except QuantityError as error:
                self.problem((*path, *error.path), error.message, error.mend, raw)
        return tuple(found)

    def _demand(self, reader: ComponentReader) -> tuple[Component, ...]:
        found: list[Component] = []
        for name, raw in self.mapping(("demand",), optional=True).items():
            self.check_name(name, ("demand", name))
            component = reader.read_kind(name, raw, ("demand", name), "demand")
            if component is not None:
                found.append(component)
                reader.demand[name] = component
        return tuple(found)

    def _outcome(self, currency: str) -> Outcome | None:
        raw = self.mapping(("outcome",), optional=True)
        if not raw:
            return None
        self.known_keys(raw, ("name", "unit", "volume", "value"), ("outcome",))
        unit = str(raw.get("unit", "case"))
        if unit not in SYMBOLS:
            self.problem(("outcome", "unit"), f"'{unit}' is not a known unit", "write unit: case, task, request or query", unit)
            return None
        volume = self.fitted(raw, "volume", f"{unit}/month", ("outcome",), currency)
        value = self.fitted(raw, "value", f"USD/{unit}", ("outcome",), currency, optional=True)
        return None if volume is None else Outcome(str(raw.get("name", f"{unit} solved")), unit, volume, value)

    def _options(self, reader: ComponentReader, months: int, outcome: Outcome | None) -> tuple[tuple[Option, ...], str]:
        found: list[Option] = []
        baselines: list[str] = []
        labels: dict[str, str] = {}
        for name, raw in self.mapping(("options",)).items():
            path: Path = ("options", name)
            self.check_name(name, path)
            if not isinstance(raw, dict) or not raw:
                self.problem(path, f"the option '{name}' is empty", "describe its categories below it; `tco new` shows each")
                continue
            if raw.get("baseline") is True:
                baselines.append(name)
            elif raw.get("baseline", False) is not False:
                self.problem((*path, "baseline"), "baseline is true or false", "write baseline: true", raw["baseline"])
            option = OptionReader(self, reader, name, raw, months, outcome).option()
            if option.label in labels:
                self.problem(
                    (*path, "label"),
                    f"two options are called '{option.label}'",
                    f"give it another label than options.{labels[option.label]}",
                    option.label,
                )
            labels[option.label] = name
            found.append(option)
        if len(baselines) > 1:
            self.problem(("options", baselines[1], "baseline"), "two options are named the baseline", "leave baseline: true at one of them")
        return tuple(found), (baselines or [option.name for option in found] or [""])[0]

    def _correlations(self) -> tuple[Correlation, ...]:
        raw = self.source.data.get("correlations")
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self.problem(("correlations",), "correlations is a list", "write correlations: [{between: [a, b], rank: 0.5}]")
            return ()
        found: list[Correlation] = []
        for position, entry in enumerate(raw):
            path: Path = ("correlations", position)
            entry = dict(entry) if isinstance(entry, dict) else {}
            if isinstance(entry.get("between"), list):
                entry["between"] = tuple(entry["between"])
            if isinstance(entry.get("rank"), int) and not isinstance(entry["rank"], bool):
                entry["rank"] = float(entry["rank"])
            try:
                found.append(Correlation.model_validate(entry))
            except ValidationError as error:
                for problem in error.errors(include_url=False):
                    self.pydantic_problem(problem, path, ("between", "rank"))
        return tuple(found)
