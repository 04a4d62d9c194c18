"""Turns a metric into what its cost is divided by: outcomes, sums of usage columns, quantities, or how many different things there were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of, tag
from tco_model.actuals.spend import TAG
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.charge_rules import dimension_of, holds, in_one_currency
from tco_model.finops.fields import DIMENSION
from tco_model.finops.metric_rules import DAY, Metric
from tco_model.finops.outcomes import OUTCOMES, Counts
from tco_model.finops.rules import Allocation

# Ibis gives every column its widest type, so that tables stand here as Any.


def counts_of(metric: Metric, charges: Any, rules: Allocation, usage: Any, outcomes: Mapping[str, Counts]) -> Counts:
    """Return how much of its unit there was, by month; a month without any may be missing, or zero.

    Raises:
        ScenarioError: a product that nobody counts.
    """
    match metric.per:
        case "outcomes":
            if metric.product not in outcomes:
                mend = f"{nearest(metric.product, outcomes)}; counts stand in {OUTCOMES}: month, product, count"
                raise ScenarioError(Problem(f"nobody counts '{metric.product}'", mend, f"metrics.{metric.name}.product", metric.product))
            return outcomes[metric.product]
        case "usage":
            return _sums(chosen_usage(metric, usage, rules), "StartTime", metric.column)
        case "quantity":
            chosen = chosen_charges(metric, charges, rules)
            return _sums(chosen.filter(chosen.ConsumedUnit == metric.consumed_unit), "BillingPeriodStart", ("ConsumedQuantity",))
        case "distinct":
            counted = rows_of(distinct_query(metric, charges, rules, usage))
            return {str(row["month"]): Decimal(row["things"]) for row in counted}


def chosen_charges(metric: Metric, charges: Any, rules: Allocation) -> Any:
    """Return the charges that a metric is about."""
    held = in_one_currency(charges, rules)
    return held.filter(holds(held, metric.when, {name: dimension_of(held, rules, name) for name in rules.dimensions}))


def chosen_usage(metric: Metric, usage: Any, rules: Allocation) -> Any:
    """Return the usage records that a metric counts."""
    return usage.filter(holds(usage, metric.usage, {name: dimension_of(usage, rules, name) for name in rules.dimensions}))


def distinct_query(metric: Metric, charges: Any, rules: Allocation, usage: Any) -> Any:
    """Return the expression of how many different things a month saw first, for any backend of Ibis.

    Each thing counts once, in the first month that has a record of it, so that the months sum to how many there were. A record that does
    not say which thing it is of counts none.
    """
    table = chosen_usage(metric, usage, rules) if metric.usage else chosen_charges(metric, charges, rules)
    period, day = ("StartTime", "StartTime") if metric.usage else ("BillingPeriodStart", "ChargePeriodStart")
    names = [f"thing_{place}" for place in range(len(metric.distinct))]
    told = {name: _told(table, rules, column, day) for name, column in zip(names, metric.distinct, strict=True)}
    named = table.mutate(month=month_of(table[period]), **told)
    for name in names:
        named = named.filter(named[name].notnull())
    things = named.group_by(names).aggregate(month=named.month.min())
    return things.group_by("month").aggregate(things=things.count())


def per_words(metric: Metric) -> str:
    """Return what the cost is divided by, in words."""
    which = f" where {words(metric.usage)}" if metric.usage else ""
    match metric.per:
        case "outcomes":
            return f"outcomes of {metric.product}"
        case "usage":
            summed = " + ".join(metric.column)
            return f"{f'({summed})' if len(metric.column) > 1 else summed} of the usage records{which}"
        case "quantity":
            return f"their ConsumedQuantity in {metric.consumed_unit}"
        case "distinct":
            told = "days" if metric.distinct == (DAY,) else f"different values of {' with '.join(metric.distinct)}"
            return f"{told} in {f'the usage records{which}' if which else 'these charges'}"


def words(when: Mapping[str, Sequence[str]]) -> str:
    """Return conditions in words."""
    return " and ".join(f"{key} is {' or '.join(values)}" for key, values in when.items())


def _told(table: Any, rules: Allocation, name: str, day: str) -> Any:
    if name == DAY:
        return table[day].strftime("%Y-%m-%d")
    if name.startswith(DIMENSION):
        return dimension_of(table, rules, name.removeprefix(DIMENSION))
    return (tag(table, name.removeprefix(TAG)) if name.startswith(TAG) else table[name]).nullif("")


def _sums(table: Any, time: str, columns: Sequence[str]) -> dict[str, Decimal]:
    named = table.mutate(month=month_of(table[time]))
    rows = rows_of(named.group_by("month").aggregate(**{name: named[name].sum() for name in columns}))
    return {str(row["month"]): sum((Decimal(row[name] or 0) for name in columns), Decimal(0)) for row in rows}
