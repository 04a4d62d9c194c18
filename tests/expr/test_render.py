"""What is spelled in words or for a workbook, read back by a route that shares no code with ours, has the value of the graph."""

from __future__ import annotations

import ironcalc
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tco_model.expr import ops
from tco_model.expr.evaluate import evaluate
from tco_model.expr.render import excel, needs_row, spell_number, words
from tco_model.expr.term import DRAWN_PATH, NUMBER, Term, constant, leaf, walk
from tests.expr.trees import graph, leaf_terms, leaf_values
from tests.strategies import Recipe, recipes

MONTHS = 5
COLUMNS = "ABCDEFGHIJ"


class Sheet:
    """A sheet with a row of months for each leaf and each argument that is read along the months. Rows count from 1."""

    months = MONTHS

    def __init__(self) -> None:
        self.rows: dict[int, int] = {}
        self.book = ironcalc.create("test", "en", "UTC", "en")

    def cell(self, term: Term, month: int) -> str | None:
        row = self.rows.get(id(term))
        return None if row is None else f"{COLUMNS[month]}{row}"

    def row(self, term: Term, first: int, last: int) -> str:
        row = self.rows[id(term)]
        return f"{COLUMNS[first]}{row}" if first == last else f"{COLUMNS[first]}{row}:{COLUMNS[last]}{row}"

    def write(self, term: Term, texts: list[str]) -> None:
        row = self.rows[id(term)] = len(self.rows) + 1
        for month, text in enumerate(texts):
            self.book.set_user_input(0, row, month + 1, text)

    def formula(self, term: Term) -> None:
        self.write(term, [f"={excel(term, self, month)}" for month in range(MONTHS)])

    def values(self, term: Term) -> list[object]:
        self.book.evaluate()
        return [self.book.get_cell_value(0, self.rows[id(term)], month + 1) for month in range(MONTHS)]


def recalculated(term: Term, values: dict[str, np.ndarray]) -> list[object]:
    """Write a term and what it reads into a sheet, and let the spreadsheet engine work it out."""
    sheet, seen = Sheet(), set[int]()
    for node in walk(term):
        if node.op == "leaf":
            sheet.write(node, [repr(float(value)) for value in np.broadcast_to(values[node.name][:1], (1, MONTHS))[0]])
    for node in walk(term):
        for argument in needs_row(node):
            if id(argument) not in seen and id(argument) not in sheet.rows and id(argument) in {id(arg) for arg in node.args}:
                seen.add(id(argument))
                sheet.formula(argument)
    if id(term) not in sheet.rows:
        sheet.formula(term)
    return sheet.values(term)


def computed(term: Term, values: dict[str, np.ndarray]) -> np.ndarray:
    found = evaluate({"result": term}, {name: array[:1] for name, array in values.items()}, MONTHS)["result"]
    return np.broadcast_to(found[:1], (1, MONTHS))[0]


@settings(max_examples=150, derandomize=True)
@given(recipes(leaves=15), st.integers(0, 3))
def test_a_workbook_formula_recalculates_to_the_value(tree: Recipe, seed: int) -> None:
    term, values = graph(tree, leaf_terms()), leaf_values(2, MONTHS, seed)
    with np.errstate(all="ignore"):
        expected = [computed(node, values) for node in walk(term) if node.op not in ("less", "less_equal", "greater", "greater_equal")]
    assume(all(np.all(np.isfinite(part)) and np.all(np.abs(part) < 1e9) for part in expected))
    assert recalculated(term, values) == pytest.approx(list(expected[-1]), rel=1e-12, abs=1e-9)


x, y, z = (leaf(name, "1", DRAWN_PATH) for name in "xyz")
GIVEN = {name: np.array([[value] * MONTHS]) for name, value in (("x", 7.0), ("y", 3.0), ("z", 2.0))}

