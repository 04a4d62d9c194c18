"""What readers do with the front end, in a real browser, against what the library and the command line say."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

import tco_model.api as tco
from tco_model.report.format import short_number
from tco_model.report.report import Report, make_report
from tco_model.report.what_if import Move, WhatIf
from tests.browser.conftest import ROOT, WAIT, Front, answer, opened, settled

pytestmark = pytest.mark.browser
SLIDERS = "[data-testid=stSidebar] [data-testid=stSlider]"


def library(front: Front, name: str = "small", **overrides: str) -> Report:
    """What the library says of a decision, with some fields set."""
    return make_report(tco.simulate(tco.load(front.folder / f"{name}.yaml", overrides)))


def cells(page: Page) -> str:
    return page.locator(".tco").first.inner_text()


def test_figures_on_the_page_are_those_of_the_command_line(page: Page, front: Front) -> None:
    opened(page, front, "support_assistant")
    command = [sys.executable, "-m", "tco_model", "compare", str(front.folder / "support_assistant.yaml"), "--json"]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    assert answer(page).inner_text() == told["answer"][0]
    shown = cells(page)
    for option in told["options"]:
        assert option["label"] in shown
        for figure in ("npv_cost", "total_cost", "cost_per_outcome"):
            held = option["figures"][figure]
            assert short_number(held["mean"]) in shown
            assert f"{short_number(held['p10'])} to {short_number(held['p90'])}" in shown


def test_a_slider_moved_by_the_keyboard_says_what_the_file_says_with_that_value(page: Page, front: Front) -> None:
    opened(page, front)
    what_if = WhatIf(tco.load(front.folder / "small.yaml"))
    sliders = what_if.sliders(Move())
    thumb = page.locator(f"{SLIDERS} input[type=range]").first
    name = (page.locator(SLIDERS).first.locator("label").first.inner_text()).split(" [")[0]
    slider = next(one for one in sliders.of(sliders.offered()) if one.label == name)
    was = cells(page)
    thumb.focus()
    page.keyboard.press("ArrowRight")
    value = slider.positions[slider.positions.index(slider.range.now) + 1]
    literal = slider.literal(value)
    assert literal is not None
    wanted = library(front, **{slider.name: literal})
    expect(answer(page)).to_have_text(wanted.answer[0], timeout=WAIT)
    settled(page)
    for option in wanted.options:
        assert short_number(option.figures["npv_cost"].mean) in cells(page)
    assert "vs file" in cells(page), "the change against the file is shown"
    page.get_by_role("button", name="Undo").click()
    expect(answer(page)).to_have_text(library(front).answer[0], timeout=WAIT)
    settled(page)
    assert cells(page) == was


def test_the_address_brings_the_move_back(page: Page, front: Front) -> None:
    opened(page, front)
    page.locator(f"{SLIDERS} input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What if:", exact=True)).to_be_visible(timeout=WAIT)
    settled(page)
    moved = answer(page).inner_text()
    assert "v.inputs" in page.url or "v." in page.url
    page.reload()
    expect(page.locator(".tco").first).to_be_visible(timeout=WAIT)
    expect(answer(page)).to_have_text(moved, timeout=WAIT)
    expect(page.get_by_text("What if:", exact=True)).to_be_visible(timeout=WAIT)


def test_a_link_of_another_version_says_what_it_could_not_apply(page: Page, front: Front) -> None:
    opened(page, front, more="&of=0123456789&with=gone&months=x&v.inputs.nonsense=3")
    for words in ("another version", "gone", "no horizon", "inputs.nonsense"):
        expect(page.get_by_text(words).first).to_be_visible(timeout=WAIT)
    assert answer(page).inner_text() == library(front).answer[0]


def edit(page: Page, name: str, value: str) -> None:
    """Type a new value of an input and look at the difference."""
    page.get_by_text("Edit an input").click()
    page.get_by_label("Input to edit").click()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    field = page.get_by_label("Value", exact=True)
    expect(field).to_be_visible()
    settled(page)
    field.fill(value)
    page.get_by_role("button", name="Show the difference").click()
    settled(page)


def test_an_assumption_is_edited_seen_as_a_difference_and_saved(page: Page, front: Front) -> None:
    file = front.folder / "small.yaml"
    before = file.read_text(encoding="utf-8")
    opened(page, front)
    page.get_by_role("link", name="Assumptions").click()
    edit(page, "inputs.engineer_pay", "180k USD/FTE/year")
    expect(page.get_by_text("+  engineer_pay: 180k USD/FTE/year")).to_be_visible(timeout=WAIT)
    assert file.read_text(encoding="utf-8") == before, "nothing is written before it is said so"
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Save to small.yaml").click()
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=WAIT)
    assert file.read_text(encoding="utf-8") == before.replace("engineer_pay: 130k", "engineer_pay: 180k")
    page.get_by_role("link", name="Compare").click()
    expect(answer(page)).to_have_text(library(front).answer[0], timeout=WAIT)


def test_an_edit_that_does_not_fit_is_told_with_what_mends_it(page: Page, front: Front) -> None:
    opened(page, front)
    page.get_by_role("link", name="Assumptions").click()
    edit(page, "inputs.engineer_pay", "130k USD/FTE")
    told = page.get_by_test_id("stAlert").filter(has_text="cannot be put in")
    expect(told).to_be_visible(timeout=WAIT)
    assert "USD/FTE" in told.inner_text()
    page.get_by_role("link", name="Compare").click()
    expect(answer(page)).to_have_text(library(front).answer[0], timeout=WAIT)


def test_a_file_changed_meanwhile_is_not_overwritten(page: Page, front: Front) -> None:
    file = front.folder / "small.yaml"
    opened(page, front)
    page.get_by_role("link", name="Assumptions").click()
    edit(page, "inputs.engineer_pay", "180k USD/FTE/year")
    page.get_by_role("button", name="Apply").click()
    other = file.read_text(encoding="utf-8").replace("seed: 7", "seed: 8")
    file.write_text(other, encoding="utf-8")
    page.get_by_role("button", name="Save to small.yaml").click()
    expect(page.get_by_text("Not saved:", exact=True)).to_be_visible(timeout=WAIT)
    assert file.read_text(encoding="utf-8") == other
    expect(page.get_by_role("button", name="Download as a copy")).to_be_visible()
    page.get_by_role("button", name="Reload the file").click()
    settled(page)
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_text("seed 8")).to_be_visible(timeout=WAIT)


def test_exports_hold_the_move(page: Page, front: Front) -> None:
    opened(page, front)
    page.locator(f"{SLIDERS} input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What if:", exact=True)).to_be_visible(timeout=WAIT)
    settled(page)
    page.get_by_role("button", name="Export").click()

    def download(label: str) -> bytes:
        with page.expect_download(timeout=WAIT) as given:
            page.get_by_test_id("stPopoverBody").get_by_role("button", name=label).click()
        return Path(given.value.path()).read_bytes()

    told = json.loads(download("Every figure (JSON)"))
    assert told["answer"][0] == answer(page).inner_text()
    assert any(note.startswith("What if:") for note in told["notes"])
    book = openpyxl.load_workbook(io.BytesIO(download("Workbook")))
    assert any(isinstance(cell.value, str) and cell.value.startswith("=") for sheet in book for row in sheet.iter_rows() for cell in row)
    assert b"<svg" in download("SVG")[:400]
    assert download("Decision paper").startswith(b"%PDF")
    assert "charts/s_curve.svg" in zipfile.ZipFile(io.BytesIO(download("Tables and pictures"))).namelist()
    assert download("PNG").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.yaml", b"decision: {title: x}\ntimeline: {start: 2027-01, months: many}\n", "line 2"),
        ("not.yaml", b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"),
        ("alias.yaml", b"a: &a [1]\nb: *a\n", "line"),
        ("../../evil.yaml", b"decision: [", "line"),
    ],
    ids=["errors", "no text", "aliases", "no yaml"],
)
def test_a_bad_upload_leaves_what_is_open(page: Page, front: Front, name: str, content: bytes, words: str) -> None:
    opened(page, front)
    page.get_by_role("link", name="Decisions").click()
    page.locator("input[type=file]").set_input_files({"name": name.split("/")[-1], "mimeType": "application/yaml", "buffer": content})
    page.get_by_role("button", name="Open the file").click()
    told = page.get_by_test_id("stAlert").filter(has_text="cannot be opened")
    expect(told).to_be_visible(timeout=WAIT)
    assert words in told.inner_text()
    page.get_by_role("link", name="Compare").click()
    expect(answer(page)).to_have_text(library(front).answer[0], timeout=WAIT)


def test_an_uploaded_scenario_reads_no_file_of_the_machine(page: Page, front: Front) -> None:
    (front.folder / "run.json").write_text("{}", encoding="utf-8")
    text = (front.folder / "support_assistant.yaml").read_text(encoding="utf-8")
    assert "capacity: {" in text
    opened(page, front)
    page.get_by_role("link", name="Decisions").click()
    spied = text.replace("capacity: {", "capacity: {benchmark: run.json, ", 1)
    page.locator("input[type=file]").set_input_files({"name": "a.yaml", "mimeType": "application/yaml", "buffer": spied.encode()})
    page.get_by_role("button", name="Open the file").click()
    expect(page.get_by_test_id("stAlert").filter(has_text="lies in no folder")).to_be_visible(timeout=WAIT)


def test_a_move_is_kept_as_a_variant(page: Page, front: Front) -> None:
    opened(page, front)
    page.locator(f"{SLIDERS} input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What if:", exact=True)).to_be_visible(timeout=WAIT)
    settled(page)
    moved = answer(page).inner_text()
    page.get_by_role("button", name="Keep as variant").click()
    page.get_by_label("Name of the variant").fill("a dearer year")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("not saved yet")).to_be_visible(timeout=WAIT)
    settled(page)
    assert answer(page).inner_text() == moved
    assert "with=a_dearer_year" in page.url


def test_a_new_decision_is_made_from_a_few_answers(page: Page, front: Front) -> None:
    opened(page, front)
    page.get_by_role("link", name="New").click()
    page.get_by_label("In a few words").fill("Assistant for the German market")
    page.get_by_role("textbox", name="How many a month").fill("20k to 60k")
    page.get_by_role("button", name="Make the decision").click()
    expect(page.get_by_text("Assistant for the German market").first).to_be_visible(timeout=WAIT)
    expect(page.locator(".tco").first).to_be_visible(timeout=WAIT)
    assert "of 100 futures" in answer(page).inner_text()
