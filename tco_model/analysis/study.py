"""Turns a study of an input, so many samples at a price, into what its result is worth before it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.conditional import Knowledge
from tco_model.analysis.spread import Estimate
from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.normal import ndtr, ndtri

Array = NDArray[np.float64]
OUTCOMES = 512
"""Outcomes of a study that are told apart."""


class Study(Protocol):
    """A study of an input: how likely it shows what, for each level the input may have."""

    def likelihood(self, levels: Array, samples: int) -> Array:
        """Return the probability of each outcome of a study of so many samples, ``(outcomes, levels)``; columns sum to 1.

        Neighbouring outcomes may be counted as one where they are many: that forgets a little, and never adds.
        """
        ...


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """Each sample is one case that comes out yes or no; the input is the share of yes, such as a resolution rate: binomial counts."""

    def likelihood(self, levels: Array, samples: int) -> Array:
        """Return the binomial probabilities of the counts of yes."""
        from scipy.special import bdtr  # pyright: ignore[reportUnknownVariableType, reportMissingTypeStubs]

        if levels.min() < 0.0 or levels.max() > 1.0:
            raise ScenarioError(_not_studied("a count of yes and no measures a share between 0 and 1", "take Reading or RatioReading"))
        cuts = _count_cuts(samples, samples * levels, np.sqrt(samples * levels * (1.0 - levels)))
        return _cells(np.asarray(bdtr(cuts[:, None], samples, levels)))


@dataclass(frozen=True, slots=True)
class EventCount:
    """Each sample is a stretch of `exposure`, in the input's own unit of time; the input is the events per unit: Poisson counts."""

    exposure: float = 1.0

    def likelihood(self, levels: Array, samples: int) -> Array:
        """Return the Poisson probabilities of the counts."""
        from scipy.special import pdtr  # pyright: ignore[reportUnknownVariableType, reportMissingTypeStubs]

        if levels.min() < 0.0:
            raise ScenarioError(_not_studied("a count of events measures a rate of 0 or more", "take Reading"))
        expected = levels * self.exposure * samples
        cuts = _count_cuts(math.inf, expected, np.sqrt(expected))
        return _cells(np.asarray(pdtr(cuts[:, None], expected)))


@dataclass(frozen=True, slots=True)
class Reading:
    """Each sample reads the input with a normal error of standard deviation `sd`, in the input's unit."""

    sd: float

    def likelihood(self, levels: Array, samples: int) -> Array:
        """Return the probabilities of the intervals that the mean reading may fall in."""
        if not self.sd > 0.0:
            raise ScenarioError(_not_studied("a reading without error needs no study", "give the error of one sample, above 0"))
        if not samples:
            return np.ones((1, levels.size))
        error = self.sd / math.sqrt(samples)
        cuts = _cuts(levels, np.full(levels.size, error))
        return _cells(ndtr((cuts[:, None] - levels) / error))


@dataclass(frozen=True, slots=True)
class RatioReading:
    """Each sample reads a positive input with an error in proportion: the logarithm is normal with standard deviation `log_sd`."""

    log_sd: float

    def likelihood(self, levels: Array, samples: int) -> Array:
        """Return the probabilities of the intervals that the geometric mean of the readings may fall in."""
        if levels.min() <= 0.0:
            raise ScenarioError(_not_studied("an error in proportion measures an input above 0", "take Reading"))
        return Reading(self.log_sd).likelihood(np.log(levels), samples)


def _not_studied(message: str, mend: str) -> Problem:
    return Problem(message, mend, "study")


