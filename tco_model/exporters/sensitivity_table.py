"""Turns what matters into plain data, sentences, and a tornado with its indices for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.sensitivity import End, InputEffect, Sensitivity
from tco_model.analysis.spread import Estimate
from tco_model.report.format import percent, short_number, signed_number
from tco_model.report.sentences import FIGURE_WORDS

MOST_ROWS, MOST_EVENTS, MOST_MONTHS = 12, 4, 7
BAR = 18
"""Characters of half a tornado."""
CLEAR = 2.0
"""Standard errors from 0 at which a share counts as more than chance."""
OWN_WORDS = {"net_value": "value", "outcomes": "outcomes"}
"""What the figure of the option is called in the head of a column; every other is a cost."""


def sensitivity_data(found: Sensitivity) -> dict[str, Any]:
    """Return everything as plain data: money in `unit`, indices as shares with their Monte Carlo standard errors."""
    return asdict(found) | {"sentences": list(sensitivity_sentences(found))}


def sensitivity_sentences(found: Sensitivity) -> tuple[str, ...]:
    """Say which input moves the decision most, and which turn it within their own range."""
    if _alone(found):
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
    share, figure = percent(max(first.first_order.value, 0.0), 0), FIGURE_WORDS.get(found.figure, found.figure)
    return f"{first.label} explains {share} of the variance of its {figure}."


def print_sensitivity(found: Sensitivity, console: Console) -> None:
    """Print the sentences, the tornado of the gap, the shares of the variance, and what matters in which month."""
    for sentence in sensitivity_sentences(found):
        console.print(sentence)
    shown = [one for one in found.inputs if one.swing or one.own_swing or _rank(found, one) > 0.0]
    if not shown:
        return
    own = OWN_WORDS.get(found.figure, "cost")
    console.print()
    console.print(Text(_title(found), style="bold"))
    console.print(_tornado(found, shown[:MOST_ROWS]))
    marked = "" if _alone(found) else " < > mark the end at which another option is best."
    console.print(Text(f"Each input at its P10 (=) and P90 (#), all else as drawn.{marked}", style="dim"))
    console.print()
    gap = "" if _alone(found) else " and of the gap"
    console.print(Text(f"Share of the variance, of the {own} of {found.options[found.option]}{gap}", style="bold"))
    console.print(_indices(found, sorted(shown, key=lambda one: -_rank(found, one))[:MOST_ROWS], own))
    legend = (
        f"alone: first order, from the {found.draws:,} draws; in all: with its interactions, inputs it is correlated with included. "
        f"± one standard error; rank: Spearman's correlation with the {own if _alone(found) else 'gap'}."
    )
    console.print(Text(legend, style="dim"))
    if found.groups:
        console.print()
        console.print(_groups(found, own))
    if found.by_month:
        console.print()
        console.print(Text(f"Share of the variance of each month's cost of {found.options[found.option]}", style="bold"))
        console.print(_months(found))


def _alone(found: Sensitivity) -> bool:
    return found.option == found.rival


def _rank(found: Sensitivity, one: InputEffect) -> float:
    """Return the share that decides which inputs are shown first: in all, or alone where that is all there is."""
    shares = (one.total, one.first_order) if _alone(found) else (one.gap_total, one.gap_first_order)
    return next(share.value for share in shares if share is not None)


def _title(found: Sensitivity) -> str:
    what = FIGURE_WORDS.get(found.figure, found.figure)
    if _alone(found):
        return f"{what[0].upper()}{what[1:]}, {found.unit}"
    return f"{found.options[found.rival]} less {found.options[found.option]}, mean {what}, {found.unit}: {signed_number(found.gap)}"


def _tornado(found: Sensitivity, shown: list[InputEffect]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("input", overflow="fold")
    for title, side in (("P10", "right"), ("P90", "right"), ("", "left"), ("at P10", "right"), ("at P90", "right")):
        table.add_column(title, justify=side, no_wrap=not title)  # type: ignore[arg-type]
    alone = _alone(found)
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


def _seen(end: End, alone: bool) -> float:
    return end.figure if alone else end.gap


def _middle(found: Sensitivity) -> float:
    return found.mean if _alone(found) else found.gap


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


def _shares_table(found: Sensitivity, first: str, own: str) -> Table:
    """Begin a table of shares: of the option's own figure, and of the gap where there is one."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(first, overflow="fold")
    for title in (own,) if _alone(found) else (own, "gap"):
        table.add_column(f"{title}, alone", justify="right")
        table.add_column("in all", justify="right")
    return table


def _pairs(found: Sensitivity, *shares: Estimate | None) -> list[str]:
    return [_share(share) for share in (shares[:2] if _alone(found) else shares)]


def _indices(found: Sensitivity, shown: list[InputEffect], own: str) -> Table:
    table = _shares_table(found, "input", own)
    table.add_column("rank", justify="right")
    for one in shown:
        rank = one.rank_correlation if _alone(found) else one.gap_rank_correlation
        table.add_row(one.label, *_pairs(found, one.first_order, one.total, one.gap_first_order, one.gap_total), f"{rank:+.2f}")
    events = sorted(found.events, key=lambda one: -max(one.first_order.value, one.gap_first_order.value))
    for event in events[:MOST_EVENTS]:
        table.add_row(f"event: {event.label}", *_pairs(found, event.first_order, None, event.gap_first_order, None), "-")
    return table


def _groups(found: Sensitivity, own: str) -> Table:
    table = _shares_table(found, "driver", own)
    table.add_column("inputs", justify="right")
    for one in found.groups:
        shares = _pairs(found, one.first_order, one.total, one.gap_first_order, one.gap_total)
        table.add_row(one.group, *shares, str(len(one.members)))
    return table


def _months(found: Sensitivity) -> Table:
    """Show the first month, the last, and what lies evenly between them."""
    months = len(next(iter(found.by_month.values())))
    many = min(months, MOST_MONTHS)
    places = sorted({round(step * (months - 1) / max(many - 1, 1)) for step in range(many)})
    labels = {one.name: one.label for one in found.inputs}
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("input, alone", overflow="fold")
    for place in places:
        table.add_column(f"month {place + 1}", justify="right")
    for name, shares in found.by_month.items():
        table.add_row(labels[name], *(percent(max(shares[place], 0.0), 0) for place in places))
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
