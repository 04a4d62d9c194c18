"""Turns the log of a workspace into its imports and back, so that a log that is damaged, cut short or lost is told and never believed.

The last line counts the others and holds their SHA-256. Logs of older versions have no such line, and no checksum of any file either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tco_model.actuals import unfinished
from tco_model.errors import Problem, ScenarioError
from tco_model.files import write_text

LOG = "imports.jsonl"
_RESTORE = "put it back from a copy, or import the exports anew into another folder"


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
    size: int = 0
    """Bytes of the file."""
    sha256: str = ""
    """Of the file as written; empty where an older version wrote it."""


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
    aside: tuple[Part, ...] = ()
    """The file of the rows set aside; none where an older version wrote it."""


def named(log: Sequence[Import]) -> set[str]:
    """Return the paths of all files that belong to a workspace by its log."""
    return {part.path for one in log for part in one.parts} | {f"set_aside/{one.id}.parquet" for one in log if one.set_aside}


def read_log(path: Path) -> tuple[Import, ...]:
    """Return the imports of a log, oldest first; none where nothing was imported yet.

    Raises:
        ScenarioError: a log that is not as it was written, or that is gone while what it named still lies there.
    """
    data = path.read_bytes() if path.is_file() else b""
    if not data.strip():
        _refuse_lost(path, "empty" if path.exists() else "gone")
        return ()
    lines = data.splitlines(keepends=True)
    seal = _seal(lines[-1])
    if seal is not None:
        lines.pop()
        if seal != (len(lines), hashlib.sha256(b"".join(lines)).hexdigest()):
            raise ScenarioError(Problem("the log of imports is not what was written: its checksum differs", _RESTORE, file=str(path)))
    found = tuple(_import(path, number, line) for number, line in enumerate(lines, 1))
    if seal is None and any(part.sha256 for one in found for part in one.parts):
        raise ScenarioError(Problem("the log of imports breaks off: its last line is gone", _RESTORE, file=str(path)))
    return found


def write_log(path: Path, imports: Sequence[Import]) -> None:
    """Replace the log in one step: before it the workspace is as it was, after it the import is there."""
    text = "".join(json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) + "\n" for one in imports)
    seal = {"imports": len(imports), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    write_text(path, text + json.dumps(seal) + "\n")


def unnamed(root: Path, log: Sequence[Import]) -> Iterator[Path]:
    """Yield the tables that no import names, but for those of an import that did not come to its end."""
    known = named(log) | set(unfinished.listed(root))
    for table in unfinished.TABLES:
        for path in sorted((root / table).rglob("*.parquet")):
            if path.relative_to(root).as_posix() not in known:
                yield path


def _refuse_lost(path: Path, how: str) -> None:
    lost = list(unnamed(path.parent, ()))
    if lost:
        message = f"the log of imports is {how}, though {len(lost)} files of imported rows lie beside it"
        raise ScenarioError(Problem(message, _RESTORE, file=str(path)))


def _seal(line: bytes) -> tuple[int, str] | None:
    """Return what the last line says of the others; None where it is one of them."""
    try:
        entry: Any = json.loads(line)
        return (entry["imports"], entry["sha256"]) if set(entry) == {"imports", "sha256"} else None
    except (ValueError, TypeError):
        return None


def _import(path: Path, number: int, line: bytes) -> Import:
    try:
        entry: dict[str, Any] = json.loads(line)
        entry["parts"], entry["aside"] = _parts(entry["parts"]), _parts(entry.get("aside", []))
        entry["replaced"] = tuple(entry.get("replaced", ()))
        return Import(**entry)
    except (ValueError, TypeError, KeyError) as error:
        problem = Problem(f"not a line of the log of imports: {error}", _RESTORE, file=str(path), line=number)
        raise ScenarioError(problem) from None


def _parts(listed: Sequence[dict[str, Any]]) -> tuple[Part, ...]:
    for part in listed:
        part["accounts"] = tuple(part["accounts"])
    return tuple(Part(**part) for part in listed)
