"""Holds the report to what a reader counts on: plain data, sums that match, sources or the word assumption, true sentences."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import tco_model as tco
from tco_model.lines.registry import CATEGORIES
from tco_model.report.format import of_hundred, percent, short_number, signed_money
from tco_model.report.report import Report, make_report
from tests.engine.scenarios import SMALL, compared, formulas, make, monthly


@pytest.fixture(scope="module")
def result() -> tco.Result:
    return tco.simulate(tco.load(SMALL), draws=1_500)


@pytest.fixture(scope="module")
def report(result: tco.Result) -> Report:
    return make_report(result)


class TestPlainData:
    def test_it_is_json_without_nan(self, report: Report) -> None:
        text = json.dumps(report.as_dict(), allow_nan=False)
        assert json.loads(text)["preferred"] == report.preferred

    def test_same_scenario_seed_and_draws_give_the_same_text(self, report: Report) -> None:
        again = make_report(tco.simulate(tco.load(SMALL), draws=1_500))
        assert json.dumps(again.as_dict()) == json.dumps(report.as_dict())

    def test_numbers_are_plain_python_numbers(self, report: Report) -> None:
        def check(value: object, where: str) -> None:
            if isinstance(value, dict):
                for key, part in value.items():
                    check(part, f"{where}.{key}")
            elif isinstance(value, (list, tuple)):
                for part in value:
                    check(part, where)
            else:
                assert type(value) in (str, int, float, bool, type(None)), where

        check(report.as_dict(), "report")


class TestFigures:
    def test_every_option_answers_every_category_with_money_or_a_reason(self, report: Report) -> None:
        for option in report.options:
            assert tuple(found.category for found in option.categories) == CATEGORIES
            for found in option.categories:
                assert (found.total is None) == (not found.lines) == bool(found.reason), (option.name, found.category)

    def test_lines_categories_and_months_add_up_to_the_total(self, report: Report) -> None:
        for option in report.options:
            filled = [found for found in option.categories if found.total and found.npv]
            lines = sum(line.total.mean for found in filled for line in found.lines)
            whole = option.figures["total_cost"].mean
            assert lines == pytest.approx(whole, rel=1e-12)
            assert sum(found.total.mean for found in filled if found.total) == pytest.approx(whole, rel=1e-12)
            assert sum(found.npv.mean for found in filled if found.npv) == pytest.approx(option.figures["npv_cost"].mean, rel=1e-12)
            assert sum(option.monthly["mean"]) == pytest.approx(whole, rel=1e-12)

    def test_means_errors_and_quantiles_are_those_of_the_draws(self, report: Report, result: tco.Result) -> None:
        for option in report.options:
            for name, found in option.figures.items():
                sample = result.sample(option.name, name)
                assert found.mean == pytest.approx(sample.mean(), rel=1e-12)
                assert found.mean_error == pytest.approx(sample.std(ddof=1) / math.sqrt(sample.size), rel=1e-12)
                assert (found.p10, found.p50, found.p90) == pytest.approx(np.quantile(sample, (0.1, 0.5, 0.9)), rel=1e-12)

    def test_months_are_labelled_and_their_quantiles_are_in_order(self, report: Report) -> None:
        assert (report.month_labels[0], report.month_labels[-1], len(report.month_labels)) == ("2027-01", "2028-12", 24)
        for option in report.options:
            p10, p50, p90 = (np.array(option.monthly[name]) for name in ("p10", "p50", "p90"))
            assert p10.shape == (24,)
            assert np.all(p10 <= p50) and np.all(p50 <= p90)

    def test_chances_add_up_and_only_the_others_differ_from_the_baseline(self, report: Report) -> None:
        assert sum(option.chance_best.value for option in report.options) == pytest.approx(1.0)
        for option in report.options:
            assert option.is_baseline == (option.name == report.baseline) == (option.difference is None)

    def test_the_central_case_is_one_point_and_not_the_mean(self, report: Report) -> None:
        """Calls and their shape multiply, so that the mean of the futures lies off the future of the means."""
        found = next(option for option in report.options if option.name == "managed").figures["total_cost"]
        assert found.central is not None
        assert found.central != pytest.approx(found.mean, rel=1e-6)
        assert found.p10 < found.central < found.p90


class TestInputs:
    def test_every_row_has_a_unit_a_line_and_a_source_with_its_date_or_the_word_assumption(self, report: Report) -> None:
        assert len(report.inputs) > 60
        for row in report.inputs:
            assert row.unit and row.text and row.line > 0, row.name
            assert row.low <= row.high, row.name
            if row.is_assumption:
                assert row.source.startswith("assumption"), row.name
            else:
                assert row.source and row.as_of, row.name

    def test_no_input_is_listed_twice(self, report: Report) -> None:
        names = [row.name for row in report.inputs]
        assert len(set(names)) == len(names)
        assert [row.name for row in report.inputs if row.text == "1 to 4 event/year"] == ["options.managed.risk.outage.frequency"]

    def test_uncertain_is_what_is_drawn(self) -> None:
        inputs = {
            "path": monthly([1, 2, 3]),
            "rare": "bernoulli(1%)",
            "number": "4",
            "law": "5 to 9",
            "fixed_growth": {"start": 1, "growth": "3%/year"},
        }
        scenario = compared(['(path + (rare + number + law + fixed_growth) * quantity("1 USD/month"))'], inputs=inputs)
        rows = {row.name: row for row in make_report(tco.simulate(scenario, draws=20)).inputs}
        drawn = {name.removeprefix("inputs.") for name, row in rows.items() if row.uncertain}
        assert drawn == {"rare", "law"}
        assert (rows["inputs.path"].low, rows["inputs.path"].high) == (1.0, 3.0)

    def test_notes_count_the_inputs(self, report: Report) -> None:
        sourced = sum(not row.is_assumption for row in report.inputs)
        assert report.notes[0].startswith(f"{len(report.inputs)} inputs: {sourced} with a source")


class TestSentences:
    def answer(self, decide_by: str = "npv_cost", **laws: str) -> tuple[Report, str]:
        options = {name: formulas({"line": name}, success_share="50%") for name in laws}
        scenario = make(
            options,
            decision={"decide_by": decide_by},
            inputs={name: f"{law} USD/month" for name, law in laws.items()},
            outcome={"unit": "case", "volume": "100 case/month", "value": "90 USD/case"},
        )
        report = make_report(tco.simulate(scenario, draws=400))
        return report, " ".join(report.answer)

    def test_the_cheaper_option_comes_to_less_than_the_baseline(self) -> None:
        report, said = self.answer(dear="2000", cheap="1500")
        assert (report.baseline, report.preferred) == ("dear", "cheap")
        assert "cheap has the lowest present value of cost in 100 of 100 futures" in said
        assert "18.0 k USD" in said and "6,000 USD (25%) less than dear" in said

    def test_the_baseline_is_compared_with_the_next_best(self) -> None:
        _, said = self.answer(cheap="1000", dearest="9000", dearer="1500")
        assert "dearer, the next best, comes to 6,000 USD (50%) more than cheap" in said
        assert "dearest comes" not in said

    def test_net_value_is_better_where_it_is_higher(self) -> None:
        _, said = self.answer("net_value", dear="2000", cheap="1500")
        assert "cheap has the highest net value in 100 of 100 futures" in said
        assert "6,000 USD (20%) better than dear" in said

    def test_an_option_that_is_best_more_often_but_not_on_average_is_named(self) -> None:
        _, said = self.answer(steady="1000", gamble="discrete(900: 0.8, 2000: 0.2)")
        assert said.startswith("steady has the lowest")
        assert "gamble is best more often" in said and "loses more when it loses" in said

    def test_cost_per_outcome_is_always_said(self) -> None:
        _, said = self.answer(dear="2000", cheap="1500")
        assert "Per case solved: dear 40.0 USD, cheap 30.0 USD." in said

    def test_one_option_alone(self) -> None:
        _, said = self.answer(only="1000")
        assert said.startswith("only: present value of cost 12.0 k USD on average over 12 months")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1_600_000, "1.60 M"), (12_500, "12.5 k"), (0.41, "0.410"), (9_999, "9,999"), (9_999.6, "10.0 k"), (999_950, "1.00 M"),
     (-2.5e9, "−2.50 B"), (0.000123, "0.000123"), (1e15, "1,000 T")],
)  # fmt: skip
def test_short_numbers(value: float, text: str) -> None:
    assert short_number(value) == text


def test_signed_money_and_shares() -> None:
    assert [signed_money(value, "EUR") for value in (41_000, -41_000, 0)] == ["+41.0 k EUR", "−41.0 k EUR", "0 EUR"]
    assert percent(0.625) == "62.5%"


@pytest.mark.parametrize(
    ("chance", "text"),
    [(0.0, "0 of 100"), (1.0, "100 of 100"), (1e-6, "fewer than 1 of 100"), (1 - 1e-6, "more than 99 of 100"), (0.594, "59 of 100")],
)
def test_a_chance_is_never_rounded_to_certainty(chance: float, text: str) -> None:
    assert of_hundred(chance) == text
