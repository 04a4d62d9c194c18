"""Turns the dated rows of a table into the one that holds on a day: the newest not after it, unless it has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from tco_model.errors import nearest
from tco_model.inputs.provenance import Provenance
from tco_model.prices.problem import PriceError

TABLES = Path(__file__).parent / "tables"


class Dated(Protocol):
    """What a row of a dated table has."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def provenance(self) -> Provenance: ...  # noqa: D102

    @property
    def ends(self) -> dt.date | None: ...  # noqa: D102


Row = TypeVar("Row", bound=Dated)


def row_on(rows: Sequence[Row], name: str, as_of: dt.date, what: str) -> Row:
    """Return the row of a name that holds on a day; where the newest had ended by then, the next one read after it stands in.

    Raises:
        PriceError: no such name (the nearest are offered), none dated so early, or the last one has ended.
    """
    named = [row for row in rows if row.name == name.lower()]
    if not named:
        raise PriceError(f"the table knows no {what} '{name}'", nearest(name, {row.name for row in rows}))
    known = [row for row in named if _day(row) <= as_of]
    if not known:
        first = min(map(_day, named))
        raise PriceError(f"the {what} '{name}' is not known on {as_of}", f"the first row is of {first}: ask as of that day or later")
    newest = max(known, key=_day)
    if newest.ends is not None and newest.ends <= as_of:
        later = [row for row in named if _day(row) > as_of]
        if later:
            return min(later, key=_day)
        message = f"the {what} '{name}' of {_day(newest)} no longer held on {newest.ends}, and no newer one is known"
        raise PriceError(message, "give your own quotation with its source, or an assumption with a range")
    return newest


def rows_on(rows: Iterable[Row], as_of: dt.date) -> tuple[Row, ...]:
    """Return the rows that hold on a day, one a name, in the order of the table."""
    every = list(rows)
    found: list[Row] = []
    for name in dict.fromkeys(row.name for row in every):
        with suppress(PriceError):
            found.append(row_on(every, name, as_of, "row"))
    return tuple(found)


def _day(row: Dated) -> dt.date:
    return row.provenance.as_of or dt.date.min
