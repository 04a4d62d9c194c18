"""Turns the invented support assistant into its AI bill and logs: costs and usage pages of OpenAI's shape, and a LiteLLM spend log.

Three projects call the AI service, each with its own key: ``proj_support_live`` (answers to customers, read from the usage pages),
``proj_support_eval`` (evaluation runs) and ``proj_agents`` (internal agents); the last two go through the gateway, so the log of the
gateway holds each of their requests, and what it logged, repriced where it logged nothing, is what the bill says for them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tco_model.actuals.demo_rows import EVERY_MONTH, days_of, drifted

MODEL, SMALL = "gpt-5", "gpt-5-mini"
PRICES: Mapping[str, tuple[Decimal, Decimal, Decimal]] = {
    MODEL: (Decimal("1.25"), Decimal("0.125"), Decimal(10)),
    SMALL: (Decimal("0.25"), Decimal("0.025"), Decimal(2)),
}
"""List prices of fresh input, cached input and output [USD/Mtoken], as the price book holds them for these months; a test compares."""
MTOKEN = Decimal(1_000_000)
LIVE, EVALUATION, AGENTS = "proj_support_live", "proj_support_eval", "proj_agents"
CASES = (21_400, 21_900, 21_100, 22_600, 22_300, 23_100, 23_400, 23_500, 23_800, 23_700, 24_200, 24_100, 24_400, 24_600, 24_900)
"""Cases that the assistant resolved, a month [case/month]."""
SEEN = 0.66
"""Share of these cases in whose conversation the assistant took part."""
SEARCHES = (
    412_000, 468_000, 497_000, 401_000, 396_000, 408_000, 415_000, 421_000, 426_000, 419_000, 424_000, 433_000, 441_000, 515_000, 548_000,
)  # fmt: skip
"""Searches of the shop that led to a page opened [search/month]."""


@dataclass(frozen=True, slots=True)
class MonthOfAI:
    """What the AI service exports for one month: a page of costs, a page of usage, and the gateway's log."""

    costs: dict[str, Any]
    usage: dict[str, Any]
    log: list[dict[str, Any]]


def cost(model: str, read: int, cached: int, written: int) -> Decimal:
    """Return the list price of tokens, the cached ones among those read [USD]."""
    fresh, cache, output = PRICES[model]
    return ((read - cached) * fresh + cached * cache + written * output) / MTOKEN


def month_of_ai(month: date, draw: random.Random) -> MonthOfAI:
    """Invent a month of AI usage."""
    place = EVERY_MONTH.index(month)
    log: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    usage: list[dict[str, Any]] = []
    for day in days_of(month):
        start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        live = [_live(place, model, day, draw) for model in (MODEL, SMALL)]
        gateway = [
            _request(day, place, project, number, draw) for project in (EVALUATION, AGENTS) for number in range(_requests(place, project))
        ]
        log.extend(entry for entry, _ in gateway)
        spent: dict[tuple[str, str], Decimal] = {
            (LIVE, one["model"]): cost(one["model"], one["input_tokens"], one["input_cached_tokens"], one["output_tokens"]) for one in live
        }
        for entry, price in gateway:
            key = (entry["organization_id"], entry["model"])
            spent[key] = spent.get(key, Decimal(0)) + price
        usage.append(_bucket(start, [*live, *_gathered([entry for entry, _ in gateway])]))
        costs.append(
            _bucket(
                start,
                [
                    {
                        "object": "organization.costs.result",
                        "amount": {"value": float(amount), "currency": "usd"},
                        "line_item": f"{model}, tokens",
                        "project_id": project,
                        "organization_id": "org-northlight",
                    }
                    for (project, model), amount in sorted(spent.items())
                ],
            )
        )
    return MonthOfAI(_page(costs), _page(usage), log)


def _page(buckets: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "page", "data": buckets, "has_more": False, "next_page": None}


def _bucket(start: int, results: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "bucket", "start_time": start, "end_time": start + 86_400, "results": results}


