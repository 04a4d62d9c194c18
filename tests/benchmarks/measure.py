"""Makes one measurement in a fresh process and prints it as JSON: seconds of the work itself, and the peak memory of the process.

python -m tests.benchmarks.measure engine 100000
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import tco_model as tco
from tco_model.engine.compile import compile_scenario
from tco_model.engine.draws import Sampler, make_sampler
from tco_model.engine.model import Model
from tco_model.engine.run import correlated_laws, run
from tests.benchmarks import plain

REFERENCE = Path(__file__).with_name("reference.yaml")
BLOCK = 4_096


def reference() -> Model:
    """Compile the reference workload."""
    return compile_scenario(tco.load(REFERENCE))


def sampler_of(model: Model, draws: int) -> Sampler:
    """Return what draws the inputs of a model."""
    return make_sampler(model.leaves, correlated_laws(model), 11, draws, "random", model.months)


def engine_draws(sampler: Sampler, start: int, count: int) -> dict[str, np.ndarray]:
    """Draw as the engine does, under the names the hand-written formulas use."""
    found = {name.removeprefix("inputs."): values for name, values in sampler.inputs(start, count).items()}
    rates = {figure: found["outages"] for _, (figure, _, _) in sampler.incidents.items()}
    for name, values in sampler.processes(start, count, rates).items():
        _, option, _, _, kind = name.split(".")
        found[f"{option}.{kind}"] = values
    return found


def hand_blocked(model: Model, draws: int, block: int = BLOCK) -> None:
    """Evaluate the hand-written formulas on the engine's draws, block by block, without the fans of the months."""
    sampler = sampler_of(model, draws)
    kept = {f"draw/{option}/{figure}": np.empty(draws) for option in plain.OPTIONS for figure in ("total_cost", "npv_cost")}
    for start in range(0, draws, block):
        size = min(block, draws - start)
        part = plain.answer(engine_draws(sampler, start, size), fans=False, quantiles=False)
        for name, values in kept.items():
            values[start : start + size] = part[name]


def only_draw(model: Model, draws: int) -> None:
    """Draw and transform every random number, the 24 inputs and the events of each month, and nothing else: the floor."""
    sampler = sampler_of(model, draws)
    for start in range(0, draws, BLOCK):
        engine_draws(sampler, start, min(BLOCK, draws - start))


def only_inputs(model: Model, draws: int) -> None:
    """Draw and transform the 24 inputs alone."""
    sampler = sampler_of(model, draws)
    for start in range(0, draws, BLOCK):
        sampler.inputs(start, min(BLOCK, draws - start))


def two_processes(model: Model, draws: int) -> None:
    """Run the engine over two processes that are already there."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(abs, range(4)))
        run(model, draws=draws, executor=pool)


WORK: Mapping[str, Callable[[Model, int], object]] = {
    "engine": lambda model, draws: run(model, draws=draws),
    "engine without fans": lambda model, draws: run(model, draws=draws, fans=False),
    "engine, Sobol": lambda model, draws: run(model, draws=draws, design="sobol"),
    "engine, two processes": two_processes,
    "plain NumPy": lambda model, draws: plain.answer(plain.own_draws(draws, 1)),
    "hand-blocked, engine's draws": hand_blocked,
    "only the draws": only_draw,
    "only the 24 inputs": only_inputs,
}


def main(kind: str, draws: int) -> None:
    """Warm up on a few draws, measure once, print."""
    model, work = reference(), WORK[kind]
    work(model, 2_000)
    begun = time.perf_counter()
    work(model, draws)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"seconds": seconds, "megabytes": peak / 1024}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
