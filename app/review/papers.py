"""Turns a review into the papers that a reader takes away, by the writers of the command line."""

from __future__ import annotations

import streamlit as st

from app.export import paper_bytes
from app.ledger import Ledger
from app.review.move import levers_of, moving_of
from app.review.scenario import decided_so_far
from tco_model import __version__
from tco_model.analysis.levers import Levers
from tco_model.exporters.json_text import json_text
from tco_model.finops.books import Books
from tco_model.finops.move import Move
from tco_model.finops.review import Review
from tco_model.report.paper.document import Paper
from tco_model.report.paper.review import make_review_paper

KINDS = {"Word": ".docx", "PDF": ".pdf", "HTML": ".html", "Markdown": ".md"}


def papers(held: Ledger, books: Books, found: Review) -> None:
    """Offer the review as a paper; it is made when the list is opened."""
    opened = st.popover("Take the review away", key="review-papers", on_change="rerun")
    if not opened.open:
        return
    with opened:
        whole = held.complete(books, found)
        moving, levers = _moving(held, books, found.month)
        for kind, ending in KINDS.items():
            st.download_button(
                f"Review paper, {kind}",
                lambda kind=kind: written(make_review_paper(whole, __version__, levers, moving), whole.month, kind),
                file_name=f"review-{found.month}{ending}",
                on_click="ignore",
                key=f"paper-{kind}",
                width="stretch",
            )
        st.download_button(
            "Every figure, JSON",
            lambda: _data(whole, books, levers, moving),
            file_name=f"review-{found.month}.json",
            mime="application/json",
            on_click="ignore",
            width="stretch",
        )


def written(paper: Paper, month: str, kind: str) -> bytes:
    """Return a paper in one of the kinds."""
    if kind == "Markdown":
        from tco_model.exporters.markdown import markdown_text

        return markdown_text(paper, month).encode()
    return paper_bytes(paper, kind)


def _moving(held: Ledger, books: Books, month: str) -> tuple[Move | None, Levers | None]:
    """Return what the tab about moving says, where the reader wants it in the paper too; it takes a while where the tab was not opened."""
    chosen = decided_so_far()
    if chosen is None or not st.checkbox(f"With whether to stay or move, and the levers of {chosen.name}", key="paper-moving"):
        return None, None
    return moving_of(held, books, month, chosen), levers_of(held, chosen)


def _data(found: Review, books: Books, levers: Levers | None, moving: Move | None) -> str:
    from tco_model.exporters.review_data import review_data

    return json_text(review_data(found, books, levers, moving))
