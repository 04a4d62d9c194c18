"""Turns the parts of a difference into a waterfall: from one amount to another, the bars adding up to what lies between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco_model.charts.base import Row, Spec, amount, band, bar_text, chart, layer, row_names, told
from tco_model.charts.numbers import EXACT, joined, short, signed
from tco_model.charts.theme import Theme

STEP = 42.0
"""From one bar to the next [pixel]."""
ROOM = 78
"""On either side, for what a bar adds [pixel]."""
MORE, LESS, WHOLE = "adds", "takes away", "difference"


def waterfall_spec(theme: Theme, *, unit: str = "USD", more_is_worse: bool = True) -> Spec:
    """Return the specification. The axis starts at the first amount, so a small difference between large amounts keeps its true length.

    Args:
        theme: colours and font.
        unit: of the amounts.
        more_is_worse: the figure is a cost.
    """
    x = amount("x", f"Difference from the first [{unit}]", room=(ROOM, ROOM))
    colours = [theme.worse, theme.better, theme.muted] if more_is_worse else [theme.better, theme.worse, theme.muted]
    fill: Spec = {"field": "way", "type": "nominal", "scale": {"domain": [MORE, LESS, WHOLE], "range": colours}, "legend": None}
    exact = [
        told("name", "Part"),
        told("value", f"Adds [{unit}]", EXACT),
        told("so_far", f"Sum so far [{unit}]", EXACT),
        told("why", "Why"),
    ]
    here: Spec = {"x": x, "x2": {"field": "x2"}, "y": band()}
    layers = [
        layer("zero", {"type": "rule", "color": theme.muted}, {"x": x}),
        layer(
            "join",
            {"type": "rule", "color": theme.muted, "strokeWidth": 1},
            {"x": x, "y": band(bandPosition=0.5), "y2": {"field": "next_row", "bandPosition": 0.5}},
        ),
        layer("bar", {"type": "bar"}, here | {"color": fill, "tooltip": exact}),
        bar_text(x, "right"),
        bar_text(x, "left", before=True),
        *row_names(theme, "name", remark=True),
    ]
    return chart(theme, layers, height={"step": STEP})


def waterfall_rows(
    first: tuple[str, float], last: tuple[str, float], parts: Sequence[tuple[str, float]], *, why: Mapping[str, str] | None = None
) -> list[Row]:
    """Return the rows; parts that are 0 are left out.

    Args:
        first, last: name and amount at both ends.
        parts: name and what it adds, in the order drawn; they add up to the difference of the amounts.
        why: by name of a part, what it says for itself.

    Raises:
        ValueError: the parts do not add up.
    """
    difference = last[1] - first[1]
    missing = difference - sum(value for _, value in parts)
    if abs(missing) > 1e-9 * max(abs(first[1]), abs(last[1]), 1e-300):
        raise ValueError(f"the parts of a waterfall leave {missing:g} of {difference:g} unexplained")
    held = [(name, float(value)) for name, value in parts if value != 0.0]
    rows: list[Row] = [{"kind": "zero", "x": 0.0}, {"kind": "name", "row": 0, "name": first[0], "remark": short(first[1])}]
    so_far = 0.0
    for number, (name, value) in enumerate(held, start=1):
        reached = so_far + value
        told_of: Row = {"row": number, "name": name, "value": value, "so_far": reached, "why": (why or {}).get(name, "")}
        rows.append({"kind": "bar", "x": so_far, "x2": reached, "way": MORE if value > 0.0 else LESS} | told_of)
        rows.append(
            {
                "kind": "right" if value > 0.0 else "left",
                "x": reached,
                "row": number,
                "text": f"{'▲' if value > 0.0 else '▼'} {signed(value)}",
            }
        )
        rows.append({"kind": "name", "row": number, "name": name, "remark": ""})
        rows.append({"kind": "join", "x": so_far, "row": number - 1, "next_row": number})
        so_far = reached
    end = len(held) + 1
    rows.append({"kind": "join", "x": so_far, "row": end - 1, "next_row": end})
    rows.append(
        {
            "kind": "bar",
            "x": 0.0,
            "x2": difference,
            "way": WHOLE,
            "row": end,
            "name": last[0],
            "value": difference,
            "so_far": difference,
            "why": "",
        }
    )
    rows.append({"kind": "right" if difference >= 0.0 else "left", "x": difference, "row": end, "text": signed(difference)})
    return [*rows, {"kind": "name", "row": end, "name": last[0], "remark": short(last[1])}]


def waterfall_alt(first: tuple[str, float], last: tuple[str, float], parts: Sequence[tuple[str, float]], *, unit: str = "USD") -> str:
    """Return the picture in words."""
    spoken = [f"{name} {signed(value)}" for name, value in parts if value != 0.0]
    return (
        f"From {first[0]}, {short(first[1])} {unit}, to {last[0]}, {short(last[1])} {unit}: the difference of"
        f" {signed(last[1] - first[1])} {unit} is {joined(spoken) or 'nothing'}."
    )
