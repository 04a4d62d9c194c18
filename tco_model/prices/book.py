"""Turns a model, a day, a mode and the shape of one request into what a managed model charges for it, with its source."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tco_model.inputs.provenance import Provenance
from tco_model.prices import catalogue
from tco_model.prices.catalogue import STANDARD, Entry, Hours, Tariff
from tco_model.prices.problem import PriceError

TOKENS_PER_MTOKEN = 1e6
REQUESTS_PER_PRICE = 1000.0
MAX_AGE = 180
"""Days after the catalogue's date from which a price is called old, unless told otherwise."""
KEYS = {
    "input_price": "input_mtok",
    "cached_price": "cache_read_mtok",
    "cache_write_price": "cache_write_mtok",
    "cache_write_1h_price": "cache_write_1h_mtok",
    "output_price": "output_mtok",
}
"""Our name of each price and the catalogue's."""
UNCOUNTED = ("output_reasoning_mtok", "output_citation_mtok", "input_text_messages_kcount", "input_mchars")
"""Charges on text that a shape of input and output tokens does not measure."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Prices of one shape of request. None where the catalogue lists no such price."""

    input_price: float
    """Tokens read afresh [USD/Mtoken]."""
    cached_price: float | None
    """Tokens read from the cache [USD/Mtoken]."""
    cache_write_price: float | None
    """Tokens written to the cache for the provider's shortest time, five minutes as a rule [USD/Mtoken]."""
    cache_write_1h_price: float | None
    """Tokens written to the cache for an hour [USD/Mtoken]."""
    output_price: float | None
    """Tokens written by the model, its reasoning included [USD/Mtoken]; None for a model that only reads."""
    request_price: float
    """Fee for each request beside its tokens [USD/request]."""

    def cost(self, input_tokens: float, output_tokens: float, cached: float = 0.0, written: float = 0.0, *, hour: bool = False) -> float:
        """Return the cost of a request [USD/request].

        Args:
            input_tokens: prompt, the cached and written tokens among them, as providers count [token].
            output_tokens: answer, reasoning tokens included [token].
            cached, written: prompt tokens read from the cache and written to it [token]; billed as input where no price is listed.
            hour: the cache is written for an hour.

        Raises:
            PriceError: an output of a model that has no price of output, or more cached tokens than the prompt holds.
        """
        if output_tokens > 0.0 and self.output_price is None:
            raise PriceError("the model has no price of output", "ask for a shape without output tokens, or for another model")
        if min(input_tokens, output_tokens, cached, written) < 0.0 or cached + written > input_tokens:
            raise PriceError(f"a prompt of {input_tokens:g} tokens cannot hold {cached:g} cached and {written:g} written", "mend the shape")
        write_price = self.cache_write_1h_price if hour else self.cache_write_price
        parts = (
            (input_tokens - cached - written, self.input_price),
            (cached, self.cached_price),
            (written, write_price),
            (output_tokens, self.output_price),
        )
        tokens = sum(count * (self.input_price if price is None else price) for count, price in parts)
        return tokens / TOKENS_PER_MTOKEN + self.request_price


@dataclass(frozen=True, slots=True)
class Quote(Rates):
    """Prices of one shape of request on one day, with where they come from."""

    provider: str
    model: str
    mode: str
    as_of: dt.date
    """The day asked for."""
    input_tokens: float
    """Mean length of the prompt [token]."""
    size_variation: float
    """Coefficient of variation of that length over requests [ratio]."""
    started: dt.date | None
    """The day since which this price holds, where the catalogue dates it."""
    provenance: Provenance
    warnings: tuple[str, ...]

    @property
    def id(self) -> str:
        """The name under which `quote` finds this again."""
        return f"{self.provider}/{self.model}"


def quote(
    model: str,
    as_of: dt.date,
    *,
    provider: str | None = None,
    mode: str = STANDARD,
    input_tokens: float,
    size_variation: float = 0.0,
    hours: Hours = None,
    max_age: int = MAX_AGE,
) -> Quote:
    """Return the prices of one shape of request, never of tokens added up over requests: tiers go by the length of each prompt.

    Args:
        model: as in ``gpt-6.1-sol``, or ``groq/llama-3.3-70b-versatile`` with its provider.
        as_of: the day of the requests.
        provider: the provider, where the name of the model does not hold it.
        mode: ``standard``, or one the catalogue lists for this model: ``batch``, ``flex``, ``priority``, ``fast``.
        input_tokens: mean length of a prompt, cached tokens among them [token].
        size_variation: coefficient of variation of that length [ratio]. Above 0 the lengths are taken as lognormal and each
            price is the expected one: over prompt tokens for input, over requests for output.
        hours: when requests come, for providers whose price goes by the hour: one hour in UTC, or 24 weights; None spreads them evenly.
        max_age: days after the catalogue's date from which a warning says that the price is old [day].

    Raises:
        PriceError: unknown model, provider or mode (the nearest names are offered), no price by the token, or no such shape.
    """
    entry = catalogue.find(model, provider)
    priced = quote_entry(entry, as_of, mode, input_tokens, size_variation, hours, max_age)
    return dataclasses.replace(priced, warnings=(*catalogue.read_as(entry, model), *priced.warnings))


