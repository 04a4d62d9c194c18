"""Turns a waiting promise into the highest utilisation a pool of slots may run at: Erlang C, with a correction for bursts.

A slot is one place in the running batch of a replica, so a pool has ``replicas x largest batch`` slots. The result is
optimistic where decoding slows as the batch grows: the service time is taken as it is at the planned batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def erlang_c(slots: int, load: float) -> float:
    """Return the share of arrivals that wait in an M/M/c queue.

    Args:
        slots: number of servers c, at least 1.
        load: offered load in erlangs, arrival rate times mean service time, 0 <= load < slots.

    Raises:
        ValueError: fewer than one slot, a negative load, or a load the slots cannot carry.

    The Erlang B recursion ``1/B(k) = 1 + k/(load B(k-1))`` keeps it stable for thousands of slots
    (Cooper, Introduction to Queueing Theory, 2nd ed., 1981, sections 3.3 and 3.4).
    """
    if slots < 1:
        raise ValueError(f"a queue needs at least one slot, not {slots}")
    if not 0.0 <= load < slots:
        raise ValueError(f"{slots} slots cannot carry a load of {load:g} erlangs; the queue would grow without end")
    if load == 0.0:
        return 0.0
    inverse = 1.0
    for count in range(1, slots + 1):
        inverse = 1.0 + inverse * count / load
    blocked = 1.0 / inverse
    share = load / slots
    return blocked / (1.0 - share * (1.0 - blocked))


def mean_wait(slots: int, load: float, arrival_variation: float = 1.0, service_variation: float = 1.0) -> float:
    """Return the mean wait of an arrival in mean service times, by Allen and Cunneen's formula for G/G/c.

    Args:
        slots, load: as `erlang_c`.
        arrival_variation: squared coefficient of variation of the gaps between arrivals; 1 for a Poisson stream, more for bursts.
        service_variation: squared coefficient of variation of the service times.

    ``W = C(c, a) / (c - a) x (Ca2 + Cs2) / 2``, exact for M/M/c (Allen, Probability, Statistics and Queueing Theory, 1990).
    """
    return erlang_c(slots, load) / (slots - load) * (arrival_variation + service_variation) / 2.0


def highest_utilisation_by_waiting_share(slots: int, waiting_share: float) -> float:
    """Return the highest utilisation at which at most `waiting_share` of a Poisson stream waits.

    Raises:
        ValueError: a share outside 0 .. 1, both ends excluded.
    """
    if not 0.0 < waiting_share < 1.0:
        raise ValueError(f"the share of requests that may wait lies between 0 and 1, not at {waiting_share:g}")
    return _highest(slots, lambda load: erlang_c(slots, load) <= waiting_share)


def highest_utilisation_by_wait(slots: int, wait: float, arrival_variation: float = 1.0, service_variation: float = 1.0) -> float:
    """Return the highest utilisation at which the mean wait stays within `wait` mean service times; variations as `mean_wait`."""
    if wait <= 0.0:
        raise ValueError(f"the mean wait allowed must be above 0, not {wait:g}")
    return _highest(slots, lambda load: mean_wait(slots, load, arrival_variation, service_variation) <= wait)


def _highest(slots: int, holds: Callable[[float], bool]) -> float:
    """Bisect for the largest load at which a promise holds that breaks as the load grows."""
    low, high = 0.0, float(slots)
    while high - low > 1e-9 * slots:
        middle = 0.5 * (low + high)
        if middle < slots and holds(middle):
            low = middle
        else:
            high = middle
    return low / slots


def replicas_for(load: float, slots_per_replica: int, holds: Callable[[int, float], bool]) -> int:
    """Return the smallest number of replicas whose pooled slots carry `load` erlangs while ``holds(slots, load)``.

    Pooling matters: a large pool meets the same promise at a higher utilisation, so the promise is asked of the whole pool.
    """
    count = max(1, math.floor(load / slots_per_replica) + 1)
    while not holds(count * slots_per_replica, load):
        count += 1
    return count
