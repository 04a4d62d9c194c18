"""Who bears the bill, how much of it is allocated month by month, and what nobody owns."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from app.bills.held import Bills
from app.show import picture, table
from app.text import source_text
from tco_model.finops.allocate import Allocated
from tco_model.finops.maturity import marks
from tco_model.finops.rules import Allocation
from tco_model.report import bill_pictures
from tco_model.report.format import percent, short_number


def show(bills: Bills, rules: Allocation) -> None:
    """Show the allocation."""
    found, held = bills.allocated(rules), marks("allocation")
    placed = f"crawl {percent(held.crawl, 0)}, walk {percent(held.walk, 0)}, run {percent(held.run, 0)}"
    source = source_text(held.source, held.url, held.as_of)
    st.markdown(f"**{percent(found.coverage)}** of the cost is allocated: **{held.level(found.coverage)}** ({placed}; {source}).")
    picture(bill_pictures.coverage(found, held))
    rows = [_owner(owner, own, pools, found.bill) for owner, (own, pools) in found.owners().items()]
    rows += [_owner(f"left out: {pool}", amount, Decimal(0), found.bill) for pool, amount in found.left_out.items()]
    rows.append(_owner("nobody", found.unallocated, Decimal(0), found.bill))
    caption = f"{found.cost} of all months [{found.currency}]; direct, shares of pools, and together. The parts sum to the bill."
    st.markdown("#### Who bears it")
    table(("Owner", "Direct", "Of pools", "Together", "Share"), rows, caption=caption)
    _nobody(found)


def _nobody(found: Allocated) -> None:
    st.markdown("#### What nobody owns")
    if not found.items:
        st.markdown("Every charge has an owner or a pool.")
        return
    items = [
        (item.account, item.service, short_number(float(item.amount)), percent(float(item.amount / found.bill), 2), f"{item.rows:,}")
        for item in found.items
    ]
    caption = f"Largest charges nobody owns, all months [{found.currency}]; a rule of the allocation file gives them an owner"
    table(("Account", "Service", "Amount", "Of the bill", "Charges"), items, caption=caption, words=(1,))


def _owner(name: str, own: Decimal, pools: Decimal, bill: Decimal) -> list[str]:
    share = percent(float((own + pools) / bill)) if bill else "–"
    return [name, short_number(float(own)), short_number(float(pools)), short_number(float(own + pools)), share]
