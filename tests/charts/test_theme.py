"""Colours are told apart by everyone, and every text can be read, in light and in dark."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tco_model.charts.theme import CATEGORIES, LEAST_CONTRAST, OKABE_ITO, SHAPES, THEMES, Theme, channels, contrast, ink_on, linear, mix

MACHADO = {
    "normal vision": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
"""On linear RGB, severity 1: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes (2009), A Physiologically-based Model for Simulation of
Color Vision Deficiency, IEEE TVCG 15(6), table of supplementary material."""
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
"""Linear sRGB to CIE XYZ, D65: IEC 61966-2-1."""
WHITE = TO_XYZ @ np.ones(3)
FLOOR, STACK_FLOOR = {"normal vision": 25.0} | dict.fromkeys(("protanopia", "deuteranopia", "tritanopia"), 15.0), 15.0
"""Least CIELAB distance (CIE 1976); 2.3 is just noticeable (Mahy et al. 1994)."""
FIRST = 7
"""Options on one chart whose colours are promised to differ; shapes and names tell the rest."""
AA = 4.5
"""Of text against its background: WCAG 2.2, 1.4.3."""


def lab(colour: str, vision: str = "normal vision") -> np.ndarray:
    """CIELAB of a colour as it is seen."""
    light = MACHADO[vision] @ np.array([linear(channel) for channel in channels(colour)])
    ratio = TO_XYZ @ np.clip(light, 0.0, 1.0) / WHITE
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def distance(one: str, other: str, vision: str = "normal vision") -> float:
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


@pytest.mark.parametrize(
    "colour, known", [("#FF0000", (53.24, 80.09, 67.20)), ("#0000FF", (32.30, 79.19, -107.86)), ("#FFFFFF", (100, 0, 0))]
)
def test_the_ruler_gives_the_published_lab_of_primaries(colour: str, known: tuple[float, float, float]) -> None:
    assert lab(colour) == pytest.approx(known, abs=0.03)


def test_the_simulation_keeps_greys_and_merges_what_is_known_to_merge() -> None:
    for vision in MACHADO:
        assert distance("#808080", "#808080", vision) == 0.0
        assert np.abs(lab("#808080", vision)[1:]).max() < 1.5
    assert distance("#FF0000", "#008000") > 100
    assert distance("#D73027", "#7F7F00", "protanopia") < distance("#D73027", "#7F7F00") / 2


@pytest.mark.parametrize("vision", MACHADO)
def test_colours_of_options_stay_apart(vision: str) -> None:
    for one, other in combinations(OKABE_ITO[:FIRST], 2):
        assert distance(one, other, vision) >= FLOOR[vision], (one, other)


@pytest.mark.parametrize("vision", MACHADO)
def test_neighbours_in_a_stack_stay_apart(vision: str) -> None:
    for one, other in combinations(CATEGORIES, 2):
        assert distance(one, other, vision) > STACK_FLOOR, (one, other)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("vision", MACHADO)
def test_better_and_worse_and_the_middle_stay_apart(theme: Theme, vision: str) -> None:
    for one, other in combinations((theme.better, theme.worse, theme.middle), 2):
        assert distance(one, other, vision) >= 20.0, (one, other)


def test_the_floor_would_catch_red_and_green() -> None:
    assert distance("#D62728", "#2CA02C", "deuteranopia") < distance("#D62728", "#2CA02C") / 2
    assert distance("#A52A2A", "#556B2F", "deuteranopia") < FLOOR["normal vision"]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_and_marks_can_be_seen(theme: Theme) -> None:
    assert contrast(theme.text, theme.background) >= 7.0
    assert contrast(theme.muted, theme.background) >= AA
    assert contrast(theme.text, theme.soft) >= AA
    for colour in (*theme.options, *theme.categories):
        assert contrast(theme.edge(colour), theme.background) >= LEAST_CONTRAST
        assert contrast(ink_on(colour), colour) >= AA
    for colour in (theme.better, theme.worse):
        assert contrast(colour, theme.background) >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_an_edge_is_the_colour_itself_where_that_is_enough_and_no_more_than_needed_elsewhere(theme: Theme) -> None:
    for colour in theme.options:
        edge = theme.edge(colour)
        if contrast(colour, theme.background) >= LEAST_CONTRAST:
            assert edge == colour
        else:
            assert contrast(edge, theme.background) < LEAST_CONTRAST + 0.2


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#FFFFFF") == contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005), "the well-known grey that just fails"
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005), "and the one that just passes"


def test_mixing_ends_at_both_colours() -> None:
    assert mix("#102030", "#FFFFFF", 0.0) == "#102030"
    assert mix("#102030", "#FFFFFF", 1.0) == "#FFFFFF"
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"


def test_one_colour_and_one_shape_an_option_as_in_the_terminal() -> None:
    from tco_model.exporters.terminal import OPTION_COLOURS

    assert len(set(OKABE_ITO)) == len(set(SHAPES)) == len(OKABE_ITO) == len(SHAPES)
    assert [colour.upper() for colour in OPTION_COLOURS] == [colour.upper() for colour in OKABE_ITO[: len(OPTION_COLOURS)]]
