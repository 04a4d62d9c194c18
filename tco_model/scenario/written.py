"""Turns a text into the characters that stand for it in a YAML file: plain where that reads back the same, quoted where it would not."""

from __future__ import annotations

import json
import re

from ruamel.yaml.error import YAMLError

from tco_model.scenario.layout import Node, read_parts
from tco_model.scenario.scalars import ScalarError, read_scalar

QUOTES = ("'", '"')
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
"""Characters that JSON leaves as they are and YAML does not print, or takes for the end of a line."""


def written_text(text: str, *, quote: str = "", bracketed: bool = False, usual: str = '"') -> str:
    """Write a text so that it is read back as that text and nothing else.

    Args:
        text: any text; one that would be read as a number, a date or a truth is quoted.
        quote: quotes to keep: ``'`` or ``"``.
        bracketed: whether it will stand inside ``{ }`` or ``[ ]``.
        usual: the quotes to use where some are needed and there were none.
    """
    if not quote and _is_text(text) and stays_plain(text, bracketed=bracketed):
        return text
    return quoted(text, quote or usual)


def chosen_quotes(node: Node) -> str:
    """Return the quotes that somebody put round a text that needed none; nothing where it has none, or where they were needed.

    A new value keeps quotes that were chosen. Quotes that only the old value needed go with it, so that setting a field and setting it
    back gives the same file.
    """
    plain = node.style in QUOTES and written_text(node.text, bracketed=node.bracketed) == node.text
    return node.style if plain else ""


def quoted(text: str, quote: str = '"') -> str:
    """Put a text in quotes: single ones where they are wanted and can hold it, else double ones with escapes."""
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def stays_plain(text: str, *, bracketed: bool) -> bool:
    """Say whether a text can stand without quotes: the parser itself is asked, in a mapping in brackets or on a line of its own."""
    if text != text.strip().strip(":") or not text:  # the parser takes a colon at an end for a key in some places and not in others
        return False
    line = f"{{key: {text}, last: {text}}}" if bracketed else f"key: {text} # why\nlast: {text}\n"
    try:
        found = list(read_parts(line))
    except (YAMLError, ValueError):
        return False
    if len(found) != len(("open", "key", text, "last", text, "close")):
        return False
    values = (found[2], found[4])
    return all(one.kind == "scalar" and not one.style and not one.marked and one.text == text for one in values)


def _is_text(text: str) -> bool:
    try:
        return isinstance(read_scalar(text), str)
    except ScalarError:
        return False
