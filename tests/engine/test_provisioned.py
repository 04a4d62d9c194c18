"""Provisioned throughput in a scenario: units held, what flows over to pay as you go, and the cheapest number of units."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.prices.commitments import split
from tco_model.prices.provisioned import provisioned
from tco_model.report.report import make_report
from tco_model.report.sources import input_rows

DAY = dt.date(2026, 11, 23)
TEXT = """
schema: 1
decision: {title: Units, question: How many units?, decide_by: total_cost, as_of: 2026-11-23}
timeline: {start: 2027-01, months: 1, discount_rate: 0%/year}
demand:
  live:
    {kind: requests, requests: 43.8M requests/month, input_tokens: 1000 token/request, output_tokens: 200 token/request, cached_share: 40%}
options:
  units:
    fleets:
      held:
        kind: provisioned
        class: live
        provisioned_units: 400 PTU
        unit_rate: {list: azure-gpt-4.1}
        output_weight: 4
        cached_weight: 0
        peak_to_mean: 3
    token:
      units: {line: provisioned_throughput, fleet: held, provisioned_price: {list: azure-ptu-year}}
      overflow: {line: managed_tokens, class: live, traffic_share: = fleets.held.overflow_share, prices: {model: openai/gpt-4.1}}
    compute: {none: the vendor runs it}
    storage: {none: nothing is kept here}
    observability: {none: nothing is watched here}
    labour: {none: nobody is counted here}
    migration: {none: nothing moves here}
    risk: {none: nothing is at risk here}
    fees: {none: nothing is charged here}
"""
WEIGHTED = provisioned("azure-gpt-4.1", DAY).weighted_tokens(1000, 200, 400)


def central(text: str = TEXT) -> dict[str, float]:
    return {
        name.removeprefix("options.units."): float(value[0, 0]) for name, value in central_case(compile_scenario(tco.loads(text))).items()
    }


def test_load_in_units_as_the_provider_counts() -> None:
    assert WEIGHTED == 600 + 4 * 200
    assert central()["fleets.held.unit_load"] == pytest.approx(1000 * WEIGHTED / 3000)


@pytest.mark.parametrize("units", [0, 100, 400, 1000, 1400, 2000])
def test_overflow_and_utilisation_are_those_of_the_load_duration_curve(units: int) -> None:
    found = central(TEXT.replace("400 PTU", f"{units} PTU"))
    hours = (np.arange(200_000) + 0.5) / 200_000
    load = found["fleets.held.unit_load"] * 3.0 * (1 - hours) ** 2
    by_hours = split(load, units, 1.0, 1.0)
    assert 1 - found["fleets.held.overflow_share"] == pytest.approx(by_hours.served_share, abs=1e-6)
    assert found["fleets.held.utilisation"] == pytest.approx(by_hours.utilisation if units else 0.0, abs=1e-6)


def test_the_money_is_units_and_the_list_price_of_the_rest() -> None:
    found = central()
    rest = found["fleets.held.overflow_share"] * 43.8e6 * (600 * 2.0 + 400 * 0.5 + 200 * 8.0) / 1e6
    assert found["token.units"] == pytest.approx(400 * 221)
    assert found["token.overflow"] == pytest.approx(rest)


def test_the_report_shows_units_used_and_each_figure_its_source() -> None:
    scenario = tco.loads(TEXT)
    (fleet,) = make_report(tco.simulate(scenario, draws=20)).options[0].fleets
    assert (fleet.unit, fleet.peak_gpus, fleet.peak_replicas) == ("PTU", 400, None)
    assert 0 < fleet.mean_utilisation < 1
    rows = {row.name.rpartition(".")[2]: row for row in input_rows(compile_scenario(scenario))}
    assert "Microsoft" in rows["unit_rate"].source
    assert "second-hand" in rows["provisioned_price"].note


def test_an_unknown_row_offers_the_nearest() -> None:
    with pytest.raises(tco.ScenarioError, match=r"did you mean .*azure-gpt-4\.1"):
        tco.loads(TEXT.replace("azure-gpt-4.1}", "azur-gpt-4.1}"))
