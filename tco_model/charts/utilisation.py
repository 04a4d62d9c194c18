"""Turns the use of each fleet's paid GPU time into lines over the months, with the use that its waiting promise allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, calendar, chart, hover, layer, lines, over_plot, part, told
from tco_model.charts.layout import Window, month_marks
from tco_model.charts.monthly_cost import end_labels, line_rows
from tco_model.charts.numbers import EXACT_SHARE, share
from tco_model.charts.theme import Theme

HEIGHT = 240.0
"""Of the plot [pixel]."""


def utilisation_spec(theme: Theme, *, ceiling: str = "") -> Spec:
    """Return the specification; `ceiling` says in words what the dashed line is, where the rows hold one."""
    y = over_plot(part("drawn", "Share of the paid GPU time that the load uses"))
    here: Spec = {"x": calendar(), "y": y}
    exact = [told("option", "Fleet"), told("month", "Month"), told("value", "Use", EXACT_SHARE)]
    rule: Spec = {"y": {"field": "value", "type": "quantitative"}}
    above: Spec = {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -3, "color": theme.muted, "text": ceiling}
    dashed = [
        layer("ceiling", {"type": "rule", "strokeDash": [5, 3], "color": theme.muted}, rule),
        layer("ceiling", above, rule | {"x": {"value": 0}}),
    ]
    return chart(
        theme,
        [*lines(theme, "month", here), *end_labels(theme, here), *(dashed if ceiling else []), hover("month", here, exact)],
        height=HEIGHT,
    )


def utilisation_rows(
    labels: Mapping[str, str], start: str, use: Mapping[str, Sequence[float | None]], *, ceiling: float | None = None
) -> list[Row]:
    """Return the rows.

    Args:
        labels: of all options (or fleets) by name, in the order that gives their colours.
        start: first month, as ``2027-01``.
        use: by name of each shown, the share of each month, ``(months,)``; None where the fleet does not run.
        ceiling: highest use that the promise allows.
    """
    rows = line_rows(labels, start, use, HEIGHT, Window(0.0, 1.0))
    return rows + ([] if ceiling is None else [{"kind": "ceiling", "value": float(ceiling)}])


def utilisation_alt(labels: Mapping[str, str], start: str, use: Mapping[str, Sequence[float | None]]) -> str:
    """Return the picture in words."""
    parts = ["Share of the paid GPU time that the load uses, by month"]
    for option, values in use.items():
        held = [(value, month["month"]) for value, month in zip(values, month_marks(start, len(values)), strict=True) if value is not None]
        if not held:
            parts.append(f"{labels[option]}: never runs")
            continue
        mean = sum(value for value, _ in held) / len(held)
        parts.append(
            f"{labels[option]}: {share(held[0][0])} in {held[0][1]}, {share(held[-1][0])} in {held[-1][1]}, {share(mean)} on average"
        )
    return ". ".join(parts) + "."
