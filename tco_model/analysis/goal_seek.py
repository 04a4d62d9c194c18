"""Turns one input and a goal into the value of the input that just meets it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import BEST_IS_MOST, Chance, chance, standard_error
from tco_model.analysis.input_range import InputRange, find_option, input_range
from tco_model.analysis.response import POINTS, Response, linearity_of, narrowed, tolerance_at
from tco_model.analysis.spread import quantile
from tco_model.engine.futures import Futures
from tco_model.errors import Problem, ScenarioError

Array = NDArray[np.float64]
CHANCE_BEST = "chance_best"
MORE_IS_WANTED = (*BEST_IS_MOST, "outcomes", "success_share", CHANCE_BEST)
"""Figures that a goal asks to be at least the target; of every other at most."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The value of an input at which a figure just meets a target."""

    input: InputRange
    figure: str
    option: str
    target: float
    at_least: bool
    """The figure is to be at least the target; otherwise at most."""
    confidence: float | None
    """Share of the futures in which it is; None where the mean is."""
    met: Literal["up to", "from", "everywhere"]
    """Where the goal is met, as seen from `value`."""
    value: float | None
    """The nearest to the current one of the values at which meeting ends; the goal is met there. None where it never ends."""
    error: float | None
    """Monte Carlo standard error of the value; None where it is the edge of a step, or there is no value."""
    reached: float
    """What the goal is measured by, at the value: mean, quantile at the confidence, or chance."""
    chance: Chance
    """How often the target is met at the value; of ``chance_best``, how often the option is best."""
    now: float
    """What the goal is measured by with the input at its current value."""
    others: tuple[float, ...] = ()
    """Further values within the range at which meeting begins or ends."""


def goal_seek(
    futures: Futures,
    input: str,  # noqa: A002
    figure: str,
    target: float,
    *,
    confidence: float | None = None,
    option: str | None = None,
    low: float | None = None,
    high: float | None = None,
    points: int = POINTS,
) -> Goal:
    """Return the value of an input at which an option's figure just meets a target.

    A cost meets its target at or below it; net value, outcomes, success share and the chance of being best at or above it. Every
    other input stays uncertain as it is; the futures are the same for every value. Crossings that lie closer to each other than
    the points looked at may be missed.

    Args:
        futures: the futures to judge by.
        input: full or short name of the input that is moved.
        figure: a figure of the options, or ``chance_best``: how often the option is best by the deciding figure.
        target: what the figure is to reach, in its own unit.
        confidence: share of the futures in which it must, 0 to 1; the mean must where None. Not for ``chance_best``.
        option: whose figure; the preferred option's where None.
        low, high: the range to look at in place of the input's own.
        points: values looked at on either side of the current one.

    Raises:
        ScenarioError: an unknown name, a confidence outside 0..1, or a target that no value of the range reaches; the best
            reachable one is named.
    """
    return _Seeking(futures, input_range(futures.model, input, low=low, high=high), figure, target, confidence, option, points).goal()


