"""The month: what was spent against what was meant, why, what is to come, and what is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app.ledger import RULES, Ledger, ledger
from app.review.calibration import calibration
from app.review.decisions import decision_log
from app.review.forecast import forecast
from app.review.idle import anomalies_and_idle
from app.review.month import budgets, month_of
from app.review.move import stay_or_move
from app.review.papers import papers
from app.review.units import unit_costs
from app.review.why import why
from app.samples import SAMPLE, SAMPLE_TOLD, has_sample, show_sample
from app.state import bills_folder
from app.text import plain, small
from tco_model.actuals.store import LOG
from tco_model.finops.books import Books
from tco_model.finops.review import Review, last_whole
from tco_model.report.review_answer import answer

MONTH = "month"
Show = Callable[[Ledger, Books, Review], None]
TABS: dict[str, Show] = {
    "The month": month_of,
    "Forecast": forecast,
    "Budgets": budgets,
    "Why it changed": why,
    "Anomalies and idle": anomalies_and_idle,
    "Unit costs": unit_costs,
    "Stay or move": stay_or_move,
    "Decisions": decision_log,
    "Calibration": calibration,
}


def empty() -> None:
    """Say what belongs here, with one command and one button."""
    st.info("There are no bills here yet, so there is nothing to review.")
    st.markdown(
        """
What belongs here, once a month: what was **spent** against **budget** and **forecast**, **why** it changed, days that are off, what a unit
cost, and the **decisions** taken, each with an owner, a due month and the saving expected of it, which the next review holds against the
bill. What was measured then **calibrates** the decision's inputs.
"""
    )
    st.code("tco actuals import exports/*.csv.gz --workspace bills\ntco app --bills bills", language=None)
    if st.button("Show an invented year and its reviews", type="primary", help="An invented company, fifteen months; takes some seconds"):
        show_sample()


def without_rules(place: Path) -> None:
    """Say what is missing to say who bears what, and the command that writes it."""
    st.info("There are bills, and no allocation file beside them that says who bears what. This writes a commented one to begin with:")
    st.code(f"tco allocate --starter --rules {place / RULES}", language=None)


def month_in(books: Books) -> str:
    """Return the month that the reader chooses, the last whole one to begin with; one that an address names and is not there is told."""
    months = list(reversed(books.found.months))
    asked = st.query_params.get(MONTH, "")
    if asked and asked not in months:
        st.warning(f"There is no bill of '{plain(asked)}'; {months[0]} to {months[-1]} can be reviewed.")
    return str(st.selectbox("Month", months, index=months.index(last_whole(books) or months[0]), key=MONTH, bind="query-params"))


def board(place: Path, *, is_sample: bool) -> None:
    """Show the review of a month."""
    held = ledger(place, is_sample=is_sample)
    if not (place / LOG).is_file():
        empty()
        return
    if not (place / RULES).is_file():
        without_rules(place)
        return
    books = held.books()
    if books is None:
        return
    if not books.found.months:
        empty()
        return
    left, right = st.columns((2, 3), vertical_alignment="bottom")
    with left:
        month = month_in(books)
    found = held.review(books, month)
    if found is None:
        return
    with right:
        papers(held, books, found)
    st.markdown(f"### {plain(answer(found))}")
    if is_sample:
        st.warning(SAMPLE_TOLD)
    for note in found.notes:
        st.markdown(small(f"{note[:1].upper()}{note[1:]}."))
    opened = st.tabs(list(TABS), key="review-tab", on_change="rerun")
    for tab, show in zip(opened, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show(held, books, found)


st.markdown("## Review")
named = bills_folder()
if named is not None:
    board(named, is_sample=False)
elif has_sample():
    board(Path(st.session_state[SAMPLE]), is_sample=True)
else:
    empty()
