"""Turns draws of inputs and outputs into sensitivity indices: how much of an output's variance each input accounts for.

First order, from the draws already made: ``S_i = Var(E[Y | x_i]) / Var(Y)``, Pearson's correlation ratio (1905) of the output over
bins of the input (Plischke 2012, Reliability Engineering & System Safety 107), with a straight line in each bin, for a tail's bin is
wide, and with what chance alone explains taken off (Kelley 1935, epsilon squared) where the draws are random; Sobol points leave
next to nothing there. Total, from one more run with the input's draws exchanged: ``ST_i = E[(f(A) - f(A_B^i))^2] / (2 Var(Y))``
(Jansen 1999, Computer Physics Communications 117). The same run tells the first-order index of inputs that are exchanged together
(Janon et al. 2014, ESAIM: Probability and Statistics 18). For independent inputs S_i <= ST_i, and the first-order indices add up to
1 at most; what is left is interaction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
LEAST_IN_BIN, MOST_BINS, BINS_OF_ROOT, EVEN_BINS_OF_ROOT = 24, 64, 1.1, 2.0
"""Draws in a bin at least, bins at most, and bins as a multiple of the cube root of the draws."""
CELLS = 4096
"""Marks of the ruler that an input is first laid against."""
UNEVEN = 1.5
"""How many bins' worth of draws one cell of the ruler may hold before ranks are used instead."""
CONSTANT = 1e-24
"""Variance over mean square below which an output is rounding and nothing else."""
ONE_VALUE = 1e-20
"""The same of an input within a bin."""


@dataclass(frozen=True, slots=True)
class Indices:
    """Indices and their standard errors, ``(inputs, outputs)`` each; those of small effects may lie a little below 0 by chance."""

    values: Array
    errors: Array


def first_order(inputs: Array, outputs: Array, *, even: bool = False) -> Indices:
    """Return the share of each output's variance that each input accounts for alone.

    ``S = (SSE_b - k_b s_b^2) / SST``, summed over bins b of about equal count: what the bin's mean and line, ``k_b = 2``, explain
    less what they would by chance, with ``s_b^2`` the variance left in the bin. A value that many draws share has a bin of its own
    and no line. The standard error is that of the influence function ``((1 - S) c^2 - e^2) / Var(Y)``, with c the centred output and
    e what the bin leaves of it, and of chance, ``2 k_b s_b^4 / SST^2``, which is all there is at S = 0.

    Args:
        inputs: ``(inputs, draws)``.
        outputs: ``(outputs, draws)``.
        even: the draws are Sobol points, whose other coordinates are spread evenly within each bin: nothing is taken off, and the
            standard error, that of random draws, is more than theirs.

    Neither depends on the order of the draws. A constant input or output has index 0 exactly.
    """
    bins = _bins(outputs.shape[1], even)
    standard = [_standard(row) for row in outputs]
    values = np.zeros((inputs.shape[0], outputs.shape[0]))
    errors = np.zeros_like(values)
    for row, drawn in enumerate(inputs):
        pieces = _Pieces.of(drawn, bins)
        for column, output in enumerate(standard):
            if pieces.counts.size > 1 and output is not None:
                values[row, column], errors[row, column] = pieces.share(output, even)
    return Indices(values, errors)


