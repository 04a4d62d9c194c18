"""Holds values set by hand for one run: they are read as the file would read them, and a problem names them and no line of the file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import tco_model as tco
from tco_model.errors import Problem

GOOD = (Path(__file__).parents[1] / "bad_input" / "good.yaml").read_text()


def with_set(**overrides: Any) -> tco.Scenario:
    """The good scenario with fields set by hand; two underscores stand for a dot."""
    return tco.loads(GOOD, "good.yaml", {key.replace("__", "."): value for key, value in overrides.items()})


def refused(**overrides: Any) -> tuple[Problem, ...]:
    with pytest.raises(tco.ScenarioError) as caught:
        tco.check(with_set(**overrides))
    return caught.value.problems


def quantity(scenario: tco.Scenario, name: str) -> Any:
    return dict(scenario.inputs)[name]


def test_a_text_is_read_as_the_file_would_read_it() -> None:
    assert with_set(timeline__months="36").timeline.months == 36
    assert with_set(timeline__months=36).timeline.months == 36
    assert with_set(decision__title="no").decision.title == "no"
    assert with_set(decision__as_of="2026-12-01").decision.as_of == dt.date(2026, 12, 1)
    assert with_set(options__hosted__baseline="true", options__managed__baseline="false").baseline == "hosted"
    assert quantity(with_set(inputs__pay="100k USD/FTE/year"), "pay").content == 100e3
    assert with_set(options__hosted__phases="{migrate: 6, run: rest}").options[1].phases[0].stop == 6


def test_the_file_is_read_afresh_each_time() -> None:
    with_set(timeline__months=60)
    assert with_set(simulation__seed=2).timeline.months == 24


def test_a_part_of_a_mapping() -> None:
    cases = quantity(with_set(inputs__cases__start="70k cases/month"), "cases")
    assert cases.content.start == 70e3
    assert cases.provenance.source == "help desk"


def test_a_path_gives_way_to_a_plain_value_and_back() -> None:
    assert quantity(with_set(inputs__cases="70k cases/month"), "cases").content == 70e3
    assert quantity(with_set(inputs__pay="{start: 100k USD/FTE/year, growth: 3%/year}"), "pay").content.growth == 0.03
    assert quantity(with_set(inputs__pay={"start": "100k USD/FTE/year", "growth": "3%/year"}), "pay").content.growth == 0.03


def test_a_sourced_value_set_by_hand_loses_its_source() -> None:
    """The source vouches for what it said, not for what somebody tries out."""
    before, after = (dict(scenario.exchange_rates)["EUR"] for scenario in (tco.loads(GOOD), with_set(exchange_rates__EUR="1.2 USD/EUR")))
    assert not before.provenance.is_assumption
    assert after.content == 1.2
    assert after.provenance.is_assumption
    assert after.provenance.note == "set by hand for this run"


def test_a_field_that_the_file_leaves_out_can_be_set() -> None:
    assert with_set(demand__agents__subagents="2 agent/task")
    assert with_set(timeline__basis="real").timeline.basis == "real"
    absent = GOOD.replace("simulation:\n  draws: 1000\n  seed: 7\n  design: random\n", "")
    assert tco.loads(absent, overrides={"simulation.draws": "500"}).simulation.draws == 500


def test_an_entry_of_a_list() -> None:
    assert with_set(correlations__0__rank="0.5").correlations[0].rank == 0.5


@pytest.mark.parametrize(
    ("path", "said", "mend"),
    [
        ("inputs.casess", "there is no 'inputs.casess' in the scenario", "did you mean 'cases'?"),
        ("inputs.zzz", "there is no 'inputs.zzz' in the scenario", "known names here: cases, growth_of_price"),
        ("inputs.", "there is no 'inputs.' in the scenario", "known names here"),
        ("options.managd.success_share", "there is no 'options.managd' in the scenario", "did you mean 'managed'?"),
        ("demand.lives.requests", "there is no 'demand.lives' in the scenario", "did you mean 'live'?"),
        ("options.hosted.fleets.mian.peak_to_mean", "there is no 'options.hosted.fleets.mian'", "did you mean 'main'?"),
        ("options.managed.token.apy.output_price", "'options.managed.token.apy' is not in the file", "did you mean 'api'?"),
        ("timelin.months", "'timelin' is not in the file", "did you mean 'timeline'?"),
        ("timeline.months.first", "'timeline.months' holds a value, not keys", "set timeline.months itself"),
        ("correlations.7.rank", "'correlations.7' is no entry of a list of 2", "count from 0: correlations.0"),
        ("correlations.first.rank", "'correlations.first' is no entry of a list of 2", "count from 0"),
        ("", "'' in the scenario", "known names here"),
    ],
)
def test_a_path_that_leads_nowhere(path: str, said: str, mend: str) -> None:
    with pytest.raises(tco.ScenarioError) as caught:
        tco.loads(GOOD, "good.yaml", {path: "5"})
    (problem,) = caught.value.problems
    assert said in problem.message
    assert mend in problem.mend
    assert (problem.field, problem.file, problem.line, problem.value) == (path, "--set", 0, "5")


@pytest.mark.parametrize(
    ("path", "value", "said", "mend"),
    [
        ("timeline.months", "two years", "'two years' is not a whole number", "months: 36"),
        ("timeline.months", "0", "'0' is below 1", "months: 1 or more"),
        ("timeline.months", True, "'True' is not a whole number", "months: 36"),
        ("timeline.months", ".nan", "'.nan' is not a finite number", "finite number"),
        ("timeline.months", "1e400", "'1e400' is too large a number", "write the number"),
        ("timeline.start", "2027-13", "'2027-13' is not a month", "2027-04"),
        ("timeline.monhts", "36", "unknown key 'monhts'", "did you mean 'months'?"),
        ("simulation.seed", "-1", "'-1' is below 0", "seed: 0 or more"),
        ("inputs.pay", "a lot", "'a lot' does not start with a number", "12.5"),
        ("inputs.pay", float("nan"), "'nan' is not a finite number", "finite number"),
        ("inputs.pay", float("inf"), "'inf' is not a finite number", "finite number"),
        ("inputs.pay", None, "nothing is not a quantity", "12.5"),
        ("inputs.pay", [1, 2], "'[1, 2]' is not a quantity", "12.5"),
        ("inputs.pay", "{start: 5", "'{start: 5' cannot be read", "brackets"),
        ("inputs.pay", "{start: &a 5}", "cannot be read: anchors and aliases", "= name"),
        ("demand.live.input_tokens", "-5 tokens/request", "'-5 tokens/request' leaves the range at least 0", "at least 0"),
        ("demand.live.input_tokens", "5", "'5' is without a unit; token/request is needed", "token/request"),
        ("demand.live.input_tokns", "5", "unknown key 'input_tokns'", "did you mean 'input_tokens'?"),
        ("options.managed.success_share", "120%", "'120%' leaves the range between 0 and 1", "between 0 and 1"),
        ("options.managed.compute", "none", "'compute' is 'none', not a mapping", "{none: why"),
        ("demand.live.requests", "= casess", "unknown name 'casess' in a formula", "did you mean 'cases'?"),
        ("demand.live.cached_share", "= 2 * hit_share + 0.1", "cached_share must be at least 0 and at most 1", "min(…)"),
        ("schema", "2", "schema '2' is not known", "schema: 1"),
        ("correlations.0.rank", "3", "'3.0' is above 1", "rank: 1 or less"),
    ],
)
def test_a_value_that_cannot_stand_there(path: str, value: Any, said: str, mend: str) -> None:
    with pytest.raises(tco.ScenarioError) as caught:
        tco.check(tco.loads(GOOD, "good.yaml", {path: value}))
    (problem,) = caught.value.problems
    assert said in problem.message
    assert mend in problem.mend
    assert (problem.field, problem.file, problem.line) == (path, "--set", 0)
    assert str(problem).startswith(f"--set: {path}: ")


def test_every_bad_override_is_told_at_once() -> None:
    problems = refused(inputs__casess="5", timeline__months__x="5", simulation__seed=".nan")
    assert {problem.field for problem in problems} == {"inputs.casess", "timeline.months.x", "simulation.seed"}


def test_a_fault_of_the_file_keeps_its_line() -> None:
    """The override is fine; what it leads to elsewhere is the file's own place."""
    (problem,) = refused(timeline__currency="EUR", exchange_rates="{USD: 0.9 EUR/USD}", options__hosted__phases="{pilot: 4, run: rest}")
    assert problem.field == "options.hosted.migration.work.phases"
    assert (problem.file, GOOD.splitlines()[problem.line - 1].strip()) == ("good.yaml", "phases: migrate")
