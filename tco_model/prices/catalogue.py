"""Reads the embedded catalogue of managed model prices: who sells a model, in which modes, and its tariff on a day and over its hours."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from tco_model.errors import MOST_SHOWN, nearest
from tco_model.prices.problem import PriceError
from tco_model.prices.tiers import TieredPrice

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice, PriceVariant, Provider

STANDARD = "standard"
PACKAGE = "genai-prices"
RELEASES = {"0.2.3": dt.date(2026, 11, 23)}
"""Day on which a version of the package was read and was the newest one."""
HOURS_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_DAY = 24, 60, 1440
Tariff = Mapping[str, TieredPrice]
Hours = float | Sequence[float] | None
"""When requests come: one hour of the day in UTC, 24 weights from midnight UTC on, or None for evenly over the day."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model as one provider sells it."""

    provider: Provider
    model: ModelInfo
    borrowed: bool
    """True where the provider's own price is not in the catalogue and that of the model's maker stands in."""

    @property
    def page(self) -> str:
        """The provider's page of prices."""
        return (self.provider.pricing_urls or [""])[0]


@cache
def version() -> str:
    """Return the version of the catalogue."""
    from importlib.metadata import version as installed

    return installed(PACKAGE)


@cache
def catalogue_date() -> dt.date:
    """Return the day of the catalogue: that of its version, or for a version not known here the newest day its remarks were verified."""
    remarks = (model.price_comments or "" for provider in snapshot().providers for model in provider.models)
    days = (dt.date.fromisoformat(day) for remark in remarks for day in re.findall(r"verified on (20\d\d-\d\d-\d\d)", remark))
    return RELEASES.get(version()) or max(days)


@cache
def snapshot() -> DataSnapshot:
    """Return the prices that the package ships, never those a running program may have fetched: an answer must be repeatable."""
    from genai_prices.data_snapshot import DataSnapshot

    # By name: a checker of types that follows the import reads its 30,000 lines of prices for minutes.
    shipped: list[Provider] = vars(import_module("genai_prices.data"))["providers"]
    return DataSnapshot(providers=shipped, from_auto_update=False)


def find(model: str, provider: str | None = None) -> Entry:
    """Return the entry of a model, named as ``gpt-6.1-sol``, or as ``groq/llama-3.3-70b-versatile`` where many sell it.

    Raises:
        PriceError: not in the catalogue (the nearest names are offered), or sold by several providers of which none is its maker.
    """
    head, slash, rest = model.partition("/")
    if provider is None and slash and head.lower() in {one.id for one in snapshot().providers}:
        provider, model = head, rest
    try:
        seller, found = snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        raise _unknown(model, provider) from None
    return Entry(seller, found, not any(found is own for own in seller.models))


def read_as(entry: Entry, asked: str) -> list[str]:
    """Return what to say where the name asked for is not that of the entry: names match by pattern, so a reader must see which one did."""
    names = (entry.model.id.lower(), f"{entry.provider.id}/{entry.model.id}".lower())
    return [] if asked.lower() in names else [f"'{asked}' is read as {entry.provider.id}/{entry.model.id}"]


def _unknown(model: str, provider: str | None) -> PriceError:
    providers = {one.id: one for one in snapshot().providers}
    if provider is not None and provider.lower() not in providers:
        return PriceError(f"the catalogue knows no provider '{provider}'", nearest(provider, providers))
    if provider is not None:
        names = [one.id for one in providers[provider.lower()].models]
        return PriceError(f"the catalogue knows no model '{model}' of {provider}", nearest(model, names))
    ids = [f"{name}/{own.id}" for name, one in providers.items() for own in one.models]
    sellers = [one for one in ids if one.rpartition("/")[2].lower() == model.lower()]
    if sellers:
        return PriceError(f"'{model}' is sold by several providers at their own prices", f"name one: {', '.join(sellers[:MOST_SHOWN])}")
    return PriceError(f"the catalogue knows no model '{model}'", nearest(model, (one.partition("/")[2] for one in ids)))


def modes(entry: Entry) -> dict[str, list[PriceVariant]]:
    """Return the ways to buy a model besides the standard one (batch, flex, priority, fast and so on) with their prices."""
    found: dict[str, list[PriceVariant]] = {}
    for variant in () if entry.borrowed else entry.model.price_variants or ():
        if variant.prices.__dict__:
            found.setdefault("+".join(variant.when.values()), []).append(variant)
    return found


