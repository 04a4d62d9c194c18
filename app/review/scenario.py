"""Turns the decisions on offer into the one that a workload was decided by, picked once for all tabs of a review."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app.show import picked, problems
from app.state import KEY, decisions
from tco_model.errors import ScenarioError
from tco_model.scenario.edit import read_text
from tco_model.scenario.shipped import DEMO

PICKED = "decided-by"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as its file has it now."""

    name: str
    path: Path
    text: str

    @property
    def mark(self) -> str:
        """What tells this text from every other."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def decided_by() -> Decided | None:
    """Return the decision that the reader picks, the open one to begin with; None where there is none, or it cannot be read."""
    offered = decisions()
    if not offered:
        return None
    index = list(offered).index(_first(offered))
    return _read(offered, picked("Decision", {one: f"{one} ({path.name})" for one, path in offered.items()}, PICKED, index=index))


def decided_so_far() -> Decided | None:
    """Return the decision that was picked, or would be to begin with, without asking for it."""
    offered = decisions()
    name = st.session_state.get(PICKED)
    return _read(offered, name if name in offered else _first(offered)) if offered else None


def _first(offered: Mapping[str, Path]) -> str:
    opened = st.session_state.get(KEY)
    return opened.name if opened is not None and opened.name in offered else DEMO if DEMO in offered else next(iter(offered))


def _read(offered: Mapping[str, Path], name: str) -> Decided | None:
    try:
        return Decided(name, offered[name], read_text(offered[name]))
    except ScenarioError as error:
        problems(error.problems, f"{offered[name].name} cannot be read:")
        return None
