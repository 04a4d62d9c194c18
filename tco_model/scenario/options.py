"""Reads one option of a scenario: phases, promises, fleets, and the eight categories, each filled or explained."""

from __future__ import annotations

from typing import Any

from tco_model.lines.registry import CATEGORIES, Category
from tco_model.scenario.components import OPTION_FIGURES, ComponentReader
from tco_model.scenario.schema import Component, Option, Outcome, Phase, Promises
from tco_model.scenario.sections import SectionReader
from tco_model.scenario.source import Path

OPTION_KEYS = ("label", "summary", "baseline", "phases", "promises", "success_share", "fleets")


class OptionReader:
    """Reads one option: phases, promises, fleets, and the eight categories, each filled or explained."""

    def __init__(
        self, sections: SectionReader, reader: ComponentReader, name: str, raw: dict[str, Any], months: int, outcome: Outcome | None
    ) -> None:
        """Read the option `name` of a scenario of `months` months."""
        self.sections, self.reader, self.name, self.raw, self.months, self.outcome = sections, reader, name, raw, months, outcome
        self.path: Path = ("options", name)

    def option(self) -> Option:
        """Return the option; problems are noted with the sections."""
        sections, raw, path = self.sections, self.raw, self.path
        sections.known_keys(raw, (*OPTION_KEYS, *CATEGORIES), path)
        phases = self._phases()
        share = sections.fitted(raw, "success_share", "share", path, "USD", optional=self.outcome is None, share=True)
        promises = sections.model(Promises, "promises", optional=True, path=(*path, "promises")) or Promises.model_validate({})
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
            self.sections.problem(path, "phases is a mapping of names to months", "write phases: {migrate: 4, run: rest}")
            return (Phase("run", 0, self.months),)
        fixed = [months for months in raw.values() if isinstance(months, int) and not isinstance(months, bool)]
        rest = self.months - sum(fixed)
        found: list[Phase] = []
        first = 0
        for name, months in raw.items():
            length = rest if months == "rest" else months
            if isinstance(length, bool) or not isinstance(length, int) or length < 1:
                self.sections.problem(
                    (*path, name),
                    f"'{months}' months cannot be: the phases must fill {self.months} months",
                    "write a whole number of months of at least 1, and 'rest' for at most one phase",
                    months,
                )
                return tuple(found) or (Phase("run", 0, self.months),)
            found.append(Phase(name, first, first + length))
            first += length
        if first != self.months or list(raw.values()).count("rest") > 1:
            self.sections.problem(
                path, f"the phases last {first} months and the horizon {self.months}", "write 'rest' for the length of one phase"
            )
        return tuple(found)

    def _fleets(self, phases: tuple[Phase, ...]) -> dict[str, Component]:
        found: dict[str, Component] = {}
        raw = self.raw.get("fleets", {})
        if not isinstance(raw, dict):
            self.sections.problem(
                (*self.path, "fleets"), "fleets is a mapping of names to fleets", "write fleets: {main: {kind: serving, …}}"
            )
            return found
        for name, entry in raw.items():
            path: Path = (*self.path, "fleets", name)
            self.sections.check_name(name, path)
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
                    self.sections.problem(
                        (*path, "none"),
                        "the reason is missing",
                        f"write {category}: {{none: why this option has no {category} cost}}",
                        reason,
                    )
                empty.append((category, reason))
            elif isinstance(raw, dict) and raw:
                found: list[Component] = []
                for name, entry in raw.items():
                    self.sections.check_name(name, (*path, name))
                    found += self.reader.read_line(name, entry, (*path, name), category, fleets, phases)
                lines.append((category, tuple(found)))
            else:
                self.sections.problem(
                    path,
                    f"the category '{category}' is left empty",
                    f"list its lines, or write {category}: {{none: 'why it costs nothing here'}}",
                )
        return tuple(lines), tuple(empty)
