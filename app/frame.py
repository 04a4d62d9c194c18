"""Turns the open decision into what every page begins with: its title, what is moved, what went wrong, and the exports."""

from __future__ import annotations

import streamlit as st

from app.permalink import address, read_address
from app.show import problems
from app.state import KEY, Desk, desk
from app.text import plain
from tco_model.report.format import percent

LINKED = "linked"


def begin(title: str) -> Desk:
    """Show the head of a page and return the open decision; without one say so and stop."""
    held = desk()
    _problems()
    if held is None:
        st.title(title)
        st.info("No decision is open. Choose one under **Decisions**, or start a **New** one.")
        st.stop()
    _follow_address(held)
    decision, timeline = held.scenario.decision, held.scenario.timeline
    st.markdown(f"## {plain(decision.title)}")
    base = held.what_if.base
    facts = (
        f"{timeline.currency}, {timeline.basis}",
        f"{timeline.months} months from {base.start}",
        f"discounted at {percent(timeline.discount_rate.central or 0.0, 2)} a year",
        f"{base.draws:,} futures, seed {base.seed}",
        f"inputs as of {base.as_of}" if base.as_of else "no date of the inputs (decision.as_of)",
    )
    st.caption(f"{plain(decision.question)}  \n{plain(' · '.join(facts))}")
    if held.is_edited:
        st.warning("The scenario has edits that are not saved: see **Assumptions**.", icon="📝")
    return held


def _problems() -> None:
    found = st.session_state.get("problems", ())
    if found:
        kept = " The decision that was open stays." if KEY in st.session_state else ""
        problems(found, f"This could not be opened.{kept}")
        st.session_state["problems"] = ()


def _follow_address(held: Desk) -> None:
    """Take over what the address of the page asks for, once a session."""
    if st.session_state.get(LINKED) is not None:
        return
    st.session_state[LINKED] = True
    query = st.query_params.to_dict()
    if any(key not in ("decision",) for key in query):
        move, told = read_address(query, held.text, held.what_if)
        held.move = move
        held.notices += [f"The link could not be followed in full: {one}." for one in told]


def notices(held: Desk) -> None:
    """Tell once what could not be applied."""
    for one in held.notices:
        st.warning(plain(one))
    held.notices.clear()


def keep_address(held: Desk) -> None:
    """Put the state into the address, so that the link in the browser holds it."""
    wanted = address(held.name, held.text, held.move)
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
