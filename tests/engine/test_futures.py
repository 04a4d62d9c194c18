"""Held futures: nothing changed is the run itself, a change is what reading the file with that change gives, the rest stays as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import tco_model as tco
from tco_model.engine import futures as futures_module
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import MOST_DRAWS, Futures
from tco_model.engine.result import Result
from tco_model.engine.run import run
from tco_model.inputs.bounded import Triangular
from tco_model.scenario.load import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DRAWS = 600


def futures_of(name: str, design: str = "random") -> Futures:
    return Futures(compile_scenario(load(SCENARIOS / f"{name}.yaml")), draws=DRAWS, design=design)


def same(first: Result, second: Result, exactly: bool) -> None:
    for one, other in ((first.kept, second.kept), (first.means, second.means), (first.quantiles, second.quantiles)):
        assert one.keys() == other.keys()
        for name, values in one.items():
            if exactly:
                assert np.array_equal(values, other[name]), name
            else:
                assert np.broadcast_to(values, other[name].shape) == pytest.approx(other[name], rel=1e-9, abs=1e-6), name


@pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
@pytest.mark.parametrize("name", ["ml_platform", "support_assistant", "software_environments"])
def test_nothing_changed_is_the_run_to_the_byte(name: str, design: str) -> None:
    found = futures_of(name, design)
    same(found.base, run(found.model, draws=DRAWS, design=design), exactly=True)
    assert found.at({}) is found.base


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize(
    ("name", "leaf", "field", "value", "written"),
    [
        ("ml_platform", "inputs.batch_calls", "inputs.batch_calls", 0.3, "0.3 request/task"),
        ("ml_platform", "inputs.h200_price", "inputs.h200_price", 2.5, "2.5 USD/GPU/hour"),
        ("ml_platform", "inputs.own_outages", "inputs.own_outages", 9.0, "9 event/year"),
        ("ml_platform", "inputs.peak_to_mean", "inputs.peak_to_mean", 2.5, "2.5"),
        ("ml_platform", "timeline.inflation", "timeline.inflation", 0.05, "5%/year"),
        ("ml_platform", "timeline.discount_rate", "timeline.discount_rate", 0.03, "3%/year"),
        ("support_assistant", "inputs.involvement", "inputs.involvement", 0.5, "50%"),
        ("software_environments", "inputs.products.growth", "inputs.products.growth", 0.1, "10%/year"),
    ],
)
def test_a_changed_input_is_the_file_with_that_change(
    name: str, leaf: str, field: str, value: float, written: str, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not held:
        monkeypatch.setattr(futures_module, "MOST_HELD", 0)
    found = futures_of(name)
    changed = load(SCENARIOS / f"{name}.yaml", {field: written})
    afresh = run(compile_scenario(changed), draws=DRAWS)
    same(found.at({leaf: value}), afresh, exactly=False)
    figure = changed.decision.decide_by
    assert found.samples(figure, {leaf: value}) == pytest.approx(np.array([afresh.sample(option, figure) for option in afresh.options]))
    same(found.at({}), run(found.model, draws=DRAWS), exactly=True)


def test_another_law_is_drawn_at_the_same_quantiles_and_keeps_its_correlations() -> None:
    found = futures_of("ml_platform")
    law = Triangular(1.0, 2.0, 4.0)
    changed = load(SCENARIOS / "ml_platform.yaml", {"inputs.serving_engineers": "triangular(1, 2, 4) FTE"})
    same(found.at({"inputs.serving_engineers": law}), run(compile_scenario(changed), draws=DRAWS), exactly=False)
    ranks = [
        np.argsort(np.argsort(values)) for values in (found.inputs["inputs.serving_engineers"], found.inputs["inputs.platform_effort"])
    ]
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(0.6, abs=0.1)


def test_several_changes_at_once_and_draws_put_in_place() -> None:
    found = futures_of("ml_platform")
    both = found.at({"inputs.toil_per_replica": 4.0, "inputs.h200_price": 2.5})
    changed = load(
        SCENARIOS / "ml_platform.yaml", {"inputs.toil_per_replica": "4 hour/replica/month", "inputs.h200_price": "2.5 USD/GPU/hour"}
    )
    same(both, run(compile_scenario(changed), draws=DRAWS), exactly=False)
    own = found.inputs["inputs.tasks.start"]
    assert np.array_equal(found.samples("npv_cost", {"inputs.tasks.start": own}), found.samples("npv_cost"))
    shuffled = found.samples("npv_cost", {"inputs.tasks.start": own[::-1].copy()})
    assert not np.array_equal(shuffled, found.samples("npv_cost"))


def test_only_what_depends_on_the_change_is_computed_again() -> None:
    found = futures_of("ml_platform")
    changed = found.at({"inputs.host_price": 2.0}) if "inputs.host_price" in found.inputs else found.at({"inputs.electricity": 0.5})
    owned = [
        option for option in changed.options if changed.kept[f"draw/{option}/npv_cost"] is not found.base.kept[f"draw/{option}/npv_cost"]
    ]
    assert 0 < len(owned) < len(changed.options)


def test_cost_of_events_is_what_the_risk_lines_hold() -> None:
    model = compile_scenario(
        tco.loads(
            """
