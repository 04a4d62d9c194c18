"""A cost line called with numbers, with arrays, and its traced graph evaluated in blocks: one formula, the same bits."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tco_model.expr.evaluate import evaluate
from tco_model.expr.ops import OPS
from tco_model.expr.term import Term, walk
from tco_model.expr.trace import trace
from tco_model.lines.nomenclature import BY_NAME
from tests.lines.rendering import SETTINGS, arguments, figures

FIGURES = figures()
DRAWS, MONTHS = 7, 6
POWERS = {"power", "exp", "log", "compound"}


def values_of(name: str) -> np.ndarray:
    """Numbers within the range of a parameter, the same in every run."""
    rng = np.random.default_rng(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big"))
    row = BY_NAME.get(name)
    low, high = (row.low, row.high) if row else (0.0, float("inf"))
    width = min(high, low + 50.0) - low
    return low + width * (0.02 + 0.96 * rng.random((DRAWS, MONTHS)))


def graph_of(name: str) -> Term:
    figure = FIGURES[name]
    return trace(figure.function, arguments(figure), figure.unit, name)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_arrays_and_graph_give_the_same_bits(name: str) -> None:
    figure = FIGURES[name]
    given = {parameter: SETTINGS.get(parameter, values_of(parameter)) for parameter in figure.parameters}
    called = figure(**given)
    arrays = {parameter: value for parameter, value in given.items() if isinstance(value, np.ndarray)}
    found = evaluate({"figure": graph_of(name)}, arrays, MONTHS)["figure"]
    np.testing.assert_array_equal(np.broadcast_to(called, found.shape), found)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_numbers_and_arrays_give_the_same(name: str) -> None:
    """Formulas that look along the months need months; the rest take plain numbers. Powers may differ in the last bit."""
    figure, graph = FIGURES[name], graph_of(name)
    used = {node.op for node in walk(graph) if node.op in OPS}
    if any(OPS[op].reads_months for op in used):
        return
    given = {parameter: values_of(parameter) for parameter in figure.parameters}
    called = np.broadcast_to(figure(**given), (DRAWS, MONTHS))
    for draw, month in ((0, 0), (3, 2), (6, 5)):
        alone = figure(**{parameter: float(value[draw, month]) for parameter, value in given.items()})
        if used & POWERS:
            assert float(alone) == pytest.approx(called[draw, month], rel=4e-16)
        else:
            assert float(alone) == called[draw, month]
