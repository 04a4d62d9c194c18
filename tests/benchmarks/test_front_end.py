"""From a key on a slider to the picture that has changed, in Chromium, against a bare page of the same framework in the same run."""

from __future__ import annotations

import re
import statistics
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ROOT, browser, running, settled

__all__ = ["browser"]
pytestmark = [pytest.mark.benchmark, pytest.mark.browser]
MOVES = 30
SLIDER = "[data-testid=stSlider] input[type=range]"
WATCH = """() => {
  document.addEventListener('keydown', () => { window.pressed = performance.now(); window.drawn = 0; }, true);
  const main = document.querySelector('[data-testid=stMain]');
  new MutationObserver(changes => {
    if (window.drawn || !window.pressed) return;
    const drawn = one => one.target.nodeType === 1 && one.target.closest('[data-testid=stVegaLiteChart]');
    if (changes.some(drawn)) window.drawn = performance.now() - window.pressed;
  }).observe(main, {subtree: true, childList: true, attributes: true}); }"""
BARE = """
import streamlit as st
SPEC = {"mark": "line", "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}}
@st.fragment
def board():
    with st.sidebar:
        factor = st.select_slider("factor", range(40), 20)
    st.vega_lite_chart([{"x": x, "y": factor * x} for x in range(100)], SPEC)
board()
"""


def moves(page: Page) -> list[float]:
    """Milliseconds from the key to the first change of the picture, over sliders in turn, to and fro."""
    page.evaluate(WATCH)
    sliders = page.locator(SLIDER)
    count, found = min(sliders.count(), 8), list[float]()
    for move in range(MOVES):
        sliders.nth(move % count).focus()
        page.evaluate("window.drawn = 0")
        page.keyboard.press("ArrowRight" if (move // count) % 3 < 2 else "ArrowLeft")
        try:
            page.wait_for_function("window.drawn > 0", timeout=5_000)
        except Exception:  # an input that no option's deciding figure hangs on leaves the picture as it was
            continue
        found.append(float(page.evaluate("window.drawn")))
        settled(page)
    return sorted(found)


@pytest.mark.parametrize("name", ["support_assistant", "ml_platform"])
def test_a_move_against_a_bare_page(browser: Browser, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "decisions"
    folder.mkdir()
    text = (ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
    (folder / f"{name}.yaml").write_text(re.sub(r"draws: \d+", "draws: 20000", text), encoding="utf-8")
    (tmp_path / "bare.py").write_text(BARE, encoding="utf-8")
    ours = [sys.executable, "-m", "tco_model", "app", str(folder), "--no-browser", "--port"]
    bare = [sys.executable, "-m", "streamlit", "run", str(tmp_path / "bare.py"), "--server.headless", "true", "--server.port"]
    found: dict[str, list[float]] = {}
    for label, command in (("bare", bare), ("ours", ours)):
        with running(command) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address)
            page.wait_for_selector("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas")
            page.wait_for_selector(SLIDER, state="attached")
            page.wait_for_timeout(1500)
            found[label] = moves(page)
            page.close()
    assert len(found["ours"]) > MOVES // 2
    middle = {label: statistics.median(values) for label, values in found.items()}
    late = {label: values[int(0.95 * len(values))] for label, values in found.items()}
    print(
        f"\n{name}: key to picture, median {middle['ours']:.0f} ms, p95 {late['ours']:.0f} ms;"
        f" a bare page {middle['bare']:.0f} and {late['bare']:.0f} ms;"
        f" ratio {middle['ours'] / middle['bare']:.1f} and {late['ours'] / late['bare']:.1f}"
    )
