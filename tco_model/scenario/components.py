"""Turns the entries of a scenario (demand classes, fleets, cost lines) into components bound to their functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tco_model.inputs.distributions import Distribution
from tco_model.inputs.quantity import Formula, Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.lines.catalogue import KIND_BY_NAME, LINE_BY_NAME
from tco_model.lines.nomenclature import BUILT_IN, BY_NAME, SETTING_BY_NAME
from tco_model.lines.registry import Category, CostLine, Kind
from tco_model.scenario.missing import missing
from tco_model.scenario.notes import Notes, Raw, nearest, shown
from tco_model.scenario.schema import CAPACITY_FIGURES, Binding, CapacityRequest, Component, Phase, PriceRequest, fit
from tco_model.scenario.source import Path, dotted
from tco_model.units import PLAIN, Unit, UnitError, parse_unit

SUMMED = ("requests", "input_volume", "output_volume", "context_volume")
"""What a fleet that serves several classes adds up over them."""
COMMON_KEYS = ("label", "note", "class", "classes", "fleet", "phases", "escalates")
OPTION_FIGURES = ("success_share", "cases")
"""Parameters an option supplies where the entry does not: its success share and the volume of the outcome."""
"""What a fleet need not write where it says which model runs on which chip."""
PRICE_FIGURES = ("input_price", "cached_price", "output_price", "cache_write_premium")
"""What a line need not write where it names a model of the price book."""
PROCESS_INPUTS = {"incidents": "frequency", "incident_cost": "severity"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is written for one entry: its keys, its place, the keys it may have beside its parameters, and the fleets it may name."""

    raw: Raw
    path: Path
    keys: tuple[str, ...]
    fleets: Mapping[str, Component]


