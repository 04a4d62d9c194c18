"""One HTML file that a strict parser takes, that asks nothing of the network, and in which no text of a scenario is ever markup."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import html5lib
import pytest

from tco_model.exporters import html
from tco_model.exporters.html import html_text, write_html
from tco_model.report.paper.document import Paper, plain
from tco_model.report.paper.drawn import own_ids
from tests.report.paper_cases import HOSTILE, SHIPPED, SMALL, hostile_paper, paper_of, squeezed, texts

XHTML = "{http://www.w3.org/1999/xhtml}"


def _parsed(paper: Paper) -> Any:
    return html5lib.HTMLParser(strict=True).parse(html_text(paper))


def _papers() -> dict[str, Paper]:
    return {path.stem: paper_of(path) for path in (SMALL, SHIPPED[0])} | {"hostile": hostile_paper()}


@pytest.mark.parametrize("name", ["small", SHIPPED[0].stem, "hostile"])
def test_a_strict_parser_takes_it_and_finds_nothing_that_runs_or_loads(name: str) -> None:
    tree = _parsed(_papers()[name])
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"
        assert tag not in ("script", "img", "iframe", "object", "link", "base", "form", "input", "image", "foreignObject", "comment")
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert key not in ("src", "srcset", "action", "style") or tag in ("path", "g", "text")
            if key.endswith("href"):
                assert value.startswith(("http://", "https://", "#"))
            assert "url(" not in value or "url(#" in value


@pytest.mark.parametrize("name", ["small", SHIPPED[0].stem, "hostile"])
def test_every_text_reads_as_it_was_written(name: str) -> None:
    paper = _papers()[name]
    read = squeezed("".join(_parsed(paper).itertext()))
    for text in (paper.title, paper.subtitle, paper.colophon, *texts(paper)):
        assert squeezed(text) in read


def test_tables_have_captions_and_scopes_and_pictures_are_told() -> None:
    tree = _parsed(paper_of(SMALL))
    tables = list(tree.iter(f"{XHTML}table"))
    assert tables
    for table in tables:
        assert table.find(f"{XHTML}caption") is not None
        assert all(head.get("scope") in ("col", "row", "rowgroup") for head in table.iter(f"{XHTML}th"))
    pictures = [element for element in tree.iter() if str(element.tag).endswith("}svg")]
    assert len(pictures) == 2 * len(list(paper_of(SMALL).figures()))
    ids = {element.get("id"): "".join(element.itertext()) for element in tree.iter() if element.get("id")}
    for picture in pictures:
        title, words = picture.get("aria-labelledby").split()
        assert ids[title]
        assert ids[words] in {plain(figure.picture.alt) for figure in paper_of(SMALL).figures()}


def test_a_paper_without_an_appendix_has_no_heading_for_it() -> None:
    heads = [node.text for node in _parsed(replace(paper_of(SMALL), appendix=())).iter(f"{XHTML}h2")]
    assert heads and "Appendix" not in heads


def test_every_entry_of_the_contents_leads_to_a_section() -> None:
    tree = _parsed(paper_of(SMALL))
    ids = {element.get("id") for element in tree.iter()}
    entries = [link.get("href") for nav in tree.iter(f"{XHTML}nav") for link in nav.iter(f"{XHTML}a")]
    assert len(entries) == len([one for one in paper_of(SMALL).sections if one.number])
    assert {entry[1:] for entry in entries} <= ids


def test_ids_of_two_pictures_never_meet() -> None:
    drawn = '<clipPath id="clip0"/><g clip-path="url(#clip0)"/><use href="#clip0"/>'
    assert own_ids(drawn, "a") == '<clipPath id="a-clip0"/><g clip-path="url(#a-clip0)"/><use href="#a-clip0"/>'


def test_the_same_paper_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_html(paper_of(SMALL), tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second
    assert b"alert(1)" not in first
    assert html_text(hostile_paper()).count("&lt;script&gt;") >= HOSTILE.count("<script>alert(1)</script>")


def test_what_stood_there_stays_where_drawing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "paper.html"
    target.write_text("before")

    def broken(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(html, "svg", broken)
    with pytest.raises(KeyboardInterrupt):
        write_html(paper_of(SMALL), target)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]
