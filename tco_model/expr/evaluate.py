"""Turns a graph of terms into numbers: a fixed part computed once, and a part per block of draws whose temporaries are reused.

Inside a block an array has the shape ``(draws, months)`` in Fortran order, so that every month is one contiguous run of
draws: broadcasting a per-draw value over months and adding up months then run at full speed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tco_model.expr.ops import OPS
from tco_model.expr.term import Shape, Term, walk

Array = NDArray[np.float64]
Sink = Callable[[str, Array], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a plan: argument slots, result slot, and which arguments are used here for the last time."""

    op: str
    args: tuple[int, ...]
    out: int
    setting: int | None
    shape: Shape
    truth: bool
    last_used: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph in the order of evaluation. It holds plain data only, so that it travels to other processes."""

    months: int
    leaves: dict[str, int]
    constants: dict[int, float]
    fixed: tuple[Step, ...]
    drawn: tuple[Step, ...]
    results: dict[int, tuple[str, ...]]
    """The names under which a slot is asked for."""
    leaf_shapes: dict[str, Shape] = field(default_factory=dict[str, Shape])


def make_plan(outputs: Mapping[str, Term], months: int) -> Plan:
    """Order the graph below `outputs` for evaluation; equal sub-expressions are computed once."""
    slot_of: dict[int, int] = {}
    known: dict[Any, int] = {}
    nodes: list[Term] = []
    for node in walk(*outputs.values()):
        key = _identity(node, slot_of)
        if key not in known:
            known[key] = len(nodes)
            nodes.append(node)
        slot_of[id(node)] = known[key]
    results: dict[int, tuple[str, ...]] = {}
    for name, term in outputs.items():
        slot = slot_of[id(term)]
        results[slot] = (*results.get(slot, ()), name)
    operations = [(slot, node) for slot, node in enumerate(nodes) if node.op in OPS]
    args_of = {slot: tuple(slot_of[id(arg)] for arg in node.args) for slot, node in operations}
    final_use = {arg: slot for slot, _ in operations for arg in args_of[slot]}
    steps = [
        Step(
            op=node.op,
            args=args_of[slot],
            out=slot,
            setting=node.setting,
            shape=node.shape,
            truth=OPS[node.op].truth,
            last_used=tuple(dict.fromkeys(arg for arg in args_of[slot] if final_use[arg] == slot and nodes[arg].op in OPS)),
        )
        for slot, node in operations
    ]
    leaves = {node.name: slot for slot, node in enumerate(nodes) if node.op == "leaf"}
    return Plan(
        months=months,
        leaves=leaves,
        constants={slot: node.value for slot, node in enumerate(nodes) if node.op == "constant"},
        fixed=tuple(step for step in steps if not step.shape.draws),
        drawn=tuple(step for step in steps if step.shape.draws),
        results=results,
        leaf_shapes={node.name: node.shape for node in nodes if node.op == "leaf"},
    )


def _identity(node: Term, slot_of: Mapping[int, int]) -> Any:
    if node.op == "leaf":
        return ("leaf", node.name)
    if node.op == "constant":
        return ("constant", node.value)
    return (node.op, node.setting, *(slot_of[id(arg)] for arg in node.args))


def _prepared(step: Step, values: Mapping[int, Array], months: int) -> list[Array]:
    """Fetch the arguments, spread over the months where the operation reads along them."""
    args = [values[slot] for slot in step.args]
    if OPS[step.op].reads_months and args[0].shape[1] != months:
        args[0] = np.broadcast_to(args[0], (args[0].shape[0], months))
    return args


def evaluate_fixed(plan: Plan, leaves: Mapping[str, Array], sink: Sink | None = None) -> dict[int, Array]:
    """Compute everything that does not vary by draw, ``(1, 1)`` and ``(1, months)``; returns the value of each slot."""
    values: dict[int, Array] = {slot: np.full((1, 1), value) for slot, value in plan.constants.items()}
    for name, slot in plan.leaves.items():
        if not plan.leaf_shapes[name].draws:
            values[slot] = np.asarray(leaves[name], dtype=np.float64).reshape(1, -1)
    for step in plan.fixed:
        compute = OPS[step.op].compute
        args = _prepared(step, values, plan.months)
        values[step.out] = compute(*args) if step.setting is None else compute(*args, step.setting)
    if sink is not None:
        for slot, names in plan.results.items():
            if slot in values:
                for name in names:
                    sink(name, values[slot])
    return values


def specialised(plan: Plan, fixed: Mapping[int, Array]) -> Plan:
    """Shorten the drawn part of a plan, given the values of its fixed part; no bit of a result changes.

    Fixed values that are equal count as one, so that what two options do alike is computed once; a factor or divisor that is
    one throughout falls away.
    """
    same = _equal_values(fixed)
    shapes = {plan.leaves[name]: shape for name, shape in plan.leaf_shapes.items()} | {step.out: step.shape for step in plan.drawn}
    known: dict[Any, int] = {}
    steps: list[Step] = []
    for step in plan.drawn:
        args = tuple(same.get(slot, slot) for slot in step.args)
        key = (step.op, step.setting, args)
        alone = _beside_one(step.op, args, fixed)
        if alone is not None and shapes.get(alone) == step.shape:
            same[step.out] = alone
        elif key in known:
            same[step.out] = known[key]
        else:
            known[key] = step.out
            steps.append(replace(step, args=args))
    results: dict[int, tuple[str, ...]] = {}
    for slot, names in plan.results.items():
        target = same.get(slot, slot) if slot in shapes else slot
        results[target] = (*results.get(target, ()), *names)
    return replace(plan, drawn=_with_last_uses(steps), results=results)


def _equal_values(fixed: Mapping[int, Array]) -> dict[int, int]:
    """Map each fixed slot to the first one with the same shape and bits."""
    first: dict[tuple[tuple[int, ...], bytes], int] = {}
    return {slot: first.setdefault((values.shape, values.tobytes()), slot) for slot, values in fixed.items()}


def _beside_one(op: str, args: tuple[int, ...], fixed: Mapping[int, Array]) -> int | None:
    """Return the argument that a product or quotient equals, because the other one is one throughout."""
    if op not in ("multiply", "divide"):
        return None
    for place in (1, 0) if op == "multiply" else (1,):
        if args[place] in fixed and args[1 - place] not in fixed and np.all(fixed[args[place]] == 1.0):
            return args[1 - place]
    return None


def _with_last_uses(steps: list[Step]) -> tuple[Step, ...]:
    made = {step.out for step in steps}
    final_use = {arg: position for position, step in enumerate(steps) for arg in step.args}
    return tuple(
        replace(step, last_used=tuple(dict.fromkeys(arg for arg in step.args if arg in made and final_use[arg] == position)))
        for position, step in enumerate(steps)
    )


def columns_held(plan: Plan) -> int:
    """Return the columns of the buffers that `BlockEvaluator` makes for a plan, those of its drawn leaves included."""
    wide = {slot: plan.months if plan.leaf_shapes[name].months else 1 for name, slot in plan.leaves.items() if name in plan.leaf_shapes}
    held, free = sum(wide.values()), dict.fromkeys((1, plan.months), 0)
    live: dict[int, int] = {}
    for step in plan.drawn:
        width = plan.months if step.shape.months else 1
        if free[width]:
            free[width] -= 1
        else:
            held += width
        live[step.out] = width
        for slot in step.last_used:
            if slot in live:
                free[live.pop(slot)] += 1
    return held


class BlockEvaluator:
    """Evaluates the drawn part of a plan over blocks of draws, handing each asked-for figure to a sink as soon as it exists."""

    def __init__(self, plan: Plan, fixed: Mapping[int, Array]) -> None:
        """Hold the plan and the values of its fixed part; buffers are made at the first block and reused."""
        self.plan, self.fixed = plan, fixed
        self._free: dict[tuple[int, bool], list[Array]] = {}
        """Buffers to reuse, by their number of columns and whether they hold truth values."""
        self._draws = 0
        self._used_later = frozenset(arg for step in plan.drawn for arg in step.args)

    def run(self, leaves: Mapping[str, Array], draws: int, sink: Sink) -> None:
        """Evaluate one block.

        Args:
            leaves: ``(draws, 1)`` or ``(draws, months)`` for every drawn leaf.
            draws: the number of draws in this block.
            sink: receives each figure's name and array. The array is reused afterwards: copy what is to be kept.
        """
        if draws != self._draws:
            self._free, self._draws = {}, draws
        plan, values = self.plan, dict(self.fixed)
        drawn = {plan.leaves[name]: array for name, array in leaves.items() if name in plan.leaves}
        values |= drawn
        for slot in drawn:
            for name in plan.results.get(slot, ()):
                sink(name, values[slot])
        for step in plan.drawn:
            args = _prepared(step, values, plan.months)
            out = self._buffer(step, values, args)
            if step.setting is None:
                OPS[step.op].compute(*args, out=out)
            else:
                OPS[step.op].compute(*args, step.setting, out=out)
            values[step.out] = out
            for name in plan.results.get(step.out, ()):
                sink(name, out)
            self._release(step, values, out)

    def _buffer(self, step: Step, values: Mapping[int, Array], args: list[Array]) -> Array:
        """Take a buffer: an argument that is used here for the last time, a free one, or a new one."""
        wanted = (self._draws, self.plan.months if step.shape.months else 1)
        if OPS[step.op].span == "elementwise" and step.op != "compound" and not step.truth:
            for slot in step.last_used:
                candidate = values[slot]
                if candidate.shape == wanted and candidate.dtype == np.float64 and slot not in self.fixed:
                    return candidate
        free = self._free.get((wanted[1], step.truth))
        if free:
            return free.pop()
        fresh: Any = np.empty(wanted, dtype=np.bool_ if step.truth else np.float64, order="F")
        return fresh

    def _release(self, step: Step, values: dict[int, Array], out: Array) -> None:
        for slot in step.last_used:
            if slot in self.fixed:
                continue
            array = values.pop(slot)
            if array is not out:
                self._keep_free(array)
        if step.out not in self._used_later:
            values.pop(step.out, None)
            self._keep_free(out)

    def _keep_free(self, array: Array) -> None:
        self._free.setdefault((array.shape[1], array.dtype == np.bool_), []).append(array)


def evaluate(outputs: Mapping[str, Term], leaves: Mapping[str, Array], months: int) -> dict[str, Array]:
    """Evaluate named terms whole, for tests, explanations and the central case: every figure as ``(draws, months)``."""
    return evaluate_plan(make_plan(outputs, months), leaves)


def evaluate_plan(plan: Plan, leaves: Mapping[str, Array]) -> dict[str, Array]:
    """Evaluate a plan whole: every figure as ``(draws, months)``."""
    found: dict[str, Array] = {}

    def keep(name: str, array: Array) -> None:
        found[name] = np.array(array)

    with np.errstate(all="ignore"):
        fixed = evaluate_fixed(plan, leaves, keep)
        if plan.drawn or any(shape.draws for shape in plan.leaf_shapes.values()):
            drawn = {name: np.asarray(leaves[name], dtype=np.float64) for name, shape in plan.leaf_shapes.items() if shape.draws}
            BlockEvaluator(plan, fixed).run(drawn, max(array.shape[0] for array in drawn.values()), keep)
    return found
