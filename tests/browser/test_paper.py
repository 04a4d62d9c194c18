"""The paper as one HTML file: it opens from the disk, asks for nothing, draws its pictures, and anyone can read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

import tco_model.api as tco
from tco_model.exporters.html import write_html
from tco_model.report.paper.findings import find
from tco_model.report.paper.paper import make_paper
from tests.browser.conftest import ROOT

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_makes_no_request_and_can_be_read(browser: Browser, tmp_path: Path, scheme: str) -> None:
    text = (ROOT / "tests" / "data" / "small.yaml").read_text(encoding="utf-8")
    hostile = text.replace(
        "title: A small decision", 'title: "</script><script>document.title=1</script><img src=x onerror=alert(1)> A small decision'
    )
    hostile = hostile.replace("that uses most features\n", 'that uses most features"\n', 1)
    paper = write_html(make_paper(find(tco.loads(hostile), draws=300)), tmp_path / "paper.html")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1100, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.goto(paper.as_uri())
    assert [one for one in asked if not one.startswith(("data:", paper.as_uri()))] == []
    assert complaints == []
    assert "onerror" in page.locator("h1").inner_text(), "a title is a text, whatever it looks like"
    assert page.locator("script, img[src=x]").count() == 0
    assert page.locator("svg").count() >= 2
    assert page.locator("svg text").count() > 10
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    rules = [
        "color-contrast",
        "image-alt",
        "link-name",
        "heading-order",
        "html-has-lang",
        "document-title",
        "td-headers-attr",
        "svg-img-alt",
    ]
    told = Axe().run(page, options={"runOnly": {"type": "rule", "values": rules}})
    assert [(one["id"], node["html"][:120]) for one in told.response["violations"] for node in one["nodes"]] == []
    context.close()
