"""Turns a compiled model into a `Result`: draws in blocks, each block reduced as soon as it exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from tco_model.engine.draws import Sampler, make_sampler
from tco_model.engine.inputs import find_law
from tco_model.engine.job import BLOCK, Job, Reduced, fixed_leaves, label_result, make_job, plan_job, reduce_whole, run_range
from tco_model.engine.memory import pilot_size, within_memory
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.engine.reduce import GRAIN, Bracket, Counted, Partial, bracket, merged_counts, merged_means, quantiles_of
from tco_model.engine.result import Result
from tco_model.errors import Problem, ScenarioError
from tco_model.expr.term import Term

RANGE = 16 * GRAIN
DESIGNS = ("random", "latin_hypercube", "sobol")


def run(
    model: Model,
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: str | None = None,
    block: int = BLOCK,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    fans: bool = True,
    figure: str | None = None,
) -> Result:
    """Simulate a model.

    Args:
        model: the compiled scenario.
        draws: number of futures; the scenario's own where None.
        seed: seed of every stream; the scenario's own where None.
        design: ``random``, ``latin_hypercube`` or ``sobol``; the scenario's own where None.
        block: draws evaluated at once, rounded up to a multiple of 1,024; changes speed, never a byte of the result.
        executor: any `concurrent.futures.Executor` to spread the ranges of draws over.
        progress: called with draws done and draws in all.
        fans: also give the quantiles of every month.
        figure: this figure of each option and nothing else, the same bytes as among all of them; quicker.

    Raises:
        ScenarioError: more draws, months or figures than the memory budget holds, or a figure that is not a finite number.
    """
    simulation = model.scenario.simulation
    draws = simulation.draws if draws is None else draws
    seed = simulation.seed if seed is None else seed
    design = design or simulation.design
    check_simulation(draws, seed, design)
    with np.errstate(all="ignore"):
        outputs = _outputs(model, figure)
        sampler = sampler_of(model, draws, seed, design)
        return _run(model, sampler, outputs, -(-block // GRAIN) * GRAIN, executor, progress, fans)


def _outputs(model: Model, figure: str | None) -> dict[str, Term]:
    outputs = all_outputs(model)
    return outputs if figure is None else {f"draw/{graph.name}/{figure}": outputs[f"draw/{graph.name}/{figure}"] for graph in model.options}


def _run(
    model: Model,
    sampler: Sampler,
    outputs: Mapping[str, Term],
    block: int,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
    fans: bool,
) -> Result:
    draws = sampler.draws
    planned = plan_job(model, outputs, sampler, fans=fans)
    within_memory(planned, sampler, draws, block)
    job, fixed = make_job(planned, sampler, fixed_leaves(model), block=block)
    width, reduced = 5.0, None
    while reduced is None:
        reduced = _attempt(job, draws, width, executor, progress)
        width *= 2.0
    return label_result(model, job, fixed, reduced)


def correlated_laws(model: Model) -> list[tuple[str, str, float]]:
    """Return the pairs of leaves that move together, with their rank correlation; a pair with a fixed input is left out."""
    pairs = [(*(find_law(model.leaves, name) for name in entry.between), entry.rank) for entry in model.scenario.correlations]
    return [(first, second, rank) for first, second, rank in pairs if first is not None and second is not None]


def sampler_of(model: Model, draws: int, seed: int, design: str) -> Sampler:
    """Return what draws the inputs of a model.

    Raises:
        ScenarioError: correlations that contradict each other, at their place in the file.
    """
    try:
        return make_sampler(model.leaves, correlated_laws(model), seed, draws, design, model.months)
    except ScenarioError as error:
        places = [(problem, *model.scenario.place(problem.field)) for problem in error.problems]
        raise ScenarioError(
            replace(problem, file=model.scenario.file, line=line, column=column) for problem, line, column in places
        ) from None


def check_simulation(draws: int, seed: int, design: str) -> None:
    """Refuse what a scenario file would refuse, where a caller hands it over directly."""
    found: list[Problem] = []
    if draws < 1:
        found.append(Problem(f"{draws:,} draws cannot be made", "make at least 1 draw", "simulation.draws", str(draws)))
    if seed < 0:
        found.append(Problem("a seed is at least 0", "take any whole number from 0 on", "simulation.seed", str(seed)))
    if design not in DESIGNS:
        found.append(Problem(f"unknown design '{design}'", f"known: {', '.join(DESIGNS)}", "simulation.design", design))
    if found:
        raise ScenarioError(found)


def _attempt(job: Job, draws: int, width: float, executor: Executor | None, progress: Callable[[int, int], None] | None) -> Reduced | None:
    """Run all draws once; None where a bracket of a quantile missed, so that a wider one is needed."""
    size = pilot_size(draws)
    pilot = run_range(job, 0, size, None)
    parts = [pilot]
    if progress is not None:
        progress(size, draws)
    if size == draws:
        return reduce_whole(job, pilot)
    brackets = {name: bracket(values, width) for name, values in pilot.series.items()}
    for name, values in pilot.series.items():
        pilot.counted[name] = Counted.empty(brackets[name].low.shape)
        pilot.counted[name].add(values, brackets[name])
    pilot.series.clear()
    parts += _later_ranges(job, size, draws, brackets, executor, progress)
    quantiles = quantiles_of(merged_counts(parts), brackets, draws)
    if quantiles is None:
        return None
    kept = {name: np.concatenate([part.kept.pop(name) for part in parts]) for name in list(pilot.kept)}
    return Reduced(kept, merged_means(parts, draws), quantiles)


def _later_ranges(
    job: Job, size: int, draws: int, brackets: Mapping[str, Bracket], executor: Executor | None, progress: Callable[[int, int], None] | None
) -> list[Partial]:
    tasks = [(start, min(RANGE, draws - start)) for start in range(size, draws, RANGE)]
    futures = [executor.submit(run_range, job, start, count, brackets) for start, count in tasks] if executor is not None else []
    parts: list[Partial] = []
    for position, (start, count) in enumerate(tasks):
        parts.append(futures[position].result() if futures else run_range(job, start, count, brackets))
        if progress is not None:
            progress(start + count, draws)
    return parts
