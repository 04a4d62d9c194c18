"""Bills that must be refused: files that are none, bombs, headers that lack what a bill needs, and bills of which no row can be read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

from tests.actuals.bills import BASE, charge, month, text
from tests.bad_input.bad_file import BadFile

GOOD = text(month(range(1, 5)))
PLAIN = GOOD.encode()
HEADER, FIRST = GOOD.splitlines()[:2]


def packed(plain: bytes = PLAIN) -> bytes:
    return gzip.compress(plain, mtime=0)


def repeated(block: bytes, times: int) -> Callable[[], bytes]:
    """A gzip file that unpacks to one block many times over, made without holding it."""

    def make() -> bytes:
        written = io.BytesIO()
        with gzip.GzipFile(fileobj=written, mode="wb", mtime=0) as stream:
            for _ in range(times):
                stream.write(block)
        return written.getvalue()

    return make


def without(*columns: str) -> bytes:
    return text(month(range(1, 5)), columns=[name for name in BASE if name not in columns]).encode()


def parquet(rows: list[dict[str, object]], **columns: object) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table(dict(columns)) if columns else pa.Table.from_pylist(rows), written)
    return written.getvalue()


def parquet_bomb(rows: int, columns: int) -> Callable[[], bytes]:
    """Millions of equal rows in some kilobytes, as run lengths can say it."""

    def make() -> bytes:
        names = list(BASE)[:columns]
        table = pa.table({name: pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int8()), [BASE[name]]) for name in names})
        written = io.BytesIO()
        pq.write_table(table, written)
        return written.getvalue()

    return make


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as stream:
        stream.writestr("a.csv", PLAIN)
    return written.getvalue()


def all_rows(**cells: str) -> bytes:
    """A bill whose every row holds these cells."""
    return text([charge(**cells) for _ in range(4)]).encode()


PARQUET = parquet([dict(row) for row in month(range(1, 5))])
WRONG_FILES = [
    BadFile("gzip that breaks off", "a.csv.gz", packed()[:-30], "the gzip file breaks off before its end"),
    BadFile("gzip that breaks off in its head", "a.csv.gz", packed()[:6], "the gzip file breaks off before its end"),
    BadFile("gzip without its checksum", "a.csv.gz", packed()[:-8], "the gzip file breaks off before its end"),
    BadFile(
        "gzip with a wrong checksum", "a.csv.gz", packed()[:-8] + b"\0" * 8, "the gzip file is damaged: CRC check failed 0x0 != 0x64998d1f"
    ),
    BadFile(
        "gzip damaged in the middle",
        "a.csv.gz",
        packed()[:40] + b"\xff" * 60 + packed()[100:],
        "the gzip file is damaged: Error -3 while decompressing data: inv",
    ),
    BadFile("gzip with something behind it", "a.csv.gz", packed() + b"tail", "the gzip file is damaged: Not a gzipped file (b'ta')"),
    BadFile("gzip of nothing", "a.csv.gz", packed(b""), "is empty once unpacked"),
    BadFile("gzip in gzip", "a.csv.gz", packed(packed()), "holds NUL bytes: it is no text, or UTF-16", 1),
    BadFile("gzip of a workbook", "a.csv.gz", packed(archive()), "holds NUL bytes: it is no text, or UTF-16", 1),
    BadFile("gzip of Parquet", "a.parquet.gz", packed(PARQUET), "holds NUL bytes: it is no text, or UTF-16", 1),
    BadFile("bomb of zeros", "a.csv.gz", repeated(b"\0" * (1 << 20), 300), "holds NUL bytes: it is no text, or UTF-16", 1),
    BadFile("bomb of one line", "a.csv.gz", repeated(b"x" * (1 << 20), 300), "a line is longer than 16 MiB", 1),
    BadFile("bomb of blanks", "a.csv.gz", repeated(b" " * (1 << 20), 300), "a line is longer than 16 MiB", 1),
    BadFile(
        "bomb of line ends", "a.csv.gz", repeated(b"\n" * (1 << 20), 300), "unpacks to more than 400 times its size, as no export does"
    ),
    BadFile(
        "bomb of rows all alike",
        "a.csv.gz",
        repeated(b"a,b,c\n" * 200_000, 300),
        "unpacks to more than 400 times its size, as no export does",
    ),
    BadFile("bomb of brackets", "a.json.gz", repeated(b"[" * (1 << 20), 40), "is no export of a known source", 1),
    BadFile("a ZIP archive", "a.csv", archive(), "is a ZIP archive or a workbook, not an export that can be read"),
    BadFile(
        "a workbook by another name", "a.csv", b"PK\x03\x04" + b"0" * 99, "is a ZIP archive or a workbook, not an export that can be read"
    ),
    BadFile("a PDF", "a.csv", b"%PDF-1.7\n" + b"0" * 99, "is a PDF, not an export that can be read"),
    BadFile("an old workbook", "a.xls", b"\xd0\xcf\x11\xe0" + b"0" * 99, "is an old Excel workbook, not an export that can be read"),
    BadFile("bzip2", "a.csv.bz2", bz2.compress(PLAIN), "is a bzip2 file, not an export that can be read"),
    BadFile("xz", "a.csv.xz", lzma.compress(PLAIN), "is an xz file, not an export that can be read"),
    BadFile("zstd", "a.csv.zst", b"\x28\xb5\x2f\xfd" + b"0" * 99, "is a zstd file, not an export that can be read"),
    BadFile("SQLite", "a.db", b"SQLite format 3\0" + b"0" * 99, "is an SQLite database, not an export that can be read"),
    BadFile("a picture", "a.csv", b"\x89PNG\r\n\x1a\n" + b"0" * 99, "is an image, not an export that can be read"),
    BadFile("a page of HTML", "a.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>\n", "is no export of a known source", 1),
    BadFile(
        "an error of a bucket",
        "a.csv.gz",
        b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n',
        "is no export of a known source",
        1,
    ),
    BadFile(
        "a pointer to a large file",
        "a.csv",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123\n",
        "is no export of a known source",
        1,
    ),
    BadFile("random bytes", "a.csv", bytes((number * 37 + 11) % 251 + 5 for number in range(4000)), "is not UTF-8: byte 0xa4", 1),
    BadFile("nothing", "a.csv", b"", "is empty"),
    BadFile("white space", "a.csv", b" \n\t\n", "holds nothing but white space"),
    BadFile("a byte-order mark alone", "a.csv", b"\xef\xbb\xbf", "holds nothing but white space"),
    BadFile("UTF-16", "a.csv", GOOD.encode("utf-16"), "is UTF-16"),
    BadFile("UTF-16 of the other end", "a.csv", b"\xfe\xff" + GOOD.encode("utf-16-be"), "is UTF-16"),
    BadFile("UTF-16 that does not say so", "a.csv", GOOD.encode("utf-16-le"), "holds NUL bytes: it is no text, or UTF-16", 1),
    BadFile("UTF-32", "a.csv", GOOD.encode("utf-32"), "is UTF-32"),
    BadFile("Latin-1", "a.csv", GOOD.replace("compute", "caf\xe9", 1).encode("latin-1"), "is not UTF-8: byte 0xe9", 2),
    BadFile(
        "NUL in the third row", "a.csv", PLAIN.replace(b"2026-05-03", b"2026-\0-03", 1), "holds NUL bytes: it is no text, or UTF-16", 3
    ),
    BadFile("cut within a character", "a.csv", (GOOD + "é").encode()[:-1], "ends in the middle of a character", 6),
    BadFile("a line without end", "a.csv", lambda: PLAIN + b"x" * (18 << 20), "a line is longer than 16 MiB", 6),
    BadFile(
        "no Parquet behind its mark", "a.parquet", b"PAR1" + b"0" * 99, "is no whole Parquet file: Parquet magic bytes not found in foote"
    ),
    BadFile(
        "Parquet cut in half", "a.parquet", PARQUET[: len(PARQUET) // 2], "is no whole Parquet file: Parquet magic bytes not found in foote"
    ),
    BadFile(
        "Parquet whose footer is longer than itself",
        "a.parquet",
        PARQUET[:-8] + struct.pack("<I", 2**31) + b"PAR1",
        "is no whole Parquet file: Parquet file size is 6591 bytes, small",
    ),
    BadFile(
        "Parquet whose footer is damaged",
        "a.parquet",
        PARQUET[:-60] + b"\xff" * 40 + PARQUET[-20:],
        "is no whole Parquet file: Couldn't deserialize thrift: don't kno",
    ),
    BadFile(
        "Parquet whose pages are damaged",
        "a.parquet",
        PARQUET[:4] + b"\xff" * 400 + PARQUET[404:],
        "cannot be read: don't know what type: �",
    ),
    BadFile(
        "Parquet bomb of equal rows",
        "a.parquet",
        parquet_bomb(1_500_000, 23),
        "says it holds 1,500,000 rows in 112,143 bytes, which no bill doe",
    ),
    BadFile("Parquet of other columns", "a.parquet", parquet([{"name": "x", "age": 1}]), "is no export of a known source", 1),
    BadFile(
        "Parquet without rows",
        "a.parquet",
        parquet([], **{name: pa.array([], pa.string()) for name in BASE}),
        "holds a header and no rows",
        1,
    ),
    BadFile(
        "Parquet of nested costs",
        "a.parquet",
        parquet([dict(row) | {"BilledCost": {"value": 1}} for row in month(range(1, 5))]),
        "4 of 4 rows cannot be read; the first: not a number such as 1234",
        1,
        "BilledCost",
    ),
    BadFile(
        "Parquet of costs as bytes",
        "a.parquet",
        parquet([dict(row) | {"BilledCost": b"\xff\xfe"} for row in month(range(1, 5))]),
        "4 of 4 rows cannot be read; the first: not a number such as 1234",
        1,
        "BilledCost",
    ),
    BadFile(
        "Parquet of costs as truth",
        "a.parquet",
        parquet([dict(row) | {"BilledCost": True} for row in month(range(1, 5))]),
        "4 of 4 rows cannot be read; the first: not a number such as 1234",
        1,
        "BilledCost",
    ),
    BadFile(
        "Parquet of not a number",
        "a.parquet",
        parquet([dict(row) | {"BilledCost": float("nan")} for row in month(range(1, 5))]),
        "4 of 4 rows cannot be read; the first: not a finite number",
        1,
        "BilledCost",
    ),
    BadFile(
        "Parquet of endless costs",
        "a.parquet",
        parquet([dict(row) | {"BilledCost": float("inf")} for row in month(range(1, 5))]),
        "4 of 4 rows cannot be read; the first: not a finite number",
        1,
        "BilledCost",
    ),
    BadFile(
        "Parquet of 3,000 columns",
        "a.parquet",
        parquet([dict(charge()) | {f"x_{number}": "1" for number in range(3_000)}]),
        "has 3,023 columns, and at most 2,000 are read",
        1,
    ),
]
WRONG_HEADERS = [
    BadFile(
        "a delimiter that nobody knows",
        "a.csv",
        GOOD.replace(",", "#").encode(),
        "names FOCUS columns in its first line, but no delimiter that is",
        1,
    ),
    BadFile(
        "columns by blanks", "a.csv", GOOD.replace(",", " ").encode(), "names FOCUS columns in its first line, but no delimiter that is", 1
    ),
    BadFile("another table", "a.csv", b"name,age\nx,1\n", "is no export of a known source", 1),
    BadFile("one column", "a.csv", b"BilledCost\n1\n", "its first line holds one column, 'BilledCost'", 1, more=("--as", "focus")),
    BadFile("rows without a header", "a.csv", "\n".join(GOOD.splitlines()[1:]).encode(), "is no export of a known source", 1),
    BadFile("a header alone", "a.csv", HEADER.encode() + b"\n", "holds a header and no rows", 1),
    BadFile("a header without a line end", "a.csv", HEADER.encode(), "holds a header and no rows", 1),
    BadFile("no BilledCost", "a.csv", without("BilledCost"), "has no column BilledCost, so it is no FOCUS bill", 1, more=("--as", "focus")),
    BadFile(
        "no currency",
        "a.csv",
        without("BillingCurrency"),
        "has no column BillingCurrency, and an amount without currency is",
        1,
        "BillingCurrency",
    ),
    BadFile(
        "no period",
        "a.csv",
        without("BillingPeriodStart", "ChargePeriodStart"),
        "has no column BillingPeriodStart",
        1,
        more=("--as", "focus"),
    ),
    BadFile(
        "nothing but costs", "a.csv", b"BilledCost,EffectiveCost\n1,1\n", "has no column BillingPeriodStart", 1, more=("--as", "focus")
    ),
    BadFile(
        "BilledCost twice",
        "a.csv",
        GOOD.replace("ResourceId", "BilledCost", 1).encode(),
        "names the column BilledCost twice",
        1,
        "BilledCost",
    ),
    BadFile(
        "a column twice in other letters",
        "a.csv",
        GOOD.replace("ResourceId", "effectivecost", 1).encode(),
        "names the column EffectiveCost twice",
        1,
        "EffectiveCost",
    ),
    BadFile("5,000 columns", "a.csv", lambda: wide(5_000), "has 5,023 columns, and at most 2,000 are read", 1),
    BadFile("100,000 columns", "a.csv", lambda: wide(100_000), "has 9,495 columns, and at most 2,000 are read", 1),
    BadFile("a title above the header", "a.csv", b"Cost report of May\n" + PLAIN, "is no export of a known source", 1),
    BadFile(
        "read as a spend log",
        "a.csv",
        PLAIN,
        "4 of 4 records cannot be read; the first: a request has a time",
        2,
        "startTime",
        more=("--as", "litellm"),
    ),
    BadFile(
        "read as spans",
        "a.csv",
        PLAIN,
        "4 of 4 records cannot be read; the first: not shaped as this sou",
        2,
        more=("--as", "opentelemetry"),
    ),
    BadFile("a reader that is none", "a.csv", PLAIN, "no reader is called 'focsu'", more=("--as", "focsu")),
    BadFile(
        "a currency that is none", "a.csv", without("BillingCurrency"), "'dollars' is no code of a currency", more=("--currency", "dollars")
    ),
    BadFile("a currency that bites", "a.csv", without("BillingCurrency"), "'U'D' is no code of a currency", more=("--currency", "U'D")),
]


def wide(columns: int) -> bytes:
    more = [f"x_{number}" for number in range(columns)]
    return f"{HEADER},{','.join(more)}\n{FIRST},{','.join('1' for _ in more)}\n".encode()


WRONG_ROWS = [
    *(BadFile(f"amounts of {word!r}", "a.csv", all_rows(BilledCost=word), "4 of 4 rows cannot be read", 2, "BilledCost") for word in (
        "NaN", "inf", "-Infinity", "1e400", "1e999999999", "1e15", "99999999999999999999", "1,5", "1.000,50", "1 000", "0x10", "1_000", "١٢", "½", "--1", "1-",
        "12.5.1", "$", "free", "=1+1", "#REF!", "true", "", "NULL", "1" * 500,
    )),
    *(BadFile(f"{column} of {word!r}", "a.csv", all_rows(**{column: word}), "4 of 4 rows cannot be read", 2, column) for column, word in (
        ("EffectiveCost", "NaN"), ("EffectiveCost", "a lot"), ("ListCost", "1e400"), ("ContractedCost", "one"), ("PricingQuantity", "2 h"), ("PricingQuantity", "inf"),
        ("BillingPeriodStart", "2026-02-30"), ("BillingPeriodStart", "yesterday"), ("BillingPeriodStart", "0001-01-01"), ("BillingPeriodStart", "9999-99-99"),
        ("BillingPeriodStart", "2150-01-01"), ("BillingPeriodStart", "31/31/2026"), ("BillingPeriodStart", "20260501"), ("BillingPeriodStart", "1777593600"),
        ("BillingPeriodStart", "2026-05-01T25:00:00Z"), ("BillingPeriodEnd", "soon"), ("ChargePeriodStart", "2026-13-01"), ("ChargePeriodEnd", "2026-05-32"),
        ("BillingCurrency", ""), ("BillingCurrency", "null"),
    )),
    BadFile("too few cells in every row", "a.csv", (HEADER + "\n" + "a,b,c\n" * 9).encode(), "9 of 9 rows cannot be read; the first: fewer cells than the head", 2),
    BadFile("too many cells in every row", "a.csv", (HEADER + "\n" + (FIRST + ",more\n") * 9).encode(), "9 of 9 rows cannot be read; the first: more cells than the heade", 2),
    BadFile("a quote that is never closed", "a.csv", (HEADER + "\n" + '"' + "\n".join(GOOD.splitlines()[1:])).encode(), "1 of 1 rows cannot be read; the first: a quote that is never clo", 2),
]  # fmt: skip
CASES = [*WRONG_FILES, *WRONG_HEADERS, *WRONG_ROWS]
