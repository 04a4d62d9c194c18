"""Turns a description of a file that must be refused into the file, the command that reads it and what its refusal must say."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class BadFile:
    """One file that nobody should take: what is wrong with it, how it is called, its bytes, and what is said of it."""

    title: str
    name: str
    content: bytes | Callable[[], bytes]
    says: str
    """Words of the message: what is wrong."""
    line: int = 0
    """The line that is named; 0 where the whole file is at fault."""
    field: str = ""
    """The field that is named, where there is one."""
    more: tuple[str, ...] = ()
    """Further words of the command."""

    @property
    def bytes(self) -> bytes:
        """What the file holds."""
        return self.content if isinstance(self.content, bytes) else self.content()


def slips(good: str, name: str, *rows: tuple[str, str, str] | tuple[str, str, str, int] | tuple[str, str, str, int, str]) -> list[BadFile]:
    """Return a case for each slip of the pen in a good text: what stands there, what a careless author wrote, what is said, where."""
    found: list[BadFile] = []
    for row in rows:
        stands, wrote = row[:2]
        assert good.count(stands) == 1, f"{good.count(stands)} places of the good file hold {stands!r}"
        line, field = (row[3] if len(row) > 3 else 0), (row[4] if len(row) > 4 else "")
        found.append(
            BadFile(f"{stands} -> {wrote}"[:90], name, good.replace(stands, wrote).encode("utf-8", "surrogatepass"), row[2], line, field)
        )
    return found


FEW = ("nothing in it", "UTF-16", "an alias that grows", "a tag that runs", "a key twice", "too deep", "too large")


def whole_files(name: str, *, few: bool = False) -> list[BadFile]:
    """Return what is wrong with any YAML file as a whole, before a word of it is understood; a few of it for readers that share a way in."""
    deep = "a: " + "[" * 60 + "]" * 60
    rows: tuple[tuple[str, bytes, str, int], ...] = (
        ("nothing in it", b"", "the file is empty, not a mapping", 1),
        ("comments alone", b"# nothing\n# here\n", "the file is empty, not a mapping", 1),
        ("a list", b"- schema: 1\n", "the file is a list, not a mapping", 1),
        ("a word", b"schema\n", "the file is a single value, 'schema', not a mapping", 1),
        ("UTF-16", "schema: 1\n".encode("utf-16"), "the file is UTF-16", 1),
        ("no text", b"schema: 1\nname: caf\xe9\n", "the file is no text in UTF-8 (byte 0xE9)", 2),
        ("a NUL", b"schema: 1\nname: a\0b\n", "the file holds binary data (a NUL character)", 2),
        ("a control character", b"schema: 1\nname: a\x07b\n", "this is not valid YAML: a control character ('\\x07')", 2),
        ("packed", gzip.compress(b"schema: 1\n"), "the file is no text in UTF-8 (byte 0x8B)", 1),
        ("a workbook", b"PK\x03\x04" + b"\x00" * 60, "the file holds binary data (a NUL character)", 1),
        ("never closed", b"schema: 1\nrules: [\n", "this is not valid YAML: expected the node content, but found '<s", 3),
        ("a tab", b"schema: 1\nrules:\n\t- a\n", "this is not valid YAML: found character '\\t' that cannot start a", 3),
        ("an alias that grows", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchors and aliases (& and *) are not read", 1),
        ("a merge key", b"schema: 1\nx: {<<: {a: 1}}\n", "x.<<: merge keys (<<) are not read", 2),
        (
            "a tag that runs",
            b"schema: 1\nx: !!python/object/apply:os.system [ls]\n",
            "the tag tag:yaml.org,2002:python/object/apply:os.system is not r",
            2,
        ),
        ("two documents", b"schema: 1\n---\nschema: 1\n", "the file holds more than one document", 2),
        ("a key twice", b"schema: 1\nschema: 1\n", "the key 'schema' stands twice", 2),
        ("too deep", deep.encode(), "the file is nested more than 50 levels deep", 1),
        ("brackets without end", b"[" * 100_000, "the file is nested more than 50 levels deep", 1),
        ("too large", b"# " + b"x" * 1_000_000 + b"\n", "more than 1,000,000 bytes", 0),
        ("too many values", b"schema: 1\nx: [" + b"1," * 21_000 + b"]\n", "the file holds more than 20,000 keys and values", 2),
        ("a date that is none", b"schema: 1\nx: 9999-99-99\n", "'9999-99-99' is not a day of the calendar", 2),
        (
            "a number of 5,000 digits",
            b"schema: 1\nx: " + b"9" * 5_000 + b"\n",
            "'9999999999999999999999999999999999999…' is too large a number",
            2,
        ),
        ("another schema", b"schema: 7\n", "'7' is not", 1),
    )
    return [BadFile(title, name, content, says, line) for title, content, says, line in rows if not few or title in FEW]