def _cuts(centres: Array, spreads: Array) -> Array:
    """Return where to cut what a study may show: about equally likely cells, `OUTCOMES` of them."""
    scores = ndtri((np.arange(32) + 0.5) / 32.0)
    points = np.sort((centres[:, None] + spreads[:, None] * scores).reshape(-1))
    return np.unique(points[np.arange(1, OUTCOMES) * points.size // OUTCOMES])


def _count_cuts(most: float, expected: Array, spreads: Array) -> Array:
    """Return the last count of each cell but the last one: every count alone where they are few."""
    far = min(float((expected + 8.0 * spreads).max()) + 8.0, most)
    if far <= OUTCOMES:
        return np.arange(math.ceil(far), dtype=np.float64)
    return np.unique(np.floor(np.clip(_cuts(expected, spreads), 0.0, most - 1.0)))


def _cells(below: Array) -> Array:
    """Turn probabilities to lie at or below each cut, ``(cuts, levels)``, into those of the cells between."""
    return np.diff(below, axis=0, prepend=0.0, append=1.0)


@dataclass(frozen=True, slots=True)
class StudyWorth:
    """What a study of so many samples is worth before its result is known, what it costs, and what is left."""

    samples: int
    evsi: Estimate
    cost: float
    """Fixed cost and price of the samples."""

    @property
    def net(self) -> Estimate:
        """Expected net benefit of sampling, ENBS."""
        return Estimate(self.evsi.value - self.cost, self.evsi.error)


class Pilot:
    """What studies of one input are worth, by their number of samples (EVSI).

    The input's bins are taken as the levels it may have, the spline's savings as what each option is worth there. For every outcome
    of the study the levels are weighed by Bayes' rule and the best option taken, and its savings are added up over all outcomes.
    Nothing is drawn: the value is 0 without samples, grows with them (to the rounding of `OUTCOMES` where counts are many) and never
    passes that of knowing the input. The curve has the optimism of a fit to noise, so it is scaled to meet the cross-fitted EVPPI at
    its end, and the standard error with it. Any law of the input will do, conjugate or not. The draws are weighed as by Menzies
    (2016), Medical Decision Making 36(3), with a sum in place of sampled outcomes.
    """

    def __init__(self, known: Knowledge, name: str, study: Study) -> None:
        """Hold the study of one of the inputs.

        Raises:
            ScenarioError: a study that cannot measure the input.
        """
        self.study = study
        self.evppi = known.worth([name])
        bins = known.bins[name]
        self._levels, self._weighted = bins.middles, bins.expected(known.choice_beside([name])) * bins.weights
        self._whole = self._gain(np.eye(bins.weights.size))
        study.likelihood(self._levels, 1)

    def _gain(self, likelihood: Array) -> float:
        """Return what choosing by the outcome saves against choosing before, given ``(outcomes, levels)`` probabilities."""
        chosen = (likelihood @ self._weighted.T).max(axis=1, initial=0.0).sum()
        return max(float(chosen - self._weighted.sum(axis=1).max(initial=0.0)), 0.0)

    def worth(self, samples: int, *, price: float = 0.0, fixed: float = 0.0) -> StudyWorth:
        """Return what a study of `samples` is worth; `price` a sample and `fixed` cost in the figure's unit."""
        share = min(self._gain(self.study.likelihood(self._levels, samples)) / self._whole, 1.0) if self._whole and samples else 0.0
        evsi = Estimate(self.evppi.value * share, self.evppi.error * share if share else 0.0)
        return StudyWorth(samples, evsi, fixed + price * samples if samples else 0.0)

    def best(self, *, price: float, fixed: float = 0.0) -> StudyWorth:
        """Return the study with the most left after its cost; no samples where none pays.

        A study that costs more than knowing for certain is never looked at, which bounds the search: a ladder of sizes, then finer
        ones around the best.

        Raises:
            ScenarioError: a price that is not above 0: more samples would always be better.
        """
        if not price > 0.0:
            raise ScenarioError(Problem("samples cost something", "give a price above 0 a sample", "price", f"{price:g}"))
        best = self.worth(0)
        low, high = 1.0, (self.evppi.value - fixed) / price
        for _ in range(4):
            if not high >= low:
                break
            sizes = np.unique(np.round(np.geomspace(low, high, 24)).astype(np.int64))
            found = [self.worth(int(size), price=price, fixed=fixed) for size in sizes]
            place = max(range(len(found)), key=lambda one: found[one].net.value)
            best = max(best, found[place], key=lambda one: one.net.value)
            low, high = float(sizes[max(place - 1, 0)]), float(sizes[min(place + 1, len(sizes) - 1)])
        return best