def quote_entry(
    entry: Entry,
    as_of: dt.date,
    mode: str,
    input_tokens: float,
    size_variation: float = 0.0,
    hours: Hours = None,
    max_age: int = MAX_AGE,
) -> Quote:
    """Return the prices of one shape of request for an entry of the catalogue; arguments and errors as in `quote`."""
    if not (input_tokens >= 0.0 and size_variation >= 0.0):
        raise PriceError(
            f"a prompt of {input_tokens:g} tokens with a variation of {size_variation:g} does not exist", "give both from 0 on"
        )
    weighted = catalogue.tariffs(entry, as_of, mode, hours)
    rates = average((weight, _rates(entry, tariff, input_tokens, size_variation)) for weight, tariff in weighted)
    started = catalogue.started(entry, as_of, mode)
    return Quote(
        **{field.name: getattr(rates, field.name) for field in dataclasses.fields(Rates)},
        provider=entry.provider.id,
        model=entry.model.id,
        mode=mode,
        as_of=as_of,
        input_tokens=input_tokens,
        size_variation=size_variation,
        started=started,
        provenance=provenance(entry, started, _note(entry, mode, weighted[0][1], input_tokens, size_variation, hours)),
        warnings=tuple(_warnings(entry, as_of, input_tokens, [tariff for _, tariff in weighted], max_age)),
    )


def age_days(priced: Quote, today: dt.date) -> int:
    """Return how many days before `today` the price was last known to hold: at the catalogue's date, or its own start if later [day]."""
    return (today - max(catalogue.catalogue_date(), priced.started or dt.date.min)).days


def provenance(entry: Entry, started: dt.date | None, note: str) -> Provenance:
    """Return the source of a price: catalogue and version, the provider's page, the day it started or else the catalogue's."""
    source = f"{entry.provider.name} list price of {entry.model.id}, as carried by {catalogue.PACKAGE} {catalogue.version()}"
    return Provenance(source=source, url=entry.page, as_of=started or catalogue.catalogue_date(), note=note)


def average(weighted: Iterable[tuple[float, Rates]]) -> Rates:
    """Return the mean of rates by weight; where only some list a price of cached or written tokens, the others bill them as input."""
    pairs = list(weighted)
    total = math.fsum(weight for weight, _ in pairs)

    def mean(name: str) -> float | None:
        values: Sequence[float | None] = [getattr(rates, name) for _, rates in pairs]
        if all(value is None for value in values):
            return None
        filled = [rates.input_price if value is None else value for value, (_, rates) in zip(values, pairs, strict=True)]
        return math.fsum(weight * value for value, (weight, _) in zip(filled, pairs, strict=True)) / total

    return pairs[0][1] if len(pairs) == 1 else Rates(**{field.name: mean(field.name) for field in dataclasses.fields(Rates)})  # pyright: ignore[reportArgumentType]


def _rates(entry: Entry, tariff: Tariff, input_tokens: float, variation: float) -> Rates:
    if KEYS["input_price"] not in tariff:
        charged = ", ".join(sorted(tariff)) or "nothing"
        raise PriceError(
            f"{entry.provider.id}/{entry.model.id} is not priced by the token ({charged})", "write its price into the scenario"
        )

    def priced(name: str) -> float | None:
        price = tariff.get(KEYS[name])
        if price is None:
            return None
        return price.per_request(input_tokens, variation) if name == "output_price" else price.per_input_token(input_tokens, variation)

    fee = tariff["requests_kcount"].per_request(input_tokens, variation) / REQUESTS_PER_PRICE if "requests_kcount" in tariff else 0.0
    return Rates(request_price=fee, **{name: priced(name) for name in KEYS})  # pyright: ignore[reportArgumentType]


def _note(entry: Entry, mode: str, tariff: Tariff, input_tokens: float, variation: float, hours: Hours) -> str:
    parts = [f"{mode} price"]
    if tariff[KEYS["input_price"]].tiers:
        starts = ", ".join(f"{start:,}" for start, _ in tariff[KEYS["input_price"]].tiers)
        spread = f" with a coefficient of variation of {variation:g}" if variation else ""
        parts.append(f"prompts of {input_tokens:,.0f} tokens{spread}; prompts above {starts} tokens cost more")
    if catalogue.has_hours(entry):
        when = (
            f"at {hours:g} h UTC"
            if isinstance(hours, int | float)
            else "evenly over the day"
            if hours is None
            else "by the load of each hour"
        )
        parts.append(f"depends on the hour: {when}")
    if entry.borrowed:
        parts.append(f"{entry.provider.name} has no price of its own in the catalogue; that of the model's maker stands in")
    return "; ".join(parts)


def _warnings(entry: Entry, day: dt.date, input_tokens: float, tariffs: Iterable[Tariff], max_age: int) -> Iterable[str]:
    name, window = f"{entry.provider.id}/{entry.model.id}", entry.model.context_window
    if entry.borrowed:
        yield f"{entry.provider.name} has no price of its own for {entry.model.id}: that of the model's maker stands in"
    if entry.model.deprecated:
        yield f"{name} is marked as deprecated by its provider"
    if window is not None and input_tokens > window:
        yield f"a prompt of {input_tokens:,.0f} tokens is longer than the {window:,} tokens {name} reads"
    uncounted = sorted({key for tariff in tariffs for key in UNCOUNTED if key in tariff})
    if uncounted:
        yield f"{name} also charges {', '.join(uncounted)}, which is not counted"
    known = max([catalogue.catalogue_date(), *(change for change in catalogue.changes(entry) if change <= day)])
    if (day - known).days > max_age:
        yield f"the price of {name} is of {known.isoformat()}, {(day - known).days} days before {day.isoformat()}"
