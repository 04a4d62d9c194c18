"""Turns a bill in several currencies into one in the currency it is reported in, by dated rates of the workspace; exact, charge by charge.

A charge is converted at the rate of its billing month: its amount times the rate, rounded half away from zero at 12 places, on its own. So
whatever adds charges up, by owner, service or month, adds the same decimals, and parts sum to the converted bill to the last of them.
What is billed in the reporting currency is not touched. Only the billing currency counts: a price stated in tokens or credits
(PricingCurrency) is never read here, and a bill in such a virtual currency is converted where its rate says that it is meant.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from tco_model.actuals.columns import COSTS, SCALE
from tco_model.actuals.queries import literal, rows_of
from tco_model.actuals.queries import month as month_of
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.fields import Frozen, Month, as_tuple
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import Source, read_source

# Ibis gives every column its widest type, so that tables stand here as Any.
FILE = "rates.yaml"
"""Of a workspace."""
BILLED_IN, RATE = "x_BilledCurrency", "x_Rate"
"""Of a converted bill: the currency a charge was billed in, and its rate; 1 where nothing was converted."""
AMOUNTS = (*COSTS, "ListUnitPrice", "ContractedUnitPrice")
"""Columns in the billing currency."""
CODE = re.compile(r"[A-Z]{3}")
"""A currency of ISO 4217; any other name, such as Token, is a virtual one."""
DIGITS, MOST_DIGITS = 38, 13
"""Of a decimal of every engine, and of a rate: a product of both must keep all its digits."""
ONE = Decimal(1)


def _rate(text: str) -> str:
    if not re.fullmatch(r"\d{1,8}(\.\d{1,12})?", text) or not Decimal(text):
        raise ValueError('is no rate; write what one unit is worth, in quotes: {key}: "1.0873"')
    return text


class Quote(Frozen):
    """Rates of one currency from one source, as read on one day."""

    currency: str = Field(description="The currency of the bill that is converted.", min_length=1, max_length=40)
    source: str = Field(description="Who states these rates.", min_length=1, max_length=200)
    url: str = Field(default="", description="Where they stand.")
    as_of: dt.date = Field(description="The day they were read. Of two rates of a month the one read last holds.")
    virtual: bool = Field(default=False, description="Said of tokens or credits that a contract prices: only so are they converted.")
    rates: dict[Month, Annotated[str, AfterValidator(_rate)]] = Field(
        description="By billing month, year-month: what one unit is in the reporting currency, in quotes.", min_length=1
    )


class _File(Frozen):
    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    into: str = Field(description="The currency that the bill is reported in.", pattern="^[A-Z]{3}$")
    quotes: Annotated[tuple[Quote, ...], BeforeValidator(as_tuple)] = Field(description="Rates by currency and source.")


@dataclass(frozen=True, slots=True)
class Used:
    """A rate that a bill is converted at: one unit of `currency` in the month's bill."""

    currency: str
    month: str
    rate: Decimal
    quote: Quote | None
    """None of the reporting currency itself."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Dated rates into one currency."""

    into: str
    quotes: tuple[Quote, ...]
    file: str = FILE

    def used(self, currency: str, month: str) -> Used | None:
        """Return the rate of a currency in a month, that read last; None where there is none."""
        if currency == self.into:
            return Used(currency, month, ONE, None)
        found = [one for one in self.quotes if one.currency == currency and month in one.rates]
        newest = max(found, key=lambda one: one.as_of, default=None)
        return None if newest is None else Used(currency, month, Decimal(newest.rates[month]), newest)


