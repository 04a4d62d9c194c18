"""Every chart is valid by the published grammar, and what is drawn offline holds its texts, whatever the names are."""

from __future__ import annotations

import copy
import re
import struct
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

import pytest

from tco_model.charts.base import DATA, NARROW
from tco_model.charts.render import ready, to_png, to_svg, with_fallback
from tco_model.charts.theme import DARK, LIGHT, PAPER, THEMES, Theme
from tests.charts.gallery import CHARTS, Drawn, gallery

vl_convert = pytest.importorskip("vl_convert")
SVG = "{http://www.w3.org/2000/svg}"
PHONE, COLUMN = 340, 640
HOSTILE = (
    ("</script><script>alert(1)</script>", 'it\'s "quoted" \\ and `ticked`', "datum.x"),
    ("a[0].b['c']", "two\nlines", "x" * 200),
    ("${width}", "{{signal}}", "<b>&amp;</b>"),
    ('a\\": 1/0, "b', "c\u2028d", "'] || ['"),
)


def svg(name: str, theme: Theme = LIGHT, width: int = COLUMN, drawn: Drawn | None = None) -> ElementTree.Element:
    held = drawn or gallery()[name]
    return ElementTree.fromstring(to_svg(held.spec(theme), held.rows, width=width, alt=held.alt))


def texts(root: ElementTree.Element) -> list[str]:
    """What can be read in the picture; a text on several lines is one."""
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", CHARTS)
def test_a_specification_is_valid_and_a_wrong_one_is_not(name: str) -> None:
    altair = pytest.importorskip("altair")
    drawn = gallery()[name]
    for theme in THEMES:
        altair.Chart.from_dict(ready(drawn.spec(theme), drawn.rows), validate=True)
    broken = copy.deepcopy(drawn.spec(LIGHT))
    layers = broken["spec"]["layer"] if "facet" in broken else broken["layer"]
    layers[0]["mark"] = {"type": "no such mark"}
    with pytest.raises(Exception, match="no such mark"):
        altair.Chart.from_dict(broken, validate=True)


@pytest.mark.parametrize("name", CHARTS)
def test_the_specification_is_free_of_rows_and_the_same_each_time(name: str) -> None:
    drawn = gallery()[name]
    first, second = drawn.spec(DARK), drawn.spec(DARK)
    assert first == second
    assert first["data"] == {"name": DATA} and "datasets" not in first
    to_svg(first, drawn.rows)
    assert first == second, "drawing changes nothing of what the page keeps"


@pytest.mark.parametrize("width", [PHONE, COLUMN])
@pytest.mark.parametrize("name", CHARTS)
def test_names_and_axis_texts_are_drawn(name: str, width: int) -> None:
    found = texts(svg(name, PAPER, width))
    assert len(found) >= 8
    for wanted in gallery()[name].names:
        assert any(wanted in text for text in found), wanted
    assert not any(re.search(r"undefined|NaN|null|\[object", text) for text in found)


@pytest.mark.parametrize("name", CHARTS)
def test_every_text_ends_in_a_font_that_is_there(name: str) -> None:
    families = [node.get("font-family", "") for node in svg(name).iter(f"{SVG}text")]
    assert families and all(family.endswith("sans-serif") for family in families)


def test_a_font_that_is_absent_costs_no_text() -> None:
    """The trap: the converter draws nothing at all in a family it does not find."""
    held = gallery()["chance_best"]
    spec = held.spec(LIGHT)
    spec = spec | {"config": spec["config"] | {"font": "No Such Family"}}
    bare = vl_convert.vegalite_to_svg(spec | {"width": 400, "datasets": {DATA: held.rows}, "params": [{"name": "narrow", "value": False}]})
    assert "sans-serif" not in bare
    found = svg("", drawn=Drawn(lambda theme: spec, held.rows, "", ()))
    assert any("62%" in text for text in texts(found))
    assert {node.get("font-family") for node in found.iter(f"{SVG}text")} == {"No Such Family, sans-serif"}


def test_the_fallback_reaches_fonts_at_any_depth_and_leaves_the_rest() -> None:
    given: dict[str, Any] = {"a": [{"labelFont": "X"}, 3], "font": "Y, serif", "mark": {"font": {"expr": "f"}}}
    assert with_fallback(given) == {"a": [{"labelFont": "X, sans-serif"}, 3], "font": "Y, serif", "mark": {"font": {"expr": "f"}}}


