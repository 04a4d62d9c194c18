"""Turns what moving a workload comes to into the sentences that a reader sees: where it stands, where it goes, how near the model is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tco_model.actuals.periods import month_plus
from tco_model.finops.move import REACH, Move
from tco_model.report.format import of_hundred, short_number, signed_money

FAR = 120
"""Months beyond which no date is given to a trend."""


def moving_sentences(found: Move) -> tuple[str, ...]:
    """Return where a workload stands against moving, in words: the last month, the trend, and how near the model is to the bill."""
    return (*_stands(found), *_trend(found), _bill(found))


def distance_words(distance: float | None) -> str:
    """Spell a volume over its break-even."""
    return "–" if distance is None else f"×{distance:.2g}" if distance < 0.995 else f"×{distance:.2f}"


def _stands(found: Move) -> Iterator[str]:
    last = found.months[-1]
    source, target = found.labels[found.source], found.labels[found.target]
    volume = f"{short_number(last.volume)} {found.unit}"
    yield (
        f"At {volume} in {last.month}, moving {found.workload} from {source} to {target} saves anything in {of_hundred(last.pays.value)} "
        f"futures over the {last.rest} months that are left; on average {signed_money(last.saving, found.currency)} of present value."
    )
    if last.breakeven is None:
        best = found.labels[last.better]
        low, high = (f"{short_number(last.volume * factor)}" for factor in (1 / REACH, REACH))
        yield f"There is no break-even: from {low} to {high} {found.unit}, all else as measured, {best} costs less on average."
        return
    above = found.labels[last.breakeven.best_above]
    even = f"{short_number(last.breakeven.value)} {found.unit}"
    yield f"The break-even is {even}: above it {above} costs less on average. The workload stands at {distance_words(last.distance)} of it."


def _trend(found: Move) -> Iterator[str]:
    growth, last = found.growth, found.months[-1]
    if growth is None:
        yield "Fewer than three months were measured, so that no trend is told."
        return
    count = len(found.months)
    grows = f"{'grew' if growth >= 0 else 'fell'} by {abs(growth):.1%} a month over {count} months"
    if last.breakeven is None:
        yield f"The volume {grows}; that leads nowhere near a move."
        return
    moved = _moved(found)
    if found.reached is None:
        yield f"The volume {grows} and does not come nearer to the break-even{moved}."
    elif found.reached > FAR:
        yield f"The volume {grows}; at that rate it is more than ten years to the break-even{moved}."
    else:
        month = month_plus(last.month, math.ceil(found.reached))
        yield f"The volume {grows}; at that rate it is at the break-even in {month}{moved}. A trend is no forecast."


def _moved(found: Move) -> str:
    """Say how the break-even itself has moved, where it has by a twentieth or more."""
    held = [one.breakeven.value for one in found.months if one.breakeven is not None]
    change = held[-1] / held[0] - 1
    if len(held) < 2 or abs(change) < 0.05:
        return ""
    return f", which {'rose' if change > 0 else 'fell'} by {abs(change):.0%} meanwhile"


def _bill(found: Move) -> str:
    last = found.months[-1]
    covered = " and ".join(found.covers)
    if not last.modelled:
        return f"The model knows no {covered} cost of {found.labels[found.source]} to hold the bill against."
    share = float(last.actual) / last.modelled
    said = f"The bill of {last.month} is {share:.0%} of what the model says of its {covered} cost at that demand"
    return f"{said}." if 0.8 <= share <= 1.25 else f"{said}: calibrate before you trust the break-even."
