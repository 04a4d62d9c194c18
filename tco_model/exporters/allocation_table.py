"""Turns an allocation into tables in the terminal, tidy rows and plain data; exact amounts stay exact as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from tco_model.finops.allocate import Allocated, Direct
from tco_model.finops.maturity import marks
from tco_model.report.format import percent, short_number

NOBODY = "(nobody)"


def parts_of(found: Allocated) -> list[dict[str, str]]:
    """Return every part as a row: month, owner, what it is of, the rule or key it came by, the amount. They sum to the bill."""

    def row(month: str, owner: str, part: str, by: str, amount: Decimal) -> dict[str, str]:
        return {
            "month": month,
            "owner": owner,
            "part": part,
            "by": by,
            "amount": str(amount),
            "currency": found.currency,
            "cost": found.cost,
        }

    own = [row(one.month, one.owner or NOBODY, "direct", f"rule: {one.rule}", one.amount) for one in found.direct if not one.pool]
    pools = [row(one.month, one.owner, f"pool: {one.pool}", one.key, one.amount) for one in found.shared]
    rest = [row(month, NOBODY, f"pool: {pool}", "nothing to split it by", amount) for (pool, month), amount in found.unsplit.items()]
    left = [row(one.month, NOBODY, f"pool: {one.pool}", "left out knowingly", one.amount) for one in _left_out(found)]
    return [*own, *pools, *rest, *left]


def _left_out(found: Allocated) -> list[Direct]:
    return [one for one in found.direct if one.pool in found.left_out]


def allocation_data(found: Allocated) -> dict[str, Any]:
    """Return everything as plain data; an amount is a text, so that no decimal is lost."""
    return {
        "cost": found.cost,
        "currency": found.currency,
        "months": found.months,
        "bill": str(found.bill),
        "unallocated": str(found.unallocated),
        "coverage": found.coverage,
        "owners": {owner: {"direct": str(own), "shared": str(pools)} for owner, (own, pools) in found.owners().items()},
        "left_out": {pool: str(amount) for pool, amount in found.left_out.items()},
        "rules": [{"rule": one.rule, "to": one.target, "rows": one.rows, "amount": str(one.amount)} for one in found.rules],
        "largest_unallocated": [
            {"account": one.account, "service": one.service, "amount": str(one.amount), "rows": one.rows} for one in found.items
        ],
        "parts": parts_of(found),
    }


def print_allocation(found: Allocated, console: Console) -> None:
    """Print who bears what, what each rule moved, and what nobody owns."""
    if not found.direct:
        console.print("There are no charges here yet: tco actuals import FILE…, or tco actuals demo DIR for a sample year.")
        return
    words = f"{found.cost} of {found.months[0]} to {found.months[-1]} [{found.currency}]"
    owners = _table(f"Owners: {words}", ("", "direct", "of pools", "together", "share"))
    for owner, (own, pools) in found.owners().items():
        owners.add_row(owner, *_amounts(own, pools, own + pools), percent(float((own + pools) / found.bill)) if found.bill else "–")
    for pool, amount in found.left_out.items():
        owners.add_row(f"(left out: {pool})", "", "", *_amounts(amount), percent(float(amount / found.bill)) if found.bill else "–")
    share = percent(float(found.unallocated / found.bill)) if found.bill else "–"
    owners.add_row(NOBODY, "", "", *_amounts(found.unallocated), share)
    console.print(owners)
    rules = _table("Rules, in order", ("", "gives to", "charges", "amount"))
    for one in found.rules:
        idle = "" if one.rows else "  takes nothing: is it spelled as the bill spells it?"
        rules.add_row(f"{one.rule}{idle}", one.target, f"{one.rows:,}", *_amounts(one.amount))
    console.print(rules)
    if found.items:
        items = _table("Largest charges nobody owns", ("account", "service", "charges", "amount"))
        for item in found.items:
            items.add_row(item.account, item.service, f"{item.rows:,}", *_amounts(item.amount))
        console.print(items)
    for (pool, month), amount in found.unsplit.items():
        console.print(f"{pool} of {month} has nothing to split it by: {amount} {found.currency} stay with nobody.")
    parts = sum((Decimal(row["amount"]) for row in parts_of(found)), Decimal(0))
    held = marks("allocation")
    console.print(
        f"{percent(found.coverage)} is allocated: {held.level(found.coverage)} (crawl {percent(held.crawl, 0)}, "
        f"walk {percent(held.walk, 0)}, run {percent(held.run, 0)}; {held.source}, {held.as_of})."
    )
    console.print(f"Parts {parts} = bill {found.bill} {found.currency}, to the last decimal.")


def _table(title: str, heads: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, justify="left" if head in ("", "gives to", "account", "service") else "right")
    return table


def _amounts(*amounts: Decimal) -> tuple[str, ...]:
    return tuple(short_number(float(amount)) for amount in amounts)
