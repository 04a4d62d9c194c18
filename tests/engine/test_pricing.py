"""A line that names a managed model pays its dated list prices, by the shape of one request, and says where they come from."""

from __future__ import annotations

import datetime as dt

import pytest

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.prices.book import quote
from tco_model.report.sources import input_rows
from tco_model.serving.load_shape import load_shape

TEXT = """
schema: 1
decision: {title: Prices, question: What does it cost?, as_of: 2026-11-23}
timeline: {start: 2026-11, months: 3, discount_rate: 0%/year}
demand:
  live: {kind: requests, requests: 1000 request/month, input_tokens: 200k token/request, output_tokens: 1k token/request, cached_share: 40%}
options:
  managed:
    token: {api: {line: managed_tokens, class: live, prices: {model: PRICED}}}
    compute: {none: the provider runs it}
    storage: {none: nothing is kept here}
    observability: {none: nothing is watched here}
    labour: {none: nobody is counted here}
    migration: {none: nothing moves here}
    risk: {none: nothing is at risk here}
    fees: {none: nothing is charged here}
"""


def cost(priced: str) -> list[float]:
    """Cost of each month [USD]."""
    model = compile_scenario(tco.loads(TEXT.replace("PRICED", priced)))
    return [float(value) for value in central_case(model)["options.managed.token.api"][0]]


def test_a_request_by_hand_and_a_rise_that_is_already_announced() -> None:
    """gemini-4-argon: 2 / 0.10 / 10 until the end of November 2026, then 4 / 0.20 / 20 USD/Mtoken."""
    before = 1000 * (120_000 * 2 + 80_000 * 0.10 + 1_000 * 10) / 1e6
    assert cost("google/gemini-4-argon") == pytest.approx([before, 2 * before, 2 * before])


def test_the_tier_goes_by_one_request_and_never_by_the_tokens_added_up() -> None:
    """200 million prompt tokens a month in requests of 200,000 stay below the tier of gpt-6.1-sol, which starts above 272,000."""
    below = 1000 * (120_000 * 2 + 80_000 * 0.10 + 1_000 * 10) / 1e6
    assert cost("openai/gpt-6.1-sol")[0] == pytest.approx(below)
    longer = TEXT.replace("200k token", "300k token").replace("PRICED", "openai/gpt-6.1-sol")
    found = central_case(compile_scenario(tco.loads(longer)))["options.managed.token.api"][0, 0]
    assert float(found) == pytest.approx(1000 * (180_000 * 4 + 120_000 * 0.20 + 1_000 * 15) / 1e6)


def test_batch_costs_half_where_the_provider_lists_it() -> None:
    assert cost("openai/gpt-5.4-mini, mode: batch")[0] == pytest.approx(cost("openai/gpt-5.4-mini")[0] / 2, rel=1e-6)


def test_a_price_of_ones_own_goes_before_the_list() -> None:
    text = TEXT.replace("prices: {model: PRICED}", "prices: {model: openai/gpt-5.4-mini}, output_price: 1 USD/Mtoken, price_index: 2")
    found = float(central_case(compile_scenario(tco.loads(text)))["options.managed.token.api"][0, 0])
    assert found == pytest.approx(2 * 1000 * (120_000 * 0.75 + 80_000 * 0.075 + 1_000 * 1) / 1e6)


def test_each_price_names_the_provider_its_page_and_its_day() -> None:
    rows = [
        row for row in input_rows(compile_scenario(tco.loads(TEXT.replace("PRICED", "openai/gpt-5.4-mini")))) if row.name.endswith("_price")
    ]
    assert {row.name.rpartition(".")[2] for row in rows} == {"input_price", "cached_price", "output_price"}
    for row in rows:
        assert "gpt-5.4-mini" in row.source
        assert "genai-prices" in row.source
        assert row.url == "https://developers.openai.com/api/docs/pricing"
        assert row.as_of >= "2026-01-01"
        assert row.unit == "USD/Mtoken"


@pytest.mark.parametrize(
    ("asked", "message", "mend"),
    [
        ("gpt-5.4-minni", "no model 'gpt-5.4-minni'", "gpt-5.4-mini"),
        ("gpt-5.4-mini, mode: turbo", "no turbo price", "batch"),
        ("gpt-5.4-mini, mod: batch", "unknown key 'mod'", "mode"),
    ],
)
def test_what_the_book_does_not_know_is_an_error_and_never_the_standard_price(asked: str, message: str, mend: str) -> None:
    text = TEXT.replace("PRICED", asked)
    with pytest.raises(tco.ScenarioError) as caught:
        compile_scenario(tco.loads(text))
    (problem, *_) = caught.value.problems
    assert message in problem.message
    assert mend in problem.mend
    assert problem.line == text[: text.index("prices:")].count("\n") + 1


def test_a_price_by_the_hour_goes_by_when_the_requests_come() -> None:
    """deepseek-reasoner costs a quarter from 16:30 to 0:30 UTC: a desk that closes at six pays more than one that never does."""
    model, day = "deepseek/deepseek-reasoner", dt.date(2026, 11, 1)
    dear, cheap = (1000 * quote(model, day, input_tokens=200_000, hours=hour).cost(200_000, 1_000, 80_000) for hour in (10, 20))
    found = {name: cost(f"{model}, load_shape: {name}")[0] for name in ("around_the_clock", "office_hours")}
    for name, paid in found.items():
        weights = load_shape(name).by_hour_of_day()
        share = (sum(weights[1:16]) + 0.5 * (weights[0] + weights[16])) / sum(weights)
        assert paid == pytest.approx(share * dear + (1 - share) * cheap, rel=1e-6)
    assert cheap < cost(model)[0] < found["around_the_clock"] < found["office_hours"] < dear
    with pytest.raises(tco.ScenarioError, match="office_hours"):
        cost(f"{model}, load_shape: ofice_hours")
