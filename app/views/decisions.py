"""The decisions on offer, and a file of one's own: where a reader starts."""

from __future__ import annotations

import streamlit as st

from app.show import problems
from app.state import decisions, folder, open_decision, open_text
from app.text import plain
from tco_model.errors import Problem, ScenarioError
from tco_model.scenario.load import load
from tco_model.scenario.source import MAX_BYTES

UPLOADED = "uploaded"


def offered() -> None:
    """List the decisions of the folder, or the shipped ones, with their question; one with errors says so."""
    place = folder()
    st.markdown("### " + ("Decisions that come with the package" if place is None else f"Decisions in {plain(str(place))}"))
    found = decisions()
    if not found:
        st.info("There is no scenario file here yet. `tco new decision.yaml` writes a commented one, **New** asks a few questions instead.")
    for name, path in found.items():
        with st.container(border=True):
            try:
                decision = load(path).decision
            except ScenarioError as error:
                st.markdown(f"**{plain(name)}**")
                problems(error.problems[:5], f"{len(error.problems)} errors:")
                continue
            st.markdown(f"**{plain(decision.title)}**  \n{plain(decision.question)}")
            st.caption(plain(path.name))
            st.button("Open", key=f"open:{name}", on_click=_open, args=(name,))


def _open(name: str) -> None:
    if open_decision(name):
        st.session_state["go"] = True
        st.query_params.clear()


def upload() -> None:
    """Take a scenario file; one that cannot be read leaves what is open as it is."""
    st.markdown("### A file of your own")
    given = st.file_uploader("Scenario file (YAML, up to 1 MB)", type=["yaml", "yml"], key=UPLOADED)
    if given is None or not st.button("Open the file", type="primary"):
        return
    data = given.getvalue()
    if len(data) > MAX_BYTES:
        mend = "a scenario is a few hundred lines: is this the right file?"
        problems((Problem(f"the file holds more than {MAX_BYTES:,} bytes", mend),), "This file cannot be opened:")
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        mend = "save it as UTF-8 text; a spreadsheet or an archive cannot be read here"
        problems((Problem("the file is no text in UTF-8", mend),), "This file cannot be opened:")
        return
    if open_text("uploaded", text):
        st.query_params.clear()
        st.switch_page("views/compare.py")
    problems(st.session_state["problems"], "This file cannot be opened. The decision that was open stays.")
    st.session_state["problems"] = ()


st.markdown("## Decisions")
if st.session_state.pop("go", False):
    st.switch_page("views/compare.py")
if st.session_state.get("problems"):
    problems(st.session_state["problems"], "This could not be opened:")
    st.session_state["problems"] = ()
offered()
upload()
st.markdown("### The running bill")
st.markdown("A decision is checked against what is really spent: see **Bills** for the actuals and **Review** for the monthly meeting.")
