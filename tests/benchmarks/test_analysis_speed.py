"""What the analysis costs beside the simulation it reads, in one process and one run: ``pytest -m benchmark -s`` prints the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest

from tco_model.analysis.indices import first_order
from tco_model.analysis.information import information
from tco_model.analysis.spread import spread
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.engine.model import Model
from tco_model.engine.run import run
from tco_model.scenario.load import load
from tests.benchmarks.measure import reference
from tests.benchmarks.test_speed import ROOT, ratio

pytestmark = pytest.mark.benchmark
ROUNDS = 5


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median time of a piece of work."""
    times: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


@pytest.mark.parametrize("name", ["reference", "ml_platform", "support_assistant"])
def test_the_analysis_costs_less_than_the_simulation(name: str) -> None:
    model = reference() if name == "reference" else compile_scenario(load(ROOT / "scenarios" / f"{name}.yaml"))
    figure = model.scenario.decision.decide_by
    simulated = seconds(lambda: run(model, draws=10_000))
    held = Futures(model, draws=10_000)
    inputs = np.array(list(held.inputs.values()))
    values = held.samples(figure)
    print(f"\n{name}: {inputs.shape[0]} uncertain inputs, {values.shape[0]} options, 10,000 draws, simulation {simulated:.3f} s")
    indices = seconds(lambda: first_order(inputs, values[:1])) / simulated
    ratio("all first-order indices of one option over the simulation", indices, "0.11", "0.05")
    ratio("distribution, regret, tails, dominance, convergence", seconds(lambda: spread(held.base)) / simulated, "-", "-")
    worth = seconds(lambda: information(held, groups={})) / simulated
    ratio("value of information of every input", worth, "-", "1")
    assert indices <= 0.25


@pytest.mark.parametrize("name", ["ml_platform", "support_assistant", "software_environments"])
def test_a_slider_recomputes_only_what_hangs_on_it(name: str) -> None:
    model: Model = compile_scenario(load(ROOT / "scenarios" / f"{name}.yaml"))
    whole = seconds(lambda: run(model, draws=10_000), 3)
    held = Futures(model, draws=10_000)
    moves: list[float] = []
    quick: list[float] = []
    for leaf, drawn in held.inputs.items():
        middle = float(np.median(drawn))
        held.at({leaf: middle})
        held.samples(model.scenario.decision.decide_by, {leaf: middle})
        moves.append(seconds(lambda leaf=leaf, middle=middle: held.at({leaf: 1.01 * middle}), 1))
        quick.append(seconds(lambda leaf=leaf, middle=middle: held.samples(model.scenario.decision.decide_by, {leaf: 1.01 * middle}), 1))
    print(f"\n{name}: {len(moves)} uncertain inputs, full run {whole:.3f} s")
    middle_move = ratio("a move, all figures, median input over a full run", statistics.median(moves) / whole, "untested", "0.4")
    ratio("a move, all figures, slowest input over a full run", max(moves) / whole, "-", "-")
    ratio("a move, the deciding figure alone, median input", statistics.median(quick) / whole, "-", "-")
    assert middle_move <= 0.7


@pytest.mark.parametrize("name", ["ml_platform", "support_assistant"])
def test_what_sobol_points_are_worth(name: str) -> None:
    """Effective sample size at 4,096 points: variance over seeds of plain draws over that of scrambled Sobol points."""
    model = compile_scenario(load(ROOT / "scenarios" / f"{name}.yaml"))
    figure = model.scenario.decision.decide_by
    found: dict[str, list[tuple[float, float, float]]] = {"random": [], "sobol": []}
    for design, rows in found.items():
        for seed in range(24):
            values = Futures(model, draws=4096, seed=seed, design=design).samples(figure)
            best = values.argmin(axis=0) == 0
            rows.append((float(values[0].mean()), float((values[0] - values[1]).mean()), float(best.mean())))
    plain, sobol = (np.var(np.array(rows), axis=0, ddof=1) for rows in found.values())
    print(f"\n{name}: effective sample size of 4,096 Sobol points over plain draws, from 24 seeds")
    labels = ("mean of the first option", "mean difference of two", "chance of being best")
    for label, gain in zip(labels, plain / np.maximum(sobol, 1e-300), strict=True):
        ratio(label, float(gain), "-", "-")
    assert plain[0] > sobol[0]
