"""Every page on a desk screen and on a phone: nothing leaves its frame, nothing is asked for outside, and everyone can read it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WAIT, Front, opened, settled

pytestmark = pytest.mark.browser
PAGES = ("", "matters", "assumptions", "explain", "bills", "review", "decisions", "new")
OURS = ("color-contrast", "image-alt", "label", "button-name", "link-name", "table-fake-caption", "td-headers-attr", "aria-hidden-focus")
"""Rules that what we put on a page can break; the frame around it is the framework's."""


def visited(page: Page, front: Front, place: str) -> None:
    page.goto(f"{front.address}/{place}?decision=support_assistant")
    expect(page.get_by_test_id("stMain").locator("h2").first).to_be_visible(timeout=WAIT)
    settled(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_every_page_keeps_its_frame_and_can_be_read(browser: Browser, front: Front, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found: list[str] = []
    for place in PAGES:
        visited(page, front, place)
        assert page.get_by_test_id("stException").count() == 0, place
        main = page.get_by_test_id("stMain")
        wide = main.evaluate("frame => frame.scrollWidth - frame.clientWidth")
        assert wide <= 1, f"{place or 'compare'} is {wide} px wider than its screen"
        told = Axe().run(page, context="[data-testid=stMain]", options={"runOnly": {"type": "rule", "values": list(OURS)}})
        found += [
            f"{place or 'compare'}: {violation['id']}: {node['html'][:160]}"
            for violation in told.response["violations"]
            for node in violation["nodes"]
        ]
    context.close()
    assert found == []
    outside = {urlsplit(one).hostname for one in asked if not one.startswith(("data:", "blob:"))} - {"127.0.0.1"}
    assert outside == set(), "the front end asks nobody outside"


def test_pictures_are_drawn_with_their_text_and_told_in_words(page: Page, front: Front) -> None:
    opened(page, front, "support_assistant")
    chart = page.get_by_test_id("stVegaLiteChart").first
    texts = chart.locator("svg text").all_text_contents()
    assert any("M" in one or "k" in one for one in texts), "amounts on the axis"
    assert any("Managed" in one or "model" in one.lower() for one in texts), "options are named beside their lines"
    assert page.locator("[data-testid=stVegaLiteChart][aria-label*='in words below']").count() >= 1, "a name for who cannot see it"
    words = page.locator("p[style*='clip-path']").first.inner_text()
    assert "P10" in words or "median" in words.lower() or "to" in words


def test_everything_is_reached_by_the_keyboard(page: Page, front: Front) -> None:
    opened(page, front)
    reached: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => { const one = document.activeElement;
                return [one.tagName, one.type, one.innerText?.slice(0, 20) || one.getAttribute('aria-label')].join(' '); }"""
            )
        )
    said = " | ".join(reached)
    for words in ("Compare", "Assumptions", "Export", "range"):
        assert words in said


def sent(page: Page, signs: Mapping[str, bytes]) -> list[str]:
    """Return a list that grows by the name of every sign that the server sends the page, in the order in which it does."""
    seen: list[str] = []

    def heard(frame: str | bytes) -> None:
        held = frame.encode() if isinstance(frame, str) else frame
        seen.extend(what for what, sign in signs.items() if sign in held)

    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    return seen


def test_the_order_of_a_move_is_picture_first(page: Page, front: Front) -> None:
    """The curve is sent before the tables are made; when each of them is painted is the browser's affair."""
    seen = sent(page, {"picture": b'"encoding"', "table": b'class="tco"'})
    opened(page, front, "support_assistant")
    assert {"picture", "table"} <= set(seen)
    seen.clear()
    page.locator("[data-testid=stSidebar] [data-testid=stSlider] input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What if:", exact=True)).to_be_visible(timeout=WAIT)
    settled(page)
    assert seen[0] == "picture" and "table" in seen


STANDING = """() => {
  document.querySelector('[data-testid=stVegaLiteChart]').stood = true;
  window.vanished = false;
  new MutationObserver(() => {
    if (!document.querySelector('[data-testid=stVegaLiteChart]')?.stood) window.vanished = true;
  }).observe(document.querySelector('[data-testid=stMain]'), {subtree: true, childList: true, characterData: true}); }"""


def test_a_preview_and_the_whole_answer_come_where_the_last_one_stands(page: Page, front: Front) -> None:
    """Both are sent, one after the other; on a quick machine the browser paints the whole answer alone."""
    seen = sent(page, {"preview": b"Preview from 2,000 of 10,000 futures", "whole": b"From all 10,000 futures"})
    opened(page, front)
    seen.clear()
    page.evaluate(STANDING)
    page.locator("[data-testid=stSidebar] [data-testid=stSlider] input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What if:", exact=True)).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("From all 10,000 futures")).to_be_visible(timeout=WAIT)
    settled(page)
    assert "preview" in seen and seen[-1] == "whole", "the first answer says that it is a preview"
    assert not page.evaluate("window.vanished"), "the picture is moved, never taken away and drawn anew"
