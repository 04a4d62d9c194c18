"""Holds means and quantiles, found without keeping the draws, against the same draws sorted whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tco_model as tco
from tco_model.engine.reduce import sorted_quantiles
from tests.engine.scenarios import compared

LEVELS = (0.1, 0.5, 0.9)
MANY = 40_001
"""More draws than one pilot, an odd number, no multiple of any block."""
LAWS = {
    "smooth": "2 to 90",
    "mostly_nothing": "bernoulli(5%)",
    "steps_at_the_quantiles": "discrete(0: 0.1, 1: 0.4, 2: 0.4, 3: 0.1)",
    "steps_beside_the_quantiles": "discrete(-1: 0.101, 1: 0.399, 2: 0.401, 3: 0.099)",
    "around_zero": "normal(0, 1)",
    "counts": "poisson(3)",
}
FORMULAS = {name: name for name in LAWS} | {
    "always_the_same": "smooth - smooth + 7",
    "fixed": "7",
    "capped": "min(max(smooth, 20), 21)",
    "tiny_and_huge": "power(10, around_zero * 8)",
}


def samples(draws: int) -> tuple[tco.Result, dict[str, str]]:
    """One option a formula, of one month and without discount: line, category, month and total are one number per draw."""
    scenario = compared([f'({text}) * quantity("1 USD/month")' for text in FORMULAS.values()], inputs=LAWS, timeline={"months": 1})
    result = tco.simulate(scenario, draws=draws)
    return result, dict(zip(FORMULAS, result.options, strict=True))


@pytest.fixture(scope="module", params=[1, 2, 3, 10, 11, 1_025, MANY])
def found(request: pytest.FixtureRequest) -> tuple[tco.Result, dict[str, str]]:
    return samples(request.param)


@pytest.mark.parametrize("name", FORMULAS)
def test_every_route_gives_the_quantiles_of_the_sorted_draws(found: tuple[tco.Result, dict[str, str]], name: str) -> None:
    result, options = found
    option = options[name]
    sample = result.sample(option, "total_cost")
    expected = sorted_quantiles(np.sort(sample))
    for figure in ("total_cost", "npv_cost", "line/fees.line", "total/fees", "npv/fees"):
        summary = result.summary(option, figure)
        assert (summary.p10, summary.p50, summary.p90) == tuple(expected), figure
        assert summary.mean == pytest.approx(sample.mean(), rel=1e-12, abs=1e-12), figure
    assert np.array_equal(result.monthly_quantiles(option)[:, 0], expected)
    assert np.allclose(expected, np.quantile(sample, LEVELS, method="linear"), rtol=1e-15, atol=0.0)


def test_a_figure_without_spread_is_exactly_itself(found: tuple[tco.Result, dict[str, str]]) -> None:
    result, options = found
    for name in ("always_the_same", "fixed"):
        summary = result.summary(options[name], "line/fees.line")
        assert summary.p10 == summary.p50 == summary.p90 == summary.mean == pytest.approx(7.0, rel=1e-14)


values = st.lists(st.floats(-1e9, 1e9) | st.integers(-3, 3).map(float), min_size=1, max_size=200)


@settings(deadline=None, max_examples=200)
@given(values, st.floats(0.0, 1.0))
def test_quantiles_are_linear_between_order_statistics(numbers: list[float], level: float) -> None:
    """Hyndman and Fan 1996, definition 7, which NumPy calls linear; to rounding of the interpolation."""
    ordered = np.sort(np.array(numbers))
    (quantile,) = sorted_quantiles(ordered, (level,))
    assert quantile == pytest.approx(np.quantile(ordered, level, method="linear"), rel=1e-12, abs=1e-6)
    assert ordered[0] <= quantile <= ordered[-1]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(-5, 5).map(float), min_size=11, max_size=11))
def test_a_quantile_that_falls_on_a_value_is_that_value(numbers: list[float]) -> None:
    ordered = np.sort(np.array(numbers))
    assert tuple(sorted_quantiles(ordered)) == (ordered[1], ordered[5], ordered[9])


def test_columns_are_reduced_side_by_side() -> None:
    ordered = np.sort(np.random.default_rng(3).normal(size=(4, 17)), axis=1)
    assert np.array_equal(sorted_quantiles(ordered), np.array([sorted_quantiles(row) for row in ordered]).T)
