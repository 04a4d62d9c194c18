"""Turns many scenarios, their variants and horizons into tasks, and each task into how its options stand: a row an option."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import islice, product
from typing import Any

from tco_model.engine.build import build
from tco_model.engine.compile import compile_scenario
from tco_model.engine.run import run
from tco_model.errors import Problem, ScenarioError
from tco_model.report.headline import headline
from tco_model.scenario.attached import attached_files
from tco_model.scenario.load import applied, file_bytes, scenario_of
from tco_model.scenario.overrides import overridden
from tco_model.scenario.schema import Scenario
from tco_model.scenario.source import Source, read_source

Row = dict[str, str | float | bool]
IN_FLIGHT = 1_024
"""Tasks handed over at once: enough for any cluster to be busy, and few enough that their files fit into its memory."""
AS_WRITTEN = ""
"""Stands for the scenario without a variant."""
HORIZON = "timeline.months"


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A scenario file before it is simulated: what a plan needs to know of it, or what is wrong with it."""

    file: str
    content: bytes
    title: str = ""
    months: int = 0
    variants: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    """Names of its levers and variants."""
    attached: tuple[tuple[str, str], ...] = ()
    """Files it reads beside itself, with the SHA-256 of each."""
    problems: tuple[Problem, ...] = ()

    @property
    def sha256(self) -> str:
        """Fingerprint of the content; empty where the file cannot be read."""
        return hashlib.sha256(self.content).hexdigest() if self.content else ""


@dataclass(frozen=True, slots=True)
class Simulated:
    """How the futures of every task are drawn; each scenario's own where None."""

    draws: int | None = None
    seed: int | None = None
    design: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One simulation of the portfolio."""

    key: str
    """Fingerprint of all that its figures depend on: the same key, the same bytes."""
    file: str
    content: bytes
    variant: str
    months: int
    put: tuple[tuple[str, str], ...]
    """Values put in place of the file's, by dotted path, the horizon among them where it is not the file's own."""
    simulated: Simulated

    @property
    def values(self) -> str:
        """The values put in place, spelled in one text; the horizon has its own place."""
        return "; ".join(f"{field}={value}" for field, value in self.put if field != HORIZON)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task came to: a row an option, or what is wrong."""

    key: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


def survey(file: str, content: bytes) -> Surveyed:
    """Read one scenario as far as a plan needs it; what is wrong with it is told, not raised."""
    try:
        source = _source(file, content)
        scenario = scenario_of(source)
    except ScenarioError as error:
        return Surveyed(file, content, problems=error.problems)
    names = [(change.section, change.name) for change in scenario.changes]
    return Surveyed(
        file,
        content,
        scenario.decision.title,
        scenario.timeline.months,
        tuple(name for section, name in names if section == "variants"),
        tuple(name for _, name in names),
        _attached(file, source.data),
    )


