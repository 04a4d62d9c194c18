"""Optimism bias: published percentages on point estimates, refused where a range already holds the risk."""

from __future__ import annotations

import pytest

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.report.sources import input_rows
from tco_model.scenario.bias import classes

TEXT = """
schema: 1
decision: {title: Bias, question: Which?}
timeline: {start: 2027-01, months: 4, discount_rate: 0%/year}
inputs: {pay: 120k USD/FTE/year, wide: 100k to 140k USD/FTE/year}
optimism_bias:
  options.a.migration.build: {class: equipment_development_duration, level: upper}
options:
  a:
    migration:
      build: {line: project_work, effort: 10 FTE*month, salary: = pay, on_cost_share: 0%}
      move: {line: one_off, amount: 1000 USD}
    token: {none: not part of this test}
    compute: {none: not part of this test}
    storage: {none: not part of this test}
    observability: {none: not part of this test}
    labour: {none: not part of this test}
    risk: {none: not part of this test}
    fees: {none: not part of this test}
"""


def total(text: str, name: str) -> float:
    return float(central_case(compile_scenario(tco.loads(text)))[f"options.a.migration.{name}"].sum())


def test_the_published_percentages() -> None:
    table = {name: (row["upper"], row["lower"]) for name, (row, _) in classes().items()}
    assert table == {
        "standard_buildings_capex": (24, 2),
        "equipment_development_capex": (200, 10),
        "equipment_development_duration": (54, 10),
        "outsourcing_opex": (41, 0),
    }


def test_a_line_is_raised_by_its_class_and_the_others_are_not() -> None:
    assert total(TEXT, "build") == pytest.approx(100_000 * 1.54)
    assert total(TEXT, "move") == 1000
    assert total(TEXT.replace("level: upper", "level: lower"), "build") == pytest.approx(110_000)


def test_a_category_is_raised_line_by_line_and_ones_own_uplift_needs_a_reason() -> None:
    own = TEXT.replace(
        "options.a.migration.build: {class: equipment_development_duration, level: upper}",
        "options.a.migration: {uplift: 25%, note: our last three moves overran by a quarter}",
    )
    assert total(own, "build") == pytest.approx(125_000)
    assert total(own, "move") == pytest.approx(1250)
    with pytest.raises(tco.ScenarioError, match="says why"):
        tco.loads(own.replace(", note: our last three moves overran by a quarter", ""))


def test_the_uplift_is_an_input_with_its_source() -> None:
    (row,) = [row for row in input_rows(compile_scenario(tco.loads(TEXT))) if row.name.startswith("optimism_bias")]
    assert row.mean == 0.54
    assert "HM Treasury" in row.source
    assert row.as_of and row.url.startswith("https://")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("salary: = pay", "salary: = wide"), "count the same risk twice"),
        (("migration.build:", "migration.bild:"), "no cost line or category"),
        (("class: equipment_development_duration", "class: equipment"), "no class"),
        (("level: upper", "level: high"), "not a level"),
        (("level: upper", "uplift: 10%"), "either of a published class"),
        (("class: equipment_development_duration, level: upper", "uplift: 10% to 20%, note: as before"), "one number"),
        (("class: equipment_development_duration, level: upper", "uplift: 900%, note: as before"), "between 0 and 5"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_line(change: tuple[str, str], says: str) -> None:
    assert change[0] in TEXT
    with pytest.raises(tco.ScenarioError) as caught:
        compile_scenario(tco.loads(TEXT.replace(*change, 1)))
    problems = caught.value.problems
    assert any(says in problem.message for problem in problems), [problem.message for problem in problems]
    assert all(problem.line > 0 for problem in problems)
