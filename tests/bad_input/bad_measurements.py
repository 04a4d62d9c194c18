"""Request logs, results of benchmarks, shapes of a week and counts of outcomes that must be refused."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.bad_input.bad_file import BadFile
from tests.engine.test_sizing import TestOwnBenchmark

HEAD = "timestamp,input_tokens,output_tokens\n"
ROWS = "".join(f"2026-05-03T10:00:{second:02d}Z,100,20\n" for second in range(20))
REQUEST_LOGS = [
    BadFile("nothing", "requests.csv", b"", "has no column of moments; its columns are none"),
    BadFile("white space", "requests.csv", b"\n\n", "has no column of moments; its columns are none"),
    BadFile("a header alone", "requests.csv", HEAD.encode(), "has no row that can be used: it has no rows"),
    BadFile("no moments", "requests.csv", b"input_tokens,output_tokens\n1,2\n", "has no column of moments; its columns are 'input_tokens', 'outpu"),
    BadFile("no header", "requests.csv", ROWS.encode(), "has no column of moments; its columns are '2026-05-03T10:00:00Z'"),
    BadFile("UTF-16", "requests.csv", (HEAD + ROWS).encode("utf-16"), "line 1 of requests.csv holds NUL characters: it is no text, or U"),
    BadFile("UTF-16 that does not say so", "requests.csv", (HEAD + ROWS).encode("utf-16-le"), "line 1 of requests.csv holds NUL characters: it is no text, or U"),
    BadFile("NUL in the third line", "requests.csv", (HEAD + ROWS).replace("10:00:01", "10:\0:01").encode(), "line 3 of requests.csv holds NUL characters: it is no text, or U"),
    BadFile("packed", "requests.csv.gz", gzip.compress((HEAD + ROWS).encode(), mtime=0), "line 1 of requests.csv.gz holds NUL characters: it is no text, o"),
    BadFile("a workbook", "requests.csv", b"PK\x03\x04" + b"\0" * 99, "line 1 of requests.csv holds NUL characters: it is no text, or U"),
    BadFile("a line without end", "requests.csv", lambda: HEAD.encode() + b"x" * (20 << 20), "line 2 of requests.csv is longer than 1,000,000 characters"),
    BadFile("a quote without end", "requests.csv", lambda: HEAD.encode() + b'"' + b"x\n" * (1 << 20), "has no row that can be used: 1 with too few columns, the first o"),
    BadFile("JSON", "requests.csv", b'[{"timestamp": "2026-05-03T10:00:00Z"}]', "has no column of moments; its columns are '[{\"timestamp\": \"2026-"),
    BadFile("a page of HTML", "requests.csv", b"<!DOCTYPE html>\n<html></html>\n", "has no column of moments; its columns are '<!DOCTYPE html>'"),
    *(BadFile(f"moments of {word!r}", "requests.csv", (HEAD + f"{word},1,2\n" * 5).encode(), "5 with an unreadable moment, the first on line 2") for word in (
        "yesterday", "", "NaN", "inf", "1e400", "0", "-5", "9999-99-99", "0001-01-01T00:00:00+14:00", "9" * 60, "²", "2026-02-30",
    )),
    *(BadFile(f"tokens of {word!r}", "requests.csv", (HEAD + f"2026-05-03T10:00:00Z,{word},2\n" * 5).encode(), "the first on line 2") for word in ("many", "inf", "-5", "1e15", "1e308", "0x10")),
    BadFile("counts of nothing", "requests.csv", b"timestamp,count\n" + b"2026-05-03T10:00:00Z,\n" * 5, "has no row that can be used: 5 with no count, the first on line"),
    BadFile("too few columns", "requests.csv", (HEAD + "2026-05-03T10:00:00Z\n" * 5).encode(), "has no row that can be used: 5 with too few columns, the first o"),
]  # fmt: skip
RUN: dict[str, Any] = dict(TestOwnBenchmark.RUN)
SCENARIO = TestOwnBenchmark.ASKED


def run(**fields: Any) -> bytes:
    return json.dumps(RUN | fields).encode()


def lacking(*names: str) -> bytes:
    return json.dumps({name: value for name, value in RUN.items() if name not in names}).encode()


ABOVE = "must be a number above 0"
BENCHMARKS = [
    BadFile("nothing", "run.json", b"", "run.json does not hold the result of a run"),
    BadFile("no JSON", "run.json", b"{broken", "is not JSON"),
    BadFile("breaks off", "run.json", run()[:-20], "is not JSON"),
    BadFile("UTF-16", "run.json", run().decode().encode("utf-16"), "is not JSON"),
    BadFile("packed", "run.json", gzip.compress(run(), mtime=0), "is not JSON"),
    BadFile("a list", "run.json", b"[" + run() + b"]", "run.json does not hold the result of a run"),
    BadFile("a number", "run.json", b"5", "run.json does not hold the result of a run"),
    BadFile("nested without end", "run.json", b'{"a":' * 100_000, "is not JSON"),
    BadFile("too large", "run.json", lambda: b'{"a": "' + b"x" * 17_000_000 + b'"}', "is larger than 16 MB"),
    BadFile("another object", "run.json", b'{"results": []}', "run.json, run 1 is of another format: it has no duration, no com"),
    BadFile("without times of tokens", "run.json", lacking("mean_tpot_ms"), "run.json, run 1 has no mean_tpot_ms"),
    BadFile("without a duration", "run.json", lacking("duration"), "run.json, run 1 is of another format: it has no duration"),
    BadFile("nothing completed", "run.json", run(completed=0), "no request of run.json, run 1 completed"),
    BadFile("half of it failed", "run.json", run(failed=640), "640 of 1,280 requests of run.json, run 1 failed, and what failed"),
    *(BadFile(f"{name} of {value!r}", "run.json", run(**{name: value}), says) for name, value, says in (
        ("output_throughput", float("nan"), ABOVE), ("output_throughput", float("inf"), ABOVE), ("output_throughput", -1, ABOVE),
        ("output_throughput", 1e300, ABOVE), ("output_throughput", "fast", ABOVE), ("output_throughput", None, ABOVE),
        ("output_throughput", True, ABOVE), ("output_throughput", [1], ABOVE), ("duration", 0, ABOVE), ("mean_ttft_ms", 0, ABOVE),
        ("mean_tpot_ms", 80.0, "no run keeps the promised times"), ("completed", "640", "completed"), ("completed", -3, "completed"),
        ("total_output_tokens", {"a": 1}, ABOVE),
    )),
    BadFile("a number of 5,000 digits", "run.json", run().replace(b"2048.0", b"9" * 5_000), "is not JSON"),
]  # fmt: skip
WEEK: dict[str, Any] = {"week": {"shares": [1.0] * 168}, "last": "2026-05-03T10:00:00+00:00"}
SHAPES = [
    BadFile("nothing", "week.json", b"", "holds no load shape of a week"),
    BadFile("no JSON", "week.json", b"{broken", "holds no load shape of a week"),
    BadFile("a list", "week.json", b"[1, 2]", "holds no load shape of a week"),
    BadFile("nested without end", "week.json", b"[" * 100_000, "holds no load shape of a week"),
    BadFile(
        "too large",
        "week.json",
        lambda: b"[" + b"1," * 1_000_000 + b"1]",
        "cannot be read: it holds more than 1,000,000 bytes, the most tha",
    ),
    BadFile("UTF-16", "week.json", json.dumps(WEEK).encode("utf-16"), "holds no load shape of a week"),
    BadFile("a day of 24 hours", "week.json", json.dumps(WEEK | {"week": {"shares": [1] * 24}}).encode(), "a week has 168 hours, not 24"),
    BadFile("no load", "week.json", json.dumps(WEEK | {"week": {"shares": [0] * 168}}).encode(), "no hour of the week has any load"),
    BadFile(
        "a negative hour",
        "week.json",
        json.dumps(WEEK | {"week": {"shares": [1] * 167 + [-1]}}).encode(),
        "Sunday 23:00 of the week has a negative count",
    ),
    BadFile(
        "an hour that is no number",
        "week.json",
        json.dumps(WEEK | {"week": {"shares": [1] * 167 + [float("nan")]}}).encode(),
        "Sunday 23:00 of the week has no count",
    ),
    BadFile(
        "an hour without end",
        "week.json",
        json.dumps(WEEK | {"week": {"shares": [1] * 167 + [float("inf")]}}).encode(),
        "Sunday 23:00 of the week has no count",
    ),
    BadFile(
        "an hour of 400 digits",
        "week.json",
        json.dumps(WEEK | {"week": {"shares": [1] * 167 + [10**400]}}).encode(),
        "holds no load shape of a week",
    ),
    BadFile(
        "hours in words", "week.json", json.dumps(WEEK | {"week": {"shares": ["one"] * 168}}).encode(), "holds no load shape of a week"
    ),
    BadFile("no last day", "week.json", json.dumps(WEEK | {"last": "soon"}).encode(), "holds no load shape of a week"),
    BadFile("a last day that is a number", "week.json", json.dumps(WEEK | {"last": 5}).encode(), "holds no load shape of a week"),
]
COUNTS = "month,product,count\n2026-05,assistant,100\n2026-06,assistant,120\n"
OUTCOMES = [
    BadFile("UTF-16", "outcomes.csv", COUNTS.encode("utf-16"), "cannot be read: it is not UTF-8"),
    BadFile("Latin-1", "outcomes.csv", COUNTS.replace("assistant", "caf\xe9").encode("latin-1"), "cannot be read: it is not UTF-8"),
    BadFile("packed", "outcomes.csv", gzip.compress(COUNTS.encode(), mtime=0), "cannot be read: it is not UTF-8"),
    BadFile("too large", "outcomes.csv", lambda: COUNTS.encode() + b"2026-05,x,1\n" * 1_400_000, "cannot be read: it holds more than 16,000,000 bytes, the most th"),
    BadFile("two columns", "outcomes.csv", b"month,count\n2026-05,100\n", "2 values", 2),
    BadFile("four columns", "outcomes.csv", COUNTS.replace("120", "120,5").encode(), "4 values", 3),
    BadFile("by semicolon", "outcomes.csv", COUNTS.replace(",", ";").encode(), "1 values", 2),
    BadFile("a field without end", "outcomes.csv", lambda: COUNTS.encode() + b'"' + b"x" * 100_000, "1 values", 4),
    BadFile("a NUL", "outcomes.csv", COUNTS.replace("120", "12\0").encode(), "'12�' is no number", 3, "count"),
    BadFile("a month twice", "outcomes.csv", (COUNTS + "2026-05,assistant,7\n").encode(), "'assistant' has two counts in 2026-05", 4, "product"),
    *(BadFile(f"a month of {word!r}", "outcomes.csv", COUNTS.replace("2026-06", word).encode(), "is no month", 3, "month") for word in ("June", "2026-13", "2026-6", "2026-06-01", "")),
    *(BadFile(f"a count of {word!r}", "outcomes.csv", COUNTS.replace("120", word).encode(), "is no", 3, "count") for word in ("many", "NaN", "Infinity", "-5", "1e400", "1e-999999", "", "1_000", "9" * 400)),
]  # fmt: skip
