"""Holds simulated figures against mathematics: exact where nothing is drawn, within the sampling error where something is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

import tco_model as tco
from tco_model.analysis.cashflow import declining_factor
from tco_model.engine.central import central_case
from tests.engine.scenarios import alone, compared, formulas, make, monthly, sampling_error

DRAWS = 20_000
SIGMAS = 4.5
"""Standard errors allowed: one in 150,000 fixed-seed checks would fail by chance."""
RATE = "8%/year"
Z90 = 1.2815515655446004


def annuity(rate: float, months: int, offset: float = 1.0, growth: float = 0.0) -> float:
    """Present value of one a month that grows yearly by `growth`, by the geometric series."""
    ratio = ((1.0 + growth) / (1.0 + rate)) ** (1.0 / 12.0)
    return (1.0 + rate) ** (-offset / 12.0) * (months if ratio == 1.0 else (1.0 - ratio**months) / (1.0 - ratio))


def npv(scenario: tco.Scenario, option: str = "only", draws: int = 1) -> float:
    return tco.simulate(scenario, draws=draws).summary(option, "npv_cost").mean


def agrees(sample: NDArray[np.float64], mean: float, variance: float) -> None:
    mean_error, variance_error = sampling_error(sample)
    assert abs(sample.mean() - mean) < SIGMAS * mean_error
    assert abs(sample.var() - variance) < SIGMAS * variance_error


class TestPresentValue:
    @pytest.mark.parametrize("growth", [0.0, 0.25, -0.4])
    @pytest.mark.parametrize(("timing", "offset"), [("start", 0.0), ("mid", 0.5), ("end", 1.0)])
    def test_growing_stream_is_a_geometric_series(self, growth: float, timing: str, offset: float) -> None:
        scenario = alone(
            "cost",
            inputs={"cost": {"start": "1,000 USD/month", "growth": f"{growth:.0%}/year"}},
            timeline={"months": 60, "discount_rate": RATE, "discount_timing": timing},
        )
        assert npv(scenario) == pytest.approx(1_000.0 * annuity(0.08, 60, offset, growth), rel=1e-12)

    def test_growth_equal_to_the_discount_rate_leaves_the_number_of_months(self) -> None:
        scenario = alone(
            "cost",
            inputs={"cost": {"start": "1,000 USD/month", "growth": RATE}},
            timeline={"months": 60, "discount_rate": RATE, "discount_timing": "start"},
        )
        assert npv(scenario) == pytest.approx(60_000.0, rel=1e-12)

    def test_fixed_monthly_growth_is_its_yearly_equivalent(self) -> None:
        scenario = alone("cost", inputs={"cost": {"start": "1,000 USD/month", "growth": "2%/month"}}, timeline={"months": 13})
        found = tco.simulate(scenario, draws=1).monthly_mean("only")
        assert found == pytest.approx(1_000.0 * 1.02 ** np.arange(13), rel=1e-12)

    def test_one_off_amounts_are_spread_over_their_phase(self) -> None:
        option = {
            "phases": {"migrate": 4, "run": "rest"},
            "migration": {
                "phased": {"line": "one_off", "amount": "8,000 USD", "phases": "migrate"},
                "today": {"line": "one_off", "amount": "500 USD"},
            },
        }
        result = tco.simulate(make({"only": option}), draws=1)
        assert result.monthly_mean("only") == pytest.approx([2_500.0, 2_000.0, 2_000.0, 2_000.0, *[0.0] * 8])

    def test_discount_rates_are_drawn_once_a_future(self) -> None:
        """The mean of the present value is the mean over the rates, not the value at the mean rate."""
        scenario = alone(
            "cost", inputs={"cost": "1 USD/month"}, timeline={"months": 120, "discount_rate": "discrete(2%: 0.5, 12%: 0.5)/year"}
        )
        sample = tco.simulate(scenario, draws=2_000).sample("only", "npv_cost")
        assert sorted(set(np.round(sample, 9))) == pytest.approx([annuity(0.12, 120), annuity(0.02, 120)], rel=1e-9)


class TestNominalAndReal:
    """Fisher: (1 + nominal) = (1 + real)(1 + inflation). Prices follow the index of the month's start, so start timing is exact."""

    INFLATION, REAL = 0.03, 0.05

    def value(self, basis: str, *, escalates: bool) -> float:
        rate = self.REAL if basis == "real" else (1 + self.REAL) * (1 + self.INFLATION) - 1
        line = {"line": "monthly_fee", "monthly_amount": {"start": "1,000 USD/month", "growth": "10%/year"}, "escalates": escalates}
        return npv(
            make(
                {"only": {"fees": {"fee": line}}},
                timeline={
                    "months": 48,
                    "basis": basis,
                    "inflation": f"{self.INFLATION!r}/year",
                    "discount_rate": f"{rate!r}/year",
                    "discount_timing": "start",
                },
            )
        )

    @pytest.mark.parametrize("escalates", [True, False])
    def test_both_bases_give_the_same_present_value(self, escalates: bool) -> None:
        assert self.value("nominal", escalates=escalates) == pytest.approx(self.value("real", escalates=escalates), rel=1e-12)

    def test_prices_fixed_in_money_lose_value_in_real_terms(self) -> None:
        growth = 1.1 / 1.03 - 1.0
        assert self.value("real", escalates=False) == pytest.approx(1_000.0 * annuity(self.REAL, 48, 0.0, growth), rel=1e-12)
        assert self.value("real", escalates=True) == pytest.approx(1_000.0 * annuity(self.REAL, 48, 0.0, 0.1), rel=1e-12)


