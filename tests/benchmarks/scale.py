"""Turns a few measured tasks into what a large portfolio would take: core-hours, memory, wall time, money. Printed as a paragraph.

python -m tests.benchmarks.scale
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import tco_model as tco
from tco_model.engine.workers import worker_pool
from tco_model.inputs.quantity import Quantity
from tco_model.report.portfolio import Simulated, Task, plan, run_task, run_tasks, survey_all
from tco_model.scenario.shipped import shipped_scenarios

ROOT = Path(__file__).parents[2]
SCENARIOS, DRAWS = 10_000, 1_000_000
"""The portfolio that is reckoned."""
FEW, MANY = 40_000, 140_000
"""Draws of the two measurements that tell the cost of a task from that of a draw."""
CORES = (16, 128, 1_024)
MACHINE, MACHINE_CORES = "small_node", 4
"""The machine whose price the shipped decision `software_environments` holds, and its virtual cores. Assumption: one does here what one of
ours did."""
TASKS, TASK_DRAWS, ROUNDS = 8, 20_000, 3


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured here: seconds of a processor core for a task and for a draw of it, mean of the shipped decisions."""

    task_seconds: float
    draw_seconds: float
    megabytes: float
    """Largest memory of a process that simulates `DRAWS` draws."""

    def core_hours(self, scenarios: int = SCENARIOS, draws: int = DRAWS) -> float:
        """Return what a portfolio takes [core*hour]."""
        return scenarios * (self.task_seconds + draws * self.draw_seconds) / 3600.0


def tasks_of(draws: int) -> list[Task]:
    """Return a task for each shipped decision."""
    return plan(survey_all(map(str, shipped_scenarios().values())), simulated=Simulated(draws=draws))


def core_seconds(task: Task) -> float:
    """Return the processor time of a task in this process; others on the machine lengthen it less than the time on a clock."""
    begun = time.process_time()
    assert not run_task(task).problems
    return time.process_time() - begun


def measure() -> Measured:
    """Measure the cost of a task and of a draw from two numbers of draws, after a warm-up."""
    few, many = tasks_of(FEW), tasks_of(MANY)
    for task in few:
        run_task(replace(task, simulated=Simulated(draws=2_000)))
    short, long = (np.array([core_seconds(task) for task in tasks]) for tasks in (few, many))
    each = (long - short) / (MANY - FEW)
    command = [sys.executable, "-m", "tests.benchmarks.scale", "memory"]
    peak = float(json.loads(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout))
    return Measured(float(np.mean(np.maximum(short - each * FEW, 0.0))), float(each.mean()), peak)


def memory() -> float:
    """Return the largest memory of this process after one task of `DRAWS` draws [MB]."""
    (first, *_) = tasks_of(DRAWS)
    assert not run_task(first).problems
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine_price() -> tuple[float, Quantity]:
    """Return the price of a virtual core [USD/core/hour], and the input it is from."""
    scenario = tco.load(shipped_scenarios()["software_environments"])
    found = dict(scenario.inputs)[MACHINE]
    assert isinstance(found.content, float)
    return found.content / MACHINE_CORES, found


def paragraph(found: Measured, efficiency: float) -> str:
    """Spell what a large portfolio takes."""
    hours = found.core_hours()
    price, machine = machine_price()
    walls = ", ".join(f"{hours / cores / efficiency:,.1f} hours on {cores:,} cores" for cores in CORES)
    return (
        f"{SCENARIOS:,} scenarios x {DRAWS:,} draws, reckoned from {found.draw_seconds * 1e6:.0f} µs of one core a draw and "
        f"{found.task_seconds:.2f} s a task (mean of the shipped decisions, measured here): {hours:,.0f} core-hours; "
        f"{found.megabytes:,.0f} MB a worker; {walls} at {efficiency:.0%} of even shares; {hours * price / efficiency:,.0f} USD at "
        f"{price:.3f} USD a core-hour ({machine.provenance.source}, {machine.provenance.as_of}; assumption: one of its {MACHINE_CORES} "
        f"virtual cores does what one of ours did)."
    )


def burn(_: int) -> float:
    """Keep a core busy with what needs neither memory nor another process: what the machine itself gives two at once."""
    total = 0
    for number in range(3_000_000):
        total += number * number % 7
    return float(total)


def through_pool(pool: Executor) -> int:
    """Run some tasks, all alike, over a pool."""
    (first, *_) = tasks_of(TASK_DRAWS)
    tasks = [replace(first, key=str(number)) for number in range(TASKS)]
    return sum(not outcome.problems for outcome in run_tasks(tasks, pool))


def burn_pool(pool: Executor) -> int:
    """Run as many pieces of plain work over a pool."""
    return len(list(pool.map(burn, range(TASKS))))


def best_seconds(works: dict[str, Callable[[Executor], int]], workers: tuple[int, ...]) -> dict[tuple[str, int], float]:
    """Return the shortest time of each work over pools of so many processes, which take turns."""
    found: dict[tuple[str, int], float] = {}
    for count in workers:
        with worker_pool(max(count, 2)) as pool:
            assert pool is not None
            held = pool if count > 1 else _OneAtATime(pool)
            for work in works.values():
                work(held)
            for _ in range(ROUNDS):
                for name, work in works.items():
                    begun = time.perf_counter()
                    assert work(held) == TASKS
                    found[name, count] = min(found.get((name, count), float("inf")), time.perf_counter() - begun)
    return found


class _OneAtATime(Executor):
    """A pool of which one process works at any time: the same path as two, without the second."""

    def __init__(self, pool: Executor) -> None:
        self.pool = pool

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = self.pool.submit(fn, *args, **kwargs)
        future.exception()
        return future


def efficiency() -> tuple[float, float]:
    """Return the share of an even split that two workers reach on a portfolio, and what plain work reaches on this machine now."""
    works = {"portfolio": through_pool, "plain": burn_pool}
    seconds = best_seconds(works, (1, 2))
    reached = {name: seconds[name, 1] / seconds[name, 2] / 2.0 for name in works}
    for (name, count), took in sorted(seconds.items()):
        print(f"  {name:<10} {count} worker{'s' * (count > 1)} {took:7.2f} s, {TASKS / took:6.2f} tasks/s")
    return reached["portfolio"], reached["plain"]


if __name__ == "__main__":
    if sys.argv[1:] == ["memory"]:
        print(json.dumps(memory()))
    else:
        ours, plain = efficiency()
        print(f"  two workers reach {ours:.0%} of even shares, plain work {plain:.0%}")
        print(paragraph(measure(), min(ours / plain, 1.0)))
