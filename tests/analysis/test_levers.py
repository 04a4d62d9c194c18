"""Levers and variants: what each does is what the file with that change does, on the same futures, and what overlaps is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import tco_model as tco
from tco_model.analysis.levers import LeverEffect, Levers
from tco_model.cli import main

SHIPPED = Path(__file__).parents[2] / "scenarios"
TEXT = """
schema: 1
decision: {title: Levers, question: Which?, decide_by: total_cost}
timeline: {start: 2027-01, months: 10, discount_rate: 0%/year}
simulation: {draws: 400, seed: 5}
inputs:
  price: 80 to 120 USD/unit/month
  need: {value: 10 to 30 unit, source: made for the test, as_of: 2026-11-01}
outcome: {name: case solved, unit: case, volume: 1000 case/month}
options:
  a:
    success_share: 80%
    token: {use: {formula: = need * price}}
    compute: {none: not part of this test}
    storage: {none: not part of this test}
    observability: {none: not part of this test}
    labour: {none: not part of this test}
    migration: {none: not part of this test}
    risk: {none: not part of this test}
    fees: {none: not part of this test}
  b:
    success_share: 90%
    token: {use: {formula: '= need * quantity("150 USD/unit/month")'}}
    compute: {none: not part of this test}
    storage: {none: not part of this test}
    observability: {none: not part of this test}
    labour: {none: not part of this test}
    migration: {move: {line: one_off, amount: 50 USD}}
    risk: {none: not part of this test}
    fees: {none: not part of this test}
levers:
  use_less: {label: Use less, times: {inputs.need: 50%}, effort: 2 FTE*month}
  pay_less: {times: {inputs.price: 0.8}, one_off: {a: 300 USD}, effort: 1 FTE*month, risk: a contract of a year}
  worse: {plus: {options.a.success_share: -10%}, times: {inputs.price: 90%}}
  ranged: {times: {inputs.need: 80% to 95%}}
variants:
  dear: {label: Dear, stress: true, set: {inputs.price: 300 USD/unit/month}}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "decision.yaml").write_text(TEXT)
    return tmp_path / "decision.yaml"


def effects(found: Levers) -> dict[str, LeverEffect]:
    return {one.name: one for one in found.levers}


def test_each_alone_by_hand_on_the_same_futures(path: Path) -> None:
    base = tco.simulate(tco.load(path))
    cost = {option: base.sample(option, "total_cost") for option in ("a", "b")}
    found = effects(tco.levers(path))
    halved = {one.option: one for one in found["use_less"].effects}
    assert halved["a"].mean.value == pytest.approx(-cost["a"].mean() / 2)
    assert halved["b"].mean.value == pytest.approx(-(cost["b"] - 50).mean() / 2)
    assert halved["a"].p10 == pytest.approx(-np.quantile(cost["a"], 0.9) / 2)
    assert halved["a"].cost_per_outcome == pytest.approx(-cost["a"].mean() / 2 / 8000)
    (cheaper,) = found["pay_less"].effects
    assert cheaper.option == "a"
    assert cheaper.mean.value == pytest.approx(300 - 0.2 * cost["a"].mean())


def test_what_saves_money_and_loses_outcomes_is_flagged(path: Path) -> None:
    (worse,) = effects(tco.levers(path))["worse"].effects
    assert worse.saves and worse.loses_outcomes
    assert worse.outcomes == pytest.approx(-0.125)
    done = CliRunner().invoke(main, ["levers", str(path)])
    assert done.exit_code == 0
    assert "worse: saves money and loses outcomes" in done.output
    data = json.loads(CliRunner().invoke(main, ["levers", str(path), "--json"]).output)
    assert {row["name"]: row["flags"] for row in data["levers"]}["worse"] == ["saves money and loses outcomes"]


def test_ranked_by_value_for_effort(path: Path) -> None:
    found = tco.levers(path)
    by_effort = [one.value_per_effort for one in found.levers if one.value_per_effort]
    assert by_effort == sorted(by_effort, reverse=True)
    assert effects(found)["pay_less"].effort == 1
    assert effects(found)["ranged"].value_per_effort is None


