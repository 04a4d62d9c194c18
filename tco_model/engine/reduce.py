"""Turns blocks of draws into means and exact quantiles without keeping the draws, the same bytes for any block size.

Means: sums over fixed grains of 1,024 draws, added in order. Quantiles: a pilot brackets each quantile; later draws are
counted, and kept only inside the brackets, so the order statistics at the end are exact. A bracket that misses its target
is reported, and the run is made again with wider ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
GRAIN = 1024
LEVELS = (0.1, 0.5, 0.9)
"""The quantiles every figure is given at."""


def grain_sums(values: Array) -> Array:
    """Sum ``(draws, columns)`` over each grain of draws: ``(grains, columns)``; the last grain may be short."""
    columns = np.ascontiguousarray(values.T)
    whole = values.shape[0] // GRAIN * GRAIN
    sums = columns[:, :whole].reshape(values.shape[1], -1, GRAIN).sum(axis=2).T
    if whole < values.shape[0]:
        sums = np.concatenate([sums, columns[:, whole:].sum(axis=1)[None, :]])
    return sums


def quantiles_of_all(values: Array, levels: Sequence[float] = LEVELS) -> Array:
    """Return the quantiles along the last axis of values in any order; as `sorted_quantiles`, without sorting all."""
    last = values.shape[-1] - 1
    places = sorted({place for level in levels for place in (int(level * last), min(int(level * last) + 1, last))})
    return sorted_quantiles(np.partition(values, places, axis=-1), levels)


def sorted_quantiles(ordered: Array, levels: Sequence[float] = LEVELS) -> Array:
    """Return the quantiles of sorted values along the last axis, linear between order statistics: ``(levels, …)``."""
    last = ordered.shape[-1] - 1
    found: list[Array] = []
    for level in levels:
        below = int(level * last)
        weight = level * last - below
        low, high = ordered[..., below], ordered[..., min(below + 1, last)]
        found.append(low + (high - low) * weight)
    return np.array(found)


@dataclass(frozen=True, slots=True)
class Bracket:
    """Where the quantiles of a series are looked for: ``(levels, months)`` each; every draw is kept where both are infinite."""

    low: Array
    high: Array


def bracket(pilot: Array, width: float, levels: Sequence[float] = LEVELS) -> Bracket:
    """Bracket the quantiles of ``(draws, months)`` by order statistics of a pilot, `width` standard errors to each side."""
    size, months = pilot.shape
    ends = [_bracket_ends(level, width, size) for level in levels]
    places = sorted({place for pair in ends for place in pair if 0 <= place < size})
    ordered = np.partition(np.ascontiguousarray(pilot.T), places, axis=1) if places else np.empty((months, 0))
    low, high = np.empty((len(levels), months)), np.empty((len(levels), months))
    for row, (first, last) in enumerate(ends):
        low[row] = ordered[:, first] if first >= 0 else -np.inf
        high[row] = ordered[:, last] if last < size else np.inf
    return Bracket(low, high)


def _bracket_ends(level: float, width: float, size: int) -> tuple[int, int]:
    slack = width * np.sqrt(level * (1.0 - level) * size) + 2.0
    return int(np.floor(level * size - slack)), int(np.ceil(level * size + slack))


@dataclass(slots=True)
class Counted:
    """What a range of draws says about one series: draws below, draws equal to a bracket of no width, and draws kept inside."""

    below: NDArray[np.int64]
    at_low: NDArray[np.int64]
    inside: dict[tuple[int, int], list[Array]] = field(default_factory=dict[tuple[int, int], list[Array]])
    ordered: dict[tuple[int, int], Array] = field(default_factory=dict[tuple[int, int], Array])
    """What lies inside a bracket in order, once it has been asked for."""

    @classmethod
    def empty(cls, shape: tuple[int, ...]) -> Counted:
        """Return the count of no draws."""
        return cls(np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def add(self, values: Array, where: Bracket) -> None:
        """Count one block ``(draws, months)``."""
        for month in range(values.shape[1]):
            column = values[:, month]
            for row in range(where.low.shape[0]):
                low, high = where.low[row, month], where.high[row, month]
                reached = column >= low
                self.below[row, month] += column.size - np.count_nonzero(reached)
                if low == high:
                    self.at_low[row, month] += np.count_nonzero(column == low)
                    continue
                kept = column[reached & (column <= high)]
                self.inside.setdefault((row, month), []).append(kept)

    def merge(self, other: Counted) -> None:
        """Add what a later range found."""
        self.below += other.below
        self.at_low += other.at_low
        for key, parts in other.inside.items():
            self.inside.setdefault(key, []).extend(parts)

    def quantiles(self, where: Bracket, draws: int, levels: Sequence[float] = LEVELS) -> Array | None:
        """Return the exact quantiles ``(levels, months)``, or None where a bracket missed its target."""
        found = np.empty(where.low.shape)
        for month in range(where.low.shape[1]):
            for row, level in enumerate(levels):
                position = level * (draws - 1)
                rank = int(position)
                low = self._order_statistic(row, month, rank, where)
                high = self._order_statistic(row, month, min(rank + 1, draws - 1), where)
                self.ordered.clear()
                if low is None or high is None:
                    return None
                found[row, month] = low + (high - low) * (position - rank)
        return found

    def _order_statistic(self, row: int, month: int, rank: int, where: Bracket) -> float | None:
        place = rank - int(self.below[row, month])
        if place < 0:
            return None
        if place < self.at_low[row, month]:
            return float(where.low[row, month])
        parts = self.inside.get((row, month))
        if not parts:
            return None
        if (row, month) not in self.ordered:
            self.ordered[row, month] = np.sort(np.concatenate(parts))
        ordered = self.ordered[row, month]
        return float(ordered[place]) if place < ordered.size else None


@dataclass(slots=True)
class Partial:
    """What one range of draws contributes: kept draws, grain sums, and counts (the pilot: whole series)."""

    start: int
    series: dict[str, Array] = field(default_factory=dict[str, Array])
    kept: dict[str, Array] = field(default_factory=dict[str, Array])
    sums: dict[str, list[Array]] = field(default_factory=dict[str, list[Array]])
    counted: dict[str, Counted] = field(default_factory=dict[str, Counted])


def merged_means(parts: Sequence[Partial], draws: int) -> dict[str, Array]:
    """Return the mean of each summed series, ``(columns,)``, from the grain sums in the order of draws."""
    names = dict.fromkeys(name for part in parts for name in part.sums)
    return {name: np.concatenate([block for part in parts for block in part.sums.get(name, [])]).sum(axis=0) / draws for name in names}


def merged_counts(parts: Sequence[Partial]) -> dict[str, Counted]:
    """Add up the counts of all ranges."""
    total: dict[str, Counted] = {}
    for part in parts:
        for name, counted in part.counted.items():
            if name in total:
                total[name].merge(counted)
            else:
                total[name] = counted
    return total


def quantiles_of(counts: Mapping[str, Counted], brackets: Mapping[str, Bracket], draws: int) -> dict[str, Array] | None:
    """Return the exact quantiles of every series, or None where a bracket missed."""
    found: dict[str, Array] = {}
    for name, counted in counts.items():
        exact = counted.quantiles(brackets[name], draws)
        if exact is None:
            return None
        found[name] = exact
    return found
