"""Turns the draws of options into how far their figures spread: S-curve, budget, regret, tail, contingency, dominance.

Figures are costs (less is better) except those of `analysis.compare.BEST_IS_MOST`. Every estimate carries its Monte Carlo
standard error, that of plain random draws; a stratified or Sobol design is at least as exact in most cases.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import BEST_IS_MOST, Chance, chance, preferred, standard_error
from tco_model.engine.central import central_case
from tco_model.engine.outputs import all_outputs
from tco_model.engine.reduce import sorted_quantiles
from tco_model.engine.result import Result
from tco_model.inputs.normal import ndtr

Array = NDArray[np.float64]
CURVE_LEVELS = tuple(level / 100.0 for level in range(1, 100))
"""The levels of an S-curve: P1 to P99."""
TOLERANCE = 1e-9
"""Two amounts count as equal where they differ by less than this share of the largest one beside them."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its Monte Carlo standard error, in the same unit."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The S-curve of a figure: `values` at the probabilities `levels`, with the standard error of each, ``(levels,)``."""

    levels: tuple[float, ...]
    values: Array
    errors: Array


def quantile_errors(ordered: Array, levels: tuple[float, ...]) -> Array:
    """Return the standard errors of quantiles of sorted values, ``(levels,)``, free of any law.

    Half the distance between the order statistics one binomial standard deviation, ``sqrt(n p (1 - p))`` ranks, to either side
    (Woodruff 1952). Where one side runs out of draws the other side's distance is taken, for a level the draws hardly reach.
    """
    last = ordered.size - 1
    ranks = np.asarray(levels) * last
    reach = np.sqrt(ordered.size * np.asarray(levels) * (1.0 - np.asarray(levels)))
    at, low, high = (np.interp(place, np.arange(last + 1), ordered) for place in (ranks, ranks - reach, ranks + reach))
    both = (high - low) / 2.0
    return np.where(ranks - reach < 0.0, np.maximum(both, high - at), np.where(ranks + reach > last, np.maximum(both, at - low), both))


def quantile(ordered: Array, level: float) -> Estimate:
    """Return one quantile of sorted values, linear between order statistics, with its error."""
    return Estimate(float(sorted_quantiles(ordered, (level,))[0]), float(quantile_errors(ordered, (level,))[0]))


def s_curve(sample: Array, levels: tuple[float, ...] = CURVE_LEVELS) -> Curve:
    """Return the points of a sample's S-curve, for plotting probability over amount."""
    ordered = np.sort(sample)
    return Curve(levels, sorted_quantiles(ordered, levels), quantile_errors(ordered, levels))


def exceeding(costs: Array, budget: float) -> Chance:
    """Return how often a cost exceeds a budget."""
    return chance(costs > budget)


def saving_at_least(costs: Array, baseline: Array, amount: float = 0.0) -> Chance:
    """Return how often an option costs at least `amount` less than the baseline, future by future."""
    return chance(baseline - costs >= amount)


def tail_mean(costs: Array, level: float) -> Estimate:
    """Return the conditional value at risk: the mean of the dearest ``1 - level`` of the futures, ``q + E[(C - q)+] / (1 - level)``.

    The future that straddles the level counts in part, so the tail has exactly its weight. `q` is the quantile at `level`.
    Reference: Rockafellar, R. T. and Uryasev, S. (2000), Optimization of conditional value-at-risk, Journal of Risk 2(3).
    """
    place = min(max(math.ceil(level * costs.size) - 1, 0), costs.size - 1)
    threshold = np.partition(costs, place)[place]
    excess = np.maximum(costs - threshold, 0.0) / (1.0 - level)
    return Estimate(float(threshold + excess.mean()), standard_error(excess))


def variation(sample: Array) -> Estimate:
    """Return the coefficient of variation, sd over the absolute mean; infinite for a mean of 0. Error by the delta method."""
    mean, spread = float(sample.mean()), float(sample.std())
    if spread == 0.0 or mean == 0.0:
        return Estimate(0.0 if spread == 0.0 else math.inf, 0.0)
    away = sample - mean
    influence = (away**2 - spread**2) / (2.0 * spread * mean) - spread * away / mean**2
    return Estimate(spread / abs(mean), standard_error(influence))


def regrets(costs: Array) -> Array:
    """Return what each option costs above the best one of each future, ``(options, draws)`` like the costs, never negative."""
    return costs - costs.min(axis=0)


@dataclass(frozen=True, slots=True)
class Contingency:
    """Money to hold above a point estimate so that it suffices in 50 or 80 of 100 futures; negative where the point lies above.

    The point is the central case, every input at its expected value: what a cost estimate without ranges would print. GAO-20-195G
    and AACE 41R call P80 less the point the contingency at 80% confidence.
    """

    point: float
    within: Chance
    """How often the outcome is no worse than the point estimate."""
    to_p50: Estimate
    to_p80: Estimate


