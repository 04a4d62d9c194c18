"""Price paths over a horizon, and lists of models, against announced changes and plain arithmetic."""

from __future__ import annotations

import datetime as dt

import pytest

from tco_model.prices.listing import Shape, compare, search
from tco_model.prices.path import month_after, schedule
from tco_model.prices.problem import PriceError

DAY = dt.date(2026, 11, 20)


def test_announced_rises() -> None:
    argon = schedule("gemini-4-argon", dt.date(2026, 11, 15), 14, input_tokens=1000)
    assert argon.steps("input_price") == {"2026-11": 2.0, "2026-12": 4.0}
    assert argon.steps("output_price") == {"2026-11": 10.0, "2026-12": 20.0}
    assert argon.changes == (dt.date(2026, 12, 1),)
    assert "2026-12-01" in argon.provenance.note
    batch = schedule("gemini-4-argon", dt.date(2026, 11, 1), 3, mode="batch", input_tokens=1000)
    assert batch.of("input_price") == (1.0, 2.0, 2.0)
    flash = schedule("gemini-3.8-flash", dt.date(2026, 12, 1), 3, input_tokens=1000)
    assert flash.of("cached_price") == (0.075, 0.15, 0.15)


def test_a_change_inside_a_month_weighs_by_its_days() -> None:
    luna = schedule("gpt-5.6-luna", dt.date(2026, 6, 1), 3, input_tokens=1000)
    assert luna.of("output_price") == pytest.approx((6.0, (29 * 6.0 + 2 * 1.2) / 31, 1.2))
    twice = schedule("openrouter/meta-llama/llama-3.3-70b-instruct", dt.date(2026, 11, 1), 2, input_tokens=1000)
    assert twice.of("input_price") == pytest.approx(((2 * 0.10 + 6 * 0.45 + 22 * 0.59) / 30, 0.59))
    # No cached price is listed before 2026-11-09: cached tokens are billed as input until then.
    assert twice.of("cached_price") == pytest.approx(((2 * 0.10 + 6 * 0.45 + 22 * 0.295) / 30, 0.295))


def test_the_last_price_holds_on_and_a_mode_must_be_known_from_the_first_month() -> None:
    assert len(set(schedule("gpt-6.1-sol", dt.date(2026, 12, 1), 60, input_tokens=1000).rates)) == 1
    with pytest.raises(PriceError, match="2026-10-14"):
        schedule("gpt-6.1-sol", dt.date(2026, 10, 1), 12, mode="batch", input_tokens=1000)
    with pytest.raises(PriceError, match="one month or more"):
        schedule("gpt-6.1-sol", DAY, 0, input_tokens=1000)


def test_months() -> None:
    assert [month_after(dt.date(2026, 11, 30), n) for n in (0, 1, 2, 14)] == [
        dt.date(2026, 11, 1),
        dt.date(2026, 12, 1),
        dt.date(2027, 1, 1),
        dt.date(2028, 1, 1),
    ]


def test_models_by_cost_for_one_shape() -> None:
    shape = Shape(input_tokens=1155, output_tokens=211, cached_tokens=500)
    rows = compare(["gpt-6.1-sol", "claude-haiku-5-5", "groq/openai/gpt-oss-120b"], shape, DAY)
    assert [row.quote.id for row in rows] == ["anthropic/claude-haiku-5-5", "groq/openai/gpt-oss-120b", "openai/gpt-6.1-sol"]
    assert rows[2].cost_per_thousand == pytest.approx((655 * 2 + 500 * 0.1 + 211 * 10) / 1000)
    assert rows[0].cost_per_thousand == pytest.approx((655 * 0.1 + 500 * 0.01 + 211 * 0.5) / 1000)
    batch = compare(["gpt-6.1-sol"], shape, DAY, mode="batch")
    assert batch[0].cost == pytest.approx(rows[2].cost / 2)
    with pytest.raises(PriceError, match="openai/text-embedding-3-small: the model has no price of output"):
        compare(["openai/text-embedding-3-small"], shape, DAY)


def test_search() -> None:
    found = search("LLAMA 3.3 70b groq", DAY)
    assert ("groq", "llama-3.3-70b-versatile") in {(row.provider, row.model) for row in found}
    assert all("groq" in row.provider and row.rates.input_price >= 0 for row in found)
    sol = next(row for row in search("gpt-6.1-sol", DAY) if row.provider == "openai")
    assert sol.modes == ("standard", "flex", "priority", "fast", "batch")
    assert search("no such model at all", DAY) == ()
