"""Turns how often each option is best into bars, with the Monte Carlo error of each."""

from __future__ import annotations

from collections.abc import Mapping

from tco_model.charts.base import Row, Spec, band, bar_text, chart, edge, layer, part, row_names, tint, told
from tco_model.charts.layout import names, places
from tco_model.charts.numbers import EXACT_SHARE, chance, chance_error, joined
from tco_model.charts.theme import Theme

STEP = 42.0
"""From one bar to the next [pixel]."""


def chance_best_spec(theme: Theme, *, figure: str = "lowest present value of cost") -> Spec:
    """Return the specification; `figure` says what being best means."""
    x = part("value", f"Share of futures with the {figure}", top=1.0, room=(0, 132))
    whisker: Spec = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": band()}
    exact = [told("name", "Option"), told("value", "Chance", EXACT_SHARE), told("error", "Monte Carlo error", EXACT_SHARE)]
    layers = [
        layer(
            "chance",
            {"type": "bar", "strokeWidth": 1},
            {"x": x, "y": band(), "color": tint(theme), "stroke": edge(theme), "tooltip": exact},
        ),
        layer("chance", {"type": "rule", "color": theme.text, "strokeWidth": 1.4}, whisker),
        bar_text(x | {"field": "high"}, "chance"),
        *row_names(theme, "chance"),
    ]
    return chart(theme, layers, height={"step": STEP})


def chance_best_rows(labels: Mapping[str, str], chances: Mapping[str, tuple[float, float]]) -> list[Row]:
    """Return the rows.

    Args:
        labels: of all options by name, in the order that gives their colours.
        chances: by name of each option shown, how often it is best and the Monte Carlo standard error of that.
    """
    place, name = places(labels), names(labels)
    return [
        {
            "kind": "chance",
            "row": number,
            "name": name[option],
            "place": place[option],
            "value": float(chances[option][0]),
            "error": float(chances[option][1]),
            "low": max(float(chances[option][0] - chances[option][1]), 0.0),
            "high": min(float(chances[option][0] + chances[option][1]), 1.0),
            "text": f"{chance(chances[option][0])} ± {chance_error(chances[option][1])}",
        }
        for number, option in enumerate(option for option in labels if option in chances)
    ]


def chance_best_alt(labels: Mapping[str, str], chances: Mapping[str, tuple[float, float]]) -> str:
    """Return the picture in words."""
    spoken = [f"{labels[option]} in {chance(value)} (± {chance_error(error)})" for option, (value, error) in chances.items()]
    return f"How often each option is best, in shares of the futures: {joined(spoken)}."
