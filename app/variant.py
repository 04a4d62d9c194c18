"""Turns what is moved into a variant of the scenario, with a name, so that it can be switched on again and saved with the file."""

from __future__ import annotations

import re

import streamlit as st

from app.show import problems
from app.state import Desk, replace_text
from tco_model.engine.compile import compile_scenario
from tco_model.errors import ScenarioError
from tco_model.report.what_if import Move, WhatIf
from tco_model.scenario.edit_variants import add_variant
from tco_model.scenario.load import applied, loads
from tco_model.scenario.schema import Scenario

REFUSED = "variant-refused"
MOVED = "What if"


def with_variant(what_if: WhatIf, text: str, move: Move, label: str, file: str) -> tuple[str, str]:
    """Return the name of a new variant that says what a move says, and the text with it.

    Levers of the move are no part of it: they are switches of their own.

    Raises:
        ScenarioError: a move that no variant can say, or a name that is taken.
    """
    name = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_") or "variant"
    held = what_if.moved(move)
    literals = {one: slider.literal(move.values[one]) for one, slider in held.items()}
    settings = {one: literal for one, literal in literals.items() if literal is not None}
    times = {one: f"{move.values[one]:.12g}" for one, literal in literals.items() if literal is None}
    if move.months is not None:
        settings["timeline.months"] = str(move.months)
    return name, add_variant(text, name, label, settings, times=times, note="kept from a what-if", file=file, accept=compile_scenario)


def moved_scenario(held: Desk, move: Move) -> Scenario:
    """Return the scenario that says what a move says, as a file would, for exports that need one.

    Raises:
        ScenarioError: a move that no file can say.
    """
    if not move.values and move.months is None:
        scenario = held.scenario
        return applied(scenario, move.levers) if move.levers else scenario
    name, text = with_variant(held.what_if, held.text, move, MOVED, held.file)
    return loads(text, held.file, None, [*move.levers, name])


def keep(held: Desk) -> None:
    """Offer to keep what is moved as a variant."""
    nothing = not held.move.values and held.move.months is None
    with st.popover("Keep as variant", width="stretch", disabled=nothing):
        st.caption("Writes what is moved into the scenario under a name. It stays a switch here, and is saved with the file.")
        label = st.text_input("Name of the variant", key="variant-label", placeholder="cautious growth", max_chars=80)
        st.button("Keep it", on_click=_keep, args=(held, label), disabled=not label.strip(), type="primary")
    refused = st.session_state.pop(REFUSED, ())
    if refused:
        problems(refused, "The variant could not be kept:")


def _keep(held: Desk, label: str) -> None:
    before = held.move
    try:
        name, text = with_variant(held.what_if, held.text, before, label.strip(), held.file)
        replace_text(held, text)
    except ScenarioError as error:
        st.session_state[REFUSED] = error.problems
        return
    order = [change.name for change in held.scenario.changes if change.name in {*before.levers, name}]
    held.go(Move({}, tuple(order)))
    st.session_state.pop("variant-label", None)
    held.notices.append(f"Kept as the variant {label.strip()}. The scenario has an edit that is not saved yet: see Assumptions.")
