"""Turns text, tables and pictures into one document model: plain data without any markup, so that no text can become a command."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields
from urllib.parse import quote

from tco_model.files import spelled
from tco_model.report.pictures import Picture

Align = str
"""``left`` or ``right``."""
_KEPT = "\u200c\u200d"
"""Joiners that Persian and Indic words and emoji are spelled with; every other invisible sign is taken out."""

_ADDRESS_SIGNS = "%/:?#[]@!$&'()*+,;=~-._"


def plain(text: str) -> str:
    """Return a text as one line of visible characters: no control, surrogate or direction override, blanks run together.

    XML forbids the first two; the third shows a reader something else than what stands there.
    """
    held = "".join(" " if letter in "\t\n\r\x85\u2028\u2029" else letter for letter in spelled(text))
    held = "".join(letter for letter in held if letter in _KEPT or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(held.split())


def web_address(url: str) -> str:
    """Return an address that a reader may be sent to, http or https, in ASCII (RFC 3986); empty where it is none."""
    held = "".join(url.split())
    return quote(held, safe=_ADDRESS_SIGNS) if held.lower().startswith(("http://", "https://")) and held.isprintable() else ""


class _Cleaned:
    """Takes out of every text of a part what no writer may see."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # pyright: ignore[reportArgumentType]
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, web_address(value) if field.name == "url" else plain(value))


@dataclass(frozen=True, slots=True)
class Span(_Cleaned):
    """A run of text in one style, a link where it has an address."""

    text: str
    strong: bool = False
    quiet: bool = False
    url: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences; the lead one of the paper stands out."""

    spans: Spans
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Points, one below the other."""

    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Column(_Cleaned):
    """A column of a table: its title, where its text stands, its share of the width."""

    title: str
    align: Align = "left"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, its first cell its name; the title of a group of rows has one cell."""

    cells: tuple[Spans, ...]
    group: bool = False


@dataclass(frozen=True, slots=True)
class Table(_Cleaned):
    """Figures in rows and columns, with a caption and what a reader must know to read them."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Figure(_Cleaned):
    """A picture with its caption; `picture.alt` is the picture in words."""

    caption: str
    picture: Picture
    number: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of the sections, where it stands."""


Block = Paragraph | Listing | Table | Figure | Contents


@dataclass(frozen=True, slots=True)
class Section(_Cleaned):
    """A heading and what stands below it."""

    number: str
    heading: str
    blocks: tuple[Block, ...]
    key: str
    """For an address inside the paper: ``what-would-change``."""
    wide: bool = False
    """On paper lying on its side."""


@dataclass(frozen=True, slots=True)
class Paper(_Cleaned):
    """The whole paper: two pages for who decides, an appendix for who checks."""

    title: str
    subtitle: str
    description: str
    author: str
    date: str
    """The day of the inputs, ISO 8601; empty where the scenario has none."""
    language: str
    front: tuple[Section, ...]
    appendix: tuple[Section, ...]
    colophon: str
    """At the foot of every page."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section in reading order."""
        return self.front + self.appendix

    def figures(self) -> Iterator[Figure]:
        """Yield every picture in reading order."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Figure))


def said(text: str, *, strong: bool = False, quiet: bool = False, url: str = "") -> Spans:
    """Return a text of one style."""
    return (Span(text, strong, quiet, url),)


def paragraph(text: str, *, lead: bool = False, quiet: bool = False) -> Paragraph:
    """Return a paragraph of one style."""
    return Paragraph(said(text, quiet=quiet, strong=lead), lead)


def row(*cells: str | Spans, strong: bool = False) -> Row:
    """Return a row of a table."""
    return Row(tuple(said(cell, strong=strong) if isinstance(cell, str) else cell for cell in cells))


def group(title: str) -> Row:
    """Return the title of a group of rows."""
    return Row((said(title, strong=True),), group=True)
