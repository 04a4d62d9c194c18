"""Turns the bill of a workspace into what each owner bears."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tco_model.cli.options import echo_json, json_option
from tco_model.cli.paper import paper_targets, writer

if TYPE_CHECKING:
    from tco_model.finops.books import Books


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


def _write_starter(path: Path) -> None:
    from tco_model.errors import Problem, ScenarioError
    from tco_model.exporters.files import write_text
    from tco_model.finops.starter import STARTER

    if path.exists():
        raise ScenarioError(Problem(f"'{path}' is there already", "name another with --rules", file=str(path)))
    write_text(path, STARTER)
    click.echo(f"{path} written; change its rules, then: tco allocate bills --rules {path}")
