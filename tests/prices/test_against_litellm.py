"""List prices against the price map of litellm, for the models both carry; runs where the extra with litellm is installed."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tco_model.prices import catalogue
from tco_model.prices.book import quote_entry
from tco_model.prices.catalogue import Entry
from tco_model.prices.problem import PriceError

DAY = dt.date(2026, 11, 23)
PEAK_HOUR = 2
"""litellm lists one price a model: that of the hours in which DeepSeek asks most."""
PROVIDERS = {
    "openai": ("openai", ""),
    "anthropic": ("anthropic", ""),
    "gemini": ("google", "gemini/"),
    "deepseek": ("deepseek", "deepseek/"),
    "mistral": ("mistral", "mistral/"),
    "xai": ("x-ai", "xai/"),
    "groq": ("groq", "groq/"),
    "perplexity": ("perplexity", "perplexity/"),
    "novita": ("novita", "novita/"),
    "together_ai": ("together", "together_ai/"),
    "cerebras": ("cerebras", "cerebras/"),
    "moonshot": ("moonshotai", "moonshot/"),
    "fireworks_ai": ("fireworks", "fireworks_ai/"),
    "bedrock_converse": ("aws", ""),
}
"""litellm's name of a provider: ours, and what stands before the names of its models."""
FIGURES = {
    "input_price": "input_cost_per_token",
    "output_price": "output_cost_per_token",
    "cached_price": "cache_read_input_token_cost",
    "cache_write_price": "cache_creation_input_token_cost",
}
DIFFERENT = {
    "deepseek/deepseek-chat": "retired on 2026-07-24 as litellm has it",
    "deepseek/deepseek-reasoner": "retired on 2026-07-24 as litellm has it",
    "deepseek/deepseek-v3.2": "0.2288/0.3432 here, 0.28/0.40 there",
    "groq/openai/gpt-oss-safeguard-20b": "cached 0.0375 here, 0.037 there",
    "mistral/mistral-large-4": "0.70/2.10 here, 1.36/4.18 there",
    "novita/deepseek/deepseek-v4-pro-0813": "cached 0.044 here, 0.132 there",
    "novita/mindai/macaron-v1-tall": "0.2475/1.43 here, 0.45/2.60 there",
    "novita/mindai/macaron-v1-venti": "0.825/2.475 here, 1.50/4.50 there",
    "novita/mistralai/mistral-nemo": "0.17 here, 0.04 there",
    "together/NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO": "retired in 2025 as litellm has it",
    "together/Qwen/Qwen3.7-Max": "2.50/7.50 here, 1.50/4.50 there",
    "together/Qwen/Qwen3.8-2.4T-A95B": "cached 0.50 here, 0.25 there",
    "together/meta-llama/Llama-3.3-70B-Instruct-Turbo": "0.88 here, 1.04 there",
    "together/mistralai/Mixtral-8x7B-Instruct-v0.1": "retired on 2026-04-16 as litellm has it",
    "x-ai/grok-code-fast-1": "retired on 2026-05-15 as litellm has it",
}
"""Models whose prices differ between genai-prices 0.2.3 and litellm 1.109.1, USD/Mtoken: check the provider's page before use."""


def price_map() -> dict[str, dict[str, object]]:
    found = importlib.util.find_spec("litellm")
    if found is None or found.origin is None:
        pytest.skip("litellm is not installed: pip install litellm --no-deps")
    return json.loads((Path(found.origin).parent / "model_prices_and_context_window_backup.json").read_text(encoding="utf-8"))


def pairs() -> Iterator[tuple[str, float, float]]:
    """Model, our price and litellm's, for each figure both list of a short prompt [USD/Mtoken]."""
    providers = {provider.id: provider for provider in catalogue.snapshot().providers}
    known = {name: {model.id.lower(): model for model in provider.models} for name, provider in providers.items()}
    for key, theirs in price_map().items():
        name, prefix = PROVIDERS.get(str(theirs.get("litellm_provider")), ("", ""))
        model = known.get(name, {}).get(key.removeprefix(prefix).lower())
        if model is None or theirs.get("mode") not in ("chat", "embedding", "responses", "completion"):
            continue
        try:
            ours = quote_entry(Entry(providers[name], model, False), DAY, "standard", 1000, hours=PEAK_HOUR)
        except PriceError:
            continue
        for figure, field in FIGURES.items():
            price, other = getattr(ours, figure), theirs.get(field)
            if price is not None and isinstance(other, float) and other > 0.0:
                yield ours.id, price, 1e6 * other


def test_prices_agree_with_those_of_litellm() -> None:
    found = list(pairs())
    different = {(model, ours, theirs) for model, ours, theirs in found if ours != pytest.approx(theirs, rel=1e-6)}
    agreeing = sum(ours == pytest.approx(theirs, rel=1e-6) for _, ours, theirs in found)
    assert len(found) > 800
    assert agreeing / len(found) >= 0.95, sorted(different)
    makers = [(ours, theirs) for model, ours, theirs in found if model.split("/")[0] in ("openai", "anthropic", "google")]
    assert sum(ours == pytest.approx(theirs, rel=1e-6) for ours, theirs in makers) / len(makers) >= 0.99
    if (catalogue.version(), version("litellm")) == ("0.2.3", "1.109.1"):
        assert {model for model, _, _ in different} == set(DIFFERENT), sorted(different)