def changes(entry: Entry, mode: str = STANDARD) -> list[dt.date]:
    """Return the days on which the catalogue dates a new price of this mode, ascending."""
    from genai_prices.types import StartDateConstraint

    standard = entry.model.prices if isinstance(entry.model.prices, list) else []
    dated = [*standard, *modes(entry).get(mode, [])]
    return sorted({one.constraint.start_date for one in dated if isinstance(one.constraint, StartDateConstraint)})


def started(entry: Entry, day: dt.date, mode: str = STANDARD) -> dt.date | None:
    """Return the day since which the price of `day` holds, or None where the catalogue does not date it."""
    return max((change for change in changes(entry, mode) if change <= day), default=None)


def tariffs(entry: Entry, day: dt.date, mode: str = STANDARD, hours: Hours = None) -> list[tuple[float, Tariff]]:
    """Return the tariffs of a day, each with the share of the requests that fall under it; the shares sum to 1.

    Raises:
        PriceError: the catalogue does not know the mode for this model on this day.
    """
    context = _context(entry, day, mode)
    if isinstance(hours, int | float):
        if not 0 <= hours < HOURS_PER_DAY:
            raise PriceError(f"there is no hour {hours:g} in a day", "give an hour from 0 to below 24, in UTC")
        return [(1.0, _tariff(entry, day, int(hours * MINUTES_PER_HOUR), context))]
    cuts = _cuts(entry)
    pieces = zip(cuts, [*cuts[1:], MINUTES_PER_DAY], strict=True)
    return [(_share(start, end, hours), _tariff(entry, day, start, context)) for start, end in pieces]


def has_hours(entry: Entry) -> bool:
    """Say whether the price depends on the hour of the day."""
    return len(_cuts(entry)) > 1


def _context(entry: Entry, day: dt.date, mode: str) -> dict[str, str]:
    from genai_prices.types import StartDateConstraint

    if mode == STANDARD:
        return {}
    known, midday = modes(entry), _moment(day, MINUTES_PER_DAY // 2)
    if mode not in known:
        offered = ", ".join([STANDARD, *known])
        raise PriceError(f"the catalogue knows no {mode} price of {entry.provider.id}/{entry.model.id}", f"use one of: {offered}")
    active = [one for one in known[mode] if one.constraint is None or one.constraint.active(midday)]
    if not active:
        first = min(one.constraint.start_date for one in known[mode] if isinstance(one.constraint, StartDateConstraint))
        message = f"the catalogue knows no {mode} price of {entry.provider.id}/{entry.model.id} on {day}"
        raise PriceError(message, f"it knows one from {first} on")
    return active[0].when


def _moment(day: dt.date, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(minute // MINUTES_PER_HOUR, minute % MINUTES_PER_HOUR), dt.UTC)


def _cuts(entry: Entry) -> list[int]:
    """Return the minutes of the day at which a tariff may begin, the whole hours among them where any depends on the hour."""
    from genai_prices.types import TimeOfDateConstraint

    if not isinstance(entry.model.prices, list):
        return [0]
    windows = [one.constraint for one in entry.model.prices if isinstance(one.constraint, TimeOfDateConstraint)]
    edges = {time.hour * MINUTES_PER_HOUR + time.minute for window in windows for time in (window.start_time, window.end_time)}
    return sorted({0, *edges, *range(0, MINUTES_PER_DAY, MINUTES_PER_HOUR)}) if windows else [0]


def _share(start: int, end: int, weights: Sequence[float] | None) -> float:
    if weights is None or end - start > MINUTES_PER_HOUR:
        return (end - start) / MINUTES_PER_DAY
    if len(weights) != HOURS_PER_DAY or min(weights) < 0.0 or sum(weights) <= 0.0:
        raise PriceError("the load by hour needs 24 weights, none negative and not all zero", "give one weight for each hour in UTC")
    return weights[start // MINUTES_PER_HOUR] / sum(weights) * (end - start) / MINUTES_PER_HOUR


def _tariff(entry: Entry, day: dt.date, minute: int, context: Mapping[str, str]) -> Tariff:
    prices: ModelPrice = entry.model.get_prices(_moment(day, minute), context or None)
    return {key: _tiered(value) for key, value in prices.__dict__.items() if value is not None}


def _tiered(value: object) -> TieredPrice:
    from genai_prices.types import TieredPrices

    if isinstance(value, TieredPrices):
        return TieredPrice(float(value.base), tuple((tier.start, float(tier.price)) for tier in value.tiers))
    return TieredPrice(float(str(value)))
