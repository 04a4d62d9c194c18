"""Turns the exports of bills and AI usage into a workspace, and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tco_model.cli.options import echo_json, json_option

FAILED = 1
workspace_option = click.option(
    "--workspace",
    "-w",
    type=click.Path(path_type=Path),
    default=Path("bills"),
    show_default=True,
    metavar="DIR",
    help="Folder of the workspace.",
)
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
as_option = click.option("--as", "reader", metavar="SOURCE", help="Read as this source instead of recognising it; a wrong name lists them.")
currency_option = click.option("--currency", metavar="CODE", help="Currency of files that name none, such as USD.")


@click.group(short_help="Import bills and AI usage; check them.")
def actuals() -> None:
    """Import what was really billed and used, and keep it reconciled to the last decimal.

    \b
    tco actuals demo demo_bills          a year of invented bills to look at
    tco actuals import exports/*.csv.gz  your own
    tco actuals spend bills --by tag:team
    """


@actuals.command("import", short_help="Import exports into a workspace.")
@files_argument
@workspace_option
@as_option
@currency_option
@click.option("--replace", "choice", flag_value="replace", help="An export that overlaps in part takes the place of what is held.")
@click.option("--add", "choice", flag_value="add", help="An export that overlaps in part is added; rows alike count once.")
@json_option
def import_(files: Sequence[Path], workspace: Path, reader: str | None, currency: str | None, choice: str | None, as_json: bool) -> None:
    """Import FOCUS bills, LiteLLM, OpenAI, OpenTelemetry or Bedrock logs: all files of one command, or none.

    The same file twice changes nothing. A later export of the same account and month takes the place of the earlier one.

    \b
    tco actuals import focus-2026-09.csv.gz --workspace bills
    tco actuals import exports/*.parquet spend_logs.jsonl -w bills
    """
    from tco_model.actuals.load import import_files
    from tco_model.actuals.overlap import Choice
    from tco_model.actuals.told import as_data, outcome_lines

    outcomes = import_files(files, workspace, reader=reader, currency=currency, choice=Choice(choice or "refuse"))
    if as_json:
        echo_json([as_data(outcome) for outcome in outcomes])
    else:
        click.echo("\n".join(outcome_lines(outcomes)))


@actuals.command(short_help="Say what is wrong with an export or a workspace.")
@click.argument("place", type=click.Path(path_type=Path), metavar="FILE-OR-WORKSPACE")
@as_option
@currency_option
@json_option
def doctor(place: Path, reader: str | None, currency: str | None, as_json: bool) -> None:
    """Say what is wrong with an export or a workspace and what mends each; exit code 1 where something needs mending.

    \b
    tco actuals doctor focus-2026-09.csv.gz
    tco actuals doctor bills/
    """
    from tco_model.actuals.doctor import examine, finding_lines

    findings = examine(place, reader=reader, currency=currency)
    if as_json:
        echo_json([finding.as_dict() for finding in findings])
    else:
        click.echo("\n".join(finding_lines(findings)))
    if any(finding.mend for finding in findings):
        raise click.exceptions.Exit(FAILED)


@actuals.command(short_help="Write and import a year of invented bills.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=7, show_default=True, help="Seed of the invented bills.")
@click.option(
    "--months", type=click.IntRange(1, 15), default=12, show_default=True,
    help="Months from October 2025 on; from the fourteenth they show what the review of the twelfth decides.",
)  # fmt: skip
@json_option
def demo(folder: Path, seed: int, months: int, as_json: bool) -> None:
    """Write a year of invented bills and AI usage into DIR/exports and import them into DIR; months that are there stay as they are.

    Beside them stand the files that the year is read by: who owns what, budgets, plans, what is measured. Those that are there stay.

    \b
    tco actuals demo demo_bills
    tco actuals doctor demo_bills
    tco actuals demo demo_bills --months 14
    """
    from tco_model.actuals.demo import write_demo
    from tco_model.actuals.load import import_files
    from tco_model.actuals.told import as_data
    from tco_model.exporters.files import write_text
    from tco_model.finops.starter import sample_files

    exports = write_demo(folder, seed, months)
    outcomes = import_files(exports, folder)
    files = sample_files(folder)
    for path, text in files.items():
        write_text(path, text)
    if as_json:
        echo_json([as_data(outcome) for outcome in outcomes])
        return
    rows = sum(outcome.held.rows for outcome in outcomes if outcome.held)
    aside = sum(outcome.held.set_aside for outcome in outcomes if outcome.held)
    click.echo(f"{len(exports)} exports written to {folder / 'exports'} and imported into {folder}: {rows:,} rows, {aside:,} set aside")
    click.echo(f"Outcomes a month: {folder / 'outcomes.csv'}")
    if files:
        click.echo(f"What it is read by, to change as you like: {', '.join(str(path) for path in files)}")
    verbs = ("actuals spend", "allocate", "unit-metrics", "forecast", "budget check", "review")
    click.echo("Next:\n" + "\n".join(f"  tco {verb} {folder}" for verb in verbs))


@actuals.command("list", short_help="List the imports of a workspace.")
@click.argument("workspace", type=click.Path(path_type=Path), default=Path("bills"), metavar="[DIR]")
@json_option
def list_(workspace: Path, as_json: bool) -> None:
    """List what was imported, when, and how many rows each import still holds.

    \b
    tco actuals list bills
    """
    from dataclasses import asdict

    from tco_model.actuals.store import Workspace
    from tco_model.actuals.told import import_lines

    imports = Workspace(workspace).imports()
    if as_json:
        echo_json([asdict(one) for one in imports])
    else:
        click.echo(
            "\n".join(import_lines(imports))
            if imports
            else f"nothing is imported into {workspace} yet; tco actuals import FILE -w {workspace}"
        )


@actuals.command(short_help="Show what each service, account or tag costs a month.")
@click.argument("workspace", type=click.Path(path_type=Path), default=Path("bills"), metavar="[DIR]")
@click.option("--by", "dimension", default="ServiceName", show_default=True, metavar="COLUMN", help="A column of the bill, or tag:<key>.")
@click.option("--billed", is_flag=True, help="As invoiced; commitments are else spread over what used them.")
@click.option("--currency", default="", metavar="CODE", help="Of several the one to show, as billed; left out, rates.yaml converts all.")
@click.option("--top", type=click.IntRange(1, 1000), default=12, show_default=True, help="The dearest; all others as one.")
@json_option
def spend(workspace: Path, dimension: str, billed: bool, currency: str, top: int, as_json: bool) -> None:
    """Show what each value of a column or tag costs a month; the parts sum to the bill, to the last decimal.

    \b
    tco actuals spend bills
    tco actuals spend bills --by tag:team --billed
    """
    from tco_model.actuals.spend import spend as spend_by
    from tco_model.actuals.store import Workspace
    from tco_model.exporters.spend_table import print_spend, spend_data
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.books import bill_of
    from tco_model.finops.rates import in_words, rates_told, told_data

    charges, rates = bill_of(Workspace(workspace), currency)
    found, used = spend_by(charges, dimension, "BilledCost" if billed else "EffectiveCost", currency), rates_told(charges, rates)
    if as_json:
        echo_json(spend_data(found) | ({"rates": told_data(used, found.currency)} if used else {}))
        return
    print_spend(found.first(top), make_console())
    for line in in_words(used, found.currency):
        click.echo(f"{line}.")


@actuals.command(short_help="Say at which rates a bill in several currencies is told.")
@click.argument("workspace", type=click.Path(path_type=Path), default=Path("bills"), metavar="[DIR]")
@click.option("--starter", is_flag=True, help="Write rates.yaml with every currency and month of the bill to fill in, and stop.")
@click.option(
    "--into", default="", metavar="CODE", help="Of the starter: the currency to tell the bill in; left out, that of most charges."
)
@json_option
def rates(workspace: Path, starter: bool, into: str, as_json: bool) -> None:
    """Say at which dated rates the currencies of a bill are converted into one, and whose they are; missing ones leave with 2.

    Where DIR/rates.yaml is there, every command tells the whole bill in its currency. Without it, or with currency: in the allocation file,
    nothing is converted.

    \b
    tco actuals rates bills --starter --into EUR
    tco actuals rates bills
    """
    import datetime as dt

    from tco_model.actuals.store import Workspace
    from tco_model.exporters.files import write_text
    from tco_model.finops import rates as money
    from tco_model.finops.rates_starter import starter as rates_starter

    opened = Workspace(workspace)
    file = opened.path / money.FILE
    if starter:
        money.refuse_to_replace(file)
        write_text(file, rates_starter(opened.charges(), dt.datetime.now(dt.UTC).date().isoformat(), into))
        click.echo(f"{file} written; fill in its rates, then: tco actuals rates {workspace}")
        return
    held = money.read_rates(file)
    used = money.rates_used(opened.charges(), held)
    if as_json:
        echo_json({"into": held.into, "rates": money.told_data(used, held.into)})
    elif not any(one.quote for one in used):
        click.echo(f"Every charge is billed in {held.into}: nothing is converted.")
    else:
        click.echo("\n".join(f"{line}." for line in money.in_words(used, held.into)))
