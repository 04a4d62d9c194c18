"""Turns the records of a JSON or CSV log, one at a time, into staged rows of one table, and what cannot be read into rows set aside."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn, cast

from tco_model.actuals import values
from tco_model.actuals.arrow import arrow, parquet
from tco_model.actuals.columns import CHARGES, MONEY, TAGS, TEXT, TIME, USAGE
from tco_model.actuals.export_file import LONGEST_LINE, Export, refuse
from tco_model.actuals.json_values import json_lines, json_values, parsed
from tco_model.actuals.staged import MOST_SET_ASIDE, RECONCILED, Job, SetAside, Staged, Totals
from tco_model.actuals.values import encodable

Row = dict[str, Any]
BATCH = 50_000
MANY = 10_000
"""Rows set aside after which it is first asked whether they are most."""
SHAPE = "not shaped as this source writes its records"
LONGEST_EPOCH = 30
"""Digits of a Unix time beyond which it is none in any part of a second."""
KEYS = {"charges": "x_ChargeKey", "usage": "x_UsageKey"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a log with the line where it begins, and the text it was read from."""

    line: int
    held: Mapping[str, Any]
    raw: str


class FieldError(ValueError):
    """A field of a record that cannot be read: its name, its value and the rule."""

    def __init__(self, column: str, value: Any, reason: str) -> None:
        """Hold the place, the value and the rule."""
        super().__init__(reason)
        self.column, self.value, self.reason = column, encodable(str(value)[:200]), reason


class Aside(list[SetAside]):
    """Rows set aside; where they are many and most, the file is refused before the rest of it is read."""

    def __init__(self, export: Export) -> None:
        super().__init__()
        self.export, self.taken = export, 0
        """Records that were taken so far."""

    def append(self, one: SetAside) -> None:
        """Take one more."""
        super().append(one)
        if len(self) % MANY == 0 and len(self) > self.taken:
            self.refuse(len(self) + self.taken)

    def refuse(self, rows: int) -> NoReturn:
        """Refuse the file: most of its records cannot be read."""
        first = self[0]
        refuse(
            self.export.path,
            f"{len(self):,} of {rows:,} records cannot be read; the first: {first.reason}",
            "mend the export, or name the right source with --as",
            line=first.line,
            field=first.column,
            value=first.value,
        )


def records(export: Export, unfold: Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]], aside: list[SetAside]) -> Iterator[Record]:
    """Yield the records of a file: rows of a CSV, lines of JSON, or a document, each document unfolded into its records."""
    if export.format == "csv":
        yield from _csv(export, aside)
        return
    lines = _lines(export)
    for value in json_lines(export) if lines else json_values(export):
        if value.reason:
            aside.append(SetAside(value.line, "", "", value.reason, value.raw[:2000]))
        else:
            yield from _unfolded(value.held, value.line, value.raw if lines else "", unfold, aside)


def _lines(export: Export) -> bool:
    """Say whether each line is a document of its own: the first is whole by itself, and is an object."""
    first = export.head.lstrip().split("\n", 1)[0]
    if first.lstrip()[:1] != "{":
        return False
    try:
        return isinstance(json.loads(first, parse_int=str), dict)
    except (ValueError, RecursionError):
        return len(export.head) >= 1 << 16 and "\n" not in export.head


def _unfolded(
    held: Any, line: int, raw: str, unfold: Callable[..., Iterator[Mapping[str, Any]]], aside: list[SetAside]
) -> Iterator[Record]:
    try:
        for one in unfold(held):
            whole: Any = one
            said = raw or json.dumps(whole, default=str)[:2000]
            if isinstance(whole, Mapping):
                yield Record(line, one, said)
            else:
                aside.append(SetAside(line, "", "", SHAPE, said[:2000]))
    except (AttributeError, TypeError, KeyError, RecursionError):
        aside.append(SetAside(line, "", "", SHAPE, (raw or encodable(str(held)[:2000]))[:2000]))


