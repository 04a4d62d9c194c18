"""The hand-written reference workload and the engine give the same figures from the same draws: timing them side by side is fair."""

from __future__ import annotations

import numpy as np
import pytest

from tco_model.engine.run import run
from tests.benchmarks.measure import engine_draws, reference, sampler_of
from tests.benchmarks.plain import LEVELS, OPTIONS, answer

DRAWS = 3_000


def test_the_workload_is_what_it_says() -> None:
    model = reference()
    assert (len(model.options), model.months) == (3, 36)
    laws = [name for name, leaf in model.leaves.items() if leaf.is_law and name.startswith("inputs.")]
    assert len(laws) == 24
    assert {category for option in model.options for category in option.categories} == {
        "token", "compute", "storage", "observability", "labour", "migration", "risk", "fees",
    }  # fmt: skip


def test_engine_and_hand_written_numpy_agree() -> None:
    model = reference()
    result = run(model, draws=DRAWS)
    found = answer(engine_draws(sampler_of(model, DRAWS), 0, DRAWS))
    chances = found.pop("chance_best")
    assert chances.sum() == pytest.approx(1.0)
    assert len(found) > 60
    for name, values in found.items():
        ours = result.kept[name] if name.startswith("draw/") else result.quantiles[name].reshape(len(LEVELS), -1).squeeze()
        np.testing.assert_allclose(ours, values, rtol=1e-9, atol=1e-6, err_msg=name)
    values = np.array([result.sample(option, "npv_cost") for option in OPTIONS])
    assert [(values.argmin(axis=0) == place).mean() for place in range(3)] == pytest.approx(list(chances))
