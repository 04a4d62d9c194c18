"""Shared cost divided: published examples, limiting cases, and not a decimal lost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.finops.split import STEP, Shares, divided, final_shares

POOLS = {"HR": Decimal(80_000), "DP": Decimal(120_000), "RM": Decimal(40_000)}
SHARES: Shares = {
    "HR": {"DP": Fraction(20, 100), "RM": Fraction(10, 100), "Machining": Fraction(40, 100), "Assembly": Fraction(30, 100)},
    "DP": {"HR": Fraction(8, 100), "RM": Fraction(7, 100), "Machining": Fraction(30, 100), "Assembly": Fraction(55, 100)},
    "RM": {"Machining": Fraction(1, 2), "Assembly": Fraction(1, 2)},
}


def borne(method: str, order: tuple[str, ...] = ("HR", "DP", "RM")) -> dict[str, Fraction]:
    found = final_shares(SHARES, method, order)  # type: ignore[arg-type]
    return {
        owner: sum((Fraction(amount) * found[pool].get(owner, Fraction(0)) for pool, amount in POOLS.items()), Fraction(0))
        for owner in ("Machining", "Assembly")
    }


@pytest.mark.parametrize(("method", "machining", "assembly"), [("reciprocal", 107_276.42, 132_723.58), ("direct", 108_067.23, 131_932.77)])
def test_the_published_example_of_three_service_departments(method: str, machining: float, assembly: float) -> None:
    found = borne(method)
    assert float(found["Machining"]) == pytest.approx(machining, abs=0.005)
    assert float(found["Assembly"]) == pytest.approx(assembly, abs=0.005)
    assert sum(found.values()) == 240_000


def test_steps_by_hand() -> None:
    """HR first: 16,000 to DP, 8,000 to RM; DP's 136,000 by 7 : 30 : 55 of 92; RM's rest in halves."""
    to_rm = Fraction(136_000) * Fraction(7, 92)
    machining = 32_000 + Fraction(136_000) * Fraction(30, 92) + (48_000 + to_rm) / 2
    assert borne("step_down")["Machining"] == machining


def test_reciprocal_is_where_passing_on_again_and_again_ends() -> None:
    held = {pool: Fraction(amount) for pool, amount in POOLS.items()}
    owners = {"Machining": Fraction(0), "Assembly": Fraction(0)}
    for _ in range(60):
        passed = {pool: Fraction(0) for pool in held}
        for pool, amount in held.items():
            for taker, share in SHARES[pool].items():
                target = passed if taker in passed else owners
                target[taker] += amount * share
        held = passed
    wanted = borne("reciprocal")
    assert all(float(owners[owner]) == pytest.approx(float(wanted[owner]), rel=1e-12) for owner in owners)


def test_without_pools_among_the_takers_all_methods_agree() -> None:
    alone: Shares = {"platform": {"a": Fraction(1, 3), "b": Fraction(2, 3)}}
    found = [final_shares(alone, method, ["platform"]) for method in ("direct", "step_down", "reciprocal")]  # type: ignore[arg-type]
    assert found[0] == found[1] == found[2] == alone


def test_pools_that_only_feed_each_other_are_refused() -> None:
    circle: Shares = {"a": {"b": Fraction(1)}, "b": {"a": Fraction(1)}}
    for method in ("direct", "step_down", "reciprocal"):
        with pytest.raises(ValueError, match="nobody but other pools"):
            final_shares(circle, method, ["a", "b"])  # type: ignore[arg-type]


AMOUNTS = st.decimals(-(10**9), 10**9, places=12)
WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.fractions(0, 1000), min_size=1).filter(
    lambda found: sum(found.values()) > 0
)


@given(AMOUNTS, WEIGHTS)
def test_parts_sum_to_the_amount_and_none_is_off_by_more_than_the_last_place(amount: Decimal, weights: dict[str, Fraction]) -> None:
    parts = divided(amount, weights)
    assert sum(parts.values()) == amount
    total = sum(weights.values())
    for name, part in parts.items():
        assert abs(Fraction(part) - Fraction(amount) * weights[name] / total) < Fraction(STEP)
        assert weights[name] or not part


@given(AMOUNTS, WEIGHTS, st.fractions(Fraction(1, 100), 100))
def test_the_scale_and_the_order_of_the_weights_do_not_matter(amount: Decimal, weights: dict[str, Fraction], scale: Fraction) -> None:
    turned = {name: weights[name] * scale for name in reversed(weights)}
    assert divided(amount, turned) == divided(amount, weights)


def test_what_cannot_be_divided_is_refused() -> None:
    for weights in ({}, {"a": 0}, {"a": 2, "b": -1}):
        with pytest.raises(ValueError):
            divided(Decimal(1), weights)
    with pytest.raises(ValueError, match="decimals"):
        divided(Decimal("0.0000000000001"), {"a": 1})
