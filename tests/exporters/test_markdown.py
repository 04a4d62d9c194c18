"""Markdown that an independent reader turns back into the paper: the same cells, the same texts, no text that became markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tco_model.exporters.markdown import _text, markdown_text, write_markdown
from tco_model.report.paper.document import Paper, Table, plain
from tests.report.paper_cases import HOSTILE, SHIPPED, SMALL, hostile_paper, paper_of, squeezed, texts

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class _Page(HTMLParser):
    """Collects the text, the cells of each row, and what a browser would follow."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.rows: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("href", "src")]
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _read(paper: Paper) -> _Page:
    return _Page(READER.render(markdown_text(paper, "paper")))


def _papers() -> dict[str, Paper]:
    return {path.stem: paper_of(path) for path in (SMALL, SHIPPED[0])} | {"hostile": hostile_paper()}


@pytest.mark.parametrize("name", ["small", SHIPPED[0].stem, "hostile"])
def test_a_reader_finds_every_text_and_every_cell(name: str) -> None:
    paper = _papers()[name]
    page = _read(paper)
    read = squeezed("".join(page.text))
    for text in texts(paper):
        assert squeezed(text) in read
    tables = [block for section in paper.sections for block in section.blocks if isinstance(block, Table)]
    assert page.rows == [len(table.columns) for table in tables for _ in range(len(table.rows) + 1)]


@pytest.mark.parametrize("name", ["small", SHIPPED[0].stem, "hostile"])
def test_nothing_of_a_text_becomes_markup(name: str) -> None:
    page = _read(_papers()[name])
    assert set(page.tags) <= {"h1", "h2", "h3", "p", "a", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "img", "hr"}
    assert all(address.startswith(("http://", "https://", "#", "paper-")) for address in page.addresses)
    assert page.tags.count("img") == len(list(_papers()[name].figures()))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_alone_on_a_line_reads_as_itself(text: str) -> None:
    page = _Page(READER.render(_text(plain(text))))
    assert squeezed("".join(page.text)) == squeezed(plain(text))
    assert set(page.tags) == {"p"}


@given(st.text(alphabet="ab1 .-+*_#<>[]()!|~`\\&;:=$@{}\n", min_size=1))
def test_any_text_reads_as_itself_in_a_paragraph_and_in_a_cell(text: str) -> None:
    held = plain(text)
    if not held:
        return
    alone = _Page(READER.render(_text(held)))
    assert squeezed("".join(alone.text)) == squeezed(held)
    assert set(alone.tags) == {"p"}
    inside = _Page(READER.render(f"| a | b |\n| --- | --- |\n| {_text(held)} | {_text(held)} |"))
    assert inside.rows == [2, 2]
    assert squeezed("".join(inside.text)) == "ab" + 2 * squeezed(held)


def test_a_paper_without_an_appendix_has_no_heading_for_it() -> None:
    assert "## Appendix" in markdown_text(paper_of(SMALL), "paper")
    assert "Appendix" not in markdown_text(replace(paper_of(SMALL), appendix=()), "paper")


def test_pictures_stand_beside_the_paper_and_all_bytes_stay_the_same(tmp_path: Path) -> None:
    target = write_markdown(paper_of(SMALL), tmp_path / "my paper.md")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["my paper-cost-by-category.svg", "my paper-monthly-cost.svg", "my paper-s-curve.svg", "my paper.md"]
    assert "](my%20paper-s-curve.svg)" in target.read_text(encoding="utf-8")
    before = {name: (tmp_path / name).read_bytes() for name in names}
    write_markdown(paper_of(SMALL), target)
    assert {name: (tmp_path / name).read_bytes() for name in names} == before
