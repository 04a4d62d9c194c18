"""Turns a model into what every report of it says alike, whatever is moved: its inputs, its notes, and the plan of its central case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from numpy import float64
from numpy.typing import NDArray

from tco_model.engine.central import Central
from tco_model.engine.inputs import find_law
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.report.sources import LONGEST_AGE, InputRow, aged, drawn_apart, input_rows, unread

Array = NDArray[float64]


class Ground:
    """What the reports of one model share; made once for many of them, and changed by none."""

    def __init__(self, model: Model) -> None:
        """Gather it.

        Attributes:
            inputs: the register of inputs.
            notes: what a reader must know about them.
        """
        promised = {name: term for name, term in model.figures.items() if name.endswith(".availability")}
        self._central = Central(model, all_outputs(model) | promised)
        self.inputs: tuple[InputRow, ...] = input_rows(model)
        self.notes: tuple[str, ...] = _notes(model, self.inputs)

    def central(self, changes: Mapping[str, Array]) -> dict[str, Array]:
        """Return every figure and each promised availability with the inputs at their expected values, some of them changed."""
        return self._central.case(changes)


def _notes(model: Model, inputs: tuple[InputRow, ...]) -> tuple[str, ...]:
    as_of = model.scenario.decision.as_of
    defaults = sum(row.origin == "default" for row in inputs)
    assumed = sum(row.is_assumption for row in inputs) - defaults
    dates = sorted(row.as_of for row in inputs if row.as_of)
    sourced = len(inputs) - assumed - defaults
    notes = [f"{len(inputs)} inputs: {sourced} with a source and a date, {assumed} assumed, {defaults} left at the model's defaults."]
    if dates:
        notes.append(f"The oldest source is dated {dates[0]}, the newest {dates[-1]}.")
    if model.scenario.applied:
        notes.insert(0, f"With {', '.join(model.scenario.applied)}, as the file describes it under levers and variants.")
    if as_of is None:
        notes.append("The scenario does not say on which day its inputs were gathered (decision.as_of).")
    notes += [f"Note: {said}." for said in (*drawn_apart(inputs), *unread(model), *_old(inputs, as_of), *_idle_correlations(model))]
    notes.append("The central case puts every input at its expected value; it is one point, not the mean of the futures.")
    return tuple(notes)


def _old(inputs: tuple[InputRow, ...], as_of: dt.date | None) -> list[str]:
    """Say in one sentence how many prices are old, and name the oldest; `tco check` names them all."""
    found = sorted((row.as_of, row.name) for row in inputs if aged((row,), as_of))
    if not found:
        return []
    date, name = found[0]
    return [f"{len(found)} prices are older than {LONGEST_AGE} days, the oldest {name} of {date}; `tco check` names them"]


def _idle_correlations(model: Model) -> list[str]:
    """Say which correlations have nothing to act on, because an input of theirs is fixed."""
    return [
        f"the correlation of {' and '.join(entry.between)} has no effect, because {name} is fixed"
        for entry in model.scenario.correlations
        for name in entry.between
        if find_law(model.leaves, name) is None
    ]
