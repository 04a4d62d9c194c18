"""Turns the charges of a month into what of them paid for nothing that anybody is seen to use, each by a rule that is named.

A bill shows what was billed, not what was needed; so each rule says what it saw, and the tag or the word it went by. In this order, and a
charge falls under the first rule that takes it:

- ``unused commitment``: committed and not used, as the bill says (CommitmentDiscountStatus Unused);
- ``called idle``: the provider's own description says that it is idle, unattached, unassigned, or not in use: addresses, disks;
- ``nothing consumed``: a resource that costs something and has a consumed quantity of zero;
- ``untagged, unchanged``: a machine (billed by the hour) without any tag that no rule of the allocation file gives to anybody, and whose
  hours of a day have stayed within a twentieth of their mean for three months;
- ``development at weekends``: hours of a development, test or staging environment on Saturdays and Sundays. Only charges of a day or less
  show that; nights show in hourly charges alone, and are left alone.

Whether a disk is attached, or a machine busy, stands on no bill unless the provider says so in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tco_model.actuals.periods import days_in, month_plus, months_between
from tco_model.actuals.queries import literal, rows_of
from tco_model.actuals.queries import month as month_of
from tco_model.actuals.spend import NOT_SAID
from tco_model.finops.allocate import ZERO
from tco_model.finops.charge_rules import dimension_of, in_one_currency, sorted_charges
from tco_model.finops.rules import Allocation

# Ibis gives every column its widest type, so that tables stand here as Any.
RULES: Mapping[str, str] = {
    "unused commitment": "committed, and nobody used it",
    "called idle": "the provider's own words say that it is idle or unattached",
    "nothing consumed": "it costs something, and its consumed quantity is zero",
    "untagged, unchanged": "nobody's, untagged, and it has run alike for three months",
    "development at weekends": "a development, test or staging environment, on Saturdays and Sundays",
}
"""Each rule in words, in the order in which they are tried."""
WORDS = ("idle", "unattached", "unassigned", "not attached", "not in use", "orphaned")
"""What descriptions of providers say, in small letters."""
ENVIRONMENTS = ("dev", "development", "test", "testing", "qa", "staging", "sandbox")
ENVIRONMENT = "environment"
"""The dimension of the allocation file that names them."""
SAME_FOR, WITHIN = 3, Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Idle:
    """What a resource cost in a month without being seen to be of use; an exact decimal, money out positive."""

    rule: str
    account: str
    service: str
    resource: str
    cost: Decimal

    @property
    def words(self) -> str:
        """By what it was found."""
        return RULES[self.rule]


def idle(charges: Any, rules: Allocation, month: str) -> tuple[Idle, ...]:
    """Return the idle and orphaned spend of a month, the dearest first; no charge is in it twice.

    Args:
        charges: of a workspace.
        rules: from `read_rules`; its dimension `environment` tells development from production.
        month: year-month.

    Raises:
        ScenarioError: several currencies and none chosen.
    """
    held = in_one_currency(charges, rules)
    steady = _steady(rows_of(quantities_query(held, month)), month)
    found: dict[tuple[str, ...], Decimal] = {}
    for row in rows_of(idle_query(held, rules, month)):
        place = tuple(str(row[name]) for name in ("SubAccountName", "ServiceName", "resource"))
        rule = str(row["seen"])
        if rule == _UNTAGGED:
            rule = "untagged, unchanged" if place in steady else str(row["else_rule"])
        if rule:
            found[rule, *place] = found.get((rule, *place), ZERO) + Decimal(row["cost"] or 0)
    made = [Idle(*key, cost=cost) for key, cost in found.items() if cost > 0]
    return tuple(sorted(made, key=lambda one: (-one.cost, one.rule, one.account, one.service, one.resource)))


_UNTAGGED = "untagged"


def idle_query(charges: Any, rules: Allocation, month: str) -> Any:
    """Return the expression of cost by rule, account, service and resource, for any backend of Ibis."""
    import ibis

    usage: Any = sorted_charges(charges, rules)
    usage = usage.filter((usage.ChargeCategory == "Usage") & ~(usage.ChargeClass.fill_null("") == "Correction") & (usage.month == month))
    by_the_hour: Any = usage.ConsumedUnit.fill_null("").lower().contains("hour")
    said: Any = (usage.ChargeDescription.fill_null("") + " " + usage.SkuId.fill_null("")).lower()
    called: Any = literal(False)
    for word in WORDS:
        called = called | said.contains(word)
    day: Any = usage.ChargePeriodStart
    short: Any = usage.ChargePeriodEnd <= day + ibis.interval(days=1)
    weekend: Any = ibis.cases(
        (_environment(usage, rules) & by_the_hour & short & (day.day_of_week.index() >= 5), "development at weekends"), else_=""
    )
    rule: Any = ibis.cases(
        (usage.CommitmentDiscountStatus.fill_null("") == "Unused", "unused commitment"),
        (called, "called idle"),
        (usage.ResourceId.notnull() & (usage.ConsumedQuantity == 0), "nothing consumed"),
        (usage.ResourceId.notnull() & (usage.Tags.length().fill_null(0) == 0) & (usage.rule < 0) & by_the_hour, _UNTAGGED),
        else_=weekend,
    )
    rows = usage.mutate(seen=rule, else_rule=weekend, resource=_resource(usage), **_named(usage))
    keys = ["seen", "else_rule", "SubAccountName", "ServiceName", "resource"]
    return rows.filter(rows.seen != "").group_by(keys).aggregate(cost=rows.amount.sum())


def quantities_query(charges: Any, month: str) -> Any:
    """Return the expression of what each resource consumed in a month and the two before it, for any backend of Ibis."""
    named = charges.mutate(month=month_of(charges.BillingPeriodStart), resource=_resource(charges), **_named(charges))
    wanted = months_between(month_plus(month, 1 - SAME_FOR), month)
    named = named.filter((named.ChargeCategory == "Usage") & named.month.isin(list(wanted)) & named.ResourceId.notnull())
    return named.group_by(["SubAccountName", "ServiceName", "resource", "month"]).aggregate(quantity=named.ConsumedQuantity.sum())


def _steady(rows: Sequence[Mapping[str, Any]], month: str) -> set[tuple[str, ...]]:
    """Return the resources that consumed alike in every one of the months."""
    wanted = months_between(month_plus(month, 1 - SAME_FOR), month)
    held: dict[tuple[str, ...], dict[str, Decimal]] = {}
    for row in rows:
        place = tuple(str(row[name]) for name in ("SubAccountName", "ServiceName", "resource"))
        held.setdefault(place, {})[str(row["month"])] = Decimal(row["quantity"] or 0) / days_in(str(row["month"]))
    return {place for place, found in held.items() if len(found) == len(wanted) and _alike(list(found.values()))}


def _alike(values: Sequence[Decimal]) -> bool:
    mean = sum(values, ZERO) / len(values)
    return mean > 0 and all(abs(value - mean) <= WITHIN * mean for value in values)


def _environment(usage: Any, rules: Allocation) -> Any:
    """Return whether a charge is of an environment that nobody needs at weekends."""
    if ENVIRONMENT not in rules.dimensions:
        return literal(False)
    return dimension_of(usage, rules, ENVIRONMENT).lower().isin(list(ENVIRONMENTS)).fill_null(False)


def _resource(table: Any) -> Any:
    return table.ResourceName.fill_null(table.ResourceId).fill_null(table.ChargeDescription).fill_null(NOT_SAID)


def _named(table: Any) -> dict[str, Any]:
    return {name: table[name].fill_null(NOT_SAID) for name in ("SubAccountName", "ServiceName")}