def contingency(costs: Array, point: float) -> Contingency:
    """Return the contingency of a sample of costs over a point estimate."""
    ordered = np.sort(costs)
    held = [quantile(ordered, level) for level in (0.5, 0.8)]
    to_p50, to_p80 = (Estimate(one.value - point, one.error) for one in held)
    return Contingency(point, chance(costs <= point), to_p50, to_p80)


@dataclass(frozen=True, slots=True)
class Dominance:
    """Whether `option` is never the worse choice than `other`, judged on the draws.

    `first`: at every probability its cost is no higher, so anybody who prefers less cost takes it. `second`: the mean of its dearest
    futures, however many are taken, is no higher, so anybody who also shuns risk takes it. Both up to `TOLERANCE` of the largest
    cost, and both need a difference somewhere. The violations, 0 to 1, are the share of the area between the two curves that speaks
    against, for dominance that all but holds (almost stochastic dominance, Leshno and Levy 2002, Management Science 48(8)).
    """

    option: str
    other: str
    first: bool
    second: bool
    first_violation: float
    second_violation: float


def dominance(option: str, other: str, ordered: Array, other_ordered: Array) -> Dominance:
    """Compare two sorted samples of costs of the same size, ``(draws,)`` each."""
    gap = other_ordered - ordered
    small = TOLERANCE * max(float(np.abs(ordered).max()), float(np.abs(other_ordered).max()))
    dearest_first = np.cumsum(gap[::-1]) / np.arange(1, gap.size + 1)
    areas = np.cumsum(gap[::-1]) / gap.size
    differs = bool(np.any(np.abs(gap) > small))
    return Dominance(
        option,
        other,
        differs and bool(np.all(gap >= -small)),
        differs and bool(np.all(dearest_first >= -small)),
        _violation(gap, small),
        _violation(areas, small),
    )


def _violation(gap: Array, small: float) -> float:
    held = np.where(np.abs(gap) > small, gap, 0.0)
    whole = float(np.abs(held).sum())
    return float(np.maximum(-held, 0.0).sum()) / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as it is printed: would twice the draws print another one?"""

    option: str
    figure: str
    value: float
    error: float
    changes: float
    """Probability that the same figure from twice the draws is printed differently."""


@dataclass(frozen=True, slots=True)
class Convergence:
    """Whether the draws are enough for the answer: for who leads, and for the digits shown."""

    option: str
    runner_up: str
    lead: Estimate
    """Mean of what the next best option costs more, future by future."""
    settled: bool
    """The lead exceeds two standard errors, or there is no other option."""
    draws_to_settle: int
    """Draws at which a lead of this size would; 0 where there is none."""
    printed: tuple[Printed, ...]

    @property
    def would_change(self) -> tuple[Printed, ...]:
        """The figures more likely than not to be printed differently from twice the draws."""
        return tuple(one for one in self.printed if one.changes > 0.5)


def printed_step(value: float, digits: int = 3) -> float:
    """Return the last digit's size in a printed amount: `digits` significant digits, whole numbers between 1,000 and 10,000."""
    if value == 0.0:
        return 0.0
    place = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    step = 10.0 ** (place - digits + 1)
    return min(step, 1.0) if abs(value) < 9_999.5 else step


def chance_of_change(value: float, error: float, digits: int = 3) -> float:
    """Return the probability that a figure from twice the draws is printed differently.

    With the first half in common the two differ by a normal step of standard deviation ``error / sqrt(2)``.
    """
    step = printed_step(value, digits)
    if error == 0.0 or step == 0.0:
        return 0.0
    middle = round(value / step) * step
    below, above = ((middle + side * step / 2.0 - value) / (error / math.sqrt(2.0)) for side in (-1.0, 1.0))
    return float(1.0 - (ndtr(above) - ndtr(below)))


def convergence(result: Result, figure: str) -> Convergence:
    """Say whether the preferred option's lead is clear of chance, and which printed figures twice the draws would move."""
    sign = direction(figure)
    best = preferred(result, figure)
    others = [option for option in result.options if option != best]
    following = min(others, key=lambda option: sign * result.summary(option, figure).mean, default=best)
    gap = sign * (result.sample(following, figure) - result.sample(best, figure))
    lead = Estimate(float(gap.mean()), standard_error(gap))
    needed = math.ceil(result.draws * (2.0 * lead.error / lead.value) ** 2) if lead.value > 0.0 else 0
    printed = tuple(one for option in result.options for one in _printed(result, option, figure))
    return Convergence(best, following, lead, not others or lead.value > 2.0 * lead.error, needed, printed)


