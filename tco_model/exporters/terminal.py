"""Turns a report or a trace into text for a terminal; plain where it is piped or colour is unwanted."""

from __future__ import annotations

import math
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from tco_model.analysis.explain import Trace
from tco_model.report.format import chance, chance_error, percent, short_number, signed_number
from tco_model.report.report import CategoryReport, FleetReport, OptionReport, Range, Report

OPTION_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""Okabe-Ito: one colour an option, the same order everywhere."""
NARROW_LABEL, WIDE_LABEL, WIDE, MIN_COLUMN, MAX_COLUMN = 26, 34, 100, 12, 20
"""Characters: labels are wider on a terminal of 100 and more; on one of 80 four options still stand side by side."""
PIPED_WIDTH, SENTENCE_WIDTH = 110, 110
BEST = "*"

Cell = Callable[[OptionReport], str]
Rank = Callable[[OptionReport], float | None]


def make_console(stream: TextIO | None = None) -> Console:
    """Return a console; it writes no escape code where the stream is no terminal or NO_COLOR is set, and piped text has a fixed width."""
    target = stream or sys.stdout
    piped = not target.isatty()
    plain = piped or bool(os.environ.get("NO_COLOR"))
    width = PIPED_WIDTH if piped else None
    return Console(file=target, width=width, color_system=None if plain else "auto", highlight=False, markup=False, emoji=False)


def plain_table(title: str, heads: Sequence[str], words: int) -> Table:
    """Return an empty table without lines, its first columns words and the others figures."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place < words else "right")
    return table


