"""Turns shares by month into one line each, named at its right end, over dashed marks that say where others stand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, calendar, chart, hover, layer, lines, over_plot, part, told
from tco_model.charts.layout import Window, month_marks
from tco_model.charts.monthly_cost import end_labels, line_rows
from tco_model.charts.numbers import EXACT_SHARE, joined, share
from tco_model.charts.theme import Theme

HEIGHT = 240.0
"""Of the plot [pixel]."""
STEP = 0.1
"""The axis begins at a multiple of it."""
Marks = Sequence[tuple[str, float]]
"""Name and share of each mark, rising."""


def share_over_time_spec(theme: Theme, *, what: str, floor: float = 0.0) -> Spec:
    """Return the specification; `what` says in words what the share is of, `floor` is where the axis begins, from `floor_of`."""
    axis = part("drawn", what)
    y = over_plot(axis | {"scale": {"domain": [floor, 1.0], "nice": False, "zero": False}})
    here: Spec = {"x": calendar(), "y": y}
    exact = [told("option", "What"), told("month", "Month"), told("value", "Share", EXACT_SHARE)]
    rule: Spec = {"y": {"field": "value", "type": "quantitative"}}
    text: Spec = {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -2, "color": theme.muted}
    clear: Spec = {"stroke": theme.background, "strokeWidth": 4, "strokeJoin": "round"}
    named = rule | {"x": {"value": 0}, "text": {"field": "text"}}
    layers = [
        layer("mark", {"type": "rule", "strokeDash": [5, 3], "color": theme.muted}, rule),
        *lines(theme, "month", here),
        layer("mark", text | clear, named),
        layer("mark", text, named),
        *end_labels(theme, here),
        hover("month", here, exact),
    ]
    return chart(theme, layers, height=HEIGHT)


def share_over_time_rows(
    labels: Mapping[str, str], start: str, shares: Mapping[str, Sequence[float | None]], *, marks: Marks = ()
) -> list[Row]:
    """Return the rows.

    Args:
        labels: of all lines by name, in the order that gives their colours.
        start: first month, as ``2027-01``.
        shares: by name of each shown, ``(months,)``, in [0, 1]; None where a month has none.
        marks: dashed lines across.
    """
    rows = line_rows(labels, start, shares, HEIGHT, Window(floor_of(shares, marks), 1.0))
    return rows + [{"kind": "mark", "value": value, "text": f"{name}, {share(value)}"} for name, value in marks]


def floor_of(shares: Mapping[str, Sequence[float | None]], marks: Marks = ()) -> float:
    """Return where the axis begins, so that lines and marks that lie close together are seen apart: a step below the least of them."""
    held = [value for values in shares.values() for value in values if value is not None]
    least = min([*held, *(value for _, value in marks)], default=0.0)
    return max(0.0, round(math.floor(least / STEP + 1e-9) * STEP - STEP, 10))


def share_over_time_alt(
    labels: Mapping[str, str], start: str, shares: Mapping[str, Sequence[float | None]], *, what: str, marks: Marks = ()
) -> str:
    """Return the picture in words."""
    parts = [f"{what}, by month"]
    for name, values in shares.items():
        held = [(value, mark["month"]) for value, mark in zip(values, month_marks(start, len(values)), strict=True) if value is not None]
        if not held:
            parts.append(f"{labels[name]}: in no month")
            continue
        least = min(held)
        parts.append(
            f"{labels[name]}: {share(held[0][0])} in {held[0][1]}, {share(held[-1][0])} in {held[-1][1]}, least in {least[1]} with"
            f" {share(least[0])}"
        )
    if marks:
        parts.append(f"Marks: {joined([f'{name} at {share(value)}' for name, value in marks])}")
    return ". ".join(parts) + "."
