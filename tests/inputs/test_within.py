"""Holds intervals inside the range of their field: the two ends are P5 and P95, and no draw ever leaves the range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.inputs import distributions as laws
from tco_model.inputs.within import Moved, interval_within

TAILS = np.array([[1e-15, 1e-9, 0.05, 0.5, 0.95, 1.0 - 1e-9, 1.0 - 1e-15]])


@given(st.floats(-50.0, 50.0), st.floats(0.1, 50.0), st.floats(0.01, 0.98), st.floats(0.01, 0.99))
def test_between_two_bounds(floor: float, width: float, start: float, length: float) -> None:
    ceiling = floor + width
    low = floor + start * width
    high = low + length * (ceiling - low)
    law = interval_within(low, high, floor, ceiling)
    drawn = law.ppf(TAILS)[0]
    assert drawn[[2, 4]] == pytest.approx([low, high], rel=1e-6, abs=1e-9 * width)
    assert np.all(np.diff(drawn) >= 0.0)
    assert floor - 1e-12 * abs(floor) <= drawn[0] <= drawn[-1] <= ceiling + 1e-12 * abs(ceiling)
    assert law.support == pytest.approx((floor, ceiling))
    assert floor < law.mean < ceiling
    assert 0.0 < law.variance < width**2 / 4.0


@given(st.floats(-50.0, 50.0), st.floats(0.01, 50.0), st.floats(1.1, 20.0))
def test_above_one_bound_is_a_lognormal_moved_there(floor: float, above: float, ratio: float) -> None:
    law = interval_within(floor + above, floor + above * ratio, floor, math.inf)
    plain = laws.interval(above, above * ratio)
    assert law.mean == pytest.approx(floor + plain.mean, rel=1e-6, abs=1e-6)
    assert law.variance == pytest.approx(plain.variance, rel=1e-4)
    assert law.ppf(TAILS)[0][0] >= floor


def test_without_a_floor_an_interval_is_as_ever() -> None:
    assert interval_within(5.0, 20.0, 0.0, math.inf) == laws.interval(5.0, 20.0)
    assert interval_within(-5.0, 20.0, -math.inf, math.inf) == laws.interval(-5.0, 20.0)
    assert interval_within(0.62, 0.71, 0.0, 1.0) == laws.interval(0.62, 0.71, share=True)


@pytest.mark.parametrize(
    ("low", "high", "floor", "ceiling", "said"),
    [
        (0.0, 0.5, 0.0, 1.0, "between 0 and 1, not on it"),
        (0.5, 1.0, 0.0, 1.0, "between 0 and 1, not on it"),
        (0.5, 1.5, 0.0, 1.0, "between 0 and 1, not on it"),
        (1.0, 5.0, 1.0, math.inf, "above 1, not on it"),
        (0.5, 5.0, 1.0, math.inf, "above 1, not on it"),
    ],
)
def test_an_end_on_or_beyond_a_bound_is_refused_with_laws_that_reach_it(
    low: float, high: float, floor: float, ceiling: float, said: str
) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        interval_within(low, high, floor, ceiling)
    assert "; write pert(" in str(caught.value)


def test_moments_of_a_moved_law_against_integration() -> None:
    """E[X] and Var[X] as integrals of the quantile over the probability, by the midpoint rule."""
    law = interval_within(2.0, 5.0, 1.0, 10.0)
    u = (np.arange(400_000) + 0.5)[None, :] / 400_000
    drawn = law.ppf(u)
    assert law.mean == pytest.approx(float(drawn.mean()), rel=1e-5)
    assert law.variance == pytest.approx(float(drawn.var()), rel=1e-4)


def test_a_change_of_unit_moves_the_bounds_along() -> None:
    law = interval_within(2.0, 5.0, 1.0, 10.0)
    assert isinstance(law, Moved)
    scaled = law.scaled(60.0)
    assert scaled.support == (60.0, 600.0)
    assert scaled.mean == pytest.approx(60.0 * law.mean)
    assert scaled.ppf([[0.05, 0.95]])[0] == pytest.approx([120.0, 300.0])
    assert law.text() == "2 to 5"
