"""Shortening a plan by what is known of its fixed part leaves every bit of every figure as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tco_model as tco
from tco_model.engine.compile import compile_scenario
from tco_model.engine.draws import make_sampler
from tco_model.engine.outputs import all_outputs
from tco_model.engine.run import correlated_laws
from tco_model.expr.evaluate import BlockEvaluator, Plan, evaluate_fixed, make_plan, specialised

ROOT = Path(__file__).parents[2]
DRAWS = 300


@pytest.mark.parametrize("path", ["tests/data/small.yaml", "tests/benchmarks/reference.yaml", "scenarios/support_assistant.yaml"])
def test_every_figure_keeps_its_bits_and_work_is_saved(path: str) -> None:
    model = compile_scenario(tco.load(ROOT / path))
    sampler = make_sampler(model.leaves, correlated_laws(model), 3, DRAWS, "random", model.months)
    plan = make_plan({name: term for name, term in all_outputs(model).items() if term.shape.draws}, model.months)
    constant = {name: leaf.content for name, leaf in model.leaves.items() if isinstance(leaf.content, float | np.ndarray)}
    fixed = evaluate_fixed(plan, {name: np.asarray(value, dtype=float).reshape(1, -1) for name, value in constant.items()})
    drawn = sampler.inputs(0, DRAWS)
    rates = {figure: np.full((DRAWS, 1), 2.0) for _, (figure, _, _) in sampler.incidents.items()}
    leaves = drawn | sampler.processes(0, DRAWS, rates)

    def figures(of: Plan) -> dict[str, bytes]:
        found: dict[str, bytes] = {}

        def keep(name: str, values: np.ndarray) -> None:
            found[name] = np.broadcast_to(values, (DRAWS, values.shape[1])).tobytes()

        BlockEvaluator(of, fixed).run(dict(leaves), DRAWS, keep)
        return found

    shorter = specialised(plan, fixed)
    assert figures(shorter) == figures(plan)
    assert len(shorter.drawn) < len(plan.drawn)
