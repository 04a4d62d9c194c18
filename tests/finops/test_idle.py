"""Idle and orphaned spend: each rule alone, what stays out of it, and no charge counted twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pytest

from tco_model.actuals.load import import_files
from tco_model.actuals.store import Workspace
from tco_model.finops.idle import RULES as WORDS
from tco_model.finops.idle import idle, idle_query, quantities_query
from tests.finops.bills import charge, rules, table

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "focus" / "focus_sample_1000.csv"
RULES = rules("dimensions: {environment: {tags: [env]}, owner: {tags: [team]}}\nrules: [{name: tagged, owner_from: owner}]")
SATURDAY, MONDAY = 6, 8


def used(amount: str, resource: str, *, day: int = MONDAY, hours: str = "24", month: str = "2026-06", **more: Any) -> dict[str, Any]:
    start = dt.datetime.fromisoformat(f"{month}-{day:02d}")
    said: dict[str, Any] = {
        "ChargeCategory": "Usage", "ChargePeriodStart": start, "ChargePeriodEnd": start + dt.timedelta(days=1), "ResourceId": resource,
        "ConsumedUnit": "Hours", "ConsumedQuantity": Decimal(hours).quantize(Decimal("1e-12")), "ChargeDescription": "machine hours",
    }  # fmt: skip
    return charge(amount, month=month, **said | more)


def found(*rows: dict[str, Any]) -> list[tuple[str, str, Decimal]]:
    return [(one.rule, one.resource, one.cost) for one in idle(table(list(rows)), RULES, "2026-06")]


class TestEachRuleAlone:
    def test_a_commitment_that_nobody_used(self) -> None:
        assert found(used("7", "plan", CommitmentDiscountStatus="Unused")) == [("unused commitment", "plan", Decimal(7))]

    @pytest.mark.parametrize("said", ["$0.005 per Idle public IPv4 address per hour", "Unattached disk, P10", "Static address not in use"])
    def test_what_the_provider_calls_idle(self, said: str) -> None:
        assert found(used("7", "x", ChargeDescription=said, tags={"team": "a"})) == [("called idle", "x", Decimal(7))]

    def test_a_resource_that_consumed_nothing_and_not_one_without_a_quantity(self) -> None:
        tags = {"team": "a"}
        assert found(used("7", "x", hours="0", tags=tags), used("9", "y", tags=tags, ConsumedQuantity=None)) == [
            ("nothing consumed", "x", Decimal(7))
        ]

    def test_an_untagged_machine_that_runs_alike_for_three_months_and_is_nobodys(self) -> None:
        months = (("2026-04", "720"), ("2026-05", "744"), ("2026-06", "720"))  # alike a day
        alone = [used("7", "x", month=month, hours=hours) for month, hours in months]
        assert found(*alone) == [("untagged, unchanged", "x", Decimal(7))]
        assert found(*alone[1:]) == [] and found(*alone[:2], used("7", "x", hours="900")) == []
        assert found(*(row | {"Tags": [("team", "a")]} for row in alone)) == []
        assert found(*(row | {"ConsumedUnit": "GB"} for row in alone)) == []

    def test_development_at_weekends_and_production_never(self) -> None:
        dev, live = {"env": "dev", "team": "a"}, {"env": "production", "team": "a"}
        rows = [used("3", "d", day=SATURDAY, tags=dev), used("4", "d", day=SATURDAY + 1, tags=dev), used("50", "d", tags=dev)]
        assert found(*rows, used("9", "p", day=SATURDAY, tags=live)) == [("development at weekends", "d", Decimal(7))]
        monthly = used("9", "d", day=SATURDAY, tags=dev, ChargePeriodEnd=dt.datetime(2026, 7, 1))
        assert found(monthly) == [] and found(used("9", "disk", day=SATURDAY, tags=dev, ConsumedUnit="GB-Days")) == []


def test_a_charge_falls_under_one_rule_and_credits_and_other_months_under_none() -> None:
    both = used("7", "x", day=SATURDAY, hours="0", tags={"env": "dev"}, ChargeDescription="idle machine")
    assert found(both) == [("called idle", "x", Decimal(7))] and set(WORDS) > {"called idle"}
    assert found(used("7", "x", hours="0", month="2026-05"), used("-7", "x", ChargeCategory="Credit", hours="0")) == []


@pytest.mark.skipif(not SAMPLE.exists(), reason="the FOCUS sample is not at hand")
def test_the_published_sample_calls_four_addresses_idle(tmp_path: Path) -> None:
    """Four charges of `$0.005 per Idle public IPv4 address per hour`; their effective cost is rounded to zero, so the bill is read."""
    import_files([SAMPLE], tmp_path)
    held = idle(Workspace(tmp_path).charges(), RULES.model_copy(update={"cost": "BilledCost"}), "2024-09")
    called = [one for one in held if one.rule == "called idle"]
    assert called and 0 < sum(one.cost for one in called) <= Decimal("0.02")


def test_the_queries_are_one_for_spark_too() -> None:
    bill = table([used("7", "x")])
    assert ibis.to_sql(quantities_query(bill, "2026-06"), dialect="pyspark")
    assert ibis.to_sql(idle_query(bill, RULES, "2026-06"), dialect="pyspark")
