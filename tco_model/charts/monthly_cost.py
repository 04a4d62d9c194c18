"""Turns the mean cost of each month into one line an option, named at its right end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tco_model.charts.base import Row, Spec, amount, calendar, chart, edge, hover, layer, lines, only, over_plot, shape, tint, told
from tco_model.charts.layout import Window, apart, month_marks, names, peaks, places
from tco_model.charts.numbers import EXACT, counted, short
from tco_model.charts.theme import Theme

HEIGHT = 280.0
"""Of the plot [pixel]."""
KEY_FROM, KEY_STEP = 40.0, 17.0
"""From the bottom of a narrow plot to the first name below it, and from name to name [pixel]."""


def monthly_cost_spec(
    theme: Theme, *, unit: str = "USD/month", what: str = "Cost a month, mean of the futures", figure: str = "Mean", thing: str = "option"
) -> Spec:
    """Return the specification; `what` says in words what is drawn, `unit` is its unit, `figure` a value and `thing` a line."""
    y = over_plot(amount("drawn", f"{what} [{unit}]", tight=True))
    here: Spec = {"x": calendar(), "y": y}
    exact = [told("option", thing.capitalize()), told("month", "Month"), told("value", f"{figure} [{unit}]", EXACT)]
    layers = [*lines(theme, "month", here), *end_labels(theme, here), *cut_labels(theme, here), hover("month", here, exact)]
    return chart(theme, layers, height=HEIGHT)


def end_labels(theme: Theme, here: Spec) -> list[Spec]:
    """Return the layers of names at the right ends, each after a point in the colour and shape of its line.

    On a narrow plot, where names would leave little of it, they stand below it instead, in the order of the ends.
    """
    moved = {"x": here["x"], "y": here["y"] | {"field": "label_at"}}
    point: Spec = {"type": "point", "filled": True, "size": 44, "opacity": 1, "xOffset": {"expr": "narrow ? 6 : 12"}, "strokeWidth": 1}
    name: Spec = {"type": "text", "align": "left", "dx": 21, "baseline": "middle", "limit": 180}
    below: Spec = {"x": {"value": 0}, "y": {"value": "height"}}
    down = {"expr": f"{KEY_FROM} + {KEY_STEP} * datum.rank"}
    wide, narrow = ({"transform": [*only("end"), {"filter": test}]} for test in ("!narrow", "narrow"))
    return [
        layer("end", point, moved | {"color": tint(theme), "stroke": edge(theme), "shape": shape()}),
        layer("end", name, moved | {"text": {"field": "text"}}) | wide,
        layer("end", point | {"xOffset": 5, "yOffset": down}, below | {"color": tint(theme), "stroke": edge(theme), "shape": shape()})
        | narrow,
        layer("end", name | {"dx": 14, "dy": down, "limit": {"expr": "width"}}, below | {"text": {"field": "text"}}) | narrow,
    ]


def cut_labels(theme: Theme, here: Spec) -> list[Spec]:
    """Return the layers that tell in words what lies beyond the edges of the plot."""
    at = {"x": here["x"], "y": here["y"] | {"field": "label_at"}, "text": {"field": "text"}}
    mark: Spec = {"type": "text", "baseline": "middle", "fontSize": theme.font_size - 1, "limit": 300}
    return [
        layer("cut_left", mark | {"align": "right", "dx": -8}, at),
        layer("cut_right", mark | {"align": "left", "dx": 8}, at),
    ]


def monthly_cost_rows(labels: Mapping[str, str], start: str, monthly: Mapping[str, Sequence[float]]) -> list[Row]:
    """Return the rows.

    Args:
        labels: of all options by name, in the order that gives their colours.
        start: first month, as ``2027-01``.
        monthly: by name of each option shown, ``(months,)``.
    """
    held = {option: [float(value) for value in monthly[option]] for option in labels if option in monthly}
    window = Window.of(held.values())
    cuts: list[Row] = []
    for option, values in held.items():
        cuts += cut_rows(values, start, window, lambda place, values=values, option=option: f"{labels[option]} {short(values[place])}")
    return line_rows(labels, start, held, HEIGHT, window) + stacked(cuts, window, HEIGHT)


def line_rows(
    labels: Mapping[str, str], start: str, monthly: Mapping[str, Sequence[float | None]], height: float, window: Window
) -> list[Row]:
    """Return rows of lines over months and of their labels; months without a value (None) leave a gap."""
    place, name = places(labels), names(labels)
    rows: list[Row] = []
    ends: list[Row] = []
    for option in (option for option in labels if option in monthly):
        own: Row = {"option": name[option], "place": place[option]}
        held = [
            {"kind": "month", "value": float(value), "drawn": window.hold(float(value))} | month | own
            for month, value in zip(month_marks(start, len(monthly[option])), monthly[option], strict=True)
            if value is not None
        ]
        rows += held
        ends += [held[-1] | {"kind": "end", "text": name[option]}] if held else []
    spots = apart([row["drawn"] for row in ends], window.gap(height), window.low, window.high)
    latest = max((row["at"] for row in ends), default=0)
    return rows + ranked([row | {"label_at": spot, "at": latest} for row, spot in zip(ends, spots, strict=True)])


def ranked(ends: Sequence[Row]) -> list[Row]:
    """Return the right ends with their `rank` from the top."""
    order = sorted(range(len(ends)), key=lambda one: -ends[one]["label_at"])
    return [row | {"rank": order.index(one)} for one, row in enumerate(ends)]


def cut_rows(values: Sequence[float], start: str, window: Window, text: Callable[[int], str]) -> list[Row]:
    """Return words for each spike of a line that is cut off; `text` tells it by its place among the months."""
    marks = month_marks(start, len(values))
    return [
        {
            "kind": "cut_left" if place > len(values) / 2 else "cut_right",
            "at": marks[place]["at"],
            "label_at": window.hold(values[place]),
            "text": f"{'▲' if values[place] > 0 else '▼'} {text(place)} in {marks[place]['month']}",
        }
        for place in peaks(values, window)
    ]


def stacked(rows: Sequence[Row], window: Window, height: float) -> list[Row]:
    """Return words at the edges moved inwards, one below the other."""
    found: list[Row] = []
    for edge_at, inwards in ((window.high, -1.0), (window.low, 1.0)):
        for rank, row in enumerate(row for row in rows if row["label_at"] == edge_at):
            found.append(row | {"label_at": edge_at + inwards * window.gap(height) * (rank + 0.5)})
    return found


def monthly_cost_alt(
    labels: Mapping[str, str],
    start: str,
    monthly: Mapping[str, Sequence[float]],
    *,
    unit: str = "USD/month",
    what: str = "Mean cost a month",
    thing: str = "option",
) -> str:
    """Return the picture in words."""
    parts = [f"{what}, one line for each of {counted(len(monthly), thing)}"]
    for option, values in monthly.items():
        months = month_marks(start, len(values))
        top = max(range(len(values)), key=lambda step: values[step])
        parts.append(
            f"{labels[option]}: {short(float(values[0]))} {unit} in {months[0]['month']},"
            f" {short(float(values[-1]))} in {months[-1]['month']}, highest in {months[top]['month']} with {short(float(values[top]))}"
        )
    return ". ".join(parts) + "."
