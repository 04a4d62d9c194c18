"""Turns what a person types into calls of the library: the command line ``tco``.

Exit codes: 0 done, 1 a check failed, 2 bad input, 130 interrupted. Everything heavy is imported inside the command that needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model import __version__
from tco_model.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from tco_model.report.report import Report
    from tco_model.scenario.schema import Scenario

BAD_INPUT, INTERRUPTED = 2, 130
SLOW_DRAWS = 50_000
"""Draws from which a progress bar is worth its place; fewer take under a second."""


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
            _show_problems(error.problems)
            code = BAD_INPUT
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the reader has gone; nothing is left to flush to
            code = 0
        except OSError as error:
            click.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
            code = BAD_INPUT
        sys.exit(code or 0)


def _harden_streams() -> None:
    """Write what a narrow encoding cannot spell as question marks, and never fail on it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def _show_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)
        excerpt = _excerpt(problem)
        if excerpt:
            click.echo(excerpt, err=True)
    click.echo(f"{len(problems)} problem{'s' if len(problems) != 1 else ''} found", err=True)


def _excerpt(problem: Problem) -> str:
    """Return the line of the file with a caret below the column."""
    try:
        lines = Path(problem.file).read_text(encoding="utf-8-sig").splitlines()
        line = lines[problem.line - 1] if problem.line else ""
    except (OSError, UnicodeDecodeError, IndexError):
        return ""
    if not line or len(line) > 160 or not line.isprintable():
        return ""
    return f"    {line}\n    {' ' * max(problem.column - 1, 0)}^"


def _overrides(_: click.Context, __: click.Parameter, pairs: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path.strip():
            raise click.BadParameter(f"'{pair}' is not path=value; write --set inputs.cases='80k cases/month'")
        found[path.strip()] = value.strip()
    return found


Decorator = Callable[[Callable[..., None]], Callable[..., None]]
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", callback=_overrides, help="Put a value in place of the file's, for this run."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Plain data for a program.")
file_argument = click.argument("file", type=click.Path(path_type=Path))


def _simulation_options(function: Callable[..., None]) -> Callable[..., None]:
    options: Sequence[Decorator] = (
        set_option,
        click.option("--draws", type=click.IntRange(1, 10_000_000), help="Number of futures."),
        click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of the futures."),
        click.option("--design", type=click.Choice(["random", "latin_hypercube", "sobol"]), help="How the futures are drawn."),
        click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes; no figure depends on it."),
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


@main.command()
@file_argument
@_simulation_options
@click.option("--lines", is_flag=True, help="Show every cost line, not only the categories.")
@click.option("--workbook", type=click.Path(path_type=Path), help="Also write an Excel workbook with live formulas.")
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
    from tco_model.report.report import make_report

    workers = simulation.pop("workers", 1)
    draws = simulation.get("draws") or scenario.simulation.draws
    with _executor(workers) as executor, _progress(draws) as progress:
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


def _executor(workers: int) -> Any:
    if workers == 1:
        return nullcontext()
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(workers)


@contextmanager
def _progress(draws: int) -> Generator[Callable[[int, int], None] | None]:
    """Show a bar on the terminal while a long simulation runs; nothing where the terminal is not read by a person."""
    if draws < SLOW_DRAWS or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=draws, label="Drawing futures", file=sys.stderr) as bar:
        yield lambda done, _: bar.update(done - bar.pos)


@main.command()
@file_argument
@set_option
@json_option
def check(file: Path, overrides: Mapping[str, Any], as_json: bool) -> None:
    """Check a scenario file: every error at once, with its line and the move that mends it."""
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


@main.command()
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


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default="decision.yaml")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def new(path: Path, force: bool) -> None:
    """Write a commented starter file to PATH (decision.yaml where none is given)."""
    from tco_model.exporters.files import write_text
    from tco_model.scenario.shipped import starter_text

    if path.exists() and not force:
        raise click.ClickException(f"{path} is there already; choose another name, or add --force to replace it")
    write_text(path, starter_text())
    click.echo(f"{path} written. Next:\n  tco check {path}\n  tco compare {path}")


@main.command()
@_simulation_options
@click.option("--lines", is_flag=True, help="Show every cost line, not only the categories.")
@json_option
def demo(overrides: Mapping[str, Any], lines: bool, as_json: bool, **simulation: Any) -> None:
    """Compare the options of the shipped decision: a customer-support assistant, managed against self-hosted."""
    from tco_model.api import load
    from tco_model.scenario.shipped import DEMO, shipped_scenarios

    file = _relative(shipped_scenarios()[DEMO])
    report = _compare(load(file, overrides), simulation, lines=lines, as_json=as_json)
    if not as_json:
        click.echo(f"\nTry next:\n  tco explain {file} options.{report.preferred}.npv_cost\n  tco compare {file} --lines")
        click.echo("  tco scenarios              the other shipped decisions\n  tco new decision.yaml      your own")


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@main.command()
@json_option
def scenarios(as_json: bool) -> None:
    """List the decisions that come with the package."""
    from tco_model.api import load
    from tco_model.scenario.shipped import shipped_scenarios

    found = [(path, load(path).decision) for path in map(_relative, shipped_scenarios().values())]
    if as_json:
        _echo_json([{"file": str(path), "title": decision.title, "question": decision.question} for path, decision in found])
    else:
        click.echo("\n".join(f"{path}\n    {decision.question}" for path, decision in found))


@main.command()
def schema() -> None:
    """Print the JSON Schema of a scenario file, for completion and checks in an editor."""
    from tco_model.scenario.json_schema import scenario_schema

    _echo_json(scenario_schema())


@main.command("lines")
@click.argument("name", required=False)
@json_option
def list_lines(name: str | None, as_json: bool) -> None:
    """List the cost lines, or the parameters of the one called NAME."""
    from tco_model.exporters.catalogue_text import catalogue, catalogue_text

    click.echo(_json(catalogue(name)) if as_json else catalogue_text(name))


def _json(data: Any) -> str:
    from tco_model.exporters.json_text import json_text

    return json_text(data)


def _echo_json(data: Any) -> None:
    click.echo(_json(data))
