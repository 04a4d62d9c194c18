"""Turns an analysis that takes seconds into one that is made once, with a bar that shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from app.state import Desk
from app.turns import TURNS, still_wanted
from app.variant import moved_scenario
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures

Found = TypeVar("Found")
Progress = Callable[[int, int], None]
DRAWS, FEW_DRAWS = 10_000, 2_000
"""Futures that an analysis is judged by, or as many as the decision has; few where each input is searched."""


def futures_of(held: Desk, draws: int) -> Futures:
    """Return futures of the decision as it is moved, at most `draws` of them."""
    key = f"futures/{draws}/{held.move}"
    held.studies.keep(lambda name: name == key or not name.startswith("futures/"))
    found = held.studies.get(key, lambda: _drawn(held, draws))
    assert isinstance(found, Futures)
    return found


def _drawn(held: Desk, draws: int) -> Futures:
    return Futures(compile_scenario(moved_scenario(held, held.move)), draws=min(draws, held.what_if.base.draws))


def study(held: Desk, name: str, what: str, make: Callable[[Progress], Found]) -> Found:
    """Return what an analysis found for the open decision as it is moved; a bar says `what` is done while it is made."""
    return held.studies.get(f"{name}/{held.move}", lambda: _made(what, make))  # type: ignore[return-value]


def _made(what: str, make: Callable[[Progress], Found]) -> Found:
    bar = st.progress(0.0, f"{what} …")
    shown = 0
    with TURNS.long(still_wanted) as pause:

        def progress(done: int, steps: int) -> None:
            nonlocal shown
            percent = 100 * done // max(steps, 1)
            if percent > shown:
                shown = percent
                bar.progress(min(percent, 100) / 100.0, f"{what}: {done:,} of {steps:,}")
            pause()

        found = make(progress)
    bar.empty()
    return found
