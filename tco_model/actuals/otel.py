"""Turns OpenTelemetry spans of generative AI, as OTLP JSON or one span a line, with old and new attribute names, into AI usage records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tco_model.actuals import values
from tco_model.actuals.export_file import Export
from tco_model.actuals.records import Row, required, stage, text, time, tokens, traffic
from tco_model.actuals.staged import Job, Staged

SOURCE = "opentelemetry"
CACHED = ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cached_tokens")
WRITTEN = (
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.cache_creation",
)
OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
REASONING = ("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens")


def recognises(export: Export) -> bool:
    """Say whether a file holds spans of generative AI."""
    return export.format == "json" and '"gen_ai.' in export.head


def read(export: Export, job: Job) -> Staged:
    """Stage the spans that carry token counts; other spans of a trace are no requests."""
    return stage(export, job, reader=SOURCE, table="usage", unfold=_unfold, row=_row)


def _unfold(held: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    groups = held.get("resourceSpans") or held.get("resource_spans")
    if groups is None:
        yield from _spans([held], {})
        return
    for group in groups:
        resource = _plain((group.get("resource") or {}).get("attributes"))  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        for scope in group.get("scopeSpans") or group.get("scope_spans") or ():
            yield from _spans(scope.get("spans") or (), resource)


def _spans(spans: Any, resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for span in spans:
        attributes = _plain(span.get("attributes"))
        if any(name.startswith("gen_ai.usage.") for name in attributes):
            yield {**span, "attributes": attributes, "resource": resource}


def _plain(attributes: Any) -> dict[str, Any]:
    """Return attributes as a flat object, whether written as one or as OTLP's list of keys with typed values."""
    if isinstance(attributes, dict):
        return {str(key): value for key, value in attributes.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    found: dict[str, Any] = {}
    listed: list[dict[str, Any]] = list(attributes or ())
    for one in listed:
        value: Any = one.get("value")
        found[str(one["key"])] = next(iter(value.values()), None) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]
    return found


def _row(held: Mapping[str, Any]) -> Row:
    attributes: Mapping[str, Any] = held["attributes"]
    provider = text(attributes, "gen_ai.provider.name", "gen_ai.system")
    cached, written = tokens(attributes, *CACHED), tokens(attributes, *WRITTEN)
    read_in = tokens(attributes, "gen_ai.usage.input_tokens")
    if read_in is None:
        read_in = tokens(attributes, "gen_ai.usage.prompt_tokens")
        # The old name held the provider's own count, and Anthropic counts prompts without the cache.
        if read_in is not None and (provider or "").startswith("anthropic"):
            read_in += (cached or 0) + (written or 0)
    every = {**held["resource"], **attributes}
    tags = values.words(
        {key: value for key, value in every.items() if not key.startswith(("gen_ai.", "telemetry.")) and isinstance(value, str)}
    )
    status = held.get("status")
    code = text(status, "code") if isinstance(status, dict) else text(held, "status")  # pyright: ignore[reportUnknownArgumentType]
    return {
        "StartTime": required(
            time(held, "startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime", "timestamp"),
            "startTimeUnixNano",
            "a span has a start",
        ),
        "EndTime": time(held, "endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime"),
        "Provider": provider,
        "Model": text(attributes, "gen_ai.response.model", "gen_ai.request.model"),
        "User": text(every, "enduser.id", "user.id"),
        "Team": text(every, "team", "owner"),
        "Project": text(every, "service.name"),
        "Operation": text(attributes, "gen_ai.operation.name"),
        "Status": "failure" if code in {"2", "STATUS_CODE_ERROR", "ERROR"} else "success",
        "Requests": 1,
        "InputTokens": read_in,
        "CachedInputTokens": cached,
        "CacheWriteTokens": written,
        "OutputTokens": tokens(attributes, *OUTPUT),
        "ReasoningTokens": tokens(attributes, *REASONING),
        "Traffic": traffic(tags),
        "Tags": tags,
        "x_UsageKey": "|".join(filter(None, (text(held, "traceId", "trace_id"), text(held, "spanId", "span_id")))) or None,
    }
