"""Turns the load of a week and the rules of an autoscaler or a timetable into the replica hours paid and the load that comes too early.

The load stands still within an hour and steps to the next, in steps of five minutes round the week; the week follows itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from tco_model.serving.load_shape import HOURS_PER_DAY, HOURS_PER_WEEK, LoadShapeError, shape_of

Numbers = NDArray[np.float64]
STEPS_PER_HOUR = 12
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Scaled:
    """A week of a fleet whose size changes."""

    replica_hours: float
    """Paid in the week, starting up included [replica*hour/week]."""
    most_replicas: float
    """Paid for at once."""
    late_share: float
    """Share of the load that finds no replica ready: it waits, overflows to an API, or is lost."""
    utilisation: float
    """Share of the paid capacity that is used."""

    @property
    def mean_replicas(self) -> float:
        """Replicas paid on average, what a month is charged for."""
        return self.replica_hours / HOURS_PER_WEEK


def autoscaled(
    load: ArrayLike,
    capacity: float,
    *,
    floor: int = 0,
    most: int | None = None,
    lag: float = 0.0,
    cold_start: float = 0.0,
    hold: float = 0.0,
) -> Scaled:
    """Return the week of a fleet that follows its load; with a floor of 0 it scales to zero.

    Args:
        load: of each hour of the week, Monday first, shape ``(168,)``, in the unit of `capacity`, as from `LoadShape.load`.
        capacity: what a replica carries at its highest utilisation.
        floor, most: fewest and most replicas.
        lag: from a change of the load to the order it causes [hour].
        cold_start: from an order to a replica that serves; it is paid [hour].
        hold: how long a replica stays after it was last wanted [hour].

    Paid at ``t`` is the most that was wanted from ``t - lag - hold`` to ``t - lag``; ready is the least that was paid from
    ``t - cold start`` to ``t``. Times are rounded up to five minutes.

    Raises:
        LoadShapeError: a load that is no whole week, no capacity, or times below 0 or beyond a week.
    """
    steps = _steps(load, capacity)
    if floor < 0 or (most is not None and most < max(floor, 1)):
        raise LoadShapeError(f"a fleet cannot range from {floor} to {most} replicas", "give a floor from 0 on and a limit not below it")
    wanted = np.clip(np.ceil(steps / capacity - ROUNDING), floor, most)
    paid = np.roll(_trailing(wanted, _count(hold, "hold")).max(axis=1), _count(lag, "lag"))
    ready = _trailing(paid, _count(cold_start, "cold start")).min(axis=1)
    return _scaled(steps, paid, ready, capacity)


def switched(load: ArrayLike, capacity: float, replicas: int, on: ArrayLike, *, cold_start: float = 0.0) -> Scaled:
    """Return the week of a fleet of one size that is switched off by a timetable, nights and weekends say.

    Args:
        load, capacity: as in `autoscaled`.
        replicas: size while switched on.
        on: whether the fleet serves in each hour of the week, shape ``(168,)``, as from `working_hours`.
        cold_start: how long before it serves it is started, and paid [hour].

    Raises:
        LoadShapeError: as `autoscaled`, or a timetable that is not one of 168 hours.
    """
    steps = _steps(load, capacity)
    hours = np.asarray(on)
    if hours.shape != (HOURS_PER_WEEK,) or hours.dtype != np.bool_ or replicas < 0:
        raise LoadShapeError("a timetable says yes or no for each of the 168 hours of a week", "give 168 of them, and replicas from 0 on")
    ready = np.repeat(hours, STEPS_PER_HOUR) * float(replicas)
    ahead = _count(cold_start, "cold start")
    paid = np.roll(_trailing(ready, ahead).max(axis=1), -ahead)
    return _scaled(steps, paid, ready, capacity)


def working_hours(start: int = 8, end: int = 18, days: int = 5) -> NDArray[np.bool_]:
    """Return a timetable that is on from hour `start` to hour `end` on the first `days` days of the week, off at nights and weekends.

    Raises:
        LoadShapeError: hours not within a day, or days not within a week.
    """
    if not (0 <= start < end <= HOURS_PER_DAY and 0 <= days <= 7):
        raise LoadShapeError(f"no timetable runs from {start} to {end} on {days} days", "give hours from 0 to 24 and days from 0 to 7")
    hours = np.arange(HOURS_PER_WEEK)
    return (hours // HOURS_PER_DAY < days) & (hours % HOURS_PER_DAY >= start) & (hours % HOURS_PER_DAY < end)


def _steps(load: ArrayLike, capacity: float) -> Numbers:
    """Check a load as the shape of a week is checked, and return it in steps."""
    if not (math.isfinite(capacity) and capacity > 0.0):
        raise LoadShapeError(f"a replica cannot carry {capacity:g}", "give a capacity above 0")
    shape_of(load)
    return np.repeat(np.asarray(load, dtype=np.float64), STEPS_PER_HOUR)


def _count(hours: float, what: str) -> int:
    if not 0.0 <= hours < HOURS_PER_WEEK:
        raise LoadShapeError(f"a {what} of {hours:g} hours is not within a week", "give hours from 0 to below 168")
    return math.ceil(hours * STEPS_PER_HOUR - ROUNDING)


def _trailing(values: Numbers, back: int) -> Numbers:
    """Return for each step the values from `back` steps before it up to itself, round the week, shape ``(steps, back + 1)``."""
    return sliding_window_view(np.concatenate([values[len(values) - back :], values]), back + 1)


def _scaled(load: Numbers, paid: Numbers, ready: Numbers, capacity: float) -> Scaled:
    served = np.minimum(load, ready * capacity)
    room = float(paid.sum()) * capacity
    return Scaled(
        float(paid.sum()) / STEPS_PER_HOUR,
        float(paid.max()),
        1.0 - float(served.sum() / load.sum()),
        float(served.sum()) / room if room > 0.0 else 0.0,
    )
