"""Turns a scenario file into a checked `Scenario`, collecting every problem with its line before raising once."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tco_model.errors import Problem, ScenarioError
from tco_model.expr.ops import FUNCTIONS
from tco_model.inputs.quantity import Formula, Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.lines.registry import CATEGORIES, Category
from tco_model.scenario.components import OPTION_FIGURES, ComponentReader
from tco_model.scenario.schema import (
    Component,
    Correlation,
    Decision,
    Option,
    Outcome,
    Phase,
    Promises,
    Scenario,
    Simulation,
    Timeline,
    fit,
)
from tco_model.scenario.source import Path, Source, read_source
from tco_model.units import CURRENCIES, SYMBOLS, parse_unit

M = TypeVar("M", bound=BaseModel)
SCHEMA_VERSION = 1
SECTIONS = ("schema", "decision", "timeline", "simulation", "exchange_rates", "inputs", "correlations", "demand", "outcome", "options")
OPTION_KEYS = ("label", "summary", "baseline", "phases", "promises", "success_share", "fleets")
RESERVED = ("quantity", "inputs", "demand", "options", "fleets", "total", "success_share", "availability", "latency", *CATEGORIES)
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}$")


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
        source = _overridden(source, overrides)
    return _Loader(source).scenario()


def _overridden(source: Source, overrides: Mapping[str, Any]) -> Source:
    data = copy.deepcopy(source.data)
    problems: list[Problem] = []
    for dotted, value in overrides.items():
        parts = dotted.split(".")
        parent: Any = data
        for part in parts[:-1]:
            parent = parent.get(part) if isinstance(parent, dict) else None
        if not isinstance(parent, dict) or not parts[-1] or (len(parts) > 1 and not parent):
            problems.append(
                Problem(
                    "there is no such place in the scenario",
                    "give the dotted path of a field, such as inputs.cases or timeline.months",
                    dotted,
                    str(value),
                    source.file,
                )
            )
            continue
        current = parent.get(parts[-1])
        if isinstance(current, dict) and "value" in current and not isinstance(value, Mapping):
            value = {key: kept for key, kept in current.items() if key == "owner"} | {"value": value, "note": "set by hand for this run"}
        parent[parts[-1]] = value
    if problems:
        raise ScenarioError(problems)
    return Source(data, source.places, source.file, source.text)


class _Loader:
    """Walks the plain data once, section by section; every problem is noted and reading goes on."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def scenario(self) -> Scenario:
        data = self.source.data
        self._known_keys(data, SECTIONS, ())
        self._version(data.get("schema"))
        decision = self._model(Decision, "decision")
        timeline = self._model(Timeline, "timeline")
        simulation = self._model(Simulation, "simulation", optional=True)
        if timeline is not None and timeline.currency not in CURRENCIES:
            self._problem(("timeline", "currency"), f"the currency '{timeline.currency}' is not known", f"known: {', '.join(CURRENCIES)}")
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

    def _problem(self, path: Path, message: str, mend: str, value: Any = "") -> None:
        self.problems.append(self.source.problem(path, message, mend, value))

    def _known_keys(self, data: Mapping[str, Any], known: Iterable[str], path: Path) -> None:
        known = tuple(known)
        for key in data:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                self._problem(
                    (*path, key), f"unknown key '{key}'", f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
                )

    def _version(self, version: Any) -> None:
        if version != SCHEMA_VERSION:
            said = "has no schema version" if version is None else f"says schema: {version}"
            self._problem(("schema",), f"the file {said}", f"write 'schema: {SCHEMA_VERSION}' as the first line")

    def _mapping(self, path: Path, *, optional: bool = False) -> dict[str, Any]:
        found: Any = self.source.data
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        if found is None and optional:
            return {}
        if not isinstance(found, dict) or not found:
            self._problem(
                path,
                f"'{path[-1]}' is {'missing' if found is None else 'not a mapping' if not isinstance(found, dict) else 'empty'}",
                f"write {path[-1]}: with its keys indented below; `tco new` shows each",
            )
            return {}
        return found

    def _model(self, model: type[M], section: str, *, optional: bool = False, path: Path = ()) -> M | None:
        """Validate a section whose keys are fixed; every problem pydantic finds is noted with its line."""
        path = path or (section,)
        raw = self._mapping(path, optional=optional)
        if not raw and not optional:
            return None
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for found in error.errors(include_url=False):
                self._pydantic_problem(found, path, tuple(model.model_fields))
            return None

    def _pydantic_problem(self, found: Any, path: Path, known: tuple[str, ...]) -> None:
        where = (*path, *found["loc"], *found.get("ctx", {}).get("path", ()))
        key = str(found["loc"][-1]) if found["loc"] else ""
        context = found.get("ctx", {})
        match found["type"]:
            case "quantity":
                self._problem(where, context["message"], context["mend"], found["input"])
            case "extra_forbidden":
                near = difflib.get_close_matches(key, known, n=1)
                self._problem(where, f"unknown key '{key}'", f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}")
            case "missing":
                self._problem(where, f"'{key}' is missing", f"add {key}: below {'.'.join(map(str, path))}:")
            case _:
                said = str(found["msg"]).removeprefix("Input ")
                self._problem(where, f"'{str(found['input'])[:60]}' {said}", f"write a value of {key} that {said}", found["input"])

    def _quantities(self, section: str) -> tuple[tuple[str, Quantity], ...]:
        found: list[tuple[str, Quantity]] = []
        for name, raw in self._mapping((section,), optional=True).items():
            self._check_name(name, (section, name))
            try:
                found.append((name, read_quantity(raw)))
            except QuantityError as error:
                self._problem((section, name, *error.path), error.message, error.mend, raw)
        return tuple(found)

    def _check_name(self, name: str, path: Path) -> None:
        if not NAME.match(name):
            self._problem(path, f"'{name}' cannot be a name", "use small letters, digits and _, starting with a letter")
        elif name == "total" or (path[0] == "inputs" and (name in FUNCTIONS or name in RESERVED)):
            self._problem(path, f"'{name}' has a meaning of its own in formulas", "choose another name")

    def _exchange_rates(self, currency: str) -> tuple[tuple[str, Quantity], ...]:
        found: list[tuple[str, Quantity]] = []
        for name, raw in self._mapping(("exchange_rates",), optional=True).items():
            path: Path = ("exchange_rates", name)
            if name not in CURRENCIES or name == currency:
                self._problem(
                    path, f"'{name}' is not another currency", f"known: {', '.join(one for one in CURRENCIES if one != currency)}"
                )
                continue
            try:
                rate = read_quantity(raw)
                wanted = parse_unit(f"{currency}/{name}")
                if rate.unit != wanted:
                    raise QuantityError(f"'{rate.text}' is in {rate.unit}; {wanted} is needed", f"write {name}: 1.1 {wanted}")
                found.append((name, rate))
            except QuantityError as error:
                self._problem((*path, *error.path), error.message, error.mend, raw)
        return tuple(found)

    def _demand(self, reader: ComponentReader) -> tuple[Component, ...]:
        found: list[Component] = []
        for name, raw in self._mapping(("demand",), optional=True).items():
            self._check_name(name, ("demand", name))
            component = reader.read_kind(name, raw, ("demand", name), "demand")
            if component is not None:
                found.append(component)
                reader.demand[name] = component
        return tuple(found)

    def _outcome(self, currency: str) -> Outcome | None:
        raw = self._mapping(("outcome",), optional=True)
        if not raw:
            return None
        self._known_keys(raw, ("name", "unit", "volume", "value"), ("outcome",))
        unit = str(raw.get("unit", "case"))
        if unit not in SYMBOLS:
            self._problem(("outcome", "unit"), f"'{unit}' is not a known unit", "write unit: case, task, request or query", unit)
            return None
        volume = self._fitted(raw, "volume", f"{unit}/month", ("outcome",), currency)
        value = self._fitted(raw, "value", f"USD/{unit}", ("outcome",), currency, optional=True)
        return None if volume is None else Outcome(str(raw.get("name", f"{unit} solved")), unit, volume, value)

    def _fitted(
        self, raw: Mapping[str, Any], key: str, unit: str, path: Path, currency: str, *, optional: bool = False, share: bool = False
    ) -> Quantity | None:
        if key not in raw:
            if not optional:
                self._problem(path, f"'{key}' is missing", f"add {key}: in {unit}")
            return None
        try:
            bounds = (0.0, 1.0 if share else float("inf"))
            quantity = read_quantity(raw[key], bounds=bounds, unit=parse_unit(unit))
            return quantity if isinstance(quantity.content, Formula) else fit(quantity, unit, *bounds, currency)
        except QuantityError as error:
            self._problem((*path, key, *error.path), error.message, error.mend, raw[key])
            return None

    def _options(self, reader: ComponentReader, months: int, outcome: Outcome | None) -> tuple[tuple[Option, ...], str]:
        found: list[Option] = []
        baselines: list[str] = []
        labels: dict[str, str] = {}
        for name, raw in self._mapping(("options",)).items():
            path: Path = ("options", name)
            self._check_name(name, path)
            if not isinstance(raw, dict) or not raw:
                self._problem(path, f"the option '{name}' is empty", "describe its categories below it; `tco new` shows each")
                continue
            if raw.get("baseline") is True:
                baselines.append(name)
            elif raw.get("baseline", False) is not False:
                self._problem((*path, "baseline"), "baseline is true or false", "write baseline: true", raw["baseline"])
            option = OptionReader(self, reader, name, raw, months, outcome).option()
            if option.label in labels:
                self._problem(
                    (*path, "label"),
                    f"two options are called '{option.label}'",
                    f"give it another label than options.{labels[option.label]}",
                    option.label,
                )
            labels[option.label] = name
            found.append(option)
        if len(baselines) > 1:
            self._problem(
                ("options", baselines[1], "baseline"), "two options are named the baseline", "leave baseline: true at one of them"
            )
        return tuple(found), (baselines or [option.name for option in found] or [""])[0]

    def _correlations(self) -> tuple[Correlation, ...]:
        raw = self.source.data.get("correlations")
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self._problem(("correlations",), "correlations is a list", "write correlations: [{between: [a, b], rank: 0.5}]")
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
                    self._pydantic_problem(problem, path, ("between", "rank"))
        return tuple(found)


