"""Turns what it is worth to find out each input before deciding into bars, beside what perfect information is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from tco_model.charts.base import Row, Spec, amount, band, bar_text, chart, layer, row_names, told
from tco_model.charts.numbers import EXACT, EXACT_SHARE, chance, joined, short
from tco_model.charts.theme import Theme

STEP = 44.0
"""From one bar to the next [pixel]."""
MOST = 10
"""Inputs that are drawn."""
WHOLE = "everything"


class Worth(TypedDict):
    """What it is worth to know one input, or a group of them, for certain."""

    label: str
    value: float
    error: float
    """Monte Carlo standard error."""
    changes: float
    """How often knowing it would turn the choice."""


def value_of_information_spec(theme: Theme, *, unit: str = "USD") -> Spec:
    """Return the specification."""
    x = amount("value", f"Most that it is worth to know it before deciding [{unit}]", room=(0, 112))
    fill: Spec = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": ["input", WHOLE], "range": [theme.better, theme.muted]},
        "legend": None,
    }
    exact = [
        told("name", "Input"),
        told("value", f"Worth [{unit}]", EXACT),
        told("error", f"Monte Carlo error [{unit}]", EXACT),
        told("changes", "Turns the choice in", EXACT_SHARE),
    ]
    layers = [
        layer("bar", {"type": "bar"}, {"x": x, "y": band(), "color": fill, "tooltip": exact}),
        layer(
            "bar",
            {"type": "rule", "color": theme.text, "strokeWidth": 1.4},
            {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": band()},
        ),
        bar_text(x | {"field": "high"}, "bar"),
        *row_names(theme, "bar", remark=True),
    ]
    return chart(theme, layers, height={"step": STEP})


def value_of_information_rows(inputs: Sequence[Worth], perfect: tuple[float, float], *, most: int = MOST) -> list[Row]:
    """Return the rows, perfect information first, then the inputs by what they are worth; those worth nothing are left out.

    Args:
        inputs: in any order.
        perfect: what it is worth to know all inputs and all luck, and its Monte Carlo standard error.
        most: inputs drawn.
    """
    rows = [_row(0, "Perfect information", perfect, WHOLE, "no study can be worth more")]
    for number, one in enumerate(drawn(inputs, most), start=1):
        remark = f"turns the choice in {chance(one['changes'])}"
        rows.append(_row(number, one["label"], (one["value"], one["error"]), "input", remark) | {"changes": float(one["changes"])})
    return rows


def _row(number: int, name: str, worth: tuple[float, float], what: str, remark: str) -> Row:
    value, error = (float(part) for part in worth)
    text = f"{short(value)} ± {short(error)}"
    return {
        "kind": "bar", "row": number, "name": name, "what": what, "remark": remark, "text": text,
        "value": value, "error": error, "low": max(value - error, 0.0), "high": value + error,
    }  # fmt: skip


def drawn(inputs: Sequence[Worth], most: int = MOST) -> list[Worth]:
    """Return the inputs that are drawn, those worth most first."""
    return sorted((one for one in inputs if one["value"] > 0.0), key=lambda one: -one["value"])[:most]


def value_of_information_alt(inputs: Sequence[Worth], perfect: tuple[float, float], *, unit: str = "USD", most: int = MOST) -> str:
    """Return the picture in words."""
    found = drawn(inputs, most)
    spoken = [
        f"{one['label']} {short(one['value'])} (± {short(one['error'])}), turns the choice in {chance(one['changes'])}" for one in found
    ]
    tail = f"; by input: {joined(spoken)}" if found else "; no single input is worth finding out"
    return f"What it is worth to know before deciding, in {unit}: perfect information {short(perfect[0])} (± {short(perfect[1])}){tail}."
