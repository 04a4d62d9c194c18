"""The front end through its own test driver: pages run, and what they say is what the library says."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import tco_model.api as tco
from tco_model.report.report import make_report

ROOT = Path(__file__).parents[2]
VIEWS = sorted(path.name for path in (ROOT / "app" / "views").glob("*.py"))
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The front end on a folder with the small scenario."""
    (tmp_path / "small.yaml").write_bytes((ROOT / "tests" / "data" / "small.yaml").read_bytes())
    monkeypatch.setattr(sys, "argv", ["main.py", str(tmp_path)])
    monkeypatch.syspath_prepend(str(ROOT))
    return AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60)


def said(front: AppTest) -> str:
    """All text of the page, unescaped."""
    return "\n".join(str(one.value) for one in front.markdown).replace("\\", "")


def test_the_first_sentence_is_the_librarys(front: AppTest) -> None:
    front.run()
    assert not front.exception
    wanted = make_report(tco.simulate(tco.load(ROOT / "tests" / "data" / "small.yaml"))).answer[0]
    assert wanted in said(front)


def test_a_moved_slider_says_what_the_library_says_with_that_value(front: AppTest) -> None:
    front.run()
    slider = next(one for one in front.select_slider if str(one.key).startswith("slide:"))
    name = str(slider.key).removeprefix("slide:")
    desk = front.session_state["desk"]
    found = desk.what_if.sliders(desk.move).of([name])[0]
    value = found.positions[-1]
    slider.set_value(value).run()
    assert not front.exception
    literal = found.literal(value)
    assert literal is not None
    changed = make_report(tco.simulate(tco.load(ROOT / "tests" / "data" / "small.yaml", {name: literal})))
    assert changed.answer[0] in said(front)
    next(one for one in front.button if one.label == "Undo").click().run()
    assert make_report(tco.simulate(tco.load(ROOT / "tests" / "data" / "small.yaml"))).answer[0] in said(front)


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_runs(front: AppTest, view: str) -> None:
    front.run()
    front.switch_page(f"views/{view}").run()
    assert not front.exception


def test_the_sample_bills_are_shown_with_their_total(front: AppTest) -> None:
    front.run()
    front.switch_page("views/bills.py").run()
    next(one for one in front.button if one.label.startswith("Show a year")).click().run()
    assert not front.exception
    assert any("invented" in str(one.value) for one in front.warning)
    front.selectbox(key="bills-by").set_value("tag:team").run()
    assert not front.exception
    shutil.rmtree(front.session_state["sample-bills"])
