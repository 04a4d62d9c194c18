"""Forecasting methods: closed forms, intervals that hold what they promise, and backtests that pick by error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tco_model.errors import ScenarioError
from tco_model.finops.backtest import backtest, missed
from tco_model.finops.forecast_methods import METHODS, SEASONAL, Array, fit
from tco_model.finops.predict import add_up, predict, predict_together

AHEAD = 6


def simulated(law: str, months: int, draw: np.random.Generator) -> Array:
    noise = draw.standard_normal(months)
    match law:
        case "naive":
            return 1000 + 5 * np.cumsum(noise)
        case "drift":
            return 1000 + np.cumsum(3 + 5 * noise)
        case "growth":
            return np.exp(5 + np.cumsum(0.03 + 0.05 * noise))
        case "run_rate":
            return 1000 + 30 * noise
        case _:
            found = 1000 + 40 * np.resize(draw.standard_normal(12), months) + 5 * noise
            for month in range(12, months):
                found[month] = found[month - 12] + 5 * noise[month] + (8 if law == "seasonal_drift" else 0)
            return found


class TestIntervals:
    @pytest.mark.parametrize(
        ("law", "months"),
        [(law, months) for law in METHODS for months in (4, 12, 24, 36) if law not in SEASONAL or months > 20],
    )
    def test_the_80_percent_interval_of_the_right_method_holds_75_to_85_percent(self, law: str, months: int) -> None:
        """900 series of the law that the method stands for, all horizons together; with four months too, because it is Student's t."""
        draw = np.random.default_rng(5)
        held: list[float] = []
        for _ in range(900):
            series = simulated(law, months + AHEAD, draw)
            found = fit(law, series[:months], AHEAD)
            held.append(float(np.mean((series[months:] >= found.quantile(0.1)) & (series[months:] <= found.quantile(0.9)))))
        assert 0.75 < np.mean(held) < 0.85

    @pytest.mark.parametrize("months", [8, 12, 24])
    def test_picked_by_its_own_backtest_it_holds_70_to_85_percent(self, months: int) -> None:
        """Picking costs some of the promise: over the five laws, 100 series each, three months ahead."""
        draw, held = np.random.default_rng(6), []
        for law in METHODS:
            for _ in range(100):
                series = simulated(law, months + 3, draw)
                found = predict(series[:months], 3, paths=2)
                held.append(np.mean((series[months:] >= found.low) & (series[months:] <= found.high)))
        assert 0.70 < np.mean(held) < 0.85

    @pytest.mark.parametrize("method", METHODS)
    def test_the_paths_have_the_spread_of_the_interval(self, method: str) -> None:
        series = simulated("growth", 30, np.random.default_rng(7))
        found = predict(series, 15, method, paths=20_000)
        low, high = np.quantile(found.paths, [0.1, 0.9], axis=0)
        width = found.high - found.low
        np.testing.assert_allclose(low, found.low, atol=float(np.max(0.06 * width)))
        np.testing.assert_allclose(high, found.high, atol=float(np.max(0.06 * width)))

    def test_three_months_are_wide_and_more_of_the_same_are_narrower(self) -> None:
        short, long = (predict(np.resize([100.0, 104.0, 101.0], count), 1, "run_rate", paths=2) for count in (3, 30))
        assert short.high[0] - short.low[0] > 1.3 * (long.high[0] - long.low[0])


class TestClosedForms:
    def test_drift_is_the_line_through_the_first_and_the_last(self) -> None:
        found = fit("drift", np.array([10.0, 18.0, 16.0]), 3)
        np.testing.assert_allclose(found.central, [19, 22, 25])
        scale = np.sqrt((5.0**2 + 5.0**2) / 1)  # residuals 8 − 3 and −2 − 3, one degree of freedom
        np.testing.assert_allclose(found.spread, scale * np.sqrt(np.array([1, 2, 3]) * (1 + np.array([1, 2, 3]) / 2)))

    def test_naive_widens_with_the_root_of_the_horizon(self) -> None:
        found = fit("naive", np.array([1.0, 2.0, 4.0]), 4)
        np.testing.assert_allclose(found.spread, np.sqrt(2.5) * np.sqrt([1, 2, 3, 4]))
        assert found.freedom == 2 and set(found.central) == {4.0}

    def test_growth_goes_on_at_its_rate(self) -> None:
        np.testing.assert_allclose(fit("growth", 100 * 1.1 ** np.arange(6), 3).central, 100 * 1.1 ** np.array([6, 7, 8]))

    def test_a_constant_series_has_no_spread(self) -> None:
        for method in ("naive", "drift", "growth", "run_rate"):
            found = predict(np.full(8, 7.0), 3, method)
            np.testing.assert_allclose([found.central, found.low, found.high, found.paths[0]], 7.0)

    @given(st.lists(st.floats(1, 1e6), min_size=4, max_size=20), st.floats(0.01, 100))
    @settings(max_examples=40)
    def test_another_currency_scales_everything(self, values: list[float], rate: float) -> None:
        plain, scaled = (predict(np.array(values) * factor, 3, paths=50) for factor in (1.0, rate))
        assert plain.method == scaled.method
        for one, other in ((plain.central, scaled.central), (plain.high, scaled.high), (plain.paths, scaled.paths)):
            np.testing.assert_allclose(one * rate, other, rtol=1e-6, atol=1e-6 * rate * max(values))

    def test_costs_that_were_never_negative_do_not_become_so(self) -> None:
        found = predict(np.array([100.0, 50.0, 5.0, 1.0]), 6, "drift")
        assert found.paths.min() == found.low.min() == found.central.min() == 0.0
        assert predict(np.array([100.0, -50.0, 5.0, 1.0]), 6, "drift").low.min() < 0


