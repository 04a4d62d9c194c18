"""Turns what one reader does into the state of their session: the open decision, what is moved, what was before. Shared with nobody."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from app.shelf import SHELF
from tco_model.engine.recent import Recent
from tco_model.errors import Problem, ScenarioError
from tco_model.report.headline import Headline
from tco_model.report.report import Report
from tco_model.report.what_if import Move, WhatIf
from tco_model.scenario.load import loads
from tco_model.scenario.schema import Scenario
from tco_model.scenario.shipped import DEMO, shipped_scenarios
from tco_model.scenario.source import MAX_BYTES

KEY = "desk"
MOST_STEPS = 100
"""Moves that can be undone."""
MOST_STUDIES = 24
"""Analyses that are kept."""


@dataclass
class Desk:
    """One open decision."""

    name: str
    path: Path | None
    """The file it was read from; None for an upload or a new decision, which has no file until it is saved."""
    text: str
    """The scenario as it is now, edits included: always one that reads without an error."""
    read: str
    """The text as it was read from the file."""
    what_if: WhatIf
    move: Move = field(default_factory=Move)
    pinned: Move = field(default_factory=Move)
    """What the figures are compared with: the file, or a move that was pinned."""
    past: list[Move] = field(default_factory=list)
    future: list[Move] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    """Inputs whose sliders were asked for."""
    notices: list[str] = field(default_factory=list)
    """What could not be applied, told once."""
    good: tuple[Move, Headline, Report] | None = None
    """The last move that could be computed."""
    studies: Recent[str, object] = field(default_factory=lambda: Recent(MOST_STUDIES))
    """Analyses that take seconds, by what they are of."""

    @property
    def file(self) -> str:
        """The path of the file, beside which its benchmarks and load shapes lie; empty where there is none, and then it may name none."""
        return str(self.path) if self.path is not None else ""

    @property
    def scenario(self) -> Scenario:
        """The decision as the file has it."""
        return self.what_if.scenario

    @property
    def is_edited(self) -> bool:
        """True where the text differs from the file's."""
        return self.text != self.read

    def go(self, move: Move) -> None:
        """Make a move, which can be undone."""
        if move != self.move:
            self.past = [*self.past[1 - MOST_STEPS :], self.move]
            self.future.clear()
            self.move = move

    def undo(self) -> None:
        """Take the last move back."""
        if self.past:
            self.future.append(self.move)
            self.move = self.past.pop()

    def redo(self) -> None:
        """Make the move again that was taken back."""
        if self.future:
            self.past.append(self.move)
            self.move = self.future.pop()

    def pin(self) -> None:
        """Compare with what is on the screen now."""
        self.pinned = self.move


def folder() -> Path | None:
    """Return the folder of decisions the front end was started on, or the file's own; None for the shipped ones."""
    return Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None


def bills_folder() -> Path | None:
    """Return the workspace of bills: the one that was named, or the folder ``bills`` beside the decisions; None where there is none."""
    if len(sys.argv) > 2 and sys.argv[2]:
        return Path(sys.argv[2])
    place = folder()
    beside = place / "bills" if place is not None and place.is_dir() else None
    return beside if beside is not None and beside.is_dir() else None


def decisions() -> dict[str, Path]:
    """Return the decisions on offer, by name: those of the folder, or the shipped ones."""
    place = folder()
    if place is None:
        return shipped_scenarios()
    found = [place] if place.is_file() else sorted(path for end in ("*.yaml", "*.yml") for path in place.glob(end))
    return {path.stem: path for path in found}


def desk() -> Desk | None:
    """Return the open decision; the one named in the address or the first one where none is open; None where there is none."""
    if KEY not in st.session_state:
        offered = decisions()
        wanted = st.query_params.get("decision", "")
        first = DEMO if DEMO in offered else next(iter(offered), "")
        name = wanted if wanted in offered else first
        if not name:
            return None
        if not open_decision(name):
            return None
        if wanted and wanted not in offered:
            st.session_state[KEY].notices.append(f"There is no decision '{wanted}' here; {name} is shown.")
    return st.session_state[KEY]


def open_decision(name: str) -> bool:
    """Open a decision on offer; where it cannot be read, keep what is open and remember why."""
    path = decisions()[name]
    try:
        text = path.read_bytes()[: MAX_BYTES + 1].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        st.session_state["problems"] = (
            Problem(f"'{path.name}' cannot be read: {error}", "save it as UTF-8 text, or choose another", file=str(path)),
        )
        return False
    return open_text(name, text, path)


def open_text(name: str, text: str, path: Path | None = None) -> bool:
    """Open a scenario given as text; where it has errors, keep what is open and remember them."""
    try:
        what_if = SHELF.open(path, text) if path is not None else WhatIf(loads(text, ""))
    except ScenarioError as error:
        st.session_state["problems"] = error.problems
        return False
    st.session_state[KEY] = Desk(name, path, text, text, what_if)
    st.session_state["problems"] = ()
    return True


def replace_text(held: Desk, text: str) -> None:
    """Take an edited text in place of the open one, moves kept where they still fit.

    Raises:
        ScenarioError: a text with errors; what is open stays.
    """
    what_if = WhatIf(loads(text, held.file))
    held.text, held.what_if = text, what_if
    held.studies = Recent(MOST_STUDIES)
    held.good = None
    for move in (held.move, held.pinned):
        try:
            what_if.headline(move)
        except ScenarioError as error:
            held.notices.append(f"After the edit everything is as in the file again: {error.problems[0].message}.")
            held.move = held.pinned = Move()
            held.past.clear()
            held.future.clear()
            break
