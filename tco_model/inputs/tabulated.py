"""Turns laws without a cheap closed form into numbers: tables of quantiles, and logit-normal moments."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from tco_model.inputs.normal import FloatArray, in_blocks, ndtri

Z_END = 37.5
"""The tables end here, at a probability of 5e-308; smaller ones a float no longer holds in full."""
CELLS = 4096
_SIDE_EDGES = 1024
_DEEPEST = 740.0
"""The log density is followed down to e^-740, about the smallest number that a float can hold."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True, slots=True, eq=False)
class SmoothTable:
    """A quantile in 0..1 as cubics over equal cells of z: a row of `coefficients` a power, the end cells constant."""

    coefficients: FloatArray

    def read(self, z: FloatArray) -> FloatArray:
        """Return the quantile at the normal deviates `z`, any shape; -inf gives 0 and +inf gives 1."""
        return in_blocks(self._read, z)

    def _read(self, z: FloatArray) -> FloatArray:
        width = 2.0 * Z_END / CELLS
        place = np.clip(z, -Z_END - 0.5 * width, Z_END + 0.5 * width)
        place += Z_END + width
        place *= 1.0 / width
        cell = place.astype(np.intp)
        place -= cell
        constant, linear, quadratic, cubic = self.coefficients
        value = cubic.take(cell)
        for row in (quadratic, linear, constant):
            value *= place
            value += row.take(cell)
        return np.clip(value, 0.0, 1.0, out=value)


@functools.lru_cache(maxsize=256)
def beta_table(alpha: float, beta: float) -> SmoothTable:
    """Return the table of the beta quantile, exact to 1e-9 for alpha and beta of at least 0.5.

    In t = log(x / (1 - x)) the beta density is x^alpha (1 - x)^beta: smooth, log-concave and without a singular end. It
    is integrated by Gauss-Legendre over cells that widen from its mode, summed from both ends so that either tail keeps
    its relative precision. The quantile is smooth in the normal deviate z of the probability, so that cubics follow it.
    """
    edges = _logit_edges(alpha, beta)
    half = 0.5 * np.diff(edges)
    middle = edges[:-1] + half
    nodes = np.multiply.outer(_NODES, half) + middle
    masses = half * (np.exp(_log_density(nodes, alpha, beta)) * _WEIGHTS[:, None]).sum(axis=0)
    lower = np.cumsum(masses)
    total, lower = float(lower[-1]), lower[:-1] / lower[-1]
    upper = np.cumsum(masses[::-1])[::-1][1:] / total
    deviates = np.where(lower < 0.5, ndtri(np.minimum(lower, 0.5)), -ndtri(np.minimum(upper, 0.5)))
    kept = np.isfinite(deviates)
    grid = np.linspace(-Z_END, Z_END, CELLS + 1)
    known, logits = deviates[kept], edges[1:-1][kept]
    logits = _hermite(known, logits, _logit_slope(known, logits, alpha, beta, total), grid)
    slopes = _logit_slope(grid, logits, alpha, beta, total) * logistic(logits) * logistic(-logits)
    return SmoothTable(_cubics(logistic(logits), slopes * (2.0 * Z_END / CELLS)))


def _log_density(t: FloatArray, alpha: float, beta: float) -> FloatArray:
    """Return the log density of the logit, set to 0 at its mode."""
    share = alpha / (alpha + beta)
    peak = alpha * math.log(share) + beta * math.log1p(-share)
    fold = np.log1p(np.exp(-np.abs(t)))
    return -alpha * (np.maximum(-t, 0.0) + fold) - beta * (np.maximum(t, 0.0) + fold) - peak


def _logit_edges(alpha: float, beta: float) -> FloatArray:
    mode = math.log(alpha / beta)
    step = np.linspace(0.0, 1.0, _SIDE_EDGES + 1) ** 2
    reaches = math.sqrt(1.0 / alpha + 1.0 / beta) * 1.25 ** np.arange(64.0)
    down, up = (reaches[np.argmax(_log_density(mode + side * reaches, alpha, beta) < -_DEEPEST)] for side in (-1.0, 1.0))
    return np.concatenate((mode - down * step[:0:-1], mode + up * step))


def _logit_slope(z: FloatArray, t: FloatArray, alpha: float, beta: float, total: float) -> FloatArray:
    return np.exp(-0.5 * z * z - _log_density(t, alpha, beta)) * (total / math.sqrt(2.0 * math.pi))


def logistic(t: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-t)), which never overflows and keeps its relative precision near 0."""
    small = np.exp(-np.abs(t))
    return np.where(t < 0, small, 1.0) / (1.0 + small)


def _hermite(known: FloatArray, values: FloatArray, slopes: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return the piecewise cubic through values and slopes at unequal nodes."""
    left = np.clip(np.searchsorted(known, wanted, side="right") - 1, 0, known.size - 2)
    width = known[left + 1] - known[left]
    place = (wanted - known[left]) / width
    rise = values[left + 1] - values[left]
    start, end = slopes[left] * width, slopes[left + 1] * width
    quadratic, cubic = 3.0 * rise - 2.0 * start - end, start + end - 2.0 * rise
    return values[left] + place * (start + place * (quadratic + place * cubic))


