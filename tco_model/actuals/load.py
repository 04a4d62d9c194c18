"""Turns export files into one import of a workspace, whole or not at all: read, reconciled, compared with what is held."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tco_model.actuals import overlap, unfinished
from tco_model.actuals.arrow import arrow, parquet
from tco_model.actuals.export_file import fingerprint, inspect
from tco_model.actuals.intact import damaged, digest
from tco_model.actuals.lock import LOCK, locked
from tco_model.actuals.log import LOG, Import, Part, named, read_log, write_log
from tco_model.actuals.overlap import Choice
from tco_model.actuals.parts import describe, spelled
from tco_model.actuals.sources import reader_of
from tco_model.actuals.staged import Job, SetAside, Staged, Totals
from tco_model.actuals.store import STAGING, Workspace, connect, write_refused
from tco_model.errors import Problem, ScenarioError
from tco_model.files import clear_strays, sync_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PERIOD = {"charges": "billing_period", "usage": "period"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its import, or why nothing was to be done."""

    file: str
    held: Import | None
    unchanged: bool = False
    set_aside: Sequence[SetAside] = ()
    workspace_totals: Totals | None = None
    """Sums of the rows of this file as the workspace holds them, read back from what was written."""


def import_files(
    files: Sequence[Path], workspace: Path, *, reader: str | None = None, currency: str | None = None, choice: Choice = Choice.REFUSE
) -> list[Outcome]:
    """Import files into a workspace; all of them, or none.

    Files of one call are one export: they stand beside one another. Against what the workspace holds, an export of the same issuer,
    billing account and billing period takes the place of the one before where it goes on from it; where it overlaps in part the
    caller chooses.

    Args:
        files: exports, each of any source.
        workspace: its folder; made where absent.
        reader: name of the reader for every file; recognised from the content where None.
        currency: currency of files that name none.
        choice: what to do where an export overlaps in part what is held: refuse, replace or add.

    Returns:
        One outcome a file, in order.

    Raises:
        ScenarioError: anything about a file, the overlap, or another process at work; the workspace is as before.
    """
    prints = [fingerprint(path) for path in files]
    space = Workspace(workspace)
    new = not space.path.exists()
    space.path.mkdir(parents=True, exist_ok=True)
    with locked(space.path):
        try:
            with _refusals(space.path):
                clear(space.path)
                return _import(files, prints, space, reader, currency, choice)
        finally:
            shutil.rmtree(space.path / STAGING, ignore_errors=True)
            if new and not (space.path / LOG).exists():
                (space.path / LOCK).unlink(missing_ok=True)
                with suppress(OSError):
                    space.path.rmdir()


@contextmanager
def _refusals(root: Path) -> Generator[None]:
    """Tell what the disk refuses with the name of the workspace: those of temporary files in it would say nothing to anyone."""
    import duckdb

    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(root)) from None
    except duckdb.Error as error:
        reason = write_refused(error)
        if not reason:
            raise
        raise ScenarioError(Problem(f"cannot be written: {reason}", "make room on its disk, then import again", file=str(root))) from None


def _import(
    files: Sequence[Path], prints: Sequence[str], space: Workspace, reader: str | None, currency: str | None, choice: Choice
) -> list[Outcome]:
    log = list(_to_mend(space.path, space.imports(), prints))
    held = {one.sha256: one for one in log if one.parts or not one.kept}
    outcomes: dict[int, Outcome] = {}
    staged: list[tuple[int, Staged]] = []
    seen: dict[str, int] = {}
    staging = space.path / STAGING / f"{os.getpid()}"
    staging.mkdir(parents=True, exist_ok=True)
    connection = connect(space.path, files=files, spill=staging)
    try:
        for place, (path, sha256) in enumerate(zip(files, prints, strict=True)):
            if sha256 in held or sha256 in seen:
                outcomes[place] = Outcome(path.name, held.get(sha256), unchanged=True)
                continue
            seen[sha256] = place
            export = inspect(path, staging, sha256)
            folder = staging / f"{len(staged):04d}"
            folder.mkdir()
            read = reader_of(export, reader)
            staged.append((place, read(export, Job(connection.con, folder, currency))))
            export.plain.unlink() if export.plain != path else None
        if staged:
            committed = _commit(space, connection.con, log, [one for _, one in staged], choice, staging)
            outcomes.update({place: outcome for (place, _), outcome in zip(staged, committed, strict=True)})
    finally:
        connection.disconnect()
        shutil.rmtree(staging, ignore_errors=True)
    return [outcomes[place] for place in sorted(outcomes)]


def _to_mend(root: Path, log: Sequence[Import], prints: Sequence[str]) -> Sequence[Import]:
    """Return the imports with those taken as not held that are damaged and that these files mend.

    Raises:
        ScenarioError: other files of the workspace are damaged.
    """
    wrong = damaged(root, log)
    others = [problem for one, problem in wrong if one.sha256 not in prints]
    if others:
        raise ScenarioError(others)
    mended = {one.id for one, _ in wrong}
    return [replace(one, parts=(), aside=()) if one.id in mended else one for one in log]


