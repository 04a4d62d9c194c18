"""The monthly review as a team holds it in a browser: read, decided, taken away; every tab can be read on a desk and on a phone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.samples import write_sample
from tco_model.finops.books import open_books
from tco_model.finops.decisions import read_decisions
from tco_model.finops.review import review
from tco_model.report.review_answer import answer
from tests.browser.conftest import ROOT, WAIT, Front, running, settled
from tests.browser.test_looks import OURS

pytestmark = pytest.mark.browser
TABS = (
    "The month", "Forecast", "Budgets", "Why it changed", "Anomalies and idle", "Unit costs", "Stay or move", "Decisions", "Calibration",
)  # fmt: skip
LONG = 6 * WAIT
"""A review reads fifteen months of bills, a calibration simulates twice."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sample")
    write_sample(place)
    return place


@pytest.fixture
def front(tmp_path: Path, sample: Path) -> Iterator[Front]:
    """The front end on a shipped decision and a copy of the sample workspace."""
    (tmp_path / "decisions").mkdir()
    shutil.copy(ROOT / "scenarios" / "support_assistant.yaml", tmp_path / "decisions")
    shutil.copytree(sample, tmp_path / "bills", ignore=shutil.ignore_patterns("exports"))
    command = [sys.executable, "-m", "tco_model", "app", str(tmp_path / "decisions"), "--bills", str(tmp_path / "bills")]
    with running([*command, "--no-browser", "--port"]) as address:
        yield Front(address, tmp_path)


def entered(page: Page, front: Front, month: str = "") -> Page:
    page.set_default_timeout(LONG)
    page.goto(f"{front.address}/review" + (f"?month={month}" if month else ""))
    expect(page.get_by_role("tab").first).to_be_visible(timeout=LONG)
    calm(page)
    return page


def calm(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LONG)
    settled(page)


def at(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab, exact=True).click()
    page.wait_for_timeout(300)
    calm(page)


def test_a_month_is_read_a_decision_recorded_and_the_paper_taken_away(page: Page, front: Front) -> None:
    place = front.folder / "bills"
    entered(page, front)
    found = review(open_books(place, place / "allocation.yaml"), odd=False)
    assert page.locator("h3").first.inner_text() == answer(found)
    at(page, "Decisions")
    page.get_by_label("What is done").fill("Smaller vector index")
    page.get_by_label("Who does it").fill("support-eng")
    page.get_by_label("First month in which it must show").fill(found.month)
    page.get_by_label("What it saves a month", exact=False).fill("400")
    page.get_by_role("combobox", name="What it is about").click()
    page.keyboard.type("owner=support-eng")
    page.keyboard.press("Enter")
    page.get_by_label("Why", exact=True).fill("half of it is never read")
    page.get_by_role("button", name="Record the decision").click()
    wrong = page.get_by_test_id("stAlert").filter(has_text=f"cannot show in {found.month}")
    expect(wrong).to_be_visible(timeout=LONG)
    calm(page)
    assert len(read_decisions(place)) == 1, "nothing is written while something is wrong"
    page.get_by_label("First month in which it must show").fill("2027-02")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text(f"Recorded: decisions/{found.month}-01.yaml")).to_be_visible(timeout=LONG)
    calm(page)
    made = read_decisions(place)[-1].decision
    assert (made.title, made.due, made.expected, made.scope.owner) == ("Smaller vector index", "2027-02", "400.00", "support-eng")
    page.get_by_role("button", name="Take the review away").click()
    text = paper(page)
    assert f"Review of {found.month}" in text and "Smaller vector index" in text and "Stay or move" not in text
    page.get_by_test_id("stCheckbox").filter(has_text="With whether to stay or move").click()
    calm(page)
    text = paper(page)
    assert "Smaller vector index" in text and "Stay or move" in text and "Lever " in text


def paper(page: Page) -> str:
    """Take the review away as Markdown."""
    button = page.get_by_role("button", name="Review paper, Markdown")
    expect(button).to_be_visible(timeout=LONG)
    calm(page)
    with page.expect_download(timeout=LONG) as given:
        button.click()
    return Path(given.value.path()).read_text(encoding="utf-8").replace("\\", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_every_tab_keeps_its_frame_and_can_be_read(browser: Browser, front: Front, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = entered(context.new_page(), front, "2026-11")
    found: list[str] = []
    for tab in TABS:
        at(page, tab)
        assert page.get_by_test_id("stException").count() == 0, tab
        wide = page.get_by_test_id("stMain").evaluate("frame => frame.scrollWidth - frame.clientWidth")
        assert wide <= 1, f"{tab} is {wide} px wider than its screen"
        told = Axe().run(page, context="[data-testid=stMain]", options={"runOnly": {"type": "rule", "values": list(OURS)}})
        found += [f"{tab}: {one['id']}: {node['html'][:160]}" for one in told.response["violations"] for node in one["nodes"]]
    context.close()
    assert found == []
