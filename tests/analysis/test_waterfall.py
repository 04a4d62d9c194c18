"""What differs adds up to the difference to the last bit, between options and between versions, and Shapley's shares are fair."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import tco_model as tco
from tco_model.analysis.waterfall import Waterfall, between_options, exact_parts, in_order, shapley
from tco_model.cli import main
from tco_model.lines.registry import CATEGORIES
from tests.analysis.test_levers import TEXT

SHIPPED = Path(__file__).parents[2] / "scenarios"
AMOUNTS = st.floats(-1e9, 1e9)


def added(found: Waterfall) -> float:
    total = found.first
    for part in found.parts:
        total += part.value
    return total


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=9), st.floats(-1e-7, 1e-7))
def test_parts_add_up_to_the_last_bit(first: float, values: list[float], rounding: float) -> None:
    last = first + sum(values) + rounding
    found = exact_parts(first, last, values)
    total = first
    for value in found:
        total += value
    assert total == last
    assert found[: len(values)] == pytest.approx(values, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("name", ["ml_platform", "support_assistant", "software_environments"])
def test_between_any_two_shipped_options(name: str) -> None:
    result = tco.simulate(tco.load(SHIPPED / f"{name}.yaml"), draws=500)
    for first, last in permutations(result.options, 2):
        found = between_options(result, first, last)
        assert added(found) == found.last == result.summary(last, "npv_cost").mean
        back = {part.name: part.value for part in between_options(result, last, first).parts}
        assert all(back[part.name] == pytest.approx(-part.value, abs=1e-6) for part in found.parts if part.name in back)


def glove(owners: frozenset[str]) -> float:
    """The glove game (Shapley 1953): one has a left glove, two a right one each; a pair is worth 1."""
    return 1.0 if "left" in owners and owners & {"right one", "right two"} else 0.0


def test_shapley_of_the_glove_game_and_of_a_sum() -> None:
    found = shapley(["left", "right one", "right two"], glove)
    assert found == pytest.approx({"left": 4 / 6, "right one": 1 / 6, "right two": 1 / 6})
    weights = {"a": 3.0, "b": -5.0, "c": 0.0}
    assert shapley(list(weights), lambda some: 7.0 + sum(weights[name] for name in some)) == pytest.approx(weights)


def test_shapley_is_the_mean_over_all_orders() -> None:
    def amount(some: frozenset[str]) -> float:
        return 10.0 * (2.0 if "p" in some else 1.0) * (0.5 if "q" in some else 1.0) + (3.0 if {"p", "r"} <= some else 0.0)

    names = ["p", "q", "r"]
    orders = [in_order(order, amount) for order in permutations(names)]
    expected = {name: sum(one[name] for one in orders) / len(orders) for name in names}
    assert shapley(names, amount) == pytest.approx(expected)


def versions(folder: Path, *changes: tuple[str, str]) -> tuple[Path, Path]:
    last = TEXT
    for change in changes:
        assert change[0] in last
        last = last.replace(*change, 1)
    paths = folder / "first.yaml", folder / "last.yaml"
    for path, text in zip(paths, (TEXT, last), strict=True):
        path.write_text(text)
    return paths


def test_two_versions_of_a_file_by_changed_field(tmp_path: Path) -> None:
    first, last = versions(
        tmp_path, ("80 to 120", "160 to 240"), ("amount: 50", "amount: 950"), ("need: {value: 10 to 30", "need: {value: 20 to 60")
    )
    found = tco.diff(first, last, "a", draws=200)
    assert added(found) == found.last
    assert {part.name for part in found.parts} == {"inputs.price", "inputs.need", "options.b.migration.move"}
    parts = {part.name: part.value for part in found.parts}
    assert parts["options.b.migration.move"] == 0.0
    cost = tco.simulate(tco.load(first), draws=200).summary("a", "total_cost").mean
    assert parts["inputs.price"] == pytest.approx(1.5 * cost), "doubling both: each gets half of what they do together"
    assert parts["inputs.need"] == pytest.approx(1.5 * cost)
    other = {part.name: part.value for part in tco.diff(first, last, "b", draws=200).parts}
    assert other["options.b.migration.move"] == pytest.approx(900)
    assert other["inputs.price"] == 0.0


def test_versions_that_say_the_same_differ_by_nothing(tmp_path: Path) -> None:
    first, last = versions(tmp_path, ("title: Levers", "title: Other"), ("draws: 400", "draws: 300"))
    found = tco.diff(first, last, draws=100)
    assert found.parts == ()
    assert found.first == found.last


def test_many_changes_are_made_in_the_order_of_the_file(tmp_path: Path) -> None:
    changes = [("80 to", "90 to"), ("10 to", "11 to"), ("1000 case", "1100 case"), ("80%", "81%"), ("90%", "91%"), ("150 USD", "151 USD")]
    first, last = versions(tmp_path, *changes, ("amount: 50", "amount: 51"))
    found = tco.diff(first, last, "a", draws=50)
    assert found.method == "changes made in the order of the file"
    assert added(found) == found.last
    assert len(found.parts) == 7


def test_the_command_for_options_and_for_files(tmp_path: Path) -> None:
    first, last = versions(tmp_path, ("80 to 120", "160 to 240"))
    data = json.loads(CliRunner().invoke(main, ["diff", "a", "b", "--in", str(first), "--json"]).output)
    assert [part["name"] for part in data["parts"]][:8] == list(CATEGORIES)
    done = CliRunner().invoke(main, ["diff", str(first), str(last), "--draws", "100"])
    assert done.exit_code == 0
    assert "inputs.price" in done.output
    for wrong in (["diff", "a", "c", "--in", str(first)], ["diff", str(first), str(last), "--option", "c"], ["diff", "x.yaml", str(last)]):
        failed = CliRunner().invoke(main, wrong)
        assert failed.exit_code == 2
        assert "Traceback" not in failed.output
