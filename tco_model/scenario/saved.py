"""Turns a scenario's text into the file it came from, unless somebody else has changed that file meanwhile."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from tco_model.errors import Problem, ScenarioError
from tco_model.scenario.source import MAX_BYTES

Write = Callable[[Path, bytes], object]
"""Writes a file whole or not at all, such as `exporters.files.write_bytes`."""
_SHA256 = re.compile("[0-9a-f]{64}")


def read_text(path: str | Path) -> str:
    """Return the text of a file as it stands, with its line breaks and its byte-order mark, so that saving it changes no byte.

    Raises:
        ScenarioError: a file that cannot be read, is too large, or is not text in UTF-8.
    """
    try:
        with Path(path).open("rb") as stream:
            found = stream.read(MAX_BYTES + 1)
        if len(found) <= MAX_BYTES:
            return found.decode("utf-8")
    except OSError as error:
        said, mend = f"'{path}' cannot be read: {error.strerror or error}", "check the path; `tco new` writes a starter file"
    except UnicodeDecodeError:
        said, mend = "the file is no text in UTF-8", "save it as UTF-8 text; a spreadsheet or an archive cannot be read here"
    else:
        said, mend = f"the file holds more than {MAX_BYTES:,} bytes", "a scenario is a few hundred lines: is this the right file?"
    raise ScenarioError(Problem(said, mend, value=str(path), file=str(path))) from None


def fingerprint(text: str | bytes) -> str:
    """Return the SHA-256 of a text in UTF-8, 64 hexadecimal digits: what `save` compares the file on disk with."""
    return hashlib.sha256(text.encode("utf-8") if isinstance(text, str) else text).hexdigest()


def save(path: str | Path, text: str, expected: str | None, write: Write) -> str:
    """Write a text to a file that still holds what was read from it, and return the fingerprint to expect at the next save.

    The file is compared right before it is written and then replaced in one step; no lock is held, so of two programs that save within
    the same instant the later one wins. A link is followed, and the file's permissions stay.

    Args:
        path: the file.
        text: the new text, written byte for byte in UTF-8.
        expected: the text that was read, or its `fingerprint`; None for a file that must not exist yet.
        write: what writes the bytes whole or not at all: `exporters.files.write_bytes`.

    Raises:
        ScenarioError: the file is no longer what was read, is gone, or is there already; nothing was written.
        OSError: the file cannot be read or written; what stood there is as it was.
    """
    target = Path(path).resolve()
    data = text.encode("utf-8")
    try:
        held, mode = target.read_bytes(), target.stat().st_mode
    except FileNotFoundError:
        held, mode = None, None
    if held is None and expected is not None:
        raise _changed(path, "is no longer there", "save as another file, or reload the folder and choose again")
    if held is not None and expected is None:
        raise _changed(path, "is there already", "save as another file, or reload to edit the one that is there")
    if held is not None and expected is not None and fingerprint(held) != _as_fingerprint(expected):
        raise _changed(path, "has changed on the disk since it was read", "reload it and edit again, or save as another file to keep both")
    write(target, data)
    if mode is not None:
        target.chmod(mode & 0o7777)
    return fingerprint(data)


def _as_fingerprint(expected: str) -> str:
    return expected if _SHA256.fullmatch(expected) else fingerprint(expected)


def _changed(path: str | Path, said: str, mend: str) -> ScenarioError:
    return ScenarioError(Problem(f"'{path}' {said}; nothing was written", mend, value=str(path), file=str(path)))