class ComponentReader:
    """Reads entries against the catalogue of lines and kinds, noting every problem."""

    def __init__(self, notes: Notes, currency: str, foreign: set[str]) -> None:
        """Note problems in `notes`; `foreign` are the currencies with an exchange rate."""
        self.notes, self.currency, self.foreign = notes, currency, foreign
        self.demand: dict[str, Component] = {}
        self.unreadable: set[Path] = set()
        """Places of the demand classes and fleets that could not be read: what refers to them is not at fault."""
        self.option_figures: tuple[str, ...] = ()

    def read_kind(self, name: str, raw: Any, path: Path, section: str, phases: tuple[Phase, ...] = ()) -> Component | None:
        """Read a demand class or a fleet."""
        known = [kind.name for kind in KIND_BY_NAME.values() if kind.section == section]
        raw = self.notes.mapping(raw, path, f"write kind: {' or '.join(known)} below it, with its figures; `tco lines` shows each")
        if not raw:
            self.unreadable.add(path)
            return None
        kind = KIND_BY_NAME.get(str(raw.get("kind")))
        if kind is None or kind.section != section:
            said = f"unknown kind '{shown(raw['kind'])}'" if "kind" in raw else "the kind is missing"
            mend = nearest(str(raw["kind"]), known, "kinds") if "kind" in raw else f"write kind: {' or '.join(known)}"
            self.notes.add((*path, "kind"), said, mend, raw.get("kind", ""))
            self.unreadable.add(path)
            return None
        component = Component(name, dotted(path), kind, **self._common(raw, path, phases))
        if section == "fleets" and not component.demand and _asked(raw) is None:
            self.notes.add(path, f"the fleet '{name}' serves no demand class", f"add classes: [{', '.join(self.demand) or 'live'}]")
        keys = ("kind", *COMMON_KEYS)
        if "gpu_load" in kind.driver_names:
            keys = ("capacity", *keys)
            component = replace(component, capacity=self._capacity(raw, path))
        return self._bound(component, kind.parameters, _Entry(raw, path, keys, {}))

    def _capacity(self, raw: Raw, path: Path) -> CapacityRequest | None:
        if "capacity" not in raw:
            return None
        here: Path = (*path, "capacity")
        found = self.notes.mapping(raw["capacity"], here, "write capacity: {model: llama-3.1-70b, chip: h200, precision: fp8, gpus: 2}")
        request = self.notes.model(CapacityRequest, found, here) if found else None
        if request is not None and request.scaling is not None and request.load_shape is None:
            self.notes.add(
                (*here, "scaling"), "scaling follows a load shape, and there is none", "add load_shape: around_the_clock, or your own"
            )
        return request

    def read_line(
        self, name: str, raw: Any, path: Path, category: Category, fleets: Mapping[str, Component], phases: tuple[Phase, ...]
    ) -> list[Component]:
        """Read a cost line; one that names several demand classes becomes one line a class."""
        raw = self.notes.mapping(raw, path, f"write {name}: {{line: …}} with its figures; `tco lines` shows each")
        if not raw:
            return []
        common = self._common(raw, path, phases)
        if "formula" in raw:
            return self._formula_line(name, raw, path, common)
        line = self._known_line(raw, path, category)
        if line is None or not self._knows_fleet(common["fleet"], fleets, path):
            return []
        common["escalates"] = self.notes.flag(raw, "escalates", path, line.escalates)
        whole = Component(name, dotted(path), line, **common)
        keys = ("line", *COMMON_KEYS)
        if "input_price" in line.parameters:
            keys = ("prices", *keys)
            whole = replace(whole, prices=self._prices(raw, path))
        entry = _Entry(raw, path, keys, fleets)
        if len(whole.demand) <= 1:
            return [self._bound(whole, line.parameters, entry)]
        found: list[Component] = []
        for one in whole.demand:
            part = replace(whole, name=f"{name}.{one}", path=f"{whole.path}.{one}", label=f"{whole.title}, {one}", demand=(one,))
            found.append(self._bound(part, line.parameters, entry))
        return found

    def _prices(self, raw: Raw, path: Path) -> PriceRequest | None:
        if "prices" not in raw:
            return None
        here: Path = (*path, "prices")
        found = self.notes.mapping(raw["prices"], here, "write prices: {model: gpt-5.4-mini}; `tco prices mini` lists what there is")
        return self.notes.model(PriceRequest, found, here) if found else None

    def _knows_fleet(self, fleet: str, fleets: Mapping[str, Component], path: Path) -> bool:
        if not fleet or fleet in fleets:
            return True
        if (*path[:2], "fleets", fleet) in self.unreadable:
            return False
        self.notes.add((*path, "fleet"), f"there is no fleet '{shown(fleet)}' in this option", nearest(fleet, fleets, "fleets"), fleet)
        return False

    def _formula_line(self, name: str, raw: Raw, path: Path, common: dict[str, Any]) -> list[Component]:
        self.notes.known_keys(raw, ("formula", *COMMON_KEYS), path)
        text = raw["formula"]
        if not isinstance(text, str) or not text.strip().startswith("="):
            mend = "write formula: '= demand.live.requests * fee_per_request'"
            self.notes.add((*path, "formula"), f"a formula starts with '=': '{shown(text)}' does not", mend, text)
            return []
        common["escalates"] = self.notes.flag(raw, "escalates", path, default=False)
        common["formula"] = text.strip()[1:].strip()
        return [Component(name, dotted(path), None, **common)]

    def _known_line(self, raw: Raw, path: Path, category: Category) -> CostLine | None:
        line = LINE_BY_NAME.get(str(raw.get("line")))
        here = [known.name for known in LINE_BY_NAME.values() if known.category in (category, None)]
        if line is None:
            said = f"unknown cost line '{shown(raw['line'])}'" if "line" in raw else "the entry names no cost line"
            mend = nearest(str(raw.get("line", "")), LINE_BY_NAME if "line" in raw else here, "lines")
            if not mend.startswith("did you"):
                mend = f"write line: {' or '.join(here)}"
            self.notes.add((*path, "line"), said, mend, raw.get("line", ""))
            return None
        if line.category not in (category, None):
            mend = f"move it under {line.category}:, or use one of {', '.join(here)}"
            self.notes.add((*path, "line"), f"'{line.name}' is a {line.category} line, not {category}", mend, line.name)
            return None
        return line

    def _bound(self, component: Component, parameters: Iterable[str], entry: _Entry) -> Component:
        """Read the component's own values and say where every other parameter comes from."""
        wanted = [PROCESS_INPUTS.get(name, name) for name in parameters if name in PROCESS_INPUTS or name not in BUILT_IN]
        self._known_keys(entry, wanted)
        quantities, settings = dict[str, Quantity](), dict[str, int]()
        bindings: dict[str, Binding] = {name: Binding("built_in") for name in parameters if name in BUILT_IN}
        for name in dict.fromkeys(wanted):
            here: Path = (*entry.path, name)
            if name in entry.raw and name in SETTING_BY_NAME:
                settings[name] = self._setting(name, entry.raw[name], here)
                bindings[name] = Binding("setting", value=settings[name])
            elif name in entry.raw:
                quantity = self._quantity(name, entry.raw[name], here)
                if quantity is not None:
                    quantities[name] = quantity
                bindings[name] = Binding("own")
            elif (found := self._elsewhere(name, component, entry.fleets)) is not None:
                bindings[name] = found
            else:
                self._missing(name, component, entry)
                bindings[name] = Binding("own")
        return replace(component, quantities=tuple(quantities.items()), settings=tuple(settings.items()), bindings=tuple(bindings.items()))

    def _known_keys(self, entry: _Entry, wanted: Iterable[str]) -> None:
        """Note unknown keys; a figure that is computed is named as such."""
        wanted = tuple(wanted)
        computed = {key for key in entry.raw if key in _COMPUTED and key not in wanted}
        for key in computed:
            mend = "it follows from the shape of the demand class or the fleet: leave it out"
            self.notes.add((*entry.path, key), f"'{key}' is computed, not written", mend, key)
        self.notes.known_keys({key: value for key, value in entry.raw.items() if key not in computed}, (*entry.keys, *wanted), entry.path)

    def _elsewhere(self, name: str, component: Component, fleets: Mapping[str, Component]) -> Binding | None:
        """Find a parameter that the entry does not give: in its fleet, its demand class, its option, or as a default."""
        fleet = fleets.get(component.fleet)
        if fleet is not None and _offers(fleet, name):
            return Binding("fleet")
        classes = tuple(one for one in component.demand if one in self.demand)
        if classes and all(_offers(self.demand[one], name) for one in classes) and (len(classes) == 1 or name in SUMMED):
            return Binding("demand", classes=classes)
        if component.capacity is not None and name in component.capacity.figures:
            return Binding("capacity")
        if component.prices is not None and name in PRICE_FIGURES:
            return Binding("prices")
        if name in self.option_figures:
            return Binding("option")
        if name in BY_NAME and BY_NAME[name].default is not None:
            return Binding("default")
        if fleet is not None and name in dict(fleet.settings):
            return Binding("setting", value=dict(fleet.settings)[name])
        return None

    def _missing(self, name: str, component: Component, entry: _Entry) -> None:
        """Note that a parameter comes from nowhere, unless what it would come from is already noted as missing or unreadable."""
        named = _asked(entry.raw) is not None or ("kind" in entry.keys and component.path.startswith("options."))
        if (named and not component.demand) or ("capacity" in entry.raw and name in CAPACITY_FIGURES):
            return
        if "prices" in entry.raw and name in PRICE_FIGURES:
            return
        said, mend = missing(name, self.currency, self.demand, entry.fleets, names_a_class=bool(component.demand))
        self.notes.add(entry.path, said, mend)

    def _quantity(self, name: str, raw: Any, path: Path) -> Quantity | None:
        row = BY_NAME.get(name)
        if row is None:
            self.notes.add(path, f"'{name}' is computed, not written", f"leave {name} out")
            return None
        try:
            quantity = read_quantity(raw, bounds=(row.low, row.high), unit=row.unit.in_currency(self.currency))
            if isinstance(quantity.content, Formula):
                return quantity
            if name == "severity" and not isinstance(quantity.content, (float, Distribution)):
                raise QuantityError("a severity is a number or a distribution, not a path", "write severity: 20k to 200k USD/event")
            fitted = fit(quantity, row.unit_text, row.low, row.high, self.currency)
        except QuantityError as error:
            self.notes.add((*path, *error.path), error.message, error.mend, raw if not isinstance(raw, dict) else "")
            return None
        if row.open_low and any(low == row.low for low, _ in fitted.spans()):
            self.notes.add(path, f"'{fitted.text}': {name} must be above {row.low:g}", f"write a value above {row.low:g}", fitted.text)
        self._foreign(fitted, path)
        return fitted

    def _foreign(self, quantity: Quantity, path: Path) -> None:
        """Note money in a currency without an exchange rate."""
        money = quantity.unit.currency
        if money is not None and money != self.currency and money not in self.foreign:
            said = f"'{quantity.text}' is in {money} and the scenario in {self.currency}"
            mend = f"add exchange_rates: {{{money}: 1.1 {self.currency}/{money}}} with its source"
            self.notes.add(path, said, mend, quantity.text)

    def _setting(self, name: str, raw: Any, path: Path) -> int:
        row = SETTING_BY_NAME[name]
        try:
            quantity = read_quantity(raw)
            value = quantity.to(_month_unit(quantity)).content
        except (QuantityError, UnitError):
            value = None
        if not isinstance(value, float) or not value.is_integer() or not row.low <= value <= row.high:
            said = f"'{shown(raw)}' is not a whole number of months between {row.low} and {row.high}"
            self.notes.add(path, said, f"write {name}: {max(row.low, 12)}", raw)
            return max(row.low, 1)
        return int(value)

    def _common(self, raw: Raw, path: Path, phases: tuple[Phase, ...]) -> dict[str, Any]:
        texts = {key: self.notes.text(raw, key, path) for key in ("label", "fleet")}
        note = "" if raw.get("note") is None else str(raw["note"])
        return texts | {
            "note": note.strip(),
            "source": dotted(path),
            "demand": self._classes(raw, path),
            "phases": self._phases(raw, path, phases),
        }

    def _classes(self, raw: Raw, path: Path) -> tuple[str, ...]:
        key = "class" if raw.get("classes") is None else "classes"
        if "class" in raw and "classes" in raw:
            self.notes.add((*path, "class"), "class and classes stand together", "keep classes: with all of them", raw["class"])
        names = self.notes.names(raw.get(key), (*path, key))
        for name in names:
            if name not in self.demand and ("demand", name) not in self.unreadable:
                mend = nearest(name, self.demand, "classes")
                self.notes.add((*path, key), f"there is no demand class '{shown(name)}'", mend, name)
        return tuple(name for name in names if name in self.demand)

    def _phases(self, raw: Raw, path: Path, phases: tuple[Phase, ...]) -> tuple[str, ...]:
        known = [phase.name for phase in phases]
        names = self.notes.names(raw.get("phases"), (*path, "phases"))
        for name in names:
            if name not in known and (*path[:2], "phases") not in self.unreadable:
                mend = nearest(name, known, "phases")
                self.notes.add((*path, "phases"), f"there is no phase '{shown(name)}' in this option", mend, name)
        return tuple(name for name in names if name in known)


_COMPUTED = {name for kind in KIND_BY_NAME.values() for name in kind.driver_names} - set(BY_NAME)


def _asked(raw: Raw) -> Any:
    """Return the demand classes as they are written, readable or not; None where none are."""
    return raw.get("class") if raw.get("classes") is None else raw["classes"]


def _month_unit(quantity: Quantity) -> Unit:
    """Return the unit in which a number of months was written: months, or no unit at all."""
    return PLAIN if quantity.unit.is_plain else parse_unit("month")


def _offers(component: Component, name: str) -> bool:
    """Say whether a class or fleet supplies `name`: as a figure it computes, a value it was given, or a default it holds."""
    kind = component.kind
    if not isinstance(kind, Kind):
        return False
    given = {key for key, binding in component.bindings if binding.origin == "own"}
    return name in kind.driver_names or name in given or (name in kind.parameters and name in BY_NAME and BY_NAME[name].default is not None)
