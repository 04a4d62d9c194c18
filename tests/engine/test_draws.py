"""Holds the draws to what the designs promise: strata, balance, rank correlation, and the same future for every option."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from numpy.typing import NDArray

import tco_model as tco
from tco_model.engine.draws import correlated_groups
from tests.engine.scenarios import SMALL, compared, formulas, make, sampling_error

ROOT = Path(__file__).parents[2]

UNIFORM = "uniform(0, 1) USD/month"
ONE_MONTH = {"months": 1}


def uniforms(design: str, draws: int, inputs: int = 2, seed: int = 1) -> list[NDArray[np.float64]]:
    """The draws of independent uniform inputs, one option each."""
    names = [f"x{position}" for position in range(inputs)]
    scenario = compared(names, inputs=dict.fromkeys(names, UNIFORM), timeline=ONE_MONTH)
    result = tco.simulate(scenario, draws=draws, design=design, seed=seed)
    return [result.sample(option, "total_cost") for option in result.options]


class TestDesigns:
    @pytest.mark.parametrize("draws", [1, 7, 1_000, 4_097])
    def test_latin_hypercube_puts_one_point_into_each_stratum_of_each_input(self, draws: int) -> None:
        first, second = uniforms("latin_hypercube", draws)
        for sample in (first, second):
            assert np.array_equal(np.sort(np.floor(sample * draws)), np.arange(draws))
        assert draws < 8 or abs(np.corrcoef(first, second)[0, 1]) < 4.5 / math.sqrt(draws)

    def test_sobol_is_balanced_in_every_input(self) -> None:
        for sample in uniforms("sobol", 1_024, inputs=8):
            assert np.array_equal(np.sort(np.floor(sample * 1_024)), np.arange(1_024))

    @pytest.mark.parametrize("parts", [1, 3, 5, 8])
    def test_sobol_is_a_net_in_the_first_two_inputs(self, parts: int) -> None:
        """Niederreiter 1987: of 2^10 points every box of 2^-k by 2^-(10 - k) holds exactly one."""
        first, second = uniforms("sobol", 1_024)
        boxes = np.floor(first * 2**parts) * 1_024 + np.floor(second * 2 ** (10 - parts))
        assert np.unique(boxes).size == 1_024

    @pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
    def test_means_agree_and_stratified_designs_are_closer(self, design: str) -> None:
        """A sum of inputs: its mean over seeds errs by sd / sqrt(n) for random draws and far less for the other two."""
        draws, seeds = 256, 40
        means = np.array([sum(sample.mean() for sample in uniforms(design, draws, 3, seed)) for seed in range(seeds)])
        plain = math.sqrt(3.0 / 12.0 / draws)
        assert abs(means.mean() - 1.5) < 4.5 * plain / math.sqrt(seeds)
        ratio = means.std(ddof=1) / plain
        assert 0.6 < ratio < 1.5 if design == "random" else ratio < 0.1

    @pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
    def test_designs_agree_on_a_whole_scenario(self, design: str) -> None:
        scenario = tco.load(SMALL)
        reference = tco.simulate(scenario, draws=20_000, seed=99, design="random")
        result = tco.simulate(scenario, draws=4_096, design=design)
        for option in result.options:
            sample, other = result.sample(option, "npv_cost"), reference.sample(option, "npv_cost")
            error = math.hypot(sampling_error(sample)[0], sampling_error(other)[0])
            assert abs(sample.mean() - other.mean()) < 4.5 * error

    def test_an_unlikely_tail_is_reached(self) -> None:
        """Uniform numbers cover the open interval: nothing piles up at the ends."""
        (sample,) = uniforms("random", 200_000, inputs=1)
        assert 0.0 < sample.min() < 1e-4
        assert 1.0 - 1e-4 < sample.max() < 1.0
        assert scipy.stats.kstest(sample, "uniform").pvalue > 1e-3


class TestCorrelation:
    @pytest.mark.parametrize(("rank", "pearson"), [(0.5, 0.5176381), (0.9, 0.9079810), (-0.5, -0.5176381), (0.0, 0.0), (1.0, 1.0)])
    def test_pearson_correlation_for_a_wanted_rank_correlation(self, rank: float, pearson: float) -> None:
        """Pearson 1907: 2 sin(pi r / 6)."""
        (group,) = correlated_groups([("a", "b", rank)])
        assert group.factor[1][0] == pytest.approx(pearson, abs=5e-8)
        assert math.hypot(*group.factor[1]) == pytest.approx(1.0)

    @pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
    def test_achieved_rank_correlations(self, design: str) -> None:
        wanted = {("a", "b"): 0.5, ("b", "c"): 0.9, ("a", "c"): 0.6, ("d", "e"): -0.7}
        laws = {
            "a": "normal(0, 1)",
            "b": "1 to 50",
            "c": "pert(1, 2, 9)",
            "d": "beta(2, 5)",
            "e": "triangular(0, 1, 9)",
            "f": "uniform(0, 1)",
        }
        scenario = compared(
            [f'{name} * quantity("1 USD/month")' for name in laws],
            inputs=laws,
            timeline=ONE_MONTH,
            correlations=[{"between": list(pair), "rank": rank} for pair, rank in wanted.items()],
        )
        result = tco.simulate(scenario, draws=10_000, design=design)
        samples = [result.sample(option, "total_cost") for option in result.options]
        achieved = scipy.stats.spearmanr(np.array(samples), axis=1).statistic
        names = list(laws)
        for row, first in enumerate(names):
            for column in range(row):
                rank = wanted.get((names[column], first), 0.0)
                assert achieved[row, column] == pytest.approx(rank, abs=0.02 if rank else 0.04), (names[column], first)

    def test_correlated_inputs_keep_their_own_laws(self) -> None:
        scenario = compared(
            ["a", "b"],
            inputs={"a": UNIFORM, "b": "uniform(10, 20) USD/month"},
            timeline=ONE_MONTH,
            correlations=[{"between": ["a", "b"], "rank": 0.8}],
        )
        result = tco.simulate(scenario, draws=5_000)
        for option, low, width in (("option_0", 0, 1), ("option_1", 10, 10)):
            assert scipy.stats.kstest(result.sample(option, "total_cost"), "uniform", args=(low, width)).pvalue > 1e-3

    @pytest.mark.parametrize("ranks", [(0.9, 0.9, -0.9), (1.0, 1.0, 0.0), (1.0, -1.0, 1.0)], ids=["contradiction", "missing pair", "sign"])
    def test_correlations_that_cannot_hold_together_are_refused(self, ranks: tuple[float, float, float]) -> None:
        pairs = (("a", "b"), ("b", "c"), ("a", "c"))
        scenario = compared(
            ["a", "b", "c"],
            inputs=dict.fromkeys("abc", UNIFORM),
            correlations=[{"between": list(pair), "rank": rank} for pair, rank in zip(pairs, ranks, strict=True)],
        )
        with pytest.raises(tco.ScenarioError, match=r"cannot hold together.*b with inputs\.a") as refused:
            tco.simulate(scenario, draws=10)
        assert refused.value.problems[0].field == "correlations"

    def test_perfect_correlations_move_as_one(self) -> None:
        scenario = compared(
            ["a", "b", "c"],
            inputs=dict.fromkeys("abc", UNIFORM),
            timeline=ONE_MONTH,
            correlations=[{"between": ["a", "b"], "rank": 1}, {"between": ["b", "c"], "rank": -1}, {"between": ["a", "c"], "rank": -1}],
        )
        result = tco.simulate(scenario, draws=200)
        a, b, c = (result.sample(option, "total_cost") for option in result.options)
        assert np.allclose(a, b, atol=1e-7)
        assert np.allclose(a, 1.0 - c, atol=1e-7)


INPUTS = {"x": "2 to 9 USD/month", "y": "normal(5, 1) USD/month"}
OPTIONS = {"first": formulas({"line": "x"}), "second": formulas({"line": "x + y"})}


class TestCommonRandomNumbers:
    def sample(self, options: dict[str, object], inputs: dict[str, str], design: str = "random") -> bytes:
        return tco.simulate(make(options, inputs=inputs), draws=300, design=design).sample("first", "npv_cost").tobytes()  # type: ignore[arg-type]

    @pytest.mark.parametrize("design", ["random", "latin_hypercube"])
    def test_other_options_inputs_and_names_do_not_move_a_draw(self, design: str) -> None:
        alone = self.sample({"first": formulas({"line": "x"})}, {"x": INPUTS["x"]}, design)
        renamed = formulas({"line": "x + a_new_name"})
        incident = {"risk": {"outage": {"line": "incident_loss", "frequency": "1 to 3 event/year", "severity": "5 USD/event"}}}
        for options, inputs in (
            (OPTIONS, INPUTS),
            (OPTIONS, dict(reversed(INPUTS.items()))),
            (dict(reversed(OPTIONS.items())), INPUTS),
            ({**OPTIONS, "second": renamed}, {"x": INPUTS["x"], "a_new_name": "normal(5, 1) USD/month"}),
            ({**OPTIONS, "third": incident}, INPUTS),
        ):
            assert self.sample(dict(options), inputs, design) == alone

    def test_another_law_on_the_same_name_sees_the_same_ranks(self) -> None:
        """A slider move changes the value in each future, not the future."""
        one, other = (
            tco.simulate(make(OPTIONS, inputs=INPUTS | {"x": law}), draws=300).sample("first", "npv_cost")
            for law in ("2 to 9 USD/month", "pert(1, 7, 8) USD/month")
        )
        assert np.array_equal(np.argsort(one), np.argsort(other))

    @pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
    def test_a_shared_input_cancels_in_the_difference(self, design: str) -> None:
        scenario = compared(["x", "x + fee"], inputs={"x": "1k to 90k USD/month", "fee": "100 USD/month"})
        result = tco.simulate(scenario, draws=500, design=design)
        first, second = (result.sample(option, "total_cost") for option in result.options)
        assert first.std() > 1e4
        assert second - first == pytest.approx(np.full(500, 1_200.0), abs=1e-8)

    def test_inputs_of_different_names_are_independent(self) -> None:
        first, second = uniforms("random", 20_000)
        assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / math.sqrt(20_000)

    def test_events_of_two_lines_are_independent(self) -> None:
        line = {"line": "incident_loss", "frequency": "6 event/year", "severity": "1 USD/event"}
        scenario = make({"a": {"risk": {"outage": line}}, "b": {"risk": {"outage": line}}})
        result = tco.simulate(scenario, draws=20_000)
        assert abs(np.corrcoef(result.sample("a", "total_cost"), result.sample("b", "total_cost"))[0, 1]) < 4.5 / math.sqrt(20_000)


def test_correlations_that_contradict_each_other_are_named_at_their_line() -> None:
    text = (ROOT / "tests/data/small.yaml").read_text(encoding="utf-8")
    ranges = "".join(f"  x{number}: 1 to 2 USD\n" for number in range(3))
    pairs = "\n".join(f"  - {{between: [x{a}, x{b}], rank: {rank}}}" for a, b, rank in ((0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)))
    bad = text.replace("inputs:\n", f"inputs:\n{ranges}", 1).replace("demand:\n", f"correlations:\n{pairs}\ndemand:\n", 1)
    with pytest.raises(tco.ScenarioError) as caught:
        tco.simulate(tco.loads(bad), draws=10)
    (problem,) = caught.value.problems
    assert "x0" in problem.message
    assert "-0.9" in problem.message
    assert problem.line == bad[: bad.index("correlations:")].count("\n") + 1
