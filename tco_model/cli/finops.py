"""Turns the bill of a workspace into what each owner bears."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tco_model.cli.options import changing, echo_json, json_option
from tco_model.cli.paper import paper_targets, writer

if TYPE_CHECKING:
    from tco_model.actuals.spend import Cost
    from tco_model.finops.books import Books
    from tco_model.finops.closing import Booked


def _rules(context: click.Context, _: click.Parameter, said: Path | None) -> Path:
    """Return the allocation file: as said, else that of the workspace, else the one of this folder."""
    workspace = context.params.get("workspace")
    held = None if workspace is None else workspace / RULES
    return said if said is not None else held if held is not None and held.is_file() else Path(RULES)


RULES = "allocation.yaml"
workspace_argument = click.argument("workspace", type=click.Path(path_type=Path), default=Path("bills"), metavar="[DIR]", is_eager=True)
rules_option = click.option(
    "--rules", type=click.Path(path_type=Path), callback=_rules,
    help="The allocation file.  [default: allocation.yaml of the workspace, or of this folder]",
)  # fmt: skip
month_option = click.option("--month", default="", metavar="YYYY-MM", help="Billing period; the last of the bill where left out.")


def csv_option(words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option that also writes tidy rows."""
    return click.option("--csv", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.csv", help=words)


def say_rates(books: Books) -> None:
    """Say at which rates a bill was converted, whose they are and when they were read; nothing where it was not."""
    for line in books.converted_words:
        click.echo(f"{line}.")


@click.command(short_help="Allocate the bill to its owners.")
@workspace_argument
@rules_option
@click.option("--starter", is_flag=True, help="Write a commented allocation file to begin with, and stop.")
@csv_option("Also write every part as a row.")
@json_option
def allocate(workspace: Path, rules: Path, starter: bool, target: Path | None, as_json: bool) -> None:
    """Allocate the bill of a workspace: rules in order, shared pools split, what nobody owns shown. The parts sum to the bill exactly.

    \b
    tco allocate --starter
    tco allocate bills
    tco allocate bills --rules allocation.yaml --csv parts.csv
    """
    if starter:
        _write_starter(rules)
        return
    from tco_model.exporters.allocation_table import allocation_data, parts_of, print_allocation
    from tco_model.exporters.files import write_text
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.tidy import csv_text
    from tco_model.finops.books import open_books

    books = open_books(workspace, rules)
    found = books.found
    if target is not None:
        write_text(target, csv_text(parts_of(found)))
    if as_json:
        echo_json(allocation_data(found) | books.converted_data)
    else:
        print_allocation(found, make_console())
        say_rates(books)
        if target is not None:
            click.echo(f"Every part as a row: {target}")


@click.command(short_help="Hold the tags of the bill to the metadata standard.")
@workspace_argument
@rules_option
@csv_option("Also write every cell as a row.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Leave with 1 where less of the cost meets it all.")
@json_option
def tags(workspace: Path, rules: Path, target: Path | None, fail_under: float | None, as_json: bool) -> None:
    """Say which share of the usage cost carries the tags that the allocation file requires, who lacks most, and where.

    \b
    tco tags bills
    tco tags bills --fail-under 85
    """
    from tco_model.exporters.files import write_text
    from tco_model.exporters.tags_table import compliance_data, compliance_rows, print_compliance
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.tidy import csv_text
    from tco_model.finops.books import open_books
    from tco_model.finops.metadata import EVERY, comply

    books = open_books(workspace, rules)
    found = comply(books.charges, books.rules)
    if target is not None:
        write_text(target, csv_text(compliance_rows(found)))
    if as_json:
        echo_json(compliance_data(found) | books.converted_data)
    else:
        print_compliance(found, make_console())
        say_rates(books)
        if target is not None:
            click.echo(f"Every cell as a row: {target}")
    share = found.share(EVERY)
    if fail_under is not None and share is not None and share * 100 < fail_under:
        click.echo(f"{share:.1%} of the usage cost meets the standard, less than {fail_under:g}%", err=True)
        raise click.exceptions.Exit(1)


@click.command(short_help="State what each owner bore in a month.")
@workspace_argument
@rules_option
@month_option
@click.option("--owner", default="", help="Only the statement of one owner.")
@csv_option("Also write every part as a row.")
@click.option(
    "-o", "--output", "papers", type=click.Path(path_type=Path), multiple=True, metavar="PAPER", callback=paper_targets,
    help="Also write a paper, .docx, .pdf, .html or .md; repeatable.",
)  # fmt: skip
@json_option
def showback(workspace: Path, rules: Path, month: str, owner: str, target: Path | None, papers: tuple[Path, ...], as_json: bool) -> None:
    """State what each owner bore in a month: own charges by service, shares of pools with their key, change on the month before.

    \b
    tco showback bills --month 2026-09
    tco showback bills --owner support-eng -o statement.docx
    """
    from tco_model import __version__
    from tco_model.errors import Problem, ScenarioError, nearest
    from tco_model.exporters.files import write_text
    from tco_model.exporters.statement_table import print_statements, statement_rows
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.tidy import csv_text
    from tco_model.exporters.unit_table import metric_rows
    from tco_model.finops.books import open_books
    from tco_model.finops.statements import states
    from tco_model.report.paper.statement import make_statement_paper, owner_units

    books = open_books(workspace, rules)
    found = states(books.charges, books.rules, books.usage, month)
    units = owner_units(books, rules.parent, [one.owner for one in found.statements])
    names = [one.owner for one in found.statements]
    if owner and owner not in names:
        raise ScenarioError(Problem(f"'{owner}' bore nothing in {found.month}", nearest(owner, names), "owner", owner))
    chosen = [one for one in found.statements if owner in ("", one.owner)]
    rows = [row for row in statement_rows(found) if owner in ("", row["owner"])]
    if target is not None:
        write_text(target, csv_text(rows))
    for paper in papers:
        writer(paper)(make_statement_paper(found, __version__, units, owner=owner, notes=books.converted_words), paper)
    if as_json:
        shown = [one for one in units.metrics if owner in ("", one.owner)]
        costs = [row for row in metric_rows(shown, units.models) if row["month"] == found.month]
        told = {"month": found.month, "bill": str(found.bill), "rest": str(found.rest), "parts": rows, "unit_costs": costs}
        echo_json(told | books.converted_data)
        return
    print_statements(found, chosen, units, make_console())
    say_rates(books)
    for written in (*papers, *([target] if target else [])):
        click.echo(f"Written: {written}")


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
    held, found, folder = books.rules, books.found, workspace.resolve() / FOLDER
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
        echo_json(journal_rows(booked.lines))
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


@click.command("unit-metrics", short_help="What one case, request, token or GPU-hour cost.")
@workspace_argument
@rules_option
@click.option(
    "--outcomes", type=click.Path(path_type=Path, dir_okay=False), metavar="COUNTS.csv",
    help="Counts by month: month, product, count.  [default: outcomes.csv of the workspace]",
)  # fmt: skip
@click.option(
    "--csv", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.csv", help="Also write every month as a row."
)
@click.option("--scenario", type=click.Path(path_type=Path, dir_okay=False), help="Hold the cost per outcome against this scenario's.")
@click.option("--option", default="", metavar="NAME", help="The option of the scenario that runs.")
@click.option("--metric", default="", metavar="NAME", help="Which metric; those per outcome in the scenario's unit where left out.")
@click.option(
    "--category", "categories", multiple=True, metavar="NAME", help="Count only this category of the model's cost; repeatable."
)  # fmt: skip
@json_option
def unit_metrics(
    workspace: Path, rules: Path, outcomes: Path | None, target: Path | None, scenario: Path | None, option: str, metric: str,
    categories: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Say what one unit of value cost each month: the metrics of the allocation file, their formula, their trend, what they cover.

    A metric may be held against the scenario that foresaw it: by against: in the allocation file, or by --scenario.

    \b
    tco unit-metrics bills
    tco unit-metrics bills --outcomes cases.csv --csv units.csv
    tco unit-metrics bills --scenario scenarios/support_assistant.yaml --option managed_large --category token --category compute
    """
    from tco_model.exporters.files import write_text
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.tidy import csv_text
    from tco_model.exporters.unit_table import metric_rows, print_metrics
    from tco_model.finops.against import chosen_metrics, modelled
    from tco_model.finops.books import open_books
    from tco_model.finops.outcomes import OUTCOMES, read_outcomes
    from tco_model.finops.unit_metrics import measure

    if scenario is None and (option or metric or categories):
        raise click.UsageError("--option, --metric and --category say how to hold against a scenario: add --scenario FILE")
    books = open_books(workspace, rules)
    chosen = chosen_metrics(scenario, option, categories, metric, books.rules) if scenario else {}
    counts = outcomes or workspace / OUTCOMES
    found = measure(books.charges, books.rules, books.usage, read_outcomes(counts) if outcomes or counts.is_file() else {})
    models = modelled(found, books.rules, rules.parent, chosen)
    if target is not None:
        write_text(target, csv_text(metric_rows(found, models)))
    if as_json:
        echo_json(metric_rows(found, models))
        return
    print_metrics(found, models, make_console())
    say_rates(books)
    if target is not None:
        click.echo(f"Every month as a row: {target}")


def _write_starter(path: Path) -> None:
    from tco_model.errors import Problem, ScenarioError
    from tco_model.exporters.files import write_text
    from tco_model.finops.starter import STARTER

    if path.exists():
        raise ScenarioError(Problem(f"'{path}' is there already", "name another with --rules", file=str(path)))
    write_text(path, STARTER)
    click.echo(f"{path} written; change its rules, then: tco allocate bills --rules {path}")
