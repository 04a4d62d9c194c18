"""Turns the bill, its allocation and counts of what came of it into unit costs: a case, a request, a training run, by month.

A unit cost of a month is its cost, times the units it is stated for, by the count of the month. A month without a count has none, and what
such months cost is said as what the metric does not cover.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import expm1, log
from statistics import median
from typing import Any

from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import Cost
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.allocate import ZERO, Allocated, allocate
from tco_model.finops.denominators import chosen_charges, chosen_usage, counts_of, per_words, words
from tco_model.finops.metric_rules import Metric
from tco_model.finops.outcomes import Counts
from tco_model.finops.rules import Allocation
from tco_model.finops.token_bands import Bands, band_costs

# Ibis gives every column its widest type, so that tables stand here as Any.


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
    owner: str = ""
    """Who bears the cost, where it is all that an owner bears."""
    bands: Bands | None = None
    """The same cost by the size of a request, where the file asks for it."""

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

    @property
    def trend(self) -> float | None:
        """Growth a month [1/month]: the median over all pairs of months, so that one odd month does not bend it; None without a pair.

        Theil (1950) and Sen (1968), on logarithms; months without a count, or with a unit cost of zero or less, stand aside.
        """
        held = [(place, log(value)) for place, value in enumerate(self.values) if value is not None and value > 0]
        slopes = [(later - earlier) / (last - first) for (first, earlier), (last, later) in combinations(held, 2)]
        return expm1(median(slopes)) if slopes else None


def measure(
    charges: Any, rules: Allocation, usage: Any, outcomes: Mapping[str, Counts], found: Allocated | None = None
) -> tuple[UnitMetric, ...]:  # fmt: skip
    """Return the metrics of an allocation file, in its order.

    Args:
        charges: of a workspace.
        rules: from `read_rules`.
        usage: of the workspace.
        outcomes: from `read_outcomes`; by product.
        found: the charges as these rules allocate them, where that is known already.

    Raises:
        ScenarioError: as `allocate`; no metric; a product that nobody counts; an owner who bears nothing.
    """
    if not rules.metrics:
        mend = "add metrics: to it; tco allocate --starter shows some"
        raise ScenarioError(Problem("the allocation file names no unit metric", mend, "metrics"))
    held = allocate(charges, rules, usage) if found is None else found
    return tuple(_measured(one, charges, rules, usage, outcomes, held) for one in rules.metrics)


def owner_metrics(
    charges: Any, rules: Allocation, usage: Any, outcomes: Mapping[str, Counts], owners: Collection[str]
) -> tuple[UnitMetric, ...]:
    """Return the metrics of all that an owner bears, for the statements; those that cannot be measured yet are left out.

    Arguments as in `measure`; `owners` are those who bear anything.
    """
    held = [one for one in rules.metrics if one.owner in owners and (one.per != "outcomes" or one.product in outcomes)]
    return measure(charges, rules.model_copy(update={"metrics": tuple(held)}), usage, outcomes) if held else ()


def _measured(metric: Metric, charges: Any, rules: Allocation, usage: Any, outcomes: Mapping[str, Counts], found: Allocated) -> UnitMetric:
    cost = _owner_costs(found, metric.owner) if metric.owner else _costs(metric, charges, rules)
    counts = counts_of(metric, charges, rules, usage, outcomes)
    bands = band_costs(chosen_usage(metric, usage, rules), metric.bands, found.months, cost) if metric.bands else None
    return UnitMetric(
        metric.name, metric.unit, _formula(metric, rules), found.cost, found.currency, metric.scale, found.months,
        tuple(cost.get(month, ZERO) for month in found.months),
        tuple(counts.get(month) or None for month in found.months),
        metric.owner, bands,
    )  # fmt: skip


def _costs(metric: Metric, charges: Any, rules: Allocation) -> dict[str, Decimal]:
    chosen = chosen_charges(metric, charges, rules)
    named = chosen.mutate(month=month_of(chosen.BillingPeriodStart))
    rows = rows_of(named.group_by("month").aggregate(amount=named[rules.cost].sum()))
    return {str(row["month"]): Decimal(row["amount"] or 0) for row in rows}


def _owner_costs(found: Allocated, owner: str) -> dict[str, Decimal]:
    held = found.owners()
    if owner not in held:
        raise ScenarioError(Problem(f"'{owner}' bears nothing", nearest(owner, held), "metrics.owner", owner))
    return {month: found.totals(month).get(owner, ZERO) for month in found.months}


def _formula(metric: Metric, rules: Allocation) -> str:
    what = f"all that {metric.owner} bears, pools included" if metric.owner else f"charges where {words(metric.when)}"
    return f"{rules.cost} of {what}{f' × {metric.scale:,}' if metric.scale > 1 else ''} ÷ {per_words(metric)}"
