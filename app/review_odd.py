"""Turns a review into the days that are off, what one unit cost, and how far commitments reach."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from app.ledger import RULES, Ledger
from app.show import Html, cell, table
from app.text import html
from tco_model.finops.books import Books
from tco_model.finops.review import Review
from tco_model.report.format import percent, short_number, signed_number


def odd(held: Ledger, books: Books, found: Review) -> None:
    """Show anomalies, unit costs and commitments of the month."""
    _anomalies(held.complete(books, found))
    _units(held, found)
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


def _units(held: Ledger, found: Review) -> None:
    st.markdown("#### What one unit cost")
    if not found.unit_costs:
        st.info(f"{RULES} names no unit cost. Add metrics: to it; `tco allocate --starter` shows some.")
        return
    rows = [
        [
            cell(
                one.metric.name.capitalize() if one.metric.name[:1].islower() else one.metric.name,
                small=f"{found.currency}/{one.metric.unit}",
            ),
            "no count" if one.value is None else short_number(one.value),
            "–" if one.before is None else short_number(one.before),
            f"{one.value / one.before - 1:+.1%}".replace("-", "−") if one.value is not None and one.before else "–",
            one.metric.formula,
        ]
        for one in found.unit_costs
    ]
    table(
        ("Unit cost", found.month, "The month before", "Change", "How it is reckoned"), rows, caption="Unit costs of the month", words=(4,)
    )


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
