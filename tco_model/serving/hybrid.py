"""Turns a load that varies, a fleet below its peak and an API for the rest into the cost of a month by size of the fleet."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tco_model.lines.constants import SECONDS_PER_MONTH
from tco_model.serving.hardware import CapacityError

Numbers = NDArray[np.float64]
MOST_REPLICAS = 100_000
"""Sizes beyond this are refused: a curve so long is a slip in a unit."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Traffic:
    """The levels a load takes over the month, such as the 168 hours of a week, and the parts of it tied to one side.

    Levels are means of an hour; bursts within it are met by the utilisation at which a replica's capacity is taken.
    """

    load: Numbers
    """[token/second], shape ``(levels,)``."""
    weights: Numbers
    """Share of the time each level takes, shape ``(levels,)``, sum 1."""
    own_share: float = 0.0
    """Part of every level that must stay on the fleet, which is then never smaller than this part's peak."""
    api_share: float = 0.0
    """Part of every level that must go to the API."""

    @property
    def movable(self) -> Numbers:
        """All that the fleet may carry [token/second]."""
        return self.load * (1.0 - self.api_share)

    @property
    def tokens(self) -> float:
        """[token/month]"""
        return float(self.weights @ self.load) * SECONDS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Terms:
    """What both sides cost."""

    capacity: float
    """What one replica carries at the highest utilisation its waiting promise allows [token/second]."""
    replica_cost: float
    """Paid for a replica whether used or not [USD/month]."""
    api_price: float
    """[USD/token]"""
    own_price: float = 0.0
    """What a token costs on the fleet beyond the replica itself, such as energy [USD/token]."""

    @property
    def break_even_use(self) -> float:
        """Share of the time a replica must be full to pay: ``replica cost / (capacity x saved per token x month)``; above 1 never."""
        saved = self.capacity * (self.api_price - self.own_price) * SECONDS_PER_MONTH
        return self.replica_cost / saved if saved > 0.0 else float("inf")


@dataclass(frozen=True, slots=True)
class HybridMonth:
    """A month with a fleet of one size."""

    replicas: int
    fleet_cost: float
    """Replicas, and the tokens they carry [USD/month]."""
    api_cost: float
    """Overflow, and what is tied to the API [USD/month]."""
    overflow_share: float
    """Share of all tokens that went to the API for want of capacity; what is tied to the API does not count."""
    utilisation: float
    """Share of the fleet's capacity that is used, by tokens; 0 where there is no fleet."""

    @property
    def cost(self) -> float:
        """[USD/month]"""
        return self.fleet_cost + self.api_cost


def traffic(load: ArrayLike, weights: ArrayLike | None = None, *, own_share: float = 0.0, api_share: float = 0.0) -> Traffic:
    """Check a load and return it as traffic.

    Args:
        load: levels of the load, in any order [token/second].
        weights: how often each level occurs; alike where not given.
        own_share, api_share: parts tied to the fleet and to the API, 0 to 1 together.

    Raises:
        CapacityError: levels that are no numbers from 0 on, weights that do not fit them, or parts beyond the whole.
    """
    levels = np.asarray(load, dtype=np.float64)
    shares = np.ones_like(levels) if weights is None else np.asarray(weights, dtype=np.float64)
    if levels.ndim != 1 or not levels.size or not (np.isfinite(levels).all() and levels.min() >= 0.0):
        raise CapacityError("a load has gaps or negative levels, or no level at all", "give one number from 0 on for each hour")
    if shares.shape != levels.shape or not (np.isfinite(shares).all() and shares.min() >= 0.0 and shares.sum() > 0.0):
        raise CapacityError("the weights of a load do not fit its levels", "give one weight from 0 on for each level, not all 0")
    if not (own_share >= 0.0 and api_share >= 0.0 and own_share + api_share <= 1.0):
        raise CapacityError(
            f"shares of {own_share:g} tied to the fleet and {api_share:g} to the API are not parts of one whole",
            "give shares from 0 on that add up to 1 at most",
        )
    return Traffic(levels, shares / shares.sum(), own_share, api_share)