def test_a_png_holds_ink() -> None:
    held = gallery()["s_curve"]
    full, empty = (to_png(held.spec(LIGHT), rows, width=COLUMN, scale=1.0) for rows in (held.rows, []))
    width, _ = struct.unpack(">II", full[16:24])
    assert abs(width - COLUMN) <= 12
    assert len(full) > 1.5 * len(empty)


@pytest.mark.parametrize("name", CHARTS)
def test_a_picture_asks_nothing_of_the_network(name: str) -> None:
    held = gallery()[name]
    text = to_svg(held.spec(LIGHT), held.rows, alt=held.alt)
    without_names_of_grammars = text.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")
    assert not re.search(r"https?:|//[a-z]+\.|@import|<image|<script", without_names_of_grammars)


@pytest.mark.parametrize("names", HOSTILE, ids=["markup", "paths", "templates", "escapes"])
@pytest.mark.parametrize("name", CHARTS)
def test_names_are_drawn_as_text_and_never_read_as_anything_else(name: str, names: tuple[str, str, str]) -> None:
    held = gallery(names)[name]
    root = svg(name, drawn=held)
    seen = [re.sub(r"\s+", "", text) for text in texts(root)]
    for wanted in held.names:
        start = re.sub(r"\s+", "", wanted)[:14]
        assert any(start in text for text in seen), wanted
    assert not list(root.iter(f"{SVG}script")) and not list(root.iter(f"{SVG}b"))


@pytest.mark.parametrize("name", CHARTS)
def test_no_name_stands_in_an_expression(name: str) -> None:
    """Names may be titles and data; what is evaluated is the same for all names."""
    marks = ("OPTION_ONE", "OPTION_TWO", "OPTION_THREE")
    assert list(expressions(gallery(marks)[name].spec(LIGHT))) == list(expressions(gallery()[name].spec(LIGHT)))
    assert not any(mark in text for text in expressions(gallery(marks)[name].spec(LIGHT)) for mark in marks)


def expressions(part: Any) -> Iterable[str]:
    """All that Vega would evaluate: `expr`, `labelExpr`, `calculate`, and tests and filters given as text."""
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and (key.lower().endswith("expr") or key in ("calculate", "filter", "test", "signal")):
                yield value
            yield from expressions(value)
    elif isinstance(part, list):
        for value in part:
            yield from expressions(value)


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "held_out"])
@pytest.mark.parametrize("width", [PHONE, COLUMN])
def test_a_picture_is_as_wide_as_asked_and_gives_most_of_it_to_the_plot(name: str, width: int) -> None:
    root = svg(name, width=width)
    assert float(root.get("width", "0")) == pytest.approx(width, abs=12)
    plot = next(node for node in root.iter(f"{SVG}path") if node.get("class") == "background" and "h" in node.get("d", ""))
    match = re.search(r"h([\d.]+)v", plot.get("d", ""))
    assert match and float(match[1]) >= 0.6 * width


def test_on_a_narrow_plot_names_stand_below_it_in_the_order_of_the_ends() -> None:
    held = gallery()["monthly_cost"]
    for width in (PHONE, COLUMN):
        root = svg("monthly_cost", width=width)
        nodes = [node for node in root.iter(f"{SVG}text") if node.text in held.names]
        assert len(nodes) == 3, "each name once"
        shifts = [[float(number) for number in re.findall(r"-?[\d.]+", node.get("transform", ""))] for node in nodes]
        assert len({across for across, *_ in shifts}) == 1
        assert (shifts[0][0] < 40) == (width < NARROW)
    heights = [float(svg("monthly_cost", width=width).get("height", "0")) for width in (PHONE, COLUMN)]
    assert heights[0] - heights[1] > 2 * 17


@pytest.mark.parametrize("names", HOSTILE, ids=["markup", "paths", "templates", "escapes"])
def test_a_picture_is_told_to_those_who_cannot_see_it(names: tuple[str, str, str]) -> None:
    held = gallery(names)["chance_best"]
    root = svg("", drawn=held)
    assert root.get("role") == "img"
    assert root.get("aria-label") == held.alt
