"""What a unit cost is divided by where things are told apart: runs, jobs and days counted by hand, each once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis
import pytest

from tco_model.actuals.columns import USAGE
from tco_model.errors import ScenarioError
from tco_model.finops.denominators import distinct_query
from tco_model.finops.unit_metrics import UnitMetric, measure
from tests.finops.bills import charge, rules, table

DAY = dt.datetime(2026, 5, 30)
RUNS = [
    charge("40", tags={"run": "r1"}, month="2026-05", ResourceName="job-1", ChargePeriodStart=DAY),
    charge("10", tags={"run": "r1"}, month="2026-05", ResourceName="job-2", ChargePeriodStart=DAY + dt.timedelta(days=1)),
    charge("20", tags={"run": "r1"}, month="2026-06", ResourceName="job-2", ChargePeriodStart=DAY + dt.timedelta(days=2)),
    charge("30", tags={"run": "r2"}, month="2026-06", ResourceName="job-3", ChargePeriodStart=DAY + dt.timedelta(days=2)),
    charge("6", month="2026-06", ChargePeriodStart=DAY + dt.timedelta(days=3)),  # a disk of no run
    charge("5", tags={"run": ""}, month="2026-06", ChargePeriodStart=DAY + dt.timedelta(days=3)),  # a tag that says nothing
    charge("99", account="other", tags={"run": "r9"}, month="2026-06", ChargePeriodStart=DAY),
]


def asked(day: int, traffic: str, model: str = "m") -> dict[str, Any]:
    start = dt.datetime(2026, 6, day, 8)
    return {
        "x_Source": "gateway",
        "Requests": 1,
        "Traffic": traffic,
        "Model": model,
        "StartTime": start,
        "Tags": [("suite", f"s{day % 2}")],
    }


USED = [asked(1, "evaluation"), asked(1, "evaluation", "n"), asked(4, "evaluation"), asked(5, "live"), asked(6, "evaluation")]


def metric(text: str) -> UnitMetric:
    held = rules(
        "dimensions: {run: {tags: [run]}}\nrules: [{name: all, when: {SubAccountName: '*'}, owner: lab}]\n"
        f"metrics: [{{name: m, unit: run, {text}}}]\n"
    )
    return measure(table(RUNS), held, table(USED, USAGE), {})[0]


@pytest.mark.parametrize(
    ("told", "may", "june"),
    [
        ('"tag:run"', 1, 1),  # r1 began in May and counts there alone; the disk and the empty tag are of no run
        ('"dimension:run"', 1, 1),
        ("ResourceName", 2, 1),
        ('["tag:run", ResourceName]', 2, 1),
        ("day", 2, 2),  # 30 and 31 May; 1 and 2 June
    ],
)
def test_each_thing_counts_once_in_the_month_that_saw_it_first(told: str, may: int, june: int) -> None:
    found = metric(f"when: {{SubAccountName: a}}, per: distinct, distinct: {told}")
    assert found.counts == (Decimal(may), Decimal(june))
    assert found.costs == (Decimal(50), Decimal(61))
    assert found.value == pytest.approx(111 / (may + june))


@pytest.mark.parametrize(("told", "june"), [("day", 3), ("Model", 2), ("[day, Model]", 4), ('"tag:suite"', 2)])
def test_cycles_are_counted_in_the_usage_records_where_they_are_named(told: str, june: int) -> None:
    found = metric(f"owner: lab, per: distinct, distinct: {told}, usage: {{Traffic: evaluation}}")
    assert found.counts == (None, Decimal(june))
    assert found.values == (None, pytest.approx((61 + 99) / june))


def test_the_formula_says_what_is_told_apart_and_where() -> None:
    assert metric('when: {SubAccountName: a}, per: distinct, distinct: "tag:run"').formula.endswith(
        "different values of tag:run in these charges"
    )
    days = metric("when: {SubAccountName: a}, per: distinct, distinct: day, usage: {Traffic: evaluation}").formula
    assert days.endswith("÷ days in the usage records where Traffic is evaluation")


def test_several_columns_are_summed_and_the_formula_says_so() -> None:
    used = [{**asked(1, "live"), "InputTokens": 700, "OutputTokens": 300}, {**asked(2, "live"), "InputTokens": 1000}]
    text = (
        "unit: 1k tokens, when: {SubAccountName: a}, per: usage, column: [InputTokens, OutputTokens], usage: {Traffic: live}, scale: 1000"
    )
    held = rules(f"rules: [{{name: all, when: {{SubAccountName: a}}, owner: lab}}]\nmetrics: [{{name: m, {text}}}]\n")
    found = measure(table(RUNS), held, table(used, USAGE), {})[0]
    assert found.counts == (None, Decimal(2000)) and found.values == (None, pytest.approx(61 * 1000 / 2000))
    assert "(InputTokens + OutputTokens) of the usage records" in found.formula


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("when: {SubAccountName: a}, per: distinct", "needs distinct"),
        ("when: {SubAccountName: a}, per: usage, column: Requests, distinct: day", "has no distinct"),
        ("when: {SubAccountName: a}, per: distinct, distinct: ResourceNam", "ResourceName"),
        ("when: {SubAccountName: a}, per: distinct, distinct: ResourceName, usage: {Traffic: live}", "usage records have no column"),
        ('when: {SubAccountName: a}, per: distinct, distinct: "dimension:rum"', "no dimension 'rum'"),
        ("owner: lab, per: distinct, distinct: day", "which records"),
        ("when: {SubAccountName: a}, per: usage, column: [Requests, Tokens]", "no count of the usage records"),
    ],
)
def test_a_metric_that_cannot_count_says_what_mends_it(text: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        metric(text)
    assert any(words in f"{one.field} {one.message} {one.mend}" for one in caught.value.problems), caught.value.problems


def test_the_query_is_written_for_a_warehouse_too() -> None:
    held = rules(
        "rules: [{name: all, when: {SubAccountName: a}, owner: lab}]\n"
        'metrics: [{name: m, unit: run, when: {SubAccountName: a}, per: distinct, distinct: [day, "tag:run"]}]\n'
    )
    query = distinct_query(held.metrics[0], table(RUNS), held, table(USED, USAGE))
    assert "GROUP BY" in ibis.to_sql(query, dialect="pyspark")
