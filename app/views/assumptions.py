"""Every input with its value, range, unit, source, date and owner; edited in place, with the file staying the truth."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from app.export import exports
from app.frame import begin, notices
from app.show import Html, cell, problems, table
from app.state import Desk, folder, open_text, replace_text
from app.text import html, is_address
from tco_model.engine.compile import compile_scenario
from tco_model.errors import ScenarioError
from tco_model.exporters.files import write_bytes
from tco_model.report.format import short_number
from tco_model.report.sources import LONGEST_AGE, InputRow, aged, input_rows
from tco_model.report.what_if import Move
from tco_model.scenario.edit import difference, read_text, save, set_notes, set_value

SHOWN = ("all", "assumptions: no source", "older than a year", "uncertain", "fixed")
NOTES = ("source", "url", "as_of", "note", "owner")
DRAFT = "draft"


def rows_of(held: Desk) -> tuple[InputRow, ...]:
    """Return the register of the open text."""
    return held.studies.get("register", lambda: input_rows(held.what_if.futures(Move()).model))  # type: ignore[return-value]


def is_old(row: InputRow, today: dt.date | None) -> bool:
    """Say whether a price is older than what is pointed out."""
    return bool(aged((row,), today))


def chosen_rows(held: Desk, rows: tuple[InputRow, ...]) -> list[InputRow]:
    """Return the inputs that the reader's filter leaves."""
    left, right = st.columns((2, 3))
    shown = left.selectbox("Show", SHOWN, key="register-shown")
    words = right.text_input("Search name, source or note", key="register-words").casefold().split()
    today = held.scenario.decision.as_of
    keep = {
        "all": lambda row: row.origin != "default",
        "assumptions: no source": lambda row: row.is_assumption and row.origin != "default",
        "older than a year": lambda row: is_old(row, today),
        "uncertain": lambda row: row.uncertain,
        "fixed": lambda row: not row.uncertain and row.origin != "default",
    }[shown]
    defaults = st.toggle("Show the model's own defaults too", key="register-defaults")
    return [
        row
        for row in rows
        if (keep(row) or (defaults and shown == "all"))
        and all(word in f"{row.name} {row.source} {row.note} {row.owner}".casefold() for word in words)
    ]


def register(held: Desk, rows: list[InputRow]) -> None:
    """Show the inputs."""
    today = held.scenario.decision.as_of
    head = ("Input", "Value in the file", "Expected, P5 to P95", "Source", "As of", "Owner, note")
    labels = held.what_if.sliders(Move()).labels(row.name for row in rows)
    lines = [
        [
            Html(f"{html(labels[row.name])}<small class='wrap'>{_breakable(row.name)}, {_place(row)}</small>"),
            row.text,
            cell(
                f"{short_number(row.mean)} {'' if row.unit == 'ratio' else row.unit}".rstrip(),
                small=f"{short_number(row.low)} to {short_number(row.high)}" if row.uncertain else "fixed",
            ),
            _source(row),
            Html(html(row.as_of or "–") + ("<small>⚠ older than a year</small>" if is_old(row, today) else "")),
            Html(f"{html(row.owner or '–')}<small class='wrap'>{html(row.note)}</small>"),
        ]
        for row in rows
    ]
    table(head, lines, caption=f"{len(rows)} inputs; prices older than {LONGEST_AGE} days are marked", words=(1, 3, 5))


def _place(row: InputRow) -> str:
    return f"line {row.line}" if row.line else html(row.origin)


def _breakable(name: str) -> str:
    """Return a dotted name that may be broken after its dots."""
    return html(name).replace(".", ".<wbr>")


def _source(row: InputRow) -> Html:
    if row.is_assumption:
        return Html(f"⚠ {html(row.source or 'assumption')}")
    named = html(row.source)
    return Html(f'<a href="{html(row.url)}" target="_blank" rel="noopener noreferrer">{named}</a>' if is_address(row.url) else named)


