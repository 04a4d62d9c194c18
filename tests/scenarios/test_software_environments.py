"""The shipped decision on test environments is checked by hand: bills, savings and dual running from literal numbers.

The central case puts every input at its mean, (low + 4 mode + high) / 6 for a PERT range. Month 0 is 2027-01; the schedule runs
from month 2, the shared clusters from month 2, and the old environments leave in months 4, 6, 8 and 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.engine.outputs import all_outputs
from tco_model.lines.registry import CATEGORIES

FILE = Path(__file__).parents[2] / "scenarios" / "software_environments.yaml"
OPTIONS = ("keep", "schedule", "consolidate", "both")
MONTHS = 36


def central(changes: Mapping[str, str | float] | None = None) -> dict[str, list[float]]:
    """Every figure of the central case: 36 months each, or one number."""
    model = compile_scenario(tco.load(FILE, changes))
    return {name: [float(value) for value in values[0]] for name, values in central_case(model, model.figures | all_outputs(model)).items()}


@pytest.fixture(scope="module")
def figures() -> dict[str, list[float]]:
    return central()


# The scenario by hand ----------------------------------------------------------------------------------------------------

GROWTH = 1 + (-5 + 4 * 8 + 25) / 600
INFLATION = 1 + (2 + 4 * 3.4 + 4.2) / 600
TEST_NODES = (3 + 4 * 4 + 7) / 6
LIVE_NODES = (6 + 4 * 8 + 14) / 6
DATABASES = (1 + 4 * 2 + 4) / 6
TEST_LOGS, LIVE_LOGS = (30 + 4 * 80 + 250) / 6, (150 + 4 * 350 + 900) / 6
ON = 50 / 168 + (2 + 4 * 10 + 30) / 600
"""Share of the hours that scheduled machines run: office hours and the overtime, 42 %."""
HOUR = 133_080 * 1.0933 * 1.4234 / 1720
"""Loaded cost of an hour of an engineer: 120.4 USD."""


def products(month: int) -> float:
    return 8 * GROWTH ** (month / 12)


def environments(month: int) -> float:
    return 2 * products(month)


def left(month: int) -> float:
    return 1.0 if month < 4 else 0.75 if month < 6 else 0.5 if month < 8 else 0.25 if month < 9 else 0.0


def test_the_first_bill_of_today_line_by_line(figures: dict[str, list[float]]) -> None:
    """8 products, 16 test environments, everything on for 730 hours at list prices."""
    compute = {
        "production_nodes": (48 * 0.242 + (8 * LIVE_NODES - 48) * 0.384) * 730,
        "test_nodes": (24 * 0.121 + (16 * TEST_NODES - 24) * 0.192) * 730,
        "production_databases": 8 * DATABASES * 0.50 * 730,
        "test_databases": 16 * DATABASES * 0.145 * 730,
        "clusters": 24 * 73.0,
        "late_upgrades": 24 * (0 + 4 * 10 + 35) / 600 * 0.50 * 730,
        "gateways": (8 * 3 + 16 * 2) * (32.85 + 3.65),
        "gateway_data": (8 * (300 + 4 * 1000 + 4000) / 6 + 16 * (50 + 4 * 200 + 800) / 6) * 0.045,
        "balancers": (8 * 3 + 16 * 2) * 16.425,
        "endpoints": (8 * 12 + 16 * 8) * 7.30,
        "attachments": 24 * 36.5,
    }
    storage = {
        "production_data": 8 * DATABASES * (200 + 4 * 500 + 1500) / 6 * 0.23,
        "test_data": 16 * DATABASES * (50 + 4 * 150 + 500) / 6 * 0.115,
        "volumes": 16 * (100 + 4 * 300 + 800) / 6 * 0.08,
        "logs": (8 * LIVE_LOGS + 16 * TEST_LOGS) * 0.03,
    }
    logs = (8 * LIVE_LOGS + 16 * TEST_LOGS) * 0.50
    for category, lines in (("compute", compute), ("storage", storage)):
        for line, expected in lines.items():
            assert figures[f"options.keep.{category}.{line}"][0] == pytest.approx(expected, rel=1e-9), line
        assert figures[f"options.keep.{category}.total"][0] == pytest.approx(sum(lines.values()), rel=1e-9)
    assert figures["options.keep.observability.logs"][0] == pytest.approx(logs, rel=1e-9)
    support = 0.09 * (sum(compute.values()) + sum(storage.values()) + logs)
    assert support > 24 * 29
    assert figures["options.keep.fees.support"][0] == pytest.approx(support, rel=1e-9)


def test_logs_are_kept_for_six_months(figures: dict[str, list[float]]) -> None:
    month = 20
    kept = sum(products(one) for one in range(month - 5, month + 1)) * (LIVE_LOGS + 2 * TEST_LOGS)
    assert figures["options.keep.storage.logs"][month] == pytest.approx(kept * 0.03, rel=1e-9)


def test_switching_off_saves_only_what_no_plan_covers(figures: dict[str, list[float]]) -> None:
    """Nothing in the two months of set-up; then the nodes beyond the plan of 24; all of them when the plan has run out."""
    keep, off = figures["options.keep.compute.test_nodes"], figures["options.schedule.compute.test_nodes"]
    assert off[:2] == keep[:2]
    for month in (2, 11):
        beyond = environments(month) * TEST_NODES - 24
        assert keep[month] - off[month] == pytest.approx(beyond * 0.192 * 730 * (1 - ON), rel=1e-9)
    for month in (12, 35):
        assert off[month] == pytest.approx(environments(month) * TEST_NODES * 0.192 * 730 * ON, rel=1e-9)
        assert keep[month] == pytest.approx((24 * 0.121 + (environments(month) * TEST_NODES - 24) * 0.192) * 730, rel=1e-9)


def test_a_stopped_database_is_still_stored_and_a_stopped_host_still_counted(figures: dict[str, list[float]]) -> None:
    for line in ("storage.test_data", "storage.volumes", "observability.hosts", "compute.clusters", "compute.gateways"):
        assert figures[f"options.schedule.{line}"] == figures[f"options.keep.{line}"], line
    for month in (2, 35):
        hours = environments(month) * DATABASES * 0.145 * 730
        assert figures["options.schedule.compute.test_databases"][month] == pytest.approx(hours * ON, rel=1e-9)
    hosts = (8 * LIVE_NODES + 16 * TEST_NODES) * 15
    assert figures["options.schedule.observability.hosts"][0] == pytest.approx(hosts, rel=1e-9)


def test_the_bill_falls_by_much_less_than_the_seventy_percent_of_the_brochure(figures: dict[str, list[float]]) -> None:
    keep, off = figures["options.keep.compute.total"][35], figures["options.schedule.compute.total"][35]
    assert 0.05 < 1 - off / keep < 0.40


@pytest.mark.parametrize("month", [0, 2, 5, 8, 9, 35])
def test_both_stand_while_environments_move(figures: dict[str, list[float]], month: int) -> None:
    """Old clusters are paid until they leave and the two shared ones from the third month on."""
    shared = 0 if month < 2 else 1
    clusters = products(month) + environments(month) * left(month) + 2 * shared
    assert figures["options.consolidate.compute.clusters"][month] == pytest.approx(clusters * 73.0, rel=1e-9)
    packed = (50 + 4 * 70 + 90) / 600
    nodes = environments(month) * TEST_NODES * (left(month) + (1 - left(month)) * packed)
    assert figures["inputs.test_nodes_shared"][month] == pytest.approx(nodes, rel=1e-9)
    gateways = products(month) * 3 + environments(month) * 2 * left(month) + 6 * shared
    assert figures["options.both.compute.gateways"][month] == pytest.approx(gateways * 36.5, rel=1e-9)


def test_people_are_the_larger_part_of_what_sharing_saves(figures: dict[str, list[float]]) -> None:
    month = 35
    hours = (8 + 4 * 14 + 24) / 6 / 12 * (1.5 + 4 * 3 + 7) / 6 * HOUR * INFLATION ** (month / 12)
    keep, shared = (products(month) + environments(month)) * hours, (products(month) + 2) * hours
    assert figures["options.keep.labour.upkeep"][month] == pytest.approx(keep, rel=1e-9)
    assert figures["options.consolidate.labour.upkeep"][month] == pytest.approx(shared, rel=1e-9)
    saved = {
        one: figures[f"options.keep.{one}.total"][month] - figures[f"options.consolidate.{one}.total"][month] for one in CATEGORIES[:4]
    }
    assert keep - shared > saved["compute"]


def test_developers_who_wait_cost_money(figures: dict[str, list[float]]) -> None:
    people, hours = (5 + 4 * 8 + 12) / 6, (0.1 + 4 * 0.4 + 1.2) / 6
    waiting = figures["options.schedule.labour.waiting"]
    assert waiting[:2] == [0, 0]
    assert waiting[2] == pytest.approx(products(2) * people * hours * HOUR * INFLATION ** (2 / 12), rel=1e-9)


def test_the_project_is_spread_over_its_nine_months(figures: dict[str, list[float]]) -> None:
    month_of_work = 133_080 * 1.0933 * 1.4234 / 12
    effort = (0.1 + 4 * 0.25 + 0.7) / 6
    paid = figures["options.consolidate.migration.teams"]
    assert paid[9:] == [0.0] * 27
    for month in (0, 8):
        assert paid[month] == pytest.approx(environments(month) * effort * month_of_work / 9 * INFLATION ** (month / 12), rel=1e-9)


def test_cost_of_a_release_counts_every_category(figures: dict[str, list[float]]) -> None:
    releases = sum(products(month) for month in range(MONTHS)) * (6 + 4 * 15 + 40) / 6 * (80 + 4 * 90 + 96) / 600
    spent = sum(sum(figures[f"options.keep.{category}.total"]) for category in CATEGORIES if category != "migration")
    assert figures["draw/keep/cost_per_outcome"][0] == pytest.approx(spent / releases, rel=1e-9)


def test_code_reviews_by_the_assistant(figures: dict[str, list[float]]) -> None:
    reviews = 8 * (6 + 4 * 15 + 40) / 6 * (2 + 4 * 5 + 12) / 6 * (1 + (0 + 4 * 5 + 15) / 600)
    read, cached, wrote = (8000 + 4 * 30000 + 90000) / 6, (10 + 4 * 40 + 70) / 600, (300 + 4 * 1200 + 4000) / 6
    one = (read * (1 - cached) * 1.00 + read * cached * 0.05 + wrote * 5.00) / 1e6
    for option in OPTIONS:
        assert figures[f"options.{option}.token.reviews"][0] == pytest.approx(reviews * one, rel=1e-9)


# Behaviour and completeness ----------------------------------------------------------------------------------------------


def test_a_cent_more_an_hour_costs_its_node_hours_and_the_support_fee_on_them(figures: dict[str, list[float]]) -> None:
    dearer = central({"inputs.small_node": "0.202 USD/machine/hour"})
    hours = {
        "keep": [(environments(month) * TEST_NODES - 24) * 730 for month in range(MONTHS)],
        "schedule": [
            (environments(month) * TEST_NODES - (24 if month < 12 else 0)) * 730 * (1 if month < 2 else ON) for month in range(MONTHS)
        ],
    }
    for option, used in hours.items():
        more = dearer[f"draw/{option}/total_cost"][0] - figures[f"draw/{option}/total_cost"][0]
        assert more == pytest.approx(0.01 * sum(used) * 1.09, rel=1e-6)


def test_support_is_charged_by_the_account_where_spend_is_small() -> None:
    """With a support rate of nothing each account still pays 29 USD: 24 accounts at the start, 10 a year later when shared."""
    found = central({"inputs.support_share": "0%", "inputs.products.growth": "0%/year"})
    assert found["options.keep.fees.support"] == pytest.approx([24 * 29.0] * MONTHS)
    assert found["options.consolidate.fees.support"][12] == pytest.approx((8 + 2) * 29.0)


def test_every_option_answers_every_category() -> None:
    scenario = tco.load(FILE)
    assert tuple(option.name for option in scenario.options) == OPTIONS
    assert scenario.baseline == "keep"
    for option in scenario.options:
        filled = {category for category, lines in option.lines if lines}
        assert filled | {category for category, _ in option.empty} == set(CATEGORIES)


def test_assumptions_say_why_and_the_answer_is_open() -> None:
    report = tco.compare(FILE, draws=3000)
    for row in report.inputs:
        if row.is_assumption and row.name.startswith(("inputs.", "demand.")):
            assert len(row.note) >= 10, f"{row.name} does not say why"
    assert max(option.chance_best.value for option in report.options) < 0.75
