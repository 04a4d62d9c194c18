"""Turns statements and journal lines into tables in the terminal and tidy rows; exact amounts stay exact as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.statements import JournalLine, Statement, Statements
from tco_model.report.format import percent
from tco_model.report.paper.statement import Units, change_of, money
from tco_model.report.unit_costs import held_against, month_cells


def statement_rows(found: Statements) -> list[dict[str, str]]:
    """Return every part of every statement as a row, and what is on none; they sum to the bill of the month."""

    def line(owner: str, part: str, by: str, amount: object) -> dict[str, str]:
        held = {"month": found.month, "owner": owner, "part": part, "by": by, "amount": str(amount)}
        return {**held, "currency": found.currency, "cost": found.cost}

    rows = [line(one.owner, f"service: {name}", "own charges", amount) for one in found.statements for name, amount in one.services]
    rows += [line(one.owner, f"pool: {part.pool}", part.key, part.amount) for one in found.statements for part in one.shares]
    return [*rows, line("(nobody)", "on nobody's statement", "", found.rest)]


def journal_rows(lines: Sequence[JournalLine]) -> list[dict[str, str]]:
    """Return every line as a row."""
    return [
        {
            "month": one.month,
            "adjusts": one.adjusts,
            "cost_center": one.cost_center,
            "owner": one.owner,
            "amount": str(one.amount),
            "currency": one.currency,
            "cost": one.cost,
            "exact_amount": str(one.exact),
        }
        for one in lines
    ]


def print_statements(found: Statements, chosen: Sequence[Statement], units: Units, console: Console) -> None:
    """Print who bore what, then each statement with the unit costs of its owner."""
    table = plain_table(
        f"Statements of {found.month}: {found.cost} [{found.currency}]", ("", "own", "of pools", "together", "on the month before"), 1
    )
    for one in chosen:
        table.add_row(one.owner, money(one.own), money(one.shared), money(one.total), change_of(one))
    if len(chosen) == len(found.statements):
        table.add_row("on nobody's statement", "", "", money(found.rest), "")
        table.add_row("the bill", "", "", money(found.bill), "")
    console.print(table)
    for one in chosen:
        parts = plain_table(f"{one.owner}, {one.month} [{one.currency}]", ("", "by", "amount", "share"), 2)
        for name, amount in one.services:
            parts.add_row(name, "own charges", money(amount), percent(float(amount / one.total)) if one.total else "–")
        for part in one.shares:
            share = percent(float(part.amount / one.total)) if one.total else "–"
            parts.add_row(f"pool {part.pool}", f"{part.key}, {percent(float(part.share))} of it", money(part.amount), share)
        console.print(parts)
        _print_units(one, units, console)


def _print_units(one: Statement, units: Units, console: Console) -> None:
    held = [metric for metric in units.metrics if metric.owner == one.owner]
    if held:
        table = plain_table(f"Unit costs of {one.owner}", ("", "unit", one.month, "before", "change"), 2)
        for metric in held:
            table.add_row(*month_cells(metric, one.month))
        console.print(table)
    for sentence in held_against(held, units.models, one.month):
        console.print(sentence)


def print_journal(lines: Sequence[JournalLine], console: Console) -> None:
    """Print the lines, their sum, and which owners have no cost centre."""
    if not lines:
        console.print("Nothing to book.")
        return
    first = lines[0]
    table = plain_table(
        f"Journal of {first.month}: {first.cost} [{first.currency}]", ("cost centre", "owner", "", "amount", "rounded by"), 3
    )
    for one in lines:
        why = f"change of {one.adjusts}, closed" if one.adjusts else ""
        table.add_row(one.cost_center or "–", one.owner, why, money(one.amount), f"{one.amount - one.exact:+.4f}")
    console.print(table)
    own = [one for one in lines if not one.adjusts]
    whole, exact = sum(one.amount for one in own), sum(one.exact for one in own)
    console.print(f"Lines of the month {whole:,} {first.currency} = its bill {exact:,} {first.currency} in cents.")
    if len(own) < len(lines):
        console.print(f"Changes of closed months {sum(one.amount for one in lines) - whole:+,} {first.currency}.")
