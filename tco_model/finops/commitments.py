"""Turns the commitments of a bill into what they covered, how far they were used, what was wasted, and what all rates together saved.

Of a month's usage: utilisation is used over used and unused commitment; waste is unused over both; coverage is the list cost under
commitments over the list cost of the services they are for; the effective savings rate is 1 less the effective cost over the list cost
(FinOps Foundation). Where a bill gives no list cost, the cost before commitments (ContractedCost) stands in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.finops.allocate import ZERO

# Ibis gives every column its widest type, so that tables stand here as Any.


@dataclass(frozen=True, slots=True)
class Commitments:
    """Commitments and rates of one month; money out positive, exact decimals in `currency`."""

    month: str
    currency: str
    used: Decimal
    """Effective cost of usage under commitments."""
    unused: Decimal
    """Effective cost of what was committed and not used."""
    covered: Decimal
    """List cost of usage under commitments."""
    eligible: Decimal
    """List cost of all usage of the services that have any commitment in this bill."""
    listed: Decimal
    """List cost of all usage that has one."""
    paid: Decimal
    """Effective cost of that usage, unused commitments included."""

    @property
    def utilisation(self) -> float | None:
        """Used over used and unused; None without commitments."""
        return float(self.used / (self.used + self.unused)) if self.used + self.unused else None

    @property
    def waste(self) -> float | None:
        """Unused over used and unused; None without commitments."""
        return float(self.unused / (self.used + self.unused)) if self.used + self.unused else None

    @property
    def coverage(self) -> float | None:
        """List cost under commitments over that of the services they are for; None without either."""
        return float(self.covered / self.eligible) if self.eligible else None

    @property
    def savings_rate(self) -> float | None:
        """1 less effective cost over list cost, the effective savings rate; None without list costs."""
        return float(1 - self.paid / self.listed) if self.listed else None


def commitments(charges: Any) -> tuple[Commitments, ...]:
    """Return the commitments of a bill by month and currency, oldest first."""
    rows = rows_of(commitments_query(charges))
    services = {str(row["ServiceName"]) for row in rows if row["status"]}
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for row in rows:
        sums = found.setdefault((str(row["month"]), str(row["BillingCurrency"])), dict.fromkeys(_SUMS, ZERO))
        cost, listed = Decimal(row["cost"] or 0), Decimal(row["listed"] or 0)
        for name in _falls_into(str(row["status"]), str(row["ServiceName"]) in services, bool(listed)):
            sums[name] += cost if name in ("used", "unused", "paid") else listed
    return tuple(Commitments(*key, **sums) for key, sums in sorted(found.items()))


def commitments_query(charges: Any) -> Any:
    """Return the expression of usage by month, service and commitment status, for any backend of Ibis."""
    import ibis

    usage: Any = charges.filter(charges.ChargeCategory == "Usage")
    usage = usage.mutate(
        month=month_of(usage.BillingPeriodStart),
        status=usage.CommitmentDiscountStatus.fill_null(""),
        ServiceName=usage.ServiceName.fill_null(""),
        listing=ibis.coalesce(usage.ListCost, usage.ContractedCost),
    )
    keys = ["month", "BillingCurrency", "ServiceName", "status"]
    return usage.group_by(keys).aggregate(cost=usage.EffectiveCost.sum(), listed=usage.listing.sum())


_SUMS = ("used", "unused", "covered", "eligible", "listed", "paid")


def _falls_into(status: str, has_commitments: bool, is_listed: bool) -> tuple[str, ...]:
    if status == "Unused":
        return ("unused", "paid")
    found = ("listed", "paid") if is_listed else ()
    if has_commitments:
        found = (*found, "eligible")
    return (*found, "used", "covered") if status == "Used" else found
