"""Turns compliance with the metadata standard into tables in the terminal, tidy rows and plain data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import Console

from tco_model.exporters.months_table import months_table
from tco_model.exporters.terminal import plain_table
from tco_model.finops.metadata import EVERY, Breach, Compliance, bearer, lacking
from tco_model.report.format import percent, short_number

MOST_SHOWN = 5
"""Items of an owner."""


def compliance_rows(found: Compliance) -> list[dict[str, str]]:
    """Return every cell as a row: dimension, month, owner, how it is met, absolute cost and charges."""
    return [
        {
            "dimension": one.dimension,
            "month": one.month,
            "owner": one.owner,
            "state": one.state,
            "absolute_cost": str(one.amount),
            "charges": str(one.rows),
            "currency": found.currency,
            "cost": found.cost,
        }
        for one in found.held
    ]


def compliance_data(found: Compliance) -> dict[str, Any]:
    """Return everything as plain data; shares in [0, 1], null where nothing is held to a dimension; an amount is a text."""
    return {
        "cost": found.cost,
        "currency": found.currency,
        "charge_category": "Usage",
        "months": found.months,
        "dimensions": {
            name: {
                "share_of_cost": found.share(name),
                "share_of_charges": found.share_of_charges(name),
                "by_month": {month: found.share(name, month=month) for month in found.months},
            }
            for name in found.dimensions
        },
        "owners": {
            owner: {"not_met": str(amount), "shares": {name: found.share(name, owner=owner) for name in found.dimensions}}
            for owner, amount in found.owners().items()
        },
        "largest": [_breach(one) for one in found.breaches],
    }


def _breach(one: Breach) -> dict[str, Any]:
    return {
        "dimension": one.dimension,
        "owner": one.owner,
        "account": one.account,
        "service": one.service,
        "value": one.value or None,
        "amount": str(one.amount),
        "charges": one.rows,
    }


def print_compliance(found: Compliance, console: Console) -> None:
    """Print how much meets the standard, month by month, who lacks most, and of each owner the dearest items that do not meet it."""
    if not found.held:
        console.print("No usage charge is held to the standard here yet: tco actuals import FILE…, or an earlier since.")
        return
    first, last = found.months[0], found.months[-1]
    title = f"Usage charges with an allowed value: {found.cost} of {first} to {last} [{found.currency}]"
    table = plain_table(title, ("", "of cost", "of charges"), words=1)
    for name in found.dimensions:
        table.add_row(name, _percent(found.share(name)), _percent(found.share_of_charges(name)))
    console.print(table)
    over_time = {name: [_percent(found.share(name, month=month), 0) for month in found.months] for name in found.dimensions}
    console.print(months_table("Share of cost by month", found.months, over_time, console))
    owners = plain_table("Owners, most cost outside the standard first", ("", *found.dimensions, "outside"), words=1)
    for owner, amount in found.owners().items():
        owners.add_row(bearer(owner), *(_percent(found.share(name, owner=owner)) for name in found.dimensions), short_number(float(amount)))
    console.print(owners)
    _print_items(found, console)
    whole = sum((one.amount for one in found.held if one.dimension == EVERY), Decimal(0))
    console.print(
        f"{_percent(found.share(EVERY))} of {short_number(float(whole))} {found.currency} of usage carries every required tag; "
        "shares are of absolute amounts, and tax, credits and purchases are not held to it."
    )


def _print_items(found: Compliance, console: Console) -> None:
    """Print the dearest items of each owner, in the order of what the owners lack; an item that lacks several stands once."""
    heads = ("owner", "account", "service", "lacks", "says", "charges", "amount")
    table = plain_table("Dearest items outside the standard, by owner", heads, words=5)
    left = 0
    for owner in found.owners():
        items = lacking(found, owner)
        for place, (one, dimensions) in enumerate(items[:MOST_SHOWN]):
            said = (one.account, one.service, ", ".join(dimensions), one.value or "nothing")
            table.add_row("" if place else bearer(owner), *said, f"{one.rows:,}", short_number(float(one.amount)))
        left += max(len(items) - MOST_SHOWN, 0)
    if table.row_count:
        console.print(table)
    if left:
        console.print(f"{left} smaller items are not shown; --json has them.")


def _percent(share: float | None, decimals: int = 1) -> str:
    return "–" if share is None else percent(share, decimals)
