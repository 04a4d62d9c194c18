"""The Bills page through the test driver: every tab says what the library says, and computes nothing before it is opened."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tco_model.finops.books import open_books
from tco_model.finops.metadata import EVERY, comply
from tco_model.finops.starter import STARTER
from tco_model.finops.statements import states
from tco_model.report.format import percent, short_number
from tco_model.report.paper.statement import money

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def bills(sample_year: Path, tmp_path: Path) -> Path:
    """A copy of the year with the starter file beside it."""
    place = tmp_path / "bills"
    shutil.copytree(sample_year, place)
    (place / "allocation.yaml").write_text(STARTER)
    return place


@pytest.fixture
def opened(bills: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """Opens the page on the bills, at a tab."""
    folder = bills.parent / "decisions"
    folder.mkdir()
    shutil.copy(ROOT / "tests" / "data" / "small.yaml", folder)
    monkeypatch.setattr(sys, "argv", ["main.py", str(folder), str(bills)])
    monkeypatch.syspath_prepend(str(ROOT))

    def at(tab: str) -> AppTest:
        front = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=120)
        front.session_state["bills-tab"] = tab
        front.switch_page("views/bills.py").run()
        assert not front.exception
        return front

    return at


def said(front: AppTest) -> str:
    """Everything that can be read on the page, tables among it."""
    texts = [str(one.value) for kind in (front.markdown, front.caption, front.info, front.error) for one in kind]
    texts += [str(one.proto.body) for one in front.get("html")]
    return re.sub(r"\s+", " ", "\n".join(texts).replace("\\", ""))


def test_a_closed_tab_computes_nothing(opened: Callable[[str], AppTest]) -> None:
    front = opened("Spend")
    made = {name.removeprefix("bills/") for name in front.session_state["ledger"].held}
    assert {name for name in made if not name.startswith("spend/")} == {"tag keys", "currencies"} and len(made) == 3


def test_who_bears_it_shows_coverage_and_what_nobody_owns(opened: Callable[[str], AppTest], bills: Path) -> None:
    shown = said(opened("Who bears it"))
    found = open_books(bills, bills / "allocation.yaml").found
    assert percent(found.coverage) in shown and "crawl 70%" in shown
    assert "Share of the cost that is allocated, by month" in shown
    assert found.in_month("2026-09").coverage != found.coverage
    assert short_number(float(found.items[0].amount)) in shown and found.items[0].account in shown


def test_a_statement_is_that_of_its_owner_and_month(opened: Callable[[str], AppTest], bills: Path) -> None:
    front = opened("Statements")
    front.selectbox(key="bills-month").set_value("2026-08").run()
    front.selectbox(key="bills-owner").set_value("support-eng").run()
    assert not front.exception
    books = open_books(bills, bills / "allocation.yaml")
    (one,) = (one for one in states(books.charges, books.rules, books.usage, "2026-08").statements if one.owner == "support-eng")
    shown = said(front)
    assert money(one.total) in shown and "cost per resolved case" in shown
    assert all(money(amount) in shown for _, amount in one.services)
    assert [button.label for button in front.get("download_button")][-4:] == ["PDF", "Word", "HTML", "CSV"]


def test_tags_are_shown_over_time_and_by_owner(opened: Callable[[str], AppTest], bills: Path) -> None:
    front = opened("Tags")
    books = open_books(bills, bills / "allocation.yaml")
    found = comply(books.charges, books.rules)
    assert percent(found.share(EVERY) or 0) in said(front)
    front.selectbox(key="bills-tags-owner").set_value("ml-research").run()
    assert not front.exception
    assert "ml-serving" in said(front) and "Share of the usage cost with an allowed value: ml-research" in said(front)


def test_a_unit_cost_is_shown_with_its_formula_its_sizes_and_what_a_decision_foresaw(opened: Callable[[str], AppTest], bills: Path) -> None:
    front = opened("Unit costs")
    books = open_books(bills, bills / "allocation.yaml")
    shown = said(front)
    for one in books.metrics:
        assert one.name in shown and one.value is not None and short_number(one.value) in shown
    front.selectbox(key="bills-metric").set_value("gateway request").run()
    (banded,) = (one for one in books.metrics if one.bands)
    assert banded.bands is not None
    shown = said(front)
    assert banded.formula in shown and all(band.name in shown for band in banded.bands.bands)
    front.selectbox(key="bills-metric").set_value("cost per resolved case").run()
    front.selectbox(key="bills-against").set_value("small").run()
    assert not front.exception
    assert "the model's range" in said(front) and "A small decision" in said(front)
    front.selectbox(key="bills-metric").set_value("cost per search").run()
    assert not front.exception
    assert "per case" in said(front)


def test_without_an_allocation_file_the_page_says_how_to_begin(opened: Callable[[str], AppTest], bills: Path) -> None:
    (bills / "allocation.yaml").unlink()
    front = opened("Tags")
    assert "tco allocate --starter" in str(front.code[0].value)


def test_what_is_wrong_with_the_allocation_file_stands_in_its_tab(opened: Callable[[str], AppTest], bills: Path) -> None:
    (bills / "allocation.yaml").write_text(STARTER.replace("per: distinct,", "per: distinkt,"))
    front = opened("Unit costs")
    assert "distinct" in front.error[0].value
    assert len(opened("Spend").error) == 0
