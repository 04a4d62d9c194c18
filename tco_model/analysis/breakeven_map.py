"""Turns two inputs into a map: who is preferred where, how often an option is best, and the line at one half."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import chance
from tco_model.analysis.input_range import InputRange, find_input, find_option, input_range, input_ranges
from tco_model.analysis.response import linearity_of
from tco_model.analysis.spread import direction
from tco_model.engine.futures import Futures
from tco_model.errors import Problem, ScenarioError

Array = NDArray[np.float64]


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
        return self.futures.samples(self.figure, {one.name: one.change(float(first)), other.name: other.change(float(second))})


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
