"""Turns a review into the papers that a reader takes away, by the writers of the command line."""

from __future__ import annotations

import streamlit as st

from app.export import paper_bytes
from app.ledger import Ledger
from tco_model import __version__
from tco_model.exporters.json_text import json_text
from tco_model.finops.books import Books
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
        for kind, ending in KINDS.items():
            st.download_button(
                f"Review paper, {kind}",
                lambda kind=kind: written(make_review_paper(whole, __version__), whole.month, kind),
                file_name=f"review-{found.month}{ending}",
                on_click="ignore",
                key=f"paper-{kind}",
                width="stretch",
            )
        st.download_button(
            "Every figure, JSON",
            lambda: _data(whole),
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


def _data(found: Review) -> str:
    from tco_model.exporters.review_data import review_data

    return json_text(review_data(found))
