"""Turns draws of inputs and outputs into sensitivity indices: how much of an output's variance each input accounts for.

First order, from the draws already made: ``S_i = Var(E[Y | x_i]) / Var(Y)``, Pearson's correlation ratio (1905) of the output over
bins of the input, with what chance alone puts between bins taken off (Kelley 1935, epsilon squared) where the draws are random;
Sobol points leave next to nothing there. Total, from one more run with
the input's draws exchanged: ``ST_i = E[(f(A) - f(A_B^i))^2] / (2 Var(Y))`` (Jansen 1999, Computer Physics Communications 117). For
independent inputs S_i <= ST_i, and the first-order indices add up to 1 at most; what is left is interaction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.conditional import bin_codes

Array = NDArray[np.float64]
LEAST_IN_BIN, MOST_BINS, BINS_OF_ROOT = 24, 64, 2.2
FOLDS = 10
"""Parts of the draws whose indices are compared for the standard error."""


@dataclass(frozen=True, slots=True)
class Indices:
    """Indices and their standard errors, ``(inputs, outputs)`` each; those of small effects may lie a little below 0 by chance."""

    values: Array
    errors: Array


def first_order(inputs: Array, outputs: Array, *, even: bool = False) -> Indices:
    """Return the share of each output's variance that each input accounts for alone.

    Args:
        inputs: ``(inputs, draws)``.
        outputs: ``(outputs, draws)``.
        even: the draws are Sobol points, whose other coordinates are spread evenly within each bin.

    The order of the draws does not matter to the index; its standard error compares ten parts of them. A constant input or
    output has index 0 exactly.
    """
    draws = outputs.shape[1]
    bins = max(min(MOST_BINS, draws // LEAST_IN_BIN if even else round(BINS_OF_ROOT * draws ** (1.0 / 3.0)), draws // LEAST_IN_BIN), 1)
    folds = FOLDS if draws >= 2 * FOLDS * LEAST_IN_BIN else 1
    part = np.sort(np.arange(draws, dtype=np.intp) % folds)
    centred = outputs - outputs.mean(axis=1, keepdims=True)
    squares = np.array([np.bincount(part, weights=row, minlength=folds) for row in centred**2])
    values = np.zeros((inputs.shape[0], outputs.shape[0]))
    errors = np.zeros_like(values)
    for place, row in enumerate(inputs):
        codes = bin_codes(row, bins)
        used = int(codes.max()) + 1
        if used < 2:
            continue
        cells = part * used + codes
        counts = np.bincount(cells, minlength=folds * used).reshape(folds, used)
        for column, output in enumerate(centred):
            sums = np.bincount(cells, weights=output, minlength=folds * used).reshape(folds, used)
            values[place, column] = _share_between(counts.sum(axis=0), sums.sum(axis=0), float(squares[column].sum()), even)
            if folds > 1:
                each = [_share_between(counts[fold], sums[fold], float(squares[column, fold]), even) for fold in range(folds)]
                errors[place, column] = np.std(each, ddof=1) / math.sqrt(folds)
    return Indices(values, errors)


def _share_between(counts: NDArray[np.intp], sums: Array, squares: float, even: bool) -> float:
    """Return the share of the variance between bins, less what random scatter within bins puts there."""
    held = counts > 0
    counts, sums = counts[held], sums[held]
    total = int(counts.sum())
    whole = squares - float(sums.sum()) ** 2 / total
    between = float((sums**2 / counts).sum()) - float(sums.sum()) ** 2 / total
    if whole <= 1e-12 * max(squares, 1e-300) or total <= counts.size:
        return 0.0
    if even:
        return between / whole
    within = (whole - between) / (total - counts.size)
    return (between - (counts.size - 1) * within) / whole


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
    moving = variance > 1e-24 * np.maximum((outputs**2).mean(axis=1), 1e-300)
    safe = np.where(moving, variance, 1.0)
    values = np.where(moving, squared.mean(axis=1) / safe, 0.0)
    errors = np.where(moving, squared.std(axis=1) / math.sqrt(outputs.shape[1]) / safe, 0.0)
    return Indices(values[None, :], errors[None, :])


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
