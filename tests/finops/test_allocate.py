"""A bill allocated: every decimal arrives somewhere, rules in order, pools split as they say, and a bad rules file says what mends it."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tco_model.actuals.columns import USAGE
from tco_model.actuals.store import Workspace
from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.exporters.allocation_table import parts_of
from tco_model.finops.allocate import Allocated, allocate
from tco_model.finops.charge_rules import sorted_charges
from tco_model.finops.rules import rules_of
from tco_model.finops.starter import STARTER
from tco_model.scenario.source import read_source
from tests.finops.bills import charge, rules, table


def of(found: Allocated, owner: str) -> Decimal:
    return sum(found.owners().get(owner, (Decimal(0), Decimal(0))))


def whole(found: Allocated) -> Decimal:
    return sum((Decimal(row["amount"]) for row in parts_of(found)), Decimal(0))


BASIC = """
dimensions: {owner: {tags: [owner, team], values: {Search: search}}}
rules:
  - {name: shared, when: {SubAccountName: "shared*"}, pool: platform}
  - {name: tagged, owner_from: owner}
  - {name: sandbox, when: {SubAccountName: [sandbox, "*-test"]}, owner: research}
pools: {platform: {split: proportional}}
"""
BILL = [
    charge("60", tags={"owner": "search"}),
    charge("20", tags={"team": "Search"}),
    charge("20", account="sandbox"),
    charge("10", account="shared-1", tags={"owner": "search"}),
    charge("7", account="x"),
]


def test_the_first_rule_that_takes_a_charge_holds_and_the_rest_is_nobodys() -> None:
    found = allocate(table(BILL), rules(BASIC))
    assert found.owners() == {"search": (Decimal(80), Decimal(8)), "research": (Decimal(20), Decimal(2))}
    assert found.unallocated == 7
    assert [(one.rule, one.rows, one.amount) for one in found.rules] == [("shared", 1, 10), ("tagged", 2, 80), ("sandbox", 1, 20)]
    assert [(item.account, item.amount) for item in found.items] == [("x", Decimal(7))]
    assert found.coverage == pytest.approx(110 / 117)
    assert whole(found) == found.bill == 117


def test_a_month_has_a_bill_and_a_coverage_of_its_own() -> None:
    later = [charge("30", tags={"owner": "search"}, month="2026-07"), charge("10", account="x", month="2026-07")]
    found = allocate(table([*BILL, *later]), rules(BASIC))
    months = [found.in_month(month) for month in found.months]
    assert [one.bill for one in months] == [117, 40] and sum((one.bill for one in months), Decimal(0)) == found.bill
    assert [one.coverage for one in months] == [pytest.approx(110 / 117), pytest.approx(30 / 40)]
    assert [one.unallocated for one in months] == [7, 10] and months[1].owners() == {"search": (Decimal(30), Decimal(0))}
    left = allocate(table([*BILL, *later]), rules(BASIC.replace("split: proportional", "split: none, reason: small")))
    assert left.in_month("2026-06").left_out == {"platform": 10} and left.in_month("2026-07").left_out == {"platform": 0}


def test_billed_and_effective_cost_are_never_mixed() -> None:
    assert allocate(table(BILL), rules("cost: BilledCost\n" + BASIC)).bill == 234


@pytest.mark.parametrize(
    ("pool", "search", "research"),
    [
        ("{split: even}", 5, 5),
        ("{split: fixed, shares: {search: 30%, research: 70%}}", 3, 7),
        ("{split: proportional, to: [research]}", 0, 10),
        ("{split: usage, metric: InputTokens, by: Team}", 2.5, 7.5),
    ],
)
def test_a_pool_is_split_as_it_says(pool: str, search: float, research: float) -> None:
    import datetime as dt

    def used(team: str, tokens: int) -> dict[str, Any]:
        return {"Team": team, "InputTokens": tokens, "StartTime": dt.datetime(2026, 6, 3), "Tags": []}

    usage = table([used("search", 100), used("research", 200), used("research", 100)], USAGE)
    found = allocate(table(BILL), rules(BASIC.replace("{split: proportional}", pool)), usage)
    shared = {one.owner: one.amount for one in found.shared}
    assert (shared.get("search", 0), shared.get("research", 0)) == (Decimal(str(search)), Decimal(str(research)))
    assert whole(found) == found.bill


def test_a_pool_left_out_stays_visible() -> None:
    found = allocate(table(BILL), rules(BASIC.replace("{split: proportional}", "{split: none, reason: borne by the company}")))
    assert found.left_out == {"platform": Decimal(10)}
    assert not found.shared and whole(found) == found.bill


def test_a_pool_with_nothing_to_split_it_by_stays_with_nobody() -> None:
    found = allocate(table([charge("10", account="shared")]), rules(BASIC))
    assert found.unallocated == 10 and found.unsplit == {("platform", "2026-06"): Decimal(10)}
    assert whole(found) == found.bill


def test_more_direct_cost_bears_more_of_a_pool() -> None:
    more = [*BILL, charge("1000", account="sandbox")]
    before, after = (allocate(table(bill), rules(BASIC)) for bill in (BILL, more))
    borne = [{one.owner: one.share for one in found.shared} for found in (before, after)]
    assert borne[1]["research"] > borne[0]["research"]
    assert all(sum(shares.values()) == Fraction(1) for shares in borne)


AMOUNTS = st.decimals(-(10**6), 10**6, places=12)
CHARGE = st.builds(
    lambda amount, account, owner, month: charge(str(amount), account=account, tags={"owner": owner} if owner else {}, month=month),
    AMOUNTS, st.sampled_from(["a", "sandbox", "shared-1", "b-test"]), st.sampled_from(["", "search", "Search", "ads", "data"]),
    st.sampled_from(["2026-05", "2026-06"]),
)  # fmt: skip


@given(st.lists(CHARGE, min_size=1, max_size=30), st.sampled_from(["proportional", "even"]))
def test_not_a_decimal_is_lost_and_the_order_of_charges_does_not_matter(bill: list[dict[str, Any]], split: str) -> None:
    held = rules(BASIC.replace("proportional", split))
    found = allocate(table(bill), held)
    assert whole(found) == found.bill == sum((row["EffectiveCost"] for row in bill), Decimal(0))
    assert allocate(table(bill[::-1]), held).owners() == found.owners()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BASIC.replace("pool: platform", "pool: platfrom"), 4, "platform"),
        (BASIC.replace("owner_from: owner", "owner_from: onwer"), 5, "owner"),
        (BASIC.replace("SubAccountName: [", "SubAcountName: ["), 6, "SubAccountName"),
        (BASIC.replace("owner: research", "owner: research, pool: platform"), 6, "say one of"),
        (BASIC.replace('"shared*"', '"sha*red"'), 4, "beginning or the end"),
        (BASIC.replace("{split: proportional}", "{split: fixed, shares: {a: 60%, b: 30%}}"), 7, "90%"),
        (BASIC.replace("{split: proportional}", "{split: fixed, shares: {a: 60, b: 40%}}"), 7, "not a text"),
        (BASIC.replace("{split: proportional}", "{split: none}"), 7, "reason"),
        (BASIC.replace("{split: proportional}", "{split: usage, metric: Tokens, by: Team}"), 7, "InputTokens"),
        (BASIC.replace("{split: proportional}", "{split: evenly}"), 7, "split"),
        (BASIC.replace("pools:", "pool:"), 7, "pools"),
    ],
)
def test_a_bad_file_names_the_line_and_the_mend(text: str, line: int, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        rules(text.lstrip("\n"))
    problem = caught.value.problems[0]
    assert (problem.line, words in f"{problem.message} {problem.mend}") == (line, True), str(caught.value)


def test_currencies_are_not_added_up() -> None:
    bill = [*BILL, charge("5", BillingCurrency="EUR")]
    with pytest.raises(ScenarioError, match="EUR, USD"):
        allocate(table(bill), rules(BASIC))
    assert allocate(table(bill), rules("currency: EUR\n" + BASIC)).bill == 5


def test_the_query_is_written_for_a_warehouse_too() -> None:
    text = ibis.to_sql(sorted_charges(table(BILL), rules(BASIC)), dialect="pyspark")
    assert "CASE" in text


def test_the_starter_allocates_the_sample_year(sample_year: Path) -> None:
    workspace = Workspace(sample_year)
    found = allocate(workspace.charges(), rules_of(read_source(STARTER, "allocation.yaml")), workspace.usage())
    logged = [part.totals for one in workspace.imports() for part in one.parts if part.table == "charges"]
    bill = sum((Decimal(amounts["EffectiveCost"]) for totals in logged for amounts in totals.values()), Decimal(0))
    assert whole(found) == found.bill == bill
    assert found.coverage > 0.9 and all(one.rows for one in found.rules)
    workspace.close()


def test_the_command_says_what_the_library_says(sample_year: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "allocation.yaml", tmp_path / "parts.csv"
    assert CliRunner().invoke(main, ["allocate", "--starter", "--rules", str(file)]).exit_code == 0
    done = CliRunner().invoke(main, ["allocate", str(sample_year), "--rules", str(file), "--csv", str(out), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    read = list(csv.DictReader(out.read_text().splitlines()))
    assert sum((Decimal(row["amount"].lstrip("'")) for row in read), Decimal(0)) == Decimal(told["bill"])
    again = CliRunner().invoke(main, ["allocate", "--starter", "--rules", str(file)])
    assert again.exit_code == 2 and "there already" in again.output
