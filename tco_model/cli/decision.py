"""Turns a scenario file into its comparison, its errors, and where each figure comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.groups import BAD_INPUT
from tco_model.cli.options import (
    as_json_text,
    echo_json,
    file_argument,
    json_option,
    pool_of,
    relative,
    set_option,
    simulation_options,
    with_option,
    workbook_option,
)
from tco_model.errors import ScenarioError

if TYPE_CHECKING:
    from tco_model.report.report import Report
    from tco_model.scenario.schema import Scenario


@click.command(short_help="Compare the options side by side.")
@file_argument
@simulation_options
@click.option("--lines", is_flag=True, help="Show every cost line, not only the categories.")
@with_option
@workbook_option
@json_option
def compare(
    file: Path,
    overrides: Mapping[str, Any],
    lines: bool,
    changes: Sequence[str],
    workbook: Path | None,
    as_json: bool,
    **simulation: Any,
) -> None:
    """Compare the options of a decision side by side.

    \b
    tco compare decision.yaml --set inputs.cases="80k cases/month"
    tco compare decision.yaml --lines --draws 100000 --workers 2
    tco compare decision.yaml --json > answer.json
    """
    from tco_model.api import load

    show_comparison(load(file, overrides, changes), simulation, lines=lines, workbook=workbook, as_json=as_json)


def show_comparison(
    scenario: Scenario, simulation: dict[str, Any], *, lines: bool = False, workbook: Path | None = None, as_json: bool = False
) -> Report:
    """Simulate a scenario, print or write what it says, and return it."""
    from tco_model.api import simulate
    from tco_model.exporters.progress import progress_bar
    from tco_model.report.report import make_report

    draws = simulation.get("draws") or scenario.simulation.draws
    with pool_of(simulation) as executor, progress_bar(draws) as progress:
        result = simulate(scenario, executor=executor, progress=progress, **simulation)
    report = make_report(result, insight=True)
    if workbook is not None:
        from tco_model.exporters.workbook import write_workbook

        write_workbook(result, workbook, report)
    if as_json:
        echo_json(report.as_dict())
    else:
        from tco_model.exporters.terminal import make_console, print_report

        print_report(report, make_console(), lines=lines)
        if workbook is not None:
            click.echo(f"Workbook with live formulas: {workbook}")
    return report


@click.command(short_help="Find every error of a file at once.")
@file_argument
@set_option
@json_option
def check(file: Path, overrides: Mapping[str, Any], as_json: bool) -> None:
    """Check a scenario file: every error at once, with its line and the move that mends it.

    \b
    tco check decision.yaml
    tco check decision.yaml --json | jq .problems
    """
    from tco_model.api import check as check_scenario
    from tco_model.api import load

    try:
        counts, hints = check_scenario(load(file, overrides))
    except ScenarioError as error:
        if not as_json:
            raise
        echo_json({"file": str(file), "ok": False, "problems": [problem.as_dict() for problem in error.problems]})
        raise click.exceptions.Exit(BAD_INPUT) from None
    if as_json:
        echo_json({"file": str(file), "ok": True, "problems": [], "hints": hints, "counts": counts})
    else:
        click.echo(f"{file}: no errors; " + ", ".join(f"{count:,} {what}" for what, count in counts.items()))
        for hint in hints:
            click.echo(f"  look at: {hint}")


@click.command(short_help="Say where a figure comes from.")
@file_argument
@click.argument("figure", required=False)
@set_option
@with_option
@json_option
def explain(file: Path, figure: str | None, overrides: Mapping[str, Any], changes: Sequence[str], as_json: bool) -> None:
    """Say where a figure comes from: formula in words, inputs, sources and dates, down to the leaves.

    Values are those of the central case, every input at its expected value. Without FIGURE the names of all figures are listed.

    \b
    tco explain decision.yaml options.managed.npv_cost
    tco explain decision.yaml options.managed.token.api
    """
    from dataclasses import asdict

    from tco_model.api import explain as explain_figure
    from tco_model.api import figures, load

    scenario = load(file, overrides, changes)
    if figure is None:
        names = figures(scenario)
        click.echo(as_json_text(names) if as_json else "\n".join(names))
        return
    trace = explain_figure(scenario, figure)
    if as_json:
        echo_json(asdict(trace))
        return
    from tco_model.exporters.terminal import make_console, print_trace

    print_trace(trace, make_console())


@click.command(short_help="Write a commented starter file.")
@click.argument("path", type=click.Path(path_type=Path), default="decision.yaml")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def new(path: Path, force: bool) -> None:
    """Write a commented starter file to PATH (decision.yaml where none is given).

    \b
    tco new
    tco new decisions/assistant.yaml
    """
    from tco_model.exporters.files import write_text
    from tco_model.scenario.shipped import starter_text

    if path.exists() and not force:
        raise click.ClickException(f"{path} is there already; choose another name, or add --force to replace it")
    write_text(path, starter_text())
    click.echo(f"{path} written. Next:\n  tco check {path}\n  tco compare {path}")


@click.command(short_help="Compare the options of a shipped decision.")
@simulation_options
@click.option("--lines", is_flag=True, help="Show every cost line, not only the categories.")
@json_option
def demo(overrides: Mapping[str, Any], lines: bool, as_json: bool, **simulation: Any) -> None:
    """Compare the options of a shipped decision: a customer-support assistant, managed or self-hosted.

    \b
    tco demo
    tco demo --lines --draws 100000 --workers 2
    """
    from tco_model.api import load
    from tco_model.scenario.shipped import DEMO, shipped_scenarios

    file = relative(shipped_scenarios()[DEMO])
    report = show_comparison(load(file, overrides), simulation, lines=lines, as_json=as_json)
    if not as_json:
        click.echo(f"\nTry next:\n  tco explain {file} options.{report.preferred}.npv_cost\n  tco compare {file} --lines")
        click.echo("  tco scenarios              the other shipped decisions\n  tco new decision.yaml      your own")


@click.command(short_help="Set one field to several values and compare.")
@file_argument
@click.argument("field")
@click.argument("values", nargs=-1, required=True)
@click.option("--unit", default="", help="Unit to write behind each value.")
@simulation_options
@json_option
def sweep(file: Path, field: str, values: Sequence[str], unit: str, overrides: Mapping[str, Any], as_json: bool, **simulation: Any) -> None:
    """Set FIELD to each of VALUES and see how the options stand, on the same futures each time.

    Many files, variants, horizons and fields in one run are the work of `tco portfolio`.

    \b
    tco sweep decision.yaml options.hybrid.fleets.base.base_replicas 0 1 2 3 4 --unit replica/region
    tco sweep decision.yaml inputs.cases "20k cases/month" "80k cases/month" "320k cases/month"
    """
    from dataclasses import asdict

    from tco_model.api import sweep as sweep_field

    with pool_of(simulation) as executor:
        found = sweep_field(file, field, [f"{value} {unit}".strip() for value in values], overrides, executor=executor, **simulation)
    if as_json:
        echo_json(asdict(found))
        return
    from tco_model.exporters.sweep_table import print_sweep
    from tco_model.exporters.terminal import make_console

    print_sweep(found, make_console())


@click.command(short_help="List the decisions that come with the package.")
@json_option
def scenarios(as_json: bool) -> None:
    """List the decisions that come with the package, with their paths.

    \b
    tco scenarios
    """
    from tco_model.api import load
    from tco_model.scenario.shipped import shipped_scenarios

    found = [(path, load(path).decision) for path in map(relative, shipped_scenarios().values())]
    if as_json:
        echo_json([{"file": str(path), "title": decision.title, "question": decision.question} for path, decision in found])
    else:
        click.echo("\n".join(f"{path}\n    {decision.question}" for path, decision in found))
