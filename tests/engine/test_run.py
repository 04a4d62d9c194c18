"""Holds a run to its promises: the same bytes for any block and worker count, bounded memory, refusals before the work."""

from __future__ import annotations

import functools
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np
import pytest

import tco_model as tco
from tco_model.engine.compile import compile_scenario
from tco_model.engine.job import BLOCK, plan_job
from tco_model.engine.memory import MEMORY_BUDGET, needed_bytes
from tco_model.engine.outputs import all_outputs
from tco_model.engine.run import run, sampler_of
from tests.engine.scenarios import SMALL, alone, everything, formulas, make

MEGABYTE = 2**20


@functools.cache
def tiny() -> tco.Scenario:
    """Return a scenario with every kind of draw: laws, correlated laws, a random walk, events and their cost."""
    return make(
        {
            "api": formulas({"calls": "calls * price"}, success_share="62% to 71%"),
            "own": {"risk": {"outage": {"line": "incident_loss", "frequency": "1 to 6 event/year", "severity": "1k to 9k USD/event"}}}
            | {"success_share": "80%"},
        },
        inputs={
            "calls": {"start": "10k to 30k request/month", "growth": "pert(-10%, 20%, 60%)/year"},
            "price": {"start": "0.01 USD/request", "growth": "-20%/year", "volatility": "30%/year"},
        },
        timeline={"months": 3, "discount_rate": "8%/year"},
        outcome={"unit": "case", "volume": "5k case/month"},
        correlations=[{"between": ["calls", "calls.growth"], "rank": 0.4}],
    )


@contextmanager
def measured() -> Iterator[list[float]]:
    """Yield a list that holds the peak of allocated memory [MB] afterwards."""
    found: list[float] = []
    tracemalloc.start()
    try:
        yield found
        found.append(tracemalloc.get_traced_memory()[1] / MEGABYTE)
    finally:
        tracemalloc.stop()


class TestDeterminism:
    def test_same_seed_same_bytes_and_other_seed_other_draws(self) -> None:
        scenario = tco.load(SMALL)
        first, again, other = (tco.simulate(scenario, draws=700, seed=seed) for seed in (3, 3, 4))
        assert everything(first) == everything(again)
        for name, sample in first.kept.items():
            assert np.ptp(sample) == 0.0 or not np.any(sample == other.kept[name]), name

    def test_seed_zero_is_a_seed(self) -> None:
        assert everything(tco.simulate(tiny(), draws=50, seed=0)) != everything(tco.simulate(tiny(), draws=50))
        assert tco.simulate(tiny(), draws=50, seed=0).seed == 0

    @pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
    @pytest.mark.parametrize("block", [1, 5_000, 10**7])
    def test_block_size_changes_no_byte(self, design: str, block: int) -> None:
        model = compile_scenario(tco.load(SMALL, {"timeline.months": 20}))
        reference = run(model, draws=5_001, design=design)
        assert everything(run(model, draws=5_001, design=design, block=block)) == everything(reference)

    def test_reading_a_scenario_again_changes_no_byte(self) -> None:
        assert everything(tco.simulate(tco.load(SMALL), draws=99)) == everything(tco.simulate(tco.load(SMALL), draws=99))


MANY = 300_001
"""Draws that are spread over more than two tasks, the last one short."""


@pytest.fixture(scope="module")
def reference() -> dict[str, bytes]:
    return everything(tco.simulate(tiny(), draws=MANY))


class TestWorkers:
    @pytest.mark.parametrize("workers", [1, 2, 3])
    def test_threads_change_no_byte(self, reference: dict[str, bytes], workers: int) -> None:
        with ThreadPoolExecutor(workers) as pool:
            assert self.bytes_with(pool) == reference

    def test_processes_change_no_byte(self, reference: dict[str, bytes]) -> None:
        with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
            assert self.bytes_with(pool) == reference

    def bytes_with(self, pool: Executor) -> dict[str, bytes]:
        return everything(tco.simulate(tiny(), draws=MANY, executor=pool))

    def test_progress_rises_to_all_draws(self) -> None:
        seen: list[tuple[int, int]] = []
        tco.simulate(tiny(), draws=MANY, progress=lambda done, whole: seen.append((done, whole)))
        done = [one for one, _ in seen]
        assert done == sorted(set(done))
        assert done[-1] == MANY and {whole for _, whole in seen} == {MANY}


