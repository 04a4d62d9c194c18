"""The price book against published list prices, the catalogue's own calculator, and closed forms of prices whose tier varies."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from tco_model.prices import catalogue
from tco_model.prices.book import age_days, quote, quote_entry
from tco_model.prices.catalogue import Entry
from tco_model.prices.problem import PriceError
from tco_model.prices.tiers import TieredPrice
from tco_model.units import SYMBOLS

DAY = dt.date(2026, 11, 20)
PUBLISHED = {
    # name: input, cached, written, output, batch input, batch output; None where the provider lists none
    "openai/gpt-6.1-sol": (2.00, 0.10, 2.50, 10.00, 1.00, 5.00),
    "openai/gpt-6.1-terra": (1.00, 0.05, 1.25, 5.00, 0.50, 2.50),
    "openai/gpt-6-sol": (2.00, 0.20, 2.50, 10.00, 1.00, 5.00),
    "openai/gpt-6-luna": (0.10, 0.01, 0.125, 0.50, 0.05, 0.25),
    "openai/gpt-6-astra": (10.00, 1.00, 12.50, 50.00, 5.00, 25.00),
    "openai/gpt-5.4-mini": (0.75, 0.075, None, 4.50, 0.375, 2.25),
    "openai/text-embedding-3-small": (0.02, None, None, None, None, None),
    "openai/text-embedding-3-large": (0.13, None, None, None, None, None),
    "anthropic/claude-opus-5-5": (4.00, 0.20, 5.00, 20.00, 2.00, 10.00),
    "anthropic/claude-sonnet-5-5": (2.00, 0.10, 2.50, 10.00, 1.00, 5.00),
    "anthropic/claude-haiku-5-5": (0.10, 0.01, 0.125, 0.50, 0.05, 0.25),
    "anthropic/claude-haiku-4-5": (1.00, 0.10, 1.25, 5.00, 0.50, 2.50),
    "anthropic/claude-fable-5-2": (8.00, 0.20, 10.00, 40.00, 4.00, 20.00),
    "google/gemini-4-argon": (2.00, 0.10, None, 10.00, 1.00, 5.00),
    "google/gemini-3.8-flash": (0.75, 0.075, None, 3.75, 0.375, 1.875),
    "google/gemini-3.5-flash-lite": (0.30, 0.03, None, 2.50, 0.15, 1.25),
    "google/gemini-embedding-001": (0.15, None, None, None, None, None),
    "groq/llama-3.3-70b-versatile": (0.59, None, None, 0.79, None, None),
    "groq/openai/gpt-oss-120b": (0.15, 0.075, None, 0.60, None, None),
    "together/meta-llama/Llama-3.3-70B-Instruct-Turbo": (0.88, None, None, 0.88, None, None),
    "aws/meta.llama3-3-70b-instruct-v1:0": (0.72, None, None, 0.72, None, None),
    "aws/amazon.titan-embed-text-v2:0": (0.02, None, None, None, None, None),
    "novita/meta-llama/llama-3.3-70b-instruct": (0.135, None, None, 0.40, None, None),
    "openrouter/meta-llama/llama-3.3-70b-instruct": (0.59, 0.295, None, 0.79, None, None),
}
"""List prices of 2026-11-20 in USD/Mtoken, from the pages of the providers as carried by genai-prices 0.2.3, prompts of 1,000 tokens."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_list_prices(name: str) -> None:
    found = quote(name, DAY, input_tokens=1000)
    read, cached, written, output, batch_read, batch_output = PUBLISHED[name]
    assert (found.input_price, found.cached_price, found.cache_write_price, found.output_price) == (read, cached, written, output)
    assert found.id == name
    assert found.provenance.url.startswith("https://")
    assert "genai-prices" in found.provenance.source
    if batch_read is not None:
        batch = quote(name, DAY, mode="batch", input_tokens=1000)
        assert (batch.input_price, batch.output_price) == (batch_read, batch_output)


@pytest.mark.parametrize(
    ("model", "price"), [("claude-opus-5-5", 8.0), ("claude-sonnet-5-5", 4.0), ("claude-haiku-5-5", 0.20), ("claude-fable-5-2", 16.0)]
)
def test_published_price_of_an_hour_in_the_cache(model: str, price: float) -> None:
    found = quote(model, DAY, input_tokens=1000)
    assert found.cache_write_1h_price == price
    assert found.cost(1000, 0, written=1000, hour=True) == pytest.approx(price / 1000)


@pytest.mark.parametrize(("tokens", "cost"), [(200_000, 0.260), (200_001, 0.5150025)])
def test_a_prompt_beyond_the_tier_pays_it_on_all_tokens(tokens: int, cost: float) -> None:
    assert quote("gemini-2.5-pro", DAY, input_tokens=tokens).cost(tokens, 1000) == pytest.approx(cost, rel=1e-12)


