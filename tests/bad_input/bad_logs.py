"""Usage logs that must be refused: of each source documents that break off, nest without end, or hold nothing but unreadable records."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.actuals.test_usage_logs import LITELLM, START, as_csv, span
from tests.bad_input.bad_file import BadFile

Record = dict[str, Any]
USED: Record = {
    "object": "organization.usage.completions.result", "input_tokens": 1000, "input_cached_tokens": 800, "output_tokens": 500, "num_model_requests": 5,
    "project_id": "p1", "user_id": None, "api_key_id": "k", "model": "gpt-5", "batch": False,
}  # fmt: skip
COST: Record = {
    "object": "organization.costs.result", "amount": {"value": 0.06, "currency": "usd"}, "line_item": "gpt-5", "project_id": "p1",
}  # fmt: skip
INVOKED: Record = {
    "schemaType": "ModelInvocationLog", "timestamp": "2026-05-03T10:00:00Z", "accountId": "1", "region": "us-east-1", "requestId": "q",
    "operation": "Converse", "modelId": "anthropic.claude", "identity": {"arn": "arn:role/x"}, "requestMetadata": {"team": "search"},
    "input": {"inputTokenCount": 100, "cacheReadInputTokenCount": 40}, "output": {"outputTokenCount": 30},
}  # fmt: skip
SPAN: Record = span(**{"gen_ai.system": "openai", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 5})


def bucket(result: Record, **span_of_time: Any) -> Record:
    held = {"object": "bucket", "start_time": START, "end_time": START + 3600} | span_of_time
    return {"object": "page", "data": [held | {"results": [result]}]}


Make = Callable[[Record], Any]
SOURCES: Mapping[str, tuple[Record, Make]] = {
    "litellm": (LITELLM, lambda one: one),
    "openai_costs": (COST, bucket),
    "openai_usage": (USED, bucket),
    "opentelemetry": (SPAN, lambda one: {"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}),
    "bedrock": (INVOKED, lambda one: one),
}
"""Of each source a record, and the document it stands in."""


def document(source: str, record: Record | None = None) -> str:
    good, make = SOURCES[source]
    return json.dumps(make(good if record is None else record))


def spoiled(source: str, **fields: Any) -> bytes:
    """The one record of a source with some of its fields as nobody should write them."""
    return document(source, SOURCES[source][0] | fields).encode()


def attributes(**values: Any) -> list[Record]:
    return [
        {"key": "gen_ai.system", "value": {"stringValue": "openai"}},
        *({"key": key, "value": {"intValue": value}} for key, value in values.items()),
    ]


def deep(source: str, depth: int) -> bytes:
    return document(source).replace("{", '{"deep": ' + "[" * depth + "]" * depth + ", ", 1).encode()


def put(source: str, found: str, wrote: str) -> bytes:
    text = document(source)
    assert found in text, (source, found)
    return text.replace(found, wrote, 1).encode()


COUNTS = {"litellm": "prompt_tokens", "openai_usage": "input_tokens"}
SPOILED = [
    *(BadFile(f"{source} that breaks off", "a.json", document(source).encode()[:-20], "is no whole JSON document", 1, more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} nested without end", "a.json", deep(source, 100_000), "nested too deep", 1, more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} nested 300 deep", "a.json", deep(source, 300), "nested too deep", 1, more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} nested 5,000 deep", "a.json", deep(source, 5_000), "nested too deep", 1, more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} as a list of numbers", "a.json", b"[1, 2, 3]", "3 of 3 records cannot be read; the first: not shaped as this source", 1, more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} as a word", "a.json", b'["one", null]', "2 of 2 records cannot be read; the first: not shaped as this source", 1, more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} without a record", "a.json", b"[]", "holds no record", more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} with more behind it", "a.json", b"[" + document(source).encode() + b"] ]", "more follows after its end", 1) for source in SOURCES),
    *(BadFile(f"{source} with a key twice", "a.json", put(source, "{", '{"model": 1, "model": 2, '), "the key 'model' stands twice", 1, more=("--as", source)) for source in SOURCES),
    *(BadFile(f"{source} in UTF-16", "a.json", document(source).encode("utf-16"), "is UTF-16") for source in SOURCES),
    *(BadFile(f"{source} packed and broken off", "a.json.gz", gzip.compress(document(source).encode(), mtime=0)[:-9], "breaks off before its end") for source in SOURCES),
    *(BadFile(f"{source} tokens of {word}", "a.json", put(source, f'"{COUNTS[source]}": 1000', f'"{COUNTS[source]}": {word}'), "1 of 1 records cannot be read", 1) for source in COUNTS for word in (
        "NaN", "Infinity", "-5", "1.5", "1e15", "1e99999999999999999999", "9" * 5_000, '"many"', '"²"', "true",
    )),
    *(BadFile(f"bedrock tokens of {word}", "a.json", put("bedrock", '"inputTokenCount": 100', f'"inputTokenCount": {word}'), "1 of 1 records cannot be read", 1) for word in ("NaN", "-5", "1.5", '"x"')),
    *(BadFile(f"spans with tokens of {word}", "a.json", spoiled("opentelemetry", attributes=attributes(**{"gen_ai.usage.input_tokens": word})), "1 of 1 records cannot be read", 1) for word in ("-5", "1.5", "many")),
    *(BadFile(f"costs of {word}", "a.json", put("openai_costs", '"value": 0.06', f'"value": {word}'), "1 of 1 records cannot be read", 1) for word in ("NaN", "1e15", '"free"', "null", "[]")),
    *(BadFile(f"spend of {word}", "a.json", put("litellm", '"spend": 0.0123', f'"spend": {word}'), "1 of 1 records cannot be read", 1) for word in ("NaN", "-Infinity", "1e999", '"free"')),
    *(BadFile(f"litellm begun {word}", "a.json", put("litellm", '"2026-05-03T10:00:00Z"', word), "1 of 1 records cannot be read", 1) for word in ("null", '"yesterday"', "0", '"²"', "9" * 40, '"9999-99-99"')),
    *(BadFile(f"bedrock begun {word}", "a.json", put("bedrock", '"2026-05-03T10:00:00Z"', word), "1 of 1 records cannot be read", 1) for word in ("null", '"soon"', "-1")),
    *(BadFile(f"{source} begun {word}", "a.json", put(source, str(START), word), "1 of 1 records cannot be read", 1) for source in ("openai_costs", "openai_usage") for word in ("null", '"soon"', "1e300")),
    *(BadFile(f"a span begun {word}", "a.json", spoiled("opentelemetry", startTimeUnixNano=word), "1 of 1 records cannot be read", 1) for word in (None, "soon", "9" * 60)),
    BadFile("costs without a currency", "a.json", put("openai_costs", '"usd"', "null"), "1 of 1 records cannot be read; the first: an amount has a curren", 1, "amount.currency"),
    BadFile("costs with an amount that is a list", "a.json", spoiled("openai_costs", amount=[1]), "1 of 1 records cannot be read; the first: a cost has an amount", 1, "amount.value"),
    BadFile("bedrock with lists for objects", "a.json", spoiled("bedrock", input=[1], output=[2], identity=[3], requestMetadata=[4], timestamp=None), "1 of 1 records cannot be read; the first: an invocation has a ti", 1, "timestamp"),
    BadFile("spans with attributes that are words", "a.json", spoiled("opentelemetry", attributes=["gen_ai.usage.input_tokens"]), "1 of 1 records cannot be read; the first: not shaped as this sou", 1, more=("--as", "opentelemetry")),
    BadFile("buckets that are words", "a.json", b'{"data": ["start_time", "num_model_requests"]}', "1 of 1 records cannot be read; the first: not shaped as this sou", 1, more=("--as", "openai_usage")),
    BadFile("records that are words", "a.json", b'{"Records": ["ModelInvocationLog"]}', "1 of 1 records cannot be read; the first: not shaped as this sou", 1, more=("--as", "bedrock")),
    BadFile("a spend log with a header alone", "a.csv", as_csv(LITELLM).splitlines()[0].encode(), "holds no record"),
    BadFile("a spend log with too few cells", "a.csv", (as_csv(LITELLM).splitlines()[0] + "\n1,2\n").encode(), "1 of 1 records cannot be read; the first: 2 cells where the head", 2),
    BadFile("lines of which most are no JSON", "a.jsonl", (json.dumps(LITELLM) + "\n" + "{broken\n" * 3).encode(), "3 of 4 records cannot be read; the first: no JSON: Expecting pro", 2),
    BadFile("40,000 lines that are no JSON", "a.jsonl", lambda: (json.dumps(LITELLM) + "\n" + "{broken\n" * 40_000).encode(), "10,000 of 10,001 records cannot be read; the first: no JSON: Exp", 2),
    BadFile("a line without end", "a.jsonl", lambda: (json.dumps(LITELLM) + "\n").encode() + b'{"a": "' + b"x" * (17 << 20) + b'"}', "one value is longer than 16 MiB", 2),
    BadFile("a value without end", "a.json", lambda: b"[" + json.dumps(LITELLM).encode() + b', {"a": "' + b"x" * (17 << 20) + b'"}]', "one value is longer than 16 MiB", 1),
    BadFile("a document of brackets", "a.json", lambda: b'[{"request_id": 1, "spend": 1, "prompt_tokens": 1}, ' + b"[]," * (5 << 20), "10,000 of 10,000 records cannot be read; the first: a request ha", 1, "startTime"),
]  # fmt: skip
CASES = SPOILED
