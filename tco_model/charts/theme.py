"""Turns a look (light, dark, paper) into colours, fonts and the Vega-Lite configuration that all charts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
"""One colour an option, the same order everywhere: Okabe and Ito (2008), Color Universal Design, with grey for their black."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left")
"""One shape of point an option, so that colour never carries a meaning alone."""
CATEGORIES = ("#88CCEE", "#332288", "#DDCC77", "#117733", "#CC6677", "#44AA99", "#882255", "#999933")
"""Colours of what a cost is made of: P. Tol (2021), Colour schemes, "muted"; other hues than the options have."""
LEAST_CONTRAST = 3.0
"""Of a mark against its background: WCAG 2.2, 1.4.11. Where a colour has less, its edge is drawn darker or lighter."""
PAGE_FONT = "'Source Sans', 'Source Sans Pro', Arial, 'Liberation Sans', sans-serif"
PAPER_FONT = "Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
"""Font families with a generic one at the end: without it a picture made offline loses all its text, and says nothing. A family with
a digit in its name makes the converter measure every text too wide."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours and the font of one look; colours as ``#rrggbb``."""

    name: str
    background: str
    text: str
    muted: str
    """Of remarks, axis labels and rules: at least 4.5 to 1 against the background."""
    grid: str
    soft: str
    """Fill of a neutral area: bands, what is not known."""
    better: str
    worse: str
    middle: str
    """Of the map, at one half."""
    font: str
    font_size: int = 12
    options: tuple[str, ...] = OKABE_ITO
    categories: tuple[str, ...] = CATEGORIES

    def edge(self, colour: str) -> str:
        """Return the colour, moved towards the text's just as far as it takes to stand out from the background."""
        step = next((step for step in range(101) if contrast(mix(colour, self.text, step / 100), self.background) >= LEAST_CONTRAST), 100)
        return mix(colour, self.text, step / 100)

    def config(self) -> dict[str, Any]:
        """Return the Vega-Lite configuration.

        Marks are silent for screen readers: the picture is told as a whole, and the grammar would copy titles into expressions.
        """
        size, small = self.font_size, self.font_size - 1
        return {
            "background": self.background,
            "font": self.font,
            "view": {"stroke": None},
            "mark": {"aria": False},
            "axis": {
                "labelColor": self.muted,
                "labelFontSize": small,
                "titleColor": self.text,
                "titleFontSize": size,
                "titleFontWeight": "normal",
                "gridColor": self.grid,
                "domainColor": self.muted,
                "tickColor": self.muted,
                "labelOverlap": "greedy",
                "labelSeparation": 6,
            },
            "text": {"color": self.text, "fontSize": size},
            "title": {
                "color": self.text,
                "fontSize": size,
                "fontWeight": "normal",
                "subtitleColor": self.muted,
                "subtitleFontSize": small,
                "anchor": "start",
                "frame": "group",
                "offset": 12,
            },
            "header": {"labelColor": self.text, "labelFontSize": size, "labelFontWeight": "bold", "title": None, "labelAnchor": "start"},
            "legend": {
                "labelColor": self.text,
                "labelFontSize": small,
                "titleColor": self.text,
                "titleFontSize": size,
                "titleFontWeight": "normal",
            },
        }


LIGHT = Theme("light", "#FFFFFF", "#1F2430", "#5A6070", "#E4E6EB", "#ECEEF2", "#0072B2", "#D55E00", "#F4F4F2", PAGE_FONT)
DARK = Theme("dark", "#0E1117", "#F2F4F8", "#A9AFBD", "#2A2F3A", "#232833", "#56B4E9", "#E8833A", "#3A3F4B", PAGE_FONT)
PAPER = Theme("paper", "#FFFFFF", "#1F2430", "#5A6070", "#E4E6EB", "#ECEEF2", "#0072B2", "#D55E00", "#F4F4F2", PAPER_FONT)
THEMES = (LIGHT, DARK, PAPER)


def channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1 of ``#rrggbb``."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255.0 for place in (1, 3, 5))
    return red, green, blue


def linear(channel: float) -> float:
    """Return the light of an sRGB channel: IEC 61966-2-1, 0 to 1."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21: ``(L1 + 0.05) / (L2 + 0.05)``, WCAG 2.2."""
    lights = sorted(
        sum(weight * linear(part) for weight, part in zip((0.2126, 0.7152, 0.0722), channels(each), strict=True)) for each in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def mix(one: str, other: str, weight: float) -> str:
    """Return a colour between two, `weight` of the second."""
    parts = (round(255 * (first + weight * (second - first))) for first, second in zip(channels(one), channels(other), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*parts)


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on a colour."""
    return max("#000000", "#FFFFFF", key=lambda ink: contrast(ink, colour))
