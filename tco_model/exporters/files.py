"""Writes a file whole or not at all: a temporary file in the same folder, flushed to the disk, then put in place of the old one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Write a file, replacing an older one only once the new one is complete, and return its path.

    Raises:
        OSError: the file cannot be written; what stood at `path` is left as it was, and no temporary file stays.
    """
    target = Path(path)
    try:
        _replace(target, data)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(target)) from None  # a temporary name would say nothing to anyone
    return target


def write_text(path: str | Path, text: str) -> Path:
    """Write a text in UTF-8; as `write_bytes`."""
    return write_bytes(path, text.encode("utf-8"))


def write_new_text(path: str | Path, text: str) -> Path:
    """Write a text where no file stands yet; its folder is made where it is absent.

    Raises:
        FileExistsError: a file stands there; it is left as it is.
        OSError: as `write_bytes`.
    """
    target = Path(path)
    target.parent.mkdir(exist_ok=True)
    target.open("xb").close()
    try:
        return write_text(target, text)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
