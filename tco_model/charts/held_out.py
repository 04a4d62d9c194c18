"""Turns predicted and measured throughput into a scatter on logarithmic axes, with bands of 15 and 30 percent around no error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, layer, panels, told
from tco_model.charts.numbers import AXIS_LABEL, share
from tco_model.charts.theme import SHAPES, Theme

BANDS = (0.30, 0.15)
Pairs = Mapping[str, Sequence[tuple[float, float]]]
"""By chip, measured and predicted output rate [token/second]."""


def held_out_spec(theme: Theme, *, chips: Sequence[str], unit: str = "token/second/replica", side: float = 290.0) -> Spec:
    """Return the specification: one square plot for each way of predicting; `chips` in the order of their colours, `side` in pixels."""
    x = _axis("x", f"Measured [{unit}]")
    y = _axis("y", f"Predicted [{unit}]")
    place = {"domain": list(chips), "range": [theme.options[number % len(theme.options)] for number in range(len(chips))]}
    legend: Spec = {"title": None, "orient": "bottom", "direction": "horizontal", "columns": 6, "symbolOpacity": 1, "symbolSize": 60}
    fill: Spec = {"field": "chip", "type": "nominal", "scale": place, "legend": legend}
    form: Spec = {
        "field": "chip",
        "type": "nominal",
        "scale": {"domain": list(chips), "range": [SHAPES[number % len(SHAPES)] for number in range(len(chips))]},
    }
    exact = [
        told("chip", "Chip"),
        told("x", f"Measured [{unit}]", ",.4~g"),
        told("y", f"Predicted [{unit}]", ",.4~g"),
        told("error", "Error", "+.1%"),
    ]
    layers = [
        *(
            layer(
                f"band_{number}",
                {"type": "area", "color": theme.muted, "opacity": 0.16, "clip": True},
                {"x": x, "y": y, "y2": {"field": "y2"}},
            )
            for number in range(len(BANDS))
        ),
        layer("none", {"type": "line", "color": theme.text, "strokeDash": [4, 3], "strokeWidth": 1.2, "clip": True}, {"x": x, "y": y}),
        layer(
            "run",
            {"type": "point", "filled": True, "size": 22, "opacity": 0.55, "clip": True},
            {"x": x, "y": y, "color": fill, "shape": form, "tooltip": exact},
        ),
    ]
    note = "Dashed: no error. Darker band: within 15%, lighter band: within 30%.\nEvery point was predicted without its own runs."
    return panels(theme, layers, width=side, height=side, columns=2, title="Throughput predicted against throughput measured", note=note)


def _axis(field: str, title: str) -> Spec:
    axis: Spec = {"labelExpr": AXIS_LABEL, "tickCount": 5, "grid": True, "domain": False, "ticks": False, "labelPadding": 5}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis, "scale": {"type": "log", "nice": False}}


def held_out_rows(found: Mapping[str, Pairs]) -> list[Row]:
    """Return the rows, from the pairs of each way of predicting by its name. Both axes span the same decades."""
    every = [value for pairs in found.values() for rows in pairs.values() for pair in rows for value in pair]
    low, high = 10.0 ** math.floor(math.log10(min(every))), 10.0 ** math.ceil(math.log10(max(every)))
    rows: list[Row] = []
    for number, (name, pairs) in enumerate(found.items()):
        own: Row = {"panel": f"{name}\n{summary(pairs)}", "panel_place": number}
        for end in (low, high):
            rows.append({"kind": "none", "x": end, "y": end} | own)
            rows += [
                {"kind": f"band_{place}", "x": end, "y": end * (1.0 - width), "y2": end * (1.0 + width)} | own
                for place, width in enumerate(BANDS)
            ]
        rows += [
            {"kind": "run", "x": float(measured), "y": float(predicted), "chip": chip, "error": float(predicted / measured - 1.0)} | own
            for chip, runs in pairs.items()
            for measured, predicted in runs
        ]
    return rows


def errors(pairs: Pairs) -> list[float]:
    """Return the sizes of the relative errors, sorted."""
    return sorted(abs(predicted / measured - 1.0) for rows in pairs.values() for measured, predicted in rows)


def summary(pairs: Pairs) -> str:
    """Return how many runs there are, their median error and the share within 30 percent, in words."""
    held = errors(pairs)
    middle = (held[(len(held) - 1) // 2] + held[len(held) // 2]) / 2.0
    return f"{len(held):,} runs, median error {share(middle, 1)}, {share(sum(each <= BANDS[0] for each in held) / len(held))} within 30%"


def held_out_alt(found: Mapping[str, Pairs]) -> str:
    """Return the picture in words."""
    return (
        ". ".join(["Throughput predicted against throughput measured", *(f"{name}: {summary(pairs)}" for name, pairs in found.items())])
        + "."
    )
