"""Turns a result into an Excel workbook a finance partner can recalculate: inputs, every figure as a live formula, a summary.

The workbook holds the central case: every input at its expected value. Change a value on the sheet Inputs and everything
follows. The simulated range stands beside it as plain numbers, for a spreadsheet cannot redraw ten thousand futures.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from tco_model.engine.central import central_case
from tco_model.engine.compile import Model
from tco_model.engine.inputs import IncidentCost, Incidents, Leaf
from tco_model.engine.result import Result
from tco_model.engine.run import option_outputs
from tco_model.expr.render import excel, needs_row
from tco_model.expr.term import Term, walk
from tco_model.report.format import month_name
from tco_model.report.report import OptionReport, Report, make_report
from tco_model.report.sources import InputRow, input_rows

INPUTS, PATHS, FIGURES, SUMMARY = "Inputs", "Paths", "Model", "Summary"
MAX_TEXT = 32_000
VALUE, FIRST_MONTH = 3, 4
"""Columns of the sheet Model: the value of a figure without months (or the sum of one with), then one column a month."""


@dataclass(slots=True)
class Row:
    """One row of the sheet Model: a figure, its term and whether it has months."""

    name: str
    label: str
    term: Term
    months: bool


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
            return f"{PATHS}!${low}${self.paths[term.name] + 1}:{high}${self.paths[term.name] + 1}"
        row = self.spread_of.get(id(term), self.row_of.get(id(term), 0))
        return f"${low}{row + 1}:{high}{row + 1}"

    def add(self, row: Row) -> None:
        """Give a figure the next row."""
        self.rows.append(row)
        self.row_of.setdefault(id(row.term), len(self.rows))


def write_workbook(result: Result, path: str | Path, report: Report | None = None) -> Path:
    """Write the workbook of a result.

    Args:
        result: the simulation whose scenario is written out and whose ranges stand in the summary.
        path: the file to write; an older one is replaced only when the new one is complete.
        report: the report of the result, where it is at hand.

    Raises:
        OSError: the file cannot be written; an older file is left as it was.
    """
    target = Path(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    os.close(handle)
    try:
        _Writer(result, report or make_report(result)).write(temporary)
        with Path(temporary).open("rb") as written:
            os.fsync(written.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


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


class _Writer:
    def __init__(self, result: Result, report: Report) -> None:
        self.result, self.model, self.report = result, result.model, report
        self.layout = layout(self.model)
        terms = {f"{position}": row.term for position, row in enumerate(self.layout.rows)}
        self.values: dict[str, NDArray[Any]] = central_case(self.model, {**terms, **self.model.leaf_terms})

    def write(self, path: str) -> None:
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        self.bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.input = book.add_format({"font_color": "#0072B2", "bg_color": "#F3F8FC", "num_format": "#,##0.########"})
        self.number = book.add_format({"num_format": "#,##0.00"})
        self.money = book.add_format({"num_format": "#,##0"})
        self.quiet = book.add_format({"font_color": "#666666"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheets = {name: book.add_worksheet(name) for name in (SUMMARY, INPUTS, PATHS, FIGURES)}
        self._inputs(sheets[INPUTS])
        self._paths(sheets[PATHS])
        self._model(sheets[FIGURES])
        self._summary(sheets[SUMMARY])
        for sheet in sheets.values():
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
        sheets[FIGURES].fit_to_pages(0, 0)
        book.close()

    def _text(self, sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
        """Write text as text, whatever it starts with; what a cell cannot hold is cut with a notice."""
        cut = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} … (cut)"
        if sheet.write_string(row, column, cut, form) != 0:
            raise ValueError(f"the text at row {row + 1}, column {column + 1} cannot be written")

    def _heads(self, sheet: Any, heads: Iterable[str], row: int = 0) -> None:
        for column, head in enumerate(heads):
            self._text(sheet, row, column, head, self.bold)
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)

    def _inputs(self, sheet: Any) -> None:
        self._heads(
            sheet,
            ("Input", "Written as", "Expected value", "Unit", "P5", "P95", "Source", "As of", "Address", "Note", "Owner", "Line in file"),
        )
        rows = {row.name: row for row in input_rows(self.model)}
        for name, position in self.layout.inputs.items():
            found = rows.get(name)
            self._text(sheet, position, 0, name)
            sheet.write_number(position, 2, float(self.values[name][0, 0]), self.input)
            if found is not None:
                self._input_row(sheet, position, found)
            else:
                leaf = self.model.leaves[name]
                self._text(sheet, position, 3, "share" if leaf.unit.is_plain else str(leaf.unit), self.quiet)
                self._text(sheet, position, 6, leaf.provenance.source, self.quiet)
        sheet.set_column(0, 0, 52)
        sheet.set_column(1, 1, 26)
        sheet.set_column(2, 5, 15)
        sheet.set_column(6, 6, 44)
        sheet.set_column(7, 7, 11)
        sheet.set_column(8, 9, 44)
        sheet.autofilter(0, 0, max(len(self.layout.inputs), 1), 11)

    def _input_row(self, sheet: Any, position: int, found: InputRow) -> None:
        self._text(sheet, position, 1, found.text)
        self._text(sheet, position, 3, found.unit)
        if found.uncertain:
            sheet.write_number(position, 4, found.low, self.number)
            sheet.write_number(position, 5, found.high, self.number)
        for column, text in ((6, found.source), (7, found.as_of), (8, found.url), (9, found.note), (10, found.owner)):
            self._text(sheet, position, column, text)
        sheet.write_number(position, 11, found.line)

    def _month_heads(self) -> list[str]:
        start = self.model.scenario.timeline.start
        return [month_name(start + month) for month in range(self.model.months)]

    def _paths(self, sheet: Any) -> None:
        self._heads(sheet, ("Path", "Meaning", "Source", "Unit", *self._month_heads()))
        for name, position in self.layout.paths.items():
            leaf = self.model.leaves[name]
            self._text(sheet, position, 0, name)
            self._text(sheet, position, 1, leaf.label or (leaf.quantity.text if leaf.quantity else ""), self.quiet)
            self._text(sheet, position, 2, str(leaf.provenance), self.quiet)
            self._text(sheet, position, 3, "share" if leaf.unit.is_plain else str(leaf.unit), self.quiet)
            for month, value in enumerate(self.values[name][0]):
                sheet.write_number(position, FIRST_MONTH + month, float(value), self.input)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 2, 26)
        sheet.set_column(FIRST_MONTH, FIRST_MONTH + self.model.months, 12)

    def _model(self, sheet: Any) -> None:
        self._heads(sheet, ("Figure", "Meaning", "Unit", "Value, or sum over the months", *self._month_heads()))
        for position, row in enumerate(self.layout.rows, start=1):
            self._text(sheet, position, 0, row.name)
            self._text(sheet, position, 1, row.label, self.quiet)
            self._text(sheet, position, 2, "share" if row.term.unit is None or row.term.unit.is_plain else str(row.term.unit), self.quiet)
            values = self.values[str(position - 1)][0]
            if not row.months:
                sheet.write_formula(position, VALUE, f"={self._formula(row, position, 0)}", self.number, float(values[0]))
                continue
            for month in range(self.model.months):
                value = float(values[month if values.size > 1 else 0])
                sheet.write_formula(position, FIRST_MONTH + month, f"={self._formula(row, position, month)}", self.number, value)
            if row.term.unit is not None and str(row.term.unit).endswith("/month"):
                total = float(sum(values)) if values.size > 1 else float(values[0]) * self.model.months
                first, last = xl_col_to_name(FIRST_MONTH), xl_col_to_name(FIRST_MONTH + self.model.months - 1)
                sheet.write_formula(position, VALUE, f"=SUM({first}{position + 1}:{last}{position + 1})", self.number, total)
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, 1, 30)
        sheet.set_column(2, 2, 18)
        sheet.set_column(VALUE, VALUE, 18)
        sheet.set_column(FIRST_MONTH, FIRST_MONTH + self.model.months, 13)

    def _formula(self, row: Row, position: int, month: int) -> str:
        term = row.term
        if term.op == "leaf":
            leaf = self.model.leaves[term.name]
            if isinstance(leaf.content, Incidents):
                frequency = self.model.figures[leaf.content.frequency]
                return f"{self.layout.cell(frequency, month) or excel(frequency, self.layout, month)}/12"
            return self.layout.cell(term, month) or "0"
        owner = self.layout.row_of.get(id(term))
        if owner is not None and owner != position:
            return self.layout.cell(term, month) or "0"
        return excel(term, self.layout, month)

    def _summary(self, sheet: Any) -> None:
        report = self.report
        self._text(sheet, 0, 0, report.title, self.title)
        self._text(sheet, 1, 0, report.question)
        for position, sentence in enumerate(report.answer, start=2):
            self._text(sheet, position, 0, sentence)
        top = 3 + len(report.answer)
        self._heads(
            sheet, ("Figure", "Unit", *(f"{option.label}{' (baseline)' if option.is_baseline else ''}" for option in report.options)), top
        )
        row = self._summary_figures(sheet, top + 1)
        row = self._summary_categories(sheet, row + 1)
        for note in (
            *report.notes,
            f"{report.draws:,} futures, seed {report.seed}, design {report.design}; discounted at {report.discounting}; {report.basis} {report.currency}.",
        ):
            self._text(sheet, row + 1, 0, note, self.quiet)
            row += 1
        sheet.set_column(0, 0, 58)
        sheet.set_column(1, 1, 14)
        sheet.set_column(2, 2 + len(report.options), 24)

    def _summary_figures(self, sheet: Any, row: int) -> int:
        figures = {
            "npv_cost": "Present value of cost",
            "total_cost": "Total cost",
            "outcomes": "Outcomes",
            "cost_per_outcome": "Cost per outcome",
            "net_value": "Net value",
        }
        for figure, words in figures.items():
            holders = [option for option in self.report.options if figure in option.figures]
            if not holders:
                continue
            unit = holders[0].figures[figure].unit
            form = self.number if figure == "cost_per_outcome" else self.money
            self._text(sheet, row, 0, f"{words}, central case (live formula)")
            self._text(sheet, row, 1, unit)
            for column, option in enumerate(self.report.options, start=2):
                self._live(sheet, row, column, f"options.{option.name}.{figure}", form)
            for attribute, said in (("mean", "mean of the futures"), ("p10", "P10"), ("p50", "P50"), ("p90", "P90")):
                row += 1
                self._text(sheet, row, 0, f"{words}, {said}", self.quiet)
                self._text(sheet, row, 1, unit, self.quiet)
                for column, option in enumerate(self.report.options, start=2):
                    if figure in option.figures:
                        sheet.write_number(row, column, getattr(option.figures[figure], attribute), form)
            row += 1
        self._text(sheet, row, 0, "Chance of being best")
        self._text(sheet, row, 1, "share")
        for column, option in enumerate(self.report.options, start=2):
            sheet.write_number(row, column, option.chance_best.value, self.number)
        return row + 1

    def _summary_categories(self, sheet: Any, row: int) -> int:
        names = [category.category for category in self.report.options[0].categories]
        for position, name in enumerate(names):
            self._text(sheet, row + position, 0, f"Total cost of {name}, central case (live formula)")
            self._text(sheet, row + position, 1, self.report.currency)
            for column, option in enumerate(self.report.options, start=2):
                self._category(sheet, row + position, column, option, name)
        return row + len(names)

    def _category(self, sheet: Any, row: int, column: int, option: OptionReport, name: str) -> None:
        found = next(category for category in option.categories if category.category == name)
        if found.total is None:
            self._text(sheet, row, column, f"none: {found.reason}", self.wrap)
        else:
            self._live(sheet, row, column, f"options.{option.name}.{name}.total_cost", self.money)

    def _live(self, sheet: Any, row: int, column: int, name: str, form: Any) -> None:
        for position, entry in enumerate(self.layout.rows, start=1):
            if entry.name == name:
                sheet.write_formula(row, column, f"={FIGURES}!$D${position + 1}", form, float(self.values[str(position - 1)][0, 0]))
                return
