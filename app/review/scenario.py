"""Turns the decisions on offer into the one that a workload was decided by, picked once for all tabs of a review."""

from __future__ import annotations

import hashlib
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
    opened, names = st.session_state.get(KEY), list(offered)
    first = opened.name if opened is not None and opened.name in offered else DEMO if DEMO in offered else names[0]
    name = picked("Decision", {one: f"{one} ({path.name})" for one, path in offered.items()}, PICKED, index=names.index(first))
    try:
        return Decided(name, offered[name], read_text(offered[name]))
    except ScenarioError as error:
        problems(error.problems, f"{offered[name].name} cannot be read:")
        return None
