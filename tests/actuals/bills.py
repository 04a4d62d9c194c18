"""Small FOCUS bills for the tests: rows as text, written as any exporter might."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tco_model.actuals.store import Workspace

SHARED = next((place / "shared/data/focus" for place in Path(__file__).parents if (place / "shared/data/focus").is_dir()), Path("absent"))
"""Real exports and the specification's examples, where a checkout has them at hand; the repository ships none of them."""
SAMPLE = SHARED / "focus_sample_1000.csv"
EXAMPLES = SHARED / "spec_v1_2_examples"

BASE = {
    "BilledCost": "1.25",
    "EffectiveCost": "1.00",
    "ListCost": "2",
    "ContractedCost": "1.5",
    "BillingAccountId": "A1",
    "BillingAccountName": "Acme",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-05-01T00:00:00Z",
    "BillingPeriodEnd": "2026-06-01T00:00:00Z",
    "ChargePeriodStart": "2026-05-03T00:00:00Z",
    "ChargePeriodEnd": "2026-05-04T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeDescription": "compute",
    "InvoiceIssuerName": "Cloud Inc",
    "PricingQuantity": "2",
    "PricingUnit": "Hours",
    "ServiceCategory": "Compute",
    "ServiceName": "VM",
    "ServiceProviderName": "Cloud",
    "HostProviderName": "Cloud",
    "ResourceId": "r1",
    "Tags": '{"owner": "search"}',
}


def charge(**cells: str) -> dict[str, str]:
    return BASE | cells


def month(days: Sequence[int], **cells: str) -> list[dict[str, str]]:
    """One charge a day of May 2026."""
    return [
        charge(ChargePeriodStart=f"2026-05-{day:02d}T00:00:00Z", ChargePeriodEnd=f"2026-05-{day + 1:02d}T00:00:00Z", **cells)
        for day in days
    ]


def text(rows: Sequence[Mapping[str, str]], columns: Sequence[str] | None = None, delimiter: str = ",", end: str = "\n") -> str:
    stream = io.StringIO()
    names = list(columns or rows[0])
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    writer.writerow(names)
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    return stream.getvalue()


def write(path: Path, rows: Sequence[Mapping[str, str]], **how: Any) -> Path:
    path.write_bytes(text(rows, **how).encode())
    return path


def held(folder: Path, table: str = "charges") -> list[dict[str, Any]]:
    """Every row of a workspace, in a stable order."""
    space = Workspace(folder)
    try:
        found: Any = space.charges() if table == "charges" else space.usage()
        return found.order_by("x_ChargeKey" if table == "charges" else "x_UsageKey").to_pyarrow().to_pylist()
    finally:
        space.close()


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but the lock, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"
    }