def test_a_million_tokens_in_small_requests_do_not_pay_the_long_tier() -> None:
    assert quote("claude-sonnet-4-5", DAY, input_tokens=1e6).input_price == 6.0
    assert quote("claude-sonnet-4-5", DAY, input_tokens=1e3).input_price == 3.0


def test_long_prompts_as_published() -> None:
    sol = quote("gpt-6.1-sol", DAY, input_tokens=272_001)
    assert (sol.input_price, sol.cached_price, sol.cache_write_price, sol.output_price) == (4.0, 0.2, 5.0, 15.0)
    haiku = quote("claude-haiku-5-5", DAY, input_tokens=100_001)
    assert (haiku.input_price, haiku.cached_price, haiku.cache_write_price, haiku.output_price) == (0.5, 0.05, 0.625, 2.5)


@pytest.mark.parametrize(
    ("day", "mode", "cost"), [("2025-06-01", "standard", 50), ("2025-07-01", "standard", 10), ("2026-11-20", "flex", 5)]
)
def test_dated_and_flexible_prices_of_o3(day: str, mode: str, cost: float) -> None:
    found = quote("o3", dt.date.fromisoformat(day), mode=mode, input_tokens=1e6)
    assert found.cost(1e6, 1e6) == pytest.approx(cost, rel=1e-12)


def test_batch_leaves_what_the_catalogue_does_not_discount_at_its_standard_price() -> None:
    assert quote("gpt-4o", DAY, mode="batch", input_tokens=1e6).cost(1e6, 1e5, cached=4e5) == pytest.approx(1.75)
    assert quote("gpt-4o", DAY, input_tokens=1e6).cost(1e6, 1e5, cached=4e5) == pytest.approx(3.0)


def test_price_by_the_hour() -> None:
    def cost(hours: object) -> float:
        return quote("deepseek/deepseek-reasoner", DAY, input_tokens=1e6, hours=hours).cost(1e6, 1e6)  # type: ignore[arg-type]

    assert cost(10) == pytest.approx(2.74)
    assert cost(17) == pytest.approx(0.685)
    assert cost(None) == pytest.approx((16 * 2.74 + 8 * 0.685) / 24)
    night = [1.0 if hour >= 17 else 0.0 for hour in range(24)]
    assert cost(night) == pytest.approx(0.685)
    assert cost([2.0] * 24) == pytest.approx(cost(None))
    split_hour = [1.0 if hour == 16 else 0.0 for hour in range(24)]
    assert cost(split_hour) == pytest.approx((2.74 + 0.685) / 2)


def entries() -> list[Entry]:
    return [Entry(provider, model, False) for provider in catalogue.snapshot().providers for model in provider.models]


@given(st.data())
def test_cost_is_that_of_the_catalogues_own_calculator(data: st.DataObject) -> None:
    from genai_prices import Usage

    entry = data.draw(st.sampled_from(entries()))
    tokens = data.draw(st.integers(0, 600_000))
    cached = data.draw(st.integers(0, tokens))
    written = data.draw(st.integers(0, tokens - cached))
    output = data.draw(st.integers(0, 50_000))
    hour = data.draw(st.integers(0, 23))
    day = data.draw(st.dates(dt.date(2025, 1, 1), dt.date(2027, 6, 1)))
    try:
        found = quote_entry(entry, day, "standard", tokens, hours=hour)
    except PriceError:
        return
    usage = Usage(input_tokens=tokens, output_tokens=output, cache_read_tokens=cached, cache_write_tokens=written)
    moment = dt.datetime.combine(day, dt.time(hour), dt.UTC)
    theirs = entry.model.calc_price(usage, entry.provider, genai_request_timestamp=moment).total_price
    if found.output_price is not None:
        assert found.cost(tokens, output, cached, written) == pytest.approx(float(theirs), rel=1e-9, abs=1e-15)


@given(mean=st.floats(1e3, 1e6), variation=st.floats(0.05, 2.0), first=st.integers(10_000, 200_000))
def test_expected_price_over_lognormal_lengths_is_the_integral(mean: float, variation: float, first: int) -> None:
    price = TieredPrice(1.0, ((first, 2.0), (3 * first, 5.0)))
    spread = math.sqrt(math.log1p(variation**2))
    law = stats.norm(math.log(mean) - spread**2 / 2, spread)
    low, high = law.mean() - 10 * spread, law.mean() + 10 * spread
    knots = [point for point in (math.log(first), math.log(3 * first)) if low < point < high]

    def expected(weigh: object) -> float:
        edges = [low, *knots, high]
        pieces = pairwise(edges)
        return sum(integrate.quad(lambda x: price.at(math.exp(x)) * weigh(x) * law.pdf(x), a, b, limit=200)[0] for a, b in pieces)  # type: ignore[operator]

    assert price.per_request(mean, variation) == pytest.approx(expected(lambda _: 1.0), rel=1e-6)
    assert price.per_input_token(mean, variation) == pytest.approx(expected(lambda x: math.exp(x) / mean), rel=1e-4)


