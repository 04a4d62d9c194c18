"""Holds what the invented company runs: every resource that is billed each day, with its price, its growth and its tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NIMBUS, TERRANE = "Nimbus Cloud", "Terrane"


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


def support_tags(workload: str, environment: str = "prod", **more: str) -> dict[str, str]:
    """Return the tags of a resource of the support assistant."""
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
            support_tags("retrieval"),
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
            support_tags("live", customer_segment="enterprise" if n % 2 else "self-service"),
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
            support_tags("retrieval"),
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
            support_tags("live", "dev") if n < 4 else {"product": "support-assistant", "environment": "dev"},
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
            support_tags("evaluation", "test"),
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