def print_report(report: Report, console: Console, *, lines: bool = False) -> None:
    """Print the answer first, then the options side by side, then what the figures rest on."""
    console.print(Text(report.title, style="bold"))
    console.print(Text(report.question, style="italic"))
    console.print()
    for position, sentence in enumerate(report.answer):
        width = min(console.width, SENTENCE_WIDTH)
        text = textwrap.fill(sentence, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        console.print(Text(text, style="bold" if position == 0 else ""))
    for position, sentence in enumerate(report.what_would_change):
        width = min(console.width, SENTENCE_WIDTH)
        text = textwrap.fill(sentence, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        console.print(Text(f"\n{text}" if position == 0 else text))
    label = WIDE_LABEL if console.width >= WIDE else NARROW_LABEL
    for block, width in _blocks(len(report.options), console.width - label):
        console.print()
        console.print(_SideBySide(report, block, label, width).table(lines=lines))
    legend = (
        f"{BEST} best of the row. Money in {report.currency}, {report.basis}, k thousand, M million. "
        f"P10, P50, P90: what 10, 50, 90 of 100 futures stay below."
    )
    method = (
        f"{report.draws:,} futures, seed {report.seed}, {report.design.replace('_', ' ')} design; "
        f"{report.months} months from {report.start}; discounted at {report.discounting}; tco_model {report.version}."
    )
    for text in (legend, "", *_reasons(report), *report.notes, method):
        console.print(Text(text, style="dim"))


def _blocks(options: int, room: int) -> list[tuple[range, int]]:
    """Share the options out over as few tables as the room beside the labels allows, as evenly as can be; with the width of a column."""
    fitting = max(1, min(options, room // (MIN_COLUMN + 1)))
    each = math.ceil(options / math.ceil(options / fitting))
    column = max(MIN_COLUMN, min(room // each - 1, MAX_COLUMN))
    return [(range(first, min(first + each, options)), column) for first in range(0, options, each)]


class _SideBySide:
    """Builds the table of some of the options; the best of each row is judged over all of them."""

    def __init__(self, report: Report, places: range, label: int, width: int) -> None:
        self.report = report
        self.shown = [report.options[place] for place in places]
        self.grid = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
        self.grid.add_column("", width=label, overflow="fold")
        for place, option in zip(places, self.shown, strict=True):
            name = Text(option.label, style=OPTION_COLOURS[place % len(OPTION_COLOURS)])
            name.append(" (baseline)" if option.is_baseline else "", style="dim")
            self.grid.add_column(name, justify="right", width=width, overflow="fold")

    def table(self, *, lines: bool) -> Table:
        """Return the finished table."""
        self.row(
            "Chance of being best", lambda option: chance(option.chance_best.value), lambda option: option.chance_best.value, most=True
        )
        self.quiet("  ± Monte Carlo error", lambda option: chance_error(option.chance_best.error))
        titles = {"npv_cost": "Present value of cost", "total_cost": "Total cost", "net_value": "Net value"}
        for figure, title in (titles | {"cost_per_outcome": f"Cost per {self.report.outcome}"}).items():
            held = [option.figures[figure] for option in self.report.options if figure in option.figures]
            if held:
                self._figure(figure, f"{title}, {held[0].unit}")
        self._risk()
        self.head(f"Mean by category, {self.report.currency}")
        for position, category in enumerate(self.report.options[0].categories):
            self._category(position, category.category, lines=lines)
        self.head("What you get")
        self._promises()
        return self.grid

    def row(self, label: str, cell: Cell, rank: Rank | None = None, *, most: bool = False, style: str = "") -> None:
        """Add a row, its best value marked by weight and by a sign that keeps the figures aligned; what reads the same is as good."""
        best = _best(self.report.options, cell, rank, most=most) if rank else None
        cells = [Text(f"{text} {BEST}", style="bold") if text == best else Text(f"{text}  ", style=style) for text in map(cell, self.shown)]
        self.grid.add_row(Text(label, style=style), *cells)

    def quiet(self, label: str, cell: Cell) -> None:
        """Add a row of lesser weight."""
        self.row(label, cell, style="dim")

    def head(self, label: str) -> None:
        """Add the title of a group of rows."""
        self.grid.add_row(Text(label, style="bold"))

    def _figure(self, figure: str, title: str) -> None:
        def of(spell: Callable[[Range], str]) -> Cell:
            return lambda option: spell(option.figures[figure]) if figure in option.figures else "-"

        def mean(option: OptionReport) -> float | None:
            return option.figures[figure].mean if figure in option.figures else None

        self.head(title)
        self.row("  mean", of(lambda found: short_number(found.mean)), mean, most=figure == "net_value")
        self.quiet("  P10", of(lambda found: short_number(found.p10)))
        self.quiet("  P50", of(lambda found: short_number(found.p50)))
        self.quiet("  P90", of(lambda found: short_number(found.p90)))
        if figure == self.report.decide_by:
            self.quiet("  against the baseline", lambda option: signed_number(option.difference.mean) if option.difference else "-")
            self.quiet(
                "  chance below it", lambda option: chance(option.chance_below_baseline.value) if option.chance_below_baseline else "-"
            )

    def _risk(self) -> None:
        """Show what each option risks by the deciding figure."""
        if len(self.report.options) < 2:
            return
        self.head(f"Risk, {self.report.options[0].figures[self.report.decide_by].unit}")
        most = self.report.decide_by == "net_value"
        self.row("  regret, mean", lambda option: short_number(option.risk.regret), lambda option: option.risk.regret)
        self.row(
            "  worst tenth, mean", lambda option: short_number(option.risk.worst_tenth), lambda option: option.risk.worst_tenth, most=most
        )
        self.quiet("  P80 above central case", lambda option: signed_number(option.risk.contingency_p80))
        self.quiet("  pays back in month", lambda option: "-" if option.is_baseline else str(option.risk.payback_month or "never"))

    def _category(self, position: int, name: str, *, lines: bool) -> None:
        def found(option: OptionReport) -> CategoryReport:
            return option.categories[position]

        def total(option: OptionReport) -> str:
            held = found(option).total
            return "none" if held is None else short_number(held.mean)

        def rank(option: OptionReport) -> float | None:
            held = found(option).total
            return None if held is None else held.mean

        spent = all(found(option).total is not None for option in self.report.options)
        self.row(f"  {name}", total, rank if spent else None)
        for title in dict.fromkeys(line.label for option in self.report.options for line in found(option).lines) if lines else ():

            def amount(option: OptionReport, title: str = title) -> str:
                held = [line.total.mean for line in found(option).lines if line.label == title]
                return short_number(sum(held)) if held else ""

            self.quiet(f"    {title}", amount)

    def _promises(self) -> None:
        options = self.report.options
        if self.report.outcome:
            self.row("  success share, mean", _success_text, lambda option: option.success_share and option.success_share.mean, most=True)
        self.row("  latency promised", _latency, lambda option: option.latency_seconds)
        self.row("  availability promised", _availability, lambda option: option.availability, most=True)
        if any(option.fleets for option in options):
            self._fleets()

    def _fleets(self) -> None:
        def each(spell: Callable[[FleetReport], str]) -> Cell:
            return lambda option: ", ".join(spell(fleet) for fleet in option.fleets) or "-"

        def price(value: float | None) -> str:
            return "-" if value is None else short_number(value)

        self.head("GPU fleet")
        self.row("  GPUs, largest month", each(lambda fleet: f"{fleet.peak_gpus:,.3g}" + ("" if fleet.unit == "GPU" else f" {fleet.unit}")))
        self.row("  utilisation", each(lambda fleet: percent(fleet.mean_utilisation, 0)))
        self.row("  output tokens/second", each(lambda fleet: short_number(fleet.output_rate)))
        self.row(f"  {self.report.currency}/GPU-hour", each(lambda fleet: price(fleet.cost_per_gpu_hour)))
        self.row(f"  {self.report.currency}/Mtoken out", each(lambda fleet: price(fleet.cost_per_mtoken)))
        self.quiet("    if it were always full", each(lambda fleet: price(fleet.cost_per_mtoken_full)))


def _best(options: Sequence[OptionReport], cell: Cell, rank: Rank, *, most: bool) -> str | None:
    """Return how the best value is spelled; None where fewer than two have one, or all read the same."""
    ranked = [(value, cell(option)) for option in options if (value := rank(option)) is not None]
    if len(ranked) < 2 or len({text for _, text in ranked}) == 1:
        return None
    return (max if most else min)(ranked)[1]


def _success_text(option: OptionReport) -> str:
    return percent(option.success_share.mean, 1) if option.success_share else "-"


def _latency(option: OptionReport) -> str:
    return "-" if option.latency_seconds is None else f"{option.latency_seconds:g} s"


def _availability(option: OptionReport) -> str:
    return "-" if option.availability is None else f"{100 * option.availability:.6g}%"


def _reasons(report: Report) -> Iterable[str]:
    """Say why a category costs nothing, the same reason once."""
    for option in report.options:
        empty: dict[str, list[str]] = {}
        for category in option.categories:
            if category.total is None:
                empty.setdefault(category.reason.rstrip("."), []).append(category.category)
        for reason, categories in empty.items():
            yield f"{option.label}, no {', '.join(categories)} cost: {reason}."


def print_trace(trace: Trace, console: Console) -> None:
    """Print where a figure comes from, down to the leaves with their sources."""
    console.print(Text("Central case: every input at its expected value.", style="dim"))
    tree = Tree(_trace_text(trace))
    _grow(tree, trace)
    console.print(tree)


def _grow(tree: Tree, trace: Trace) -> None:
    for child in trace.children:
        _grow(tree.add(_trace_text(child)), child)


def _trace_text(trace: Trace) -> Text:
    text = Text.assemble((trace.name, "bold"), f" = {_values(trace.values, trace.unit)}")
    if trace.repeated:
        text.append("  (opened above)", style="dim")
    elif trace.children:
        text.append(f"\n{trace.formula}", style="dim")
    else:
        text.append(f"\n{_origin(trace)}", style="dim")
    return text


def _values(values: Sequence[float], unit: str) -> str:
    if not values:
        return f"drawn, {unit}"
    if len(set(values)) == 1:
        return f"{_full_number(values[0])} {unit}"
    return f"{_full_number(values[0])} … {_full_number(values[-1])} {unit} over {len(values)} months"


def _full_number(value: float) -> str:
    """Spell a number with six digits, never with an exponent that people misread."""
    return f"{value:,.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:,.6g}"


def _origin(trace: Trace) -> str:
    said = [f"written as {trace.text}" if trace.text else "", trace.source, trace.as_of and f"as of {trace.as_of}", trace.url, trace.note]
    return "; ".join(part for part in (*said, f"line {trace.line}" if trace.line else "") if part)
