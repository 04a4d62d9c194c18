"""Turns the figures of a report into pictures: for each a specification, its rows and its words, the same in the front end and on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tco_model.analysis.breakeven_map import BreakevenMap
from tco_model.analysis.compare import BEST_IS_MOST
from tco_model.analysis.information import Information
from tco_model.analysis.sensitivity import InputEffect, Sensitivity
from tco_model.analysis.spread import CURVE_LEVELS, Estimate
from tco_model.analysis.waterfall import Waterfall
from tco_model.charts import breakeven_map as maps
from tco_model.charts import chance_best as chances
from tco_model.charts import cost_by_category as categories
from tco_model.charts import fan as fans
from tco_model.charts import indices as shares
from tco_model.charts import monthly_cost as monthly
from tco_model.charts import s_curve as curves
from tco_model.charts import tornado as tornados
from tco_model.charts import utilisation as use
from tco_model.charts import value_of_information as worths
from tco_model.charts import waterfall as falls
from tco_model.charts.base import Row, Spec
from tco_model.charts.theme import Theme
from tco_model.lines.registry import CATEGORIES
from tco_model.report.headline import Headline
from tco_model.report.report import Report
from tco_model.report.sentences import FIGURE_WORDS

Draw = Callable[..., Spec]
Setting = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: how it is drawn, which changes seldom, and its rows, which change with every move."""

    name: str
    """For a file name: ``s-curve``."""
    title: str
    alt: str
    """The picture in words, with its figures."""
    rows: list[Row]
    draw: Draw
    settings: tuple[tuple[str, Setting], ...]
    """What `draw` takes besides the theme."""

    def spec(self, theme: Theme) -> Spec:
        """Return the specification, without rows."""
        return self.draw(theme, **dict(self.settings))


def _picture(name: str, title: str, alt: str, rows: list[Row], draw: Draw, **settings: Setting) -> Picture:
    return Picture(name, title, alt, rows, draw, tuple(settings.items()))


def _labels(found: Headline | Report) -> dict[str, str]:
    return {option.name: option.label for option in found.options}


def s_curve(found: Headline, *, budget: float | None = None, over: Mapping[str, float] | None = None) -> Picture:
    """Return the S-curve of the deciding figure of every option."""
    labels, words = _labels(found), FIGURE_WORDS[found.decide_by]
    most = found.decide_by in BEST_IS_MOST
    values = {option.name: option.curve for option in found.options}
    rows = curves.s_curve_rows(labels, CURVE_LEVELS, values, budget=budget, over=over, unit=found.unit, most_is_best=most)
    alt = curves.s_curve_alt(labels, CURVE_LEVELS, values, budget=budget, over=over, unit=found.unit, figure=words, most_is_best=most)
    settings: dict[str, Setting] = {"options": len(labels), "unit": found.unit, "figure": words, "most_is_best": most}
    title = f"How likely each {words} is"
    return _picture("s-curve", title, alt, rows, curves.s_curve_spec, **settings, budget=budget is not None)


def chance_best(found: Headline) -> Picture:
    """Return how often each option is best."""
    labels = _labels(found)
    word = "highest" if found.decide_by in BEST_IS_MOST else "lowest"
    values = {option.name: (option.chance_best.value, option.chance_best.error) for option in found.options}
    rows, alt = chances.chance_best_rows(labels, values), chances.chance_best_alt(labels, values)
    return _picture(
        "chance-best",
        "How often each option is best",
        alt,
        rows,
        chances.chance_best_spec,
        figure=f"{word} {FIGURE_WORDS[found.decide_by]}",
    )


def cost_by_category(report: Report, *, figure: Literal["npv", "total"] = "npv") -> Picture:
    """Return what each option costs by category: mean present value, or the undiscounted sum."""
    labels = _labels(report)
    costs = {
        option.name: {
            one.category: found.mean for one in option.categories if (found := one.npv if figure == "npv" else one.total) is not None
        }
        for option in report.options
    }
    words = "Present value of cost, mean" if figure == "npv" else "Total cost, mean"
    rows = categories.cost_by_category_rows(labels, costs, categories=CATEGORIES)
    alt = categories.cost_by_category_alt(labels, costs, unit=report.currency)
    settings: dict[str, Setting] = {"categories": tuple(CATEGORIES), "unit": report.currency, "figure": words}
    return _picture("cost-by-category", "What each option is made of", alt, rows, categories.cost_by_category_spec, **settings)