def test_one_after_the_other_and_together_with_their_interaction(path: Path) -> None:
    found = tco.levers(path)
    for option in ("a", "b"):
        steps = sum(added[option] for _, added in found.in_order)
        assert steps == pytest.approx(found.together[option].mean.value)
        alone = sum(one.mean.value for lever in found.levers for one in lever.effects if one.option == option)
        assert found.interaction[option] == pytest.approx(found.together[option].mean.value - alone)
    assert found.interaction["a"] > 0, "half of a smaller bill is less than half of the whole"
    assert [name for name, _ in found.in_order] == ["use_less", "pay_less", "worse", "ranged"]


def test_the_range_of_a_lever_widens_what_it_does(path: Path) -> None:
    ranged = effects(tco.levers(path))["ranged"].effects[0]
    cost = tco.simulate(tco.load(path)).sample("a", "total_cost")
    shares = np.array([0.05, 0.2])
    assert ranged.p10 < -cost.mean() * shares.mean() < ranged.p90 < 0


def test_a_variant_is_the_file_with_that_change(path: Path) -> None:
    found = tco.variants(path)
    written, dear = found.cases
    assert (written.preferred, dear.preferred) == ("a", "b")
    assert dear.stress
    changed = tco.simulate(tco.load(path, {"inputs.price": "300 USD/unit/month"}))
    assert dear.mean["a"] == pytest.approx(changed.summary("a", "total_cost").mean)
    assert dear.chance_best["b"].value == 1.0
    assert "Dear (stress)" in CliRunner().invoke(main, ["variants", str(path)]).output


def test_without_levers_or_variants_it_says_how_to_write_them() -> None:
    small = str(Path(__file__).parents[1] / "data" / "small.yaml")
    for verb in ("levers", "variants"):
        done = CliRunner().invoke(main, [verb, small, "--draws", "100"])
        assert done.exit_code == 0
        assert f"under {verb}: in the file" in done.output


@pytest.mark.parametrize("name", ["ml_platform", "support_assistant"])
def test_shipped_levers_and_variants_all_apply(name: str) -> None:
    found = tco.levers(SHIPPED / f"{name}.yaml", draws=300)
    assert all(lever.effects for lever in found.levers)
    cases = tco.variants(SHIPPED / f"{name}.yaml", draws=300).cases
    assert len({tuple(case.mean.values()) for case in cases}) == len(cases)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        (("inputs.need: 50%", "inputs.nead: 50%"), "levers.use_less.times.inputs.nead", "holds no quantity"),
        (("inputs.need: 50%", "inputs.need: -50%"), "levers.use_less.times.inputs.need", "at least 0"),
        (("inputs.need: 50%", "inputs.need: = price"), "levers.use_less.times.inputs.need", "not a formula"),
        (("effort: 2 FTE*month", "effort: 2 USD"), "levers.use_less.effort", "FTE"),
        (("effort: 2 FTE*month", "efort: 2 FTE*month"), "levers.use_less.efort", "unknown key"),
        (("times: {inputs.need: 50%}, effort: 2 FTE*month", "risk: none"), "levers.use_less", "changes nothing"),
        (("{a: 300 USD}", "{z: 300 USD}"), "levers.pay_less.one_off.z", "no option 'z'"),
        (("set: {inputs.price: 300", "set: {inputs.prise: 300"), "variants.dear.set.inputs.prise", "there is no"),
        (("-10%", "+30%"), "options.a.success_share", "must be at least 0 and at most 1"),
        (("times: {inputs.price: 0.8}", "plus: {inputs.price: 3 GPU}"), "levers.pay_less.plus.inputs.price", "GPU"),
        (("  dear: {label", "  worse: {label"), "variants.worse", "name of a lever and of a variant"),
    ],
)
def test_changes_that_do_not_fit_are_told_at_their_line(tmp_path: Path, change: tuple[str, str], field: str, says: str) -> None:
    assert change[0] in TEXT
    path = tmp_path / "decision.yaml"
    path.write_text(TEXT.replace(*change, 1))
    with pytest.raises(tco.ScenarioError) as caught:
        tco.levers(path)
        tco.variants(path)
    found = [(problem.field, problem.message, problem.line) for problem in caught.value.problems]
    assert any(name == field and says in message and line > 0 for name, message, line in found), found


def test_an_unknown_change_offers_the_nearest(path: Path) -> None:
    with pytest.raises(tco.ScenarioError, match="did you mean 'use_less'"):
        tco.load(path, None, ["use_les"])
