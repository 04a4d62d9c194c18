"""What each part of the bill costs a month."""

from __future__ import annotations

import streamlit as st

from app.bills.held import Bills
from app.show import picked, picture, table
from tco_model.actuals.spend import COST_WORDS, COSTS, DIMENSIONS, TAG, Cost, Spend, currencies, spend, tag_keys
from tco_model.report import pictures
from tco_model.report.format import percent, short_number

MOST_LINES, MOST_ROWS, MOST_TAGS = 6, 20, 12


def show(held: Bills) -> None:
    """Show spend by a dimension that the reader picks."""
    keys = held.once("tag keys", "Reading the tags", lambda: tag_keys(held.billed))
    codes = held.once("currencies", "Reading the bill", lambda: currencies(held.billed))
    tags = {f"{TAG}{key}": f"tag {key}" for key in keys[:MOST_TAGS]}
    left, middle, right = st.columns((2, 2, 1))
    with left:
        dimension = picked("Broken down by", {name: _words(name) for name in DIMENSIONS} | tags, "bills-by")
    with middle:
        said = picked("Amount", {name: COST_WORDS[name] for name in COSTS}, "bills-cost")
    with right:
        converted, rates = held.converted
        every = {"": f"{rates.into}, all converted"} if rates else {}
        names = every | {code: code for code in codes}
        first = list(names).index(held.currency) if held.currency in names else 0
        currency = picked("Currency", names, "bills-currency", index=first)
    cost: Cost = "BilledCost" if said == "BilledCost" else "EffectiveCost"
    name = f"spend/{dimension}/{cost}/{currency}"
    found = held.once(name, "Adding up", lambda: spend(held.billed if currency else converted, dimension, cost, currency))
    _spend(found, f"all that was billed in {currency}" if currency and len(codes) > 1 else "that of the bill")


def _spend(found: Spend, whole: str) -> None:
    few = found.first(MOST_LINES)
    what = f"{found.cost} by {_words(found.dimension)}"
    labels = {name: name for name in few.amounts}
    amounts = {name: [float(value) for value in values] for name, values in few.amounts.items()}
    picture(pictures.spend(labels, found.months[0], amounts, unit=f"{found.currency}/month", what=what))
    more = found.first(MOST_ROWS)
    last, before = found.months[-1], found.months[-2] if len(found.months) > 1 else ""
    head = [_words(found.dimension).capitalize(), f"All {len(found.months)} months", "Share", last, f"Change on {before}" if before else ""]
    rows = [
        [
            name,
            short_number(float(sum(values))),
            percent(float(sum(values) / found.total)) if found.total else "–",
            short_number(float(values[-1])),
            _change(float(values[-1]), float(values[-2])) if before else "",
        ]
        for name, values in more.amounts.items()
    ]
    what = f"{COST_WORDS[found.cost].capitalize()} [{found.currency}]"
    table(head, rows, caption=f"{what}; the total, {found.total:,.2f} {found.currency}, is {whole}")


def _words(dimension: str) -> str:
    if dimension.startswith(TAG):
        return f"tag {dimension.removeprefix(TAG)}"
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in dimension).strip()


def _change(now: float, before: float) -> str:
    if not before:
        return "new" if now else "–"
    return f"{(now - before) / abs(before):+.0%}".replace("-", "−")