SPELLINGS: list[tuple[Term, str, str, float]] = [
    (x / (y * z), "x ÷ (y × z)", "E1/(E2*E3)", 7 / 6),
    (x / y * z, "x ÷ y × z", "E1/E2*E3", 14 / 3),
    (x / (y / z), "x ÷ (y ÷ z)", "E1/(E2/E3)", 14 / 3),
    (x - (y - z), "x − (y − z)", "E1-(E2-E3)", 6.0),
    (x - y - z, "x − y − z", "E1-E2-E3", 2.0),
    (x * (y + z), "x × (y + z)", "E1*(E2+E3)", 35.0),
    (-(x + y) * z, "−(x + y) × z", "(-(E1+E2))*E3", -20.0),
    (x - -y, "x − −y", "E1-(-E2)", 10.0),
    (ops.power(-x, z), "((−x) to the power z)", "POWER((-E1),E3)", 49.0),
    (ops.power(ops.power(x, y), z), "((x to the power y) to the power z)", "POWER(POWER(E1,E2),E3)", 7.0**6),
    (ops.power(x, ops.power(y, z)), "(x to the power (y to the power z))", "POWER(E1,POWER(E2,E3))", 7.0**9),
    (ops.exp(x) * y, "(e to the power x) × y", "EXP(E1)*E2", float(np.exp(7.0)) * 3),
    (ops.exp(x * y), "(e to the power (x × y))", "EXP(E1*E2)", float(np.exp(21.0))),
    (ops.log(x) + y, "(natural logarithm of x) + y", "LN(E1)+E2", float(np.log(7.0)) + 3),
    (ops.compound(x / y, y + z), "((1 + (x ÷ y)) to the power ((y + z) ÷ 12))", "POWER(1+E1/E2,(E2+E3)/12)", (10 / 3) ** (5 / 12)),
    (ops.ceil(x / y), "((x ÷ y) rounded up)", "(-INT(-(E1/E2)))", 3.0),
    (ops.ceil(-x / z), "((−x ÷ z) rounded up)", "(-INT(-((-E1)/E3)))", -3.0),
    (ops.floor(-x / z), "((−x ÷ z) rounded down)", "INT((-E1)/E3)", -4.0),
    (ops.maximum(x, y + z) * z, "(the larger of x and (y + z)) × z", "MAX(E1,E2+E3)*E3", 14.0),
    (ops.where(x < y, x, y) - z, "(x where (x < y), otherwise y) − z", "IF(E1<E2,E1,E2)-E3", 1.0),
    (x * constant(-2.0), "x × (−2)", "E1*(-2)", -14.0),
    (ops.window_sum(x, 2) / z, "(x over the last 2 months) ÷ z", "SUM(D1:E1)/E3", 7.0),
    (ops.lag(x, 1) - ops.lag(x, 5), "(x, 1 month earlier) − (x, 5 months earlier)", "D1-0", 7.0),
]


@pytest.mark.parametrize(("term", "in_words", "in_a_workbook", "value"), SPELLINGS, ids=[entry[1] for entry in SPELLINGS])
def test_brackets_stand_where_they_are_needed(term: Term, in_words: str, in_a_workbook: str, value: float) -> None:
    sheet = Sheet()
    for source in (x, y, z):
        sheet.write(source, [repr(float(number)) for number in GIVEN[source.name][0]])
    assert words(term, {}) == in_words
    assert excel(term, sheet, MONTHS - 1) == in_a_workbook
    assert recalculated(term, GIVEN)[4] == pytest.approx(value, rel=1e-12)
    assert computed(term, GIVEN)[4] == pytest.approx(value, rel=1e-12)


@settings(max_examples=150)
@given(recipes(time=False, conditions=False))
def test_words_read_by_the_rules_of_school_give_the_value(tree: Recipe) -> None:
    """Multiplication before addition, from left to right: Python reads the same words once the signs are exchanged."""
    leaves = {name: leaf(name, "1", NUMBER) for name in ("number", "drawn", "path", "drawn_path")}
    values = {"number": 7.0, "drawn": -1.5, "path": 3.0, "drawn_path": 0.25}
    term = graph(tree, leaves)
    text = words(term, {}).translate({ord("−"): "-", ord("×"): "*", ord("÷"): "/"})
    try:
        expected = eval(text, {}, values)  # words written by the test itself
    except (ZeroDivisionError, OverflowError):
        return
    found = float(evaluate({"result": term}, {name: np.array([[value]]) for name, value in values.items()}, 1)["result"][0, 0])
    assert found == expected or (np.isnan(found) and np.isnan(expected))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_loses_no_digit(value: float) -> None:
    assert float(spell_number(value)) == value
