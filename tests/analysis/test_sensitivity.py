"""What matters: shares, ends and turns of decisions whose answer is known, and what a terminal shows of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

import tco_model as tco
from tco_model.analysis.sensitivity import InputEffect, Sensitivity, sensitivity
from tco_model.cli import main
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.exporters.json_text import json_text
from tco_model.exporters.sensitivity_table import print_sensitivity, sensitivity_data, sensitivity_sentences
from tests.engine.scenarios import compared, formulas, make

SHIPPED = Path(__file__).parents[2] / "scenarios"
ONE_MONTH = {"months": 1}


def futures(terms: dict[str, str], draws: int = 20_000, design: str = "random", **inputs: str) -> Futures:
    """Options ``option_0``, ... of one month with these costs and inputs in USD/month."""
    written = {name: f"{law} USD/month" for name, law in inputs.items()}
    scenario = compared(terms.values(), inputs=written, timeline=ONE_MONTH)
    return Futures(compile_scenario(scenario), draws=draws, seed=7, design=design)


def by_name(found: Sensitivity) -> dict[str, InputEffect]:
    return {one.name.rpartition(".")[2]: one for one in found.inputs}


def test_shares_of_a_sum_are_those_of_the_variances() -> None:
    """Cost a + 2 b with standard deviations 3 and 2: variances 9 and 16, so 36 % and 64 %, and nothing in interaction."""
    found = by_name(sensitivity(futures({"x": "a + 2 * b"}, a="normal(100, 3)", b="normal(50, 2)")))
    for name, share in (("a", 0.36), ("b", 0.64)):
        one = found[name]
        assert one.first_order.value == pytest.approx(share, abs=4 * one.first_order.error + 0.003)
        assert one.total is not None
        assert one.total.value == pytest.approx(share, abs=4 * one.total.error)
    assert found["a"].rank_correlation == pytest.approx(6 / np.pi * np.arcsin(0.6 / 2), abs=0.02), "Spearman of a normal correlation of 0.6"


def test_interaction_shows_in_the_total_alone() -> None:
    """A product of two centred factors: alone neither explains anything, together everything."""
    product = 'quantity("1000 USD/month") + a * b / quantity("1 USD/month")'
    found = by_name(sensitivity(futures({"x": product}, a="normal(0, 1)", b="normal(0, 1)")))
    for one in found.values():
        assert one.total is not None
        assert one.first_order.value == pytest.approx(0.0, abs=0.01)
        assert one.total.value == pytest.approx(1.0, abs=0.1)


def test_an_input_of_one_option_moves_that_option_alone_and_exactly() -> None:
    found = sensitivity(
        futures({"x": "a", "y": 'b + quantity("20 USD/month")'}, a="normal(100, 10)", b="normal(100, 10)"), option="option_0"
    )
    effects = by_name(found)
    assert effects["b"].first_order.value == 0.0
    assert effects["b"].total is not None and effects["b"].total.value == 0.0
    assert effects["b"].gap_first_order.value == pytest.approx(0.5, abs=0.03)
    assert effects["b"].low.figure == effects["b"].high.figure == pytest.approx(found.mean)


def test_ends_and_turns_by_hand() -> None:
    """x costs a uniform on 0 to 100, y costs 60: at a's P10 of 10 x leads by 50, at its P90 of 90 y leads by 30."""
    found = sensitivity(futures({"x": "a", "y": 'quantity("60 USD/month") + 0 * b'}, a="uniform(0, 100)", b="uniform(1, 2)"))
    one = by_name(found)["a"]
    assert (found.option, found.rival) == ("option_0", "option_1")
    assert found.gap == pytest.approx(10, abs=1)
    assert (one.low.value, one.high.value) == pytest.approx((10, 90), abs=1)
    assert one.low.gap == pytest.approx(60 - one.low.value)
    assert one.high.gap == pytest.approx(60 - one.high.value)
    assert (one.low.preferred, one.high.preferred) == ("option_0", "option_1")
    assert one.turns
    assert not by_name(found)["b"].turns
    assert [effect.name for effect in found.inputs] == ["inputs.a", "inputs.b"], "the largest swing first"


