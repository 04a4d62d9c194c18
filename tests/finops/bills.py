"""Turns a few lines into a bill and an allocation file, for the tests of what is done with bills."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as arrow
from pyarrow import parquet

from tco_model.actuals.columns import CHARGES, ibis_schema
from tco_model.finops.rules import Allocation, rules_of
from tco_model.scenario.source import read_source

PLACE: list[Path] = []
"""Where the tables lie that `table` writes; a fixture names a folder of the run."""
NUMBER = itertools.count()


def rules(text: str) -> Allocation:
    return rules_of(read_source("schema: 1\n" + text, "allocation.yaml"))


def table(rows: list[dict[str, Any]], columns: Any = CHARGES) -> Any:
    wanted = ibis.schema(ibis_schema(columns)).to_pyarrow()
    filled = [{name: row.get(name) for name in columns} for row in rows]
    file = PLACE[-1] / f"{next(NUMBER)}.parquet"
    parquet.write_table(arrow.Table.from_pylist(filled, schema=wanted), file)
    return ibis.duckdb.connect().read_parquet(file)


def charge(amount: str, *, account: str = "a", tags: dict[str, str] | None = None, month: str = "2026-06", **more: Any) -> dict[str, Any]:
    start = dt.datetime.fromisoformat(f"{month}-01T00:00:00")
    cost = Decimal(amount).quantize(Decimal("1e-12"))
    return {
        "EffectiveCost": cost, "BilledCost": cost * 2, "BillingCurrency": "USD", "BillingPeriodStart": start, "SubAccountName": account,
        "ServiceName": "Compute", "Tags": list((tags or {}).items()), **more,
    }  # fmt: skip
