"""Turns one option of a scenario into its typed form: phases, promises, fleets, and eight categories, each filled or explained."""

from __future__ import annotations

from typing import Any

from tco_model.inputs.quantity import Quantity
from tco_model.lines.registry import CATEGORIES, Category
from tco_model.scenario.components import OPTION_FIGURES, ComponentReader
from tco_model.scenario.notes import Notes, Raw, as_mapping, shown
from tco_model.scenario.schema import Component, Option, Outcome, Phase, Promises
from tco_model.scenario.source import Path

OPTION_KEYS = ("label", "summary", "baseline", "phases", "promises", "success_share", "fleets")
SHORTEST_REASON = 10


class OptionReader:
    """Reads the options of a scenario of `months` months; problems are noted."""

    def __init__(self, notes: Notes, components: ComponentReader, months: int, outcome: Outcome | None, currency: str) -> None:
        """Read fleets and lines through `components`; `outcome` says whether an option needs a success share."""
        self.notes, self.components, self.months, self.outcome, self.currency = notes, components, months, outcome, currency

    def read(self, name: str, raw: Raw) -> Option:
        """Return the option `name`."""
        path: Path = ("options", name)
        self.notes.known_keys(raw, (*OPTION_KEYS, *CATEGORIES), path)
        phases = self._phases(raw.get("phases"), (*path, "phases"))
        share = self._success_share(raw, path)
        promises = self._promises(raw, path)
        there = (share is not None or "success_share" in raw, self.outcome is not None and self.outcome.unit == "case")
        self.components.option_figures = tuple(figure for figure, known in zip(OPTION_FIGURES, there, strict=True) if known)
        fleets = self._fleets(raw, path, phases)
        lines = self._lines(raw, path, fleets, phases)
        without: list[Category] = [category for category in CATEGORIES if _is_empty(raw.get(category))]
        empty: tuple[tuple[Category, str], ...] = tuple((category, self._reason(raw[category], (*path, category))) for category in without)
        label = self.notes.text(raw, "label", path) or name.replace("_", " ")
        summary = str(raw.get("summary", ""))
        return Option(name, label, summary, phases, promises, share, tuple(fleets.values()), lines, empty)

    def _success_share(self, raw: Raw, path: Path) -> Quantity | None:
        if "success_share" in raw:
            return self.notes.quantity(raw, "success_share", "share", path, self.currency, high=1.0)
        if self.outcome is not None:
            self.notes.add(path, "'success_share' is missing: the scenario has an outcome", "add success_share: 62% to 71%")
        return None

    def _promises(self, raw: Raw, path: Path) -> Promises:
        found = raw.get("promises")
        if found is not None:
            found = self.notes.mapping(found, (*path, "promises"), "write promises: {latency: 1.5 second, availability: 99.9%}")
        return self.notes.model(Promises, found or {}, (*path, "promises")) or Promises.model_validate({})

    def _phases(self, raw: Any, path: Path) -> tuple[Phase, ...]:
        whole = (Phase("run", 0, self.months),)
        if raw is None:
            return whole
        noted = len(self.notes.problems)
        found = self._read_phases(self.notes.mapping(raw, path, "write phases: {migrate: 4, run: rest}"), path)
        if len(self.notes.problems) > noted:
            self.components.unreadable.add(path)
        return found or whole

    def _read_phases(self, lengths: Raw, path: Path) -> tuple[Phase, ...]:
        fixed = [months for months in lengths.values() if _is_length(months)]
        rest, found, first = self.months - sum(fixed), list[Phase](), 0
        for name, months in lengths.items():
            length = rest if months == "rest" else months
            if not _is_length(length):
                self._bad_length(name, months, sum(fixed), path)
                return ()
            found.append(Phase(name, first, first + length))
            first += length
        if lengths and first != self.months:
            said = f"the phases last {first:,} months in all and the horizon {self.months:,}"
            last = found[-1].name
            self.notes.add(path, said, f"write {last}: rest, and let the others end before month {self.months:,}", lengths)
        return tuple(found)

    def _bad_length(self, name: str, months: Any, fixed: int, path: Path) -> None:
        if months == "rest":
            said = f"no month is left for '{name}': the other phases take {fixed:,} of {self.months:,}"
            mend = "shorten another phase; 'rest' may stand once"
        else:
            said = f"'{shown(months)}' is not a number of months"
            mend = f"write {name}: 4, a whole number of at least 1, or {name}: rest"
        self.notes.add((*path, name), said, mend, months)

    def _fleets(self, raw: Raw, path: Path, phases: tuple[Phase, ...]) -> dict[str, Component]:
        found: dict[str, Component] = {}
        path = (*path, "fleets")
        if raw.get("fleets") is None:
            return found
        for name, entry in self.notes.mapping(raw["fleets"], path, "write fleets: {main: {kind: serving, …}}").items():
            self.notes.name(name, (*path, name))
            component = self.components.read_kind(name, entry, (*path, name), "fleets", phases)
            if component is not None:
                found[name] = component
        return found

    def _lines(
        self, raw: Raw, path: Path, fleets: dict[str, Component], phases: tuple[Phase, ...]
    ) -> tuple[tuple[Category, tuple[Component, ...]], ...]:
        lines: list[tuple[Category, tuple[Component, ...]]] = []
        for category in CATEGORIES:
            if _is_empty(raw.get(category)):
                continue
            here: Path = (*path, category)
            found: list[Component] = []
            mend = f"list its lines, or write {category}: {{none: why this option has no {category} cost}}"
            for name, entry in self.notes.mapping(raw.get(category), here, mend).items():
                self.notes.name(name, (*here, name))
                found += self.components.read_line(name, entry, (*here, name), category, fleets, phases)
            lines.append((category, tuple(found)))
        return tuple(lines)

    def _reason(self, raw: Any, path: Path) -> str:
        """Return why a category costs nothing; a word is not a reason."""
        reason = str(raw["none"] or "").strip()
        if len(reason) < SHORTEST_REASON or isinstance(raw["none"], (dict, list)):
            said = f"'{shown(reason)}' is too short for a reason" if reason else "the reason is missing"
            mend = f"write {path[-1]}: {{none: why this option has no {path[-1]} cost}}, in {SHORTEST_REASON} characters or more"
            self.notes.add((*path, "none"), said, mend, reason)
        return reason


def _is_empty(raw: Any) -> bool:
    return list(as_mapping(raw)) == ["none"]


def _is_length(months: Any) -> bool:
    return isinstance(months, int) and not isinstance(months, bool) and months >= 1
