"""Turns an allocated month into journal lines, and closes and re-opens it."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tco_model.cli.finops import csv_option, month_option, rules_option, say_rates, workspace_argument
from tco_model.cli.options import changing, echo_json, json_option

if TYPE_CHECKING:
    from tco_model.actuals.spend import Cost
    from tco_model.finops.closing import Booked


def _reopen(folder: Path, month: str, why: str) -> None:
    from tco_model.exporters.files import write_text
    from tco_model.finops.closing import reopened

    kept, text = reopened(folder, month, why)
    write_text(kept, text)
    (folder / f"{month}.json").unlink()
    click.echo(f"{month} is open again; what was closed is kept in {kept}.", err=True)


def _close(folder: Path, booked: Booked) -> None:
    from tco_model.exporters.files import write_text
    from tco_model.finops.closing import closing_text

    text = closing_text(booked)
    folder.mkdir(exist_ok=True)
    write_text(folder / f"{booked.month}.json", text)


@click.command(short_help="Journal lines that charge a month's bill to cost centres.")
@workspace_argument
@rules_option
@month_option
@click.option(
    "--cost", type=click.Choice(["BilledCost", "EffectiveCost"]), default="BilledCost", show_default=True,
    help="What is charged: the invoice, or with commitments spread over what used them.",
)  # fmt: skip
@csv_option("Also write the journal.")
@click.option(
    "--close", "closes", is_flag=True, help="Close the month: its lines are kept, and later changes are booked in the next open one."
)
@click.option("--reopen", metavar="WHY", help="Open the last closed month again, and say why.")
@json_option
def chargeback(
    workspace: Path, rules: Path, month: str, cost: Cost, target: Path | None, closes: bool, reopen: str | None, as_json: bool
) -> None:
    """Charge a month's bill to cost centres, in cents that sum to the bill in cents; what nobody owns is a line of its own.

    \b
    tco chargeback bills --month 2026-09 --csv journal.csv
    tco chargeback bills --month 2026-08 --close
    tco chargeback bills --month 2026-08 --reopen "the refund belongs to August"
    """
    from tco_model.exporters.files import write_text
    from tco_model.exporters.statement_table import journal_rows, print_journal
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.tidy import csv_text
    from tco_model.finops.books import open_books
    from tco_model.finops.closing import FOLDER, book, read_closed
    from tco_model.finops.statements import NOT_CHARGED, month_in

    books = open_books(workspace, rules, cost)
    folder = workspace.resolve() / FOLDER
    read_closed(folder)  # what is wrong with one is told before the bill is read
    held, found = books.rules, books.found
    month = month_in(found, month)
    with changing(workspace) if closes or reopen is not None else nullcontext():
        if reopen is not None:
            _reopen(folder, month, reopen)
        booked = book(found, held, month, read_closed(folder))
        if closes:
            _close(folder, booked)
    if target is not None:
        write_text(target, csv_text(journal_rows(booked.lines)))
    if as_json:
        told = {"month": month, "cost": found.cost, "currency": found.currency, "closed": booked.is_closed or closes}
        echo_json(told | {"lines": journal_rows(booked.lines)} | books.converted_data)
    else:
        print_journal(booked.lines, make_console())
        say_rates(books)
    if closes or booked.is_closed:
        click.echo(f"{month} is closed: {folder / month}.json", err=True)
    if booked.changed:
        sums = ", ".join(f"{owner} {amount:+,}" for owner, amount in booked.changed.items())
        click.echo(f"Changed since it was closed, booked in the next open month: {sums} {found.currency}.", err=True)
    if target is not None:
        click.echo(f"Journal: {target}", err=True)
    bare = [one.owner for one in booked.lines if not one.cost_center and one.owner != NOT_CHARGED]
    if bare:
        click.echo(f"No cost centre for {', '.join(dict.fromkeys(bare))}: name them under cost_centers in {rules}.", err=True)
