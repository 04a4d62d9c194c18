"""Turns a bill into amounts over time: what each owner bears a month, and what each part costs a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tco_model.actuals.periods import days_in, months_between
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import NOT_SAID, Cost
from tco_model.finops.allocate import ZERO, Allocated
from tco_model.finops.statements import NOT_CHARGED

# Ibis gives every column its widest type, so that tables stand here as Any.


@dataclass(frozen=True, slots=True)
class Series:
    """Amounts of one thing over time, money out positive, exact decimals."""

    name: str
    periods: tuple[str, ...]
    """Months (2026-09) or days (2026-09-30), rising, none left out."""
    amounts: tuple[Decimal, ...]
    """One a period [currency]."""

    @property
    def total(self) -> Decimal:
        """The sum of all periods."""
        return sum(self.amounts, ZERO)

    def until(self, period: str) -> Series:
        """Return the part up to a period, itself included."""
        count = sum(one <= period for one in self.periods)
        return Series(self.name, self.periods[:count], self.amounts[:count])


def owner_series(found: Allocated) -> tuple[Series, ...]:
    """Return what each owner bears a month, shares of pools included, the dearest first, and what is charged to nobody last where there is
    any: together they are the bill of each month, to the last decimal."""
    if not found.months:
        return ()
    months = months_between(found.months[0], found.months[-1])
    totals = {month: found.totals(month) for month in months}
    made = [
        Series(owner, months, tuple(totals[month].get(owner, ZERO) for month in months))
        for owner in sorted({owner for month in months for owner in totals[month]})
    ]
    made.sort(key=lambda one: (-one.total, one.name))
    bill = {month: sum((one.amount for one in found.direct if one.month == month), ZERO) for month in months}
    rest = tuple(bill[month] - sum(totals[month].values(), ZERO) for month in months)
    return (*made, *([Series(NOT_CHARGED, months, rest)] if any(rest) else []))


def covered_until(charges: Any) -> dt.date | None:
    """Return the last day that usage charges reach; None without any. A bill of a running month ends before the month does."""
    usage = charges.filter(charges.ChargeCategory == "Usage")
    end: dt.datetime | None = rows_of(usage.aggregate(end=usage.ChargePeriodEnd.max()))[0]["end"]
    return None if end is None else (end - dt.timedelta(microseconds=1)).date()


def whole_months(months: tuple[str, ...], until: dt.date | None) -> tuple[str, ...]:
    """Return the months that the bill covers to their last day."""
    if until is None:
        return ()
    return tuple(month for month in months if dt.date(int(month[:4]), int(month[5:7]), days_in(month)) <= until)


def daily_query(charges: Any, by: list[str], cost: Cost) -> Any:
    """Return the expression of usage cost by day and columns: day, the columns and the exact sum, for any backend of Ibis.

    A charge falls on the day its period starts. Purchases, taxes, credits, adjustments and corrections are no usage and stand aside.
    """
    usage = charges.filter((charges.ChargeCategory == "Usage") & ~(charges.ChargeClass.fill_null("") == "Correction"))
    named = usage.mutate(day=usage.ChargePeriodStart.strftime("%Y-%m-%d"), **{name: usage[name].fill_null(NOT_SAID) for name in by})
    return named.group_by(["BillingCurrency", "day", *by]).aggregate(amount=named[cost].sum())
