"""Turns a cost line or driver into its graph over leaves that carry the names and units of the nomenclature."""

from __future__ import annotations

from collections.abc import Mapping

from tco_model.expr.term import DRAWN_PATH, Shape, Term, leaf
from tco_model.expr.trace import trace
from tco_model.lines.catalogue import KINDS, LINES
from tco_model.lines.nomenclature import BUILT_IN, BY_NAME
from tco_model.lines.registry import Figure
from tco_model.units import Unit, parse_unit

SETTINGS = {"retention_months": 3, "hardware_life": 4, "hiring_lag": 2, "horizon": 6}
"""Fixed choices shape a formula, so that one must be made to spell it: an example, told as such."""
_DRIVER_UNITS = {figure.name: figure.unit for kind in KINDS for figure in kind.drivers}


def figures() -> dict[str, Figure]:
    """Return every cost line and driver by a name of its own; drivers of one name are told apart by their function."""
    found: dict[str, Figure] = {line.name: line for line in LINES}
    for kind in KINDS:
        for figure in kind.drivers:
            name = figure.name if figure.name == figure.function.__name__ else f"{figure.name}.{figure.function.__name__}"
            found[name if name not in found or found[name] is figure else f"{kind.name}.{name}"] = figure
    return found


def unit_of(name: str) -> Unit:
    """Return the unit that a parameter has inside the model."""
    if name in BUILT_IN:
        return parse_unit(BUILT_IN[name][0])
    return BY_NAME[name].unit if name in BY_NAME else _DRIVER_UNITS[name]


def graph_of(figure: Figure, shapes: Mapping[str, Shape] | None = None) -> Term:
    """Return the graph of a figure: a leaf for every parameter, an example for every setting.

    Args:
        figure: a cost line or driver.
        shapes: of the leaves, by parameter; draws and months where left out.

    Raises:
        UnitError: the units of the formula do not fit the unit that the figure declares.
    """
    held = shapes or {}
    arguments = {
        name: SETTINGS[name] if name in SETTINGS else leaf(name, unit_of(name), held.get(name, DRAWN_PATH)) for name in figure.parameters
    }
    return trace(figure.function, arguments, figure.unit, figure.name)
