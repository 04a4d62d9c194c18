"""Turns the catalogue into lists: models that match some words, and models by their cost for one shape of request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tco_model.prices import catalogue
from tco_model.prices.book import MAX_AGE, Quote, Rates, quote, quote_entry
from tco_model.prices.catalogue import STANDARD, Entry, Hours
from tco_model.prices.problem import PriceError

SHORT_PROMPT = 1000.0
"""Length of prompt for which a list shows prices: below every tier [token]."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one request looks like, on average."""

    input_tokens: float
    """Prompt, the cached and written tokens among them [token/request]."""
    output_tokens: float
    """Answer, reasoning included [token/request]."""
    cached_tokens: float = 0.0
    """Prompt tokens read from the cache [token/request]."""
    written_tokens: float = 0.0
    """Prompt tokens written to the cache [token/request]."""
    size_variation: float = 0.0
    """Coefficient of variation of the prompt's length over requests [ratio]."""
    hour_cache: bool = False
    """The cache is written for an hour rather than for five minutes."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One model in a list: prices of a short prompt on a day."""

    provider: str
    model: str
    name: str
    rates: Rates
    started: dt.date | None
    modes: tuple[str, ...]
    context_window: int | None
    """Longest prompt [token]."""
    deprecated: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One model in a comparison."""

    quote: Quote
    cost: float
    """[USD/request]"""

    @property
    def cost_per_thousand(self) -> float:
        """Cost of a thousand requests [USD/krequest]."""
        return 1000.0 * self.cost


def search(text: str, as_of: dt.date) -> tuple[Listed, ...]:
    """Return the models priced by the token whose provider, identifier or name holds every word of `text`, by name and provider."""
    words = text.lower().split()
    entries = (Entry(provider, model, False) for provider in catalogue.snapshot().providers for model in provider.models)
    found = (_listed(entry, as_of) for entry in entries if all(word in _words(entry) for word in words))
    return tuple(sorted((one for one in found if one), key=lambda one: (one.model.rpartition("/")[2], one.provider)))


def compare(
    models: Iterable[str], shape: Shape, as_of: dt.date, *, mode: str = STANDARD, hours: Hours = None, max_age: int = MAX_AGE
) -> tuple[Compared, ...]:
    """Return models by their cost for one shape of request, cheapest first.

    Args:
        models: names as `quote` takes them.
        shape: what one request looks like.
        as_of: day of the requests.
        mode, hours, max_age: as in `quote`, the same for all models.

    Raises:
        PriceError: as in `quote`, or a model without a price of output asked for output.
    """
    return tuple(sorted((_compared(model, shape, as_of, mode, hours, max_age) for model in models), key=lambda one: one.cost))


def _compared(model: str, shape: Shape, as_of: dt.date, mode: str, hours: Hours, max_age: int) -> Compared:
    priced = quote(
        model, as_of, mode=mode, input_tokens=shape.input_tokens, size_variation=shape.size_variation, hours=hours, max_age=max_age
    )
    try:
        cost = priced.cost(shape.input_tokens, shape.output_tokens, shape.cached_tokens, shape.written_tokens, hour=shape.hour_cache)
    except PriceError as error:
        raise PriceError(f"{priced.id}: {error.message}", error.mend) from None
    return Compared(priced, cost)


def _words(entry: Entry) -> str:
    return f"{entry.provider.id}/{entry.model.id} {entry.provider.name} {entry.model.name or ''}".lower()


def _listed(entry: Entry, as_of: dt.date) -> Listed | None:
    try:
        priced = quote_entry(entry, as_of, STANDARD, SHORT_PROMPT)
    except PriceError:
        return None
    return Listed(
        entry.provider.id,
        entry.model.id,
        entry.model.name or entry.model.id,
        priced,
        priced.started,
        (STANDARD, *catalogue.modes(entry)),
        entry.model.context_window,
        bool(entry.model.deprecated),
    )
