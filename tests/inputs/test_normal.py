"""Holds the standard normal quantile and distribution function against scipy, the standard library and printed values."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
import scipy.special

from tco_model.inputs.normal import Z05, ndtr, ndtri


@pytest.mark.parametrize(
    ("probability", "deviate"),
    [
        # Wichura (1988), Applied Statistics 37(3), 477-484, table of check values for PPND16.
        (0.25, -0.6744897501960817),
        (0.001, -3.090232306167814),
        (1e-20, -9.262340089798408),
    ],
)
def test_check_values_printed_with_the_algorithm(probability: float, deviate: float) -> None:
    assert ndtri(probability) == pytest.approx(deviate, rel=1e-15)


def test_against_scipy_from_the_centre_to_the_far_tails() -> None:
    rng = np.random.default_rng(1)
    tails = 10.0 ** -rng.uniform(0.0, 307.0, 20_000)
    u = np.concatenate((rng.random(50_000), tails, 1.0 - tails[tails > 1e-16]))
    np.testing.assert_allclose(ndtri(u), scipy.special.ndtri(u), rtol=4e-15, atol=1e-16)


def test_against_the_standard_library() -> None:
    u = np.random.default_rng(2).random(2_000)
    expected = [statistics.NormalDist().inv_cdf(value) for value in u]
    np.testing.assert_allclose(ndtri(u), expected, rtol=2e-15)


def test_ends_and_middle() -> None:
    assert ndtri(np.array([0.0, 0.5, 1.0])).tolist() == [-np.inf, 0.0, np.inf]


def test_odd_around_one_half() -> None:
    u = np.arange(1, 512) / 1024.0
    np.testing.assert_array_equal(ndtri(u), -ndtri(1.0 - u))


def test_interval_point_is_the_five_percent_quantile() -> None:
    assert pytest.approx(float(ndtri(0.05)), rel=1e-15) == Z05


@pytest.mark.parametrize("shape", [(), (0,), (7,), (3, 4), (5, 1)])
def test_keeps_the_shape(shape: tuple[int, ...]) -> None:
    assert ndtri(np.full(shape, 0.3)).shape == shape


def test_a_value_does_not_depend_on_its_block() -> None:
    u = np.random.default_rng(3).random(10_007)
    whole = ndtri(u)
    for size in (1, 3, 1000, 4096):
        parts = [ndtri(u[start : start + size]) for start in range(0, 2_000, size)]
        np.testing.assert_array_equal(np.concatenate(parts)[:2_000], whole[:2_000])
    np.testing.assert_array_equal(ndtri(u[::3]), whole[::3])
    np.testing.assert_array_equal(ndtri(u[::-1]), whole[::-1])


def test_the_input_is_left_alone() -> None:
    u = np.array([0.01, 0.4, 0.99])
    ndtri(u)
    assert u.tolist() == [0.01, 0.4, 0.99]


def test_distribution_function_against_scipy_and_the_standard_library() -> None:
    z = np.concatenate((np.linspace(-37.5, 9.0, 200_001), np.random.default_rng(5).standard_normal(20_000)))
    np.testing.assert_allclose(ndtr(z), scipy.special.ndtr(z), rtol=4e-15)
    for few, apart in ((z[::997], 4e-13), (z[z > -5.0][::997], 1e-14)):
        np.testing.assert_allclose(ndtr(few), [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in few], rtol=apart)
    assert ndtr(np.array([-np.inf, 0.0, np.inf])).tolist() == [0.0, 0.5, 1.0] and np.isnan(ndtr(np.nan))


@pytest.mark.parametrize("joint", [0.46875 * 2**0.5, 4.0 * 2**0.5])
def test_distribution_function_has_no_step_where_its_pieces_meet(joint: float) -> None:
    z = -joint * (1.0 + np.array([-1e-9, 0.0, 1e-9]))
    np.testing.assert_allclose(ndtr(z), scipy.special.ndtr(z), rtol=4e-15)
    assert (np.diff(ndtr(z)) < 0.0).all()


def test_distribution_function_undoes_the_quantile() -> None:
    u = np.random.default_rng(4).random(1_000)
    np.testing.assert_allclose(ndtr(ndtri(u)), u, rtol=1e-13)
