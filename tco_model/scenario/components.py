"""Turns the entries of a scenario (demand classes, fleets, cost lines) into components bound to their functions."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tco_model.errors import Problem
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.quantity import Formula, Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.lines.catalogue import KIND_BY_NAME, LINE_BY_NAME
from tco_model.lines.nomenclature import BUILT_IN, BY_NAME, SETTING_BY_NAME
from tco_model.lines.registry import Category, CostLine, Kind
from tco_model.scenario.schema import Binding, Component, Phase, fit
from tco_model.scenario.source import Path, Source
from tco_model.units import PLAIN, Unit, parse_unit

SUMMED = ("requests", "input_volume", "output_volume")
"""What a fleet that serves several classes adds up over them."""
COMMON_KEYS = ("label", "note", "class", "classes", "fleet", "phases", "escalates")
OPTION_FIGURES = ("success_share", "cases")
"""Parameters an option supplies where the entry does not: its success share and the volume of the outcome."""
PROCESS_INPUTS = {"incidents": "frequency", "incident_cost": "severity"}


class ComponentReader:
    """Reads entries against the catalogue of lines and kinds, noting every problem."""

    def __init__(self, source: Source, problems: list[Problem], currency: str, foreign: set[str]) -> None:
        """Read from `source`; `foreign` are the currencies with an exchange rate."""
        self.source, self.problems, self.currency, self.foreign = source, problems, currency, foreign
        self.demand: dict[str, Component] = {}
        self.option_figures: tuple[str, ...] = ()

    def note(self, path: Path, message: str, mend: str, value: Any = "") -> None:
        """Note a problem and go on."""
        self.problems.append(self.source.problem(path, message, mend, value))

    def read_kind(self, name: str, raw: Any, path: Path, section: str, phases: tuple[Phase, ...] = ()) -> Component | None:
        """Read a demand class or a fleet."""
        if not self._is_mapping(raw, path):
            return None
        known = [kind.name for kind in KIND_BY_NAME.values() if kind.section == section]
        kind = KIND_BY_NAME.get(str(raw.get("kind")))
        if kind is None or kind.section != section:
            said = f"unknown kind '{raw['kind']}'" if "kind" in raw else "the kind is missing"
            self.note((*path, "kind"), said, f"write kind: {' or '.join(known)}", raw.get("kind", ""))
            return None
        component = Component(name, ".".join(map(str, path)), kind, **self._common(raw, path, phases))
        if section == "fleets" and not component.demand:
            self.note(path, "the fleet serves no demand class", f"add classes: [{', '.join(self.demand) or 'live'}]")
        return self._bound(component, kind.parameters, raw, path, ("kind", *COMMON_KEYS), fleets={})

    def read_line(
        self, name: str, raw: Any, path: Path, category: Category, fleets: Mapping[str, Component], phases: tuple[Phase, ...]
    ) -> list[Component]:
        """Read a cost line; one that names several demand classes becomes one line a class."""
        if not self._is_mapping(raw, path):
            return []
        common = self._common(raw, path, phases)
        if "formula" in raw:
            return self._formula_line(name, raw, path, common)
        line = self._known_line(raw, path, category)
        if line is None:
            return []
        if common["fleet"] and common["fleet"] not in fleets:
            self.note(
                (*path, "fleet"),
                f"there is no fleet '{common['fleet']}' in this option",
                _nearest(common["fleet"], fleets, "fleets"),
                common["fleet"],
            )
            return []
        escalates = self._flag(raw, "escalates", path, line.escalates)
        whole = Component(name, ".".join(map(str, path)), line, **common | {"escalates": escalates})
        before = len(self.problems)
        keys = ("line", *COMMON_KEYS)
        if len(whole.demand) <= 1:
            found = [self._bound(whole, line.parameters, raw, path, keys, fleets)]
        else:
            found = [
                self._bound(
                    replace(whole, name=f"{name}.{one}", path=f"{whole.path}.{one}", label=f"{whole.title}, {one}", demand=(one,)),
                    line.parameters,
                    raw,
                    path,
                    keys,
                    fleets,
                )
                for one in whole.demand
            ]
            del self.problems[before + (len(self.problems) - before) // len(whole.demand) :]
        return [component for component in found if component is not None]

    def _formula_line(self, name: str, raw: Mapping[str, Any], path: Path, common: dict[str, Any]) -> list[Component]:
        self._unknown_keys(raw, ("formula", *COMMON_KEYS), path)
        text = raw["formula"]
        if not isinstance(text, str) or not text.strip().startswith("="):
            self.note((*path, "formula"), "a formula starts with '='", "write formula: '= demand.live.requests * fee_per_request'", text)
            return []
        escalates = self._flag(raw, "escalates", path, default=False)
        return [Component(name, ".".join(map(str, path)), None, **common | {"escalates": escalates, "formula": text.strip()[1:].strip()})]

    def _known_line(self, raw: Mapping[str, Any], path: Path, category: Category) -> CostLine | None:
        line = LINE_BY_NAME.get(str(raw.get("line")))
        here = [known.name for known in LINE_BY_NAME.values() if known.category in (category, None)]
        if line is None:
            said = f"unknown cost line '{raw['line']}'" if "line" in raw else "the entry names no cost line"
            self.note((*path, "line"), said, _nearest(str(raw.get("line", "")), here, f"lines of {category}"), raw.get("line", ""))
        elif line.category not in (category, None):
            self.note(
                (*path, "line"),
                f"'{line.name}' is a {line.category} line, not {category}",
                f"move it under {line.category}:, or use one of {', '.join(here)}",
                line.name,
            )
            return None
        return line

    def _bound(
        self,
        component: Component,
        parameters: Iterable[str],
        raw: Mapping[str, Any],
        path: Path,
        keys: tuple[str, ...],
        fleets: Mapping[str, Component],
    ) -> Component:
        """Read the component's own values and say where every other parameter comes from."""
        wanted = [PROCESS_INPUTS.get(name, name) for name in parameters if name in PROCESS_INPUTS or name not in BUILT_IN]
        self._unknown_keys(raw, (*keys, *wanted), path)
        quantities, settings = dict[str, Quantity](), dict[str, int]()
        bindings: dict[str, Binding] = {name: Binding("built_in") for name in parameters if name in BUILT_IN}
        for name in dict.fromkeys(wanted):
            if name in raw and name in SETTING_BY_NAME:
                settings[name] = self._setting(name, raw[name], (*path, name))
                bindings[name] = Binding("setting", value=settings[name])
            elif name in raw:
                quantity = self._quantity(name, raw[name], (*path, name))
                if quantity is not None:
                    quantities[name] = quantity
                bindings[name] = Binding("own")
            else:
                found = self._elsewhere(name, component, fleets)
                if found is not None:
                    bindings[name] = found
                else:
                    self._missing(name, component, path)
        return replace(component, quantities=tuple(quantities.items()), settings=tuple(settings.items()), bindings=tuple(bindings.items()))

    def _elsewhere(self, name: str, component: Component, fleets: Mapping[str, Component]) -> Binding | None:
        """Find a parameter that the entry does not give: in its fleet, its demand class, its option, or as a default."""
        fleet = fleets.get(component.fleet)
        if fleet is not None and _offers(fleet, name):
            return Binding("fleet")
        classes = tuple(one for one in component.demand if one in self.demand)
        if classes and all(_offers(self.demand[one], name) for one in classes) and (len(classes) == 1 or name in SUMMED):
            return Binding("demand", classes=classes)
        if name in self.option_figures:
            return Binding("option")
        if name in BY_NAME and BY_NAME[name].default is not None:
            return Binding("default")
        if fleet is not None and name in dict(fleet.settings):
            return Binding("setting", value=dict(fleet.settings)[name])
        return None

    def _missing(self, name: str, component: Component, path: Path) -> None:
        row = BY_NAME.get(name)
        setting = SETTING_BY_NAME.get(name)
        if row is not None:
            unit = "" if row.unit.is_plain else f" in {row.unit.in_currency(self.currency)}"
            self.note(
                path,
                f"'{name}' is missing: {row.meaning}",
                f"add {name}:{unit}" + (", or name the demand class it belongs to with class:" if not component.demand else ""),
            )
        elif setting is not None:
            self.note(path, f"'{name}' is missing: {setting.meaning}", f"add {name}: with a whole number of months")
        elif any(name in kind.driver_names for kind in KIND_BY_NAME.values() if kind.section == "fleets"):
            self.note(path, f"'{name}' comes from a fleet", "name it with fleet:, and describe it under the option's fleets:")
        else:
            offering = [kind.name for kind in KIND_BY_NAME.values() if name in (*kind.driver_names, *kind.parameters)]
            self.note(path, f"'{name}' comes from a demand class of kind {' or '.join(offering)}", "name the class with class:")

    def _quantity(self, name: str, raw: Any, path: Path) -> Quantity | None:
        row = BY_NAME.get(name)
        if row is None:
            self.note(path, f"'{name}' is computed, not written", f"leave {name} out")
            return None
        try:
            quantity = read_quantity(raw, bounds=(row.low, row.high), unit=row.unit.in_currency(self.currency))
            if isinstance(quantity.content, Formula):
                return quantity
            if name == "severity" and not isinstance(quantity.content, (float, Distribution)):
                raise QuantityError("a severity is a number or a distribution, not a path", "write severity: 20k to 200k USD/event")
            fitted = fit(quantity, row.unit_text, row.low, row.high, self.currency)
        except QuantityError as error:
            self.note((*path, *error.path), error.message, error.mend, raw if not isinstance(raw, dict) else "")
            return None
        if row.open_low and any(value == row.low for _, value in fitted.levels()):
            self.note(path, f"{name} must be above {row.low:g}", f"write a value above {row.low:g}", fitted.text)
        money = fitted.unit.currency
        if money is not None and money != self.currency and money not in self.foreign:
            self.note(
                path,
                f"'{fitted.text}' is in {money} and the scenario in {self.currency}",
                f"add exchange_rates: {{{money}: 1.1 {self.currency}/{money}}} with its source",
                fitted.text,
            )
        return fitted

    def _setting(self, name: str, raw: Any, path: Path) -> int:
        row = SETTING_BY_NAME[name]
        try:
            quantity = read_quantity(raw)
            value = quantity.to(_month_unit(quantity)).content
        except (QuantityError, ValueError):
            value = None
        if not isinstance(value, float) or value != int(value) or not row.low <= value <= row.high:
            self.note(
                path, f"'{raw}' is not a whole number of months between {row.low} and {row.high}", f"write {name}: {max(row.low, 12)}", raw
            )
            return max(row.low, 1)
        return int(value)

    def _common(self, raw: Mapping[str, Any], path: Path, phases: tuple[Phase, ...]) -> dict[str, Any]:
        texts = {key: self._text(raw, key, path) for key in ("label", "note", "fleet")}
        return texts | {"source": ".".join(map(str, path)), "demand": self._classes(raw, path), "phases": self._phases(raw, path, phases)}

    def _text(self, raw: Mapping[str, Any], key: str, path: Path) -> str:
        value = raw.get(key, "")
        if not isinstance(value, str):
            self.note((*path, key), f"{key} is a text", "put it in quotes", value)
            return ""
        return value.strip()

    def _flag(self, raw: Mapping[str, Any], key: str, path: Path, default: bool) -> bool:
        value = raw.get(key, default)
        if not isinstance(value, bool):
            self.note((*path, key), f"{key} is true or false", f"write {key}: true", value)
            return default
        return value

    def _classes(self, raw: Mapping[str, Any], path: Path) -> tuple[str, ...]:
        key = "classes" if "classes" in raw else "class"
        names = self._names(raw.get(key), (*path, key))
        for name in names:
            if name not in self.demand:
                self.note((*path, key), f"there is no demand class '{name}'", _nearest(name, self.demand, "classes"), name)
        return tuple(name for name in names if name in self.demand)

    def _phases(self, raw: Mapping[str, Any], path: Path, phases: tuple[Phase, ...]) -> tuple[str, ...]:
        known = [phase.name for phase in phases]
        names = self._names(raw.get("phases"), (*path, "phases"))
        for name in names:
            if name not in known:
                self.note((*path, "phases"), f"there is no phase '{name}' in this option", _nearest(name, known, "phases"), name)
        return names

    def _names(self, raw: Any, path: Path) -> tuple[str, ...]:
        if raw is None:
            return ()
        found = raw if isinstance(raw, list) else [raw]
        if not found or not all(isinstance(name, str) for name in found) or len(set(found)) != len(found):
            self.note(path, "a name or a list of names, each once, is needed", f"write {path[-1]}: [one, two]", raw)
            return ()
        return tuple(found)

    def _unknown_keys(self, raw: Mapping[str, Any], known: Iterable[str], path: Path) -> None:
        known = tuple(dict.fromkeys(known))
        for key in raw:
            if key not in known:
                mend = (
                    "inside { } a value that holds commas needs quotes: '{line: …, frequency: \"pert(1, 3, 8) event/year\"}'"
                    if not key[:1].isalpha()
                    else ""
                )
                mend = mend or (
                    "it follows from the shape of the demand class or the fleet: leave it out"
                    if key in _COMPUTED
                    else _nearest(key, known, "keys")
                )
                self.note((*path, key), f"unknown key '{key}'", mend, key)

    def _is_mapping(self, raw: Any, path: Path) -> bool:
        if isinstance(raw, dict) and raw:
            return True
        self.note(
            path, f"'{path[-1]}' needs keys of its own", "indent its keys below it; `tco new` shows each", raw if raw is not None else ""
        )
        return False


_COMPUTED = {name for kind in KIND_BY_NAME.values() for name in kind.driver_names} - set(BY_NAME)


def _month_unit(quantity: Quantity) -> Unit:
    """Return the unit in which a number of months was written: months, or no unit at all."""
    return PLAIN if quantity.unit.is_plain else parse_unit("month")


def _offers(component: Component, name: str) -> bool:
    """Say whether a class or fleet supplies `name`: as a figure it computes, a value it was given, or a default it holds."""
    kind = component.kind
    if not isinstance(kind, Kind):
        return False
    given = {key for key, _ in component.quantities}
    return name in kind.driver_names or name in given or (name in kind.parameters and name in BY_NAME and BY_NAME[name].default is not None)


def _nearest(name: str, known: Iterable[str], what: str) -> str:
    known = tuple(known)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known {what}: {', '.join(known)}" if known else f"there are no {what} yet"
