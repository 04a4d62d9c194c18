"""Turns what an import is about to move and to remove into a note, by which the next one clears up after it should it be cut off.

Only what a note names is ever removed: a file of rows that no import names for another reason, such as a lost log, stays where it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from tco_model.files import write_text
from tco_model.locks import folder_locked

NOTE = ".unfinished.json"
TABLES = ("charges", "usage", "set_aside")


def note(root: Path, files: Iterable[str]) -> None:
    """Note the files that an import adds, or that are no longer of the workspace after it."""
    write_text(root / NOTE, json.dumps(sorted({*files, *listed(root)}), indent=0) + "\n")


def listed(root: Path) -> tuple[str, ...]:
    """Return the files of the note, ``table/…/name.parquet`` each; none where there is none, or one that cannot be read."""
    try:
        found: list[object] = json.loads((root / NOTE).read_bytes())
        return tuple(str(one) for one in found if _is_ours(one))
    except (OSError, ValueError, TypeError):
        return ()


def clear(root: Path, keep: Collection[str]) -> int:
    """Remove the noted files that are not to be kept, and return how many went; none while somebody reads the workspace."""
    strays = [root / name for name in listed(root) if name not in keep]
    if not strays:
        (root / NOTE).unlink(missing_ok=True)
        return 0
    with folder_locked(root) as alone:
        if not alone:
            return 0
        removed = sum(_removed(path) for path in strays)
        (root / NOTE).unlink()
    return removed


def _is_ours(name: object) -> bool:
    parts = Path(name).parts if isinstance(name, str) else ()
    return bool(parts) and parts[0] in TABLES and ".." not in parts and parts[-1].endswith(".parquet")


def _removed(path: Path) -> bool:
    if not path.is_file():
        return False
    path.unlink()
    if path.parent.name != "set_aside":
        with suppress(OSError):
            path.parent.rmdir()  # where it was the last of its period
    return True
