"""Turns what every query over bills needs, a tag, a month, the rows of an answer, into one spelling for any backend of Ibis."""

from __future__ import annotations

from threading import Lock
from typing import Any


def tag(table: Any, key: str) -> Any:
    """Return the value of a tag of each row; null where it carries none."""
    return table.Tags.get(key, literal(None, "string"))


def literal(value: Any, kind: str | None = None) -> Any:
    """Return a value as an expression."""
    import ibis

    return ibis.literal(value, type=kind)  # pyright: ignore[reportUnknownMemberType]


def rank(table: Any, within: list[str], order: list[Any]) -> Any:
    """Return the place of each row among those alike in some columns, the first 0."""
    import ibis

    window: Any = ibis.window(group_by=[table[name] for name in within], order_by=order)  # pyright: ignore[reportUnknownMemberType]
    return ibis.row_number().over(window)  # pyright: ignore[reportUnknownMemberType]


def month(column: Any) -> Any:
    """Return the month of a time, as year-month."""
    return column.strftime("%Y-%m")


def turn(connection: Any) -> Lock:
    """Return the lock of a connection: threads take turns on it, for an engine may refuse a second query instead of waiting.

    A front end runs a page anew in another thread while the last run may still be at its query.
    """
    return connection.__dict__.setdefault("_turn", Lock())


def rows_of(table: Any) -> list[dict[str, Any]]:
    """Run a query and return its rows; in turn with other threads that use its connection."""
    with turn(table.get_backend()):
        return table.to_pyarrow().to_pylist()
