"""Sensitivity indices of functions whose indices are known: Ishigami and Homma (1990), Sobol's g function (1993)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import qmc

from tco_model.analysis.indices import first_order, rank_correlations, ranks, total_index

Array = NDArray[np.float64]
BASE = 4096


def ishigami(x: Array) -> Array:
    """a = 7, b = 0.1, on angles from -pi to pi."""
    angle = np.pi * (2.0 * x - 1.0)
    return np.sin(angle[0]) + 7.0 * np.sin(angle[1]) ** 2 + 0.1 * angle[2] ** 4 * np.sin(angle[0])


WEIGHTS = np.array([0, 1, 4.5, 9, 99, 99, 99, 99], dtype=float)


def g_function(x: Array) -> Array:
    """a = 0, 1, 4.5, 9, 99, 99, 99, 99."""
    return np.prod((np.abs(4.0 * x - 2.0) + WEIGHTS[:, None]) / (1.0 + WEIGHTS[:, None]), axis=0)


ISHIGAMI = ([0.3139052, 0.4424111, 0.0], [0.5575889, 0.4424111, 0.2436837])
SOBOL_G = ([0.7161922, 0.1790480, 0.0236758, 0.0071619], [0.7871441, 0.2421982, 0.0343169, 0.0104604])


def points(dimensions: int, seed: int, base: int = BASE) -> tuple[Array, Array]:
    """Two independent sets of scrambled Sobol points, ``(dimensions, base)`` each."""
    both = qmc.Sobol(2 * dimensions, rng=np.random.default_rng(seed)).random(base).T
    return both[:dimensions], both[dimensions:]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("function", "dimensions", "known"), [(ishigami, 3, ISHIGAMI), (g_function, 8, SOBOL_G)])
def test_known_indices(function: object, dimensions: int, known: tuple[list[float], list[float]], seed: int) -> None:
    first, second = points(dimensions, seed)
    y = function(first)[None, :]  # type: ignore[operator]
    count = len(known[0])
    assert first_order(first, y, even=True).values[:count, 0] == pytest.approx(known[0], abs=0.01)
    for place, expected in enumerate(known[1]):
        changed = first.copy()
        changed[place] = second[place]
        assert total_index(y, function(changed)[None, :]).values[0, 0] == pytest.approx(expected, abs=0.01)  # type: ignore[operator]


def test_mean_and_variance_of_the_functions_are_those_published() -> None:
    x, _ = points(3, 1, 2**16)
    y = ishigami(x)
    assert (y.mean(), y.var()) == pytest.approx((3.5, 13.8445879), rel=2e-3)


def test_indices_of_random_draws_scatter_as_their_errors_say() -> None:
    found = []
    for seed in range(60):
        x = np.random.default_rng(seed).random((3, 10_000))
        found.append(first_order(x, ishigami(x)[None, :]))
    values = np.array([one.values[:, 0] for one in found])
    assert np.sqrt(((values - ISHIGAMI[0]) ** 2).mean()) < 0.008
    assert values.mean(axis=0) == pytest.approx(ISHIGAMI[0], abs=0.005), "bins of finite width lose a little of two full waves"
    told = np.array([one.errors[:, 0] for one in found]).mean(axis=0)
    scatter = values.std(axis=0)
    assert np.all(told > 0.6 * scatter)
    assert np.all(told < 1.5 * scatter + 0.004), "of an index near 0 the error is overstated: its chance is that of ten small parts"


def test_the_order_of_draws_does_not_matter() -> None:
    x = np.random.default_rng(3).random((3, 5_000))
    y = ishigami(x)[None, :]
    order = np.random.default_rng(4).permutation(5_000)
    assert first_order(x[:, order], y[:, order]).values == pytest.approx(first_order(x, y).values, abs=1e-12)


def test_constant_inputs_and_outputs_have_index_zero() -> None:
    x = np.vstack([np.full(1000, 3.0), np.random.default_rng(1).random(1000)])
    y = np.vstack([x[1], np.full(1000, 5.0)])
    found = first_order(x, y)
    assert found.values[0].tolist() == [0.0, 0.0]
    assert found.values[:, 1].tolist() == [0.0, 0.0]
    assert found.values[1, 0] > 0.99
    assert total_index(y, y).values.tolist() == [[0.0, 0.0]]
    assert rank_correlations(x, y)[0].tolist() == [0.0, 0.0]


def test_a_two_valued_input_has_two_bins() -> None:
    rng = np.random.default_rng(2)
    x = (rng.random(20_000) < 0.3).astype(float)
    y = 2.0 * x + rng.normal(size=20_000)
    assert first_order(x[None, :], y[None, :]).values[0, 0] == pytest.approx(4 * 0.21 / (4 * 0.21 + 1), abs=0.015)


def test_rank_correlation_is_spearmans_with_ties() -> None:
    from scipy import stats

    rng = np.random.default_rng(5)
    x, y = np.floor(5 * rng.random(300)), rng.random(300)
    y = y + x
    expected = stats.spearmanr(x, y).statistic
    assert rank_correlations(x[None, :], y[None, :])[0, 0] == pytest.approx(expected)
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [2.5, 0.0, 2.5, 1.0]
