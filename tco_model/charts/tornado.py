"""Turns how far each input moves a figure into a tornado: the inputs sorted by their swing, both ends labelled with the input's value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from tco_model.charts.base import Row, Spec, amount, band, bar_text, chart, layer, row_names, told
from tco_model.charts.numbers import EXACT, counted, joined, named, share, short
from tco_model.charts.theme import Theme

STEP = 44.0
"""From one bar to the next [pixel]."""
ROOM = 98
"""On either side, for the input's value at the end of a bar [pixel]."""
MOST = 12
"""Inputs that are drawn; the rest is counted."""
LOW, HIGH = "input at its P10", "input at its P90"


class Swing(TypedDict):
    """What one input does when it is held at its low and at its high end in all futures."""

    label: str
    group: str
    """The driver it belongs to, such as demand or compute."""
    unit: str
    low_value: float
    high_value: float
    low: float
    """The figure with the input at its low end."""
    high: float


def tornado_spec(theme: Theme, *, unit: str = "USD", figure: str = "present value of cost", turn: str = "") -> Spec:
    """Return the specification.

    Args:
        theme: colours and font.
        unit: of the figure.
        figure: what is moved, in words.
        turn: what lies beyond 0, in words, where the figure is a gap that decides; empty where 0 means nothing.
    """
    x = amount("x", f"{figure[:1].upper()}{figure[1:]} [{unit}]", room=(ROOM, ROOM))
    ends: Spec = {
        "field": "end",
        "type": "nominal",
        "scale": {"domain": [LOW, HIGH], "range": [theme.better, theme.worse]},
        "legend": {"title": None, "orient": "top", "symbolType": "square", "direction": "horizontal", "labelLimit": 240, "offset": 6},
    }
    exact = [
        told("name", "Input"),
        told("group", "Driver"),
        told("end", "Held"),
        told("value_text", "Value"),
        told("x2", f"Mean then [{unit}]", EXACT),
    ]
    small = theme.font_size - 1
    layers = [
        layer(
            "bar", {"type": "bar", "height": {"band": 0.9}}, {"x": x, "x2": {"field": "x2"}, "y": band(), "color": ends, "tooltip": exact}
        ),
        layer("base", {"type": "rule", "color": theme.text, "strokeWidth": 1.2}, {"x": x}),
        layer(
            "base",
            {"type": "text", "baseline": "top", "dy": 5, "fontWeight": "bold"},
            {"x": x, "y": {"value": "height"}, "text": {"field": "text"}},
        ),
        bar_text(x, "right", fontSize=small),
        bar_text(x, "left", before=True, fontSize=small),
        *row_names(theme, "name", remark=True),
    ]
    axis = x["axis"] | {"offset": 20}
    layers[0]["encoding"]["x"] = x | {"axis": axis}
    dashed = layer("turn", {"type": "rule", "color": theme.muted, "strokeDash": [5, 3], "strokeWidth": 1.4}, {"x": x})
    note = f"Dashed line: {turn}." if turn else ""
    return chart(theme, [dashed, *layers] if turn else layers, height={"step": STEP}, note=note, resolve={"axis": {"x": "shared"}})


def tornado_rows(inputs: Sequence[Swing], base: float, *, grouped: bool = False, turn: bool = False, most: int = MOST) -> list[Row]:
    """Return the rows.

    Args:
        inputs: in any order; they are sorted by swing, the largest first.
        base: the figure with nothing held.
        grouped: keep the inputs of one driver together, drivers by their largest swing.
        turn: draw the line at 0.
        most: inputs drawn.
    """
    rows: list[Row] = [{"kind": "base", "x": base, "text": f"now {short(base)}"}]
    if turn:
        rows.append({"kind": "turn", "x": 0.0})
    for number, one in enumerate(shown(inputs, grouped=grouped, most=most)):
        own: Row = {"row": number, "name": one["label"], "remark": one["group"], "group": one["group"]}
        rows.append({"kind": "name"} | own)
        ends = [(LOW, one["low"], _spelled(one["low_value"], one["unit"])), (HIGH, one["high"], _spelled(one["high_value"], one["unit"]))]
        ends.sort(key=lambda end: -abs(end[1] - base))
        rows += [{"kind": "bar", "x": base, "x2": figure, "end": end, "value_text": text} | own for end, figure, text in ends]
        rows += [row | own for row in _labels(ends, base)]
    return rows


def _labels(ends: Sequence[tuple[str, float, str]], base: float) -> list[Row]:
    """Return the labels of both ends: on either side, or one after the other where both lie on the same side."""
    (_, far, far_text), (_, near, near_text) = ends
    if (far - base) * (near - base) > 0.0:
        side = "right" if far > base else "left"
        both = [near_text, far_text] if side == "right" else [far_text, near_text]
        return [{"kind": side, "x": far, "text": " · ".join(both)}]
    right_first = far > near or (far == near and ends[0][0] == HIGH)
    return [
        {"kind": "right" if right_first else "left", "x": far, "text": far_text},
        {"kind": "left" if right_first else "right", "x": near, "text": near_text},
    ]


def shown(inputs: Sequence[Swing], *, grouped: bool = False, most: int = MOST) -> list[Swing]:
    """Return the inputs that are drawn, largest swing first; those of one driver together where grouped. What moves nothing is left out."""
    found = sorted((one for one in inputs if _swing(one) > 0.0), key=lambda one: -_swing(one))[:most]
    if grouped:
        order = list(dict.fromkeys(one["group"] for one in found))
        found.sort(key=lambda one: order.index(one["group"]))
    return found


def _swing(one: Swing) -> float:
    return abs(one["high"] - one["low"])


def _spelled(value: float, unit: str) -> str:
    if unit.startswith("%"):
        return f"{'−' if value < 0.0 else ''}{share(abs(value), 1).replace('.0%', '%')}{unit[1:]}"
    return f"{short(value)} {unit}".rstrip()


def tornado_alt(inputs: Sequence[Swing], base: float, *, unit: str = "USD", figure: str = "present value of cost", most: int = MOST) -> str:
    """Return the picture in words."""
    drawn = shown(inputs, most=most)
    spoken = [
        f"{one['label']} from {_spelled(one['low_value'], one['unit'])} to {_spelled(one['high_value'], one['unit'])}:"
        f" {short(one['low'])} to {short(one['high'])} {unit}"
        for one in drawn
    ]
    rest = len(inputs) - len(drawn)
    tail = f". It is moved less or not at all by {counted(rest, 'more input')}" if rest else ""
    return f"How far each input moves {named(figure)}, now {short(base)} {unit}, largest first: {joined(spoken)}{tail}."
