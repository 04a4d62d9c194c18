"""The metadata standard: shares by hand, other spellings, months before it held, and what is not held to it."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pytest
from click.testing import CliRunner

from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.finops.allocate import MOST_ITEMS
from tco_model.finops.metadata import CARRIED, EVERY, MISSING, OTHER_VALUE, bearer, comply, comply_in_all, lacking, stated_charges
from tests.finops.bills import charge, rules, table

STANDARD = """
dimensions:
  owner: {tags: [owner, team], required: true}
  environment: {tags: [environment, env], values: {prod: production}, allowed: [production, test], required: true, since: 2026-06}
  product: {tags: [product]}
rules:
  - {name: shared, when: {SubAccountName: "shared*"}, pool: platform}
  - {name: tagged, owner_from: owner}
pools: {platform: {split: proportional}}
"""


def used(amount: str, **more: Any) -> dict[str, Any]:
    return charge(amount, **{"ChargeCategory": "Usage"} | more)


BILL = [
    used("50", tags={"owner": "search", "environment": "production"}),
    used("20", tags={"team": "search", "env": "prod"}),
    used("10", tags={"owner": "ads", "env": "live"}),
    used("-5", tags={"owner": "ads"}),
    used("15", tags={"env": "test"}, account="x"),
    used("30", account="shared-1"),
    used("40", tags={"owner": "search"}, month="2026-05"),
    used("1000", ChargeCategory="Tax"),
]


def shares(name: str, **more: str) -> tuple[float | None, float | None]:
    found = comply(table(BILL), rules(STANDARD))
    return found.share(name, **more), found.share_of_charges(name, **more)


@pytest.mark.parametrize(
    ("name", "of_cost", "of_charges"),
    [
        ("owner", 125 / 170, 5 / 7),  # 50 + 20 + 10 + |-5| + 40 of 170; the tax is held to nothing
        ("environment", 85 / 130, 3 / 6),  # 50 + 20 + 15; May came before it was required
        (EVERY, 110 / 170, 3 / 7),  # 50 + 20, and 40 of May, of which only an owner was required
    ],
)
def test_shares_are_those_summed_by_hand(name: str, of_cost: float, of_charges: float) -> None:
    assert shares(name) == (pytest.approx(of_cost), pytest.approx(of_charges))


def test_all_that_is_required_at_once_is_the_same_share_with_less_work() -> None:
    whole, alone = comply(table(BILL), rules(STANDARD)), comply_in_all(table(BILL), rules(STANDARD))
    assert alone.held == tuple(one for one in whole.held if one.dimension == EVERY) and alone.months == whole.months
    assert (alone.dimensions, alone.breaches, alone.currency) == ((EVERY,), (), whole.currency)
    assert alone.share(EVERY, month="2026-06") == whole.share(EVERY, month="2026-06") != whole.share(EVERY)


def test_an_owner_and_a_month_have_shares_of_their_own() -> None:
    assert shares("environment", owner="search") == (1.0, 1.0)
    assert shares("environment", owner="ads") == (0.0, 0.0)
    assert shares("environment", month="2026-05") == (None, None)
    assert shares(EVERY, owner="pool: platform") == (0.0, 0.0)


def test_the_owner_with_most_outside_the_standard_comes_first() -> None:
    owners = comply(table(BILL), rules(STANDARD)).owners()
    assert owners == {"pool: platform": Decimal(30), "(not said)": Decimal(15), "ads": Decimal(15), "search": Decimal(0)}
    names = list(owners)
    assert (names[0], names[-1]) == ("pool: platform", "search")


def test_the_dearest_item_says_what_stands_in_its_place() -> None:
    found = [one for one in comply(table(BILL), rules(STANDARD)).breaches if one.dimension == "environment"]
    assert [(one.account, one.value, one.amount, one.rows) for one in found] == [
        ("shared-1", "", Decimal(30), 1),
        ("a", "live", Decimal(10), 1),
        ("a", "", Decimal(5), 1),
    ]


def test_the_dearest_items_are_those_of_each_owner_and_an_item_that_lacks_two_things_stands_once() -> None:
    few = [used(str(100 + place), account=f"shared-m{place}") for place in range(MOST_ITEMS + 3)]
    found = comply(table([*BILL, *few, used("3", account="x"), used("0.5", tags={"owner": "ads"}, account="z")]), rules(STANDARD))
    assert [(one.account, one.amount, names) for one, names in lacking(found, "(not said)")] == [
        ("x", Decimal(18), ("owner",)),
        ("x", Decimal(3), ("environment",)),
    ]
    assert [one.account for one, _ in lacking(found, "ads")] == ["a", "a", "z"]
    dear = lacking(found, "pool: platform")
    assert len(dear) == MOST_ITEMS and {names for _, names in dear} == {("owner", "environment")}
    assert [one.amount for one, _ in dear] == [Decimal(100 + place) for place in range(MOST_ITEMS + 2, 2, -1)]
    assert bearer("(not said)") == "nobody" and bearer("ads") == "ads"


def test_states_of_a_dimension_sum_to_the_cost_that_is_held_to_it() -> None:
    held = comply(table(BILL), rules(STANDARD)).held
    for name, whole in (("owner", 170), ("environment", 130), (EVERY, 170)):
        assert sum(one.amount for one in held if one.dimension == name) == whole
    assert {one.state for one in held} == {CARRIED, OTHER_VALUE, MISSING}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (STANDARD.replace("{prod: production}", "{prod: productoin}"), 4, "production"),
        (STANDARD.replace("since: 2026-06", "since: 2026-13"), 4, "2026-13"),
        (STANDARD.replace("tags: [product]", "tags: [product], since: 2026-01"), 5, "required: true"),
        (STANDARD.replace("required: true", "required: 1"), 3, "required"),
    ],
)
def test_a_bad_standard_names_the_line_and_the_mend(text: str, line: int, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        rules(text.lstrip("\n"))
    problem = caught.value.problems[0]
    assert (problem.line, words in f"{problem.field} {problem.value} {problem.message} {problem.mend}") == (line, True), problem


def test_a_file_that_requires_nothing_is_told() -> None:
    with pytest.raises(ScenarioError, match="requires no tag"):
        comply(table(BILL), rules(STANDARD.replace(", required: true, since: 2026-06", "").replace(", required: true", "")))


def test_the_query_is_written_for_a_warehouse_too() -> None:
    from tco_model.finops.charge_rules import sorted_charges

    held = rules(STANDARD)
    assert "CASE" in ibis.to_sql(stated_charges(sorted_charges(table(BILL), held), held, ["owner", "environment"]), dialect="pyspark")


def test_the_command_on_the_sample_year(sample_year: Path, tmp_path: Path) -> None:
    place, file, out = sample_year, tmp_path / "allocation.yaml", tmp_path / "cells.csv"
    run = CliRunner().invoke
    assert run(main, ["allocate", "--starter", "--rules", str(file)]).exit_code == 0
    done = run(main, ["tags", str(place), "--rules", str(file), "--json", "--csv", str(out)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    cells = [row for row in csv.DictReader(out.read_text().splitlines()) if row["dimension"] == "owner"]
    met = sum(Decimal(row["absolute_cost"]) for row in cells if row["state"] == CARRIED)
    assert float(met / sum(Decimal(row["absolute_cost"]) for row in cells)) == pytest.approx(told["dimensions"]["owner"]["share_of_cost"])
    every = told["dimensions"][EVERY]["share_of_cost"]
    shown = run(main, ["tags", str(place), "--rules", str(file)]).output
    (line,) = (line for line in shown[shown.index("by month") :].splitlines() if line.startswith(EVERY))
    assert line.split()[-12:] == [f"{100 * share:.0f}%" for share in told["dimensions"][EVERY]["by_month"].values()]
    assert (
        shown.index("pool: observability  observability")
        < shown.index("ml-research          ml-serving")
        < shown.index("nobody               shop-prod")
    )
    assert 0 < every < 1
    for least, code in ((every * 100 - 1, 0), (every * 100 + 1, 1)):
        assert run(main, ["tags", str(place), "--rules", str(file), "--fail-under", f"{least:.3f}"]).exit_code == code
