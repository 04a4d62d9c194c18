"""Turns values of one input into a figure of every option, two evaluations giving the whole line where the graph says it is straight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.input_range import InputRange
from tco_model.engine.change import Change
from tco_model.engine.futures import Futures
from tco_model.engine.inputs import IncidentCost, Incidents
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.errors import ScenarioError
from tco_model.expr.term import Term, walk

Array = NDArray[np.float64]
POINTS = 12
"""Values looked at on either side of the current one before a crossing is narrowed down."""
TOLERANCE = 1e-7
"""A crossing is narrowed down to this share of its value."""
LINEAR = ("add", "subtract", "negate", "multiply", "divide", "where", "cumulative", "lag", "window_sum", "total")


class Linearity:
    """Says of every figure which inputs it depends on, and on which of them it is no straight line.

    A sum is straight where its parts are, a product where one factor does not move, a ratio where its divisor does not. So what is
    called straight is so for any values; where a count of events depends on an input, it is not.
    """

    def __init__(self, model: Model, terms: Iterable[Term]) -> None:
        """Walk the graph below `terms` once; inputs are the bits of whole numbers."""
        self._bits = {name: 1 << place for place, name in enumerate(model.leaves)}
        self._model = model
        self._terms = list(terms)
        """Held, so that no identity is ever that of another term."""
        self._moves: dict[int, int] = {}
        self._bends: dict[int, int] = {}
        counts = [entry.content.frequency for entry in model.leaves.values() if isinstance(entry.content, Incidents)]
        for node in walk(*(model.figures[name] for name in counts), *self._terms):
            self._moves[id(node)], self._bends[id(node)] = self._node(node)

    def _node(self, node: Term) -> tuple[int, int]:
        if node.op == "leaf":
            return self._leaf(node.name)
        moves = [self._moves[id(arg)] for arg in node.args]
        bends = [self._bends[id(arg)] for arg in node.args]
        moved, bent = _union(moves), _union(bends)
        if node.op not in LINEAR:
            return moved, moved
        if node.op == "multiply":
            bent |= moves[0] & moves[1]
        elif node.op == "divide":
            bent |= moves[1]
        elif node.op == "where":
            bent |= moves[0]
        return moved, bent

    def _leaf(self, name: str) -> tuple[int, int]:
        content = self._model.leaves[name].content
        if isinstance(content, IncidentCost):
            content = self._model.leaves[content.incidents].content
        often = self._moves[id(self._model.figures[content.frequency])] if isinstance(content, Incidents) else 0
        return self._bits[name] | often, often

    def moves(self, name: str) -> bool:
        """Say whether any of the figures depends on an input."""
        return any(self._moves[id(term)] & self._bits[name] for term in self._terms)

    def is_straight(self, name: str) -> bool:
        """Say whether every figure is a straight line in an input, whatever the others are."""
        return not any(self._bends[id(term)] & self._bits[name] for term in self._terms)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def linearity_of(model: Model, figure: str) -> Linearity:
    """Return on which inputs one figure of the options depends, and how."""
    return Linearity(model, [term for name, term in all_outputs(model).items() if name.startswith("draw/") and name.endswith(f"/{figure}")])


class Response:
    """One figure of every option along the range of an input, on the same futures; where it is a straight line, two points give it all."""

    def __init__(
        self, futures: Futures, entry: InputRange, figure: str, linearity: Linearity, held: Mapping[str, Change] | None = None
    ) -> None:  # fmt: skip
        """Compute nothing yet; `held` are other inputs that stay changed all along."""
        self.futures, self.entry, self.figure, self.held = futures, entry, figure, dict(held or {})
        self.is_straight = linearity.is_straight(entry.name)
        self._anchors: tuple[tuple[float, Array], tuple[float, Array]] | None = None

    def exactly(self, value: float) -> Array:
        """Return the figure computed afresh with the input at a value, ``(options, draws)``.

        Raises:
            ScenarioError: the figure is then no finite number.
        """
        return self.futures.samples(self.figure, self.held | {self.entry.name: self.entry.change(value)})

    def at(self, value: float) -> Array:
        """Return the figure with the input at a value, ``(options, draws)``; errors as in `exactly`."""
        if self.is_straight and self._anchors is None:
            self._anchors = self._anchored()
        if self._anchors is None:
            return self.exactly(value)
        (first, at_first), (second, at_second) = self._anchors
        weight = (value - first) / (second - first)
        return at_first * (1.0 - weight) + at_second * weight

    def _anchored(self) -> tuple[tuple[float, Array], tuple[float, Array]] | None:
        """Return the two points of the line: what is known already of a fixed input, and an end of its range."""
        entry = self.entry
        far = max((entry.low, entry.high), key=lambda end: abs(end - entry.now))
        known = entry.now if entry.is_fixed else entry.low + entry.high - far
        try:
            return (known, self.futures.samples(self.figure, self.held) if entry.is_fixed else self.exactly(known)), (
                far,
                self.exactly(far),
            )
        except ScenarioError:
            self.is_straight = False
            return None


Gap = Callable[[float], float]
"""A number for each value of an input: at or above 0 on one side of what is looked for, below 0 on the other."""


def narrowed(gap: Gap, inside: float, outside: float, tolerance: float) -> tuple[float, float]:
    """Return a pair as near as `tolerance` around where a gap leaves 0: at or above 0 at the first, below at the second.

    Secant steps find a crossing of a smooth gap, the halvings between them the edge of a step.

    Args:
        gap: at or above 0 at `inside`, below 0 at `outside`.
        inside, outside: values of the input, either one the larger.
        tolerance: distance at which to stop.
    """
    within, beyond = gap(inside), gap(outside)
    halve = False
    while (width := abs(outside - inside)) > tolerance:
        room = min(0.5, 0.4 * tolerance / width)
        weight = 0.5 if halve else min(max(within / (within - beyond), room), 1.0 - room)
        middle = inside + weight * (outside - inside)
        if middle in (inside, outside):
            break
        found = gap(middle)
        if found >= 0.0:
            inside, within = middle, found
        else:
            outside, beyond = middle, found
        halve = not halve and abs(outside - inside) > 0.5 * width
    return inside, outside


def tolerance_at(entry: InputRange, value: float) -> float:
    """Return how near a crossing at about a value is narrowed down."""
    return max(TOLERANCE * abs(value), 1e-3 * TOLERANCE * (entry.high - entry.low))
