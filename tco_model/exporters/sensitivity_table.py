"""Turns what matters into plain data, sentences, and a tornado with its indices for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.sensitivity import GroupEffect, InputEffect, Sensitivity
from tco_model.analysis.spread import Estimate
from tco_model.report.format import percent, short_number, signed_number
from tco_model.report.sentences import FIGURE_WORDS

MOST_ROWS = 12
BAR = 18
"""Characters of half a tornado."""
CLEAR = 2.0


def sensitivity_data(found: Sensitivity) -> dict[str, Any]:
    """Return everything as plain data: money in `unit`, indices as shares with their Monte Carlo standard errors."""
    return asdict(found) | {"sentences": list(sensitivity_sentences(found))}


def sensitivity_sentences(found: Sensitivity) -> tuple[str, ...]:
    """Say which input moves the decision most, and which turn it within their own range."""
    if found.option == found.rival:
        return (f"There is one option: {_most(found)}",) if found.inputs else ("No input is uncertain.",)
    return tuple(_said(found)) or ("No input is uncertain.",)


def _said(found: Sensitivity) -> Iterator[str]:
    if not found.inputs:
        return
    first = found.inputs[0]
    yield (
        f"{_capital(first.label)} moves the decision most: between {_value(first, first.low.value)} and {_value(first, first.high.value)} "
        f"the gap between {found.options[found.option]} and {found.options[found.rival]} goes from "
        f"{signed_number(first.low.gap)} to {signed_number(first.high.gap)} {found.unit}."
    )
    turning = [one for one in found.inputs if one.turns]
    if turning:
        named = ", ".join(one.label for one in turning[:5]) + (f" and {len(turning) - 5} more" if len(turning) > 5 else "")
        yield f"Alone, between its P10 and its P90, each of these turns the choice: {named}."
    else:
        yield "No input alone, between its P10 and its P90, turns the choice."


def _most(found: Sensitivity) -> str:
    first = max(found.inputs, key=lambda one: one.first_order.value)
    return f"{first.label} explains {percent(max(first.first_order.value, 0.0), 0)} of the variance of its cost."


def print_sensitivity(found: Sensitivity, console: Console) -> None:
    """Print the sentences, the tornado of the gap, and the shares of the variance."""
    for sentence in sensitivity_sentences(found):
        console.print(sentence)
    shown = [one for one in found.inputs if one.swing or one.first_order.value > 0.0][:MOST_ROWS]
    if not shown:
        return
    console.print()
    console.print(Text(_title(found), style="bold"))
    console.print(_tornado(found, shown))
    console.print(
        Text(
            "Each input at its P10 (left) and P90 (right), all else as drawn. < > mark the end at which another option is best.",
            style="dim",
        )
    )
    console.print()
    console.print(Text(f"Share of the variance, of the cost of {found.options[found.option]} and of the gap", style="bold"))
    console.print(_indices(found, shown))
    legend = (
        f"alone: first order, from the {found.draws:,} draws; in all: with its interactions, inputs it is correlated with included. "
        "± one standard error; rank: Spearman's correlation with the gap."
    )
    console.print(Text(legend, style="dim"))
    if found.groups:
        console.print()
        console.print(_groups(found.groups))


def _title(found: Sensitivity) -> str:
    what = FIGURE_WORDS[found.figure]
    if found.option == found.rival:
        return f"{what[0].upper()}{what[1:]}, {found.unit}"
    return f"{found.options[found.rival]} less {found.options[found.option]}, mean {what}, {found.unit}: {signed_number(found.gap)}"


def _tornado(found: Sensitivity, shown: list[InputEffect]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("input", overflow="fold")
    for title, side in (("P10", "right"), ("P90", "right"), ("", "left"), ("at P10", "right"), ("at P90", "right")):
        table.add_column(title, justify=side, no_wrap=not title)  # type: ignore[arg-type]
    alone = found.option == found.rival
    reach = max(max(abs(_seen(one.low, alone) - _middle(found)), abs(_seen(one.high, alone) - _middle(found))) for one in shown) or 1.0
    for one in shown:
        low, high = _seen(one.low, alone), _seen(one.high, alone)
        marks = ["<" if one.low.preferred != found.option else "", ">" if one.high.preferred != found.option else ""]
        table.add_row(
            one.label,
            _value(one, one.low.value),
            _value(one, one.high.value),
            _bar(low - _middle(found), high - _middle(found), reach),
            f"{signed_number(low)}{marks[0]}",
            f"{signed_number(high)}{marks[1]}",
        )
    return table


def _seen(end: Any, alone: bool) -> float:
    return float(end.figure if alone else end.gap)


def _middle(found: Sensitivity) -> float:
    return found.mean if found.option == found.rival else found.gap


def _bar(low: float, high: float, reach: float) -> str:
    """Draw both ends around the middle: = for the P10, # for the P90, told apart without colour."""
    cells = [" "] * (2 * BAR + 1)
    for value, sign in ((low, "="), (high, "#")):
        steps = round(abs(value) / reach * BAR)
        for step in range(1, steps + 1):
            place = BAR + step if value > 0.0 else BAR - step
            cells[place] = sign if cells[place] == " " else "+"
    cells[BAR] = "|"
    return "".join(cells)


def _indices(found: Sensitivity, shown: list[InputEffect]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("input", overflow="fold")
    for title in ("cost, alone", "in all", "gap, alone", "in all", "rank"):
        table.add_column(title, justify="right")
    for one in shown:
        shares = [_share(share) for share in (one.first_order, one.total, one.gap_first_order, one.gap_total)]
        table.add_row(one.label, *shares, f"{one.gap_rank_correlation:+.2f}")
    return table


def _groups(groups: tuple[GroupEffect, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title, side in (("driver", "left"), ("inputs", "right"), ("cost, in all", "right"), ("gap, in all", "right")):
        table.add_column(title, justify=side)  # type: ignore[arg-type]
    for one in groups:
        table.add_row(one.group, str(len(one.members)), _share(one.total), _share(one.gap_total))
    return table


def _share(share: Estimate | None) -> str:
    if share is None:
        return "-"
    if share.value < max(CLEAR * share.error, 0.0005):
        return "0%" if not share.error else f"0% ± {100 * share.error:.1f}"
    return f"{percent(share.value, 0)} ± {100 * share.error:.1f}" if share.error else percent(share.value, 0)


def _value(one: InputEffect, value: float) -> str:
    if one.unit == "share" or one.unit.startswith("1/"):
        return f"{100 * value:.3g}%{one.unit.removeprefix('1').removeprefix('share')}"
    if one.unit == "ratio":
        return f"{value:.3g}"
    return f"{short_number(value)} {one.unit}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
