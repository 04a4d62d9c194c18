"""Turns what a person types into calls of the library: the command line ``tco``.

Exit codes: 0 done, 1 a check failed, 2 bad input, 130 interrupted. Everything heavy is imported inside the command that needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model import __version__
from tco_model.errors import ScenarioError

if TYPE_CHECKING:
    from datetime import datetime

    from tco_model.report.report import Report
    from tco_model.scenario.schema import Scenario

BAD_INPUT, INTERRUPTED = 2, 130


class Commands(click.Group):
    """A group whose errors are told in a few lines and never as a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and leave with its exit code."""
        _harden_streams()
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except click.exceptions.Exit as error:
            code = error.exit_code
        except click.Abort:
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        except click.ClickException as error:
            error.show()
            code = BAD_INPUT
        except ScenarioError as error:
            from tco_model.exporters.problem_text import problem_lines

            click.echo("\n".join(problem_lines(error.problems)), err=True)
            code = BAD_INPUT
        except SystemExit:
            code = 0  # click and rich leave in this way when the reader of a pipe has gone, with the stream already silenced
        except MemoryError:
            click.echo("the memory does not suffice; lower --draws", err=True)
            code = BAD_INPUT
        except OSError as error:
            click.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
            code = BAD_INPUT
        sys.exit(code or 0)


def _harden_streams() -> None:
    """Write what a narrow encoding cannot spell as question marks, and never fail on it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def _overrides(_: click.Context, __: click.Parameter, pairs: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path.strip():
            raise click.BadParameter(f"'{pair}' is not path=value; write --set inputs.cases='80k cases/month'")
        found[path.strip()] = value.strip()
    return found


Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _workbook_path(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse before the simulation what could not be written after it, the scenario file itself included."""
    if path is not None and path.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"'{path}' is not the name of a workbook; write one that ends in .xlsx")
    if path is not None and not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder '{path.parent}'; make it first, or choose another")
    return path


set_option = click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", callback=_overrides, help="Put a value in place of the file's; repeatable."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Plain data for a program.")
workbook_option = click.option(
    "--workbook",
    type=click.Path(path_type=Path),
    metavar="OUT.xlsx",
    callback=_workbook_path,
    help="Also write an Excel workbook with live formulas.",
)
file_argument = click.argument("file", type=click.Path(path_type=Path))


def _simulation_options(function: Callable[..., None]) -> Callable[..., None]:
    options: Sequence[Decorator] = (
        set_option,
        click.option("--draws", type=click.IntRange(1, 10_000_000), metavar="N", help="Number of futures; the file's own if left out."),
        click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="Seed of the futures."),
        click.option("--design", type=click.Choice(["random", "latin_hypercube", "sobol"]), help="How the futures are drawn."),
        click.option("--workers", type=click.IntRange(1, 256), metavar="N", default=1, help="Processes; no figure depends on it."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="tco")
def main() -> None:
    """Compare what options cost over their whole life: one YAML file per decision in, a traceable answer out.

    \b
    tco demo                      compare the options of a shipped decision
    tco new decision.yaml         write a commented starter file
    tco check decision.yaml       find every error at once
    tco compare decision.yaml     see the options side by side
    """


@main.command(short_help="Compare the options side by side.")
@file_argument
@_simulation_options
@click.option("--lines", is_flag=True, help="Show every cost line, not only the categories.")
@workbook_option
@json_option
def compare(file: Path, overrides: Mapping[str, Any], lines: bool, workbook: Path | None, as_json: bool, **simulation: Any) -> None:
    """Compare the options of a decision side by side.

    \b
    tco compare decision.yaml --set inputs.cases="80k cases/month"
    tco compare decision.yaml --lines --draws 100000 --workers 2
    tco compare decision.yaml --json > answer.json
    """
    from tco_model.api import load

    _compare(load(file, overrides), simulation, lines=lines, workbook=workbook, as_json=as_json)


def _compare(
    scenario: Scenario, simulation: dict[str, Any], *, lines: bool = False, workbook: Path | None = None, as_json: bool = False
) -> Report:
    from tco_model.api import simulate
    from tco_model.engine.workers import worker_pool
    from tco_model.exporters.progress import progress_bar
    from tco_model.report.report import make_report

    workers = simulation.pop("workers", 1)
    draws = simulation.get("draws") or scenario.simulation.draws
    with worker_pool(workers) as executor, progress_bar(draws) as progress:
        result = simulate(scenario, executor=executor, progress=progress, **simulation)
    report = make_report(result)
    if workbook is not None:
        from tco_model.exporters.workbook import write_workbook

        write_workbook(result, workbook, report)
    if as_json:
        from tco_model.exporters.json_text import json_text

        click.echo(json_text(report.as_dict()))
    else:
        from tco_model.exporters.terminal import make_console, print_report

        print_report(report, make_console(), lines=lines)
        if workbook is not None:
            click.echo(f"Workbook with live formulas: {workbook}")
    return report


@main.command(short_help="Find every error of a file at once.")
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
        _echo_json({"file": str(file), "ok": False, "problems": [problem.as_dict() for problem in error.problems]})
        raise click.exceptions.Exit(BAD_INPUT) from None
    if as_json:
        _echo_json({"file": str(file), "ok": True, "problems": [], "hints": hints, "counts": counts})
    else:
        click.echo(f"{file}: no errors; " + ", ".join(f"{count:,} {what}" for what, count in counts.items()))
        for hint in hints:
            click.echo(f"  look at: {hint}")


@main.command(short_help="Say where a figure comes from.")
@file_argument
@click.argument("figure", required=False)
@set_option
@json_option
def explain(file: Path, figure: str | None, overrides: Mapping[str, Any], as_json: bool) -> None:
    """Say where a figure comes from: formula in words, inputs, sources and dates, down to the leaves.

    Values are those of the central case, every input at its expected value. Without FIGURE the names of all figures are listed.

    \b
    tco explain decision.yaml options.managed.npv_cost
    tco explain decision.yaml options.managed.token.api
    """
    from dataclasses import asdict

    from tco_model.api import explain as explain_figure
    from tco_model.api import figures, load

    scenario = load(file, overrides)
    if figure is None:
        names = figures(scenario)
        click.echo(_json(names) if as_json else "\n".join(names))
        return
    trace = explain_figure(scenario, figure)
    if as_json:
        _echo_json(asdict(trace))
        return
    from tco_model.exporters.terminal import make_console, print_trace

    print_trace(trace, make_console())


@main.command(short_help="Write a commented starter file.")
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


@main.command(short_help="Compare the options of a shipped decision.")
@_simulation_options
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

    file = _relative(shipped_scenarios()[DEMO])
    report = _compare(load(file, overrides), simulation, lines=lines, as_json=as_json)
    if not as_json:
        click.echo(f"\nTry next:\n  tco explain {file} options.{report.preferred}.npv_cost\n  tco compare {file} --lines")
        click.echo("  tco scenarios              the other shipped decisions\n  tco new decision.yaml      your own")


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@main.command(short_help="Set one field to several values and compare.")
@file_argument
@click.argument("field")
@click.argument("values", nargs=-1, required=True)
@click.option("--unit", default="", help="Unit to write behind each value.")
@click.option("--draws", type=click.IntRange(1, 10_000_000), help="Number of futures.")
@json_option
def sweep(file: Path, field: str, values: Sequence[str], unit: str, draws: int | None, as_json: bool) -> None:
    """Set FIELD to each of VALUES and see how the options stand, on the same futures each time.

    \b
    tco sweep decision.yaml options.hybrid.fleets.base.base_replicas 0 1 2 3 4 --unit replica/region
    tco sweep decision.yaml inputs.cases "20k cases/month" "80k cases/month" "320k cases/month"
    """
    from dataclasses import asdict

    from tco_model.api import sweep as sweep_field

    found = sweep_field(file, field, [f"{value} {unit}".strip() for value in values], draws=draws)
    if as_json:
        _echo_json(asdict(found))
        return
    from tco_model.exporters.sweep_table import print_sweep
    from tco_model.exporters.terminal import make_console

    print_sweep(found, make_console())


@main.command(short_help="List and compare the list prices of managed models.")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--input", "input_tokens", type=click.FloatRange(0), help="Tokens of a prompt; compares the models NAMES instead of searching."
)
@click.option("--output", "output_tokens", type=click.FloatRange(0), default=0.0, help="Tokens of an answer.")
@click.option("--cached", type=click.FloatRange(0, 1), default=0.0, help="Share of the prompt read from the cache, 0 to 1.")
@click.option("--spread", type=click.FloatRange(0), default=0.0, help="Coefficient of variation of the prompt length.")
@click.option("--mode", default="standard", show_default=True, help="standard, batch, flex or priority, where the provider lists it.")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the prices; today where not said.")
@json_option
def prices(names: Sequence[str], input_tokens: float | None, as_of: datetime | None, as_json: bool, **shape: Any) -> None:
    """List the models whose names hold every word of NAMES, or compare the models NAMES for one shape of request.

    \b
    tco prices llama 3.3 70b
    tco prices gpt-5.4-mini claude-haiku-5-5 groq/llama-3.3-70b-versatile --input 2000 --output 300 --cached 0.4
    """
    from datetime import date

    from tco_model.exporters import price_table
    from tco_model.exporters.terminal import make_console

    day = as_of.date() if as_of else date.today()
    found = price_table.looked_up(names, day, input_tokens, **shape)
    if as_json:
        _echo_json(found.data())
    else:
        found.show(make_console())


@main.command(short_help="List the decisions that come with the package.")
@json_option
def scenarios(as_json: bool) -> None:
    """List the decisions that come with the package, with their paths.

    \b
    tco scenarios
    """
    from tco_model.api import load
    from tco_model.scenario.shipped import shipped_scenarios

    found = [(path, load(path).decision) for path in map(_relative, shipped_scenarios().values())]
    if as_json:
        _echo_json([{"file": str(path), "title": decision.title, "question": decision.question} for path, decision in found])
    else:
        click.echo("\n".join(f"{path}\n    {decision.question}" for path, decision in found))


@main.command(short_help="Print the JSON Schema for your editor.")
def schema() -> None:
    """Print the JSON Schema of a scenario file, for completion and checks in an editor.

    \b
    tco schema > scenario.schema.json

    Then write as the first line of a scenario: # yaml-language-server: $schema=scenario.schema.json
    """
    from tco_model.scenario.json_schema import scenario_schema

    _echo_json(scenario_schema())


@main.command("lines", short_help="List the cost lines and their parameters.")
@click.argument("name", required=False)
@json_option
def list_lines(name: str | None, as_json: bool) -> None:
    """List the cost lines, or the parameters of the one called NAME with their units and defaults.

    \b
    tco lines
    tco lines managed_tokens
    """
    from tco_model.exporters.catalogue_text import catalogue, catalogue_text

    click.echo(_json(catalogue(name)) if as_json else catalogue_text(name))


def _json(data: Any) -> str:
    from tco_model.exporters.json_text import json_text

    return json_text(data)


def _echo_json(data: Any) -> None:
    click.echo(_json(data))
