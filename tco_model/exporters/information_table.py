"""Turns what is worth finding out into plain data, sentences, and a table for a terminal: an input a row, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.information import Information, InputWorth
from tco_model.analysis.study import Pilot, StudyWorth
from tco_model.report.format import chance, percent, short_number, signed_number
from tco_model.report.insight import information_sentences, is_clear
from tco_model.report.sentences import FIGURE_WORDS

MOST_ROWS = 12
SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000)
"""Sizes of a study that are printed."""


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


def pilot_data(found: Pilot, name: str, price: float, fixed: float, currency: str) -> dict[str, Any]:
    """Return what studies of an input are worth by their size, and the best one, in `currency`."""

    def row(worth: StudyWorth) -> dict[str, Any]:
        return {"samples": worth.samples, "evsi": asdict(worth.evsi), "cost": worth.cost, "net": asdict(worth.net)}

    best = found.best(price=price, fixed=fixed)
    sizes = [row(found.worth(samples, price=price, fixed=fixed)) for samples in SIZES]
    return {
        "input": name,
        "unit": currency,
        "evppi": asdict(found.evppi),
        "price": price,
        "fixed": fixed,
        "sizes": sizes,
        "best": row(best),
    }


def print_pilot(found: Pilot, name: str, price: float, fixed: float, currency: str, console: Console) -> None:
    """Print what studies of an input are worth by their size."""
    best = found.best(price=price, fixed=fixed)
    if best.samples and best.net.value > 0.0:
        console.print(
            f"Take {best.samples:,} samples of {name}: worth {short_number(best.evsi.value)} {currency} for "
            f"{short_number(best.cost)}, so {short_number(best.net.value)} net (± {short_number(best.net.error, 2)})."
        )
    else:
        console.print(f"No study of {name} pays at {short_number(price)} {currency} a sample and {short_number(fixed)} beside.")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("samples", "worth", "cost", "net"):
        table.add_column(title, justify="right")
    for samples in SIZES:
        worth = found.worth(samples, price=price, fixed=fixed)
        table.add_row(f"{samples:,}", short_number(worth.evsi.value), short_number(worth.cost), signed_number(worth.net.value))
    console.print(table)
    console.print(Text(f"Knowing it for certain is worth {short_number(found.evppi.value)} {currency} at most.", style="dim"))
