"""Turns a paper into GitHub flavoured Markdown with its pictures as SVG files beside it; every sign of a text is taken literally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tco_model.exporters.files import write_all
from tco_model.report.paper.document import Block, Contents, Figure, Listing, Paper, Paragraph, Row, Section, Spans, Table
from tco_model.report.paper.drawn import svg

_SIGNS = re.compile(r"[\\`*_{}\[\]()#+\-.!|~$^@:=]")
_LEFT_BARE = re.compile(
    r"(?<=\w)[.\-](?=\w)|(?<=[\w)%])\.(?=\s|$)|(?<=\w)[()](?=\w)|(?<=\w)[)](?=[\s,;.]|$)|(?<=\s)[(](?=\w)|(?<=\w):(?=\s)"
)
"""Signs that mean nothing where they stand: inside a word, at the end of a sentence, around a remark. They stay readable."""

_ORDINAL = re.compile(r"\d{1,9}[.)](?=\s|$)")
"""What would begin a numbered list."""


def write_markdown(paper: Paper, path: str | Path) -> Path:
    """Write a paper as Markdown with its pictures as ``NAME-FIGURE.svg`` beside it, nothing before all of it is complete.

    Raises:
        ScenarioError: vl-convert-python is not installed.
        OSError: a file cannot be written; what stood there is as it was.
    """
    target = Path(path)
    pictures: list[tuple[Path, str]] = [(target.with_name(picture_name(target.stem, figure)), svg(figure)) for figure in paper.figures()]
    return write_all([*pictures, (target, markdown_text(paper, target.stem))])[-1]


def picture_name(stem: str, figure: Figure) -> str:
    """Return the name of the file of a picture."""
    return f"{stem}-{figure.picture.name}.svg"


def markdown_text(paper: Paper, stem: str) -> str:
    """Return the text of the Markdown file, pictures named after `stem`."""
    return "\n\n".join(_page(paper, stem)) + "\n"


def _page(paper: Paper, stem: str) -> Iterator[str]:
    yield f"# {_text(paper.title)}"
    yield f"{_text(paper.subtitle)}"
    for section in paper.front:
        yield from _section(paper, section, "##", stem)
    if paper.appendix:
        yield "## Appendix"
    for section in paper.appendix:
        yield from _section(paper, section, "###", stem)
    yield f"---\n\n{_text(paper.colophon)}"


def _section(paper: Paper, section: Section, head: str, stem: str) -> Iterator[str]:
    yield f'<a id="{section.key}"></a>\n\n{head} {_text(_heading(section))}'
    for block in section.blocks:
        yield from _block(paper, block, stem)


def _heading(section: Section) -> str:
    return f"{section.number} {section.heading}".strip()


def _block(paper: Paper, block: Block, stem: str) -> Iterator[str]:
    match block:
        case Paragraph(spans, _):
            yield _spans(spans)
        case Listing(items):
            yield "\n".join(f"- {_spans(item)}" for item in items)
        case Table():
            yield from _table(block)
        case Figure():
            address = quote(picture_name(stem, block), errors="surrogateescape")
            yield f"![{_text(block.picture.alt)}]({address})"
            yield f"Figure {block.number}: {_text(block.caption)}"
        case Contents():
            yield "\n".join(_entry(section) for section in paper.sections if section.number)


def _entry(section: Section) -> str:
    return f"- [{_text(_heading(section))}](#{section.key})"


def _table(table: Table) -> Iterator[str]:
    yield f"**Table {table.number}: {_text(table.caption)}**"
    head = " | ".join(_text(column.title) for column in table.columns)
    sides = " | ".join("---:" if column.align == "right" else "---" for column in table.columns)
    yield "\n".join((f"| {head} |", f"| {sides} |", *(_row(table, row) for row in table.rows)))
    if table.note:
        yield _text(table.note)


def _row(table: Table, row: Row) -> str:
    cells = [_spans(cell) for cell in row.cells]
    return f"| {' | '.join(cells + [''] * (len(table.columns) - len(cells)))} |"


def _spans(spans: Spans) -> str:
    return "".join(_span(one.text, one.url, strong=one.strong) for one in spans)


def _span(text: str, url: str, *, strong: bool) -> str:
    held = _text(text)
    if url:
        held = f"[{held}](<{url}>)"
    return f"**{held}**" if strong and held.strip() else held


def _text(text: str) -> str:
    """Return a text that reads as itself: signs with a meaning behind a backslash, those of HTML as entities."""
    number = _ORDINAL.match(text)
    bare = {found.start() for found in _LEFT_BARE.finditer(text)} - ({number.end() - 1} if number else set())
    marked = _SIGNS.sub(lambda found: found[0] if found.start() in bare else f"\\{found[0]}", text)
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
