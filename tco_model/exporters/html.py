"""Turns a paper into one HTML file that asks nothing of the network: pictures inline, light and dark, ready to print."""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tco_model.charts.theme import PAPER
from tco_model.exporters.files import write_text
from tco_model.report.paper.document import Block, Contents, Figure, Listing, Paper, Paragraph, Row, Section, Spans, Table
from tco_model.report.paper.drawn import PAPER_DARK, own_ids, svg

STYLE = Path(__file__).with_name("paper.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing; its own style only."""


def write_html(paper: Paper, path: str | Path) -> Path:
    """Write a paper as one HTML file, whole or not at all; the same paper gives the same bytes.

    Raises:
        ScenarioError: vl-convert-python is not installed.
        OSError: the file cannot be written.
    """
    return write_text(path, html_text(paper))


def html_text(paper: Paper) -> str:
    """Return the text of the HTML file; errors as in `write_html`."""
    return "\n".join(_page(paper)) + "\n"


def _page(paper: Paper) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="{_text(paper.language)}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_text(POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    for name, value in (("author", paper.author), ("description", paper.description), ("date", paper.date)):
        if value:
            yield f'<meta name="{name}" content="{_text(value)}">'
    yield f"<title>{_text(paper.title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n<main>"
    yield f'<h1 dir="auto">{_text(paper.title)}</h1>\n<p class="subtitle">{_text(paper.subtitle)}</p>'
    for section in paper.front:
        yield from _section(paper, section, "h2")
    if paper.appendix:
        yield '<div class="appendix">\n<h2 id="appendix">Appendix</h2>'
        for section in paper.appendix:
            yield from _section(paper, section, "h3")
        yield "</div>"
    yield f"</main>\n<footer>{_text(paper.colophon)}</footer>\n</body>\n</html>"


def _section(paper: Paper, section: Section, head: str) -> Iterator[str]:
    wide = ' class="wide"' if section.wide else ""
    yield f'<section{wide} aria-labelledby="{section.key}">\n<{head} id="{section.key}">{_text(_heading(section))}</{head}>'
    for block in section.blocks:
        yield from _block(paper, block)
    yield "</section>"


def _heading(section: Section) -> str:
    return f"{section.number} {section.heading}".strip()


def _block(paper: Paper, block: Block) -> Iterator[str]:
    match block:
        case Paragraph(spans, lead):
            style = ' class="lead"' if lead else ""
            yield f'<p{style} dir="auto">{_spans(spans, bold=not lead)}</p>'
        case Listing(items):
            yield "<ul>"
            yield from (f"<li>{_spans(item)}</li>" for item in items)
            yield "</ul>"
        case Table():
            yield from _table(block)
        case Figure():
            yield from _figure(block)
        case Contents():
            yield from _contents(paper)


def _table(table: Table) -> Iterator[str]:
    yield f'<div class="scroll">\n<table>\n<caption>Table {table.number}. {_text(table.caption)}</caption>'
    if any(column.title for column in table.columns):
        cells = "".join(f'<th scope="col"{_side(column.align)}>{_text(column.title)}</th>' for column in table.columns)
        yield f"<thead>\n<tr>{cells}</tr>\n</thead>"
    part: list[Row] = []
    for is_group, rows in groupby(table.rows, key=lambda one: one.group):
        part = list(rows)
        if is_group:
            for one in part:
                title = _spans(one.cells[0], bold=False)
                yield f'<tbody class="group"><tr><th scope="rowgroup" colspan="{len(table.columns)}">{title}</th></tr></tbody>'
            continue
        yield "<tbody>"
        yield from (_row(table, one) for one in part)
        yield "</tbody>"
    yield "</table>\n</div>"
    if table.note:
        yield f'<p class="note">{_text(table.note)}</p>'


def _row(table: Table, row: Row) -> str:
    cells = zip(row.cells, table.columns, strict=True)
    texts = [(_spans(cell), _side(column.align)) for cell, column in cells]
    first = f'<th scope="row"{texts[0][1]} dir="auto">{texts[0][0]}</th>'
    rest = "".join(f'<td{side} dir="auto">{text}</td>' for text, side in texts[1:])
    return f"<tr>{first}{rest}</tr>"


def _side(align: str) -> str:
    return ' class="right"' if align == "right" else ""


def _figure(figure: Figure) -> Iterator[str]:
    yield "<figure>"
    for theme, name in ((PAPER, "light"), (PAPER_DARK, "dark")):
        key = f"figure-{figure.number}-{name}"
        told = (
            f'<svg role="img" aria-labelledby="{key}-title {key}-words" ',
            f'<title id="{key}-title">{_text(figure.caption)}</title><desc id="{key}-words">{_text(figure.picture.alt)}</desc>',
        )
        drawn = own_ids(svg(figure, theme), key).replace("<svg ", told[0], 1)
        head, _, rest = drawn.partition(">")
        yield f'<div class="{name}">{head}>{told[1]}{rest}</div>'
    yield f"<figcaption>Figure {figure.number}. {_text(figure.caption)}</figcaption>\n</figure>"


def _contents(paper: Paper) -> Iterator[str]:
    yield '<nav aria-labelledby="contents">\n<ol>'
    yield from (f'<li><a href="#{section.key}">{_text(_heading(section))}</a></li>' for section in paper.front)
    yield from (
        f'<li class="inner"><a href="#{section.key}">{_text(_heading(section))}</a></li>' for section in paper.appendix if section.number
    )
    yield "</ol>\n</nav>"


def _spans(spans: Spans, *, bold: bool = True) -> str:
    return "".join(_span(one.text, one.url, strong=one.strong and bold, quiet=one.quiet) for one in spans)


def _span(text: str, url: str, *, strong: bool, quiet: bool) -> str:
    held = _text(text)
    if url:
        held = f'<a href="{_text(url)}" rel="noopener noreferrer">{held}</a>'
    if strong:
        held = f"<strong>{held}</strong>"
    return f'<span class="quiet">{held}</span>' if quiet else held


def _text(text: str) -> str:
    return html.escape(text, quote=True)
