"""Turns AI usage that was logged without a price into what its tokens cost by the price book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tco_model.actuals.queries import rows_of
from tco_model.prices.book import quote
from tco_model.prices.problem import PriceError

SPELLINGS = {
    "aws.bedrock": "aws",
    "bedrock": "aws",
    "azure_openai": "azure",
    "gcp.vertex_ai": "google",
    "vertex_ai": "google",
    "gemini": "google",
}
"""Names of providers in logs and in the price book, where they differ."""
TO_CENTS_OF_CENTS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Repriced:
    """Requests of one provider and model that a source logged without spend, and what their tokens cost."""

    source: str
    provider: str
    model: str
    requests: int
    logged: Decimal
    """What the source logged for all its requests of this model [currency of the log]."""
    repriced: Decimal | None
    """What the tokens of the requests without spend cost by list price [USD]; None where the book has no price."""
    reason: str = ""
    """Why there is no price."""


def reprice(usage: Any) -> list[Repriced]:
    """Price the successful requests that carry tokens and a spend of zero, month by month.

    Prices by the length of a prompt go by the mean length of each month's prompts. Usage whose source never logs a spend
    (its column is NULL) is not missing one and is left out.
    """
    import ibis

    silent = (usage.Spend == 0) & (usage.InputTokens.fill_null(0) + usage.OutputTokens.fill_null(0) > 0)

    def tokens(name: str) -> Any:
        return usage[name].fill_null(0).sum(where=silent).fill_null(0)

    grouped = usage.filter(usage.Spend.notnull()).group_by(
        source=usage.x_Source, provider=usage.Provider.fill_null(""), model=usage.Model.fill_null(""), month=usage.StartTime.truncate("M")
    )
    sums = grouped.agg(
        requests=tokens("Requests"),
        logged=usage.Spend.sum(),
        read=tokens("InputTokens"),
        cached=tokens("CachedInputTokens"),
        written=tokens("CacheWriteTokens"),
        output=tokens("OutputTokens"),
    )
    rows = rows_of(sums.order_by(ibis._.source, ibis._.provider, ibis._.model, ibis._.month))
    found: dict[tuple[str, str, str], Repriced] = {}
    for row in rows:
        key = (row["source"], row["provider"], row["model"])
        before = found.get(key, Repriced(*key, 0, Decimal(0), Decimal(0)))
        day: dt.date = row["month"].date() if isinstance(row["month"], dt.datetime) else row["month"]
        price, reason = list_price(row, day) if row["requests"] else (Decimal(0), "")
        both = None if price is None or before.repriced is None else before.repriced + price
        found[key] = Repriced(*key, before.requests + row["requests"], before.logged + row["logged"], both, before.reason or reason)
    return [one for one in found.values() if one.requests]


def list_price(row: Mapping[str, Any], day: dt.date) -> tuple[Decimal | None, str]:
    """Return what tokens cost by list price on a day [USD], or None and why there is no price.

    Args:
        row: provider, model, requests, and tokens read, cached, written (to the cache) and output, those of all requests together.
        day: of the prices; those by the length of a prompt go by the mean length of these.
    """
    requests = max(int(row["requests"]), 1)
    provider = SPELLINGS.get(row["provider"], row["provider"]) or None
    model = row["model"].rsplit("/", 1)[-1]
    try:
        rates = quote(model, day, provider=provider, input_tokens=row["read"] / requests)
        cost = rates.cost(row["read"], row["output"], row["cached"], row["written"]) + (requests - 1) * rates.request_price
    except PriceError as error:
        return None, str(error)
    return Decimal(str(cost)).quantize(TO_CENTS_OF_CENTS), ""
