"""The one table of operations: each row holds the NumPy function, the Excel template, the words and the unit rule side by side.

Nothing else in the package knows how an operation is spelled. `apply` is the single door: called with numbers or arrays it
computes, called with a `Term` among its arguments it builds a node of the graph.

Arrays follow the shape contract ``(draws, months)``, either axis of length 1 where the value does not vary along it. The
operations over months read the last axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.units import PLAIN, Unit, UnitError, parse_unit

MANY_DRAWS = 64
Array = NDArray[np.float64]
MONTH = parse_unit("month")
Span = Literal["elementwise", "along_months", "over_months"]


@dataclass(frozen=True, slots=True)
class Op:
    """One operation. `excel` and `words` are templates over ``{0} {1} …``; ``{span}`` is its fixed number of months."""

    name: str
    compute: Callable[..., Any]
    excel: str
    words: str
    unit: Callable[..., Unit]
    precedence: int = 9
    span: Span = "elementwise"
    associative: bool = False
    truth: bool = False
    """The result is a truth value, the condition of a `where`."""

    @property
    def reads_months(self) -> bool:
        """True where it reads a row of months: one without months is repeated over them and, in a workbook, needs cells."""
        return self.span != "elementwise"


def _sum_over_months(values: Array, out: Array | None = None) -> Array:
    """Add the months one after the other, so that the bytes do not depend on the memory layout.

    NumPy's own sum does just that where each month is a contiguous run of many draws, and four times faster.
    """
    result = np.empty((values.shape[0], 1)) if out is None else out
    if values.shape[0] >= MANY_DRAWS and values.flags.f_contiguous:
        return np.add.reduce(values, axis=1, out=result[:, 0]).reshape(-1, 1)
    np.copyto(result[:, 0], values[:, 0])
    for month in range(1, values.shape[1]):
        np.add(result[:, 0], values[:, month], out=result[:, 0])
    return result


def _cumulative(values: Array, out: Array | None = None) -> Array:
    result = np.empty_like(values) if out is None else out
    np.copyto(result[:, 0], values[:, 0])
    for month in range(1, values.shape[1]):
        np.add(result[:, month - 1], values[:, month], out=result[:, month])
    return result


def _running_maximum(values: Array, out: Array | None = None) -> Array:
    result = np.empty_like(values) if out is None else out
    np.copyto(result[:, 0], values[:, 0])
    for month in range(1, values.shape[1]):
        np.maximum(result[:, month - 1], values[:, month], out=result[:, month])
    return result


def _lag(values: Array, setting: int, out: Array | None = None) -> Array:
    result = np.empty_like(values) if out is None else out
    steps = min(setting, values.shape[1])
    np.copyto(result[:, steps:], values[:, : values.shape[1] - steps])
    result[:, :steps] = 0.0
    return result


def _window_sum(values: Array, setting: int, out: Array | None = None) -> Array:
    """Sum the last `setting` months, this one included; each window is added afresh, so that no rounding accumulates."""
    result = np.empty_like(values) if out is None else out
    np.copyto(result, values)
    for back in range(1, min(setting, values.shape[1])):
        np.add(result[:, back:], values[:, :-back], out=result[:, back:])
    return result


def _compound(rate: Array, index: Array, out: Array | None = None) -> Array:
    """Return (1 + yearly rate)^(months/12), by recurrence where the months step by one: 30 times faster than a power."""
    if rate.shape[1] != 1 or index.shape[0] != 1 or np.any(np.diff(index[0]) != 1.0):
        return np.power(1.0 + rate, index / 12.0, out=out)
    result = np.empty((rate.shape[0], index.shape[1]), order="F") if out is None else out
    factor = np.power(1.0 + rate[:, 0], 1.0 / 12.0)
    np.power(1.0 + rate[:, 0], index[0, 0] / 12.0, out=result[:, 0])
    for month in range(1, index.shape[1]):
        np.multiply(result[:, month - 1], factor, out=result[:, month])
    return result


def _where(condition: NDArray[np.bool_], yes: Any, no: Any, out: Array | None = None) -> Array:
    if out is None:
        return np.asarray(np.where(condition, yes, no), dtype=np.float64)
    if out is yes:
        np.copyto(out, no, where=np.logical_not(condition))
        return out
    np.copyto(out, no)
    np.copyto(out, yes, where=condition)
    return out


def _same_unit(*units: Unit | None) -> Unit:
    known = [unit for unit in units if unit is not None]
    for unit in known[1:]:
        if unit != known[0]:
            raise UnitError(f"{known[0]} and {unit} cannot be added or compared")
    return known[0] if known else PLAIN


def _plain_only(*units: Unit | None) -> Unit:
    for unit in units:
        if unit is not None and not unit.is_plain:
            raise UnitError(f"a plain number is needed here, not {unit}")
    return PLAIN


def _compared(*units: Unit | None) -> Unit:
    _same_unit(*units)
    return PLAIN


def _logical(*units: Unit | None) -> Unit:
    return _plain_only(*units)


def _chosen(condition: Unit | None, yes: Unit | None, no: Unit | None) -> Unit:
    return _same_unit(yes, no)


def _product(left: Unit | None, right: Unit | None) -> Unit:
    return (left or PLAIN) * (right or PLAIN)


def _ratio(left: Unit | None, right: Unit | None) -> Unit:
    return (left or PLAIN) / (right or PLAIN)


def _kept(unit: Unit | None, *_: Unit | None) -> Unit:
    return unit or PLAIN


def _times_month(unit: Unit | None) -> Unit:
    return (unit or PLAIN) * MONTH


TABLE: tuple[Op, ...] = (
    Op("add", np.add, "{0}+{1}", "{0} + {1}", _same_unit, precedence=4, associative=True),
    Op("subtract", np.subtract, "{0}-{1}", "{0} − {1}", _same_unit, precedence=4),
    Op("multiply", np.multiply, "{0}*{1}", "{0} × {1}", _product, precedence=5, associative=True),
    Op("divide", np.divide, "{0}/{1}", "{0} ÷ {1}", _ratio, precedence=5),
    Op("negate", np.negative, "(-{0})", "−{0}", _kept, precedence=8),
    Op("power", np.power, "POWER({0},{1})", "({0} to the power {1})", _plain_only),
    Op("exp", np.exp, "EXP({0})", "(e to the power {0})", _plain_only),
    Op("log", np.log, "LN({0})", "(natural logarithm of {0})", _plain_only),
    Op("ceil", np.ceil, "(-INT(-({0})))", "({0} rounded up)", _kept),
    Op("floor", np.floor, "INT({0})", "({0} rounded down)", _kept),
    Op("maximum", np.maximum, "MAX({0},{1})", "(the larger of {0} and {1})", _same_unit),
    Op("minimum", np.minimum, "MIN({0},{1})", "(the smaller of {0} and {1})", _same_unit),
    Op("less", np.less, "{0}<{1}", "{0} < {1}", _compared, precedence=3, truth=True),
    Op("less_equal", np.less_equal, "{0}<={1}", "{0} ≤ {1}", _compared, precedence=3, truth=True),
    Op("greater", np.greater, "{0}>{1}", "{0} > {1}", _compared, precedence=3, truth=True),
    Op("greater_equal", np.greater_equal, "{0}>={1}", "{0} ≥ {1}", _compared, precedence=3, truth=True),
    Op("where", _where, "IF({0},{1},{2})", "({1} where {0}, otherwise {2})", _chosen),
    Op("compound", _compound, "POWER(1+{0},({1})/12)", "((1 + {0}) to the power ({1} ÷ 12))", _logical),
    Op("cumulative", _cumulative, "SUM({row})", "({0} added up to this month)", _kept, span="along_months"),
    Op("running_maximum", _running_maximum, "MAX({row})", "(the largest {0} so far)", _kept, span="along_months"),
    Op("lag", _lag, "{lagged}", "({0}, {span} earlier)", _kept, span="along_months"),
    Op("window_sum", _window_sum, "SUM({window})", "({0} over the last {span})", _kept, span="along_months"),
    Op("total", _sum_over_months, "SUM({all})", "({0} over all months)", _times_month, span="over_months"),
)  # fmt: skip

OPS: dict[str, Op] = {op.name: op for op in TABLE}

_builder: Callable[[str, Sequence[Any], int | None], Any] | None = None


def install_builder(builder: Callable[[str, Sequence[Any], int | None], Any]) -> None:
    """Let `term` say how a node is built, so that this table needs to know nothing of the graph."""
    global _builder
    _builder = builder


def apply(name: str, *args: Any, setting: int | None = None) -> Any:
    """Compute operation `name` on numbers or arrays, or build a node where an argument is a `Term`."""
    if any(getattr(arg, "is_term", False) for arg in args):
        assert _builder is not None
        return _builder(name, args, setting)
    compute = OPS[name].compute
    if OPS[name].span != "elementwise" or name == "compound":
        args = tuple(np.atleast_2d(np.asarray(arg, dtype=np.float64)) for arg in args)
    return compute(*args) if setting is None else compute(*args, setting)


def ceil(value: Any) -> Any:
    """Round up to whole units: GPUs, replicas, machines."""
    return apply("ceil", value)


def maximum(left: Any, right: Any) -> Any:
    """Return the larger of two, element by element."""
    return apply("maximum", left, right)


def minimum(left: Any, right: Any) -> Any:
    """Return the smaller of two, element by element."""
    return apply("minimum", left, right)


def where(condition: Any, yes: Any, no: Any) -> Any:
    """Choose `yes` where the condition holds and `no` elsewhere."""
    return apply("where", condition, yes, no)


def power(base: Any, exponent: Any) -> Any:
    """Raise a plain number to a plain number."""
    return apply("power", base, exponent)


def exp(value: Any) -> Any:
    """Return e to the power of a plain number."""
    return apply("exp", value)


def log(value: Any) -> Any:
    """Return the natural logarithm of a plain number."""
    return apply("log", value)


def floor(value: Any) -> Any:
    """Round down to whole units."""
    return apply("floor", value)


def compound(yearly_rate: Any, months: Any) -> Any:
    """Return (1 + yearly_rate)^(months / 12): a yearly rate compounded monthly over a number of months."""
    return apply("compound", yearly_rate, months)


def cumulative(values: Any) -> Any:
    """Add up the months so far, this one included; arrays are ``(draws, months)``."""
    return apply("cumulative", values)


def running_maximum(values: Any) -> Any:
    """Return the largest value so far, this month included; arrays are ``(draws, months)``."""
    return apply("running_maximum", values)


def lag(values: Any, months: int) -> Any:
    """Return the value `months` earlier, 0 before the start; arrays are ``(draws, months)``."""
    return apply("lag", values, setting=months)


def window_sum(values: Any, months: int) -> Any:
    """Add up the last `months` months, this one included; arrays are ``(draws, months)``."""
    return apply("window_sum", values, setting=months)


def total(values: Any) -> Any:
    """Add up all months into one value per draw, ``(draws, 1)``; the unit loses its ``/month``."""
    return apply("total", values)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ceil": ceil, "floor": floor, "max": maximum, "min": minimum, "where": where, "exp": exp, "log": log, "power": power,
    "compound": compound, "cumulative": cumulative, "running_maximum": running_maximum, "lag": lag, "window_sum": window_sum,
    "total": total,
}  # fmt: skip
"""The functions a user's own formula may call, by the name written there."""
