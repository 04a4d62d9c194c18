"""Turns Amazon Bedrock's log of model invocations, one JSON object a line, into AI usage records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tco_model.actuals import values
from tco_model.actuals.export_file import Export
from tco_model.actuals.records import Row, member, required, stage, text, time, tokens, traffic
from tco_model.actuals.staged import Job, Staged

SOURCE = "bedrock"


def recognises(export: Export) -> bool:
    """Say whether a file is a log of model invocations."""
    return export.format == "json" and (
        "ModelInvocationLog" in export.head or ('"modelId"' in export.head and '"inputTokenCount"' in export.head)
    )


def read(export: Export, job: Job) -> Staged:
    """Stage the invocations; those refused before the model read anything have no tokens."""
    return stage(export, job, reader=SOURCE, table="usage", unfold=_unfold, row=_row)


def _unfold(held: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    pages = held.get("Records") or held.get("records")
    yield from pages if isinstance(pages, list) else (held,)  # pyright: ignore[reportUnknownVariableType]


def _row(held: Mapping[str, Any]) -> Row:
    given, made = member(held, "input"), member(held, "output")
    tags = values.words(member(held, "requestMetadata"))
    cached, written = tokens(given, "cacheReadInputTokenCount"), tokens(given, "cacheWriteInputTokenCount")
    fresh = tokens(given, "inputTokenCount")
    model = text(held, "modelId")
    when = required(time(held, "timestamp"), "timestamp", "an invocation has a time")
    return {
        "StartTime": when,
        "EndTime": when,
        "Provider": "aws.bedrock",
        "Model": model.rsplit("/", 1)[-1] if model else None,
        "User": text(member(held, "identity"), "arn"),
        "Team": tags.get("team") or tags.get("owner"),
        "Project": text(held, "accountId"),
        "Operation": text(held, "operation"),
        "Status": "failure" if text(held, "errorCode") else "success",
        "Requests": 1,
        # Bedrock counts the cache beside the input, so the whole prompt is their sum.
        "InputTokens": None if fresh is None else fresh + (cached or 0) + (written or 0),
        "CachedInputTokens": cached,
        "CacheWriteTokens": written,
        "OutputTokens": tokens(made, "outputTokenCount"),
        "Traffic": traffic(tags),
        "Tags": tags,
        "x_UsageKey": text(held, "requestId"),
    }
