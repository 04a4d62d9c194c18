"""Turns YAML text into plain data and the line of every part of it, refusing what could bite before anything is built.

One documented reading: YAML 1.2 as ruamel reads it, narrowed. ``true`` and ``false`` are booleans, ``no`` and ``1:30`` are
text, ``1e3`` is 1000, ``012`` is 12, a date is ``2026-11-01``. Aliases, merge keys, tags and duplicate keys are refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tco_model.errors import Problem, ScenarioError

Path = tuple[str | int, ...]
MAX_BYTES, MAX_DEPTH, MAX_SCALAR = 1_000_000, 50, 20_000
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]{1,400}(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_SPECIAL = re.compile(r"[-+]?\.(inf|nan)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data with the place (line and column from 1) of every key and value by its path."""

    data: dict[str, Any]
    places: dict[Path, tuple[int, int]]
    file: str
    text: str

    def problem(self, path: Path, message: str, mend: str = "", value: Any = "") -> Problem:
        """Describe a problem at a path, at the nearest place that the file has."""
        where = path
        while where and where not in self.places:
            where = where[:-1]
        line, column = self.places.get(where, (1, 1))
        return Problem(message, mend, ".".join(str(part) for part in path), str(value)[:200], self.file, line, column)


def read_source(text: str | bytes, file: str) -> Source:
    """Read the text of a scenario file.

    Raises:
        ScenarioError: not text, too large, too deep, not YAML, not a mapping, or holding what is refused.
    """
    decoded = _decode(text, file)
    reader = _Reader(file)
    try:
        data = reader.read(YAML(typ="safe", pure=True).parse(decoded))
    except ScenarioError:
        raise
    except YAMLError as error:
        raise ScenarioError(_yaml_problem(error, file)) from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise ScenarioError(
            Problem(f"the YAML cannot be read: {str(error)[:200]}", "check the line and its neighbours", file=file, line=reader.line)
        ) from None
    if not isinstance(data, dict):
        kind = "empty" if data is None else "a list" if isinstance(data, list) else "a single value"
        raise ScenarioError(
            Problem(
                f"the file is {kind}, not a mapping",
                "start from `tco new`: a scenario begins with 'schema: 1' and 'decision:'",
                file=file,
                line=1,
            )
        )
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Source(data, reader.places, file, decoded)


def read_value(text: str) -> Any:
    """Read one value as it would be read in a file: ``24`` is a number, ``{start: 5k, growth: 10%/year}`` a mapping.

    Raises:
        ScenarioError: not a YAML value.
    """
    source = read_source(f"value: {text}", "value")
    return source.data["value"]


def _decode(text: str | bytes, file: str) -> str:
    if len(text) > MAX_BYTES:
        raise ScenarioError(
            Problem(
                f"the file has {len(text):,} bytes; at most {MAX_BYTES:,} are read",
                "a scenario is a few hundred lines: is this the right file?",
                file=file,
            )
        )
    if isinstance(text, str):
        decoded = text
    else:
        try:
            decoded = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = text[: error.start].count(b"\n") + 1
            raise ScenarioError(
                Problem(
                    "the file is not UTF-8 text", "save it as UTF-8; a spreadsheet or an archive cannot be read here", file=file, line=line
                )
            ) from None
    if "\x00" in decoded:
        raise ScenarioError(
            Problem("the file holds binary data", "give a YAML text file", file=file, line=decoded[: decoded.index("\x00")].count("\n") + 1)
        )
    return decoded


def _yaml_problem(error: YAMLError, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    said = getattr(error, "problem", None) or str(error).split("\n")[0]
    mend = "check quotes, brackets and the indentation of this line and the one above"
    if "tab" in str(said) or "\\t" in str(said):
        mend = "indent with spaces, never with tabs"
    return Problem(f"this is not valid YAML: {said}", mend, file=file, line=line, column=column)


class _Reader:
    """Builds plain data from parser events, so that depth, aliases and tags are refused before they cost anything."""

    def __init__(self, file: str) -> None:
        self.file, self.line = file, 1
        self.places: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []

    def read(self, events: Iterator[Event]) -> Any:
        data, documents = None, 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "the file holds more than one document", "one decision, one file: split it at '---'")
            elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent)):
                data = self._value(event, events, ())
        return data

    def _value(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        self._check(event, path)
        self.places.setdefault(path, self._place(event))
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event, path)

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._refuse(event, "a key must be a plain word", "write 'key: value'; quote a value that holds { or [")
            key = str(event.value)
            place = self._place(event)
            if key == "<<":
                self._refuse(event, "merge keys (<<) are not read", "write the values out")
            if key in found:
                self._note(
                    place,
                    (*path, key),
                    f"the key '{key}' stands twice",
                    f"keep one of them; the first is on line {self.places[(*path, key)][0]}",
                )
            self.places[(*path, key)] = place
            found[key] = self._value(next(events), events, (*path, key))
        return found

    def _sequence(self, events: Iterator[Event], path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            found.append(self._value(event, events, (*path, len(found))))
        return found

    def _scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        if len(text) > MAX_SCALAR:
            self._refuse(event, f"a value of {len(text):,} characters", f"at most {MAX_SCALAR:,} are read")
        if event.style in ("'", '"', "|", ">"):
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return text[0] in "tT"
        return self._number_or_text(text, event, path)

    def _number_or_text(self, text: str, event: Any, path: Path) -> Any:
        if _SPECIAL.match(text):
            self._note(self._place(event), path, f"'{text}' is not a finite number", "write a finite number")
            return 0
        if _INTEGER.match(text):
            return int(text)
        if _FLOAT.match(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                self._note(self._place(event), path, f"'{text[:40]}' is too large a number", "write a finite number")
                return 0
            return number
        if _DATE.match(text):
            try:
                return dt.date.fromisoformat(text)
            except ValueError:
                self._note(self._place(event), path, f"'{text}' is not a day of the calendar", "write a date such as 2026-11-01")
                return dt.date(2000, 1, 1)
        return text

    def _check(self, event: Any, path: Path) -> None:
        self.line = self._place(event)[0]
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._refuse(
                event,
                "anchors and aliases (& and *) are not read",
                "write the value out, or name it under 'inputs:' and refer to it as '= name'",
            )
        if getattr(event, "tag", None) and getattr(event, "ctag", None) is not None and str(event.ctag) not in ("None", ""):
            self._refuse(event, f"the tag {event.tag} is not read", "leave the tag out")
        if len(path) > MAX_DEPTH:
            self._refuse(event, f"the file is nested more than {MAX_DEPTH} levels deep", "a scenario needs fewer than ten")

    def _place(self, event: Any) -> tuple[int, int]:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _note(self, place: tuple[int, int], path: Path, message: str, mend: str) -> None:
        self.problems.append(Problem(message, mend, ".".join(map(str, path)), "", self.file, *place))

    def _refuse(self, event: Any, message: str, mend: str) -> None:
        raise ScenarioError(Problem(message, mend, "", "", self.file, *self._place(event)))
