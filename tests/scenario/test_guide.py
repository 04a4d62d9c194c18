"""Holds the guided start: whatever is answered is a scenario that runs, or an error that names the answer."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.errors import ScenarioError
from tco_model.lines.registry import CATEGORIES
from tco_model.prices.book import quote
from tco_model.prices.gpus import gpu_price
from tco_model.prices.provisioned import provisioned, unit_price
from tco_model.report.sources import input_rows
from tco_model.scenario import edit
from tco_model.scenario.guide import TEMPLATES, Answers, scenario_text

DAY = dt.date(2026, 11, 23)
NAMES = tuple(template.name for template in TEMPLATES)
PLAIN = Answers("Which model for the desk", "20k to 40k", as_of=DAY)
SETS = [chosen for count in range(1, len(NAMES) + 1) for chosen in combinations(NAMES, count)]
FIXED = {
    "volume": "100k", "growth": "0%/year", "inflation": "0%/year", "discount_rate": "0%/year", "requests_per_outcome": "2",
    "input_tokens": "2000", "output_tokens": "300", "cached_share": "25%", "peak_to_mean": "2", "success": "80%", "engineer_pay": "120k",
    "on_cost_share": "40%", "api_engineers": "0.5", "serving_engineers": "2", "incident_cost": "10k",
}  # fmt: skip


def refused(answers: Answers) -> Any:
    with pytest.raises(ScenarioError) as caught:
        scenario_text(answers)
    return caught.value.problems


@pytest.mark.parametrize("chosen", SETS, ids=["+".join(chosen) for chosen in SETS])
def test_every_choice_of_options_runs(chosen: tuple[str, ...]) -> None:
    """Each option in the first place, too: what runs today has no phase of building and no bridge."""
    turned = chosen[-1:] + chosen[:-1]
    scenario = tco.loads(scenario_text(replace(PLAIN, templates=turned)))
    assert tuple(option.name for option in scenario.options) == turned
    assert scenario.baseline == turned[0]
    for option in scenario.options:
        answered = [category for category, _ in option.lines] + [category for category, _ in option.empty]
        assert sorted(answered) == sorted(CATEGORIES)
    futures = Futures(compile_scenario(scenario), draws=1_000)
    costs = futures.samples("npv_cost")
    assert costs.shape[-1] == 1_000 or costs.shape[0] == 1_000
    assert (costs > 0.0).all()


@pytest.mark.parametrize("chosen", [NAMES, ("managed",), ("owned", "hybrid")], ids="+".join)
def test_the_file_leaves_nothing_to_look_at(chosen: tuple[str, ...]) -> None:
    """No input that nothing reads, none drawn apart, no price too old: `check` has no hint."""
    text = scenario_text(replace(PLAIN, templates=chosen, handling_minutes="8 to 14"))
    assert tco.check(tco.loads(text))[1] == ()
    assert all(len(line) <= 140 for line in text.splitlines() if not re.match(r" *(url|note|question|title): |[^{]*$", line))


def test_every_figure_is_sourced_or_says_that_it_is_assumed() -> None:
    scenario = tco.loads(scenario_text(replace(PLAIN, templates=NAMES)))
    for name, quantity in scenario.inputs:
        where = quantity.provenance
        assert where.note or not where.is_assumption, name
    raw = YAML(typ="rt").load(scenario_text(PLAIN))
    assert raw["inputs"]["success"]["source"] == "assumption"
    assert raw["inputs"]["success"]["note"].startswith("replace with yours")
    assert raw["inputs"]["volume"]["note"].startswith("your answer")
    rows = input_rows(compile_scenario(scenario))
    assert rows


def test_prices_stay_in_their_tables() -> None:
    text = scenario_text(replace(PLAIN, templates=NAMES))
    assert "prices: {model: openai/gpt-5}" in text
    assert "{list: nebius-h200}" in text
    assert "unit_rate: {list: azure-gpt-5}" in text
    scenario = tco.loads(text)
    price = dict(scenario.inputs)["gpu_price"]
    assert price.content == gpu_price("nebius-h200", DAY).price
    assert price.provenance.url


# --- A second route: fixed answers, and the money by hand ------------------------------------------------------------------------


def central(answers: Answers) -> dict[str, float]:
    text = scenario_text(answers)
    for path, value in (("inputs.token_price_index.growth", "0%/year"), ("inputs.token_price_index.volatility", "0%/year")):
        text = edit.set_value(text, path, value)
    return {name: float(value[0, 0]) for name, value in central_case(compile_scenario(tco.loads(text))).items()}


def test_tokens_of_the_managed_model_cost_what_the_price_book_says() -> None:
    found = central(replace(PLAIN, templates=("managed",), **FIXED))
    price = quote("openai/gpt-5", DAY, input_tokens=2000)
    request = price.cost(2000, 300, cached=500)
    assert found["options.managed.token.calls"] == pytest.approx(200e3 * 1.02 * request, rel=1e-9)
    assert found["options.managed.labour.engineers"] == pytest.approx(0.5 * 120e3 / 12 * 1.4, rel=1e-9)


def test_the_cascade_pays_the_small_model_always_and_the_large_one_at_times() -> None:
    found = central(replace(PLAIN, templates=("cascade",), **FIXED))
    small, large = quote("openai/gpt-6-luna", DAY, input_tokens=2000), quote("openai/gpt-5", DAY, input_tokens=2000)
    calls, escalated = 200e3 * 1.02, (0.10 + 4 * 0.25 + 0.45) / 6
    assert found["options.cascade.token.small"] == pytest.approx(calls * small.cost(2000, 300, cached=500), rel=1e-9)
    assert found["options.cascade.token.judge"] == pytest.approx(calls * small.cost(2300, 10), rel=1e-9)
    assert found["options.cascade.token.escalation"] == pytest.approx(calls * escalated * large.cost(2000, 300, cached=500), rel=1e-9)


def test_units_carry_the_mean_load_of_the_first_month() -> None:
    answers = replace(PLAIN, templates=("provisioned",), **(FIXED | {"volume": "4M"}))
    row = provisioned("azure-gpt-5", DAY)
    need = 8e6 * row.weighted_tokens(2000, 300, 500) / (730 * 60)
    units = row.units(need)
    assert units * row.rate >= need > (units - row.step) * row.rate
    found = central(answers)
    assert found["options.provisioned.token.units"] == pytest.approx(units * unit_price("azure-ptu-month", DAY).price)


def test_an_option_in_the_first_place_runs_from_the_first_month() -> None:
    first = tco.loads(scenario_text(replace(PLAIN, templates=("rented", "owned"))))
    assert [len(option.phases) for option in first.options] == [1, 2]
    assert [dict(option.empty).get("migration") for option in first.options] == ["this is what runs today", None]


# --- What is answered stands in the file -------------------------------------------------------------------------------------------


def test_answers_stand_in_the_file_with_their_units() -> None:
    answers = replace(
        PLAIN, volume="1,000 to 2,000", requests_per_outcome="pert(1, 2, 4)", outcome_unit="ticket", outcome_value="3 to 5", currency="EUR",
        usd_rate="0.85 to 0.95", engineer_pay="70k to 90k", months=24, start="2027-03", discount_rate="pert(6%, 8%, 9%)/year",
        success_by_option={"rented": "50% to 60%"}, templates=("managed", "rented"),
    )  # fmt: skip
    scenario = tco.loads(scenario_text(answers))
    inputs = dict(scenario.inputs)
    assert inputs["volume"].text == "1,000 to 2,000 ticket/month"
    assert inputs["requests_per_outcome"].text == "pert(1, 2, 4) request/ticket"
    assert inputs["engineer_pay"].text == "70k to 90k EUR/FTE/year"
    assert scenario.outcome is not None
    assert scenario.outcome.value is not None
    assert scenario.outcome.value.text == "3 to 5 EUR/ticket"
    assert scenario.decision.decide_by == "net_value"
    assert (scenario.timeline.months, scenario.timeline.start) == (24, 2027 * 12 + 2)
    assert scenario.option("rented").success_share.text == "= success_rented"  # pyright: ignore[reportOptionalMemberAccess]
    assert "open_ratio" not in inputs
    assert Futures(compile_scenario(scenario), draws=200).samples("net_value").size == 400


@pytest.mark.parametrize(("day", "start"), [(dt.date(2026, 11, 23), 2026 * 12 + 11), (dt.date(2026, 12, 31), 2027 * 12)])
def test_it_starts_in_the_month_after_the_day_of_the_prices(day: dt.date, start: int) -> None:
    assert tco.loads(scenario_text(replace(PLAIN, as_of=day))).timeline.start == start


def test_the_figure_that_decides_counts_what_fails() -> None:
    assert tco.loads(scenario_text(PLAIN)).decision.decide_by == "cost_per_outcome"
    assert tco.loads(scenario_text(replace(PLAIN, handling_minutes="8 to 14"))).decision.decide_by == "npv_cost"
    assert tco.loads(scenario_text(replace(PLAIN, outcome_value="4"))).decision.decide_by == "net_value"


@pytest.mark.parametrize(
    "title", ['He said: "no"', "a: b\nc: d", "{{ title }}", "=1+1", "# none", "- a", "yes", "12", "'", "a\n\n---\nb", "*x", "\\"]
)
def test_a_title_is_data(title: str) -> None:
    answers = replace(PLAIN, title=title, question=title, owner=title, outcome_name=title)
    scenario = tco.loads(scenario_text(answers))
    assert (scenario.decision.title, scenario.decision.question, scenario.decision.owner) == (title, title, title)
    assert scenario.outcome is not None
    assert scenario.outcome.name == title
    assert [option.name for option in scenario.options] == ["managed", "rented"]


@settings(max_examples=60)
@given(st.sampled_from(("title", "volume", "growth", "success", "start", "managed_model", "gpu", "outcome_unit", "currency", "owner")),
       st.text(alphabet=" '\"\\:{}[]#&*!|>%@`,-?=<~\n\t01kM/ab", min_size=1, max_size=16) | st.text(min_size=1, max_size=12))  # fmt: skip
def test_no_answer_becomes_structure(field: str, answer: str) -> None:
    """Any text in any answer: a scenario with the two options that were chosen, or an error."""
    try:
        text = scenario_text(replace(PLAIN, **{field: answer}))
    except ScenarioError:
        return
    read = YAML(typ="rt").load(text)
    assert list(read) == list(YAML(typ="rt").load(scenario_text(PLAIN)))
    assert list(read["options"]) == ["managed", "rented"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"templates": ("managed", "rentd")}, "templates", "there is no template 'rentd'"),
        ({"templates": ()}, "templates", "none"),
        ({"templates": ("managed", "managed")}, "templates", "twice"),
        ({"success_by_option": {"owned": "50%"}}, "success_by_option", "not chosen"),
        ({"success_by_option": {"rented": "150%"}}, "success_by_option.rented", "leaves the range"),
        ({"success": "60% to 170%"}, "success", ""),
        ({"volume": "many"}, "volume", "does not start with a number"),
        ({"volume": "-5k"}, "volume", "leaves the range"),
        ({"volume": "20k USD/month"}, "volume", "case/month"),
        ({"volume": "= 3 * 4"}, "volume", "a number or a range"),
        ({"peak_to_mean": "0.5"}, "peak_to_mean", "leaves the range"),
        ({"currency": "EUR"}, "usd_rate", "list prices are in USD"),
        ({"currency": "EUR", "usd_rate": "0.9 USD/EUR"}, "usd_rate", "no price of a US dollar"),
        ({"currency": "EUR", "usd_rate": "0"}, "usd_rate", "no price of a US dollar"),
        ({"currency": "XXX"}, "currency", "not known"),
        ({"outcome_unit": "month"}, "outcome_unit", "not a thing that is counted"),
        ({"outcome_unit": "ticket", "handling_minutes": "5"}, "handling_minutes", "where the unit is case"),
        ({"months": 2}, "months", "too few"),
        ({"managed_model": "openai/gpt-none"}, "managed_model", "gpt-none"),
        ({"gpu": "nebius-h2000"}, "gpu", "nebius-h2000"),
        ({"templates": ("provisioned",), "provisioned_rate": "azure-gpt-5.4"}, "provisioned_rate", "not known"),
        ({"templates": ("owned",), "as_of": dt.date(2020, 1, 1)}, "as_of", ""),
        ({"title": ""}, "decision.title", ""),
        ({"start": "soon"}, "timeline.start", "not a month"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_named(changes: dict[str, Any], field: str, message: str) -> None:
    problem = refused(replace(PLAIN, **changes))[0]
    assert problem.field == field
    assert message in problem.message
    assert problem.mend


def test_today_is_the_day_where_none_is_given() -> None:
    found = tco.loads(scenario_text(Answers("A", "5k"))).decision.as_of
    assert found is not None
    assert found >= DAY


def test_the_file_can_be_edited_at_once() -> None:
    before = scenario_text(replace(PLAIN, templates=NAMES))
    after = edit.set_value(before, "inputs.success", "55% to 65%")
    assert edit.set_value(after, "inputs.success", "60% to 80%") == before
    assert edit.remove_variant(edit.add_variant(before, "x", "X", {"inputs.success": "50%"}), "x") == before
