"""Turns a review into what each owner bore, how well the bill is kept, and how each budget stands."""

from __future__ import annotations

import streamlit as st

from app.ledger import Ledger
from app.show import Html, cell, table, theme
from app.text import html, plain, source_text
from tco_model.actuals.spend import COST_WORDS
from tco_model.finops.alerts import Standing, standing
from tco_model.finops.books import Books
from tco_model.finops.budget import Checked
from tco_model.finops.kept_forecasts import Fared
from tco_model.finops.maturity import marks
from tco_model.finops.review import Review
from tco_model.report.format import chance, percent, short_number, signed_number
from tco_model.report.review_answer import ratio

SIGNS: dict[Standing, str] = {"over": "■", "likely": "▲", "past": "●", "kept": "✓"}
"""A shape for how a budget stands; its colour and the words beside it say the same."""


def month_of(_: Ledger, __: Books, found: Review) -> None:
    """Show who bore what against the month before and the forecast, and what nobody owns."""
    fared = {one.name: one for one in found.fared}
    head = ["Owner", found.month, "The month before", "Change", "Forecast", "In its range"]
    rows = [
        [
            one.owner,
            short_number(float(one.amount)),
            "–" if one.before is None else short_number(float(one.before)),
            "–" if one.before is None else cell(signed_number(float(one.amount - one.before)), small=ratio(one.amount, one.before)),
            *_forecast_cells(fared.get(one.owner)),
        ]
        for one in found.owners
    ]
    before = ["–", "–"] if found.before is None else [
        short_number(float(found.before)), cell(signed_number(float(found.spend - found.before)), small=ratio(found.spend, found.before))
    ]  # fmt: skip
    rows.append(["The bill", short_number(float(found.spend)), *before, *_forecast_cells(fared.get("total"))])
    made = f" The forecast was made on {found.forecast.made}, after {found.forecast.last_actual}." if found.forecast else ""
    table(
        head,
        rows,
        caption=f"{COST_WORDS[found.cost].capitalize()} [{found.currency}], shares of pools included: the amounts sum to the bill.{made}",
    )
    _kept(found)


def _forecast_cells(fared: Fared | None) -> list[str]:
    return ["–", "–"] if fared is None else [short_number(float(fared.forecast)), "yes" if fared.inside else "⚠ no"]


def _kept(found: Review) -> None:
    held = marks("allocation")
    where = source_text(held.source, held.url, held.as_of)
    st.markdown(
        f"**{percent(found.coverage)}** of the cost is allocated, **{held.level(found.coverage)}** ({where}); "
        f"{plain(short_number(float(found.unallocated)))} {found.currency} is nobody's."
        + ("" if found.compliance is None else f" **{percent(found.compliance)}** of the usage cost carries every required tag.")
    )
    if found.items:
        rows = [(one.account, one.service, short_number(float(one.amount)), f"{one.rows:,}") for one in found.items]
        table(
            ("Account", "Service", "Amount", "Charges"),
            rows,
            caption=f"Largest charges nobody owns, all months [{found.currency}]",
            words=(1,),
        )


def budgets(held: Ledger, _: Books, found: Review) -> None:
    """Show how each budget stands by the end of the month."""
    if not found.budgets:
        st.info("No budget holds for this month. A budget is of everything, an owner, a service, a unit cost, or the tokens of a model.")
        st.code(f"tco budget starter {held.place}", language=None)
        return
    head = ("Budget", "Standing", "Limit", "Spent", "A day", "Period ends at", "Chance over", "Set by")
    table(head, [_budget(one) for one in found.budgets], caption=f"Budgets by {found.budgets[0].until}, as they stood then", words=(1, 7))
    for one in found.budgets:
        if one.used_up:
            st.markdown(f"At this rate **{plain(one.budget.name)}** is used up on {one.used_up}.")
    st.caption(
        "Ends at: the middle of the sample futures of what the period will have cost, P10 to P90 below it. Chance over: in how many of "
        "them more is spent than the limit. Of a period that has ended both are known."
    )


def _budget(one: Checked) -> list[str]:
    runs = one.days < one.length and one.end is not None
    ends = (
        cell(short_number(one.end[1]), small=f"{short_number(one.end[0])} to {short_number(one.end[2])}") if one.end and runs else "ended"
    )
    odds = "–"
    if one.chance and runs:
        odds = chance(one.chance.value)
    word, said = standing(one)
    look = theme()
    colour = {"over": look.worse, "likely": look.worse, "past": look.text, "kept": look.better}[word]
    mark = f'<span style="color:{colour}" aria-hidden="true">{SIGNS[word]}</span> '
    origin = f"{one.budget.source or 'assumption'}" + (f", {one.budget.as_of}" if one.budget.as_of else "")
    return [
        cell(one.budget.name, small=one.budget.about if one.budget.about != one.budget.name else ""),
        Html(f"{mark}{html(said)}<small>{one.period}</small>"),
        cell(short_number(float(one.limit)), small=one.unit),
        cell(short_number(float(one.spent)), small=percent(one.share, 0)),
        "–" if one.burn_rate is None else short_number(one.burn_rate),
        ends,
        odds,
        origin,
    ]
