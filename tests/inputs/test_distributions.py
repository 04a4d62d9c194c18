"""Holds every law against published answers, scipy, quadrature, and the properties that a sampler counts on."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from tco_model.inputs import distributions as laws
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.normal import ndtri
from tco_model.inputs.tabulated import beta_table
from tco_model.inputs.text import read_text
from tests.strategies import any_law, continuous_laws, stepped_laws

RATES = (0.01, 0.7, 3.0, 40.0, 1234.5, 1e5, 1e6)
SHAPES = ((1.0, 1.0), (1.0, 5.0), (5.0, 1.0), (3.0, 3.0), (7 / 3, 11 / 3), (0.5, 0.5), (0.6, 40.0), (200.0, 300.0))
EXAMPLES: list[tuple[Distribution, object]] = [
    (laws.Normal(3.0, 2.0), scipy.stats.norm(3.0, 2.0)),
    (laws.LogNormal(1.0, 0.5), scipy.stats.lognorm(0.5, scale=math.e)),
    (laws.Uniform(-1.0, 4.0), scipy.stats.uniform(-1.0, 5.0)),
    (laws.Triangular(10.0, 20.0, 60.0), scipy.stats.triang(0.2, 10.0, 50.0)),
    (laws.Triangular(10.0, 10.0, 60.0), scipy.stats.triang(0.0, 10.0, 50.0)),
    (laws.Triangular(10.0, 60.0, 60.0), scipy.stats.triang(1.0, 10.0, 50.0)),
    (laws.Pert(10.0, 20.0, 60.0), scipy.stats.beta(1.8, 4.2, 10.0, 50.0)),
    (laws.Pert(-5.0, -5.0, 1.0), scipy.stats.beta(1.0, 5.0, -5.0, 6.0)),
    *((laws.Beta(*shapes), scipy.stats.beta(*shapes)) for shapes in SHAPES),
    (laws.Beta(0.2, 0.3), scipy.stats.beta(0.2, 0.3)),
    *((laws.Poisson(rate), scipy.stats.poisson(rate)) for rate in RATES),
    (laws.Bernoulli(0.3), scipy.stats.bernoulli(0.3)),
    (laws.Discrete((5.0, 1.0, 2.0), (0.5, 0.2, 0.3)), scipy.stats.rv_discrete(values=([1, 2, 5], [0.2, 0.3, 0.5]))),
]
ALL = [law for law, _ in EXAMPLES] + [
    laws.interval(5_000, 20_000),
    laws.interval(-5, 20),
    laws.interval(0.62, 0.71, share=True),
    laws.Poisson(3.0).scaled(2.5),
]
CONTINUOUS = [law for law in ALL if not isinstance(law, (laws.Poisson, laws.Bernoulli, laws.Discrete, laws.Scaled))]


def name_of(value: object) -> str:
    return value.text() if isinstance(value, Distribution) else ""


class TestKnownAnswers:
    def test_pert(self) -> None:
        law = laws.Pert(10, 20, 60)
        assert (law.mean, law.variance) == pytest.approx((25.0, 75.0), rel=1e-15)
        assert law.ppf([0.05, 0.5, 0.95]) == pytest.approx([12.94887, 23.83361, 41.06384], abs=5e-6)

    def test_triangular(self) -> None:
        law = laws.Triangular(10, 20, 60)
        assert law.mean == pytest.approx(30.0, rel=1e-15)
        assert law.ppf([0.05, 0.5, 0.95]) == pytest.approx([15.0, 28.37722, 50.0], abs=5e-6)

    def test_lognormal_interval(self) -> None:
        law = laws.interval(100, 1000)
        assert isinstance(law, laws.LogNormal)
        assert (float(law.ppf(0.5)), law.mean, law.sd) == pytest.approx((316.2278, 404.0013, 321.2180), abs=5e-5)

    def test_lognormal_is_given_by_its_own_mean_and_sd(self) -> None:
        law = laws.LogNormal.from_mean_sd(100.0, 30.0)
        assert (law.mean, law.sd) == pytest.approx((100.0, 30.0), rel=1e-14)

    def test_a_flat_pert_is_uniform_in_its_limit(self) -> None:
        u = np.linspace(0.0, 1.0, 101)
        np.testing.assert_allclose(laws.Beta(1.0, 1.0).ppf(u), u, atol=1e-9)


class TestAgainstScipy:
    @pytest.mark.parametrize(("law", "peer"), EXAMPLES, ids=name_of)
    def test_moments(self, law: Distribution, peer: object) -> None:
        assert law.mean == pytest.approx(peer.mean(), rel=1e-12)
        assert law.variance == pytest.approx(peer.var(), rel=1e-10)
        assert law.sd == pytest.approx(math.sqrt(law.variance), rel=1e-15)

    @pytest.mark.parametrize(("law", "peer"), EXAMPLES, ids=name_of)
    def test_quantiles(self, law: Distribution, peer: object) -> None:
        u = np.random.default_rng(5).random(5_000)
        expected = peer.ppf(u)
        low, high = law.support
        width = high - low if math.isfinite(high - low) else law.sd
        np.testing.assert_allclose(law.ppf(u), expected, rtol=1e-12, atol=1e-9 * width)

    @pytest.mark.parametrize("shapes", SHAPES)
    def test_beta_keeps_its_precision_far_in_the_tail(self, shapes: tuple[float, float]) -> None:
        u = 10.0 ** -np.arange(1.0, 100.0)
        x = laws.Beta(*shapes).ppf(u)
        # Through the distribution function: the inverse in scipy gives NaN for some of these.
        seen = x > 1e-7
        np.testing.assert_allclose(scipy.special.betainc(*shapes, x[seen]), u[seen], rtol=2e-2)
        leading = np.exp((np.log(u) + np.log(shapes[0]) + scipy.special.betaln(*shapes)) / shapes[0])
        np.testing.assert_allclose(x[leading < 1e-9], leading[leading < 1e-9], atol=1e-9)

    def test_beta_table_is_normalised_as_the_beta_function_says(self) -> None:
        x = np.linspace(0.05, 0.95, 19)
        for shapes in SHAPES[:5]:
            z = ndtri(scipy.special.betainc(*shapes, x))
            np.testing.assert_allclose(beta_table(*shapes).read(z), x, atol=5e-10)

    @pytest.mark.parametrize("law", CONTINUOUS, ids=name_of)
    def test_normal_deviates_give_the_same_values(self, law: Distribution) -> None:
        u = np.random.default_rng(6).random(1_000)
        np.testing.assert_allclose(law.from_normal(ndtri(u)), law.ppf(u), rtol=1e-11, atol=1e-12)

    @given(law=stepped_laws)
    def test_normal_deviates_give_the_same_steps(self, law: Distribution) -> None:
        # Multiples of 1/64 fall on the jumps themselves.
        u = np.concatenate((np.arange(65) / 64.0, np.random.default_rng(7).random(200)))
        np.testing.assert_array_equal(law.from_normal(ndtri(u)), law.ppf(u))


class TestIntervals:
    @pytest.mark.parametrize(
        ("low", "high", "share", "kind"),
        [
            (5_000, 20_000, False, laws.LogNormal),
            (0.2, 0.4, True, laws.LogitNormal),
            (0.2, 0.4, False, laws.LogNormal),
            (-5, 20, False, laws.Normal),
            (0, 20, False, laws.Normal),
            (-20, -5, False, laws.Normal),
            (1e-6, 1 - 1e-6, True, laws.LogitNormal),
            (1e9, 1e9 + 1, False, laws.LogNormal),
        ],
    )
    def test_ends_are_p5_and_p95(self, low: float, high: float, share: bool, kind: type[Distribution]) -> None:
        law = laws.interval(low, high, share)
        assert type(law) is kind
        assert law.ppf([0.05, 0.95]) == pytest.approx([low, high], rel=1e-13, abs=1e-13)

    @pytest.mark.parametrize(("low", "high"), [(0.62, 0.71), (0.001, 0.999), (1e-12, 0.5), (0.5, 0.500001)])
    def test_share_moments_by_quadrature(self, low: float, high: float) -> None:
        law = laws.LogitNormal.from_interval(low, high)

        def expected(power: int, centre: float) -> float:
            def integrand(z: float) -> float:
                weight = math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
                return (scipy.special.expit(law.mu + law.sigma * z) - centre) ** power * weight

            points = [-law.mu / law.sigma] if abs(law.mu / law.sigma) < 9 else None
            return scipy.integrate.quad(integrand, -10, 10, points=points, epsabs=0, epsrel=1e-12, limit=500)[0]

        mean = expected(1, 0.0)
        assert law.mean == pytest.approx(mean, rel=1e-10)
        assert law.variance == pytest.approx(expected(2, mean), rel=1e-9)

    def test_a_share_never_leaves_its_bounds(self) -> None:
        draws = laws.interval(1e-9, 1 - 1e-9, share=True).ppf(np.linspace(0.0, 1.0, 10_001))
        assert draws.min() == 0.0
        assert draws.max() == 1.0


class TestSampling:
    @pytest.mark.parametrize("law", CONTINUOUS, ids=name_of)
    def test_kolmogorov_smirnov(self, law: Distribution) -> None:
        peers = dict(EXAMPLES)
        if law not in peers:
            normal = {laws.LogNormal: np.log, laws.LogitNormal: scipy.special.logit, laws.Normal: np.asarray}[type(law)]
            peer = scipy.stats.norm(law.mu, law.sigma)
        else:
            normal, peer = np.asarray, peers[law]
        for seed in range(20):
            draws = normal(law.ppf(np.random.default_rng(seed).random(2_000)))
            assert scipy.stats.kstest(draws, peer.cdf).pvalue > 0.001 / 20

    @given(law=any_law)
    def test_quantiles_rise_inside_the_support(self, law: Distribution) -> None:
        u = np.concatenate(([0.0], np.linspace(1e-9, 1 - 1e-9, 500), [1.0]))
        values = law.ppf(u)
        low, high = law.support
        assert (values[0], values[-1]) == pytest.approx((low, high), rel=1e-15, abs=1e-15 * abs(high - low))
        assert np.all((values >= low) & (values <= high))
        inner = values[1:-1]
        assert np.all(np.diff(inner) >= -4e-16 * np.abs(inner).max())

    @pytest.mark.parametrize("law", ALL, ids=name_of)
    def test_a_value_does_not_depend_on_its_block(self, law: Distribution) -> None:
        u = np.random.default_rng(8).random(5_003)
        whole, whole_normal = law.ppf(u), law.from_normal(ndtri(u))
        for size in (1, 7, 512):
            blocks = [u[start : start + size] for start in range(0, 700, size)]
            np.testing.assert_array_equal(np.concatenate([law.ppf(block) for block in blocks])[:700], whole[:700])
            by_normal = np.concatenate([law.from_normal(ndtri(block)) for block in blocks])
            np.testing.assert_array_equal(by_normal[:700], whole_normal[:700])
        np.testing.assert_array_equal(law.ppf(u[::-3]), whole[::-3])

    @pytest.mark.parametrize("law", ALL, ids=name_of)
    @pytest.mark.parametrize("shape", [(), (0,), (3, 2), (4, 1)])
    def test_keeps_the_shape(self, law: Distribution, shape: tuple[int, ...]) -> None:
        assert np.shape(law.ppf(np.full(shape, 0.3))) == shape
        assert np.shape(law.from_normal(np.full(shape, 0.3))) == shape

    @pytest.mark.parametrize("law", ALL, ids=name_of)
    def test_the_input_is_left_alone(self, law: Distribution) -> None:
        u, z = np.array([0.01, 0.5, 0.99]), np.array([-2.0, 0.0, 2.0])
        law.ppf(u), law.from_normal(z)
        assert u.tolist() == [0.01, 0.5, 0.99]
        assert z.tolist() == [-2.0, 0.0, 2.0]

    def test_even_points_integrate_to_the_moments(self) -> None:
        u = (np.arange(200_000) + 0.5) / 200_000
        for law in ALL:
            values = law.ppf(u)
            assert values.mean() == pytest.approx(law.mean, rel=1e-3, abs=1e-3 * law.sd)
            assert values.std() == pytest.approx(law.sd, rel=5e-3)


class TestScaling:
    @given(law=any_law, factor=st.floats(1e-3, 1e6))
    def test_quantiles_and_moments_scale(self, law: Distribution, factor: float) -> None:
        u = np.linspace(0.01, 0.99, 99)
        scaled = law.scaled(factor)
        size = factor * (abs(law.mean) + law.sd)
        np.testing.assert_allclose(scaled.ppf(u), law.ppf(u) * factor, rtol=1e-9, atol=1e-9 * size)
        assert scaled.mean == pytest.approx(law.mean * factor, rel=1e-9, abs=1e-9 * size)
        assert scaled.sd == pytest.approx(law.sd * factor, rel=1e-6, abs=1e-9 * size)

    @given(law=any_law, factor=st.floats(1e-2, 1e2))
    def test_back_and_forth(self, law: Distribution, factor: float) -> None:
        again = law.scaled(factor).scaled(1.0 / factor)
        assert again.support == pytest.approx(law.support, rel=1e-12)
        assert float(again.ppf(0.37)) == pytest.approx(float(law.ppf(0.37)), rel=1e-9, abs=1e-9 * law.sd)

    @pytest.mark.parametrize("factor", [0.0, -1.0, math.inf, math.nan])
    @pytest.mark.parametrize("law", ALL, ids=name_of)
    def test_other_factors_are_refused(self, law: Distribution, factor: float) -> None:
        with pytest.raises(ValueError, match="factor must be positive and finite"):
            law.scaled(factor)

    def test_an_interval_stays_an_interval(self) -> None:
        assert laws.interval(5_000, 20_000).scaled(0.5).text() == "2500 to 10000"

    def test_a_scaled_law_in_its_old_unit_is_the_law(self) -> None:
        law = laws.Poisson(3.0)
        assert law.scaled(4.0).scaled(0.25) is law
        assert law.scaled(4.0).text() == "4 * poisson(3)"


class TestText:
    @pytest.mark.parametrize(
        ("law", "text"),
        [
            (laws.Pert(2, 3, 6), "pert(2, 3, 6)"),
            (laws.interval(5e3, 2e4), "5000 to 20000"),
            (laws.interval(-5, 5), "-5 to 5"),
            (laws.interval(0.62, 0.71, share=True), "0.62 to 0.71"),
            (laws.Normal(10, 2.5), "normal(10, 2.5)"),
            (laws.LogNormal.from_mean_sd(100, 30), "lognormal(100, 30)"),
            (laws.Discrete((20, 10), (0.8, 0.2)), "discrete(10: 0.2, 20: 0.8)"),
            (laws.Bernoulli(0.25), "bernoulli(0.25)"),
        ],
    )
    def test_spelling(self, law: Distribution, text: str) -> None:
        assert law.text() == text

    @given(law=any_law)
    def test_reads_back_as_the_same_law(self, law: Distribution) -> None:
        again, unit = read_text(law.text(), bounds=(0.0, 1.0) if isinstance(law, laws.LogitNormal) else None)
        assert unit.is_plain
        assert isinstance(again, type(law))
        u = np.linspace(0.001, 0.999, 23)
        np.testing.assert_allclose(again.ppf(u), law.ppf(u), rtol=1e-9, atol=1e-9 * law.sd)


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: laws.Pert(6, 3, 2), "pert(6, 3, 2): low <= mode <= high must hold; swap the ends"),
            (lambda: laws.Pert(2, 9, 6), "pert(2, 9, 6): low <= mode <= high must hold; put the mode between the ends"),
            (
                lambda: laws.Triangular(2, 2, 2),
                "triangular(2, 2, 2): low and high must differ; write the plain number 2",
            ),
            (lambda: laws.Uniform(3, 1), "uniform(3, 1): low <= high must hold; swap the ends"),
            (lambda: laws.Uniform(-1.7e308, 1.7e308), "every number must be finite"),
            (lambda: laws.Normal(1, 0), "normal(1, 0): the standard deviation must be above 0; write a plain number"),
            (lambda: laws.Normal(math.nan, 1), "every number must be finite"),
            (lambda: laws.LogNormal(0.0, -1.0), "the standard deviation must be above 0"),
            (lambda: laws.LogNormal.from_mean_sd(-1, 2), "write normal(mean, sd) where values can be negative"),
            (
                lambda: laws.LogNormal.from_interval(-1, 2),
                "both ends of a lognormal must be above 0; raise the low end",
            ),
            (lambda: laws.interval(1e-300, 1e300), "no finite variance in floats; bring the ends together"),
            (lambda: laws.interval(5, 5), "5 to 5: the ends of an interval must differ; write the plain number 5"),
            (lambda: laws.interval(9, 5), "9 to 5: the low end must come first; swap the ends: 5 to 9"),
            (lambda: laws.interval(1, math.inf), "every number must be finite"),
            (lambda: laws.interval(0, 0.4, share=True), "strictly between 0 and 1; write uniform(0, 0.4) or pert("),
            (lambda: laws.interval(0.4, 1, share=True), "strictly between 0 and 1; write uniform(0.4, 1) or pert("),
            (lambda: laws.Beta(0, 1), "alpha and beta must be at least 0.001"),
            (lambda: laws.Beta(1, 1e9), "alpha and beta may be at most 1000000; write normal(mean, sd)"),
            (lambda: laws.Poisson(0), "poisson(0): the rate must be above 0"),
            (lambda: laws.Poisson(4e6), "the rate may be at most 1,000,000; write normal(4000000, 2000)"),
            (lambda: laws.Bernoulli(1.5), "bernoulli(1.5): a probability lies in 0..1; write 25% as"),
            (lambda: laws.Bernoulli(math.nan), "a probability lies in 0..1"),
            (lambda: laws.Discrete((1, 2), (0.5, 0.4)), "the weights must sum to 1, not 0.9; divide each by their sum"),
            (lambda: laws.Discrete((1, 2), (1.5, -0.5)), "a weight cannot be negative"),
            (lambda: laws.Discrete((1, 2), (1.0,)), "every value needs one weight"),
            (lambda: laws.Discrete((), ()), "every value needs one weight"),
        ],
    )
    def test_message_says_value_rule_and_mend(self, make: object, message: str) -> None:
        with pytest.raises(ValueError) as caught:
            make()
        assert message in str(caught.value)
        assert str(caught.value).count(";") == 1

    @pytest.mark.parametrize("law", ALL, ids=name_of)
    def test_laws_are_frozen_and_hashable(self, law: Distribution) -> None:
        field = dataclasses.fields(law)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(law, field, 1.0)
        assert hash(law) == hash(dataclasses.replace(law))
        assert law == dataclasses.replace(law)
        assert not hasattr(law, "__dict__")


class TestPromises:
    def test_sampling_does_not_import_scipy(self) -> None:
        program = (
            "import sys; from tco_model.inputs.distributions import *; u = [0.1, 0.9];"
            "made = [interval(5, 20), interval(-1, 1), interval(.1, .2, True), Pert(1, 2, 3), Triangular(1, 2, 3),"
            "Uniform(0, 1), Beta(2, 3), Poisson(3.0), Bernoulli(.3), Discrete((1, 2), (.5, .5))];"
            "[(law.ppf(u), law.mean, law.sd, law.text(), law.scaled(2.0).ppf(u)) for law in made];"
            "[law.from_normal(u) for law in made if law.normal_based or isinstance(law, (Poisson, Discrete))];"
            "sys.exit(any(name.partition('.')[0] == 'scipy' for name in sys.modules))"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

    @given(law=continuous_laws)
    @settings(max_examples=30)
    def test_every_law_names_its_native_entry(self, law: Distribution) -> None:
        assert law.normal_based is not isinstance(law, (laws.Uniform, laws.Triangular))
        assert type(law) in laws.LAWS
