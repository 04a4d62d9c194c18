"""Turns a FOCUS bill, CSV or Parquet, into staged charges: read as text and cast by DuckDB, row by row only where a row fails.

The text of an export is a matter of the embedded engine alone, so this one step is its SQL; whatever asks the tables later is Ibis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tco_model.actuals import values
from tco_model.actuals.arrow import arrow
from tco_model.actuals.columns import CHARGES, COSTS, DUCKDB, MONEY, MONIES, SCALE, TAGS, TEXT, TIMES
from tco_model.actuals.export_file import Export, refuse
from tco_model.actuals.focus_bill import Bill, column_of, opened, scan
from tco_model.actuals.focus_columns import OURS
from tco_model.actuals.focus_faults import failed_rows, refuse_if_most, rejected_lines
from tco_model.actuals.staged import RECONCILED, Job, Staged, Totals
from tco_model.actuals.store import quoted, write_refused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SOURCE = "focus"
FINE = f"DECIMAL(38,{SCALE + 8})"
"""A type with room to see what rounding to twelve decimals took away."""
MONTHS = "strftime(BillingPeriodStart, '%Y-%m')"


def read(export: Export, job: Job) -> Staged:
    """Stage a FOCUS bill.

    Raises:
        ScenarioError: no currency anywhere, no amount, no period, a Parquet file beyond `MOST_CELLS`, or most rows unreadable.
    """
    import duckdb

    try:
        return _read(export, job)
    except duckdb.Error as error:
        if write_refused(error):
            raise  # the fault of the disk, not of the export
        refuse(export.path, f"cannot be read: {str(error).splitlines()[0]}", "export the file again, or in another format")


def _read(export: Export, job: Job) -> Staged:
    bill = opened(export, job)
    connection = job.connection
    bill, notes = _look_up_words(connection, bill)
    _write(job, bill)
    rejected = rejected_lines(connection, bill)
    rows, failed, totals, counted = _summed(connection, bill)
    bad = [*rejected, *(failed_rows(connection, bill) if failed else ())]
    if len(bad) != failed + len(rejected):
        refuse(
            export.path,
            f"{failed} rows could not be read and {len(bad) - len(rejected)} of them were found again",
            "export the file again; its quotes or line ends are not regular",
        )
    whole = rows + len(rejected)
    refuse_if_most(export, bad, whole)
    notes = {name: number for name, number in (notes | counted | {"keys_repeated": _number_twins(job)}).items() if number}
    return Staged(export, SOURCE, bill.header.version, "charges", job.folder, whole, bad, totals, notes)


def _look_up_words(connection: DuckDBPyConnection, bill: Bill) -> tuple[Bill, dict[str, int]]:
    """Read each spelling of a time and of a set of tags once: a bill holds few, however many rows it has."""
    lists = ", ".join(f"list(DISTINCT {bill.text(column)})" for column in (*TIMES, "Tags"))
    undated = f"count(*) FILTER ({bill.text(TIMES[0])} IS NULL) > 0"
    connection.execute(f"CREATE OR REPLACE TABLE spellings AS SELECT [{lists}] AS l, {undated} AS undated FROM {scan(bill)}")
    connection.execute(
        "CREATE OR REPLACE TABLE words AS SELECT k, v FROM (SELECT generate_subscripts(l, 1) - 1 AS k, unnest(l) AS each FROM spellings), "
        "unnest(each) AS _(v) WHERE v IS NOT NULL UNION ALL SELECT -1, 'undated' FROM spellings WHERE undated"
    )
    starts = column_of(connection, "SELECT v FROM words WHERE k = 0 AND contains(v, '/')")
    others = column_of(connection, f"SELECT DISTINCT v FROM words WHERE k BETWEEN 1 AND {len(TIMES) - 1} AND contains(v, '/')")
    bill = Bill(bill.export, bill.header, bill.source, bill.currency, values.month_comes_first(starts, others))
    _fill_moments(connection, bill.month_first)
    twice = _fill_tags(connection)
    notes = {"dates_month_first" if bill.month_first else "dates_day_first": len({*starts, *others}), "tag_keys_repeated": twice}
    return bill, notes


def _batches(connection: DuckDBPyConnection, query: str) -> Iterator[list[str]]:
    cursor = connection.cursor().execute(query)
    while rows := cursor.fetchmany(20_000):
        yield [row[0] for row in rows]


def _fill_moments(connection: DuckDBPyConnection, month_first: bool) -> None:
    pa = arrow()

    connection.execute("CREATE OR REPLACE TABLE moments (word VARCHAR, moment TIMESTAMP)")
    texts = column_of(connection, f"SELECT DISTINCT v FROM words WHERE k BETWEEN 0 AND {len(TIMES) - 1}")
    found: dict[str, datetime] = {}
    for text in texts:
        try:
            found[text] = values.moment(text, month_first)
        except values.UnreadableError:
            continue
    table = pa.table({"word": list(found), "moment": pa.array(list(found.values()), pa.timestamp("us"))})
    _append(connection, "moments", table)


def _fill_tags(connection: DuckDBPyConnection) -> int:
    pa = arrow()

    connection.execute(f"CREATE OR REPLACE TABLE tagged (word VARCHAR, tags {DUCKDB[TAGS]})")
    twice = 0
    for texts in _batches(connection, f"SELECT v FROM words WHERE k = {len(TIMES)}"):
        found: dict[str, list[tuple[str, str]]] = {}
        for text in texts:
            try:
                held, repeated = values.tags(text)
            except values.UnreadableError:
                continue
            found[text] = list(held.items())
            twice += repeated
        table = pa.table(
            {"word": pa.array(list(found), pa.string()), "tags": pa.array(list(found.values()), pa.map_(pa.string(), pa.string()))}
        )
        _append(connection, "tagged", table)
    return twice


def _append(connection: DuckDBPyConnection, name: str, table: Any) -> None:
    connection.register("batch", table)
    connection.execute(f"INSERT INTO {name} SELECT * FROM batch")
    connection.unregister("batch")


def _typed(bill: Bill, *, rejects: bool) -> str:
    """Return the SQL of the typed rows, with `bad` where a row cannot be read."""
    monies = [column for column in MONIES if bill.header.sources[column]]
    times = [column for column in TIMES if bill.header.sources[column]]
    texts = ", ".join(f"{bill.text(column)} AS t_{column}" for column in CHARGES if column not in OURS)
    bare = ", ".join(f"{_shown(f't_{column}')} AS t_{column}" for column in monies)
    raw = f"SELECT * REPLACE ({bare}) FROM (SELECT {texts} FROM {scan(bill, rejects)})"
    cast = ", ".join(
        [
            *(f"t_{column} AS {column}" for column, kind in CHARGES.items() if kind == TEXT and column not in OURS),
            *(f"{_amount(column) if column in monies else f'NULL::{DUCKDB[MONEY]}'} AS {column}" for column in MONIES),
            *(f"{f'{column}_.moment' if column in times else 'NULL::TIMESTAMP'} AS {column}" for column in TIMES),
            "tagged.tags AS Tags",
            *(f"t_{column}" for column in (*monies, *times, "Tags")),
        ]
    )
    joins = " ".join(f"LEFT JOIN moments {column}_ ON {column}_.word = t_{column}" for column in times)
    start = "coalesce(BillingPeriodStart, date_trunc('month', ChargePeriodStart))"
    return (
        f"SELECT * REPLACE ({start} AS BillingPeriodStart, coalesce(BillingPeriodEnd, {start} + INTERVAL 1 MONTH) AS BillingPeriodEnd), "
        f"BillingPeriodStart IS NULL AS undated, {_bad(monies, times)} AS bad "
        f"FROM (SELECT {cast} FROM ({raw}) {joins} LEFT JOIN tagged ON tagged.word = t_Tags)"
    )


def _amount(column: str) -> str:
    """Cast an amount; digits grouped by underscores are Python's and SQL's spelling, not a bill's."""
    return f"CASE WHEN NOT contains(t_{column}, '_') THEN try_cast(t_{column} AS {DUCKDB[MONEY]}) END"