def _commit(
    space: Workspace, connection: DuckDBPyConnection, log: list[Import], staged: Sequence[Staged], choice: Choice, staging: Path
) -> list[Outcome]:
    change = overlap.settle(space.path, connection, log, staged, choice, staging)
    outcomes: list[Outcome] = []
    moves: list[tuple[Path, Path]] = list(change.moves)
    log = list(change.log)
    for number, one in enumerate(staged):
        identity = f"{len(log) + 1:05d}-{one.export.sha256[:10]}"
        parts, totals = _parts(connection, one, identity, moves)
        _reconcile(one, totals, change.skipped[number])
        aside = _write_set_aside(one, identity, staging, moves) if one.set_aside else ()
        entry = Import(
            id=identity,
            file=one.export.name,
            sha256=one.export.sha256,
            reader=one.reader,
            version=one.version,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            rows=one.rows,
            kept=one.rows - len(one.set_aside),
            set_aside=len(one.set_aside),
            totals=spelled(one.file_totals),
            parts=tuple(parts),
            notes=dict(one.notes),
            replaced=change.replaced[number],
            skipped=change.skipped[number],
            aside=aside,
        )
        outcomes.append(Outcome(one.export.name, entry, not parts and change.skipped[number] > 0, one.set_aside, totals))
        log.append(entry)
    _publish(space.path, moves, log)
    return outcomes


def _parts(connection: DuckDBPyConnection, one: Staged, identity: str, moves: list[tuple[Path, Path]]) -> tuple[list[Part], Totals]:
    """Describe the staged files as parts of the workspace, from what they hold when read back, and say where they go."""
    parts: list[Part] = []
    whole: Totals = {}
    for number, path in enumerate(one.files):
        period = path.parent.name.partition("=")[2]
        target = f"{one.table}/{PERIOD[one.table]}={period}/{identity}-{number}.parquet"
        part, totals = describe(connection, path, one.table, period, target)
        if not part.rows:
            continue
        parts.append(part)
        moves.append((path, Path(target)))
        for currency, sums in totals.items():
            held = whole.setdefault(currency, dict.fromkeys(sums, Decimal(0)))
            for name, amount in sums.items():
                held[name] += amount
    return parts, whole


def _reconcile(one: Staged, written: Totals, skipped: int) -> None:
    """Hold the written sums against those of the file's text; what rounding to twelve decimals moves stays below half a unit a row.

    Raises:
        ScenarioError: rows or amounts went missing between the file and the workspace.
    """
    if skipped:
        return  # rows already held were left out, so the totals differ by them; the log says how many
    room = Decimal("0.5e-12") * max(one.rows, 1) * (1 if one.notes.get("rounded_to_12_decimals") else 0)
    for currency, sums in one.file_totals.items():
        for name, amount in sums.items():
            stands = written.get(currency, {}).get(name, Decimal(0))
            if abs(stands - amount) > room:
                message = f"{name} in {currency or 'no currency'} is {amount:f} in the file and {stands:f} as written; nothing was imported"
                raise ScenarioError(Problem(message, "report this with the file: reading lost an amount", file=str(one.export.path)))


def _write_set_aside(one: Staged, identity: str, staging: Path, moves: list[tuple[Path, Path]]) -> tuple[Part, ...]:
    pa = arrow()
    pq = parquet()

    rows = one.set_aside
    table = pa.table(
        {
            "file": pa.array([one.export.name] * len(rows), pa.string()),
            "line": pa.array([row.line for row in rows], pa.int64()),
            **{name: pa.array([getattr(row, name) for row in rows], pa.string()) for name in ("column", "value", "reason", "raw")},
        }
    )
    path = staging / f"{identity}.set_aside.parquet"
    pq.write_table(table, path)
    target = f"set_aside/{identity}.parquet"
    moves.append((path, Path(target)))
    return (Part(target, "set_aside", "", len(rows), size=path.stat().st_size, sha256=digest(path)),)


def _publish(root: Path, moves: Sequence[tuple[Path, Path]], log: Sequence[Import]) -> None:
    """Put the files in their places, then the log that names them: only the log makes them part of the workspace."""
    gone = named(read_log(root / LOG)) - named(log)
    unfinished.note(root, {*gone, *(target.as_posix() for _, target in moves)})
    for source, target in moves:
        place = root / target
        place.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb+") as stream:
            os.fsync(stream.fileno())
        source.replace(place)
        sync_folder(place.parent)
    write_log(root / LOG, log)
    unfinished.clear(root, named(log))


def clear(root: Path) -> None:
    """Remove what an import that was cut off left behind, and the temporary files of other writers that were."""
    unfinished.clear(root, named(read_log(root / LOG)))
    shutil.rmtree(root / STAGING, ignore_errors=True)
    for folder in (root, *(one for one in root.iterdir() if one.is_dir())):
        clear_strays(folder)