def _csv(export: Export, aside: list[SetAside]) -> Iterator[Record]:
    csv.field_size_limit(LONGEST_LINE)
    with export.plain.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=export.delimiter)
        names = [name.strip() for name in next(reader)]
        before = reader.line_num
        for cells in reader:
            raw = export.delimiter.join(cells)[:2000]
            if len(cells) != len(names) and cells:
                aside.append(SetAside(before + 1, "", "", f"{len(cells)} cells where the header has {len(names)} columns", raw))
            elif cells:
                yield Record(before + 1, dict(zip(names, cells, strict=True)), raw)
            before = reader.line_num


def stage(
    export: Export,
    job: Job,
    *,
    reader: str,
    table: str,
    unfold: Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]],
    row: Callable[[Mapping[str, Any]], Row],
    version: str = "",
) -> Staged:
    """Stage the records of a file as rows of a table.

    Args:
        export, job: the file and where to write.
        reader: name of the source.
        table: ``charges`` or ``usage``.
        unfold: a document to its records.
        row: a record to a row; the key columns may hold the source's own identity, else the content is hashed.
        version: of the source's format, where it names one.

    Raises:
        ScenarioError: no record, or most of them unreadable.
    """
    aside = Aside(export)
    writer = _Writer(export, job, reader, table)
    rows = 0
    for record in records(export, unfold, aside):
        rows += 1
        try:
            writer.add(row(record.held))
            aside.taken += 1
        except FieldError as error:
            aside.append(SetAside(record.line, error.column, error.value, error.reason, record.raw[:2000]))
            rows -= 1
        except (AttributeError, TypeError, KeyError, RecursionError):
            aside.append(SetAside(record.line, "", "", SHAPE, record.raw[:2000]))
            rows -= 1
    writer.flush()
    rows += len(aside)
    if not rows:
        refuse(export.path, "holds no record", "export a period that has some")
    if len(aside) > MOST_SET_ASIDE * rows:
        aside.refuse(rows)
    notes = {"keys_repeated": writer.repeated} if writer.repeated else {}
    return Staged(export, reader, version, table, job.folder, rows, sorted(aside, key=lambda one: one.line), writer.totals, notes)


@dataclass(slots=True)
class _Writer:
    """Rows of a table, written in batches into one Parquet file a period and batch."""

    export: Export
    job: Job
    reader: str
    table: str
    totals: Totals = field(default_factory=dict[str, dict[str, Decimal]])
    repeated: int = 0
    _held: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    _count: int = 0
    _files: int = 0
    _keys: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, row: Row) -> None:
        """Take a row: its period, its key, its totals."""
        columns = CHARGES if self.table == "charges" else USAGE
        row = {name: _encodable(value) for name, value in row.items()}
        row |= {"x_Source": self.reader, "x_File": encodable(self.export.name)}
        key = KEYS[self.table]
        own = (
            row.get(key)
            or hashlib.md5(
                "\x1f".join(str(row.get(name, "")) for name in columns if name != "x_File").encode(), usedforsecurity=False
            ).hexdigest()
        )
        seen = self._keys.get(own, 0) + 1
        self._keys[own] = seen
        if seen > 1:
            self.repeated += 1
        row[key] = own if seen == 1 else f"{own}-{seen}"
        when: datetime = row["BillingPeriodStart" if self.table == "charges" else "StartTime"]
        self._held.setdefault(f"{when:%Y-%m}", []).append(row)
        currency, names = (row.get("BillingCurrency"), RECONCILED) if self.table == "charges" else (row.get("Currency"), ("Spend",))
        sums = self.totals.setdefault(currency or "", dict.fromkeys(names, Decimal(0)))
        for name in names:
            sums[name] += row.get(name) or Decimal(0)
        self._count += 1
        if self._count % BATCH == 0:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        pq = parquet()

        folder = {"charges": "billing_period", "usage": "period"}[self.table]
        for period, rows in sorted(self._held.items()):
            place = self.job.folder / self.table / f"{folder}={period}"
            place.mkdir(parents=True, exist_ok=True)
            pq.write_table(arrow_table(rows, self.table), place / f"{self._files:05d}.parquet", compression="zstd")  # pyright: ignore[reportUnknownMemberType]
        self._held.clear()
        self._files += 1


