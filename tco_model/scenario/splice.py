"""Turns a place in a YAML text and what shall stand there into the text with nothing else moved: replace, append or take out an entry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tco_model.scenario.layout import Entry, Node, indentation_step, line_break, line_end, line_start, read_layout
from tco_model.scenario.written import quoted, stays_plain


def replaced(text: str, entry: Entry, written: str) -> str:
    """Put other characters in place of a value; a collection without brackets moves up behind its key."""
    value = entry.value
    below = value.kind != "scalar" and not value.style
    space = " " if below or value.is_empty else ""
    start = text.index(":", entry.key_end) + 1 if below else value.start
    return text[:start] + space + written + text[value.end :]


def with_entry(text: str, parent: Node, lines: Sequence[str], step: int) -> str:
    """Append an entry to a mapping: behind its last one in brackets, else on lines of its own.

    Args:
        text: the YAML text.
        parent: a mapping, or a key without a value.
        lines: the entry, indented from column 0; in brackets it must be one line.
        step: columns by which the file indents, for a key that has nothing below it yet.
    """
    if parent.style == "{":
        return _in_brackets(text, parent, lines)
    if not parent.entries:
        start = line_start(text, parent.start)
        margin = re.match(r"\s*", text[start:])
        return _below(text, parent.end, (margin[0] if margin else "") + " " * step, lines)
    first = parent.entries[0]
    before = text[line_start(text, first.start) : first.start]
    return _below(text, parent.end, before if not before.strip() else " " * parent.column, lines)


def _in_brackets(text: str, parent: Node, lines: Sequence[str]) -> str:
    written = ", ".join(lines)
    if not parent.entries:
        return f"{text[: parent.start]}{{{written}}}{text[parent.end :]}"
    last = parent.entries[-1].value.end
    comma = re.match(r"\s*,", text[last : parent.end])
    place = last + comma.end() if comma else last
    return text[:place] + (" " if comma else ", ") + written + text[place:]


def _below(text: str, place: int, margin: str, lines: Sequence[str]) -> str:
    end, ending = line_end(text, place), line_break(text, place)
    return text[:end] + "".join(f"{ending}{margin}{line}" for line in lines) + text[end:]


def with_section(text: str, root: Node, lines: Sequence[str]) -> str:
    """Append a section at the end of the file, set off by an empty line where the section before it is."""
    last = root.entries[-1]
    above = text[: line_start(text, last.start)].splitlines()
    while above and above[-1].startswith("#"):
        above.pop()
    apart = bool(above) and not above[-1].strip()
    return _below(text, root.end, "", ["", *lines] if apart else lines)


def without_entry(text: str, parent: Node, entry: Entry) -> str:
    """Take an entry out of a mapping, with its lines where it has lines of its own; comments above it stay."""
    if parent.style:
        return _out_of_brackets(text, parent, entry)
    start, end = line_start(text, entry.start), line_end(text, entry.value.end)
    if text[start : entry.start].strip():
        start = entry.start
    after = end + len(line_break(text, end)) if end < len(text) else end
    if after == end:
        start = len(text[:start].removesuffix("\n").removesuffix("\r"))
    return text[:start] + text[after:]


def _out_of_brackets(text: str, parent: Node, entry: Entry) -> str:
    position = parent.entries.index(entry)
    if position + 1 < len(parent.entries):
        return text[: entry.start] + text[parent.entries[position + 1].start :]
    start = parent.entries[position - 1].value.end if position else entry.start
    return text[:start] + text[entry.value.end :]


def without_section(text: str, root: Node, entry: Entry) -> str:
    """Take a section out, with the empty line that set it off where another empty line or the end of the file follows."""
    start = line_start(text, entry.start)
    shorter = without_entry(text, root, entry)
    follows = shorter[start : line_end(shorter, start)] if start < len(shorter) else ""
    above = shorter[:start].splitlines(keepends=True)
    if not follows.strip() and len(above) > 1 and not above[-1].strip():
        return "".join(above[:-1]) + shorter[start:]
    return shorter


def as_mapping_with_value(text: str, entry: Entry, added: str, *, in_brackets: bool, step: int) -> str:
    """Turn ``key: 5`` into ``key: {value: 5, …}``, or into a block with `value:` below the key; a comment behind it stays in its line."""
    value = entry.value
    said = text[value.start : value.end]
    if value.style in ("|", ">") or (in_brackets and not value.style and not stays_plain(said, bracketed=True)):
        said = quoted(value.text)
    if in_brackets:
        return replaced(text, entry, f"{{value: {said}, {added}}}")
    start = line_start(text, entry.start)
    margin = text[start : entry.start] + " " * step
    ending = line_break(text, value.end)
    longer = f"{text[: entry.key_end]}:{ending}{margin}value: {said}{text[value.end :]}"
    return _below(longer, entry.key_end + len(f":{ending}{margin}value: {said}"), margin, [added])


def has_comment(text: str, start: int, node: Node) -> bool:
    """Say whether a comment stands between `start` and the end of a value."""
    spans: list[tuple[int, int]] = []
    for one in node.walk():
        spans += [(entry.start, entry.key_end) for entry in one.entries]
        spans += [(one.start, one.end)] if one.kind == "scalar" else []
    place, between = start, ""
    for first, last in sorted(spans):
        between += text[place:first]
        place = max(place, last)
    return "#" in between + text[place : node.end]


def layout_with_step(text: str) -> tuple[Node, int]:
    """Return the layout of a text and the columns by which it indents."""
    root = read_layout(text)
    return root, indentation_step(root)