def monthly_cost(report: Report) -> Picture:
    """Return the mean cost of each month, one line an option."""
    labels, unit = _labels(report), f"{report.currency}/month"
    values = {option.name: option.monthly["mean"] for option in report.options}
    rows, alt = monthly.monthly_cost_rows(labels, report.start, values), monthly.monthly_cost_alt(labels, report.start, values, unit=unit)
    return _picture("monthly-cost", "Cost over time", alt, rows, monthly.monthly_cost_spec, unit=unit)


def spend(labels: Mapping[str, str], start: str, amounts: Mapping[str, Sequence[float]], *, unit: str, what: str) -> Picture:
    """Return what each part of a bill costs a month; `labels` and `amounts` by part, `start` its first month."""
    rows = monthly.monthly_cost_rows(labels, start, amounts)
    alt = monthly.monthly_cost_alt(labels, start, amounts, unit=unit, what=what, thing="part")
    return _picture("spend", what, alt, rows, monthly.monthly_cost_spec, unit=unit, what=what, figure="Cost", thing="part")


def fan(report: Report, options: Sequence[str]) -> Picture:
    """Return the range of each month's cost of some options: one or two share a plot, more have one each."""
    labels, unit = _labels(report), f"{report.currency}/month"
    found = {option.name: option.monthly for option in report.options if option.name in options}
    rows, alt = fans.fan_rows(labels, report.start, found), fans.fan_alt(labels, report.start, found, unit=unit)
    return _picture("monthly-range", "Cost over time, with its range", alt, rows, fans.fan_spec, options=len(found), unit=unit)


def utilisation(report: Report) -> Picture | None:
    """Return how busy each fleet is over the months; None where no option has one."""
    places = {option.name: option.label for option in report.options}
    labels: dict[str, str] = {}
    values: dict[str, Sequence[float | None]] = {}
    for option in report.options:
        for number, one in enumerate(option.fleets):
            name = option.name if number == 0 else f"{option.name}.{one.name}"
            labels[name], values[name] = f"{one.label}, {option.label}", one.utilisation
    if not values:
        return None
    shown = {name: labels.get(name, label) for name, label in places.items()} | {
        name: label for name, label in labels.items() if name not in places
    }
    rows, alt = use.utilisation_rows(shown, report.start, values), use.utilisation_alt(shown, report.start, values)
    return _picture("utilisation", "How busy the fleets are", alt, rows, use.utilisation_spec)


def waterfall(found: Waterfall) -> Picture:
    """Return what makes one option, or one version, dearer than another."""
    first, last = (found.first_label, found.first), (found.last_label, found.last)
    parts = [(part.label, part.value) for part in found.parts]
    rows, alt = falls.waterfall_rows(first, last, parts), falls.waterfall_alt(first, last, parts, unit=found.currency)
    more_is_worse = found.figure not in BEST_IS_MOST
    title = f"What differs: {found.first_label} to {found.last_label}"
    return _picture("waterfall", title, alt, rows, falls.waterfall_spec, unit=found.currency, more_is_worse=more_is_worse)


