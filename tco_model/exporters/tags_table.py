"""Turns compliance with the metadata standard into tables in the terminal, tidy rows and plain data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.metadata import EVERY, Breach, Compliance
from tco_model.report.format import percent, short_number


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
        "account": one.account,
        "service": one.service,
        "value": one.value or None,
        "amount": str(one.amount),
        "charges": one.rows,
    }


def print_compliance(found: Compliance, console: Console) -> None:
    """Print how much meets the standard and since when, who lacks most, and the dearest items that do not meet it."""
    if not found.held:
        console.print("No usage charge is held to the standard here yet: tco actuals import FILE…, or an earlier since.")
        return
    first, last = found.months[0], found.months[-1]
    title = f"Usage charges with an allowed value: {found.cost} of {first} to {last} [{found.currency}]"
    table = plain_table(title, ("", "of cost", "of charges", first, last), words=1)
    for name in found.dimensions:
        shares = (found.share(name), found.share_of_charges(name), found.share(name, month=first), found.share(name, month=last))
        table.add_row(name, *(_percent(share) for share in shares))
    console.print(table)
    owners = plain_table("Owners, most cost outside the standard first", ("", *found.dimensions, "outside"), words=1)
    for owner, amount in found.owners().items():
        owners.add_row(owner, *(_percent(found.share(name, owner=owner)) for name in found.dimensions), short_number(float(amount)))
    console.print(owners)
    if found.breaches:
        items = plain_table("Dearest items outside the standard", ("lacks", "account", "service", "says", "charges", "amount"), words=4)
        for one in sorted(found.breaches, key=lambda item: -item.amount):
            said = (one.dimension, one.account, one.service, one.value or "nothing")
            items.add_row(*said, f"{one.rows:,}", short_number(float(one.amount)))
        console.print(items)
    whole = sum((one.amount for one in found.held if one.dimension == EVERY), Decimal(0))
    console.print(
        f"{_percent(found.share(EVERY))} of {short_number(float(whole))} {found.currency} of usage carries every required tag; "
        "shares are of absolute amounts, and tax, credits and purchases are not held to it."
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else percent(share)