def _live(place: int, model: str, day: date, draw: random.Random) -> dict[str, Any]:
    """Return a day of answers to customers; from the eighth month each prompt carries more retrieved text, until a decision caps it."""
    share = 0.3 if model == MODEL else 0.7
    requests = round(CASES[place] / 30 * 2.4 * share * draw.uniform(0.9, 1.1))
    prompt = 3_900 * 1.09 ** drifted(place)
    read = round(requests * prompt * draw.uniform(0.97, 1.03))
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": read,
        "input_cached_tokens": round(0.35 * read),
        "output_tokens": round(requests * 310 * draw.uniform(0.97, 1.03)),
        "num_model_requests": requests,
        "project_id": LIVE,
        "user_id": None,
        "api_key_id": "key_live",
        "model": model,
        "batch": False,
        "service_tier": "default",
    }


def _requests(place: int, project: str) -> int:
    """Return how many requests a project sends through the gateway [request/day]."""
    return round(14 * 1.24 ** drifted(place)) if project == EVALUATION else 9


def _request(day: date, place: int, project: str, number: int, draw: random.Random) -> tuple[dict[str, Any], Decimal]:
    """Return one line of the gateway's log and its list price; one streamed call in fifteen is logged with a spend of zero."""
    evaluation = project == EVALUATION
    model = MODEL if evaluation or draw.random() < 0.4 else SMALL
    read = round((52_000 if evaluation else 9_000) * draw.lognormvariate(0, 0.25))
    cached, written = round(read * (0.1 if evaluation else 0.3)), round((2_600 if evaluation else 900) * draw.lognormvariate(0, 0.3))
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=draw.randrange(86_400))
    price = cost(model, read, cached, written)
    silent = draw.random() < 1 / 15
    tags = ["product:support-assistant", "traffic:evaluation", "team:support-eng"] if evaluation else ["product:platform", "traffic:live"]
    metadata = {"usage_object": {"prompt_tokens_details": {"cached_tokens": cached}}, "environment": "test" if evaluation else "prod"}
    entry = {
        "request_id": f"chatcmpl-{day:%Y%m%d}-{project[5:8]}-{number:04d}",
        "call_type": "acompletion",
        "api_key": f"hash_{project[5:]}",
        "spend": 0.0 if silent else float(price),
        "total_tokens": read + written,
        "prompt_tokens": read,
        "completion_tokens": written,
        "startTime": f"{begun:%Y-%m-%dT%H:%M:%SZ}",
        "endTime": f"{begun + timedelta(seconds=9):%Y-%m-%dT%H:%M:%SZ}",
        "model": model,
        "model_group": model,
        "custom_llm_provider": "openai",
        "user": f"svc-{project[5:]}",
        "metadata": metadata,
        "cache_hit": "False",
        "request_tags": tags,
        "team_id": "support-eng" if evaluation else "platform",
        "organization_id": project,
        "end_user": "",
        "session_id": f"s-{day:%m%d}-{number // 7}",
        "status": "success",
    }
    return entry, price


def _gathered(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the gateway's requests up to the results that the AI service reports for them."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in log:
        one = found.setdefault(
            (entry["organization_id"], entry["model"]),
            {
                "object": "organization.usage.completions.result",
                "input_tokens": 0,
                "input_cached_tokens": 0,
                "output_tokens": 0,
                "num_model_requests": 0,
                "project_id": entry["organization_id"],
                "user_id": None,
                "api_key_id": "key_gateway",
                "model": entry["model"],
                "batch": False,
                "service_tier": "default",
            },
        )
        one["input_tokens"] += entry["prompt_tokens"]
        one["input_cached_tokens"] += entry["metadata"]["usage_object"]["prompt_tokens_details"]["cached_tokens"]
        one["output_tokens"] += entry["completion_tokens"]
        one["num_model_requests"] += 1
    return [found[key] for key in sorted(found)]
