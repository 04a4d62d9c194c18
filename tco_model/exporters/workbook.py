"""Turns a result into an Excel workbook a finance partner can recalculate: inputs, every figure as a live formula, a summary.

The workbook holds the central case: every input at its expected value. Change a value on the sheet Inputs and everything
follows. The simulated range stands beside it as plain numbers, for a spreadsheet cannot redraw ten thousand futures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from tco_model.engine.central import central_case
from tco_model.engine.inputs import Incidents
from tco_model.engine.result import Result
from tco_model.exporters.cells import FIGURES, FIRST_MONTH, INPUTS, PATHS, SUMMARY, VALUE, Row, layout
from tco_model.exporters.files import write_bytes
from tco_model.exporters.workbook_sheets import CHARTS, CHECKS, SIMULATION, Sheets, sheet_names
from tco_model.expr.render import excel
from tco_model.report.format import month_name
from tco_model.report.report import OptionReport, Report, make_report
from tco_model.report.sources import InputRow, input_rows

CREATED = dt.datetime(2000, 1, 1)
"""The same in every workbook, so that the same result gives the same bytes."""
MAX_TEXT = 32_000
MONTHS_A_PAGE = 12
"""Of a sheet with a column a month, when it is printed."""
BOOK_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""No temporary files of the library's own; text stays text, whatever it looks like."""


def write_workbook(result: Result, path: str | Path, report: Report | None = None) -> Path:
    """Write the workbook of a result.

    Args:
        result: the simulation whose scenario is written out and whose ranges stand in the summary.
        path: the file to write; an older one is replaced only when the new one is complete.
        report: the report of the result, where it is at hand.

    Raises:
        OSError: the file cannot be written; an older file is left as it was.
    """
    held = BytesIO()
    _Writer(result, report or make_report(result)).write(held)
    return write_bytes(path, held.getvalue())


class _Writer:
    def __init__(self, result: Result, report: Report) -> None:
        self.result, self.model, self.report = result, result.model, report
        self.layout = layout(self.model)
        terms = {f"{position}": row.term for position, row in enumerate(self.layout.rows)}
        self.values: dict[str, NDArray[Any]] = central_case(self.model, {**terms, **self.model.leaf_terms})

    def write(self, held: BytesIO) -> None:
        book: Any = xlsxwriter.Workbook(held, BOOK_OPTIONS)
        book.set_properties({"title": self.report.title, "created": CREATED})
        self.bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.input = book.add_format({"font_color": "#0072B2", "bg_color": "#F3F8FC", "num_format": "#,##0.########"})
        self.number = book.add_format({"num_format": "#,##0.00"})
        self.money = book.add_format({"num_format": "#,##0"})
        self.unit_cost = book.add_format({"num_format": "#,##0.00####"})
        self.share = book.add_format({"num_format": "0.0%"})
        self.quiet = book.add_format({"font_color": "#666666"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        graphs = {graph.name: graph for graph in self.model.options}
        fixed = (SUMMARY, INPUTS, PATHS, FIGURES, SIMULATION, CHECKS, CHARTS)
        named = dict(zip(sheet_names([option.label for option in self.report.options], fixed), self.report.options, strict=True))
        sheets = {name: book.add_worksheet(name) for name in (SUMMARY, *named, INPUTS, PATHS, FIGURES, SIMULATION, CHECKS, CHARTS)}
        more = Sheets(book, self.model, self.layout, self.report, self._formats(book), self._text, self._month_heads())
        places = [(name, graphs[held.name], more.option(sheets[name], graphs[held.name], held)) for name, held in named.items()]
        more.original(sheets[INPUTS])
        more.checks(sheets[CHECKS], places)
        more.simulation(sheets[SIMULATION])
        more.charts(sheets[CHARTS], places)
        self._inputs(sheets[INPUTS])
        self._paths(sheets[PATHS])
        self._model(sheets[FIGURES])
        self._summary(sheets[SUMMARY])
        for sheet in sheets.values():
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.set_footer("&L&A&RPage &P of &N")
        wide = -(-self.model.months // MONTHS_A_PAGE)
        for name in (*named, FIGURES, PATHS):
            sheets[name].fit_to_pages(wide, 0)
            sheets[name].repeat_columns(0, FIRST_MONTH - 1)
        sheets[CHARTS].fit_to_pages(1, 1)
        book.close()

    def _formats(self, book: Any) -> dict[str, Any]:
        """Return the formats of the further sheets, by what they are for."""
        return {
            "bold": self.bold,
            "quiet": self.quiet,
            "title": self.title,
            "number": self.number,
            "strong": book.add_format({"bold": True}),
            "strong_number": book.add_format({"bold": True, "num_format": "#,##0.00", "top": 1}),
            "factor": book.add_format({"num_format": "0.000000"}),
            "percent": book.add_format({"num_format": "0%"}),
            "tiny": book.add_format({"num_format": "0.0E+00"}),
            "count": book.add_format({"num_format": "0"}),
            "quiet_number": book.add_format({"font_color": "#666666", "num_format": "#,##0.########"}),
        }

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
                self._text(sheet, position, 3, leaf.shown_unit, self.quiet)
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
            self._text(sheet, position, 3, leaf.shown_unit, self.quiet)
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
            self._text(sheet, position, 2, row.term.unit.shown if row.term.unit else "ratio", self.quiet)
            values = self.values[str(position - 1)][0]
            if not row.months:
                sheet.write_formula(position, VALUE, f"={self._formula(row, position, 0)}", self.number, float(values[0]))
                continue
            for month in range(self.model.months):
                value = float(values[month if values.size > 1 else 0])
                sheet.write_formula(position, FIRST_MONTH + month, f"={self._formula(row, position, month)}", self.number, value)
            if row.sums:
                first, last = xl_col_to_name(FIRST_MONTH), xl_col_to_name(FIRST_MONTH + self.model.months - 1)
                sheet.write_formula(
                    position, VALUE, f"=SUM({first}{position + 1}:{last}{position + 1})", self.number, self._shown(position)
                )
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
        sheet.set_row(top, 32)
        row = self._summary_figures(sheet, top + 1)
        row = self._summary_categories(sheet, row + 1)
        method = f"{report.draws:,} futures, seed {report.seed}, design {report.design}; discounted at {report.discounting}"
        for note in (*report.notes, f"{method}; {report.basis} {report.currency}."):
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
            form = self.unit_cost if figure == "cost_per_outcome" else self.money
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
            sheet.write_number(row, column, option.chance_best.value, self.share)
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

    def _shown(self, position: int) -> float:
        """Return what stands in the column of values for a figure: its value, or its sum over the months."""
        values = self.values[str(position - 1)][0]
        if not self.layout.rows[position - 1].sums:
            return float(values[0])
        return float(sum(values)) if values.size > 1 else float(values[0]) * self.model.months

    def _live(self, sheet: Any, row: int, column: int, name: str, form: Any) -> None:
        position = self.layout.named(name)
        if position is not None:
            sheet.write_formula(row, column, f"={FIGURES}!$D${position + 1}", form, self._shown(position))
