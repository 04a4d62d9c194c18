"""Goals against the closed form of a lognormal, order statistics of the drawn inputs, and the figures at the value that is found."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tco_model as tco
from tco_model.analysis.goal_seek import Goal, goal_seek
from tco_model.analysis.input_range import find_input
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.exporters.breakeven_table import goal_data, goal_sentence
from tco_model.exporters.json_text import json_text
from tco_model.scenario.load import load
from tests.engine.scenarios import SMALL, compared, formulas, make

Z95, Z80 = 1.6448536269514722, 0.8416212335729143
MEDIAN, SPREAD = math.sqrt(800.0 * 1500.0), math.log(1500.0 / 800.0) / (2.0 * Z95)
"""Of the volume ``800 to 1500``, a lognormal law between its P5 and P95."""
LABELS = {"buy": "Buy", "host": "Host"}


def buy_or_host(draws: int = 2000, seed: int = 1, **inputs: str) -> Futures:
    """Buying costs price x volume, hosting a base a month, for twelve months without discount."""
    said = {"price": "0.4 USD/unit", "volume": "800 to 1500 unit/month", "base": "500 USD/month"} | inputs
    model = compile_scenario(make({"buy": formulas({"use": "price * volume"}), "host": formulas({"base": "base"})}, inputs=said))
    return Futures(model, draws=draws, seed=seed)


def valued(draws: int = 999) -> Futures:
    """Cases are worth 20 USD each; better answers cost more."""
    options = {"buy": {"success_share": "= share", **formulas({"line": "cost"})}}
    outcome = {"name": "case", "unit": "case", "volume": "= cases", "value": "20 USD/case"}
    inputs = {"cost": "500 USD/month", "cases": "80 to 120 case/month", "share": "60%"}
    return Futures(compile_scenario(make(options, outcome=outcome, inputs=inputs, decision={"decide_by": "net_value"})), draws=draws)


def test_the_price_that_keeps_a_budget_with_a_confidence_is_the_lognormal_quantile() -> None:
    futures = buy_or_host()
    found = goal_seek(futures, "price", "total_cost", 6000.0, confidence=0.8, option="buy")
    eightieth = np.sort(futures.inputs["inputs.volume"])[math.ceil(0.8 * 2000) - 1]
    assert (found.met, found.at_least) == ("up to", False)
    assert found.value == pytest.approx(6000.0 / (12.0 * eightieth), rel=1e-6)
    assert found.chance.value == 0.8
    assert found.reached == pytest.approx(6000.0, rel=1e-6)
    assert found.reached <= 6000.0
    assert found.now == pytest.approx(12.0 * 0.4 * eightieth)
    closed = 6000.0 / (12.0 * MEDIAN * math.exp(Z80 * SPREAD))
    misses = []
    for seed in range(30):
        one = goal_seek(buy_or_host(500, seed), "price", "total_cost", 6000.0, confidence=0.8, option="buy")
        assert one.value is not None and one.error is not None
        misses.append((one.value - closed) / one.error)
    assert abs(float(np.mean(misses))) < 0.7
    assert 0.6 < float(np.std(misses)) < 1.5


def test_the_largest_demand_within_a_budget() -> None:
    """Held at one value, the volume is not uncertain any more: mean and every quantile are the same."""
    for confidence in (None, 0.8, 0.99):
        found = goal_seek(buy_or_host(100), "volume", "total_cost", 6000.0, confidence=confidence, option="buy")
        assert found.met == "up to"
        assert found.value == pytest.approx(6000.0 / (12.0 * 0.4), rel=1e-6)
        assert found.error == pytest.approx(0.0, abs=1e-9)


def test_the_mean_is_what_a_goal_without_confidence_is_about() -> None:
    futures = buy_or_host()
    volume = futures.inputs["inputs.volume"]
    found = goal_seek(futures, "inputs.price", "total_cost", 5000.0, option="buy")
    assert found.value == pytest.approx(5000.0 / (12.0 * volume.mean()), rel=1e-6)
    spread = volume.std(ddof=1) / volume.mean() / math.sqrt(volume.size)
    assert found.error is not None and found.value is not None
    assert found.error == pytest.approx(found.value * spread, rel=1e-6)


def test_the_price_at_which_an_option_is_best_with_a_chance() -> None:
    """Hosting is best where price x volume exceeds its base: in 90 of 100 futures from the price base / q10 on."""
    futures = buy_or_host()
    found = goal_seek(futures, "price", "chance_best", 0.9, option="host")
    tenth = np.sort(futures.inputs["inputs.volume"])[2000 - math.ceil(0.9 * 2000)]
    assert (found.met, found.at_least, found.reached) == ("from", True, 0.9)
    assert found.value == pytest.approx(500.0 / tenth, rel=1e-6)
    assert found.chance.error == pytest.approx(math.sqrt(0.9 * 0.1 / 2000))
    assert found.error is not None and found.value is not None
    closed = 500.0 / (MEDIAN * math.exp(-1.2815515655446004 * SPREAD))
    assert abs(found.value - closed) < 4.0 * found.error
    other = goal_seek(futures, "price", "chance_best", 0.9)
    assert (other.option, other.met) == ("buy", "up to")
    assert other.value == pytest.approx(500.0 / np.sort(futures.inputs["inputs.volume"])[math.ceil(0.9 * 2000) - 1], rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(target=st.floats(1500.0, 25000.0), confidence=st.one_of(st.none(), st.floats(0.02, 0.98)), name=st.sampled_from(["price", "volume"]))
def test_a_goal_is_met_at_its_value_and_not_just_beyond(target: float, confidence: float | None, name: str) -> None:
    futures = FIXED
    try:
        found = goal_seek(futures, name, "npv_cost", target, confidence=confidence, option="buy")
    except tco.ScenarioError:
        lowest = {"price": 0.08, "volume": float(np.exp(math.log(MEDIAN) - 3.0902323061678132 * SPREAD))}[name]
        assert not met(futures, name, lowest, target, confidence)
        return
    if found.value is None:
        assert met(futures, name, found.input.high, target, confidence)
        return
    assert met(futures, name, found.value * (1.0 - 1e-9), target, confidence)
    assert not met(futures, name, found.value * (1.0 + 1e-6), target, confidence)


def met(futures: Futures, name: str, value: float, target: float, confidence: float | None) -> bool:
    sample = futures.samples("npv_cost", {f"inputs.{name}": value})[0]
    return bool(sample.mean() <= target) if confidence is None else bool(np.mean(sample <= target) >= confidence - 1e-9)


FIXED = buy_or_host(101)


def test_net_value_and_shares_are_to_be_at_least_the_target() -> None:
    futures = valued()
    cases = futures.inputs["inputs.cases"]
    found = goal_seek(futures, "share", "net_value", 6000.0, confidence=0.75)
    low = np.sort(cases)[999 - math.ceil(0.75 * 999)]
    assert (found.met, found.at_least) == ("from", True)
    assert found.value == pytest.approx((6000.0 / 12.0 + 500.0) / (20.0 * low), rel=1e-6)
    assert found.chance.value >= 0.75
    sure = goal_seek(valued(20_000), "share", "net_value", 5000.0, confidence=0.97)
    width, score, density = math.log(120.0 / 80.0) / (2.0 * Z95), 1.8807936081512509, 0.06804275
    assert sure.error is not None and sure.value is not None
    assert sure.value == pytest.approx((5000.0 / 12.0 + 500.0) / (20.0 * math.sqrt(9600.0) * math.exp(-score * width)), rel=0.01)
    assert sure.error / sure.value == pytest.approx(math.sqrt(0.97 * 0.03 / 20_000) * width / density, rel=0.25)
    share = goal_seek(futures, "share", "success_share", 0.7)
    assert (share.met, share.value) == ("from", pytest.approx(0.7, rel=1e-6))
    assert share.input.high == pytest.approx(1.0)
    each = goal_seek(futures, "share", "cost_per_outcome", 6.0, confidence=0.5)
    assert each.value == pytest.approx(500.0 / (6.0 * np.sort(cases)[999 - math.ceil(0.5 * 999)]), rel=1e-6)
    assert each.met == "from"


def test_every_value_at_which_meeting_ends_is_named_the_nearest_first() -> None:
    scenario = compared(["100 * (k - 1) * (k - 1) * money"], inputs={"k": "1.2", "money": "1 USD/month"})
    found = goal_seek(Futures(compile_scenario(scenario), draws=1), "k", "total_cost", 300.0)
    assert (found.met, found.value) == ("up to", pytest.approx(1.5, rel=1e-6))
    assert found.others == pytest.approx((0.5,), rel=1e-6)
    assert found.now == pytest.approx(1200.0 * 0.04)


def test_a_goal_that_whole_machines_decide_ends_at_the_edge_of_a_step() -> None:
    scenario = compared(["500 * ceil(volume / one / 1000) * money"], inputs={
        "volume": "900 unit/month", "one": "1 unit/month", "money": "1 USD/month"})  # fmt: skip
    found = goal_seek(Futures(compile_scenario(scenario), draws=1), "volume", "total_cost", 15000.0)
    assert (found.met, found.error, found.reached) == ("up to", None, 12000.0)
    assert found.value == pytest.approx(2000.0, rel=1e-6)


def test_a_narrow_dip_between_two_values_looked_at_is_found_where_it_is_near() -> None:
    """The cost falls below the target only within 0.01 around k = 2.03."""
    scenario = compared(["(10 + 1000 * (k - 2.03) * (k - 2.03)) * money"], inputs={"k": "1", "money": "1 USD/month"})
    found = goal_seek(Futures(compile_scenario(scenario), draws=1), "k", "total_cost", 12.0 * 10.1)
    assert found.value == pytest.approx(2.02, rel=1e-6)
    assert (found.met, found.others) == ("from", (pytest.approx(2.04, rel=1e-6),))


def test_what_no_value_reaches_is_refused_with_the_best_there_is() -> None:
    with pytest.raises(tco.ScenarioError) as caught:
        goal_seek(buy_or_host(100), "price", "total_cost", 100.0, confidence=0.9, option="buy")
    (problem,) = caught.value.problems
    best = np.sort(buy_or_host(100).inputs["inputs.volume"])[89] * 12.0 * 0.08
    assert f"the best reachable is {best:.5g} at 0.08" in problem.mend
    assert "no value between 0.08 and 2 USD/unit brings total_cost of buy down to 100 with 90% confidence" in problem.message
    with pytest.raises(tco.ScenarioError, match="the best reachable is 0"):
        goal_seek(buy_or_host(100, base="9000 USD/month"), "price", "chance_best", 0.9, option="host")


def test_a_goal_that_every_value_meets_has_no_edge() -> None:
    found = goal_seek(buy_or_host(100), "price", "total_cost", 1e9, confidence=0.9, option="buy")
    assert (found.met, found.value, found.error, found.chance.value) == ("everywhere", None, None, 1.0)
    assert goal_sentence(found, LABELS).startswith("Over all of inputs.price from 0.08 to 2 USD/unit")
    kept = goal_seek(buy_or_host(100), "price", "total_cost", 6000.0, option="buy", low=0.1, high=0.2)
    assert (kept.met, kept.input.low, kept.input.high) == ("everywhere", 0.1, 0.2)


def test_a_goal_on_a_shipped_kind_of_scenario_holds_in_the_file_run_anew() -> None:
    """Fleet, incidents, prices in two currencies: what is found holds where the file itself is changed."""
    futures = Futures(compile_scenario(load(SMALL)), draws=400)
    target = float(np.quantile(futures.base.sample("managed", "total_cost"), 0.6))
    found = goal_seek(futures, "cases", "total_cost", target, confidence=0.7, option="managed")
    assert found.met == "up to" and found.value is not None
    for factor, holds in ((1.0 - 1e-5, True), (1.0 + 1e-5, False)):
        written = load(SMALL, {"inputs.cases.start": f"{found.value * factor!r} cases/month"})
        again = Futures(compile_scenario(written), draws=400).base.sample("managed", "total_cost")
        assert bool(np.mean(again <= target) >= 0.7) is holds


def test_short_names_are_understood_as_in_the_file() -> None:
    model = compile_scenario(load(SMALL))
    for short in ("cases", "inputs.cases", "cases.start"):
        assert find_input(model, short) == "inputs.cases.start"
    assert find_input(model, "engineer_pay") == "inputs.engineer_pay"
    assert find_input(model, "timeline.discount_rate") == "timeline.discount_rate"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"input": "prize"}, "did you mean price"),
        ({"input": "timeline.month_index"}, "no input"),
        ({"figure": "total_costs"}, "total_cost"),
        ({"option": "hosst"}, "did you mean host"),
        ({"confidence": 80.0}, "write 80% as 0.8"),
        ({"figure": "chance_best", "confidence": 0.8, "target": 0.5}, "no confidence of its own"),
        ({"figure": "chance_best", "target": 90.0}, "write 90% as 0.9"),
        ({"points": 0}, "at least 1 point"),
        ({"low": 3.0, "high": 1.0}, "is empty"),
    ],
)
def test_questions_that_make_no_sense_are_refused(arguments: dict[str, Any], says: str) -> None:
    said = {"input": "price", "figure": "total_cost", "target": 6000.0} | arguments
    with pytest.raises(tco.ScenarioError, match=says):
        goal_seek(FIXED, **said)


def test_a_number_of_zero_needs_a_range_and_takes_one() -> None:
    futures = buy_or_host(50, extra="0 USD/month")
    scenario = make({"only": formulas({"line": "extra + base"})}, inputs={"extra": "0 USD/month", "base": "5 USD/month"})
    futures = Futures(compile_scenario(scenario), draws=1)
    with pytest.raises(tco.ScenarioError, match="nothing says how far"):
        goal_seek(futures, "extra", "total_cost", 100.0)
    assert goal_seek(futures, "extra", "total_cost", 96.0, low=0.0, high=50.0).value == pytest.approx(3.0, rel=1e-6)


@pytest.mark.parametrize(
    ("seek", "says"),
    [
        (
            lambda: goal_seek(FIXED, "volume", "total_cost", 6000.0, confidence=0.8, option="buy"),
            "Up to inputs.volume = 1250 unit/month (± 0), the total cost of Buy is at most 6,000 with 80% confidence",
        ),
        (lambda: goal_seek(FIXED, "price", "chance_best", 0.9, option="host"), "Host is best in at least 90 of 100 futures"),
        (lambda: goal_seek(FIXED, "price", "total_cost", 6000.0, option="buy"), "on average"),
    ],
)
def test_a_goal_is_said_in_a_sentence_and_as_data(seek: Callable[[], Goal], says: str) -> None:
    found = seek()
    assert says in goal_sentence(found, LABELS)
    data = json.loads(json_text(goal_data(found)))
    assert data["value"] == found.value and data["input"]["name"] == found.input.name
