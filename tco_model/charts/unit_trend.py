"""Turns a unit cost by month into a line of points, over the band that a model foresaw where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from tco_model.charts.base import Row, Spec, amount, calendar, chart, hover, layer, over_plot, told
from tco_model.charts.layout import month_marks
from tco_model.charts.numbers import short
from tco_model.charts.theme import Theme

HEIGHT = 220.0
"""Of the plot [pixel]."""
EXACT = ",.4~g"
"""Format of a tooltip: a unit cost may be far below a cent."""
NOTE = "Band: what the model foresaw, P10 to P90. Dashed: its median."
Foreseen = tuple[float, float, float]
"""P10, P50 and P90 of the model."""


def unit_trend_spec(theme: Theme, *, unit: str, foreseen: bool = False) -> Spec:
    """Return the specification; `foreseen` says whether the rows hold a model's band."""
    x, y = calendar(), over_plot(amount("value", unit, tight=True))
    colour = theme.options[0]
    here: Spec = {"x": x, "y": y}
    exact = [told("month", "Month"), told("value", f"Actual [{unit}]", EXACT)]
    end: Spec = {"type": "text", "align": "left", "dx": 9, "baseline": "middle", "limit": 150}
    layers = [
        layer("month", {"type": "line", "color": theme.edge(colour), "strokeWidth": 2}, here),
        layer("month", {"type": "point", "filled": True, "size": 44, "opacity": 1, "color": theme.edge(colour)}, here),
        layer("end", end, here | {"text": {"field": "text"}}),
        hover("month", here, exact),
    ]
    return chart(theme, [*(_band(theme, x, y) if foreseen else []), *layers], height=HEIGHT, note=NOTE if foreseen else "")


def _band(theme: Theme, x: Spec, y: Spec) -> list[Spec]:
    low = y | {"field": "low"}
    return [
        layer("band", {"type": "area", "color": theme.options[1], "opacity": 0.28}, {"x": x, "y": low, "y2": {"field": "high"}}),
        layer("band", {"type": "line", "color": theme.edge(theme.options[1]), "strokeDash": [6, 4], "strokeWidth": 2}, {"x": x, "y": y}),
    ]


def unit_trend_rows(start: str, values: Sequence[float | None], *, foreseen: Foreseen | None = None) -> list[Row]:
    """Return the rows.

    Args:
        start: first month, as ``2027-01``.
        values: unit cost of each month, ``(months,)``; None where nothing was counted, over which the line goes on to the next point.
        foreseen: P10, P50 and P90 of a model.
    """
    marks = month_marks(start, len(values))
    rows: list[Row] = [
        {"kind": "month", "value": float(value)} | mark for value, mark in zip(values, marks, strict=True) if value is not None
    ]
    ends = [rows[-1] | {"kind": "end", "text": short(rows[-1]["value"])}] if rows else []
    if foreseen is None:
        return rows + ends
    low, middle, high = foreseen
    return rows + ends + [{"kind": "band", "low": low, "value": middle, "high": high} | mark for mark in marks]


def unit_trend_alt(start: str, values: Sequence[float | None], *, unit: str, what: str, foreseen: Foreseen | None = None) -> str:
    """Return the picture in words."""
    held = [row for row in unit_trend_rows(start, values) if row["kind"] == "month"]
    band = "" if foreseen is None else f" The model foresaw {short(foreseen[0])} to {short(foreseen[2])}, median {short(foreseen[1])}."
    if not held:
        return f"{what} by month, {unit}: nothing was counted.{band}"
    top = max(held, key=lambda row: row["value"])
    return (
        f"{what} by month, {unit}: {short(held[0]['value'])} in {held[0]['month']}, {short(held[-1]['value'])} in {held[-1]['month']},"
        f" highest in {top['month']} with {short(top['value'])}.{band}"
    )
