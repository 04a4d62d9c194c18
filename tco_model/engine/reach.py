"""Turns a term into the lowest, expected and highest value it reaches in each month, to hold formulas to the range of their field.

An operation on one uncertain argument is followed at both of its ends; where two uncertain arguments meet, both are taken at their
expected values, since their ends need not coincide. So what is reported out of range can happen, though not all that can is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.inputs import Incidents, Leaf
from tco_model.expr.ops import apply
from tco_model.expr.term import Term, walk
from tco_model.inputs.distributions import Distribution

Array = NDArray[np.float64]
RAREST = 1e-7
"""A tail met in less than one future of ten million, the most that are drawn, is left out."""
FOLLOWED = ("add", "subtract", "multiply", "divide", "negate", "maximum", "minimum", "ceil", "floor", "exp", "log")
"""Operations that rise or fall with each of their arguments."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Lowest, expected and highest value, ``(1, 1)`` or ``(1, months)`` each."""

    low: Array
    middle: Array
    high: Array

    varies: bool
    """Whether the value is uncertain; where its ends are not followed they stand at the expected value all the same."""


def reach_of(term: Term, leaves: Mapping[str, Leaf], known: dict[int, Reach]) -> Reach:
    """Return the reach of a term; `known` keeps what was found before, by identity. Not-a-number where it cannot be said."""
    with np.errstate(all="ignore"):
        for node in walk(term):
            if id(node) not in known:
                known[id(node)] = _node(node, leaves, known)
    return known[id(term)]


def _node(node: Term, leaves: Mapping[str, Leaf], known: Mapping[int, Reach]) -> Reach:
    if node.op == "constant":
        return _certain(np.full((1, 1), node.value))
    if node.op == "leaf":
        return _leaf(leaves[node.name])
    args = [known[id(arg)] for arg in node.args]
    middle: Array = _applied(node, [arg.middle for arg in args])
    uncertain = [position for position, arg in enumerate(args) if arg.varies]
    if len(uncertain) != 1 or node.op not in FOLLOWED:
        return Reach(middle, middle, middle, varies=bool(uncertain))
    position = uncertain[0]
    if node.op == "divide" and position == 1 and bool(np.any(args[1].low * args[1].high <= 0.0)):
        return Reach(middle, middle, middle, varies=True)
    ends = [
        _applied(node, [end if place == position else arg.middle for place, arg in enumerate(args)])
        for end in (args[position].low, args[position].high)
    ]
    return Reach(np.minimum(*ends), middle, np.maximum(*ends), varies=True)


def _applied(node: Term, values: list[Array]) -> Array:
    return np.asarray(apply(node.op, *values, setting=node.setting), dtype=np.float64)


def _leaf(entry: Leaf) -> Reach:
    content = entry.content
    if isinstance(content, Distribution):
        low, high = content.ppf(np.array([[RAREST]])), content.ppf(np.array([[1.0 - RAREST]]))
        return Reach(low, np.full((1, 1), content.mean), high, varies=True)
    return _certain(np.full((1, 1), np.nan) if isinstance(content, Incidents) else entry.central({}))


def _certain(values: Array) -> Reach:
    return Reach(values, values, values, varies=False)
