"""Turns what of a FOCUS bill cannot be read into rows set aside: the lines that are no rows, and the first fault of each row that fails."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tco_model.actuals import values
from tco_model.actuals.columns import CHARGES, MONEY, MONIES, TIMES
from tco_model.actuals.export_file import LONGEST_LINE, Export, refuse
from tco_model.actuals.focus_bill import REJECTS, Bill, column_of, scan
from tco_model.actuals.staged import MOST_SET_ASIDE, SetAside

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEPT = f"SELECT table_name FROM duckdb_tables() WHERE table_name = '{REJECTS}'"


def rejected_lines(connection: DuckDBPyConnection, bill: Bill) -> list[SetAside]:
    """Return the lines that DuckDB could not split into the columns of the header, each once."""
    if bill.export.format == "parquet":
        return []
    found: dict[int, SetAside] = {}
    if not column_of(connection, KEPT):
        # Where no row can be kept the engine knows it beforehand, and does not look at the file at all.
        column_of(connection, f"SELECT max(c0) FROM {scan(bill, rejects=True)}")
    if not column_of(connection, KEPT):
        return []
    lines = connection.execute(f"SELECT line, error_type, csv_line, error_message FROM {REJECTS} ORDER BY line").fetchall()
    connection.execute(f"DROP TABLE {REJECTS}; DROP TABLE {REJECTS}_scans")
    for line, kind, text, message in lines:
        reason = {
            "MISSING COLUMNS": "fewer cells than the header has columns",
            "TOO MANY COLUMNS": "more cells than the header has columns",
            "UNQUOTED VALUE": "a quote that is never closed, or text behind it",
        }.get(str(kind), str(message).splitlines()[0])
        found.setdefault(int(line), SetAside(int(line), "", "", reason, str(text or "")[:2000]))
    return list(found.values())


def failed_rows(connection: DuckDBPyConnection, bill: Bill) -> Iterator[SetAside]:
    """Go over the file row by row to say of each that failed where it stands and why."""
    for line, cells in _rows(connection, bill):
        fault = why(cells, bill)
        if fault is not None:
            yield SetAside(line, fault[0], fault[1][:200], fault[2], bill.export.delimiter.join(cells)[:2000])


def _rows(connection: DuckDBPyConnection, bill: Bill) -> Iterator[tuple[int, list[str]]]:
    if bill.export.format == "parquet":
        cursor = connection.cursor().execute(f"SELECT * FROM {scan(bill)}")
        number = 0
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                number += 1
                yield number, [cell or "" for cell in row]
        return
    csv.field_size_limit(LONGEST_LINE)
    with bill.export.plain.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=bill.export.delimiter)
        width = len(next(reader))
        before = reader.line_num
        for cells in reader:
            if len(cells) == width:
                yield before + 1, cells
            before = reader.line_num


def why(cells: Sequence[str], bill: Bill) -> tuple[str, str, str] | None:
    """Return the first fault of a row as column, value and rule; None for a row that reads."""
    row: Mapping[str, str | None] = {
        column: next((text for text in (values.given(cells[place]) for place in places) if text is not None), None)
        for column, places in bill.header.sources.items()
    }
    for column in (*MONIES, *TIMES):
        text = row[column]
        if text is None:
            continue
        try:
            values.decimal(text) if CHARGES[column] == MONEY else values.moment(text, bill.month_first)
        except values.UnreadableError as error:
            return column, text, str(error)
    if row["BilledCost"] is None:
        return "BilledCost", "", "a charge has an amount"
    if row["BillingCurrency"] is None and not bill.currency:
        return "BillingCurrency", "", "an amount has a currency"
    if row["BillingPeriodStart"] is None and row["ChargePeriodStart"] is None:
        return "BillingPeriodStart", "", "a charge has a period"
    return None


def refuse_if_most(export: Export, bad: Sequence[SetAside], rows: int) -> None:
    """Refuse an export without rows, or with more unreadable ones than are set aside.

    Raises:
        ScenarioError: it is one of these.
    """
    if rows == 0:
        refuse(export.path, "holds a header and no rows", "export a period that has charges", line=1)
    if len(bad) > MOST_SET_ASIDE * rows:
        first = bad[0]
        refuse(
            export.path,
            f"{len(bad):,} of {rows:,} rows cannot be read; the first: {first.reason}",
            "mend the export, or choose another format of it",
            line=first.line,
            field=first.column,
            value=first.value,
        )
