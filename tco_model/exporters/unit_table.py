"""Turns unit metrics into a table in the terminal and tidy rows; exact amounts stay exact as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.report.format import percent, short_number


def metric_rows(found: Sequence[UnitMetric]) -> list[dict[str, str | float | None]]:
    """Return every month of every metric as a row; no value where nothing was counted."""
    return [
        {
            "metric": one.name,
            "month": month,
            "value": value,
            "unit": f"{one.currency}/{one.unit}",
            "cost_amount": str(amount),
            "count": None if count is None else str(count),
            "currency": one.currency,
            "cost": one.cost,
            "formula": one.formula,
        }
        for one in found
        for month, amount, count, value in zip(one.months, one.costs, one.counts, one.values, strict=True)
    ]


def print_metrics(found: Sequence[UnitMetric], console: Console) -> None:
    """Print of each metric all months together, the first and the last, what it covers, and its formula in words."""
    if not found[0].months:
        console.print("There are no charges here yet: tco actuals import FILE…, or tco actuals demo DIR for a sample year.")
        return
    first, last = found[0].months[0], found[0].months[-1]
    heads = ("", "unit", "all months", "first counted", "last counted", "change", "covers")
    table = plain_table(f"Unit costs, {first} to {last}", heads, words=2)
    for one in found:
        values = [value for value in one.values if value is not None]
        change = f"{values[-1] / values[0] - 1:+.1%}" if len(values) > 1 and values[0] else "–"
        cells = [one.value, values[0] if values else None, values[-1] if values else None]
        covered = "–" if one.coverage is None else percent(one.coverage)
        shown = ["no data" if cell is None else short_number(cell) for cell in cells]
        table.add_row(one.name, f"{one.currency}/{one.unit}", *shown, change, covered)
    console.print(table)
    for one in found:
        console.print(f"{one.name} = {one.formula}", highlight=False)
    console.print("Covers: the share of the cost that falls in months with a count.")
