"""Turns what is worth finding out into plain data, sentences, and a table for a terminal: an input a row, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.information import Information, InputWorth
from tco_model.report.format import chance, percent, short_number
from tco_model.report.insight import information_sentences, is_clear
from tco_model.report.sentences import FIGURE_WORDS

MOST_ROWS = 12


def information_data(found: Information) -> dict[str, Any]:
    """Return everything as plain data: amounts in `unit`, each with its Monte Carlo standard error, and the sentences."""
    return asdict(found) | {"sentences": list(information_sentences(found))}


def print_information(found: Information, console: Console) -> None:
    """Print the sentences, and each input that is worth finding out."""
    for sentence in information_sentences(found):
        console.print(sentence)
    shown = [one for one in found.inputs if one.evppi.value > 0.0][:MOST_ROWS]
    if not shown:
        return
    console.print()
    console.print(Text(f"Worth of knowing before deciding by {FIGURE_WORDS[found.figure]}, at most, {found.unit}", style="bold"))
    console.print(_table(found, shown))
    left = len(found.inputs) - len(shown)
    rest = f" {left} other inputs are worth less or nothing." if left else ""
    legend = f"± is one standard error of {found.draws:,} draws; dimmed where the worth is within two of 0. Worths do not add up.{rest}"
    console.print(Text(legend, style="dim"))


def _table(found: Information, shown: Sequence[InputWorth]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("input", overflow="fold")
    for title in ("worth", "±", "of perfect"):
        table.add_column(title, justify="right")
    table.add_column("turns the choice", overflow="fold")
    groups = [one for one in found.groups if is_clear(one.evppi)]
    for one in [*shown, *groups]:
        turns = f"{chance(one.changes.value)} to {found.options[one.instead]}" if one.changes.value else "never"
        style = "" if is_clear(one.evppi) else "dim"
        label = f"all of {one.label}" if one in groups else one.label
        table.add_row(label, short_number(one.evppi.value), short_number(one.evppi.error, 2), percent(one.share, 0), turns, style=style)
    return table
