"""Writes a file whole or not at all: a temporary file in the same folder, flushed to the disk, then put in place of the old one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Generator[Path]:
    """Give a temporary file to write to; when the block ends without an error it takes the place of `path`.

    Raises:
        OSError: the file cannot be written; what stood at `path` is left as it was, and no temporary file stays.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(target)) from None  # the temporary name says nothing to anyone


def write_text(path: str | Path, text: str) -> Path:
    """Write a text in UTF-8, whole or not at all; as `replacing`."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return Path(path)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
