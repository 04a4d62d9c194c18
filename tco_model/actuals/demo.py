"""Turns a seed into a year of exports of an invented company, as its two clouds, its AI service and its gateway would write them.

Northlight, October 2025 to September 2026. Clouds ``Nimbus Cloud`` (billing account ``NB-1001``; FOCUS 1.0 until March 2026 with a byte
order mark, literal NULL and times without zone, 1.2 after) and ``Terrane`` (``TR-77-4200``; FOCUS 1.3); AI service ``OpenAI``
(``org-northlight``, costs and usage pages) and a LiteLLM gateway before it. Sub-accounts: support-prod, support-dev, support-eval,
shop-prod, platform-shared, sandbox (Nimbus); ml-serving, ml-train, observability, data-platform (Terrane); as ``<account>-<name>`` in
SubAccountId and by name in SubAccountName; the AI projects proj_support_live, proj_support_eval, proj_agents.

Tag keys: ``owner`` or ``team``, ``product`` (support-assistant, shop-search, data-platform, platform), ``env`` or ``environment`` (prod,
production, dev, test), ``cost_center``, ``workload`` (live, retrieval, evaluation, training, shared), ``customer_segment``, ``run`` (of
training machines: which of the three training runs of two days each, in each third month); the sandbox and the observability account carry
none, some development and shop machines no owner, and the warehouse writes ``" team"`` beside ``"team"``.
The AI costs carry no tags: their project stands in SubAccountId.

In it: a GPU commitment (87,600 USD upfront, amortised each day, some of it unused), migration credits (October to December), a refund
(February), a correction of March in the bill of April, tax, a support plan, training each third month, evaluation traffic and
retrieval that grow from May 2026 on while resolved cases hardly do. ``outcomes.csv`` holds by month the cases resolved, the conversations
that the assistant had, and the searches. Three further months can be asked for: in November 2026 evaluation runs once a week and retrieved
text is capped, as a review would decide.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from tco_model.actuals.demo_ai import CASES, SEARCHES, SEEN, month_of_ai
from tco_model.actuals.demo_catalogue import NIMBUS, TERRANE
from tco_model.actuals.demo_rows import EVERY_MONTH, MONTHS, Row, charges
from tco_model.files import write_bytes

EXPORTS = "exports"
FIRST = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "SkuId",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "Tags",
)
LATER = (*FIRST, "CommitmentDiscountQuantity", "CommitmentDiscountUnit", "InvoiceId", "PricingCurrency")
LATEST = tuple({"ProviderName": "ServiceProviderName", "PublisherName": "HostProviderName"}.get(name, name) for name in LATER)
NEW_NIMBUS_FROM = date(2026, 4, 1)


def write_demo(folder: Path, seed: int = 7, months: int = len(MONTHS)) -> list[Path]:
    """Write a year of exports below ``folder/exports`` and ``folder/outcomes.csv``; return the exports, in order of time.

    The same seed gives the same bytes, and more months the same for those before. From the fourteenth on they show the decision that
    the review of the twelfth leads to.
    """
    exports = folder / EXPORTS
    found: list[Path] = []
    for month in EVERY_MONTH[:months]:
        draw = random.Random(f"{seed} {month}")
        nimbus, terrane = list(charges(NIMBUS, month, draw)), list(charges(TERRANE, month, draw))
        old = month < NEW_NIMBUS_FROM
        found += [
            _write(exports / "nimbus" / f"nimbus-focus-{month:%Y-%m}.csv.gz", _bill(nimbus, FIRST if old else LATER, old)),
            _write(exports / "terrane" / f"terrane-focus-{month:%Y-%m}.csv.gz", _bill(terrane, LATEST, False)),
        ]
        ai = month_of_ai(month, draw)
        found += [
            _write(exports / "ai" / f"openai-costs-{month:%Y-%m}.json", json.dumps(ai.costs)),
            _write(exports / "ai" / f"openai-usage-{month:%Y-%m}.json", json.dumps(ai.usage)),
            _write(exports / "ai" / f"litellm-spend-{month:%Y-%m}.jsonl.gz", "".join(json.dumps(one) + "\n" for one in ai.log)),
        ]
    _write(folder / "outcomes.csv", _outcomes(months))
    return found


def _outcomes(months: int) -> str:
    lines = ["month,product,cases_resolved"]
    for month, cases, searches in zip(EVERY_MONTH[:months], CASES, SEARCHES, strict=False):
        counts = {"support-assistant": cases, "support-conversations": round(SEEN * cases), "shop-search": searches}
        lines += [f"{month:%Y-%m},{product},{count}" for product, count in counts.items()]
    return "\n".join(lines) + "\n"


def _bill(rows: Iterable[Row], columns: Sequence[str], old: bool) -> str:
    """Spell charges as a FOCUS CSV; the older exporter writes NULL, times without zone and a byte order mark."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n" if old else "\n")
    writer.writerow(columns)
    renamed = {"ProviderName": "ServiceProviderName", "PublisherName": "HostProviderName"}
    for row in rows:
        cells = [row.get(renamed.get(name, name), "") for name in columns]
        writer.writerow([_old(cell) for cell in cells] if old else cells)
    return ("\ufeff" if old else "") + text.getvalue()


def _old(cell: str) -> str:
    if len(cell) == 20 and cell.endswith("T00:00:00Z"):
        return cell.replace("T", " ").removesuffix("Z")
    return cell or "NULL"


def _write(path: Path, text: str) -> Path:
    """Write a file, packed where its name ends in .gz; without a time inside, so that equal content is equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0, compresslevel=6) as stream:
            stream.write(data)
        data = packed.getvalue()
    return write_bytes(path, data)
