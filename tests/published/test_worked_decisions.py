"""Runs published worked examples as whole scenarios, from the file through the engine to the report's figure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import tco_model as tco
from tests.engine.scenarios import alone, at_year_ends, at_year_starts, formulas, make, monthly

FEW = 3


def npv(flows: Sequence[float], rate: str, timing: str) -> float:
    scenario = alone(
        "flow", inputs={"flow": monthly(flows)}, timeline={"months": len(flows), "discount_rate": rate, "discount_timing": timing}
    )
    return tco.simulate(scenario, draws=FEW).summary("only", "npv_cost").mean


@pytest.mark.parametrize(
    ("flows", "rate", "published"),
    [
        ([-40_000, 8_000, 9_200, 10_000, 12_000, 14_500], "8%/year", 1922.0616),
        ([-10e6, 2.5e6, 2.5e6, 2.5e6, 2.5e6], "3.5%/year", -817_302),
        ([-5e6, 1.5e6, 1.5e6, 1.5e6, 1.5e6], "3.5%/year", 509_619),
    ],
    ids=["spreadsheet manual", "Green Book, first option", "Green Book, second option"],
)
def test_streams_that_start_today(flows: list[float], rate: str, published: float) -> None:
    assert npv(at_year_starts(flows), rate, "start") == pytest.approx(published, abs=0.5 if abs(published) > 1e5 else 5e-5)


def test_a_stream_whose_first_flow_is_a_year_away() -> None:
    """NPV 10% of -10000, 3000, 4200, 6800 (Excel manual)."""
    assert npv(at_year_ends([-10_000, 3_000, 4_200, 6_800]), "10%/year", "end") == pytest.approx(1188.4434, abs=5e-5)


def test_green_book_factors_on_a_timeline_of_thirty_years() -> None:
    """HM Treasury Green Book: year 30 at 3.5% is worth 0.3563."""
    assert npv([*[0.0] * 359, 1.0], "3.5%/year", "end") == pytest.approx(0.3563, abs=5e-5)


def test_omb_circular_a94_sample() -> None:
    """OMB Circular A-94 (1992), 7% real, years 1-10: PV of costs 106.40, of benefits 142.41, net 36.01."""
    costs, benefits = [10, 20, 30, 30, 20, 10, 5, 5, 5, 5], [0, 0, 5, 10, 30, 40, 40, 40, 40, 25]
    scenario = make(
        {"project": {"fees": {"spent": {"formula": "= costs"}}, "risk": {"gained": {"formula": "= -benefits"}}}},
        inputs={"costs": monthly(at_year_ends(costs)), "benefits": monthly(at_year_ends(benefits))},
        timeline={"months": 120, "basis": "real", "discount_rate": "7%/year", "discount_timing": "end"},
    )
    result = tco.simulate(scenario, draws=FEW)
    assert result.summary("project", "npv/fees").mean == pytest.approx(106.40, abs=0.01)
    assert result.summary("project", "npv/risk").mean == pytest.approx(-142.41, abs=0.01)
    assert result.summary("project", "npv_cost").mean == pytest.approx(-36.01, abs=0.01)


def test_loaded_cost_per_result() -> None:
    """Inference field guide: invoice 14,850, evaluation 800, people 1,000, operation 2,500; 82,000 of 100,000 attempts accepted.

    The trace of 14,200 shows the same spend as the invoice and is not added.
    """
    fee = {"line": "monthly_fee"}
    scenario = make(
        {
            "service": {
                "success_share": "82%",
                "token": {"invoice": fee | {"monthly_amount": "14,850 USD/month"}},
                "observability": {"evaluation": fee | {"monthly_amount": "800 USD/month"}},
                "labour": {
                    "people": fee | {"monthly_amount": "1,000 USD/month"},
                    "operation": fee | {"monthly_amount": "2,500 USD/month"},
                },
            }
        },
        timeline={"months": 1},
        outcome={"name": "accepted result", "unit": "task", "volume": "100k task/month"},
    )
    result = tco.simulate(scenario, draws=FEW)
    assert result.summary("service", "total_cost").mean == 19_150.0
    assert result.summary("service", "outcomes").mean == pytest.approx(82_000.0, rel=1e-15)
    assert result.summary("service", "cost_per_outcome").mean == pytest.approx(0.23353658536585367, rel=1e-15)


def _coding_agent(cached: str) -> tco.Result:
    scenario = make(
        {
            "agent": {
                "success_share": "90%",
                "token": {
                    "model": {
                        "line": "managed_tokens",
                        "class": "work",
                        "input_price": "3 USD/Mtoken",
                        "cached_price": "0.30 USD/Mtoken",
                        "output_price": "15 USD/Mtoken",
                    }
                },
            }
        },
        timeline={"months": 1},
        inputs={"tasks": "6,000 task/month", "cached": "126k token", "read": "178k token"},
        demand={
            "work": {
                "kind": "requests",
                "requests": '= tasks * quantity("1 request/task")',
                "input_tokens": "178k token/request",
                "output_tokens": "18k token/request",
                "cached_share": cached,
            }
        },
        outcome={"unit": "task", "volume": "= tasks"},
    )
    return tco.simulate(scenario, draws=FEW)


def test_coding_agent_with_a_prompt_cache() -> None:
    """178,000 tokens read (126,000 of them cached) and 18,000 written at 3 / 0.30 / 15 $/M: 0.4638 a task, 0.804 uncached."""
    cached = _coding_agent("= cached / read")
    assert cached.summary("agent", "total_cost").mean == pytest.approx(2_782.80, rel=1e-12)
    assert cached.summary("agent", "cost_per_outcome").mean == pytest.approx(0.4638 / 0.9, rel=1e-12)
    assert cached.summary("agent", "cost_per_outcome").mean == pytest.approx(0.5153, abs=5e-5)
    assert _coding_agent("0%").summary("agent", "total_cost").mean == pytest.approx(6_000 * 0.804, rel=1e-12)


def test_api_against_a_rented_gpu() -> None:
    """induwara.lk: 120M + 40M tokens at $0.25 / $2 cost $110.00, a GPU $998.46; they meet at 1.45B tokens a month."""
    prices = {"input_price": "0.25 USD/Mtoken", "output_price": "2 USD/Mtoken", "cached_price": "0 USD/Mtoken"}
    scenario = make(
        {
            "api": {"token": {"calls": {"line": "managed_tokens", "class": "live", **prices}}},
            "gpu": formulas({"machine": 'quantity("1.19 USD/hour") * quantity("729.6 hour/month") * 1.15'}),
        },
        timeline={"months": 1},
        demand={
            "live": {
                "kind": "requests",
                "requests": "40k request/month",
                "input_tokens": "3k token/request",
                "output_tokens": "1k token/request",
            }
        },
    )
    result = tco.simulate(scenario, draws=FEW)
    api, gpu = (result.summary(option, "total_cost").mean for option in ("api", "gpu"))
    assert api == pytest.approx(110.00, rel=1e-12)
    assert gpu == pytest.approx(998.46, abs=0.005)
    assert 160e6 * gpu / api == pytest.approx(1.45e9, rel=2e-3)
