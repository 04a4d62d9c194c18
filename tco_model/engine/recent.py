"""Holds what was worked out last, as much as is worth its memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Recent(Generic[K, T]):
    """What was worked out last, by a key; what was used longest ago is let go of. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Hold at most `most`."""
        self._most, self._lock = most, threading.Lock()
        self._held: OrderedDict[K, T] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._held

    def get(self, key: K, work: Callable[[], T]) -> T:
        """Return what is held, or work it out and hold it; two threads at once may both work it out, to the same."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        found = work()
        with self._lock:
            self._held[key] = found
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return found

    def keep(self, wanted: Callable[[K], bool]) -> None:
        """Let go of all but what is wanted."""
        with self._lock:
            self._held = OrderedDict((key, one) for key, one in self._held.items() if wanted(key))
