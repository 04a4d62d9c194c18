"""Turns an edit of one field into the scenario's text with everything else as it was, to the byte.

Only the characters of the field change: comments, order, empty lines, brackets, line breaks and a byte-order mark stay, and so do quotes
that somebody chose; quotes that only the old value needed go with it. Each
function takes the text of a file and returns another; nothing is written but by `save`. A text is returned only after `load.loads` has
accepted it, and after what it says has been compared, field by field, with what it said before: the field that was set differs and no
other. Anchors, aliases and merge keys are refused by the reader, so no edit can change a second place.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from tco_model.errors import ScenarioError
from tco_model.scenario.edit_notes import set_note, set_notes
from tco_model.scenario.edit_variants import add_variant, remove_variant
from tco_model.scenario.layout import Entry, Node, entry_at, find, line_break, line_start, read_layout
from tco_model.scenario.notes import shown
from tco_model.scenario.overrides import overridden
from tco_model.scenario.page import (
    UNREADABLE,
    WHAT_IT_IS,
    Accept,
    Attempt,
    Page,
    at,
    first_accepted,
    in_brackets,
    is_quantity,
    with_value,
    words,
)
from tco_model.scenario.saved import fingerprint, read_text, save
from tco_model.scenario.source import Path, read_source
from tco_model.scenario.splice import has_comment, replaced, with_entry, with_section, without_entry

__all__ = ["add_variant", "difference", "fingerprint", "read_text", "remove_variant", "save", "set_note", "set_notes", "set_value"]


def set_value(text: str, path: str, literal: str, *, file: str = "scenario.yaml", accept: Accept | None = None) -> str:
    """Return the text with one field set, all other characters as they were.

    Args:
        text: a scenario file; it may hold an error that this edit mends.
        path: the field by its dotted path, as `load` takes in its overrides: ``inputs.cases``, ``options.managed.token.chat.input_price``,
            ``correlations.0.rank``. Where the field is a mapping with `value:`, its value is set and source and note stay.
        literal: the value as people write it: ``62% to 71%``, ``1.2M requests/month``, ``= cases * 2``; a mapping or a list in brackets.
        file: name of the file in messages.
        accept: a further check of the scenario the edit leads to.

    Raises:
        ScenarioError: a path that leads nowhere, a value the field cannot take, or an edit after which the scenario does not hold
            together; each problem at the edited line, with the move that mends it.
    """
    page = Page.read(text, file, path, literal, accept)
    found, node, rest = find(page.root, path.split("."))
    if rest:
        return first_accepted(page, _absent(page, found, node, rest, literal))
    if is_quantity(node):
        return _set_quantity(page, found, node, literal)
    parent, entry = entry_at(page.root, found)
    attempts = words(page, literal, node) if node.kind == "scalar" else [_replacement(page, parent, entry, literal)]
    return first_accepted(page, [(replaced(text, entry, written), with_value(page.data, found, value)) for written, value in attempts])


def _absent(page: Page, path: Path, node: Node, rest: list[str], literal: str) -> list[Attempt]:
    """Return the ways to add a field that the file leaves out; a name of the user's own is not invented.

    Raises:
        ScenarioError: as for an override of that path.
    """
    try:
        overridden(read_source(page.text, page.file), {page.field: literal})
    except ScenarioError as error:
        raise page.refuse(error.problems[0].message, error.problems[0].mend, node) from None
    new = Node("scalar", 0, 0, 0, bracketed=bool(node.style) or node.bracketed or node.kind != "mapping" or len(rest) > 1)
    found: list[Attempt] = []
    for written, value in words(page, literal, new):
        line, put = f"{rest[-1]}: {written}", value
        for name in reversed(rest[:-1]):
            line, put = f"{name}: {{{line}}}", {rest[rest.index(name) + 1]: put}
        key: Path = (*path, rest[0])
        if node.kind == "mapping":
            add = with_section if node is page.root and not node.style else None
            text = add(page.text, node, [line]) if add else with_entry(page.text, node, [line], page.step)
            found.append((text, with_value(page.data, key, put)))
        else:
            text = replaced(page.text, entry_at(page.root, path)[1], f"{{{line}}}")
            found.append((text, with_value(page.data, path, {rest[0]: put})))
    return found


def _replacement(page: Page, parent: Node, entry: Entry, literal: str) -> tuple[str, Any]:
    """Return what to write in place of a whole mapping or list.

    Raises:
        ScenarioError: a value where keys stand, or comments that would be lost.
    """
    node = entry.value
    if not literal.strip().startswith(("{", "[")):
        names = ", ".join(f"{page.field}.{one.name}" for one in node.entries[:6])
        raise page.refuse(f"'{page.field}' holds keys, not one value", f"set one of them: {names}", node)
    if has_comment(page.text, entry.key_end, node) or (parent.kind == "list" and not node.style):
        raise page.refuse(f"'{page.field}' holds comments, which would be lost", "set its keys one by one, or edit the file", node)
    return in_brackets(page, literal.strip())


def _set_quantity(page: Page, path: Path, node: Node, literal: str) -> str:
    """Set a quantity that is written as a mapping: its value alone, or what is given in brackets in place of value or path."""
    if not literal.strip().startswith("{"):
        entry = node.get("value")
        if entry is None or entry.value.kind != "scalar":
            raise _needs_a_key(page, node, literal)
        ways = words(page, literal, entry.value)
        return first_accepted(
            page, [(replaced(page.text, entry, written), with_value(page.data, (*path, "value"), value)) for written, value in ways]
        )
    line, given = in_brackets(page, literal.strip())
    if given is UNREADABLE:
        return first_accepted(page, [(replaced(page.text, entry_at(page.root, path)[1], line), {})])
    shape = f"value: {line}"
    inner = read_layout(shape).entries[0].value
    kept = {key: value for key, value in at(page.data, path).items() if key not in WHAT_IT_IS and key not in given}
    if not given:
        raise page.refuse("an empty mapping is no quantity", "write {value: …} or {start: …, growth: …}", node)
    lines = [shape[entry.start : entry.value.end] for entry in inner.entries]
    return first_accepted(page, [(_exchanged(page, path, given, lines), with_value(page.data, path, kept | given))])


def _exchanged(page: Page, path: Path, given: Mapping[str, Any], lines: list[str]) -> str:
    """Put entries in place of those that say what a quantity is; where it comes from stays."""
    text, node = page.text, entry_at(page.root, path)[1].value
    going = [entry.name for entry in node.entries if entry.name in WHAT_IT_IS or entry.name in given]
    for name in going[1:]:
        parent, entry = entry_at(read_layout(text), (*path, name))
        text = without_entry(text, parent, entry)
    parent, entry = entry_at(read_layout(text), (*path, going[0]))
    start = line_start(text, entry.start)
    between = ", " if parent.style else line_break(text, entry.start) + text[start : entry.start]
    return text[: entry.start] + between.join(lines) + text[entry.value.end :]


def _needs_a_key(page: Page, node: Node, literal: str) -> ScenarioError:
    """Return the error of one value for what is a path or a listed price."""
    names = [entry.name for entry in node.entries if entry.name in WHAT_IT_IS]
    ways = " or ".join(f"{page.field}.{name}" for name in names)
    what = "a price of the tables" if "list" in names else "a path over time"
    mend = f"set {ways}, or write {{value: {shown(literal)}}} to put one value in its place"
    return page.refuse(f"'{page.field}' is {what}, not one value", mend, node)


def difference(before: str, after: str, name: str = "scenario.yaml") -> str:
    """Return the unified diff of two texts, as `patch` reads it; nothing where they are the same.

    Line breaks belong to the lines, so a file with CRLF gives lines that end in CR.
    """
    one, other = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (before, after))
    lines = difflib.unified_diff(one, other, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
