"""Turns draws of options and inputs into what choosing anew is worth once some inputs are known: bins, splines, cross-fitting."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import standard_error
from tco_model.analysis.spread import Estimate
from tco_model.inputs.normal import ndtri

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
BINS, LEAST_IN_BIN, FOLDS = 128, 16, 8
CELLS = 4096
"""Marks of the ruler that an input is first laid against."""
BLOCK = 8192
"""Draws of a regression's columns that are held at once, and draws that show an input's range."""
KNOTS = (0.025, 0.1833, 0.3417, 0.5, 0.6583, 0.8167, 0.975)
"""Ranks of the knots: seven, as Harrell (2015), Regression Modeling Strategies, 2.4.6, places them."""
FEW_KNOTS = (0.05, 0.35, 0.65, 0.95)
MOST_CROSSED = 12
"""Inputs of a group whose products are fitted too: those that alone explain most."""
CONTROL_DRAWS, DRAWS_A_COLUMN = 16_384, 40
"""Draws that the regression on all inputs is fitted to, and those it needs for each of its columns."""
RIDGE = 1e-9
"""Added to the squares of a regression's columns of unit size, so that no column is wholly made up of others."""
UNKNOWN = Estimate(0.0, math.inf)
"""What too few draws say."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is preferred now, and what each other option saves against it, future by future."""

    best: int
    """Row of the preferred option among all options."""
    savings: Array
    """``(other options, draws)``; positive where the other option is better."""

    @classmethod
    def of(cls, values: Array, *, most_is_best: bool = False) -> Choice:
        """Return the choice between options by a figure, ``(options, draws)``; `most_is_best` for one such as net value."""
        costs = -values if most_is_best else values
        best = int(np.argmin(costs.mean(axis=1)))
        return cls(best, costs[best] - costs[np.arange(costs.shape[0]) != best])

    @property
    def draws(self) -> int:
        """Futures in all."""
        return self.savings.shape[1]

    @property
    def regret(self) -> Array:
        """What the preferred option costs more than the best one of each future, ``(draws,)``."""
        return self.savings.max(axis=0, initial=0.0)

    def gains(self, rule: Codes) -> Array:
        """Return what a rule saves against staying with the preferred option, ``(draws,)``.

        Args:
            rule: for each draw the row of `savings` it takes, -1 to stay, ``(draws,)``.
        """
        if not self.savings.shape[0]:
            return np.zeros(self.draws)
        taken = self.savings.reshape(-1)[np.maximum(rule, 0) * self.draws + np.arange(self.draws)]
        return np.where(rule >= 0, taken, 0.0)


