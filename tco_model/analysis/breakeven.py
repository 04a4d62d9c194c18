"""Turns two options into the month from which one has cost less, and the volume at which they come to the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import Chance
from tco_model.analysis.input_range import InputRange, find_option, input_range
from tco_model.analysis.payback import months_in_blocks
from tco_model.analysis.response import POINTS, Response, linearity_of
from tco_model.analysis.spread import TOLERANCE, direction
from tco_model.analysis.switching import Crossing, Search
from tco_model.engine.change import Change
from tco_model.engine.futures import Futures

Array = NDArray[np.float64]


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
    for monthly, discount in months_in_blocks(futures.base):
        gap = monthly[option] - monthly[other]
        flows = np.array([gap, gap * discount])
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
    held: Mapping[str, Change] | None = None,
) -> BreakevenVolumes:
    """Return every level of demand, or of any other input, at which two options come to the same expected figure.

    Args:
        futures: the futures to judge by.
        volume: full or short name of the input, such as ``tasks`` for ``inputs.tasks.start``.
        option, other: names of the two options.
        figure: what is compared; the deciding figure where None.
        low, high: the range to look at in place of the input's own.
        points: values looked at on either side of the current one; crossings closer to each other than these may be missed.
        held: inputs that are something else than in the file, by the full names of their leaves; the volume itself may be among them.

    Raises:
        ScenarioError: an unknown name, or a range in which the model takes no value.
    """
    model = futures.model
    figure = figure or model.scenario.decision.decide_by
    entry = input_range(model, volume, low=low, high=high)
    now = (held or {}).get(entry.name)
    entry = replace(entry, now=float(now)) if isinstance(now, float | int) else entry
    pair = find_option(model, option), find_option(model, other)
    search = Search(Response(futures, entry, figure, linearity_of(model, figure), held), direction(figure), points)
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
