"""Turns a written Parquet file into what the log of imports says of it: rows, scopes, exact totals and checksum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tco_model.actuals.intact import digest
from tco_model.actuals.log import Part
from tco_model.actuals.staged import RECONCILED, Totals
from tco_model.actuals.store import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCOPE = "coalesce(InvoiceIssuerName, ServiceProviderName, '') || ' / ' || coalesce(BillingAccountId, '')"
"""Issuer and billing account of a row: with its source and period, what one export covers as a whole."""


def describe(connection: DuckDBPyConnection, path: Path, table: str, period: str, target: str) -> tuple[Part, Totals]:
    """Read a written file back: its rows, its scopes and its totals per currency."""
    source = f"read_parquet({quoted(str(path))}, hive_partitioning=false)"
    names, currency = (RECONCILED, "BillingCurrency") if table == "charges" else (("Spend",), "Currency")
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in names)
    rows = connection.execute(f"SELECT coalesce({currency}, ''), count(*), {sums} FROM {source} GROUP BY 1 ORDER BY 1").fetchall()
    totals: Totals = {str(row[0]): {name: row[2 + place] for place, name in enumerate(names)} for row in rows}
    scopes: tuple[str, ...] = ()
    if table == "charges":
        found = connection.execute(f"SELECT DISTINCT {SCOPE} FROM {source} ORDER BY 1").fetchall()
        scopes = tuple(str(row[0]) for row in found)
    count, size = sum(int(row[1]) for row in rows), path.stat().st_size
    return Part(target, table, period, count, scopes, spelled(totals), size, digest(path)), totals


def spelled(totals: Mapping[str, Mapping[str, Decimal]]) -> dict[str, dict[str, str]]:
    """Return totals as text, so that a log keeps each digit."""
    return {currency: {name: f"{amount:f}" for name, amount in sums.items()} for currency, sums in totals.items()}
