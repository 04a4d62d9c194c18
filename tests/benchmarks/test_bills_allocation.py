# ruff: noqa: E501
"""What allocating a bill costs beside the same allocation written by hand: ``pytest -m benchmark -s tests/benchmarks/test_bills_allocation.py``.

``TCO_BILL_ROWS`` sets the rows (a million unless said). All contenders read the same Parquet, with the columns and types of a workspace, and
each runs in a process of its own; seconds are those of the processors, which a busy machine does not stretch. The rules: a pool by account, owners by a tag, owners by accounts that end alike, the rest nobody's; the pool is split by
direct cost. By hand the sums are one statement, and the pool is split in Python, as it would be.
"""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tco_model.actuals.columns import CHARGES, DUCKDB
from tests.benchmarks.test_bills_import import MEMORY, ROWS

pytestmark = pytest.mark.benchmark
ROOT = Path(__file__).parents[2]
ROUNDS = 2
"""Every contender in turn, the best time of each counts."""
RULES = """
rules = '''schema: 1
dimensions: {owner: {tags: [owner, team], values: {team-0: platform-team}}}
rules:
  - {name: shared, when: {ServiceName: "Service 1*"}, pool: platform}
  - {name: tagged, when: {RegionId: [eu-0, eu-1, eu-2]}, owner_from: owner}
  - {name: accounts, when: {BillingAccountId: ["*1", "*2"]}, owner: research}
pools: {platform: {split: proportional}}
'''
"""
ALLOCATED = (
    """
import json, sys
from pathlib import Path
import ibis, pandas, pyarrow.parquet
ibis.duckdb
from tco_model.actuals.store import connect
from tco_model.finops.allocate import allocate
from tco_model.finops.rules import rules_of
from tco_model.scenario.source import read_source
#
"""
    + RULES
    + """
bill = connect(Path(sys.argv[1])).read_parquet(sys.argv[1] + '/*.parquet')
found = allocate(bill, rules_of(read_source(rules, 'allocation.yaml')))
print(json.dumps({'owners': {owner: [str(own), str(pools)] for owner, (own, pools) in found.owners().items()},
                  'unallocated': str(found.unallocated), 'bill': str(found.bill)}))
"""
)
SPLIT = """
from fractions import Fraction
def answer(rows):
    # rows: owner (None: nobody, '': the pool), exact sum
    own = {owner: amount for owner, amount in rows if owner}
    pool, nobody = (sum((amount for owner, amount in rows if owner == who), Decimal(0)) for who in ('', None))
    total, units = sum(own.values()), int(pool.scaleb(12))
    wanted = {owner: Fraction(units) * Fraction(amount) / Fraction(total) for owner, amount in own.items()}
    parts = {owner: int(part) for owner, part in wanted.items()}
    for owner in sorted(wanted, key=lambda one: (parts[one] - wanted[one], one))[:units - sum(parts.values())]:
        parts[owner] += 1
    return json.dumps({'owners': {owner: [str(own[owner]), str(Decimal(parts[owner]).scaleb(-12))] for owner in own},
                       'unallocated': str(nobody), 'bill': str(pool + nobody + total)})
"""
BY_HAND = (
    """
import glob, json, sys
from decimal import Decimal
import duckdb
#
"""
    + SPLIT
    + f"""
held = duckdb.connect(config={{'memory_limit': '{MEMORY}', 'temp_directory': sys.argv[1]}})
held.execute('SET enable_progress_bar = false')
files = glob.glob(sys.argv[1] + '/*.parquet')
rows = held.execute('''
WITH named AS (SELECT *, coalesce(nullif(trim(Tags['owner']), ''), nullif(trim(Tags['team']), '')) AS said FROM read_parquet(?)),
sorted AS (SELECT strftime(BillingPeriodStart, '%Y-%m') AS month, EffectiveCost, SubAccountName, ServiceName,
 CASE WHEN ServiceName LIKE 'Service 1%' THEN '' WHEN RegionId IN ('eu-0', 'eu-1', 'eu-2') AND said IS NOT NULL THEN CASE said WHEN 'team-0' THEN 'platform-team' ELSE said END
      WHEN BillingAccountId LIKE '%1' OR BillingAccountId LIKE '%2' THEN 'research' END AS owner FROM named)
SELECT month, owner, sum(EffectiveCost), count(*) FROM sorted GROUP BY ALL''', [files]).fetchall()
items = held.execute('''
WITH named AS (SELECT *, coalesce(nullif(trim(Tags['owner']), ''), nullif(trim(Tags['team']), '')) AS said FROM read_parquet(?))
SELECT SubAccountName, ServiceName, sum(EffectiveCost) AS cost, count(*) FROM named WHERE NOT (ServiceName LIKE 'Service 1%')
 AND NOT (RegionId IN ('eu-0', 'eu-1', 'eu-2') AND said IS NOT NULL) AND NOT (BillingAccountId LIKE '%1' OR BillingAccountId LIKE '%2')
GROUP BY ALL ORDER BY cost DESC LIMIT 10''', [files]).fetchall()
print(answer([(row[1], row[2]) for row in rows]))
"""
)
POLARS = (
    """
import glob, json, sys
from decimal import Decimal
import polars as pl
#
"""
    + SPLIT
    + """
frame = pl.scan_parquet(glob.glob(sys.argv[1] + '/*.parquet'))
def tag(key):
    said = pl.col('Tags').map.get(key).str.strip_chars()
    return pl.when(said != '').then(said)
said = pl.coalesce(tag('owner'), tag('team')).replace({'team-0': 'platform-team'})
owner = (pl.when(pl.col('ServiceName').str.starts_with('Service 1')).then(pl.lit(''))
         .when(pl.col('RegionId').is_in(['eu-0', 'eu-1', 'eu-2']) & said.is_not_null()).then(said)
         .when(pl.col('BillingAccountId').str.ends_with('1') | pl.col('BillingAccountId').str.ends_with('2')).then(pl.lit('research')))
named = frame.select(owner=owner, month=pl.col('BillingPeriodStart').dt.strftime('%Y-%m'), cost='EffectiveCost', account='SubAccountName', service='ServiceName')
rows = named.group_by('month', 'owner').agg(pl.col('cost').sum(), pl.len()).collect(engine='streaming')
items = (named.filter(pl.col('owner').is_null()).group_by('account', 'service').agg(pl.col('cost').sum(), pl.len())
         .sort('cost', descending=True).head(10).collect(engine='streaming'))
print(answer(list(zip(rows['owner'].to_list(), rows['cost'].to_list()))))
"""
)


