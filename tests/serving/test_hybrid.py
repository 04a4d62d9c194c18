"""Fleets below the peak: the newsvendor's size against brute force, closed forms, and traffic tied to one side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.serving.hardware import CapacityError
from tco_model.serving.hybrid import Terms, cheapest_fleet, fewest_replicas, hybrid_curve, hybrid_month, overflow_share, traffic
from tco_model.serving.load_shape import load_shape

MONTH = 730 * 3600
WEEK = traffic(load_shape("developer_week").load(10_000.0))
TERMS = Terms(capacity=2_500.0, replica_cost=4_000.0, api_price=2e-6)


def test_overflow_of_a_load_spread_evenly() -> None:
    """Of levels spread evenly from 0 to 1 the part above c is (1 - c)^2."""
    even = traffic((np.arange(100_000) + 0.5) / 100_000)
    for capacity in (0.0, 0.3, 0.9, 1.0):
        assert overflow_share(even, capacity) == pytest.approx((1 - capacity) ** 2, abs=1e-6)


def test_the_free_optimum_is_the_newsvendors_quantile() -> None:
    """Levels spread evenly from 0 to 1000, tiny replicas: the best capacity is exceeded just the break-even share of the time."""
    even = traffic(1000.0 * (np.arange(10_000) + 0.5) / 10_000)
    price = 1e-6
    terms = Terms(capacity=1.0, replica_cost=0.25 * price * MONTH, api_price=price)
    assert terms.break_even_use == pytest.approx(0.25)
    assert cheapest_fleet(even, terms).replicas == pytest.approx(750, abs=1)


def test_a_month_by_hand() -> None:
    """Two levels, 100 and 300 token/s for half of the time each, two replicas of 100: 50 token/s overflow on average."""
    found = hybrid_month(traffic([100.0, 300.0]), Terms(100.0, 50.0, 1e-6, 1e-7), 2)
    assert found.overflow_share == pytest.approx(0.25)
    assert found.api_cost == pytest.approx(50 * MONTH * 1e-6)
    assert found.fleet_cost == pytest.approx(2 * 50 + 150 * MONTH * 1e-7)
    assert found.utilisation == pytest.approx(0.75)
    assert found.cost == found.fleet_cost + found.api_cost


def test_the_curve_runs_from_api_alone_to_no_overflow() -> None:
    curve = hybrid_curve(WEEK, TERMS)
    assert [month.replicas for month in curve] == list(range(13))
    assert curve[0].cost == pytest.approx(10_000 * MONTH * 2e-6)
    assert curve[0].overflow_share == 1.0
    assert curve[-1].overflow_share == pytest.approx(0.0, abs=1e-12)
    assert curve[-1].utilisation == pytest.approx(1 / 3)
    assert min(curve, key=lambda month: month.cost) == cheapest_fleet(WEEK, TERMS)
    assert 0 < cheapest_fleet(WEEK, TERMS).replicas < 12


@given(
    st.lists(st.floats(0.0, 1e5), min_size=1, max_size=40).filter(lambda levels: max(levels) > 0),
    st.floats(500.0, 5_000.0), st.floats(1.0, 1e5), st.floats(1e-8, 1e-4), st.floats(0.0, 1e-6), st.floats(0.0, 0.5), st.floats(0.0, 0.5),
)  # fmt: skip
def test_the_cheapest_fleet_is_that_of_brute_force(
    levels: list[float], capacity: float, cost: float, price: float, own: float, to_fleet: float, to_api: float
) -> None:
    load, terms = traffic(levels, own_share=to_fleet, api_share=to_api), Terms(capacity, cost, price, own)
    best = min(month.cost for month in hybrid_curve(load, terms))
    found = cheapest_fleet(load, terms)
    assert found.cost == pytest.approx(best, rel=1e-9)
    assert found.replicas >= fewest_replicas(load, terms)


def test_a_fleet_dearer_than_the_api_at_full_load_is_not_held() -> None:
    dear = Terms(capacity=100.0, replica_cost=1.01 * 100 * MONTH * 1e-6, api_price=1e-6)
    assert dear.break_even_use == pytest.approx(1.01)
    assert cheapest_fleet(WEEK, dear).replicas == 0
    assert Terms(100.0, 1.0, 1e-6, 2e-6).break_even_use == float("inf")


def test_traffic_tied_to_the_fleet_sets_its_smallest_size_and_traffic_tied_to_the_api_is_always_paid() -> None:
    load = traffic(WEEK.load, own_share=0.5, api_share=0.2)
    assert fewest_replicas(load, TERMS) == 6
    curve = hybrid_curve(load, TERMS)
    assert (curve[0].replicas, curve[-1].replicas) == (6, 10)
    assert curve[-1].api_cost == pytest.approx(0.2 * 10_000 * MONTH * TERMS.api_price)
    with pytest.raises(CapacityError, match="5 replicas cannot carry the traffic tied to the fleet; hold at least 6"):
        hybrid_month(load, TERMS, 5)


@pytest.mark.parametrize(
    ("load", "weights", "shares", "message"),
    [
        ([1.0, float("nan")], None, (0.0, 0.0), "gaps or negative levels"),
        ([1.0, -1.0], None, (0.0, 0.0), "gaps or negative levels"),
        ([], None, (0.0, 0.0), "no level at all"),
        ([1.0, 2.0], [1.0], (0.0, 0.0), "weights of a load do not fit"),
        ([1.0, 2.0], [0.0, 0.0], (0.0, 0.0), "not all 0"),
        ([1.0], None, (0.6, 0.6), "not parts of one whole"),
    ],
)
def test_traffic_that_cannot_be_is_refused(
    load: list[float], weights: list[float] | None, shares: tuple[float, float], message: str
) -> None:
    with pytest.raises(CapacityError, match=message):
        traffic(load, weights, own_share=shares[0], api_share=shares[1])


@pytest.mark.parametrize(
    ("terms", "message"),
    [(Terms(0.0, 1.0, 1.0), "carries nothing"), (Terms(1.0, -1.0, 1.0), "negative"), (Terms(1e-6, 1.0, 1.0), "check the units")],
)
def test_terms_that_cannot_be_are_refused(terms: Terms, message: str) -> None:
    with pytest.raises(CapacityError, match=message):
        hybrid_curve(WEEK, terms)
