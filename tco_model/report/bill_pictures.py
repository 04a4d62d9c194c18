"""Turns what a bill comes to by month into pictures: allocation, tags and unit costs, the same in the front end and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts import share_over_time as shares
from tco_model.charts import unit_trend as trends
from tco_model.finops.against import Modelled
from tco_model.finops.allocate import Allocated
from tco_model.finops.maturity import Marks
from tco_model.finops.metadata import Compliance
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.report.pictures import Picture

ALLOCATED = "Share of the cost that is allocated"
TAGGED = "Share of the usage cost with an allowed value"
AXIS = "Share of the month's cost"


def coverage(found: Allocated, held: Marks) -> Picture:
    """Return how much of each month's cost is allocated, against the marks of crawl, walk and run."""
    values = {"allocated": [found.in_month(month).coverage for month in found.months]}
    marks = [(name, getattr(held, name)) for name in ("crawl", "walk", "run")]
    return _shares("coverage", ALLOCATED, {"allocated": "Allocated"}, found.months, values, marks)


def compliance(found: Compliance, owner: str = "") -> Picture:
    """Return how much of each month's usage cost carries each required tag, of all owners or of one."""
    labels = {name: name for name in found.dimensions}
    values = {name: [found.share(name, month=month, owner=owner) for month in found.months] for name in found.dimensions}
    return _shares("tags", TAGGED if not owner else f"{TAGGED}: {owner}", labels, found.months, values, ())


def _shares(
    name: str,
    what: str,
    labels: Mapping[str, str],
    months: Sequence[str],
    values: Mapping[str, Sequence[float | None]],
    marks: Sequence[tuple[str, float]],
) -> Picture:
    rows = shares.share_over_time_rows(labels, months[0], values, marks=marks)
    alt = shares.share_over_time_alt(labels, months[0], values, what=what, marks=marks)
    settings = (("what", AXIS), ("floor", shares.floor_of(values, marks)))
    return Picture(name, f"{what}, by month", alt, rows, shares.share_over_time_spec, settings)


def unit_cost(found: UnitMetric, model: Modelled | None = None) -> Picture:
    """Return a unit cost by month, over what a model foresaw of it where it is held against one."""
    unit, start = f"{found.currency}/{found.unit}", found.months[0]
    foreseen = None if model is None else (model.p10, model.p50, model.p90)
    what = f"{found.name[:1].upper()}{found.name[1:]}"
    rows = trends.unit_trend_rows(start, found.values, foreseen=foreseen)
    alt = trends.unit_trend_alt(start, found.values, unit=unit, what=what, foreseen=foreseen)
    settings = (("unit", unit), ("foreseen", foreseen is not None))
    return Picture("unit-cost", f"{what}, by month", alt, rows, trends.unit_trend_spec, settings)
