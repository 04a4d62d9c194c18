"""Turns the sensitivity indices of each input into bars: what share of the variance it explains alone, and with its interactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from tco_model.charts.base import Row, Spec, band, bar_text, chart, layer, part, row_names, told
from tco_model.charts.numbers import EXACT_SHARE, chance_error, counted, joined, named, share
from tco_model.charts.theme import Theme

STEP = 56.0
"""From one input to the next [pixel]."""
MOST = 12
"""Inputs that are drawn; the rest is counted."""
LEAST = 0.005
"""Share of the variance below which an input is not drawn."""
ALONE, IN_ALL = "alone (first order)", "with its interactions (total)"
Index = tuple[float, float]
"""An index and its Monte Carlo standard error; an estimate near 0 may come out below it."""


class Shares(TypedDict):
    """What part of a figure's variance one input, or one driver, stands for."""

    label: str
    group: str
    """The driver it belongs to, such as demand or compute."""
    first_order: Index
    """What knowing it would take away on average: Var(E[Y|X]) / Var(Y), Sobol' (1993)."""
    total: Index | None
    """What would be left if all others were known: E[Var(Y|all but X)] / Var(Y), Homma and Saltelli (1996); None where not asked for."""


def indices_spec(theme: Theme, *, figure: str = "present value of cost", totals: bool = True) -> Spec:
    """Return the specification; with `totals` each input has two bars, one below the other."""
    x = part("drawn", f"Share of the variance of {named(figure)}", top=None, room=(0, 92))
    sides = {"field": "what", "type": "nominal", "scale": {"domain": [ALONE, IN_ALL], "paddingInner": 0.15}, "sort": None}
    y: Spec = {"y": band()} | ({"yOffset": sides} if totals else {})
    legend = {"title": None, "orient": "top", "symbolType": "square", "direction": "horizontal", "labelLimit": 240, "offset": 6}
    fill = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": [ALONE, IN_ALL], "range": [theme.better, theme.muted]},
        "legend": legend if totals else None,
    }
    exact = [
        told("name", "Input"),
        told("group", "Driver"),
        told("what", "Variance explained"),
        told("value", "Share", EXACT_SHARE),
        told("error", "Monte Carlo error", EXACT_SHARE),
    ]
    texts = bar_text(x | {"field": "high"}, "bar", fontSize=theme.font_size - 2)
    layers = [
        layer("bar", {"type": "bar"}, {"x": x, "color": fill, "tooltip": exact} | y),
        layer("bar", {"type": "rule", "color": theme.text, "strokeWidth": 1.4}, {"x": x | {"field": "low"}, "x2": {"field": "high"}} | y),
        texts | {"encoding": texts["encoding"] | y},
        *row_names(theme, "name", remark=True),
    ]
    return chart(theme, layers, height={"step": STEP, "for": "position"} if totals else {"step": STEP})


def indices_rows(inputs: Sequence[Shares], *, most: int = MOST) -> list[Row]:
    """Return the rows, the inputs that explain most first; what explains next to nothing is left out.

    Args:
        inputs: in any order.
        most: inputs drawn.
    """
    rows: list[Row] = []
    for number, one in enumerate(shown(inputs, most=most)):
        own: dict[str, Any] = {"row": number, "name": one["label"], "remark": one["group"], "group": one["group"]}
        rows.append({"kind": "name"} | own)
        rows.append({"kind": "bar", "what": ALONE} | own | _drawn(one["first_order"]))
        if one["total"] is not None:
            rows.append({"kind": "bar", "what": IN_ALL} | own | _drawn(one["total"]))
    return rows


def _drawn(index: Index) -> Row:
    """Return where a bar and its error end, from 0 on: a share is none below it, whatever its estimate."""
    value, error = float(index[0]), float(index[1])
    ends = {"drawn": max(value, 0.0), "low": max(value - error, 0.0), "high": max(value + error, 0.0)}
    return {"value": value, "error": error, "text": _spelled(index)} | ends


def _spelled(index: Index) -> str:
    return f"{share(max(float(index[0]), 0.0))} ± {chance_error(float(index[1]))}"


def shown(inputs: Sequence[Shares], *, most: int = MOST) -> list[Shares]:
    """Return the inputs that are drawn, by the larger of their indices, the largest first."""
    return sorted((one for one in inputs if _size(one) >= LEAST), key=lambda one: -_size(one))[:most]


def _size(one: Shares) -> float:
    return max(one["first_order"][0], one["total"][0] if one["total"] is not None else 0.0)


def indices_alt(inputs: Sequence[Shares], *, figure: str = "present value of cost", most: int = MOST) -> str:
    """Return the picture in words."""
    drawn = shown(inputs, most=most)
    spoken = [
        f"{one['label']} {_spelled(one['first_order'])} alone" + (f", {_spelled(one['total'])} in all" if one["total"] is not None else "")
        for one in drawn
    ]
    rest = len(inputs) - len(drawn)
    tail = f". Less or nothing is explained by {counted(rest, 'more input')}" if rest else ""
    return f"What share of the variance of {named(figure)} each input explains: {joined(spoken) or 'none of it'}{tail}."
