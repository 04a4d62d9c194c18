"""Holds the value of information against closed forms: perfect, of one input, and of a sample with conjugate laws.

The unit normal loss integral ``L(z) = phi(z) - z Phi(-z)`` is that of Raiffa and Schlaifer (1961), Applied Statistical Decision Theory.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from tco_model.analysis.conditional import Choice, Knowledge, evpi, evppi
from tco_model.analysis.study import EventCount, Pilot, RatioReading, Reading, Study, YesOrNo

Array = NDArray[np.float64]
stats: Any = scipy_stats
DRAWS = 2**16
"""Scrambled Sobol points; the answers are held to 1.5% at this number."""


def points(inputs: int, seed: int = 1) -> Array:
    return np.asarray(stats.qmc.Sobol(inputs, scramble=True, rng=seed).random_base2(16).T)


def loss(mean: float, sd: float) -> float:
    """Expected loss of choosing the better of 0 and N(mean, sd) before it is known: ``s L(|m| / s)``."""
    z = abs(mean) / sd
    return sd * float(stats.norm.pdf(z) - z * stats.norm.sf(z))


def against_nothing(benefit: Array) -> Array:
    return np.array([benefit, np.zeros_like(benefit)])


def test_perfect_information_on_a_net_benefit_of_mean_100_sd_200() -> None:
    assert loss(100.0, 200.0) == pytest.approx(39.5593, abs=5e-5)
    benefit = 100.0 + 200.0 * stats.norm.ppf(points(1)[0])
    assert evpi(against_nothing(benefit), most_is_best=True).value == pytest.approx(39.5593, rel=0.001)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (1.0, 1.0), (-3.0, 2.0), (2.0, 5.0)])
def test_perfect_information_in_closed_form(mean: float, sd: float) -> None:
    benefit = mean + sd * stats.norm.ppf(points(1)[0])
    assert evpi(against_nothing(benefit), most_is_best=True).value == pytest.approx(loss(mean, sd), rel=0.01)
    assert evpi(against_nothing(-benefit)).value == pytest.approx(loss(mean, sd), rel=0.01)


@pytest.mark.parametrize("linked", [None, ()])
def test_two_normals_against_nothing(linked: tuple[()] | None) -> None:
    """N(1, 1) - N(0, 2) against 0: EVPI 0.4798107, EVPPI of each part 0.0833155 and 0.3955931, by the loss integral."""
    first, second = (law.ppf(row) for law, row in zip((stats.norm(1.0, 1.0), stats.norm(0.0, 2.0)), points(2), strict=True))
    values = against_nothing(first - second)
    assert (loss(1.0, math.sqrt(5.0)), loss(1.0, 1.0), loss(1.0, 2.0)) == pytest.approx((0.4798107, 0.0833155, 0.3955931), abs=5e-8)
    assert evpi(values, most_is_best=True).value == pytest.approx(0.4798107, rel=0.002)
    found = evppi(values, {"first": first, "second": second}, linked=linked, most_is_best=True)
    assert found["first"].value == pytest.approx(0.0833155, rel=0.015)
    assert found["second"].value == pytest.approx(0.3955931, rel=0.005)


def test_two_normals_from_plain_random_draws() -> None:
    first, second = np.random.default_rng(3).normal((1.0, 0.0), (1.0, 2.0), (400_000, 2)).T
    found = evppi(against_nothing(first - second), {"first": first, "second": second}, linked=(), most_is_best=True)
    assert found["first"].value == pytest.approx(0.0833155, abs=4.0 * found["first"].error)
    assert found["first"].error < 0.01 * 0.0833155
    assert found["second"].value == pytest.approx(0.3955931, abs=4.0 * found["second"].error)


def test_three_options_one_for_each_tail() -> None:
    """Costs x, -x and 0 with x standard normal: knowing x saves ``E|x| = sqrt(2 / pi)``."""
    x = stats.norm.ppf(points(1)[0])
    assert evppi(np.array([x, -x, 0.0 * x]), {"x": x})["x"].value == pytest.approx(math.sqrt(2.0 / math.pi), rel=0.002)


def study_of(drawn: Array, benefit: Array, study: Study) -> Pilot:
    return Pilot(Knowledge(Choice.of(against_nothing(benefit), most_is_best=True), {"x": drawn}), "x", study)


SIZES = (1, 3, 10, 40, 200, 1000)


@pytest.mark.parametrize("samples", SIZES)
def test_sample_of_a_normal_mean_with_known_error(samples: int) -> None:
    """Before the sample its posterior mean is normal with variance ``s^2 s^2 / (s^2 + e^2 / n)``."""
    mean, sd, error = 0.5, 1.0, 4.0
    x = mean + sd * stats.norm.ppf(points(1)[0])
    spread = math.sqrt(sd**4 / (sd**2 + error**2 / samples))
    assert study_of(x, x, Reading(error)).worth(samples).evsi.value == pytest.approx(loss(mean, spread), rel=0.01, abs=1e-4)


@pytest.mark.parametrize("samples", SIZES)
def test_sample_of_a_share_with_a_beta_law(samples: int) -> None:
    """Beta and binomial: the posterior mean of k successes of n is ``(a + k) / (a + b + n)``, k beta-binomial."""
    a, b, needed = 13.0, 7.0, 0.6
    share = np.asarray(stats.beta(a, b).ppf(points(1)[0]))
    counts = np.arange(samples + 1)
    after = np.maximum((a + counts) / (a + b + samples) - needed, 0.0) @ stats.betabinom(samples, a, b).pmf(counts)
    expected = 1000.0 * (float(after) - max(a / (a + b) - needed, 0.0))
    found = study_of(share, 1000.0 * (share - needed), YesOrNo()).worth(samples).evsi
    assert found.value == pytest.approx(expected, rel=0.01, abs=1e-3)


@pytest.mark.parametrize("samples", SIZES)
def test_counts_of_events_with_a_gamma_law(samples: int) -> None:
    """Gamma and Poisson: after k events in n years the mean rate is ``(a + k) / (b + n)``, k negative binomial."""
    a, b, borne = 4.0, 2.0, 1.6
    rate = np.asarray(stats.gamma(a, scale=1.0 / b).ppf(points(1)[0]))
    counts = np.arange(40 * samples + 400)
    chances = stats.nbinom(a, b / (b + samples)).pmf(counts)
    expected = float(np.maximum(borne - (a + counts) / (b + samples), 0.0) @ chances) - max(borne - a / b, 0.0)
    assert study_of(rate, borne - rate, EventCount()).worth(samples).evsi.value == pytest.approx(expected, rel=0.01, abs=1e-4)


@pytest.mark.parametrize("samples", SIZES)
def test_readings_in_proportion_with_a_lognormal_law(samples: int) -> None:
    """The posterior mean is lognormal with log variance ``v = s^4 / (s^2 + e^2 / n)``: an option priced as by Black and Scholes."""
    mu, sigma, error, strike = 0.0, 0.5, 1.5, 1.3
    x = np.exp(mu + sigma * stats.norm.ppf(points(1)[0]))
    spread = math.sqrt(sigma**4 / (sigma**2 + error**2 / samples))
    mean = math.exp(mu + sigma**2 / 2.0)
    d = (math.log(mean / strike) + spread**2 / 2.0) / spread
    expected = mean * stats.norm.cdf(d) - strike * stats.norm.cdf(d - spread) - max(mean - strike, 0.0)
    assert study_of(x, x - strike, RatioReading(error)).worth(samples).evsi.value == pytest.approx(float(expected), rel=0.015, abs=1e-4)