def _attached(file: str, data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the files that a scenario reads beside itself, with the SHA-256 of each."""
    return tuple((name, hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in attached_files(file, data))


@lru_cache(maxsize=8)
def _source(file: str, content: bytes) -> Source:
    """Read the text of a file once for the tasks that follow each other in one process."""
    return read_source(content, file)


def survey_all(files: Iterable[str], executor: Executor | None = None) -> Iterator[Surveyed]:
    """Survey files in their order; one that cannot be read is among them with its problem."""
    for some in _batches(files, IN_FLIGHT):
        held = [(file, _content(file)) for file in some]
        if executor is None:
            yield from (_surveyed(file, content) for file, content in held)
        else:
            for future in [executor.submit(_surveyed, file, content) for file, content in held]:
                yield future.result()


def _surveyed(file: str, content: bytes | ScenarioError) -> Surveyed:
    return survey(file, content) if isinstance(content, bytes) else Surveyed(file, b"", problems=content.problems)


def _batches(files: Iterable[str], size: int) -> Iterator[list[str]]:
    left = iter(files)
    while some := list(islice(left, size)):
        yield some


def _content(file: str) -> bytes | ScenarioError:
    try:
        return file_bytes(file)
    except ScenarioError as error:
        return error


def plan(
    scenarios: Iterable[Surveyed],
    *,
    variants: Sequence[str] = (),
    all_variants: bool = False,
    months: Sequence[int] = (),
    put: Mapping[str, Sequence[str]] | None = None,
    simulated: Simulated = Simulated(),
) -> list[Task]:
    """Cross scenarios with variants, horizons and values; a scenario with problems has no task.

    Args:
        scenarios: as surveyed.
        variants: levers and variants to apply, one at a time, where a scenario has them; beside it as it is written.
        all_variants: every variant each scenario has.
        months: horizons; each scenario's own where there are none.
        put: values to put in place, by dotted path; several values are crossed.
        simulated: how the futures are drawn.
    """
    moved = put or {}
    fields = [tuple(zip(moved, values, strict=True)) for values in product(*moved.values())]
    tasks: list[Task] = []
    for one in scenarios:
        wanted = one.variants if all_variants else tuple(name for name in variants if name in one.changes)
        for variant, horizon, values in product((AS_WRITTEN, *wanted), months or (one.months,), fields):
            if not one.problems:
                tasks.append(_task(one, variant, horizon, values, simulated))
    return tasks


def _task(one: Surveyed, variant: str, months: int, values: tuple[tuple[str, str], ...], simulated: Simulated) -> Task:
    put = values if months == one.months else (*values, (HORIZON, str(months)))
    told = [one.sha256, one.attached, _attached(one.file, dict(values)), variant, put, asdict(simulated), dict(build())]
    key = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return Task(key, one.file, one.content, variant, months, put, simulated)


def run_tasks(tasks: Iterable[Task], executor: Executor | None = None) -> Iterator[Outcome]:
    """Simulate tasks and give each outcome as soon as it is there: in order in this process, in any order over an executor."""
    if executor is None:
        yield from map(run_task, tasks)
        return
    left = iter(tasks)
    running: set[Future[Outcome]] = {executor.submit(run_task, task) for task in islice(left, IN_FLIGHT)}
    while running:
        done, running = wait(running, return_when=FIRST_COMPLETED)
        running |= {executor.submit(run_task, task) for task in islice(left, len(done))}
        for future in done:
            yield future.result()


def run_task(task: Task) -> Outcome:
    """Simulate one task; what is wrong with it is told, not raised, so that the others go on."""
    try:
        return Outcome(task.key, _rows(_scenario(task), task.simulated))
    except ScenarioError as error:
        return Outcome(task.key, (), tuple(_placed(problem, task) for problem in error.problems))
    except MemoryError:
        return Outcome(task.key, (), (_placed(Problem("the memory does not suffice", "lower --draws or --workers"), task),))
    except Exception as error:
        said = f"the model fails on it: {type(error).__name__}: {error}"
        return Outcome(task.key, (), (_placed(Problem(said, "report it with the file; the other tasks are not touched"), task),))


def _placed(problem: Problem, task: Task) -> Problem:
    """Name the file also where a value set by hand, or the model, is at fault."""
    return problem if problem.file == task.file else replace(problem, file=task.file)


def _scenario(task: Task) -> Scenario:
    source = _source(task.file, task.content)
    scenario = scenario_of(overridden(source, dict(task.put)) if task.put else source)
    return applied(scenario, [task.variant]) if task.variant else scenario


def _rows(scenario: Scenario, simulated: Simulated) -> tuple[Row, ...]:
    figure = scenario.decision.decide_by
    result = run(compile_scenario(scenario), **asdict(simulated), figure=figure)
    found = headline(result)
    return tuple(
        {
            "option": one.name,
            "label": one.label,
            "figure": figure,
            "unit": one.figure.unit,
            "mean": one.figure.mean,
            "mean_error": one.figure.mean_error or 0.0,
            "p10": one.figure.p10,
            "p50": one.figure.p50,
            "p90": one.figure.p90,
            "chance_best": one.chance_best.value,
            "chance_best_error": one.chance_best.error,
            "preferred": one.name == found.preferred,
            "baseline": one.is_baseline,
            "currency": scenario.timeline.currency,
            "draws": result.draws,
            "seed": result.seed,
            "design": result.design,
        }
        for one in found.options
    )
