"""Writes files whole or not at all: a temporary file in the same folder, flushed to the disk, then put in place of the old one.

A writer holds a lock on its temporary file for as long as it lives. So the next write into a folder can tell what a killed writer left
behind from what another is writing just now, and removes it.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tco_model.locks import lock

_OLD = 3600.0
"""Age from which a temporary file counts as left behind where no lock says so [second]."""
_BYTES = re.compile("[\udc80-\udcff]+")
"""What Python makes of bytes in a name that the locale cannot read."""
_TEMPORARY = re.compile(r"\.tco-[0-9a-f]{16}\.part")


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Write a file, replacing an older one only once the new one is complete, and return its path.

    An older file keeps its permissions. What is no file, such as a pipe, is written to as it stands.

    Raises:
        OSError: the file cannot be written; what stood at `path` is left as it was, and no temporary file stays.
    """
    return write_all([(path, data)])[0]


def write_text(path: str | Path, text: str) -> Path:
    """Write a text in UTF-8; as `write_bytes`."""
    return write_all([(path, text)])[0]


def write_new_text(path: str | Path, text: str) -> Path:
    """Write a text where no file stands yet; its folder is made where it is absent.

    Raises:
        FileExistsError: a file stands there; it is left as it is.
        OSError: as `write_bytes`.
    """
    target = Path(path)
    target.parent.mkdir(exist_ok=True)
    clear_strays(target.parent)
    with _told_of(target):
        part = _Part.written(target, spelled(text).encode("utf-8", "replace"))
        try:
            part.put_new()
        finally:
            part.drop()
    sync_folder(target.parent)
    return target


def write_all(files: Sequence[tuple[str | Path, bytes | str]]) -> list[Path]:
    """Write several files, none of them before all are complete on the disk, and return their paths; else as `write_bytes`."""
    targets = [Path(path) for path, _ in files]
    for folder in dict.fromkeys(target.parent for target in targets):
        clear_strays(folder)
    parts: list[_Part] = []
    try:
        for target, (_, data) in zip(targets, files, strict=True):
            with _told_of(target):
                parts.append(_Part.written(target, spelled(data).encode("utf-8", "replace") if isinstance(data, str) else data))
        for part in parts:
            with _told_of(part.target):
                part.put()
    finally:
        for part in parts:
            part.drop()
    for folder in dict.fromkeys(target.parent for target in targets):
        sync_folder(folder)
    return targets


def spelled(text: str) -> str:
    """Return a text as any program can read it: names of files that came in the bytes of a narrow locale are read as UTF-8."""
    return _BYTES.sub(lambda found: found[0].encode("utf-8", "surrogateescape").decode("utf-8", "replace"), text)


def clear_strays(folder: Path) -> int:
    """Remove the temporary files of writers that are gone, and return how many; those of a living one stay."""
    try:
        found = [path for path in folder.iterdir() if _TEMPORARY.fullmatch(path.name)]
    except OSError:
        return 0
    return sum(_removed(path) for path in found)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@dataclass(slots=True)
class _Part:
    """A file on its way: complete in a temporary file that is locked, or held in memory for what is no file."""

    target: Path
    temporary: Path | None
    handle: int
    data: bytes = b""

    @classmethod
    def written(cls, target: Path, data: bytes) -> _Part:
        """Write the temporary file."""
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(21, "Is a directory")
        if mode is not None and not stat.S_ISREG(mode):  # a pipe or a device
            return cls(target, None, -1, data)
        part = cls(target, *_opened(target.parent))
        try:
            with os.fdopen(part.handle, "wb", closefd=False) as stream:
                stream.write(data)
            os.fsync(part.handle)
            if mode is not None:
                part.path.chmod(stat.S_IMODE(mode))
        except BaseException:
            part.drop()
            raise
        return part

    @property
    def path(self) -> Path:
        """Where the temporary file lies."""
        assert self.temporary is not None
        return self.temporary

    def put(self) -> None:
        """Put the file in its place."""
        if self.temporary is None:
            with self.target.open("wb") as stream:
                stream.write(self.data)
            return
        if sys.platform == "win32":
            self._close()  # nothing that is open can be moved there
        self.path.replace(self.target)
        self.temporary = None

    def put_new(self) -> None:
        """Put the file where none stands, in one step; where the file system knows no second names, in two."""
        if self.temporary is None:
            raise FileExistsError(17, "File exists")
        try:
            os.link(self.path, self.target)
        except FileExistsError:
            raise
        except OSError:
            self.target.open("xb").close()
            self.put()

    def drop(self) -> None:
        """Let go of the temporary file, and remove it where it was not put in its place."""
        self._close()
        if self.temporary is not None:
            self.temporary.unlink(missing_ok=True)
            self.temporary = None

    def _close(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


def _opened(folder: Path) -> tuple[Path, int]:
    """Make a temporary file and lock it; anew where somebody took it for a stray before it was locked."""
    while True:
        path = folder / f".tco-{secrets.token_hex(8)}.part"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with suppress(OSError):  # a file system without locks: nobody else can take the file for a stray there either
            lock(handle, patience=1.0)
        if os.fstat(handle).st_nlink:
            return path, handle
        os.close(handle)


def _removed(path: Path) -> bool:
    """Remove a temporary file unless its writer holds it."""
    with suppress(OSError):
        if sys.platform == "win32":
            if is_old := path.stat().st_mtime < time.time() - _OLD:
                path.unlink()
            return is_old
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        try:
            if lock(handle) and os.path.samestat(os.fstat(handle), path.lstat()):
                path.unlink()
                return True
        finally:
            os.close(handle)
    return False


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except OSError:
        return None


@contextmanager
def _told_of(target: Path) -> Generator[None]:
    """Name the file that was to be written: a temporary name would say nothing to anyone."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(target)) from None
