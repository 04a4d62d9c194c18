"""Turns layers into whole specifications: the shared skeleton, filters, axes, colours by place and tooltips."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from tco_model.charts.numbers import AXIS_LABEL, PERCENT_LABEL
from tco_model.charts.theme import SHAPES, Theme

Spec = dict[str, Any]
Row = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""The name of the grammar; nothing is fetched from it."""
DATA = "data"
"""The one dataset of every chart. Rows of one set say by `kind` which layer they belong to."""
NARROW = 480
"""Width below which a chart is narrow, as on a phone [pixel]: names at the right ends of lines move below the plot."""
IF_NARROW: Spec = {"name": "narrow", "expr": f"width >= 0 && containerSize()[0] > 0 && containerSize()[0] < {NARROW}"}
"""Asked of the element that holds the chart; it mentions the width so as to be asked again when that changes."""
TITLE_LETTERS, TITLE_LINES = 54, 3
"""Letters of a line of a title, so that it fits a phone, and the most lines."""
REMARK = 150
"""Room kept for the remark beside the name of a row of bars [pixel]."""


def chart(theme: Theme, layers: Sequence[Spec], *, height: float | Spec, title: str = "", note: str = "", **more: Any) -> Spec:
    """Return a whole specification that fills the width it is given; plot height in pixels."""
    spec: Spec = {
        "$schema": SCHEMA,
        "data": {"name": DATA},
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [IF_NARROW],
        "layer": list(layers),
        "config": theme.config(),
        "padding": 6,
    }
    return spec | heading(theme, title, note) | more


def panels(
    theme: Theme, layers: Sequence[Spec], *, width: float, height: float, columns: int, title: str = "", note: str = "", **more: Any
) -> Spec:
    """Return small multiples, one for each value of `panel` in the order of `place`; width and height of one plot in pixels."""
    spec: Spec = {
        "$schema": SCHEMA,
        "data": {"name": DATA},
        "facet": {
            "field": "panel",
            "type": "nominal",
            "sort": {"field": "panel_place", "op": "min"},
            "header": {"title": None, "labelLimit": width, "labelAnchor": "start", "labelExpr": "split(datum.value, '\\n')"},
        },
        "columns": columns,
        "spec": {"width": width, "height": height, "layer": list(layers)},
        "autosize": {"type": "pad", "contains": "padding"},
        "config": theme.config(),
        "padding": 6,
        "spacing": {"row": 18, "column": 14},
    }
    return spec | heading(theme, title, note) | more


def heading(theme: Theme, title: str, note: str = "") -> Spec:
    """Return the title that says what is drawn, with a quieter note below it, each sentence on a line of its own."""
    said = note.splitlines()
    if title:
        return {"title": {"text": title} | ({"subtitle": said} if said else {})}
    return {"title": {"text": said, "color": theme.muted, "fontSize": theme.font_size - 1}} if said else {}


def wrapped(title: str | None) -> str | list[str] | None:
    """Return a title on as many lines as it needs."""
    if title is None or len(title) <= TITLE_LETTERS:
        return title
    return textwrap.wrap(title, TITLE_LETTERS, max_lines=TITLE_LINES, placeholder=" …")


def with_rows(spec: Spec, rows: Sequence[Row]) -> Spec:
    """Return the specification with its rows inside, for a renderer or a file; the one given stays as it is."""
    return spec | {"datasets": {DATA: list(rows)}}


def only(*kinds: str) -> list[Spec]:
    """Return the transform that keeps the rows of these kinds."""
    return [{"filter": {"field": "kind", "oneOf": list(kinds)}}]


def layer(kind: str, mark: Spec, encoding: Spec, **more: Any) -> Spec:
    """Return a layer that draws the rows of one kind."""
    return {"transform": only(kind), "mark": mark, "encoding": encoding} | more


def amount(
    field: str, title: str | None, *, ticks: int = 6, tight: bool = False, room: tuple[float, float] | None = None, **more: Any
) -> Spec:
    """Return an axis of amounts, labelled 0, 2.5 M, −40 k.

    Args:
        field: of the rows.
        title: with its unit.
        ticks: about as many labels.
        tight: the axis ends where the rows end, so that labels can be placed by pixel.
        room: kept free of the axis on the left and on the right, for texts beside the ends of bars [pixel].
        more: anything else of the encoding.
    """
    axis: Spec = {"labelExpr": AXIS_LABEL, "tickCount": ticks, "grid": True, "domain": False, "ticks": False, "labelPadding": 6}
    axis |= _left(room)
    scale: Spec = {"scale": {"nice": False, "zero": True}} if tight else {"scale": _range(room)} if room else {}
    return {"field": field, "type": "quantitative", "title": wrapped(title), "axis": axis} | scale | more


def _left(room: tuple[float, float] | None) -> Spec:
    """Return where the title stands: at the left of the whole plot rather than in the middle of a shorter axis."""
    return {} if room is None else {"titleAlign": "left", "titleAnchor": "start", "titleX": 0}


def _range(room: tuple[float, float] | None) -> Spec:
    return {} if room is None else {"range": [room[0], {"expr": f"width - {room[1]}"}]}


