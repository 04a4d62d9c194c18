"""Turns what each option costs by category into stacked bars, with its total at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, amount, band, bar_text, chart, layer, only, row_names, told
from tco_model.charts.layout import names
from tco_model.charts.numbers import EXACT, EXACT_SHARE, counted, short
from tco_model.charts.theme import CATEGORIES, Theme, ink_on

STEP = 44.0
"""From one bar to the next [pixel]."""
ROOM, LETTER, AROUND = 62, 6.2, 14
"""For the total after a bar, of a letter and around a name [pixel]: a category is named where its part of the bar is wide enough."""
NAMED = f"datum.fraction * (width - {ROOM}) > {LETTER} * datum.letters + {AROUND}"
"""Vega expression over numbers alone."""


def cost_by_category_spec(
    theme: Theme, *, categories: Sequence[str], unit: str = "USD", figure: str = "Present value of cost, mean"
) -> Spec:
    """Return the specification; `categories` in the order in which they are stacked and coloured."""
    x = amount("x", f"{figure} [{unit}]", room=(0, ROOM))
    colours = {"domain": list(categories), "range": [theme.categories[place % len(theme.categories)] for place in range(len(categories))]}
    legend = {
        "title": None,
        "orient": "top",
        "symbolType": "square",
        "columns": {"expr": "width < 420 ? 3 : 4"},
        "labelLimit": 120,
        "offset": 8,
    }
    fill = {"field": "category", "type": "nominal", "scale": colours, "legend": legend}
    exact = [
        told("option", "Option"),
        told("category", "Category"),
        told("value", f"Cost [{unit}]", EXACT),
        told("share", "Of the option's total", EXACT_SHARE),
    ]
    outline = fill | {"scale": colours | {"range": [theme.edge(colour) for colour in colours["range"]]}, "legend": None}
    bars: Spec = {"x": x, "x2": {"field": "x2"}, "y": band(), "color": fill, "tooltip": exact}
    inside: Spec = {
        "x": x,
        "y": band(),
        "text": {"field": "category"},
        "color": {"field": "ink", "type": "nominal", "scale": None, "legend": None},
    }
    layers = [
        layer("part", {"type": "bar", "strokeWidth": 1}, bars | {"stroke": outline}),
        layer("inside", {"type": "text", "baseline": "middle", "fontSize": theme.font_size - 1}, inside)
        | {"transform": [*only("inside"), {"filter": NAMED}]},
        layer("zero", {"type": "rule", "color": theme.muted}, {"x": x}),
        layer("total", {"type": "tick", "color": theme.text, "thickness": 2}, {"x": x | {"field": "value"}, "y": band()}),
        bar_text(x, "total", fontWeight="bold"),
        *row_names(theme, "total"),
    ]
    return chart(theme, layers, height={"step": STEP}, resolve={"scale": {"color": "independent"}})


def cost_by_category_rows(labels: Mapping[str, str], costs: Mapping[str, Mapping[str, float]], *, categories: Sequence[str]) -> list[Row]:
    """Return the rows.

    Args:
        labels: of all options by name.
        costs: by name of each option shown, its cost by category; what is not named costs nothing. Amounts below 0, such as
            a resale, are stacked to the left.
        categories: in the order of the specification.
    """
    name = names(labels)
    shown = [option for option in labels if option in costs]
    reach = _reach(costs)
    rows: list[Row] = [{"kind": "zero", "x": 0.0}]
    for number, option in enumerate(shown):
        right = left = 0.0
        total = sum(float(value) for value in costs[option].values())
        own: Row = {"option": name[option], "row": number}
        for place, category in enumerate(categories):
            value = float(costs[option].get(category, 0.0))
            if value == 0.0:
                continue
            start = right if value > 0.0 else left
            own_part = own | {"category": category, "value": value, "share": value / total if total else 0.0}
            rows.append(own_part | {"kind": "part", "x": start, "x2": start + value})
            named: Row = {"fraction": abs(value) / reach, "letters": len(category), "ink": ink_on(CATEGORIES[place % len(CATEGORIES)])}
            rows.append(own_part | named | {"kind": "inside", "x": start + value / 2})
            right, left = (start + value, left) if value > 0.0 else (right, start + value)
        rows.append(own | {"kind": "total", "x": right, "value": total, "name": name[option], "text": short(total)})
    return rows


def _reach(costs: Mapping[str, Mapping[str, float]]) -> float:
    """Return the amount that the whole axis spans."""
    ends = [sum(value for value in parts.values() if value > 0.0) for parts in costs.values()]
    starts = [sum(value for value in parts.values() if value < 0.0) for parts in costs.values()]
    return (max(ends, default=0.0) - min(starts, default=0.0)) or 1.0


def cost_by_category_alt(labels: Mapping[str, str], costs: Mapping[str, Mapping[str, float]], *, unit: str = "USD") -> str:
    """Return the picture in words."""
    parts = [f"What {counted(len(costs), 'option')} cost by category, as stacked bars"]
    for option, found in costs.items():
        largest = sorted(found.items(), key=lambda item: -abs(item[1]))
        spoken = ", ".join(f"{category} {short(float(value))}" for category, value in largest if value != 0.0)
        parts.append(f"{labels[option]}: {short(float(sum(found.values())))} {unit}, of it {spoken}")
    return ". ".join(parts) + "."
