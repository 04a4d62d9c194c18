"""Turns YAML text into plain data and the line of every part of it, refusing what could bite before anything is built.

Aliases, merge keys, tags, duplicate keys and more than one document are refused; `scalars` says how a word is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from ruamel.yaml import YAML, events
from ruamel.yaml.error import YAMLError

from tco_model.errors import Problem, ScenarioError
from tco_model.scenario.scalars import ScalarError, read_scalar

Path = tuple[str | int, ...]
Place = tuple[int, int]
MAX_BYTES, MAX_DEPTH, MAX_SCALAR, MAX_VALUES = 1_000_000, 50, 20_000, 20_000
BY_HAND = "--set"
"""Stands in place of the file where a value was set by hand for one run."""


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data with the place (line and column from 1) of every key and value by its path."""

    data: dict[str, Any]
    places: dict[Path, Place]
    file: str
    by_hand: frozenset[Path] = frozenset()
    """What was set by hand: it has no place in the file, and a problem with it says so."""

    def problem(self, path: Path, message: str, mend: str = "", value: Any = "") -> Problem:
        """Describe a problem at a path, at the nearest place that the file has."""
        field, said = dotted(path), str(value)[:200]
        if any(path[:length] in self.by_hand for length in range(1, len(path) + 1)):
            return Problem(message, mend, field, said, BY_HAND)
        where = path
        while where and where not in self.places:
            where = where[:-1]
        line, column = self.places.get(where, (1, 1))
        return Problem(message, mend, field, said, self.file, line, column)


def dotted(path: Path) -> str:
    """Spell a path with dots, as fields are named in messages: ``options.managed.token``."""
    return ".".join(map(str, path))


def read_source(text: str | bytes, file: str) -> Source:
    """Read the text of a scenario file.

    Raises:
        ScenarioError: not text, too large, too deep, not YAML, not a mapping, or holding what is refused.
    """
    decoded = _decode(text, file)
    reader = _Reader(file)
    try:
        data = reader.read(_parts(decoded))
    except YAMLError as error:
        raise ScenarioError([*reader.problems, _yaml_problem(error, decoded, file)]) from None
    except (ValueError, RecursionError, OverflowError) as error:
        if isinstance(error, ScenarioError):
            raise
        problem = Problem(f"the YAML cannot be read: {str(error)[:200]}", "check this line and its neighbours", file=file, line=reader.line)
        raise ScenarioError([*reader.problems, problem]) from None
    if not isinstance(data, dict):
        kind = "empty" if data is None else "a list" if isinstance(data, list) else f"a single value, '{str(data)[:40]}'"
        mend = "begin with the line schema: 1; `tco new` writes a whole scenario to start from"
        raise ScenarioError([*reader.problems, Problem(f"the file is {kind}, not a mapping", mend, file=file, line=1)])
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Source(cast("dict[str, Any]", data), reader.places, file)


def _decode(text: str | bytes, file: str) -> str:
    if len(text) > MAX_BYTES:
        raise ScenarioError(
            Problem(
                f"the file holds more than {MAX_BYTES:,} bytes, the most that are read",
                "a scenario is a few hundred lines: is this the right file?",
                file=file,
            )
        )
    decoded = text if isinstance(text, str) else _from_bytes(text, file)
    if "\x00" in decoded:
        line = decoded[: decoded.index("\x00")].count("\n") + 1
        raise ScenarioError(Problem("the file holds binary data (a NUL character)", "give a YAML text file in UTF-8", file=file, line=line))
    return decoded


def _from_bytes(text: bytes, file: str) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = "UTF-16" if text.startswith((b"\xff\xfe", b"\xfe\xff")) else f"no text in UTF-8 (byte 0x{text[error.start]:02X})"
        line = text[: error.start].count(b"\n") + 1
        mend = "save it as UTF-8 text; a spreadsheet or an archive cannot be read here"
        raise ScenarioError(Problem(f"the file is {said}", mend, file=file, line=line)) from None


def _yaml_problem(error: YAMLError, text: str, file: str) -> Problem:
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (int(mark.line) + 1, int(mark.column) + 1) if mark is not None else (0, 0)
    said = str(getattr(error, "problem", None) or str(error).split("\n")[0])
    mend = "check quotes, brackets and the indentation of this line and the one above"
    if getattr(error, "character", None) is not None:
        position = int(getattr(error, "position", 0))
        line = text[:position].count("\n") + 1
        said, mend = f"a control character ({text[position : position + 1]!r})", "delete it; paste as plain text"
    elif "\\t" in said or "tab" in said.split():
        mend = "indent with spaces, never with tabs"
    elif "mapping values are not allowed" in said:
        mend = "quote a text that holds ': ', and check the indentation of this line and the one above"
    elif "cannot start any token" in said:
        mend = "quote a text that starts with @, `, % or another sign"
    return Problem(f"this is not valid YAML: {said}", mend, file=file, line=line, column=column)


