"""Turns a log of requests, one CSV row a request or a count of them, into the shape of their week, their bursts and their sizes."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from tco_model.inputs.provenance import Provenance
from tco_model.serving.load_shape import HOURS_PER_WEEK, LoadShape, LoadShapeError, shape_of

Numbers = NDArray[np.float64]
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "time": ("timestamp", "time", "datetime", "date", "starttime", "createdat", "created", "requesttime", "ts", "epoch"),
    "input": ("inputtokens", "prompttokens", "contexttokens", "genaiusageinputtokens"),
    "output": ("outputtokens", "completiontokens", "generatedtokens", "genaiusageoutputtokens"),
    "count": ("count", "requests", "requestcount", "nummodelrequests"),
}
"""Names by which a column is known, letters and digits only; the first of a list that the file has is taken."""
HOUR = 3600.0
MONDAY = dt.datetime(1970, 1, 5, tzinfo=dt.UTC).timestamp()
EPOCH_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""A number above the first is an epoch in that part of a second; smaller ones are seconds. Holds for 1973 to 5138."""
EARLIEST, LATEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC).timestamp(), dt.datetime(2200, 1, 1, tzinfo=dt.UTC).timestamp()
LONGEST_QUIET = 24
"""Hours without any request after which a request log is taken to have a gap rather than a quiet time [hour]."""
LONGEST_LINE = 1_000_000
"""Characters of a line beyond which a file is no log."""
LARGEST_NUMBER = 1e15
"""Tokens or requests of a row from which on they are taken as damage."""
MISSING = ("", "null", "none", "nan", "na", "-")
FEWEST_GAPS = 30
"""Fewest requests of an hour from which the variation of their arrivals is read."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Size of a request in tokens of one kind."""

    requests: int
    """Requests whose size was logged."""
    mean: float
    variation: float
    """Coefficient of variation: standard deviation over mean."""
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class RequestLog:
    """What a log holds. ``rows`` is ``len(times)`` plus all that was set aside."""

    name: str
    rows: int
    set_aside: Mapping[str, int]
    """Rows left out, by reason."""
    times: Numbers
    """Moments in seconds since 1970 by the clock of the log, ascending, shape ``(kept,)``."""
    counts: Numbers
    """Requests of each row, shape ``(kept,)``; 1 in a log with a row a request."""
    aggregated: bool
    """True where rows are counts of requests, so that an hour without a row was not logged."""
    input_sizes: Sizes | None
    output_sizes: Sizes | None

    @property
    def requests(self) -> float:
        """Requests in all rows kept."""
        return float(self.counts.sum())

    @property
    def arrival_variation(self) -> float | None:
        """Squared coefficient of variation of the gaps between requests, 1 for a Poisson stream; None where it cannot be read.

        Taken within each hour and averaged over the gaps, so that the rise and fall of the day does not count as bursts.
        """
        if self.aggregated:
            return None
        gaps, hours = np.diff(self.times), self.times[1:] // HOUR
        found = [(len(part), part.var() / part.mean() ** 2) for part in _parts(gaps, hours) if len(part) >= FEWEST_GAPS and part.any()]
        return sum(size * variation for size, variation in found) / sum(size for size, _ in found) if found else None

    def peak_to_mean(self, seconds: float) -> float:
        """Return the busiest window of a length over the mean window, windows counted from the first request, the last part left out.

        Raises:
            LoadShapeError: the log is shorter than two windows.
        """
        places = (self.times - self.times[0]) // seconds
        whole = float(places[-1])
        if whole < 2:
            raise LoadShapeError(f"{self.name} spans less than two windows of {seconds:g} s", "give a longer log or a shorter window")
        starts = np.flatnonzero(np.diff(places[places < whole], prepend=-1.0))
        windows = np.add.reduceat(self.counts[places < whole], starts)
        return float(windows.max() / (windows.sum() / whole))

    def shape(self) -> LoadShape:
        """Return the shape of the week, each hour the mean over the weeks logged; hours in a gap are left out of the mean.

        A gap is an hour without a row where rows are counts, and `LONGEST_QUIET` hours or more without a request where they are
        requests. The part-hours at both ends are left out too.

        Raises:
            LoadShapeError: an hour of the week that the log never covers, as where it is shorter than a week.
        """
        hours = np.floor((self.times - MONDAY) / HOUR).astype(np.int64)
        first, last = (int(hours[0]), int(hours[-1])) if self.aggregated else (int(hours[0]) + 1, int(hours[-1]) - 1)
        if last - first + 1 < HOURS_PER_WEEK:
            raise LoadShapeError(
                f"{self.name} covers {max(last - first + 1, 0)} whole hours and a week has {HOURS_PER_WEEK}",
                "give a log of at least one week, or take one of the shipped shapes",
            )
        inside = (hours >= first) & (hours <= last)
        loads = np.bincount(hours[inside] - first, weights=self.counts[inside], minlength=last - first + 1)
        rows = np.bincount(hours[inside] - first, minlength=last - first + 1)
        logged = rows > 0 if self.aggregated else ~_long_quiet(rows)
        places = (np.arange(first, last + 1) % HOURS_PER_WEEK)[logged]
        seen = np.bincount(places, minlength=HOURS_PER_WEEK)
        total = np.bincount(places, weights=loads[logged], minlength=HOURS_PER_WEEK)
        means = np.divide(total, seen, out=np.full(HOURS_PER_WEEK, np.nan), where=seen > 0)
        note = f"{self.requests:,.0f} requests, {int(logged.sum()):,} hours, {int((~logged).sum()):,} hours in gaps left out"
        return shape_of(means, self.name, Provenance(source=f"own request log {self.name}", as_of=_day(self.times[-1]), note=note))


