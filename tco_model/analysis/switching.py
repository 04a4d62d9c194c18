"""Turns every input into its switching value: where another option becomes the preferred one, by mean and by median."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import standard_error
from tco_model.analysis.input_range import InputRange, find_input, input_ranges
from tco_model.analysis.response import POINTS, Response, linearity_of, narrowed, tolerance_at
from tco_model.analysis.spread import direction
from tco_model.engine.futures import Futures
from tco_model.errors import ScenarioError

Array = NDArray[np.float64]
Statistic = Literal["mean", "median"]
STATISTICS: tuple[Statistic, ...] = ("mean", "median")
FOLDS = 16
"""Parts of the draws from which the error of a median is judged."""
STEP = 0.25
"""A jump that makes up this share of the change around a crossing is the edge of a step."""
RECHECK = 1e-6
"""Share of a switching value at which the preference is computed afresh on either side."""
HALVINGS = 30
STRIDE, CALM = 4, 2.0
"""Neighbouring values are looked at a few apart where the lead is this many times what it changes by from one to the next."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A value of an input at which the preferred option changes."""

    value: float
    distance: float | None
    """How far it lies from the current value, relative to it; None where that is 0."""
    to: str
    """The option that is preferred beyond it."""
    error: float | None
    """Monte Carlo standard error of the value, from that of the difference over its slope; None at the edge of a step."""
    is_step: bool
    """The preference changes where a whole unit is added, not where two costs meet."""
    flips: bool
    """Computed afresh on either side, at most a millionth away, the preference is seen to change."""


@dataclass(frozen=True, slots=True)
class SwitchingValue:
    """Where the preferred option changes as one input moves away from its current value; None is never within its range."""

    input: InputRange
    preferred: str
    """The option with the best mean while the input is at its current value in every future."""
    preferred_median: str
    below: Switch | None
    """Nearest below the current value, by the mean of the figure."""
    above: Switch | None
    median_below: Switch | None
    median_above: Switch | None

    @property
    def nearest(self) -> Switch | None:
        """The nearer one by the mean, as seen from the current value."""
        held = [switch for switch in (self.below, self.above) if switch is not None]
        return min(held, key=lambda switch: abs(switch.value - self.input.now), default=None)

    @property
    def reach(self) -> float:
        """How near it is, for sorting: relative to the current value, or to the range where that is 0; infinite for never."""
        if self.nearest is None:
            return float("inf")
        away = self.nearest.distance
        return abs(away if away is not None else self.nearest.value / (self.input.high - self.input.low))


@dataclass(frozen=True, slots=True)
class SwitchingValues:
    """The switching value of every input, the nearest first, then those that never switch."""

    figure: str
    labels: dict[str, str]
    """Labels of the options by name."""
    preferred: str
    """The option with the best mean over all futures, nothing held fixed."""
    draws: int
    inputs: tuple[SwitchingValue, ...]
    left_out: tuple[tuple[str, str], ...]
    """Inputs that were not searched, each with the reason."""

    @property
    def never(self) -> tuple[SwitchingValue, ...]:
        """The inputs for which the preferred option stays the same over their range."""
        return tuple(one for one in self.inputs if one.nearest is None)


def switching_values(
    futures: Futures,
    inputs: Iterable[str] | None = None,
    *,
    figure: str | None = None,
    points: int = POINTS,
    progress: Callable[[int, int], None] | None = None,
) -> SwitchingValues:
    """Return the value of each input at which the preferred option changes, by the mean and by the median of a figure.

    From the current value outward, each side of the range is looked at in `points` values; the first change of the preferred
    option is looked at again more closely and then narrowed down to a ten-millionth, or to the edge of a step. Changes there and
    back between two neighbouring values may be missed.

    Args:
        futures: the futures to judge by; some 2,000 are enough, as each value's Monte Carlo error shows.
        inputs: full or short names; every one that can be set where None.
        figure: what the options are ranked by; the deciding figure where None.
        points: values looked at on either side of the current one.
        progress: called with inputs done and inputs in all.

    Raises:
        ScenarioError: an unknown input or figure.
    """
    model = futures.model
    figure = figure or model.scenario.decision.decide_by
    sign = direction(figure)
    base = sign * futures.samples(figure).mean(axis=1)
    names = None if inputs is None else [find_input(model, name) for name in inputs]
    linearity = linearity_of(model, figure)
    found: list[SwitchingValue] = []
    left_out: list[tuple[str, str]] = []
    ranges = input_ranges(model, names)
    for done, (name, entry) in enumerate(ranges.items(), start=1):
        if isinstance(entry, str):
            left_out.append((name, entry))
        elif not linearity.moves(name):
            left_out.append((name, f"{figure} does not depend on it"))
        elif not entry.low < entry.high:
            left_out.append((name, "its field allows no other value"))
        else:
            try:
                found.append(Search(Response(futures, entry, figure, linearity), sign, points).found())
            except ScenarioError:
                left_out.append((name, f"{figure} is no finite number with it at its current value in every future"))
        if progress is not None:
            progress(done, len(ranges))
    return SwitchingValues(
        figure=figure,
        labels={graph.name: graph.label for graph in model.options},
        preferred=model.options[int(np.argmin(base))].name,
        draws=futures.draws,
        inputs=tuple(sorted(found, key=lambda one: one.reach)),
        left_out=tuple(left_out),
    )


