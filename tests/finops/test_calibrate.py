"""Calibration: closed forms, recovery of what is true, and an edit of the scenario that keeps everything else."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from click.testing import CliRunner

from tco_model.cli import main
from tco_model.engine.compile import compile_scenario
from tco_model.errors import ScenarioError
from tco_model.finops.calibrate import calibrated_text, propose
from tco_model.finops.evidence import Evidence, read_evidence
from tco_model.finops.posterior import from_trials, from_values
from tco_model.inputs.distributions import Beta, LogNormal, Normal, Pert, Uniform
from tco_model.scenario.edit import read_text
from tco_model.scenario.load import load

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "support_assistant.yaml"


class TestClosedForms:
    def test_a_beta_law_and_trials(self) -> None:
        found = from_trials(Beta(4.0, 6.0), 30, 50)
        assert found.beta == (34.0, 26.0) and not found.conflict
        np.testing.assert_allclose(found.after, Beta(34.0, 26.0).ppf(np.array([0.05, 0.5, 0.95])))

    def test_a_uniform_share_and_trials_is_the_beta_law_of_bayes(self) -> None:
        found = from_trials(Uniform(0.0, 1.0), 30, 50)
        np.testing.assert_allclose(found.after, Beta(31.0, 21.0).ppf(np.array([0.05, 0.5, 0.95])), atol=1e-4)

    @pytest.mark.parametrize("logarithm", [False, True])
    def test_normal_and_lognormal_with_many_months_is_normal_normal(self, logarithm: bool) -> None:
        """Prior N(10, 2²), mean 12 of 400 months with standard error 1: mean 11.6, spread √0.8; on logarithms for a lognormal law."""
        data = 12 + np.tile([-1.0, 1.0], 200) * 20 * np.sqrt(399 / 400)
        mean, spread = 11.6, np.sqrt(0.8)
        expected = mean + spread * np.array([-1.6449, 0, 1.6449])
        if logarithm:
            law, values, expected = LogNormal(10 / 10, 2 / 10), np.exp(data / 10), np.exp(expected / 10)
        else:
            law, values = Normal(10.0, 2.0), data
        np.testing.assert_allclose(from_values(law, values.tolist()).after, expected, rtol=4e-3)

    def test_the_order_of_months_and_the_unit_do_not_matter(self) -> None:
        law, values = LogNormal(3.0, 0.4), [18.0, 22.0, 25.0, 19.0]
        plain = from_values(law, values).after
        assert plain == pytest.approx(from_values(law, values[::-1]).after)
        np.testing.assert_allclose(from_values(law.scaled(1000.0), [1000 * one for one in values]).after, 1000 * np.array(plain))


class TestRecovery:
    @pytest.mark.parametrize(
        ("law", "noise"),
        [(LogNormal(10.5, 0.4), 0.1), (Pert(1500.0, 1900.0, 2600.0), 0.05), (Normal(0.4, 0.1), 0.1), (Uniform(0.2, 0.6), 0.15)],
    )
    def test_the_90_percent_interval_holds_what_is_true(self, law: Any, noise: float) -> None:
        """Truth drawn from the file's law, six months with noise around it: 300 times."""
        draw, held = np.random.default_rng(11), 0
        for _ in range(300):
            truth = float(law.ppf(draw.random()))
            values = truth * np.exp(noise * draw.standard_normal(6))
            found = from_values(law, values.tolist())
            held += found.after[0] <= truth <= found.after[2]
        assert 0.85 < held / 300 < 0.95

    def test_trials_recover_a_share(self) -> None:
        draw, held = np.random.default_rng(12), 0
        for _ in range(300):
            truth = float(Beta(8.0, 5.0).ppf(draw.random()))
            found = from_trials(Beta(8.0, 5.0), int(draw.binomial(60, truth)), 60)
            held += found.after[0] <= truth <= found.after[2]
        assert 0.86 < held / 300 < 0.94

    def test_more_months_narrow(self) -> None:
        draw = np.random.default_rng(13)
        widths = []
        for months in (3, 6, 12, 24):
            found = [from_values(LogNormal(3.0, 0.5), (20 * np.exp(0.2 * draw.standard_normal(months))).tolist()).after for _ in range(80)]
            widths.append(float(np.mean([one[2] - one[0] for one in found])))
        assert widths == sorted(widths, reverse=True) and widths[0] > 2 * widths[-1]

    def test_what_the_file_held_impossible_is_told_and_stands_alone(self) -> None:
        found = from_values(Pert(3.0, 4.5, 8.0), [2.4, 2.45, 2.38, 2.42])
        assert found.conflict and 2.3 < found.after[0] < 2.41 < found.after[2] < 2.5
        assert from_trials(Uniform(0.9, 1.0), 50, 100).conflict and from_trials(Beta(90.0, 10.0), 5, 100).conflict