class _Seeking:
    """One goal: how far it is from being met at each value of the input."""

    def __init__(
        self, futures: Futures, entry: InputRange, figure: str, target: float, confidence: float | None, option: str | None, points: int
    ) -> None:
        model = futures.model
        decide_by = model.scenario.decision.decide_by
        self.futures, self.entry, self.figure, self.target, self.confidence = futures, entry, figure, target, confidence
        self.by_chance = figure == CHANCE_BEST
        measured = decide_by if self.by_chance else figure
        self.base = futures.samples(measured)
        self.at_least = figure in MORE_IS_WANTED
        self.sign = -1.0 if measured in BEST_IS_MOST else 1.0
        place = int(np.argmin(self.sign * self.base.mean(axis=1))) if option is None else find_option(model, option)
        self.place, self.option, self.points = place, model.options[place].name, points
        self._check()
        self.response = Response(futures, entry, measured, linearity_of(model, measured))

    def _check(self) -> None:
        confidence, problem = self.confidence, None
        if confidence is not None and not 0.0 < confidence < 1.0:
            problem = Problem("a confidence lies between 0 and 1", "write 80% as 0.8", "confidence", f"{confidence:g}")
        elif self.by_chance and confidence is not None:
            problem = Problem(
                "a chance has no confidence of its own", "give the chance as the target alone", "confidence", f"{confidence:g}"
            )
        elif self.by_chance and not 0.0 < self.target <= 1.0:
            problem = Problem("a chance lies between 0 and 1", "write 90% as 0.9", "target", f"{self.target:g}")
        elif self.points < 1:
            problem = Problem("at least 1 point on either side must be looked at", f"take {POINTS}", "points", str(self.points))
        if problem is not None:
            raise ScenarioError(problem)

    def _measure(self, value: float) -> Array:
        """Return the draws of what the goal is measured by: the figure, or whether the option is best, in part where several tie."""
        values = self.response.at(value)
        if not self.by_chance:
            return values[self.place]
        best = self.sign * values
        best = best == best.min(axis=0)
        return best[self.place] / best.sum(axis=0)

    def _level(self, sample: Array) -> float:
        """Return the mean, or the order statistic that the share of the confidence does not go beyond."""
        if self.confidence is None:
            return float(sample.mean())
        rank = math.ceil(self.confidence * sample.size - 1e-9)
        place = sample.size - rank if self.at_least else rank - 1
        return float(np.partition(sample, place)[place])

    def gap(self, value: float) -> float:
        """Return by how much the goal is met at a value; minus infinity where the model refuses it."""
        try:
            level = self._level(self._measure(value))
        except ScenarioError:
            return -math.inf
        return level - self.target if self.at_least else self.target - level

    def goal(self) -> Goal:
        """Search the range."""
        values = self._grid()
        gaps = [self.gap(value) for value in values]
        if max(gaps) < 0.0:
            values, gaps = self._closer(values, gaps)
        if max(gaps) < 0.0:
            raise ScenarioError(self._unreached(values, gaps))
        pairs = [(position, position + 1) for position in range(len(values) - 1) if (gaps[position] >= 0.0) != (gaps[position + 1] >= 0.0)]
        found = [self._crossing(values, gaps, pair) for pair in pairs]
        if not found:
            return self._said(self.entry.now, "everywhere")
        found.sort(key=lambda one: abs(one[0] - self.entry.now))
        return self._said(found[0][0], found[0][1], found[0][2], tuple(value for value, _, _ in found[1:]))

    def _grid(self) -> list[float]:
        below, above = (self.entry.points(end, self.points) for end in (self.entry.low, self.entry.high))
        return [*(float(value) for value in below[:0:-1]), *(float(value) for value in above)]

    def _closer(self, values: Sequence[float], gaps: Sequence[float]) -> tuple[list[float], list[float]]:
        """Look again, more closely, around the value that comes nearest to the goal."""
        best = int(np.argmax(gaps))
        ends = values[max(best - 1, 0)], values[min(best + 1, len(values) - 1)]
        more = sorted({*values, *(float(value) for value in np.linspace(*ends, 2 * self.points + 1))})
        return more, [self.gap(value) for value in more]

    def _crossing(
        self, values: Sequence[float], gaps: Sequence[float], pair: tuple[int, int]
    ) -> tuple[float, Literal["up to", "from"], float]:
        """Return the last value that meets the goal, on which side of it the goal is met, and the slope of the gap around it."""
        first, second = pair
        met: Literal["up to", "from"] = "up to" if gaps[first] >= 0.0 else "from"
        inside, outside = (values[first], values[second]) if met == "up to" else (values[second], values[first])
        slope = (gaps[second] - gaps[first]) / (values[second] - values[first])
        value, beyond = narrowed(self.gap, inside, outside, tolerance_at(self.entry, outside))
        jump = abs(self.gap(value) - self.gap(beyond))
        smooth = math.isfinite(slope) and (self.by_chance or jump <= 1e-3 * abs(gaps[second] - gaps[first]))
        return value, met, slope if smooth else 0.0

    def _said(self, value: float, met: Literal["up to", "from", "everywhere"], slope: float = 0.0, others: tuple[float, ...] = ()) -> Goal:
        sample = self._measure(value)
        level = self._level(sample)
        reaches = sample >= self.target if self.at_least else sample <= self.target
        return Goal(
            input=self.entry,
            figure=self.figure,
            option=self.option,
            target=self.target,
            at_least=self.at_least,
            confidence=self.confidence,
            met=met,
            value=None if met == "everywhere" else value,
            error=self._error(sample) / abs(slope) if slope else None,
            reached=level,
            chance=chance(sample if self.by_chance else reaches),
            now=self._level(self._measure(self.entry.now)),
            others=others,
        )

    def _error(self, sample: Array) -> float:
        if self.confidence is None:
            return standard_error(sample)
        return quantile(np.sort(sample), 1.0 - self.confidence if self.at_least else self.confidence).error

    def _unreached(self, values: Sequence[float], gaps: Sequence[float]) -> Problem:
        entry, place = self.entry, int(np.argmax(gaps))
        wanted = f"{self.figure} of {self.option} {'up to at least' if self.at_least else 'down to'} {_spelled(self.target)}"
        sure = "" if self.confidence is None else f" with {100 * self.confidence:g}% confidence"
        best = self.target + gaps[place] if self.at_least else self.target - gaps[place]
        return Problem(
            f"no value between {_spelled(entry.low)} and {_spelled(entry.high)} {entry.unit} brings {wanted}{sure}",
            f"the best reachable is {_spelled(best)} at {_spelled(values[place])}: change the target, or move another input",
            entry.name,
            _spelled(self.target),
            file=self.futures.model.scenario.file,
        )


def _spelled(value: float) -> str:
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.5g}"
