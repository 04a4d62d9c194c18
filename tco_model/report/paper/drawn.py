"""Turns the pictures of a paper into SVG, PNG and PDF, offline, in its own look."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tco_model.charts.render import to_png, to_svg
from tco_model.charts.theme import DARK, PAPER, PAPER_FONT, Theme
from tco_model.errors import Problem, ScenarioError
from tco_model.report.paper.document import Figure

PAPER_DARK = replace(DARK, font=PAPER_FONT)
_ID = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')


def need(module: str, package: str, what: str) -> Any:
    """Return a module that a format needs.

    Raises:
        ScenarioError: it is not installed; says the command that adds it.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise ScenarioError(
            Problem(f"{what} needs the package {package}, which is not installed", f"python -m pip install {package}")
        ) from None


def svg(figure: Figure, theme: Theme = PAPER) -> str:
    """Return a picture as SVG text; errors as in `need`."""
    need("vl_convert", "vl-convert-python", "a picture")
    return to_svg(figure.picture.spec(theme), figure.picture.rows)


def png(figure: Figure, scale: float = 2.0) -> bytes:
    """Return a picture as PNG, `scale` dots to the pixel; errors as in `need`."""
    need("vl_convert", "vl-convert-python", "a picture")
    return to_png(figure.picture.spec(PAPER), figure.picture.rows, scale=scale)


def pdf(figure: Figure) -> bytes:
    """Return a picture as a PDF page of its own size, its fonts inside; errors as in `need`."""
    converter = need("vl_convert", "vl-convert-python", "a picture")
    return bytes(converter.svg_to_pdf(svg(figure)))


def own_ids(text: str, prefix: str) -> str:
    """Return an SVG whose ids begin with a prefix, so that several can stand in one page."""
    return _ID.sub(lambda found: f"{found[1]}{prefix}-{found[2]}", text)
