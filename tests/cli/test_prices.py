"""``tco prices`` lists and compares the price book and says what it does not know."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tco_model.cli import main


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["prices", *words])
    return done.exit_code, done.output


def test_a_comparison_is_the_cost_of_one_request_by_hand() -> None:
    code, text = run("openai/gpt-5.4-mini", "anthropic/claude-haiku-5-5", "--input", "2000", "--output", "300", "--cached", "0.4", "--json")
    assert code == 0
    found = {one["model"]: one for one in json.loads(text)}
    assert found["openai/gpt-5.4-mini"]["usd_per_thousand_requests"] == pytest.approx((1200 * 0.75 + 800 * 0.075 + 300 * 4.5) / 1000)
    assert found["anthropic/claude-haiku-5-5"]["usd_per_thousand_requests"] == pytest.approx((1200 * 0.1 + 800 * 0.01 + 300 * 0.5) / 1000)
    assert list(found) == ["anthropic/claude-haiku-5-5", "openai/gpt-5.4-mini"], "cheapest first"
    assert all(one["url"].startswith("https://") and one["as_of"] for one in found.values())


def test_a_search_lists_models_with_their_unit_and_day() -> None:
    code, text = run("gpt-5.4", "mini")
    assert code == 0
    assert "openai/gpt-5.4-mini" in text
    assert "USD per Mtoken on" in text


@pytest.mark.parametrize("words", [("gpt-5.4-minni", "--input", "10"), ("openai/gpt-5.4-mini", "--input", "10", "--mode", "turbo")])
def test_what_the_book_does_not_know_ends_with_two(words: tuple[str, ...]) -> None:
    code, text = run(*words)
    assert code == 2
    assert "mend:" in text
    assert "Traceback" not in text


def test_gpus_are_listed_cheapest_first_by_the_names_a_scenario_takes() -> None:
    code, text = run("h200", "--gpus", "--json", "--as-of", "2026-11-23")
    assert code == 0
    found = json.loads(text)
    prices = [one["price"] for one in found]
    assert prices == sorted(prices)
    assert {one["name"]: one["price"] for one in found}["nebius-h200"] == 3.5
    assert all(one["url"].startswith("https://") and one["as_of"] and one["unit"] == "USD/GPU/hour" for one in found)


def test_units_of_provisioned_throughput_are_listed_with_their_unit() -> None:
    code, text = run("azure-ptu", "--gpus", "--json", "--as-of", "2026-11-23")
    assert code == 0
    assert {one["name"]: (one["price"], one["unit"]) for one in json.loads(text)}["azure-ptu-year"] == (221, "USD/PTU/month")


def test_no_gpu_of_that_name_ends_with_two() -> None:
    code, text = run("h999", "--gpus")
    assert code == 2
    assert "mend: search by one word" in text
