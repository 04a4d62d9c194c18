"""Turns LiteLLM spend logs, as CSV, JSON or JSON lines, into AI usage records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tco_model.actuals import values
from tco_model.actuals.export_file import Export
from tco_model.actuals.records import Row, amount, member, nested, required, stage, text, time, tokens, traffic
from tco_model.actuals.staged import Job, Staged

SOURCE = "litellm"
SIGNS = ("request_id", "spend", "prompt_tokens")
CURRENCY = "USD"
"""LiteLLM prices in US dollars."""


def recognises(export: Export) -> bool:
    """Say whether a file is a spend log."""
    if export.format == "csv":
        return set(SIGNS) <= set(export.header)
    return export.format == "json" and all(f'"{name}"' in export.head for name in SIGNS)


def read(export: Export, job: Job) -> Staged:
    """Stage a spend log; a key repeated in the file is a retry and stays a record of its own."""
    return stage(export, job, reader=SOURCE, table="usage", unfold=_unfold, row=_row)


def _unfold(held: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    pages = next((held[name] for name in ("data", "logs", "spend_logs") if isinstance(held.get(name), list)), None)
    yield from pages if pages is not None else (held,)


def tags_of(held: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a record: request tags (a list of ``key:value`` words or of bare words) and the text fields of its metadata."""
    metadata = member(held, "metadata")
    found = values.words({key: value for key, value in metadata.items() if isinstance(value, str)})
    listed: Any = nested(held, "request_tags") or metadata.get("tags") or []
    for one in listed if isinstance(listed, list) else []:  # pyright: ignore[reportUnknownVariableType]
        key, _, value = str(one).partition(":")  # pyright: ignore[reportUnknownArgumentType]
        found[key.strip()] = value.strip()
    if isinstance(listed, dict):
        found.update(values.words(listed))  # pyright: ignore[reportUnknownArgumentType]
    return {key: value for key, value in found.items() if key}


def _row(held: Mapping[str, Any]) -> Row:
    start = required(time(held, "startTime", "start_time"), "startTime", "a request has a time")
    tags = tags_of(held)
    usage = member(member(held, "metadata"), "usage_object")
    details, more = member(usage, "prompt_tokens_details"), member(usage, "completion_tokens_details")
    provider, model = text(held, "custom_llm_provider"), text(held, "model", "model_group")
    if provider is None and model and "/" in model:
        provider = model.split("/")[0]
    return {
        "StartTime": start,
        "EndTime": time(held, "endTime", "end_time"),
        "Provider": provider,
        "Model": model,
        "ApiKey": text(held, "api_key"),
        "User": text(held, "user", "end_user"),
        "Team": text(held, "team_id"),
        "Project": text(held, "organization_id", "project_id"),
        "Operation": text(held, "call_type"),
        "Status": text(held, "status"),
        "Requests": 1,
        "InputTokens": tokens(held, "prompt_tokens"),
        "OutputTokens": tokens(held, "completion_tokens"),
        "CachedInputTokens": tokens(details, "cached_tokens"),
        "CacheWriteTokens": tokens(usage, "cache_creation_input_tokens"),
        "ReasoningTokens": tokens(more, "reasoning_tokens"),
        "Spend": amount(held, "spend"),
        "Currency": CURRENCY,
        "Traffic": traffic(tags),
        "Tags": tags,
        "x_UsageKey": text(held, "request_id"),
    }
