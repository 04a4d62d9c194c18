"""Turns OpenAI's pages of costs into charges, and its pages of completions usage into AI usage records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tco_model.actuals.export_file import Export
from tco_model.actuals.records import FieldError, Row, amount, member, required, stage, text, time, tokens
from tco_model.actuals.staged import Job, Staged

COSTS, USAGE = "openai_costs", "openai_usage"
PROVIDER = "OpenAI"


def recognises_costs(export: Export) -> bool:
    """Say whether a file is an export of costs."""
    if export.format == "csv":
        return bool({"amount_value", "amount.value"} & set(export.header)) and "start_time" in export.header
    return (
        export.format == "json" and '"start_time"' in export.head and ("organization.costs" in export.head or '"line_item"' in export.head)
    )


def recognises_usage(export: Export) -> bool:
    """Say whether a file is an export of completions usage."""
    names = export.header if export.format == "csv" else ()
    if names:
        return {"start_time", "input_tokens", "num_model_requests"} <= set(names)
    return '"num_model_requests"' in export.head and '"start_time"' in export.head


def read_costs(export: Export, job: Job) -> Staged:
    """Stage costs as charges of the month they fall into."""
    return stage(export, job, reader=COSTS, table="charges", unfold=_unfold, row=_cost)


def read_usage(export: Export, job: Job) -> Staged:
    """Stage completions usage; one record a bucket of time and group."""
    return stage(export, job, reader=USAGE, table="usage", unfold=_unfold, row=_used)


def _unfold(held: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Unfold a page into its buckets, and a bucket into its results, each with the bucket's span of time."""
    if isinstance(held.get("data"), list):
        for bucket in held["data"]:
            yield from _unfold(bucket)
    elif isinstance(held.get("results"), list):
        span = {name: held.get(name) for name in ("start_time", "end_time")}
        for result in held["results"]:
            yield {**span, **result}
    else:
        yield held


def _span(held: Mapping[str, Any]) -> tuple[datetime, datetime]:
    start = required(time(held, "start_time", "start_time_iso"), "start_time", "a bucket has a start")
    return start, time(held, "end_time", "end_time_iso") or start + timedelta(days=1)


def _cost(held: Mapping[str, Any]) -> Row:
    start, end = _span(held)
    month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = (month + timedelta(days=32)).replace(day=1)
    money = member(held, "amount")
    paid = amount(money, "value") if money else amount(held, "amount_value", "amount.value", "amount")
    currency = text(money, "currency") if money else text(held, "amount_currency", "amount.currency", "currency")
    if paid is None:
        raise FieldError("amount.value", "", "a cost has an amount")
    if currency is None:
        raise FieldError("amount.currency", "", "an amount has a currency")
    item, project = text(held, "line_item"), text(held, "project_id")
    name = text(held, "project_name")
    return {
        "BillingAccountId": text(held, "organization_id") or "openai",
        "SubAccountId": project,
        "SubAccountName": name or project,
        "BillingCurrency": currency.upper(),
        "InvoiceIssuerName": PROVIDER,
        "ServiceProviderName": PROVIDER,
        "HostProviderName": PROVIDER,
        "ServiceCategory": "AI and Machine Learning",
        "ServiceSubcategory": "Generative AI",
        "ServiceName": "OpenAI API",
        "BillingAccountName": text(held, "organization_name"),
        "SkuId": item,
        "ChargeCategory": "Credit" if paid < 0 else "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargeDescription": item,
        "PricingCategory": "Standard",
        "BilledCost": paid,
        "EffectiveCost": paid,
        "ListCost": paid,
        "ContractedCost": paid,
        "BillingPeriodStart": month,
        "BillingPeriodEnd": after,
        "ChargePeriodStart": start,
        "ChargePeriodEnd": end,
        "Tags": {},
    }


def _used(held: Mapping[str, Any]) -> Row:
    start, end = _span(held)
    batch = (text(held, "batch") or "").lower() == "true"
    tier = text(held, "service_tier")
    tags = {name: value for name, value in (("service_tier", tier), ("batch", "true" if batch else None)) if value}
    names = ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier")
    return {
        "StartTime": start,
        "EndTime": end,
        "Provider": "openai",
        "Model": text(held, "model"),
        "ApiKey": text(held, "api_key_id"),
        "User": text(held, "user_id"),
        "Project": text(held, "project_id"),
        "Operation": "batch" if batch else "chat",
        "Requests": tokens(held, "num_model_requests"),
        "InputTokens": required(tokens(held, "input_tokens"), "input_tokens", "usage has tokens"),
        "CachedInputTokens": tokens(held, "input_cached_tokens"),
        "OutputTokens": tokens(held, "output_tokens"),
        "Tags": tags,
        "x_UsageKey": "|".join([f"{start:%Y%m%dT%H%M}", f"{end:%Y%m%dT%H%M}", *(text(held, name) or "" for name in names)]),
    }
