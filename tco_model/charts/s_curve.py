"""Turns the quantiles of each option into S-curves over amounts, with P10, P50 and P90 of each below them on the same axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, amount, chart, edge, hover, layer, lines, over_plot, shape, tint, told
from tco_model.charts.layout import names, places
from tco_model.charts.numbers import EXACT, PERCENT_LABEL, chance, counted, short
from tco_model.charts.theme import Theme

CURVES = 240.0
"""Height of the curves [pixel]."""
ROW = 50.0
"""Height of an option's row below them [pixel]."""
NAME, FIGURES, BAR = 14.0, 28.0, 41.0
"""Of the three lines of a row, from its top: the option's name, its figures and its range [pixel]."""
STRIP = 22.0
"""Height of the strip at the bottom that names the budget [pixel]."""
MARKS = (0.1, 0.5, 0.9)


def s_curve_spec(
    theme: Theme,
    *,
    options: int,
    unit: str = "USD",
    figure: str = "present value of cost",
    most_is_best: bool = False,
    budget: bool = False,
) -> Spec:
    """Return the specification for a number of options.

    Args:
        theme: colours and font.
        options: how many options the rows hold: each has a row of its own below the curves.
        unit: of the figure.
        figure: what is drawn, in words.
        most_is_best: the figure is a value, so a budget is the least that is wanted; the rows say it.
        budget: the rows hold a budget.
    """
    x = amount("x", f"{figure[:1].upper()}{figure[1:]} [{unit}]")
    height = CURVES + ROW * options + (STRIP if budget else 0.0)
    y = over_plot(
        {
            "field": "y",
            "type": "quantitative",
            "title": "Chance of no more than the amount below",
            "scale": {"domain": [1.0 - height / CURVES, 1.0], "nice": False},
            "axis": {"values": [0, *MARKS, 1], "labelExpr": PERCENT_LABEL, "domain": False, "ticks": False, "labelPadding": 6},
        }
    )
    here = {"x": x, "y": y}
    point = {"color": tint(theme), "shape": shape(), "stroke": edge(theme)}
    mark: Spec = {"type": "point", "filled": True, "size": 62, "strokeWidth": 1.2, "opacity": 1}
    seen = [told("option", "Option"), told("level", "Chance of no more", ".0%"), told("x", f"Amount [{unit}]", EXACT)]
    layers = [
        *lines(theme, "curve", here | {"order": {"field": "y"}}),
        layer("curve_mark", mark, here | point),
        layer("floor", {"type": "rule", "color": theme.muted}, {"y": {"field": "y", "type": "quantitative"}}),
        *_rows(theme, here, point, mark),
        hover("curve", here, seen),
    ]
    return chart(theme, layers + (_budget(theme) if budget else []), height=height)


def _rows(theme: Theme, here: Spec, point: Spec, mark: Spec) -> list[Spec]:
    """Return the layers of the rows below the curves: a range, its median, the name and the figures in words."""
    y = here["y"]
    small = theme.font_size - 1
    left: Spec = {"x": {"value": 4}, "y": y}
    beside: Spec = {"type": "text", "align": "left", "baseline": "middle", "limit": {"expr": "width - 4"}}
    return [
        layer("range", {"type": "rule", "strokeWidth": 4.4, "strokeCap": "butt"}, here | {"x2": {"field": "x2"}, "stroke": edge(theme)}),
        layer("range", {"type": "rule", "strokeWidth": 3, "strokeCap": "butt"}, here | {"x2": {"field": "x2"}, "color": tint(theme)}),
        layer("range_mark", mark, here | point),
        layer("name", beside | {"fontWeight": "bold"}, left | {"text": {"field": "option"}}),
        layer("figures", beside | {"fontSize": small, "color": theme.muted}, left | {"text": {"field": "figures"}}),
    ]


def _budget(theme: Theme) -> list[Spec]:
    """Return the layers of the budget: a rule over the curves and over each range, with room for the words between them."""
    rule: Spec = {"x": {"field": "x", "type": "quantitative"}}
    y: Spec = {"y": {"field": "y", "type": "quantitative"}, "y2": {"field": "y2"}}
    words: Spec = {"type": "text", "baseline": "bottom", "dy": -4, "fontWeight": "bold"}
    below: Spec = rule | {"y": {"value": "height"}, "text": {"field": "text"}}
    return [
        layer("budget", {"type": "rule", "color": theme.text, "strokeDash": [5, 3], "strokeWidth": 1.4}, rule | y),
        layer("budget_left", words | {"align": "right"}, below),
        layer("budget_right", words | {"align": "left"}, below),
    ]


