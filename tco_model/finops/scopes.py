"""Turns what a decision is about into what that cost a month, and how much there was of what it pays for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import TAG
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.allocate import ZERO, Allocated
from tco_model.finops.charge_rules import dimension_of, holds, in_one_currency
from tco_model.finops.decisions import Scope, Spent
from tco_model.finops.fields import DIMENSION, TEXTS
from tco_model.finops.rules import Allocation
from tco_model.finops.unit_metrics import UnitMetric

# Ibis gives every column its widest type, so that tables stand here as Any.


def scope_of(pairs: Sequence[tuple[str, str]], rules: Allocation, owners: Sequence[str]) -> Scope:
    """Return the scope that pairs of key and value name: one owner, one metric, or conditions on charges that must all hold.

    Raises:
        ScenarioError: an owner, metric, dimension or column that is not there, or kinds that do not go together.
    """
    if not pairs:
        raise ScenarioError(
            Problem(
                "it is not said what the decision is about", "say it: owner=…, metric=…, or a column of the bill as SubAccountName=…", "on"
            )
        )
    if any(key in ("owner", "metric") for key, _ in pairs):
        if len(pairs) > 1:
            raise ScenarioError(Problem("an owner or a metric stands alone", "name one of them, or conditions on charges", "on"))
        key, value = pairs[0]
        known = list(owners) if key == "owner" else [one.name for one in rules.metrics]
        if value not in known:
            raise ScenarioError(Problem(f"no {key} '{value}'", nearest(value, known), f"on.{key}", value))
        return Scope(owner=value) if key == "owner" else Scope(metric=value)
    when: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        check_key(key, rules)
        when[key] = (*when.get(key, ()), value)
    return Scope(when=when)


def spent_on(scope: Scope, charges: Any, rules: Allocation, found: Allocated, metrics: Sequence[UnitMetric]) -> Spent:
    """Return what a scope cost each month of the bill.

    Args:
        scope: of a decision.
        charges: of a workspace.
        rules: from `read_rules`.
        found: the allocation of these charges.
        metrics: the measured unit costs.

    Raises:
        ScenarioError: a metric that the allocation file no longer has, or that cannot be measured.
    """
    if scope.metric:
        for one in metrics:
            if one.name == scope.metric:
                counted = {month: count for month, count in zip(one.months, one.counts, strict=True) if count}
                return Spent(dict(zip(one.months, one.costs, strict=True)), counted)
        mend = nearest(scope.metric, [one.name for one in metrics])
        raise ScenarioError(Problem(f"the allocation file has no metric '{scope.metric}'", mend, "scope.metric", scope.metric))
    if scope.owner:
        return Spent({month: found.totals(month).get(scope.owner, ZERO) for month in found.months}, {})
    sums = {str(row["month"]): Decimal(row["amount"] or 0) for row in rows_of(scope_query(scope.when, charges, rules))}
    return Spent({month: sums.get(month, ZERO) for month in found.months}, {})


def scope_query(when: Mapping[str, Sequence[str]], charges: Any, rules: Allocation) -> Any:
    """Return the expression of what charges that meet some conditions cost by month, for any backend of Ibis."""
    held = in_one_currency(charges, rules)
    chosen = held.filter(holds(held, when, {name: dimension_of(held, rules, name) for name in rules.dimensions}))
    named = chosen.mutate(month=month_of(chosen.BillingPeriodStart))
    return named.group_by("month").aggregate(amount=named[rules.cost].sum())


def check_key(key: str, rules: Allocation) -> None:
    """Check that a condition on charges names a dimension, a tag, or a text column of the bill.

    Raises:
        ScenarioError: it does not.
    """
    if key.startswith(DIMENSION):
        name = key.removeprefix(DIMENSION)
        if name not in rules.dimensions:
            raise ScenarioError(Problem(f"no dimension '{name}'", nearest(name, rules.dimensions), "on", key))
    elif not key.startswith(TAG) and key not in TEXTS:
        mend = f"{nearest(key, TEXTS)} It may also be owner=…, metric=…, {TAG}team=…, {DIMENSION}product=…"
        raise ScenarioError(Problem(f"the bill has no column '{key}'", mend, "on", key))
