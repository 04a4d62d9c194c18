"""Turns a review into what one unit of value cost in its month, beside the month before."""

from __future__ import annotations

import streamlit as st

from app.ledger import RULES, Ledger
from app.show import cell, table
from app.text import plain
from tco_model.finops.books import Books
from tco_model.finops.review import Review
from tco_model.report.format import short_number


def unit_costs(_: Ledger, __: Books, found: Review) -> None:
    """Show the unit costs of the month."""
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
        ]
        for one in found.unit_costs
    ]
    table(("Unit cost", found.month, "The month before", "Change"), rows, caption="Unit costs of the month, each in its own unit")
    with st.expander("How each is reckoned"):
        st.markdown("\n".join(f"- **{plain(one.metric.name)}** = {plain(one.metric.formula)}" for one in found.unit_costs))
    st.caption("Their months, their sizes and what a decision foresaw of them stand on Bills, under Unit costs.")