def read_request_log(path: Path | str, *, columns: Mapping[str, str] | None = None, utc_offset: float = 0.0) -> RequestLog:
    """Read a CSV of requests; comma, semicolon or tab between the columns.

    Args:
        path: the file; a column of moments is needed, columns of input tokens, output tokens and counts are used where there are any.
        columns: the file's name of ``time``, ``input``, ``output`` or ``count`` where it is none of `COLUMNS`.
        utc_offset: hours to add, to come from the clock of the log to the users' clock [hour].

    Moments are ISO 8601 or epochs (seconds to nanoseconds, told apart by size); those with an offset are brought to UTC and those
    without are taken as they stand. A row with an unreadable moment or number, or a negative number, is set aside and counted;
    a size left empty is merely unknown.

    Raises:
        LoadShapeError: no such file, no column of moments, or no row that can be read.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            text = _lines(file, path.name)
            first = next(text, "")
            lines = csv.reader(itertools.chain([first], text), delimiter=max(",;\t", key=first.count))
            header = next(lines, list[str]())
            places = _places(header, columns or {}, path.name)
            kept, set_aside, first_line = _read_rows(lines, places)
    except OSError as error:
        raise LoadShapeError(f"{path.name} cannot be read: {error.strerror}", "give a file that exists and may be read") from error
    except csv.Error as error:
        raise LoadShapeError(f"{path.name} is not a CSV file: {error}", "export the log as CSV with a header") from error
    if not kept:
        reasons = ", ".join(f"{count} with {reason}" for reason, count in set_aside.items()) or "it has no rows"
        where = f", the first on line {first_line}" if first_line else ""
        mend = "give moments as ISO 8601 or as an epoch, and sizes as plain numbers"
        raise LoadShapeError(f"{path.name} has no row that can be used: {reasons}{where}", mend)
    table = np.array(kept)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return RequestLog(
        name=path.name,
        rows=len(kept) + sum(set_aside.values()),
        set_aside=dict(set_aside),
        times=table[:, 0] + utc_offset * HOUR,
        counts=table[:, 3],
        aggregated="count" in places,
        input_sizes=_sizes(table[:, 1]),
        output_sizes=_sizes(table[:, 2]),
    )


def _lines(file: TextIO, name: str) -> Iterator[str]:
    """Yield the lines of a log; what is no text, or never ends, is refused before it fills the memory."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if "\0" in line:
            raise LoadShapeError(f"line {number} of {name} holds NUL characters: it is no text, or UTF-16", "save it as CSV in UTF-8")
        if len(line) > LONGEST_LINE:
            raise LoadShapeError(
                f"line {number} of {name} is longer than {LONGEST_LINE:,} characters", "export the log as CSV with line ends"
            )
        yield line