def s_curve_rows(
    labels: Mapping[str, str],
    levels: Sequence[float],
    values: Mapping[str, Sequence[float]],
    *,
    budget: float | None = None,
    over: Mapping[str, float] | None = None,
    unit: str = "USD",
    most_is_best: bool = False,
) -> list[Row]:
    """Return the rows.

    Args:
        labels: of all options by name, in the order that gives their colours.
        levels: rising probabilities, with 0.1, 0.5 and 0.9 among them, shape ``(levels,)``.
        values: the quantiles of the options shown, by name, ``(levels,)`` each.
        budget: what is available, or the least that is wanted of a value; None for none.
        over: by name, how often an option costs more than the budget, or brings less.
        unit: of the budget.
        most_is_best: the figure is a value.
    """
    place, name = places(labels), names(labels)
    shown = [option for option in labels if option in values]
    rows: list[Row] = [{"kind": "floor", "y": 0.0}]
    for rank, option in enumerate(shown):
        own: Row = {"option": name[option], "place": place[option]}
        p10, p50, p90 = _marks(levels, values[option])
        at, named_at, figures_at = (-(ROW * rank + down) / CURVES for down in (BAR, NAME, FIGURES))
        rows += [
            {"kind": "curve", "x": float(x), "y": float(level), "level": float(level)} | own
            for level, x in zip(levels, values[option], strict=True)
        ]
        rows += [{"kind": "curve_mark", "x": x, "y": level} | own for level, x in zip(MARKS, (p10, p50, p90), strict=True)]
        rows.append({"kind": "range", "x": p10, "x2": p90, "y": at} | own)
        rows.append({"kind": "range_mark", "x": p50, "y": at} | own)
        rows.append({"kind": "name", "y": named_at} | own)
        tail = f", {chance(over[option])} {'below' if most_is_best else 'above'}" if over is not None and option in over else ""
        rows.append({"kind": "figures", "y": figures_at, "figures": f"{short(p50)} ({short(p10)} to {short(p90)}){tail}"} | own)
    return rows + (
        []
        if budget is None
        else _budget_rows(rows, float(budget), f"{'Least wanted' if most_is_best else 'Budget'} {short(budget)} {unit}")
    )


def _budget_rows(rows: Sequence[Row], budget: float, text: str) -> list[Row]:
    """Return the pieces of the rule, and its words on the side where there is more room."""
    ranges = [row["y"] for row in rows if row["kind"] == "range"]
    pieces = [(1.0, 0.0), *((at + 5.0 / CURVES, at - 6.0 / CURVES) for at in ranges)]
    ends = [row["x"] for row in rows if row["kind"] == "curve"]
    side = "right" if budget - min(ends, default=0.0) <= max(ends, default=0.0) - budget else "left"
    cuts: list[Row] = [{"kind": "budget", "x": budget, "y": top, "y2": bottom} for top, bottom in pieces]
    return [*cuts, {"kind": f"budget_{side}", "x": budget, "text": text}]


def _marks(levels: Sequence[float], values: Sequence[float]) -> tuple[float, float, float]:
    held = {round(float(level), 6): float(value) for level, value in zip(levels, values, strict=True)}
    return held[0.1], held[0.5], held[0.9]


def s_curve_alt(
    labels: Mapping[str, str],
    levels: Sequence[float],
    values: Mapping[str, Sequence[float]],
    *,
    budget: float | None = None,
    over: Mapping[str, float] | None = None,
    unit: str = "USD",
    figure: str = "present value of cost",
    most_is_best: bool = False,
) -> str:
    """Return the picture in words."""
    told_of: list[str] = []
    for option, curve in values.items():
        p10, p50, p90 = _marks(levels, curve)
        tail = (
            f"; {'below the least wanted' if most_is_best else 'above the budget'} in {chance(over[option])} of futures"
            if over and option in over
            else ""
        )
        told_of.append(f"{labels[option]}: P50 {short(p50)}, P10 {short(p10)}, P90 {short(p90)} {unit}{tail}")
    first = f"S-curve of the {figure}, one line for each of {counted(len(values), 'option')}"
    return ". ".join([first + (f", with a line at {short(budget)} {unit}" if budget is not None else ""), *told_of]) + "."
