"""Turns the leaves of a model into the register of inputs: value, range, unit, source, date, address, owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tco_model.engine.inputs import IncidentCost, Incidents, Leaf, LeafContent, Shocks
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.expr.term import walk
from tco_model.inputs.distributions import Distribution
from tco_model.units import MONEY

LONGEST_AGE = 365
"""Age from which a price is pointed out [day]."""


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input as a reader sees it. `low` and `high` are P5 and P95 of a range, the ends of a path."""

    name: str
    unit: str
    text: str
    mean: float
    low: float
    high: float
    uncertain: bool
    is_assumption: bool
    origin: str
    """``scenario`` where it was written, ``table`` where the tables supplied it, ``default`` where it was left at the model's default."""
    source: str
    url: str
    as_of: str
    note: str
    owner: str
    line: int


def input_rows(model: Model) -> tuple[InputRow, ...]:
    """List every input of a model that a person wrote or a default supplied, in the order of use."""
    return tuple(
        _row(model, leaf)
        for leaf in model.leaves.values()
        if leaf.origin != "timeline" and leaf.quantity is not None and not isinstance(leaf.content, Shocks | Incidents)
    )


def drawn_apart(rows: Iterable[InputRow]) -> tuple[str, ...]:
    """Say which ranges stand word for word in several options and are drawn apart, as if they had nothing to do with each other.

    What options share, such as a wage, belongs under ``inputs``: drawn apart it widens the difference between them for no reason.
    A severity is left out: it is drawn for each event, so it has no one value that options could share.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        section, _, rest = row.name.partition(".")
        if row.uncertain and row.origin == "scenario" and section == "options" and not rest.endswith(".severity"):
            found.setdefault((rest.rpartition(".")[2], row.text), []).append(rest.partition(".")[0])
    return tuple(
        f"{name} '{text}' stands in {', '.join(dict.fromkeys(options))} and is drawn apart in each; "
        "if it is one figure, name it under inputs: and refer to it with '= name'"
        for (name, text), options in found.items()
        if len(set(options)) > 1
    )


def aged(rows: Iterable[InputRow], today: dt.date | None, longest: int = LONGEST_AGE) -> tuple[str, ...]:
    """Say which prices are older than `longest` days on the day of the decision, or today where it has none [day]."""
    day = today or dt.date.today()
    return tuple(
        f"{row.name} is a price of {row.as_of}, {age:,} days before {day.isoformat()}; look it up again"
        for row in rows
        if row.as_of and row.unit.startswith(MONEY) and (age := (day - dt.date.fromisoformat(row.as_of)).days) > longest
    )


def unread(model: Model) -> tuple[str, ...]:
    """Say which inputs and demand classes no cost line reads: moving them changes nothing."""
    counts = [model.figures[leaf.content.frequency] for leaf in model.leaves.values() if isinstance(leaf.content, Incidents)]
    reached = {id(term) for term in walk(*all_outputs(model).values(), *counts)}
    scenario = model.scenario
    named = {f"inputs.{name}": [f"inputs.{name}"] for name, _ in scenario.inputs}
    named |= {f"demand.{one.name}": [f"{one.path}.{figure}" for figure, _ in one.quantities] for one in scenario.demand}
    return tuple(
        f"nothing reads {name}: moving it changes no figure"
        for name, figures in named.items()
        if not any(figure in model.figures and id(model.figures[figure]) in reached for figure in figures)
    )


def _row(model: Model, leaf: Leaf) -> InputRow:
    mean, low, high = spread(leaf)
    found = leaf.provenance
    return InputRow(
        name=leaf.name,
        unit=leaf.shown_unit,
        text=leaf.quantity.text if leaf.quantity else "",
        mean=mean,
        low=low,
        high=high,
        uncertain=isinstance(_value(leaf), Distribution),
        is_assumption=found.is_assumption,
        origin=leaf.origin,
        source=found.source,
        url=found.url,
        as_of=found.as_of.isoformat() if found.as_of else "",
        note=found.note,
        owner=found.owner,
        line=model.scenario.place(leaf.name)[0],
    )


def _value(leaf: Leaf) -> LeafContent:
    """Return what fills the input; of a cost per event the severity it is drawn from."""
    return leaf.content.severity if isinstance(leaf.content, IncidentCost) else leaf.content


def spread(leaf: Leaf) -> tuple[float, float, float]:
    """Return mean, P5 and P95 of a range; of a path its mean and its ends; of a number the number."""
    content = _value(leaf)
    if isinstance(content, Distribution):
        low, high = (float(value) for value in content.ppf(np.array([0.05, 0.95])))
        return content.mean, low, high
    if isinstance(content, np.ndarray):
        return float(content.mean()), float(content[0, 0]), float(content[0, -1])
    value = float(content) if isinstance(content, float) else 0.0
    return value, value, value
