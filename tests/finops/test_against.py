"""Unit costs held against a model: a scenario without chance gives its cost per outcome by hand, and what does not fit is told."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import tco_model.api as tco
from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.exporters.unit_table import metric_rows
from tco_model.finops.against import Modelled, chosen_metrics, modelled
from tco_model.finops.metric_rules import Against
from tco_model.finops.rules import Allocation
from tco_model.finops.starter import STARTER
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.report.unit_costs import against_sentences
from tests.finops.bills import rules

NONE = "\n".join(
    f"    {name}: {{none: nothing of it is needed here}}" for name in ("storage", "observability", "migration", "risk", "fees")
)
SCENARIO = f"""schema: 1
decision: {{title: By hand, question: What does a case cost?, as_of: 2026-11-20}}
timeline: {{start: 2026-04, months: 12, discount_rate: 0%/year}}
simulation: {{draws: 1000, seed: 1}}
outcome: {{name: case resolved, unit: case, volume: 100 cases/month}}
options:
  api:
    baseline: true
    success_share: 50%
    token: {{bill: {{formula: '= quantity("200 USD/month")'}}}}
    compute: {{bill: {{formula: '= quantity("60 USD/month")'}}}}
    labour: {{people: {{formula: '= quantity("440 USD/month")'}}}}
{NONE}
"""
"""700 USD a month for 100 cases of which every second is resolved: 14 USD a case, 4 of them for tokens, 1.2 for compute."""
SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
HEAD = "rules: [{name: all, when: {SubAccountName: a}, owner: lab}]\nmetrics:\n"


def held(more: str = "", unit: str = "case") -> Allocation:
    return rules(f"{HEAD}  - {{name: m, unit: {unit}, owner: lab, per: outcomes, product: p{more}}}\n")


def actual(*values: float, unit: str = "case", currency: str = "USD", scale: int = 1) -> UnitMetric:
    months = tuple(f"2026-0{5 + place}" for place in range(len(values)))
    costs = tuple(Decimal(str(value)) / scale for value in values)
    return UnitMetric("m", unit, "f", "EffectiveCost", currency, scale, months, costs, (Decimal(1),) * len(values))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO)
    return path


def found(file: Path, one: UnitMetric, **against: Any) -> Modelled:
    said = {"m": Against(scenario=str(file), **against)}
    return modelled([one], held(), file.parent, said)["m"]


@pytest.mark.parametrize(("categories", "cost"), [((), 14), (("token",), 4), (("token", "compute"), 5.2)])
def test_the_cost_of_an_outcome_is_that_worked_out_by_hand(file: Path, categories: tuple[str, ...], cost: float) -> None:
    model = found(file, actual(14.0), categories=categories)
    assert (model.p10, model.p50, model.p90) == (pytest.approx(cost),) * 3
    assert (model.unit, model.start, model.end, model.basis, model.option) == ("USD/case", "2026-04", "2027-03", "nominal", "api")


def test_a_metric_for_a_thousand_is_held_against_a_thousand_outcomes(file: Path) -> None:
    model = found(file, actual(14_000.0, unit="1k cases", scale=1000))
    assert model.p50 == pytest.approx(14_000) and model.unit == "USD/1k cases"


@pytest.mark.parametrize("option", ["managed", "hosted"])
def test_quantiles_are_those_of_the_simulation(option: str) -> None:
    wanted = tco.simulate(tco.load(SMALL)).summary(option, "cost_per_outcome")
    model = found(SMALL, actual(1.0), option=option)
    assert (model.p10, model.p50, model.p90) == pytest.approx((wanted.p10, wanted.p50, wanted.p90), rel=1e-9)
    assert model.p10 < model.p50 < model.p90


def test_the_standing_is_inside_from_end_to_end() -> None:
    model = found(SMALL, actual(1.0), option="managed")
    stands = [model.standing(value) for value in (model.p10 * 0.999, model.p10, model.p50, model.p90, model.p90 * 1.001)]
    assert stands == ["below", "inside", "inside", "inside", "above"]


@pytest.mark.parametrize(
    ("one", "more", "words"),
    [
        (actual(1.0, currency="EUR"), {}, "'m' is in EUR, the scenario in USD"),
        (actual(1.0, unit="search"), {}, "'m' is per search, the scenario counts one outcome per case"),
        (actual(1.0, unit="hour"), {}, "one outcome per case"),
        (actual(1.0), {"option": "apo"}, "api"),
        (actual(1.0), {"categories": ("risk",)}, "name some of token, compute, labour"),
    ],
)
def test_what_does_not_fit_is_told(file: Path, one: UnitMetric, more: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        found(file, one, **more)
    assert any(words in f"{problem.message} {problem.mend}" and problem.file for problem in caught.value.problems)


def test_one_of_several_options_must_be_named_and_an_outcome_counted(file: Path) -> None:
    with pytest.raises(ScenarioError, match="2 options"):
        found(SMALL, actual(1.0))
    file.write_text(SCENARIO.replace("outcome:", "# outcome:").replace("    success_share: 50%\n", ""))
    with pytest.raises(ScenarioError, match="counts no outcome"):
        found(file, actual(1.0))


def test_the_allocation_file_names_its_scenario_from_where_it_lies(file: Path) -> None:
    said = held(", against: {scenario: scenario.yaml, categories: token}")
    assert modelled([actual(3.0)], said, file.parent)["m"].p50 == pytest.approx(4)
    with pytest.raises(ScenarioError, match="cannot be read"):
        modelled([actual(3.0)], said, file.parent / "elsewhere")
    with pytest.raises(ScenarioError, match="tokne"):
        held(", against: {scenario: scenario.yaml, categories: tokne}")
    with pytest.raises(ScenarioError, match="foresees the cost of an outcome"):
        rules(f"{HEAD}  - {{name: m, unit: r, owner: lab, per: usage, column: Requests, against: {{scenario: s.yaml}}}}\n")


def test_a_person_holds_what_counts_outcomes_in_the_unit_of_the_scenario(file: Path) -> None:
    both = rules(
        f"{HEAD}  - {{name: m, unit: case, owner: lab, per: outcomes, product: p}}\n"
        "  - {name: n, unit: search, owner: lab, per: outcomes, product: q}\n"
        "  - {name: o, unit: case, owner: lab, per: usage, column: Requests}\n"
    )
    assert list(chosen_metrics(file, "", (), "", both)) == ["m"]
    assert list(chosen_metrics(file, "", (), "n", both)) == ["n"]  # and is told that it does not fit, once it is held against it
    for wrong in (("o", ()), ("", ("tokne",))):
        with pytest.raises(ScenarioError):
            chosen_metrics(file, "", wrong[1], wrong[0], both)
    with pytest.raises(ScenarioError, match="n is per search"):
        chosen_metrics(file, "", (), "", rules(f"{HEAD}  - {{name: n, unit: search, owner: lab, per: outcomes, product: q}}\n"))


def test_the_sentences_say_where_it_lies_and_what_differs(file: Path) -> None:
    one = actual(3.0, 20.0)
    said = " ".join(against_sentences(one, found(file, one)))
    assert "11.5 is below the model's range over all months, 20.0 is above the model's range in 2026-06" in said
    assert "14.0 to 14.0 USD/case" in said and "people above all" in said and "no month" not in said
    narrow = " ".join(against_sentences(one, found(file, one, categories=("token",)), "2026-05"))
    assert "3.00 is below the model's range in 2026-05" in narrow and "token alone" in narrow and "people above all" not in narrow
    early = UnitMetric("m", "case", "f", "EffectiveCost", "USD", 1, ("2025-01",), (Decimal(1),), (Decimal(1),))
    assert "no month of it is on the model's timeline" in " ".join(against_sentences(early, found(file, early)))
    none = UnitMetric("m", "case", "f", "EffectiveCost", "USD", 1, ("2026-05",), (Decimal(1),), (None,))
    assert "nothing was counted" in " ".join(against_sentences(none, found(file, none)))


def test_rows_hold_both_sides(file: Path) -> None:
    one = actual(3.0, 20.0)
    row = metric_rows([one], {"m": found(file, one)})[0]
    assert (row["model_p50"], row["model_unit"], row["all_months_stand"]) == (pytest.approx(14), "USD/case", "below")
    assert metric_rows([one])[0]["model_p50"] is None and set(metric_rows([one])[0]) == set(row)


def test_the_commands_on_the_sample_year(sample_year: Path, tmp_path: Path) -> None:
    place, allocation = sample_year, tmp_path / "allocation.yaml"
    allocation.write_text(STARTER)
    (tmp_path / "scenario.yaml").write_text(SCENARIO.replace("440", "60"))
    run = CliRunner().invoke
    asked = ["unit-metrics", str(place), "--rules", str(allocation), "--scenario", str(tmp_path / "scenario.yaml")]
    rows = json.loads(run(main, [*asked, "--json"]).output)["metrics"]
    foreseen = {row["metric"] for row in rows if row["model_p50"] is not None}
    assert foreseen == {"cost per resolved case"}
    told = run(main, asked)
    assert told.exit_code == 0, told.output
    assert "Held against the model" in told.output and "below" in told.output and "gateway request by size" in told.output
    bands = [row for row in rows if row["band"] and row["month"] == "2026-09"]
    (whole,) = (row for row in rows if (row["metric"], row["band"], row["month"]) == ("gateway request", "", "2026-09"))
    assert sum(Decimal(row["cost_amount"]) for row in bands) == Decimal(whole["cost_amount"])
    assert sum(int(row["count"] or 0) for row in bands) == int(whole["count"])
    runs = [row["count"] for row in rows if row["metric"] == "training run"]
    assert [int(count) for count in runs if count] == [3, 3, 3, 3]
    cycles = [int(row["count"]) for row in rows if row["metric"] == "evaluation cycle"]
    assert cycles == [31, 30, 31, 31, 28, 31, 30, 31, 30, 31, 31, 30]
    stated = ["showback", str(place), "--rules", str(allocation), "--owner", "support-eng", "--month", "2026-08"]
    allocation.write_text(STARTER.replace("product: support-assistant}", "product: support-assistant, against: {scenario: scenario.yaml}}"))
    paper = tmp_path / "statement.md"
    shown = run(main, [*stated, "-o", str(paper)])
    assert shown.exit_code == 0, shown.output
    for text in (shown.output, paper.read_text()):
        assert "Unit costs of support-eng" in text and "in 2026-08" in " ".join(text.split())
    (only,) = json.loads(run(main, [*stated, "--json"]).output)["unit_costs"]
    assert (only["month"], only["all_months_stand"]) == ("2026-08", "below")
    lone = run(main, ["unit-metrics", str(place), "--rules", str(allocation), "--option", "api"])
    assert lone.exit_code == 2 and "--scenario" in lone.output
