"""Turns a sweep into a table for a terminal: a row a value, a column an option, the best of each row and column marked."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.sweep import Sweep, SweepPoint
from tco_model.exporters.terminal import BEST, OPTION_COLOURS
from tco_model.report.format import chance, short_number
from tco_model.report.sentences import FIGURE_WORDS

TURN = "<"


def print_sweep(sweep: Sweep, console: Console) -> None:
    """Print how each option stands at each value of the field."""
    console.print(Text(f"{FIGURE_WORDS[sweep.figure]}, mean of the futures, by {sweep.field}", style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(sweep.field.rpartition(".")[2], justify="right")
    for place, option in enumerate(sweep.options):
        table.add_column(Text(sweep.labels[option], style=OPTION_COLOURS[place % len(OPTION_COLOURS)]), justify="right", overflow="fold")
    for point in sweep.points:
        table.add_row(point.value, *(_cell(sweep, point, option) for option in sweep.options))
    console.print(table)
    legend = f"{BEST} best option of the row, with its chance of being best; {TURN} where an option itself stands best."
    console.print(Text(legend, style="dim"))


def _cell(sweep: Sweep, point: SweepPoint, option: str) -> Text:
    text = short_number(point.mean[option])
    if sweep.best_point(option) is point and len({each.mean[option] for each in sweep.points}) > 1:
        text += f" {TURN}"
    if point.preferred == option:
        return Text(f"{text} {BEST} {chance(point.chance_best[option])}", style="bold")
    return Text(text)