def part(field: str, title: str | None, *, top: float | None = 1.0, room: tuple[float, float] | None = None) -> Spec:
    """Return an axis of shares from 0 on, labelled in percent; room as for amounts."""
    axis: Spec = {"labelExpr": PERCENT_LABEL, "tickCount": 5, "grid": True, "domain": False, "ticks": False, "labelPadding": 6}
    axis |= _left(room)
    scale: Spec = {"domain": [0, top]} if top is not None else {"zero": True, "nice": True}
    return {"field": field, "type": "quantitative", "title": wrapped(title), "axis": axis, "scale": scale | _range(room)}


def over_plot(encoding: Spec) -> Spec:
    """Set the title of an upright axis level above the plot, where it is read without turning the head."""
    axis = encoding["axis"] | {
        "titleAngle": 0,
        "titleAlign": "left",
        "titleBaseline": "bottom",
        "titleAnchor": "end",
        "titleX": 0,
        "titleY": -8,
    }
    return encoding | {"axis": axis}


def calendar(title: str | None = None) -> Spec:
    """Return the axis of months, `at` in milliseconds since 1970 UTC, so that no reader's clock moves a month."""
    axis: Spec = {"format": "%Y-%m", "tickCount": 6, "grid": False, "labelFlush": False, "title": title, "labelPadding": 4}
    return {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def tint(theme: Theme, colours: Sequence[str] | None = None) -> Spec:
    """Return the colour by `place`: the option's own, whatever it is called."""
    held = theme.options if colours is None else colours
    return {"field": "place", "type": "nominal", "scale": {"domain": list(range(len(held))), "range": list(held)}, "legend": None}


def edge(theme: Theme, colours: Sequence[str] | None = None) -> Spec:
    """Return the edge's colour by `place`, which stands out from the background where the colour itself does not."""
    held = theme.options if colours is None else colours
    return tint(theme, [theme.edge(colour) for colour in held])


def shape() -> Spec:
    """Return the shape of point by `place`."""
    return {"field": "place", "type": "nominal", "scale": {"domain": list(range(len(SHAPES))), "range": list(SHAPES)}, "legend": None}


def lines(theme: Theme, kind: str, encoding: Spec, *, width: float = 2.0) -> list[Spec]:
    """Return the lines of the options by `place`, on an edge that keeps pale colours visible."""
    under = layer(
        kind,
        {"type": "line", "strokeWidth": width + 1.4, "strokeJoin": "round"},
        encoding | {"stroke": edge(theme), "detail": {"field": "place", "type": "nominal"}},
    )
    over = layer(kind, {"type": "line", "strokeWidth": width, "strokeJoin": "round"}, encoding | {"color": tint(theme)})
    return [under, over]


def hover(kind: str, encoding: Spec, tooltip: Sequence[Spec]) -> Spec:
    """Return unseen points that tell the figures exactly."""
    return layer(kind, {"type": "point", "opacity": 0, "size": 120, "filled": True}, encoding | {"tooltip": list(tooltip)})


def told(field: str, title: str, number: str = "") -> Spec:
    """Return one entry of a tooltip; text unless a number format is given.

    The grammar copies titles of tooltips into an expression and escapes too little, so what could end a text there is left out.
    """
    safe = "".join(letter if letter.isprintable() and letter not in '"\\' else " " for letter in title)
    kind: Spec = {"type": "quantitative", "format": number} if number else {"type": "nominal"}
    return {"field": field, "title": safe} | kind


def band(**more: Any) -> Spec:
    """Return the upright place of a row of bars, by its number in `row`."""
    return {"field": "row", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.52, "paddingOuter": 0.46}} | more


def row_names(theme: Theme, kind: str, *, remark: bool = False) -> list[Spec]:
    """Return the names of the rows of bars, each above its bar, from the field `name`; a quieter `remark` on the right where there is one.

    Above the bars they leave the whole width to them, on a phone too. An edge in the background's colour keeps lines out of the letters.
    """
    high = {"y": band(bandPosition=0)}
    mark: Spec = {"type": "text", "align": "left", "baseline": "bottom", "dy": -3}
    limit: Spec = {"limit": {"expr": f"width - {REMARK}" if remark else "width"}}
    left: Spec = high | {"x": {"value": 0}, "text": {"field": "name"}}
    right: Spec = high | {"x": {"value": "width"}, "text": {"field": "remark"}}
    clear: Spec = {"stroke": theme.background, "strokeWidth": 4, "strokeJoin": "round"}
    quiet: Spec = {"align": "right", "fontSize": theme.font_size - 1, "color": theme.muted, "limit": REMARK - 10}
    names = [layer(kind, mark | limit | clear, left), layer(kind, mark | limit, left)]
    return names + ([layer(kind, mark | quiet | clear, right), layer(kind, mark | quiet, right)] if remark else [])


def bar_text(x: Spec, kind: str, *, before: bool = False, **mark: Any) -> Spec:
    """Return texts from the field `text` beside the ends of bars: after them, or before them."""
    side: Spec = {"align": "right", "dx": -6} if before else {"align": "left", "dx": 6}
    return layer(kind, {"type": "text", "baseline": "middle"} | side | mark, {"x": x, "y": band(), "text": {"field": "text"}})