def read_rates(path: Path) -> Rates:
    """Read a file of rates.

    Raises:
        ScenarioError: everything that is wrong with it, each with line, rule and mend.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        mend = "write one with: tco actuals rates --starter"
        raise ScenarioError(Problem(f"cannot be read: {error.strerror}", mend, file=str(path))) from None
    return rates_of(read_source(text, str(path)))


def refuse_to_replace(path: Path) -> None:
    """Refuse a path that is there already.

    Raises:
        ScenarioError: it is.
    """
    if path.exists():
        raise ScenarioError(Problem(f"'{path}' is there already", "edit it, or move it away", file=str(path)))


def rates_of(source: Source) -> Rates:
    """Check plain data as `read_rates` does."""
    notes = Notes(source)
    found = notes.model(_File, dict(source.data), ())
    if found is not None:
        for place, quote in enumerate(found.quotes):
            _check(found, quote, place, notes)
    if notes.problems or found is None:
        raise ScenarioError(notes.problems)
    return Rates(found.into, found.quotes, source.file)


def convert(charges: Any, rates: Rates) -> Any:
    """Return a bill in one currency: a table like any other, with what each charge was billed in and its rate beside it.

    Args:
        charges: of a workspace, or any Ibis table with these columns.
        rates: from `read_rates`.

    Raises:
        ScenarioError: months without a rate, with the row to add; an amount with more digits than can be converted exactly.
    """
    import ibis

    used = rates_used(charges, rates)
    foreign = [one for one in used if one.currency != rates.into]
    rate_type, amount_type = _types(foreign)
    rate = _rate_of(charges, foreign, rate_type)
    is_own = charges.BillingCurrency == rates.into

    def in_one(column: Any) -> Any:
        exact = (column.cast(amount_type) * rate).cast(f"decimal({DIGITS}, {SCALE})")
        return ibis.cases((is_own, column), else_=exact)

    amounts = {name: in_one(charges[name]) for name in AMOUNTS if name in charges.columns} if foreign else {}
    one = literal(ONE, rate_type)
    told = {BILLED_IN: charges.BillingCurrency, RATE: ibis.cases((is_own, one), else_=rate) if foreign else one}
    return charges.mutate(**amounts, **told, BillingCurrency=literal(rates.into))


def rates_used(charges: Any, rates: Rates) -> tuple[Used, ...]:
    """Return the rate of every currency and month of a bill, as it was billed.

    Raises:
        ScenarioError: as `convert`.
    """
    rows = rows_of(_pairs_query(charges, rates.into))
    found = {(str(row["currency"]), str(row["month"])): rates.used(str(row["currency"]), str(row["month"])) for row in rows}
    problems = list(_missing([pair for pair, one in found.items() if one is None], rates))
    used = tuple(one for _, one in sorted(found.items()) if one is not None)
    limit = Decimal(10) ** (DIGITS - SCALE - _digits([one.rate for one in used]) - 1)
    problems += [_too_large(row, limit, rates) for row in rows if row["most"] is not None and Decimal(row["most"]) >= limit]
    if problems:
        raise ScenarioError(problems)
    return used


def told_data(used: Sequence[Used], into: str) -> list[dict[str, str]]:
    """Return the rates as plain data, each with its source and day."""
    return [
        {
            "currency": one.currency, "into": into, "month": one.month, "rate": str(one.rate),
            "source": one.quote.source, "url": one.quote.url, "as_of": one.quote.as_of.isoformat(),
        }
        for one in used if one.quote is not None
    ]  # fmt: skip


def rates_told(charges: Any, rates: Rates | None) -> tuple[Used, ...]:
    """Return the rates that a converted bill was converted at; none of a bill that was not."""
    if rates is None or BILLED_IN not in charges.columns:
        return ()
    pairs = charges.select(currency=charges[BILLED_IN], month=month_of(charges.BillingPeriodStart)).distinct()
    held = sorted((str(row["currency"]), str(row["month"])) for row in rows_of(pairs))
    found = (rates.used(currency, month) for currency, month in held if currency != rates.into)
    return tuple(one for one in found if one is not None)


def in_words(used: Sequence[Used], into: str) -> Iterator[str]:
    """Yield for each currency and source, in words without a full stop: the rates, whose they are, and when they were read."""
    groups: dict[tuple[str, str, str, dt.date | None], list[Used]] = {}
    for one in used:
        if one.quote is not None:
            groups.setdefault((one.currency, one.quote.source, one.quote.url, one.quote.as_of), []).append(one)
    for (currency, source, url, day), held in groups.items():
        rates = ", ".join(f"{one.rate} ({one.month})" for one in held)
        yield f"1 {currency} in {into}: {rates}; {source}{f', {url}' if url else ''}, read {day}"


def _check(found: _File, quote: Quote, place: int, notes: Notes) -> None:
    path = ("quotes", place)
    if quote.currency == found.into:
        notes.add((*path, "currency"), f"{found.into} is what all is converted into", "leave it out: its rate is 1", quote.currency)
    if not CODE.fullmatch(quote.currency) and not quote.virtual:
        mend = "a virtual currency is converted where it is meant: add virtual: true, with what your contract says that one is worth"
        notes.add((*path, "currency"), f"'{quote.currency}' is no currency of ISO 4217", mend, quote.currency)
    if CODE.fullmatch(quote.currency) and quote.virtual:
        notes.add((*path, "virtual"), f"{quote.currency} is no virtual currency", "leave virtual out", quote.currency)
    if _digits([Decimal(text) for text in quote.rates.values()]) > MOST_DIGITS:
        mend = "round them, so that digits before and after the point are at most 13 together"
        notes.add((*path, "rates"), f"the rates of {quote.currency} have more than {MOST_DIGITS} digits", mend)
    same = [other for other in found.quotes[:place] if (other.currency, other.as_of) == (quote.currency, quote.as_of)]
    for month in sorted({month for other in same for month in other.rates} & set(quote.rates)):
        mend = "leave one; a correction has a later as_of"
        notes.add((*path, "rates", month), f"{quote.currency} has two rates of {month} read on {quote.as_of}", mend, quote.rates[month])


def _pairs_query(charges: Any, into: str) -> Any:
    """Return the expression of currencies and months of a bill, with the largest amount where it is converted."""
    import ibis

    amounts = (charges[name] for name in COSTS if name in charges.columns)
    largest: Any = ibis.greatest(*(one.abs().fill_null(0) for one in amounts))
    named = charges.mutate(month=month_of(charges.BillingPeriodStart), currency=charges.BillingCurrency, largest=largest)
    return named.group_by(["currency", "month"]).aggregate(most=named.largest.max(where=named.currency != into))


def _missing(pairs: Sequence[tuple[str, str]], rates: Rates) -> Iterator[Problem]:
    months: dict[str, list[str]] = {}
    for currency, month in sorted(pairs):
        months.setdefault(currency, []).append(month)
    for currency, named in months.items():
        row = ", ".join(f'{month}: "…"' for month in named)
        virtual = "" if CODE.fullmatch(currency) else ", virtual: true"
        mend = f"add to quotes: {{currency: {currency}{virtual}, source: …, url: …, as_of: …, rates: {{{row}}}}}"
        said = f"no rate of {currency} into {rates.into} in {', '.join(named)}"
        if virtual:
            said += f"; '{currency}' is a virtual currency, and only a contract says what one is worth"
        yield Problem(said, mend, "quotes", currency, rates.file)


def _too_large(row: Mapping[str, Any], limit: Decimal, rates: Rates) -> Problem:
    message = f"a charge of {row['most']} {row['currency']} in {row['month']} is too large to be converted exactly"
    mend = f"give rates fewer digits: amounts stay below {limit:,.0f} with those there are"
    return Problem(message, mend, "quotes", str(row["currency"]), rates.file)


def _digits(rates: Sequence[Decimal]) -> int:
    """Return the digits before and after the point that hold every one of some rates."""
    whole = max((len(str(int(one))) if one >= 1 else 1 for one in rates), default=1)
    return whole + max((_places(one) for one in rates), default=0)


def _places(rate: Decimal) -> int:
    return max(-int(rate.as_tuple().exponent), 0)


def _types(used: Sequence[Used]) -> tuple[str, str]:
    """Return the types of rates and amounts: their product has at most 38 digits, so that every engine keeps all of them."""
    digits = _digits([one.rate for one in used])
    places = max((_places(one.rate) for one in used), default=0)
    return f"decimal({digits}, {places})", f"decimal({DIGITS - digits - 1}, {SCALE})"


def _rate_of(charges: Any, used: Sequence[Used], kind: str) -> Any:
    """Return the expression of the rate of a charge: by currency, and within one by billing month."""
    import ibis

    month, nothing = month_of(charges.BillingPeriodStart), literal(None, kind)
    by_currency: dict[str, list[tuple[Any, Any]]] = {}
    for one in used:
        by_currency.setdefault(one.currency, []).append((month == one.month, literal(one.rate, kind)))
    cases = [(charges.BillingCurrency == currency, ibis.cases(*held, else_=nothing)) for currency, held in by_currency.items()]
    return ibis.cases(*cases, else_=nothing) if cases else nothing
