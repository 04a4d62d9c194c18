"""Turns the decisions of a workspace into a log of what each saved, and a form into one more, written as the command line writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import streamlit as st

from app.ledger import Ledger
from app.show import cell, picked, problems, table
from app.text import plain
from tco_model.charts.numbers import counted
from tco_model.errors import Problem, ScenarioError
from tco_model.exporters.decision_file import close, record
from tco_model.finops.books import Books
from tco_model.finops.decisions import Outcome, Status
from tco_model.finops.review import Review
from tco_model.report.format import percent, short_number, signed_number
from tco_model.report.review_answer import questions

FIELDS = ("title", "owner", "due", "expected", "about", "why")
WRONG, TOLD = "decide-problems", "decide-told"
ABOUT = "on"
"""How problems name what a decision is about."""


def decision_log(held: Ledger, books: Books, found: Review) -> None:
    """Show what is to decide, what was decided and what it saved; take one more, or close one."""
    asked = questions(found)
    if asked:
        st.markdown("#### What asks for a decision")
        st.markdown("\n".join(f"- {plain(one)}" for one in asked))
    _log(found)
    told = st.session_state.pop(TOLD, "")
    if told:
        st.success(told)
    left, right = st.columns(2, gap="large")
    with left:
        _form(books, found)
    with right:
        _closing(held, found)


def _log(found: Review) -> None:
    st.markdown("#### Decisions, and what they really saved")
    if not found.outcomes:
        st.info("No decision is recorded yet. A review that decides nothing changes nothing: record the first one below, or type")
        st.code('tco decide --title "…" --owner … --due 2026-11 --expected 1500 --on owner=… --why "…"', language=None)
        return
    rows = [_outcome(one) for one in found.outcomes]
    caption = (
        f"Saved since it was due, until {found.month} [{found.currency}]: the baseline kept with the decision less the cost; negative "
        "spends more. No cause is proven, and scopes may overlap."
    )
    table(("Decision", "Owner", "Due", "Status", "Expected so far", "Saved so far"), rows, caption=caption)


def _outcome(one: Outcome) -> list[str]:
    decision = one.decision
    expected, saved = "–", "not due yet"
    if one.months:
        share = "" if one.share is None else f"{percent(one.share, 0)} of it, "
        expected = short_number(float(one.expected))
        saved = cell(signed_number(float(one.total)), small=f"{share}{counted(len(one.months), 'month')}")
    return [
        cell(decision.title, small=f"{one.id}: {decision.scope.words}"),
        decision.owner,
        decision.due,
        cell(decision.status, small=decision.note),
        cell(expected, small=f"{short_number(float(decision.expected))} a month"),
        saved,
    ]


def _form(books: Books, found: Review) -> None:
    st.markdown("#### Record a decision")
    wrong: dict[str, Sequence[Problem]] = st.session_state.get(WRONG, {})
    st.text_input("What is done", key="decide-title", placeholder="Evaluate once a week")
    _beside(wrong, "title")
    st.text_input("Who does it", key="decide-owner", placeholder="support-eng")
    _beside(wrong, "owner")
    st.text_input("First month in which it must show", key="decide-due", placeholder=f"a month after {found.month}, such as 2027-02")
    _beside(wrong, "due")
    st.text_input(
        f"What it saves a month [{found.currency}]; negative where it spends more", key="decide-expected", placeholder="1500, or -900"
    )
    _beside(wrong, "expected")
    st.selectbox(
        "What it is about",
        _scopes(books, found),
        index=None,
        key="decide-about",
        accept_new_options=True,
        placeholder="owner=…, metric=…, SubAccountName=…",
        help="What the saving is held against: choose one, or write conditions on charges with commas between, such as tag:env=dev",
    )
    _beside(wrong, ABOUT)
    st.text_area("Why", key="decide-why", height=80)
    _beside(wrong, "why")
    _beside(wrong, "")
    st.button("Record the decision", type="primary", on_click=_record, args=(books, found.month))
    st.caption("It is written as a readable file into the workspace, with the cost that it is held against: the same as `tco decide`.")


def _beside(wrong: dict[str, Sequence[Problem]], name: str) -> None:
    """Say beside a field what is wrong with it, and what mends it."""
    for one in wrong.get(name, ()):
        st.error(plain(f"{one.message[:1].upper()}{one.message[1:]}: {one.mend}"), icon="⚠️")


def _scopes(books: Books, found: Review) -> list[str]:
    """Return what a decision may be about: owners, unit costs, accounts and services."""
    items = found.variance.items if found.variance is not None else ()
    named = [("SubAccountName", one.account) for one in items] + [("ServiceName", one.service) for one in items]
    said = [f"owner={name}" for name in books.found.owners()] + [f"metric={one.name}" for one in books.rules.metrics]
    return list(dict.fromkeys([*said, *(f"{key}={value}" for key, value in sorted(named))]))


def _record(books: Books, month: str) -> None:
    """Record what stands in the fields; where something is wrong write nothing and keep the fields."""
    said = {name: str(st.session_state.get(f"decide-{name}") or "") for name in FIELDS}
    about = said.pop("about").split(",")
    try:
        file = record(books, month, said, about)
    except ScenarioError as error:
        found: dict[str, list[Problem]] = {}
        for one in error.problems:
            field = one.field.split(".")[0]
            found.setdefault({"scope": ABOUT, "SubAccountName": ABOUT}.get(field, field if field in (*FIELDS, ABOUT) else ""), []).append(
                one
            )
        st.session_state[WRONG] = found
        return
    except OSError as error:
        mend = "give the folder of the workspace write permission"
        st.session_state[WRONG] = {"": [Problem(f"it cannot be written: {error.strerror}", mend)]}
        return
    st.session_state[WRONG] = {}
    for name in FIELDS:
        st.session_state[f"decide-{name}"] = None if name == "about" else ""
    st.session_state[TOLD] = plain(f"Recorded: {file.parent.name}/{file.name}")


def _closing(held: Ledger, found: Review) -> None:
    st.markdown("#### Close a decision")
    if not found.outcomes:
        st.caption("Nothing to close yet.")
        return
    picked("Decision", {one.id: f"{one.id}: {one.decision.title} ({one.decision.status})" for one in found.outcomes}, "close-id")
    picked("How it ends", {"done": "done", "dropped": "dropped", "open": "open again"}, "close-as")
    st.text_input("What became of it", key="close-note", placeholder="weekly since 3 November")
    st.button("Write it", on_click=_close, args=(held.place,))
    wrong = st.session_state.pop("close-problems", ())
    if wrong:
        problems(wrong, "Nothing was written:")


def _close(place: Path) -> None:
    """Close the decision that the fields name; a callback sees the fields as they are, the page only as they were."""
    name, status = str(st.session_state["close-id"]), cast("Status", st.session_state["close-as"])
    try:
        close(place, name, status, str(st.session_state["close-note"]).strip())
    except ScenarioError as error:
        st.session_state["close-problems"] = error.problems
    except OSError as error:
        st.session_state["close-problems"] = (Problem(f"it cannot be written: {error.strerror}", "give the folder write permission"),)
    else:
        st.session_state[TOLD] = plain(f"{name} is {status}.")
        st.session_state["close-note"] = ""
