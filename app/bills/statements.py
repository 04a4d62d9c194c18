"""What each owner bore in a month, and the statement of it to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.bills.held import Bills, stamp
from app.export import PAPERS, paper_bytes
from app.show import picked, table
from app.text import plain
from tco_model import __version__
from tco_model.actuals.spend import COST_WORDS
from tco_model.exporters.statement_table import statement_rows
from tco_model.exporters.tidy import csv_text
from tco_model.finops.books import Books
from tco_model.finops.rules import Allocation
from tco_model.finops.statements import Statement, Statements, states
from tco_model.report.format import percent
from tco_model.report.paper.statement import Units, change_of, make_statement_paper, money, owner_units
from tco_model.report.unit_costs import held_against, month_cells

EVERYBODY = ""


def show(held: Bills, rules: Allocation) -> None:
    """Show the statement of a month, of all owners or of one, with its downloads."""
    months = held.allocated(rules).months[::-1]
    left, right = st.columns(2)
    with left:
        month = picked("Month", {one: one for one in months}, "bills-month")
    found = held.once(f"states/{month}", f"Stating {month}", lambda: _states(held.books(rules), month))
    names = {EVERYBODY: "all owners"} | {one.owner: one.owner for one in found.statements}
    with right:
        owner = picked("Owner", names, "bills-owner")
    place = held.workspace.path
    foreseen = stamp(*(place / one.against.scenario for one in rules.metrics if one.against))
    owners = list(held.allocated(rules).owners())
    units = held.once("units", "Measuring unit costs", lambda: owner_units(held.books(rules), place, owners), of=foreseen)
    notes = held.once("rates of the rules", "Reading the rates", lambda: _notes(held.books(rules)))
    for one in found.statements:
        if owner == one.owner:
            _one(one, units)
    if owner == EVERYBODY:
        _all(found)
    _downloads(found, units, notes, owner)


def _notes(books: Books) -> tuple[str, ...]:
    """Return what the statement says of currencies; the page says it above its tabs."""
    return *books.left_out_words, *books.converted_words


def _states(books: Books, month: str) -> Statements:
    return states(books.charges, books.rules, books.usage, month)


def _all(found: Statements) -> None:
    rows = [(one.owner, money(one.own), money(one.shared), money(one.total), change_of(one)) for one in found.statements]
    rows += [("on nobody's statement", "", "", money(found.rest), ""), ("the bill", "", "", money(found.bill), "")]
    caption = f"{COST_WORDS[found.cost].capitalize()}, {found.month} [{found.currency}]"
    table(("Owner", "Own", "Of pools", "Together", "On the month before"), rows, caption=caption)


def _one(one: Statement, units: Units) -> None:
    before = "the bill does not reach back a month" if one.before is None else f"{change_of(one)} on the month before"
    st.markdown(f"**{plain(money(one.total))} {one.currency}** in {one.month}: {plain(before)}.")
    parts = [(name, "own charges", money(amount), _share(one, amount)) for name, amount in one.services]
    parts += [
        (f"pool {part.pool}", f"{part.key}, {percent(float(part.share))} of it", money(part.amount), _share(one, part.amount))
        for part in one.shares
    ]
    caption = f"{COST_WORDS[one.cost].capitalize()}, {one.month} [{one.currency}]"
    table(("Of what", "By what", "Amount", "Share"), [*parts, ("together", "", money(one.total), "")], caption=caption, words=(1,))
    held = [metric for metric in units.metrics if metric.owner == one.owner]
    if held:
        rows = [month_cells(metric, one.month) for metric in held]
        table(("Unit cost", "Unit", one.month, "Before", "Change"), rows, caption="; ".join(metric.formula for metric in held), words=(1,))
    for sentence in held_against(held, units.models, one.month):
        st.markdown(plain(sentence))


def _share(one: Statement, amount: object) -> str:
    return percent(float(amount / one.total)) if one.total else "–"  # type: ignore[operator]


def _downloads(found: Statements, units: Units, notes: Sequence[str], owner: str) -> None:
    """Offer the statement that is shown; each file is made when it is asked for, of what is on the screen now."""
    name = f"statement-{found.month}" + (f"-{owner}" if owner else "")

    def paper(kind: str) -> Callable[[], bytes]:
        return lambda: paper_bytes(make_statement_paper(found, __version__, units, owner=owner, notes=notes), kind)

    def rows() -> str:
        return csv_text([row for row in statement_rows(found) if owner in ("", row["owner"])])

    st.caption("Take the statement away:")
    with st.container(horizontal=True):
        for kind, ending in PAPERS.items():
            st.download_button(kind, paper(kind), file_name=f"{name}{ending}", on_click="ignore", key=f"statement-{kind}")
        st.download_button("CSV", rows, file_name=f"{name}.csv", mime="text/csv", on_click="ignore", key="statement-CSV")
