"""Turns the inputs that reading a file worked out from its central case into what they are when other inputs are moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.inputs import Leaf, LeafBook, expected_values
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.quantity import Quantity

Array = NDArray[np.float64]
Derivation = Callable[[Mapping[str, Array]], dict[str, Quantity]]
"""From the central case of the inputs, ``(1, 1)`` or ``(1, months)`` by leaf, to quantities by the name of a parameter."""


@dataclass(frozen=True, slots=True)
class Derived:
    """Quantities of one fleet or line that hang on the central case: the size of a pool, the tier of a list price."""

    path: str
    """Dotted name of the fleet or line; a quantity's leaf is ``<path>.<parameter>``."""
    hangs_on: frozenset[str]
    """Names of the leaves whose central values they are worked out from."""
    work: Derivation


def rederived(
    derived: Iterable[Derived], leaves: Mapping[str, Leaf], expected: Mapping[str, Array], start: int, months: int
) -> dict[str, float | Array | Distribution]:
    """Return the derived inputs that differ once others are moved, by the name of the leaf.

    Args:
        derived: what was worked out when the file was read.
        leaves: the inputs of the model.
        expected: central values of the moved inputs, ``(1, 1)`` or ``(1, months)``.
        start: first month of the timeline, year * 12 + month - 1.
        months: the horizon.

    A number that turns into a path, a list price whose announced change the moved tier brings into view, stays as it was.

    Raises:
        CapacityError: the moved case cannot be served as the file asks.
        PriceError: the moved case has no list price.
    """
    found = dict[str, float | Array | Distribution]()
    for entry in derived:
        if entry.hangs_on.isdisjoint(expected):
            continue
        book = LeafBook(start, months)
        for name, quantity in entry.work(expected_values(leaves) | dict(expected)).items():
            path = f"{entry.path}.{name}"
            if path not in leaves or path in expected:
                continue
            book.quantity(path, quantity, "table")
            now, moved = leaves[path].content, book.leaves[path].content
            match now, moved:
                case (Distribution(), Distribution()) | (float(), float()):
                    differs = now != moved
                case np.ndarray(), float() | np.ndarray():
                    differs = not np.array_equal(now, np.broadcast_to(moved, now.shape))
                case _:
                    differs = False
            if differs:
                found[path] = moved  # pyright: ignore[reportArgumentType]
    return found