def folds_of(draws: int) -> Codes:
    """Return the fold of each draw, ``(draws,)``: neighbours share one, so that each fold of a Sobol design is balanced too."""
    return np.repeat(np.arange(FOLDS), np.diff(np.arange(FOLDS + 1) * draws // FOLDS))


def best_rows(savings: Array) -> Codes:
    """Return the row of the largest expected saving along the first axis, -1 where none is positive."""
    if not savings.shape[0]:
        return np.full(savings.shape[1:], -1)
    rows = np.argmax(savings, axis=0)
    return np.where(savings.max(axis=0) > 0.0, rows, -1)


@dataclass(frozen=True, slots=True)
class Bins:
    """The draws of one input cut into bins of about equal count: each draw's bin, and weight, middle and spline columns of each."""

    codes: Codes
    weights: Array
    middles: Array
    basis: Array

    @classmethod
    def of(cls, values: Array) -> Bins:
        """Cut the draws of an input, ``(draws,)``; equal values share a bin."""
        codes = bin_codes(values, min(BINS, max(2, values.size // LEAST_IN_BIN)))
        held = np.bincount(codes)
        weights = held / values.size
        found = cls(codes, weights, np.bincount(codes, weights=values) / held, np.empty(0))
        return replace(found, basis=found.spline(KNOTS if values.size >= 50 * len(KNOTS) else FEW_KNOTS))

    def spline(self, knots: Sequence[float]) -> Array:
        """Return the columns of a spline with these knots at the middles' ranks, ``(bins, columns)``."""
        return spline_basis(np.cumsum(self.weights) - self.weights / 2.0, knots)

    def expected(self, choice: Choice) -> Array:
        """Return the fitted saving of each option in each bin, all draws used, ``(other options, bins)``."""
        sums = [np.bincount(self.codes, weights=row, minlength=self.weights.size) for row in choice.savings]
        return self._fitted(self.weights * choice.draws, np.asarray(sums, dtype=np.float64).reshape(-1, self.weights.size))

    def held_out_rule(self, choice: Choice) -> Codes:
        """Return for each draw the option that the other folds' draws choose in its bin, ``(draws,)``."""
        cells, size = self.codes * FOLDS + folds_of(choice.draws), self.weights.size * FOLDS
        held = np.bincount(cells, minlength=size).reshape(-1, FOLDS)
        sums = np.array([np.bincount(cells, weights=row, minlength=size).reshape(-1, FOLDS) for row in choice.savings])
        all_held, all_sums = held.sum(axis=1), sums.sum(axis=2)
        rules = [best_rows(self._fitted(all_held - held[:, fold], all_sums - sums[:, :, fold])) for fold in range(FOLDS)]
        return np.array(rules).T.reshape(-1)[cells]

    def _fitted(self, held: Array, sums: Array) -> Array:
        weighted = self.basis * held[:, None]
        return (self.basis @ _solved(self.basis.T @ weighted, self.basis.T @ sums.T)).T


def bin_codes(values: Array, bins: int) -> Codes:
    """Return the bin of each value, in the order of the values, from 0 without gaps; equal values share one, ``(draws,)``.

    A fine ruler between two far ends of the draws is cut where the counts say: one pass, no sort. Where the ruler is too coarse
    for a heavy tail, the cuts are quantiles instead.
    """
    few = np.sort(values[:BLOCK])
    low, high = few[few.size // 200], few[-1 - few.size // 200]
    if not low < high:
        return _without_gaps(np.searchsorted(np.unique(few), values))
    with np.errstate(over="ignore"):
        cells = np.clip((values - low) * ((CELLS - 2) / (high - low)) + 1.0, 0.0, CELLS - 1.0).astype(np.intp)
    held = np.bincount(cells, minlength=CELLS)
    if held.max() * bins > 1.5 * values.size:
        cuts = np.unique(few[np.arange(1, bins) * few.size // bins])
        return _without_gaps(np.searchsorted(cuts, values, side="right"))
    middle = np.cumsum(held) - held / 2.0
    return _without_gaps(np.minimum(middle * (bins / values.size), bins - 1.0).astype(np.intp)[cells])


def _without_gaps(codes: Codes) -> Codes:
    held = np.bincount(codes) > 0
    return codes if held.all() else (np.cumsum(held) - 1)[codes]


def spline_basis(ranks: Array, knots: Sequence[float]) -> Array:
    """Return the natural cubic spline basis at ranks in 0..1, constant first, ``(ranks, columns)``; one column a rank where they are few.

    The spline lives on the normal scores of the ranks and is straight beyond its outer knots.
    """
    return np.eye(ranks.size) if ranks.size <= len(knots) + 1 else natural_spline(ndtri(ranks), ndtri(knots))


def natural_spline(scores: Array, knots: Array) -> Array:
    """Return constant, straight line and the truncated cubes that stay straight beyond the outer knots, ``(scores, knots)``."""
    cubes = np.maximum(scores[:, None] - knots, 0.0) ** 3 / (knots[-1] - knots[0]) ** 2
    last, before = cubes[:, -1:], cubes[:, -2:-1]
    bent = cubes[:, :-2] - before * (knots[-1] - knots[:-2]) / (knots[-1] - knots[-2])
    bent = bent + last * (knots[-2] - knots[:-2]) / (knots[-1] - knots[-2])
    return np.column_stack([np.ones(scores.size), scores, bent])


def evpi(values: Array, *, most_is_best: bool = False) -> Estimate:
    """Return the expected value of perfect information, ``min_d E[C_d] - E[min_d C_d]``, in the figure's unit.

    Args:
        values: the figure of each option on the same futures, ``(options, draws)``.
        most_is_best: more of the figure is better.
    """
    return Knowledge(Choice.of(values, most_is_best=most_is_best), {}).evpi


def evppi(
    values: Array, inputs: Mapping[str, Array], *, linked: Sequence[Collection[str]] | None = None, most_is_best: bool = False
) -> dict[str, Estimate]:
    """Return the expected value of perfect information on each input alone, by its name; arguments as in `evpi`.

    Args:
        inputs: draws of each input, ``(draws,)``; an input that moves with others tells of them too.
        linked: the sets of inputs that move together, where all others are known to be independent: what the others explain is
            then taken out of the savings, which leaves the value as it is and makes its error smaller. None takes out nothing.
    """
    found = Knowledge(Choice.of(values, most_is_best=most_is_best), inputs, linked)
    return {name: found.worth([name]) for name in inputs}


def evppi_together(
    values: Array,
    inputs: Mapping[str, Array],
    members: Sequence[str],
    *,
    linked: Sequence[Collection[str]] | None = None,
    most_is_best: bool = False,
) -> Estimate:
    """Return the expected value of finding out several of the inputs at once; arguments as in `evppi`.

    A regression stands in for the bins, which would be empty in many dimensions: a natural spline of each input, and the products
    of all pairs, of a large group the pairs of the 12 that alone explain most. It is cross-fitted like the bins, so what the
    regression misses makes the estimate too low, never too high on average.
    """
    return Knowledge(Choice.of(values, most_is_best=most_is_best), inputs, linked).worth(members)


class Knowledge:
    """A choice beside the draws of the inputs it hangs on: what knowing some of them is worth."""

    def __init__(self, choice: Choice, inputs: Mapping[str, Array], linked: Sequence[Collection[str]] | None = None) -> None:
        """Hold a choice and the inputs' draws, by name; `linked` as in `evppi`."""
        self.choice, self.inputs, self.linked = choice, inputs, linked
        self.enough = choice.draws >= FOLDS * LEAST_IN_BIN
        self.alone = not choice.savings.shape[0]
        self.bins = {name: Bins.of(drawn) for name, drawn in inputs.items()}
        regret = choice.regret
        self.evpi = Estimate(float(regret.mean()), standard_error(regret))

    @cached_property
    def strongest(self) -> list[str]:
        """The inputs, those first that alone explain most of the savings."""
        effects = {name: bins.expected(self.choice) for name, bins in self.bins.items()}
        return sorted(effects, key=lambda name: -float((effects[name] ** 2 @ self.bins[name].weights).sum()))

    def bound(self, members: Collection[str]) -> set[str]:
        """Return the members and the inputs that move with any of them."""
        groups = self.linked or ()
        return set(members) | {name for group in groups if not set(group).isdisjoint(members) for name in group}

    @cached_property
    def _control(self) -> _Control:
        return _Control(self)

    def choice_beside(self, members: Collection[str]) -> Choice:
        """Return the choice without what the inputs that have nothing to do with these members explain."""
        bound = self.bound(members)
        if self.linked is None or self.alone or not self.enough or bound.issuperset(self.bins):
            return self.choice
        return Choice(self.choice.best, self._control.left_for(bound))

    def rule(self, members: Sequence[str], choice: Choice) -> Codes:
        """Return for each draw the option to take once these inputs are known, chosen on other folds: a row of `savings` or -1."""
        if self.alone or not self.enough or not members:
            return np.full(choice.draws, -1)
        if len(members) == 1:
            return self.bins[members[0]].held_out_rule(choice)
        crossed = [name for name in self.strongest if name in members][:MOST_CROSSED]
        knots = KNOTS if len(members) <= MOST_CROSSED else FEW_KNOTS
        return _Surface(self, members, list(combinations(crossed, 2)), knots).held_out_rule(choice)

    def judged(self, rule: Codes, choice: Choice) -> Estimate:
        """Return the mean gain of a rule on a choice from `choice_beside`, no less than 0 and no more than EVPI, with its error.

        What was taken out of the savings moves all futures' lead alike: it enters the error with the share that the rule turns.
        """
        if not self.enough:
            return UNKNOWN
        gains = choice.gains(rule)
        value = min(max(float(gains.mean()), 0.0), self.evpi.value)
        if choice is not self.choice and np.any(rule >= 0):
            turned = np.bincount(rule[rule >= 0], minlength=choice.savings.shape[0]) / choice.draws
            gains += turned @ (self.choice.savings - choice.savings)
        return Estimate(value, standard_error(gains))

    def worth(self, members: Sequence[str]) -> Estimate:
        """Return what knowing these inputs is worth."""
        choice = self.choice_beside(members)
        return self.judged(self.rule(members, choice), choice)


class _Surface:
    """The expected saving of each option given several inputs, by regression on their splines and on products of pairs."""

    def __init__(self, known: Knowledge, members: Sequence[str], pairs: Sequence[tuple[str, str]], knots: Sequence[float]) -> None:
        bins = [known.bins[name] for name in members]
        self.splines = {name: one.spline(knots)[:, 1:] for name, one in zip(members, bins, strict=True)}
        self.codes = {name: one.codes for name, one in zip(members, bins, strict=True)}
        self.pairs = pairs
        self.scaled = {name: _standardised(known.inputs[name]) for name in dict.fromkeys(name for pair in pairs for name in pair)}

    def rows(self, rows: slice) -> Array:
        """Return the columns for some draws: constant, splines, products."""
        columns = [np.ones((rows.stop - rows.start, 1))]
        columns += [spline[self.codes[name][rows]] for name, spline in self.splines.items()]
        columns += [(self.scaled[one][rows] * self.scaled[other][rows])[:, None] for one, other in self.pairs]
        return np.concatenate(columns, axis=1)

    def sums(self, choice: Choice, fold: slice) -> tuple[Array, Array]:
        """Return the sums of squares and products of the columns, and of the columns with the savings."""
        parts = [(columns := self.rows(rows), columns.T @ choice.savings[:, rows].T) for rows in _blocks(fold)]
        return np.sum([columns.T @ columns for columns, _ in parts], axis=0), np.sum([moments for _, moments in parts], axis=0)

    def held_out_rule(self, choice: Choice) -> Codes:
        """Return for each draw the option that the regression on the other folds chooses, ``(draws,)``."""
        folds = [slice(*(place * choice.draws // FOLDS for place in (fold, fold + 1))) for fold in range(FOLDS)]
        squares, moments = (np.array(part) for part in zip(*(self.sums(choice, fold) for fold in folds), strict=True))
        rule = np.empty(choice.draws, dtype=np.intp)
        for fold, square, moment in zip(folds, squares.sum(axis=0) - squares, moments.sum(axis=0) - moments, strict=True):
            weights = _solved(square, moment)
            for rows in _blocks(fold):
                rule[rows] = best_rows((self.rows(rows) @ weights).T)
        return rule


class _Control:
    """What each input alone, and each pair of independent inputs, explains of the savings, by one regression on all of them.

    The part of inputs that are independent of x has mean 0 given x, product terms with x included, so it can be taken out of the
    savings before they are averaged over x. Whatever the regression misses stays in.
    """

    def __init__(self, known: Knowledge) -> None:
        choice = known.choice
        fitted = min(choice.draws, CONTROL_DRAWS)
        allowed = fitted // DRAWS_A_COLUMN
        kept = known.strongest[: max(allowed // len(FEW_KNOTS), 1)]
        most = int(math.sqrt(2.0 * max(allowed - len(FEW_KNOTS) * len(kept), 0)))
        crossed = combinations(kept[: min(most, MOST_CROSSED)], 2)
        pairs = [(one, other) for one, other in crossed if other not in known.bound([one])]
        surface = _Surface(known, kept, pairs, FEW_KNOTS)
        weights = _solved(*surface.sums(choice, slice(0, fitted)))
        self._codes, self._scaled, self._effects = surface.codes, surface.scaled, dict[str, Array]()
        place = 1
        for name, spline in surface.splines.items():
            effect = (spline @ weights[place : place + spline.shape[1]]).T
            self._effects[name] = effect - (effect @ known.bins[name].weights)[:, None]
            place += spline.shape[1]
        self._products = dict(zip(pairs, weights[place:], strict=True))
        self.left: Array = choice.savings - self._all_products()
        for name in kept:
            self.left -= self._effects[name][:, self._codes[name]]
        self.left += (choice.savings.mean(axis=1) - self.left.mean(axis=1))[:, None]

    def _all_products(self) -> Array:
        """Return what all products explain, ``(other options, draws)``, or 0: a quadratic form, its matrix one triangle."""
        names = list(self._scaled)
        if not names:
            return np.zeros((1, 1))
        values = np.array([self._scaled[name] for name in names])
        forms = np.zeros((len(next(iter(self._products.values()))), len(names), len(names)))
        for (one, other), weight in self._products.items():
            forms[:, names.index(one), names.index(other)] = weight
        return np.array([np.einsum("ij,ij->j", form @ values, values) for form in forms])

    def left_for(self, bound: Collection[str]) -> Array:
        """Return the savings without what the inputs outside `bound` explain, ``(other options, draws)``."""
        found = self.left.copy()
        for name in bound:
            if name in self._effects:
                found += self._effects[name][:, self._codes[name]]
        for (one, other), weight in self._products.items():
            if one in bound and other in bound:
                product = self._scaled[one] * self._scaled[other]
                found += weight[:, None] * (product - product.mean())
        return found


def _solved(square: Array, moment: Array) -> Array:
    """Solve the normal equations of a regression; a column that is empty or repeats others gets next to no weight."""
    scale = np.sqrt(square.diagonal())
    scale[scale == 0.0] = 1.0
    steadied = square / (scale[:, None] * scale) + RIDGE * np.eye(scale.size)
    return np.linalg.solve(steadied, moment / scale[:, None]) / scale[:, None]


def _standardised(values: Array) -> Array:
    return (values - values.mean()) / (values.std() or 1.0)


def _blocks(rows: slice) -> list[slice]:
    return [slice(start, min(start + BLOCK, rows.stop)) for start in range(rows.start, rows.stop, BLOCK)]