class TestPaths:
    def test_steps_hold_until_the_next_one_and_before_the_first(self) -> None:
        scenario = alone("cost", inputs={"cost": {"steps": {"2027-03": 10, "2027-06": 20, "2030-01": 99}, "unit": "USD/month"}})
        assert tco.simulate(scenario, draws=1).monthly_mean("only") == pytest.approx([*[10.0] * 5, *[20.0] * 7])

    def test_uncertain_steps_are_drawn_once_each(self) -> None:
        steps = {"2027-01": "normal(100, 10)", "2027-04": "normal(200, 20)"}
        scenario = alone("cost", inputs={"cost": {"steps": steps, "unit": "USD/month"}}, timeline={"months": 5})
        agrees(tco.simulate(scenario, draws=DRAWS).sample("only", "total_cost"), 300.0 + 400.0, 900.0 + 1_600.0)

    def test_the_last_monthly_value_holds_on(self) -> None:
        assert tco.simulate(alone("cost", inputs={"cost": monthly([5, 7])}), draws=1).monthly_mean("only") == pytest.approx(
            [5.0, *[7.0] * 11]
        )

    def test_volatility_widens_a_path_without_moving_it(self) -> None:
        """A geometric random walk: mean 1 in every month, logarithm normal with variance v^2 t."""
        months, volatility = 24, 0.3
        scenario = alone(
            "cost", inputs={"cost": {"start": "100 USD/month", "growth": "20%/year", "volatility": "30%/year"}}, timeline={"months": months}
        )
        result = tco.simulate(scenario, draws=DRAWS)
        level = 100.0 * 1.2 ** (np.arange(months) / 12.0)
        years = np.arange(1, months + 1) / 12.0
        error = level * np.sqrt(np.expm1(volatility**2 * years) / DRAWS)
        assert np.all(np.abs(result.monthly_mean("only") - level) < SIGMAS * error)
        p10, p50, p90 = result.monthly_quantiles("only")
        assert p50 == pytest.approx(level * np.exp(-(volatility**2) * years / 2.0), rel=0.02)
        assert np.log(p90 / p10) == pytest.approx(2.0 * Z90 * volatility * np.sqrt(years), rel=0.04)
        assert central_case(result.model)["options.only.total"][0] == pytest.approx(level, rel=1e-12)