class TestLimits:
    def test_one_draw_is_its_own_mean_and_quantiles(self) -> None:
        result = tco.simulate(tco.load(SMALL), draws=1)
        for option in result.options:
            found = result.summary(option, "npv_cost")
            assert found.mean == found.p10 == found.p50 == found.p90 == result.sample(option, "npv_cost")[0]

    def test_nothing_uncertain_needs_no_draws(self) -> None:
        found = tco.simulate(alone("7 * fee", inputs={"fee": "1 USD/month"}), draws=5)
        assert np.array_equal(found.sample("only", "total_cost"), np.full(5, 84.0))

    def test_fans_can_be_left_out(self) -> None:
        model = compile_scenario(tiny())
        whole, lean = run(model, draws=500), run(model, draws=500, fans=False)
        assert {name: sample.tobytes() for name, sample in lean.kept.items()} == {
            name: sample.tobytes() for name, sample in whole.kept.items()
        }
        assert np.array_equal(lean.monthly_mean("api"), whole.monthly_mean("api"))

    @pytest.mark.parametrize("draws", [0, -5])
    def test_a_number_of_draws_below_one_is_refused(self, draws: int) -> None:
        with pytest.raises(tco.ScenarioError, match="draws"):
            tco.simulate(tiny(), draws=draws)

    def test_an_unknown_design_is_refused(self) -> None:
        with pytest.raises(tco.ScenarioError, match="latin_hypercube"):
            tco.simulate(tiny(), draws=5, design="latin")

    def test_a_figure_that_is_not_a_number_is_named(self) -> None:
        scenario = make(
            {"only": formulas({"cost": "cost"}, success_share="discrete(0: 0.5, 1: 0.5)")},
            inputs={"cost": "3 USD/month"},
            outcome={"unit": "case", "volume": "5 case/month"},
        )
        with pytest.raises(tco.ScenarioError, match=r"only\.cost_per_outcome: the figure is not a finite number"):
            tco.simulate(scenario, draws=50)

    def test_a_certain_division_by_zero_is_named_too(self) -> None:
        scenario = alone("fee / nothing", inputs={"fee": "1 USD/month", "nothing": "0"})
        with pytest.raises(tco.ScenarioError, match="not a finite number"):
            tco.simulate(scenario, draws=5)


def reckoned(scenario: tco.Scenario, draws: int, design: str = "random") -> int:
    """Return the bytes that a run is reckoned to take."""
    model = compile_scenario(scenario)
    sampler = sampler_of(model, draws, 1, design)
    return needed_bytes(plan_job(model, all_outputs(model), sampler), sampler, draws, BLOCK)


class TestMemory:
    def test_too_many_draws_are_refused_before_they_are_made(self) -> None:
        with measured() as peak, pytest.raises(tco.ScenarioError, match=r"need .* GB") as refused:
            tco.simulate(tiny(), draws=10**9)
        assert "lower the draws to" in refused.value.problems[0].mend
        assert peak == [] or peak[0] < 20.0

    def test_the_draws_named_in_the_refusal_are_accepted_and_one_more_is_not(self) -> None:
        with pytest.raises(tco.ScenarioError) as refused:
            tco.simulate(tiny(), draws=10**9)
        allowed = int(refused.value.problems[0].mend.rsplit(" ", 1)[1].replace(",", ""))
        with pytest.raises(tco.ScenarioError, match="need"):
            tco.simulate(tiny(), draws=allowed + 1)
        assert reckoned(tiny(), allowed) <= MEMORY_BUDGET < reckoned(tiny(), allowed + 1)

    def test_months_and_lines_count_too(self) -> None:
        """Half a million draws of two lines a month fit; of 600 months and of many options they do not."""
        assert reckoned(tco.load(SMALL), 500_000) < MEMORY_BUDGET / 4
        options = {f"option_{number}": formulas({f"line_{place}": "calls * price" for place in range(6)}) for number in range(12)}
        wide = make(options, inputs={"calls": "10k to 30k request/month", "price": "0.01 USD/request"}, timeline={"months": 600})
        with measured() as peak, pytest.raises(tco.ScenarioError, match=r"20,000 draws of 600 months and 72 lines need .* GB") as refused:
            tco.simulate(wide, draws=20_000)
        assert "lower the draws to" in refused.value.problems[0].mend
        assert peak == [] or peak[0] < 20.0

    @pytest.mark.parametrize(
        ("months", "draws", "design"), [(200, 3_000, "random"), (6, 60_000, "latin_hypercube"), (6, 150_000, "random")]
    )
    def test_what_is_reckoned_is_never_less_than_what_is_taken_nor_twice_as_much(self, months: int, draws: int, design: str) -> None:
        scenario = tco.load(SMALL, {"timeline.months": months})
        with measured() as peak:
            tco.simulate(scenario, draws=draws, design=design)
        found = reckoned(scenario, draws, design) / MEGABYTE
        assert peak[0] - 2.0 < found < 2.0 * peak[0] + 8.0

    def test_memory_grows_with_kept_figures_only(self) -> None:
        """Not with draws x months x lines: each line of 70,000 draws and 48 months would be 26 MB, and there are 17."""
        few, many, months = 35_000, 70_000, 48
        kept = len(tco.simulate(tco.load(SMALL), draws=1).kept)
        fewer, more = self.peak(few, months), self.peak(many, months)
        one_line = many * months * 8 / MEGABYTE
        assert more < 4.0 * one_line
        assert more - fewer < 2.0 * kept * (many - few) * 8 / MEGABYTE + 2.0

    def peak(self, draws: int, months: int) -> float:
        scenario = tco.load(SMALL, {"timeline.months": months})
        with measured() as found:
            tco.simulate(scenario, draws=draws)
        return found[0]
