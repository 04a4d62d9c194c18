"""Turns a compiled model into a `Result`: draws in blocks, each block reduced as soon as it exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.draws import Sampler, make_sampler
from tco_model.engine.inputs import find_law
from tco_model.engine.model import Model, OptionGraph
from tco_model.engine.reduce import (
    GRAIN,
    LEVELS,
    Bracket,
    Counted,
    Partial,
    bracket,
    grain_sums,
    merged_counts,
    merged_means,
    quantiles_of,
    quantiles_of_all,
)
from tco_model.engine.result import Result
from tco_model.errors import Problem, ScenarioError
from tco_model.expr.evaluate import BlockEvaluator, Plan, evaluate_fixed, make_plan, specialised
from tco_model.expr.ops import total
from tco_model.expr.term import Term

Array = NDArray[np.float64]
BLOCK, CHUNK, LEAST_PILOT, PILOT, RANGE = 4 * GRAIN, 16 * GRAIN, 8 * GRAIN, 32 * GRAIN, 128 * GRAIN
DESIGNS = ("random", "latin_hypercube", "sobol")
MEMORY_BUDGET = 2_000_000_000
"""Bytes that the kept draws of one run may take."""

SCALARS = "scalars"
"""The series that stacks all per-draw figures whose quantiles are wanted and whose draws are not kept."""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a worker needs, as plain data."""

    plan: Plan
    frequency_plan: Plan
    leaves: dict[str, Array]
    sampler: Sampler
    kept: frozenset[str]
    """Figures whose draws are kept."""
    counted: dict[str, int]
    """Series reduced to quantiles, with their number of columns."""
    scalars: dict[str, int]
    """Columns of the series `SCALARS`, one per-draw figure each."""
    block: int


@dataclass(frozen=True, slots=True)
class Reduced:
    """All draws reduced: kept draws ``(draws,)``, means ``(columns,)``, quantiles ``(levels, columns)``."""

    kept: dict[str, Array]
    means: dict[str, Array]
    quantiles: dict[str, Array]


def option_outputs(graph: OptionGraph, model: Model) -> dict[str, Term]:
    """Return the reduced figures of an option: ``line/…``, ``total/…``, ``npv/…`` per draw and ``month/…`` per draw and month.

    Money out is positive. A total is the sum of its categories, a category the sum of its lines, draw by draw.
    """
    found: dict[str, Term] = {}
    totals: list[Term] = []
    values: list[Term] = []
    for category, members in graph.categories.items():
        lines = [total(graph.lines[name]) for name in members]
        found |= {f"line/{graph.name}/{name}": line for name, line in zip(members, lines, strict=True)}
        monthly = model.figures[f"options.{graph.name}.{category}.total"]
        found[f"month/{graph.name}/{category}"] = monthly
        totals.append(_added(lines) if lines else total(monthly))
        values.append(total(monthly * model.discount))
        found[f"total/{graph.name}/{category}"], found[f"npv/{graph.name}/{category}"] = totals[-1], values[-1]
    found[f"month/{graph.name}/total"] = model.figures[f"options.{graph.name}.total"]
    total_cost, npv_cost = _added(totals), _added(values)
    found[f"draw/{graph.name}/total_cost"], found[f"draw/{graph.name}/npv_cost"] = total_cost, npv_cost
    if graph.outcomes is not None:
        outcomes = total(graph.outcomes)
        found[f"draw/{graph.name}/outcomes"] = outcomes
        found[f"draw/{graph.name}/cost_per_outcome"] = total_cost / outcomes
        found[f"draw/{graph.name}/success_share"] = outcomes / total(model.figures["outcome.volume"])
        if model.outcome_value is not None:
            found[f"draw/{graph.name}/net_value"] = total(graph.outcomes * model.outcome_value * model.discount) - npv_cost
    found |= {f"driver/{graph.name}/{name}": term for name, term in graph.drivers.items()}
    found |= {f"memo/{graph.name}/{name}": total(term) for name, term in graph.memo.items()}
    return found


def _added(terms: list[Term]) -> Term:
    added = terms[0]
    for term in terms[1:]:
        added = added + term
    return added