class TestTogether:
    def test_what_moved_together_stays_together_and_what_moved_apart_cancels(self) -> None:
        noise = np.cumsum(np.random.default_rng(1).standard_normal(30))
        up, down, same = 100 + noise, 100 - noise, 50 + noise
        found = predict_together({"up": up, "down": down, "same": same}, 4, dict.fromkeys(("up", "down", "same"), "naive"))
        apart = add_up([found["up"].paths, found["down"].paths])
        np.testing.assert_allclose(apart, 200.0, atol=1e-6)
        both = add_up([found["up"].paths, found["same"].paths])
        np.testing.assert_allclose(both.std(axis=0), 2 * found["up"].paths.std(axis=0), rtol=1e-6)

    def test_the_same_seed_gives_the_same_paths_and_another_others(self) -> None:
        series = np.array([3.0, 4.0, 6.0, 5.0])
        assert np.array_equal(predict(series, 3).paths, predict(series, 3).paths)
        assert not np.array_equal(predict(series, 3).paths, predict(series, 3, seed=1).paths)


class TestBacktest:
    def test_a_line_is_forecast_by_drift_and_a_random_walk_by_nothing(self) -> None:
        line = 100 + 10.0 * np.arange(12)
        found = backtest(line)
        assert found.chosen == "drift" and found.errors["drift"].mae == pytest.approx(0, abs=1e-9)
        assert found.errors["naive"].mae == pytest.approx(np.mean([10] * 9 + [20] * 8 + [30] * 7))
        walk = backtest(np.array([5.0, 7.0, 9.0, 9.0, 7.0, 5.0, 5.0, 3.0, 3.0, 5.0, 5.0, 7.0]))
        assert walk.beats_naive is False and walk.chosen == "naive" and "nothing beats" in walk.words

    def test_too_few_months_are_said_and_fewer_than_three_refused(self) -> None:
        found = predict(np.array([1.0, 2.0, 3.0]), 2)
        assert found.method == "naive" and found.backtest.beats_naive is None and "too few months" in found.backtest.words
        with pytest.raises(ScenarioError, match="2 of the 3 whole months"):
            predict(np.array([1.0, 2.0]), 2)
        with pytest.raises(ScenarioError, match="no method 'arima'"):
            predict(np.array([1.0, 2.0, 4.0]), 2, "arima")
        with pytest.raises(ScenarioError, match="growth needs values above zero"):
            predict(np.array([1.0, 0.0, 4.0]), 2, "growth")


AIR_PASSENGERS = np.array([
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
    145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
    196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
    315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
    360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
], dtype=np.float64)  # fmt: skip
"""Monthly airline passengers in thousands, 1949 to 1960 (Box and Jenkins, Time Series Analysis, series G)."""


def test_the_published_errors_of_airline_passengers() -> None:
    """The last twelve months held out, the same month of the year before: MAE 47.8333, MAPE 9.98753%; the drift of a season does better."""
    past, came = AIR_PASSENGERS[:-12], AIR_PASSENGERS[-12:]
    said = missed([fit("seasonal_naive", past, 12).central], [came], 1.0)
    assert said.mae == pytest.approx(47.8333, abs=5e-5) and said.mape == pytest.approx(0.0998753, abs=5e-8)
    found = backtest(past)
    assert found.chosen == "seasonal_drift" and found.beats_naive and found.errors["seasonal_naive"].mae < found.errors["naive"].mae
    drift = missed([fit("seasonal_drift", past, 12).central], [came], 1.0)
    assert drift.mae < said.mae
