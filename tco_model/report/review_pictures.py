"""Turns the figures of a monthly review into pictures: what is to come, how a forecast fared, and why two months differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tco_model.actuals.periods import months_between
from tco_model.charts import forecast_actual as fared
from tco_model.charts import forecast_fan as fans
from tco_model.charts import monthly_cost as monthly
from tco_model.charts import waterfall as falls
from tco_model.charts.layout import Window
from tco_model.finops.forecast import TOTAL, PartForecast
from tco_model.finops.kept_forecasts import KeptPart
from tco_model.finops.move import Move
from tco_model.finops.series import Series
from tco_model.finops.variance import PART_WORDS, Variance
from tco_model.report.format import short_number, signed_number
from tco_model.report.pictures import Picture

LEAST = Decimal("0.01")
"""Share of the largest item behind a part below which another is not told."""


def part_label(name: str) -> str:
    """Return what a part of a forecast is called."""
    return "The whole bill" if name == TOTAL else name


def forecast(found: PartForecast, *, unit: str, limits: Sequence[tuple[str, Decimal]] = ()) -> Picture:
    """Return the months of a part and those to come; `limits` are name and amount a month of its budgets."""
    actual, start = [float(one) for one in found.actual.amounts], found.actual.periods[0]
    levels = {"p10": found.low.tolist(), "p50": found.central.tolist(), "p90": found.high.tolist()}
    steps = [(step.from_, step.name) for step, _ in found.planned]
    held = [(name, float(amount)) for name, amount in limits]
    rows = fans.forecast_fan_rows(start, actual, levels, steps=steps, limits=held)
    alt = fans.forecast_fan_alt(part_label(found.name), start, actual, levels, steps=steps, limits=held, unit=unit)
    return Picture("forecast", f"{part_label(found.name)}: spend so far and forecast", alt, rows, fans.forecast_fan_spec, (("unit", unit),))


def kept_forecast(found: KeptPart, actual: Series, *, made: str, unit: str) -> Picture:
    """Return a forecast as it was made, and the months that have come since."""
    came = dict(zip(actual.periods, actual.amounts, strict=True))
    levels = {"p10": _floats(found.low), "p50": _floats(found.central), "p90": _floats(found.high)}
    spent = [None if month not in came else float(came[month]) for month in found.months]
    rows = fared.forecast_actual_rows(found.months[0], levels, spent)
    alt = fared.forecast_actual_alt(found.months[0], levels, spent, unit=unit)
    title = f"{part_label(found.name)}: the forecast of {made}, and what came"
    return Picture("kept-forecast", title, alt, rows, fared.forecast_actual_spec, (("unit", unit),))


def variance(found: Variance) -> Picture:
    """Return why two months differ, a bar a part; each says which items are behind it."""
    first, last = ((month, float(amount)) for month, amount in zip((found.before, found.after), found.ends, strict=True))
    names = part_names(found)
    parts = [(names[part], float(amount)) for part, amount in found.parts.items() if amount]
    why = {names[part]: "; ".join(behind_words(found, part)) for part, amount in found.parts.items() if amount}
    rows, alt = falls.waterfall_rows(first, last, parts, why=why), falls.waterfall_alt(first, last, parts, unit=found.currency)
    return Picture(
        "variance", f"Why {found.after} differs from {found.before}", alt, rows, falls.waterfall_spec, (("unit", found.currency),)
    )


def moving(found: Move) -> Picture | None:
    """Return the volume of a workload and the one at which moving breaks even, by month; None where no month has such a volume."""
    evens = {one.month: one.breakeven.value for one in found.months if one.breakeven is not None}
    if not evens:
        return None
    volumes = {one.month: one.volume for one in found.months}
    start, months = found.months[0].month, months_between(found.months[0].month, found.months[-1].month)
    lines = {"volume": [volumes.get(month) for month in months], "even": [evens.get(month) for month in months]}
    labels = {"volume": "Volume", "even": "Break-even"}
    rows = monthly.line_rows(labels, start, lines, monthly.HEIGHT, Window.of([list(volumes.values()), list(evens.values())]))
    told = [f"{month}: {short_number(volumes[month])} against {short_number(even)}" for month, even in evens.items()]
    title = f"Volume of {found.workload}, and the volume at which moving breaks even"
    settings = (("unit", found.unit), ("what", "Volume and break-even"), ("figure", "Amount"), ("thing", "line"))
    return Picture("moving", title, f"{title}, by month, {found.unit}. {'; '.join(told)}.", rows, monthly.monthly_cost_spec, settings)


def part_names(found: Variance) -> Mapping[str, str]:
    """Return the name of each part with the item that it is mostly made of."""

    def name(part: str) -> str:
        items = found.behind(part, 1)
        mostly = f", most of it {items[0][0].service} in {items[0][0].account}" if items else ""
        return f"{PART_WORDS[part].capitalize()}{mostly}"

    return {part: name(part) for part in found.parts}


def behind_words(found: Variance, part: str) -> tuple[str, ...]:
    """Return in words the items that a part is mostly made of, and what each adds; what is next to nothing beside them is left out."""
    held = found.behind(part)
    return tuple(f"{item.words} ({signed_number(float(amount))})" for item, amount in held if abs(amount) >= abs(held[0][1]) * LEAST)


def _floats(amounts: Sequence[Decimal]) -> list[float]:
    return [float(one) for one in amounts]
