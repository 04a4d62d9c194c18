"""Turns a plain function into a registered cost line, driver or component kind, with everything a scenario needs to know of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tco_model.expr.trace import parameters
from tco_model.units import Unit, parse_unit

Category = Literal["token", "compute", "storage", "observability", "labour", "migration", "risk", "fees"]
CATEGORIES: tuple[Category, ...] = ("token", "compute", "storage", "observability", "labour", "migration", "risk", "fees")
"""The eight places money goes; every option answers each of them."""

RECURRING, ONE_OFF = parse_unit("USD/month"), parse_unit("USD")


@dataclass(frozen=True, slots=True)
class Figure:
    """A function whose parameters are names of the nomenclature and whose result has one unit.

    Call it with numbers or arrays ``(draws, months)`` and it computes; call it with terms and it builds the graph.
    """

    function: Callable[..., Any]
    unit: Unit
    name: str
    """The name used in scenarios, workbooks and axes."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names the function asks for."""
        return parameters(self.function)

    @property
    def summary(self) -> str:
        """The first sentence of the docstring."""
        return (inspect.getdoc(self.function) or "").split("\n")[0]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute, or build the graph."""
        return self.function(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class CostLine(Figure):
    """A figure that is money: per month, or one-off and then spread evenly over the months of its phases."""

    category: Category | None = None
    """None where the line may stand in any category."""
    escalates: bool = False
    """The line follows general inflation in a nominal scenario: wages, power, rent; not list prices fixed in money."""
    memo: bool = False
    """Shown beside the cash view and left out of every sum, such as depreciation."""

    @property
    def one_off(self) -> bool:
        """True for an amount that is paid once."""
        return self.unit == ONE_OFF


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of demand class or fleet: the drivers it offers to the cost lines that are bound to it."""

    name: str
    section: Literal["demand", "fleets"]
    summary: str
    drivers: tuple[Figure, ...]
    offers: tuple[str, ...] = ()
    """Names it may hold for the cost lines, beside those its drivers ask for."""

    @property
    def driver_names(self) -> tuple[str, ...]:
        """The figures it computes."""
        return tuple(figure.name for figure in self.drivers)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names a scenario may write for it, the timeline's own left in."""
        asked = [name for figure in self.drivers for name in figure.parameters]
        return tuple(dict.fromkeys(name for name in (*asked, *self.offers) if name not in self.driver_names))


def cost_line(
    *, category: Category | None, unit: str, escalates: bool = False, memo: bool = False
) -> Callable[[Callable[..., Any]], CostLine]:
    """Register a function as a cost line in ``USD/month``, or ``USD`` for an amount paid once."""

    def register(function: Callable[..., Any]) -> CostLine:
        line = CostLine(function, parse_unit(unit), function.__name__, category, escalates, memo)
        if line.unit not in (RECURRING, ONE_OFF):
            raise ValueError(f"{line.name}: a cost line is in USD/month or USD, not {line.unit}")
        return line

    return register


def driver(*, unit: str, name: str = "") -> Callable[[Callable[..., Any]], Figure]:
    """Register a function as a driver: a figure that is not money, such as GPUs or tokens a month."""
    return lambda function: Figure(function, parse_unit(unit), name or function.__name__)
