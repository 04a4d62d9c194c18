"""Turns the draws of all options into who is best how often, by how much, and how exactly that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.reduce import sorted_quantiles
from tco_model.engine.result import Result, Summary

Array = NDArray[np.float64]
BEST_IS_MOST = ("net_value",)
"""Figures of which more is better; of every other one less is."""


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability and its Monte Carlo standard error ``sqrt(p (1 - p) / draws)``.

    The error is that of plain random draws; a stratified or Sobol design is at least as exact in most cases.
    """

    value: float
    error: float


def chance(happens: NDArray[np.bool_] | Array) -> Chance:
    """Return how often something happens over the draws; a weight between 0 and 1 counts in part."""
    value = float(np.mean(happens))
    return Chance(value, math.sqrt(value * (1.0 - value) / happens.size))


def standard_error(sample: Array) -> float:
    """Return the Monte Carlo standard error of the mean, 0 for a single draw."""
    return float(sample.std(ddof=1) / math.sqrt(sample.size)) if sample.size > 1 else 0.0


def chance_best(result: Result, figure: str = "npv_cost") -> dict[str, Chance]:
    """Return how often each option is best by a figure; where several tie in a future, each gets its share of it."""
    sign = -1.0 if figure in BEST_IS_MOST else 1.0
    values = np.array([sign * result.sample(option, figure) for option in result.options])
    best = values == values.min(axis=0)
    weights = best / best.sum(axis=0)
    return {option: chance(weights[row]) for row, option in enumerate(result.options)}


@dataclass(frozen=True, slots=True)
class Difference:
    """An option's figure less the baseline's, future by future. Negative: the option costs less."""

    summary: Summary
    error: float
    """Monte Carlo standard error of the mean."""
    below: Chance
    """How often the option lies below the baseline."""


def difference(result: Result, option: str, baseline: str, figure: str = "npv_cost") -> Difference:
    """Compare an option with the baseline on the same futures."""
    gap = result.sample(option, figure) - result.sample(baseline, figure)
    p10, p50, p90 = (float(value) for value in sorted_quantiles(np.sort(gap)))
    return Difference(Summary(float(gap.mean()), p10, p50, p90), standard_error(gap), chance(gap < 0.0))


def preferred(result: Result, figure: str = "npv_cost") -> str:
    """Return the option with the best expected figure; the first one where several tie."""
    sign = -1.0 if figure in BEST_IS_MOST else 1.0
    return min(result.options, key=lambda option: sign * result.summary(option, figure).mean)
