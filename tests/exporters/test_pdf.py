"""A tagged PDF whose two pages stay two, set from data in which no text is markup."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tco_model.errors import ScenarioError
from tco_model.exporters.pdf import BREAK, LONGEST, PIECE, breakable, pdf_bytes, write_pdf
from tco_model.report.paper import drawn
from tests.report.paper_cases import HOSTILE, SHIPPED, SMALL, hostile_paper, paper_of, squeezed


def _read(data: bytes) -> Any:
    return PdfReader(io.BytesIO(data))


def _pages(reader: Any) -> list[str]:
    return [page.extract_text() for page in reader.pages]


@pytest.mark.parametrize("path", [SMALL, *SHIPPED], ids=lambda path: path.stem)
def test_the_appendix_begins_on_page_3_at_the_latest(path: Path) -> None:
    pages = _pages(_read(pdf_bytes(paper_of(path))))
    begins = next(place for place, text in enumerate(pages, start=1) if "Appendix" in text.splitlines())
    assert begins <= 3
    front = squeezed("".join(pages[: begins - 1]))
    assert all(squeezed(section.heading) in front for section in paper_of(path).front)


def test_a_paper_without_an_appendix_ends_with_its_front() -> None:
    pages = _pages(_read(pdf_bytes(replace(paper_of(SMALL), appendix=()))))
    assert len(pages) <= 2 and not any("Appendix" in text.splitlines() for text in pages)


def test_it_is_tagged_and_says_its_title_language_and_author() -> None:
    path = SHIPPED[0]
    reader = _read(pdf_bytes(paper_of(path)))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == paper_of(path).title
    assert reader.metadata.author == paper_of(path).author
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata.creation_date is None or reader.metadata.creation_date.year == 1970


def test_the_same_paper_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_pdf(paper_of(SMALL), tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf"))
    assert first == second


def test_hostile_texts_are_set_as_they_are_and_only_web_addresses_are_links() -> None:
    reader = _read(pdf_bytes(hostile_paper()))
    read = squeezed("".join(_pages(reader)))
    for text in HOSTILE:
        if text.isascii() and text.isprintable() and len(text) < 100:
            assert squeezed(text) in read
    targets = [
        str(note.get_object()["/A"]["/URI"])
        for page in reader.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object() and "/URI" in note.get_object()["/A"]
    ]
    assert targets
    assert all(target.startswith("https://example.com/") for target in targets)
    assert reader.metadata.title == HOSTILE[0]


def test_a_picture_in_a_pdf_keeps_its_text() -> None:
    figure = next(paper_of(SMALL).figures())
    read = "".join(_pages(_read(drawn.pdf(figure))))
    assert "Present value of cost" in read


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "a_name_that_is_long",
        "https://example.com/a/b?c=d",
        "word" * 40,
        "two words",
        "options.managed.labour",
        "GPU*second/token^2",
    ],
)
def test_long_words_may_be_broken_and_nothing_else_changes(text: str) -> None:
    held = breakable(text)
    assert held.replace(BREAK, "") == text
    assert all(len(piece) <= max(PIECE, LONGEST) for piece in held.replace(" ", BREAK).split(BREAK))


def test_a_missing_library_says_the_command_that_adds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import importlib

    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(ScenarioError) as raised:
        write_pdf(paper_of(SMALL), tmp_path / "paper.pdf")
    assert raised.value.problems[0].mend == "python -m pip install typst"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "paper.pdf"
    with pytest.raises(OSError, match="nowhere") as raised:
        write_pdf(paper_of(SMALL), target)
    assert raised.value.filename == str(target)
