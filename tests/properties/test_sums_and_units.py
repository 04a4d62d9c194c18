"""Holds what must be true of every scenario: parts add up, demand scales spend, and the spelling of a unit changes nothing."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tco_model as tco
from tco_model.inputs.distributions import Distribution
from tests.engine.scenarios import SMALL, alone, make
from tests.strategies import any_law

SEEDS = range(12)


class TestSums:
    """With one draw, the means and quantiles of a run are the figures of one future, without any rounding of their own."""

    @pytest.fixture(scope="class", params=SEEDS)
    @classmethod
    def future(cls, request: pytest.FixtureRequest) -> tco.Result:
        return tco.simulate(tco.load(SMALL), draws=1, seed=request.param)

    def test_lines_add_up_to_their_category_and_categories_to_the_total(self, future: tco.Result) -> None:
        """Bit for bit, added in the order of the file; `sum` would carry what rounding takes away, from Python 3.12 on."""
        for graph in future.model.options:
            totals = []
            for category, lines in graph.categories.items():
                parts = [future.summary(graph.name, f"line/{line}").mean for line in lines]
                totals.append(future.summary(graph.name, f"total/{category}").mean)
                assert reduce(add, parts) == totals[-1], (graph.name, category)
            assert reduce(add, totals) == future.summary(graph.name, "total_cost").mean

    def test_present_values_of_categories_add_up_to_the_present_value(self, future: tco.Result) -> None:
        for graph in future.model.options:
            parts = [future.summary(graph.name, f"npv/{category}").mean for category in graph.categories]
            assert reduce(add, parts) == future.summary(graph.name, "npv_cost").mean

    def test_months_add_up_to_the_horizon(self, future: tco.Result) -> None:
        """To rounding: the months are added over lines first, the totals over months first."""
        for graph in future.model.options:
            for category in graph.categories:
                whole = future.summary(graph.name, f"total/{category}").mean
                assert future.monthly_mean(graph.name, category).sum() == pytest.approx(whole, rel=1e-12)
            assert future.monthly_mean(graph.name).sum() == pytest.approx(future.summary(graph.name, "total_cost").mean, rel=1e-12)


def test_means_add_up_over_many_draws() -> None:
    result = tco.simulate(tco.load(SMALL), draws=3_000)
    for graph in result.model.options:
        parts = [result.summary(graph.name, f"line/{line}").mean for lines in graph.categories.values() for line in lines]
        assert sum(parts) == pytest.approx(result.summary(graph.name, "total_cost").mean, rel=1e-12)


def test_money_of_the_book_view_is_in_no_sum() -> None:
    result = tco.simulate(tco.load(SMALL), draws=20)
    (hosted,) = (graph for graph in result.model.options if graph.name == "hosted")
    assert "compute.book" in hosted.memo and "compute.book" not in hosted.categories["compute"]
    assert result.memo_mean("hosted", "compute.book") > 0.0


class TestScaling:
    @pytest.mark.parametrize("factor", [2.0, 3.0, 0.37])
    def test_token_lines_follow_demand(self, factor: float) -> None:
        scaled = {
            "demand.live.requests": f'= cases * quantity("{3.2 * factor!r} request/case")',
            "demand.agents.tasks": f'= cases * quantity("{0.1 * factor!r} task/case")',
        }
        base, more = (tco.simulate(tco.load(SMALL, overrides), draws=300) for overrides in ({}, scaled))
        for line in ("token.api.live", "token.api.agents", "token.tools", "storage.logs", "observability.traces"):
            found, before = (result.summary("managed", f"line/{line}") for result in (more, base))
            assert found.mean == pytest.approx(factor * before.mean, rel=1e-12)
            assert found.p90 == pytest.approx(factor * before.p90, rel=1e-12)
        for line in ("labour.people", "risk.outage"):
            assert more.summary("managed", f"line/{line}") == base.summary("managed", f"line/{line}")

    @settings(deadline=None, max_examples=40)
    @given(any_law.filter(lambda law: law.text().count("(") == 1), st.sampled_from([0.5, 2.0, 1024.0]))
    def test_money_times_a_power_of_two_is_exact(self, law: Distribution, factor: float) -> None:
        plain, scaled = (
            tco.simulate(alone(f"amount * {share!r}", inputs={"amount": f"{law.text()} USD/month"}), draws=20).sample("only", "npv_cost")
            for share in (1.0, factor)
        )
        assert np.array_equal(scaled, plain * factor)


SPELLINGS = [
    (
        "options.managed.token.api.output_price",
        ["10 USD/Mtoken", "0.01 USD/ktoken", "0.00001 USD/token", "$10/Mtoken"],
    ),
    ("demand.live.input_tokens", ["1500 to 2500 tokens/request", "1.5 to 2.5 ktoken/request", "1.5k to 2.5k token/request"]),
    ("demand.agents.tasks", ["7300 task/month", "240 task/day", "10 task/hour", "87.6k task/year", "7.3 ktask/month"]),
    ("options.hosted.compute.power.power_per_gpu", ["1.73 kW/GPU", "1730 W/GPU", "0.00173 MW/GPU"]),
    ("options.hosted.compute.power.electricity_price", ["0.09 USD/kWh", "90 USD/MWh"]),
    ("options.managed.storage.logs.log_size", ["6 KB/request", "6000 byte/request", "0.006 MB/request"]),
    ("options.managed.labour.people.fte", ["0.5 FTE", "50% FTE"]),
    ("options.managed.labour.unsolved.handling_minutes", ["8 to 14 minutes/case", "480 to 840 second/case"]),
    ("options.managed.risk.outage.frequency", ["6 event/year", "0.5 event/month"]),
    ("options.managed.success_share", ["62% to 71%", "0.62 to 0.71"]),
    ("timeline.discount_rate", ["8%/year", "0.08/year"]),
    ("options.hosted.compute.buy.hardware_price", ["30k to 40k USD/GPU", "30,000 to 40,000 USD/GPU", "30e3 to 40e3 USD/GPU"]),
]


@pytest.mark.parametrize(("field", "spellings"), SPELLINGS, ids=[field.rsplit(".", 1)[1] for field, _ in SPELLINGS])
def test_the_unit_in_which_a_value_is_written_changes_nothing(field: str, spellings: list[str]) -> None:
    first, *others = (tco.simulate(tco.load(SMALL, {field: text}), draws=60) for text in spellings)
    for other in others:
        for name, sample in first.kept.items():
            assert other.kept[name] == pytest.approx(sample, rel=1e-11), name


def test_a_scenario_in_another_currency_is_the_same_in_other_money() -> None:
    option = {"token": {"fee": {"line": "monthly_fee", "monthly_amount": "80 to 120 USD/month"}}}
    dollars = tco.simulate(make({"only": option}), draws=100).sample("only", "npv_cost")
    euros = tco.simulate(make({"only": option}, timeline={"currency": "EUR"}, exchange_rates={"USD": "0.8 EUR/USD"}), draws=100).sample(
        "only", "npv_cost"
    )
    assert euros == pytest.approx(0.8 * dollars, rel=1e-12)
