"""Turns the figures of a workbook into the sheets a finance review reads: a sheet an option, checks, simulation results, charts.

Every amount of an option's sheet is a formula on the sheet Model, and so hangs on the inputs; simulation results are values and say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from tco_model.charts.theme import OKABE_ITO
from tco_model.engine.central import central_case
from tco_model.engine.model import Model, OptionGraph
from tco_model.exporters.cells import FIGURES, INPUTS, Layout
from tco_model.expr.render import excel
from tco_model.expr.term import Term
from tco_model.report.report import OptionReport, Report

Array = NDArray[np.float64]
Formula = Callable[[int], str]
"""From the place of a month to what its cell holds."""
SIMULATION, CHECKS, CHARTS = "Simulation", "Checks", "Charts"
FIRST, TOTAL = 4, 3
"""Columns of an option's sheet: the sum over the months, then one column a month."""
LONGEST_SHEET = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
GRID = {"color": "#DDDDDD"}
ORIGINAL = 12
"""Column of the sheet Inputs that keeps the value the workbook was written with."""
TOLERANCE = "1E-9"


def sheet_names(labels: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Return names of sheets that Excel takes: 31 characters, none forbidden, no two alike in any case."""
    used = {name.casefold() for name in (*taken, "history")}
    found: list[str] = []
    for place, label in enumerate(labels, 1):
        plain = (
            "".join(sign for sign in FORBIDDEN.sub(" ", label) if sign.isprintable()).strip()[:LONGEST_SHEET].strip() or f"Option {place}"
        )
        name, number = plain, 2
        while name.casefold() in used:
            tail = f" {number}"
            name, number = plain[: LONGEST_SHEET - len(tail)] + tail, number + 1
        used.add(name.casefold())
        found.append(name)
    return found


def defined_names(inputs: Mapping[str, int]) -> dict[str, str]:
    """Return a defined name for each input, by its dotted name: ``in.cases``; none that a spreadsheet takes for a cell."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for name in inputs:
        short = name.removeprefix("inputs.")
        plain = "in." + re.sub(r"[^A-Za-z0-9_.]", "_", short)[:200]
        while plain.casefold() in used:
            plain += "_"
        used.add(plain.casefold())
        found[name] = plain
    return found


@dataclass(slots=True)
class Sheets:
    """Writes the sheets; `formats` and `text` are those of the workbook."""

    book: Any
    model: Model
    layout: Layout
    report: Report
    formats: Mapping[str, Any]
    text: Any
    months: Sequence[str]
    _central: dict[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out the central case, whose values stand beside the formulas."""
        terms = {f"{graph.name}/{name}": term for graph in self.model.options for name, term in graph.lines.items()}
        self._central = central_case(self.model, terms | {"discount": self.model.discount})

    @property
    def count(self) -> int:
        """Months."""
        return self.model.months

    def option(self, sheet: Any, graph: OptionGraph, held: OptionReport) -> dict[str, int]:
        """Write an option: a row a line, a column a month; return the rows of its sums by what they hold."""
        self.text(sheet, 0, 0, held.label, self.formats["title"])
        said = f"Cost a month [{self.report.currency}], central case; every amount is a formula on the sheet {FIGURES}"
        self.text(sheet, 1, 0, said, self.formats["quiet"])
        for column, head in enumerate(("Cost line", "Category", "Unit", f"Sum of {self.count} months", *self.months)):
            self.text(sheet, 2, column, head, self.formats["bold"])
        row, subtotals, total = 3, list[int](), np.zeros(self.count)
        for category in held.categories:
            if category.total is None:
                self.text(sheet, row, 0, f"{category.category}: none", self.formats["quiet"])
                self.text(sheet, row, 1, category.reason, self.formats["quiet"])
                row += 1
                continue
            first, whole = row, np.zeros(self.count)
            for line in category.lines:
                term, values = graph.lines[line.name], self._values(f"{graph.name}/{line.name}")
                self.text(sheet, row, 1, category.category, self.formats["quiet"])
                self._row(sheet, row, line.label, lambda month, term=term: self._reference(term, month), values, sums=True)
                row, whole = row + 1, whole + values
            self._row(sheet, row, f"{category.category}, together", _sum_of(first, row - 1), whole, sums=True, strong=True)
            subtotals.append(row)
            row, total = row + 1, total + whole
        factor = self._values("discount")
        self._row(sheet, row, "Total", lambda month: "+".join(_cell(month, one) for one in subtotals) or "0", total, sums=True, strong=True)
        self._row(sheet, row + 1, "Discount factor", lambda month: self._reference(self.model.discount, month), factor, form="factor")
        present: Formula = lambda month: f"{_cell(month, row)}*{_cell(month, row + 1)}"  # noqa: E731
        self._row(sheet, row + 2, "Present value", present, total * factor, sums=True, strong=True)
        so_far: Formula = lambda month: f"SUM(${_cell(0, row)}:{_cell(month, row)})"  # noqa: E731
        self._row(sheet, row + 3, "Paid so far", so_far, np.cumsum(total))
        sheet.set_row(2, 32)
        sheet.freeze_panes(3, FIRST)
        sheet.repeat_rows(2)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 2, 14)
        sheet.set_column(TOTAL, FIRST + self.count, 13)
        return {"total": row, "present": row + 2}

    def _values(self, name: str) -> Array:
        """Return the central case of a figure, ``(months,)``."""
        return np.broadcast_to(self._central[name][0], (self.count,)).astype(np.float64)

    def _reference(self, term: Term, month: int) -> str:
        """Return where a term stands; a constant stands for itself."""
        cell = self.layout.cell(term, month)
        if cell is None:
            return repr(float(term.value)) if term.op == "constant" else excel(term, self.layout, month)
        return cell if "!" in cell else f"{FIGURES}!{cell}"

    def _row(
        self, sheet: Any, row: int, label: str, formula: Formula, values: Array, *, sums: bool = False, strong: bool = False, form: str = ""
    ) -> None:
        """Write a row of formulas with their values, and its sum over the months."""
        self.text(sheet, row, 0, label, self.formats["strong"] if strong else None)
        held = self.formats[form or ("strong_number" if strong else "number")]
        for month in range(self.count):
            sheet.write_formula(row, FIRST + month, f"={formula(month)}", held, float(values[month]))
        if sums:
            self.text(sheet, row, 2, f"{self.report.currency}/month", self.formats["quiet"])
            sheet.write_formula(row, TOTAL, f"=SUM({_cell(0, row)}:{_cell(self.count - 1, row)})", held, float(values.sum()))

    def original(self, sheet: Any) -> None:
        """Keep the values the workbook is written with beside the inputs, so that the checks can tell what a reader has changed."""
        self.text(sheet, 0, ORIGINAL, "As written", self.formats["bold"])
        values = central_case(self.model, {name: self.model.leaf_terms[name] for name in self.layout.inputs})
        for name, position in self.layout.inputs.items():
            sheet.write_number(position, ORIGINAL, float(values[name][0, 0]), self.formats["quiet_number"])
        sheet.set_column(ORIGINAL, ORIGINAL, 15)
        for name, called in defined_names(self.layout.inputs).items():
            if self.book.define_name(called, f"={INPUTS}!$C${self.layout.inputs[name] + 1}") not in (0, None):
                raise ValueError(f"the name {called} cannot be defined")

    def checks(self, sheet: Any, options: Sequence[tuple[str, OptionGraph, Mapping[str, int]]]) -> None:
        """Write what must agree: sums, present values, and the model's own figures while no input is changed."""
        self.text(sheet, 0, 0, "Checks", self.formats["title"])
        for column, head in enumerate(("What must agree", "This workbook", "Against", "Difference, relative", "Agrees")):
            self.text(sheet, 2, column, head, self.formats["bold"])
        last = max(self.layout.inputs.values(), default=1) + 1
        inputs, kept = f"{INPUTS}!$C$2:$C${last}", f"{INPUTS}!$M$2:$M${last}"
        row = 3
        for name, graph, rows in options:
            quoted = f"'{name}'"
            held = next(option for option in self.report.options if option.name == graph.name)
            for figure, kind in (("total_cost", "total"), ("npv_cost", "present")):
                mine = f"{quoted}!$D${rows[kind] + 1}"
                position = self.layout.named(f"options.{graph.name}.{figure}")
                central = held.figures[figure].central
                if position is None or central is None:
                    continue
                words = "total cost" if figure == "total_cost" else "present value of cost"
                row = self._check(
                    sheet, row, f"{name}: {words}, lines against the sheet {FIGURES}", mine, f"{FIGURES}!$D${position + 1}", central
                )
                row = self._check(sheet, row, f"{name}: {words}, against the simulated model's central case", mine, repr(central), central)
        self.text(sheet, 1, 0, "Inputs changed by a reader")
        sheet.write_formula(1, 1, f"=SUMPRODUCT(--({inputs}<>{kept}))", self.formats["count"], 0)
        said = f'IF(COUNTIF($E$4:$E${row},"NO")=0,"all agree","look at the sheet {CHECKS}")'
        self.text(sheet, row + 1, 0, "All checks", self.formats["strong"])
        sheet.write_formula(row + 1, 1, f"={said}", self.formats["strong"], "all agree")
        sheet.freeze_panes(3, 1)
        sheet.set_column(0, 0, 70)
        sheet.set_column(1, 3, 22)
        sheet.set_column(4, 4, 34)

    def _check(self, sheet: Any, row: int, words: str, mine: str, other: str, value: float) -> int:
        """Write one check; against the model it does not hold once a reader has changed an input, and then says so."""
        self.text(sheet, row, 0, words)
        sheet.write_formula(row, 1, f"={mine}", self.formats["number"], value)
        sheet.write_formula(row, 2, f"={other}", self.formats["number"], value)
        sheet.write_formula(row, 3, f"=ABS(B{row + 1}-C{row + 1})/MAX(ABS(C{row + 1}),1)", self.formats["tiny"], 0.0)
        failed = '"NO"' if "!" in other else 'IF($B$2>0,"changed by a reader","NO")'
        sheet.write_formula(row, 4, f'=IF(D{row + 1}<{TOLERANCE},"yes",{failed})', None, "yes")
        return row + 1

    def simulation(self, sheet: Any) -> None:
        """Write what the simulation found, as values."""
        report = self.report
        self.text(sheet, 0, 0, "Simulation results: values, not formulas", self.formats["title"])
        drawn = f"{report.draws:,} futures, seed {report.seed}, design {report.design}, tco_model {report.version}"
        said = f"{drawn}; they do not follow a changed input"
        self.text(sheet, 1, 0, said, self.formats["quiet"])
        unit = report.options[0].figures[report.decide_by].unit
        heads = ("Share of futures at or below", *(f"{option.label} [{unit}]" for option in report.options))
        for column, head in enumerate(heads):
            self.text(sheet, 3, column, head, self.formats["bold"])
        for place in range(99):
            sheet.write_number(4 + place, 0, (place + 1) / 100, self.formats["percent"])
            for column, option in enumerate(report.options, 1):
                sheet.write_number(4 + place, column, option.curve[place], self.formats["number"])
        start = len(report.options) + 2
        column = start
        for option in report.options:
            for statistic in ("p10", "p50", "mean", "p90"):
                self.text(sheet, 3, column, f"{option.label}, {statistic} [{report.currency}/month]", self.formats["bold"])
                for month, value in enumerate(option.monthly[statistic]):
                    sheet.write_number(4 + month, column, value, self.formats["number"])
                column += 1
        for month, label in enumerate(self.months):
            self.text(sheet, 4 + month, start - 1, label)
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)
        sheet.set_column(0, column, 18)

    def charts(self, sheet: Any, options: Sequence[tuple[str, OptionGraph, Mapping[str, int]]]) -> None:
        """Draw cost over the months and the S-curves, live as far as their figures are."""
        currency = self.report.currency
        over = self.book.add_chart({"type": "line"})
        for place, (name, _, rows) in enumerate(options):
            total = rows["total"]
            span = [name, total, FIRST, total, FIRST + self.count - 1]
            line = {"color": OKABE_ITO[place % len(OKABE_ITO)], "width": 2}
            over.add_series({"name": name, "categories": [name, 2, FIRST, 2, FIRST + self.count - 1], "values": span, "line": line})
        self._chart(sheet, over, 0, "Cost over time, central case", "Month", f"{currency}/month")
        over.set_x_axis({"name": "Month", "label_position": "low", "interval_unit": max(self.count // 12, 1)})
        curves = self.book.add_chart({"type": "scatter", "subtype": "smooth"})
        for place, (name, _, _) in enumerate(options):
            found = [SIMULATION, 4, 0, 102, 0]
            line = {"color": OKABE_ITO[place % len(OKABE_ITO)], "width": 2}
            curves.add_series({"name": name, "categories": [SIMULATION, 4, place + 1, 102, place + 1], "values": found, "line": line})
        unit = self.report.options[0].figures[self.report.decide_by].unit
        words = "Share of futures at or below"
        self._chart(sheet, curves, 26, "How likely each amount is (simulation)", unit, words)
        curves.set_y_axis({"name": words, "num_format": "0%", "min": 0, "max": 1, "major_gridlines": {"visible": True, "line": GRID}})

    def _chart(self, sheet: Any, chart: Any, row: int, title: str, across: str, up: str) -> None:
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_x_axis({"name": across, "num_format": "#,##0", "label_position": "low"})
        chart.set_y_axis({"name": up, "num_format": "#,##0", "major_gridlines": {"visible": True, "line": GRID}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 980, "height": 480})
        sheet.insert_chart(row, 0, chart, {"description": title})


def _cell(month: int, row: int) -> str:
    return f"{xl_col_to_name(FIRST + month)}{row + 1}"


def _sum_of(first: int, last: int) -> Formula:
    return lambda month: f"SUM({_cell(month, first)}:{_cell(month, last)})"
