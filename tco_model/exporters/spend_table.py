"""Turns spend by month into a table in the terminal, or into plain data with its amounts as exact decimals in text."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from tco_model.actuals.spend import Spend
from tco_model.report.format import short_number

MOST_MONTHS = 6
"""Months that are shown beside the total: the last ones."""


def spend_data(found: Spend) -> dict[str, Any]:
    """Return everything as plain data; an amount is a text, so that no decimal is lost."""
    return {
        "dimension": found.dimension,
        "cost": found.cost,
        "currency": found.currency,
        "months": found.months,
        "amounts": {name: [str(value) for value in values] for name, values in found.amounts.items()},
        "total": str(found.total),
    }


def print_spend(found: Spend, console: Console) -> None:
    """Print the amounts of the last months, and the total of all."""
    if not found.amounts:
        console.print("There are no charges here yet: tco actuals import FILE…, or tco actuals demo DIR for a sample year.")
        return
    shown = found.months[-MOST_MONTHS:]
    what = "effective cost, commitments spread over what used them" if found.cost == "EffectiveCost" else "billed cost, as invoiced"
    table = Table(title=f"{found.dimension}: {what} [{found.currency}]", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for head in (*shown, f"all {len(found.months)} months"):
        table.add_column(head, justify="right")
    for name, values in found.amounts.items():
        last = values[len(values) - len(shown) :]
        table.add_row(name, *(short_number(float(value)) for value in last), short_number(float(sum(values))))
    console.print(table)
    console.print(f"Total {found.total} {found.currency}, to the last decimal that of the bill.")