def _bins(draws: int, even: bool) -> int:
    """Return how many bins; a power of two where the draws are Sobol points, which then fill each alike."""
    root = draws ** (1.0 / 3.0)
    wanted = 2 ** round(math.log2(max(EVEN_BINS_OF_ROOT * root, 1.0))) if even else round(BINS_OF_ROOT * root)
    return max(min(wanted, MOST_BINS, draws // LEAST_IN_BIN), 1)


def _standard(output: Array) -> Array | None:
    """Return an output with mean 0 and variance 1, None where it is constant."""
    centred = output - output.mean()
    variance = float(centred @ centred) / output.size
    return centred / math.sqrt(variance) if variance > CONSTANT * float(output @ output) / output.size else None


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The draws of an input laid out bin after bin, with a line in each bin but those of a single value."""

    order: Codes
    """The draws, those of the first bin first."""
    starts: Codes
    """Where each bin begins in that order."""
    counts: Codes
    offsets: Array
    """Of each draw from the mean of its bin, in that order."""
    spreads: Array
    """Sum of the squared offsets of each bin; infinite where there is no line to be had."""
    fitted: Array
    """Numbers fitted in each bin: the mean, and the slope where there is one."""

    @classmethod
    def of(cls, values: Array, bins: int) -> Self:
        codes = bin_codes(values, bins)
        counts = np.bincount(codes)
        counts = counts[counts > 0]
        order = np.argsort(codes.astype(np.uint8), kind="stable")
        starts = np.cumsum(counts) - counts
        laid = values.take(order)
        middles = np.add.reduceat(laid, starts) / counts
        laid -= np.repeat(middles, counts)
        spreads = np.add.reduceat(laid * laid, starts)
        sloped = spreads > ONE_VALUE * counts * middles**2
        return cls(order, starts, counts, laid, np.where(sloped, spreads, math.inf), np.where(sloped, 2.0, 1.0))

    def share(self, output: Array, even: bool) -> tuple[float, float]:
        """Return the share of a standardised output's variance that the pieces explain, and its standard error."""
        draws, laid = output.size, output.take(self.order)
        slopes = np.add.reduceat(laid * self.offsets, self.starts) / self.spreads
        missed = laid - np.repeat(np.add.reduceat(laid, self.starts) / self.counts, self.counts)
        missed -= np.repeat(slopes, self.counts) * self.offsets
        missed *= missed
        left = np.add.reduceat(missed, self.starts)
        free = self.counts - self.fitted
        scatter = np.where(free > 0.0, left / np.maximum(free, 1.0), left.sum() / draws)
        by_chance = 0.0 if even else float((self.fitted - self.counts / draws) @ scatter)
        share = 1.0 - (float(left.sum()) + by_chance) / draws
        laid *= laid
        laid *= 1.0 - share
        laid -= missed
        # Chance moves what is fitted, which shows in the influence as twice what it does to the index.
        chance = 2.0 * float(self.fitted @ scatter**2)
        return share, math.sqrt(max(float(laid @ laid) - chance, chance)) / draws


def bin_codes(values: Array, bins: int) -> Codes:
    """Return the bin of each value, ``(draws,)``, each of about the same count; equal values share one, and some may hold none.

    A ruler between the least and the largest value is cut where the counts say: one pass, no sort. Where a cell of it holds too
    many draws, because of a heavy tail, one of fourth roots is tried, and where that does not help, because values come again and
    again, the bins are made from ranks. Which draw comes first makes no difference. There are fewer than twice as many bins as
    asked for.
    """
    low, high = float(values.min()), float(values.max())
    if not low < high:
        return np.zeros(values.size, dtype=np.intp)
    with np.errstate(over="ignore"):
        places = values - low
        places /= high - low
    for tailed in (False, True):
        ruler = np.sqrt(np.sqrt(places)) if tailed else places
        cells = (ruler * (CELLS - 1.0)).astype(np.intp)
        held = np.bincount(cells, minlength=CELLS)
        if int(held.max()) * bins <= UNEVEN * values.size:
            middle = np.cumsum(held) - held / 2.0
            return np.minimum(middle * (bins / values.size), bins - 1.0).astype(np.intp).take(cells)
    return _codes_by_rank(values, bins)


def _codes_by_rank(values: Array, bins: int) -> Codes:
    """Give values that fill a bin alone one each, and cut the ranks of the others: what is rare is not lost among what is common."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    common = counts * bins >= values.size
    others = np.where(common, 0, counts)
    rest = int(others.sum())
    cut = max(min(bins, rest // LEAST_IN_BIN), 1)
    codes = np.minimum((np.cumsum(others) - others / 2.0) * (cut / max(rest, 1)), cut - 1.0).astype(np.intp)
    codes[common] = cut + np.arange(np.count_nonzero(common))
    return codes[which]


def total_index(outputs: Array, exchanged: Array) -> Indices:
    """Return the share of each output's variance that is lost with one input, alone and in interaction.

    Args:
        outputs: ``(outputs, draws)`` of the model as drawn.
        exchanged: the same with the input's draws exchanged for others of the same law, independent of the rest, ``(outputs, draws)``.

    Returns:
        Indices of shape ``(1, outputs)``.
    """
    squared = (outputs - exchanged) ** 2 / 2.0
    variance = outputs.var(axis=1)
    moving = variance > CONSTANT * np.maximum((outputs**2).mean(axis=1), 1e-300)
    safe = np.where(moving, variance, 1.0)
    values = np.where(moving, squared.mean(axis=1) / safe, 0.0)
    errors = np.where(moving, squared.std(axis=1) / math.sqrt(outputs.shape[1]) / safe, 0.0)
    return Indices(values[None, :], errors[None, :])


def exchange_order(draws: int, generator: np.random.Generator) -> Codes:
    """Return a random order of the draws in which none keeps its place: one cycle through all of them, ``(draws,)``."""
    cycle = generator.permutation(draws)
    order = np.empty_like(cycle)
    order[cycle] = np.roll(cycle, 1)
    return order


def closed_index(outputs: Array, exchanged: Array, order: Codes) -> Indices:
    """Return the share of each output's variance that inputs exchanged together account for on their own, interactions among them included.

    In draw j of the exchanged run the inputs are those of draw ``order[j]`` and all else is its own, so the correlation of the
    exchanged output with ``outputs[order]`` is that of two futures with these inputs in common and nothing else. The run that gives
    the total index gives this one too.

    Args:
        outputs: ``(outputs, draws)`` of the model as drawn.
        exchanged: the same with the inputs' draws taken from `order`, ``(outputs, draws)``.
        order: no draw in its own place, as `exchange_order` makes it, ``(draws,)``.

    Returns:
        Indices of shape ``(1, outputs)``; 0 exactly for outputs that the exchange leaves as they are.
    """
    values, errors = np.zeros((1, outputs.shape[0])), np.zeros((1, outputs.shape[0]))
    for column, (output, changed) in enumerate(zip(outputs, exchanged, strict=True)):
        first, second = _standard(output), _standard(changed)
        if first is None or second is None or np.array_equal(output, changed):
            continue
        first = first[order]
        share = float((first * second).mean())
        influence = first * second - share * (first**2 + second**2) / 2.0
        values[0, column], errors[0, column] = share, influence.std() / math.sqrt(output.size)
    return Indices(values, errors)


def ranks(values: Array) -> Array:
    """Return the ranks of ``(draws,)`` values from 0, ties sharing their mean rank."""
    order = np.argsort(values, kind="stable")
    places = np.empty(values.size)
    places[order] = np.arange(values.size)
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.bincount(which, weights=places) / counts)[which] if counts.max(initial=1) > 1 else places


def rank_correlations(inputs: Array, outputs: Array) -> Array:
    """Return Spearman's rank correlation of each input with each output, ``(inputs, outputs)``; 0 for what is constant."""
    if not inputs.shape[0]:
        return np.zeros((0, outputs.shape[0]))
    standard = [_standardised(np.array([ranks(row) for row in rows])) for rows in (inputs, outputs)]
    return (standard[0][:, None, :] * standard[1][None, :, :]).mean(axis=2)


def _standardised(rows: Array) -> Array:
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0.0)
