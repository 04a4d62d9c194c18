"""Turns a bill in several currencies into what a reader has to know of them: which are told, at what rates, and the ways to one."""

from __future__ import annotations

import streamlit as st

from app.bills.held import Bills
from app.text import plain, small
from tco_model.actuals.spend import currencies
from tco_model.finops.rates import in_words, rates_told


def show(held: Bills) -> None:
    """Say how several currencies are told on this page; nothing of a bill in one."""
    codes = held.once("currencies", "Reading the bill", lambda: currencies(held.billed))
    converted, rates = held.converted
    others = [one for one in codes if one != held.currency]
    if held.currency:
        said = f"The allocation file chooses {held.currency}: what was billed in {' and '.join(others)} is left out, but for Spend."
        st.caption(plain(said if others else ""))
    elif rates is not None:
        told = held.once("rates", "Reading the rates", lambda: rates_told(converted, rates))
        st.markdown(small(" ".join(f"{line}." for line in in_words(told, rates.into))))
    elif len(codes) > 1:
        _ways_out(held, codes)


def _ways_out(held: Bills, codes: tuple[str, ...]) -> None:
    said = (
        f"The bill is in {' and '.join(codes)}. Amounts of two currencies are never added up by themselves, so each is a bill of its own. "
    )
    choose = f"Choose one with currency: {codes[0]} in {held.rules_file.name}, or convert all of them: "
    st.info(plain(f"{said}{choose}this writes a file of dated rates into the workspace, to fill in:"))
    st.code(f"tco actuals rates {held.workspace.path} --starter", language=None)
