"""The queries over bills on Spark: the same Parquet, the same expressions, and the decimals that DuckDB finds, to the last of them."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tco_model.actuals.columns import CHARGES, USAGE
from tco_model.actuals.load import import_files
from tco_model.actuals.spend import COSTS, spend
from tco_model.actuals.store import Workspace
from tco_model.finops.allocate import allocate
from tco_model.finops.anomalies import anomalies
from tco_model.finops.commitments import commitments
from tco_model.finops.metadata import comply
from tco_model.finops.outcomes import OUTCOMES, read_outcomes
from tco_model.finops.rates import Rates, convert, rates_of
from tco_model.finops.rules import Allocation, rules_of
from tco_model.finops.starter import STARTER
from tco_model.finops.statements import states
from tco_model.finops.unit_metrics import measure
from tco_model.finops.variance import explain
from tco_model.scenario.source import read_source
from tests.actuals.bills import SAMPLE, charge, write

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # what Ibis 12 and Spark 4.0 call of pandas 3
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # what py4j leaves to its finaliser
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
RULES = rules_of(read_source(STARTER, "allocation.yaml"))
REAL = rules_of(
    read_source(
        """schema: 1
dimensions: {owner: {tags: [" org", org, business_unit, application]}, environment: {tags: [environment, env]}}
rules:
  - {name: databases for all, when: {ServiceCategory: Databases}, pool: databases}
  - {name: tagged, owner_from: owner}
  - {name: production, when: {"dimension:environment": ["prod*"]}, owner: production}
  - {name: compute, when: {ServiceCategory: "Comp*"}, owner: compute}
pools: {databases: {split: proportional}}
""",
        "allocation.yaml",
    )
)
"""Rules for the published sample of real bills."""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A local Spark behind Ibis; without one the tests fail and say what installs it."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.fail("there is no Spark here: pip install 'tco-model[spark]', or python -m uv run --extra spark pytest -m spark")
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.fail("Spark needs Java 17 or newer and there is none: apt-get install openjdk-17-jre-headless")
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]").appName("bills")
        .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2").config("spark.driver.memory", "1g")
        .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate()
    )  # fmt: skip
    session.sparkContext.setLogLevel("ERROR")
    connection = ibis.pyspark.connect(session)
    connection.spark = session
    yield connection
    session.stop()


class Sides:
    """A workspace as DuckDB opens it, and its Parquet files as Spark does."""

    def __init__(self, folder: Path, spark: Any) -> None:
        """Open both."""
        self.folder, self.duckdb = folder, Workspace(folder)
        self.spark = {name: self._read(spark, name, columns) for name, columns in (("charges", CHARGES), ("usage", USAGE))}

    def charges(self) -> tuple[Any, Any]:
        """The bill, on each side."""
        return self.duckdb.charges(), self.spark["charges"]

    def usage(self) -> tuple[Any, Any]:
        """The usage records, on each side."""
        return self.duckdb.usage(), self.spark["usage"]

    def _read(self, spark: Any, table: str, columns: Any) -> Any:
        files = [str(self.folder / part.path) for part in self.duckdb.parts(table)]
        if not files:
            return None
        name = f"{table}_{abs(hash(self.folder))}"
        spark.spark.read.parquet(*files).createOrReplaceTempView(name)
        return spark.table(name).select(*columns)


@pytest.fixture(scope="module")
def demo(spark: Any, sample_year: Path) -> Iterator[Sides]:
    yield from _opened(sample_year, spark)


@pytest.fixture(scope="module")
def real(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    if not SAMPLE.exists():
        pytest.skip("the published sample of real bills is not at hand")
    folder = tmp_path_factory.mktemp("real")
    import_files([SAMPLE], folder)
    yield from _opened(folder, spark)


def _opened(folder: Path, spark: Any) -> Iterator[Sides]:
    sides = Sides(folder, spark)
    yield sides
    sides.duckdb.close()


@pytest.fixture(params=["demo", "real"])
def case(request: pytest.FixtureRequest) -> tuple[Sides, Allocation]:
    """The sample year with its rules, and the published bills with theirs."""
    return request.getfixturevalue(request.param), RULES if request.param == "demo" else REAL


class TestBothBills:
    def test_spend(self, case: tuple[Sides, Allocation]) -> None:
        for dimension, cost in (("ServiceName", COSTS[0]), ("tag:owner", COSTS[1]), ("tag:env", COSTS[0])):
            here, there = (spend(bill, dimension, cost) for bill in case[0].charges())
            assert here == there and here.amounts and here.total == there.total

    def test_allocation(self, case: tuple[Sides, Allocation]) -> None:
        sides, rules = case
        here, there = (allocate(bill, rules, usage) for bill, usage in zip(sides.charges(), sides.usage(), strict=True))
        assert here == there
        assert here.owners() and here.shared and here.unallocated

    def test_statements_and_variance(self, case: tuple[Sides, Allocation]) -> None:
        sides, rules = case
        here, there = (states(bill, rules, usage) for bill, usage in zip(sides.charges(), sides.usage(), strict=True))
        assert here == there and here.statements
        months = allocate(sides.charges()[0], rules, sides.usage()[0]).months
        before, after = (months[-2], months[-1]) if len(months) > 1 else (months[0], months[0])
        mine, its = (explain(bill, rules, before, after) for bill in sides.charges())
        assert mine == its and mine.items

    def test_commitments(self, case: tuple[Sides, Allocation]) -> None:
        here, there = (commitments(bill) for bill in case[0].charges())
        assert here == there and here


def test_unit_metrics(demo: Sides) -> None:
    counts = read_outcomes(demo.folder / OUTCOMES)
    here, there = (measure(bill, RULES, usage, counts) for bill, usage in zip(demo.charges(), demo.usage(), strict=True))
    assert here == there and all(one.value for one in here)


def test_tags_held_to_the_standard(demo: Sides) -> None:
    here, there = (comply(bill, RULES) for bill in demo.charges())
    assert here == there and here.breaches


def test_anomalies(demo: Sides) -> None:
    """Estimates in floats: of exact sums that came in any order."""
    here, there = (anomalies(bill, RULES, "2026-08") for bill in demo.charges())
    assert here and there and [(one.account, one.service, one.first, one.kind) for one in here.found] == [
        (one.account, one.service, one.first, one.kind) for one in there.found
    ]  # fmt: skip


class TestCurrencies:
    RATES = """schema: 1
