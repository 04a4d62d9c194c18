"""Turns figures and draws into one piece of work: what is the same in every draw computed once, the rest block by block."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.model import Model
from tco_model.engine.reduce import GRAIN, LEVELS, Bracket, Counted, Partial, grain_sums, merged_means, quantiles_of_all
from tco_model.engine.result import Result
from tco_model.errors import Problem, ScenarioError
from tco_model.expr.evaluate import BlockEvaluator, Plan, evaluate_fixed, make_plan, specialised
from tco_model.expr.term import Term
from tco_model.inputs.quantity import Value

Array = NDArray[np.float64]
Pause = Callable[[], None]
"""Called again and again while figures are computed, in the caller's thread: it may wait, or raise to give the work up."""
BLOCK, CHUNK = 4 * GRAIN, 16 * GRAIN

MOST_THREADS = 4
"""Threads of one evaluation: NumPy works without the interpreter's lock, but each step comes back to it."""
BETWEEN_PAUSES = 0.02
"""Seconds from one pause to the next while threads are at work."""

SCALARS = "scalars"
"""The series that stacks all per-draw figures whose quantiles are wanted and whose draws are not kept."""


class Drawer(Protocol):
    """What draws the inputs of a model, for any range of draws."""

    @property
    def seed(self) -> int:
        """Seed of every stream."""
        ...

    @property
    def draws(self) -> int:
        """Futures in all."""
        ...

    @property
    def design(self) -> str:
        """How the futures are drawn."""
        ...

    @property
    def incidents(self) -> Mapping[str, tuple[str, str, Value]]:
        """Name of the counts of events: figure with the yearly frequency, name of the cost leaf, severity."""
        ...

    def inputs(self, start: int, count: int) -> dict[str, Array]:
        """Return every input drawn once a future, ``(count, 1)`` each."""
        ...

    def processes(self, start: int, count: int, frequencies: Mapping[str, Array]) -> dict[str, Array]:
        """Return what varies by month, ``(count, months)`` each."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a worker needs, as plain data."""

    plan: Plan
    frequency_plan: Plan
    leaves: dict[str, Array]
    sampler: Drawer
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


def fixed_leaves(model: Model) -> dict[str, Array]:
    """Return every input that is the same in all draws: ``(1, 1)`` or ``(1, months)``."""
    return {
        name: np.asarray(leaf.content, dtype=float).reshape(1, -1)
        for name, leaf in model.leaves.items()
        if isinstance(leaf.content, (float, np.ndarray))
    }


@dataclass(frozen=True, slots=True)
class Planned:
    """The order of evaluation of some figures, whatever their inputs are."""

    drawn: Plan
    fixed: Plan
    """Figures that are the same in every draw."""
    frequencies: Plan
    kept: frozenset[str]
    counted: dict[str, int]
    scalars: dict[str, int]


def plan_job(model: Model, outputs: Mapping[str, Term], sampler: Drawer, *, fans: bool = True) -> Planned:
    """Order figures for evaluation, those that are the same in every draw apart.

    Args:
        model: the compiled scenario.
        outputs: figures by the names of `engine.outputs`.
        sampler: what draws the inputs.
        fans: also give the quantiles of every month.
    """
    months = model.months
    drawn = {name: term for name, term in outputs.items() if term.shape.draws}
    fan_names = {name: months for name in drawn if fans and name.startswith("month/") and name.endswith("/total")}
    scalars = [name for name in drawn if name.startswith(("line/", "total/", "npv/"))]
    return Planned(
        make_plan(drawn, months),
        make_plan({name: term for name, term in outputs.items() if not term.shape.draws}, months),
        make_plan({name: model.figures[name] for name, _, _ in sampler.incidents.values()}, months),
        frozenset(name for name in drawn if name.startswith("draw/")),
        fan_names | ({SCALARS: len(scalars)} if scalars else {}),
        {name: column for column, name in enumerate(scalars)},
    )


def make_job(
    planned: Planned, sampler: Drawer, leaves: Mapping[str, Array], *, block: int = BLOCK, shorten: bool = True
) -> tuple[Job, dict[str, Array]]:
    """Return the work left to the workers, and the figures that are the same in every draw, computed here.

    Args:
        planned: the order of evaluation.
        sampler: what draws the inputs.
        leaves: the inputs that are the same in every draw.
        block: draws evaluated at once.
        shorten: first drop what the values of the fixed inputs make idle: worth it for many draws, not for a few.
    """
    fixed: dict[str, Array] = {}
    evaluate_fixed(planned.fixed, leaves, lambda name, values: fixed.update({name: values}))
    plan = specialised(planned.drawn, evaluate_fixed(planned.drawn, leaves)) if shorten else planned.drawn
    return Job(plan, planned.frequencies, dict(leaves), sampler, planned.kept, planned.counted, planned.scalars, block), fixed


def reduce_whole(job: Job, part: Partial) -> Reduced:
    """Reduce draws that are all in one part."""
    quantiles = {name: quantiles_of_all(np.ascontiguousarray(values.T)) for name, values in part.series.items()}
    return Reduced(part.kept, merged_means([part], job.sampler.draws), quantiles)


def run_range(job: Job, start: int, count: int, brackets: Mapping[str, Bracket] | None, pause: Pause | None = None) -> Partial:
    """Evaluate the futures ``start .. start + count``; without brackets, keep the series whole (the pilot)."""
    with np.errstate(all="ignore"):
        return _Range(job, start, count, brackets, pause).partial()


def run_whole(job: Job, pause: Pause | None = None) -> Partial:
    """Evaluate all futures and keep the series whole, on a few threads where there are many; no bit depends on how many."""
    draws = job.sampler.draws
    threads = min(MOST_THREADS, os.cpu_count() or 1, draws // (2 * BLOCK))
    if threads < 2:
        return run_range(job, 0, draws, None, pause)
    size = -(-draws // (threads * GRAIN)) * GRAIN
    parts = _in_threads(job, threads, size, pause)
    whole = Partial(0)
    for name in parts[0].kept:
        whole.kept[name] = np.concatenate([part.kept[name] for part in parts])
    for name in parts[0].series:
        whole.series[name] = np.asfortranarray(np.concatenate([part.series[name] for part in parts]))
    for name in parts[0].sums:
        whole.sums[name] = [block for part in parts for block in part.sums[name]]
    return whole


class _GivenUp(Exception):  # noqa: N818
    """The caller has given up the work that a thread is at."""


def _in_threads(job: Job, threads: int, size: int, pause: Pause | None) -> list[Partial]:
    """Evaluate ranges of `size` futures, a thread each; where the caller's pause gives up, they stop at their next block."""
    draws, given_up = job.sampler.draws, threading.Event()

    def unless_given_up() -> None:
        if given_up.is_set():
            raise _GivenUp

    with ThreadPoolExecutor(threads) as pool:
        tasks = [pool.submit(run_range, job, start, min(size, draws - start), None, unless_given_up) for start in range(0, draws, size)]
        try:
            while pause is not None and wait(tasks, BETWEEN_PAUSES).not_done:
                pause()
        except BaseException:
            given_up.set()
            raise
        return [task.result() for task in tasks]


class _Range:
    """One range of draws: evaluates it block by block and reduces it chunk by chunk."""

    def __init__(self, job: Job, start: int, count: int, brackets: Mapping[str, Bracket] | None, pause: Pause | None) -> None:
        self.job, self.start, self.count, self.brackets, self.pause = job, start, count, brackets, pause
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
                if self.pause is not None:
                    self.pause()
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


def label_result(model: Model, job: Job, fixed: Mapping[str, Array], reduced: Reduced) -> Result:
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
