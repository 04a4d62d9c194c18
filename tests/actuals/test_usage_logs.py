"""Usage logs of each source read to the counts their documents define; none of it is ever part of the bill."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tco_model.actuals.load import import_files
from tco_model.actuals.reprice import reprice
from tco_model.actuals.store import Workspace
from tco_model.prices.book import quote
from tests.actuals.bills import held

LITELLM: dict[str, Any] = {
    "request_id": "r1",
    "api_key": "k",
    "spend": 0.0123,
    "total_tokens": 1500,
    "prompt_tokens": 1000,
    "completion_tokens": 500,
    "startTime": "2026-05-03T10:00:00Z",
    "endTime": "2026-05-03T10:00:02Z",
    "model": "gpt-5-mini",
    "model_group": "gpt-5-mini",
    "custom_llm_provider": "openai",
    "user": "u",
    "metadata": {"owner": "search", "usage_object": {"prompt_tokens_details": {"cached_tokens": 300}}},
    "cache_hit": "False",
    "request_tags": ["traffic:evaluation", "product:assistant"],
    "team_id": "t",
    "status": "success",
}


def imported(folder: Path, name: str, content: str | bytes, table: str = "usage") -> list[dict[str, Any]]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    import_files([path], folder / "w")
    return held(folder / "w", table)


def as_csv(record: dict[str, Any]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(record))
    writer.writeheader()
    writer.writerow({key: json.dumps(value) if isinstance(value, dict | list) else value for key, value in record.items()})
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps(LITELLM) + "\n"),
        ("a.json", json.dumps([LITELLM], indent=1)),
        ("a.json", json.dumps({"data": [LITELLM]})),
        ("a.csv", as_csv(LITELLM)),
        ("a.jsonl.gz", gzip.compress(json.dumps(LITELLM).encode())),
    ],
    ids=["jsonl", "json", "page", "csv", "gz"],
)
def test_litellm(name: str, content: str | bytes, tmp_path: Path) -> None:
    (row,) = imported(tmp_path, name, content)
    assert (row["InputTokens"], row["CachedInputTokens"], row["OutputTokens"], row["Requests"]) == (1000, 300, 500, 1)
    assert (row["Spend"], row["Currency"], row["Traffic"], row["x_UsageKey"]) == (Decimal("0.0123"), "USD", "evaluation", "r1")
    assert row["StartTime"] == datetime(2026, 5, 3, 10) and dict(row["Tags"])["owner"] == "search" and row["x_Source"] == "litellm"
    assert held(tmp_path / "w") == [], "usage is no bill"


def test_overlapping_logs_count_a_request_once_and_the_later_holds(tmp_path: Path) -> None:
    imported(tmp_path, "a.jsonl", "".join(json.dumps(LITELLM | {"request_id": f"r{n}"}) + "\n" for n in range(5)))
    rows = imported(tmp_path, "b.jsonl", "".join(json.dumps(LITELLM | {"request_id": f"r{n}", "spend": 1}) + "\n" for n in range(3, 8)))
    assert len(rows) == 8 and sum(row["Spend"] for row in rows) == 3 * Decimal("0.0123") + 5


def test_a_line_that_is_no_json_is_set_aside(tmp_path: Path) -> None:
    lines = [
        json.dumps(LITELLM),
        "{broken",
        json.dumps(LITELLM | {"request_id": "r2", "spend": "NaN"}),
        json.dumps(LITELLM | {"request_id": "r3"}),
        json.dumps(LITELLM | {"request_id": "r4"}),
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    outcome = import_files([tmp_path / "a.jsonl"], tmp_path / "w")[0]
    assert [(row.line, row.column) for row in outcome.set_aside] == [(2, ""), (3, "spend")]
    assert outcome.held is not None and (outcome.held.rows, outcome.held.kept) == (5, 3)


START = int(datetime(2026, 5, 3).timestamp()) // 86_400 * 86_400
COSTS = {
    "object": "page",
    "has_more": False,
    "data": [
        {
            "object": "bucket",
            "start_time": START,
            "end_time": START + 86_400,
            "results": [
                {
                    "object": "organization.costs.result",
                    "amount": {"value": 0.06, "currency": "usd"},
                    "line_item": "gpt-5",
                    "project_id": "p1",
                },
                {
                    "object": "organization.costs.result",
                    "amount": {"value": -0.01, "currency": "usd"},
                    "line_item": None,
                    "project_id": "p1",
                },
            ],
        }
    ],
}


def test_openai_costs_are_charges(tmp_path: Path) -> None:
    rows = imported(tmp_path, "costs.json", json.dumps(COSTS), "charges")
    assert sorted((row["BilledCost"], row["ChargeCategory"]) for row in rows) == [(Decimal("-0.01"), "Credit"), (Decimal("0.06"), "Usage")]
    assert {(row["BillingCurrency"], row["ServiceProviderName"], row["SubAccountId"]) for row in rows} == {("USD", "OpenAI", "p1")}
    assert {row["BillingPeriodStart"] for row in rows} == {datetime(2026, 5, 1)}


def test_openai_usage_counts_cached_tokens_once(tmp_path: Path) -> None:
    """Its input_tokens hold the cached ones, so the whole prompt is that number and not their sum."""
    result = {
        "object": "organization.usage.completions.result",
        "input_tokens": 1000,
        "input_cached_tokens": 800,
        "output_tokens": 500,
        "num_model_requests": 5,
        "project_id": "p1",
        "user_id": None,
        "api_key_id": "k",
        "model": "gpt-5",
        "batch": False,
    }
    page = {"object": "page", "data": [{"object": "bucket", "start_time": START, "end_time": START + 3600, "results": [result]}]}
    (row,) = imported(tmp_path, "usage.json", json.dumps(page))
    assert (row["InputTokens"], row["CachedInputTokens"], row["OutputTokens"], row["Requests"], row["Spend"]) == (1000, 800, 500, 5, None)
    page["data"][0]["results"][0] = result | {"input_tokens": 1200}  # type: ignore[index]
    (row,) = imported(tmp_path, "usage2.json", json.dumps(page))
    assert row["InputTokens"] == 1200, "a later export of the same hour takes the place of the earlier"


def span(**attributes: Any) -> dict[str, Any]:
    listed = [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in attributes.items()
    ]
    return {
        "traceId": "t",
        "spanId": "s",
        "startTimeUnixNano": str(START * 10**9),
        "endTimeUnixNano": str((START + 2) * 10**9),
        "attributes": listed,
    }


@pytest.mark.parametrize(
    ("attributes", "read"),
    [
        ({"gen_ai.provider.name": "anthropic", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 600}, 1000),
        ({"gen_ai.system": "anthropic", "gen_ai.usage.prompt_tokens": 400, "gen_ai.usage.cache_read_input_tokens": 600}, 1000),
        ({"gen_ai.system": "openai", "gen_ai.usage.prompt_tokens": 1000, "gen_ai.usage.cached_tokens": 600}, 1000),
    ],
    ids=["new names", "old names of a provider that counts without the cache", "old names"],
)
def test_opentelemetry_prompts_hold_their_cached_tokens(attributes: dict[str, Any], read: int, tmp_path: Path) -> None:
    more = {"gen_ai.request.model": "m", "gen_ai.usage.output_tokens": 50, "gen_ai.usage.reasoning.output_tokens": 20}
    document = {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "team", "value": {"stringValue": "search"}}]},
                "scopeSpans": [{"spans": [span(**attributes, **more), {"traceId": "t", "spanId": "x", "attributes": []}]}],
            }
        ]
    }
    (row,) = imported(tmp_path, "spans.json", json.dumps(document))
    assert (row["InputTokens"], row["CachedInputTokens"], row["OutputTokens"], row["ReasoningTokens"]) == (read, 600, 50, 20)
    assert (row["Team"], row["Model"], row["Status"]) == ("search", "m", "success") and (row["EndTime"] - row["StartTime"]).seconds == 2


def test_bedrock(tmp_path: Path) -> None:
    record = {
        "schemaType": "ModelInvocationLog",
        "timestamp": "2026-05-03T10:00:00Z",
        "accountId": "1",
        "region": "us-east-1",
        "requestId": "q",
        "operation": "Converse",
        "modelId": "anthropic.claude",
        "identity": {"arn": "arn:role/x"},
        "requestMetadata": {"team": "search", "traffic": "test"},
        "input": {"inputTokenCount": 100, "cacheReadInputTokenCount": 40},
        "output": {"outputTokenCount": 30},
    }
    (row,) = imported(tmp_path, "a.jsonl.gz", gzip.compress((json.dumps(record) + "\n").encode()))
    assert (row["InputTokens"], row["CachedInputTokens"], row["OutputTokens"]) == (140, 40, 30)
    assert (row["Team"], row["Traffic"], row["User"], row["Project"]) == ("search", "test", "arn:role/x", "1")


def test_spend_of_zero_is_repriced_from_tokens(tmp_path: Path) -> None:
    """By hand: 700 fresh, 300 cached and 500 output tokens at the book's prices; the request that was priced stays as logged."""
    lines = [LITELLM, LITELLM | {"request_id": "r2", "spend": 0.0}, LITELLM | {"request_id": "r3", "spend": 0.0, "model": "no-such-model"}]
    imported(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))
    space = Workspace(tmp_path / "w")
    known, unknown = sorted(reprice(space.usage()), key=lambda one: one.model)
    rates = quote("gpt-5-mini", datetime(2026, 5, 1).date(), provider="openai", input_tokens=1000)
    assert rates.cached_price is not None and rates.output_price is not None
    expected = (700 * rates.input_price + 300 * rates.cached_price + 500 * rates.output_price) / 1e6
    assert (known.requests, known.logged) == (1, Decimal("0.0123"))
    assert float(known.repriced or 0) == pytest.approx(expected, abs=1e-6)
    assert unknown.repriced is None and unknown.reason
