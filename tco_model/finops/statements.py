"""Turns an allocation into statements, what each owner bore in a month and of what, and into journal lines that charge it.

A statement is a showback: nothing moves in the books. A journal line is a chargeback: an amount in cents to a cost centre. Both sum to the
bill, the first to the last decimal, the second to its cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from tco_model.actuals.periods import month_plus
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import NOT_SAID, Cost
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.allocate import Allocated, Shared, allocate
from tco_model.finops.charge_rules import in_one_currency, sorted_charges
from tco_model.finops.rules import Allocation

# Ibis gives every column its widest type, so that tables stand here as Any.
ZERO, CENT = Decimal(0), Decimal("0.01")
NOT_CHARGED = "(not charged)"
"""In place of an owner: what nobody owns, and pools that are left out."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one owner bore in one month. Money out is positive; amounts are exact decimals in `currency`."""

    owner: str
    month: str
    cost: Cost
    currency: str
    services: tuple[tuple[str, Decimal], ...]
    """The owner's own charges by service, the dearest first."""
    shares: tuple[Shared, ...]
    """Of each pool what falls to the owner, and by what key."""
    before: Decimal | None
    """The total of the month before; None where the bill does not reach back so far."""

    @property
    def own(self) -> Decimal:
        """Own charges."""
        return sum((amount for _, amount in self.services), ZERO)

    @property
    def shared(self) -> Decimal:
        """Shares of pools."""
        return sum((one.amount for one in self.shares), ZERO)

    @property
    def total(self) -> Decimal:
        """Own charges and shares of pools."""
        return self.own + self.shared


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of a month, the dearest first, and what they leave of the bill."""

    month: str
    cost: Cost
    currency: str
    statements: tuple[Statement, ...]
    bill: Decimal
    """Of the month."""

    @property
    def rest(self) -> Decimal:
        """What is on nobody's statement: charges nobody owns, and pools that are left out or have nothing to be split by."""
        return self.bill - sum((one.total for one in self.statements), ZERO)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An amount charged to a cost centre."""

    month: str
    owner: str
    cost_center: str
    """Empty where the allocation file names none."""
    amount: Decimal
    """In cents."""
    exact: Decimal
    """What it is rounded from."""
    currency: str
    cost: Cost
    adjusts: str = ""
    """The closed month whose later change this books; empty for the month's own cost."""


def states(charges: Any, rules: Allocation, usage: Any = None, month: str = "") -> Statements:
    """Return the statements of a month.

    Args:
        charges: of a workspace.
        rules: from `read_rules`.
        usage: of the workspace; needed where a pool is split by usage.
        month: a billing period, year-month; the last of the bill where left out.

    Raises:
        ScenarioError: as `allocate`, a bill without charges, or a month that it does not have.
    """
    found = allocate(charges, rules, usage)
    month = month_in(found, month)
    services = _services(charges, rules, month)
    before = month_plus(month, -1)
    totals = found.totals(before) if before in found.months else None
    owners = {one.owner for one in (*found.direct, *found.shared) if one.owner and one.month == month} | set(totals or ())
    made = [
        Statement(
            owner, month, found.cost, found.currency, services.get(owner, ()),
            tuple(one for one in found.shared if (one.owner, one.month) == (owner, month)),
            None if totals is None else totals.get(owner, ZERO),
        )
        for owner in owners
    ]  # fmt: skip
    bill = sum((one.amount for one in found.direct if one.month == month), ZERO)
    return Statements(month, found.cost, found.currency, tuple(sorted(made, key=lambda one: (-one.total, one.owner))), bill)


def month_in(found: Allocated, month: str = "") -> str:
    """Return a month of an allocation, its last where none is named.

    Raises:
        ScenarioError: it has no charges, or not this month.
    """
    if not found.months:
        raise ScenarioError(Problem("there are no charges to state", "import them: tco actuals import FILE…", "workspace"))
    if month and month not in found.months:
        mend = f"{nearest(month, found.months)}; the bill goes from {found.months[0]} to {found.months[-1]}"
        raise ScenarioError(Problem(f"the bill has no month {month}", mend, "month", month))
    return month or found.months[-1]


def journal(found: Allocated, rules: Allocation, month: str) -> tuple[JournalLine, ...]:
    """Return what to book for a month: a line an owner, the dearest first, and one for what is charged to nobody; in cents that sum to
    the bill in cents."""
    totals = found.totals(month)
    exact = {owner: totals[owner] for owner in sorted(totals, key=lambda one: (-totals[one], one))}
    rest = sum((one.amount for one in found.direct if one.month == month), ZERO) - sum(exact.values(), ZERO)
    if rest:
        exact[NOT_CHARGED] = rest
    cents = in_cents(exact)
    return tuple(
        JournalLine(month, owner, rules.cost_centers.get(owner, ""), cents[owner], amount, found.currency, found.cost)
        for owner, amount in exact.items()
    )


def in_cents(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Round amounts to cents by largest remainder: they sum to their sum rounded half to even, and none is off by a whole cent."""
    floors = {name: amount.quantize(CENT, ROUND_FLOOR) for name, amount in amounts.items()}
    whole = sum(amounts.values(), ZERO).quantize(CENT, ROUND_HALF_EVEN)
    left = int((whole - sum(floors.values(), ZERO)) / CENT)
    for name in sorted(amounts, key=lambda one: (floors[one] - amounts[one], one))[:left]:
        floors[name] += CENT
    return floors


def services_query(charges: Any, rules: Allocation) -> Any:
    """Return the expression of an owner's own charges by month and service, for any backend of Ibis."""
    owned = sorted_charges(in_one_currency(charges, rules), rules)
    owned = owned.filter(owned.owner != "")
    return owned.group_by(["month", "owner", "ServiceName"]).aggregate(amount=owned.amount.sum())


def _services(charges: Any, rules: Allocation, month: str) -> dict[str, tuple[tuple[str, Decimal], ...]]:
    query = services_query(charges, rules)
    found: dict[str, list[tuple[str, Decimal]]] = {}
    for row in rows_of(query.filter(query.month == month)):
        found.setdefault(str(row["owner"]), []).append((str(row["ServiceName"] or NOT_SAID), Decimal(row["amount"] or 0)))
    return {owner: tuple(sorted(rows, key=lambda one: (-one[1], one[0]))) for owner, rows in found.items()}
