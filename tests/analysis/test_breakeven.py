"""Switching values, maps, months and volumes against closed forms, published figures, and the file run anew with the value written in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tco_model as tco
from tco_model.analysis.breakeven import breakeven_month, breakeven_volumes
from tco_model.analysis.breakeven_map import breakeven_map
from tco_model.analysis.compare import preferred
from tco_model.analysis.input_range import input_range, input_ranges
from tco_model.analysis.response import linearity_of, narrowed
from tco_model.analysis.switching import SwitchingValue, switching_values
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.engine.run import run
from tco_model.exporters.breakeven_table import (
    print_map,
)
from tco_model.scenario.load import load
from tests.analysis.decisions import DRAWS, SCENARIOS, buy_or_host, flows, futures_of, printed, shipped, stepped
from tests.engine.scenarios import SMALL, compared, formulas, make, monthly

TO_THE_MILLIONTH = 1e-6


def found_for(futures: Futures, name: str) -> SwitchingValue:
    (one,) = switching_values(futures, [name]).inputs
    return one


def test_linear_switching_values_are_the_closed_form() -> None:
    futures = buy_or_host()
    volume = futures.inputs["inputs.volume"]
    found = {one.input.name: one for one in switching_values(futures).inputs}
    assert all(one.preferred == "buy" for one in found.values())
    expected = {
        "inputs.price": (500.0 / volume.mean(), 500.0 / np.median(volume), 0.4),
        "inputs.volume": (500.0 / 0.4, 500.0 / 0.4, futures.model.leaves["inputs.volume"].content.mean),  # type: ignore[union-attr]
        "inputs.base": (0.4 * volume.mean(), 0.4 * np.median(volume), 500.0),
    }
    for name, (by_mean, by_median, now) in expected.items():
        one, up = found[name], name != "inputs.base"
        switch, median = (one.above, one.median_above) if up else (one.below, one.median_below)
        assert switch is not None and median is not None
        assert (one.below if up else one.above) is None
        assert switch.value == pytest.approx(by_mean, rel=TO_THE_MILLIONTH)
        assert median.value == pytest.approx(by_median, rel=TO_THE_MILLIONTH)
        assert switch.distance == pytest.approx((by_mean - now) / now, abs=1e-5)
        assert (switch.to, switch.flips, switch.is_step, one.nearest) == ("host", True, False, switch)


def test_an_input_that_all_options_share_never_switches_and_one_that_none_uses_is_left_out() -> None:
    found = switching_values(buy_or_host(unused="3 USD/unit"))
    assert {one.input.name for one in found.never} == {"inputs.desk", "timeline.discount_rate"}
    assert dict(found.left_out)["inputs.unused"] == "npv_cost does not depend on it"
    away = [abs(one.nearest.value / one.input.now - 1.0) for one in found.inputs if one.nearest is not None]
    assert len(away) == 3
    assert away == sorted(away)
    assert found.inputs[3:] == found.never
    beyond = found_for(buy_or_host(base="5000 USD/month"), "price")
    assert (beyond.input.high, beyond.nearest) == (2.0, None)


def test_the_error_of_a_switching_value_is_that_of_the_delta_method_and_holds_over_seeds() -> None:
    futures = buy_or_host(1000)
    volume = futures.inputs["inputs.volume"]
    switch = found_for(futures, "price").above
    assert switch is not None and switch.error is not None
    assert switch.error == pytest.approx(switch.value * volume.std(ddof=1) / math.sqrt(volume.size) / volume.mean(), rel=1e-6)
    model, truth = futures.model, 500.0 / futures.model.leaves["inputs.volume"].content.mean  # type: ignore[union-attr]
    scores = []
    for seed in range(40):
        one = found_for(Futures(model, draws=400, seed=seed), "price")
        for found, goal in ((one.above, truth), (one.median_above, 500.0 / math.sqrt(800.0 * 1500.0))):
            assert found is not None and found.error is not None
            scores.append((found.value - goal) / found.error)
    assert 0.75 < float(np.std(scores[::2])) < 1.3
    assert 0.6 < float(np.std(scores[1::2])) < 1.5


def test_the_discount_rate_at_which_two_payments_are_worth_the_same_is_their_yield() -> None:
    options = {"now": formulas({"line": "early"}), "later": formulas({"line": "late"})}
    inputs = {"early": monthly([1000.0, *[0.0] * 12]), "late": monthly([*[0.0] * 12, 1070.0])}
    scenario = make(options, timeline={"months": 13, "discount_rate": "4%/year", "discount_timing": "start"}, inputs=inputs)
    one = found_for(futures_of(scenario, 1), "timeline.discount_rate")
    assert (one.preferred, one.below) == ("now", None)
    assert one.above is not None
    assert one.above.value == pytest.approx(0.07, rel=TO_THE_MILLIONTH)
    assert one.above.to == "later"
    path = found_for(futures_of(scenario, 1), "late")
    assert path.below is not None
    assert path.below.value == pytest.approx(1000.0 * 1.04 / 1070.0, rel=TO_THE_MILLIONTH)


def test_the_edge_of_a_step_is_found_and_told_from_a_crossing() -> None:
    one = found_for(stepped(), "volume")
    assert one.preferred == "option_1"
    assert one.below is not None and one.above is not None
    assert one.below.value == pytest.approx(500.0 / 0.6, rel=TO_THE_MILLIONTH)
    assert one.above.value == pytest.approx(1000.0, rel=TO_THE_MILLIONTH)
    assert (one.below.is_step, one.above.is_step) == (False, True)
    assert one.above.error is None
    assert one.below.flips and one.above.flips
    assert one.nearest is one.below


def test_all_break_even_volumes_are_found_where_whole_machines_make_steps() -> None:
    found = breakeven_volumes(stepped(), "volume", "option_0", "option_1", low=100.0, high=2900.0)
    assert [one.value for one in found.crossings] == pytest.approx([2500 / 3, 1000.0, 5000 / 3, 2000.0, 2500.0], rel=TO_THE_MILLIONTH)
    assert [one.is_step for one in found.crossings] == [False, True, False, True, False]
    assert [one.best_below for one in found.crossings] == ["option_0", "option_1"] * 2 + ["option_0"]
    assert found.crossings[0].figure == pytest.approx(12 * 500.0, rel=1e-5)
    assert found.best_now == "option_1"


def curved(gap: str) -> Futures:
    """The second option costs more by a gap that is no straight line in k, which is 1 now."""
    inputs = {"k": "1", "money": "1 USD/month"}
    return futures_of(compared(["900 * money", f"(900 + {gap}) * money"], inputs=inputs), 1)


def test_of_several_changes_between_two_values_looked_at_the_nearest_is_found() -> None:
    one = found_for(curved("1000 * (1.32 - k) * (1.34 - k) * (1.42 - k)"), "k")
    assert one.above is not None
    assert one.above.value == pytest.approx(1.32, rel=TO_THE_MILLIONTH)


def test_a_change_there_and_back_is_found_where_the_lead_moves_much() -> None:
    futures = curved("100 * ((k - 2.2) * (k - 2.2) - 0.09)")
    one = found_for(futures, "k")
    assert one.above is not None
    assert one.above.value == pytest.approx(1.9, rel=TO_THE_MILLIONTH)
    crossings = breakeven_volumes(futures, "k", "option_1", "option_0").crossings
    assert [(crossing.best_below, crossing.best_above) for crossing in crossings] == [("option_0", "option_1"), ("option_1", "option_0")]
    assert [crossing.value for crossing in crossings] == pytest.approx([1.9, 2.5], rel=TO_THE_MILLIONTH)


def test_hours_from_which_a_commitment_pays() -> None:
    """A fixed 1000 for a price of 0.10 in place of 0.50 pays from 1000 / (0.50 - 0.10) = 2500 hours."""
    lines = ["0.5 * used * price", "0.1 * used * price + paid"]
    inputs = {"used": "2000 hour/month", "price": "1 USD/hour", "paid": "1000 USD/month"}
    (crossing,) = breakeven_volumes(futures_of(compared(lines, inputs=inputs), 1), "used", "option_0", "option_1").crossings
    assert crossing.value == pytest.approx(2500.0, rel=TO_THE_MILLIONTH)
    assert (crossing.best_below, crossing.best_above) == ("option_0", "option_1")
    (same,) = breakeven_volumes(futures_of(compared(lines, inputs=inputs), 1), "used", "option_1", "option_0").crossings
    assert same.value == pytest.approx(crossing.value, rel=TO_THE_MILLIONTH)
    assert (same.best_below, same.best_above) == ("option_0", "option_1")


@pytest.mark.parametrize(
    ("name", "leaf", "unit"),
    [
        ("ml_platform", "inputs.h200_price", "USD/GPU/hour"),
        ("ml_platform", "inputs.host_price", "USD/Mtoken"),
        ("ml_platform", "inputs.tasks.start", "task/month"),
        ("software_environments", "inputs.support_share", "share"),
        ("support_assistant", "inputs.large_fit", "ratio"),
    ],
)
def test_the_file_run_anew_on_either_side_of_a_switching_value_prefers_another_option(name: str, leaf: str, unit: str) -> None:
    futures = shipped(name)
    one = found_for(futures, leaf)
    switches = [switch for switch in (one.below, one.above) if switch is not None]
    assert switches
    for switch in switches:
        assert one.input.low <= switch.value <= one.input.high
        out = 1.0 if switch is one.above else -1.0
        for side, expected in ((-1.0, one.preferred), (1.0, switch.to)):
            value = switch.value * (1.0 + out * side * 1e-5)
            written = load(SCENARIOS / f"{name}.yaml", {leaf: f"{value!r} {unit}"})
            result = run(compile_scenario(written), draws=DRAWS)
            assert preferred(result, written.decision.decide_by) == expected


def test_what_never_switches_does_not_at_random_values_of_its_range() -> None:
    futures = shipped("ml_platform")
    figure = futures.model.scenario.decision.decide_by
    names = ["inputs.electricity", "inputs.exit_effort", "inputs.object_storage_price", "inputs.rack_price"]
    found = switching_values(futures, names)
    assert len(found.never) >= 3
    generator = np.random.default_rng(3)
    for one in found.never:
        for value in generator.uniform(one.input.low, one.input.high, 12):
            means = futures.samples(figure, {one.input.name: float(value)}).mean(axis=1)
            assert futures.base.options[int(means.argmin())] == one.preferred


@pytest.mark.parametrize("name", ["ml_platform", "support_assistant", "software_environments"])
def test_what_is_called_a_straight_line_is_one_in_every_future(name: str) -> None:
    futures = shipped(name, 60)
    figure = futures.model.scenario.decision.decide_by
    linearity = linearity_of(futures.model, figure)
    ranges = [entry for entry in input_ranges(futures.model).values() if not isinstance(entry, str)]
    straight = [entry for entry in ranges if linearity.is_straight(entry.name) and entry.low < entry.high]
    assert len(straight) > 50
    for entry in straight[::7]:
        inside = entry.low + 0.3 * (entry.high - entry.low)
        low, found, high = (futures.samples(figure, {entry.name: entry.change(value)}) for value in (entry.low, inside, entry.high))
        assert found == pytest.approx(0.7 * low + 0.3 * high, rel=1e-9), entry.name
    still = [entry for entry in ranges if not linearity.moves(entry.name)]
    for entry in still[::3]:
        assert np.array_equal(futures.samples(figure, {entry.name: entry.change(entry.high)}), futures.samples(figure)), entry.name


def test_figures_known_to_bend_are_not_called_straight() -> None:
    for name, leaves in {
        "ml_platform": ("inputs.tasks.growth", "timeline.discount_rate", "inputs.own_outages", "inputs.peak_to_mean")
    }.items():
        linearity = linearity_of(shipped(name, 10).model, "npv_cost")
        assert not any(linearity.is_straight(leaf) for leaf in leaves)


def fee_of(rate: str) -> tco.Scenario:
    fees = {"own": {"formula": "= spend"}, "plan": {"line": "support_plan", "spend": "= spend", "fee_share": "= 2 * rate"}}
    return make({"only": {"fees": fees}, "other": formulas({"line": "spend"})}, inputs={"rate": rate, "spend": "100 USD/month"})


def test_the_range_of_an_input_ends_where_a_field_that_uses_it_refuses_it() -> None:
    entry = input_range(compile_scenario(fee_of("30%")), "rate")
    assert (entry.low, entry.high) == (pytest.approx(0.06), pytest.approx(0.5))
    compile_scenario(fee_of("49.99%"))
    with pytest.raises(tco.ScenarioError, match="fee_share"):
        compile_scenario(fee_of("50.01%"))


def test_ranges_of_laws_numbers_rates_shares_and_paths() -> None:
    model = compile_scenario(load(SMALL))
    law = model.leaves["inputs.cases.start"].content
    cases = input_range(model, "cases")
    assert (cases.low, cases.now, cases.high) == pytest.approx((float(law.ppf(0.001)), law.mean, float(law.ppf(0.999))))  # type: ignore[union-attr]
    pay, rate, retries = (input_range(model, name) for name in ("engineer_pay", "timeline.discount_rate", "demand.live.retry_share"))
    assert (pay.low, pay.now, pay.high) == (26e3, 130e3, 650e3)
    assert (rate.low, rate.high) == (0.0, pytest.approx(0.4))
    assert (retries.low, retries.high, retries.basis) == (pytest.approx(0.004), pytest.approx(0.1), "multiple")
    use = input_range(model, "options.hosted.fleets.main.target_utilisation")
    assert use.high == pytest.approx(0.95)
    untouched = input_range(model, "options.managed.token.api.batch_share")
    assert (untouched.low, untouched.now, untouched.high, untouched.basis) == (0.0, 0.0, 1.0, "share")
    given = input_range(model, "engineer_pay", low=2e5, high=3e5)
    assert (given.low, given.now, given.high, given.basis, given.is_fixed) == (2e5, 2e5, 3e5, "given", False)


def test_what_the_model_refuses_is_the_end_of_the_range() -> None:
    """The logarithm ends at k = 0.5, or where k times the lowest factor drawn is 0.5; the cheaper option is the same up to there."""
    for factor in ("1", "uniform(0.9, 1.1)"):
        inputs = {"k": "1", "money": "1 USD/month", "factor": factor}
        futures = futures_of(compared(["(3 + log(k * factor - 0.5)) * money", "9 * money"], inputs=inputs), 50)
        one = found_for(futures, "k")
        lowest = futures.inputs["inputs.factor"].min() if futures.inputs else 1.0
        assert one.input.low == pytest.approx(0.5 / lowest, rel=1e-6)
        assert one.nearest is None
        edges = breakeven_map(futures, "k", "money", first_values=[0.3, 1.0], second_values=[1.0, 2.0])
        assert np.isnan(edges.chance[0]).all() and (edges.best[0] == -1).all() and (edges.best[1] == 0).all()
        assert "--" in printed(print_map, edges)


@settings(max_examples=60, deadline=None)
@given(
    root=st.floats(-50.0, 50.0),
    slope=st.floats(1e-3, 1e3),
    jump=st.sampled_from([0.0, 0.5, 40.0]),
    power=st.sampled_from([1.0, 3.0, 0.4]),
    ends=st.tuples(st.floats(0.01, 80.0), st.floats(0.01, 80.0)),
    turned=st.booleans(),
)
def test_a_crossing_is_narrowed_down_whatever_its_shape(
    root: float, slope: float, jump: float, power: float, ends: tuple[float, float], turned: bool
) -> None:
    way = -1.0 if turned else 1.0

    def gap(value: float) -> float:
        away = way * (value - root)
        return -slope * abs(away) ** power * math.copysign(1.0, away) - (jump if away > 0.0 else 0.0)

    inside, outside = root - way * ends[0], root + way * ends[1]
    asked: list[float] = []

    def counted(value: float) -> float:
        asked.append(value)
        return gap(value)

    near, far = narrowed(counted, inside, outside, 1e-7)
    assert gap(near) >= 0.0 > gap(far)
    assert abs(near - root) <= 1e-7 + 1e-13 * abs(root) and abs(far - root) <= 1e-7 + 1e-13 * abs(root)
    assert len(asked) <= 90
    if jump == 0.0 and power == 1.0:
        assert len(asked) <= 8


def test_the_month_from_which_an_option_has_cost_less_and_stays_there() -> None:
    rent, buy = [100.0] * 36, [1020.0, *[20.0] * 35]
    futures = flows(36, rent=rent, buy=buy, again=[*buy[:19], 720.0, *buy[20:]])
    found = breakeven_month(futures, "o_buy", "o_rent")
    assert found.month == 13  # 1000 / 80 = 12.5 months
    gap = np.array(buy) - np.array(rent)
    discounted = np.cumsum(gap * 1.12 ** (-np.arange(1, 37) / 12))
    assert found.discounted == pytest.approx(discounted)
    assert found.cumulative == pytest.approx(np.cumsum(gap))
    assert found.discounted_month == 1 + int(np.flatnonzero(discounted >= 0.0)[-1]) + 1 == 14
    assert (found.ahead.value, found.discounted_ahead.value) == (1.0, 1.0)
    again = breakeven_month(futures, "o_again", "o_rent")
    assert again.month == 22  # ahead in 13, behind again in 20, and 1700 / 80 = 21.25 months
    back = breakeven_month(futures, "o_rent", "o_buy")
    assert (back.month, back.ahead.value) == (None, 0.0)
    assert breakeven_month(futures, "o_rent", "o_rent").month is None
    assert breakeven_month(flows(4, dear=[2.0] * 4, cheap=[1.0] * 4), "o_cheap", "o_dear").month == 1


def test_cumulative_costs_end_at_the_difference_of_the_totals() -> None:
    futures = futures_of(load(SMALL), 9000)
    found = breakeven_month(futures, "hosted", "managed")
    gaps = {figure: futures.base.sample("hosted", figure) - futures.base.sample("managed", figure) for figure in ("total_cost", "npv_cost")}
    assert found.cumulative[-1] == pytest.approx(gaps["total_cost"].mean())
    assert found.discounted[-1] == pytest.approx(gaps["npv_cost"].mean())
    assert found.ahead.value == pytest.approx(float((gaps["total_cost"] < 0).mean()))
    assert found.discounted_ahead.value == pytest.approx(float((gaps["npv_cost"] < 0).mean()))
    assert found.cumulative[:3] == pytest.approx(np.cumsum(futures.base.monthly_mean("hosted") - futures.base.monthly_mean("managed"))[:3])


def test_net_value_is_best_where_it_is_most() -> None:
    options = {
        "good": {"success_share": "90%", **formulas({"line": "cost"})},
        "cheap": {"success_share": "60%", **formulas({"line": "0.2 * cost"})},
    }
    outcome = {"name": "case", "unit": "case", "volume": "100 case/month", "value": "= worth"}
    inputs = {"cost": "500 USD/month", "worth": "20 USD/case"}
    futures = futures_of(make(options, outcome=outcome, inputs=inputs, decision={"decide_by": "net_value"}), 1)
    one = found_for(futures, "worth")
    assert one.preferred == "good"
    assert one.below is not None
    assert one.below.value == pytest.approx(400.0 / 30.0, rel=TO_THE_MILLIONTH)
    assert (one.below.to, one.above) == ("cheap", None)
    (crossing,) = breakeven_volumes(futures, "worth", "good", "cheap").crossings
    assert (crossing.best_below, crossing.best_above) == ("cheap", "good")
    assert crossing.figure == pytest.approx(12 * (90 * 400 / 30 - 500), rel=TO_THE_MILLIONTH)


def test_progress_is_told_input_by_input() -> None:
    told: list[tuple[int, int]] = []
    switching_values(buy_or_host(10), ["price", "volume", "desk"], progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    cells: list[int] = []
    breakeven_map(buy_or_host(10), "price", "volume", points=3, progress=lambda done, _: cells.append(done))
    assert cells == list(range(1, 10))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda futures: switching_values(futures, ["prize"]), "did you mean price"),
        (lambda futures: breakeven_map(futures, "price", "inputs.price"), "two inputs"),
        (lambda futures: breakeven_map(futures, "price", "volume", option="hots"), "did you mean host"),
        (lambda futures: breakeven_map(futures, "price", "volume", first_values=[3.0, 2.0]), "rising values"),
        (lambda futures: breakeven_month(futures, "buy", "hosst"), "did you mean host"),
        (lambda futures: breakeven_volumes(futures, "volum", "buy", "host"), "did you mean volume"),
        (lambda futures: breakeven_volumes(futures, "volume", "buy", "host", low=3.0, high=3.0), "range of .* is empty"),
        (lambda futures: switching_values(futures, figure="npv_costs"), "npv_cost"),
    ],
)
def test_names_that_are_not_there_are_refused_with_the_nearest(call: object, says: str) -> None:
    with pytest.raises(tco.ScenarioError, match=says):
        call(buy_or_host(5))  # type: ignore[operator]
