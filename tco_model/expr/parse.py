"""Turns a formula written as text into the same terms as a Python function, through a whitelist of syntax nodes.

Nothing is evaluated as Python: no `eval`, no attribute is read. A dotted name such as ``compute.rent`` is only text to look up.
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Callable
from typing import Any

from tco_model.expr.ops import FUNCTIONS, apply
from tco_model.expr.term import Term, as_term

_OPERATORS: dict[type[ast.operator] | type[ast.cmpop], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power",
    ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater", ast.GtE: "greater_equal",
}  # fmt: skip
_FEWEST_MONTHS = {"lag": 0, "window_sum": 1}
MAX_LENGTH, MAX_NODES, SHOWN = 2_000, 400, 80


class FormulaError(ValueError):
    """A formula that cannot be read, with the move that mends it."""


def parse_formula(text: str, resolve: Callable[[str], Any], literal: Callable[[str], Any]) -> Term:
    """Read a formula such as ``requests * 0.2 + max(queries, quantity("5k requests/month"))``.

    Args:
        text: the formula, without the leading ``=``.
        resolve: turns a (dotted) name into a term; it may raise `FormulaError`.
        literal: turns the text inside ``quantity("…")`` into a term.

    Raises:
        FormulaError: a syntax error, an operation outside the whitelist, an unknown name.
        UnitError: units that do not fit.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text):,} characters; at most {MAX_LENGTH:,} are read")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"'{_short(text)}' is not a formula: {getattr(error, 'msg', error)}") from None
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise FormulaError(f"the formula has more than {MAX_NODES} parts; split it into named inputs")
    return as_term(_Reader(resolve, literal).read(tree.body))


class _Reader:
    def __init__(self, resolve: Callable[[str], Any], literal: Callable[[str], Any]) -> None:
        self.resolve, self.literal = resolve, literal

    def read(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool()):
                raise FormulaError("true and false are not numbers")
            case ast.Constant(value=int() | float() as number):
                return _within_reach(number)
            case ast.Name() | ast.Attribute():
                return self.resolve(_dotted(node))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return apply("negate", as_term(self.read(operand)))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return apply(_OPERATORS[type(operator)], as_term(self.read(left)), self.read(right))
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _OPERATORS:
                return apply(_OPERATORS[type(operator)], as_term(self.read(left)), self.read(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args)
            case _:
                raise FormulaError(
                    f"'{_short(ast.unparse(node))}' is not allowed in a formula; "
                    f"use names, numbers, + - * / ** < <= > >= and {', '.join(FUNCTIONS)}"
                )

    def _call(self, name: str, args: list[ast.expr]) -> Any:
        if name == "quantity":
            match args:
                case [ast.Constant(value=str() as text)]:
                    return self.literal(text)
                case _:
                    raise FormulaError('quantity takes one text, such as quantity("0.25 USD/Mtoken")')
        if name not in FUNCTIONS:
            near = difflib.get_close_matches(name, FUNCTIONS, n=1)
            raise FormulaError(
                f"unknown function '{name}'" + (f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(FUNCTIONS)}")
            )
        values = [self.read(arg) for arg in args]
        fewest = _FEWEST_MONTHS.get(name)
        if fewest is not None and not (len(values) == 2 and isinstance(values[1], int) and values[1] >= fewest):
            raise FormulaError(f"{name}(values, months) needs a whole number of months from {fewest} up, such as {name}(x, 3)")
        head = as_term(values[0]) if values else None
        try:
            return FUNCTIONS[name](head, *values[1:])
        except TypeError:
            raise FormulaError(f"{name} was given {len(values)} arguments") from None


def _within_reach(number: float) -> float:
    if abs(number) > 10**15 if isinstance(number, int) else not math.isfinite(number):
        raise FormulaError(f"{str(number)[:20]}… is too large a number")
    return number


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{_dotted(value)}.{attribute}"
        case _:
            raise FormulaError(f"'{ast.unparse(node)}' is not a name")
