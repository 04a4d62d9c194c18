"""Turns a path into the bytes of a file that is small enough to be read whole, or into the system's word on why it is not read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

MOST_BYTES = 16_000_000
"""Of a file of plain data that is read whole [byte]: what is nested in it may take twenty times that in memory."""


def read_bounded(path: Path, most: int) -> bytes:
    """Return the bytes of a file.

    Args:
        path: of the file.
        most: bytes that may be read; a file that never ends, such as a device, is read no further.

    Raises:
        OSError: it cannot be read, or holds more; `strerror` says which.
    """
    try:
        with path.open("rb") as stream:
            is_large = os.fstat(stream.fileno()).st_size > most
            found = b"" if is_large else stream.read(most + 1)
    except ValueError as error:  # a name with a NUL character, which no system has
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    if is_large or len(found) > most:
        del found  # or the error would keep it in memory for as long as it is told
        raise OSError(errno.EFBIG, f"it holds more than {most:,} bytes, the most that are read", str(path))
    return found
