"""Fleets that change size: replica hours by hand, limiting cases, and what lag and cold start cost."""

from __future__ import annotations

import numpy as np
import pytest

from tco_model.serving.autoscale import autoscaled, switched, working_hours
from tco_model.serving.load_shape import LoadShapeError, load_shape

OFFICE = working_hours(8, 18)
DAY_LOAD = np.where(OFFICE, 350.0, 0.0)
"""350 units from 8 to 18 on working days, nothing else: four replicas of 100 for 50 hours."""


def test_scale_to_zero_without_any_delay_pays_the_busy_hours_alone() -> None:
    found = autoscaled(DAY_LOAD, 100.0)
    assert found.replica_hours == pytest.approx(4 * 50)
    assert (found.most_replicas, found.late_share) == (4, pytest.approx(0.0))
    assert found.utilisation == pytest.approx(350 / 400)
    assert found.mean_replicas == pytest.approx(200 / 168)


def test_a_floor_is_paid_round_the_week() -> None:
    assert autoscaled(DAY_LOAD, 100.0, floor=2).replica_hours == pytest.approx(4 * 50 + 2 * 118)
    assert autoscaled(DAY_LOAD, 100.0, floor=4).utilisation == pytest.approx(350 * 50 / (400 * 168))


def test_lag_and_cold_start_leave_the_start_of_each_day_unserved() -> None:
    """A quarter of an hour of lag, then a quarter of starting: half an hour of ten is late; what is paid is shifted, not grown."""
    found = autoscaled(DAY_LOAD, 100.0, lag=0.25, cold_start=0.25)
    assert found.replica_hours == pytest.approx(4 * 50)
    assert found.late_share == pytest.approx(0.5 / 10)
    assert autoscaled(DAY_LOAD, 100.0, lag=0.25, cold_start=0.25, floor=4).late_share == pytest.approx(0.0)


def test_replicas_are_held_after_they_were_last_wanted() -> None:
    assert autoscaled(DAY_LOAD, 100.0, hold=1.0).replica_hours == pytest.approx(4 * 55)
    assert autoscaled(DAY_LOAD, 100.0, hold=167.0).replica_hours == pytest.approx(4 * 168)


def test_a_limit_leaves_the_rest_late() -> None:
    found = autoscaled(DAY_LOAD, 100.0, most=2)
    assert found.late_share == pytest.approx(150 / 350)
    assert found.utilisation == pytest.approx(1.0)


def test_each_delay_costs_and_a_scaled_fleet_lies_between_mean_and_peak() -> None:
    load = load_shape("developer_week").load(1000.0)
    found = [autoscaled(load, 10.0, cold_start=minutes / 60.0) for minutes in (0, 5, 30, 60)]
    late = [one.late_share for one in found]
    assert late[0] == pytest.approx(0.0, abs=1e-12) and late == sorted(late) and late[-1] > late[1] > 0.0
    assert 1000 / 10 <= found[0].mean_replicas <= 1000 / 10 + 1
    assert found[0].most_replicas == 300


def test_nights_and_weekends_off() -> None:
    found = switched(DAY_LOAD, 100.0, 4, OFFICE, cold_start=0.5)
    assert found.replica_hours == pytest.approx(4 * (50 + 5 * 0.5))
    assert found.late_share == pytest.approx(0.0)
    flat = switched(np.full(168, 100.0), 100.0, 1, OFFICE)
    assert flat.late_share == pytest.approx(118 / 168)
    assert flat.utilisation == pytest.approx(1.0)


def test_timetables() -> None:
    assert working_hours().sum() == 50
    assert working_hours(0, 24, 7).all()
    assert not working_hours(9, 17)[24 * 5 :].any()
    with pytest.raises(LoadShapeError, match="from 0 to 24"):
        working_hours(18, 8)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"load": np.ones(24)}, "a week has 168 hours, not 24"),
        ({"load": np.r_[-1.0, np.ones(167)]}, "Monday 00:00 of the week has a negative count"),
        ({"capacity": 0.0}, "cannot carry 0"),
        ({"floor": -1}, "floor from 0 on"),
        ({"floor": 3, "most": 2}, "cannot range from 3 to 2"),
        ({"most": 0}, "cannot range from 0 to 0"),
        ({"lag": -1.0}, "a lag of -1 hours is not within a week"),
        ({"cold_start": 168.0}, "a cold start of 168 hours is not within a week"),
        ({"hold": float("nan")}, "is not within a week"),
    ],
)
def test_what_cannot_be_scaled_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(LoadShapeError, match=message):
        autoscaled(**{"load": DAY_LOAD, "capacity": 100.0} | change)  # type: ignore[arg-type]


def test_a_timetable_of_another_length_is_refused() -> None:
    with pytest.raises(LoadShapeError, match="168 hours of a week"):
        switched(DAY_LOAD, 100.0, 4, np.ones(24, dtype=bool))
