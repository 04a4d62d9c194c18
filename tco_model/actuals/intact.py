"""Turns what the log says of the files of a workspace into what is wrong with them: gone, of another size, or of another content.

Every file that a command is about to read is hashed from end to end, once a process as long as its size, time and inode stay: reading
the rows takes far longer than hashing their bytes. Files of older versions carry no checksum and are only looked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tco_model.actuals.log import Import, Part
from tco_model.errors import Problem


def damaged(root: Path, log: Sequence[Import], table: str = "") -> list[tuple[Import, Problem]]:
    """Return every import of which a file is no longer what was written, with what mends it.

    Args:
        root: the workspace.
        log: its imports.
        table: look at this table alone.
    """
    return [
        (one, Problem(f"{said}; it holds rows of {one.file}", _mend(one), file=str(root / part.path)))
        for one in log
        for part in (*one.parts, *one.aside)
        if table in ("", part.table)
        if (said := fault(root / part.path, part))
    ]


def fault(path: Path, part: Part) -> str:
    """Say what is wrong with a file; nothing where it is as it was written."""
    try:
        status = path.stat()
    except OSError:
        return "is gone"
    if not part.sha256:
        return ""
    if status.st_size != part.size:
        return f"has {status.st_size:,} bytes; {part.size:,} were written"
    try:
        held = _digest(str(path), status.st_size, status.st_mtime_ns, status.st_ino)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return "" if held == part.sha256 else "is not what was written: its checksum differs"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@lru_cache(maxsize=65_536)
def _digest(path: str, size: int, mtime_ns: int, inode: int) -> str:  # the arguments tell one state of the file from the next
    return digest(Path(path))


def _mend(one: Import) -> str:
    return f"import {one.file} again, or put the file back from a copy"
