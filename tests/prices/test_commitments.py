"""Commitments against break-even points, closed forms and every possible commitment tried."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.prices.book import quote
from tco_model.prices.commitments import best_split, break_even_hours, break_even_utilisation, split
from tco_model.prices.problem import PriceError
from tco_model.prices.provisioned import overflow, provisioned

DAY = dt.date(2026, 11, 23)
LOADS = st.lists(st.integers(0, 60), min_size=1, max_size=40)


def test_break_even_points() -> None:
    assert break_even_utilisation(0.60, 1.00) == 0.6
    assert break_even_hours(1000, 0.50, 0.10) == pytest.approx(2500)
    assert break_even_hours(1000, 0.50, 0.50) == float("inf")
    with pytest.raises(PriceError, match="no break-even"):
        break_even_utilisation(0.6, 0.0)


@given(LOADS, st.floats(0.0, 1.5))
def test_the_best_commitment_beats_every_other(load: list[int], ratio: float) -> None:
    best = best_split(load, ratio, 1.0)
    tried = min(split(load, units, ratio, 1.0).cost for units in range(62))
    assert best.cost == pytest.approx(tried, rel=1e-12, abs=1e-12)
    assert ratio < 1.0 or best.committed == 0.0


@given(LOADS, st.floats(0.01, 1.2), st.integers(0, 20), st.integers(1, 7))
def test_the_best_commitment_in_steps_beats_every_other_in_steps(load: list[int], ratio: float, minimum: int, step: int) -> None:
    best = best_split(load, ratio, 1.0, minimum=minimum, step=step)
    tried = min(split(load, units, ratio, 1.0).cost for units in (0, *range(minimum, minimum + 80, step)))
    assert best.cost == pytest.approx(tried, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("ratio", [0.2, 0.6, 0.9])
def test_a_load_even_between_nothing_and_a_peak(ratio: float) -> None:
    # Load uniform on [0, peak]: commit to peak (1 - r), and pay p peak (r - r^2 / 2) an hour.
    peak, price = 100.0, 2.0
    load = (np.arange(100_000) + 0.5) * peak / 100_000
    best = best_split(load, ratio * price, price)
    assert best.committed == pytest.approx(peak * (1 - ratio), abs=0.01)
    assert best.cost == pytest.approx(price * peak * (ratio - ratio**2 / 2), rel=1e-4)
    assert best.utilisation == pytest.approx((1 - (1 - ratio) / 2), rel=1e-3)


def test_a_steady_load_is_committed_whole_and_a_shortfall_is_paid() -> None:
    steady = best_split([40.0] * 24, 0.6, 1.0)
    assert (steady.committed, steady.utilisation, steady.served_share, steady.cost) == pytest.approx((40.0, 1.0, 1.0, 24.0))
    fallen = split([10.0] * 24, 40.0, 0.6, 1.0)
    assert fallen.shortfall_cost == pytest.approx(30 * 0.6)
    assert fallen.on_demand_cost == 0.0


def test_weights_count_as_hours() -> None:
    by_hour = best_split([5, 5, 5, 20], 0.3, 1.0)
    assert best_split([5, 20], 0.3, 1.0, weights=[3, 1]) == by_hour
    assert by_hour.committed == 5


@pytest.mark.parametrize("bad", [[], [-1.0], [float("nan")], [[1.0], [2.0]]])
def test_a_load_that_is_none(bad: list[float]) -> None:
    with pytest.raises(PriceError, match="mend the load"):
        split(bad, 1.0, 1.0, 1.0)
    with pytest.raises(PriceError, match="weights"):
        split([1.0, 2.0], 1.0, 1.0, 1.0, weights=[1.0, -1.0])


def test_units_as_in_microsofts_worked_example() -> None:
    # 10,000 calls a minute of 600 + 100 tokens, an output token weighing 8, 23,750 a unit: 589.47, so 590 units.
    # https://github.com/MicrosoftCloudEssentials-LearningHub/DemosScenarios-TechTalks, PTUs Pricing Estimate, 2025-12-29
    mini = provisioned("azure-gpt-5-mini", DAY)
    tokens = mini.weighted_tokens(600, 100, weight=8)
    assert 10_000 * tokens == 14_000_000
    assert mini.units(10_000 * tokens) == 590
    with pytest.raises(PriceError, match="give the weight yourself"):
        mini.weighted_tokens(600, 100)


def test_minimum_step_and_cached_tokens() -> None:
    model = provisioned("azure-gpt-4.1", DAY)
    assert [model.units(3000 * need) for need in (0, 0.1, 15, 15.01, 20, 20.01)] == [0, 15, 15, 20, 20, 25]
    assert model.weighted_tokens(1000, 100, cached_tokens=400) == 600 + 400
    flash = provisioned("vertex-gemini-3.5-flash", DAY)
    assert flash.weighted_tokens(1000, 100, cached_tokens=400) == pytest.approx(600 + 40 + 600)


def test_overflow_to_pay_as_you_go() -> None:
    model, rates = provisioned("azure-gpt-4.1", DAY), quote("gpt-4.1", DAY, input_tokens=1000)
    load = np.array([5, 20, 80, 200, 400, 150, 60, 10], dtype=float)
    shape = {"input_tokens": 1000.0, "output_tokens": 200.0}
    free = overflow(model, load, rates, 60.0, units=0, **shape)
    assert free.cost == pytest.approx(load.mean() * 60 * rates.cost(1000, 200))
    # At the listed 221 USD/month a unit pays above 84% of the hours, more than this load gives even the first 15: hence 60.
    assert overflow(model, load, rates, 221.0, **shape).committed == 0
    best = overflow(model, load, rates, 60.0, **shape)
    tried = min(overflow(model, load, rates, 60.0, units=units, **shape).cost for units in (0, *range(15, 400, 5)))
    assert best.cost == pytest.approx(tried)
    assert 0 < best.committed < 400
    all_units = model.units(400 * model.weighted_tokens(1000, 200))
    assert overflow(model, load, rates, 60.0, units=all_units, **shape).served_share == pytest.approx(1.0)
    dear = overflow(replace(model, minimum=5000), load, rates, 60.0, **shape)
    assert dear.committed == 0
