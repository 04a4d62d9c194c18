"""Turns each month's P10, P50 and P90 into a fan: a band and a median over the months, one plot below the other beyond two options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, amount, calendar, chart, edge, hover, layer, over_plot, tint, told
from tco_model.charts.layout import Window, apart, month_marks, names, places, round_amounts
from tco_model.charts.monthly_cost import cut_labels, cut_rows, end_labels, ranked, stacked
from tco_model.charts.numbers import EXACT, counted, plain, short
from tco_model.charts.theme import Theme

HEIGHT = 280.0
"""Of the plot [pixel]."""
PANEL, PANEL_STEP, LABEL = 96.0, 132.0, 12.5
"""Of one of several plots, from one to the next, and from label to label [pixel]."""
MOST_TOGETHER = 2
"""Options that share one plot; more bands over each other turn muddy."""
NOTE = "Band: P10 to P90, 80 of 100 futures lie in it.\nLine: P50, half of the futures lie below it."
LEVELS = ("p10", "p50", "p90")
Fan = Mapping[str, Sequence[float]]
"""``p10``, ``p50`` and ``p90``, ``(months,)`` each."""


def fan_spec(theme: Theme, *, options: int, unit: str = "USD/month") -> Spec:
    """Return the specification for a number of options; beyond two each has a plot of its own, one below the other on the same scale."""
    several = options > MOST_TOGETHER
    title = f"Cost a month [{unit}]"
    if several:
        scale = {"domain": [0, _depth(options)], "reverse": True, "nice": False, "zero": False}
        y: Spec = {"field": "drawn_p50", "type": "quantitative", "axis": None, "scale": scale}
    else:
        y = over_plot(amount("drawn_p50", title, tight=True))
    here: Spec = {"x": calendar(), "y": y}
    under, over = (_panels(theme, here), _panel_words(theme, here)) if several else ([], end_labels(theme, here))
    layers = [*under, *_band(theme, here), *over, *cut_labels(theme, here), _hover(here, unit)]
    heading = {"title": title} if several else {}
    return chart(theme, layers, height=_depth(options) if several else HEIGHT, note=NOTE, **heading)


def _depth(options: int) -> float:
    return PANEL_STEP * (options - 1) + PANEL


def _panels(theme: Theme, here: Spec) -> list[Spec]:
    """Return the grid of each of several plots, with its amounts."""
    y: Spec = here["y"] | {"field": "y"}
    mark: Spec = {"type": "text", "align": "right", "baseline": "middle", "dx": -6, "fontSize": theme.font_size - 1, "color": theme.muted}
    return [
        layer("tick", {"type": "rule", "color": theme.grid}, {"y": y}),
        layer("tick", mark, {"x": {"value": 0}, "y": y, "text": {"field": "text"}}),
    ]


def _panel_words(theme: Theme, here: Spec) -> list[Spec]:
    """Return the name of each of several plots and the figures of its last month."""
    name: Spec = {"type": "text", "align": "left", "baseline": "bottom", "dy": -7, "fontWeight": "bold", "limit": {"expr": "width"}}
    figure: Spec = {"type": "text", "align": "left", "dx": 6, "baseline": "middle", "fontSize": theme.font_size - 1, "color": theme.muted}
    return [
        layer("name", name, {"x": {"value": 0}, "y": here["y"] | {"field": "y"}, "text": {"field": "option"}}),
        layer("end", figure, here | {"y": here["y"] | {"field": "label_at"}, "text": {"field": "text"}}),
    ]


def _band(theme: Theme, here: Spec) -> list[Spec]:
    band: Spec = {"x": here["x"], "y": here["y"] | {"field": "drawn_p10"}, "y2": {"field": "drawn_p90"}, "color": tint(theme)}
    sides = [here | {"y": here["y"] | {"field": f"drawn_{level}"}, "color": tint(theme)} for level in ("p10", "p90")]
    under = here | {"stroke": edge(theme), "detail": {"field": "place", "type": "nominal"}}
    return [
        layer("month", {"type": "area", "opacity": 0.22}, band),
        *(layer("month", {"type": "line", "strokeWidth": 1, "opacity": 0.8}, side) for side in sides),
        layer("month", {"type": "line", "strokeWidth": 3.4}, under),
        layer("month", {"type": "line", "strokeWidth": 2}, here | {"color": tint(theme)}),
    ]


def _hover(here: Spec, unit: str) -> Spec:
    figures = (told(level, f"{level.upper()} [{unit}]", EXACT) for level in LEVELS)
    return hover("month", here, [told("option", "Option"), told("month", "Month"), *figures])


def fan_rows(labels: Mapping[str, str], start: str, fans: Mapping[str, Fan]) -> list[Row]:
    """Return the rows.

    Args:
        labels: of all options by name, in the order that gives their colours.
        start: first month, as ``2027-01``.
        fans: by name of each option shown, ``p10``, ``p50`` and ``p90`` of its months.
    """
    place, name = places(labels), names(labels)
    held = {option: {level: [float(value) for value in fans[option][level]] for level in LEVELS} for option in labels if option in fans}
    several = len(held) > MOST_TOGETHER
    window = Window.of(values for fan in held.values() for values in fan.values())
    rows: list[Row] = []
    cuts: list[Row] = []
    for rank, (option, fan) in enumerate(held.items()):
        own: Row = {"option": name[option], "place": place[option]}
        found = _months(start, fan, window)
        spikes = cut_rows(_farthest(fan), start, window, lambda at, fan=fan: f"P50 {short(fan['p50'][at])}")
        if several:
            found += [*_levels(start, fan, window), *stacked(spikes, window, PANEL)]
            found = [_lowered(row, rank, window) for row in found] + _frame(rank, window)
        else:
            cuts += spikes
        rows += [row | own for row in found]
    return rows if several else rows + _ends(rows, window) + stacked(cuts, window, HEIGHT)


def _lowered(row: Row, rank: int, window: Window) -> Row:
    """Return a row of one of several plots with its amounts turned into pixels from the top of the first."""
    return {key: _down(value, rank, window) if key.startswith("drawn_") or key == "label_at" else value for key, value in row.items()}


def _down(value: float, rank: int, window: Window) -> float:
    return PANEL_STEP * rank + PANEL * (window.high - value) / ((window.high - window.low) or 1.0)


def _frame(rank: int, window: Window) -> list[Row]:
    """Return the name of one of several plots and the amounts of its grid."""
    rows: list[Row] = [{"kind": "name", "y": PANEL_STEP * rank}]
    return rows + [{"kind": "tick", "y": _down(value, rank, window), "text": plain(value)} for value in round_amounts(window)]


def _months(start: str, fan: Fan, window: Window) -> list[Row]:
    """Return the figures of each month, exact and as they are drawn."""
    return [
        {"kind": "month"}
        | month
        | {level: fan[level][step] for level in LEVELS}
        | {f"drawn_{level}": window.hold(fan[level][step]) for level in LEVELS}
        for step, month in enumerate(month_marks(start, len(fan["p50"])))
    ]


def _farthest(fan: Fan) -> list[float]:
    """Return of each month the end of the band that lies farther from 0."""
    return [max(ends, key=abs) for ends in zip(fan["p10"], fan["p90"], strict=True)]


def _levels(start: str, fan: Fan, window: Window) -> list[Row]:
    """Return P10, P50 and P90 of the last month in words, moved apart."""
    last = month_marks(start, len(fan["p50"]))[-1]["at"]
    spots = apart([window.hold(fan[level][-1]) for level in LEVELS], window.gap(PANEL, LABEL), window.low, window.high)
    return [
        {"kind": "end", "at": last, "label_at": spot, "text": f"{level.upper()} {short(fan[level][-1])}"}
        for level, spot in zip(LEVELS, spots, strict=True)
    ]


def _ends(rows: Sequence[Row], window: Window) -> list[Row]:
    """Return the name of each option at the right end of its median, moved apart."""
    last = list({row["option"]: row for row in rows}.values())
    spots = apart([row["drawn_p50"] for row in last], window.gap(HEIGHT), window.low, window.high)
    return ranked(
        [
            {"kind": "end", "at": row["at"], "label_at": spot, "text": row["option"], "option": row["option"], "place": row["place"]}
            for row, spot in zip(last, spots, strict=True)
        ]
    )


def fan_alt(labels: Mapping[str, str], start: str, fans: Mapping[str, Fan], *, unit: str = "USD/month") -> str:
    """Return the picture in words."""
    parts = [f"Cost a month with its range from P10 to P90, for {counted(len(fans), 'option')}"]
    for option, fan in fans.items():
        months = month_marks(start, len(fan["p50"]))
        top = max(range(len(months)), key=lambda step: fan["p50"][step])
        parts.append(
            f"{labels[option]}: P50 {short(float(fan['p50'][0]))} {unit} in {months[0]['month']}, {short(float(fan['p50'][-1]))} in"
            f" {months[-1]['month']} (P10 {short(float(fan['p10'][-1]))}, P90 {short(float(fan['p90'][-1]))}),"
            f" highest in {months[top]['month']} with {short(float(fan['p50'][top]))}"
        )
    return ". ".join(parts) + "."