@dataclass(frozen=True, slots=True)
class _Part:
    """One event of the YAML parser, as plain data."""

    kind: Literal["scalar", "mapping", "list", "end", "alias", "document"]
    text: str
    plain: bool
    tag: str
    anchor: bool
    place: Place


_KINDS: dict[type, Literal["scalar", "mapping", "list", "end", "alias", "document"]] = {
    events.ScalarEvent: "scalar",
    events.MappingStartEvent: "mapping",
    events.SequenceStartEvent: "list",
    events.MappingEndEvent: "end",
    events.SequenceEndEvent: "end",
    events.AliasEvent: "alias",
    events.DocumentStartEvent: "document",
}


def _parts(text: str) -> Iterator[_Part]:
    """Yield the parts of a YAML text as they are read; the parser's own types stay in this function."""
    parser: Any = YAML(typ="safe", pure=True)
    found: Iterator[Any] = parser.parse(text)
    for event in found:
        kind = _KINDS.get(event.__class__)
        if kind is not None:
            tag = getattr(event, "tag", None)
            plain = kind == "scalar" and not event.style
            place = event.start_mark.line + 1, event.start_mark.column + 1
            yield _Part(kind, getattr(event, "value", ""), plain, str(tag or ""), bool(getattr(event, "anchor", None)), place)


class _Reader:
    """Builds plain data part by part, so that depth, aliases and tags are refused before they cost anything."""

    def __init__(self, file: str) -> None:
        self.file, self.line, self.values = file, 1, 0
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def read(self, parts: Iterator[_Part]) -> Any:
        data, documents = None, 0
        for part in parts:
            if part.kind != "document":
                data = self._value(part, parts, ())
                continue
            documents += 1
            if documents > 1:
                self._refuse(part, (), "the file holds more than one document", "one decision, one file: split it at '---'")
        return data

    def _value(self, part: _Part, parts: Iterator[_Part], path: Path) -> Any:
        self._check(part, path)
        self.places.setdefault(path, part.place)
        if part.kind == "mapping":
            return self._mapping(parts, path)
        if part.kind == "list":
            return self._list(parts, path)
        return self._scalar(part, path)

    def _mapping(self, parts: Iterator[_Part], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (part := next(parts)).kind != "end":
            self._check(part, path)
            if part.kind != "scalar":
                self._refuse(part, path, "a key must be a plain word", "write 'key: value'; quote a value that holds { or [")
            key = part.text
            if key == "<<":
                self._refuse(part, (*path, key), "merge keys (<<) are not read", "write the values out")
            if key in found:
                first = self.places[(*path, key)][0]
                self._note(part, (*path, key), f"the key '{key[:60]}' stands twice", f"keep one of them; the first is on line {first}")
            self.places[(*path, key)] = part.place
            found[key] = self._value(next(parts), parts, (*path, key))
        return found

    def _list(self, parts: Iterator[_Part], path: Path) -> list[Any]:
        found: list[Any] = []
        while (part := next(parts)).kind != "end":
            found.append(self._value(part, parts, (*path, len(found))))
        return found

    def _scalar(self, part: _Part, path: Path) -> Any:
        if not part.plain:
            return part.text
        try:
            return read_scalar(part.text)
        except ScalarError as error:
            self._note(part, path, error.message, error.mend)
            return part.text

    def _check(self, part: _Part, path: Path) -> None:
        self.line = part.place[0]
        self.values += 1
        if part.kind == "alias" or part.anchor:
            mend = "write the value out, or name it under 'inputs:' and refer to it as '= name'; quote a text that starts with & or *"
            self._refuse(part, path, "anchors and aliases (& and *) are not read", mend)
        if part.tag:
            self._refuse(part, path, f"the tag {part.tag[:60]} is not read", "leave the tag out; quote a text that starts with !")
        if len(path) > MAX_DEPTH:
            self._refuse(part, path[:5], f"the file is nested more than {MAX_DEPTH} levels deep", "such a file needs fewer than ten")
        if self.values > MAX_VALUES:
            self._refuse(part, path, f"the file holds more than {MAX_VALUES:,} keys and values", "such a file needs a few hundred")
        if len(part.text) > MAX_SCALAR:
            self._refuse(part, path, f"a text of {len(part.text):,} characters", f"shorten it to {MAX_SCALAR:,}, the most that are read")

    def _note(self, part: _Part, path: Path, message: str, mend: str) -> None:
        self.problems.append(Problem(message, mend, dotted(path)[:200], part.text[:200], self.file, *part.place))

    def _refuse(self, part: _Part, path: Path, message: str, mend: str) -> None:
        self._note(part, path, message, mend)
        raise ScenarioError(self.problems)
