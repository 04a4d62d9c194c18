"""When to decide: the exchange option of Margrabe, waits that teach nothing, and delays that are what they say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from click.testing import CliRunner

import tco_model as tco
from tco_model.analysis.timing import stage_gate, timing
from tco_model.cli import main
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.exporters.timing_table import timing_sentences
from tco_model.scenario.delay import delayed
from tests.engine.scenarios import make

SHIPPED = Path(__file__).parents[2] / "scenarios"


def two(a: str, b: str, wait_costs: str = "0 USD", months: int = 6) -> tco.Scenario:
    """Two options whose whole cost falls in the months after the first; the baseline may cost something in the first, too."""

    def option(name: str, first: str, **more: object) -> dict[str, object]:
        lines = {
            "first": {"line": "one_off", "phases": "first", "amount": first},
            "rest": {"line": "one_off", "phases": "later", "amount": f"= {name}"},
        }
        return {"phases": {"first": 1, "later": "rest"}, "fees": lines, **more}

    return make(
        {"a": option("a", wait_costs, baseline=True), "b": option("b", "0 USD")},
        timeline={"months": months},
        inputs={"a": a, "b": b},
        decision={"decide_by": "npv_cost"},
    )


def futures(scenario: tco.Scenario, draws: int = 40_000) -> Futures:
    return Futures(compile_scenario(scenario), draws=draws, seed=11)


def test_a_free_wait_that_shows_both_costs_is_an_option_to_exchange_one_for_the_other() -> None:
    """Margrabe (1978): with equal forward prices F and a joint volatility s the option is worth F (2 N(s / 2) - 1)."""
    scenario = two("80 to 125 USD", "80 to 125 USD")
    found = timing(futures(scenario), months=(1,), learnt=("inputs.a", "inputs.b")).waits[0]
    sigma = math.log(125 / 80) / (2 * NormalDist().inv_cdf(0.95))
    forward = 100 * math.exp(sigma**2 / 2)
    worth = forward * (2 * NormalDist().cdf(math.sqrt(2) * sigma / 2) - 1)
    assert found.cost.value == pytest.approx(0.0, abs=1e-9)
    assert found.learns.value == pytest.approx(worth, rel=0.03)
    assert found.value.value == pytest.approx(worth, rel=0.03)
    assert sum(found.turns.values()) == pytest.approx(1.0)
    assert found.turns["a"] == pytest.approx(0.5, abs=0.03)


def test_a_wait_that_teaches_nothing_is_worth_what_it_saves() -> None:
    held = futures(two("90 to 110 USD", "40 to 60 USD", "7 USD"))
    found = timing(held, months=(1,), learnt=()).waits[0]
    assert found.learns.value == 0.0
    assert found.blind == "b"
    assert found.cost.value == pytest.approx(7.0), "the baseline is paid for a month, then b as it would have been"
    assert found.value.value == pytest.approx(-7.0)
    assert "Decide now" in timing_sentences(timing(held, months=(1,), learnt=()))[0]


def test_a_stage_is_worth_what_it_shows_less_its_price() -> None:
    held = futures(two("100 USD", "uniform(50, 150) USD"))
    gate = stage_gate(held, ["inputs.b"], 1, 5.0)
    assert gate.learns.value == pytest.approx(12.5, rel=0.05), "b is dearer half of the time, by 25 on average"
    assert gate.value.value == pytest.approx(gate.learns.value - 5.0, abs=0.5)


def test_more_that_is_learnt_is_never_worth_less() -> None:
    held = futures(two("80 to 125 USD", "80 to 125 USD"))
    one = timing(held, months=(1,), learnt=("inputs.a",)).waits[0].learns
    both = timing(held, months=(1,), learnt=("inputs.a", "inputs.b")).waits[0].learns
    assert 0 < one.value < both.value


class TestDelay:
    def test_phases_move_back_and_the_longest_gives_up_the_months(self) -> None:
        scenario = delayed(tco.load(SHIPPED / "ml_platform.yaml"), "rented", 5)
        phases = {phase.name: (phase.first, phase.stop) for phase in scenario.option("rented").phases}
        assert phases == {"build": (5, 9), "run": (9, 46), "leave": (46, 48)}
        assert scenario.option("host").phases == tco.load(SHIPPED / "ml_platform.yaml").option("host").phases

    def test_nothing_of_it_is_paid_before_and_hardware_is_bought_later(self) -> None:
        scenario = delayed(tco.load(SHIPPED / "ml_platform.yaml"), "owned", 6)
        held = Futures(compile_scenario(scenario), draws=200)
        before = Futures(compile_scenario(tco.load(SHIPPED / "ml_platform.yaml")), draws=200)
        assert np.all(held.monthly("owned")[:, :6] == 0.0)
        purchase = held.base.driver_mean("owned", "fleets.serving.purchased_gpus")
        assert np.flatnonzero(purchase)[0] == 8 + 6
        whole = before.base.driver_mean("owned", "fleets.serving.purchased_gpus").sum()
        assert 0.99 * whole < purchase.sum() <= whole, "the fleet of the end is bought, less what an early peak alone would have needed"
        assert np.array_equal(held.monthly("host"), before.monthly("host")), "the others go on as they were"

    def test_an_option_without_phases_begins_later_too(self) -> None:
        scenario = make(
            {"a": {"fees": {"run": {"formula": '= quantity("10 USD/month")'}, "once": {"line": "one_off", "amount": "70 USD"}}}},
            timeline={"months": 4},
        )
        monthly = Futures(compile_scenario(delayed(scenario, "a", 2)), draws=1).monthly("a")
        assert monthly.tolist() == [[0, 0, 80, 10]]

    @pytest.mark.parametrize(("option", "months", "says"), [("owned", 38, "longest phase, run, has 38"), ("host", 48, "fills the horizon")])
    def test_a_wait_that_leaves_no_room(self, option: str, months: int, says: str) -> None:
        with pytest.raises(tco.ScenarioError, match=says):
            delayed(tco.load(SHIPPED / "ml_platform.yaml"), option, months)

    def test_no_wait_is_the_scenario_itself(self) -> None:
        scenario = tco.load(SHIPPED / "ml_platform.yaml")
        assert delayed(scenario, "rented", 0) is scenario


def test_what_binds_is_what_is_committed_or_bought() -> None:
    found = {one.option: one for one in timing(futures(tco.load(SHIPPED / "ml_platform.yaml"), 300), months=()).lock_in}
    assert found["host"].bound == ()
    assert [label for label, _ in found["owned"].bound] == ["purchase"]
    assert found["rented"].way_out > 0


def test_the_command_prints_and_refuses() -> None:
    path = str(SHIPPED / "ml_platform.yaml")
    done = CliRunner().invoke(main, ["timing", path, "--draws", "500", "--months", "6", "--json"])
    assert done.exit_code == 0
    data = json.loads(done.output)
    assert data["waits"][0]["months"] == 6
    assert "inputs.token_price_index.growth" in data["learnt"]
    wrong = CliRunner().invoke(main, ["timing", path, "--draws", "500", "--learn", "inputs.task.growth"])
    assert wrong.exit_code == 2
    assert "did you mean" in wrong.output
