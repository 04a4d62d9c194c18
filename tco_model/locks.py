"""Turns the system's locks on open files into yes or no: ours now, or somebody else's; the system lets go when a process ends, however.

They are advice among processes that ask, on one machine. A lock belongs to the open file, not to its name or to the process, so two
threads that open the same file exclude one another too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_STEP = 0.05
"""Between two tries [second]."""


def lock(handle: int, *, shared: bool = False, patience: float = 0.0) -> bool:
    """Take the lock of an open file and say whether it is ours; closing the file lets go of it.

    Args:
        handle: descriptor of an open file or folder.
        shared: beside other shared ones; else alone.
        patience: how long to try [second].

    Raises:
        OSError: the file system knows no locks.
    """
    if sys.platform == "win32":
        return True  # a file that is open cannot be removed or replaced there, which is what the locks are for
    import fcntl

    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_STEP)
        else:
            return True


@contextmanager
def folder_locked(folder: Path, *, shared: bool = False, patience: float = 0.0) -> Generator[bool]:
    """Hold the lock of a folder, where it can be had; a folder of another's may be locked too, and one that cannot be written."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        try:
            held = lock(handle, shared=shared, patience=patience)
        except OSError:
            held = False
        yield held
    finally:
        os.close(handle)
