"""Turns an invented company into a year of cloud charges: what runs where, at what price, growing how, tagged how well.

Northlight sells software and answers its customers with a support assistant. All of it is invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

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
NIMBUS, TERRANE = "Nimbus Cloud", "Terrane"
ACCOUNTS = {NIMBUS: "NB-1001", TERRANE: "TR-77-4200"}
COMMITTED_A_DAY = Decimal(240)
"""Amortised cost of the GPU commitment: 87,600 USD paid each 1 October for 365 days [USD/day]."""
RUN_DAYS = 2
"""Days of one training run."""
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that is billed each day: where it runs, what it costs, how it grows, how it is tagged."""

    provider: str
    account: str
    service: str
    category: str
    name: str
    unit: str
    a_day: float
    """Quantity a day in the first month [unit/day]."""
    price: str
    """List price [USD/unit]."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    growth: float = 0.01
    """Growth a month [1/month]."""
    drift: float = 0.0
    """Further growth a month from `DRIFT_FROM` on [1/month]."""
    discount: str = "0"
    """Negotiated share off the list price."""
    days: str = "every"
    """every day, weekdays, or a run of six days in every third month."""


def _support(workload: str, environment: str = "prod", **more: str) -> dict[str, str]:
    return {
        "owner": "support-eng",
        "product": "support-assistant",
        "env": environment,
        "cost_center": "CC-210",
        "workload": workload,
    } | more


def _catalogue() -> tuple[Resource, ...]:
    """Return everything that runs, both clouds."""
    shop = {"owner": "shop-eng", "product": "shop-search", "env": "production", "cost_center": "CC-230", "workload": "live"}
    platform = {"owner": "platform", "product": "platform", "env": "prod", "cost_center": "CC-100", "workload": "shared"}
    research = {"team": "ml-research", "product": "support-assistant", "environment": "dev", "cost_center": "CC-310"}
    found = [
        Resource(
            NIMBUS,
            "support-prod",
            "Nimbus Vector Index",
            "Databases",
            f"vec-index-{n}",
            "Index-Hours",
            24,
            "1.90",
            _support("retrieval"),
            0.01,
            0.11,
            "0.1",
        )
        for n in range(1, 7)
    ]
    found += [
        Resource(
            NIMBUS,
            "support-prod",
            "Nimbus Compute",
            "Compute",
            f"assist-web-{n}",
            "Instance-Hours",
            24,
            "0.384",
            _support("live", customer_segment="enterprise" if n % 2 else "self-service"),
            0.012,
            0,
            "0.1",
        )
        for n in range(1, 11)
    ]
    found += [
        Resource(
            NIMBUS,
            "support-prod",
            "Nimbus Object Store",
            "Storage",
            "assist-docs",
            "GB-Days",
            41_000,
            "0.00077",
            _support("retrieval"),
            0.03,
            0.05,
        )
    ]
    found += [
        Resource(
            NIMBUS,
            "support-dev",
            "Nimbus Compute",
            "Compute",
            f"assist-dev-{n}",
            "Instance-Hours",
            10,
            "0.384",
            _support("live", "dev") if n < 4 else {"product": "support-assistant", "environment": "dev"},
            0.0,
            0,
            "0.1",
            "weekdays",
        )
        for n in range(1, 7)
    ]
    found += [
        Resource(
            NIMBUS,
            "support-eval",
            "Nimbus Batch",
            "Compute",
            f"eval-{suite}",
            "Job-Hours",
            14,
            "0.92",
            _support("evaluation", "test"),
            0.0,
            0.22,
        )
        for suite in ("regression", "tone", "safety", "retrieval")
    ]
    found += [
        Resource(
            NIMBUS,
            "shop-prod",
            "Nimbus Compute",
            "Compute",
            f"shop-{n}",
            "Instance-Hours",
            24,
            "0.192",
            shop if n % 3 else {"product": "shop-search"},
            0.008,
            0,
            "0.1",
        )
        for n in range(1, 13)
    ]
    found += [
        Resource(NIMBUS, "platform-shared", "Nimbus Containers", "Compute", f"cluster-{n}", "Node-Hours", 24, "0.61", platform, 0.01)
        for n in range(1, 7)
    ]
    found += [
        Resource(NIMBUS, "platform-shared", "Nimbus Network", "Networking", name, "GB", 2_400, "0.02", platform, 0.015)
        for name in ("egress-east", "egress-west", "gateway")
    ]
    found += [Resource(NIMBUS, "sandbox", "Nimbus Compute", "Compute", f"unnamed-{n}", "Instance-Hours", 24, "0.096") for n in range(1, 5)]
    found += [
        Resource(
            TERRANE,
            "ml-serving",
            "Terrane GPU",
            "AI and Machine Learning",
            f"rerank-gpu-{n}",
            "GPU-Hours",
            24,
            "2.95",
            {"team": "support-eng", "product": "support-assistant", "environment": "prod", "cost_center": "CC-210", "workload": "live"},
            0.0,
            0,
            "0.08",
        )
        for n in range(1, 3)
    ]
    found += [
        Resource(
            TERRANE,
            "ml-train",
            "Terrane GPU",
            "AI and Machine Learning",
            f"train-gpu-{n}",
            "GPU-Hours",
            22,
            "2.95",
            research | {"workload": "training"},
            0.0,
            0,
            "0.08",
            "run",
        )
        for n in range(1, 9)
    ]
    found += [
        Resource(
            TERRANE,
            "ml-train",
            "Terrane Disk",
            "Storage",
            "checkpoints",
            "GB-Days",
            9_000,
            "0.0026",
            research | {"workload": "training"},
            0.04,
        )
    ]
    found += [
        Resource(TERRANE, "observability", "Terrane Telemetry", "Management and Governance", name, "GB", quantity, "0.31", {}, 0.012, drift)
        for name, quantity, drift in (("traces", 190, 0.06), ("metrics", 80, 0), ("logs", 260, 0.03))
    ]
    found += [
        Resource(
            TERRANE,
            "data-platform",
            "Terrane Warehouse",
            "Analytics",
            f"wh-{size}",
            "Credit",
            quantity,
            "2.40",
            {" team": "data", "team": "data", "product": "data-platform", "environment": "prod", "cost_center": "CC-120"},
            0.01,
        )
        for size, quantity in (("small", 18), ("large", 31))
    ]
    return tuple(found)


CATALOGUE = _catalogue()


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
            Tags=dict_text(_support("retrieval")),
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
