"""Shapes of the week: published figures reproduced, what cannot be built refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.serving.hardware import CapacityError
from tco_model.serving.load_shape import LoadShapeError, constructed, load_shape, load_shapes, shape_of


@pytest.mark.parametrize(
    ("name", "peak", "weekend"), [("developer_week", 3.0, 0.40), ("around_the_clock", 1.66, 1.0), ("office_hours", 4.2, 0.0)]
)
def test_shipped_shapes_have_the_figures_they_are_built_from(name: str, peak: float, weekend: float) -> None:
    """Azure 2024: 3.0 for code with weekends at 40%, 1.66 for conversation, both at one hour; 168 / 40 for a forty-hour week."""
    shape = load_shape(name)
    assert len(shape.shares) == 168
    assert np.mean(shape.shares) == pytest.approx(1.0)
    assert shape.peak_to_mean == pytest.approx(peak, rel=1e-9)
    assert shape.weekend_to_weekday == pytest.approx(weekend, abs=1e-9)
    assert "constructed" in shape.provenance.source or shape.provenance.is_assumption
    assert shape.provenance.note and shape.provenance.url and shape.provenance.as_of


def test_only_the_shape_without_a_published_figure_is_an_assumption() -> None:
    assert [name for name, shape in load_shapes().items() if shape.provenance.is_assumption] == ["office_hours"]


def test_weekend_share_of_like_days_and_of_the_developer_week() -> None:
    assert shape_of(np.ones(168)).weekend_share == pytest.approx(2 / 7)
    assert load_shape("developer_week").weekend_share == pytest.approx(2 * 0.4 / (5 + 2 * 0.4))


def test_duration_curve_holds_the_same_hours_from_busy_to_quiet() -> None:
    shape = load_shape("developer_week")
    curve = shape.duration_curve()
    assert curve[0] == pytest.approx(3.0) and (np.diff(curve) <= 0).all()
    assert sorted(curve.tolist()) == sorted(shape.shares)


@given(st.floats(1.3, 20.0), st.floats(0.0, 1.5), st.integers(0, 23))
def test_constructed_weeks_have_what_was_asked_or_are_refused(peak: float, weekend: float, hour: int) -> None:
    try:
        shape = constructed(peak, weekend, 0.0, hour)
    except LoadShapeError as error:
        assert "give a peak from" in error.mend
        return
    assert shape.peak_to_mean == pytest.approx(peak, rel=1e-6)
    assert int(np.argmax(shape.shares[:24])) == hour
    assert np.mean(shape.shares) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ((0.9,), r"a peak of 0.9 times the mean cannot be had .*; give a peak from 1 to 24"),
        ((30.0,), "give a peak from 1 to 24"),
        ((3.0, 1.0, 0.5), "give a peak from 1 to 1.92"),
        ((float("nan"),), "cannot be had"),
        ((2.0, -1.0), "weekend from 0 on"),
        ((2.0, 1.0, 0.0, 24), "an hour from 0 to 23"),
    ],
)
def test_weeks_that_cannot_be_are_refused(figures: tuple[float, ...], message: str) -> None:
    with pytest.raises(LoadShapeError, match=message):
        constructed(*figures)  # type: ignore[arg-type]


def week(**changed: float) -> list[float]:
    """A week of tens with some hours changed, named h0 to h167."""
    counts = [10.0] * 168
    for name, value in changed.items():
        counts[int(name[1:])] = value
    return counts


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1.0] * 24, "a week has 168 hours, not 24"),
        (week(h26=-1.0), "Tuesday 02:00 of the week has a negative count"),
        (week(h0=float("nan"), h167=float("nan")), "Monday 00:00, Sunday 23:00 of the week have no count; give every hour"),
        (week(**{f"h{hour}": float("nan") for hour in range(5)}), "and 2 more hours of the week have no count"),
        ([0.0] * 168, "no hour of the week has any load"),
    ],
)
def test_gaps_and_negative_counts_are_refused_by_name(counts: list[float], message: str) -> None:
    with pytest.raises(LoadShapeError, match=message):
        shape_of(counts)


def test_an_unknown_shape_is_refused_and_the_nearest_offered() -> None:
    with pytest.raises(CapacityError, match="did you mean developer_week"):
        load_shape("developper_week")