def _places(header: Sequence[str], named: Mapping[str, str], file: str) -> dict[str, int]:
    """Return where each known column stands."""
    plain = ["".join(letter for letter in name.lower() if letter.isalnum()) for name in header]
    found: dict[str, int] = {}
    for what, names in COLUMNS.items():
        if what in named:
            if named[what] not in header:
                raise LoadShapeError(f"{file} has no column '{named[what]}'", f"its columns are {', '.join(map(repr, header[:12]))}")
            found[what] = header.index(named[what])
            continue
        place = next((plain.index(name) for name in names if name in plain), None)
        if place is not None:
            found[what] = place
    if "time" not in found:
        listed = ", ".join(repr(name[:40]) for name in header[:12]) or "none"
        raise LoadShapeError(f"{file} has no column of moments; its columns are {listed}", "name one 'timestamp', or say which it is")
    return found


def _read_rows(lines: Iterator[list[str]], places: Mapping[str, int]) -> tuple[list[tuple[float, ...]], Counter[str], int]:
    """Return moment, input tokens, output tokens and count of each row kept, how many were set aside for what, and the first such line."""
    kept: list[tuple[float, ...]] = []
    set_aside: Counter[str] = Counter()
    first = 0
    for line in lines:
        if not line:
            continue
        found = _row(line, places)
        if isinstance(found, str):
            set_aside[found] += 1
            first = first or int(getattr(lines, "line_num", 0))
        else:
            kept.append(found)
    return kept, set_aside, first


def _row(line: list[str], places: Mapping[str, int]) -> tuple[float, ...] | str:
    """Return the numbers of a row, or why it cannot be used."""
    if len(line) <= max(places.values()):
        return "too few columns"
    moment = _moment(line[places["time"]].strip())
    if moment is None:
        return "an unreadable moment"
    values = [moment]
    for what in ("input", "output", "count"):
        text = line[places[what]].strip() if what in places else ""
        empty = text.lower() in MISSING
        if empty and what == "count" and what in places:
            return "no count"
        try:
            value = (1.0 if what == "count" else float("nan")) if empty else float(text)
        except ValueError:
            return "an unreadable number"
        if value < 0.0:
            return "a negative number"
        if not (empty or math.isfinite(value)):
            return "an unreadable number"
        if value >= LARGEST_NUMBER:
            return f"a number of {LARGEST_NUMBER:.0e} or more"
        values.append(value)
    return tuple(values)


def _moment(text: str) -> float | None:
    """Return seconds since 1970, or None where the text is no moment of our age."""
    try:
        seconds = _epoch(float(text)) if text.replace(".", "", 1).isdecimal() else _iso(text)
    except (ValueError, OverflowError):
        return None
    return seconds if EARLIEST <= seconds < LATEST else None


def _epoch(value: float) -> float:
    return next((value / parts for least, parts in EPOCH_UNITS if value >= least), value)


def _iso(text: str) -> float:
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _sizes(values: Numbers) -> Sizes | None:
    seen = values[np.isfinite(values)]
    if not seen.size:
        return None
    mean = float(seen.mean())
    variation = float(seen.std() / mean) if mean > 0.0 else 0.0
    return Sizes(int(seen.size), mean, variation, float(np.median(seen)), float(np.quantile(seen, 0.95)))


def _parts(values: Numbers, keys: Numbers) -> list[Numbers]:
    """Split values, sorted by key, where the key changes."""
    return np.split(values, np.flatnonzero(np.diff(keys)) + 1)


def _long_quiet(rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say of each hour whether it lies in a run of at least `LONGEST_QUIET` hours without a row."""
    edges = np.flatnonzero(np.diff(np.concatenate(([1], rows, [1])) > 0))
    gaps = np.zeros(len(rows), dtype=np.bool_)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        gaps[start:end] = end - start >= LONGEST_QUIET
    return gaps


def _day(seconds: float) -> dt.date:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
