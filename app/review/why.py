"""Turns two months of a bill into a waterfall of exact parts, each with the items behind it."""

from __future__ import annotations

import streamlit as st

from app.ledger import Ledger
from app.show import Html, picked, picture, table
from app.text import html, plain
from tco_model.finops.books import Books
from tco_model.finops.review import Review
from tco_model.finops.variance import PART_WORDS
from tco_model.report import review_pictures
from tco_model.report.format import signed_number
from tco_model.report.review_answer import signed

MOST_ITEMS = 12
EVERYBODY = ""


def why(_: Ledger, __: Books, found: Review) -> None:
    """Show why the month differs from the one before."""
    if found.variance is None:
        st.info("The bill does not reach back a month, so that there is nothing to compare with.")
        return
    bearers = {EVERYBODY: "The whole bill"} | {name: name for name in found.variance.bearers()}
    chosen = picked("Whose", bearers, "why-of")
    held = found.variance if chosen == EVERYBODY else found.variance.of(chosen)
    picture(review_pictures.variance(held))
    rows = [
        [PART_WORDS[part].capitalize(), signed(amount), Html("<br>".join(html(one) for one in review_pictures.behind_words(held, part)))]
        for part, amount in held.parts.items()
        if amount
    ]
    rows.append(["Together", signed(held.change), f"{held.after} less {held.before}"])
    caption = f"The change by cause [{held.currency}], an exact split: the parts sum to the change"
    table(("Part", "Adds", "Mostly"), rows, caption=caption, words=(2,))
    moved = [one for one in held.items if one.change][:MOST_ITEMS]
    rows = [[one.bearer, signed_number(float(one.change)), one.words] for one in moved]
    table(("Whose", "Change", "What happened"), rows, caption=f"What moved most [{held.currency}]", words=(2,))
    st.caption(
        plain(
            "Price is the change of list prices, the rate that of discounts and commitments; volume is a service growing as a whole, "
            "the mix the shift among its items."
            + ("" if held.is_converted else " All charges are in one currency, so that no rate of exchange is in it.")
        )
    )