class OptionReader:
    """Reads one option: phases, promises, fleets, and the eight categories, each filled or explained."""

    def __init__(
        self, loader: _Loader, reader: ComponentReader, name: str, raw: dict[str, Any], months: int, outcome: Outcome | None
    ) -> None:
        """Read the option `name` of a scenario of `months` months."""
        self.loader, self.reader, self.name, self.raw, self.months, self.outcome = loader, reader, name, raw, months, outcome
        self.path: Path = ("options", name)

    def option(self) -> Option:
        """Return the option; problems are noted with the loader."""
        loader, raw, path = self.loader, self.raw, self.path
        loader._known_keys(raw, (*OPTION_KEYS, *CATEGORIES), path)
        phases = self._phases()
        share = loader._fitted(raw, "success_share", "share", path, "USD", optional=self.outcome is None, share=True)
        promises = loader._model(Promises, "promises", optional=True, path=(*path, "promises")) or Promises.model_validate({})
        self.reader.option_figures = tuple(
            name
            for name, there in zip(OPTION_FIGURES, (share, self.outcome is not None and self.outcome.unit == "case"), strict=True)
            if there
        )
        fleets = self._fleets(phases)
        lines, empty = self._categories(fleets, phases)
        label = raw.get("label", self.name.replace("_", " "))
        return Option(self.name, str(label), str(raw.get("summary", "")), phases, promises, share, tuple(fleets.values()), lines, empty)

    def _phases(self) -> tuple[Phase, ...]:
        raw = self.raw.get("phases")
        if raw is None:
            return (Phase("run", 0, self.months),)
        path: Path = (*self.path, "phases")
        if not isinstance(raw, dict) or not raw:
            self.loader._problem(path, "phases is a mapping of names to months", "write phases: {migrate: 4, run: rest}")
            return (Phase("run", 0, self.months),)
        fixed = [months for months in raw.values() if isinstance(months, int) and not isinstance(months, bool)]
        rest = self.months - sum(fixed)
        found: list[Phase] = []
        first = 0
        for name, months in raw.items():
            length = rest if months == "rest" else months
            if isinstance(length, bool) or not isinstance(length, int) or length < 1:
                self.loader._problem(
                    (*path, name),
                    f"'{months}' months cannot be: the phases must fill {self.months} months",
                    "write a whole number of months of at least 1, and 'rest' for at most one phase",
                    months,
                )
                return tuple(found) or (Phase("run", 0, self.months),)
            found.append(Phase(name, first, first + length))
            first += length
        if first != self.months or list(raw.values()).count("rest") > 1:
            self.loader._problem(
                path, f"the phases last {first} months and the horizon {self.months}", "write 'rest' for the length of one phase"
            )
        return tuple(found)

    def _fleets(self, phases: tuple[Phase, ...]) -> dict[str, Component]:
        found: dict[str, Component] = {}
        raw = self.raw.get("fleets", {})
        if not isinstance(raw, dict):
            self.loader._problem(
                (*self.path, "fleets"), "fleets is a mapping of names to fleets", "write fleets: {main: {kind: serving, …}}"
            )
            return found
        for name, entry in raw.items():
            path: Path = (*self.path, "fleets", name)
            self.loader._check_name(name, path)
            component = self.reader.read_kind(name, entry, path, "fleets", phases)
            if component is not None:
                found[name] = component
        return found

    def _categories(
        self, fleets: dict[str, Component], phases: tuple[Phase, ...]
    ) -> tuple[tuple[tuple[Category, tuple[Component, ...]], ...], tuple[tuple[Category, str], ...]]:
        lines: list[tuple[Category, tuple[Component, ...]]] = []
        empty: list[tuple[Category, str]] = []
        for category in CATEGORIES:
            path: Path = (*self.path, category)
            raw = self.raw.get(category)
            if isinstance(raw, dict) and list(raw) == ["none"]:
                reason = str(raw["none"] or "").strip()
                if len(reason) < 10:
                    self.loader._problem(
                        (*path, "none"),
                        "the reason is missing",
                        f"write {category}: {{none: why this option has no {category} cost}}",
                        reason,
                    )
                empty.append((category, reason))
            elif isinstance(raw, dict) and raw:
                found: list[Component] = []
                for name, entry in raw.items():
                    self.loader._check_name(name, (*path, name))
                    found += self.reader.read_line(name, entry, (*path, name), category, fleets, phases)
                lines.append((category, tuple(found)))
            else:
                self.loader._problem(
                    path,
                    f"the category '{category}' is left empty",
                    f"list its lines, or write {category}: {{none: 'why it costs nothing here'}}",
                )
        return tuple(lines), tuple(empty)
