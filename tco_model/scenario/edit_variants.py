"""Turns a named set of changes into a variant at the end of a scenario's text, and takes one out again."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tco_model.scenario.changes import SECTIONS
from tco_model.scenario.layout import Node, entry_at
from tco_model.scenario.load import applied
from tco_model.scenario.notes import as_mapping, nearest
from tco_model.scenario.page import Accept, Page, accepted, words
from tco_model.scenario.schema import Scenario
from tco_model.scenario.splice import replaced, with_entry, with_section, without_entry, without_section
from tco_model.scenario.written import written_text

_BRACKETS = Node("scalar", 0, 0, 0, bracketed=True)
Lines = list[tuple[str, str]]


def add_variant(
    text: str,
    name: str,
    label: str,
    settings: Mapping[str, str],
    *,
    times: Mapping[str, str] | None = None,
    plus: Mapping[str, str] | None = None,
    note: str = "",
    stress: bool = False,
    file: str = "scenario.yaml",
    accept: Accept | None = None,
) -> str:
    """Return the text with a variant appended to `variants:`, which is made where the file has none; all other characters as they were.

    Args:
        text: a scenario file.
        name: small letters, digits and _; no lever and no other variant may have it.
        label: how it is shown; left out where it is empty.
        settings: values to put in place, by dotted path, as people write them: ``{"inputs.cases": "80k cases/month"}``.
        times: what to multiply fields by, by dotted path.
        plus: what to add to fields, by dotted path.
        note: where the variant comes from.
        stress: whether it is a case that an option should survive.
        file: name of the file in messages.
        accept: a further check of the scenario with the variant applied.

    Raises:
        ScenarioError: a taken name, a path that leads nowhere, a value its field cannot take, a variant that changes nothing.
    """
    page = Page.read(text, file, f"variants.{name}", name, accept)
    for section in SECTIONS:
        if name in as_mapping(page.data.get(section)):
            _, entry = entry_at(page.root, (section, name))
            message = f"'{name}' is already the name of a {section.removesuffix('s')}"
            raise page.refuse(message, f"choose another name, such as {name}_2, or take the old one out first", entry.value)
    changes = {"set": settings, "times": times or {}, "plus": plus or {}}
    lines, data = _variant(page, label, {kind: held for kind, held in changes.items() if held}, note, stress)
    before = copy.deepcopy(page.data)
    before["variants"] = {**as_mapping(before.get("variants")), name: data}

    def check(scenario: Scenario) -> None:
        changed = applied(scenario, [name])
        if accept is not None:
            accept(changed)

    return accepted(page.checked_by(check), _appended(page, name, lines), before)


def _variant(page: Page, label: str, changes: Mapping[str, Mapping[str, str]], note: str, stress: bool) -> tuple[Lines, dict[str, Any]]:
    """Return the keys of a variant with their values as they are written, and what they are read as."""
    lines, data = Lines(), dict[str, Any]()
    if label:
        lines.append(("label", written_text(label, bracketed=True, usual=page.quote)))
        data["label"] = label
    for kind, fields in changes.items():
        written = {field: words(page, value, _BRACKETS)[0] for field, value in fields.items()}
        parts = (f"{written_text(field, bracketed=True, usual=page.quote)}: {value}" for field, (value, _) in written.items())
        lines.append((kind, "{" + ", ".join(parts) + "}"))
        data[kind] = {field: value for field, (_, value) in written.items()}
    if stress:
        lines.append(("stress", "true"))
        data["stress"] = True
    if note:
        lines.append(("note", written_text(note, bracketed=True, usual=page.quote)))
        data["note"] = note
    return lines, data


def _appended(page: Page, name: str, lines: Lines) -> str:
    """Append a variant as the file writes the others: in brackets where they are, else with a line for each key."""
    key = written_text(name, bracketed=True, usual=page.quote)
    flat = f"{key}: {{{', '.join(f'{one}: {value}' for one, value in lines)}}}"
    margin = " " * page.step
    tall = [f"{key}:", *(f"{margin}{one}: {value}" for one, value in lines)] if lines else [flat]
    section = page.root.get("variants")
    if section is None and page.root.style:
        return with_entry(page.text, page.root, [f"variants: {{{flat}}}"], page.step)
    if section is None:
        return with_section(page.text, page.root, ["variants:", *(margin + line for line in tall)])
    node = section.value
    if node.kind != "mapping" and not node.is_empty:
        return replaced(page.text, section, f"{{{flat}}}")
    in_brackets = bool(node.style) or (bool(node.entries) and bool(node.entries[-1].value.style))
    return with_entry(page.text, node, [flat] if in_brackets else tall, page.step)


def remove_variant(text: str, name: str, *, file: str = "scenario.yaml", accept: Accept | None = None) -> str:
    """Return the text without a variant, and without `variants:` where it was the last one; comments above it stay.

    Raises:
        ScenarioError: there is no such variant.
    """
    page = Page.read(text, file, f"variants.{name}", name, accept)
    known = as_mapping(page.data.get("variants"))
    if name not in known:
        section = page.root.get("variants")
        raise page.refuse(f"there is no variant '{name}'", nearest(name, known, "variants"), section.value if section else None)
    data = copy.deepcopy(page.data)
    del data["variants"][name]
    _, section = entry_at(page.root, ("variants",))
    if data["variants"]:
        return accepted(page, without_entry(text, *entry_at(page.root, ("variants", name))), data)
    del data["variants"]
    shorter = without_entry(text, page.root, section) if page.root.style else without_section(text, page.root, section)
    return accepted(page, shorter, data)
