"""Turns the idle charges of a month into groups by what is seen of them and where, with their total and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tco_model.finops.idle import Idle
from tco_model.finops.review import Review
from tco_model.report.format import percent

MOST = 8
"""Groups that are told one by one."""
ALL_OTHERS = "all others"
NOTHING_IDLE = "No charge of the month is seen to pay for nothing."


@dataclass(frozen=True, slots=True)
class IdleGroup:
    """Charges of which the same is seen in one place; an exact decimal, money out positive."""

    seen: str
    """By what they were found, in words."""
    where: str
    """Service and account; empty of all others together."""
    count: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class IdleSpend:
    """All idle and orphaned spend of a month [currency]."""

    groups: tuple[IdleGroup, ...]
    """The dearest first; the last one is all others, where there are more than are told."""
    count: int
    total: Decimal
    sentence: str
    """What was paid for nothing, its share of the bill, and how far a bill can say so."""


def idle_spend(found: Review, most: int = MOST) -> IdleSpend | None:
    """Return the idle spend of a review in groups that sum to it; None where nothing is seen to be idle.

    Args:
        found: the review.
        most: groups that are told one by one.
    """
    if not found.idle:
        return None
    held: dict[tuple[str, str], list[Idle]] = {}
    for one in found.idle:
        held.setdefault((one.words, f"{one.service} in {one.account}"), []).append(one)
    every = sorted((_group(*name, charges) for name, charges in held.items()), key=lambda one: (-one.cost, one.seen, one.where))
    others = [one for group in every[most:] for one in held[group.seen, group.where]]
    groups = (*every[:most], *([_group(ALL_OTHERS, "", others)] if others else []))
    total = _sum(found.idle)
    part = f", {percent(float(total / found.spend))} of the bill" if found.spend > 0 else ""
    said = f"{total:,.2f} {found.currency}{part}, paid for what nobody is seen to use."
    return IdleSpend(groups, len(found.idle), total, f"{said} A bill shows no need, so look before you switch off.")


def _group(seen: str, where: str, charges: list[Idle]) -> IdleGroup:
    return IdleGroup(seen, where, len(charges), _sum(charges))


def _sum(charges: tuple[Idle, ...] | list[Idle]) -> Decimal:
    return sum((one.cost for one in charges), Decimal(0))
