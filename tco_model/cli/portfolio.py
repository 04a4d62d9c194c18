"""Turns many scenario files, variants and horizons into one table, as many processes or machines as there are; a kill loses little."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.groups import BAD_INPUT
from tco_model.cli.options import echo_json, json_option, overrides_of, pool_of, simulation_options
from tco_model.errors import Problem, ScenarioError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tco_model.report.portfolio import Outcome, Surveyed, Task

ALL = "all"
SUFFIXES = (".yaml", ".yml")
MOST_TOLD = 20
"""Problems told one by one."""


def _months(_: click.Context, __: click.Parameter, texts: Sequence[str]) -> tuple[int, ...]:
    from tco_model.scenario.schema import MAX_MONTHS

    found: list[int] = []
    for text in ",".join(texts).split(",") if texts else ():
        if not text.strip().isascii() or not text.strip().isdigit() or not 1 <= int(text) <= MAX_MONTHS:
            raise click.BadParameter(f"'{text}' is no horizon of 1 to {MAX_MONTHS} months; write --months 24,36,60")
        found.append(int(text))
    return tuple(dict.fromkeys(found))


def _names(_: click.Context, __: click.Parameter, texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",") if name.strip()))


def _crossed(_: click.Context, __: click.Parameter, pairs: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        for path, value in overrides_of([pair]).items():
            if path == "timeline.months":
                raise click.BadParameter("a horizon is written --months 24,36,60")
            found.setdefault(path, []).append(value)
    return found


@click.command(short_help="Simulate many files, variants and horizons into one table.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE-OR-FOLDER...")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="FOLDER",
    help="Folder of the results; the same command continues there what was cut short.",
)  # fmt: skip
@click.option(
    "--variants", multiple=True, metavar="NAMES", callback=_names,
    help="Variants or levers to look at one by one beside the file as written: names with commas between, or all.",
)  # fmt: skip
@click.option("--months", multiple=True, metavar="N,N", callback=_months, help="Horizons, such as 24,36,60; each file's own if left out.")
@click.option(
    "--vary", multiple=True, metavar="PATH=VALUE", callback=_crossed,
    help="One value of a field to look at; repeat it for more values, and for more fields, which are crossed.",
)  # fmt: skip
@click.option("--plan", "only_plan", is_flag=True, help="Write the plan, say how much is to be done, and stop.")
@simulation_options
@json_option
def portfolio(
    files: Sequence[Path],
    folder: Path,
    variants: Sequence[str],
    months: Sequence[int],
    vary: Mapping[str, Sequence[str]],
    only_plan: bool,
    overrides: Mapping[str, Any],
    as_json: bool,
    **simulation: Any,
) -> None:
    """Simulate many scenario files x variants x horizons x values, and write one table with a row an option.

    Each task is kept as soon as it is done. The same command again computes only what is not there yet, or what a changed file,
    seed or release of the model would make otherwise. What fails is told at the end and does not hold up the rest.

    \b
    tco portfolio decisions/ -o results --variants all --months 24,36,60
    tco portfolio decisions/*.yaml -o results --vary inputs.cases="20k cases/month" --vary inputs.cases="80k cases/month"
    tco portfolio decisions/ -o results --draws 1000000 --cluster tcp://10.0.0.1:8786
    """
    from tco_model.exporters.files import write_text
    from tco_model.exporters.json_text import json_text
    from tco_model.exporters.portfolio_table import JOURNAL, PLAN, Portfolio, plan_data, print_summary, summary_data, write_tables
    from tco_model.exporters.terminal import make_console
    from tco_model.report.portfolio import Simulated, plan, survey_all

    paths = _scenario_files(files)
    with pool_of(simulation) as executor:
        simulated = Simulated(**simulation)
        scenarios = tuple(survey_all(map(str, paths), executor))
        _refuse_unknown(variants, scenarios)
        put = {**{path: [value] for path, value in overrides.items()}, **vary}
        names = [name for name in variants if name != ALL]
        tasks = plan(scenarios, variants=names, all_variants=ALL in variants, months=months, put=put, simulated=simulated)
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / PLAN, json_text(plan_data(scenarios, tasks, simulated)))
        if only_plan:
            _tell_plan(tasks, folder / PLAN, as_json=as_json)
            return
        outcomes, computed = _computed(tasks, folder / JOURNAL, executor)
    found = Portfolio(scenarios, tuple(tasks), outcomes, computed)
    rows = write_tables(found, folder)
    if as_json:
        echo_json(summary_data(found, rows, folder))
    else:
        print_summary(found, rows, folder, make_console())
    if found.problems:
        if not as_json:
            _tell_problems(found.problems)
        raise click.exceptions.Exit(BAD_INPUT)


def _tell_problems(found: Sequence[Problem]) -> None:
    """Tell the first problems, each once; the table has all."""
    from tco_model.exporters.problem_text import problem_lines

    problems = ScenarioError(found).problems
    lines = list(problem_lines(problems[:MOST_TOLD]))
    if len(problems) > MOST_TOLD:
        lines[-1] = f"… and {len(problems) - MOST_TOLD:,} more problems, in the column 'problem' of the table"
    click.echo("\n".join(lines), err=True)


def _computed(tasks: Sequence[Task], path: Path, executor: Any) -> tuple[dict[str, Outcome], int]:
    """Compute what the journal does not hold, and return all outcomes with how many tasks were computed now."""
    from tco_model.exporters.journal import Journal
    from tco_model.exporters.progress import told_progress
    from tco_model.report.portfolio import Outcome, run_tasks

    journal = Journal(path)
    held = journal.read()
    outcomes = {task.key: Outcome(task.key, tuple(held[task.key])) for task in tasks if task.key in held}
    left = {task.key: task for task in tasks if task.key not in outcomes}
    try:
        with told_progress(len(left), "Simulating") as progress:
            for done, outcome in enumerate(run_tasks(left.values(), executor), 1):
                outcomes[outcome.key] = outcome
                if not outcome.problems:
                    journal.add(outcome.key, outcome.rows)
                progress(done, len(left))
    except ScenarioError as error:
        kept = Problem("what is done so far is kept", "run the same command again to continue", file=str(path))
        raise ScenarioError([*error.problems, kept]) from None
    except KeyboardInterrupt:
        click.echo("what is done so far is kept; the same command continues", err=True)
        raise
    finally:
        journal.close()
    return outcomes, sum(task.key in left and not outcomes[task.key].problems for task in tasks)


def _scenario_files(given: Sequence[Path]) -> list[Path]:
    """Return the files themselves and those of the folders, in the order given, each once."""
    found: dict[Path, Path] = {}
    for path in given:
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file()) if path.is_dir() else [path]
        if not inside:
            raise ScenarioError(Problem(f"'{path}' holds no scenario", "name a folder with .yaml files in it", "files", str(path)))
        for one in inside:
            found.setdefault(one.resolve(), one)
    return list(found.values())


def _refuse_unknown(variants: Sequence[str], scenarios: Sequence[Surveyed]) -> None:
    """Refuse the name of a variant that no scenario has; one that some have is theirs alone."""
    known = {name for one in scenarios for name in one.changes}
    problems = [
        Problem(f"no scenario has a variant or lever '{name}'", nearest(name, known) if known else "leave it out", "variants", name)
        for name in variants
        if name not in known and name != ALL
    ]
    if problems:
        raise ScenarioError(problems)


def _tell_plan(tasks: Sequence[Task], path: Path, *, as_json: bool) -> None:
    if as_json:
        echo_json({"plan": str(path), "tasks": len(tasks)})
    else:
        click.echo(f"{len(tasks):,} tasks planned: {path}")
