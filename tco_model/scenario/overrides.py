"""Puts values in place of what a scenario file says, for one run; a place that does not exist is an error, never ignored."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Mapping
from typing import Any

from tco_model.errors import Problem, ScenarioError
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.sections import as_mapping
from tco_model.scenario.source import Source, read_value

NAMED_SECTIONS = ("inputs", "demand", "options", "exchange_rates", "fleets", *CATEGORIES)
"""Sections whose keys are names people chose: a name that is not there is a slip, not a new entry."""


def overridden(source: Source, overrides: Mapping[str, Any]) -> Source:
    """Return the source with values by dotted path put in place; text is read as YAML.

    Raises:
        ScenarioError: a path that is not in the scenario; the nearest one is offered.
    """
    data = copy.deepcopy(source.data)
    problems = [found for dotted, value in overrides.items() if (found := _put(data, dotted, value, source.file))]
    if problems:
        raise ScenarioError(problems)
    return Source(data, source.places, source.file, source.text)


def _put(data: dict[str, Any], dotted: str, value: Any, file: str) -> Problem | None:
    parts = dotted.split(".")
    parent = data
    for depth, part in enumerate(parts[:-1]):
        if not isinstance(parent.get(part), dict):
            return _no_place(parent, parts, depth, value, file)
        parent = as_mapping(parent[part])
    named = len(parts) > 1 and parts[-2] in NAMED_SECTIONS
    if parts[-1] not in parent and (named or len(parts) == 1):
        return _no_place(parent, parts, len(parts) - 1, value, file)
    value = read_value(value) if isinstance(value, str) else value
    current = as_mapping(parent.get(parts[-1]))
    if "value" in current and not isinstance(value, Mapping):
        value = {key: kept for key, kept in current.items() if key == "owner"} | {"value": value, "note": "set by hand for this run"}
    parent[parts[-1]] = value
    return None


def _no_place(parent: Mapping[str, Any], parts: list[str], depth: int, value: Any, file: str) -> Problem:
    said = ".".join(parts[:depth]) or "the scenario"
    near = difflib.get_close_matches(parts[depth], parent, n=1)
    if near:
        mend = f"did you mean '{'.'.join([*parts[:depth], near[0], *parts[depth + 1 :]])}'?"
    else:
        mend = f"{said} holds {', '.join(list(parent)[:12]) or 'a plain value'}"
    return Problem(f"there is no '{parts[depth]}' in {said}", mend, ".".join(parts), str(value), file)
