"""Turns the bill of a workspace into what each service, account, provider or tag costs a month, in exact decimals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tco_model.actuals.periods import months_between
from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of, tag
from tco_model.errors import Problem, ScenarioError, nearest

# Ibis gives every column its widest type, so that tables stand here as Any.
Cost = Literal["BilledCost", "EffectiveCost"]
COSTS: tuple[Cost, ...] = ("EffectiveCost", "BilledCost")
"""Effective: commitments spread over what used them; billed: what the invoice of the month says. They are never added up."""
COST_WORDS: Mapping[Cost, str] = {
    "EffectiveCost": "effective cost: commitments spread over what used them",
    "BilledCost": "billed cost: as invoiced",
}
"""What each of the two is, for a reader."""
DIMENSIONS = (
    "ServiceName", "ServiceCategory", "ServiceProviderName", "SubAccountName", "BillingAccountName", "ChargeCategory", "PricingCategory",
    "RegionName", "ResourceType", "CommitmentDiscountStatus",
)  # fmt: skip
"""Columns that spend is broken down by, besides any tag."""
TAG = "tag:"
NOT_SAID = "(not said)"
OTHER = "all others"
CONVERT = "convert all of them: tco actuals rates --starter writes a file of dated rates into the workspace"
"""The other way out of a bill in several currencies."""


@dataclass(frozen=True, slots=True)
class Spend:
    """What each value of a dimension costs, by month of the billing period."""

    dimension: str
    cost: Cost
    currency: str
    months: tuple[str, ...]
    """Billing periods, year-month, rising, none left out between the first and the last."""
    amounts: Mapping[str, tuple[Decimal, ...]]
    """By value of the dimension, the dearest first, one amount a month [currency]; money out is positive, credits are negative."""

    @property
    def total(self) -> Decimal:
        """The sum of everything: the bill itself, to the last decimal."""
        return sum((sum(values, Decimal(0)) for values in self.amounts.values()), Decimal(0))

    def first(self, count: int) -> Spend:
        """Return the dearest values, and all others as one; nothing is lost."""
        if len(self.amounts) <= count:
            return self
        kept = dict(list(self.amounts.items())[: count - 1])
        rest = [values for name, values in self.amounts.items() if name not in kept]
        together = tuple(sum(month, Decimal(0)) for month in zip(*rest, strict=True))
        return Spend(self.dimension, self.cost, self.currency, self.months, {**kept, f"{OTHER} ({len(rest)})": together})


def tag_keys(charges: Any) -> tuple[str, ...]:
    """Return every tag key of the bill, the most frequent first."""
    keys: Any = charges.select(key=charges.Tags.keys().unnest())
    counted: Any = keys.group_by("key").aggregate(rows=keys.count())
    return tuple(str(row["key"]) for row in rows_of(counted.order_by([counted.rows.desc(), counted.key])))


def currencies(charges: Any) -> tuple[str, ...]:
    """Return the currencies of the bill, the one of most charges first."""
    counted: Any = charges.group_by("BillingCurrency").aggregate(rows=charges.count())
    return tuple(str(row["BillingCurrency"]) for row in rows_of(counted.order_by([counted.rows.desc(), counted.BillingCurrency])))


def spend_query(charges: Any, dimension: str, cost: Cost) -> Any:
    """Return the expression of `spend`: month, name and the exact sum, for any backend of Ibis.

    Raises:
        ScenarioError: no such dimension.
    """
    if dimension.startswith(TAG):
        value = tag(charges, dimension.removeprefix(TAG))
    elif dimension in DIMENSIONS:
        value = charges[dimension]
    else:
        mend = f"{nearest(dimension, DIMENSIONS)}; or a tag, such as {TAG}team"
        raise ScenarioError(Problem(f"the bill is not broken down by '{dimension}'", mend, "by", dimension))
    named: Any = charges.mutate(month=month_of(charges.BillingPeriodStart), name=value.fill_null(NOT_SAID))
    return named.group_by(["BillingCurrency", "month", "name"]).aggregate(amount=named[cost].sum())


def spend(charges: Any, dimension: str, cost: Cost = "EffectiveCost", currency: str = "") -> Spend:
    """Return what each value of a dimension costs by month.

    Args:
        charges: of a workspace.
        dimension: one of `DIMENSIONS`, or ``tag:<key>``.
        cost: which of the two amounts.
        currency: of several the one to show, as billed; each is a bill of its own. `finops.rates` makes one of them.

    Raises:
        ScenarioError: no such dimension or currency, or several currencies and none chosen.
    """
    rows = rows_of(spend_query(charges, dimension, cost))
    held = sorted({str(row["BillingCurrency"]) for row in rows})
    if currency and currency not in held:
        raise ScenarioError(Problem(f"no charge is in {currency}", nearest(currency, held), "currency", currency))
    if not currency and len(held) > 1:
        raise ScenarioError(
            Problem(
                f"the bill is in {', '.join(held)}",
                f"choose one of them with --currency {held[-1]}, or {CONVERT}",
                "currency",
            )
        )
    chosen = currency or (held[0] if held else "")
    rows = [row for row in rows if row["BillingCurrency"] == chosen]
    held_months = [str(row["month"]) for row in rows]
    months = months_between(min(held_months), max(held_months)) if held_months else ()
    found: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        found.setdefault(str(row["name"]), {})[str(row["month"])] = Decimal(row["amount"] or 0)
    dearest = sorted(found, key=lambda name: (-sum(found[name].values()), name))
    amounts = {name: tuple(found[name].get(month, Decimal(0)) for month in months) for name in dearest}
    return Spend(dimension, cost, chosen, months, amounts)