def _cubics(values: FloatArray, rises: FloatArray) -> FloatArray:
    rise, start, end = np.diff(values), rises[:-1], rises[1:]
    coefficients = np.zeros((4, values.size + 1))
    coefficients[:, 1:-1] = values[:-1], start, 3.0 * rise - 2.0 * start - end, start + end - 2.0 * rise
    coefficients[0, -1] = 1.0
    coefficients.flags.writeable = False
    return coefficients


@dataclass(frozen=True, slots=True, eq=False)
class StepTable:
    """A staircase: `values[k]` holds up to `thresholds[k]`; `guide` gives the first k of each equal cell of low..high.

    The cut-point method of Chen and Asau (1974), On generating random variates from an empirical distribution, AIIE
    Transactions 6(2), 163-166: one comparison settles a cell with one threshold, the few crowded cells are searched.
    """

    values: FloatArray
    thresholds: FloatArray
    guide: np.ndarray[tuple[int], np.dtype[np.intp]]
    crowded: np.ndarray[tuple[int], np.dtype[np.bool_]]
    low: float
    high: float

    @classmethod
    def build(cls, values: FloatArray, thresholds: FloatArray, low: float, high: float) -> StepTable:
        """Index ascending thresholds, the last of which no point exceeds."""
        cells = min(max(256, 2 ** math.ceil(math.log2(8 * values.size))), 2**15)
        edges = np.linspace(low, high, cells + 1)
        # The margin covers the rounding with which a point finds its cell.
        margin = 1e-9 * (high - low)
        last = values.size - 1
        guide = np.minimum(np.searchsorted(thresholds, edges - margin), last)
        until = np.minimum(np.searchsorted(thresholds, np.append(edges[1:] + margin, np.inf)), last)
        guide[0], until[-1] = 0, last
        return cls(values, thresholds, guide, until - guide > 1, low, high)

    def read(self, points: FloatArray) -> FloatArray:
        """Return the value of the first threshold that is at least the point, any shape."""
        return in_blocks(self._read, points)

    def _read(self, points: FloatArray) -> FloatArray:
        place = np.clip(points, self.low, self.high)
        place -= self.low
        place *= (self.guide.size - 1) / (self.high - self.low)
        cell = place.astype(np.intp)
        found = self.guide.take(cell)
        found += self.thresholds.take(found) < points
        search = np.flatnonzero(self.crowded.take(cell))
        if search.size:
            found[search] = np.searchsorted(self.thresholds, points[search])
        return self.values.take(found)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The same staircase over probabilities and over normal deviates."""

    by_probability: StepTable
    by_normal: StepTable

    @classmethod
    def build(cls, values: FloatArray, cumulative: FloatArray) -> Steps:
        """Index values by their cumulative probabilities, ascending to 1."""
        by_normal = StepTable.build(values, ndtri(cumulative), -8.25, 8.25)
        return cls(StepTable.build(values, cumulative, 0.0, 1.0), by_normal)


@functools.lru_cache(maxsize=256)
def poisson_steps(rate: float) -> Steps:
    """Return the staircase of a Poisson count from its recurrence p(k + 1) = p(k) rate / (k + 1), summed from the left.

    It starts with 0 at probability 0 and ends with infinity at probability 1, the ends of the support; in between it
    covers every probability from 1e-300 to the last float below 1.
    """
    mode, spread = math.floor(rate), math.sqrt(rate)
    first = max(0, math.floor(rate - 38.0 * spread))
    last = math.ceil(rate + 9.0 * spread + 30.0)
    rising = np.cumprod(rate / np.arange(mode + 1.0, last + 1.0))
    falling = np.cumprod(np.arange(float(mode), first, -1.0) / rate)
    weights = np.concatenate((falling[::-1], [1.0], rising))
    below_one = math.nextafter(1.0, 0.0)
    cumulative = np.cumsum(weights)
    cumulative = np.minimum(cumulative / cumulative[-1], below_one)
    kept = min(int(np.searchsorted(cumulative, below_one)) + 1, cumulative.size)
    cumulative[kept - 1] = below_one
    counts = np.arange(float(first), first + kept)
    return Steps.build(np.concatenate(([0.0], counts, [math.inf])), np.concatenate(([0.0], cumulative[:kept], [1.0])))


@functools.lru_cache(maxsize=256)
def discrete_steps(values: tuple[float, ...], weights: tuple[float, ...]) -> Steps:
    """Return the staircase of listed values in ascending order with positive weights."""
    cumulative = np.cumsum(weights)
    return Steps.build(np.array(values), cumulative / cumulative[-1])


@functools.lru_cache(maxsize=256)
def logit_normal_moments(mu: float, sigma: float) -> tuple[float, float]:
    """Return mean and variance of 1 / (1 + exp(-(mu + sigma z))), z standard normal, to 1e-12 by the trapezoid rule.

    The rule converges as exp(-2 pi d / h), with d = pi / sigma the distance of the nearest pole from the real line
    (Trefethen and Weideman (2014), The exponentially convergent trapezoidal rule, SIAM Review 56(3), 385-458);
    Gauss-Hermite needs far more points where sigma is large.
    """
    step = min(1.0 / 16.0, 0.5 / sigma)
    reach = math.ceil(9.0 / step)
    z = np.arange(-reach, reach + 1).astype(np.float64) * step
    weights = np.exp(-0.5 * z * z) * (step / math.sqrt(2.0 * math.pi))
    shares = logistic(mu + sigma * z)
    mean = float(np.sum(weights * shares))
    return mean, float(np.sum(weights * (shares - mean) ** 2))
