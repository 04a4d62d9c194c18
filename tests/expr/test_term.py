"""Building a graph: what is refused, what an error says, and that an array never swallows a term."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tco_model.expr import ops
from tco_model.expr.term import DRAWN, DRAWN_PATH, NUMBER, PATH, Constant, Shape, Term, leaf
from tco_model.expr.trace import trace
from tco_model.lines.catalogue import LINE_BY_NAME
from tco_model.units import UnitError, parse_unit

cost = leaf("cost", "USD/month", PATH)
gpus = leaf("gpus", "GPU", DRAWN)
number = leaf("number", "1", NUMBER)


@pytest.mark.parametrize("array", [np.ones((2, 3)), np.ones(3), np.array([1, 2])])
@pytest.mark.parametrize("combine", [lambda a, t: a * t, lambda a, t: t * a, lambda a, t: a + t, lambda a, t: a / t, lambda a, t: a < t])
def test_an_array_times_a_term_is_refused(array: Any, combine: Any) -> None:
    """Without the refusal NumPy would make an array of objects, and a formula that is traced twice."""
    with pytest.raises(TypeError, match="numbers and terms, not ndarray"):
        combine(array, number)


def test_numbers_of_numpy_and_python_are_numbers() -> None:
    for one in (2, 2.0, np.float64(2.0)):
        for term in (one * gpus, gpus * one, one / gpus, gpus / one):
            assert isinstance(term, Term)
    assert str((1 / gpus).unit) == "1/GPU"


def test_a_constant_carries_its_unit_into_a_graph_and_is_a_float_elsewhere() -> None:
    hours = Constant(730.0, "hour/month", "730 hours a month")
    assert hours * 2.0 == 1_460.0
    assert str((leaf("price", "USD/hour") * hours).unit) == "USD/month"


@pytest.mark.parametrize("use", [bool, lambda term: term and 1, lambda term: 1 if term > 0 else 2, lambda term: not term])
def test_a_term_has_no_truth_value(use: Any) -> None:
    with pytest.raises(TypeError, match=r"use where\(condition, yes, no\)"):
        use(number)


@pytest.mark.parametrize(
    ("term", "shape"),
    [
        (cost * gpus, DRAWN_PATH),
        (gpus * number, DRAWN),
        (cost * number, PATH),
        (ops.total(cost * gpus), DRAWN),
        (ops.total(cost), NUMBER),
        (ops.lag(gpus, 1), DRAWN_PATH),
        (ops.cumulative(number), PATH),
    ],
)
def test_shapes_follow_from_the_arguments(term: Term, shape: Shape) -> None:
    assert term.shape == shape


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda cost, gpus: cost + gpus, "fleet.rent: USD/month and GPU cannot be added or compared; it uses cost [USD/month], gpus [GPU]"),
        (lambda cost, gpus: cost * gpus, "fleet.rent: the formula gives GPU*USD/month where USD/month is needed; it uses cost [USD/month]"),
        (lambda cost, gpus: ops.exp(gpus), "fleet.rent: a plain number is needed here, not GPU; it uses"),
        (lambda cost, gpus: ops.where(cost > gpus, cost, 0), "fleet.rent: USD/month and GPU cannot be added or compared; it uses"),
    ],
)
def test_a_unit_error_names_the_line_and_both_units(function: Any, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        trace(function, {"cost": cost, "gpus": gpus}, parse_unit("USD/month"), "fleet.rent")
    assert str(caught.value).startswith(message)


def test_a_cost_line_given_the_wrong_unit_says_what_it_was_given() -> None:
    line = LINE_BY_NAME["gpu_rental"]
    given = {name: leaf(name, unit) for name, unit in (("gpus", "GPU"), ("gpu_price", "USD/GPU"), ("on_share", "1"), ("active", "1"))}
    with pytest.raises(
        UnitError, match=r"gpu_rental: the formula gives USD\*hour/month where USD/month is needed; .*gpu_price \[USD/GPU\]"
    ):
        trace(line.function, given, line.unit, "gpu_rental")
