"""Turns unit costs into words: how they moved, what they are held against, and where they lie in what the model foresaw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import PurePath

from tco_model.actuals.periods import month_plus
from tco_model.finops.against import Modelled
from tco_model.finops.token_bands import Band
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.report.format import percent, short_number

STANDING_WORDS = {"below": "below the model's range", "inside": "inside the model's range", "above": "above the model's range"}
"""How a unit cost lies to P10 to P90, in words."""
BANDS_WORDS = (
    "Cost is split over the bands by what the tokens of each cost by list price, model by model, so that the bands sum to what was paid."
)
COVERS_WORDS = "Covers: the share of the cost that falls in months with a count."
TREND_WORDS = "Trend: growth a month, the median over all pairs of months."


def last_counted(metric: UnitMetric, until: str = "") -> tuple[str, float] | None:
    """Return the last month with a count, until a month where one is named, and its unit cost; None without one."""
    pairs = zip(metric.months, metric.values, strict=True)
    held = [(month, value) for month, value in pairs if value is not None and (not until or month <= until)]
    return held[-1] if held else None


def trend_text(metric: UnitMetric) -> str:
    """Spell the growth a month: ``+2.0%``."""
    return "–" if metric.trend is None else signed_percent(metric.trend)


def change_text(metric: UnitMetric) -> str:
    """Spell the change from the first month with a count to the last one: ``+21.4%``."""
    values = [value for value in metric.values if value is not None]
    return signed_percent(values[-1] / values[0] - 1) if len(values) > 1 and values[0] else "–"


def glance_cells(metric: UnitMetric) -> tuple[str, ...]:
    """Return a row of a table: the unit cost of all months and of the last counted one, change, trend, and what it covers."""
    last = last_counted(metric)
    values = ("no data" if value is None else short_number(value) for value in (metric.value, last and last[1]))
    covers = "–" if metric.coverage is None else percent(metric.coverage, 0)
    return (*values, change_text(metric), trend_text(metric), covers)


def band_cells(band: Band, metric: UnitMetric, whole: Decimal) -> tuple[str, ...]:
    """Return a row of a table: size, requests, share of the whole cost, cost by request and by 1k tokens."""
    units = (band.per_request(metric.scale), band.per_1k_tokens())
    share = percent(float(band.cost / whole)) if whole else "–"
    return (band.name, f"{sum(band.requests):,}", share, *("–" if unit is None else short_number(unit) for unit in units))


def month_cells(metric: UnitMetric, month: str) -> tuple[str, ...]:
    """Return a row of a table: name, unit, the unit cost of a month and of the one before, and the change."""
    values = dict(zip(metric.months, metric.values, strict=True))
    now, before = values.get(month), values.get(month_plus(month, -1))
    shown = ["–" if value is None else short_number(value) for value in (now, before)]
    change = signed_percent(now / before - 1) if now is not None and before else "–"
    return (metric.name, f"{metric.currency}/{metric.unit}", *shown, change)


def signed_percent(change: float) -> str:
    """Spell a change: ``+21.4%``, ``−0.3%``; a plain 0.0% where it reads so."""
    return f"{change:+.1%}".replace("-", "−") if abs(change) >= 0.0005 else "0.0%"


def held_against(metrics: Sequence[UnitMetric], models: Mapping[str, Modelled], month: str = "") -> list[str]:
    """Return for each metric that has a model the sentences that hold it against it; by a month, the last one where left out."""
    return [sentence for one in metrics if one.name in models for sentence in against_sentences(one, models[one.name], month)]


def against_sentences(metric: UnitMetric, model: Modelled, month: str = "") -> tuple[str, ...]:
    """Return where the actual unit cost lies in what the model foresaw, and what keeps the two from being the same thing."""
    foreseen = f"{short_number(model.p10)} to {short_number(model.p90)} {model.unit} (P10 to P90, median {short_number(model.p50)})"
    last = last_counted(metric, month)
    if metric.value is None or last is None:
        return (f"{metric.name}: nothing was counted to hold against the model's {foreseen}.",)
    said = f"{metric.name}: {_lies(metric.value, model)} over all months, {_lies(last[1], model)} in {last[0]}; the model says {foreseen}."
    counted = f"{' + '.join(model.categories)} alone" if model.categories else "all its categories of cost"
    file = PurePath(model.scenario).name
    whose = f"The model is the option {model.label} of '{model.title}' ({file}), {model.start} to {model.end}, {model.basis}, {counted}"
    return (said, f"{whose}; {model.draws:,} futures.", *_differs(metric, model))


def _lies(value: float, model: Modelled) -> str:
    return f"{short_number(value)} is {STANDING_WORDS[model.standing(value)]}"


def _differs(metric: UnitMetric, model: Modelled) -> tuple[str, ...]:
    found: list[str] = []
    if metric.months[-1] < model.start or model.end < metric.months[0]:
        found.append(f"The bill is of {metric.months[0]} to {metric.months[-1]}: no month of it is on the model's timeline.")
    if not model.categories:
        found.append("A model may count what no bill holds, people above all: name the categories that both hold.")
    return tuple(found)


def bands_note(unpriced: float) -> str:
    """Return how the cost is split over bands, and what the price book has no price for."""
    if not unpriced:
        return BANDS_WORDS
    return f"{BANDS_WORDS} {percent(unpriced)} of the tokens have no list price and weigh as the others of their month do on average."
