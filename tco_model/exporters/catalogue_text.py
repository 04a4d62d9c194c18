"""Turns the catalogue of cost lines into a list a person or a program reads."""

from __future__ import annotations

import difflib
from typing import Any

from tco_model.errors import Problem, ScenarioError
from tco_model.lines.catalogue import KIND_BY_NAME, LINE_BY_NAME
from tco_model.lines.nomenclature import BUILT_IN, BY_NAME, SETTING_BY_NAME
from tco_model.lines.registry import CATEGORIES, CostLine, Kind
from tco_model.scenario.components import PROCESS_INPUTS


def catalogue(name: str | None = None) -> list[dict[str, Any]]:
    """Return the cost lines and kinds, or the one called `name`, with what a scenario may write for each.

    Raises:
        ScenarioError: there is no such line or kind; the nearest names are offered.
    """
    entries: dict[str, CostLine | Kind] = {**LINE_BY_NAME, **KIND_BY_NAME}
    if name is None:
        return [_entry(entry) for entry in entries.values()]
    if name not in entries:
        near = difflib.get_close_matches(name, entries, n=3)
        mend = f"did you mean {' or '.join(near)}?" if near else "`tco lines` lists them all"
        raise ScenarioError(Problem(f"there is no cost line '{name}'", mend, value=name))
    return [_entry(entries[name])]


def catalogue_text(name: str | None = None) -> str:
    """Spell the catalogue: one line a cost line, or all parameters of the one called `name`; as `catalogue`."""
    entries = catalogue(name)
    if name is not None:
        return _detail(entries[0])
    blocks: list[str] = []
    for section in (*CATEGORIES, "any category", "demand", "fleets"):
        members = [entry for entry in entries if entry["section"] == section]
        blocks.append("\n".join([section, *(f"  {entry['name']:<24}{entry['summary']}" for entry in members)]))
    return "\n\n".join(blocks)


def _entry(entry: CostLine | Kind) -> dict[str, Any]:
    line = isinstance(entry, CostLine)
    return {
        "name": entry.name,
        "section": (entry.category or "any category") if line else entry.section,
        "summary": entry.summary,
        "unit": str(entry.unit) if line else "",
        "parameters": [_parameter(PROCESS_INPUTS.get(name, name)) for name in entry.parameters],
    }


def _parameter(name: str) -> dict[str, Any]:
    if name in BUILT_IN:
        return {"name": name, "unit": BUILT_IN[name][0], "meaning": BUILT_IN[name][1], "from": "the timeline"}
    if name in SETTING_BY_NAME:
        setting = SETTING_BY_NAME[name]
        return {"name": name, "unit": "months", "meaning": setting.meaning, "from": "the entry", "default": setting.default}
    if name in BY_NAME:
        row = BY_NAME[name]
        return {"name": name, "unit": row.unit_text, "meaning": row.meaning, "from": "the entry", "default": row.default}
    return {"name": name, "unit": "", "meaning": "computed", "from": "its demand class or fleet"}


def _detail(entry: dict[str, Any]) -> str:
    head = f"{entry['name']} ({entry['section']})\n  {entry['summary']}\n"
    rows = [
        f"  {row['name']:<26}{row['unit']:<24}{row['meaning']}"
        + (f"; default {row['default']}" if row.get("default") else "")
        + (f"; from {row['from']}" if row["from"] != "the entry" else "")
        for row in entry["parameters"]
    ]
    return "\n".join([head, *rows])
