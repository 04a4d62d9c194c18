"""Turns values set by hand for one run, by dotted path, into the source they change; a problem with one names it and no line."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from tco_model.errors import Problem, ScenarioError
from tco_model.scenario.notes import as_list, as_mapping, nearest, shown
from tco_model.scenario.scalars import ScalarError, read_scalar
from tco_model.scenario.source import BY_HAND, Path, Source, dotted, read_source

MADE_WHERE_ABSENT = ("simulation", "exchange_rates", "promises")
"""Optional sections that an override may start."""
NAMED_BY_THE_FILE = ("inputs", "demand", "options", "fleets")
"""Sections whose keys are names of the user's own: an override may change one and not invent one."""


class _MisplacedError(Exception):
    """An override that points nowhere: what is wrong, and the move that mends it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


def overridden(source: Source, overrides: Mapping[str, Any]) -> Source:
    """Return the source with each value put in place of what the file says.

    Args:
        source: the file as it was read.
        overrides: values by dotted path, such as ``{"demand.live.requests": "20k requests/month"}``. A text is read as the file
            would read it, so ``"36"`` is a number and ``"{start: 5, growth: 2%/year}"`` a mapping.

    Raises:
        ScenarioError: a path that leads nowhere, with the nearest name; a value that cannot be read.
    """
    data, problems, changed = copy.deepcopy(source.data), list[Problem](), set[Path]()
    for field, raw in overrides.items():
        try:
            path = _put(data, field, _read(raw))
        except (_MisplacedError, ScalarError) as error:
            problems.append(Problem(error.message, error.mend, field, shown(raw), BY_HAND))
            continue
        changed.add(path)
    if problems:
        raise ScenarioError(problems)
    places = {path: place for path, place in source.places.items() if not any(path[: len(hand)] == hand for hand in changed)}
    return replace(source, data=data, places=places, by_hand=frozenset(changed))


def _read(raw: Any) -> Any:
    """Read a value as the file would: a text as a word of YAML, or as a mapping or list where it starts with a bracket."""
    if isinstance(raw, Mapping):
        return {str(key): _read(value) for key, value in cast("Mapping[Any, Any]", raw).items()}
    if isinstance(raw, (list, tuple)):
        return [_read(value) for value in cast("list[Any]", raw)]
    if raw is None or isinstance(raw, (bool, int, float, dt.date)):
        return raw
    text = str(raw).strip()
    if not text.startswith(("{", "[")):
        return read_scalar(text)
    try:
        return read_source(f"value: {text}", BY_HAND).data["value"]
    except ScenarioError as error:
        raise _MisplacedError(f"'{shown(text)}' cannot be read: {error.problems[0].message}", error.problems[0].mend) from None


def _put(data: dict[str, Any], field: str, value: Any) -> Path:
    """Put a value at a dotted path and return the path."""
    place: dict[str, Any] | list[Any] = data
    path: Path = ()
    parts = field.split(".")
    for position, word in enumerate(parts):
        key = _key(place, word, path)
        path = (*path, key)
        found: Any = place.get(str(key)) if isinstance(place, dict) else place[int(key)]
        if position == len(parts) - 1:
            _set(place, key, _kept(found, value))
            break
        if found is None and key in MADE_WHERE_ABSENT:
            _set(place, key, found := {})
        if not isinstance(found, (dict, list)):
            said = "is not in the file" if found is None else "holds a value, not keys"
            raise _MisplacedError(f"'{dotted(path)}' {said}", _keys_of(place, word) if found is None else f"set {dotted(path)} itself")
        place = cast("dict[str, Any] | list[Any]", found)
    return path


def _set(place: dict[str, Any] | list[Any], key: str | int, value: Any) -> None:
    if isinstance(place, dict):
        place[str(key)] = value
    else:
        place[int(key)] = value


def _key(place: dict[str, Any] | list[Any], word: str, path: Path) -> str | int:
    """Return the key or list position that a word of the path stands for; a name of the user's own must be there."""
    if isinstance(place, list):
        if word.isdecimal() and int(word) < len(place):
            return int(word)
        raise _MisplacedError(f"'{dotted((*path, word))}' is no entry of a list of {len(place)}", f"count from 0: {dotted((*path, 0))}")
    named = path[-1:] and path[-1] in NAMED_BY_THE_FILE
    if word not in place and (named or not word):
        raise _MisplacedError(f"there is no '{shown(dotted((*path, word)))}' in the scenario", _keys_of(place, word))
    return word


def _keys_of(place: dict[str, Any] | list[Any], word: str) -> str:
    return nearest(word, as_mapping(place) or map(str, range(len(as_list(place)))), "names here")


def _kept(found: Any, value: Any) -> Any:
    """Return a value set by hand in place of a sourced one: its owner stays, its source does not vouch for it."""
    before = as_mapping(found)
    if as_mapping(value) or "value" not in before:
        return value
    return {key: before[key] for key in ("owner",) if key in before} | {"value": value, "note": "set by hand for this run"}
