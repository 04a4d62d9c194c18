"""Sensitivity indices of functions whose indices are known: Ishigami and Homma (1990), Sobol's g function (1993), closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import qmc

from tco_model.analysis.indices import bin_codes, closed_index, exchange_order, first_order, rank_correlations, ranks, total_index

Array = NDArray[np.float64]
Function = Callable[[Array], Array]
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
def test_known_indices(function: Function, dimensions: int, known: tuple[list[float], list[float]], seed: int) -> None:
    first, second = points(dimensions, seed)
    y = function(first)[None, :]
    alone = first_order(first, y, even=True).values[:, 0]
    for place, (share, total) in enumerate(zip(*known, strict=True)):
        changed = first.copy()
        changed[place] = second[place]
        assert alone[place] == pytest.approx(share, abs=0.005)
        assert total_index(y, function(changed)[None, :]).values[0, 0] == pytest.approx(total, abs=0.01)


def test_mean_and_variance_of_the_functions_are_those_published() -> None:
    x, _ = points(3, 1, 2**16)
    y = ishigami(x)
    assert (y.mean(), y.var()) == pytest.approx((3.5, 13.8445879), rel=2e-3)


WEIGHTS_OF_SUM = 0.8 ** np.arange(24)


def weighted_sum(x: Array) -> Array:
    """24 normal inputs with falling weights: each one's share is that of its squared weight."""
    return WEIGHTS_OF_SUM @ x


def uniform(rng: np.random.Generator, dimensions: int, draws: int) -> Array:
    return rng.random((dimensions, draws))


def normal(rng: np.random.Generator, dimensions: int, draws: int) -> Array:
    return rng.standard_normal((dimensions, draws))


def lognormal_product(x: Array) -> Array:
    """exp(0.8 x + 0.4 y): Var(E[Y | x]) / Var(Y) = (exp(0.64) - 1) / (exp(0.80) - 1), and a long tail."""
    return np.exp(0.8 * x[0] + 0.4 * x[1])


def square_and_line(x: Array) -> Array:
    """x^2 + y: variances 2 and 1."""
    return x[0] ** 2 + x[1]


LOGNORMAL = [float(np.expm1(0.64) / np.expm1(0.8)), float(np.expm1(0.16) / np.expm1(0.8))]


@pytest.mark.parametrize(
    ("law", "function", "known", "bias"),
    [
        (uniform, ishigami, ISHIGAMI[0], 0.004),
        (normal, weighted_sum, list(WEIGHTS_OF_SUM**2 / (WEIGHTS_OF_SUM**2).sum()), 0.004),
        (normal, lognormal_product, LOGNORMAL, 0.012),
        (normal, square_and_line, [2 / 3, 1 / 3], 0.006),
    ],
)
def test_indices_of_random_draws_scatter_about_the_truth_as_their_errors_say(
    law: Callable[[np.random.Generator, int, int], Array], function: Function, known: list[float], bias: float
) -> None:
    found = [first_order(x, function(x)[None, :]) for seed in range(60) for x in [law(np.random.default_rng(seed), len(known), 10_000)]]
    values = np.array([one.values[:, 0] for one in found])
    scatter = values.std(axis=0)
    assert np.all(np.abs(values.mean(axis=0) - known) < bias + 3 * scatter / np.sqrt(60)), "bins have width, and a tail's bin has much"
    told = np.array([one.errors[:, 0] for one in found]).mean(axis=0)
    assert np.all(told > 0.7 * scatter)
    assert np.all(told < 1.6 * scatter), "near 0 the error is somewhat overstated"
    if len(known) == 24:
        assert np.sqrt(((values - known) ** 2).mean()) < 0.004


def test_the_order_of_draws_does_not_matter() -> None:
    """Neither to the index nor to its error, whatever the laws and however many the draws."""
    rng = np.random.default_rng(3)
    x = np.array([rng.random(20_000), rng.lognormal(0, 3, 20_000), rng.poisson(0.4, 20_000).astype(float)])
    y = np.array([x[0] + np.log(x[1]) + x[2]])
    order = rng.permutation(20_000)
    before, after = first_order(x, y), first_order(x[:, order], y[:, order])
    assert after.values == pytest.approx(before.values, abs=1e-12)
    assert after.errors == pytest.approx(before.errors, abs=1e-12)


@pytest.mark.parametrize("chance", [0.3, 0.1, 0.03, 0.01, 0.005])
def test_what_is_rare_is_not_lost(chance: float) -> None:
    """A loss that few futures know, and noise of 0.3 times its spread: 1 / 1.09 of the variance, however rare it is."""
    rng = np.random.default_rng(1)
    loss = (rng.random(10_000) < chance) * rng.lognormal(0, 0.8, 10_000)
    y = loss + rng.normal(0, 0.3 * loss.std(), 10_000)
    found = first_order(loss[None, :], y[None, :])
    assert found.values[0, 0] == pytest.approx(1 / 1.09, abs=0.01 + 3 * found.errors[0, 0])
    assert found.errors[0, 0] < 0.05, "50 losses among 10,000 futures still say this much"