def all_outputs(model: Model) -> dict[str, Term]:
    """Return the reduced figures of every option."""
    return {name: term for graph in model.options for name, term in option_outputs(graph, model).items()}


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

    Raises:
        ScenarioError: more draws than the memory budget holds, or a figure that is not a finite number.
    """
    simulation = model.scenario.simulation
    draws = simulation.draws if draws is None else draws
    seed = simulation.seed if seed is None else seed
    design = design or simulation.design
    _valid(draws, seed, design)
    with np.errstate(all="ignore"):
        return _run(model, draws, seed, design, -(-block // GRAIN) * GRAIN, executor, progress, fans)


def _run(
    model: Model,
    draws: int,
    seed: int,
    design: str,
    block: int,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
    fans: bool,
) -> Result:
    outputs = all_outputs(model)
    _within_memory(draws, sum(name.startswith("draw/") for name in outputs))
    job, fixed = _job(model, outputs, draws, seed, design, block, fans)
    width, reduced = 5.0, None
    while reduced is None:
        reduced = _attempt(job, draws, width, executor, progress)
        width *= 2.0
    return _result(model, job, fixed, reduced)


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


def _valid(draws: int, seed: int, design: str) -> None:
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


def _within_memory(draws: int, columns: int) -> None:
    needed = draws * columns * 8
    if needed > MEMORY_BUDGET:
        raise ScenarioError(
            Problem(
                f"{draws:,} draws of {columns} kept figures need {needed / 1e9:.1f} GB; at most {MEMORY_BUDGET / 1e9:.0f} GB are used",
                f"lower the draws to {MEMORY_BUDGET // (columns * 8):,}",
                "simulation.draws",
                str(draws),
            )
        )


def _job(
    model: Model, outputs: Mapping[str, Term], draws: int, seed: int, design: str, block: int, fans: bool
) -> tuple[Job, dict[str, Array]]:
    """Split the figures into those that are the same in every draw, computed here, and those left to the workers."""
    months = model.months
    sampler = sampler_of(model, draws, seed, design)
    frequencies = {name: model.figures[name] for name, _, _ in sampler.incidents.values()}
    leaves = {
        name: np.asarray(leaf.content, dtype=float).reshape(1, -1)
        for name, leaf in model.leaves.items()
        if isinstance(leaf.content, (float, np.ndarray))
    }
    fixed: dict[str, Array] = {}
    evaluate_fixed(
        make_plan({name: term for name, term in outputs.items() if not term.shape.draws}, months),
        leaves,
        lambda name, values: fixed.update({name: values}),
    )
    drawn = {name: term for name, term in outputs.items() if term.shape.draws}
    fan_names = {name: months for name in drawn if fans and name.startswith("month/") and name.endswith("/total")}
    scalars = [name for name in drawn if name.startswith(("line/", "total/", "npv/"))]
    counted = fan_names | ({SCALARS: len(scalars)} if scalars else {})
    kept = frozenset(name for name in drawn if name.startswith("draw/"))
    plan = make_plan(drawn, months)
    job = Job(
        specialised(plan, evaluate_fixed(plan, leaves)),
        make_plan(frequencies, months),
        leaves,
        sampler,
        kept,
        counted,
        {name: column for column, name in enumerate(scalars)},
        block,
    )
    return job, fixed


def _attempt(job: Job, draws: int, width: float, executor: Executor | None, progress: Callable[[int, int], None] | None) -> Reduced | None:
    """Run all draws once; None where a bracket of a quantile missed, so that a wider one is needed."""
    size = draws if draws <= PILOT else min(PILOT, max(LEAST_PILOT, draws // 16 // GRAIN * GRAIN))
    pilot = run_range(job, 0, size, None)
    parts = [pilot]
    if progress is not None:
        progress(size, draws)
    if size == draws:
        quantiles = {name: quantiles_of_all(np.ascontiguousarray(values.T)) for name, values in pilot.series.items()}
    else:
        brackets = {name: bracket(values, width) for name, values in pilot.series.items()}
        for name, values in pilot.series.items():
            pilot.counted[name] = Counted.empty(brackets[name].low.shape)
            pilot.counted[name].add(values, brackets[name])
        pilot.series.clear()
        parts += _later_ranges(job, size, draws, brackets, executor, progress)
        quantiles = quantiles_of(merged_counts(parts), brackets, draws)
        if quantiles is None:
            return None
    kept = {name: np.concatenate([part.kept[name] for part in parts]) for name in pilot.kept}
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


def run_range(job: Job, start: int, count: int, brackets: Mapping[str, Bracket] | None) -> Partial:
    """Evaluate the futures ``start .. start + count``; without brackets, keep the series whole (the pilot)."""
    with np.errstate(all="ignore"):
        return _Range(job, start, count, brackets).partial()


class _Range:
    """One range of draws: evaluates it block by block and reduces it chunk by chunk."""

    def __init__(self, job: Job, start: int, count: int, brackets: Mapping[str, Bracket] | None) -> None:
        self.job, self.start, self.count, self.brackets = job, start, count, brackets
        self.found = Partial(start)
        self.evaluator = BlockEvaluator(job.plan, evaluate_fixed(job.plan, job.leaves))
        self.frequencies = evaluate_fixed(job.frequency_plan, job.leaves)
        size = min(CHUNK, count)
        self.buffers = {name: np.empty((size, width), order="F") for name, width in job.counted.items()}
        self.at, self.in_chunk, self.size = 0, 0, 0

    def partial(self) -> Partial:
        for done in range(0, self.count, CHUNK):
            size = min(CHUNK, self.count - done)
            drawn = self.job.sampler.inputs(self.start + done, size)
            for first in range(0, size, self.job.block):
                last = min(first + self.job.block, size)
                self.at, self.in_chunk, self.size = done + first, first, last - first
                self._block({name: values[first:last] for name, values in drawn.items()})
            self._reduce_chunk(size)
        return self.found

    def _block(self, leaves: dict[str, Array]) -> None:
        leaves |= self.job.sampler.processes(self.start + self.at, self.size, self._frequencies(leaves))
        self.evaluator.run(leaves, self.size, self._sink)

    def _frequencies(self, leaves: Mapping[str, Array]) -> dict[str, Array]:
        """Compute the yearly frequencies of events, which the draws of the events need."""
        plan = self.job.frequency_plan
        found = {name: self.frequencies[slot] for slot, names in plan.results.items() for name in names if slot in self.frequencies}

        def keep(name: str, values: Array) -> None:
            found[name] = values.copy()

        if plan.drawn or plan.leaf_shapes:
            drawn = {name: values for name, values in leaves.items() if name in plan.leaves}
            BlockEvaluator(plan, self.frequencies).run(drawn, self.size, keep)
        return found

    def _sink(self, name: str, values: Array) -> None:
        """Take one figure of one block; the array is reused after this."""
        rows = slice(self.in_chunk, self.in_chunk + self.size)
        if name in self.job.kept:
            self.found.kept.setdefault(name, np.empty(self.count))[self.at : self.at + self.size] = values[:, 0]
        if name in self.buffers:
            self.buffers[name][rows] = values
        elif name in self.job.scalars:
            self.buffers[SCALARS][rows, self.job.scalars[name]] = values[:, 0]
        else:
            self.found.sums.setdefault(name, []).append(grain_sums(values))

    def _reduce_chunk(self, size: int) -> None:
        for name, buffer in self.buffers.items():
            values = buffer[:size]
            self.found.sums.setdefault(name, []).append(grain_sums(values))
            if self.brackets is None:
                done = self.found.series.get(name)
                self.found.series[name] = np.array(values, order="F") if done is None else np.asfortranarray(np.concatenate([done, values]))
            else:
                counted = self.found.counted.setdefault(name, Counted.empty(self.brackets[name].low.shape))
                counted.add(values, self.brackets[name])


def _result(model: Model, job: Job, fixed: Mapping[str, Array], reduced: Reduced) -> Result:
    """Label what the run found; refuse a figure that is not a number in some future."""
    draws = job.sampler.draws
    columns = job.scalars
    means, quantiles = dict[str, Array](), dict[str, Array]()
    for name, values in fixed.items():
        means[name] = values[0]
        quantiles[name] = np.repeat(values, len(LEVELS), axis=0)
    for name, values in reduced.means.items():
        if name != SCALARS:
            means[name] = values
    for name, values in reduced.quantiles.items():
        if name != SCALARS:
            quantiles[name] = values
    for name, column in columns.items():
        means[name] = reduced.means[SCALARS][column : column + 1]
        quantiles[name] = reduced.quantiles[SCALARS][:, column : column + 1]
    kept = {name: np.full(draws, values[0, 0]) for name, values in fixed.items() if name.startswith("draw/")} | reduced.kept
    for name, values in kept.items():
        means[name] = np.array([values.mean()])
        quantiles[name] = quantiles_of_all(values)[:, None]
    bad = [name for name, mean in means.items() if not np.all(np.isfinite(mean))]
    if bad:
        raise ScenarioError(
            [
                Problem(
                    "the figure is not a finite number in every future",
                    "look for a division by something that can be zero",
                    name.split("/", 1)[1].replace("/", "."),
                )
                for name in bad
            ]
        )
    return Result(model, draws, job.sampler.seed, job.sampler.design, kept, means, quantiles)
