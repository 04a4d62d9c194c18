"""Lets work that a reader waits for go before work that refines it, over all sessions; knows how many are at work and nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

SHORT = 0.05
"""Seconds between two looks at whether the reader has moved on."""
LONGEST_REST = 1.0
"""Seconds that refining rests at most for others' quick work before it goes on with a block of its own, so that it ends some day."""


class Turns:
    """Quick work at once, a few at a time; long work, as many as there are cores, rests between its blocks while quick work waits."""

    def __init__(self, cores: int | None = None) -> None:
        """Take the number of cores; this machine's where None."""
        self._cores = cores or os.cpu_count() or 1
        self._changed = threading.Condition()
        self._quick, self._waiting, self._long = 0, 0, 0

    @contextmanager
    def quick(self) -> Iterator[None]:
        """Do something that a reader waits for."""
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._quick < self._cores)
            finally:
                self._waiting -= 1
            self._quick += 1
        try:
            yield
        finally:
            with self._changed:
                self._quick -= 1
                self._changed.notify_all()

    @contextmanager
    def long(self, asked: Callable[[], None]) -> Iterator[Callable[[], None]]:
        """Do something that takes its time; gives what is to be called between its blocks.

        Args:
            asked: looks whether the work is still wanted, and raises where it is not; called in the caller's thread.
        """
        self._begin(asked)
        try:
            yield lambda: self._rest(asked)
        finally:
            with self._changed:
                self._long -= 1
                self._changed.notify_all()

    def _begin(self, asked: Callable[[], None]) -> None:
        while True:
            asked()
            with self._changed:
                if self._changed.wait_for(lambda: self._long < self._cores and not self._is_quick, SHORT):
                    self._long += 1
                    return

    def _rest(self, asked: Callable[[], None]) -> None:
        for _ in range(round(LONGEST_REST / SHORT)):
            asked()
            with self._changed:
                if self._changed.wait_for(lambda: not self._is_quick, SHORT):
                    return

    @property
    def _is_quick(self) -> bool:
        return self._quick + self._waiting > 0


TURNS = Turns()
"""The turns of this process."""


def still_wanted() -> None:
    """Leave the run where the reader has moved on: it begins anew with what they have done since.

    Streamlit leaves a run at any look at the session where the page is left or closed, but ends the run of a fragment before it looks
    at the next move of the same fragment. So a move that waits is looked for here, and the fragment begins anew with it.
    """
    _ = "desk" in st.session_state
    run = get_script_run_ctx()
    waits = run is not None and getattr(run.script_requests, "_state", None) is ScriptRequestType.RERUN
    if run is not None and run.fragment_ids_this_run and waits:
        st.rerun(scope="fragment")
