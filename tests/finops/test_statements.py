"""Statements and journal lines: figures by hand, sums that hold to the last decimal and to the cent, and the same in every paper."""

from __future__ import annotations

import csv
import json
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import ibis
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tco_model.actuals.spend import spend
from tco_model.actuals.store import Workspace
from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.exporters.statement_table import statement_rows
from tco_model.finops.allocate import allocate
from tco_model.finops.statements import NOT_CHARGED, in_cents, journal, services_query, states
from tests.finops.bills import charge, rules, table

RULES = """
cost_centers: {search: "10"}
rules:
  - {name: shared, when: {SubAccountName: shared}, pool: platform}
  - {name: search, when: {SubAccountName: s}, owner: search}
  - {name: ads, when: {SubAccountName: a}, owner: ads}
pools: {platform: {split: proportional}}
"""
BILL = [
    charge("60", account="s"),
    charge("15", account="s", ServiceName="Storage"),
    charge("25", account="a"),
    charge("10", account="shared"),
    charge("4", account="nobody"),
    charge("40", account="s", month="2026-05"),
    charge("8", account="old", month="2026-04"),
]


def test_a_statement_holds_own_charges_shares_of_pools_and_the_month_before() -> None:
    found = states(table(BILL), rules(RULES))
    search, ads = found.statements
    assert (found.month, search.owner, ads.owner) == ("2026-06", "search", "ads")
    assert search.services == (("Compute", Decimal(60)), ("Storage", Decimal(15)))
    assert [(one.pool, one.amount) for one in search.shares] == [("platform", Decimal("7.5"))]
    assert (search.total, search.before) == (Decimal("82.5"), Decimal(40))
    assert (ads.total, ads.before) == (Decimal("27.5"), Decimal(0))
    assert (found.rest, found.bill) == (4, 114)


def test_the_first_month_has_nothing_before_it() -> None:
    assert [one.before for one in states(table(BILL), rules(RULES), month="2026-05").statements] == [Decimal(0)]
    assert states(table(BILL), rules(RULES), month="2026-04").statements == ()
    assert states(table(BILL[:5]), rules(RULES)).statements[0].before is None


def test_who_stopped_spending_still_gets_a_statement() -> None:
    found = states(table([charge("5", account="s"), charge("9", account="a", month="2026-05")]), rules(RULES))
    assert [(one.owner, one.total, one.before) for one in found.statements] == [("search", 5, 0), ("ads", 0, 9)]


AMOUNT = st.decimals(-(10**6), 10**6, places=12)


@given(st.dictionaries(st.sampled_from("abcdefgh"), AMOUNT, min_size=1))
def test_cents_sum_to_the_sum_in_cents(amounts: dict[str, Decimal]) -> None:
    found = in_cents(amounts)
    assert sum(found.values()) == sum(amounts.values(), Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert all(abs(found[name] - amount) < Decimal("0.01") and found[name].as_tuple().exponent == -2 for name, amount in amounts.items())


def test_a_third_of_a_euro_each_leaves_no_cent() -> None:
    third = Decimal("0.333333333333")
    assert sorted(in_cents({"a": third, "b": third, "c": 1 - 2 * third}).values()) == [Decimal("0.33"), Decimal("0.33"), Decimal("0.34")]


def test_a_journal_names_cost_centres_and_what_nobody_pays() -> None:
    held = rules(RULES)
    lines = journal(allocate(table(BILL), held), held, "2026-06")
    assert [(one.owner, one.cost_center, one.amount) for one in lines] == [
        ("search", "10", Decimal("82.50")),
        ("ads", "", Decimal("27.50")),
        (NOT_CHARGED, "", Decimal("4.00")),
    ]


def test_a_month_that_is_not_there_and_an_empty_bill_are_told() -> None:
    with pytest.raises(ScenarioError, match="2026-07"):
        states(table(BILL), rules(RULES), month="2026-07")
    with pytest.raises(ScenarioError, match="no charges"):
        states(table([]), rules(RULES))


def test_the_query_is_written_for_a_warehouse_too() -> None:
    assert "GROUP BY" in ibis.to_sql(services_query(table(BILL), rules(RULES)), dialect="pyspark")


def test_the_commands_on_the_sample_year(sample_year: Path, tmp_path: Path) -> None:
    place, file = sample_year, tmp_path / "allocation.yaml"
    run = CliRunner().invoke
    assert run(main, ["allocate", "--starter", "--rules", str(file)]).exit_code == 0
    rest = [str(place), "--rules", str(file), "--month", "2026-08"]
    parts, paper, page = (tmp_path / name for name in ("parts.csv", "one.md", "all.html"))
    done = run(main, ["showback", *rest, "--json", "--csv", str(parts), "-o", str(page)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    read = list(csv.DictReader(parts.read_text().splitlines()))
    assert sum(Decimal(row["amount"].lstrip("'")) for row in read) == Decimal(told["bill"])
    own = sum(Decimal(row["amount"].lstrip("'")) for row in read if row["owner"] == "support-eng")
    assert f"{own:,.2f}" in page.read_text()
    assert run(main, ["showback", *rest, "--owner", "support-eng", "-o", str(paper)]).exit_code == 0
    assert f"{own:,.2f}" in paper.read_text() and "ml-research" not in paper.read_text()
    wrong = run(main, ["showback", *rest, "--owner", "support-egn"])
    assert wrong.exit_code == 2 and "support-eng" in wrong.output
    booked = json.loads(run(main, ["chargeback", *rest, "--json"]).output)["lines"]
    by_service = spend(Workspace(place).charges(), "ServiceName", "BilledCost")
    invoiced = sum(amounts[by_service.months.index("2026-08")] for amounts in by_service.amounts.values())
    assert sum(Decimal(row["amount"]) for row in booked) == Decimal(invoiced).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert all(row["cost_center"] for row in booked if row["owner"] != NOT_CHARGED)


def test_rows_of_statements_sum_to_the_bill() -> None:
    found = states(table(BILL), rules(RULES))
    assert sum(Decimal(row["amount"]) for row in statement_rows(found)) == found.bill
