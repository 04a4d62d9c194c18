"""Holds chances, differences and the preferred option against the binomial law and decisions whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tco_model as tco
from tco_model.analysis.compare import chance, chance_best, difference, preferred, standard_error
from tco_model.report.report import make_report
from tests.engine.scenarios import compared, formulas, make

ONE_MONTH = {"months": 1}


def duel(draws: int = 20_000, seed: int = 1, **laws: str) -> tco.Result:
    """Options ``option_0``, ... whose cost is drawn from the laws."""
    scenario = compared(laws, inputs={name: f"{law} USD/month" for name, law in laws.items()}, timeline=ONE_MONTH)
    return tco.simulate(scenario, draws=draws, seed=seed)


class TestChance:
    def test_value_and_binomial_error(self) -> None:
        found = chance(np.arange(200) < 50)
        assert found.value == 0.25
        assert found.error == pytest.approx(math.sqrt(0.25 * 0.75 / 200))

    @pytest.mark.parametrize("happens", [True, False])
    def test_certainty_has_no_error(self, happens: bool) -> None:
        found = chance(np.full(10, happens))
        assert (found.value, found.error) == (float(happens), 0.0)

    def test_the_error_is_the_spread_over_seeds(self) -> None:
        found = [chance_best(duel(200, seed, a="discrete(0: 0.3, 2: 0.7)", b="1"))["option_0"] for seed in range(150)]
        spread = np.std([one.value for one in found], ddof=1)
        assert spread == pytest.approx(math.sqrt(0.3 * 0.7 / 200), rel=0.25)
        assert np.mean([one.error for one in found]) == pytest.approx(spread, rel=0.25)


class TestChanceBest:
    def test_a_known_chance(self) -> None:
        """P(X < Y) of independent normals is Phi((mY - mX) / sqrt(sX^2 + sY^2)): Phi(10 / 25) = 0.655422."""
        found = chance_best(duel(a="normal(100, 15)", b="normal(110, 20)"))
        assert found["option_0"].value == pytest.approx(0.655422, abs=4.5 * found["option_0"].error)
        assert found["option_0"].value + found["option_1"].value == pytest.approx(1.0, abs=1e-12)

    def test_ties_are_shared(self) -> None:
        result = duel(a="discrete(1: 0.5, 2: 0.5)", b="1", c="1")
        found = chance_best(result)
        tied = np.mean(result.sample("option_0", "npv_cost") == 1.0)
        assert found["option_0"].value == pytest.approx(tied / 3.0, rel=1e-12)
        assert found["option_1"].value == pytest.approx(tied / 3.0 + (1.0 - tied) / 2.0, rel=1e-12)
        assert found["option_1"] == found["option_2"]
        assert sum(one.value for one in found.values()) == pytest.approx(1.0)

    def test_one_option_is_always_best(self) -> None:
        assert chance_best(duel(50, a="normal(5, 1)"))["option_0"].value == 1.0


class TestDifference:
    def test_future_by_future_against_the_baseline(self) -> None:
        """X and Y independent normals: X - Y is normal with the variances added."""
        result = duel(a="normal(100, 15)", b="normal(110, 20)")
        found = difference(result, "option_1", "option_0")
        assert found.error == pytest.approx(25.0 / math.sqrt(20_000), rel=0.03)
        assert found.summary.mean == pytest.approx(10.0, abs=4.5 * found.error)
        assert found.summary.p90 - found.summary.p10 == pytest.approx(2 * 1.2815516 * 25.0, rel=0.03)
        assert found.below.value == pytest.approx(1.0 - 0.655422, abs=4.5 * found.below.error)

    def test_it_turns_its_sign_with_the_direction(self) -> None:
        result = duel(500, a="normal(100, 15)", b="normal(110, 20)")
        there, back = difference(result, "option_1", "option_0").summary, difference(result, "option_0", "option_1").summary
        assert (there.mean, there.p10, there.p50) == pytest.approx((-back.mean, -back.p90, -back.p50))

    def test_against_itself_there_is_none(self) -> None:
        found = difference(duel(50, a="normal(5, 1)"), "option_0", "option_0")
        assert (found.summary.mean, found.error, found.below.value) == (0.0, 0.0, 0.0)


def test_standard_error_of_the_mean() -> None:
    assert standard_error(np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(math.sqrt(5.0 / 3.0 / 4.0))
    assert standard_error(np.array([7.0])) == 0.0


OPTIONS = {
    "paid_late": formulas({"line": "late"}, success_share="40%"),
    "paid_early": formulas({"line": "early"}, success_share="40%"),
    "succeeds_often": formulas({"line": "steady * 1.3"}, success_share="80%"),
    "succeeds_most": formulas({"line": "steady * 2"}, success_share="100%"),
}
"""Each is the best by one figure: present value, total, cost per outcome, net value."""
WINNERS = {"npv_cost": "paid_late", "total_cost": "paid_early", "cost_per_outcome": "succeeds_often", "net_value": "succeeds_most"}


@pytest.mark.parametrize(("metric", "winner"), WINNERS.items())
def test_each_deciding_figure_has_its_own_winner(metric: str, winner: str) -> None:
    scenario = make(
        OPTIONS,
        decision={"decide_by": metric},
        timeline={"months": 24, "discount_rate": "50%/year"},
        inputs={
            "late": {"steps": {"2027-01": 0, "2028-01": 2_100}, "unit": "USD/month"},
            "early": {"steps": {"2027-01": 2_000, "2028-01": 0}, "unit": "USD/month"},
            "steady": {"value": "uniform(999, 1001) USD/month"},
        },
        outcome={"unit": "case", "volume": "1k case/month", "value": "20 USD/case"},
    )
    result = tco.simulate(scenario, draws=200)
    assert preferred(result, metric) == winner
    assert chance_best(result, metric)[winner].value == 1.0
    report = make_report(result)
    assert report.preferred == winner
    assert report.decide_by == metric
    assert winner.replace("_", " ") in report.answer[0]