class TestScenario:
    def evidence(self, **said: Any) -> dict[str, Evidence]:
        return {"inputs.review_minutes": Evidence.model_validate(said)}

    def test_the_edit_changes_the_inputs_and_nothing_else(self) -> None:
        text = read_text(SCENARIO)
        monthly = {"2026-07": 270.0, "2026-08": 250.0, "2026-09": 262.0}
        held = self.evidence(monthly=monthly, unit="second/case", source="desk", as_of=dt.date(2026, 9, 30))
        held |= {"inputs.people_share": Evidence(successes=930, trials=1000, source="sample", as_of=dt.date(2026, 9, 30))}
        found = propose(compile_scenario(load(SCENARIO)), held, None)
        after = calibrated_text(text, found, "s.yaml")
        changed = [(one, other) for one, other in zip(text.splitlines(), after.splitlines(), strict=True) if one != other]
        assert len(changed) == 2 and "second" not in changed[0][1] and "source: desk, as_of: 2026-09-30" in changed[0][1]
        low, middle, high = found[0].posterior.after
        student = scipy.stats.t.interval(0.9, 2, loc=13.0333 / 3, scale=0.16777 / 3**0.5)  # what the three months say without the file
        assert student[0] < low < middle < high < student[1] and found[0].narrowed < 0.5
        assert calibrated_text(text, (), "s.yaml") == text

    @pytest.mark.parametrize(
        ("field", "said", "words"),
        [
            ("inputs.review_minute", {"successes": 1, "trials": 2}, "did you mean inputs.review_minutes"),
            ("inputs.agent_hours", {"successes": 1, "trials": 2}, "one number in the file"),
            ("inputs.review_minutes", {"monthly": {"2026-07": 1.0, "2026-08": 1.0, "2026-09": 1.0}}, "no unit is not minute/case"),
            ("inputs.review_minutes", {"monthly": {"2026-07": 1.0}, "unit": "minute/case"}, "measured in 1 of the three months"),
            ("inputs.review_minutes", {"ratio": ["Requests", "InputTokens"]}, "measured in a workspace"),
        ],
    )
    def test_what_cannot_be_is_told(self, field: str, said: dict[str, Any], words: str) -> None:
        with pytest.raises(ScenarioError) as caught:
            propose(compile_scenario(load(SCENARIO)), {field: Evidence.model_validate(said)}, None)
        assert words in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("{}", "nothing that was measured"),
            ("{successes: 3, trials: 2}", "more successes than trials"),
            ("{successes: 3, trials: 4}", "does not say where and when"),
            ("{successes: 3}", "successes and trials go together"),
            ("{ratio: [Requests]}", "a ratio of 1"),
            ("{ratio: [Request, InputTokens]}", "'Request' is nothing that is summed"),
            ("{ratio: [Requests, InputTokens], usage: {Projct: a}}", "no text column 'Projct'"),
            ("{monthly: {2026-7: 3}}", "is no month"),
        ],
    )
    def test_what_is_wrong_with_the_file_is_said_with_its_line(self, tmp_path: Path, text: str, words: str) -> None:
        file = tmp_path / "calibration.yaml"
        file.write_text(f"schema: 1\ninputs:\n  inputs.x: {text}\n")
        with pytest.raises(ScenarioError) as caught:
            read_evidence(file)
        assert words in str(caught.value) and all(problem.line for problem in caught.value.problems)


def test_the_command_writes_only_what_it_is_asked_to(tmp_path: Path) -> None:
    copy = tmp_path / "decision.yaml"
    copy.write_bytes(SCENARIO.read_bytes())
    values = "monthly: {2026-07: 7.3, 2026-08: 7.5, 2026-09: 7.4}, unit: minute/case, source: desk, as_of: 2026-09-30"
    (tmp_path / "calibration.yaml").write_text(f"schema: 1\ninputs:\n  inputs.paid_minutes: {{{values}}}\n")
    words = ["calibrate", str(copy), "--evidence", str(tmp_path / "calibration.yaml"), "--draws", "500"]
    found = CliRunner().invoke(main, words)
    assert found.exit_code == 0 and "Nothing is written" in found.output and "+  paid_minutes: {value: 7." in found.output
    assert copy.read_bytes() == SCENARIO.read_bytes()
    told = json.loads(CliRunner().invoke(main, [*words, "--json", "-o", str(tmp_path / "new.yaml")]).output)
    assert told["inputs"][0]["unit"] == "minute/case" and told["decision_changed"] in (True, False)
    assert load(tmp_path / "new.yaml").decision.title and copy.read_bytes() == SCENARIO.read_bytes()
    assert CliRunner().invoke(main, [*words, "--apply"]).exit_code == 0
    assert copy.read_bytes() == (tmp_path / "new.yaml").read_bytes() != SCENARIO.read_bytes()
    assert CliRunner().invoke(main, [*words, "-o", str(copy)]).exit_code == 2
