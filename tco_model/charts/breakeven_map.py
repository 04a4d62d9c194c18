"""Turns the chance that an option is preferred over two inputs into a map, with the line at one half and where things stand now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tco_model.charts.base import Row, Spec, chart, layer, over_plot, told, wrapped
from tco_model.charts.numbers import AXIS_LABEL, EXACT_SHARE, PERCENT_LABEL, chance, short
from tco_model.charts.theme import Theme

HEIGHT = 340.0
"""Of the plot [pixel]."""
Piece = tuple[tuple[float, float], tuple[float, float]]
"""A straight piece of the line at one half: both ends as (first input, second input)."""


def breakeven_map_spec(
    theme: Theme, *, first: str, second: str, option: str, first_ratio: bool = False, second_ratio: bool = False
) -> Spec:
    """Return the specification; the first input goes along the bottom, so switching them switches the axes.

    Args:
        theme: colours and font.
        first, second: names of the inputs with their units, as axis titles.
        option: whose chance is shown.
        first_ratio, second_ratio: the input's values rise in even ratios rather than even steps, on a logarithmic axis.
    """
    x, y = _axis("x", first, first_ratio), over_plot(_axis("y", second, second_ratio))
    scale: Spec = {"domain": [0, 0.5, 1], "range": [theme.worse, theme.middle, theme.better], "interpolate": "lab"}
    legend: Spec = {
        "title": wrapped(f"Chance that {option} is preferred"),
        "type": "gradient",
        "orient": "top",
        "direction": "horizontal",
        "labelExpr": PERCENT_LABEL,
        "values": [0, 0.25, 0.5, 0.75, 1],
        "titleLimit": 400,
        "gradientLength": 260,
        "gradientThickness": 10,
        "offset": 26,
    }
    fill: Spec = {"field": "chance", "type": "quantitative", "scale": scale, "legend": legend}
    cell: Spec = {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}}
    plain: Spec = {"x": x, "y": y}
    exact = [
        told("first", first, ",.4~g"),
        told("second", second, ",.4~g"),
        told("chance", "Chance preferred", EXACT_SHARE),
        told("error", "Monte Carlo error", EXACT_SHARE),
        told("best", "Best on average"),
    ]
    mark: Spec = {
        "type": "point",
        "filled": True,
        "shape": "cross",
        "size": 160,
        "color": theme.text,
        "stroke": theme.background,
        "strokeWidth": 1.5,
        "opacity": 1,
    }
    words: Spec = {"type": "text", "align": "left", "baseline": "bottom", "dx": 9, "dy": -6, "fontWeight": "bold"}
    layers = [
        layer("cell", {"type": "rect", "strokeWidth": 0}, cell | {"color": fill, "tooltip": exact}),
        layer("unknown", {"type": "rect", "color": theme.soft, "stroke": theme.muted, "strokeWidth": 0.5}, cell),
        layer("half", {"type": "rule", "color": theme.text, "strokeWidth": 2.2, "strokeCap": "round"}, cell),
        layer("now", mark, plain),
        layer(
            "now",
            words | {"stroke": theme.background, "strokeWidth": 4, "strokeJoin": "round"},
            plain | {"text": {"field": "text"}},
        ),
        layer("now", words, plain | {"text": {"field": "text"}}),
    ]
    note = "Line: each side preferred in half of the futures.\nCross: the inputs as they are now."
    return chart(theme, layers, height=HEIGHT, note=note)


def _axis(field: str, title: str, ratio: bool) -> Spec:
    axis: Spec = {"labelExpr": AXIS_LABEL, "grid": False, "domain": False, "ticks": True, "tickCount": 6, "labelPadding": 4}
    scale: Spec = {"type": "log" if ratio else "linear", "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis, "scale": scale}


def breakeven_map_rows(
    first: Sequence[float],
    second: Sequence[float],
    chances: Sequence[Sequence[float]],
    best: Sequence[Sequence[str]],
    *,
    errors: Sequence[Sequence[float]],
    half: Sequence[Piece],
    now: tuple[float, float],
    first_ratio: bool = False,
    second_ratio: bool = False,
) -> list[Row]:
    """Return the rows.

    Args:
        first, second: values of the two inputs, rising.
        chances: of the option, ``(first values, second values)``; not a number where the model refuses a pair.
        best: label of the option with the best mean, of the same shape.
        errors: Monte Carlo standard errors of the chances, of the same shape.
        half: the line at one half.
        now: current values of both inputs; drawn where they lie within the map.
        first_ratio, second_ratio: as in the specification.
    """
    columns, lines = edges(first, first_ratio), edges(second, second_ratio)
    rows: list[Row] = []
    for across, one in enumerate(first):
        for up, other in enumerate(second):
            own: Row = {
                "x": columns[across],
                "x2": columns[across + 1],
                "y": lines[up],
                "y2": lines[up + 1],
                "first": float(one),
                "second": float(other),
            }
            value = float(chances[across][up])
            told_of: Row = {"chance": value, "error": float(errors[across][up]), "best": best[across][up]}
            rows.append(own | ({"kind": "unknown"} if math.isnan(value) else {"kind": "cell"} | told_of))
    for (x, y), (x2, y2) in half:
        rows.append({"kind": "half", "x": float(x), "y": float(y), "x2": float(x2), "y2": float(y2)})
    if columns[0] <= now[0] <= columns[-1] and lines[0] <= now[1] <= lines[-1]:
        rows.append({"kind": "now", "x": float(now[0]), "y": float(now[1]), "text": "now"})
    return rows


def edges(values: Sequence[float], ratio: bool) -> list[float]:
    """Return the borders of the cells around rising values, half-way between neighbours, one more than values."""
    held = [math.log(value) for value in values] if ratio else [float(value) for value in values]
    between = [(low + high) / 2.0 for low, high in pairwise(held)]
    whole = [held[0], *between, held[-1]]
    return [math.exp(value) for value in whole] if ratio else whole


def breakeven_map_alt(
    first: Sequence[float],
    second: Sequence[float],
    chances: Sequence[Sequence[float]],
    *,
    names: tuple[str, str],
    option: str,
    half: Sequence[Piece],
    now: tuple[float, float],
) -> str:
    """Return the picture in words; names of the inputs with their units."""
    held = [float(value) for row in chances for value in row if not math.isnan(float(value))]
    likely = sum(value > 0.5 for value in held)
    spoken: list[Any] = [
        f"Chance that {option} is preferred, for {names[0]} from {short(float(first[0]))} to {short(float(first[-1]))} and {names[1]}"
        f" from {short(float(second[0]))} to {short(float(second[-1]))}"
    ]
    if held:
        spoken.append(
            f"The chance runs from {chance(min(held))} to {chance(max(held))}; it is above one half in {likely} of {len(held)} places"
        )
    ends = [point for piece in half for point in piece]
    if ends:
        low, high = min(ends), max(ends)
        spoken.append(f"The line at one half runs from {short(low[0])}, {short(low[1])} to {short(high[0])}, {short(high[1])}")
    spoken.append(f"Now the inputs stand at {short(now[0])} and {short(now[1])}")
    return ". ".join(spoken) + "."
