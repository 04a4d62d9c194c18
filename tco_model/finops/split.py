"""Turns an amount and shares of it into parts that sum to the amount, to the last decimal, and shared pools into what their takers bear.

Money is decimal, shares are exact fractions. Where a part has no finite decimal it is cut at `DECIMALS` places, and what that leaves goes
to the parts with the largest remainders: no part is off by more than one in the last place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

DECIMALS = 12
STEP = Decimal(1).scaleb(-DECIMALS)
Method = Literal["direct", "step_down", "reciprocal"]
Shares = Mapping[str, Mapping[str, Fraction]]
"""By pool, what each taker, an owner or another pool, bears of it; each pool's shares sum to 1."""


def divided(amount: Decimal, weights: Mapping[str, Fraction | Decimal | int]) -> dict[str, Decimal]:
    """Divide an amount in proportion to weights by largest remainder: the parts sum to it exactly.

    Args:
        amount: with at most `DECIMALS` places; negative for a credit.
        weights: by taker, none negative, not all zero.

    Raises:
        ValueError: no weight, a negative one, or an amount with more places.
    """
    exact = {name: Fraction(weight) for name, weight in weights.items()}
    total = sum(exact.values(), Fraction(0))
    if total <= 0 or min(exact.values()) < 0:
        raise ValueError("weights are not negative, and not all zero")
    units = Fraction(amount) / Fraction(STEP)
    if units.denominator != 1:
        raise ValueError(f"{amount} has more than {DECIMALS} decimals")
    sign, left = (-1 if units < 0 else 1), abs(int(units))
    wanted = {name: Fraction(abs(int(units))) * weight / total for name, weight in exact.items()}
    floors = {name: int(part) for name, part in wanted.items()}
    left -= sum(floors.values())
    for name in sorted(wanted, key=lambda one: (floors[one] - wanted[one], one))[:left]:
        floors[name] += 1
    return {name: sign * count * STEP for name, count in floors.items()}


def final_shares(shares: Shares, method: Method, order: Sequence[str]) -> dict[str, dict[str, Fraction]]:
    """Return what each owner finally bears of each pool, as shares that sum to 1.

    Args:
        shares: by pool; takers that are pools themselves are served in turn.
        method: ``direct`` leaves out what pools owe each other; ``step_down`` closes the pools in `order`, each after those before it;
            ``reciprocal`` solves what all owe each other at once (Horngren et al., Cost Accounting, chapter on support departments).
        order: the pools, each once.

    Raises:
        ValueError: a pool that nothing but pools take, so that it never reaches an owner.
    """
    if method == "reciprocal":
        return _reciprocal(shares, order)
    found: dict[str, dict[str, Fraction]] = {}
    for place, pool in reversed(list(enumerate(order))):
        # A pool passes on to owners and, by steps, to the pools that are closed after it, whose own takers are known by now.
        later = () if method == "direct" else tuple(order[place + 1 :])
        kept = {taker: share for taker, share in shares[pool].items() if taker not in shares or taker in later}
        total = sum(kept.values(), Fraction(0))
        if not total:
            raise ValueError(f"nobody but other pools takes of {pool}")
        borne: dict[str, Fraction] = {}
        for taker, share in kept.items():
            for owner, part in (found[taker] if taker in shares else {taker: Fraction(1)}).items():
                borne[owner] = borne.get(owner, Fraction(0)) + part * share / total
        found[pool] = borne
    return found


def _reciprocal(shares: Shares, order: Sequence[str]) -> dict[str, dict[str, Fraction]]:
    """Solve (I - P) X = O, where P is what pools owe pools and O what owners take, in exact fractions."""
    owners = list(dict.fromkeys(taker for pool in order for taker in shares[pool] if taker not in shares))
    rows = [
        [Fraction(int(pool == other)) - shares[pool].get(other, Fraction(0)) for other in order]
        + [shares[pool].get(owner, Fraction(0)) for owner in owners]
        for pool in order
    ]
    size = len(order)
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row][column]), None)
        if pivot is None:
            raise ValueError(f"nobody but other pools takes of {order[column]}")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(size):
            factor = rows[row][column]
            if row != column and factor:
                rows[row] = [value - factor * above for value, above in zip(rows[row], rows[column], strict=True)]
    return {
        pool: {owner: rows[place][size + column] for column, owner in enumerate(owners) if rows[place][size + column]}
        for place, pool in enumerate(order)
    }
