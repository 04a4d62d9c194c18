"""Turns a folder of imported bills into Ibis tables, each import visible whole or not at all."""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tco_model.actuals.columns import CHARGES, USAGE, ibis_schema
from tco_model.actuals.intact import damaged
from tco_model.actuals.log import LOG, Import, Part, read_log
from tco_model.actuals.queries import turn
from tco_model.errors import Problem, ScenarioError
from tco_model.files import spelled
from tco_model.locks import folder_locked

if TYPE_CHECKING:
    import ibis
    from ibis.backends.duckdb import Backend

__all__ = ["Import", "Part", "Workspace", "connect", "quoted", "write_refused"]
STAGING, SPILL = ".staging", ".spill"
PATIENCE = 5.0
"""How long a reader waits for an import that is just removing what it replaced [second]."""
MEMORY_LIMIT = "2GB"
"""What DuckDB may hold in memory; beyond it writes to the staging folder of the workspace."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder of imported bills. What counts is what the log names: a Parquet file it does not name is not there.

    From the first table on it is read as it stood then, whatever is imported meanwhile: an import leaves the files that it replaced
    where they are for as long as somebody reads them.
    """

    path: Path
    memory_limit: str = MEMORY_LIMIT
    _opened: dict[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take the folder by its absolute path; refuse a file of that name."""
        try:
            path = Path(self.path).resolve()
            leads_nowhere = path.is_symlink()  # from Python 3.13 on a circle is left as it is
        except (RuntimeError, OSError):
            path, leads_nowhere = Path(self.path), True
        if leads_nowhere:
            message = f"'{self.path}' is a circle of links"
            raise ScenarioError(Problem(message, "name a folder for the workspace", file=str(self.path)))
        object.__setattr__(self, "path", path)
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
        """Close the connection, where one was opened, and let go of the files."""
        if "connection" in self._opened:
            self._opened.pop("connection").disconnect()
        self._opened.pop("log", None)
        if "reading" in self._opened:
            self._opened.pop("reading")()

    def _log(self) -> tuple[Import, ...]:
        """Return the imports as they stood when the first table was asked for."""
        if "log" not in self._opened:
            held = ExitStack()
            held.enter_context(folder_locked(self.path, shared=True, patience=PATIENCE))
            self._opened["reading"] = weakref.finalize(self.connection, held.close)  # tables outlive the workspace that gave them
            self._opened["log"] = self.imports()
        return self._opened["log"]

    def _table(self, table: str, columns: Mapping[str, str]) -> ibis.Table:
        import ibis

        schema = ibis.schema(ibis_schema(columns))
        wrong = damaged(self.path, self._log(), table)
        if wrong:
            raise ScenarioError(problem for _, problem in wrong)
        files = [spelled(str(self.path / part.path)) for one in self._log() for part in one.parts if part.table == table]
        with turn(self.connection):
            if not files:
                return self.connection.create_table(ibis.util.gen_name(table), schema=schema, temp=True)  # pyright: ignore[reportUnknownMemberType]
            return self.connection.read_parquet(files, hive_partitioning=False).select(*columns)


def connect(folder: Path, memory_limit: str = MEMORY_LIMIT, files: Sequence[Path] = (), spill: Path | None = None) -> Backend:
    """Open DuckDB through Ibis with bounded memory; it reads and writes below `folder`, reads `files`, and loads nothing from outside."""
    import ibis

    opened = ibis.duckdb.connect(
        memory_limit=memory_limit,
        temp_directory=spelled(str(spill or folder / SPILL)),
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
        "SET partitioned_write_flush_threshold = 16384; SET parquet_metadata_cache = true; SET lock_configuration = true;"
    )
    return opened


def quoted(text: str) -> str:
    """Return a text as an SQL literal; paths in it as DuckDB takes them, in UTF-8 whatever the locale is."""
    return "'" + spelled(text).replace("'", "''") + "'"


def write_refused(error: Exception) -> str:
    """Return why DuckDB could not write a file, in the words of the system; nothing where its error is about something else."""
    found = re.search(r'(?:write|create|open) (?:to )?file [^:]*: ([A-Z][^"{}\n]*)', str(error))
    return found.group(1).strip() if found and "rite" in str(error) else ""
