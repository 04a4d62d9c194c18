"""Formulas written by users: what they may say, and that all else is refused with a reason and without being run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tco_model.expr.evaluate import evaluate
from tco_model.expr.parse import MAX_LENGTH, FormulaError, parse_formula
from tco_model.expr.render import words
from tco_model.expr.term import Term, constant, leaf
from tco_model.units import UnitError, parse_unit

NAMES = {"x": leaf("x", "1"), "y": leaf("y", "1"), "fleet.cost": leaf("fleet.cost", "USD/month"), "gpus": leaf("gpus", "GPU")}
VALUES = {"x": np.array([[7.0]]), "y": np.array([[2.0]]), "fleet.cost": np.array([[100.0]]), "gpus": np.array([[8.0]])}


def resolve(name: str) -> Term:
    if name not in NAMES:
        raise FormulaError(f"unknown name '{name}'")
    return NAMES[name]


def read(text: str) -> Term:
    return parse_formula(text, resolve, lambda quantity: constant(5.0, parse_unit(quantity.split()[1])))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("x - y - 1", 4.0),
        ("x / y / 2", 1.75),
        ("x / (y * 2)", 1.75),
        ("-x ** 2", -49.0),
        ("y ** 3 ** 2", 512.0),
        ("2 ** -1", 0.5),
        ("max(x, y) - min(x, y)", 5.0),
        ("ceil(x / y) + floor(x / y)", 7.0),
        ("where(x > y, 1, 2) + where(x <= y, 10, 20)", 21.0),
        ("exp(log(x))", 7.0),
        ("power(x, 2)", 49.0),
        ("fleet.cost * 2", 200.0),
        ('fleet.cost + quantity("5 USD/month")', 105.0),
        ('gpus * quantity("5 USD/GPU/month")', 40.0),
        ("total(fleet.cost)", 400.0),
        ("lag(x, 0) + window_sum(y, 1)", 9.0),
        (" 1_000 * 1e-3 ", 1.0),
    ],
)
def test_a_formula_reads_as_in_mathematics(text: str, value: float) -> None:
    assert evaluate({"result": read(text)}, VALUES, 4)["result"].flat[0] == pytest.approx(value, rel=1e-15)


NOT_ALLOWED = [
    "lambda: 1", "[a for a in x]", "{a: 1 for a in x}", "(a for a in x)", "[1, 2]", "(1, 2)", "{1}", "{}", "'text'", "b'text'", "None",
    "...", "1j", "f'{x}'", "x + 'text'", "(n := 3)", "x if y else 1", "x and y", "not x", "x or y", "x[0]", "x[0:1]", "x @ y", "x // y",
    "x % y", "x | y", "x << 3", "~x", "+x", "x == y", "x != y", "x is y", "x in y", "x < y < 2", "max(*x)", "max(a=1)", "max(**x)",
    "x.y()", "(lambda: 1)()", "max(x, y)(1)", "max.__class__()", "await x", "x().y",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_ALLOWED)
def test_syntax_beyond_arithmetic_is_refused_by_name(text: str) -> None:
    with pytest.raises(FormulaError, match=r"is not allowed in a formula; use names, numbers|is not a name"):
        read(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a formula"),
        ("x y", "is not a formula"),
        ("x +", "is not a formula"),
        ("x\n+ y", "is not a formula"),
        ("x; y", "is not a formula"),
        ("x = y", "is not a formula"),
        ("import os", "is not a formula"),
        ("x\0", "is not a formula"),
        ("\ud800", "is not a formula"),
        ("(" * 500 + "x" + ")" * 500, "is not a formula: too many nested parentheses"),
        ("(" * 10_000 + "x" + ")" * 10_000, "at most 2,000 are read"),
        ("-" * 1_999 + "x", "more than 400 parts"),
        ("x" + "+x" * 500, "more than 400 parts"),
        ("x ** 99999999999999999999", "too large a number"),
        ("1e999", "too large a number"),
        ("9" * 1_900, "too large a number"),
        ("True", "true and false are not numbers"),
        ("__import__('os')", "unknown function '__import__'"),
        ("eval('1')", "unknown function 'eval'"),
        ("maxx(x, y)", "did you mean 'max'"),
        ("x.__class__", "unknown name 'x.__class__'"),
        ("x.__class__.__base__", "unknown name"),
        ("z", "unknown name 'z'"),
        ("quantity(x)", "quantity takes one text"),
        ("quantity('1 GPU', 2)", "quantity takes one text"),
        ("max(x)", "max was given 1 arguments"),
        ("ceil()", "ceil was given 0 arguments"),
        ("where(x > y, 1)", "where was given 2 arguments"),
        ("lag(x)", "whole number of months from 0 up"),
        ("lag(x, -1)", "whole number of months"),
        ("lag(x, 1.5)", "whole number of months"),
        ("lag(x, y)", "whole number of months"),
        ("window_sum(x, 0)", "whole number of months from 1 up"),
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_read_says_why(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read(text)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fleet.cost + gpus", "USD/month and GPU cannot be added"),
        ("max(fleet.cost, x)", "USD/month and 1 cannot be added or compared"),
        ("where(gpus > x, 1, 2)", "GPU and 1 cannot be added or compared"),
        ("where(x > y, gpus, fleet.cost)", "GPU and USD/month cannot be added"),
        ("gpus ** 2", "a plain number is needed here, not GPU"),
        ("2 ** gpus", "a plain number is needed here, not GPU"),
        ("exp(fleet.cost)", "a plain number is needed here, not USD/month"),
        ("where(x, 1, 2)", "must be a comparison"),
        ("(x > y) * 3", "can only be the condition of where"),
    ],
)
def test_units_that_do_not_fit_name_both(text: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        read(text)
    assert message in str(caught.value)


def test_a_zero_without_a_unit_fits_every_unit() -> None:
    assert str(read("max(fleet.cost - fleet.cost, 0)").unit) == "USD/month"
    assert str(read("where(gpus > 0, fleet.cost, 0)").unit) == "USD/month"


@settings(max_examples=300)
@given(st.text(alphabet="xy0123456789.+-*/()<>=, maxlgeicw_\"'[]{}:@\\\n\t", max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but these two errors, whatever is written; what is read can be spelled."""
    try:
        term = read(text)
    except (FormulaError, UnitError):
        return
    except (ValueError, IndexError):
        assert "quantity" in text
        return
    assert words(term, {})


def test_the_longest_formula_is_read() -> None:
    text = "x" + " + x" * 60
    assert evaluate({"result": read(text + " " * (MAX_LENGTH - len(text)))}, VALUES, 1)["result"][0, 0] == 7.0 * 61
