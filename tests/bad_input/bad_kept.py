"""What a workspace keeps, spoiled: its log of imports, the forecasts and months it keeps, the alerts it told."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.bad_input.bad_file import BadFile

FORECAST: dict[str, Any] = {
    "schema": 1, "made": "2026-05-20", "by": "owner", "cost": "EffectiveCost", "currency": "USD", "last_actual": "2026-05",
    "parts": {"total": {"method": "naive", "months": ["2026-06"], "central": ["1.00"], "low": ["0.50"], "high": ["2.00"]}},
}  # fmt: skip


def forecast(**fields: Any) -> tuple[str, bytes]:
    """A kept forecast under the name that its hash asks for, as only somebody who means it would write one."""
    text = json.dumps(FORECAST | fields)
    return f"2026-05-20-{hashlib.sha256(text.encode()).hexdigest()[:8]}.json", text.encode()


def part(**fields: Any) -> dict[str, Any]:
    return {"total": FORECAST["parts"]["total"] | fields}


FORECASTS = [
    BadFile("nothing", "2026-05-20-00000000.json", b"", "this is no kept forecast"),
    BadFile("no JSON", "2026-05-20-00000000.json", b"{broken", "this is no kept forecast"),
    BadFile("UTF-16", "2026-05-20-00000000.json", json.dumps(FORECAST).encode("utf-16"), "this is no kept forecast"),
    BadFile("a list", "2026-05-20-00000000.json", b"[]", "this is no kept forecast"),
    BadFile("nested without end", "2026-05-20-00000000.json", b"[" * 100_000, "this is no kept forecast"),
    BadFile(
        "too large",
        "2026-05-20-00000000.json",
        lambda: b" " * 17_000_000,
        "this is no kept forecast: it holds more than 16,000,000 bytes, t",
    ),
    BadFile("changed since", "2026-05-20-00000000.json", forecast()[1], "it is not what was kept: the hash in its name differs"),
    BadFile("without parts", *forecast(parts=None), "this is no kept forecast"),
    BadFile("parts that are a list", *forecast(parts=[1]), "this is no kept forecast"),
    BadFile("a part that is a word", *forecast(parts={"total": "much"}), "this is no kept forecast"),
    BadFile("an amount that is none", *forecast(parts=part(central=["much"])), "this is no kept forecast"),
    BadFile("more months than amounts", *forecast(parts=part(months=["2026-06", "2026-07"])), "this is no kept forecast"),
]
LINE: dict[str, Any] = {
    "month": "2026-05", "owner": "ml", "cost_center": "C", "amount": "1.00", "exact": "1.00", "currency": "USD", "cost": "BilledCost", "adjusts": "",
}  # fmt: skip


def closed(**fields: Any) -> bytes:
    held = {"schema": 1, "month": "2026-05", "closed_at": "2026-06-02T00:00:00+00:00", "lines": [LINE]} | fields
    held.setdefault("sha256", hashlib.sha256(json.dumps(held["lines"], sort_keys=True, ensure_ascii=False).encode()).hexdigest())
    return json.dumps(held).encode()


CLOSED = [
    BadFile("nothing", "2026-05.json", b"", "this is no closed month"),
    BadFile("no JSON", "2026-05.json", b"{broken", "this is no closed month"),
    BadFile("a list", "2026-05.json", b"[]", "this is no closed month"),
    BadFile("nested without end", "2026-05.json", b"[" * 100_000, "this is no closed month"),
    BadFile(
        "another amount than was closed",
        "2026-05.json",
        closed(sha256="0" * 64),
        "it is not what was closed: the hash differs",
    ),
    BadFile("another month than its name", "2026-05.json", closed(month="2026-04"), "it is not what was closed: the hash differs"),
    BadFile("a line that is none", "2026-05.json", closed(lines=[{"owner": "ml"}]), "this is no closed month"),
    BadFile("lines that are a word", "2026-05.json", closed(lines="none"), "this is no closed month"),
    BadFile("an amount that is none", "2026-05.json", closed(lines=[LINE | {"amount": "much"}]), "this is no closed month"),
    BadFile("an amount beyond all bounds", "2026-05.json", closed(lines=[LINE | {"amount": "1e999999999"}]), "this is no closed month"),
]
ALERT = {"budget": "everything", "period": "2026-05", "kind": "actual", "threshold": "80%", "limit": "62000"}
ALERTS = [
    BadFile("no JSON", "alerts.jsonl", json.dumps(ALERT).encode() + b"\n{broken\n", "this is no alert", line=2),
    BadFile("a list", "alerts.jsonl", b"[]\n", "this is no alert", line=1),
    BadFile("another key", "alerts.jsonl", json.dumps(ALERT | {"more": 1}).encode(), "this is no alert", line=1),
    BadFile("a list for a text", "alerts.jsonl", json.dumps(ALERT | {"budget": ["x"]}).encode(), "this is no alert", line=1),
    BadFile("UTF-16", "alerts.jsonl", json.dumps(ALERT).encode("utf-16"), "cannot be read: it is not UTF-8"),
    BadFile("nested without end", "alerts.jsonl", b"[" * 100_000, "this is no alert", line=1),
    BadFile("too large", "alerts.jsonl", lambda: (json.dumps(ALERT).encode() + b"\n") * 180_000, "it holds more than 16,000,000 bytes"),
]
