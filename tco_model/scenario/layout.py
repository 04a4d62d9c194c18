"""Turns YAML text that has been read into where each key and value of it stands, to the character, so that one can be replaced.

The text must have passed `source.read_source`: no anchors, aliases, tags, merge keys or second documents are looked for here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ruamel.yaml import YAML, events

from tco_model.scenario.source import Path

NodeKind = Literal["scalar", "mapping", "list"]
USUAL_STEP = 2
"""Columns a level is indented by where the file does not show it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value: characters `start` up to but not including `end` of the text, without the blank lines and comments that follow."""

    kind: NodeKind
    start: int
    end: int
    column: int
    """Column from 0 of its first character; of its first key where it is a block mapping."""
    style: str = ""
    """A scalar's ``"``, ``'``, ``|`` or ``>``; of a collection ``{`` or ``[`` where it is written in brackets; else nothing."""
    bracketed: bool = False
    """It stands inside the brackets of another value."""
    text: str = ""
    entries: tuple[Entry, ...] = ()

    def get(self, key: str | int) -> Entry | None:
        """Return the entry of a key, or of a position in a list; None where there is none."""
        if self.kind == "list":
            return self.entries[int(key)] if str(key).isdecimal() and int(key) < len(self.entries) else None
        return next((entry for entry in self.entries if entry.name == key), None)

    @property
    def is_empty(self) -> bool:
        """True of a key without a value: nothing is written behind its colon."""
        return self.kind == "scalar" and self.start == self.end

    def walk(self) -> Iterator[Node]:
        """Yield this value and every value inside it."""
        yield self
        for entry in self.entries:
            yield from entry.value.walk()


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping with its value, or a place of a list with its value."""

    name: str
    start: int
    """First character of the key, or of the value where there is no key."""
    key_end: int
    value: Node


@dataclass(frozen=True, slots=True)
class Part:
    """One event of the YAML parser: a scalar, the start of a collection, or the end of one."""

    kind: Literal["scalar", "mapping", "list", "end"]
    start: int
    end: int
    column: int
    text: str = ""
    style: str = ""
    flow: bool = False
    marked: bool = False
    """It carries a tag or an anchor."""


_KINDS: dict[type, Literal["scalar", "mapping", "list", "end"]] = {
    events.ScalarEvent: "scalar",
    events.AliasEvent: "scalar",
    events.MappingStartEvent: "mapping",
    events.SequenceStartEvent: "list",
    events.MappingEndEvent: "end",
    events.SequenceEndEvent: "end",
}


def read_parts(text: str) -> Iterator[Part]:
    """Yield the parts of a YAML text as they are read; the parser's own types stay in this function."""
    parser: Any = YAML(typ="safe", pure=True)
    found: Iterator[Any] = parser.parse(text)
    for event in found:
        kind = _KINDS.get(event.__class__)
        if kind is not None:
            first, last = event.start_mark, event.end_mark
            said, style = str(getattr(event, "value", "")), str(getattr(event, "style", None) or "")
            marked = bool(getattr(event, "tag", None) or getattr(event, "anchor", None))
            yield Part(kind, first.index, last.index, first.column, said, style, bool(getattr(event, "flow_style", None)), marked)


def read_layout(text: str) -> Node:
    """Return where everything in a YAML text stands, the whole file as one value."""
    parts = read_parts(text)
    first = next(parts, None)
    return Node("scalar", len(text), len(text), 0) if first is None else _node(first, parts, text, bracketed=False, after=0)


def _node(part: Part, parts: Iterator[Part], text: str, *, bracketed: bool, after: int) -> Node:
    """Build the value that a part opens; `after` is the end of its key, where an empty value is taken to stand."""
    if part.kind == "scalar":
        start, end = part.start, part.start + len(text[part.start : part.end].rstrip())
        if start == end:
            start = end = text.find(":", after) + 1 or after
        return Node("scalar", start, end, part.column, part.style, bracketed, part.text)
    kind: NodeKind = "list" if part.kind == "list" else "mapping"
    entries, end = _entries(parts, text, is_list=kind == "list", bracketed=bracketed or part.flow)
    style = ("[" if kind == "list" else "{") if part.flow else ""
    end = end if part.flow or not entries else entries[-1].value.end
    return Node(kind, part.start, end, part.column, style, bracketed, entries=entries)


def _entries(parts: Iterator[Part], text: str, *, is_list: bool, bracketed: bool) -> tuple[tuple[Entry, ...], int]:
    """Read the entries of a collection up to its end; return them and the end."""
    found: list[Entry] = []
    while (part := next(parts)).kind != "end":
        name, start, key_end = (str(len(found)), part.start, part.start) if is_list else (part.text, part.start, part.end)
        value = _node(part if is_list else next(parts), parts, text, bracketed=bracketed, after=key_end)
        found.append(Entry(name, start, key_end, value))
    return tuple(found), part.end


def find(root: Node, words: list[str]) -> tuple[Path, Node, list[str]]:
    """Follow a dotted path as far as the text has it.

    A key may itself hold dots (``times: {inputs.tasks: 5}``): the longest key that fits is taken.

    Returns:
        The path that was found, the value there, and the words of the path that lead on from it.
    """
    path, node = list[str | int](), root
    while words:
        found = ((length, node.get(".".join(words[:length]))) for length in range(len(words), 0, -1))
        length, entry = next(((length, entry) for length, entry in found if entry is not None), (0, None))
        if entry is None:
            break
        path.append(int(entry.name) if node.kind == "list" else entry.name)
        node, words = entry.value, words[length:]
    return tuple(path), node, words


def line_start(text: str, place: int) -> int:
    """Return the first character of the line that holds a character."""
    return max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1


def line_end(text: str, place: int) -> int:
    """Return the place behind the last character of a line, before its line break."""
    ends = [end for end in (text.find("\n", place), text.find("\r", place)) if end >= 0]
    return min(ends, default=len(text))


def line_break(text: str, place: int) -> str:
    """Return the line break at the end of the line that holds a place, or the file's first one where the line has none."""
    for end in (line_end(text, place), line_end(text, 0)):
        if end < len(text):
            return "\r\n" if text.startswith("\r\n", end) else text[end]
    return "\n"


def line_number(text: str, place: int) -> int:
    """Return the number from 1 of the line that holds a character."""
    before = text[:place]
    return 1 + before.count("\n") + before.count("\r") - before.count("\r\n")


def indentation_step(root: Node) -> int:
    """Return by how many columns the file indents a level of keys: what it does most often."""
    steps: Counter[int] = Counter()
    for node in root.walk():
        blocks = [entry.value for entry in node.entries if entry.value.kind == "mapping" and not entry.value.style]
        if node.kind == "mapping":
            steps.update(block.column - node.column for block in blocks)
    return steps.most_common(1)[0][0] if steps else USUAL_STEP


def entry_at(root: Node, path: Path) -> tuple[Node, Entry]:
    """Return the entry at a path that the text has, and the collection that holds it.

    Raises:
        KeyError: the text has no such path.
    """
    parent, entry = root, None
    for key in path:
        parent = entry.value if entry is not None else root
        entry = parent.get(key)
        if entry is None:
            raise KeyError(path)
    if entry is None:
        raise KeyError(path)
    return parent, entry
