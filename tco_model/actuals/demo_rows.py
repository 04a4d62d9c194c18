"""Turns an invented company into a year of cloud charges: what runs where, at what price, growing how, tagged how well.

Northlight sells software and answers its customers with a support assistant. All of it is invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from tco_model.actuals.demo_catalogue import CATALOGUE, NIMBUS, TERRANE, Resource, support_tags

EVERY_MONTH = tuple(date(2025 + (9 + place) // 12, (9 + place) % 12 + 1, 1) for place in range(15))
"""October 2025 to December 2026: the year, and three months in which a decision shows."""
MONTHS = EVERY_MONTH[:12]
"""October 2025 to September 2026."""
DRIFT_FROM = 7
"""Position of the month from which evaluation traffic and retrieval grow: the eighth, May 2026."""
DECIDED_FROM = 13
"""Position of the month from which they are held back, as the review of the twelfth month decides: the fourteenth, November 2026."""
KEPT = 2
"""Months of that growth which the decision leaves standing."""
ACCOUNTS = {NIMBUS: "NB-1001", TERRANE: "TR-77-4200"}
COMMITTED_A_DAY = Decimal(240)
"""Amortised cost of the GPU commitment: 87,600 USD paid each 1 October for 365 days [USD/day]."""
RUN_DAYS = 2
"""Days of one training run."""
Row = dict[str, str]


def month_end(month: date) -> date:
    """Return the first day of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


def days_of(month: date) -> list[date]:
    """Return the days of a month."""
    return [month + timedelta(days=place) for place in range((month_end(month) - month).days)]


def charges(provider: str, month: date, draw: random.Random) -> Iterator[Row]:
    """Yield the charges of one bill: daily usage, then what is billed once a month."""
    place = EVERY_MONTH.index(month)
    for resource in CATALOGUE:
        if resource.provider == provider:
            for day in days_of(month):
                if _runs(resource, day, place):
                    yield _usage(resource, day, place, draw)
    yield from (_nimbus_extras if provider == NIMBUS else _terrane_extras)(month, place, draw)


def _runs(resource: Resource, day: date, place: int) -> bool:
    if resource.days == "weekdays":
        return day.weekday() < 5
    return resource.days == "every" or (place % 3 == 1 and 10 <= day.day < 16)


def _run_of(resource: Resource, day: date) -> dict[str, str]:
    """Return the tag that names the training run of a day: a run takes two days, on all machines together."""
    return {"run": f"ranker-{day:%Y-%m}-{(day.day - 10) // RUN_DAYS + 1}"} if resource.days == "run" else {}


def level(resource: Resource, place: int) -> float:
    """Return the quantity of a resource in a month over that of the first [ratio]."""
    return (1 + resource.growth) ** place * (1 + resource.drift) ** drifted(place)


def drifted(place: int) -> int:
    """Return how many months of the growth of evaluation and retrieval stand in a month."""
    return KEPT if place >= DECIDED_FROM else max(place - DRIFT_FROM + 1, 0)


def _usage(resource: Resource, day: date, place: int, draw: random.Random) -> Row:
    quantity = Decimal(str(round(resource.a_day * level(resource, place) * draw.uniform(0.94, 1.06), 4)))
    listed = quantity * Decimal(resource.price)
    paid = listed * (1 - Decimal(resource.discount))
    return base(resource.provider, day.replace(day=1), resource.account) | {
        "ServiceName": resource.service,
        "ServiceCategory": resource.category,
        "ResourceId": f"{resource.account}/{resource.name}",
        "ResourceName": resource.name,
        "ResourceType": resource.service.split(" ", 1)[1],
        "SkuId": f"{resource.service}:{resource.unit}",
        "SkuPriceId": f"{resource.service}:{resource.unit}:1",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargeDescription": f"{resource.service}, {resource.unit}",
        "PricingCategory": "Standard",
        "PricingUnit": resource.unit,
        "PricingQuantity": f"{quantity}",
        "ConsumedUnit": resource.unit,
        "ConsumedQuantity": f"{quantity}",
        "ListUnitPrice": resource.price,
        "ContractedUnitPrice": f"{Decimal(resource.price) * (1 - Decimal(resource.discount))}",
        "ListCost": f"{listed}",
        "ContractedCost": f"{paid}",
        "BilledCost": f"{paid}",
        "EffectiveCost": f"{paid}",
        **span(day, day + timedelta(days=1)),
        "Tags": dict_text(dict(resource.tags) | _run_of(resource, day)),
    }


def dict_text(tags: Mapping[str, str]) -> str:
    """Return tags as the JSON text of a cell; an untagged resource has an empty cell."""
    import json

    return json.dumps(dict(tags)) if tags else ""


def span(start: date, end: date) -> Row:
    """Return the charge period."""
    return {"ChargePeriodStart": f"{start}T00:00:00Z", "ChargePeriodEnd": f"{end}T00:00:00Z"}


