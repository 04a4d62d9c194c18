"""Turns a paper into a Word document: built-in styles in one font, captions and contents as fields, tables that repeat their heads."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tco_model.exporters import word_parts as parts
from tco_model.exporters.files import write_bytes
from tco_model.report.paper.document import Block, Contents, Figure, Listing, Paper, Paragraph, Section, Spans, Table
from tco_model.report.paper.drawn import need, png

INK, ACCENT, QUIET, LINK = "1F2430", "1F4E79", "5A6070", "0B5394"
BODY, SMALL, SMALLEST = 9.0, 7.5, 7.0
"""Sizes of text, of tables and captions, and of notes [point]."""
SIZES = {"Title": 16.0, "Heading 1": 12.5, "Heading 2": 11.5, "Heading 3": 10.5}
MARGIN_SIDE, MARGIN_TOP, MARGIN_BOTTOM = 1.9, 1.5, 1.6
"""[cm]"""
A4 = (21.0, 29.7)
AFTER_TABLE = 5.0
"""Space above a paragraph that follows a table without a note [point]."""
KEPT_WHOLE = 12
"""Rows up to which a table is never broken over pages."""
FRONT_PICTURE, PICTURE = 12.3, 15.0
"""Width of a picture on the two pages and in the appendix [cm]."""
EPOCH = dt.datetime(1980, 1, 1)
"""The day in the file where the scenario has none, the first a ZIP archive can hold: the same paper gives the same bytes."""


def write_word(paper: Paper, path: str | Path) -> Path:
    """Write a paper as a Word document, whole or not at all; the same paper gives the same bytes.

    Raises:
        ScenarioError: python-docx or vl-convert-python is not installed.
        OSError: the file cannot be written.
    """
    return write_bytes(path, word_bytes(paper))


def word_bytes(paper: Paper) -> bytes:
    """Return the bytes of the Word document; errors as in `write_word`."""
    need("docx", "python-docx", "a Word document")
    held = io.BytesIO()
    _Writer(paper).document.save(held)
    return _same_bytes(held.getvalue(), paper)


def _day(paper: Paper) -> dt.datetime:
    return dt.datetime.fromisoformat(paper.date) if paper.date else EPOCH


def _same_bytes(data: bytes, paper: Paper) -> bytes:
    """Pack the parts anew, all dated alike, with one font named in the theme."""
    out, day = io.BytesIO(), _day(paper)
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("word/theme/"):
                part = _one_font(part)
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, part)
    return out.getvalue()


def _one_font(theme: bytes) -> bytes:
    return re.sub(rb'<a:latin typeface="[^"]*"', f'<a:latin typeface="{parts.FONT}"'.encode(), theme)


class _Writer:
    """Writes one paper into one document."""

    def __init__(self, paper: Paper) -> None:
        import docx

        self.paper = paper
        self.document: Any = docx.Document()
        self.width = 0.0
        self.marks = 0
        self.after_table = False
        self._styles()
        self._properties()
        self._page(self.document.sections[0], wide=False)
        self._footer()
        self._text(paper.title, "Title")
        self._text(paper.subtitle, "Subtitle")
        for section in paper.front:
            self._section(section, 1)
        if paper.appendix:
            self._appendix()

    # --- Look ---------------------------------------------------------------------------------------------------------

    def _styles(self) -> None:
        from docx.enum.text import WD_LINE_SPACING
        from docx.shared import Pt, RGBColor

        styles = self.document.styles
        sizes = SIZES | {"Normal": BODY, "Subtitle": BODY, "Caption": SMALL, "List Bullet": BODY, "Footer": SMALLEST}
        for name, size in sizes.items():
            style = styles[name]
            style.font.size, style.font.name = Pt(size), parts.FONT
            style.font.italic = False
            style.font.bold = name in SIZES
            colour = ACCENT if name in SIZES else INK if name in ("Normal", "List Bullet") else QUIET
            style.font.color.rgb = RGBColor.from_string(colour)
            parts.only_font(style.element)
            style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        for name, before, after in (
            ("Title", 0, 2), ("Subtitle", 0, 4), ("Normal", 0, 4), ("Caption", 5, 2), ("List Bullet", 0, 2),
            ("Heading 1", 7, 2), ("Heading 2", 9, 3), ("Heading 3", 8, 3),
        ):  # fmt: skip
            held = styles[name].paragraph_format
            held.space_before, held.space_after = Pt(before), Pt(after)
        for name in ("Title", "Subtitle"):
            parts.without(styles[name].element, "w:pBdr", "w:spacing", "w:kern")
        self._own_styles()

    def _own_styles(self) -> None:
        """Add what Word has no built-in style for; Lead and Note are Normal in another size, contents as Word names them."""
        from docx.enum.style import WD_STYLE_TYPE
        from docx.shared import Cm, Pt, RGBColor

        styles = self.document.styles
        for name, size, bold, colour in (("Lead", 10.0, True, INK), ("Note", SMALLEST, False, QUIET), ("Cell", SMALL, False, INK)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles["Normal"]
            style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour)
        styles["Cell"].paragraph_format.space_after = Pt(0)
        styles["Note"].paragraph_format.space_before = Pt(2)
        for level in (1, 2):
            style = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles["Normal"]
            style.paragraph_format.space_after = Pt(1)
            style.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
        link.font.color.rgb, link.font.underline = RGBColor.from_string(LINK), True

    def _properties(self) -> None:
        from docx.oxml.ns import qn

        core, paper = self.document.core_properties, self.paper
        core.title, core.author, core.last_modified_by = paper.title[:255], paper.author[:255], paper.author[:255]
        core.subject, core.language, core.comments, core.keywords = paper.description[:255], paper.language, "", ""
        core.created = core.modified = _day(paper)
        core.revision = 1
        for lang in self.document.styles.element.iter(qn("w:lang")):
            lang.set(qn("w:val"), "en-US")

    def _page(self, section: Any, *, wide: bool) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm

        width, height = A4[::-1] if wide else A4
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Cm(width), Cm(height)
        section.left_margin = section.right_margin = Cm(MARGIN_SIDE)
        section.top_margin, section.bottom_margin = Cm(MARGIN_TOP), Cm(MARGIN_BOTTOM)
        section.header_distance = section.footer_distance = Cm(0.8)
        self.width = width - 2 * MARGIN_SIDE

    def _footer(self) -> None:
        """Write what the paper rests on and the number of the page; later sections take it over."""
        paragraph = self.document.sections[0].footer.paragraphs[0]
        parts.run(paragraph, f"{self.paper.colophon}    ")
        parts.field(paragraph, "PAGE", "1")
        parts.run(paragraph, " / ")
        parts.field(paragraph, "NUMPAGES", "1")

    # --- Text ---------------------------------------------------------------------------------------------------------

    def _text(self, text: str, style: str) -> Any:
        from docx.shared import Pt

        paragraph = self.document.add_paragraph(text, style=style)
        if self.after_table and style == "Normal":
            paragraph.paragraph_format.space_before = Pt(AFTER_TABLE)
        self.after_table = False
        return paragraph

    def _section(self, section: Section, level: int) -> None:
        heading = self._text(_heading(section), f"Heading {level}")
        self._bookmark(heading, section.key)
        for block in section.blocks:
            self._block(block)

    def _appendix(self) -> None:
        heading = self._text("Appendix", "Heading 1")
        heading.paragraph_format.page_break_before = True
        self._bookmark(heading, "appendix")
        for before, section in zip((None, *self.paper.appendix), self.paper.appendix, strict=False):
            if before is not None and before.wide != section.wide:
                self._page(self.document.add_section(), wide=section.wide)
            self._section(section, 2)

    def _bookmark(self, paragraph: Any, key: str) -> None:
        self.marks += 1
        number = str(self.marks)
        start, end = parts.element("w:bookmarkStart", id=number, name=_mark(key)), parts.element("w:bookmarkEnd", id=number)
        paragraph._p.insert(1, start)
        paragraph._p.append(end)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph(spans, lead):
                self._spans(self._text("", "Lead" if lead else "Normal"), spans, bold=not lead)
            case Listing(items):
                for item in items:
                    self._spans(self._text("", "List Bullet"), item)
            case Table():
                self._table(block)
            case Figure():
                self._figure(block)
            case Contents():
                self._contents()

    def _spans(self, paragraph: Any, spans: Spans, *, bold: bool = True) -> None:
        for span in spans:
            run = parts.run(paragraph, span.text)
            if span.strong and bold:
                run.bold = True
            if span.quiet:
                parts.coloured(run, QUIET)
            if span.url:
                self._link(paragraph, run, span.url)

    def _link(self, paragraph: Any, run: Any, url: str) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml.ns import qn

        run.style = self.document.styles["Hyperlink"]
        link = parts.element("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run._r.getparent().replace(run._r, link)
        link.append(run._r)

    # --- Tables and pictures ------------------------------------------------------------------------------------------

    def _caption(self, kind: str, number: int, text: str, *, above: bool) -> None:
        paragraph = self._text("", "Caption")
        paragraph.paragraph_format.keep_with_next = above
        parts.run(paragraph, f"{kind} ")
        parts.field(paragraph, f"SEQ {kind} \\* ARABIC", str(number))
        parts.run(paragraph, f": {text}")

    def _table(self, block: Table) -> None:
        self._caption("Table", block.number, block.caption, above=True)
        titled = any(column.title for column in block.columns)
        table = self.document.add_table(rows=0, cols=len(block.columns))
        table.autofit = False
        widths = parts.widths([column.weight for column in block.columns], self.width)
        parts.shape(table, widths, titled=titled)
        if titled:
            cells = self._row(table, widths, repeated=True)
            for cell, column in zip(cells, block.columns, strict=True):
                self._cell(cell, ((column.title, True),), column.align)
        for row in block.rows:
            cells = self._row(table, widths)
            if row.group:
                cell = cells[0].merge(cells[-1])
                self._filled(cell.paragraphs[0], row.cells[0], "left")
                parts.shaded(cell)
                continue
            for cell, spans, column in zip(cells, row.cells, block.columns, strict=True):
                self._filled(cell.paragraphs[0], spans, column.align)
        if len(block.rows) <= KEPT_WHOLE:
            parts.kept_whole(table)
        self.after_table = not block.note
        if block.note:
            self._text(block.note, "Note")

    def _row(self, table: Any, widths: Sequence[int], *, repeated: bool = False) -> list[Any]:
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *(("w:tblHeader",) if repeated else ())):
            properties.append(parts.element(name, val="true"))
        cells = list(row.cells)
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        return cells

    def _cell(self, cell: Any, texts: Sequence[tuple[str, bool]], align: str) -> None:
        paragraph = cell.paragraphs[0]
        self._aligned(paragraph, align)
        for text, bold in texts:
            parts.run(paragraph, text).bold = bold

    def _filled(self, paragraph: Any, spans: Spans, align: str) -> None:
        self._aligned(paragraph, align)
        self._spans(paragraph, spans)

    def _aligned(self, paragraph: Any, align: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph._p.style = "Cell"  # by its id: a look-up by name costs more than the whole cell
        if align == "right":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _figure(self, block: Figure) -> None:
        from docx.shared import Cm

        paragraph = self._text("", "Normal")
        paragraph.paragraph_format.keep_with_next = True
        in_front = any(block is one for section in self.paper.front for one in section.blocks)
        shape = paragraph.add_run().add_picture(io.BytesIO(png(block)), width=Cm(FRONT_PICTURE if in_front else PICTURE))
        properties = shape._inline.docPr
        properties.set("name", f"Figure {block.number}")
        properties.set("title", block.caption)
        properties.set("descr", block.picture.alt)
        self._caption("Figure", block.number, block.caption, above=False)

    def _contents(self) -> None:
        """Write the contents as a field that holds its entries already; they lead to their sections, and Word can bring them up to date."""
        entries = [(1, section) for section in self.paper.front] + [(2, section) for section in self.paper.appendix if section.number]
        for place, (level, section) in enumerate(entries):
            paragraph = self._text("", f"toc {level}")
            if place == 0:
                parts.field_begin(paragraph, 'TOC \\o "1-2" \\n \\h \\z \\u')
            self._to_mark(paragraph, _heading(section), _mark(section.key))
            if place == len(entries) - 1:
                parts.field_end(paragraph)

    def _to_mark(self, paragraph: Any, text: str, mark: str) -> None:
        run = parts.run(paragraph, text)
        link = parts.element("w:hyperlink", anchor=mark)
        run._r.getparent().replace(run._r, link)
        link.append(run._r)


def _heading(section: Section) -> str:
    return f"{section.number}  {section.heading}".strip()


def _mark(key: str) -> str:
    return "_" + key.replace("-", "_")
