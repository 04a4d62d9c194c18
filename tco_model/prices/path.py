"""Turns the dated prices of a model into one price a month over a horizon."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from tco_model.inputs.provenance import Provenance
from tco_model.prices import catalogue
from tco_model.prices.book import Quote, Rates, average, provenance, quote_entry
from tco_model.prices.catalogue import STANDARD, Hours
from tco_model.prices.problem import PriceError

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class PricePath:
    """Prices of one shape of request, month by month; the last one the catalogue knows holds on."""

    first_month: dt.date
    rates: tuple[Rates, ...]
    """One for each month."""
    changes: tuple[dt.date, ...]
    """Days inside the horizon on which the price changes."""
    provenance: Provenance
    warnings: tuple[str, ...]

    def of(self, price: str) -> tuple[float | None, ...]:
        """Return one price by month: `price` is a field of `Rates` such as ``output_price`` [USD/Mtoken]."""
        return tuple(getattr(rates, price) for rates in self.rates)

    def steps(self, price: str) -> dict[str, float | None]:
        """Return one price as the months in which it changes, the first month included: ``{"2026-11": 2.0, "2026-12": 4.0}``."""
        found: dict[str, float | None] = {}
        for index, value in enumerate(self.of(price)):
            if index == 0 or value != self.of(price)[index - 1]:
                found[f"{month_after(self.first_month, index):%Y-%m}"] = value
        return found


def schedule(
    model: str,
    first_month: dt.date,
    months: int,
    *,
    provider: str | None = None,
    mode: str = STANDARD,
    input_tokens: float,
    size_variation: float = 0.0,
    hours: Hours = None,
) -> PricePath:
    """Return the prices of one shape of request for each month from `first_month` on; arguments as in `quote`.

    A change inside a month is weighted by its days. Only changes that the catalogue dates are known: what nobody has
    announced is an assumption of the scenario.

    Raises:
        PriceError: as in `quote`, or no month at all.
    """
    if months < 1:
        raise PriceError(f"a path of {months} months is none", "ask for one month or more")
    entry = catalogue.find(model, provider)
    first, end = month_after(first_month, 0), month_after(first_month, months)
    days = tuple(change for change in catalogue.changes(entry, mode) if first < change < end)

    pieces = {day: quote_entry(entry, day, mode, input_tokens, size_variation, hours) for day in (first, *days)}
    rates = tuple(_month(month_after(first, index), pieces) for index in range(months))
    changed = f"; changes on {', '.join(map(str, days))}" if days else ""
    note = f"{pieces[first].provenance.note}{changed}; the last known price holds on"
    return PricePath(
        first,
        rates,
        days,
        provenance(entry, catalogue.started(entry, first, mode), note),
        (*catalogue.read_as(entry, model), *pieces[first].warnings),
    )


def month_after(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month that lies `months` after that of `day`."""
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    return dt.date(day.year + years, month + 1, 1)


def _month(first: dt.date, pieces: dict[dt.date, Quote]) -> Rates:
    length = calendar.monthrange(first.year, first.month)[1]
    starts = [max(day for day in pieces if day <= first), *(day for day in pieces if first < day < month_after(first, 1))]
    edges = [0, *((day - first).days for day in starts[1:]), length]
    return average((after - before, pieces[day]) for day, (before, after) in zip(starts, pairwise(edges), strict=True))
