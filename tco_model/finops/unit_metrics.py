"""Turns the bill, its allocation and counts of what came of it into unit costs: a case, a request, a GPU-hour, by month.

A unit cost of a month is its cost, times the units it is stated for, by the count of the month. A month without a count has none, and what
such months cost is said as what the metric does not cover.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tco_model.actuals.periods import MONTH
from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import Cost
from tco_model.actuals.values import MOST_AMOUNT
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.allocate import Allocated, allocate, dimension_of, holds, in_one_currency
from tco_model.finops.rules import Allocation, Metric
from tco_model.inputs.files import MOST_BYTES, read_bounded

# Ibis gives every column its widest type, so that tables stand here as Any.
OUTCOMES = "outcomes.csv"
"""Of a workspace: counts of business outcomes by month."""
ZERO = Decimal(0)
Counts = Mapping[str, Decimal]
"""By month."""


@dataclass(frozen=True, slots=True)
class UnitMetric:
    """One unit cost by month. Costs are exact decimals in `currency`, money out positive."""

    name: str
    unit: str
    formula: str
    """In words."""
    cost: Cost
    currency: str
    scale: int
    months: tuple[str, ...]
    """Of the bill."""
    costs: tuple[Decimal, ...]
    counts: tuple[Decimal | None, ...]
    """None where nothing was counted."""

    @property
    def values(self) -> tuple[float | None, ...]:
        """The unit cost of each month [currency per `scale` counted]; None without a count."""
        return tuple(float(cost * self.scale / count) if count else None for cost, count in zip(self.costs, self.counts, strict=True))

    @property
    def value(self) -> float | None:
        """The unit cost of all months that have a count."""
        counted = [(cost, count) for cost, count in zip(self.costs, self.counts, strict=True) if count]
        whole = sum((count for _, count in counted), ZERO)
        return float(sum((cost for cost, _ in counted), ZERO) * self.scale / whole) if whole else None

    @property
    def coverage(self) -> float | None:
        """Share of the absolute cost that falls in months with a count; None where there is no cost."""
        whole = sum((abs(cost) for cost in self.costs), ZERO)
        met = sum((abs(cost) for cost, count in zip(self.costs, self.counts, strict=True) if count), ZERO)
        return float(met / whole) if whole else None


def measure(charges: Any, rules: Allocation, usage: Any, outcomes: Mapping[str, Counts]) -> tuple[UnitMetric, ...]:
    """Return the metrics of an allocation file, in its order.

    Args:
        charges: of a workspace.
        rules: from `read_rules`.
        usage: of the workspace.
        outcomes: from `read_outcomes`; by product.

    Raises:
        ScenarioError: as `allocate`; no metric; a product that nobody counts; an owner who bears nothing.
    """
    if not rules.metrics:
        mend = "add metrics: to it; tco allocate --starter shows some"
        raise ScenarioError(Problem("the allocation file names no unit metric", mend, "metrics"))
    found = allocate(charges, rules, usage)
    return tuple(_measured(one, charges, rules, usage, outcomes, found) for one in rules.metrics)


def read_outcomes(path: Path) -> dict[str, dict[str, Decimal]]:
    """Read counts: a heading, then month (year-month), product and count a line.

    Raises:
        ScenarioError: everything that is wrong with the file, by line.
    """
    try:
        lines = read_bounded(path, MOST_BYTES).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ScenarioError(Problem(f"cannot be read: {reason}", "name a CSV of month, product, count", file=str(path))) from None
    found: dict[str, dict[str, Decimal]] = {}
    problems: list[Problem] = []
    number = 1
    try:
        for number, row in enumerate(csv.reader(lines[1:]), start=2):
            problem = _take(row, found) if row else None
            problems += [Problem(*problem, file=str(path), line=number)] if problem else []
    except csv.Error as error:
        problems.append(Problem(f"no CSV: {error}", "close the quote, or take it out", file=str(path), line=number + 1))
    if problems:
        raise ScenarioError(problems)
    return found


def _take(row: list[str], found: dict[str, dict[str, Decimal]]) -> tuple[str, str, str, str] | None:
    """Add one line; return what is wrong with it: message, mend, field, value."""
    if len(row) != 3:
        return f"{len(row)} values", "write three: month, product, count", "", ",".join(row)
    month, product, text = (value.strip() for value in row)
    if not re.fullmatch(MONTH, month):
        return f"'{month}' is no month", "write 2026-09", "month", month
    try:
        count = Decimal(text.replace("_", "no digit"))
    except InvalidOperation:
        return f"'{text}' is no number", "write it without separators: 21400", "count", text
    if not count.is_finite() or not 0 <= count < MOST_AMOUNT:
        return f"{text[:40]} is no count", f"write zero or more, and less than {MOST_AMOUNT:.0e}", "count", text
    if month in found.setdefault(product, {}):
        return f"'{product}' has two counts in {month}", "leave one", "product", product
    found[product][month] = count
    return None


def _measured(metric: Metric, charges: Any, rules: Allocation, usage: Any, outcomes: Mapping[str, Counts], found: Allocated) -> UnitMetric:
    cost = _owner_costs(found, metric.owner) if metric.owner else _sums(_chosen(charges, rules, metric), rules.cost)
    counts: Counts
    if metric.per == "outcomes":
        if metric.product not in outcomes:
            mend = f"{nearest(metric.product, outcomes)}; counts stand in {OUTCOMES}: month, product, count"
            raise ScenarioError(Problem(f"nobody counts '{metric.product}'", mend, f"metrics.{metric.name}.product", metric.product))
        counts = outcomes[metric.product]
    elif metric.per == "usage":
        records = usage.filter(holds(usage, metric.usage, {}))
        counts = _sums(records.mutate(BillingPeriodStart=records.StartTime), metric.column)
    else:
        chosen = _chosen(charges, rules, metric)
        counts = _sums(chosen.filter(chosen.ConsumedUnit == metric.consumed_unit), "ConsumedQuantity")
    return UnitMetric(
        metric.name, metric.unit, _formula(metric, rules), found.cost, found.currency, metric.scale, found.months,
        tuple(cost.get(month, ZERO) for month in found.months),
        tuple(counts.get(month) or None for month in found.months),
    )  # fmt: skip


def _chosen(charges: Any, rules: Allocation, metric: Metric) -> Any:
    held = in_one_currency(charges, rules)
    return held.filter(holds(held, metric.when, {name: dimension_of(held, rules, name) for name in rules.dimensions}))


def _sums(table: Any, column: str) -> dict[str, Decimal]:
    named = table.mutate(month=month_of(table.BillingPeriodStart))
    rows = rows_of(named.group_by("month").aggregate(amount=named[column].sum()))
    return {str(row["month"]): Decimal(row["amount"] or 0) for row in rows}


def _owner_costs(found: Allocated, owner: str) -> dict[str, Decimal]:
    held = found.owners()
    if owner not in held:
        raise ScenarioError(Problem(f"'{owner}' bears nothing", nearest(owner, held), "metrics.owner", owner))
    return {month: found.totals(month).get(owner, ZERO) for month in found.months}


def _formula(metric: Metric, rules: Allocation) -> str:
    def words(when: Mapping[str, tuple[str, ...]]) -> str:
        return " and ".join(f"{key} is {' or '.join(values)}" for key, values in when.items())

    what = f"all that {metric.owner} bears, pools included" if metric.owner else f"charges where {words(metric.when)}"
    which = f" where {words(metric.usage)}" if metric.usage else ""
    per = {
        "outcomes": f"outcomes of {metric.product}",
        "usage": f"{metric.column} of the usage records{which}",
        "quantity": f"their ConsumedQuantity in {metric.consumed_unit}",
    }[metric.per]
    return f"{rules.cost} of {what}{f' × {metric.scale:,}' if metric.scale > 1 else ''} ÷ {per}"
