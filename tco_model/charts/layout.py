"""Turns names, months and amounts into places on a chart: option places, calendar marks, labels kept apart, spikes cut off."""

from __future__ import annotations

import math
from calendar import timegm
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tco_model.charts.base import Row
from tco_model.charts.theme import SHAPES

LABEL_GAP = 15.0
"""Pixels from one direct label to the next."""
SPIKE, MOST_SPIKES = 3.0, 0.05
"""What lies this many times farther from 0 than the rest of its own line is cut off at the edge of the plot and told in words, where
it is at most this share of the line's months."""
MOST_GRID = 5.0
"""Steps of a grid in a low plot."""
BELOW = 0.2
"""Room below 0, as a share of that above it, where amounts below 0 are cut off."""


def month_marks(start: str, months: int) -> list[Row]:
    """Return the place and the name of each month from a start as ``2027-01`` on: fields `at` and `month`."""
    year, month = (int(text) for text in start.split("-"))
    counted = [year * 12 + month - 1 + step for step in range(months)]
    return [
        {"at": timegm((count // 12, count % 12 + 1, 1, 0, 0, 0)) * 1000, "month": f"{count // 12:04d}-{count % 12 + 1:02d}"}
        for count in counted
    ]


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels along one axis until they stand `gap` apart within ``low..high``, the sum of squared moves being the least there is.

    Least squares under an order, by pooling neighbours (Ayer et al. 1955) of the places less the room the labels before take. Where
    there is no room for all they are spread evenly.

    Args:
        wanted: where each label would stand, in any order.
        gap, low, high: in the same unit.

    Returns:
        Where each stands, in the order given.
    """
    count = len(wanted)
    if count > 1 and (count - 1) * gap > high - low:
        gap = (high - low) / (count - 1)
    order = sorted(range(count), key=lambda one: wanted[one])
    pools: list[tuple[float, int]] = []
    for rank, one in enumerate(order):
        pool = wanted[one] - rank * gap, 1
        while pools and pools[-1][0] > pool[0]:
            mean, size = pools.pop()
            pool = (mean * size + pool[0] * pool[1]) / (size + pool[1]), size + pool[1]
        pools.append(pool)
    flat = [mean for mean, size in pools for _ in range(size)]
    placed = [0.0] * count
    for rank, one in enumerate(order):
        placed[one] = min(max(flat[rank], low), high - (count - 1) * gap) + rank * gap
    return placed


def places(labels: Mapping[str, str]) -> dict[str, int]:
    """Return the place of each option, by name, among all options in the order of the file: it gives colour and shape."""
    return {name: place % len(SHAPES) for place, name in enumerate(labels)}


def names(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels that differ from each other, by name: two of the same text are told apart by a number."""
    seen: dict[str, int] = {}
    found: dict[str, str] = {}
    for name, label in labels.items():
        seen[label] = seen.get(label, 0) + 1
        found[name] = label if seen[label] == 1 else f"{label} ({seen[label]})"
    return found


@dataclass(frozen=True, slots=True)
class Window:
    """The amounts that a plot shows; what lies beyond is drawn at its edge and told in words."""

    low: float
    high: float

    @classmethod
    def of(cls, series: Iterable[Sequence[float]]) -> Window:
        """Return a window on lines over months, from 0 on (below it where some are), without the spikes that would flatten the rest.

        One month in which servers are bought would otherwise set the scale for the other forty-seven.
        """
        held = [list(values) for values in series]
        every = [value for values in held for value in values]
        kept = [value for values in held for value in _usual(values)]
        low, high = min(0.0, *kept, 0.0), max(0.0, *kept, 0.0)
        size = high - low or 1.0
        if min(every, default=0.0) < low:
            low -= BELOW * size
        return cls(low, high + BELOW * size / 2 if max(every, default=0.0) > high else high)

    def hold(self, value: float) -> float:
        """Return the value, or the edge it lies beyond."""
        return min(max(value, self.low), self.high)

    def cuts(self, value: float) -> bool:
        """Say whether the value lies beyond an edge."""
        return value != self.hold(value)

    def gap(self, height: float, pixels: float = LABEL_GAP) -> float:
        """Return the amount that a number of pixels stand for in a plot of some height."""
        return pixels * (self.high - self.low) / height


def _usual(values: Sequence[float]) -> list[float]:
    """Return a line without its spikes; a few months below 0, such as that of a resale, are spikes whatever their size."""
    limit = _limit(values)
    few = sum(value < 0.0 for value in values) <= MOST_SPIKES * len(values)
    return [value for value in values if abs(value) <= limit and not (few and value < 0.0)]


def _limit(values: Sequence[float]) -> float:
    far = sorted(abs(value) for value in values)
    usual = far[int((1.0 - MOST_SPIKES) * (len(far) - 1))] if far else 0.0
    return SPIKE * usual if usual > 0.0 else float("inf")


def peaks(values: Sequence[float], window: Window) -> list[int]:
    """Return the places of what is cut off: of each run of neighbours beyond the same edge the farthest."""
    found: list[int] = []
    for place, value in enumerate(values):
        if not window.cuts(value):
            continue
        last = found[-1] if found else -2
        run = last >= 0 and all(window.cuts(each) and (each > 0) == (value > 0) for each in values[last:place])
        if not run:
            found.append(place)
        elif abs(value) > abs(values[last]):
            found[-1] = place
    return found


def round_amounts(window: Window) -> list[float]:
    """Return amounts for a grid of two to six lines: multiples of 1, 2 or 5 times a power of ten, within the window."""
    size = (window.high - window.low) or 1.0
    power = 10.0 ** math.floor(math.log10(size))
    step = next(step for step in (power / 5.0, power / 2.0, power, power * 2.0, power * 5.0) if size / step <= MOST_GRID)
    return [step * number for number in range(math.ceil(window.low / step), math.floor(window.high / step) + 1)]
