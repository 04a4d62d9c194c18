"""Evaluating a graph in blocks gives the bits of plain recursion, shares what is equal, and holds few buffers."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tco_model.expr import ops
from tco_model.expr.evaluate import BlockEvaluator, Plan, evaluate, evaluate_fixed, make_plan, specialised
from tco_model.expr.term import DRAWN, DRAWN_PATH, PATH, Term, leaf
from tests.expr.trees import graph, leaf_terms, leaf_values, plain
from tests.strategies import Recipe, recipes

Array = NDArray[np.float64]
DRAWS, MONTHS = 11, 5


def in_blocks(plan: Plan, values: Mapping[str, Array], block: int, *, short: bool = False) -> dict[str, Array]:
    """Evaluate a plan block by block, as a simulation does, and put the blocks together."""
    found: dict[str, list[Array]] = {}

    def keep(name: str, array: Array) -> None:
        found.setdefault(name, []).append(np.array(array))

    with np.errstate(all="ignore"):
        fixed = evaluate_fixed(plan, values, keep)
        evaluator = BlockEvaluator(specialised(plan, fixed) if short else plan, fixed)
        for start in range(0, DRAWS, block):
            stop = min(start + block, DRAWS)
            drawn = {name: values[name][start:stop] for name, shape in plan.leaf_shapes.items() if shape.draws}
            evaluator.run(drawn, stop - start, keep)
    return {name: np.concatenate(parts) for name, parts in found.items()}


def same_bits(found: Array, expected: Array) -> bool:
    """Equal in every bit; not-a-number has many spellings and counts as one."""
    found = np.broadcast_to(found, expected.shape)
    numbers = ~np.isnan(expected)
    return bool(np.array_equal(numbers, ~np.isnan(found)) and found[numbers].tobytes() == expected[numbers].tobytes())


@settings(max_examples=300)
@given(st.lists(recipes(leaves=40), min_size=1, max_size=3), st.sampled_from([1, 2, 4, DRAWS]), st.booleans(), st.integers(0, 3))
def test_blocks_give_the_bits_of_plain_recursion(trees: list[Recipe], block: int, short: bool, seed: int) -> None:
    leaves, values = leaf_terms(), leaf_values(DRAWS, MONTHS, seed)
    outputs = {str(place): graph(tree, leaves) for place, tree in enumerate(trees)}
    found = in_blocks(make_plan(outputs, MONTHS), values, block, short=short)
    with np.errstate(all="ignore"):
        for place, tree in enumerate(trees):
            assert same_bits(found[str(place)], plain(tree, values, DRAWS, MONTHS)), tree


@settings(max_examples=60)
@given(recipes())
def test_what_is_written_twice_is_computed_once(tree: Recipe) -> None:
    leaves, values = leaf_terms(), leaf_values(DRAWS, MONTHS)
    once, twice = graph(tree, leaves), graph(tree, leaves)
    alone, both = make_plan({"once": once}, MONTHS), make_plan({"once": once, "twice": twice, "sum": once + twice}, MONTHS)
    assert len(both.fixed) + len(both.drawn) == len(alone.fixed) + len(alone.drawn) + 1
    found = in_blocks(both, values, 4)
    with np.errstate(all="ignore"):
        expected = plain(tree, values, DRAWS, MONTHS)
        assert same_bits(found["once"], expected)
        assert same_bits(found["twice"], expected)
        assert same_bits(found["sum"], expected + expected)


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4), min_size=1, max_size=200).map(np.array))
def test_a_sum_over_months_has_the_same_bits_for_one_draw_and_for_many(values: Array) -> None:
    """Many draws are added by NumPy itself, few by a loop."""
    many = ops.total(np.asfortranarray(np.resize(values, (256, 4))))
    one_by_one = np.concatenate([ops.total(row[None, :]) for row in np.resize(values, (256, 4))])
    assert many.tobytes() == one_by_one.tobytes()


class TestPowers:
    """NumPy may compute powers of arrays and of numbers by different code: one unit in the last place is allowed between them."""

    @given(st.lists(st.floats(1e-3, 20.0), min_size=1, max_size=40), st.floats(-3.0, 3.0))
    def test_numbers_and_arrays_agree_to_the_last_place(self, values: list[float], exponent: float) -> None:
        row = np.array([values])
        for found, alone in (
            (ops.exp(row), [ops.exp(value) for value in values]),
            (ops.log(row), [ops.log(value) for value in values]),
            (ops.power(row, exponent), [ops.power(value, exponent) for value in values]),
        ):
            np.testing.assert_array_max_ulp(found[0], np.array(alone), maxulp=1)

    @given(st.floats(-0.5, 1.0), st.integers(1, 120), st.floats(0.0, 1.0))
    def test_compounding_by_recurrence_is_the_power(self, rate: float, months: int, offset: float) -> None:
        """Each month multiplies by a rounded twelfth root, so that the error grows with the months."""
        index = np.arange(months) + offset
        found = ops.compound(np.array([[rate]]), index[None, :])
        assert found[0] == pytest.approx((1.0 + rate) ** (index / 12.0), rel=2e-16 * (months + 4))
        scattered = index[::-1]
        np.testing.assert_array_equal(ops.compound(rate, scattered)[0], (1.0 + rate) ** (scattered / 12.0))


class TestBuffers:
    DRAWS, MONTHS = 512, 60
    BUFFER = DRAWS * MONTHS * 8

    def peak(self, term: Term, months: int = MONTHS, blocks: int = 2) -> float:
        """Peak memory of the last of some blocks, counted in buffers of one block, those kept from the blocks before included."""
        plan = make_plan({"result": term}, months)
        values = {name: np.ones((self.DRAWS, months), order="F") for name in plan.leaves}
        fixed = evaluate_fixed(plan, {})
        evaluator = BlockEvaluator(plan, fixed)
        tracemalloc.start()
        try:
            for _ in range(blocks):
                evaluator.run(values, self.DRAWS, lambda name, array: None)
            return tracemalloc.get_traced_memory()[1] / (self.DRAWS * months * 8)
        finally:
            tracemalloc.stop()

    def test_a_long_chain_needs_one_buffer(self) -> None:
        term = source = leaf("x", "1", DRAWN_PATH)
        for step in range(200):
            term = (term + source) * 0.5 if step % 2 else -term
        assert self.peak(term) < 1.5

    def test_a_chain_of_steps_that_cannot_work_in_place_needs_two(self) -> None:
        term = leaf("x", "1", DRAWN_PATH)
        for _ in range(100):
            term = ops.lag(ops.cumulative(term), 1)
        assert self.peak(term) < 2.5

    def test_a_balanced_tree_needs_as_many_as_it_is_high(self) -> None:
        leaves = [leaf(f"x{place}", "1", DRAWN_PATH) for place in range(64)]
        level: list[Term] = leaves
        while len(level) > 1:
            level = [left * right for left, right in zip(level[::2], level[1::2], strict=True)]
        assert self.peak(level[0]) < 6 + 0.5

    @pytest.mark.parametrize("months", [1, 2])
    def test_more_blocks_need_no_more_memory(self, months: int) -> None:
        path = leaf("x", "1", DRAWN_PATH)
        term = ops.where(ops.lag(path, 0) < 2.0, ops.cumulative(path), path) * ops.running_maximum(path)
        few, many = (self.peak(term, months, blocks) for blocks in (3, 40))
        assert many < few + 1.0

    def test_an_asked_for_figure_and_a_leaf_survive_what_comes_after(self) -> None:
        """The figure is handed out before its buffer is written over, and a leaf's own array is never written."""
        source = leaf("x", "1", DRAWN_PATH)
        first = source + 1.0
        second = first * 2.0
        values = {"x": np.arange(6.0).reshape(2, 3)}
        found = evaluate({"first": first, "second": second, "x": source}, values, 3)
        np.testing.assert_array_equal(found["first"], values["x"] + 1.0)
        np.testing.assert_array_equal(found["second"], (np.arange(6.0).reshape(2, 3) + 1.0) * 2.0)
        np.testing.assert_array_equal(values["x"], np.arange(6.0).reshape(2, 3))


