"""Turns the catalogue of cost lines, demand classes and fleets into the model reference: one Markdown page, made from the code alone."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from tco_model.exporters.catalogue_text import catalogue
from tco_model.expr.ops import FUNCTIONS, OPS
from tco_model.expr.render import words
from tco_model.lines.catalogue import KINDS, LINES
from tco_model.lines.graph import SETTINGS, graph_of, unit_of
from tco_model.lines.registry import CATEGORIES, CostLine, Figure, Kind

HEAD = """\
# Model reference

What each cost line, demand class and fleet computes, made from the code by `tco docs`. A formula is written once, as the function of that
name in the file that its entry links to; NumPy evaluates it, the workbook recalculates it, and here it is in words. Money is what goes out,
positive, in the currency of the scenario, for which `USD` stands; a month is 730 hours.

A parameter is written under its name in the entry of the line (or of its demand class or fleet); one that has a default may be left out. A
default without a source is an assumption, and a report lists it as one. *Computed* is what the demand class or fleet of the entry offers.
"""
FOLDER = "tco_model/lines"
"""Where the page lies, beside the code that it links to."""


def reference() -> str:
    """Return the page."""
    parts = [HEAD]
    for category in (*CATEGORIES, None):
        parts.append(f"## {(category or 'any category').capitalize()}\n")
        parts += [_line(line) for line in LINES if line.category == category]
    parts.append("## Demand classes and fleets\n")
    parts += [_kind(kind) for kind in KINDS]
    parts.append(_operations())
    return "\n".join(parts)


def _line(line: CostLine) -> str:
    said = [
        "paid once and spread over the months of its phases" if line.one_off else "",
        "follows inflation in a nominal scenario" if line.escalates else "",
        "shown beside the cash view and left out of every sum" if line.memo else "",
    ]
    notes = "; ".join(one for one in said if one)
    entry = catalogue(line.name)[0]
    return "\n".join(
        [f"### {line.name}\n", *_about(line), *([f"{notes.capitalize()}.\n"] if notes else []), *_formula(line), *_asked(entry)]
    )


def _kind(kind: Kind) -> str:
    summary = html.escape(kind.summary, quote=False)
    lines = [f"### {kind.name}\n", f"In `{kind.section}`: {summary}.\n"]
    for figure in kind.drivers:
        first, *rest = _about(figure)
        lines += [f"`{figure.name}`: {first}", *rest, *_formula(figure)]
    return "\n".join([*lines, *_asked(catalogue(kind.name)[0])])


def _about(figure: Figure) -> list[str]:
    """Return the docstring as paragraphs, and where it stands."""
    paragraphs = (inspect.getdoc(figure.function) or "").split("\n\n")
    file = PurePosixPath(inspect.getsourcefile(figure.function) or "").name
    return [*(f"{' '.join(one.split())}\n" for one in paragraphs), f"Source: [`{figure.function.__name__}`]({file}).\n"]


def _formula(figure: Figure) -> list[str]:
    examples = [f"{name} of {SETTINGS[name]} months" for name in figure.parameters if name in SETTINGS]
    shown = f"spelled for a {', '.join(examples)}:\n" if examples else ""
    return [*([shown.capitalize()] if shown else []), f"> {figure.name} = {words(graph_of(figure), {})}\n"]


def _asked(entry: dict[str, object]) -> list[str]:
    asked: Iterable[dict[str, str]] = entry["parameters"]  # type: ignore[assignment]
    rows = [[f"`{one['name']}`", f"`{one['unit'] or unit_of(one['name']).shown}`", _default(one), one["meaning"]] for one in asked]
    return [*_table(("Parameter", "Unit", "Default", "Meaning"), rows), ""]


def _default(parameter: dict[str, str]) -> str:
    if parameter["from"] != "the entry":
        return f"*{parameter['from']}*"
    return str(parameter.get("default") or "")


def _operations() -> str:
    found = {name: OPS[function.__name__] for name, function in FUNCTIONS.items()}
    rows = [[f"`{name}`", _letters(op.words), f"`{_letters(op.excel)}`"] for name, op in found.items()]
    return "\n".join(["## Functions of a formula\n", *_table(("Function", "In words", "In a workbook"), rows), ""])


def _letters(template: str) -> str:
    """Return a template of the table of operations with a, b, c for its arguments, and n months where it spans some."""
    spans = {
        "span": "n months",
        "row": "a, first to this month",
        "window": "a, last n months",
        "all": "a, all months",
        "lagged": "a, n months up",
    }
    return re.sub(r"\{(\w+)\}", lambda found: "abc"[int(found[1])] if found[1].isdigit() else spans[found[1]], template)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
