"""Turns the price on demand, the price under commitment and a load that varies into how much to commit to, and what the rest costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tco_model.prices.problem import PriceError

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Split:
    """A commitment and what lies beyond it, as means over the hours; money in the unit of the prices given, per hour."""

    committed: float
    """Units paid for in every hour, used or not."""
    committed_cost: float
    """[USD/hour]"""
    on_demand_cost: float
    """What the load beyond the commitment costs [USD/hour]."""
    shortfall_cost: float
    """The part of the committed cost that is paid for unused units [USD/hour]."""
    utilisation: float
    """Share of the committed units that the load uses; 1 where nothing is committed."""
    served_share: float
    """Share of the load that the commitment carries; 1 where there is no load."""

    @property
    def cost(self) -> float:
        """All of it [USD/hour]."""
        return self.committed_cost + self.on_demand_cost


def break_even_utilisation(committed_price: float, on_demand_price: float) -> float:
    """Return the share of the hours a committed unit must be used to pay: ``committed / on demand``; above 1 it never does.

    Raises:
        PriceError: a price that is not positive.
    """
    if not (committed_price >= 0.0 and on_demand_price > 0.0):
        raise PriceError(f"prices of {committed_price:g} and {on_demand_price:g} have no break-even", "give positive prices")
    return committed_price / on_demand_price


def break_even_hours(fixed_cost: float, on_demand_price: float, running_price: float = 0.0) -> float:
    """Return the hours of use after which a fixed cost pays: ``fixed / (on demand - running)``, infinite where it never does [hour].

    Args:
        fixed_cost: paid once for the right to the lower price, or for owning [USD].
        on_demand_price: [USD/hour].
        running_price: paid for an hour of use after the fixed cost [USD/hour].
    """
    saved = on_demand_price - running_price
    return fixed_cost / saved if saved > 0.0 else float("inf")


def split(
    demand: ArrayLike, committed: float, committed_price: float, on_demand_price: float, *, weights: ArrayLike | None = None
) -> Split:
    """Return what a commitment and the load beyond it cost on average over the hours.

    Args:
        demand: load of each hour, or each level of a load-duration curve, shape ``(levels,)`` [unit].
        committed: units held [unit].
        committed_price, on_demand_price: [USD/unit/hour].
        weights: how often each level occurs, shape ``(levels,)``; alike where not given.
    """
    load, shares = _load(demand, weights)
    used = float(shares @ np.minimum(load, committed))
    mean = float(shares @ load)
    return Split(
        committed,
        committed * committed_price,
        (mean - used) * on_demand_price,
        (committed - used) * committed_price,
        used / committed if committed > 0.0 else 1.0,
        used / mean if mean > 0.0 else 1.0,
    )


def best_split(
    demand: ArrayLike,
    committed_price: float,
    on_demand_price: float,
    *,
    weights: ArrayLike | None = None,
    minimum: float = 0.0,
    step: float | None = None,
) -> Split:
    """Return the cheapest commitment: hold units up to the load exceeded a share ``committed / on demand`` of the time.

    The rule of the newsvendor: the next unit pays as long as it is used a larger share of the hours than its price is of the
    price on demand (Arrow, Harris and Marschak 1951). The cost is convex in the units, so where units come in steps the best
    lies next to the free optimum.

    Args:
        demand, weights, committed_price, on_demand_price: as in `split`.
        minimum: the fewest units one can hold, if any are held [unit].
        step: units come in `minimum` plus multiples of this; any number where not given [unit].
    """
    load, shares = _load(demand, weights)
    ratio = break_even_utilisation(committed_price, on_demand_price)
    free = _exceeded(load, shares, ratio)
    if step is None:
        candidates = {0.0, max(free, minimum)}
    else:
        steps = max(free - minimum, 0.0) // step
        candidates = {0.0, minimum + steps * step, minimum + (steps + 1.0) * step}
    found = [split(load, units, committed_price, on_demand_price, weights=shares) for units in sorted(candidates)]
    return min(found, key=lambda one: one.cost)


def _exceeded(load: Numbers, shares: Numbers, ratio: float) -> float:
    """Return the highest level that the load reaches for more than a share `ratio` of the time, 0 where none."""
    order = np.argsort(-load)
    reached = np.cumsum(shares[order])
    place = int(np.searchsorted(reached, ratio, side="right"))
    return float(load[order][place]) if place < len(order) else 0.0


def _load(demand: ArrayLike, weights: ArrayLike | None) -> tuple[Numbers, Numbers]:
    load = np.asarray(demand, dtype=np.float64)
    shares = np.ones_like(load) if weights is None else np.asarray(weights, dtype=np.float64)
    if load.ndim != 1 or load.shape != shares.shape or not load.size or not (np.isfinite(load).all() and load.min() >= 0.0):
        raise PriceError("a load needs one number from 0 on for each hour, and as many weights if any", "mend the load or its weights")
    if not (shares.min() >= 0.0 and shares.sum() > 0.0):
        raise PriceError("the weights of a load may not be negative nor all zero", "mend the weights")
    return load, shares / shares.sum()
