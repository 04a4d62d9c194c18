"""Turns a waiting promise into the highest utilisation a pool of slots may run at: Erlang C, with a correction for bursts.

A slot is one place in the running batch of a replica, so a pool has ``replicas x largest batch`` slots. The result is
optimistic where decoding slows as the batch grows: the service time is taken as it is at the planned batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache


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
    _check(slots, load)
    return _erlang_c(float(slots), load)


def waiting_share(slots: int, load: float, arrival_variation: float = 1.0) -> float:
    """Return the share of arrivals that wait in a pool of slots whose arrivals come in bursts.

    Args:
        slots, load: as `erlang_c`.
        arrival_variation: squared coefficient of variation of the gaps between arrivals; 1 gives Erlang C itself.

    Hayward's approximation: ``C(c/z, a/z)`` with the peakedness ``z = (1 + Ca2)/2`` that the stream has at exponential service when many
    arrivals fall into one service (Fredericks, Congestion in blocking systems, Bell System Technical Journal 59, 1980; Whitt,
    Understanding the efficiency of multi-server service systems, Management Science 38, 1992). Erlang C of a Poisson stream would
    promise a tenth of the waiting seen at a variation of 16.

    Raises:
        ValueError: as `erlang_c`, or a variation below 1.
    """
    if not arrival_variation >= 1.0:
        raise ValueError(f"arrivals steadier than a Poisson stream are taken as one: give a variation from 1 on, not {arrival_variation:g}")
    if arrival_variation == 1.0:
        return erlang_c(slots, load)
    _check(slots, load)
    peakedness = 0.5 * (1.0 + arrival_variation)
    return _erlang_c(slots / peakedness, load / peakedness)


def _check(slots: int, load: float) -> None:
    if slots < 1:
        raise ValueError(f"a queue needs at least one slot, not {slots}")
    if not 0.0 <= load < slots:
        raise ValueError(f"{slots} slots cannot carry a load of {load:g} erlangs; the queue would grow without end")


def _erlang_c(slots: float, load: float) -> float:
    """Return Erlang C by the recursion of Erlang B; it starts at the fraction of a slot, where ``1/B = int exp(-u) (1 + u/load)^x du``."""
    if load == 0.0:
        return 0.0
    count = slots % 1.0
    inverse = sum(weight * (1.0 + node / load) ** count for node, weight in _laguerre()) if count else 1.0
    while count < slots - 0.5:
        count += 1.0
        inverse = 1.0 + inverse * count / load
    blocked = 1.0 / inverse
    share = load / slots
    return blocked / (1.0 - share * (1.0 - blocked))


@cache
def _laguerre() -> tuple[tuple[float, float], ...]:
    """Return nodes and weights of the Gauss-Laguerre rule of 40 points."""
    import numpy as np

    nodes, weights = np.polynomial.laguerre.laggauss(40)
    return tuple(zip(nodes.tolist(), weights.tolist(), strict=True))


def mean_wait(slots: int, load: float, arrival_variation: float = 1.0, service_variation: float = 1.0) -> float:
    """Return the mean wait of an arrival in mean service times, by Allen and Cunneen's formula for G/G/c.

    Args:
        slots, load: as `erlang_c`.
        arrival_variation: squared coefficient of variation of the gaps between arrivals; 1 for a Poisson stream, more for bursts.
        service_variation: squared coefficient of variation of the service times.

    ``W = C(c, a) / (c - a) x (Ca2 + Cs2) / 2``, exact for M/M/c (Allen, Probability, Statistics and Queueing Theory, 1990).
    It holds where the queue hardly ever empties; below that a bursty stream on many slots waits several times longer: use `waiting_share`.
    """
    return erlang_c(slots, load) / (slots - load) * (arrival_variation + service_variation) / 2.0


def highest_utilisation_by_waiting_share(slots: int, promised: float, arrival_variation: float = 1.0) -> float:
    """Return the highest utilisation at which at most the `promised` share of arrivals waits; variation as `waiting_share`.

    Raises:
        ValueError: a share outside 0 .. 1, both ends excluded.
    """
    if not 0.0 < promised < 1.0:
        raise ValueError(f"the share of requests that may wait lies between 0 and 1, not at {promised:g}")
    return _highest(slots, lambda load: waiting_share(slots, load, arrival_variation) <= promised)


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