def test_expected_price_agrees_with_drawn_requests() -> None:
    spread = math.sqrt(math.log1p(0.8**2))
    lengths = np.random.default_rng(7).lognormal(math.log(150_000) - spread**2 / 2, spread, 200_000)
    costs = lengths * np.where(lengths > 200_000, 2.5, 1.25) + 1000 * np.where(lengths > 200_000, 15.0, 10.0)
    found = quote("gemini-2.5-pro", DAY, input_tokens=150_000, size_variation=0.8)
    assert 1e6 * found.cost(150_000, 1000) == pytest.approx(costs.mean(), abs=4 * costs.std() / math.sqrt(costs.size))


@given(tokens=st.floats(0, 1e6), variation=st.floats(0, 3))
def test_a_price_lies_between_its_tiers_and_long_requests_weigh_more(tokens: float, variation: float) -> None:
    price = TieredPrice(1.0, ((100_000, 2.0), (200_000, 3.0)))
    by_request, by_token = price.per_request(tokens, variation), price.per_input_token(tokens, variation)
    assert 1.0 <= by_request <= by_token + 1e-12 <= 3.0 + 2e-12
    assert price.per_request(tokens, 0.0) == price.per_input_token(tokens, 0.0) == price.at(tokens)


@given(st.sampled_from(["gpt-6.1-sol", "gemini-2.5-pro", "claude-haiku-5-5"]), st.integers(0, 500_000), st.integers(0, 50_000))
def test_cost_rises_with_tokens(model: str, tokens: int, more: int) -> None:
    def cost(length: int) -> float:
        return quote(model, DAY, input_tokens=length).cost(length, 100)

    assert cost(tokens + more) >= cost(tokens)


@pytest.mark.parametrize(
    ("model", "changes", "says"),
    [
        ("gpt-6.1-soll", {}, "did you mean gpt-6.1-sol"),
        ("groq/lama-3.3-70b-versatile", {}, "did you mean llama-3.3-70b-versatile"),
        ("llama-3.3-70b-instruct", {}, "name one: .*novita/meta-llama/llama-3.3-70b-instruct"),
        ("gpt-4o", {"provider": "opnai"}, "did you mean openai"),
        ("o3", {"mode": "bulk"}, "use one of: standard, flex, priority, fast, batch"),
        ("text-embedding-3-small", {"provider": "openai", "mode": "batch"}, "no batch price"),
        ("o3", {"mode": "batch", "as_of": dt.date(2026, 1, 1)}, "from 2026-10-14 on"),
        ("azure/gpt-4o", {"mode": "batch"}, "no batch price of azure/gpt-4o"),
        ("gpt-4o", {"input_tokens": -1}, "from 0 on"),
        ("gpt-4o", {"size_variation": float("nan")}, "from 0 on"),
        ("deepseek/deepseek-reasoner", {"hours": 24}, "no hour 24"),
        ("deepseek/deepseek-reasoner", {"hours": [1.0, 2.0]}, "24 weights"),
        ("groq/whisper-large-v3", {}, "not priced by the token"),
    ],
)
def test_what_the_book_cannot_price_is_an_error(model: str, changes: dict[str, object], says: str) -> None:
    with pytest.raises(PriceError, match=says):
        quote(model, **({"as_of": DAY, "input_tokens": 1000} | changes))  # type: ignore[arg-type]


def test_costs_that_make_no_sense_are_errors() -> None:
    with pytest.raises(PriceError, match="no price of output"):
        quote("openai/text-embedding-3-small", DAY, input_tokens=10).cost(10, 1)
    with pytest.raises(PriceError, match="cannot hold"):
        quote("gpt-4o", DAY, input_tokens=10).cost(10, 1, cached=8, written=3)


def test_a_name_read_by_pattern_a_borrowed_price_and_a_prompt_too_long_are_said() -> None:
    assert "read as openai/gpt-6.1-sol" in quote("gpt-6.1-sol-2026-09-29", DAY, input_tokens=1).warnings[0]
    assert any("that of the model's maker" in text for text in quote("azure/gpt-4o", DAY, input_tokens=1).warnings)
    assert any("longer than the 128,000 tokens" in text for text in quote("gpt-4o", DAY, input_tokens=130_000).warnings)
    assert quote("gpt-4o", DAY, input_tokens=1).warnings == ()


def test_age_and_date_of_a_price() -> None:
    found = quote("o3", DAY, input_tokens=1)
    assert found.started == found.provenance.as_of == dt.date(2025, 6, 10)
    assert quote("gpt-6.1-sol", DAY, input_tokens=1).provenance.as_of == catalogue.catalogue_date()
    later = catalogue.catalogue_date() + dt.timedelta(days=200)
    assert age_days(found, later) == 200
    assert any(catalogue.catalogue_date().isoformat() in text for text in quote("o3", later, input_tokens=1).warnings)
    assert quote("o3", later, input_tokens=1, max_age=365).warnings == ()


def test_units_that_the_book_speaks_are_known() -> None:
    assert {"Mtoken", "krequest", "PTU", "GPU", "kW"} <= set(SYMBOLS)
