"""A figure called with numbers, with arrays, and its traced graph evaluated in blocks: one formula, the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tco_model.expr.evaluate import BlockEvaluator, evaluate_fixed, make_plan
from tco_model.expr.ops import OPS
from tco_model.expr.term import DRAWN, DRAWN_PATH, NUMBER, PATH, Shape, Term, walk
from tco_model.lines.graph import SETTINGS, figures, graph_of
from tco_model.lines.nomenclature import BY_NAME

Array = NDArray[np.float64]
FIGURES = figures()
DRAWS, BLOCK, MONTHS = 5, 3, SETTINGS["horizon"]
POWERS = {"power", "exp", "log", "compound"}
SWITCHES = ("active", "at_end")
SHAPES = st.sampled_from([NUMBER, DRAWN, PATH, DRAWN_PATH])


def values_of(name: str, shape: Shape, rng: np.random.Generator) -> Array:
    """Numbers within the range of a parameter; an end of the range now and then, switches on or off."""
    size = (DRAWS if shape.draws else 1, MONTHS if shape.months else 1)
    if name in SWITCHES:
        return rng.integers(0, 2, size).astype(float)
    row = BY_NAME.get(name)
    low, high = (row.low, row.high) if row else (0.0, float("inf"))
    high = min(high, low + 50.0)
    values = low + (high - low) * (0.02 + 0.96 * rng.random(size))
    end = rng.random(size)
    open_low = row is None or row.open_low
    return np.where(end < 0.05, high, np.where((end > 0.95) & (not open_low), low, values))


def traced(name: str, shapes: dict[str, Shape]) -> Term:
    return graph_of(FIGURES[name], shapes)


def in_blocks(term: Term, values: dict[str, Array]) -> Array:
    parts: list[Array] = []
    plan = make_plan({"figure": term}, MONTHS)
    with np.errstate(all="ignore"):
        fixed = evaluate_fixed(plan, values, lambda _, array: parts.append(np.array(array)))
        evaluator = BlockEvaluator(plan, fixed)
        drawn = {name: array for name, array in values.items() if plan.leaf_shapes.get(name, NUMBER).draws}
        for start in range(0, DRAWS if drawn else 0, BLOCK):
            block = {name: np.asfortranarray(array[start : start + BLOCK]) for name, array in drawn.items()}
            evaluator.run(block, min(BLOCK, DRAWS - start), lambda _, array: parts.append(np.array(array)))
    return np.broadcast_to(np.concatenate(parts), (DRAWS, MONTHS))


def assert_same_bits(found: Any, expected: Array) -> None:
    """Not-a-number, as of no tokens over no tokens, has many spellings and counts as one; minus zero is not zero."""
    found = np.broadcast_to(found, expected.shape)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.isnan(found), ~numbers)
    assert found[numbers].tobytes() == expected[numbers].tobytes()


@pytest.mark.parametrize("name", sorted(FIGURES))
@settings(max_examples=12)
@given(st.data())
def test_numbers_arrays_and_graph_give_the_same_bits(name: str, data: st.DataObject) -> None:
    """Powers of numbers and of arrays may differ in the last bit: NumPy computes them by different code."""
    figure = FIGURES[name]
    names = [parameter for parameter in figure.parameters if parameter not in SETTINGS]
    shapes = {parameter: data.draw(SHAPES, label=parameter) for parameter in names}
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32), label="seed"))
    values = {parameter: values_of(parameter, shape, rng) for parameter, shape in shapes.items()}
    fixed = {parameter: SETTINGS[parameter] for parameter in figure.parameters if parameter in SETTINGS}
    term = traced(name, shapes)
    graph = in_blocks(term, values)
    whole = {parameter: np.array(np.broadcast_to(value, (DRAWS, MONTHS))) for parameter, value in values.items()}
    with np.errstate(all="ignore"):
        assert_same_bits(figure(**whole, **fixed), graph)
        used = {node.op for node in walk(term) if node.op in OPS}
        if any(OPS[op].reads_months for op in used):
            for draw in range(DRAWS):
                row = {parameter: value[draw : draw + 1] for parameter, value in whole.items()}
                assert_same_bits(figure(**row, **fixed), graph[draw : draw + 1])
            return
        for place in np.ndindex(DRAWS, MONTHS):
            try:
                alone = figure(**{parameter: float(value[place]) for parameter, value in whole.items()})
            except ZeroDivisionError:
                assert not np.isfinite(graph[place])
                continue
            if used & POWERS:
                assert float(alone) == pytest.approx(graph[place], rel=1e-14, abs=1e-15)
            else:
                assert_same_bits(np.float64(alone), np.asarray(graph[place]))