def tornado(found: Sensitivity) -> Picture:
    """Return how far each input moves the gap between the two options that decide; the figure itself where there is one option."""
    alone = found.option == found.rival
    swings: list[tornados.Swing] = [
        {
            "label": one.label,
            "group": one.group,
            "unit": _shown_unit(one),
            "low_value": one.low.value,
            "high_value": one.high.value,
            "low": one.low.figure if alone else one.low.gap,
            "high": one.high.figure if alone else one.high.gap,
        }
        for one in found.inputs
    ]
    words = FIGURE_WORDS[found.figure]
    best, rival = found.options[found.option], found.options[found.rival]
    figure = (
        f"{words} of {best}" if alone else f"what {rival} {'brings less' if found.figure in BEST_IS_MOST else 'costs more'} than {best}"
    )
    turn = "" if alone else f"below 0 {rival} is better"
    base = found.mean if alone else found.gap
    rows = tornados.tornado_rows(swings, base, turn=not alone)
    alt = tornados.tornado_alt(swings, base, unit=found.unit, figure=figure)
    return _picture("tornado", "What moves the answer", alt, rows, tornados.tornado_spec, unit=found.unit, figure=figure, turn=turn)


def _shown_unit(one: InputEffect) -> str:
    """Return the unit that both ends of an input are spelled with: a rate and a share in percent, another ratio bare."""
    if one.unit == "ratio":
        return "%" if 0.0 <= one.low.value <= 1.0 and 0.0 <= one.high.value <= 1.0 else ""
    return "%/year" if one.unit == "1/year" else one.unit


def indices(found: Sensitivity) -> Picture:
    """Return the share of the gap's variance that each input explains, alone and with its interactions."""
    alone = found.option == found.rival
    inputs: list[shares.Shares] = [
        {
            "label": one.label,
            "group": one.group,
            "first_order": _both(one.first_order if alone else one.gap_first_order),
            "total": None if (total := one.total if alone else one.gap_total) is None else _both(total),
        }
        for one in found.inputs
    ]
    words = FIGURE_WORDS[found.figure]
    figure = (
        f"{words} of {found.options[found.option]}"
        if alone
        else f"gap between {found.options[found.option]} and {found.options[found.rival]}"
    )
    totals = all(one["total"] is not None for one in inputs)
    rows, alt = shares.indices_rows(inputs), shares.indices_alt(inputs, figure=figure)
    return _picture("indices", "Which input explains how much", alt, rows, shares.indices_spec, figure=figure, totals=totals)


def _both(found: Estimate) -> tuple[float, float]:
    return found.value, found.error


def value_of_information(found: Information) -> Picture:
    """Return what it is worth to find out each input before deciding."""
    inputs: list[worths.Worth] = [
        {"label": one.label, "value": one.evppi.value, "error": one.evppi.error, "changes": one.changes.value} for one in found.inputs
    ]
    perfect = found.evpi.value, found.evpi.error
    rows, alt = worths.value_of_information_rows(inputs, perfect), worths.value_of_information_alt(inputs, perfect, unit=found.unit)
    return _picture("value-of-information", "What is worth finding out first", alt, rows, worths.value_of_information_spec, unit=found.unit)


def breakeven_map(found: BreakevenMap, names: tuple[str, str]) -> Picture:
    """Return where over two inputs an option is preferred; `names` are those of the inputs as people say them, with their units."""
    first, second = (tuple(float(value) for value in values) for values in (found.first_values, found.second_values))
    ratio = {"first_ratio": _even_ratios(first), "second_ratio": _even_ratios(second)}
    half = [((piece.first[0], piece.second[0]), (piece.first[1], piece.second[1])) for piece in found.contour()]
    best = [[found.labels[found.options[place]] if place >= 0 else "" for place in row] for row in found.best]
    often = found.chance.tolist()
    rows = maps.breakeven_map_rows(first, second, often, best, errors=found.error.tolist(), half=half, now=found.now, **ratio)
    option = found.labels[found.option]
    alt = maps.breakeven_map_alt(first, second, often, names=names, option=option, half=half, now=found.now)
    settings: dict[str, Setting] = {"first": names[0], "second": names[1], "option": option, **ratio}
    return _picture("break-even-map", "Where the answer turns", alt, rows, maps.breakeven_map_spec, **settings)


def _even_ratios(values: Sequence[float]) -> bool:
    """Say whether values rise in even ratios rather than even steps."""
    if values[0] <= 0.0 or len(values) < 3:
        return False
    ratios = [later / earlier for earlier, later in pairwise(values)]
    return max(ratios) - min(ratios) < 1e-6 * max(ratios)