schema: 1
decision: {title: t, question: q, decide_by: total_cost}
timeline: {start: 2027-01, months: 24, currency: USD, basis: nominal, inflation: 0%/year, discount_rate: 0%/year, discount_timing: end}
simulation: {draws: 500, seed: 3}
options:
  a:
    token: {none: nothing is bought}
    compute: {none: nothing runs}
    storage: {none: nothing is kept}
    observability: {none: nothing is watched}
    labour: {none: nobody works on it}
    migration: {none: nothing moves}
    fees: {none: nobody asks any}
    risk:
      fire: {line: incident_loss, frequency: 2 event/year, severity: 1k to 9k USD/event}
"""
        )
    )
    found = Futures(model)
    (cost,) = found.events.values()
    assert cost == pytest.approx(found.samples("total_cost")[0])
    assert cost.std() > 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"inputs.taskz.start": 1.0}, "no input"),
        ({"inputs.tasks.start": np.ones(7)}, "cannot be set"),
        ({"timeline.discount_rate": Triangular(0.0, 0.1, 0.2)}, "cannot be set"),
        ({"timeline.discount_rate": np.ones(7)}, "cannot be set"),
        ({"inputs.tasks.start": float("nan")}, "finite"),
    ],
)
def test_changes_that_make_no_sense(changes: dict[str, object], says: str) -> None:
    with pytest.raises(tco.ScenarioError, match=says):
        futures_of("ml_platform").at(changes)  # type: ignore[arg-type]


def test_what_cannot_be_held_or_is_no_figure_is_refused() -> None:
    model = compile_scenario(load(SCENARIOS / "ml_platform.yaml"))
    with pytest.raises(tco.ScenarioError, match="too many to hold"):
        Futures(model, draws=MOST_DRAWS + 1)
    with pytest.raises(tco.ScenarioError, match="npv_cost"):
        Futures(model, draws=100).samples("npv_cots")


@pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
@pytest.mark.parametrize("held", [True, False])
def test_the_first_futures_are_the_first_of_all(design: str, held: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not held:
        monkeypatch.setattr(futures_module, "MOST_HELD", 0)
    whole = futures_of("ml_platform", design)
    first, changes = whole.first(200), {"inputs.own_outages": 9.0, "inputs.h200_price": 2.5}
    law = {"inputs.serving_engineers": Triangular(1.0, 2.0, 4.0)}
    for change in ({}, changes, law):
        assert np.array_equal(first.samples("npv_cost", change), whole.samples("npv_cost", change)[:, :200])
    part, all_of = first.at(changes), whole.at(changes)
    assert part.draws == 200
    for name, values in part.kept.items():
        assert np.array_equal(values, all_of.kept[name][:200]), name


def test_the_first_futures_of_plain_draws_are_those_of_a_shorter_run() -> None:
    found = futures_of("ml_platform").first(200)
    same(found.base, run(found.model, draws=200, design="random"), exactly=True)


def test_two_readers_change_the_same_futures_without_meeting() -> None:
    one = futures_of("ml_platform")
    other, alone = one.another(), futures_of("ml_platform")
    changes = [{"inputs.h200_price": price} for price in (2.0, 2.5, 3.0, 3.5)]
    with ThreadPoolExecutor(2) as pool:
        found = list(
            pool.map(lambda work: work[0].at(work[1]), [(one if place % 2 else other, change) for place, change in enumerate(changes)])
        )
    for result, change in zip(found, changes, strict=True):
        same(result, alone.at(change), exactly=True)
    same(other.at({}), alone.base, exactly=True)


@pytest.mark.parametrize("draws", [DRAWS, 20_000], ids=["one thread", "threads"])
def test_work_that_is_given_up_leaves_nothing_behind(draws: int) -> None:
    found = Futures(compile_scenario(load(SCENARIOS / "ml_platform.yaml")), draws=draws)
    wanted, called = found.at({"inputs.h200_price": 2.5}), []

    def give_up() -> None:
        called.append(None)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        found.at({"inputs.h200_price": 3.5}, give_up)
    assert called
    same(found.at({"inputs.h200_price": 2.5}, lambda: called.append(None)), wanted, exactly=True)
    assert len(called) > 1
