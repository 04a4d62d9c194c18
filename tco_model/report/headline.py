"""Turns the draws of the deciding figure into how the options stand: who is best how often, by how much, in a sentence.

The quick part of a report, for a front end that shows it while the rest is still computed; a report takes the same figures from here.
Money out is positive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import chance_best, difference, preferred, standard_error
from tco_model.analysis.spread import s_curve
from tco_model.engine.change import Change
from tco_model.engine.futures import Futures
from tco_model.engine.result import Result
from tco_model.report.sentences import headline_sentences

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Range:
    """A figure over all futures: mean with its Monte Carlo error (None where it is not kept), P10, P50, P90, and its unit."""

    unit: str
    mean: float
    p10: float
    p50: float
    p90: float
    mean_error: float | None = None
    central: float | None = None
    """The figure with every input at its expected value."""


@dataclass(frozen=True, slots=True)
class Probability:
    """A probability with its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How one option stands by the deciding figure."""

    name: str
    label: str
    is_baseline: bool
    figure: Range
    """The deciding figure."""
    chance_best: Probability
    difference: Range | None
    """The deciding figure less the baseline's; negative is cheaper. None for the baseline itself."""
    chance_below_baseline: Probability | None
    curve: tuple[float, ...]
    """The S-curve: the amounts at P1, P2, … P99."""


@dataclass(frozen=True, slots=True)
class Headline:
    """How all options stand by the deciding figure."""

    decide_by: str
    unit: str
    preferred: str
    months: int
    options: tuple[Standing, ...]
    sentences: tuple[str, ...]
    """The answer, the first sentence alone enough."""


def headline(result: Result) -> Headline:
    """Return how the options of a result stand."""
    scenario = result.model.scenario
    figure = scenario.decision.decide_by
    unit = figure_unit(result, figure)
    chances = chance_best(result, figure)
    options = tuple(
        _standing(result, graph.name, graph.label, figure, unit, Probability(chances[graph.name].value, chances[graph.name].error))
        for graph in result.model.options
    )
    found = Headline(figure, unit, preferred(result, figure), result.model.months, options, ())
    return replace(found, sentences=headline_sentences(found))


def headline_at(futures: Futures, changes: Mapping[str, Change]) -> Headline:
    """Return how the options stand with some inputs changed, without computing any other figure; errors as in `Futures.samples`."""
    return headline(futures.at_figure(futures.model.scenario.decision.decide_by, changes))


def figure_unit(result: Result, figure: str) -> str:
    """Return the unit of a figure of an option."""
    scenario = result.model.scenario
    currency, outcome = scenario.timeline.currency, scenario.outcome
    unit = outcome.unit if outcome else ""
    return {"outcomes": unit, "cost_per_outcome": f"{currency}/{unit}"}.get(figure, currency)


def figure_range(result: Result, option: str, figure: str, unit: str, central: Mapping[str, Array] | None = None) -> Range:
    """Return the range of a figure, a category (``total/token``) or a line (``line/token.api``) of an option."""
    found = result.summary(option, figure)
    key = f"{figure.split('/')[0]}/{option}/{figure.split('/')[1]}" if "/" in figure else f"draw/{option}/{figure}"
    error = standard_error(result.sample(option, figure)) if "/" not in figure else None
    point = float(central[key][0, 0]) if central is not None and key in central else None
    return Range(unit, found.mean, found.p10, found.p50, found.p90, error, point)


def _standing(result: Result, name: str, label: str, figure: str, unit: str, best: Probability) -> Standing:
    baseline = result.model.scenario.baseline
    gap = difference(result, name, baseline, figure) if name != baseline else None
    return Standing(
        name=name,
        label=label,
        is_baseline=name == baseline,
        figure=figure_range(result, name, figure, unit),
        chance_best=best,
        difference=None if gap is None else Range(unit, gap.summary.mean, gap.summary.p10, gap.summary.p50, gap.summary.p90, gap.error),
        chance_below_baseline=None if gap is None else Probability(gap.below.value, gap.below.error),
        curve=tuple(float(value) for value in s_curve(result.sample(name, figure)).values),
    )
