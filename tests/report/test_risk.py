"""The risk figures beside the means: regret, tail, contingency and payback of decisions that can be worked out by hand."""

from __future__ import annotations

import pytest

import tco_model as tco
from tco_model.report.report import OptionReport, Report, make_report
from tests.engine.scenarios import compared, monthly


def report(draws: int = 4000, months: int = 1, **laws: str) -> Report:
    scenario = compared(laws, inputs={name: f"{law} USD/month" for name, law in laws.items()}, timeline={"months": months})
    return make_report(tco.simulate(scenario, draws=draws))


def option(found: Report, place: int) -> OptionReport:
    return found.options[place]


def test_regret_tail_and_contingency_of_a_coin() -> None:
    """One option costs 0 or 100 with equal chance, the other 60: the coin loses 40 half the time, the sure one 60."""
    found = report(a="discrete(0: 0.5, 100: 0.5)", b="60")
    coin, sure = option(found, 0).risk, option(found, 1).risk
    assert coin.regret == pytest.approx(20, abs=1.5)
    assert sure.regret == pytest.approx(30, abs=1.5)
    assert (coin.worst_tenth, sure.worst_tenth) == (100, 60)
    assert coin.contingency_p80 == 50
    assert coin.variation == pytest.approx(1.0, abs=0.05)
    assert (sure.contingency_p80, sure.variation) == (0, 0)


def test_payback_is_the_month_from_which_the_saving_stays() -> None:
    dear_first = monthly([150, 50, 50, 50])
    scenario = compared({"a": "a", "b": "b"}, inputs={"a": "100 USD/month", "b": dear_first}, timeline={"months": 4})
    found = make_report(tco.simulate(scenario, draws=10))
    assert option(found, 0).risk.payback_month is None, "the baseline has nothing to pay back"
    assert option(found, 1).risk.payback_month == 2
    dearer = report(a="1", b="2")
    assert option(dearer, 1).risk.payback_month is None


def test_a_clear_lead_and_a_tie_are_told_apart() -> None:
    assert "more draws would not turn the answer" in report(a="1 to 2", b="5 to 6").notes[-1]
    assert "may be chance" in report(300, a="normal(100, 50)", b="normal(100.5, 50)").notes[-1]
    assert "no number of draws changes that" in report(a="1", b="2").notes[-1]
    assert "take either" in report(a="3", b="3").notes[-1] or "no number of draws" in report(a="3", b="3").notes[-1]
