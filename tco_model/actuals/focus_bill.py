"""Turns a FOCUS export into its header and an SQL relation of its text; refused from header and metadata, before a row is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tco_model.actuals import values
from tco_model.actuals.export_file import LONGEST_LINE, Export, refuse
from tco_model.actuals.focus_columns import Header, read_header
from tco_model.actuals.staged import Job
from tco_model.actuals.store import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_CELLS = 4_000_000_000
"""Rows times columns of a Parquet file beyond which it is refused from its metadata, before a row is read."""
MOST_COLUMNS = 2_000
LEAST_ROW_BYTES, MANY_ROWS = 0.5, 1_000_000
"""Bytes that a row of a bill takes in Parquet at the least, held against files of that many rows: real ones take 20 and more."""
REJECTS = "rejected_lines"
"""Table in which DuckDB keeps the lines that it could not split into columns."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A file with its header, and the text of each of its columns as an SQL relation named `raw`."""

    export: Export
    header: Header
    source: str
    """The FROM clause of the text columns c0, c1, …"""
    currency: str | None
    month_first: bool = True

    def text(self, column: str) -> str:
        """Return the SQL of a column's trimmed text, NULL for the empty cell and the literal NULL."""
        empty = ", ".join(quoted(word) for word in sorted(values.EMPTY))
        cells = [f"CASE WHEN trim(c{place}) NOT IN ({empty}) THEN trim(c{place}) END" for place in self.header.sources[column]]
        if column == "BillingCurrency" and self.currency:
            cells.append(quoted(self.currency))
        return f"coalesce({', '.join(cells)}, NULL)" if cells else "NULL::VARCHAR"


def opened(export: Export, job: Job) -> Bill:
    """Open an export.

    Raises:
        ScenarioError: too many columns or cells, no Parquet, or a header that lacks what no bill is without.
    """
    path = str(export.plain)
    if len(export.header) > MOST_COLUMNS:
        message = f"has {len(export.header):,} columns, and at most {MOST_COLUMNS:,} are read"
        refuse(export.path, message, "export the columns of FOCUS alone", line=1)
    if export.format == "parquet":
        names, source = _parquet(export, job.connection)
    else:
        names = export.header
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
        source = (
            f"read_csv({quoted(path)}, auto_detect=false, header=true, delim={quoted(export.delimiter)}, quote='\"', escape='\"', "
            f"columns={{{columns}}}, strict_mode=true, ignore_errors=true, max_line_size={LONGEST_LINE}"
        )
    header = read_header(names)
    _refuse_headers(export, header, names, job.currency)
    return Bill(export, header, source, job.currency)


def _parquet(export: Export, connection: DuckDBPyConnection) -> tuple[tuple[str, ...], str]:
    """Return the columns of a Parquet file and its rows as text; judged from the metadata before anything is read."""
    import duckdb

    path = quoted(str(export.plain))
    try:
        (rows,) = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({path})").fetchone() or (0,)
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
    except duckdb.Error as error:
        refuse(export.path, f"is no readable Parquet file: {str(error).splitlines()[0]}", "fetch it again, whole")
    if rows * len(described) > MOST_CELLS:
        message = f"says it holds {rows:,} rows of {len(described):,} columns; more than {MOST_CELLS:,} cells are not read at once"
        refuse(export.path, message, "split the export by month or account")
    size = export.plain.stat().st_size
    if rows >= MANY_ROWS and size < LEAST_ROW_BYTES * rows:
        message = f"says it holds {rows:,} rows in {size:,} bytes, which no bill does: its rows would all be alike"
        refuse(export.path, message, "export it again")
    cells: list[str] = []
    for place, (name, kind, *_) in enumerate(described):
        column = '"' + str(name).replace('"', '""') + '"'
        nested = str(kind).startswith(("MAP", "STRUCT")) or str(kind).endswith("[]")
        cells.append(f"{_json(column, str(kind)) if nested else f'CAST({column} AS VARCHAR)'} AS c{place}")
    return tuple(str(row[0]) for row in described), f"(SELECT {', '.join(cells)} FROM read_parquet({path})"


def _json(column: str, kind: str) -> str:
    """Spell a nested column as JSON text; a list of key and value pairs, as some writers store a map, stays one."""
    return f"CAST(to_json({column}) AS VARCHAR)" if kind else column


def _refuse_headers(export: Export, header: Header, names: Sequence[str], currency: str | None) -> None:
    if len(names) == 1:
        refuse(export.path, f"its first line holds one column, '{names[0][:60]}'", "separate columns by comma, semicolon or tab", line=1)
    if not header.sources["BilledCost"]:
        refuse(
            export.path, "has no column BilledCost, so it is no FOCUS bill", "export FOCUS 1.0 to 1.4, or name the reader with --as", line=1
        )
    if not (header.sources["BillingPeriodStart"] or header.sources["ChargePeriodStart"]):
        refuse(export.path, "has no column BillingPeriodStart", "export it with its periods", line=1)
    if not header.sources["BillingCurrency"] and not currency:
        refuse(
            export.path,
            "has no column BillingCurrency, and an amount without currency is no amount",
            "say it: --currency USD",
            line=1,
            field="BillingCurrency",
        )
    twice = [
        column for column, places in header.sources.items() if len(places) > 1 and column not in {"ServiceProviderName", "HostProviderName"}
    ]
    if twice:
        refuse(export.path, f"names the column {twice[0]} twice", "keep one of them", line=1, field=twice[0])


def column_of(connection: DuckDBPyConnection, query: str) -> list[str]:
    """Return the first column of what a query finds."""
    return [row[0] for row in connection.execute(query).fetchall()]


def scan(bill: Bill, rejects: bool = False) -> str:
    """Return the FROM clause; one scan alone keeps the lines that are no rows, or they would be counted once a scan."""
    if bill.export.format == "parquet":
        return f"{bill.source})"
    kept = f", store_rejects=true, rejects_limit=0, rejects_table='{REJECTS}', rejects_scan='{REJECTS}_scans'"
    return f"{bill.source}{kept if rejects else ''})"