def _shown(text: str) -> str:
    """Take the dollar sign and the commas out of an amount that was written for people; leave any other text as it is."""
    bare = f"replace(replace({text}, '$', ''), ',', '')"
    shown = f"(contains({text}, ',') OR contains({text}, '$')) AND regexp_full_match({text}, {quoted(values.GROUPED)})"
    return f"CASE WHEN {shown} THEN {bare} ELSE {text} END"


def _bad(monies: Sequence[str], times: Sequence[str]) -> str:
    """Return the SQL of a row that cannot be read: an amount, a time or a mandatory value is at fault."""
    amounts = [f"(t_{column} IS NOT NULL AND ({column} IS NULL OR abs({column}) >= {values.MOST_AMOUNT:f}))" for column in monies]
    moments = [f"(t_{column} IS NOT NULL AND {column} IS NULL)" for column in times]
    undated = "(BillingPeriodStart IS NULL AND ChargePeriodStart IS NULL)"
    return " OR ".join([*amounts, *moments, "BilledCost IS NULL", "BillingCurrency IS NULL", undated])


def _keyed(bill: Bill) -> str:
    """Return the SQL of the rows to keep, each keyed by its content."""
    content = ", ".join(f"coalesce(CAST({column} AS VARCHAR), '')" for column in CHARGES if column not in OURS)
    ours = f"md5(concat_ws(chr(31), {content})) AS x_ChargeKey, {quoted(SOURCE)} AS x_Source, {quoted(bill.export.name)} AS x_File"
    names = ", ".join(column for column in CHARGES if column not in OURS)
    return f"SELECT {names}, {ours}, {MONTHS} AS billing_period FROM ({_typed(bill, rejects=True)}) WHERE NOT bad"


