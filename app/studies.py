"""Turns an analysis that takes seconds into one that is made once, with a bar that shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from app.state import Desk
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
    if key not in held.studies:
        for other in [name for name in held.studies if name.startswith("futures/")]:
            del held.studies[other]
        held.studies[key] = Futures(compile_scenario(moved_scenario(held, held.move)), draws=min(draws, held.what_if.base.draws))
    found = held.studies[key]
    assert isinstance(found, Futures)
    return found


def study(held: Desk, name: str, what: str, make: Callable[[Progress], Found]) -> Found:
    """Return what an analysis found for the open decision as it is moved; a bar says `what` is done while it is made."""
    key = f"{name}/{held.move}"
    if key not in held.studies:
        bar = st.progress(0.0, f"{what} …")
        shown = 0

        def progress(done: int, steps: int) -> None:
            nonlocal shown
            percent = 100 * done // max(steps, 1)
            if percent > shown:
                shown = percent
                bar.progress(min(percent, 100) / 100.0, f"{what}: {done:,} of {steps:,}")

        held.studies[key] = make(progress)
        bar.empty()
    return held.studies[key]  # type: ignore[return-value]
