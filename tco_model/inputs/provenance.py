"""Holds where a value comes from: source, address, date, note and owner, or the word that it is assumed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from. A value without a source is an assumption and is shown as one."""

    source: str = ASSUMPTION
    url: str = ""
    as_of: dt.date | None = None
    note: str = ""
    owner: str = ""

    @property
    def is_assumption(self) -> bool:
        """True where nobody but the author vouches for the value."""
        return self.source.strip().lower().startswith(ASSUMPTION)

    def age_days(self, today: dt.date) -> int | None:
        """Return the age of the value in days at `today`, or None where it has no date."""
        return None if self.as_of is None else (today - self.as_of).days

    def __str__(self) -> str:
        """Spell source, date and address on one line."""
        date = f", as of {self.as_of.isoformat()}" if self.as_of else ""
        return f"{self.source}{date}{f' <{self.url}>' if self.url else ''}"
