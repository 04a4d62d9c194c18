"""Turns a forecast and what came of it into a band with its median and the actual spend of each month over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, amount, calendar, chart, hover, layer, over_plot, told
from tco_model.charts.layout import Window, apart, month_marks
from tco_model.charts.numbers import EXACT, joined, share, short
from tco_model.charts.theme import Theme

HEIGHT = 280.0
"""Of the plot [pixel]."""
LEVELS = ("p10", "p50", "p90")
NOTE = "Band: forecast from P10 to P90. Dashed: its median.\nPoints: actual spend, hollow where it lies outside the band."


def forecast_actual_spec(theme: Theme, *, unit: str = "USD/month") -> Spec:
    """Return the specification."""
    x, y = calendar(), over_plot(amount("p50", f"Spend a month [{unit}]", tight=True))
    colour = theme.options[0]
    actual = y | {"field": "actual"}
    exact = [
        told("month", "Month"),
        told("actual", f"Actual [{unit}]", EXACT),
        *(told(level, f"Forecast {level.upper()} [{unit}]", EXACT) for level in LEVELS),
    ]
    point: Spec = {"type": "point", "size": 64, "opacity": 1, "strokeWidth": 2, "color": theme.text}
    here: Spec = {"x": x, "y": actual}
    layers = [
        layer("month", {"type": "area", "color": colour, "opacity": 0.25}, {"x": x, "y": y | {"field": "p10"}, "y2": {"field": "p90"}}),
        layer("month", {"type": "line", "color": theme.edge(colour), "strokeDash": [6, 4], "strokeWidth": 2}, {"x": x, "y": y}),
        layer("actual", {"type": "line", "color": theme.text, "strokeWidth": 2.2}, here),
        layer("within", point | {"filled": True}, here),
        layer("outside", point | {"filled": False, "fill": theme.background}, here),
        layer(
            "end",
            {"type": "text", "align": "left", "dx": 8, "baseline": "middle", "limit": 170},
            {"x": x, "y": y | {"field": "label_at"}, "text": {"field": "text"}},
        ),
        hover("actual", here, exact),
        hover("month", {"x": x, "y": y}, [exact[0], *exact[2:]]),
    ]
    return chart(theme, layers, height=HEIGHT, note=NOTE)


def forecast_actual_rows(start: str, forecast: Mapping[str, Sequence[float]], actual: Sequence[float | None]) -> list[Row]:
    """Return the rows.

    Args:
        start: first month, as ``2027-01``.
        forecast: ``p10``, ``p50`` and ``p90``, ``(months,)`` each, as it was made.
        actual: spend of the first months; None where a month has no figure yet.
    """
    marks = month_marks(start, max(len(forecast["p50"]), len(actual)))
    rows: list[Row] = [
        {"kind": "month"} | mark | {level: float(forecast[level][step]) for level in LEVELS}
        for step, mark in enumerate(marks[: len(forecast["p50"])])
    ]
    for step, value in enumerate(actual):
        if value is None:
            continue
        own = marks[step] | {"actual": float(value)} | {level: rows[step][level] for level in LEVELS if step < len(forecast["p50"])}
        rows += [{"kind": "actual"} | own, {"kind": "outside" if _outside(own) else "within"} | own]
    return rows + _ends(rows)


def _outside(row: Row) -> bool:
    return "p10" in row and not row["p10"] <= row["actual"] <= row["p90"]


def _ends(rows: Sequence[Row]) -> list[Row]:
    """Return the names at the right ends: of the band's three lines, and of the actual spend."""
    last = [row for row in rows if row["kind"] == "month"][-1]
    values = [float(row[key]) for row in rows for key in (*LEVELS, "actual") if key in row]
    window = Window(min(0.0, *values), max(0.0, *values))
    spots = apart([last[level] for level in LEVELS], window.gap(HEIGHT), window.low, window.high)
    texts = [f"{level.upper()} {short(last[level])}" for level in LEVELS]
    return [{"kind": "end", "at": last["at"], "label_at": spot, "text": text} for spot, text in zip(spots, texts, strict=True)]


def forecast_actual_alt(
    start: str, forecast: Mapping[str, Sequence[float]], actual: Sequence[float | None], *, unit: str = "USD/month"
) -> str:
    """Return the picture in words."""
    held = [row for row in forecast_actual_rows(start, forecast, actual) if row["kind"] in ("within", "outside")]
    out = [
        f"{row['month']} ({short(row['actual'])} against {short(row['p10'])} to {short(row['p90'])})"
        for row in held
        if row["kind"] == "outside"
    ]
    if not held:
        return f"Forecast of the spend a month from {start} on, {unit}; no actual figures yet."
    spent, told_of = sum(row["actual"] for row in held), sum(row["p50"] for row in held if "p50" in row)
    against = f", {share(spent / told_of - 1.0, 1)} against the forecast's median" if told_of else ""
    return (
        f"Actual spend of {len(held)} months against the forecast, {unit}: {short(spent)} in all{against}."
        f" Outside the band from P10 to P90: {joined(out) or 'no month'}."
    )
