"""Turns a specification and its rows into an SVG or PNG picture, offline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from xml.sax.saxutils import quoteattr

from tco_model.charts.base import IF_NARROW, NARROW, Row, Spec, with_rows

WIDTH = 720
"""Pixels, where the specification leaves the width to its container."""
VEGA_LITE = "6.4"
GENERIC = ("sans-serif", "serif", "monospace")


def to_svg(spec: Spec, rows: Sequence[Row], *, width: int = WIDTH, alt: str = "") -> str:
    """Return the picture as SVG text; `alt` becomes its label for screen readers.

    Raises:
        ModuleNotFoundError: vl-convert-python is not installed.
    """
    import vl_convert

    svg = vl_convert.vegalite_to_svg(ready(spec, rows, width=width), vl_version=VEGA_LITE, allowed_base_urls=[])
    return svg.replace("<svg ", f'<svg role="img" aria-label={quoteattr(alt)} ', 1) if alt else svg


def to_png(spec: Spec, rows: Sequence[Row], *, width: int = WIDTH, scale: float = 2.0) -> bytes:
    """Return the picture as PNG, `scale` dots to the pixel.

    Raises:
        ModuleNotFoundError: vl-convert-python is not installed.
    """
    import vl_convert

    return vl_convert.vegalite_to_png(ready(spec, rows, width=width), vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[])


def ready(spec: Spec, rows: Sequence[Row], *, width: int = WIDTH) -> Spec:
    """Return the specification with its rows, a width in pixels and fonts that fall back to one that is there."""
    held = with_rows(with_fallback(spec), rows)
    if held.get("width") == "container":
        held["width"] = width
        held["params"] = [{"name": IF_NARROW["name"], "value": width < NARROW}]
    return held


def with_fallback(spec: Spec) -> Spec:
    """Return a specification whose font families all end in a generic one.

    The converter drops every text whose family it does not find, and reports nothing.
    """
    return {key: _family(value) if key == "font" or key.endswith("Font") else _within(value) for key, value in spec.items()}


def _within(value: Any) -> Any:
    if isinstance(value, dict):
        return with_fallback(cast("Spec", value))
    return [_within(each) for each in cast("list[Any]", value)] if isinstance(value, list) else value


def _family(value: Any) -> Any:
    if not isinstance(value, str) or value.rstrip().endswith(GENERIC):
        return value
    return f"{value}, sans-serif"