def test_a_choice_that_turns_at_both_ends_is_told() -> None:
    """1000 a^50 with a uniform on 0 to 1 costs 1000 / 51 = 19.6 on average, but 5.2 at a's P90 and nothing at its P10."""
    steep = 'quantity("1000 USD/month") * (a / quantity("1 USD/month")) ** 50'
    found = sensitivity(futures({"steep": steep, "flat": 'quantity("10 USD/month")'}, a="uniform(0, 1)"))
    one = by_name(found)["a"]
    assert found.option == "option_1"
    assert (one.low.preferred, one.high.preferred) == ("option_0", "option_0")
    assert one.turns
    assert sensitivity_sentences(found)[1].endswith("turns the choice: a.")


def test_correlated_inputs_are_exchanged_together() -> None:
    scenario = compared(
        ["a - b"],
        inputs={"a": "normal(100, 10) USD/month", "b": "normal(50, 10) USD/month"},
        timeline=ONE_MONTH,
        correlations=[{"between": ["a", "b"], "rank": 0.8}],
    )
    found = by_name(sensitivity(Futures(compile_scenario(scenario), draws=20_000, seed=1)))
    assert found["a"].linked == found["b"].linked == ("inputs.a", "inputs.b")
    for one in found.values():
        assert one.total is not None
        assert one.total.value == pytest.approx(1.0, abs=0.05), "both together are all there is"


def test_drivers_explain_on_their_own_and_in_all() -> None:
    """Demand n and wage w, cost n w: with variation 0.2 and 0.1 each alone explains 0.04 and 0.01 of 0.0504, both the rest."""
    scenario = make(
        {"x": {"fees": {"line": {"formula": "= n * w"}}, "labour": {"team": {"formula": "= w2"}}}},
        inputs={"n": "normal(100, 20) unit/month", "w": "normal(10, 1) USD/unit", "w2": "normal(1000, 200) USD/month"},
        timeline=ONE_MONTH,
    )
    found = sensitivity(Futures(compile_scenario(scenario), draws=40_000, seed=3))
    drivers = {group.group: group for group in found.groups}
    variance = (100 * 10) ** 2 * 0.0504 + 200**2
    assert drivers["fees"].first_order.value == pytest.approx(50_400 / variance, abs=4 * drivers["fees"].first_order.error)
    assert drivers["fees"].total.value == pytest.approx(50_400 / variance, abs=4 * drivers["fees"].total.error)
    assert drivers["labour"].first_order.value == pytest.approx(40_000 / variance, abs=4 * drivers["labour"].first_order.error)
    alone = sum(one.first_order.value for one in found.inputs if one.group == "fees")
    assert drivers["fees"].first_order.value > alone - 0.02, "what is between its members is the driver's own"


def test_a_rare_event_explains_what_it_does_and_moves_its_option_alone() -> None:
    """0.02 events a month of 4 to 10 M: variance 0.02 E[X^2] = 0.02 x 52 x 10^12, against fees with a deviation of 0.5 M."""
    loss = {"line": "incident_loss", "frequency": "0.24 event/year", "severity": "uniform(4M, 10M) USD/event"}
    scenario = make(
        {"safe": formulas({"line": "a + b"}), "risky": {**formulas({"line": "b"}), "risk": {"breach": loss}}},
        inputs={"a": "normal(10M, 0.5M) USD/month", "b": "normal(10M, 1k) USD/month"},
        timeline=ONE_MONTH,
    )
    found = sensitivity(Futures(compile_scenario(scenario), draws=40_000, seed=5), option="safe")
    (event,) = found.events
    known = 0.02 * 52 / (0.02 * 52 + 0.25)
    assert event.gap_first_order.value == pytest.approx(known, abs=4 * event.gap_first_order.error)
    assert event.gap_first_order.error < 0.02
    assert (event.first_order.value, event.first_order.error) == (0.0, 0.0), "it is the rival's"
    (group,) = {one.gap_first_order.value for one in found.groups}
    assert group == pytest.approx(1 - known, abs=0.04), "events are no part of what the inputs explain"


def test_sobol_points_are_read_without_taking_chance_off() -> None:
    found = by_name(sensitivity(futures({"x": "a + 2 * b"}, 4096, "sobol", a="normal(100, 3)", b="normal(50, 2)")))
    assert found["a"].first_order.value == pytest.approx(0.36, abs=0.01)
    assert found["b"].first_order.value == pytest.approx(0.64, abs=0.01)


