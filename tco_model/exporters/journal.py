"""Turns results as they come into lines of a file that survives a kill: each line whole on the disk before the next begins."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Any, cast


class Journal:
    """A file of results by key, only ever added to. A line that a kill cut short is passed over, and its result computed again."""

    def __init__(self, path: Path) -> None:
        """Hold the file; nothing is read or written yet."""
        self.path = path
        self._stream: IO[bytes] | None = None

    def read(self) -> dict[str, Any]:
        """Return every whole result by its key; of two, the later one."""
        if not self.path.exists():
            return {}
        found: dict[str, Any] = {}
        for line in self.path.read_bytes().split(b"\n"):
            try:
                entry: Any = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                held = cast("dict[str, Any]", entry)
                if isinstance(held.get("key"), str) and "value" in held:
                    found[held["key"]] = held["value"]
        return found

    def add(self, key: str, value: Any) -> None:
        """Put one result on the disk, numbers to the last bit.

        Raises:
            OSError: it cannot be written.
        """
        if self._stream is None:
            self._stream = self.path.open("ab", buffering=0)
            self._stream.write(b"\n")  # ends a line that was cut short
        self._stream.write(json.dumps({"key": key, "value": value}).encode() + b"\n")
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
