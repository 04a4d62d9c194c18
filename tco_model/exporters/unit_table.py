"""Turns unit metrics into tables in the terminal and tidy rows; exact amounts stay exact as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.console import Console

from tco_model.exporters.months_table import bars
from tco_model.exporters.terminal import plain_table
from tco_model.finops.against import Modelled
from tco_model.finops.token_bands import Bands
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.report.format import short_number
from tco_model.report.unit_costs import (
    COVERS_WORDS,
    TREND_WORDS,
    band_cells,
    bands_note,
    glance_cells,
    held_against,
    last_counted,
)

Row = dict[str, str | float | int | None]
MOST_BARS = 24
"""Months of a line of bars, the last ones."""


def metric_rows(found: Sequence[UnitMetric], models: Mapping[str, Modelled] | None = None) -> list[Row]:
    """Return every month of every metric, and of each of its bands, as a row; no value where nothing was counted.

    `models` are what the metrics are held against, by name.
    """
    rows: list[Row] = []
    for one in found:
        against = _against(one, (models or {}).get(one.name))
        for month, amount, count, value in zip(one.months, one.costs, one.counts, one.values, strict=True):
            rows.append(_row(one, "", month, value, amount, count) | {"tokens": None, "trend_a_month": one.trend} | against)
        for band in one.bands.bands if one.bands else ():
            for place, month in enumerate(one.months):
                count = Decimal(band.requests[place]) or None
                value = band.per_request(one.scale, place)
                more = {"tokens": band.tokens[place], "trend_a_month": None} | _against(one, None)
                rows.append(_row(one, band.name, month, value, band.costs[place], count) | more)
    return rows


def _row(metric: UnitMetric, band: str, month: str, value: float | None, amount: Decimal, count: Decimal | None) -> Row:
    return {
        "metric": metric.name,
        "band": band,
        "month": month,
        "value": value,
        "unit": f"{metric.currency}/{metric.unit}",
        "cost_amount": str(amount),
        "count": None if count is None else str(count),
        "currency": metric.currency,
        "cost": metric.cost,
        "formula": metric.formula,
    }


def _against(metric: UnitMetric, model: Modelled | None) -> Row:
    """Return what the model says of a metric, and how the actual of all months lies to it."""
    names = ("model_scenario", "model_option", "model_categories", "model_p10", "model_p50", "model_p90", "model_unit", "all_months_stand")
    if model is None:
        return dict.fromkeys(names)
    stands = None if metric.value is None else model.standing(metric.value)
    figures = (model.p10, model.p50, model.p90, model.unit, stands)
    return dict(zip(names, (model.scenario, model.option, " ".join(model.categories), *figures), strict=True))


def print_metrics(found: Sequence[UnitMetric], models: Mapping[str, Modelled], console: Console) -> None:
    """Print of each metric all months together, the first and the last, how it moved, what it covers, and its formula in words."""
    if not found[0].months:
        console.print("There are no charges here yet: tco actuals import FILE…, or tco actuals demo DIR for a sample year.")
        return
    _print_values(found, console)
    for one in found:
        if one.bands is not None:
            _print_bands(one, one.bands, console)
    if models:
        _print_models(found, models, console)
    for one in found:
        console.print(f"{one.name} = {one.formula}", highlight=False)
    console.print(f"{TREND_WORDS} {COVERS_WORDS} By month: bars from the least to the most.")


def _print_values(found: Sequence[UnitMetric], console: Console) -> None:
    heads = ("", "unit", "all months", "last", "since first", "trend", "by month", "covers")
    table = plain_table(f"Unit costs, {found[0].months[0]} to {found[0].months[-1]}", heads, words=2)
    for one in found:
        *cells, covers = glance_cells(one)
        table.add_row(one.name, f"{one.currency}/{one.unit}", *cells, bars(one.values[-MOST_BARS:]), covers)
    console.print(table)


def _print_bands(metric: UnitMetric, held: Bands, console: Console) -> None:
    heads = ("input tokens", "requests", "of cost", f"{metric.currency}/{metric.unit}", f"{metric.currency}/1k tokens", "by month")
    table = plain_table(f"{metric.name} by size of the request", heads, words=1)
    for band in held.bands:
        by_month = [band.per_request(metric.scale, place) for place in range(len(metric.months))]
        table.add_row(*band_cells(band, metric, held.cost), bars(by_month[-MOST_BARS:]))
    console.print(table)
    console.print(bands_note(held.unpriced))


def _print_models(found: Sequence[UnitMetric], models: Mapping[str, Modelled], console: Console) -> None:
    heads = ("", "unit", "P10", "P50", "P90", "all months", "", "last", "")
    table = plain_table("Held against the model", heads, words=2)
    for one in found:
        model, last = models.get(one.name), last_counted(one)
        if model is not None:
            foreseen = [short_number(value) for value in (model.p10, model.p50, model.p90)]
            actual = [
                cell for value in (one.value, last and last[1])
                for cell in (("no data", "") if value is None else (short_number(value), model.standing(value)))
            ]  # fmt: skip
            table.add_row(one.name, model.unit, *foreseen, *actual)
    console.print(table)
    for sentence in held_against(found, models):
        console.print(sentence)
