"""Turns a paper into a tagged PDF: typst sets it, charts are pages of their own with their fonts, texts are data and never markup."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tco_model.exporters.files import write_bytes
from tco_model.report.paper.document import Block, Contents, Figure, Listing, Paper, Paragraph, Section, Spans, Table
from tco_model.report.paper.drawn import need, pdf

TEMPLATE = Path(__file__).with_name("paper.typ")
FONTS = ("Libertinus Serif", "DejaVu Sans", "Noto Sans", "Noto Sans CJK SC")
"""The first comes with typst, so that every machine sets the same page; the others only fill in what it cannot spell."""
FRONT_WIDTH, APPENDIX_WIDTH = 0.86, 0.9
"""Width of a picture, share of the text's."""
LONGEST, PIECE = 12, 18
"""Letters a word may have before it may be broken, and letters of a piece."""
_WORD = re.compile(rf"\S{{{LONGEST + 1},}}")
BREAK = "\u200b"


def write_pdf(paper: Paper, path: str | Path) -> Path:
    """Write a paper as PDF, whole or not at all; the same paper gives the same bytes.

    Raises:
        ScenarioError: typst or vl-convert-python is not installed.
        OSError: the file cannot be written.
    """
    return write_bytes(path, pdf_bytes(paper))


def pdf_bytes(paper: Paper) -> bytes:
    """Return the bytes of the PDF; errors as in `write_pdf`."""
    typst = need("typst", "typst", "a PDF")
    with _folder() as folder:
        for figure in paper.figures():
            (folder / f"{_file(figure)}").write_bytes(pdf(figure))
        (folder / "paper.json").write_text(json.dumps(_paper(paper)), encoding="utf-8")
        (folder / "main.typ").write_bytes(TEMPLATE.read_bytes())
        return bytes(typst.compile(str(folder / "main.typ"), root=str(folder), format="pdf", timestamp=0))


@contextmanager
def _folder() -> Generator[Path]:
    """Give a folder for what the typesetter reads; what the disk refuses there is told of the place of temporary files."""
    try:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), tempfile.gettempdir()) from None


def breakable(text: str) -> str:
    """Return a text whose long words may be broken: behind a mark that joins parts of a name, or at last anywhere."""
    return _WORD.sub(lambda found: _pieces(found[0]), text)


def _pieces(word: str) -> str:
    parts = re.split(r"(?<=[._/\-=&?:*^])", word)
    return BREAK.join(BREAK.join(part[at : at + PIECE] for at in range(0, len(part), PIECE)) for part in parts if part)


def _file(figure: Figure) -> str:
    return f"figure-{figure.number}.pdf"


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "heading": breakable(paper.title),
        "subtitle": breakable(paper.subtitle),
        "description": paper.description,
        "author": paper.author,
        "language": paper.language,
        "colophon": paper.colophon,
        "fonts": FONTS,
        "front": [_section(section, FRONT_WIDTH) for section in paper.front],
        "appendix": [_section(section, APPENDIX_WIDTH) for section in paper.appendix],
    }


def _section(section: Section, width: float) -> dict[str, Any]:
    blocks = [_block(block, width) for block in section.blocks]
    return {"number": section.number, "heading": section.heading, "key": section.key, "wide": section.wide, "blocks": blocks}


def _spans(spans: Spans) -> list[dict[str, Any]]:
    return [{"text": breakable(one.text), "strong": one.strong, "quiet": one.quiet, "url": one.url} for one in spans]


def _block(block: Block, width: float) -> dict[str, Any]:
    match block:
        case Paragraph(spans, lead):
            return {"kind": "paragraph", "spans": _spans(spans), "lead": lead}
        case Listing(items):
            return {"kind": "listing", "items": [_spans(item) for item in items]}
        case Table():
            columns = [{"title": breakable(one.title), "align": one.align, "weight": one.weight} for one in block.columns]
            rows = [{"group": one.group, "cells": [_spans(cell) for cell in one.cells]} for one in block.rows]
            return {"kind": "table", "caption": breakable(block.caption), "columns": columns, "rows": rows, "note": breakable(block.note)}
        case Figure():
            caption, alt = breakable(block.caption), block.picture.alt
            return {"kind": "figure", "caption": caption, "alt": alt, "file": _file(block), "width": width}
        case Contents():
            return {"kind": "contents"}
