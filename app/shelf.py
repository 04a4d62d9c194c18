"""Turns a decision on offer into what a session opens: read and drawn once for all readers, each of whom moves a copy of their own.

Held is what files on offer say, by their path and text; nothing that a reader does, edits or uploads comes here.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tco_model.report.what_if import WhatIf
from tco_model.scenario.load import loads

MOST = 8
"""Decisions that are held at once."""


class Shelf:
    """Decisions that were opened, those used last; safe to use from many sessions at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held: OrderedDict[tuple[Path, str], WhatIf] = OrderedDict()
        self._opening: dict[tuple[Path, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def open(self, path: Path, text: str) -> WhatIf:
        """Return a reader's own what-if of a file with this text.

        Raises:
            ScenarioError: a text with errors.
        """
        key = path, text
        with self._lock:
            opening = self._opening.setdefault(key, threading.Lock())
        with opening:
            try:
                return self._opened(key)
            finally:
                with self._lock:
                    if key not in self._held:
                        self._opening.pop(key, None)

    def _opened(self, key: tuple[Path, str]) -> WhatIf:
        with self._lock:
            found = self._held.get(key)
        if found is None:
            path, text = key
            scenario = loads(text, str(path))
            found = WhatIf(scenario)
            if reads_files(scenario.source.data):
                return found
        self._hold(key, found)
        return found.another()

    def _hold(self, key: tuple[Path, str], found: WhatIf) -> None:
        with self._lock:
            if key not in self._held:
                _set_aside()
            self._held[key] = found
            self._held.move_to_end(key)
            if len(self._held) > MOST:
                gone, _ = self._held.popitem(last=False)
                self._opening.pop(gone, None)


def _set_aside() -> None:
    """Take all that is there now out of what is searched for garbage: Streamlit searches after every run, while every reader waits."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def reads_files(data: Any) -> bool:
    """Say whether a scenario's data names a file beside it: that may change while the text stays."""
    if isinstance(data, Mapping):
        return any(_names_file(str(key).rpartition(".")[2], value) or reads_files(value) for key, value in data.items())
    return isinstance(data, list) and any(map(reads_files, data))


def _names_file(field: str, value: Any) -> bool:
    return field == "benchmark" or (field == "load_shape" and str(value).endswith(".json"))


SHELF = Shelf()
"""The shelf of this process."""
