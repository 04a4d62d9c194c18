"""Holds the one error of the price book."""

from __future__ import annotations

from tco_model.errors import TableError


class PriceError(TableError):
    """A price that the book cannot give: what is wrong and the move that mends it."""