def base(provider: str, month: date, account: str) -> Row:
    """Return what every charge of a bill has in common."""
    return {
        "BillingAccountId": ACCOUNTS[provider],
        "BillingAccountName": "Northlight",
        "SubAccountId": f"{ACCOUNTS[provider]}-{account}",
        "SubAccountName": account,
        "BillingCurrency": "USD",
        "InvoiceIssuerName": f"{provider} Inc",
        "ServiceProviderName": provider,
        "HostProviderName": provider,
        "RegionId": "north-1",
        "RegionName": "North 1",
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{month_end(month)}T00:00:00Z",
        "InvoiceId": f"{provider[:2].upper()}-{month:%Y%m}",
    }


def _flat(provider: str, month: date, account: str, category: str, words: str, billed: Decimal, **more: str) -> Row:
    row = (
        base(provider, month, account)
        | span(month, month_end(month))
        | {
            "ServiceName": "Billing",
            "ServiceCategory": "Other",
            "ChargeCategory": category,
            "ChargeDescription": words,
            "ChargeFrequency": "One-Time",
            **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), f"{billed}"),
        }
    )
    return row | more


def _nimbus_extras(month: date, place: int, draw: random.Random) -> Iterator[Row]:
    if place < 3:
        yield _flat(NIMBUS, month, "support-prod", "Credit", "Migration credit", Decimal(-500), ServiceName="Nimbus Compute")
    if place == 4:
        yield _flat(
            NIMBUS, month, "shop-prod", "Adjustment", "Refund for an outage on 2026-01-19", Decimal("-318.40"), ServiceName="Nimbus Compute"
        )
    if place == 6:
        yield _flat(
            NIMBUS,
            month,
            "support-prod",
            "Usage",
            "Correction of index hours billed twice in March",
            Decimal("-164.16"),
            ChargeClass="Correction",
            ServiceName="Nimbus Vector Index",
            ServiceCategory="Databases",
            **span(MONTHS[5] + timedelta(days=9), MONTHS[5] + timedelta(days=10)),
            Tags=dict_text(support_tags("retrieval")),
        )
    yield _flat(
        NIMBUS,
        month,
        "platform-shared",
        "Purchase",
        "Enterprise support plan",
        Decimal(1_150),
        ChargeFrequency="Recurring",
        ServiceName="Nimbus Support",
    )
    yield _flat(NIMBUS, month, "platform-shared", "Tax", "Sales tax", Decimal("412.35") + 9 * place)


def _terrane_extras(month: date, place: int, draw: random.Random) -> Iterator[Row]:
    """Yield the GPU commitment: its purchase, its amortised use each day, and the waste of what nobody used."""
    held = {
        "CommitmentDiscountId": f"cd-gpu-{2025 + place // 12}-10",
        "CommitmentDiscountName": "GPU capacity, one year",
        "CommitmentDiscountCategory": "Spend",
        "CommitmentDiscountType": "GPU plan",
        "CommitmentDiscountUnit": "USD",
        "ServiceName": "Terrane GPU",
        "ServiceCategory": "AI and Machine Learning",
        "PricingCategory": "Committed",
    }
    if place % 12 == 0:
        yield _flat(
            TERRANE,
            month,
            "ml-serving",
            "Purchase",
            "GPU capacity, one year, all upfront",
            COMMITTED_A_DAY * 365,
            EffectiveCost="0",
            CommitmentDiscountQuantity=f"{COMMITTED_A_DAY * 365}",
            **held,
        )
    tags = dict_text(
        {"team": "support-eng", "product": "support-assistant", "environment": "prod", "workload": "live", "cost_center": "CC-210"}
    )
    for day in days_of(month):
        used = (COMMITTED_A_DAY * Decimal(str(round(draw.uniform(0.78, 0.97), 3)))).quantize(Decimal("0.01"))
        common = {"BilledCost": "0", "ChargeFrequency": "Usage-Based", **span(day, day + timedelta(days=1)), **held}
        listed = (used / Decimal("0.7")).quantize(Decimal("0.000001"))
        hours = (listed / Decimal("2.95")).quantize(Decimal("0.0001"))
        yield _flat(
            TERRANE,
            month,
            "ml-serving",
            "Usage",
            "GPU hours under the commitment",
            used,
            **common
            | {
                "CommitmentDiscountStatus": "Used",
                "CommitmentDiscountQuantity": f"{used}",
                "ListCost": f"{listed}",
                "Tags": tags,
                "ResourceId": "ml-serving/assist-gpu",
                "ResourceName": "assist-gpu",
                "PricingUnit": "GPU-Hours",
                "PricingQuantity": f"{hours}",
                "ConsumedUnit": "GPU-Hours",
                "ConsumedQuantity": f"{hours}",
                "ListUnitPrice": "2.95",
            },
        )
        unused = COMMITTED_A_DAY - used
        yield _flat(
            TERRANE,
            month,
            "ml-serving",
            "Usage",
            "Commitment nobody used",
            unused,
            **common
            | {"CommitmentDiscountStatus": "Unused", "CommitmentDiscountQuantity": f"{unused}", "ListCost": "0", "ContractedCost": "0"},
        )