class TestExchangeRates:
    def test_a_fixed_rate_multiplies(self) -> None:
        option = {"fees": {"fee": {"line": "monthly_fee", "monthly_amount": "100 EUR/month"}}}
        assert (
            tco.simulate(make({"only": option}, exchange_rates={"EUR": "1.25 USD/EUR"}), draws=1).summary("only", "total_cost").mean
            == 1_500.0
        )

    def test_a_path_and_a_price_path_multiply_month_by_month(self) -> None:
        scenario = alone(
            "cost",
            inputs={"cost": {"start": "100 EUR/month", "growth": "50%/year"}},
            exchange_rates={"EUR": {"start": "1.1 USD/EUR", "growth": "-20%/year"}},
            timeline={"months": 36, "discount_rate": RATE},
        )
        assert npv(scenario) == pytest.approx(110.0 * annuity(0.08, 36, 1.0, 1.5 * 0.8 - 1.0), rel=1e-12)

    def test_one_uncertain_rate_serves_all_lines_of_all_options(self) -> None:
        scenario = compared(["cost", "2 * cost"], inputs={"cost": "100 EUR/month"}, exchange_rates={"EUR": "1.0 to 1.3 USD/EUR"})
        result = tco.simulate(scenario, draws=100)
        first, second = (result.sample(option, "total_cost") for option in result.options)
        assert np.array_equal(second, 2.0 * first)
        assert np.unique(first).size == 100


class TestMoments:
    def test_weighted_normal_inputs(self) -> None:
        scenario = alone(
            "x + 2 * y",
            inputs={"x": "normal(1000, 200) USD/month", "y": "normal(500, 100) USD/month"},
            timeline={"months": 36, "discount_rate": RATE},
        )
        factor = annuity(0.08, 36)
        agrees(tco.simulate(scenario, draws=DRAWS).sample("only", "npv_cost"), 2_000.0 * factor, (200.0**2 + 200.0**2) * factor**2)

    def test_a_name_used_twice_is_one_number(self) -> None:
        """x * x of a normal x has the mean mu^2 + sigma^2; two independent draws would give mu^2."""
        scenario = alone("x * x * rate", inputs={"x": "normal(3, 1)", "rate": "1 USD/month"}, timeline={"months": 1})
        agrees(tco.simulate(scenario, draws=DRAWS).sample("only", "total_cost"), 10.0, 4 * 9.0 + 2.0)

    def test_product_of_independent_inputs(self) -> None:
        """Goodman 1960: Var(XY) = (s1^2 + m1^2)(s2^2 + m2^2) - m1^2 m2^2."""
        scenario = alone(
            "volume * price",
            inputs={"volume": "normal(400, 60) request/month", "price": "lognormal(2, 0.5) USD/request"},
            timeline={"months": 24, "discount_rate": RATE},
        )
        factor = annuity(0.08, 24)
        variance = (60.0**2 + 400.0**2) * (0.5**2 + 2.0**2) - (400.0 * 2.0) ** 2
        agrees(tco.simulate(scenario, draws=DRAWS).sample("only", "npv_cost"), 800.0 * factor, variance * factor**2)

    def test_product_of_lognormals_is_lognormal(self) -> None:
        """5k to 20k times 2 to 8, both 90% intervals: medians 10,000 and 4, and squared widths add."""
        scenario = alone(
            "volume * price", inputs={"volume": "5k to 20k request/month", "price": "2 to 8 USD/request"}, timeline={"months": 1}
        )
        found = tco.simulate(scenario, draws=DRAWS).summary("only", "total_cost")
        sigma = math.sqrt(2.0) * math.log(2.0) / 1.6448536269514722
        assert math.log(found.p50) == pytest.approx(math.log(40_000.0), abs=0.03)
        assert math.log(found.p90 / found.p10) == pytest.approx(2.0 * Z90 * sigma, rel=0.03)


