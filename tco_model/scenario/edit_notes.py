"""Turns the words about where a value comes from (source, address, date, note, owner) into the scenario's text with them in place."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tco_model.inputs.text import PROVENANCE_KEYS
from tco_model.scenario.layout import Entry, Node, entry_at, find
from tco_model.scenario.listed import LISTED_KEYS
from tco_model.scenario.notes import nearest
from tco_model.scenario.page import Accept, Attempt, Page, accepted, at, is_quantity, with_value
from tco_model.scenario.scalars import ScalarError, read_scalar
from tco_model.scenario.source import Path
from tco_model.scenario.splice import as_mapping_with_value, replaced, with_entry, without_entry
from tco_model.scenario.written import QUOTES, chosen_quotes, written_text


def set_note(text: str, path: str, field: str, value: str, *, file: str = "scenario.yaml", accept: Accept | None = None) -> str:
    """Return the text with one field of where a value comes from set; as `set_notes`."""
    return set_notes(text, path, {field: value}, file=file, accept=accept)


def set_notes(text: str, path: str, notes: Mapping[str, str], *, file: str = "scenario.yaml", accept: Accept | None = None) -> str:
    """Return the text with source, url, as_of, note or owner of a value set, all other characters as they were.

    A value written alone, ``cases: 20k cases/month``, becomes a mapping with `value:`, in brackets or below its key as the file does it.

    Args:
        text: a scenario file.
        path: the value, by its dotted path.
        notes: the new words by field; an empty one takes the field out. A source needs its `as_of` in the same edit or before it.
        file: name of the file in messages.
        accept: a further check of the scenario the edit leads to.

    Raises:
        ScenarioError: no such field, a path that leads nowhere, a source without a date, an address that is none; at the edited line.
    """
    page = Page.read(text, file, path, ", ".join(f"{field}: {value}" for field, value in notes.items()), accept)
    found, node, rest = find(page.root, path.split("."))
    if rest:
        mend = nearest(rest[0], [entry.name for entry in node.entries], "names here")
        raise page.refuse(f"there is no '{path}' in the scenario", mend, node)
    changed = page
    for field, words in notes.items():
        if field not in PROVENANCE_KEYS:
            raise page.refuse(f"'{field}' is no field of where a value comes from", nearest(field, PROVENANCE_KEYS, "fields"), node)
        changed = changed.followed_by(*_noted(changed, found, field, words.strip()))
    return accepted(page, changed.text, changed.data)


def _noted(page: Page, path: Path, field: str, words: str) -> Attempt:
    """Set, add or take out one field of where a value comes from."""
    _, entry = entry_at(page.root, path)
    node = entry.value
    if node.kind == "list" or node.is_empty:
        raise page.refuse(
            f"'{page.field}' is no value that has a source", "name an input, or a figure of a cost line or demand class", node
        )
    if field not in LISTED_KEYS and node.get("list") is not None:
        raise page.refuse(f"'{page.field}' is a price of the tables, which say its {field}", "set its note or owner", node)
    held = node.get(field) if node.kind == "mapping" else None
    if not words:
        return _unnoted(page, path, node, held)
    in_brackets = bool(node.style) or node.bracketed if node.kind == "mapping" else _wants_brackets(page, path, node)
    written, value = _note_words(page, field, words, held.value if held else Node("scalar", 0, 0, 0, bracketed=in_brackets), node)
    if node.kind == "scalar":
        text = as_mapping_with_value(page.text, entry, f"{field}: {written}", in_brackets=in_brackets, step=page.step)
        raw: Any = page.data
        for key in path:
            raw = raw[key]
        return text, with_value(page.data, path, {"value": raw, field: value})
    text = replaced(page.text, held, written) if held else with_entry(page.text, node, [f"{field}: {written}"], page.step)
    return text, with_value(page.data, (*path, field), value)


def _unnoted(page: Page, path: Path, node: Node, held: Entry | None) -> Attempt:
    if held is None:
        return page.text, page.data
    data = copy.deepcopy(page.data)
    del at(data, path)[held.name]
    return without_entry(page.text, node, held), data


def _note_words(page: Page, field: str, words: str, place: Node, node: Node) -> tuple[str, Any]:
    """Return how a note is written and read: a date as a date, everything else as text."""
    keep = chosen_quotes(place)
    if field == "as_of" and not keep:
        try:
            value = read_scalar(words)
        except ScalarError as error:
            raise page.refuse(error.message, error.mend, node) from None
        if not isinstance(value, str):
            return words, value
    return written_text(words, quote=keep, bracketed=place.bracketed, usual=place.style if place.style in QUOTES else page.quote), words


def _wants_brackets(page: Page, path: Path, node: Node) -> bool:
    """Say whether a new mapping goes in brackets: where it must, or where its neighbours or else the file's other values do."""
    parent, _ = entry_at(page.root, path)
    if node.bracketed or parent.kind == "list" or "\n" in page.text[node.start : node.end]:
        return True
    for place in (parent, page.root):
        blocks = [one for one in place.walk() if is_quantity(one)]
        if blocks:
            return 2 * sum(1 for one in blocks if one.style) >= len(blocks)
    return True