@dataclass(frozen=True, slots=True)
class Crossing:
    """A value of an input at which two options have the same figure on average."""

    value: float
    distance: float | None
    """How far it lies from the current value, relative to it; None where that is 0."""
    figure: float
    """What both come to there, on average; at the edge of a step the mean of the two."""
    best_below: str
    best_above: str
    error: float | None
    """Monte Carlo standard error of the value; None at the edge of a step."""
    is_step: bool


class Search:
    """The search along one input; scores are means and medians of the figure, turned so that less is better."""

    def __init__(self, response: Response, sign: float, points: int) -> None:
        self.response, self.entry, self.sign, self.points = response, response.entry, sign, points
        self.names = [graph.name for graph in response.futures.model.options]
        self.known: dict[float, Array] = {}

    def scores(self, value: float) -> Array:
        """Return mean and median of every option, ``(2, options)``; raises where the model refuses the value."""
        if value not in self.known:
            self.known[value] = _scores(self.sign * self.response.at(value))
        return self.known[value]

    def lead(self, row: int, best: int, value: float) -> float:
        """Return by how much the best other option lies behind; below 0 once another one is preferred."""
        return _lead(self.scores(value)[row], best)

    def found(self) -> SwitchingValue:
        """Look on both sides by both statistics."""
        now = self.scores(self.entry.now)
        best = [int(np.argmin(row)) for row in now]
        reached: dict[float, float] = {}
        switches: dict[float, list[Switch | None]] = {}
        for end in (self.entry.low, self.entry.high):
            values = self.allowed(end, closely=self.response.is_straight)
            reached[end] = values[-1]
            switches[end] = [self._nearest(row, best[row], values) for row in range(len(STATISTICS))]
        low, high = reached[self.entry.low], reached[self.entry.high]
        below, above = switches[self.entry.low], switches[self.entry.high]
        names = [self.names[place] for place in best]
        return SwitchingValue(replace(self.entry, low=low, high=high), names[0], names[1], below[0], above[0], below[1], above[1])

    def allowed(self, end: float, *, closely: bool = True) -> list[float]:
        """Return the values to look at from the current one towards an end, as far as the model takes them.

        Unless all are wanted (on a straight line they cost next to nothing), the values between two that lie `STRIDE` apart are
        left out where both leads are several times what they differ by: to turn the choice there and back the lead would have to
        fall and rise by far more than it is seen to move.
        """
        points = [float(point) for point in self.entry.points(end, self.points)]
        stride = 1 if closely else STRIDE
        values = points[:1]
        for start in range(1, len(points), stride):
            stretch = points[start : start + stride]
            for value in stretch[-1:] if self._is_calm(values[-1], stretch[-1]) else stretch:
                if not self._takes(value):
                    return self._up_to_edge(values, value)
                values.append(value)
        return values

    def _up_to_edge(self, values: list[float], refused: float) -> list[float]:
        inside, outside = values[-1], refused
        for _ in range(HALVINGS):
            middle = inside + (outside - inside) / 2.0
            inside, outside = (middle, outside) if self._takes(middle) else (inside, middle)
        return [*values, inside] if inside != values[-1] else values

    def _is_calm(self, first: float, second: float) -> bool:
        if not self._takes(second):
            return False
        best = np.argmin(self.scores(self.entry.now), axis=1)
        leads = [[self.lead(row, int(place), value) for value in (first, second)] for row, place in enumerate(best)]
        return all(min(one, other) > CALM * abs(one - other) for one, other in leads)

    def _takes(self, value: float) -> bool:
        try:
            self.scores(value)
        except ScenarioError:
            return False
        return True

    def _nearest(self, row: int, best: int, values: Sequence[float]) -> Switch | None:
        """Return the first change of the preferred option along the values."""
        cell = self._cell(row, best, values)
        if cell is None:
            return None
        closer = np.linspace(values[0], cell[1], self.points + 1)
        cell = self._cell(row, best, [float(value) for value in closer]) or cell
        return self._switch(row, best, *cell)

    def _cell(self, row: int, best: int, values: Sequence[float]) -> tuple[float, float] | None:
        for first, second in pairwise(values):
            if self.lead(row, best, second) < 0.0:
                return first, second
        return None

    def _switch(self, row: int, best: int, inside: float, outside: float) -> Switch:
        near, far = narrowed(lambda value: self.lead(row, best, value), inside, outside, tolerance_at(self.entry, outside))
        to = int(np.argmin(self.scores(far)[row]))
        value, error, is_step = self._placed(row, best, to, (near, far), abs(outside - inside))
        return Switch(value, self.entry.distance(value), self.names[to], error, is_step, self._flips(row, best, to, near, far))

    def _placed(self, row: int, best: int, to: int, around: tuple[float, float], cell: float) -> tuple[float, float | None, bool]:
        """Return the value between two that enclose a crossing, its standard error, and whether it is the edge of a step.

        The slope is that of a quarter of a cell to either side, wide enough to even out the small steps of single futures.
        """
        near, far = around
        value = near + (far - near) / 2.0
        low, high = (min(max(value + side * cell / 4.0, self.entry.low), self.entry.high) for side in (-1.0, 1.0))
        change = self.gap(row, best, to, high) - self.gap(row, best, to, low)
        is_step = abs(self.gap(row, best, to, far) - self.gap(row, best, to, near)) > STEP * abs(change)
        error = None if is_step or not change else self._error(row, best, to, value) * (high - low) / abs(change)
        return value, error, is_step

    def crossings(self, pair: tuple[int, int], values: Sequence[float]) -> Iterator[Crossing]:
        """Yield every place along rising values at which the means of two options cross."""
        one, other = pair
        for first, second in pairwise(values):
            ahead = self.gap(0, one, other, first) >= 0.0
            if ahead == (self.gap(0, one, other, second) >= 0.0):
                continue
            ends = (first, second) if ahead else (second, first)
            near, far = narrowed(lambda value: self.gap(0, one, other, value), *ends, tolerance_at(self.entry, second))
            value, error, is_step = self._placed(0, one, other, (near, far), second - first)
            figure = self.sign * float(np.mean([self.scores(end)[0, list(pair)] for end in (near, far)]))
            names = (self.names[one], self.names[other])
            below, above = names if ahead else names[::-1]
            yield Crossing(value, self.entry.distance(value), figure, below, above, error, is_step)

    def gap(self, row: int, best: int, to: int, value: float) -> float:
        """Return by how much one option lies behind another; below 0 where it is better."""
        scores = self.scores(value)[row]
        return float(scores[to] - scores[best])

    def _error(self, row: int, best: int, to: int, value: float) -> float:
        """Return the standard error of the difference between two options: over all draws, or over parts of them for medians."""
        values = self.response.at(value)
        if STATISTICS[row] == "mean":
            return standard_error(values[to] - values[best])
        parts = [np.median(part, axis=1) for part in np.array_split(values, min(FOLDS, values.shape[1]), axis=1)]
        return standard_error(np.array([part[to] - part[best] for part in parts]))

    def _flips(self, row: int, best: int, to: int, near: float, far: float) -> bool:
        """Compute the preference afresh on either side; first as near as was searched, for small steps may turn it back and forth."""
        step = RECHECK * abs(far) * (1.0 if far > near else -1.0)
        return any(self._preferred(row, near - away) == best and self._preferred(row, far + away) == to for away in (0.0, step))

    def _preferred(self, row: int, value: float) -> int | None:
        try:
            return int(np.argmin(_scores(self.sign * self.response.exactly(value))[row]))
        except ScenarioError:
            return None


def _scores(costs: Array) -> Array:
    """Return mean and median of each option, ``(2, options)``."""
    return np.array([costs.mean(axis=1), np.median(costs, axis=1)])


def _lead(scores: Array, best: int) -> float:
    others = np.delete(scores, best)
    return float(others.min() - scores[best]) if others.size else np.inf
