"""Turns a scenario file into results for a notebook: load, simulate, compare, explain, frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tco_model.analysis.compare import preferred
from tco_model.analysis.explain import Trace, explain_figure, figure_names
from tco_model.analysis.sweep import Sweep
from tco_model.analysis.sweep import sweep as sweep_field
from tco_model.engine.compile import compile_scenario
from tco_model.engine.result import Result
from tco_model.engine.run import run, sampler_of
from tco_model.errors import Problem, ScenarioError
from tco_model.report.report import Report, make_report
from tco_model.report.sources import aged, drawn_apart, input_rows, unread
from tco_model.scenario.load import applied, load, loads
from tco_model.scenario.schema import Scenario

if TYPE_CHECKING:
    from tco_model.analysis.levers import Levers
    from tco_model.analysis.variants import Variants
    from tco_model.analysis.waterfall import Waterfall

__all__ = [
    "Problem", "Report", "Result", "Scenario", "ScenarioError", "check", "compare", "diff", "explain", "figures",
    "frame", "levers", "load", "loads", "simulate", "sweep", "variants",
]  # fmt: skip


def simulate(
    scenario: Scenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: str | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Simulate every option of a scenario on the same futures.

    Args:
        scenario: from `load`.
        draws: number of futures; the scenario's own where None. Likewise `seed` and `design`.
        design: ``random``, ``latin_hypercube`` or ``sobol``.
        executor: any `concurrent.futures.Executor`; the bytes of the result do not depend on it.
        progress: called with draws done and draws in all.

    Raises:
        ScenarioError: formulas, units or correlations that do not fit, or too many draws for the memory budget.
    """
    return run(compile_scenario(scenario), draws=draws, seed=seed, design=design, executor=executor, progress=progress)


def compare(path: str | Path, overrides: Mapping[str, Any] | None = None, **options: Any) -> Report:
    """Load, simulate and report in one step; `options` are those of `simulate`."""
    return make_report(simulate(load(path, overrides), **options))


def sweep(path: str | Path, field: str, values: Iterable[str], overrides: Mapping[str, Any] | None = None, **options: Any) -> Sweep:
    """Simulate a decision with a field at each of several values, on the same futures; `options` are those of `simulate`.

    Raises:
        ScenarioError: no such field, or a value it cannot take.
    """
    return sweep_field(field, values, lambda changed: simulate(load(path, {**(overrides or {}), **changed}), **options))


def levers(
    path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Levers:
    """Return what the levers of a scenario do, alone, in their order, and together.

    Args:
        path: the scenario.
        overrides: values in place of the file's.
        progress: called with simulations done and simulations in all.
        options: those of `simulate`.

    Raises:
        ScenarioError: a scenario or a lever that cannot be read.
    """
    from tco_model.analysis.levers import lever_effects, simulations

    changes = [one for one in load(path, overrides).changes if one.section == "levers"]
    count, done = simulations(len(changes)), 0

    def run_with(names: Sequence[str]) -> Result:
        nonlocal done
        found = simulate(load(path, overrides, names), **options)
        done += 1
        if progress is not None:
            progress(done, count)
        return found

    return lever_effects(changes, run_with)


def variants(path: str | Path, overrides: Mapping[str, Any] | None = None, **options: Any) -> Variants:
    """Return how the options stand in each variant of a scenario; arguments and errors as in `levers`."""
    from tco_model.analysis.variants import variant_outcomes

    changes = [one for one in load(path, overrides).changes if one.section == "variants"]
    return variant_outcomes(changes, lambda names: simulate(load(path, overrides, names), **options))


def diff(
    first: str | Path, last: str | Path, option: str | None = None, *, progress: Callable[[int, int], None] | None = None, **options: Any
) -> Waterfall:
    """Return what changes the deciding figure of an option between two versions of a scenario, by changed field.

    Args:
        first, last: the two files.
        option: the option; the best on average of the first file where None.
        progress: called with evaluations done and evaluations in all.
        options: those of `simulate`, the same for both.

    Raises:
        ScenarioError: a file that cannot be read, or versions without a common option.
    """
    from tco_model.analysis.waterfall import between_versions, evaluations
    from tco_model.scenario.versions import Versions

    versions = Versions.read(Path(first), Path(last))
    start = simulate(versions.scenario(frozenset()), **options)
    figure = start.model.scenario.decision.decide_by
    name = option or preferred(start, figure)
    simulate(versions.scenario(frozenset(versions.fields)), draws=1).sample(versions.common(name), figure)
    count, done = evaluations(len(versions.fields)), 0

    def amount(changed: frozenset[str]) -> float:
        nonlocal done
        found = simulate(versions.scenario(changed), **options).summary(name, figure).mean
        done += 1
        if progress is not None:
            progress(done, count)
        return found

    labels = (versions.first.file, versions.last.file)
    currency = start.model.scenario.timeline.currency
    return between_versions(list(versions.fields), amount, figure=figure, currency=currency, labels=labels)


def explain(scenario: Scenario, figure: str) -> Trace:
    """Return where a figure comes from: formula in words, inputs and their sources, down to the leaves.

    Raises:
        ScenarioError: no such figure; the nearest names are offered.
    """
    return explain_figure(compile_scenario(scenario), figure)


def figures(scenario: Scenario) -> list[str]:
    """Return the names `explain` takes."""
    return figure_names(compile_scenario(scenario))


def check(scenario: Scenario) -> tuple[dict[str, int], tuple[str, ...]]:
    """Check what reading alone cannot see, formulas, units, correlations, levers, variants; return counts and what to look at.

    Raises:
        ScenarioError: everything that is wrong.
    """
    model = compile_scenario(scenario)
    problems: list[Problem] = []
    for change in scenario.changes:
        try:
            compile_scenario(applied(scenario, [change.name]))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    simulation = scenario.simulation
    sampler_of(model, simulation.draws, simulation.seed, simulation.design)
    lines = sum(len(components) for option in scenario.options for _, components in option.lines)
    rows = input_rows(model)
    counts = {
        "options": len(scenario.options),
        "cost lines": lines,
        "inputs": len(rows),
        "sourced inputs": sum(not row.is_assumption for row in rows),
        "figures": len(model.figures),
        "months": model.months,
    }
    counts |= {"levers and variants": len(scenario.changes)} if scenario.changes else {}
    return counts, (*drawn_apart(rows), *unread(model), *aged(rows, scenario.decision.as_of))


def frame(result: Result, figure: str = "npv_cost") -> dict[str, Any]:
    """Return the draws of a figure as columns, one an option: ready for ``pandas.DataFrame`` or ``polars.DataFrame``."""
    return {"draw": range(result.draws)} | {
        option: result.sample(option, figure) for option in result.options if result.has(option, figure)
    }
