"""Holds a good scenario to what its file says, and every field to its line and column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import tco_model as tco
from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.quantity import Formula, Growing
from tco_model.scenario.schema import Phase

FILE = Path(__file__).parents[1] / "bad_input" / "good.yaml"
LINES = FILE.read_text().splitlines()


@pytest.fixture(scope="module")
def scenario() -> tco.Scenario:
    return tco.load(FILE)


def test_sections(scenario: tco.Scenario) -> None:
    assert scenario.decision.as_of == dt.date(2026, 11, 20)
    assert (scenario.timeline.start, scenario.timeline.months) == (2027 * 12, 24)
    assert scenario.timeline.discount_rate.content == pytest.approx(0.08)
    assert (scenario.simulation.draws, scenario.simulation.seed) == (1000, 7)
    assert dict(scenario.exchange_rates)["EUR"].content == pytest.approx(1.1)
    assert [name for name, _ in scenario.inputs] == ["cases", "growth_of_price", "hit_share", "pay", "fee", "budget"]
    assert [(entry.between, entry.rank) for entry in scenario.correlations] == [
        (("hit_share", "pay"), 0.3),
        (("hit_share", "growth_of_price"), 0.2),
    ]
    assert scenario.baseline == "managed"
    assert scenario.outcome is not None
    assert scenario.outcome.volume.content == Formula("cases")


def test_options_answer_every_category(scenario: tco.Scenario) -> None:
    for option in scenario.options:
        answered = {category for category, _ in option.lines} | {category for category, _ in option.empty}
        assert answered == {"token", "compute", "storage", "observability", "labour", "migration", "risk", "fees"}
    managed, hosted = scenario.options
    assert managed.phases == (Phase("run", 0, 24),)
    assert hosted.phases == (Phase("migrate", 0, 4), Phase("run", 4, 24))
    assert dict(managed.empty)["compute"] == "the provider runs the models"


def test_a_line_over_two_classes_stands_once_for_each(scenario: tco.Scenario) -> None:
    (token,) = (lines for category, lines in scenario.options[0].lines if category == "token")
    assert [line.path for line in token] == ["options.managed.token.api.live", "options.managed.token.api.agents"]
    assert {line.source for line in token} == {"options.managed.token.api"}
    assert [line.demand for line in token] == [("live",), ("agents",)]
    price = dict(token[0].quantities)["input_price"]
    assert isinstance(price.content, Growing)
    assert price.unit.currency == "USD"


def test_where_each_parameter_comes_from(scenario: tco.Scenario) -> None:
    lines = {line.path: line for _, found in scenario.options[0].lines for line in found}
    logs = {name: binding.origin for name, binding in lines["options.managed.storage.logs"].bindings}
    assert logs == {
        "requests": "demand",
        "retry_share": "demand",
        "log_size": "own",
        "retention_months": "setting",
        "copies": "own",
        "storage_price": "own",
    } | {
        name: origin for name, origin in logs.items() if name not in ("requests", "log_size", "retention_months", "copies", "storage_price")
    }
    buy = {name: binding.origin for name, binding in scenario.options[1].lines[0][1][0].bindings}
    assert buy["purchased_gpus"] == "fleet"
    assert buy["hardware_price"] == "own"


@pytest.mark.parametrize(
    ("field", "line", "word"),
    [
        ("schema", "schema: 1", "schema"),
        ("decision.title", "  title: A decision that the bad cases spoil", "title"),
        ("timeline.months", "  months: 24", "months"),
        ("inputs.cases", "  cases:", "cases"),
        ("inputs.cases.growth", "    growth: 10% to 60%/year", "growth"),
        ("inputs.budget.monthly.1", "  budget: {monthly: [100, 120, 90], unit: USD/month}", "120"),
        ("inputs.fee.steps.2027-07", "  fee: {steps: {2026-06: 1000 USD/month, 2027-07: 1200 USD/month}}", "2027-07"),
        ("correlations.1.rank", "    rank: 0.2", "rank"),
        ("demand.live.requests", '    requests: = cases * quantity("3.2 request/case")', "requests"),
        ("options.managed.compute.none", "    compute: {none: the provider runs the models}", "none"),
        ("options.managed.token.api.output_price", "        output_price: 10 USD/Mtoken", "output_price"),
        ("options.hosted.phases.run", "      run: rest", "run"),
        ("options.hosted.fleets.main.hardware_life", "        hardware_life: 18", "hardware_life"),
    ],
)
def test_places(scenario: tco.Scenario, field: str, line: str, word: str) -> None:
    found, column = scenario.place(field)
    assert LINES[found - 1] == line
    assert line[column - 1 :].startswith(word)


def test_every_field_has_a_place_inside_the_file(scenario: tco.Scenario) -> None:
    assert len(scenario.places) > 150
    for field, (line, column) in scenario.places.items():
        key = field.rsplit(".", 1)[-1]
        rest = LINES[line - 1][column - 1 :]
        assert rest, field
        assert key == "" or key.isdecimal() or rest.startswith(key), field


def test_a_figure_of_a_field_is_placed_at_the_field(scenario: tco.Scenario) -> None:
    """Names below a field, such as the growth of a default, fall back to the nearest line that the file has."""
    assert scenario.place("options.managed.token.api.live.unwritten") == scenario.place("options.managed.token.api")
    assert scenario.place("nothing.at.all") == (0, 0)


def test_the_optional_can_be_left_out() -> None:
    """The shortest scenario: no inputs, demand, outcome or simulation; one option with one line."""
    categories = ("token", "compute", "storage", "observability", "labour", "migration", "risk")
    short = "schema: 1\ndecision: {title: Short, question: Which?}\n"
    short += "timeline: {start: 2027-01, months: 1, discount_rate: 0%/year}\noptions:\n  only:\n"
    short += "".join(f"    {category}: {{none: nothing of it here}}\n" for category in categories)
    scenario = tco.loads(short + "    fees: {rent: {line: monthly_fee, monthly_amount: 5 USD/month}}\n")
    tco.check(scenario)
    assert scenario.simulation.draws == 10_000
    assert scenario.baseline == "only"
    assert scenario.outcome is None
    assert scenario.timeline.currency == "USD"


def test_a_problem_as_text_and_as_data() -> None:
    problem = Problem("it is wrong", "mend it", "a.b", "5", "file.yaml", 3, 7)
    assert str(problem) == "file.yaml:3:7: a.b: it is wrong\n    mend: mend it"
    assert problem.as_dict() == {
        "message": "it is wrong", "mend": "mend it", "field": "a.b", "value": "5", "file": "file.yaml", "line": 3, "column": 7,
    }  # fmt: skip
    error = ScenarioError([problem, Problem("first", file="file.yaml", line=1), problem])
    assert [found.message for found in error.problems] == ["first", "it is wrong"]


def test_a_listed_gpu_price_brings_its_source_and_its_day() -> None:
    text = (Path(__file__).parents[2] / "scenarios/ml_platform.yaml").read_text(encoding="utf-8")
    (found,) = [quantity for name, quantity in tco.loads(text).inputs if name == "h200_price"]
    assert found.content == 3.5
    assert str(found.unit) == "USD/GPU/hour"
    assert found.provenance.url.startswith("https://github.com/skypilot-org")
    assert found.provenance.as_of is not None
    assert "Nebius" in found.provenance.note
    with pytest.raises(tco.ScenarioError) as caught:
        tco.loads(text.replace("{list: nebius-h200,", "{list: nebius-h20,"))
    (problem,) = caught.value.problems
    assert problem.field == "inputs.h200_price.list"
    assert "nebius-h200" in problem.mend
    assert problem.line == text[: text.index("list: nebius-h200")].count("\n") + 1
