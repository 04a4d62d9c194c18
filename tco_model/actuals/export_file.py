"""Turns the path of an export into what it is: its fingerprint, its format and a plain file to read, or the reason it cannot be read."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import stat
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tco_model.actuals.arrow import arrow, parquet
from tco_model.errors import Problem, ScenarioError

BLOCK = 1 << 20
LONGEST_LINE = 16 << 20
"""Bytes of one line beyond which a file is taken as damaged, not as an export."""
MOST_EXPANDED = 200 << 30
"""Bytes that a packed file may hold once unpacked."""
MOST_RATIO, RATIO_FROM = 400, 64 << 20
"""Times its size that a packed file may unpack to, and the bytes from which on that is held against it: bills reach 40, bombs 1,000."""
PARQUET_MAGIC, GZIP_MAGIC = b"PAR1", b"\x1f\x8b"
OTHERS = {
    b"PK\x03\x04": "a ZIP archive or a workbook",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"BZh": "a bzip2 file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\xfd7zXZ": "an xz file",
    b"SQLite": "an SQLite database",
    b"\x89PNG": "an image",
}
WIDE = (((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "UTF-32"), ((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "UTF-16"))
"""Byte-order marks; those of UTF-32 first, for they begin with one of UTF-16."""
DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Export:
    """One file as found: what it is called, its SHA-256, its format (csv, json, parquet) and where its plain bytes lie."""

    path: Path
    sha256: str
    format: str
    plain: Path
    header: tuple[str, ...] = ()
    """Names of the columns, for csv and parquet."""
    delimiter: str = ","
    head: str = ""
    """The first characters, for telling one JSON source from another."""

    @property
    def name(self) -> str:
        """The base name, as the tables hold it."""
        return self.path.name


def refuse(path: Path, message: str, mend: str, *, line: int = 0, column: int = 0, value: str = "", field: str = "") -> NoReturn:
    """Refuse a file with its place, rule and mend."""
    raise ScenarioError(Problem(message, mend, field=field, value=value[:200], file=str(path), line=line, column=column))


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Tell what the system says of a path as a problem of the input."""
    try:
        yield
    except ScenarioError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(path, f"cannot be read: {reason}", "name a file that you may read")


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file as it lies there."""
    with reading(path):
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            refuse(path, "is a folder", f"name the files in it, such as {path}/*.csv.gz")
        if not stat.S_ISREG(mode):
            refuse(path, "is a pipe or a device, not a file", "save it as a file first: an export is read more than once")
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


def inspect(path: Path, staging: Path, sha256: str = "") -> Export:
    """Look at a file once from end to end: unpacked if packed, UTF-8, whole, with lines of a sane length.

    Args:
        path: the export.
        staging: folder where a packed file is unpacked to.
        sha256: its fingerprint where already known.

    Raises:
        ScenarioError: a folder, an empty or truncated file, another encoding, a line beyond `LONGEST_LINE`, or another kind of file.
    """
    sha256 = sha256 or fingerprint(path)
    with reading(path), path.open("rb") as stream:
        magic = stream.read(8)
    if not magic:
        refuse(path, "is empty", "export it again")
    if magic.startswith(PARQUET_MAGIC):
        return Export(path, sha256, "parquet", path, _parquet_columns(path))
    for start, kind in OTHERS.items():
        if magic.startswith(start):
            refuse(path, f"is {kind}, not an export that can be read", "export as CSV, gzipped CSV, JSON or Parquet")
    plain = path
    if magic.startswith(GZIP_MAGIC):
        plain = staging / f"{sha256[:16]}.plain"
        _unpack(path, plain)
    else:
        with reading(path), path.open("rb") as stream:
            text = _Text(path)
            while block := stream.read(BLOCK):
                text.take(block)
            text.end()
    return _described(path, sha256, plain)


def _parquet_columns(path: Path) -> tuple[str, ...]:
    """Return the names of a Parquet file's columns from its footer alone."""
    pa = arrow()
    pq = parquet()

    try:
        return tuple(str(name) for name in pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        refuse(path, f"is no whole Parquet file: {str(error).splitlines()[0]}", "fetch it again, whole")


def _unpack(path: Path, plain: Path) -> None:
    """Unpack a file, its text looked at on the way, so that what is no text is refused before it fills the disk."""
    written, text = 0, _Text(path)
    try:
        with path.open("rb") as packed, gzip.open(packed) as source, plain.open("wb") as target:
            while block := source.read(BLOCK):
                text.take(block)
                written += target.write(block)
                if written > MOST_EXPANDED:
                    refuse(path, f"unpacks to more than {MOST_EXPANDED >> 30} GiB", "split the export by month")
                if written > RATIO_FROM and written > MOST_RATIO * packed.tell():
                    refuse(path, f"unpacks to more than {MOST_RATIO} times its size, as no export does", "export it again")
    except EOFError:
        refuse(path, "the gzip file breaks off before its end", "fetch it again, whole")
    except (gzip.BadGzipFile, zlib.error) as error:
        refuse(path, f"the gzip file is damaged: {error}", "fetch it again")
    if not written:
        refuse(path, "is empty once unpacked", "export it again")
    text.end()


class _Text:
    """Looks at a text block by block: UTF-8, no NUL, no endless line."""

    def __init__(self, path: Path) -> None:
        self.path, self.lines, self.run, self.started = path, 0, 0, False
        self.is_json = False
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def take(self, block: bytes) -> None:
        """Take the next block.

        Raises:
            ScenarioError: it is no text as an export has.
        """
        if not self.started:
            self._begin(block)
        self._decode(block)
        breaks = block.count(b"\n")
        self.run = len(block) - block.rfind(b"\n") if breaks else self.run + len(block)
        self.lines += breaks
        if self.run > LONGEST_LINE and not self.is_json:
            message = f"a line is longer than {LONGEST_LINE >> 20} MiB"
            refuse(self.path, message, "export it again with line ends", line=self.lines + 1)

    def end(self) -> None:
        """Refuse a text that ends within a character."""
        try:
            self.decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            refuse(self.path, "ends in the middle of a character", "fetch it again, whole", line=self.lines + 1)

    def _begin(self, block: bytes) -> None:
        self.started = True
        for marks, name in WIDE:
            if block.startswith(marks):
                refuse(self.path, f"is {name}", f"save it as UTF-8: iconv -f {name} -t UTF-8")
        self.is_json = block[:64].removeprefix(codecs.BOM_UTF8).lstrip()[:1] in {b"{", b"["}

    def _decode(self, block: bytes) -> None:
        nul = block.find(b"\0")
        if nul >= 0:
            line = self.lines + block.count(b"\n", 0, nul) + 1
            refuse(self.path, "holds NUL bytes: it is no text, or UTF-16", "export it as CSV or JSON in UTF-8", line=line)
        try:
            self.decoder.decode(block)
        except UnicodeDecodeError as error:
            line = self.lines + block.count(b"\n", 0, max(error.start, 0)) + 1
            wrong = error.object[error.start : error.start + 1].hex()
            mend = "save it as UTF-8: iconv -f WINDOWS-1252 -t UTF-8"
            refuse(self.path, f"is not UTF-8: byte 0x{wrong}", mend, line=line, value=f"0x{wrong}")


def _described(path: Path, sha256: str, plain: Path) -> Export:
    with plain.open(encoding="utf-8-sig", newline="") as stream:
        head = stream.read(1 << 16)
    if not head.strip():
        refuse(path, "holds nothing but white space", "export it again")
    if head.lstrip()[:1] in {"{", "["}:
        return Export(path, sha256, "json", plain, head=head)
    first = head.splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    header = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter)))
    return Export(path, sha256, "csv", plain, header, delimiter, head)
