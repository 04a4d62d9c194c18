"""Turns what a reader makes of one file into one shape: staged Parquet, rows set aside, totals of the file, and what was mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tco_model.actuals.export_file import Export

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Totals = dict[str, dict[str, Decimal]]
"""Currency to name of the amount to its exact sum."""
RECONCILED = ("BilledCost", "EffectiveCost")
"""Amounts whose totals are compared between file and workspace."""
MOST_SET_ASIDE = 0.5
"""Share of a file's rows that may be unreadable before the whole file is refused."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that could not be read: its first line in the file, the column and value at fault, the rule, and the row as it stood."""

    line: int
    column: str
    value: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Job:
    """What a reader is given beside its file: DuckDB, a folder of its own, and what the user said."""

    connection: DuckDBPyConnection
    folder: Path
    currency: str | None = None
    """Currency of a file that names none."""


@dataclass(frozen=True, slots=True)
class Staged:
    """One file, read and written as Parquet into a staging folder, one folder a period; not part of the workspace yet."""

    export: Export
    reader: str
    version: str
    table: str
    folder: Path
    rows: int
    """Rows of the file, those set aside included."""
    set_aside: Sequence[SetAside]
    file_totals: Totals
    """Sums over the kept rows as the file spells them, before any rounding."""
    notes: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def files(self) -> list[Path]:
        """The staged Parquet files."""
        return sorted(self.folder.glob(f"{self.table}/*/*.parquet"))
