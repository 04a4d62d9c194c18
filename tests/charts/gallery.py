"""Turns made-up figures into one of every chart, with any names: (specification by theme, rows, words)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tco_model.charts import (
    breakeven_map,
    chance_best,
    cost_by_category,
    fan,
    forecast_actual,
    forecast_fan,
    held_out,
    hybrid_fleet,
    indices,
    monthly_cost,
    s_curve,
    share_over_time,
    tornado,
    unit_trend,
    utilisation,
    value_of_information,
    waterfall,
)
from tco_model.charts.base import Row, Spec
from tco_model.charts.theme import Theme

START = "2027-01"
LEVELS = tuple(level / 100 for level in range(1, 100))
PLAIN = ("Managed API", "Rented GPUs", "Owned GPUs")
CATEGORIES = ("token", "compute", "labour")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart, ready to be drawn."""

    spec: Callable[[Theme], Spec]
    rows: list[Row]
    alt: str
    names: tuple[str, ...]
    """From the scenario, which must be seen in the picture."""


def quantiles(middle: float, spread: float) -> list[float]:
    """A logistic law on the logarithm, whose quantiles have a closed form: ``middle * (p / (1 - p)) ** spread``."""
    return [middle * (level / (1 - level)) ** spread for level in LEVELS]


def months(first: float, growth: float, count: int = 24) -> list[float]:
    return [first * (1 + growth) ** step for step in range(count)]


def band(first: float, growth: float) -> dict[str, list[float]]:
    return {"p10": months(0.6 * first, growth), "p50": months(first, growth), "p90": months(1.8 * first, growth)}


def swings(names: Sequence[str]) -> list[tornado.Swing]:
    ends = ((90.0, 160.0), (130.0, 95.0), (105.0, 109.0))
    return [
        {"label": name, "group": "demand", "unit": "task/month", "low_value": 1e6, "high_value": 3e6, "low": low, "high": high}
        for name, (low, high) in zip(names, ends, strict=True)
    ]


def sizes() -> list[hybrid_fleet.Size]:
    return [
        {
            "replicas": count,
            "fleet_cost": 1900.0 * count,
            "api_cost": 90e3 * math.exp(-count / 6),
            "overflow_share": math.exp(-count / 6),
            "utilisation": 0.8,
        }
        for count in range(31)
    ]