def editor(held: Desk, rows: list[InputRow]) -> None:
    """Edit one input: what is wrong is said beside the field, and nothing changes before the difference was seen."""
    names = [row.name for row in rows]
    if not names:
        return
    name = st.selectbox("Input to edit", names, key="edit-name")
    row = next(one for one in rows if one.name == name)
    with st.form(f"edit:{name}", border=True):
        value = st.text_input("Value", row.text, help="As people write it: 62% to 71%, 1.2M request/month, pert(2, 3, 6), = a * b")
        given = {one: st.text_input(_TITLES[one], getattr(row, one)) for one in NOTES}
        if st.form_submit_button("Show the difference", type="primary"):
            _draft(held, row, value, given)
    if st.session_state.get("edit-problems"):
        problems(st.session_state["edit-problems"], "This cannot be put in; the last good answer stays:")
    draft = st.session_state.get(DRAFT)
    if draft is not None:
        st.code(difference(held.text, draft, held.name) or "no difference", language=None)
        st.button("Apply", type="primary", on_click=_apply, args=(held, draft), disabled=draft == held.text)
        st.button("Discard", on_click=_discard)


_TITLES = {"source": "Source", "url": "Address of the source", "as_of": "As of (year-month-day)", "note": "Note", "owner": "Owner"}


def _draft(held: Desk, row: InputRow, value: str, given: dict[str, str]) -> None:
    """Make the edited text and keep it for a look, or what is wrong with it."""
    st.session_state[DRAFT], st.session_state["edit-problems"] = None, ()
    text = held.text
    try:
        if value.strip() != row.text.strip():
            text = set_value(text, row.name, value.strip(), file=held.file, accept=compile_scenario)
        changed = {one: words.strip() for one, words in given.items() if words.strip() != getattr(row, one)}
        if changed:
            text = set_notes(text, row.name, changed, file=held.file, accept=compile_scenario)
    except ScenarioError as error:
        st.session_state["edit-problems"] = error.problems
        return
    st.session_state[DRAFT] = text


def _apply(held: Desk, draft: str) -> None:
    try:
        replace_text(held, draft)
    except ScenarioError as error:
        st.session_state["edit-problems"] = error.problems
    st.session_state[DRAFT] = None


def _discard() -> None:
    st.session_state[DRAFT] = None


def saving(held: Desk) -> None:
    """Write the edits to the file they came from, or take them away."""
    if not held.is_edited:
        return
    st.markdown("### Edits that are not saved")
    st.code(difference(held.read, held.text, held.name), language=None)
    left, right, third = st.columns(3)
    if held.path is not None and folder() is not None:
        left.button(f"Save to {held.path.name}", type="primary", on_click=_save, args=(held,), width="stretch")
    right.download_button("Download as a copy", held.text, file_name=f"{held.name}.yaml", mime="application/yaml", width="stretch")
    third.button("Throw the edits away", on_click=replace_text, args=(held, held.read), width="stretch")
    if held.path is None or folder() is None:
        st.caption("This decision is not a file of yours: download it, or start the front end on your own folder: `tco app FOLDER`.")


def _save(held: Desk) -> None:
    assert held.path is not None
    try:
        save(held.path, held.text, held.read, write_bytes)
        held.read = held.text
        st.session_state["saved"] = held.path.name
    except ScenarioError as error:
        st.session_state["save-problems"] = error.problems
    except OSError as error:
        st.session_state["save-problems"] = ()
        held.notices.append(f"Not saved, and nothing was written: {error.strerror or error}. Download a copy instead.")


def conflict(held: Desk) -> None:
    """Tell that the file has changed meanwhile, and offer both ways out."""
    found = st.session_state.get("save-problems")
    if st.session_state.pop("saved", None):
        st.success("Saved.")
    if not found:
        return
    problems(found, "Not saved:")
    st.button("Reload the file, dropping the edits here", on_click=_reload, args=(held,))


def _reload(held: Desk) -> None:
    assert held.path is not None
    st.session_state["save-problems"] = ()
    try:
        open_text(held.name, read_text(held.path), held.path)
    except ScenarioError as error:
        st.session_state["problems"] = error.problems


decision = begin("Assumptions")
exports(decision)
notices(decision)
conflict(decision)
everything = rows_of(decision)
found_rows = chosen_rows(decision, everything)
with st.expander("Edit an input", expanded=bool(st.session_state.get(DRAFT) or st.session_state.get("edit-problems")), key="edit-open"):
    editor(decision, found_rows)
saving(decision)
register(decision, found_rows)
