"""Turns the cost of a month by size of a fleet, with an API for what it cannot carry, into a curve with its lowest point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from tco_model.charts.base import Row, Spec, amount, chart, hover, layer, over_plot, told
from tco_model.charts.numbers import EXACT, EXACT_SHARE, share, short
from tco_model.charts.theme import OKABE_ITO, Theme

HEIGHT = 280.0
"""Of the plot [pixel]."""
OWN, API = "own fleet", "API"


class Size(TypedDict):
    """A month with a fleet of one size."""

    replicas: int
    fleet_cost: float
    api_cost: float
    overflow_share: float
    """Of all tokens."""
    utilisation: float


def hybrid_fleet_spec(theme: Theme, *, unit: str = "USD/month") -> Spec:
    """Return the specification."""
    axis: Spec = {"grid": False, "tickMinStep": 1, "format": ",d", "tickCount": 8, "labelPadding": 4}
    x: Spec = {"field": "replicas", "type": "quantitative", "title": "Replicas held", "axis": axis, "scale": {"nice": False, "zero": False}}
    y = over_plot(amount("cost", f"Cost of a month by size of the fleet [{unit}]", tight=True))
    fill: Spec = {
        "field": "side",
        "type": "nominal",
        "scale": {"domain": [OWN, API], "range": [OKABE_ITO[2], OKABE_ITO[4]]},
        "legend": None,
    }
    exact = [
        told("replicas", "Replicas", ",d"),
        told("cost", f"Cost [{unit}]", EXACT),
        told("fleet_cost", f"Own fleet [{unit}]", EXACT),
        told("api_cost", f"API [{unit}]", EXACT),
        told("overflow_share", "Tokens that overflow", EXACT_SHARE),
        told("utilisation", "Use of the fleet", EXACT_SHARE),
    ]
    here: Spec = {"x": x, "y": y}
    words: Spec = {"type": "text", "fontWeight": "bold", "baseline": "middle"}
    layers = [
        layer("side", {"type": "area", "opacity": 0.45}, here | {"y": y | {"field": "low"}, "y2": {"field": "high"}, "color": fill}),
        layer("size", {"type": "line", "color": theme.text, "strokeWidth": 2}, here),
        layer("inside", {"type": "text", "baseline": "middle"}, here | {"text": {"field": "side"}}),
        layer(
            "best",
            {"type": "rule", "color": theme.text, "strokeDash": [4, 3]},
            {"x": x, "y": y | {"field": "zero"}, "y2": {"field": "cost"}},
        ),
        layer("best", {"type": "point", "filled": True, "size": 90, "color": theme.text, "opacity": 1}, here),
        *(
            layer(
                f"best_{side}",
                words | {"align": side, "dx": 8 if side == "left" else -8},
                here | {"y": y | {"field": "label_at"}, "text": {"field": "text"}},
            )
            for side in ("left", "right")
        ),
        hover("size", here, exact),
    ]
    return chart(theme, layers, height=HEIGHT)


def hybrid_fleet_rows(sizes: Sequence[Size]) -> list[Row]:
    """Return the rows, from sizes with rising replicas; the lowest cost is marked, the smallest fleet of equals."""
    rows: list[Row] = []
    for size in sizes:
        cost = float(size["fleet_cost"] + size["api_cost"])
        rows.append({"kind": "size", "cost": cost} | size)
        rows.append({"kind": "side", "replicas": size["replicas"], "side": OWN, "low": 0.0, "high": float(size["fleet_cost"])})
        rows.append({"kind": "side", "replicas": size["replicas"], "side": API, "low": float(size["fleet_cost"]), "high": cost})
    best = _cheapest(sizes)
    cost = float(best["fleet_cost"] + best["api_cost"])
    text = f"{best['replicas']:,} replicas, {short(cost)}"
    early = best["replicas"] - sizes[0]["replicas"] <= (sizes[-1]["replicas"] - sizes[0]["replicas"]) / 2
    mark: Row = {"replicas": best["replicas"], "cost": cost, "zero": 0.0, "label_at": 0.12 * cost, "text": text}
    return [*rows, {"kind": "best"} | mark, {"kind": "best_left" if early else "best_right"} | mark, *_inside(sizes)]


def _inside(sizes: Sequence[Size]) -> list[Row]:
    """Return the names of both sides, each where it is thickest, off the ends of the axis."""
    top = max(size["fleet_cost"] + size["api_cost"] for size in sizes)
    inner = sizes[len(sizes) // 8 : len(sizes) - len(sizes) // 8] or sizes
    own = max(inner, key=lambda size: size["fleet_cost"])
    api = max(inner, key=lambda size: size["api_cost"])
    found = [(OWN, own, own["fleet_cost"], own["fleet_cost"] / 2), (API, api, api["api_cost"], api["fleet_cost"] + api["api_cost"] / 2)]
    return [
        {"kind": "inside", "side": side, "replicas": size["replicas"], "cost": float(middle)}
        for side, size, thick, middle in found
        if thick * HEIGHT > 18.0 * top
    ]


def _cheapest(sizes: Sequence[Size]) -> Size:
    return min(sizes, key=lambda size: (size["fleet_cost"] + size["api_cost"], size["replicas"]))


def hybrid_fleet_alt(sizes: Sequence[Size], *, unit: str = "USD/month") -> str:
    """Return the picture in words."""

    def spoken(size: Size) -> str:
        return f"{size['replicas']:,} replicas {short(float(size['fleet_cost'] + size['api_cost']))} {unit}"

    best = _cheapest(sizes)
    return (
        f"Cost of a month by size of the own fleet, the API taking what it cannot carry. Lowest: {spoken(best)}, of it"
        f" {short(float(best['api_cost']))} for the API; {share(best['overflow_share'], 1)} of the tokens overflow and the fleet is used to"
        f" {share(best['utilisation'])}. At the ends: {spoken(sizes[0])}, {spoken(sizes[-1])}."
    )