def _write(job: Job, bill: Bill) -> None:
    """Write the rows to keep; a bill of one period streams into one file, several are parted as they come, in small groups of rows."""
    months = column_of(job.connection, "SELECT DISTINCT strftime(moment, '%Y-%m') FROM words JOIN moments ON word = v WHERE k = 0")
    every = bool(bill.header.sources["BillingPeriodStart"]) and not column_of(job.connection, "SELECT v FROM words WHERE k = -1")
    folder = job.folder / "charges"
    how = "FORMAT parquet, COMPRESSION zstd"
    if len(months) == 1 and every:
        (folder / f"billing_period={months[0]}").mkdir(parents=True)
        target = folder / f"billing_period={months[0]}" / "data.parquet"
        job.connection.execute(f"COPY (SELECT {', '.join(CHARGES)} FROM ({_keyed(bill)})) TO {quoted(str(target))} ({how})")
    else:
        target = quoted(str(folder))
        job.connection.execute(f"COPY ({_keyed(bill)}) TO {target} ({how}, PARTITION_BY (billing_period), OVERWRITE_OR_IGNORE true)")


def _summed(connection: DuckDBPyConnection, bill: Bill) -> tuple[int, int, Totals, dict[str, int]]:
    """Count and add the file in a scan of its own: rows, rows that fail, and per currency the sums of its kept text."""
    spelled = [cost for cost in COSTS if bill.header.sources[cost]]
    sums = ", ".join(f"sum({_fine(cost)}) FILTER (NOT bad)" if cost in spelled else "NULL" for cost in RECONCILED)
    rounded = " OR ".join(f"{_fine(cost)} <> try_cast({cost} AS {FINE})" for cost in spelled)
    query = (
        "SELECT BillingCurrency, count(*), count(*) FILTER (bad), count(*) FILTER (NOT bad AND t_Tags IS NOT NULL AND Tags IS NULL), "
        f"count(*) FILTER (NOT bad AND undated), count(*) FILTER (NOT bad AND ({rounded})), {sums} "
        f"FROM ({_typed(bill, rejects=False)}) GROUP BY 1"
    )
    rows = connection.execute(query).fetchall()
    totals: Totals = {
        str(row[0]): {cost: row[6 + place] or Decimal(0) for place, cost in enumerate(RECONCILED)}
        for row in rows
        if row[0] is not None and row[1] > row[2]
    }
    names = ("tags_unreadable", "period_from_charge", "rounded_to_12_decimals")
    counted = {name: sum(int(row[3 + place]) for row in rows) for place, name in enumerate(names)}
    return sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows), totals, counted


def _fine(cost: str) -> str:
    """Return the SQL of an amount with room for what rounding to twelve decimals takes away."""
    return f"try_cast(t_{cost} AS {FINE})"


def _number_twins(job: Job) -> int:
    """Give rows of equal content an ordinal, so that every key names one row; return how many rows there were beyond the first."""
    files = quoted(str(job.folder / "charges" / "*" / "*.parquet"))
    if not any((job.folder / "charges").glob("*/*.parquet")):
        return 0
    job.connection.execute(
        f"CREATE OR REPLACE TABLE twins AS SELECT x_ChargeKey AS k, count(*) AS n FROM read_parquet({files}) GROUP BY 1 HAVING n > 1"
    )
    twice = job.connection.execute("SELECT coalesce(sum(n - 1), 0) FROM twins").fetchone() or (0,)
    if not twice[0]:
        return 0
    for period in sorted((job.folder / "charges").iterdir()):
        number = "row_number() OVER (PARTITION BY x_ChargeKey)"
        key = f"CASE WHEN x_ChargeKey IN (SELECT k FROM twins) AND {number} > 1 THEN x_ChargeKey || '-' || {number} ELSE x_ChargeKey END"
        rows = f"SELECT * REPLACE ({key} AS x_ChargeKey) FROM read_parquet({quoted(str(period / '*.parquet'))}, hive_partitioning=false)"
        held = sorted(period.glob("*.parquet"))
        fresh = period / "numbered.fresh"
        job.connection.execute(f"COPY ({rows}) TO {quoted(str(fresh))} (FORMAT parquet, COMPRESSION zstd)")
        for path in held:
            path.unlink()
        fresh.replace(period / "numbered.parquet")
    return int(twice[0])
