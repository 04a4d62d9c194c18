"""Turns a recipe of the strategies into a graph, and by a second route, plain recursion over whole arrays, into its values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tco_model.expr.ops import apply
from tco_model.expr.term import DRAWN, DRAWN_PATH, NUMBER, PATH, Term, constant, leaf
from tco_model.lines.constants import ONE_MONTH
from tests.strategies import Recipe

Array = NDArray[np.float64]
SHAPES = {"number": NUMBER, "drawn": DRAWN, "path": PATH, "drawn_path": DRAWN_PATH}


def leaf_values(draws: int, months: int, seed: int = 1) -> dict[str, Array]:
    """Halves between -5 and 5, so that sums and products of a few are exact and ties, zeros and negatives occur."""
    rng = np.random.default_rng(seed)
    return {
        name: np.asfortranarray(rng.integers(-10, 11, (draws if shape.draws else 1, months if shape.months else 1)) / 2.0)
        for name, shape in SHAPES.items()
    }


def leaf_terms() -> dict[str, Term]:
    return {name: leaf(name, "1", shape) for name, shape in SHAPES.items()}


def graph(recipe: Recipe, leaves: Mapping[str, Term]) -> Term:
    """Build the graph; every node is built anew, equal or not."""
    match recipe:
        case ("leaf", name):
            return leaves[name]
        case ("constant", value):
            return constant(value)
        case ("total", arg):
            return apply("total", graph(arg, leaves)) / ONE_MONTH
        case (op, arg, int() as setting):
            return apply(op, graph(arg, leaves), setting=setting)
        case (op, *args):
            return apply(op, *(graph(arg, leaves) for arg in args))
    raise AssertionError(recipe)


def plain(recipe: Recipe, values: Mapping[str, Array], draws: int, months: int) -> Array:
    """Compute whole ``(draws, months)`` arrays in the order the recipe says, without the table of operations."""
    match recipe:
        case ("leaf", name):
            return np.array(np.broadcast_to(values[name], (draws, months)))
        case ("constant", value):
            return np.full((draws, months), value)
        case (op, *parts):
            args = [part if isinstance(part, int) else plain(part, values, draws, months) for part in parts]
            found = ELEMENTWISE[op](*args) if op in ELEMENTWISE else _along_months(op, *args)
            return np.broadcast_to(found, (draws, months))
    raise AssertionError(recipe)


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "negate": operator.neg,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "ceil": np.ceil,
    "floor": np.floor,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": np.where,
}


def _along_months(op: str, values: Array, setting: int = 0) -> Array:
    """Loop over the months, adding from the newest to the oldest in a window and from the oldest on in a running sum."""
    months = values.shape[1]
    columns = [values[:, month] for month in range(months)]
    found: list[Array] = []
    for month in range(months):
        result = np.zeros_like(columns[month])
        match op:
            case "lag":
                result = columns[month - setting] if month >= setting else result
            case "running_maximum":
                result = columns[month] if month == 0 else np.maximum(found[-1], columns[month])
            case "window_sum":
                result = columns[month].copy()
                for back in range(1, min(setting, month + 1)):
                    result = result + columns[month - back]
            case _:
                result = columns[month] if month == 0 else found[-1] + columns[month]
        found.append(result)
    return np.stack(found[-1:] if op == "total" else found, axis=1)
