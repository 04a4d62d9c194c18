"""Turns a folder of imported bills into Ibis tables, each import visible whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tco_model.actuals.columns import CHARGES, USAGE, ibis_schema
from tco_model.errors import Problem, ScenarioError

if TYPE_CHECKING:
    import ibis
    from ibis.backends.duckdb import Backend

LOG = "imports.jsonl"
STAGING, SPILL = ".staging", ".spill"
LOCK = ".lock"
MEMORY_LIMIT = "2GB"
"""What DuckDB may hold in memory; beyond it writes to the staging folder of the workspace."""


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of one period of one import: its path in the workspace, its table, what it covers and its totals."""

    path: str
    table: str
    period: str
    rows: int
    accounts: tuple[str, ...] = ()
    """Issuer and billing account of the rows, as ``issuer / account``."""
    totals: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Currency to amount to its exact sum."""


@dataclass(frozen=True, slots=True)
class Import:
    """One line of the log of imports: what was read, how, and what of it is held."""

    id: str
    file: str
    sha256: str
    reader: str
    version: str
    when: str
    rows: int
    kept: int
    set_aside: int
    totals: Mapping[str, Mapping[str, str]]
    parts: tuple[Part, ...]
    notes: Mapping[str, int] = field(default_factory=dict[str, int])
    """What was mended on the way, with its count."""
    replaced: tuple[Mapping[str, Any], ...] = ()
    """Issuer, account and period that this import replaced, each with totals before and after."""
    skipped: int = 0
    """Rows left out because the workspace held them already, where the import was asked to add."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder of imported bills. What counts is what the log names: a Parquet file it does not name is not there."""

    path: Path
    memory_limit: str = MEMORY_LIMIT
    _opened: dict[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take the folder by its absolute path; refuse a file of that name."""
        try:
            object.__setattr__(self, "path", Path(self.path).resolve())
        except (RuntimeError, OSError):
            message = f"'{self.path}' is a circle of links"
            raise ScenarioError(Problem(message, "name a folder for the workspace", file=str(self.path))) from None
        if self.path.exists() and not self.path.is_dir():
            raise ScenarioError(Problem(f"'{self.path}' is a file", "name a folder for the workspace", file=str(self.path)))

    @property
    def connection(self) -> Backend:
        """The Ibis connection; it reads this folder and nothing else, and installs no extension."""
        if "connection" not in self._opened:
            self._opened["connection"] = connect(self.path, self.memory_limit)
        return self._opened["connection"]

    def charges(self) -> ibis.Table:
        """Return the bill, one row a charge, with the columns of `columns.CHARGES`; empty where nothing is imported yet."""
        return self._table("charges", CHARGES)

    def usage(self) -> ibis.Table:
        """Return the AI usage records with the columns of `columns.USAGE`; never part of the bill."""
        return self._table("usage", USAGE)

    def imports(self) -> tuple[Import, ...]:
        """Return every import of the log, oldest first.

        Raises:
            ScenarioError: a line of the log that is no import.
        """
        return read_log(self.path / LOG)

    def parts(self, table: str) -> tuple[Part, ...]:
        """Return the Parquet files that hold a table now."""
        return tuple(part for one in self.imports() for part in one.parts if part.table == table)

    def close(self) -> None:
        """Close the connection, where one was opened."""
        if "connection" in self._opened:
            self._opened.pop("connection").disconnect()

    def _table(self, table: str, columns: Mapping[str, str]) -> ibis.Table:
        import ibis

        schema = ibis.schema(ibis_schema(columns))
        files = [str(self.path / part.path) for part in self.parts(table)]
        missing = [file for file in files if not Path(file).is_file()]
        if missing:
            message = f"the log of imports names {len(missing)} files that are gone, '{missing[0]}' first"
            raise ScenarioError(Problem(message, "put them back, or import into a new folder", file=str(self.path / LOG)))
        if not files:
            return self.connection.create_table(ibis.util.gen_name(table), schema=schema, temp=True)  # pyright: ignore[reportUnknownMemberType]
        return self.connection.read_parquet(files, union_by_name=True, hive_partitioning=False).select(*columns)


def connect(folder: Path, memory_limit: str = MEMORY_LIMIT, files: Sequence[Path] = (), spill: Path | None = None) -> Backend:
    """Open DuckDB through Ibis with bounded memory; it reads and writes below `folder`, reads `files`, and loads nothing from outside."""
    import ibis

    folder.mkdir(parents=True, exist_ok=True)
    opened = ibis.duckdb.connect(
        memory_limit=memory_limit,
        temp_directory=str(spill or folder / SPILL),
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
        preserve_insertion_order=False,
        threads=os.cpu_count() or 1,
    )
    # The size of a CSV is unknown to the optimizer, which would then hold the whole bill in memory to join its few spellings to it.
    fixed = "SET disabled_optimizers = 'build_side_probe_side,join_order';" if spill else ""
    paths = ", ".join(quoted(str(file.resolve())) for file in files)
    opened.raw_sql(
        f"SET allowed_directories = [{quoted(str(folder.resolve()))}]; SET allowed_paths = [{paths}]; SET enable_external_access = false;"
        f"{fixed} SET TimeZone = 'UTC'; SET enable_progress_bar = false;"
        "SET partitioned_write_flush_threshold = 16384; SET lock_configuration = true;"
    )
    return opened


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def read_log(path: Path) -> tuple[Import, ...]:
    """Return the imports of a log, oldest first; none where there is no log."""
    if not path.is_file():
        return ()
    found: list[Import] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry: dict[str, Any] = json.loads(line)
            listed: list[dict[str, Any]] = entry["parts"]
            for part in listed:
                part["accounts"] = tuple(part["accounts"])
                if not path.parent.joinpath(part["path"]).resolve().is_relative_to(path.parent.resolve()):
                    raise ValueError(f"'{part['path']}' lies outside the workspace")
            entry["parts"] = tuple(Part(**part) for part in listed)
            entry["replaced"] = tuple(entry.get("replaced", ()))
            found.append(Import(**entry))
        except (ValueError, TypeError, KeyError) as error:
            problem = Problem(f"not a line of the log of imports: {error}", "restore the file from a copy", file=str(path), line=number)
            raise ScenarioError(problem) from None
    return tuple(found)


def write_log(path: Path, imports: Sequence[Import]) -> None:
    """Replace the log in one step: before it the workspace is as it was, after it the import is there."""
    fresh = path.with_suffix(".fresh")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) + "\n" for one in imports)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
