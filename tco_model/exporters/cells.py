"""Decides where every input and figure of a model stands in a workbook, so that formulas can refer to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from tco_model.engine.inputs import IncidentCost, Incidents, Leaf
from tco_model.engine.model import Model
from tco_model.engine.outputs import option_outputs
from tco_model.expr.render import needs_row
from tco_model.expr.term import Term, walk

INPUTS, PATHS, FIGURES, SUMMARY = "Inputs", "Paths", "Model", "Summary"
VALUE, FIRST_MONTH = 3, 4
"""Columns of the sheet Model: the value of a figure without months (or the sum of one with), then one column a month."""


@dataclass(slots=True)
class Row:
    """One row of the sheet Model: a figure, its term and whether it has months."""

    name: str
    label: str
    term: Term
    months: bool

    @property
    def sums(self) -> bool:
        """True where the sum over the months means something: an amount a month."""
        return self.months and self.term.unit is not None and str(self.term.unit).endswith("/month")


@dataclass(slots=True)
class Layout:
    """Where every leaf and figure stands. Implements the cells that formulas are rendered against."""

    months: int
    inputs: dict[str, int] = field(default_factory=dict[str, int])
    paths: dict[str, int] = field(default_factory=dict[str, int])
    rows: list[Row] = field(default_factory=list[Row])
    row_of: dict[int, int] = field(default_factory=dict[int, int])
    spread_of: dict[int, int] = field(default_factory=dict[int, int])
    """Rows that repeat a figure without months over the months, for formulas that read a range."""

    def cell(self, term: Term, month: int) -> str | None:
        """Return the reference of a term for a month, or None where it has no cell of its own."""
        if term.op == "leaf" and term.name in self.inputs:
            return f"{INPUTS}!$C${self.inputs[term.name] + 1}"
        if term.op == "leaf" and term.name in self.paths:
            return f"{PATHS}!{xl_col_to_name(FIRST_MONTH + month)}${self.paths[term.name] + 1}"
        row = self.row_of.get(id(term))
        if row is None:
            return None
        return f"{xl_col_to_name(FIRST_MONTH + month)}{row + 1}" if self.rows[row - 1].months else f"$D${row + 1}"

    def row(self, term: Term, first: int, last: int) -> str:
        """Return the reference of a term's cells from one month to another."""
        low, high = xl_col_to_name(FIRST_MONTH + first), xl_col_to_name(FIRST_MONTH + last)
        if term.op == "leaf" and term.name in self.paths:
            sheet, row = f"{PATHS}!", self.paths[term.name] + 1
        else:
            sheet, row = "", self.spread_of.get(id(term), self.row_of.get(id(term), 0)) + 1
        return f"{sheet}${low}{row}" if first == last else f"{sheet}${low}{row}:{high}{row}"

    def named(self, name: str) -> int | None:
        """Return the place of a figure among the rows, from 1; None where there is none."""
        return next((place for place, row in enumerate(self.rows, start=1) if row.name == name), None)

    def add(self, row: Row) -> None:
        """Give a figure the next row."""
        self.rows.append(row)
        self.row_of.setdefault(id(row.term), len(self.rows))


def layout(model: Model) -> Layout:
    """Decide where every input and figure of a model stands."""
    found = Layout(model.months)
    outputs = [(graph, option_outputs(graph, model)) for graph in model.options]
    roots = [term for _, figures in outputs for term in figures.values()]
    reached = {id(node) for node in walk(*roots, *model.figures.values())}
    for leaf in model.leaves.values():
        if isinstance(leaf.content, Incidents) or id(model.leaf_terms[leaf.name]) not in reached:
            continue
        place = (
            found.paths
            if model.leaf_terms[leaf.name].shape.months and not isinstance(leaf.content, IncidentCost) and _has_months(leaf)
            else found.inputs
        )
        place[leaf.name] = len(place) + 1
    for name, term in _figures(model, outputs):
        _add_with_helpers(found, name, model.labels.get(name, ""), term)
    return found


def _has_months(leaf: Leaf) -> bool:
    return getattr(leaf.content, "shape", (1, 1))[1] > 1


def _figures(model: Model, outputs: Iterable[tuple[Any, Mapping[str, Term]]]) -> list[tuple[str, Term]]:
    """List the figures in reading order: timeline, demand, then each option down to its totals."""
    found = [
        (name, term) for name, term in model.figures.items() if term.op not in ("leaf", "constant") and not name.startswith("options.")
    ]
    found += [(leaf.name, model.leaf_terms[leaf.name]) for leaf in model.leaves.values() if isinstance(leaf.content, Incidents)]
    found.sort(key=lambda entry: not entry[0].startswith("timeline."))
    for graph, figures in outputs:
        prefix = f"options.{graph.name}."
        found += [(name, term) for name, term in model.figures.items() if name.startswith(prefix) and term.op not in ("leaf", "constant")]
        for key, term in figures.items():
            kind, _, rest = key.split("/", 2)
            if kind in ("line", "total", "npv", "draw"):
                suffix = {"line": ".total_cost", "total": ".total_cost", "npv": ".npv_cost", "draw": ""}[kind]
                found.append((f"{prefix}{rest}{suffix}", term))
    return found


def _add_with_helpers(found: Layout, name: str, label: str, term: Term) -> None:
    """Add a figure; whatever its formula reads as a range of months gets a row of its own first."""
    for argument in reversed(needs_row(term)):
        if argument.op == "leaf" and argument.name in found.paths:
            continue
        row = found.row_of.get(id(argument))
        if row is not None and found.rows[row - 1].months:
            continue
        if id(argument) in found.spread_of:
            continue
        if row is None and argument.op != "leaf" and argument.shape.months:
            found.add(Row(f"{name} (part)", "part of the figure below", argument, True))
        else:
            found.rows.append(Row(f"{name} (part)", "the same in every month", argument, True))
            found.spread_of[id(argument)] = len(found.rows)
    found.add(Row(name, label, term, term.shape.months))
