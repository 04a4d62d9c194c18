"""Turns the months of a bill and those forecast into one line that opens into a fan: actual spend, then P10, median and P90."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, amount, calendar, chart, hover, layer, over_plot, told
from tco_model.charts.layout import Window, apart, month_marks
from tco_model.charts.numbers import EXACT, counted, joined, short
from tco_model.charts.theme import Theme

HEIGHT = 280.0
"""Of the plot [pixel]."""
LEVELS = ("p10", "p50", "p90")
NOTE = "Line with points: actual spend. Dashed: median of the forecast.\nBand: P10 to P90, 80 of 100 futures lie in it."
STEP_LINE = 15.0
"""From the name of one planned change to the next [pixel]."""


def forecast_fan_spec(theme: Theme, *, unit: str = "USD/month") -> Spec:
    """Return the specification."""
    x, y = calendar(), over_plot(amount("p50", f"Spend a month [{unit}]", tight=True))
    colour, edge = theme.options[0], theme.edge(theme.options[0])
    spent: Spec = {"x": x, "y": y | {"field": "actual"}}
    months = [told("month", "Month")]
    exact = [told(level, f"Forecast {level.upper()} [{unit}]", EXACT) for level in LEVELS]
    clear: Spec = {"stroke": theme.background, "strokeWidth": 4, "strokeJoin": "round"}
    small: Spec = {"fontSize": theme.font_size - 1}
    layers = [
        layer("future", {"type": "area", "color": colour, "opacity": 0.25}, {"x": x, "y": y | {"field": "p10"}, "y2": {"field": "p90"}}),
        *(
            layer("future", {"type": "line", "color": edge, "strokeWidth": 1, "opacity": 0.8}, {"x": x, "y": y | {"field": level}})
            for level in ("p10", "p90")
        ),
        layer("future", {"type": "line", "color": edge, "strokeDash": [6, 4], "strokeWidth": 2}, {"x": x, "y": y}),
        layer("limit", {"type": "rule", "color": theme.worse, "strokeWidth": 1.5, "strokeDash": [2, 3]}, {"y": y | {"field": "limit"}}),
        *_words(
            "limit",
            {"align": "left", "baseline": "bottom", "dx": 2, "dy": -3} | small,
            clear,
            {"x": {"value": 0}, "y": y | {"field": "limit"}},
        ),
        layer("step", {"type": "rule", "color": theme.muted, "strokeWidth": 1}, {"x": x}),
        *_words(
            "step",
            {"align": "right", "baseline": "top", "dx": -5, "dy": {"expr": f"2 + {STEP_LINE} * datum.rank"}} | small,
            clear,
            {"x": x, "y": {"value": 0}},
        ),
        layer("actual", {"type": "line", "color": theme.text, "strokeWidth": 2.2}, spent),
        layer("actual", {"type": "point", "filled": True, "size": 34, "opacity": 1, "color": theme.text}, spent),
        layer(
            "end",
            {"type": "text", "align": "left", "dx": 8, "baseline": "middle"},
            {"x": x, "y": y | {"field": "label_at"}, "text": {"field": "text"}},
        ),
        hover("actual", spent, [*months, told("actual", f"Actual [{unit}]", EXACT)]),
        hover("future", {"x": x, "y": y}, [*months, *exact]),
    ]
    return chart(theme, layers, height=HEIGHT, note=NOTE)


def _words(kind: str, mark: Spec, clear: Spec, here: Spec) -> list[Spec]:
    """Return texts on an edge in the background's colour, which keeps lines out of the letters."""
    said = here | {"text": {"field": "text"}}
    return [layer(kind, {"type": "text"} | mark | clear, said), layer(kind, {"type": "text"} | mark, said)]


def forecast_fan_rows(
    start: str,
    actual: Sequence[float],
    forecast: Mapping[str, Sequence[float]],
    *,
    steps: Sequence[tuple[str, str]] = (),
    limits: Sequence[tuple[str, float]] = (),
) -> list[Row]:
    """Return the rows.

    Args:
        start: first month, as ``2027-01``.
        actual: spend of the months from it on, at least one.
        forecast: ``p10``, ``p50`` and ``p90`` of the months after those, ``(months,)`` each.
        steps: month and name of what is planned to change; those outside of the forecast are left out.
        limits: name and amount a month of what may be spent.
    """
    marks = month_marks(start, len(actual) + len(forecast["p50"]))
    spent, ahead = marks[: len(actual)], marks[len(actual) :]
    rows: list[Row] = [{"kind": "actual", "actual": float(value)} | mark for mark, value in zip(spent, actual, strict=True)]
    rows.append({"kind": "future"} | spent[-1] | dict.fromkeys(LEVELS, float(actual[-1])))  # the fan opens where the line ends
    rows += [{"kind": "future"} | mark | {level: float(forecast[level][place]) for level in LEVELS} for place, mark in enumerate(ahead)]
    planned = [(mark, name) for month, name in steps for mark in ahead if mark["month"] == month]
    rows += [{"kind": "step", "rank": rank, "text": name} | mark for rank, (mark, name) in enumerate(planned)]
    rows += [{"kind": "limit", "limit": float(value), "text": f"{name} {short(float(value))}"} for name, value in limits]
    return rows + _ends(rows)


def _ends(rows: Sequence[Row]) -> list[Row]:
    """Return P10, median and P90 of the last month at its right end, moved apart."""
    last = [row for row in rows if row["kind"] == "future"][-1]
    values = [float(row[key]) for row in rows for key in (*LEVELS, "actual", "limit") if key in row]
    window = Window(min(0.0, *values), max(0.0, *values))
    spots = apart([last[level] for level in LEVELS], window.gap(HEIGHT), window.low, window.high)
    words = {"p10": "P10", "p50": "median", "p90": "P90"}
    return [
        {"kind": "end", "at": last["at"], "label_at": spot, "text": f"{words[level]} {short(last[level])}"}
        for level, spot in zip(LEVELS, spots, strict=True)
    ]


def forecast_fan_alt(
    name: str,
    start: str,
    actual: Sequence[float],
    forecast: Mapping[str, Sequence[float]],
    *,
    steps: Sequence[tuple[str, str]] = (),
    limits: Sequence[tuple[str, float]] = (),
    unit: str = "USD/month",
) -> str:
    """Return the picture in words; `name` says whose spend it is, the rest is as for the rows."""
    marks = month_marks(start, len(actual) + len(forecast["p50"]))
    last, end = marks[len(actual) - 1]["month"], marks[-1]["month"]
    low, middle, high = (short(float(forecast[level][-1])) for level in LEVELS)
    planned = [f"{what} from {month} on" for month, what in steps if last < month <= end]
    held = [f"{what} {short(float(value))}" for what, value in limits]
    return (
        f"{name}: {counted(len(actual), 'month')} of actual spend, {short(float(actual[0]))} {unit} in {marks[0]['month']} and"
        f" {short(float(actual[-1]))} in {last}; then {counted(len(forecast['p50']), 'month')} of forecast, in {end} a median of"
        f" {middle}, P10 {low}, P90 {high}."
        + (f" Planned: {joined(planned)}." if planned else "")
        + (f" To be held: {joined(held)}." if held else "")
    )
