"""Turns a scenario file into a checked `Scenario`, collecting every problem with its line before raising once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel

from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.quantity import Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.scenario.bias import read_bias
from tco_model.scenario.changes import read_changes, told_at_the_change, with_changes
from tco_model.scenario.components import ComponentReader
from tco_model.scenario.listed import with_listed_prices
from tco_model.scenario.notes import Notes, as_list, as_mapping, shown
from tco_model.scenario.options import OptionReader
from tco_model.scenario.overrides import overridden
from tco_model.scenario.schema import Component, Correlation, Decision, Option, Outcome, Scenario, Simulation, Timeline
from tco_model.scenario.source import MAX_BYTES, Path, Source, dotted, read_source
from tco_model.units import CURRENCIES, SYMBOLS, parse_unit

M = TypeVar("M", bound=BaseModel)
SCHEMA_VERSION = 1
SECTIONS = (
    "schema", "decision", "timeline", "simulation", "exchange_rates", "inputs", "correlations", "demand", "outcome", "options", "levers",
    "variants", "optimism_bias",
)  # fmt: skip


def load(path: str | FilePath, overrides: Mapping[str, Any] | None = None, changes: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario file.

    Args:
        path: the YAML file.
        overrides: values to put in place of what the file says, by dotted path: ``{"demand.live.requests": "20k requests/month"}``.
        changes: names of levers and variants of the file to apply, in their order.

    Raises:
        ScenarioError: everything that is wrong, each with line, field, rule and mend.
    """
    return loads(file_bytes(path), str(path), overrides, changes)


def read_file(path: str | FilePath) -> Source:
    """Read a file as plain data with its places; errors as in `load`."""
    return read_source(file_bytes(path), str(path))


def scenario_of(source: Source) -> Scenario:
    """Check plain data as `load` does."""
    return _Loader(source).scenario()


def file_bytes(path: str | FilePath) -> bytes:
    """Return the content of a scenario file, or its start where it is larger than any scenario; errors as in `load`."""
    try:
        with FilePath(path).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        mend = "check the path; `tco new` writes a starter file"
        raise ScenarioError(Problem(f"'{path}' cannot be read: {reason}", mend, value=str(path), file=str(path))) from None


def loads(
    text: str | bytes, file: str = "scenario.yaml", overrides: Mapping[str, Any] | None = None, changes: Sequence[str] = ()
) -> Scenario:
    """Read and check a scenario given as text; as `load`."""
    source = read_source(text, file)
    source = overridden(source, overrides) if overrides else source
    scenario = _Loader(source).scenario()
    return applied(scenario, changes) if changes else scenario


def applied(scenario: Scenario, changes: Sequence[str]) -> Scenario:
    """Return a scenario with some of its levers and variants applied, in their order.

    Raises:
        ScenarioError: no such change, or one that does not fit the scenario, at its place in the file.
    """
    source: Source = scenario.source
    changed, adjustments = with_changes(source, changes)
    try:
        titles = {one.name: one.title for one in scenario.changes}
        return replace(_Loader(changed).scenario(), adjustments=adjustments, applied=tuple(titles[name] for name in changes))
    except ScenarioError as error:
        raise told_at_the_change(error, source, changes) from None