class TestAlongTheMonths:
    ROW = np.array([[3.0, -1.0, 4.0, 1.0, -5.0]])

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            (ops.lag(ROW, 0), [3, -1, 4, 1, -5]),
            (ops.lag(ROW, 2), [0, 0, 3, -1, 4]),
            (ops.lag(ROW, 5), [0, 0, 0, 0, 0]),
            (ops.lag(ROW, 99), [0, 0, 0, 0, 0]),
            (ops.window_sum(ROW, 1), [3, -1, 4, 1, -5]),
            (ops.window_sum(ROW, 3), [3, 2, 6, 4, 0]),
            (ops.window_sum(ROW, 99), [3, 2, 6, 7, 2]),
            (ops.cumulative(ROW), [3, 2, 6, 7, 2]),
            (ops.running_maximum(ROW), [3, 3, 4, 4, 4]),
            (ops.running_maximum(-ROW), [-3, 1, 1, 1, 5]),
            (ops.total(ROW), [2]),
        ],
    )
    def test_a_row_worked_out_by_hand(self, found: Array, expected: list[float]) -> None:
        np.testing.assert_array_equal(found[0], expected)

    def test_a_value_without_months_is_the_same_in_each(self) -> None:
        drawn = leaf("x", "USD/month", DRAWN)
        outputs = {"total": ops.total(drawn), "cumulative": ops.cumulative(drawn), "lag": ops.lag(drawn, 2)}
        found = evaluate(outputs, {"x": np.array([[2.0], [7.0]])}, 4)
        assert found["total"].tolist() == [[8.0], [28.0]]
        assert found["cumulative"].tolist() == [[2, 4, 6, 8], [7, 14, 21, 28]]
        assert found["lag"].tolist() == [[0, 0, 2, 2], [0, 0, 7, 7]]

    def test_a_fixed_path_stays_fixed(self) -> None:
        """What no draw touches is computed once, ``(1, months)``, not once a block."""
        plan = make_plan({"sum": ops.cumulative(leaf("x", "1", PATH)) + leaf("y", "1", DRAWN)}, 3)
        assert [step.op for step in plan.fixed] == ["cumulative"]
        assert [step.op for step in plan.drawn] == ["add"]