WORK = """
import resource, sys, time
def spent(): return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
begun = spent()
{code}
print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, spent() - begun)
"""


def generate(folder: Path, rows: int) -> None:
    """Write a bill of a month in files of at most a million rows."""
    import duckdb

    made = {
        "EffectiveCost": "(i % 9973) / 1100 + (i % 7) * 0.000000000001", "BilledCost": "(i % 9973) / 1000", "BillingCurrency": "'USD'",
        "BillingPeriodStart": "TIMESTAMP '2026-05-01'", "BillingAccountId": "'A' || (i % 5)", "SubAccountName": "'account ' || (i % 300)",
        "ServiceName": "'Service ' || (i % 40)", "RegionId": "'eu-' || (i % 4)", "ChargeCategory": "'Usage'", "ResourceId": "'resource-' || i",
        "Tags": "CASE WHEN i % 9 > 0 THEN MAP(['owner', 'env'], ['team-' || (i % 61), 'prod']) ELSE MAP(['env'], ['dev']) END",
    }  # fmt: skip
    columns = ", ".join(f"({made.get(name, 'NULL')})::{DUCKDB[kind]} AS {name}" for name, kind in CHARGES.items())
    held = duckdb.connect(config={"memory_limit": MEMORY, "preserve_insertion_order": False})
    held.execute("SET enable_progress_bar = false")
    for first in range(0, rows, 1_000_000):
        last, file = min(first + 1_000_000, rows), folder / f"{first:09d}.parquet"
        held.execute(f"COPY (SELECT {columns} FROM range({first}, {last}) t(i)) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")


def measured(code: str, folder: Path) -> tuple[float, int, str]:
    """Processor seconds of the work without its libraries' import, peak memory [MiB] and what was printed, of a process of its own."""
    imports, _, work = code.partition("#\n")
    command = [sys.executable, "-c", imports + WORK.replace("{code}", work), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    said, _, peak = done.stdout.rpartition("peak ")
    memory, seconds = peak.split()
    return float(seconds), int(memory), said.strip()


def test_allocation_against_duckdb_by_hand_and_polars(tmp_path: Path) -> None:
    pytest.importorskip("polars")
    generate(tmp_path, ROWS)
    contenders = {"ours": ALLOCATED, "DuckDB by hand": BY_HAND, "polars": POLARS}
    rounds = [{name: measured(code, tmp_path) for name, code in contenders.items()} for _ in range(ROUNDS)]
    runs = {name: [one[name] for one in rounds] for name in contenders}
    best = {name: min(seconds for seconds, _, _ in held) for name, held in runs.items()}
    peak = {name: max(memory for _, memory, _ in held) for name, held in runs.items()}
    print(f"\n{ROWS:,} rows of Parquet allocated, DuckDB held to {MEMORY}")
    for name in contenders:
        print(f"  {name:<16} {best[name]:6.2f} s, {best[name] / best['DuckDB by hand']:5.2f} x by hand, peak {peak[name]:,} MiB")
    told = {name: json.loads(held[0][2]) for name, held in runs.items()}
    exact = {
        name: (
            {owner: tuple(map(Decimal, pair)) for owner, pair in one["owners"].items()},
            Decimal(one["unallocated"]),
            Decimal(one["bill"]),
        )
        for name, one in told.items()
    }
    assert exact["ours"] == exact["DuckDB by hand"] == exact["polars"], "the same decimals from each"
    owners, unallocated, bill = exact["ours"]
    assert sum(map(sum, owners.values())) + unallocated == bill and unallocated and len(owners) == 62
    assert peak["ours"] < 3_500, "memory stays bounded whatever the number of rows"
    if ROWS >= 1_000_000:
        assert best["ours"] < 3 * best["DuckDB by hand"], "the rules cost little beside a statement written for them"