class TestIncidents:
    """Losses of a month: N Poisson with mean m = frequency / 12, times one severity X shared by the events of the month."""

    MONTHS = 24

    def sample(self, frequency: str, severity: str) -> NDArray[np.float64]:
        option = {"risk": {"outage": {"line": "incident_loss", "frequency": frequency, "severity": severity}}}
        return tco.simulate(make({"only": option}, timeline={"months": self.MONTHS}), draws=DRAWS).sample("only", "total_cost")

    @pytest.mark.parametrize(("yearly", "mean", "sd"), [(0.5, 1_000.0, 800.0), (6.0, 1_000.0, 300.0), (60.0, 10.0, 0.0)])
    def test_mean_variance_and_chance_of_no_event(self, yearly: float, mean: float, sd: float) -> None:
        severity = f"lognormal({mean}, {sd}) USD/event" if sd else f"{mean} USD/event"
        sample = self.sample(f"{yearly} event/year", severity)
        rate = yearly / 12.0
        variance = (rate + rate**2) * (mean**2 + sd**2) - (rate * mean) ** 2
        agrees(sample, self.MONTHS * rate * mean, self.MONTHS * variance)
        none = math.exp(-self.MONTHS * rate)
        assert abs(np.mean(sample == 0.0) - none) <= SIGMAS * math.sqrt(none * (1.0 - none) / DRAWS) + 1e-12

    def test_an_uncertain_frequency_mixes_the_futures(self) -> None:
        sample = self.sample("discrete(0: 0.7, 1: 0.3) event/year", "1 USD/event")
        none = 0.7 + 0.3 * math.exp(-self.MONTHS / 12.0)
        assert abs(np.mean(sample == 0.0) - none) < SIGMAS * math.sqrt(none * (1.0 - none) / DRAWS)
        agrees(sample, 0.3 * 2.0, 0.3 * 2.0 + 4.0 * 0.3 * 0.7)

    def test_mitigation_scales_the_expected_loss(self) -> None:
        line = {"line": "incident_loss", "frequency": "3 event/year", "severity": "1 USD/event"}
        options = {"bare": {"risk": {"outage": line}}, "guarded": {"risk": {"outage": line | {"mitigation_effect": "75%"}}}}
        central = central_case(tco.simulate(make(options), draws=1).model)
        assert central["options.bare.total"].sum() == pytest.approx(3.0)
        assert central["options.guarded.total"].sum() == pytest.approx(0.75)


class TestOutcomes:
    def test_cost_per_outcome_and_net_value_future_by_future(self) -> None:
        scenario = make(
            {"only": formulas({"cost": "cost"}, success_share="uniform(0.4, 0.8)")},
            timeline={"months": 12, "discount_rate": RATE},
            inputs={"cost": "300 USD/month"},
            outcome={"unit": "case", "volume": "50 case/month", "value": "9 USD/case"},
        )
        result = tco.simulate(scenario, draws=500)
        share = result.sample("only", "success_share")
        assert 0.4 < share.min() < 0.42 and 0.78 < share.max() < 0.8
        assert result.sample("only", "outcomes") == pytest.approx(600.0 * share, rel=1e-12)
        assert result.sample("only", "cost_per_outcome") == pytest.approx(6.0 / share, rel=1e-12)
        assert result.sample("only", "net_value") == pytest.approx((450.0 * share - 300.0) * annuity(0.08, 12), rel=1e-9)


class TestRatesThatChange:
    """A yearly rate that changes over the timeline is chained month by month, never applied backwards to the whole time."""

    def test_green_book_declining_rates(self) -> None:
        """HM Treasury Green Book: the factor of year 31 is that of year 30 over 1.03."""
        scenario = alone(
            "flow",
            inputs={"flow": monthly([*[0.0] * 371, 1.0])},
            timeline={"months": 372, "discount_rate": {"steps": {"2027-01": "3.5%/year", "2057-01": "3%/year"}}},
        )
        assert npv(scenario) == pytest.approx(declining_factor(31), rel=1e-12)

    @pytest.mark.parametrize(("timing", "offset"), [("start", 0), ("mid", 0.5), ("end", 1)])
    def test_constant_steps_are_the_constant_rate(self, timing: str, offset: float) -> None:
        rate = {"steps": {"2027-01": RATE, "2028-01": RATE}}
        timeline = {"months": 36, "discount_rate": rate, "discount_timing": timing}
        assert npv(alone("cost", inputs={"cost": "1 USD/month"}, timeline=timeline)) == pytest.approx(annuity(0.08, 36, offset), rel=1e-12)

    def test_prices_stay_up_when_inflation_ends(self) -> None:
        fee = {"line": "monthly_fee", "monthly_amount": "1 USD/month", "escalates": True}
        inflation = {"steps": {"2027-01": "10%/year", "2028-01": "0%/year"}}
        result = tco.simulate(make({"only": {"fees": {"fee": fee}}}, timeline={"months": 24, "inflation": inflation}), draws=1)
        assert result.monthly_mean("only") == pytest.approx([*1.1 ** (np.arange(12) / 12.0), *[1.1] * 12], rel=1e-12)
