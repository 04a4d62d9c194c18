"""Turns a plain function whose parameters are names into a graph, by calling it once with terms."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from tco_model.expr.term import Term, as_term
from tco_model.units import Unit, UnitError


def parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names a function asks for, in order."""
    return tuple(inspect.signature(function).parameters)


def trace(function: Callable[..., Any], arguments: Mapping[str, Any], unit: Unit, name: str) -> Term:
    """Call `function` with terms and check that the result has the declared unit.

    Args:
        function: the formula, written with operators and the functions of `tco_model.expr.ops`.
        arguments: a `Term` (or, for a fixed setting such as a number of months, an int) for every parameter.
        unit: the unit the result must have.
        name: the dotted name of the figure, for the error.

    Raises:
        UnitError: units that do not fit, with the figure's name and both units.
    """
    try:
        result = as_term(function(**arguments))
    except UnitError as error:
        given = ", ".join(f"{key} [{value.unit}]" for key, value in arguments.items() if isinstance(value, Term))
        raise UnitError(f"{name}: {error}; it uses {given}") from None
    if result.unit is not None and result.unit != unit:
        given = ", ".join(f"{key} [{value.unit}]" for key, value in arguments.items() if isinstance(value, Term))
        raise UnitError(f"{name}: the formula gives {result.unit} where {unit} is needed; it uses {given}")
    return result
