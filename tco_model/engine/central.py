"""Turns a model into its central case: every input at its expected value, every figure computed once, month by month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.inputs import Incidents, Leaf, expected_values
from tco_model.engine.model import Model
from tco_model.expr.evaluate import evaluate, evaluate_plan, make_plan
from tco_model.expr.term import DRAWN, Shape, Term, walk
from tco_model.expr.term import leaf as leaf_term

Array = NDArray[np.float64]


class Central:
    """The central case of some figures: planned once, computed for any value of the inputs; never changed, so it may be shared."""

    def __init__(self, model: Model, outputs: Mapping[str, Term]) -> None:
        """Plan figures of a model, those with which events are expected before the others."""
        self._processes = {name: leaf for name, leaf in model.leaves.items() if isinstance(leaf.content, Incidents)}
        self._expected = expected_values(model.leaves)
        wanted = {_frequency(leaf): model.figures[_frequency(leaf)] for leaf in self._processes.values()}
        self._frequencies = make_plan(wanted, model.months)
        self._plan = make_plan(outputs, model.months)

    def leaves(self, changes: Mapping[str, Array] | None = None) -> dict[str, Array]:
        """Return the expected value of every input, ``(1, 1)`` or ``(1, months)`` for a path, with `changes` by name in their place."""
        values = self._expected | dict(changes or {})
        frequencies = evaluate_plan(self._frequencies, values) if self._processes else {}
        return values | {name: leaf.central(frequencies) for name, leaf in self._processes.items()}

    def case(self, changes: Mapping[str, Array] | None = None) -> dict[str, Array]:
        """Return the figures, ``(1, 1)`` or ``(1, months)`` each; `changes` as in `leaves`."""
        return {name: values[:1] for name, values in evaluate_plan(self._plan, self.leaves(changes)).items()}


def central_leaves(model: Model, changes: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """Return the expected value of every input, ``(1, 1)`` or ``(1, months)`` for a path, with `changes` by name in their place."""
    return Central(model, {}).leaves(changes)


def _frequency(leaf: Leaf) -> str:
    assert isinstance(leaf.content, Incidents)
    return leaf.content.frequency


def central_case(model: Model, outputs: Mapping[str, Term] | None = None, changes: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """Return figures with every input at its expected value: ``(1, 1)`` or ``(1, months)`` each.

    `changes` holds inputs that are set to another value instead. The central case is one point, not the mean of the
    futures: rounding up to whole replicas, for one, moves the two apart.
    """
    return Central(model, dict(outputs or model.figures)).case(changes)


def central_cases(model: Model, outputs: Mapping[str, Term], rows: Mapping[str, Array], count: int) -> dict[str, Array]:
    """Return figures of many central cases in one evaluation, ``(count, 1)`` or ``(count, months)`` each.

    Args:
        model: the compiled scenario.
        outputs: the figures.
        rows: by name of an input that is set to another value in some of the cases, its value in each: ``(count, 1)`` or
            ``(count, months)``. Every other input has its expected value.
        count: number of cases.
    """
    processes = {name: leaf for name, leaf in model.leaves.items() if isinstance(leaf.content, Incidents)}
    drawn = {name for name, term in model.leaf_terms.items() if term.shape.draws}
    held = {name: np.repeat(value, count, axis=0) if name in drawn else value for name, value in expected_values(model.leaves).items()}
    held |= rows
    varied = _Varied(frozenset(rows))
    wanted = {_frequency(leaf): varied.term(model.figures[_frequency(leaf)]) for leaf in processes.values()}
    frequencies = evaluate(wanted, held, model.months) if wanted else {}
    held |= {name: np.broadcast_to(leaf.central(frequencies), (count, model.months)) for name, leaf in processes.items()}
    found = evaluate({name: varied.term(term) for name, term in outputs.items()}, held, model.months)
    return {name: np.broadcast_to(values, (count, values.shape[1])) for name, values in found.items()}


class _Varied:
    """Rebuilds terms so that some inputs, fixed otherwise, vary along the axis of draws."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.known: dict[int, Term] = {}

    def term(self, whole: Term) -> Term:
        """Return the term with those inputs varied, parts shared between terms rebuilt once."""
        for node in walk(whole):
            if id(node) not in self.known:
                self.known[id(node)] = self._rebuilt(node)
        return self.known[id(whole)]

    def _rebuilt(self, node: Term) -> Term:
        if node.op == "leaf" and node.name in self.names and node.unit is not None:
            return leaf_term(node.name, node.unit, node.shape | DRAWN, node.label)
        args = tuple(self.known[id(arg)] for arg in node.args)
        if all(new is old for new, old in zip(args, node.args, strict=True)):
            return node
        shape = Shape(any(arg.shape.draws for arg in args), node.shape.months)
        return Term(node.op, args, unit=node.unit, shape=shape, name=node.name, label=node.label, value=node.value, setting=node.setting)
