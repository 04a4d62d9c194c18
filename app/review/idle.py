"""Turns a review into what was paid and is not seen to be of use: days off what is expected, idle spend, unused commitments."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from app.ledger import Ledger
from app.show import Html, cell, table
from app.text import html, plain
from tco_model.finops.books import Books
from tco_model.finops.review import Review
from tco_model.report.format import percent, short_number, signed_number
from tco_model.report.idle_groups import NOTHING_IDLE, idle_spend


def anomalies_and_idle(held: Ledger, books: Books, found: Review) -> None:
    """Show anomalies, idle spend and commitments of the month."""
    _anomalies(held.complete(books, found))
    _idle(found)
    _commitments(found)


def _anomalies(found: Review) -> None:
    st.markdown("#### Days off what is expected of them")
    held = found.anomalies
    if held is None or not held.found:
        st.success(f"No day of {found.month} is off what is expected of it.")
        return
    rows = [
        [
            cell(one.account, small=one.service),
            f"{one.first} to {one.last}",
            one.kind,
            signed_number(one.excess),
            short_number(one.expected),
            Html("<br>".join(f"{html(name)} ({percent(share, 0)})" for name, share in one.explained) or "–"),
        ]
        for one in held.found
    ]
    share = f"what is neither lower nor recurring is {percent(held.share)} of the usage: {held.colour}"
    caption = f"Against the eight weeks before [{held.currency}]; {share}"
    table(("Where", "Days", "Kind", "Excess", "Expected", "Mostly"), rows, caption=caption, words=(1, 2, 5))


def _idle(found: Review) -> None:
    st.markdown("#### Idle and orphaned spend")
    held = idle_spend(found)
    if held is None:
        st.success(NOTHING_IDLE)
        return
    st.markdown(plain(held.sentence))
    rows = [[f"{one.seen[:1].upper()}{one.seen[1:]}", *_cost(one.cost, found), f"{one.count:,}", one.where] for one in held.groups]
    rows.append(["Together", *_cost(held.total, found), f"{held.count:,}", ""])
    caption = f"Charges of {found.month} that pay for nothing anybody is seen to use [{found.currency}]; no charge is in it twice"
    table(("What is seen", "Cost", "Of the bill", "How many", "Where"), rows, caption=caption, words=(4,))


def _cost(cost: Decimal, found: Review) -> list[str]:
    return [_amount(cost), percent(float(cost / found.spend)) if found.spend > 0 else "–"]


def _commitments(found: Review) -> None:
    st.markdown("#### Commitments")
    held = found.commitments
    if held is None or (held.utilisation is None and held.savings_rate is None):
        st.info("No charge of the month is under a commitment.")
        return
    shares = (
        ("Coverage", held.coverage, f"list cost under commitments, {_amount(held.covered)} of {_amount(held.eligible)} that they are for"),
        ("Utilisation", held.utilisation, f"{_amount(held.used)} used of {_amount(held.used + held.unused)} committed"),
        ("Waste", held.waste, f"{_amount(held.unused)} committed and not used"),
        ("Effective savings rate", held.savings_rate, f"{_amount(held.paid)} paid for what lists at {_amount(held.listed)}"),
    )
    rows = [[name, "–" if share is None else percent(share), words] for name, share, words in shares]
    table(("Measure", found.month, "Of what"), rows, caption=f"Commitments and rates [{held.currency}]", words=(2,))


def _amount(value: Decimal) -> str:
    return short_number(float(value))
