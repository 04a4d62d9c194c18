"""The shipped decision on a model platform is checked by hand: tokens, GPUs, purchases, resale and power from literal numbers.

The central case puts every input at its mean: (low + 4 mode + high) / 6 for a PERT range, and exp(mu + sigma² / 2) for an
interval, whose ends are the 5 % and 95 % points of a lognormal law; of a growth rate it is the yearly factor that is lognormal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.engine.outputs import all_outputs
from tco_model.lines.registry import CATEGORIES

FILE = Path(__file__).parents[2] / "scenarios" / "ml_platform.yaml"
OPTIONS = ("host", "frontier", "cascade", "rented", "owned")
MONTHS = 48


def central(changes: Mapping[str, str | float] | None = None) -> dict[str, list[float]]:
    """Every figure of the central case: 48 months each, or one number."""
    model = compile_scenario(tco.load(FILE, changes))
    found = central_case(model, model.figures | all_outputs(model))
    return {name: [float(value) for value in values[0]] * (MONTHS if values.shape[1] == 1 else 1) for name, values in found.items()}


@pytest.fixture(scope="module")
def figures() -> dict[str, list[float]]:
    return central()


# The scenario by hand ----------------------------------------------------------------------------------------------------


def interval_mean(low: float, high: float) -> float:
    sigma = math.log(high / low) / (2 * 1.6448536269514722)
    return math.sqrt(low * high) * math.exp(sigma**2 / 2)


GROWTH, TOKEN_INDEX, GPU_INDEX = interval_mean(0.9, 1.8), interval_mean(0.55, 1.15), interval_mean(0.7, 1.2)
"""Factors of a year: volume, prices of tokens, prices of GPU rental."""
INFLATION = 1 + (2 + 4 * 3.4 + 4.2) / 600
SHAPE = interval_mean(0.7, 1.6)
CALLS = (1 + 4 * 1.3 + 2) / 6
GPU_COST = 310_000 * (0.75 + 4 * 0.95 + 1.15) / 6 / 8
"""Price of an own GPU with its share of the server: 36,490 USD."""
RESIDUAL = (5 + 4 * 15 + 30) / 600


def live_calls(month: int) -> float:
    return interval_mean(20e6, 60e6) * GROWTH ** (month / 12) * CALLS * 1.01


@pytest.mark.parametrize("month", [0, 47])
def test_tokens_at_the_host(figures: dict[str, list[float]], month: int) -> None:
    """1,155 tokens read and 211 written a call, all at 0.88 USD a million, retries of 1 % included."""
    expected = live_calls(month) * (1155 + 211) * SHAPE * 0.88 / 1e6 * TOKEN_INDEX ** (month / 12)
    assert figures["options.host.token.calls.live"][month] == pytest.approx(expected, rel=1e-9)


def test_tokens_of_the_frontier_model_after_the_move(figures: dict[str, list[float]]) -> None:
    reused = (10 + 4 * 30 + 60) / 600
    call = (1155 * SHAPE * ((1 - reused) * 1.00 + reused * 0.05) + 211 * SHAPE * 5.00) / 1e6
    nightly = interval_mean(20e6, 60e6) * GROWTH ** (2 / 12) * (0.1 + 4 * 0.25 + 0.5) / 6
    night_call = (1155 * SHAPE * 1.00 + 211 * SHAPE * 5.00) / 1e6 * 0.5
    assert figures["options.frontier.token.live"][:2] == [0, 0]
    assert figures["options.frontier.token.live"][2] == pytest.approx(live_calls(2) * call * TOKEN_INDEX ** (2 / 12), rel=1e-9)
    assert figures["options.frontier.token.batch.batch"][2] == pytest.approx(nightly * night_call * TOKEN_INDEX ** (2 / 12), rel=1e-9)


def test_a_cascade_pays_lookups_the_open_model_the_judge_and_what_is_sent_on(figures: dict[str, list[float]]) -> None:
    """Month 6: 9 % of the calls are answered from the cache; the judge reads question and answer; 15.83 % of the rest go on."""
    month, hits, sent = 6, (2 + 4 * 8 + 20) / 600, (5 + 4 * 15 + 30) / 600
    reused = (10 + 4 * 30 + 60) / 600
    calls, index = live_calls(month), TOKEN_INDEX ** (month / 12)
    costs = {
        "lookups": 1155 * SHAPE * 0.02,
        "open": (1 - hits) * (1155 + 211) * SHAPE * 0.88,
        "judge": (1 - hits) * ((1155 + 211) * SHAPE * 0.10 + 10 * 0.50),
        "escalation": (1 - hits) * sent * (1155 * SHAPE * ((1 - reused) * 1.00 + reused * 0.05) + 211 * SHAPE * 5.00),
    }
    for name, cost in costs.items():
        assert figures[f"options.cascade.token.{name}"][month] == pytest.approx(calls * cost / 1e6 * index, rel=1e-9), name
    open_share, gain = figures["inputs.open_success"][0], (0 + 4 * 2 + 5) / 600
    kept, wrong = (40 + 4 * 70 + 90) / 600, (0.5 + 4 * 2 + 6) / 600
    success = (1 - hits) * (open_share + kept * gain) + hits * open_share * (1 - wrong)
    assert figures["options.cascade.success_share"][0] == pytest.approx(success, rel=1e-9)


@pytest.mark.parametrize(("option", "width", "spare", "first"), [("rented", 2, 1, 4), ("owned", 4, 2, 8)])
def test_gpus_are_whole_replicas_for_the_peak_and_stand_idle_in_between(
    figures: dict[str, list[float]], option: str, width: int, spare: int, first: int
) -> None:
    """GPU time of prompts, of written tokens and of the context they read, from the times the tables give."""
    fleet = f"options.{option}.fleets.serving"
    reused, peak = (10 + 4 * 30 + 60) / 600, (1.66 + 4 * 2.2 + 3.0) / 6
    prompt, answer, context = (figures[f"{fleet}.{name}"][0] for name in ("input_time", "output_time", "context_time"))
    found_over_told, planned = figures[f"{fleet}.throughput_ratio"][0], figures[f"{fleet}.target_utilisation"][0]
    read, wrote = 1155 * SHAPE, 211 * SHAPE
    one_call = read * (1 - reused) * prompt + wrote * answer + wrote * (read + wrote / 2) * context
    tests = interval_mean(8, 20) * interval_mean(3e3, 15e3)
    assert figures[f"{fleet}.gpus"][:first] == [0.0] * first
    for month in (first, MONTHS - 1):
        nightly = interval_mean(20e6, 60e6) * GROWTH ** (month / 12) * (0.1 + 4 * 0.25 + 0.5) / 6
        busy = (live_calls(month) + nightly + tests) * one_call / found_over_told / (730 * 3600)
        replicas = math.ceil(busy * peak / (width * planned)) + spare
        assert figures[f"{fleet}.gpus"][month] == replicas * width
        assert figures[f"{fleet}.utilisation"][month] == pytest.approx(busy / (replicas * width), rel=1e-9)
        assert figures[f"{fleet}.utilisation"][month] < planned / peak


def test_rent_is_the_commitment_and_what_goes_beyond_by_the_hour(figures: dict[str, list[float]]) -> None:
    gpus = figures["options.rented.fleets.serving.gpus"]
    for month in (4, 20, 47):
        beyond = max(gpus[month] - 16, 0) * 3.50 * GPU_INDEX ** (month / 12)
        assert figures["options.rented.compute.gpus"][month] == pytest.approx((16 * 1.60 + beyond) * 730, rel=1e-9)


def test_a_dollar_more_for_the_hour_costs_exactly_the_hours_beyond_the_commitment(figures: dict[str, list[float]]) -> None:
    dearer = central({"inputs.h200_price": "4.50 USD/GPU/hour"})
    gpus = figures["options.rented.fleets.serving.gpus"]
    hours = sum(max(gpus[month] - 16, 0) * 730 * GPU_INDEX ** (month / 12) for month in range(4, MONTHS))
    hours += 8 * 730 * 2  # the eight that prove the platform for two months
    assert dearer["draw/rented/total_cost"][0] - figures["draw/rented/total_cost"][0] == pytest.approx(hours, rel=1e-6)
    for option in ("host", "frontier", "owned"):
        assert dearer[f"draw/{option}/total_cost"] == figures[f"draw/{option}/total_cost"]


def test_servers_are_bought_as_the_fleet_grows_and_sold_by_their_age(figures: dict[str, list[float]]) -> None:
    gpus = figures["options.owned.fleets.serving.gpus"]
    bought = [max(0.0, after - before) for before, after in zip([0.0, *gpus], gpus, strict=False)]
    assert bought[8] == gpus[8] > 0
    assert sum(bought) == max(gpus), "a life of five years sees no replacement within four"
    for month in (8, 47):
        assert figures["options.owned.compute.purchase"][month] == pytest.approx(bought[month] * GPU_COST, rel=1e-9)
    worth = sum(count * GPU_COST * (1 - (1 - RESIDUAL) * (48 - month) / 60) for month, count in enumerate(bought))
    assert figures["options.owned.compute.resale"][:47] == [0.0] * 47
    assert figures["options.owned.compute.resale"][47] == pytest.approx(-worth, rel=1e-9)
    written_off = sum(figures["options.owned.compute.depreciation"])
    paid = sum(count * GPU_COST for count in bought)
    assert paid - written_off == pytest.approx(worth, rel=1e-9), "book value and resale value fall alike"


def test_a_life_of_three_years_buys_the_first_servers_again() -> None:
    found = central({"options.owned.fleets.serving.hardware_life": 36})
    gpus = found["options.owned.fleets.serving.gpus"]
    grown = gpus[44] - gpus[43]
    assert found["options.owned.compute.purchase"][44] == pytest.approx((gpus[8] + grown) * GPU_COST, rel=1e-9)


def test_power_and_space_of_the_own_servers(figures: dict[str, list[float]]) -> None:
    """1.73 kW a GPU all-in, so no PUE on top, by the kWh; 10.2 kW for eight GPUs held in the rack; both follow inflation."""
    month = 47
    gpus = figures["options.owned.fleets.serving.gpus"][month]
    power = gpus * 1.73 * 730 * (0.0821 + 0.0933) / 2 * INFLATION ** (month / 12)
    space = gpus * 1.275 * 184.06 * (1 + 4 * 1.3 + 2) / 6 * INFLATION ** (month / 12)
    assert figures["options.owned.compute.power"][month] == pytest.approx(power, rel=1e-9)
    assert figures["options.owned.compute.rack"][month] == pytest.approx(space, rel=1e-9)


def test_contractors_stand_in_until_people_are_hired(figures: dict[str, list[float]]) -> None:
    people = (1.5 + 4 * 2.5 + 4) / 6
    hired = people * 133_080 * 1.0933 * 1.4234 / 12
    stood_in = people * (220_000 + 4 * 280_000 + 380_000) / 6 / 12
    for month, cost in ((0, stood_in), (3, stood_in), (4, hired), (47, hired)):
        expected = cost * INFLATION ** (month / 12)
        assert figures["options.rented.labour.engineers"][month] == pytest.approx(expected, rel=1e-9)


def test_cost_of_a_task_done_well(figures: dict[str, list[float]]) -> None:
    share = figures["options.host.success_share"][0]
    assert 0.86 < share < 0.94
    tasks = sum(interval_mean(20e6, 60e6) * GROWTH ** (month / 12) for month in range(MONTHS))
    spent = sum(sum(figures[f"options.host.{one}.total"]) for one in CATEGORIES if one not in ("compute", "migration", "fees"))
    assert figures["draw/host/cost_per_outcome"][0] == pytest.approx(spent / (tasks * share), rel=1e-9)


# Behaviour and completeness ----------------------------------------------------------------------------------------------


def test_own_gpus_gain_on_the_host_with_volume(figures: dict[str, list[float]]) -> None:
    def gap(found: Mapping[str, list[float]], option: str) -> float:
        """Cost relative to that of paying by the token."""
        return found[f"draw/{option}/total_cost"][0] / found["draw/host/total_cost"][0]

    small, large = central({"inputs.tasks.start": "5M task/month"}), central({"inputs.tasks.start": "200M task/month"})
    for option in ("rented", "owned"):
        assert gap(small, option) > gap(figures, option) > gap(large, option)
        assert gap(small, option) > 1, "a small fleet does not carry its people"


def test_every_option_answers_every_category() -> None:
    scenario = tco.load(FILE)
    assert tuple(option.name for option in scenario.options) == OPTIONS
    assert scenario.baseline == "host"
    for option in scenario.options:
        filled = {category for category, lines in option.lines if lines}
        assert filled | {category for category, _ in option.empty} == set(CATEGORIES)


def test_assumptions_say_why() -> None:
    report = tco.compare(FILE, draws=500)
    for row in report.inputs:
        if row.is_assumption and row.name.startswith("inputs."):
            assert len(row.note) >= 10, f"{row.name} does not say why"
