"""Turns the currencies and months of a bill into a file of rates to fill in, and a file of rates into what of the bill it covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import currencies
from tco_model.finops.rates import CODE

HEAD = """\
schema: 1
# The bill is told in this currency. A charge is converted at the rate of its billing month: its amount times the rate, rounded half away
# from zero at 12 places. Fill in every rate, in quotes, with who states it; what is billed in this currency needs none.
into: {into}
quotes:
"""
QUOTE = """\
  - currency: {currency}
    source: {source}
    url: ""
    as_of: {today}   # the day they were read; a later correction is a new entry with a later day, and holds
{virtual}    rates:
{rates}
"""


def starter(charges: Any, today: str, into: str = "") -> str:
    """Return a file of rates that names every currency and month of a bill, without a single rate: none is invented.

    Args:
        charges: of a workspace, as billed.
        today: year-month-day.
        into: the currency to report in; that of most charges where left out.
    """
    into = into or next((one for one in currencies(charges) if CODE.fullmatch(one)), "USD")
    pairs = [pair for pair in billed_in(charges) if pair[0] != into]
    names = list(dict.fromkeys(currency for currency, _ in pairs)) or ["EUR" if into != "EUR" else "USD"]
    quotes = [_quote(name, [month for currency, month in pairs if currency == name], into, today) for name in names]
    return HEAD.format(into=into) + "".join(quotes)


def billed_in(charges: Any) -> tuple[tuple[str, str], ...]:
    """Return every currency and billing month of a bill."""
    pairs = charges.select(currency=charges.BillingCurrency, month=month_of(charges.BillingPeriodStart)).distinct()
    return tuple(sorted((str(row["currency"]), str(row["month"])) for row in rows_of(pairs)))


def _quote(currency: str, months: Sequence[str], into: str, today: str) -> str:
    rates = "\n".join(f'      {month}: ""   # 1 {currency} in {into}' for month in months or [today[:7]])
    virtual = (
        "" if CODE.fullmatch(currency) else "    virtual: true   # no currency of ISO 4217: what your contract says that one is worth\n"
    )
    return QUOTE.format(currency=currency, source="who states these rates", today=today, virtual=virtual, rates=rates)