def test_progress_comes_to_its_end() -> None:
    steps: list[tuple[int, int]] = []
    both = futures({"x": "a", "y": "b"}, 200, a="normal(100, 1)", b="normal(100, 1)")
    for totals in (True, False):
        steps.clear()
        sensitivity(both, totals=totals, progress=lambda done, of: steps.append((done, of)))
        assert [done for done, _ in steps] == list(range(1, steps[-1][1] + 1))
        assert len({of for _, of in steps}) == 1


@pytest.fixture(scope="module")
def shipped() -> Sensitivity:
    return sensitivity(Futures(compile_scenario(tco.load(SHIPPED / "ml_platform.yaml")), draws=2000))


def test_the_ends_are_what_the_file_says_with_that_value(shipped: Sensitivity) -> None:
    one = next(effect for effect in shipped.inputs if effect.name == "inputs.serving_engineers")
    changed = tco.load(SHIPPED / "ml_platform.yaml", {"inputs.serving_engineers": f"{one.high.value!r} FTE"})
    again = tco.simulate(changed, draws=2000)
    gap = again.summary(shipped.rival, "npv_cost").mean - again.summary(shipped.option, "npv_cost").mean
    assert one.high.gap == pytest.approx(gap, rel=1e-9)


def test_groups_and_months_and_events(shipped: Sensitivity) -> None:
    members = [name for group in shipped.groups for name in group.members]
    assert sorted(members) == sorted(effect.name for effect in shipped.inputs), "each input in one group"
    drivers = {effect.name: effect.group for effect in shipped.inputs}
    assert drivers["inputs.tasks.growth"] == "demand"
    assert drivers["inputs.serving_engineers"] == "labour"
    assert drivers["timeline.inflation"] == "timeline"
    growth = shipped.by_month["inputs.tasks.growth"]
    assert len(growth) == 48
    assert growth[0] == 0.0 or abs(growth[0]) < 0.02
    assert growth[-1] > 0.2, "growth matters late"
    assert {event.name.split(".")[1] for event in shipped.events} == {shipped.option, shipped.rival}


def test_what_is_shown_names_values_units_and_turns(shipped: Sensitivity) -> None:
    console = Console(width=140, record=True, color_system=None)
    print_sensitivity(shipped, console)
    text = console.export_text()
    assert "growth of token price index" in text
    assert "%/year" in text
    assert "FTE" in text
    assert "turns the choice" in text
    assert "event: outage, Rented GPUs" in text
    assert "month 48" in text
    largest = max(shipped.inputs, key=lambda one: one.gap_total.value if one.gap_total else 0.0)
    assert text.split("gap, alone")[1].splitlines()[1].startswith(largest.label), "shares by size"
    assert "±" in text
    data = json.loads(json_text(sensitivity_data(shipped)))
    assert len(data["inputs"]) == len(shipped.inputs)
    assert data["sentences"] == list(sensitivity_sentences(shipped))
    assert data["unit"] == "USD"


def test_the_command_prints_and_refuses() -> None:
    path = str(SHIPPED / "ml_platform.yaml")
    done = CliRunner().invoke(main, ["sensitivity", path, "--draws", "500", "--quick", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output)["draws"] == 500
    wrong = CliRunner().invoke(main, ["sensitivity", path, "--option", "rentd", "--draws", "500"])
    assert wrong.exit_code == 2
    assert "did you mean" in wrong.output


def test_one_option_alone_is_told_by_its_own_cost() -> None:
    inputs = {"a": "normal(100, 1)", "b": "normal(100, 10)", "c": "normal(100, 5)"}
    found = sensitivity(futures({"x": "a + b + c"}, 2000, **inputs))
    assert [one.label for one in found.inputs] == ["b", "c", "a"], "the largest swing of its own figure first"
    (sentence,) = sensitivity_sentences(found)
    assert "b explains 7" in sentence or "b explains 8" in sentence, "100 of 126"
    console = Console(width=120, record=True, color_system=None)
    print_sensitivity(found, console)
    text = console.export_text()
    assert "P90" in text
    assert "gap" not in text, "there is none"


def test_nothing_uncertain_says_so() -> None:
    found = sensitivity(futures({"x": "a", "y": 'a + quantity("1 USD/month")'}, 100, a="5"))
    assert found.inputs == ()
    assert sensitivity_sentences(found) == ("No input is uncertain.",)
