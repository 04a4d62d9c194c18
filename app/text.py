"""Turns text from scenarios into text that a page shows as it is: never as markup, a link of its own, or a formula."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_BREAKS = re.compile(r"\s+")


def plain(text: str) -> str:
    """Return text for Markdown: every mark of punctuation escaped, on one line."""
    return _MARKS.sub(r"\\\1", _BREAKS.sub(" ", text))


def small(text: str) -> str:
    """Return text for Markdown in small letters; a link in it keeps its full colour, which it loses in a caption."""
    return f":small[{plain(text)}]"


def html(text: str) -> str:
    """Return text for HTML, quotes included."""
    return escape(text, quote=True)


def is_address(url: str) -> bool:
    """Say whether an address may be made a link: http or https with a host, and nothing that could end the link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"[\s<>\"'()\\`]", url)


def source_text(source: str, url: str, as_of: str) -> str:
    """Return where a figure comes from as Markdown: name, link where there is one, date."""
    named = plain(source or "assumption")
    linked = f"[{named}]({url})" if is_address(url) else named
    return f"{linked}, {as_of}" if as_of else linked
