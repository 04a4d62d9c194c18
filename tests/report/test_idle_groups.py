"""Idle spend in groups: they sum to it to the last decimal, the dearest come first, and the rest stands together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from tco_model.finops.idle import RULES, Idle
from tco_model.report.idle_groups import ALL_OTHERS, idle_spend

RULE = "nothing consumed"


@dataclass
class Said:
    """As much of a review as the groups read."""

    idle: tuple[Idle, ...]
    spend: Decimal = Decimal(200)
    currency: str = "USD"


def review(*costs: tuple[str, str], spend: str = "200") -> Any:
    """A review with idle charges: account and cost."""
    made = tuple(Idle(RULE, account, "VM", f"r{place}", Decimal(cost)) for place, (account, cost) in enumerate(costs))
    return cast("Any", Said(made, Decimal(spend)))


def test_charges_of_one_place_stand_together_and_the_dearest_first() -> None:
    found = idle_spend(review(("a", "1.10"), ("b", "5"), ("a", "2.05")))
    assert found is not None
    assert [(one.seen, one.where, one.count, one.cost) for one in found.groups] == [
        (RULES[RULE], "VM in b", 1, Decimal(5)), (RULES[RULE], "VM in a", 2, Decimal("3.15")),
    ]  # fmt: skip
    assert (found.count, found.total) == (3, Decimal("8.15")) and found.sentence.startswith("8.15 USD, 4.1% of the bill, paid for")


def test_what_is_not_told_one_by_one_is_told_together() -> None:
    found = idle_spend(review(("a", "3"), ("b", "2"), ("c", "1"), ("d", "0.5")), most=2)
    assert found is not None and [one.where for one in found.groups] == ["VM in a", "VM in b", ""]
    last = found.groups[-1]
    assert (last.seen, last.count, last.cost) == (ALL_OTHERS, 2, Decimal("1.5"))
    assert sum(one.cost for one in found.groups) == found.total and sum(one.count for one in found.groups) == found.count


def test_nothing_idle_and_a_bill_of_nothing() -> None:
    assert idle_spend(review()) is None
    found = idle_spend(review(("a", "1"), spend="0"))
    assert found is not None and "of the bill" not in found.sentence
