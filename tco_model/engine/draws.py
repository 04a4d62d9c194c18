"""Turns named inputs into draws: one stream a name, the same for any block size, worker count and order of calls.

A stream is keyed by the seed and the input's name, and read at any position, so every option sees the same future (common
random numbers) and a new input leaves the others' draws as they were. Designs: plain random, Latin hypercube (each input
stratified over all draws), scrambled Sobol (one dimension an input, in the order of names: there a new input moves the others).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.inputs import IncidentCost, Incidents, Leaf, Shocks
from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.normal import ndtri
from tco_model.inputs.quantity import Value

Array = NDArray[np.float64]
HALF_STEP = 2.0**-54
"""Half the spacing of the uniform numbers: added, so that 0 and 1 never occur."""
MOST_EVENTS_A_MONTH = 500.0
SMALLEST = 1e-300
"""A probability below which no further event is looked for."""


def stream(seed: int, name: str, position: int = 0) -> np.random.Generator:
    """Return the generator of a named stream, moved to `position` uniform numbers from its start."""
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=16).digest(), "little")
    bits = np.random.PCG64DXSM(np.random.SeedSequence([seed, key]))
    bits.advance(position)
    return np.random.Generator(bits)


def uniforms(seed: int, name: str, start: int, count: int) -> Array:
    """Return `count` uniform numbers of a stream from position `start`, in the open interval (0, 1)."""
    return stream(seed, name, start).random(count) + HALF_STEP


@dataclass(frozen=True, slots=True)
class CorrelatedGroup:
    """Inputs that move together: row i of `factor` mixes their independent normal scores (a lower triangle)."""

    names: tuple[str, ...]
    factor: tuple[tuple[float, ...], ...]


def correlated_groups(pairs: Sequence[tuple[str, str, float]]) -> tuple[CorrelatedGroup, ...]:
    """Turn rank correlations into mixing factors of a Gaussian copula; pairs that are not named are independent.

    A Spearman correlation r needs the Pearson correlation ``2 sin(pi r / 6)`` of the normal scores (Pearson 1907).

    Raises:
        ScenarioError: correlations that cannot hold together, with the offending pairs.
    """
    groups: list[list[str]] = []
    for first, second, _ in pairs:
        joined = [group for group in groups if first in group or second in group]
        groups = [group for group in groups if group not in joined]
        groups.append(sorted({first, second, *(name for group in joined for name in group)}))
    ranks = {frozenset((first, second)): rank for first, second, rank in pairs}
    return tuple(CorrelatedGroup(tuple(group), _factor(group, ranks)) for group in groups)


def _factor(names: list[str], ranks: Mapping[frozenset[str], float]) -> tuple[tuple[float, ...], ...]:
    matrix = [[1.0 if a == b else 2.0 * math.sin(math.pi * ranks.get(frozenset((a, b)), 0.0) / 6.0) for b in names] for a in names]
    rows: list[list[float]] = []
    for i in range(len(names)):
        row: list[float] = []
        for j in range(i + 1):
            rest = matrix[i][j] - sum(row[k] * (row if j == i else rows[j])[k] for k in range(j))
            if i == j and rest < -1e-9:
                raise ScenarioError(_impossible(names, matrix, ranks))
            pivot = 0.0 if j == i else rows[j][j]
            row.append(math.sqrt(max(rest, 0.0)) if i == j else (rest / pivot if pivot > 1e-12 else 0.0))
            if i != j and pivot <= 1e-12 and abs(rest) > 1e-7:
                raise ScenarioError(_impossible(names, matrix, ranks))
        rows.append(row)
    return tuple(tuple(row) for row in rows)


def _impossible(names: list[str], matrix: list[list[float]], ranks: Mapping[frozenset[str], float]) -> Problem:
    """Name the three inputs whose correlations contradict each other, or all pairs where no three alone do."""
    for i, a in enumerate(names):
        for j, b in enumerate(names[:i]):
            for k, c in enumerate(names[:j]):
                x, y, z = matrix[i][j], matrix[i][k], matrix[j][k]
                if 1.0 + 2.0 * x * y * z - x * x - y * y - z * z < -1e-9:
                    return _contradiction([(a, b), (a, c), (b, c)], ranks)
    return _contradiction([tuple(sorted(pair)) for pair in ranks if pair <= set(names)], ranks)  # type: ignore[misc]


def _contradiction(pairs: Sequence[tuple[str, str]], ranks: Mapping[frozenset[str], float]) -> Problem:
    said = "; ".join(f"{a} with {b}: {ranks.get(frozenset((a, b)), 0.0):g}" for a, b in pairs)
    return Problem(
        f"these rank correlations cannot hold together (not positive semi-definite): {said}",
        "bring one of them nearer to zero, or name the missing pair",
        "correlations",
    )


@dataclass(frozen=True)
class Sampler:
    """Draws every input of a model for any range of draws. Plain data, so that it travels to other processes."""

    seed: int
    draws: int
    design: str
    laws: dict[str, Distribution]
    groups: tuple[CorrelatedGroup, ...]
    shocks: tuple[str, ...]
    incidents: dict[str, tuple[str, str, Value]]
    """Name of the counts: figure with the yearly frequency, name of the cost leaf, severity."""
    months: int
    _permutations: dict[str, NDArray[np.int32]] = field(default_factory=dict[str, NDArray[np.int32]], repr=False, compare=False)

    def inputs(self, start: int, count: int) -> dict[str, Array]:
        """Draw every law for the futures from `start` on: ``(count, 1)`` each."""
        raw = self._uniforms(start, count)
        grouped = {name for group in self.groups for name in group.names}
        found = {name: law.ppf(raw[name]).reshape(-1, 1) for name, law in self.laws.items() if name not in grouped}
        for group in self.groups:
            scores = {name: ndtri(raw[name]) for name in group.names}
            for name, weights in zip(group.names, group.factor, strict=True):
                mixed = np.zeros(count)
                for weight, other in zip(weights, group.names, strict=False):
                    mixed += weight * scores[other]
                found[name] = self.laws[name].from_normal(mixed).reshape(-1, 1)
        return found

    def _uniforms(self, start: int, count: int) -> dict[str, Array]:
        if self.design == "sobol":
            return self._sobol(start, count)
        if self.design == "latin_hypercube":
            return {name: self._stratum(name, start, count) for name in self.laws}
        return {name: uniforms(self.seed, name, start, count) for name in self.laws}

    def _stratum(self, name: str, start: int, count: int) -> Array:
        if name not in self._permutations:
            self._permutations[name] = stream(self.seed, f"{name}/strata").permutation(np.arange(self.draws, dtype=np.int32))
        return (self._permutations[name][start : start + count] + uniforms(self.seed, name, start, count)) / self.draws

    def _sobol(self, start: int, count: int) -> dict[str, Array]:
        from scipy.stats.qmc import Sobol

        names = sorted(self.laws)
        if not names:
            return {}
        engine = Sobol(len(names), scramble=True, rng=stream(self.seed, "sobol"))
        if start:
            engine.fast_forward(start)
        points = engine.random(count) if start else engine.random_base2(max(count - 1, 1).bit_length())[:count]
        points = np.clip(points, HALF_STEP, 1.0 - 2.0**-53)
        return {name: np.ascontiguousarray(points[:, column]) for column, name in enumerate(names)}

    def processes(self, start: int, count: int, frequencies: Mapping[str, Array]) -> dict[str, Array]:
        """Draw what varies by month: shocks, events and their cost, ``(count, months)`` each, in Fortran order."""
        found = {name: np.asfortranarray(ndtri(self._by_month(name, start, count))) for name in self.shocks}
        for name, (frequency, cost_name, severity) in self.incidents.items():
            counts, costs = draw_incidents(self._by_month(name, start, count), frequencies[frequency] / 12.0, severity)
            found[name], found[cost_name] = counts, costs
        return found

    def _by_month(self, name: str, start: int, count: int) -> Array:
        return uniforms(self.seed, name, start * self.months, count * self.months).reshape(count, self.months)


def draw_incidents(uniform: Array, rate: Array, severity: Value) -> tuple[Array, Array]:
    """Turn one uniform number a month into the number of events and the cost of one, by inversion.

    Given the count n, the place of the uniform number between the cumulative probabilities of n - 1 and n is again
    uniform and independent of n, so it serves as the quantile of the severity: one stream, no second draw.

    Args:
        uniform: ``(draws, months)``.
        rate: events a month, broadcastable to the same shape [event/month].
        severity: a number or a distribution [USD/event].

    Returns:
        Counts and cost per event, ``(draws, months)`` in Fortran order; the cost is 0 where nothing happens.
    """
    if rate.max(initial=0.0) > MOST_EVENTS_A_MONTH:
        raise ScenarioError(
            Problem(
                f"more than {MOST_EVENTS_A_MONTH:g} events a month",
                "events this frequent are a running cost: use a monthly line",
                "frequency",
            )
        )
    draws, months = uniform.shape
    counts, costs = np.zeros((months, draws)), np.zeros((months, draws))
    flat = uniform.reshape(-1)
    cells = np.flatnonzero(uniform > np.exp(-rate))
    number, place = _counted(flat[cells], _at_cells(rate, cells, draws, months))
    rows, columns = np.divmod(cells, months)
    columns *= draws
    columns += rows
    counts.reshape(-1)[columns] = number
    costs.reshape(-1)[columns] = severity.ppf(place) if isinstance(severity, Distribution) else severity
    return counts.T, costs.T


def _at_cells(rate: Array, cells: NDArray[np.intp], draws: int, months: int) -> Array:
    """Return the rate of each cell, cells counted draw by draw."""
    if rate.shape == (1, 1):
        return np.full(cells.size, rate[0, 0])
    if rate.shape[1] == 1:
        return rate[:, 0][cells // months]
    return np.broadcast_to(rate, (draws, months)).reshape(-1)[cells]


def _counted(drawn: Array, expected: Array) -> tuple[Array, Array]:
    """Return the Poisson count of uniform numbers above the chance of none, and their place within the count's interval."""
    probability = np.exp(-expected)
    below = probability.copy()
    probability *= expected
    number, place = np.ones(drawn.size), (drawn - below) / probability
    later = np.flatnonzero(drawn > below + probability)
    while later.size:
        below[later] += probability[later]
        number[later] += 1.0
        probability[later] *= expected[later] / number[later]
        place[later] = (drawn[later] - below[later]) / np.maximum(probability[later], SMALLEST)
        later = later[(place[later] > 1.0) & (probability[later] >= SMALLEST)]
    return number, np.clip(place, HALF_STEP, 1.0 - 2.0**-53)


def make_sampler(
    leaves: Mapping[str, Leaf], pairs: Sequence[tuple[str, str, float]], seed: int, draws: int, design: str, months: int
) -> Sampler:
    """Collect what must be drawn from the leaves of a model."""
    laws = {name: entry.content for name, entry in leaves.items() if isinstance(entry.content, Distribution)}
    costs = {
        entry.content.incidents: (name, entry.content.severity) for name, entry in leaves.items() if isinstance(entry.content, IncidentCost)
    }
    incidents = {name: (entry.content.frequency, *costs[name]) for name, entry in leaves.items() if isinstance(entry.content, Incidents)}
    shocks = tuple(name for name, entry in leaves.items() if isinstance(entry.content, Shocks))
    return Sampler(seed, draws, design, laws, correlated_groups(pairs), shocks, incidents, months)
