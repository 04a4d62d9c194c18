"""Turns budgets and a bill into what stands where, and into alerts that are told once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tco_model.cli.finops import month_option, rules_option, say_rates, workspace_argument
from tco_model.cli.options import changing, echo_json, json_option

if TYPE_CHECKING:
    from tco_model.finops.alerts import Alert
    from tco_model.finops.budget import Checked


@click.group(short_help="Hold the bill to budgets, and raise alerts.")
def budget() -> None:
    """Hold the bill to budgets, and raise alerts.

    \b
    tco budget starter bills
    tco budget check bills
    """


@budget.command(short_help="Write a commented budget file.")
@workspace_argument
def starter(workspace: Path) -> None:
    """Write a commented budgets.yaml into a workspace; its amounts are invented.

    \b
    tco budget starter bills
    """
    from tco_model.errors import Problem, ScenarioError
    from tco_model.exporters.files import write_text
    from tco_model.finops.budget_rules import FILE, STARTER

    path = workspace / FILE
    if path.exists():
        raise ScenarioError(Problem(f"'{path}' is there already", "edit it, or move it away", file=str(path)))
    write_text(path, STARTER)
    click.echo(f"{path} written; change its amounts, then: tco budget check {workspace}")


@budget.command(short_help="Say how each budget stands; leave with 1 where one is overspent.")
@workspace_argument
@rules_option
@month_option
@click.option("--budgets", "file", type=click.Path(path_type=Path), help="The budget file.  [default: budgets.yaml of the workspace]")
@click.option(
    "--fail-on", type=click.Choice(["actual", "forecast", "never"]), default="actual", show_default=True,
    help="Leave with 1 where a budget is overspent, or is forecast to be.",
)  # fmt: skip
@click.option(
    "--message", type=click.Path(path_type=Path, dir_okay=False), help="Write new alerts as a message: .json for a chat webhook, else text."
)
@click.option("--run", "command", metavar="COMMAND", help="Give the message of new alerts to a command of yours, on its standard input.")
@json_option
def check(
    workspace: Path, rules: Path, month: str, file: Path | None, fail_on: str, message: Path | None, command: str | None, as_json: bool
) -> None:  # fmt: skip
    """Say how each budget stands: spent, burn rate, what its period ends at, the chance that it is overspent. New alerts are told once.

    \b
    tco budget check bills
    tco budget check bills --json --fail-on forecast
    tco budget check bills --message alert.json
    tco budget check bills --run "curl -s -d @- -H content-type:application/json https://chat.example.com/hook"
    """
    from tco_model.exporters.budget_table import alert_rows, budget_rows, print_budgets
    from tco_model.exporters.files import write_text
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.alerts import FILE, alerts_of, fresh, highest, read_told, told_text
    from tco_model.finops.books import open_books
    from tco_model.finops.budget import check as check_budgets
    from tco_model.finops.budget_rules import FILE as BUDGETS
    from tco_model.finops.budget_rules import read_budgets

    books = open_books(workspace, rules)
    budgets, told = read_budgets(file or workspace / BUDGETS, books.rules), read_told(workspace)
    checked = check_budgets(books, budgets, month)
    crossed = alerts_of(checked)
    new = fresh(crossed, told)
    with changing(workspace) if new else nullcontext():
        told = read_told(workspace)
        new = fresh(crossed, told)  # what another process has told meanwhile is not told again
        sent = _tell(new, checked, message, command)
        if new and sent:
            write_text(workspace / FILE, told_text((*told, *new)))
    if as_json:
        echo_json({"budgets": budget_rows(checked), "new_alerts": alert_rows(new), "sent": sent} | books.converted_data)
    else:
        print_budgets(checked, make_console())
        say_rates(books)
        for one in highest(new):
            click.echo(
                f"Alert: {one.budget}, {one.period}: {one.threshold} of the budget {'spent' if one.kind == 'actual' else 'forecast'}"
            )
    if not sent:
        raise click.exceptions.Exit(1)
    ends = {"actual": [one.is_over for one in checked], "forecast": [bool(one.end and one.end[1] > float(one.limit)) for one in checked]}
    if fail_on != "never" and any((*ends["actual"], *(ends["forecast"] if fail_on == "forecast" else ()))):
        raise click.exceptions.Exit(1)


def _tell(new: Sequence[Alert], checked: Sequence[Checked], target: Path | None, command: str | None) -> bool:
    """Write the message of new alerts, and give it to the user's command; False where that failed, so that it is told again next time."""
    import shlex
    import subprocess

    from tco_model.exporters.budget_table import message, webhook_text
    from tco_model.exporters.files import write_text

    if not new:
        return True
    text = message(new, checked)
    if target is not None:
        write_text(target, webhook_text(text) if target.suffix == ".json" else text + "\n")
    if not command:
        return True
    try:
        done = subprocess.run(shlex.split(command), input=webhook_text(text), text=True, check=False, timeout=60)
        failed = f"ended with {done.returncode}" if done.returncode else ""
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        failed = f"could not be run: {error}"
    if failed:
        click.echo(f"'{command}' {failed}; the alerts are told again at the next run", err=True)
    return not failed
