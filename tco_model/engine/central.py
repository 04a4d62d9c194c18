"""Turns a model into its central case: every input at its expected value, every figure computed once, month by month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.inputs import Incidents, Leaf, expected_values
from tco_model.engine.model import Model
from tco_model.expr.evaluate import evaluate
from tco_model.expr.term import Term

Array = NDArray[np.float64]


def central_leaves(model: Model, changes: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """Return the expected value of every input, ``(1, 1)`` or ``(1, months)`` for a path, with `changes` by name in their place."""
    processes = {name: leaf for name, leaf in model.leaves.items() if isinstance(leaf.content, Incidents)}
    values = expected_values(model.leaves) | dict(changes or {})
    wanted = {_frequency(leaf): model.figures[_frequency(leaf)] for leaf in processes.values()}
    frequencies = evaluate(wanted, values, model.months) if wanted else {}
    return values | {name: leaf.central(frequencies) for name, leaf in processes.items()}


def _frequency(leaf: Leaf) -> str:
    assert isinstance(leaf.content, Incidents)
    return leaf.content.frequency


def central_case(model: Model, outputs: Mapping[str, Term] | None = None, changes: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """Return figures with every input at its expected value: ``(1, 1)`` or ``(1, months)`` each.

    `changes` holds inputs that are set to another value instead. The central case is one point, not the mean of the
    futures: rounding up to whole replicas, for one, moves the two apart.
    """
    leaves = central_leaves(model, changes)
    return {name: values[:1] for name, values in evaluate(dict(outputs or model.figures), leaves, model.months).items()}