into: USD
quotes:
  - {currency: EUR, source: central bank, as_of: 2026-07-01, rates: {2026-05: "1.0873", 2026-06: "1.09125"}}
  - {currency: JPY, source: central bank, as_of: 2026-07-01, rates: {2026-05: "0.00641234", 2026-06: "0.0065"}}
"""

    @pytest.fixture(scope="class")
    @classmethod
    def sides(cls, spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
        folder = tmp_path_factory.mktemp("currencies")
        rows = [
            charge(
                BilledCost=amount, EffectiveCost=f"-{amount}" if place % 7 == 0 else amount, BillingCurrency=code, ResourceId=f"r{place}",
                BillingPeriodStart=f"2026-0{month}-01T00:00:00Z", BillingPeriodEnd=f"2026-0{month + 1}-01T00:00:00Z",
                ChargePeriodStart=f"2026-0{month}-01T00:00:00Z", ChargePeriodEnd=f"2026-0{month + 1}-01T00:00:00Z",
            )
            for month in (5, 6) for place in range(60) for code in ("USD", "EUR", "JPY")
            for amount in (f"{place * 7919 % 1000}.{place * 104729 % 10**12:012d}",)
        ]  # fmt: skip
        import_files([write(folder / "bill.csv", rows)], folder / "bills")
        yield from _opened(folder / "bills", spark)

    def test_a_converted_bill_has_the_same_decimals(self, sides: Sides) -> None:
        rates: Rates = rates_of(read_source(self.RATES, "rates.yaml"))
        here, there = (allocate(convert(bill, rates), REAL) for bill in sides.charges())
        assert here == there and here.currency == "USD" and here.bill
        mine, its = (explain(convert(bill, rates), REAL, "2026-05", "2026-06") for bill in sides.charges())
        assert mine == its and mine.parts["currency"]
