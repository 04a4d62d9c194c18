"""Turns draws that were made before, and what depends on what, into the least that a change must compute again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.draws import Sampler
from tco_model.engine.inputs import IncidentCost, Incidents
from tco_model.engine.model import Model
from tco_model.expr.term import Term, walk
from tco_model.inputs.quantity import Value

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HeldDraws:
    """Draws of a sampler that were made before, some of them replaced."""

    sampler: Sampler
    values: Mapping[str, Array]
    """What is drawn once a future, and figures known from before, ``(draws, 1)`` each."""
    paths: Mapping[str, Array]
    """What varies by month and is not drawn again, ``(draws, months)`` each."""
    incidents: dict[str, tuple[str, str, Value]]
    """The events to draw again, because their frequency or cost has changed."""
    shocks: tuple[str, ...]
    """The shocks to draw again."""
    draws: int
    """Futures in all: those of the sampler, or the first of them."""

    @property
    def seed(self) -> int:
        """Seed of every stream."""
        return self.sampler.seed

    @property
    def design(self) -> str:
        """How the futures are drawn."""
        return self.sampler.design

    def inputs(self, start: int, count: int) -> dict[str, Array]:
        """Return what is drawn once a future, ``(count, 1)`` each."""
        return {name: values[start : start + count] for name, values in self.values.items()}

    def processes(self, start: int, count: int, frequencies: Mapping[str, Array]) -> dict[str, Array]:
        """Return what varies by month, ``(count, months)`` each."""
        again = replace(self.sampler, incidents=self.incidents, shocks=self.shocks)
        found = again.processes(start, count, frequencies) if self.incidents or self.shocks else {}
        return {name: values[start : start + count] for name, values in self.paths.items()} | found


class Depends:
    """Says which leaves a term depends on, as the bits of a whole number."""

    def __init__(self, model: Model, terms: Iterable[Term]) -> None:
        """Walk the graph below `terms` once."""
        self._bits = {name: 1 << place for place, name in enumerate(model.leaves)}
        self._of: dict[int, int] = {}
        self._also: dict[str, int] = {}
        """What decides how often an event happens, by the leaves of its counts and its cost."""
        frequencies = [model.figures[entry.content.frequency] for entry in model.leaves.values() if isinstance(entry.content, Incidents)]
        self._add(frequencies)
        self._also = {
            name: self._of[id(model.figures[entry.content.frequency])]
            for name, entry in model.leaves.items()
            if isinstance(entry.content, Incidents)
        }
        costs = {name: entry.content.incidents for name, entry in model.leaves.items() if isinstance(entry.content, IncidentCost)}
        self._also |= {name: self._also[counts] for name, counts in costs.items()}
        self._of.clear()
        self._terms = list(terms)
        """Held, so that no identity is ever that of another term."""
        self._add(self._terms)

    def _add(self, terms: Iterable[Term]) -> None:
        for node in walk(*terms):
            below = self.leaf(node.name) if node.op == "leaf" else 0
            for arg in node.args:
                below |= self._of[id(arg)]
            self._of[id(node)] = below

    def leaf(self, name: str) -> int:
        """Return the bits of a leaf: its own, and those that decide how often an event happens."""
        return self._bits[name] | self._also.get(name, 0)

    def mask(self, names: Iterable[str]) -> int:
        """Return the bits of some leaves."""
        return sum(self._bits[name] for name in set(names))

    def on(self, term: Term, mask: int) -> bool:
        """Say whether a term depends on any of the leaves of a mask."""
        if id(term) not in self._of:
            self._terms.append(term)
            self._add([term])
        return bool(self._of[id(term)] & mask)
