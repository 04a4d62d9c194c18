"""A Word document in built-in styles of one font, whose fields hold something before they are brought up to date."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from tco_model.exporters.word import word_bytes, write_word
from tco_model.exporters.word_parts import FONT
from tco_model.report.paper.document import Table, plain
from tests.report.paper_cases import SHIPPED, SMALL, hostile_paper, paper_of, squeezed, texts


@pytest.fixture(scope="module", params=["shipped", "hostile"])
def written(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """A paper and its document, read anew."""
    paper = paper_of(SHIPPED[0]) if request.param == "shipped" else hostile_paper()
    return paper, docx.Document(io.BytesIO(word_bytes(paper)))


def test_every_text_stands_in_the_document_as_it_was_written(written: tuple[Any, Any]) -> None:
    paper, document = written
    read = squeezed("".join(node.text or "" for node in document.element.body.iter(qn("w:t"))))
    for text in (paper.title, paper.subtitle, *texts(paper)):
        assert squeezed(text) in read


def test_headings_are_built_in_styles_in_one_font(written: tuple[Any, Any]) -> None:
    paper, document = written
    held = [(one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith("Heading")]
    wanted = [("Heading 1", f"{one.number}  {one.heading}".strip()) for one in paper.front]
    wanted += [("Heading 1", "Appendix"), *(("Heading 2", f"{one.number}  {one.heading}".strip()) for one in paper.appendix)]
    assert held == wanted
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption", "List Bullet"):
        fonts = document.styles[name].element.rPr.rFonts
        assert {value for key, value in fonts.attrib.items() if not key.endswith("Theme")} == {FONT}
        assert not any(key.lower().endswith("theme") for key in fonts.attrib)


def test_a_paper_without_an_appendix_has_no_heading_for_it() -> None:
    paper = replace(paper_of(SMALL), appendix=())
    document = docx.Document(io.BytesIO(word_bytes(paper)))
    held = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert held == [f"{one.number}  {one.heading}".strip() for one in paper.front] and len(document.sections) == 1


def test_no_paragraph_is_empty_and_no_table_wider_than_its_page(written: tuple[Any, Any]) -> None:
    _, document = written
    for one in document.paragraphs:
        breaks = one._p.pPr is not None and one._p.pPr.find(qn("w:sectPr")) is not None
        assert one.text.strip() or breaks or one._p.findall(f".//{qn('w:drawing')}"), "an empty paragraph"
    widest = max(section.page_width - section.left_margin - section.right_margin for section in document.sections)
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= widest


def test_tables_repeat_their_heads_and_captions_are_numbered_fields(written: tuple[Any, Any]) -> None:
    paper, document = written
    tables = [block for section in paper.sections for block in section.blocks if isinstance(block, Table)]
    assert len(document.tables) == len(tables)
    for table, block in zip(document.tables, tables, strict=True):
        if any(column.title for column in block.columns):
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    captions = [one for one in document.paragraphs if one.style.name == "Caption" and one.text.startswith("Table")]
    assert [one.text for one in captions] == [f"Table {block.number}: {block.caption}" for block in tables]
    assert all("SEQ Table" in "".join(code.text for code in one._p.iter(qn("w:instrText"))) for one in captions)


def test_the_contents_hold_their_entries_and_each_leads_to_a_heading(written: tuple[Any, Any]) -> None:
    paper, document = written
    entries = [one for one in document.paragraphs if one.style.name.startswith("toc ")]
    assert len(entries) == len(paper.front) + len([one for one in paper.appendix if one.number])
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    anchors = {link.get(qn("w:anchor")) for one in entries for link in one._p.iter(qn("w:hyperlink"))}
    assert len(anchors) == len(entries)
    assert anchors <= marks
    kinds = [char.get(qn("w:fldCharType")) for char in document.element.body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")


def test_pictures_are_told_and_links_lead_to_the_web_alone(written: tuple[Any, Any]) -> None:
    paper, document = written
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert told == [plain(figure.picture.alt) for figure in paper.figures()] or paper is hostile_paper()
    assert all(told)
    targets = [held.target_ref for held in document.part.rels.values() if held.is_external]
    assert targets
    assert all(target.startswith(("http://", "https://")) for target in targets)


def test_properties_come_from_the_scenario(written: tuple[Any, Any]) -> None:
    paper, document = written
    core = document.core_properties
    assert (core.title, core.author, core.language) == (paper.title[:255], paper.author[:255], "en")
    assert core.created.replace(tzinfo=None) == dt.datetime.fromisoformat(paper.date)
    footer = "".join(node.text or "" for node in document.sections[0].footer._element.iter(qn("w:instrText")))
    assert "PAGE" in footer
    assert "NUMPAGES" in footer


def test_wide_sections_lie_on_their_side_and_the_others_do_not() -> None:
    document = docx.Document(io.BytesIO(word_bytes(paper_of(SMALL))))
    wide = [section.page_width > section.page_height for section in document.sections]
    assert wide == [False, True, False, True, False]


def test_the_same_paper_gives_the_same_bytes_and_one_font_in_the_theme(tmp_path: Path) -> None:
    first, second = (write_word(paper_of(SMALL), tmp_path / name).read_bytes() for name in ("a.docx", "b.docx"))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        theme = parts.read("word/theme/theme1.xml").decode()
        assert {entry.date_time for entry in parts.infolist()} == {(2026, 11, 20, 0, 0, 0)}
    assert set(re.findall(r'<a:latin typeface="([^"]*)"', theme)) == {FONT}