class _Loader:
    """Walks the plain data once, section by section; every problem is noted and reading goes on."""

    def __init__(self, source: Source) -> None:
        self.notes = Notes(source)
        self.original = source
        self.source = with_listed_prices(source, self.notes)
        self.data = self.source.data

    def scenario(self) -> Scenario:
        self.notes.known_keys(self.data, SECTIONS, ())
        self._version(self.data.get("schema"))
        decision = self._section(Decision, "decision", "write decision: with its title and question below it; `tco new` shows each")
        timeline = self._section(Timeline, "timeline", "write timeline: {start: 2027-01, months: 36, discount_rate: 8%/year}")
        simulation = self._section(Simulation, "simulation", "write simulation: {draws: 10000, seed: 1}", optional=True)
        currency, months = self._currency(), timeline.months if timeline else 12
        inputs = self._inputs()
        rates = self._exchange_rates(currency)
        components = ComponentReader(self.notes, currency, set(as_mapping(self.data.get("exchange_rates"))))
        demand = self._demand(components)
        outcome = self._outcome(currency)
        options, baseline = self._options(OptionReader(self.notes, components, months, outcome, currency))
        correlations = self._correlations()
        changes = read_changes(self.source, self.notes)
        bias = read_bias(self.data.get("optimism_bias"), self.notes)
        if self.notes.problems or decision is None or timeline is None or simulation is None:
            raise ScenarioError(self.notes.problems)
        places = {dotted(path): place for path, place in self.source.places.items() if path}
        places |= {dotted(path): (0, 0) for path in self.source.by_hand}
        return Scenario(
            self.source.file,
            decision,
            timeline,
            simulation,
            rates,
            inputs,
            correlations,
            demand,
            outcome,
            options,
            baseline,
            places,
            changes,
            optimism_bias=bias,
            source=self.original,
        )

    def _version(self, version: Any) -> None:
        if isinstance(version, bool) or version != SCHEMA_VERSION:
            said = "the file has no schema version" if version is None else f"schema '{shown(version)}' is not known"
            self.notes.add(("schema",), said, f"write schema: {SCHEMA_VERSION} as the first line", version)

    def _section(self, model: type[M], section: str, mend: str, *, optional: bool = False) -> M | None:
        raw = self.data.get(section)
        if raw is None and optional:
            return model.model_validate({})
        found = self.notes.mapping(raw, (section,), mend)
        return self.notes.model(model, found, (section,)) if found else None

    def _named(self, section: str, mend: str) -> dict[str, Any]:
        """Return a section whose keys are names; it may be left out."""
        raw = self.data.get(section)
        return {} if raw is None else self.notes.mapping(raw, (section,), mend)

    def _currency(self) -> str:
        currency = as_mapping(self.data.get("timeline")).get("currency", "USD")
        if currency in CURRENCIES:
            return currency
        if isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency):
            known = f"write one of {', '.join(CURRENCIES)}"
            self.notes.add(("timeline", "currency"), f"the currency '{shown(currency)}' is not known", known, currency)
        return "USD"

    def _inputs(self) -> tuple[tuple[str, Quantity], ...]:
        found: list[tuple[str, Quantity]] = []
        for name, raw in self._named("inputs", "write inputs: {requests: 5k to 20k requests/month}, or leave it out").items():
            self.notes.name(name, ("inputs", name))
            try:
                found.append((name, read_quantity(raw)))
            except QuantityError as error:
                self.notes.add(("inputs", name, *error.path), error.message, error.mend, raw)
        return tuple(found)

    def _exchange_rates(self, currency: str) -> tuple[tuple[str, Quantity], ...]:
        found: list[tuple[str, Quantity]] = []
        for name, raw in self._named("exchange_rates", f"write exchange_rates: {{EUR: 1.1 {currency}/EUR}}, or leave it out").items():
            path: Path = ("exchange_rates", name)
            if name not in CURRENCIES or name == currency:
                others = ", ".join(one for one in CURRENCIES if one != currency)
                self.notes.add(path, f"'{shown(name)}' is not a foreign currency", f"write one of {others}", name)
                continue
            wanted = parse_unit(f"{currency}/{name}")
            try:
                rate = read_quantity(raw, bounds=(0.0, float("inf")), unit=wanted)
                if rate.unit != wanted:
                    raise QuantityError(f"'{rate.text}' is in {rate.unit}; {wanted} is needed", f"write {name}: 1.1 {wanted}")
                if any(low <= 0.0 for low, _ in rate.spans()):
                    raise QuantityError(f"'{rate.text}' is not above zero", f"write {name}: 1.1 {wanted}")
                found.append((name, rate))
            except QuantityError as error:
                self.notes.add((*path, *error.path), error.message, error.mend, raw)
        return tuple(found)

    def _demand(self, components: ComponentReader) -> tuple[Component, ...]:
        found: list[Component] = []
        mend = "write demand: {live: {kind: requests, requests: 20k requests/month, …}}, or leave it out"
        for name, raw in self._named("demand", mend).items():
            self.notes.name(name, ("demand", name))
            component = components.read_kind(name, raw, ("demand", name), "demand")
            if component is not None:
                found.append(component)
                components.demand[name] = component
        return tuple(found)

    def _outcome(self, currency: str) -> Outcome | None:
        path: Path = ("outcome",)
        raw = self._named("outcome", "write outcome: {name: case solved, unit: case, volume: 20k cases/month}, or leave it out")
        if not raw:
            return None
        self.notes.known_keys(raw, ("name", "unit", "volume", "value"), path)
        unit = raw.get("unit", "case")
        if not _is_count(unit):
            said = f"'{shown(unit)}' is not a thing that is counted"
            self.notes.add((*path, "unit"), said, "write unit: case, task, ticket, request or query", unit)
            return None
        if "volume" not in raw:
            self.notes.add(path, "'volume' is missing: cases that come in a month", f"add volume: 20k {unit}/month")
            return None
        volume = self.notes.quantity(raw, "volume", f"{unit}/month", path, currency)
        value = self.notes.quantity(raw, "value", f"USD/{unit}", path, currency) if "value" in raw else None
        name = self.notes.text(raw, "name", path, f"{unit} solved")
        return None if volume is None else Outcome(name, unit, volume, value)

    def _options(self, reader: OptionReader) -> tuple[tuple[Option, ...], str]:
        found: list[Option] = []
        labels: dict[str, str] = {}
        raw_options = self.notes.mapping(self.data.get("options"), ("options",), "write options: with one entry for each")
        for name, raw in raw_options.items():
            path: Path = ("options", name)
            self.notes.name(name, path)
            raw = self.notes.mapping(raw, path, "describe its categories below it; `tco new` shows each")
            if not raw:
                continue
            option = reader.read(name, raw)
            if option.label in labels:
                mend = f"give it another label than options.{labels[option.label]}"
                self.notes.add((*path, "label"), f"two options are called '{option.label}'", mend, option.label)
            labels[option.label] = name
            found.append(option)
        return tuple(found), self._baseline(raw_options) or next((option.name for option in found), "")

    def _baseline(self, options: Mapping[str, Any]) -> str:
        named = [
            name for name, raw in options.items() if as_mapping(raw) and self.notes.flag(raw, "baseline", ("options", name), default=False)
        ]
        for name in named[1:]:
            mend = f"leave baseline: true at one of {' and '.join(named)}"
            self.notes.add(("options", name, "baseline"), f"'{name}' is a second baseline beside '{named[0]}'", mend, name)
        return named[0] if named else ""

    def _correlations(self) -> tuple[Correlation, ...]:
        raw = self.data.get("correlations")
        mend = "write correlations: [{between: [first, second], rank: 0.5}]"
        if raw is not None and not isinstance(raw, list):
            self.notes.add(("correlations",), f"correlations is a list, not '{shown(raw)}'", mend, raw)
        found: list[Correlation] = []
        for position, entry in enumerate(as_list(raw)):
            path: Path = ("correlations", position)
            pair = self.notes.mapping(entry, path, mend)
            between, rank = pair.get("between"), pair.get("rank")
            if isinstance(between, list):
                pair = pair | {"between": tuple(as_list(between))}
            if isinstance(rank, int) and not isinstance(rank, bool) and abs(rank) < 100:
                pair = pair | {"rank": float(rank)}
            read = self.notes.model(Correlation, pair, path) if pair else None
            if read is not None:
                found.append(read)
        return tuple(found)


def _is_count(unit: Any) -> bool:
    """Say whether a unit counts things, such as cases: not money, time, data or power."""
    measures = (*CURRENCIES, "month", "byte", "kW", "kWh")
    return isinstance(unit, str) and unit not in measures and SYMBOLS.get(unit) == (unit, 1)
