"""Turns what python-docx has no words for, fields, table shapes, fonts without a theme, into elements of a Word document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tco_model.report.paper.drawn import need

FONT = "Calibri"
RULE, SOFT = "C9CED6", "EEF2F7"


def run(paragraph: Any, text: str) -> Any:
    """Add text to a paragraph and return it."""
    return paragraph.add_run(text)


def coloured(run: Any, colour: str) -> None:
    """Colour text, RRGGBB."""
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor.from_string(colour)


def only_font(style: Any) -> None:
    """Name the font for every script and leave out the theme's, which would win over it."""
    from docx.oxml.ns import qn

    fonts = style.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
        fonts.attrib.pop(qn(f"w:{script}Theme"), None)
    fonts.attrib.pop(qn("w:cstheme"), None)


def without(style: Any, *names: str) -> None:
    """Take out what the template draws or spaces letters by; the space around a paragraph stays."""
    from docx.oxml.ns import qn

    for name in names:
        for found in list(style.iter(qn(name))):
            if name != "w:spacing" or found.getparent().tag == qn("w:rPr"):
                found.getparent().remove(found)


def element(tag: str, /, **attributes: str) -> Any:
    """Return an element of the document's language, with its attributes."""
    from docx.oxml.ns import qn

    found = need("docx.oxml", "python-docx", "a Word document").OxmlElement(tag)
    for key, value in attributes.items():
        found.set(qn(f"w:{key}"), value)
    return found


def field_begin(paragraph: Any, code: str) -> None:
    """Begin a field: what it is reckoned from."""
    from docx.oxml.ns import qn

    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="begin"))
    said = element("w:instrText")
    said.text = f" {code} "
    said.set(qn("xml:space"), "preserve")
    paragraph.add_run()._r.append(said)
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="separate"))


def field_end(paragraph: Any) -> None:
    """End a field."""
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))


def field(paragraph: Any, code: str, shown: str) -> None:
    """Write a field with the text it shows until it is brought up to date."""
    field_begin(paragraph, code)
    run(paragraph, shown)
    field_end(paragraph)


def widths(weights: Sequence[float], width: float) -> list[int]:
    """Return the widths of columns that share a width [cm] by weight, in English Metric Units."""
    from docx.shared import Cm

    return [int(Cm(width * weight / sum(weights))) for weight in weights]


def shape(table: Any, widths: Sequence[int], *, titled: bool) -> None:
    """Fix the widths, draw a thin rule below each row, keep cells tight, and say which row and column are heads."""
    from docx.oxml.ns import qn

    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    properties = table._tbl.tblPr
    borders = element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color=RULE))
    margins = element("w:tblCellMar")
    for side, size in (("top", "15"), ("left", "55"), ("bottom", "15"), ("right", "55")):
        margins.append(element(f"w:{side}", w=size, type="dxa"))
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.remove(look)
    held = element(
        "w:tblLook", val="04A0", firstRow=str(int(titled)), lastRow="0", firstColumn="1", lastColumn="0", noHBand="1", noVBand="1"
    )
    layout = properties.find(qn("w:tblLayout"))
    if layout is not None:
        layout.addprevious(borders)
        layout.addnext(margins)
    else:
        properties.extend((borders, margins))
    properties.append(held)


def kept_whole(table: Any) -> None:
    """Keep the rows of a table on one page."""
    for row in table.rows[:-1]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def shaded(cell: Any) -> None:
    """Shade a cell as a head."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=SOFT))