def gallery(names: Sequence[str] = PLAIN) -> dict[str, Drawn]:
    """One of every chart; `names` are those of three options, or inputs."""
    one, two, three = names
    labels = {"api": one, "rented": two, "owned": three}
    every = tuple(names)
    curves = {"api": quantiles(4e6, 0.2), "rented": quantiles(5e6, 0.1), "owned": quantiles(7e6, 0.15)}
    over = {"api": 0.31, "rented": 0.47, "owned": 0.93}
    chances = {"api": (0.62, 0.005), "rented": (0.375, 0.005), "owned": (0.005, 0.0007)}
    costs = {"api": {"token": 3e6, "labour": 1e6}, "rented": {"compute": 4e6, "labour": 1e6}, "owned": {"compute": 6e6, "labour": -2e5}}
    monthly = {"api": months(90e3, 0.01), "rented": months(120e3, 0.0), "owned": [2e6, *months(60e3, 0.005, 23)]}
    fans = {"api": band(90e3, 0.01), "rented": band(120e3, 0.0), "owned": band(60e3, 0.02)}
    two_fans = {name: fans[name] for name in ("api", "rented")}
    use = {"rented": [0.3 + 0.01 * step for step in range(24)], "owned": [None] * 6 + [0.5] * 18}
    parts = [(one, -1.5e6), (two, 0.4e6), ("nothing", 0.0), (three, 0.1e6)]
    first, last = ("Today", 5e6), ("Tomorrow", 4e6)
    shares: list[indices.Shares] = [
        {"label": one, "group": "demand", "first_order": (0.5, 0.02), "total": (0.6, 0.03)},
        {"label": two, "group": "price", "first_order": (-0.004, 0.02), "total": (0.3, 0.02)},
        {"label": three, "group": "price", "first_order": (0.1, 0.01), "total": (0.12, 0.0001)},
    ]
    worths: list[value_of_information.Worth] = [
        {"label": name, "value": value, "error": value / 20, "changes": 0.39} for name, value in zip(names, (2e5, 5e5, 1e5), strict=True)
    ]
    across, up = [1.0, 2.0, 4.0], [10.0, 20.0, 30.0]
    likely = [[0.1, 0.3, 0.6], [0.2, 0.5, 0.9], [0.4, 0.8, math.nan]]
    errors = [[0.005] * 3] * 3
    half = [((1.0, 26.7), (2.0, 20.0)), ((2.0, 20.0), (4.0, 12.5))]
    chips = {
        name: [(100.0 * 2**step, 100.0 * 2**step * factor) for step in range(6)]
        for name, factor in zip(names, (1.1, 0.8, 1.5), strict=True)
    }
    actual = [95e3, None, 70e3, 300e3]
    planned, held = [("2028-06", one), ("2028-09", two)], [(three, 130e3)]
    return {
        "s_curve": Drawn(
            lambda theme: s_curve.s_curve_spec(theme, options=3, budget=True),
            s_curve.s_curve_rows(labels, LEVELS, curves, budget=5e6, over=over),
            s_curve.s_curve_alt(labels, LEVELS, curves, budget=5e6, over=over),
            every,
        ),
        "fan": Drawn(
            lambda theme: fan.fan_spec(theme, options=3), fan.fan_rows(labels, START, fans), fan.fan_alt(labels, START, fans), every
        ),
        "fan_of_two": Drawn(
            lambda theme: fan.fan_spec(theme, options=2),
            fan.fan_rows(labels, START, two_fans),
            fan.fan_alt(labels, START, two_fans),
            every[:2],
        ),
        "cost_by_category": Drawn(
            lambda theme: cost_by_category.cost_by_category_spec(theme, categories=CATEGORIES),
            cost_by_category.cost_by_category_rows(labels, costs, categories=CATEGORIES),
            cost_by_category.cost_by_category_alt(labels, costs),
            every,
        ),
        "monthly_cost": Drawn(
            monthly_cost.monthly_cost_spec,
            monthly_cost.monthly_cost_rows(labels, START, monthly),
            monthly_cost.monthly_cost_alt(labels, START, monthly),
            every,
        ),
        "chance_best": Drawn(
            chance_best.chance_best_spec,
            chance_best.chance_best_rows(labels, chances),
            chance_best.chance_best_alt(labels, chances),
            every,
        ),
        "tornado": Drawn(
            lambda theme: tornado.tornado_spec(theme, turn=f"below 0 {two} is better", figure=f"what {two} costs more than {one}"),
            tornado.tornado_rows(swings(names), 107.0, turn=True),
            tornado.tornado_alt(swings(names), 107.0),
            every,
        ),
        "waterfall": Drawn(
            waterfall.waterfall_spec,
            waterfall.waterfall_rows(first, last, parts, why={one: f"because of {two}"}),
            waterfall.waterfall_alt(first, last, parts),
            every,
        ),
        "indices": Drawn(indices.indices_spec, indices.indices_rows(shares), indices.indices_alt(shares), every),
        "value_of_information": Drawn(
            value_of_information.value_of_information_spec,
            value_of_information.value_of_information_rows(worths, (9e5, 4e4)),
            value_of_information.value_of_information_alt(worths, (9e5, 4e4)),
            every,
        ),
        "breakeven_map": Drawn(
            lambda theme: breakeven_map.breakeven_map_spec(theme, first=f"{one} [x]", second=f"{two} [y]", option=three, first_ratio=True),
            breakeven_map.breakeven_map_rows(
                across, up, likely, [[one] * 3] * 3, errors=errors, half=half, now=(1.5, 18.0), first_ratio=True
            ),
            breakeven_map.breakeven_map_alt(across, up, likely, names=(one, two), option=three, half=half, now=(1.5, 18.0)),
            every,
        ),
        "utilisation": Drawn(
            lambda theme: utilisation.utilisation_spec(theme, ceiling="Most that the promise allows"),
            utilisation.utilisation_rows(labels, START, use, ceiling=0.8),
            utilisation.utilisation_alt(labels, START, use),
            every[1:],
        ),
        "hybrid_fleet": Drawn(
            hybrid_fleet.hybrid_fleet_spec, hybrid_fleet.hybrid_fleet_rows(sizes()), hybrid_fleet.hybrid_fleet_alt(sizes()), ()
        ),
        "held_out": Drawn(
            lambda theme: held_out.held_out_spec(theme, chips=list(chips)),
            held_out.held_out_rows({"Nearest": chips, "Roofline": chips}),
            held_out.held_out_alt({"Nearest": chips, "Roofline": chips}),
            every,
        ),
        "forecast_actual": Drawn(
            forecast_actual.forecast_actual_spec,
            forecast_actual.forecast_actual_rows(START, band(90e3, 0.01), actual),
            forecast_actual.forecast_actual_alt(START, band(90e3, 0.01), actual),
            (),
        ),
        "forecast_fan": Drawn(
            forecast_fan.forecast_fan_spec,
            forecast_fan.forecast_fan_rows(START, months(80e3, 0.01, 15), band(90e3, 0.01), steps=planned, limits=held),
            forecast_fan.forecast_fan_alt("Everything", START, months(80e3, 0.01, 15), band(90e3, 0.01), steps=planned, limits=held),
            every,
        ),
        "share_over_time": Drawn(
            lambda theme: share_over_time.share_over_time_spec(theme, what=f"Share that {one} carries", floor=0.2),
            share_over_time.share_over_time_rows(labels, START, use, marks=((three, 0.7), ("run", 0.9))),
            share_over_time.share_over_time_alt(labels, START, use, what="Share", marks=((three, 0.7), ("run", 0.9))),
            (two, three),
        ),
        "unit_trend": Drawn(
            lambda theme: unit_trend.unit_trend_spec(theme, unit="USD/case", foreseen=True),
            unit_trend.unit_trend_rows(START, [1.5, None, 1.7, 1.61], foreseen=(1.0, 1.2, 1.6)),
            unit_trend.unit_trend_alt(START, [1.5, None, 1.7, 1.61], unit="USD/case", what="A case", foreseen=(1.0, 1.2, 1.6)),
            ("1.61",),
        ),
    }


CHARTS = tuple(gallery())
