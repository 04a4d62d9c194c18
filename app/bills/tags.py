"""Which share of the usage cost carries the tags it must carry: over time, by owner, and what lacks them."""

from __future__ import annotations

import streamlit as st

from app.bills.held import Bills
from app.show import picked, picture, table
from tco_model.finops.metadata import EVERY, Compliance, bearer, comply, lacking
from tco_model.finops.rules import Allocation
from tco_model.report import bill_pictures
from tco_model.report.format import percent, short_number

EVERYBODY = ""


def show(held: Bills, rules: Allocation) -> None:
    """Show compliance with the metadata standard."""
    if not any(one.required for one in rules.dimensions.values()):
        st.info("The allocation file requires no tag. This line under `dimensions` does:")
        st.code("owner: {tags: [owner, team], required: true}", language=None)
        return
    found = held.once("tags", "Holding the tags to the standard", lambda: comply(held.books(rules).charges, rules))
    if not found.held:
        st.info("No usage charge is held to the standard yet: it is required from a later month on.")
        return
    whole = sum(one.amount for one in found.held if one.dimension == EVERY)
    st.markdown(
        f"**{_share(found.share(EVERY))}** of {short_number(float(whole))} {found.currency} of usage carries every required tag. "
        "Shares are of absolute amounts; tax, credits and purchases are not held to it."
    )
    owner = picked("Of whom", {EVERYBODY: "all owners"} | {name: bearer(name) for name in found.owners()}, "bills-tags-owner")
    picture(bill_pictures.compliance(found, owner))
    _owners(found)
    _items(found, owner)


def _owners(found: Compliance) -> None:
    st.markdown("#### By owner")
    rows = [
        (bearer(owner), *(_share(found.share(name, owner=owner)) for name in found.dimensions), short_number(float(amount)))
        for owner, amount in found.owners().items()
    ]
    caption = f"Share of {found.cost} with an allowed value, and what is outside the standard [{found.currency}]; most outside first"
    table(("Owner", *found.dimensions, "Outside"), rows, caption=caption)


def _items(found: Compliance, chosen: str) -> None:
    st.markdown("#### What lacks them")
    rows = [
        (
            bearer(owner),
            one.account,
            one.service,
            ", ".join(dimensions),
            one.value or "nothing",
            f"{one.rows:,}",
            short_number(float(one.amount)),
        )
        for owner in found.owners()
        if chosen in (EVERYBODY, owner)
        for one, dimensions in lacking(found, owner)
    ]
    if not rows:
        st.markdown("Nothing: every charge carries what it must.")
        return
    caption = f"Dearest items outside the standard by owner [{found.currency}]"
    table(("Owner", "Account", "Service", "Lacks", "Says", "Charges", "Amount"), rows, caption=caption, words=(1, 2, 3, 4))


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)
