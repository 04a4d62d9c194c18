"""Turns the text of a JSON file into its values, one at a time, each with its line, so that no file is held in memory as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TextIO

from tco_model.actuals.export_file import LONGEST_LINE, Export, refuse

CHUNK = 1 << 16
MOST_DEEP = 200
"""Levels of lists and objects within one another that are read; how many an interpreter bears differs by its version."""
TOO_DEEP = "it is nested too deep"
_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a file: the line where it begins, what it holds, or why it cannot be taken, and the text it was read from."""

    line: int
    held: Any
    reason: str
    raw: str


def parsed(text: str) -> Any:
    """Read JSON with exact numbers.

    Raises:
        ValueError: it is none, nested too deep, holds a key twice, NaN, or a number beyond all bounds.
    """
    try:
        found = _EXACT.decode(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if _is_deep(found, text, 0, len(text)):
        raise ValueError(TOO_DEEP)
    return found


def _is_deep(found: Any, text: str, start: int, end: int) -> bool:
    """Say whether a value is nested beyond `MOST_DEEP`; of most the brackets in its text are too few to look."""
    if text.count("[", start, end) + text.count("{", start, end) <= MOST_DEEP:
        return False
    level = _nested([found])
    for _ in range(MOST_DEEP):
        level = [child for one in level for child in _nested(one.values() if isinstance(one, dict) else one)]
        if not level:
            return False
    return True


def _nested(values: Iterable[Any]) -> list[dict[str, Any] | list[Any]]:
    return [one for one in values if isinstance(one, dict | list)]


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _exact(word: str) -> Decimal:
    try:
        return Decimal(word)
    except InvalidOperation:
        raise ValueError(f"{word[:40]} is no number") from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Take the pairs of an object; of a key that stands twice nobody knows which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"the key '{twice[:60]}' stands twice")
    return found


_EXACT = json.JSONDecoder(parse_float=_exact, parse_constant=_no_constant, object_pairs_hook=_once)
_LENIENT = json.JSONDecoder(parse_int=str)
"""Reads to the end of a value that `_EXACT` does not take."""


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "a number of thousands of digits" if "integer string conversion" in str(error) else str(error)


def json_lines(export: Export) -> Iterator[Value]:
    """Yield each line that is not empty as a value."""
    with export.plain.open(encoding="utf-8-sig") as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                _too_long(export, number)
            if line.strip():
                yield _value(line, number)


def _value(line: str, number: int) -> Value:
    try:
        return Value(number, parsed(line), "", line)
    except ValueError as error:
        return Value(number, None, f"no JSON: {_reason(error)}", line)


def json_values(export: Export) -> Iterator[Value]:
    """Yield the values of a list, or the one value of a document.

    Raises:
        ScenarioError: the file is no whole JSON document, or one value is beyond `LONGEST_LINE`.
    """
    with export.plain.open(encoding="utf-8-sig") as stream:
        text = _Window(export, stream)
        text.skip_blanks()
        if text.peek() != "[":
            yield text.value()
        else:
            text.skip(1)
            yield from _listed(text)
        text.skip_blanks()
        if text.peek():
            text.refuse("more follows after its end")


def _listed(text: _Window) -> Iterator[Value]:
    text.skip_blanks()
    if text.peek() == "]":
        text.skip(1)
        return
    while True:
        text.skip_blanks()
        yield text.value()
        text.skip_blanks()
        mark = text.peek()
        if mark not in {",", "]"}:
            text.refuse("a list goes on with a comma or ends with ]" if mark else "it breaks off within a list")
        text.skip(1)
        if mark == "]":
            return


class _Window:
    """The part of a file that is being read."""

    def __init__(self, export: Export, stream: TextIO) -> None:
        self.export, self.stream = export, stream
        self.held, self.place, self.line, self.ended = "", 0, 1, False
        self.before = 0
        """Characters of the present line that are held no more."""

    def _more(self, size: int = CHUNK) -> None:
        fresh = self.stream.read(size)
        self.ended = not fresh
        end = self.held.rfind("\n", 0, self.place)
        self.before = self.place - end - 1 if end >= 0 else self.before + self.place
        self.held, self.place = self.held[self.place :] + fresh, 0

    def skip(self, count: int) -> None:
        """Go on by some characters."""
        self.line += self.held.count("\n", self.place, self.place + count)
        self.place += count

    def skip_blanks(self) -> None:
        """Go on to the next character that is not blank."""
        while True:
            match = _BLANK.match(self.held, self.place)
            self.skip(match.end() - self.place if match else 0)
            if self.place < len(self.held) or self.ended:
                return
            self._more()

    def peek(self) -> str:
        """Return the next character; empty at the end."""
        return self.held[self.place : self.place + 1]

    def value(self) -> Value:
        """Return the value that begins here; more of the file is read until it is whole."""
        while True:
            line, reason, end = self.line, "", 0
            held: Any = None
            try:
                held, end = self._decode(_EXACT)
                if _is_deep(held, self.held, self.place, end):
                    self.refuse(TOO_DEEP)
            except json.JSONDecodeError as error:
                if self.ended:
                    self.refuse(error.msg, error.pos)
            except ValueError as error:
                reason = _reason(error)
                end = self._end_of_spoiled()
            if end and end - self.place <= LONGEST_LINE and (self.ended or end < len(self.held)):
                raw = self.held[self.place : min(end, self.place + 2000)]
                self.skip(end - self.place)
                return Value(line, held, reason, raw)
            if max(end, len(self.held)) - self.place > LONGEST_LINE:
                _too_long(self.export, self.line)
            self._more(max(CHUNK, len(self.held) - self.place))

    def _decode(self, decoder: json.JSONDecoder) -> tuple[Any, int]:
        try:
            return decoder.raw_decode(self.held, self.place)
        except RecursionError:
            self.refuse(TOO_DEEP)

    def _end_of_spoiled(self) -> int:
        try:
            return self._decode(_LENIENT)[1]
        except json.JSONDecodeError as error:
            if self.ended:
                self.refuse(error.msg, error.pos)
            return 0

    def refuse(self, message: str, place: int | None = None) -> NoReturn:
        """Refuse the file at a place."""
        at = self.place if place is None else place
        line = self.line + self.held.count("\n", self.place, at)
        end = self.held.rfind("\n", 0, at)
        column = at - end if end >= 0 else self.before + at + 1
        refuse(self.export.path, f"is no whole JSON document: {message}", "fetch it again, whole", line=line, column=column)


def _too_long(export: Export, line: int) -> NoReturn:
    message = f"one value is longer than {LONGEST_LINE >> 20} MiB"
    refuse(export.path, message, "export one record a line (JSON lines), or in smaller pages", line=line)
