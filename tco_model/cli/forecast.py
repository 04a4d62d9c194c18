"""Turns the months of a bill into those to come."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tco_model.cli.finops import csv_option, rules_option, say_rates, workspace_argument
from tco_model.cli.options import echo_json, json_option

if TYPE_CHECKING:
    from tco_model.finops.books import Books


@click.command(short_help="Forecast the bill.")
@workspace_argument
@rules_option
@click.option("--months", type=click.IntRange(1, 60), default=12, show_default=True, help="Months to come.")
@click.option("--by", default="owner", show_default=True, metavar="WHAT", help="owner, or a column of the bill, or tag:<key>.")
@click.option(
    "--plan", type=click.Path(path_type=Path), help="Planned changes, drivers, methods.  [default: forecast.yaml of the workspace]"
)
@click.option(
    "--as-of", "day", type=click.DateTime(["%Y-%m-%d"]),
    help="Make it as on an earlier day: months that were not over then are left out. The day it is really made is kept too.",
)  # fmt: skip
@click.option("--starter", is_flag=True, help="Write a commented forecast file into the workspace, and stop.")
@click.option("--kept", "shows_kept", is_flag=True, help="Show the forecasts that were made, and how they fared.")
@csv_option("Also write every month as a row.")
@json_option
def forecast(
    workspace: Path, rules: Path, months: int, by: str, plan: Path | None, day: dt.datetime | None, starter: bool, shows_kept: bool,
    target: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Forecast the bill: each owner by the method that a rolling backtest picks, what is planned on top, their sum with an honest range.

    The forecast is kept as made in DIR/forecasts, with its date, and held against the months that come.

    \b
    tco forecast bills
    tco forecast bills --by ServiceName --months 6
    tco forecast bills --as-of 2026-10-01
    tco forecast bills --kept
    """
    from tco_model.exporters.files import write_text
    from tco_model.exporters.forecast_table import forecast_rows, print_forecast
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.tidy import csv_text
    from tco_model.finops.books import open_books
    from tco_model.finops.forecast import forecast as make_forecast
    from tco_model.finops.forecast_plan import PLAN, read_plan
    from tco_model.finops.kept_forecasts import forecast_data, keep

    if starter:
        _write_starter(workspace / PLAN)
        return
    books = open_books(workspace, rules)
    if shows_kept:
        _show_kept(books, as_json)
        return
    said = plan or workspace / PLAN
    today = dt.datetime.now(dt.UTC).date()
    made = min(day.date(), today) if day else today
    names = partial(_names, books, by, made)
    planned = read_plan(said, books.rules, names) if plan or (by == "owner" and said.is_file()) else None
    if by != "owner" and not plan and said.is_file():
        click.echo(f"{said} is about owners and stands aside; name a plan for this with --plan", err=True)
    found = make_forecast(books, months, by=by, plan=planned, made=made, written=today)
    file, text = keep(workspace, found)
    file.parent.mkdir(exist_ok=True)
    write_text(file, text)
    if target is not None:
        write_text(target, csv_text(forecast_rows(found)))
    if as_json:
        echo_json(forecast_data(found) | books.converted_data)
        return
    print_forecast(found, make_console())
    say_rates(books)
    for written in (file, *([target] if target else [])):
        click.echo(f"Kept: {written}")


def _names(books: Books, by: str, made: dt.date) -> list[str]:
    from tco_model.finops.forecast import parts_of

    return [one.name for one in parts_of(books, by, made)[0]]


def _show_kept(books: Books, as_json: bool) -> None:
    from tco_model.exporters.forecast_table import fared_rows, print_kept
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.forecast import actual_of
    from tco_model.finops.kept_forecasts import fared, read_kept

    made = read_kept(books.workspace)
    kept = [one for one in made if one.currency == books.found.currency]
    held = [(one, fared(one, actual_of(books, one.by))) for one in kept]
    if as_json:
        told = [{"file": str(one.file), "made": one.made, "by": one.by, "months": fared_rows(results)} for one, results in held]
        echo_json({"forecasts": told} | books.converted_data)
    else:
        print_kept(held, make_console())


def _write_starter(path: Path) -> None:
    from tco_model.errors import Problem, ScenarioError
    from tco_model.exporters.files import write_text
    from tco_model.finops.forecast_plan import STARTER

    if path.exists():
        raise ScenarioError(Problem(f"'{path}' is there already", "edit it, or name another with --plan", file=str(path)))
    write_text(path, STARTER)
    click.echo(f"{path} written; take the # off what holds")