def arrow_table(rows: list[Row], table: str) -> Any:
    """Return rows as an Arrow table of the columns of `table`; what a row does not hold is null."""
    pa = arrow()

    kinds = {TEXT: pa.string(), MONEY: pa.decimal128(38, 12), TIME: pa.timestamp("us"), TAGS: pa.map_(pa.string(), pa.string())}
    columns = CHARGES if table == "charges" else USAGE
    arrays: dict[str, Any] = {}
    for name, kind in columns.items():
        cells = [row.get(name) for row in rows]
        if kind == TAGS:
            cells = [None if cell is None else list(cell.items()) for cell in cells]
        arrays[name] = pa.array(cells, kinds.get(kind, pa.int64()))
    return pa.table(arrays)


def _encodable(value: Any) -> Any:
    if isinstance(value, dict):
        tags = cast("dict[str, str]", value)
        return {encodable(key): encodable(word) for key, word in tags.items()}
    return encodable(value) if isinstance(value, str) else value


def text(held: Mapping[str, Any], *names: str) -> str | None:
    """Return the first given text among the fields `names`."""
    for name in names:
        value = held.get(name)
        if value is None or isinstance(value, dict | list):
            continue
        found = values.given(str(value))
        if found is not None:
            return found
    return None


def amount(held: Mapping[str, Any], *names: str) -> Decimal | None:
    """Return the first given amount among the fields; raise FieldError where it is none."""
    return _read(held, names, values.decimal)


def tokens(held: Mapping[str, Any], *names: str) -> int | None:
    """Return the first given count among the fields; raise FieldError where it is none."""
    return _read(held, names, values.count)


def time(held: Mapping[str, Any], *names: str) -> datetime | None:
    """Return the first given moment among the fields, ISO or Unix; raise FieldError where it is none."""
    return _read(held, names, _moment)


def _moment(word: str) -> datetime:
    try:
        if word.isascii() and word.isdigit() and len(word) <= LONGEST_EPOCH:
            return values.epoch(Decimal(word))
        number = values.decimal(word)
    except values.UnreadableError:
        return values.moment(word)
    return values.epoch(number)


def _read(held: Mapping[str, Any], names: tuple[str, ...], read: Callable[[str], Any]) -> Any:
    for name in names:
        word = text(held, name)
        if word is None:
            continue
        try:
            return read(word)
        except values.UnreadableError as error:
            raise FieldError(name, word, str(error)) from None
    return None


def required(value: Any, column: str, reason: str) -> Any:
    """Return a value that a record must have; raise FieldError where it has none."""
    if value is None:
        raise FieldError(column, "", reason)
    return value


def nested(held: Mapping[str, Any], name: str) -> Any:
    """Return a field that is an object or a list, or JSON text of one; an empty object for anything else."""
    value = held.get(name)
    if isinstance(value, str):
        try:
            value = parsed(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict | list) else {}  # pyright: ignore[reportUnknownVariableType]


def member(held: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a field that is an object, or JSON text of one; an empty object for anything else."""
    value: Any = nested(held, name)
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


TRAFFIC = {
    "eval": "evaluation",
    "evaluation": "evaluation",
    "evals": "evaluation",
    "test": "test",
    "testing": "test",
    "live": "live",
    "prod": "live",
    "production": "live",
}
"""Words of tags by which a record says what its traffic was for."""


def traffic(tags: Mapping[str, str]) -> str | None:
    """Return live, evaluation or test as the tags say it; None where they do not."""
    for name in ("traffic", "purpose", "traffic_type", "workload"):
        word = TRAFFIC.get(tags.get(name, "").lower())
        if word:
            return word
    return next((TRAFFIC[name.lower()] for name, value in tags.items() if name.lower() in TRAFFIC and value in {"", "true"}), None)
