"""Turns arithmetic written in plain functions into a graph of `Term` nodes, each with its unit, its shape and its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from tco_model.expr.ops import OPS, apply, install_builder
from tco_model.units import PLAIN, Unit, UnitError, parse_unit


class Constant(float):
    """A fixed number with a unit, such as 730 hour/month: a plain float in a call, a `Term` in a graph."""

    unit: Unit
    name: str

    def __new__(cls, value: float, unit: str, name: str) -> Constant:
        """Hold `value` in `unit`; `name` is the spelling in words."""
        constant = super().__new__(cls, value)
        constant.unit = parse_unit(unit)
        constant.name = name
        return constant


@dataclass(frozen=True, slots=True)
class Shape:
    """Which axes of ``(draws, months)`` a value varies along."""

    draws: bool
    months: bool

    def __or__(self, other: Shape) -> Shape:
        """Return the shape of two values combined."""
        return Shape(self.draws or other.draws, self.months or other.months)


NUMBER, DRAWN, PATH, DRAWN_PATH = Shape(False, False), Shape(True, False), Shape(False, True), Shape(True, True)


class Term:
    """One node: a leaf (an input), a constant, or an operation on other terms. Compared by identity, never by value."""

    __slots__ = ("args", "label", "name", "op", "setting", "shape", "unit", "value")
    is_term: ClassVar[bool] = True
    __array_ufunc__: ClassVar[None] = None
    """Without this, ``ndarray * Term`` would become an array of objects."""

    def __init__(
        self,
        op: str,
        args: tuple[Term, ...] = (),
        *,
        unit: Unit | None,
        shape: Shape,
        name: str = "",
        label: str = "",
        value: float = 0.0,
        setting: int | None = None,
    ) -> None:
        """Build a node; `unit` is None only for a bare zero, which fits every unit."""
        self.op, self.args, self.unit, self.shape = op, args, unit, shape
        self.name, self.label, self.value, self.setting = name, label, value, setting

    def __repr__(self) -> str:
        """Show the operation, the name and the unit."""
        return f"<Term {self.name or self.op} [{self.unit or 'any'}]>"

    def __bool__(self) -> NoReturn:
        """Refuse `if`, `and`, `or`, which a graph cannot follow."""
        raise TypeError("a Term has no truth value: use where(condition, yes, no) in place of if, and minimum / maximum")

    def __add__(self, other: Any) -> Term:
        """Add."""
        return apply("add", self, other)

    def __radd__(self, other: Any) -> Term:
        """Add to the right."""
        return apply("add", other, self)

    def __sub__(self, other: Any) -> Term:
        """Subtract."""
        return apply("subtract", self, other)

    def __rsub__(self, other: Any) -> Term:
        """Subtract from the right."""
        return apply("subtract", other, self)

    def __mul__(self, other: Any) -> Term:
        """Multiply."""
        return apply("multiply", self, other)

    def __rmul__(self, other: Any) -> Term:
        """Multiply from the right."""
        return apply("multiply", other, self)

    def __truediv__(self, other: Any) -> Term:
        """Divide."""
        return apply("divide", self, other)

    def __rtruediv__(self, other: Any) -> Term:
        """Divide from the right."""
        return apply("divide", other, self)

    def __neg__(self) -> Term:
        """Negate."""
        return apply("negate", self)

    def __lt__(self, other: Any) -> Term:
        """Compare, as a condition for `where`."""
        return apply("less", self, other)

    def __le__(self, other: Any) -> Term:
        """Compare, as a condition for `where`."""
        return apply("less_equal", self, other)

    def __gt__(self, other: Any) -> Term:
        """Compare, as a condition for `where`."""
        return apply("greater", self, other)

    def __ge__(self, other: Any) -> Term:
        """Compare, as a condition for `where`."""
        return apply("greater_equal", self, other)


def leaf(name: str, unit: Unit | str, shape: Shape = NUMBER, label: str = "") -> Term:
    """Return an input node; its values arrive when the graph is evaluated."""
    return Term("leaf", unit=parse_unit(unit) if isinstance(unit, str) else unit, shape=shape, name=name, label=label)


def constant(value: float, unit: Unit = PLAIN, name: str = "") -> Term:
    """Return a fixed number; a bare zero fits every unit."""
    bare_zero = value == 0 and unit.is_plain and not name
    return Term("constant", unit=None if bare_zero else unit, shape=NUMBER, value=float(value), name=name)


def as_term(value: Any) -> Term:
    """Return `value` as a node: a `Term` as it is, a `Constant` with its unit, any other number as a plain one."""
    if isinstance(value, Term):
        return value
    if isinstance(value, Constant):
        return constant(float(value), value.unit, value.name)
    if isinstance(value, (int, float)):
        return constant(float(value))
    raise TypeError(f"a cost line can use numbers and terms, not {type(value).__name__}")


def _build(name: str, args: Sequence[Any], setting: int | None) -> Term:
    """Build the node of one operation; its unit and shape follow from the table of operations."""
    terms = tuple(as_term(arg) for arg in args)
    op = OPS[name]
    for position, term in enumerate(terms):
        if term.op in OPS and OPS[term.op].truth and not (name == "where" and position == 0):
            raise UnitError("a comparison can only be the condition of where(…)")
    if name == "where" and not (terms[0].op in OPS and OPS[terms[0].op].truth):
        raise UnitError("the first argument of where(…) must be a comparison such as demand > capacity")
    shape = terms[0].shape
    for term in terms[1:]:
        shape = shape | term.shape
    if op.span == "over_months":
        shape = Shape(shape.draws, False)
    elif op.span == "along_months":
        shape = Shape(shape.draws, True)
    return Term(name, terms, unit=op.unit(*(term.unit for term in terms)), shape=shape, setting=setting)


install_builder(_build)


def walk(*roots: Term) -> Iterator[Term]:
    """Yield every node below `roots`, arguments before the nodes that use them, each once."""
    seen: set[int] = set()
    stack: list[tuple[Term, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args) if id(arg) not in seen)