def overflow_share(load: Traffic, capacity: float) -> float:
    """Return the share of the load above a capacity, the area over the load-duration curve cut there; capacity in token/second."""
    beyond = float(load.weights @ np.maximum(load.movable - capacity, 0.0))
    mean = float(load.weights @ load.load)
    return beyond / mean if mean > 0.0 else 0.0


def fewest_replicas(load: Traffic, terms: Terms) -> int:
    """Return the smallest fleet that carries what is tied to it at every moment."""
    return _replicas(float(load.load.max()) * load.own_share, terms)


def hybrid_month(load: Traffic, terms: Terms, replicas: int) -> HybridMonth:
    """Return the month of a fleet that serves all it can and hands the rest over.

    Raises:
        CapacityError: fewer replicas than the traffic tied to the fleet needs, or terms without sense.
    """
    least = fewest_replicas(load, terms)
    if replicas < least:
        raise CapacityError(f"{replicas} replicas cannot carry the traffic tied to the fleet", f"hold at least {least}")
    overflow = overflow_share(load, replicas * terms.capacity) * load.tokens
    tied = load.api_share * load.tokens
    served = load.tokens - overflow - tied
    room = replicas * terms.capacity * SECONDS_PER_MONTH
    return HybridMonth(
        replicas,
        replicas * terms.replica_cost + served * terms.own_price,
        (overflow + tied) * terms.api_price,
        overflow / load.tokens if load.tokens > 0.0 else 0.0,
        served / room if room > 0.0 else 0.0,
    )


def hybrid_curve(load: Traffic, terms: Terms) -> tuple[HybridMonth, ...]:
    """Return the month of every size of fleet, from the smallest allowed to the one that never overflows."""
    sizes = range(fewest_replicas(load, terms), _replicas(float(load.movable.max()), terms) + 1)
    return tuple(hybrid_month(load, terms, replicas) for replicas in sizes)


def cheapest_fleet(load: Traffic, terms: Terms) -> HybridMonth:
    """Return the month of the cheapest size.

    The rule of the newsvendor: capacity pays up to the level that the load exceeds for a share of the time of just
    `Terms.break_even_use` (Arrow, Harris and Marschak, Optimal Inventory Policy, 1951). The cost is convex in the capacity, so the
    best whole fleet lies on one side or the other of that level, or is the smallest allowed.
    """
    least = fewest_replicas(load, terms)
    below = int(_exceeded_for(load, terms.break_even_use) // terms.capacity)
    sizes = sorted({max(below, least), max(below + 1, least)})
    return min((hybrid_month(load, terms, replicas) for replicas in sizes), key=lambda month: month.cost)


def cost_per_million(cost: float, rate: float) -> float:
    """Return the cost of a million tokens at the load really served: ``cost / (rate x 3600) x 1e6`` [USD/Mtoken].

    Args:
        cost: of the machines, busy or not [USD/hour].
        rate: tokens served [token/second], above 0.
    """
    if not rate > 0.0:
        raise CapacityError(f"no cost per token at {rate:g} tokens a second", "give the tokens that are really served")
    return cost / (rate * 3600.0) * 1e6


def _exceeded_for(load: Traffic, share: float) -> float:
    """Return the highest level that the movable load reaches for more than a share of the time, 0 where none [token/second]."""
    order = np.argsort(-load.movable)
    place = int(np.searchsorted(np.cumsum(load.weights[order]), share, side="right"))
    return float(load.movable[order][place]) if place < len(order) else 0.0


def _replicas(load: float, terms: Terms) -> int:
    if not (terms.capacity > 0.0 and min(terms.replica_cost, terms.api_price, terms.own_price) >= 0.0):
        raise CapacityError("a replica carries nothing, or a price is negative", "give a capacity above 0 and prices from 0 on")
    count = math.ceil(load / terms.capacity - ROUNDING)
    if count > MOST_REPLICAS:
        raise CapacityError(
            f"{count:,} replicas of {terms.capacity:g} token/second would be needed", "check the units of load and capacity"
        )
    return count
