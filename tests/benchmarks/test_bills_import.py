# ruff: noqa: E501, UP031
"""What importing a bill costs beside the least that any reader must do: ``pytest -m benchmark -s tests/benchmarks/test_bills_import.py``.

``TCO_BILL_ROWS`` sets the rows (a million unless said; ten million is the size the store is made for). Each contender runs in a process of
its own, so that peak memory is its own, on one CSV written once.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark
ROOT = Path(__file__).parents[2]
ROWS = int(os.environ.get("TCO_BILL_ROWS", "1000000"))
MEMORY = "2GB"
"""What DuckDB is allowed, ours and by hand alike."""

GENERATE = """
import duckdb, sys
duckdb.sql(f'''COPY (SELECT printf('%.8f', (i % 9973) / 1000.0 + 0.00000001 * (i % 7)) AS BilledCost, printf('%.8f', (i % 9973) / 1100.0) AS EffectiveCost,
 printf('%.8f', (i % 9973) / 900.0) AS ListCost, printf('%.8f', (i % 9973) / 1000.0) AS ContractedCost, 'A' || (i % 5) AS BillingAccountId, 'Acme' AS BillingAccountName,
 'USD' AS BillingCurrency, '2026-05-01T00:00:00Z' AS BillingPeriodStart, '2026-06-01T00:00:00Z' AS BillingPeriodEnd,
 strftime(TIMESTAMP '2026-05-01' + INTERVAL (i % 744) HOUR, '%Y-%m-%dT%H:00:00Z') AS ChargePeriodStart,
 strftime(TIMESTAMP '2026-05-01' + INTERVAL (i % 744 + 1) HOUR, '%Y-%m-%dT%H:00:00Z') AS ChargePeriodEnd, 'Usage' AS ChargeCategory, 'compute hours' AS ChargeDescription,
 'Cloud Inc' AS InvoiceIssuerName, printf('%.6f', (i % 100) / 3.0) AS PricingQuantity, 'Hours' AS PricingUnit, 'Compute' AS ServiceCategory, 'Service ' || (i % 40) AS ServiceName,
 'Cloud' AS ServiceProviderName, 'Cloud' AS HostProviderName, 'resource-' || i AS ResourceId, 'eu-' || (i % 4) AS RegionId,
 '{{"owner": "team-' || (i % 60) || '", "env": "prod"}}' AS Tags FROM range({sys.argv[2]}) t(i)) TO '{sys.argv[1]}' (HEADER)''')
"""
OURS = """
import sys
from pathlib import Path
import ibis, pyarrow.parquet
from tco_model.actuals.load import import_files
#
import_files([Path(sys.argv[1])], Path(sys.argv[2]))
"""
TOTAL = """
import sys
import ibis, pyarrow.parquet
from tco_model.actuals.store import Workspace
#
charges = Workspace(sys.argv[2]).charges()
table = charges.group_by('ServiceName').agg(cost=charges.BilledCost.sum()).to_pyarrow()
print(sum(row['cost'] for row in table.to_pylist()))
"""
BY_HAND = (
    """
import duckdb, sys
#
held = duckdb.connect(config={'memory_limit': '%s', 'temp_directory': sys.argv[2]})
held.execute(f"COPY (SELECT * REPLACE (BilledCost::DECIMAL(38,12) AS BilledCost, EffectiveCost::DECIMAL(38,12) AS EffectiveCost) FROM read_csv('{sys.argv[1]}', all_varchar=true)) "
             f"TO '{sys.argv[2]}/hand.parquet' (FORMAT parquet, COMPRESSION zstd)")
"""
    % MEMORY
)
BY_HAND_TOTAL = """
import duckdb, sys
#
rows = duckdb.sql(f"SELECT ServiceName, sum(BilledCost) FROM '{sys.argv[2]}/hand.parquet' GROUP BY 1").fetchall()
print(sum(row[1] for row in rows))
"""
POLARS = """
import polars as pl, sys
#
frame = pl.scan_csv(sys.argv[1], infer_schema=False)
frame.with_columns(pl.col('BilledCost', 'EffectiveCost').cast(pl.Decimal(38, 12))).sink_parquet(f'{sys.argv[2]}/polars.parquet')
"""
POLARS_TOTAL = """
import polars as pl, sys
#
table = pl.scan_parquet(f'{sys.argv[2]}/polars.parquet').group_by('ServiceName').agg(pl.col('BilledCost').sum()).collect()
print(sum(table['BilledCost'].to_list()))
"""
WORK = """
import resource, sys, time
begun = time.perf_counter()
{code}
print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, time.perf_counter() - begun)
"""


def measured(code: str, path: Path, folder: Path) -> tuple[float, int, str]:
    """Seconds of the work without its libraries' import, peak memory [MiB] and what was printed, of a process of its own."""
    imports, _, work = code.partition("#\n")
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", imports + WORK.format(code=work), str(path), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    said, _, peak = done.stdout.rpartition("peak ")
    memory, seconds = peak.split()
    return float(seconds), int(memory), said.strip()


def test_import_against_duckdb_by_hand_and_polars(tmp_path: Path) -> None:
    pytest.importorskip("polars")
    path = tmp_path / "bill.csv"
    subprocess.run([sys.executable, "-c", GENERATE, str(path), str(ROWS)], check=True)
    print(f"\n{ROWS:,} rows, {path.stat().st_size / 1e6:,.0f} MB of CSV, DuckDB held to {MEMORY}")
    contenders = {"ours": (OURS, TOTAL), "DuckDB by hand": (BY_HAND, BY_HAND_TOTAL), "polars": (POLARS, POLARS_TOTAL)}
    imports = {name: measured(code, path, tmp_path / name.split()[0]) for name, (code, _) in contenders.items()}
    totals = {name: measured(code, path, tmp_path / name.split()[0]) for name, (_, code) in contenders.items()}
    sums = {name: Decimal(said) for name, (_, _, said) in totals.items()}
    for name in contenders:
        print(f"  {name:<16} import {imports[name][0] / imports['DuckDB by hand'][0]:5.2f} x by hand, peak {imports[name][1]:,} MiB; "
              f"aggregate {totals[name][0] / totals['DuckDB by hand'][0]:5.2f} x by hand, peak {totals[name][1]:,} MiB")  # fmt: skip
    assert len(set(sums.values())) == 1, f"the same decimals from each: {sums}"
    assert imports["ours"][1] < 3_500, "memory stays bounded whatever the number of rows"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