def _printed(result: Result, option: str, figure: str) -> Iterator[Printed]:
    sample = result.sample(option, figure)
    ordered = np.sort(sample)
    found = {"mean": Estimate(float(sample.mean()), standard_error(sample))}
    found |= {f"p{round(100 * level)}": quantile(ordered, level) for level in (0.1, 0.5, 0.9)}
    for name, one in found.items():
        yield Printed(option, name, one.value, one.error, chance_of_change(one.value, one.error))


def direction(figure: str) -> float:
    """Return 1 for a cost and -1 for a figure of which more is better: the factor that turns it into a cost."""
    return -1.0 if figure in BEST_IS_MOST else 1.0


@dataclass(frozen=True, slots=True)
class OptionSpread:
    """How far one option's figure spreads. For a value the tail is its lowest end and the contingency what it may fall short."""

    option: str
    mean: Estimate
    curve: Curve
    variation: Estimate
    tail_90: Estimate
    """Mean of the worst 10% of the futures: the dearest, or those of least value."""
    tail_95: Estimate
    contingency: Contingency
    regret: Estimate
    """Mean of what the option loses against the best one of each future."""
    regret_p90: Estimate
    over_budget: Chance | None
    """How often it costs more than the budget, or brings less where the figure is a value; None without a budget."""


@dataclass(frozen=True, slots=True)
class GapSpread:
    """The option's figure less the baseline's, future by future: negative where it costs (or is worth) less."""

    option: str
    baseline: str
    mean: Estimate
    curve: Curve
    saves: Chance
    """How often it is better than the baseline by at least the amount asked."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How every option and every difference from the baseline spreads, on the same futures."""

    figure: str
    budget: float | None
    least_saving: float
    options: tuple[OptionSpread, ...]
    gaps: tuple[GapSpread, ...]
    dominance: tuple[Dominance, ...]
    convergence: Convergence


def spread(
    result: Result,
    *,
    figure: str | None = None,
    budget: float | None = None,
    least_saving: float = 0.0,
    central: Mapping[str, Array] | None = None,
) -> Spread:
    """Return the distribution of each option's figure and of each difference from the baseline.

    Args:
        result: a simulation of the options.
        figure: the figure to look at; the deciding one where None.
        budget: what is available, for the chance of needing more; the least that is wanted where the figure is a value.
        least_saving: the advantage over the baseline that is asked for, in the figure's unit.
        central: the central case of all outputs, where it is known already.
    """
    scenario = result.model.scenario
    figure = figure or scenario.decision.decide_by
    sign = direction(figure)
    wanted = {f"draw/{option}/{figure}" for option in result.options}
    if central is None:
        outputs = {name: term for name, term in all_outputs(result.model).items() if name in wanted}
        central = central_case(result.model, outputs, result.changes)
    costs = {option: sign * result.sample(option, figure) for option in result.options}
    options = option_spreads(result, figure, central, budget)
    gaps = tuple(_gap(option, scenario.baseline, sign, costs, least_saving) for option in result.options if option != scenario.baseline)
    ordered = {option: np.sort(values) for option, values in costs.items()}
    pairs = tuple(dominance(one, other, ordered[one], ordered[other]) for one, other in permutations(result.options, 2))
    return Spread(figure, budget, least_saving, options, gaps, pairs, convergence(result, figure))


def option_spreads(result: Result, figure: str, central: Mapping[str, Array], budget: float | None = None) -> tuple[OptionSpread, ...]:
    """Return the distribution of each option's figure alone; arguments as in `spread`."""
    sign = direction(figure)
    costs = {option: sign * result.sample(option, figure) for option in result.options}
    lost = dict(zip(result.options, regrets(np.array(list(costs.values()))), strict=True))
    return tuple(
        _option(option, sign, costs[option], lost[option], float(central[f"draw/{option}/{figure}"][0, 0]), budget)
        for option in result.options
    )


def _option(option: str, sign: float, costs: Array, lost: Array, point: float, budget: float | None) -> OptionSpread:
    held = contingency(costs, sign * point)
    return OptionSpread(
        option,
        Estimate(sign * float(costs.mean()), standard_error(costs)),
        s_curve(sign * costs),
        variation(costs),
        _signed(sign, tail_mean(costs, 0.9)),
        _signed(sign, tail_mean(costs, 0.95)),
        Contingency(point, held.within, held.to_p50, held.to_p80),
        Estimate(float(lost.mean()), standard_error(lost)),
        quantile(np.sort(lost), 0.9),
        None if budget is None else exceeding(costs, sign * budget),
    )


def _signed(sign: float, found: Estimate) -> Estimate:
    return Estimate(sign * found.value, found.error)


def _gap(option: str, baseline: str, sign: float, costs: dict[str, Array], least: float) -> GapSpread:
    gap = sign * (costs[option] - costs[baseline])
    saves = saving_at_least(costs[option], costs[baseline], least)
    return GapSpread(option, baseline, Estimate(float(gap.mean()), standard_error(gap)), s_curve(gap), saves)
