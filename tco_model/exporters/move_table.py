"""Turns what moving a workload comes to into the table of ``tco move`` and into plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.move import Move, Standing
from tco_model.report.format import chance, short_number
from tco_model.report.moving import distance_words, moving_sentences


def move_data(found: Move) -> dict[str, Any]:
    """Return a move as plain data; the bill as exact text, all else estimates."""
    return {
        "workload": found.workload, "scenario": found.scenario, "from": found.source, "to": found.target, "currency": found.currency,
        "volume": found.volume, "unit": found.unit, "covers": list(found.covers), "held": list(found.held), "draws": found.draws,
        "months": [_row(one) for one in found.months],
        "left_out": [{"month": month, "why": why} for month, why in found.left_out],
        "growth_a_month": found.growth, "months_to_breakeven": found.reached, "sentences": list(moving_sentences(found)),
    }  # fmt: skip


def _row(one: Standing) -> dict[str, Any]:
    return {
        "month": one.month, "actual": str(one.actual), "modelled": one.modelled, "months_left": one.rest, "stays_a_month": one.stays,
        "moves_a_month": one.moves, "saving": one.saving, "chance_that_moving_pays": one.pays.value, "chance_error": one.pays.error,
        "volume": one.volume, "breakeven": None if one.breakeven is None else asdict(one.breakeven), "distance": one.distance,
        "better": one.better,
    }  # fmt: skip


def print_move(found: Move, console: Console) -> None:
    """Print how moving stood in each month, then what that means."""
    source, target = found.labels[found.source], found.labels[found.target]
    title = f"{found.workload}: from {source} to {target} [{found.currency} a month; volume in {found.unit}]"
    heads = ("", "bill", "model of it", "if it stays", "if it moves", "volume", "break-even", "of it", "pays")
    table = plain_table(title, heads, 1)
    for one in found.months:
        even = "none" if one.breakeven is None else short_number(one.breakeven.value)
        amounts = (float(one.actual), one.modelled, one.stays, one.moves, one.volume)
        table.add_row(one.month, *map(short_number, amounts), even, distance_words(one.distance), chance(one.pays.value))
    console.print(table)
    for month, why in found.left_out:
        console.print(f"{month} is left out: {why}")
    for sentence in moving_sentences(found):
        console.print(sentence)
    covered, rest = " and ".join(found.covers), found.months[-1].rest
    console.print(f"Bill and model of it: {covered}. If it stays, if it moves: a mean month of the {rest} left, all categories.")
    console.print(f"Held at what was measured in the month: {', '.join(found.held)}. All else is as uncertain as the file says.")
