"""Bands of request sizes: by list prices worked out by hand, summing to what was paid, with what cannot be told apart said."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tco_model.actuals.columns import USAGE
from tco_model.errors import ScenarioError
from tco_model.finops.token_bands import Bands, band_costs, band_query
from tests.finops.bills import rules, table

MONTHS = ("2026-05", "2026-06")
PAID = {"2026-05": Decimal("10.00"), "2026-06": Decimal("7.123456789012")}


def request(read: int | None, written: int, *, model: str = "gpt-5", cached: int = 0, requests: int = 1, month: int = 6) -> dict[str, Any]:
    sizes = {"Requests": requests, "InputTokens": read, "CachedInputTokens": cached, "OutputTokens": written}
    return {"Provider": "openai", "Model": model, "StartTime": dt.datetime(2026, month, 3), "Tags": []} | sizes


def banded(used: list[dict[str, Any]], starts: tuple[int, ...] = (1000, 8000)) -> Bands:
    return band_costs(table(used, USAGE), starts, MONTHS, PAID)


def test_cost_follows_list_prices_and_not_tokens() -> None:
    """gpt-5 costs 1.25 USD/Mtoken read and 10 written: 500 read and 1,000 written weigh 10,625; 8,500 read weigh as much."""
    low, middle, high = banded([request(500, 1000), request(8500, 0)]).bands
    assert (low.name, middle.name, high.name) == ("0 to 1k", "1k to 8k", "8k and more")
    assert low.costs[1] == high.costs[1] == PAID["2026-06"] / 2
    assert (low.requests, high.tokens) == ((0, 1), (0, 8500))
    assert (middle.cost, middle.per_request(), middle.per_1k_tokens()) == (0, None, None)
    assert low.per_1k_tokens() == pytest.approx(float(PAID["2026-06"]) / 2 / 1.5)
    assert low.per_request(1000, 1) == pytest.approx(float(PAID["2026-06"]) * 500) and low.per_request(1000, 0) is None


def test_cached_tokens_and_small_models_weigh_less() -> None:
    """2,000 read of which 1,600 are cached weigh 400 × 1.25 + 1,600 × 0.125 = 700; of the small model 400 × 0.25 + 1,600 × 0.025 = 140."""
    used = [request(2000, 0, cached=1600), request(9000, 0, cached=9000, model="gpt-5-mini")]
    _, middle, high = banded(used).bands
    assert float(middle.costs[1] / high.costs[1]) == pytest.approx(700 / 225)


@pytest.mark.parametrize(("read", "place"), [(0, 0), (999, 0), (1000, 1), (7999, 1), (8000, 2)])
def test_a_band_begins_at_its_mark(read: int, place: int) -> None:
    assert [sum(one.requests) for one in banded([request(read, 5)]).bands] == [int(place == one) for one in range(3)]


def test_records_of_several_requests_are_a_band_of_their_own() -> None:
    *told, rest = banded([request(500, 100), request(50_000, 1000, requests=20), request(None, 10)]).bands
    assert len(told) == 3 and (rest.name, sum(rest.requests)) == ("size not logged", 21)
    assert sum((one.costs[1] for one in (*told, rest)), Decimal(0)) == PAID["2026-06"]
    assert len(banded([request(500, 100)]).bands) == 3


def test_tokens_without_a_price_weigh_as_the_others_do_on_average() -> None:
    found = banded([request(500, 0), request(8500, 0, model="a model of our own")])
    assert found.unpriced == pytest.approx(8500 / 9000)
    assert float(found.bands[2].costs[1] / found.bands[0].costs[1]) == pytest.approx(17)
    alone = banded([request(500, 500, model="ours"), request(3000, 0, model="ours")])
    assert alone.unpriced == 1 and float(alone.bands[1].costs[1] / alone.bands[0].costs[1]) == pytest.approx(3)
    bare = banded([request(0, 0), request(0, 0, model="ours")])
    assert bare.bands[0].costs[1] == PAID["2026-06"]


def test_a_month_without_requests_is_in_no_band_and_another_month_of_the_log_neither() -> None:
    found = banded([request(500, 0, month=6), request(500, 0, month=9)])
    assert found.bands[0].costs == (0, PAID["2026-06"]) and found.cost == PAID["2026-06"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 200_000), st.integers(0, 5000), st.sampled_from(["gpt-5", "gpt-5-mini", "ours"])), min_size=1, max_size=8
    )
)
def test_the_bands_sum_to_what_was_paid_to_the_last_decimal(sizes: list[tuple[int, int, str]]) -> None:
    found = banded([request(read, written, model=model, month=5 + place % 2) for place, (read, written, model) in enumerate(sizes)])
    for place, month in enumerate(MONTHS[: len(sizes)]):
        assert sum((one.costs[place] for one in found.bands), Decimal(0)) == PAID[month]
    assert sum(sum(one.requests) for one in found.bands) == len(sizes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("column: Requests, bands: [8000, 1000]", "do not rise"),
        ("column: Requests, bands: [0, 1000]", "do not rise"),
        ("column: InputTokens, bands: [1000]", "column: Requests"),
    ],
)
def test_bands_that_cannot_be_are_told(text: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        rules(
            f"rules: [{{name: a, when: {{SubAccountName: a}}, owner: o}}]\nmetrics: [{{name: m, unit: r, owner: o, per: usage, {text}}}]\n"
        )
    assert any(words in f"{one.message} {one.mend}" for one in caught.value.problems), caught.value.problems


def test_the_query_is_written_for_a_warehouse_too() -> None:
    assert "CASE" in ibis.to_sql(band_query(table([request(1, 1)], USAGE), (1000,)), dialect="pyspark")
