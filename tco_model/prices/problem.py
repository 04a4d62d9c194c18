"""Holds the one error of the price book, and offers the names near to one that is not in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_SHOWN = 12


class PriceError(ValueError):
    """A price that the book cannot give: what is wrong and the move that mends it."""

    def __init__(self, message: str, mend: str) -> None:
        """Hold the message and the mend."""
        super().__init__(f"{message}; {mend}")
        self.message, self.mend = message, mend


def nearest(name: str, known: Iterable[str]) -> str:
    """Offer the nearest names, or all where none is near and they are few."""
    spelled = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), spelled, n=4, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(spelled[one] for one in near)}?"
    shown = sorted(spelled.values())
    return f"known: {', '.join(shown)}" if len(shown) <= MOST_SHOWN else "search the list for a part of the name"
