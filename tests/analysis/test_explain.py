"""Holds the tree of a figure to its promise: from the leaves shown, the root can be worked out again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import tco_model as tco
from tco_model.analysis.explain import Trace, explain_figure, figure_names
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.expr.term import Term
from tco_model.report.report import make_report
from tests.engine.scenarios import SMALL, alone

Row = NDArray[np.float64]
MONTHS = 24


@pytest.fixture(scope="module")
def result() -> tco.Result:
    return tco.simulate(tco.load(SMALL), draws=200)


def nodes(trace: Trace) -> Iterator[Trace]:
    yield trace
    for child in trace.children:
        yield from nodes(child)


def shifted(row: Row, steps: int) -> Row:
    return np.array([row[month - steps] if month >= steps else 0.0 for month in range(MONTHS)])


def recompute(term: Term, leaves: dict[str, Row], known: dict[int, Row]) -> Row:
    """Work a term out month by month, by arithmetic spelled here and shared with nothing in the package."""
    if id(term) not in known:
        args = [recompute(arg, leaves, known) for arg in term.args]
        known[id(term)] = np.broadcast_to(np.asarray(_one(term, args, leaves), dtype=float), (MONTHS,))
    return known[id(term)]


def _one(term: Term, args: list[Row], leaves: dict[str, Row]) -> Row | float:
    if term.op == "leaf":
        return leaves[term.name.removeprefix("options.").removeprefix("inputs.")]
    if term.op == "constant":
        return term.value
    return ARITHMETIC[term.op](*args) if term.setting is None else ARITHMETIC[term.op](*args, term.setting)


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": lambda left, right: left + right,
    "subtract": lambda left, right: left - right,
    "multiply": lambda left, right: left * right,
    "divide": lambda left, right: left / right,
    "negate": lambda value: -value,
    "ceil": lambda value: -np.floor(-value),
    "maximum": lambda left, right: (left + right + abs(left - right)) / 2.0,
    "minimum": lambda left, right: (left + right - abs(left - right)) / 2.0,
    "less": lambda left, right: left < right,
    "where": lambda condition, yes, no: condition * yes + (1 - condition) * no,
    "compound": lambda rate, months: np.exp(np.log1p(rate) * months / 12.0),
    "running_maximum": lambda row: [max(row[: month + 1]) for month in range(MONTHS)],
    "cumulative": lambda row: [math.fsum(row[: month + 1]) for month in range(MONTHS)],
    "lag": shifted,
    "window_sum": lambda row, setting: sum(shifted(row, steps) for steps in range(setting)),
    "total": math.fsum,
}


def term_of(model: Model, name: str) -> Term:
    """The term of one of an option's figures of the answer."""
    option, figure = name.split(".", 1)
    return all_outputs(model)[f"draw/{option}/{figure}"]


@pytest.mark.parametrize("option", ["managed", "hosted"])
@pytest.mark.parametrize("figure", ["npv_cost", "total_cost", "outcomes", "cost_per_outcome", "net_value", "success_share"])
def test_the_leaves_of_the_tree_recompute_its_root(result: tco.Result, option: str, figure: str) -> None:
    trace = explain_figure(result.model, f"{option}.{figure}")
    leaves = {node.name: np.asarray(node.values) for node in nodes(trace) if not node.formula}
    root = recompute(term_of(result.model, f"{option}.{figure}"), leaves, {})
    assert trace.values[0] == pytest.approx(root[0], rel=1e-10)
    assert len(trace.values) == 1


def test_every_figure_can_be_explained_and_every_node_says_what_it_is(result: tco.Result) -> None:
    names = figure_names(result.model)
    assert len(names) == len(set(names)) > 150
    for name in names[::7]:
        for node in nodes(explain_figure(result.model, name)):
            assert node.unit and node.label and node.values, (name, node.name)
            assert np.all(np.isfinite(node.values)), (name, node.name)
            assert bool(node.formula) != bool(node.source), (name, node.name)
            if node.children:
                assert all(child.name in node.formula for child in node.children), (name, node.name)
            if node.formula and not node.children and not node.repeated:
                assert not any(character.isalpha() for character in node.formula.split(" ")[0]), (name, node.formula)


def test_a_sourced_leaf_shows_source_date_text_and_line(result: tco.Result) -> None:
    trace = explain_figure(result.model, "cases.growth")
    assert (trace.source, trace.as_of, trace.unit) == ("helpdesk", "2026-11-01", "1/year")
    assert SMALL.read_text().splitlines()[trace.line - 1].strip().startswith("cases:")


def test_a_default_of_the_model_is_an_assumption(result: tco.Result) -> None:
    assert explain_figure(result.model, "managed.token.api.batch_share").source.startswith("assumption")


def test_every_figure_of_the_report_can_be_asked_where_it_comes_from(result: tco.Result) -> None:
    report = make_report(result)
    asked: dict[str, float | None] = {}
    for option in report.options:
        asked |= {f"{option.name}.{figure}": found.central for figure, found in option.figures.items()}
        for category in option.categories:
            if category.total is not None and category.npv is not None:
                asked[f"{option.name}.{category.category}.total_cost"] = category.total.central
                asked[f"{option.name}.{category.category}.npv_cost"] = category.npv.central
            asked |= {f"{option.name}.{line.name}.total_cost": line.total.central for line in category.lines}
    assert len(asked) > 40
    for name, central in asked.items():
        (value,) = explain_figure(result.model, name).values
        assert value == central, name
    for row in report.inputs:
        short = row.name.removeprefix("options.").removeprefix("inputs.")
        trace = next(node for node in nodes(explain_figure(result.model, row.name)) if node.name == short and not node.formula)
        assert (trace.source, trace.as_of, trace.line) == (row.source, row.as_of, row.line), row.name
        assert trace.unit == row.unit, row.name


def test_a_figure_opened_once_is_only_named_the_second_time(result: tco.Result) -> None:
    seen: set[str] = set()
    for node in nodes(explain_figure(result.model, "hosted.npv_cost")):
        if node.formula:
            assert node.repeated == (node.name in seen), node.name
            seen.add(node.name)


def test_full_and_short_names_open_the_same_tree(result: tco.Result) -> None:
    assert explain_figure(result.model, "managed.npv_cost") == explain_figure(result.model, "options.managed.npv_cost")
    assert explain_figure(result.model, "engineer_pay") == explain_figure(result.model, "inputs.engineer_pay")


def test_a_formula_reads_as_it_was_written() -> None:
    scenario = alone("fee * (1 + margin) / 2", inputs={"fee": "3 USD/month", "margin": "20%"})
    trace = tco.explain(scenario, "only.fees.line")
    assert trace.formula == "fee × (1 + margin) ÷ 2"
    assert {child.name: child.values for child in trace.children} == {"fee": (3.0,), "margin": (0.2,)}
    assert trace.values == pytest.approx((1.8,))


def test_an_unknown_figure_offers_the_nearest(result: tco.Result) -> None:
    with pytest.raises(tco.ScenarioError, match=r"there is no figure 'managed\.npv_csot'") as refused:
        explain_figure(result.model, "managed.npv_csot")
    assert "managed.npv_cost" in refused.value.problems[0].mend
