"""Holds the spread of figures against closed forms, small tables worked by hand, resampling, and what dominance must obey."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy import stats as scipy_stats

import tco_model as tco
from tco_model.analysis import payback as payback_module
from tco_model.analysis.payback import payback_months, paybacks
from tco_model.analysis.spread import (
    CURVE_LEVELS,
    Dominance,
    chance_of_change,
    contingency,
    convergence,
    dominance,
    exceeding,
    printed_step,
    quantile,
    quantile_errors,
    regrets,
    s_curve,
    saving_at_least,
    spread,
    tail_mean,
    variation,
)
from tco_model.report.format import short_number
from tests.engine.scenarios import SMALL, compared, formulas, make

Array = NDArray[np.float64]
stats: Any = scipy_stats


def normal(draws: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=draws)


class TestCurve:
    def test_points_are_the_quantiles_of_the_law(self) -> None:
        found = s_curve(normal(40_000))
        expected = stats.norm.ppf(CURVE_LEVELS)
        assert np.all(np.abs(found.values - expected) < 5.0 * found.errors)
        assert np.all(np.diff(found.values) > 0.0)

    def test_errors_are_those_of_large_samples(self) -> None:
        """``sqrt(p (1 - p) / n) / f(q)`` of a normal law."""
        draws = 200_000
        levels = np.array(CURVE_LEVELS)
        exact = np.sqrt(levels * (1.0 - levels) / draws) / stats.norm.pdf(stats.norm.ppf(levels))
        found = quantile_errors(np.sort(normal(draws)), CURVE_LEVELS)
        assert found == pytest.approx(exact, rel=0.3)
        assert np.mean(found / exact) == pytest.approx(1.0, rel=0.03)

    @pytest.mark.parametrize("level", [0.02, 0.1, 0.5, 0.8, 0.98])
    def test_two_errors_cover_the_quantile_95_times_of_100(self, level: float) -> None:
        exact = stats.expon.ppf(level)
        held = [quantile(np.sort(np.random.default_rng(seed).exponential(size=500)), level) for seed in range(400)]
        covered = np.mean([abs(one.value - exact) < 2.0 * one.error for one in held])
        assert 0.9 < covered < 0.99

    def test_a_sample_without_spread_has_no_error(self) -> None:
        found = s_curve(np.full(50, 7.0))
        assert np.all(found.values == 7.0)
        assert np.all(found.errors == 0.0)

    def test_a_level_beyond_the_draws_is_uncertain(self) -> None:
        ordered = np.arange(20.0)
        low, high = (quantile(ordered, level).error for level in (0.01, 0.99))
        assert low == pytest.approx(high)
        assert low > 0.2


class TestChances:
    def test_budget_and_saving(self) -> None:
        costs, baseline = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 5.0, 3.0])
        assert exceeding(costs, 2.0).value == 0.5
        assert saving_at_least(costs, baseline).value == 0.75
        assert saving_at_least(costs, baseline, 1.0).value == 0.5
        assert saving_at_least(costs, baseline, 1.5).error == pytest.approx(math.sqrt(0.25 * 0.75 / 4))

    def test_regret_by_hand(self) -> None:
        costs = np.array([[1.0, 5.0, 3.0], [2.0, 4.0, 3.0]])
        assert np.array_equal(regrets(costs), [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])


class TestTail:
    @pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
    def test_normal_law(self, level: float) -> None:
        """``phi(z) / (1 - level)`` for a standard normal."""
        found = tail_mean(normal(200_000), level)
        assert found.value == pytest.approx(stats.norm.pdf(stats.norm.ppf(level)) / (1.0 - level), abs=4.0 * found.error)

    def test_the_future_on_the_level_counts_in_part(self) -> None:
        """The dearest 15% of 1 .. 10 are the 10 and half of the 9."""
        assert tail_mean(np.arange(1.0, 11.0), 0.85).value == pytest.approx((10.0 + 0.5 * 9.0) / 1.5)
        assert tail_mean(np.arange(10.0, 0.0, -1.0), 0.9).value == pytest.approx(10.0)

    def test_the_error_is_the_spread_over_seeds(self) -> None:
        held = [tail_mean(normal(1000, seed), 0.9) for seed in range(300)]
        assert np.mean([one.error for one in held]) == pytest.approx(np.std([one.value for one in held]), rel=0.12)

    @given(arrays.arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6)), st.floats(0.0, 0.999))
    def test_it_lies_between_the_mean_and_the_dearest_and_grows_with_the_level(self, costs: Array, level: float) -> None:
        slack = 1e-7 * float(np.abs(costs).max() + 1.0)
        found = tail_mean(costs, level).value
        assert costs.mean() - slack <= found <= costs.max() + slack
        assert found <= tail_mean(costs, level + (1.0 - level) / 2.0).value + slack


class TestVariation:
    def test_lognormal_law(self) -> None:
        found = variation(np.exp(0.4 * normal(200_000)))
        assert found.value == pytest.approx(math.sqrt(math.expm1(0.16)), abs=4.0 * found.error)

    def test_the_error_is_the_spread_over_seeds(self) -> None:
        held = [variation(np.exp(0.4 * normal(2000, seed))) for seed in range(300)]
        assert np.mean([one.error for one in held]) == pytest.approx(np.std([one.value for one in held]), rel=0.12)

    def test_it_has_no_unit_and_no_sign(self) -> None:
        sample = 5.0 + normal(500)
        assert variation(-1000.0 * sample).value == pytest.approx(variation(sample).value)
        assert variation(-1000.0 * sample).error == pytest.approx(variation(sample).error)
        assert variation(np.full(9, 3.0)).value == 0.0
        assert variation(np.array([-1.0, 1.0])).value == math.inf


def test_contingency_of_a_normal_law() -> None:
    """Over its mean P50 needs nothing and P80 0.8416 standard deviations; over half a deviation more it needs that much less."""
    costs = 100.0 + 20.0 * normal(100_000)
    found, higher = contingency(costs, 100.0), contingency(costs, 110.0)
    assert found.within.value == pytest.approx(0.5, abs=5.0 * found.within.error)
    assert found.to_p50.value == pytest.approx(0.0, abs=5.0 * found.to_p50.error)
    assert found.to_p80.value == pytest.approx(0.8416212 * 20.0, abs=5.0 * found.to_p80.error)
    assert higher.to_p80.value == pytest.approx(found.to_p80.value - 10.0)
    assert higher.within.value == pytest.approx(stats.norm.cdf(0.5), abs=5.0 * higher.within.error)


def between(one: Array, other: Array) -> Dominance:
    return dominance("one", "other", np.sort(one), np.sort(other))


class TestDominance:
    def test_a_cheaper_law_of_the_same_shape_dominates_first(self) -> None:
        found = between(normal(1000), normal(1000) + 0.1)
        assert (found.first, found.second, found.first_violation, found.second_violation) == (True, True, 0.0, 0.0)
        back = between(normal(1000) + 0.1, normal(1000))
        assert (back.first, back.second, back.first_violation, back.second_violation) == (False, False, 1.0, 1.0)

    def test_the_narrower_of_two_laws_of_one_mean_dominates_second_only(self) -> None:
        sample = normal(1001)
        narrow, wide = sample - sample.mean(), 2.0 * (sample - sample.mean())
        found = between(narrow, wide)
        assert (found.first, found.second) == (False, True)
        assert found.first_violation == pytest.approx(0.5, abs=0.02)
        assert not between(wide, narrow).second

    def test_a_safe_dearer_option_dominates_neither_way(self) -> None:
        sample = normal(1000)
        safe, risky = 0.5 + 0.1 * sample, sample
        assert not between(safe, risky).second
        assert not between(risky, safe).second

    def test_equal_costs_dominate_in_no_direction_nor_do_the_last_digits_of_a_float(self) -> None:
        sample = 1e6 * (5.0 + normal(500))
        for other in (sample, sample * (1.0 + 1e-15)):
            found = between(sample, other)
            assert (found.first, found.second, found.first_violation) == (False, False, 0.0)

    @settings(max_examples=60)
    @given(
        st.integers(2, 12).flatmap(lambda size: st.tuples(*[arrays.arrays(np.float64, size, elements=st.integers(0, 9).map(float))] * 2))
    )
    def test_it_says_what_every_buyer_says(self, pair: tuple[Array, Array]) -> None:
        """First: the chance to exceed any amount is no higher. Second: nor is the expected excess over any amount."""
        one, other = pair
        found = between(one, other)
        amounts = np.arange(-1.0, 10.5, 0.5)
        differs = not np.array_equal(np.sort(one), np.sort(other))
        rarer = all(np.mean(one > amount) <= np.mean(other > amount) for amount in amounts)
        smaller = all(np.maximum(one - amount, 0.0).mean() <= np.maximum(other - amount, 0.0).mean() + 1e-12 for amount in amounts)
        assert found.first == (differs and rarer)
        assert found.second == (differs and smaller)
        assert found.second or not found.first
        back = between(other, one)
        assert not (found.first and back.first)
        if differs:
            assert found.first_violation + back.first_violation == pytest.approx(1.0)


class TestConvergence:
    @settings(max_examples=300)
    @given(st.floats(1e-3, 9e11), st.sampled_from([-1.0, 1.0]))
    def test_the_step_is_the_last_digit_that_is_printed(self, size: float, sign: float) -> None:
        value = sign * size
        step = printed_step(value)
        assume(abs(size / step % 1.0 - 0.5) > 1e-9)  # halfway between two printed figures either is right
        middle = round(value / step) * step
        assert short_number(middle) == short_number(value)
        assert short_number(middle + 1.001 * step) != short_number(middle)
        ends = (middle - 0.49 * step, middle + 0.49 * step)
        if {printed_step(end) for end in ends} == {step}:  # next to a power of ten the digits change size
            assert {short_number(end) for end in ends} == {short_number(middle)}

    @pytest.mark.parametrize(("centre", "sd"), [(1_600_000.0, 400_000.0), (12_340.0, 900.0), (2_500.0, 30.0)])
    def test_chance_that_twice_the_draws_print_something_else(self, centre: float, sd: float) -> None:
        """A second route: means of n and of 2 n draws, the first n in common, printed and compared."""
        draws, trials = 400, 4000
        rng = np.random.default_rng(3)
        first, second = centre + sd / math.sqrt(draws) * rng.normal(size=(2, trials))
        changed = [short_number(one) != short_number((one + other) / 2.0) for one, other in zip(first, second, strict=True)]
        said = [chance_of_change(float(one), sd / math.sqrt(draws)) for one in first]
        # A mean seen once is taken as the truth, while the next half is drawn about the centre: on average the two differ little.
        spread_seen = np.abs(np.mean(changed) - np.mean(said))
        assert spread_seen < 0.08
        assert 0.02 < np.mean(said) < 0.98

    def test_no_error_changes_nothing(self) -> None:
        assert chance_of_change(1234.5, 0.0) == 0.0
        assert chance_of_change(0.0, 1.0) == 0.0

    def test_a_lead_is_settled_once_it_exceeds_two_errors(self) -> None:
        scenario = compared(["a", "b"], inputs={"a": "normal(100, 10) USD/month", "b": "normal(101, 10) USD/month"}, timeline={"months": 1})
        few, many = (convergence(tco.simulate(scenario, draws=draws, seed=4), "npv_cost") for draws in (60, 40_000))
        assert not few.settled
        assert (many.settled, many.option, many.runner_up) == (True, "option_0", "option_1")
        assert many.lead.value == pytest.approx(1.0, abs=4.0 * many.lead.error)
        assert many.lead.error == pytest.approx(math.sqrt(200.0 / 40_000), rel=0.02)
        assert many.draws_to_settle == pytest.approx(4.0 * 200.0 / many.lead.value**2, rel=0.03)
        assert {(one.option, one.figure) for one in many.printed} == {
            (option, figure) for option in ("option_0", "option_1") for figure in ("mean", "p10", "p50", "p90")
        }
        assert set(many.would_change) == {one for one in many.printed if one.changes > 0.5}

    def test_a_single_option_leads_by_itself(self) -> None:
        result = tco.simulate(compared(["a"], inputs={"a": "1 to 2 USD/month"}), draws=50)
        found = convergence(result, "npv_cost")
        assert (found.settled, found.lead.value, found.runner_up) == (True, 0.0, "option_0")


class TestSpread:
    def test_every_figure_of_a_decision_in_closed_form(self) -> None:
        """X and Y independent normals, one month without discount: X - Y and max(X - Y, 0) have known moments."""
        scenario = compared(["a", "b"], inputs={"a": "normal(100, 15) USD/month", "b": "normal(110, 20) USD/month"}, timeline={"months": 1})
        found = spread(tco.simulate(scenario, draws=60_000, seed=2), budget=120.0, least_saving=5.0)
        one, other = found.options
        assert one.mean.value == pytest.approx(100.0, abs=5.0 * one.mean.error)
        assert one.variation.value == pytest.approx(0.15, abs=5.0 * one.variation.error)
        assert one.contingency.point == 100.0
        assert one.over_budget is not None
        assert one.over_budget.value == pytest.approx(stats.norm.sf(20.0 / 15.0), abs=5.0 * one.over_budget.error)
        assert one.tail_95.value > one.tail_90.value > one.curve.values[89]
        z = 10.0 / 25.0
        loss = 25.0 * (stats.norm.pdf(z) - z * stats.norm.sf(z))
        assert one.regret.value == pytest.approx(loss, abs=5.0 * one.regret.error)
        assert other.regret.value == pytest.approx(loss + 10.0, abs=5.0 * other.regret.error)
        assert other.regret_p90.value == pytest.approx(10.0 + 25.0 * stats.norm.ppf(0.9), abs=5.0 * other.regret_p90.error)
        (gap,) = found.gaps
        assert (gap.option, gap.baseline) == ("option_1", "option_0")
        assert gap.mean.value == pytest.approx(10.0, abs=5.0 * gap.mean.error)
        assert gap.saves.value == pytest.approx(stats.norm.cdf(-15.0 / 25.0), abs=5.0 * gap.saves.error)
        assert len(found.dominance) == 2

    def test_a_value_is_read_the_other_way_round(self) -> None:
        options = {
            "sure": formulas({"line": "fee"}, success_share="60%"),
            "bold": formulas({"line": "fee"}, success_share="uniform(50%, 80%)"),
        }
        scenario = make(
            options,
            decision={"decide_by": "net_value"},
            inputs={"fee": "1000 USD/month"},
            outcome={"unit": "case", "volume": "1k case/month", "value": "10 USD/case"},
        )
        found = spread(tco.simulate(scenario, draws=20_000, seed=5), budget=72_000.0, least_saving=6_000.0)
        sure, bold = found.options
        assert sure.mean.value == pytest.approx(60_000.0)
        assert bold.mean.value == pytest.approx(66_000.0, abs=5.0 * bold.mean.error)
        assert bold.tail_90.value == pytest.approx(48_000.0 + 0.05 * 36_000.0, rel=0.01)
        assert bold.contingency.to_p80.value == pytest.approx(0.3 * 36_000.0, rel=0.03)
        assert bold.over_budget is not None
        assert bold.over_budget.value == pytest.approx(2.0 / 3.0, abs=5.0 * bold.over_budget.error)
        assert found.gaps[0].mean.value == pytest.approx(6_000.0, rel=0.05)
        assert found.gaps[0].saves.value == pytest.approx(0.5, abs=5.0 * found.gaps[0].saves.error)
        assert sure.regret.value > bold.regret.value
        assert found.convergence.option == "bold"
        assert np.all(np.diff(bold.curve.values) >= 0.0)

    def test_without_a_budget_nothing_is_said_of_it(self) -> None:
        found = spread(tco.simulate(tco.load(SMALL), draws=200), figure="total_cost")
        assert all(option.over_budget is None for option in found.options)
        assert found.figure == "total_cost"


class TestPaybackMonths:
    @pytest.mark.parametrize(
        ("savings", "month"),
        [
            ([-100.0, 30.0, 30.0, 30.0, 30.0], 5),
            ([-100.0, 50.0, 50.0, 1.0], 3),
            ([5.0, 5.0, 5.0], 1),
            ([-1.0, -1.0, -1.0], 4),
            ([-100.0, 150.0, -80.0, 50.0], 4),
            ([-100.0, 150.0, -80.0, 10.0], 5),
            ([0.0, 0.0], 1),
            ([-0.3, 0.1, 0.1, 0.1], 4),
        ],
    )
    def test_by_hand(self, savings: list[float], month: int) -> None:
        assert payback_months(np.array([savings]))[0] == month

    @given(arrays.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 8)), elements=st.integers(-9, 9).map(float)))
    def test_from_that_month_on_it_is_never_behind(self, savings: Array) -> None:
        cumulative = np.cumsum(savings, axis=1)
        for row, month in zip(cumulative, payback_months(savings), strict=True):
            assert np.all(row[month - 1 :] >= 0.0)
            assert month == 1 or row[month - 2] < 0.0


def switching(saving: str, **timeline: Any) -> tco.Scenario:
    """Stay at 1,000 a month, or pay 1,200 in the first month and `saving` less from then on."""
    options = {
        "stay": formulas({"run": "old"}, baseline=True),
        "move": formulas({"once": "project", "run": "old - saving"}),
    }
    inputs = {"old": "1000 USD/month", "saving": f"{saving} USD/month", "project": {"monthly": [1200.0, 0.0], "unit": "USD/month"}}
    return make(options, inputs=inputs, timeline={"months": 24, **timeline})


class TestPaybacks:
    def test_simple_and_discounted(self) -> None:
        """1,200 at 100 a month is 12 months; at 2% a month, money at month ends, the sum of a year is 1,200 / 1.02 at month 13 or 14."""
        monthly = 0.02
        scenario = switching("100", discount_rate=f"{100 * ((1 + monthly) ** 12 - 1):.10f}%/year", discount_timing="end")
        (found,) = paybacks(tco.simulate(scenario, draws=100))
        annuity = [100.0 * (1.0 - 1.02**-months) / monthly for months in range(1, 25)]
        expected = next(month for month, worth in enumerate(annuity, start=1) if worth >= 1200.0 / 1.02)
        assert (found.option, found.baseline, found.month, found.discounted_month) == ("move", "stay", 12, expected)
        assert expected == 14
        assert (found.within.value, found.within.error) == (1.0, 0.0)

    def test_chance_by_month_in_closed_form(self) -> None:
        """Saving uniform on 20 .. 120: paid back by month m where it is at least 1,200 / m."""
        draws = 20_000
        (found,) = paybacks(tco.simulate(switching("uniform(20, 120)"), draws=draws, seed=3))
        months = np.arange(1, 25)
        expected = np.clip((120.0 - 1200.0 / months) / 100.0, 0.0, 1.0)
        assert np.abs(found.by_month - expected).max() < 4.5 * math.sqrt(0.25 / draws)
        assert found.month == 18
        assert found.within.value == pytest.approx(0.7, abs=4.5 * found.within.error)
        assert found.month_at(0.5) == 18
        assert found.month_at(0.9) is None
        assert found.month_at(0.1) == 11

    def test_never(self) -> None:
        (found,) = paybacks(tco.simulate(switching("40"), draws=20))
        assert (found.month, found.discounted_month, found.within.value, found.month_at(0.01)) == (None, None, 0.0, None)

    @pytest.mark.parametrize("design", ["random", "sobol"])
    def test_the_same_futures_as_the_result_for_any_block(self, design: str, monkeypatch: pytest.MonkeyPatch) -> None:
        result = tco.simulate(tco.load(SMALL), draws=700, design=design)
        whole = paybacks(result)
        costs = [sum(float(monthly[option].sum()) for monthly, _ in payback_module.months_in_blocks(result)) for option in result.options]
        assert costs == pytest.approx([700 * result.summary(option, "total_cost").mean for option in result.options], rel=1e-9)
        monkeypatch.setattr(payback_module, "PAYBACK_BLOCK", 128)
        for one, other in zip(whole, paybacks(result), strict=True):
            assert (one.month, one.discounted_month, one.within) == (other.month, other.discounted_month, other.within)
            assert np.array_equal(one.by_month, other.by_month)
            assert np.array_equal(one.discounted_by_month, other.discounted_by_month)
