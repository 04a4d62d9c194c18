"""Turns held futures into where the choice turns: switching values of inputs, maps over two of them, break-even months and volumes.

Every comparison is made on the same futures, so that only the input that is moved makes the difference. An uncertain input is set
to one value in every future while the others stay uncertain; inputs that are correlated with it keep their draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import Chance, chance, standard_error
from tco_model.analysis.goal_seek import (
    POINTS,
    InputRange,
    Response,
    find_input,
    find_option,
    input_range,
    input_ranges,
    linearity_of,
    narrowed,
    samples_at,
    tolerance_at,
)
from tco_model.analysis.spread import TOLERANCE, direction
from tco_model.engine.futures import Futures
from tco_model.engine.job import fixed_leaves
from tco_model.engine.run import sampler_of
from tco_model.errors import Problem, ScenarioError
from tco_model.expr.evaluate import evaluate

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
BLOCK = 8192
"""Draws whose months are held at once."""


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
                found.append(_Search(Response(futures, entry, figure, linearity), sign, points).found())
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


class _Search:
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


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece of a contour, in the units of the two inputs."""

    first: tuple[float, float]
    """The first input at both of its ends."""
    second: tuple[float, float]


@dataclass(frozen=True, slots=True)
class BreakevenMap:
    """How often an option is preferred, and which one is best on average, over two inputs.

    Arrays have the first input along their rows: ``(first values, second values)``. Where the model refuses a pair of values the
    chance is not a number and the best option -1.
    """

    figure: str
    options: tuple[str, ...]
    labels: dict[str, str]
    option: str
    """The option whose chance is shown."""
    first: InputRange
    second: InputRange
    first_values: Array
    second_values: Array
    chance: Array
    """How often the option is best; where several tie in a future, each gets its share of it."""
    best: NDArray[np.int64]
    """Place of the option with the best mean."""
    means: Array
    """Mean of the figure, ``(options, first values, second values)``."""
    draws: int

    @property
    def error(self) -> Array:
        """Monte Carlo standard error of the chance, ``sqrt(p (1 - p) / draws)``."""
        return np.sqrt(self.chance * (1.0 - self.chance) / self.draws)

    @property
    def now(self) -> tuple[float, float]:
        """The current values of the two inputs."""
        return self.first.now, self.second.now

    def contour(self, level: float = 0.5) -> tuple[Segment, ...]:
        """Return the line along which the chance has a level, by linear interpolation between the points (marching squares)."""
        return tuple(_contour(self.first_values, self.second_values, self.chance - level))

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a pair of values, for plotting."""
        error = self.error
        return [
            {
                "first": float(first),
                "second": float(second),
                "option": self.option,
                "chance": float(self.chance[row, column]),
                "error": float(error[row, column]),
                "best": self.options[self.best[row, column]] if self.best[row, column] >= 0 else "",
            }
            for row, first in enumerate(self.first_values)
            for column, second in enumerate(self.second_values)
        ]


def breakeven_map(
    futures: Futures,
    first: str,
    second: str,
    *,
    option: str | None = None,
    figure: str | None = None,
    first_values: Sequence[float] | None = None,
    second_values: Sequence[float] | None = None,
    points: int = 21,
    progress: Callable[[int, int], None] | None = None,
) -> BreakevenMap:
    """Return who is preferred over a grid of two inputs.

    Args:
        futures: the futures to judge by.
        first, second: full or short names of the inputs.
        option: whose chance of being best is asked; the preferred option's where None.
        figure: what the options are ranked by; the deciding figure where None.
        first_values, second_values: values to look at, rising; `points` over the range of the input where None.
        points: values of each input.
        progress: called with pairs done and pairs in all.

    Raises:
        ScenarioError: an unknown name, the same input twice, or fewer than two values of one.
    """
    model = futures.model
    figure = figure or model.scenario.decision.decide_by
    axes = _axis(futures, first, first_values, points), _axis(futures, second, second_values, points)
    if axes[0][0].name == axes[1][0].name:
        raise ScenarioError(Problem("a map needs two inputs", "name another input as the second", axes[0][0].name, second))
    base = direction(figure) * futures.samples(figure)
    place = int(np.argmin(base.mean(axis=1))) if option is None else find_option(model, option)
    plane = _Plane(futures, figure, axes[0], axes[1])
    shape = (axes[0][1].size, axes[1][1].size)
    often, best, means = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int64), np.full((len(model.options), *shape), np.nan)
    for done, (row, column, values) in enumerate(plane.cells(), start=1):
        if values is not None:
            costs = direction(figure) * values
            leads = costs == costs.min(axis=0)
            often[row, column] = chance(leads[place] / leads.sum(axis=0)).value
            means[:, row, column] = values.mean(axis=1)
            best[row, column] = np.argmin(costs.mean(axis=1))
        if progress is not None:
            progress(done, shape[0] * shape[1])
    return BreakevenMap(
        figure=figure,
        options=tuple(graph.name for graph in model.options),
        labels={graph.name: graph.label for graph in model.options},
        option=model.options[place].name,
        first=axes[0][0],
        second=axes[1][0],
        first_values=axes[0][1],
        second_values=axes[1][1],
        chance=often,
        best=best,
        means=means,
        draws=futures.draws,
    )


Axis = tuple[InputRange, Array]


def _axis(futures: Futures, name: str, values: Sequence[float] | None, points: int) -> Axis:
    """Return an input and the values of it to look at: those given, or as many over its range in even steps or even ratios."""
    if values is None:
        entry = input_range(futures.model, name)
        held = replace(entry, now=entry.low).points(entry.high, points - 1)
    else:
        held = np.asarray(values, dtype=np.float64)
        entry = _known_range(futures, name, held)
    if held.size < 2 or bool(np.any(np.diff(held) <= 0.0)):
        raise ScenarioError(
            Problem("a map needs two or more rising values of each input", "give them from low to high", name, str(held[:9]))
        )
    return entry, held


def _known_range(futures: Futures, name: str, values: Array) -> InputRange:
    full = find_input(futures.model, name)
    found = input_ranges(futures.model, [full])[full]
    if isinstance(found, InputRange):
        return replace(found, low=float(values.min()), high=float(values.max()), basis="given")
    return InputRange(full, futures.model.leaves[full].shown_unit, 0.0, float(values.min()), float(values.max()), "given")


class _Plane:
    """The figure over two inputs. Where it is a straight line in one of them, two values of that one give all the others."""

    def __init__(self, futures: Futures, figure: str, first: Axis, second: Axis) -> None:
        linearity = linearity_of(futures.model, figure)
        self.futures, self.figure, self.first, self.second = futures, figure, first, second
        self.rows_straight = linearity.is_straight(first[0].name)
        self.columns_straight = linearity.is_straight(second[0].name)
        self.ends: dict[float, tuple[Array, Array]] = {}

    def cells(self) -> Iterator[tuple[int, int, Array | None]]:
        """Yield row, column and the draws of every option, ``(options, draws)``; None where the model refuses the pair."""
        (_, rows), (_, columns) = self.first, self.second
        for column, second in enumerate(columns):
            around: tuple[Array, Array] | None = None
            for row, first in enumerate(rows):
                try:
                    if self.rows_straight:
                        around = around or (self._on_row(rows[0], second), self._on_row(rows[-1], second))
                        yield row, column, _between(*around, (first - rows[0]) / (rows[-1] - rows[0]))
                    else:
                        yield row, column, self._on_row(first, second)
                except ScenarioError:
                    yield row, column, None

    def _on_row(self, first: float, second: float) -> Array:
        if not self.columns_straight:
            return self._exactly(first, second)
        low, high = (float(end) for end in self.second[1][[0, -1]])
        if first not in self.ends:
            self.ends[first] = self._exactly(first, low), self._exactly(first, high)
        return _between(*self.ends[first], (second - low) / (high - low))

    def _exactly(self, first: float, second: float) -> Array:
        one, other = self.first[0], self.second[0]
        return samples_at(self.futures, self.figure, {one.name: one.change(float(first)), other.name: other.change(float(second))})


def _between(low: Array, high: Array, weight: float) -> Array:
    return low * (1.0 - weight) + high * weight


def _contour(rows: Array, columns: Array, values: Array) -> Iterator[Segment]:
    """Yield the pieces along which values, ``(rows, columns)``, are 0; at a saddle the mean of the corners decides."""
    for row in range(rows.size - 1):
        for column in range(columns.size - 1):
            corners = [(row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1)]
            held = [float(values[corner]) for corner in corners]
            if any(np.isnan(value) for value in held):
                continue
            points = [_crossing(rows, columns, corners, held, edge) for edge in range(4)]
            met = [point for point in points if point is not None]
            if len(met) == 4 and (sum(held) >= 0.0) != (held[0] >= 0.0):
                met = [*met[1:], met[0]]
            for start, stop in zip(met[::2], met[1::2], strict=True):
                yield Segment((start[0], stop[0]), (start[1], stop[1]))


def _crossing(rows: Array, columns: Array, corners: list[tuple[int, int]], held: list[float], edge: int) -> tuple[float, float] | None:
    """Return where one edge of a cell crosses 0."""
    one, other = edge, (edge + 1) % 4
    if (held[one] >= 0.0) == (held[other] >= 0.0):
        return None
    weight = held[one] / (held[one] - held[other])
    (row, column), (to_row, to_column) = corners[one], corners[other]
    return (
        float(rows[row] + weight * (rows[to_row] - rows[row])),
        float(columns[column] + weight * (columns[to_column] - columns[column])),
    )


@dataclass(frozen=True, slots=True)
class BreakevenMonth:
    """The month from which an option's cumulative cost is, and stays, below another's; months count from 1, None is never.

    Costs alone are compared, not what they buy. The horizon ends the comparison: what would happen after it is not known.
    """

    option: str
    other: str
    month: int | None
    """Of the mean monthly costs."""
    discounted_month: int | None
    ahead: Chance
    """How often the option is below the other at the end of the horizon, so that there is such a month."""
    discounted_ahead: Chance
    cumulative: Array
    """Mean of the option's cumulative cost less the other's at the end of each month, ``(months,)``; negative once it is ahead."""
    discounted: Array


def breakeven_month(futures: Futures, option: str, other: str) -> BreakevenMonth:
    """Return from which month on an option has cost less than another, nominal and discounted.

    Months are not kept by the futures: they are drawn and costed once more, a block at a time.

    Raises:
        ScenarioError: an unknown option.
    """
    for name in (option, other):
        find_option(futures.model, name)
    months = futures.model.months
    sums, ahead, sizes = np.zeros((2, months)), np.zeros(2), np.zeros((2, months))
    for flows in _differences(futures, option, other):
        sizes = np.maximum(sizes, np.abs(flows).sum(axis=(1, 2))[:, None] / flows.shape[1])
        totals = flows.sum(axis=2)
        ahead += (totals < -TOLERANCE * np.abs(flows).max(axis=2)).sum(axis=1)
        sums += flows.sum(axis=1)
    cumulative = np.cumsum(sums, axis=1) / futures.draws
    found = [_stays_below(row, TOLERANCE * float(size[0])) for row, size in zip(cumulative, sizes, strict=True)]
    often = [
        Chance(share, float(np.sqrt(share * (1.0 - share) / futures.draws))) for share in (float(one) / futures.draws for one in ahead)
    ]
    return BreakevenMonth(option, other, found[0], found[1], often[0], often[1], cumulative[0], cumulative[1])


def _stays_below(cumulative: Array, slack: float) -> int | None:
    """Return the first month, from 1, from which values stay below 0 to the end."""
    behind = np.flatnonzero(cumulative >= -slack)
    month = int(behind[-1]) + 2 if behind.size else 1
    return month if month <= cumulative.size else None


def _differences(futures: Futures, option: str, other: str) -> Iterator[Array]:
    """Yield what the option costs more than the other each month, nominal and discounted, ``(2, block, months)``."""
    model = futures.model
    sampler = sampler_of(model, futures.draws, futures.seed, futures.design)
    outputs = {"one": model.figures[f"options.{option}.total"], "two": model.figures[f"options.{other}.total"], "factor": model.discount}
    frequencies = {name: model.figures[name] for name, _, _ in sampler.incidents.values()}
    for start in range(0, futures.draws, BLOCK):
        count = min(BLOCK, futures.draws - start)
        leaves = fixed_leaves(model) | sampler.inputs(start, count)
        leaves |= sampler.processes(start, count, evaluate(frequencies, leaves, model.months) if frequencies else {})
        found = evaluate(outputs, leaves, model.months)
        flows = np.broadcast_to(found["one"] - found["two"], (count, model.months))
        yield np.array([flows, flows * found["factor"]])


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


@dataclass(frozen=True, slots=True)
class BreakevenVolumes:
    """All values of an input at which two options cost the same, lowest first; empty where one is better over the whole range."""

    input: InputRange
    figure: str
    option: str
    other: str
    best_now: str
    crossings: tuple[Crossing, ...]
    draws: int


def breakeven_volumes(
    futures: Futures,
    volume: str,
    option: str,
    other: str,
    *,
    figure: str | None = None,
    low: float | None = None,
    high: float | None = None,
    points: int = 5 * POINTS,
) -> BreakevenVolumes:
    """Return every level of demand, or of any other input, at which two options come to the same expected figure.

    Args:
        futures: the futures to judge by.
        volume: full or short name of the input, such as ``tasks`` for ``inputs.tasks.start``.
        option, other: names of the two options.
        figure: what is compared; the deciding figure where None.
        low, high: the range to look at in place of the input's own.
        points: values looked at on either side of the current one; crossings closer to each other than these may be missed.

    Raises:
        ScenarioError: an unknown name, or a range in which the model takes no value.
    """
    model = futures.model
    figure = figure or model.scenario.decision.decide_by
    entry = input_range(model, volume, low=low, high=high)
    pair = find_option(model, option), find_option(model, other)
    search = _Search(Response(futures, entry, figure, linearity_of(model, figure)), direction(figure), points)
    below, above = (search.allowed(end) for end in (entry.low, entry.high))
    values = [*below[:0:-1], *above]
    names = option, other
    return BreakevenVolumes(
        input=replace(entry, low=values[0], high=values[-1]),
        figure=figure,
        option=option,
        other=other,
        best_now=names[int(search.gap(0, *pair, entry.now) < 0.0)],
        crossings=tuple(search.crossings(pair, values)),
        draws=futures.draws,
    )
