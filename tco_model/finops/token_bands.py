"""Turns what requests cost into what they cost by size: bands of input tokens, each with its part of the cost, requests and tokens.

A long request is not dear by its length alone: output costs several times what input does, cached input a tenth, and models differ. So the
cost of a month is not split by tokens but by what each band's tokens cost by list price, model by model, and the parts sum to the cost to
the last decimal: what was really paid, commitments and discounts included, divided as the list prices divide it. Tokens that the price book
has no price for weigh as much as the priced ones of their month do on average. A record of several requests does not tell their sizes:
such records are a band of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.actuals.reprice import list_price
from tco_model.finops.split import divided

# Ibis gives every column its widest type, so that tables stand here as Any.
ZERO = Decimal(0)
NOT_TOLD = -1
"""Place of the band of records that hold several requests, or none of their tokens."""


@dataclass(frozen=True, slots=True)
class Band:
    """Requests of like size. Costs are exact decimals, money out positive; one figure a month."""

    low: int
    """Input tokens of its smallest request."""
    high: int | None
    """Input tokens at which the next band begins; None where there is no end."""
    costs: tuple[Decimal, ...]
    requests: tuple[int, ...]
    tokens: tuple[int, ...]
    """Read and written."""
    is_told: bool = True
    """False of records that do not tell the size of a request."""

    @property
    def name(self) -> str:
        """The band in words: ``8k to 32k``."""
        if not self.is_told:
            return "size not logged"
        low = _short(self.low)
        return f"{low} and more" if self.high is None else f"{low} to {_short(self.high)}"

    @property
    def cost(self) -> Decimal:
        """Of all months."""
        return sum(self.costs, ZERO)

    def per_request(self, scale: int = 1, place: int | None = None) -> float | None:
        """Return the cost of `scale` requests, of all months or of the one at a place; None without a request."""
        return _ratio(self.costs, self.requests, scale, place)

    def per_1k_tokens(self, place: int | None = None) -> float | None:
        """Return the cost of a thousand tokens read or written, of all months or of the one at a place; None without a token."""
        return _ratio(self.costs, self.tokens, 1000, place)


@dataclass(frozen=True, slots=True)
class Bands:
    """The cost of requests by their size, the smallest first, the band of untold sizes last where there is one."""

    bands: tuple[Band, ...]
    unpriced: float
    """Share of the tokens, in [0, 1], that the price book has no price for."""

    @property
    def cost(self) -> Decimal:
        """Of all bands."""
        return sum((one.cost for one in self.bands), ZERO)


@dataclass(frozen=True, slots=True)
class _Group:
    """Records alike in month, band and model."""

    month: str
    place: int
    requests: int
    tokens: int
    price: Decimal | None


def band_costs(usage: Any, starts: Sequence[int], months: Sequence[str], cost: Mapping[str, Decimal]) -> Bands:
    """Return what requests cost by size.

    Args:
        usage: the records.
        starts: input tokens at which the next band begins, rising.
        months: of the bill.
        cost: by month, of all these requests together.
    """
    groups = [_group(row) for row in rows_of(band_query(usage, starts)) if str(row["month"]) in months]
    parts = {month: _split(cost.get(month, ZERO), [one for one in groups if one.month == month]) for month in months}
    ends = [(place, low, high) for place, (low, high) in enumerate(zip((0, *starts), (*starts, None), strict=True))]
    told = [_band(groups, parts, months, place, low, high) for place, low, high in ends]
    rest = _band(groups, parts, months, NOT_TOLD, 0, None)
    whole = sum(one.tokens for one in groups)
    unpriced = sum(one.tokens for one in groups if one.price is None)
    return Bands((*told, *([rest] if any(rest.requests) else [])), unpriced / whole if whole else 0.0)


def band_query(usage: Any, starts: Sequence[int]) -> Any:
    """Return the expression of requests and tokens by month, band and model, for any backend of Ibis."""
    import ibis

    length = usage.InputTokens
    steps = [((usage.Requests == 1) & (length < high), place) for place, high in enumerate(starts)]
    band = ibis.cases(*steps, ((usage.Requests == 1) & length.notnull(), len(starts)), else_=NOT_TOLD)
    names = {"provider": usage.Provider.fill_null(""), "model": usage.Model.fill_null(""), "month": month_of(usage.StartTime), "band": band}
    sums = {
        "requests": "Requests",
        "read": "InputTokens",
        "cached": "CachedInputTokens",
        "written": "CacheWriteTokens",
        "output": "OutputTokens",
    }
    return usage.group_by(**names).aggregate(**{name: usage[column].fill_null(0).sum() for name, column in sums.items()})


def _group(row: Mapping[str, Any]) -> _Group:
    price, _ = list_price(row, dt.date.fromisoformat(f"{row['month']}-01"))
    return _Group(str(row["month"]), int(row["band"]), int(row["requests"]), int(row["read"] + row["output"]), price)


def _split(cost: Decimal, groups: Sequence[_Group]) -> dict[int, Decimal]:
    """Divide the cost of a month over its bands; none where there is nothing to divide it by."""
    weights = next(
        (found for found in (_added(groups, weigh) for weigh in _weighings(groups)) if any(found.values())), dict[str, Decimal]()
    )
    return {int(place): amount for place, amount in divided(cost, weights).items()} if weights else {}


def _weighings(groups: Sequence[_Group]) -> Iterable[Callable[[_Group], Decimal]]:
    """Yield by what to weigh: list prices, and where they are all zero the tokens, and where those are the requests."""
    priced = [(one.price, one.tokens) for one in groups if one.price is not None]
    tokens = sum(count for _, count in priced)
    mean = sum((price for price, _ in priced), ZERO) / tokens if tokens else Decimal(1)
    yield lambda one: mean * one.tokens if one.price is None else one.price
    yield lambda one: Decimal(one.tokens)
    yield lambda one: Decimal(one.requests)


def _added(groups: Sequence[_Group], weigh: Callable[[_Group], Decimal]) -> dict[str, Decimal]:
    found = {str(one.place): ZERO for one in groups}
    for one in groups:
        found[str(one.place)] += weigh(one)
    return found


def _band(
    groups: Sequence[_Group], parts: Mapping[str, Mapping[int, Decimal]], months: Sequence[str], place: int, low: int, high: int | None
) -> Band:
    own = [one for one in groups if one.place == place]
    costs = tuple(parts[month].get(place, ZERO) for month in months)
    requests, tokens = (
        tuple(sum(getattr(one, name) for one in own if one.month == month) for month in months) for name in ("requests", "tokens")
    )
    return Band(low, high, costs, requests, tokens, place != NOT_TOLD)


def _ratio(costs: Sequence[Decimal], counts: Sequence[int], scale: int, place: int | None) -> float | None:
    cost, count = (sum(costs, ZERO), sum(counts)) if place is None else (costs[place], counts[place])
    return float(cost * scale / count) if count else None


def _short(tokens: int) -> str:
    return f"{tokens // 1000}k" if tokens % 1000 == 0 and tokens else f"{tokens:,}"