@given(
    st.lists(st.sampled_from([-3.0, 0.0, 0.0, 1e-9, 1.0, 2.5, 1e12]) | st.floats(-1e6, 1e6), min_size=1, max_size=400),
    st.integers(1, 64),
)
def test_equal_values_share_a_bin_wherever_they_stand(drawn: list[float], bins: int) -> None:
    values = np.array(drawn)
    codes = bin_codes(values, bins)
    assert codes.min() >= 0
    assert codes.max() < 2 * bins
    for value in set(drawn):
        assert np.unique(codes[values == value]).size == 1
    order = np.random.default_rng(len(drawn)).permutation(values.size)
    assert bin_codes(values[order], bins).tolist() == codes[order].tolist()


@pytest.mark.parametrize(
    ("together", "share", "left"),
    [([0, 1], 0.7563163, 0.0), ([0, 2], 0.5575889, 0.4424111), ([1, 2], 0.4424111, 0.3139052), ([0, 1, 2], 1.0, 0.0)],
)
def test_inputs_exchanged_together_explain_their_own_and_what_is_between_them(together: list[int], share: float, left: float) -> None:
    """Ishigami: S_1 = 0.3139, S_2 = 0.4424, and 0.2437 between the first and the third. What is in no such set the total leaves."""
    rng = np.random.default_rng(sum(together))
    x = rng.random((3, 20_000))
    order = exchange_order(20_000, rng)
    changed = x.copy()
    changed[together] = x[together][:, order]
    y, again = ishigami(x)[None, :], ishigami(changed)[None, :]
    closed, total = closed_index(y, again, order), total_index(y, again)
    assert closed.values[0, 0] == pytest.approx(share, abs=4 * closed.errors[0, 0] + 1e-9)
    assert closed.errors[0, 0] < 0.01
    assert total.values[0, 0] == pytest.approx(1.0 - left, abs=4 * total.errors[0, 0]), "all but what the others explain on their own"


def test_errors_of_closed_indices_are_what_they_scatter() -> None:
    found: list[tuple[float, float]] = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        x, order = rng.random((3, 2_000)), exchange_order(2_000, rng)
        changed = np.array([x[0, order], x[1], x[2]])
        one = closed_index(ishigami(x)[None, :], ishigami(changed)[None, :], order)
        found.append((one.values[0, 0], one.errors[0, 0]))
    values, errors = np.array(found).T
    assert values.mean() == pytest.approx(0.3139052, abs=4 * values.std() / np.sqrt(80))
    assert errors.mean() == pytest.approx(values.std(), rel=0.3)


@given(st.integers(2, 300), st.integers(0, 2**31))
def test_an_exchange_leaves_no_draw_in_its_place(draws: int, seed: int) -> None:
    order = exchange_order(draws, np.random.default_rng(seed))
    assert sorted(order.tolist()) == list(range(draws))
    assert np.all(order != np.arange(draws))


def test_constant_inputs_and_outputs_have_index_zero() -> None:
    x = np.vstack([np.full(1000, 3.0), np.random.default_rng(1).random(1000)])
    y = np.vstack([x[1], np.full(1000, 5.0)])
    found = first_order(x, y)
    assert found.values[0].tolist() == [0.0, 0.0]
    assert found.values[:, 1].tolist() == [0.0, 0.0]
    assert found.values[1, 0] > 0.99
    assert total_index(y, y).values.tolist() == [[0.0, 0.0]]
    assert closed_index(y, y, np.roll(np.arange(1000), 1)).values.tolist() == [[0.0, 0.0]]
    assert rank_correlations(x, y)[0].tolist() == [0.0, 0.0]


def test_a_two_valued_input_has_two_bins() -> None:
    rng = np.random.default_rng(2)
    x = (rng.random(20_000) < 0.3).astype(float)
    y = 2.0 * x + rng.normal(size=20_000)
    assert first_order(x[None, :], y[None, :]).values[0, 0] == pytest.approx(4 * 0.21 / (4 * 0.21 + 1), abs=0.015)


def test_rank_correlation_is_spearmans_with_ties() -> None:
    """Spearman's coefficient is the plain correlation of mean ranks; those of 3, 1, 3, 2 are 2.5, 0, 2.5, 1."""
    rng = np.random.default_rng(5)
    x = np.floor(5 * rng.random(300))
    y = rng.random(300) + x
    mean_ranks = [np.array([(row < value).sum() + ((row == value).sum() - 1) / 2 for value in row]) for row in (x, y)]
    assert rank_correlations(x[None, :], y[None, :])[0, 0] == pytest.approx(float(np.corrcoef(mean_ranks)[0, 1]))
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [2.5, 0.0, 2.5, 1.0]
