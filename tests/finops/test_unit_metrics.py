"""Unit costs: by hand, for every kind of denominator; months without a count are said, and bad counts name their line."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tco_model.actuals.columns import USAGE
from tco_model.actuals.demo_ai import CASES
from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.finops.books import Books, Tables
from tco_model.finops.outcomes import read_outcomes
from tco_model.finops.unit_metrics import UnitMetric, measure
from tests.finops.bills import charge, rules, table

RULES = """
rules:
  - {name: shared, when: {SubAccountName: shared}, pool: platform}
  - {name: search, when: {SubAccountName: "s*"}, owner: search}
pools: {platform: {split: proportional}}
metrics:
"""
BILL = [
    charge("60", account="s", ConsumedUnit="GPU-Hours", ConsumedQuantity=Decimal(20)),
    charge("15", account="s"),  # paid for and not used: in the cost, not in the hours
    charge("30", account="s", month="2026-05", ConsumedUnit="GPU-Hours", ConsumedQuantity=Decimal(10)),
    charge("25", account="other", ConsumedUnit="GPU-Hours", ConsumedQuantity=Decimal(1000)),
    charge("9", account="shared"),
]


def used(source: str, requests: int, tokens: int, traffic: str | None = None) -> dict[str, Any]:
    start = dt.datetime(2026, 6, 3)
    return {"x_Source": source, "Requests": requests, "InputTokens": tokens, "Traffic": traffic, "StartTime": start, "Tags": []}


USED = [used("gateway", 100, 5000, "live"), used("gateway", 50, 1000, "test"), used("provider", 150, 6000)]
COUNTS = {"finder": {"2026-05": Decimal(10), "2026-06": Decimal(21)}}


def metric(text: str, bill: list[dict[str, Any]] = BILL) -> UnitMetric:
    return measure(table(bill), rules(f"{RULES}  - {{name: m, {text}}}\n"), table(USED, USAGE), COUNTS)[0]


@pytest.mark.parametrize(
    ("text", "may", "june"),
    [
        ("unit: case, owner: search, per: outcomes, product: finder", 3, 4),  # 30 of 10; 60 + 15 + 9 of the pool, of 21
        ("unit: case, when: {SubAccountName: s}, per: outcomes, product: finder", 3, 75 / 21),
        ("unit: GPU-hour, when: {SubAccountName: s}, per: quantity, consumed_unit: GPU-Hours", 3, 3.75),
        (
            "unit: 1k tokens, when: {SubAccountName: s}, per: usage, column: InputTokens, usage: {x_Source: gateway}, scale: 1000",
            None,
            12.5,
        ),
        ("unit: request, when: {SubAccountName: s}, per: usage, column: Requests, usage: {x_Source: gateway, Traffic: live}", None, 0.75),
    ],
)
def test_a_unit_cost_is_cost_by_count(text: str, may: float | None, june: float) -> None:
    assert metric(text).values == (may, pytest.approx(june))


def test_all_months_are_the_ratio_of_sums_and_not_the_mean_of_ratios() -> None:
    assert metric("unit: case, owner: search, per: outcomes, product: finder").value == pytest.approx((30 + 84) / 31)


def test_a_month_without_a_count_is_not_covered() -> None:
    found = metric("unit: request, when: {SubAccountName: s}, per: usage, column: Requests")
    assert (found.counts, found.coverage) == ((None, Decimal(300)), pytest.approx(75 / 105))
    assert found.value == pytest.approx(75 / 300)


def test_a_metric_of_nothing_says_no_data() -> None:
    found = metric("unit: GPU-hour, when: {SubAccountName: nowhere}, per: quantity, consumed_unit: GPU-Hours")
    assert (found.value, found.coverage) == (None, None)


def test_the_cost_of_a_unit_grows_with_the_cost_and_not_with_the_unit_it_is_stated_in() -> None:
    words = "when: {SubAccountName: s}, per: outcomes, product: finder"
    one, thousand = metric(f"unit: case, {words}"), metric(f"unit: 1k cases, scale: 1000, {words}")
    double = metric(f"unit: case, {words}", [*BILL, *BILL])
    assert one.value and thousand.value == pytest.approx(1000 * one.value) and double.value == pytest.approx(2 * one.value)


def priced(*values: float | None) -> UnitMetric:
    months = tuple(f"2026-{place:02d}" for place in range(1, len(values) + 1))
    costs = tuple(Decimal(str(value or 1)) for value in values)
    return UnitMetric("m", "case", "f", "EffectiveCost", "USD", 1, months, costs, tuple(None if v is None else Decimal(1) for v in values))


@pytest.mark.parametrize(
    ("values", "growth"),
    [
        ([100 * 1.05**month for month in range(9)], 0.05),
        ([100 * 1.05**month if month != 4 else 900 for month in range(9)], 0.05),  # one odd month does not bend it
        ([100, None, 100 * 1.1**2, None, 100 * 1.1**4], 0.1),  # months without a count are no months of growth zero
        ([100, 50], -0.5),
        ([7, 7, 7], 0.0),
        ([7], None),
        ([None, None], None),
    ],
)
def test_the_trend_is_the_growth_of_a_series_that_grows_evenly(values: list[float | None], growth: float | None) -> None:
    found = priced(*values).trend
    assert found is None if growth is None else found == pytest.approx(growth, rel=1e-9)


def test_the_formula_says_all_of_it() -> None:
    text = "unit: 1k, when: {SubAccountName: s}, per: usage, column: Requests, usage: {Traffic: [live, test]}, scale: 1000"
    said = "EffectiveCost of charges where SubAccountName is s × 1,000 ÷ Requests of the usage records where Traffic is live or test"
    assert metric(text).formula == said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("unit: case, per: outcomes, product: finder", "say when or owner"),
        ("unit: case, owner: search, when: {SubAccountName: s}, per: outcomes, product: finder", "say when or owner"),
        ("unit: case, owner: search, per: outcomes", "needs product"),
        ("unit: case, owner: search, per: outcomes, product: finder, column: Requests", "has no column"),
        ("unit: r, owner: search, per: usage, column: Reqests", "Requests"),
        ("unit: r, owner: search, per: usage, column: Requests, usage: {Trafic: live}", "Traffic"),
        ("unit: h, owner: search, per: quantity, consumed_unit: h", "which charges"),
        ("unit: h, when: {SubAcountName: s}, per: quantity, consumed_unit: h", "SubAccountName"),
        ("unit: case, owner: search, per: outcomes, product: fnder", "finder"),
        ("unit: case, owner: serch, per: outcomes, product: finder", "search"),
        ("unit: case, owner: search, per: outcomes, product: finder, scale: 0", "scale"),
    ],
)
def test_a_bad_metric_says_what_mends_it(text: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        metric(text)
    assert any(words in f"{one.field} {one.message} {one.mend}" for one in caught.value.problems), caught.value.problems


def test_bad_counts_name_every_line(tmp_path: Path) -> None:
    file = tmp_path / "outcomes.csv"
    file.write_text("month,product,count\n2026-05,a,10\n2026-5,a,1\n2026-06,a,1.000,5\n2026-06,a,many\n2026-07,a,-1\n2026-05,a,2\n")
    with pytest.raises(ScenarioError) as caught:
        read_outcomes(file)
    assert [one.line for one in caught.value.problems] == [3, 4, 5, 6, 7]
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_outcomes(tmp_path / "none.csv")


def test_the_command_on_the_sample_year(sample_year: Path, tmp_path: Path) -> None:
    place, file = sample_year, tmp_path / "allocation.yaml"
    run = CliRunner().invoke
    assert run(main, ["allocate", "--starter", "--rules", str(file)]).exit_code == 0
    done = run(main, ["unit-metrics", str(place), "--rules", str(file), "--json"])
    assert done.exit_code == 0, done.output
    rows = [row for row in json.loads(done.output)["metrics"] if row["metric"] == "cost per resolved case"]
    assert [int(row["count"]) for row in rows] == list(CASES[:12])
    stated = run(main, ["showback", str(place), "--rules", str(file), "--owner", "support-eng", "--json"])
    bore = sum(Decimal(part["amount"]) for part in json.loads(stated.output)["parts"])
    assert rows[-1]["value"] == pytest.approx(float(bore) / CASES[11])
    assert rows[-1]["value"] > 1.15 * rows[0]["value"]  # evaluation and retrieval grow, cases hardly do
    told = run(main, ["unit-metrics", str(place), "--rules", str(file)])
    assert "USD/GPU-hour" in told.output and "÷" in told.output


def test_a_unit_cost_asked_for_by_name_is_measured_alone_and_as_among_all() -> None:
    hours = "unit: GPU-hour, per: quantity, consumed_unit: GPU-Hours, when: {SubAccountName: NAME}"
    said = "".join(f"  - {{name: {name}, {hours.replace('NAME', name)}}}\n" for name in ("s", "other"))
    held = Books(Path("nowhere"), rules(f"{RULES}{said}"), lambda: Tables(table(BILL), table(USED, USAGE)))
    (alone,) = held.metrics_named("other")
    assert "metrics" not in vars(held) and held.metrics_named("nobody") == ()
    assert held.metrics[1] == alone and held.metrics_named("other") == (alone,)
