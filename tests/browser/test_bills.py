"""The Bills page as its readers meet it: every tab opened on a year of bills, a statement taken away, everything readable everywhere."""

from __future__ import annotations

import csv
import re
import shutil
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pypdf import PdfReader

from tco_model.finops.starter import STARTER
from tests.browser.conftest import ROOT, WAIT, Front, running, settled
from tests.browser.test_looks import OURS

pytestmark = pytest.mark.browser
TABS = ("Spend", "Who bears it", "Statements", "Tags", "Unit costs")
FIRST = 2 * WAIT
"""For the first query of a page [millisecond]."""
TRIES = 6


@pytest.fixture(scope="module")
def place(sample_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The front end on a small decision and a year of bills."""
    folder = tmp_path_factory.mktemp("decisions")
    (folder / "small.yaml").write_bytes((ROOT / "tests" / "data" / "small.yaml").read_bytes())
    shutil.copytree(sample_year, folder / "bills")
    (folder / "bills" / "allocation.yaml").write_text(STARTER)
    with running([sys.executable, "-m", "tco_model", "app", str(folder), "--no-browser", "--port"]) as address:
        yield Front(address, folder)


def visited(page: Page, place: Front) -> Page:
    page.set_default_timeout(FIRST)
    page.goto(f"{place.address}/bills?decision=small")
    expect(page.locator(".tco").first).to_be_visible(timeout=FIRST)
    settled(page)
    return page


def turned(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    expect(page.get_by_role("tabpanel", name=tab).locator(".tco").first).to_be_visible(timeout=FIRST)
    settled(page)


def chosen(page: Page, label: str, value: str) -> None:
    """Choose from a list; one that a late answer of the page has closed again is opened again."""
    for _ in range(TRIES):
        page.get_by_role("combobox", name=re.compile(label)).click()
        try:
            page.get_by_role("option", name=value, exact=True).click(timeout=WAIT / TRIES)
            break
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
    settled(page)


def test_a_statement_is_opened_and_taken_away(browser: Browser, place: Front, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = visited(context.new_page(), place)
    turned(page, "Statements")
    chosen(page, "Month", "2026-08")
    chosen(page, "Owner", "support-eng")
    shown = page.get_by_role("tabpanel", name="Statements").inner_text()
    amount = re.search(r"([\d,]+\.\d\d) USD in 2026-08", shown)
    assert amount and "cost per resolved case" in shown
    files: dict[str, Path] = {}
    for kind in ("PDF", "Word", "HTML", "CSV"):
        with page.expect_download(timeout=FIRST) as waited:
            page.get_by_role("button", name=kind, exact=True).click()
        files[kind] = tmp_path / waited.value.suggested_filename
        waited.value.save_as(files[kind])
    assert {path.name for path in files.values()} == {f"statement-2026-08-support-eng.{end}" for end in ("pdf", "docx", "html", "csv")}
    assert amount[1] in "".join(one.extract_text() for one in PdfReader(files["PDF"]).pages)
    assert amount[1] in files["HTML"].read_text(encoding="utf-8")
    rows = list(csv.DictReader(files["CSV"].read_text(encoding="utf-8").splitlines()))
    assert f"{sum(Decimal(row['amount']) for row in rows):,.2f}" == amount[1]
    context.close()


def test_a_unit_cost_is_held_against_a_decision(browser: Browser, place: Front) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = visited(context.new_page(), place)
    turned(page, "Unit costs")
    panel = page.get_by_role("tabpanel", name="Unit costs")
    chosen(page, "Held against", "small")
    expect(panel.get_by_text("the model's range over all months").first).to_be_visible(timeout=FIRST)
    assert any("foresaw" in text for text in panel.locator("svg text").all_text_contents())
    chosen(page, "Look closer at", "gateway request")
    expect(panel.get_by_text("By size of the request")).to_be_visible(timeout=FIRST)
    assert "64k and more" in panel.inner_text()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_every_tab_keeps_its_frame_and_can_be_read(browser: Browser, place: Front, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = visited(context.new_page(), place)
    found: list[str] = []
    for tab in TABS:
        turned(page, tab)
        assert page.get_by_test_id("stException").count() == 0, tab
        assert page.get_by_role("tabpanel", name=tab).locator("[data-testid=stAlertContentError]").count() == 0, tab
        wide = page.get_by_test_id("stMain").evaluate("frame => frame.scrollWidth - frame.clientWidth")
        assert wide <= 1, f"{tab} is {wide} px wider than its screen"
        told = Axe().run(page, context="[data-testid=stMain]", options={"runOnly": {"type": "rule", "values": list(OURS)}})
        found += [f"{tab}: {one['id']}: {node['html'][:160]}" for one in told.response["violations"] for node in one["nodes"]]
    context.close()
    assert found == []
