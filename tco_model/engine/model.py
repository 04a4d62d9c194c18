"""Holds a compiled scenario: the graph of every option, its leaves, and what each figure is called."""

from __future__ import annotations

from dataclasses import dataclass, field

from tco_model.engine.derived import Derived
from tco_model.engine.inputs import Leaf
from tco_model.expr.term import Term
from tco_model.lines.registry import Category
from tco_model.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class OptionGraph:
    """The figures of one option. Money out is positive."""

    name: str
    label: str
    lines: dict[str, Term]
    """USD/month of every cost line, by its dotted name below the option, such as ``token.api``."""
    categories: dict[Category, tuple[str, ...]]
    memo: dict[str, Term]
    """USD/month of lines shown beside the cash view and left out of every sum."""
    drivers: dict[str, Term]
    """Fleet figures, by their dotted name below the option."""
    outcomes: Term | None
    """Outcomes per month that end well."""


@dataclass(frozen=True, slots=True)
class Model:
    """A compiled scenario: the graph, its leaves, and what each figure is called."""

    scenario: Scenario
    leaves: dict[str, Leaf]
    leaf_terms: dict[str, Term]
    figures: dict[str, Term]
    """Every named figure by its dotted name."""
    labels: dict[str, str]
    options: tuple[OptionGraph, ...]
    discount: Term
    """Factor that turns money of a month into present value, ``(1, months)`` or with draws."""
    outcome_value: Term | None
    names: dict[int, str] = field(default_factory=dict[int, str])
    """The name of each figure's term, by identity, for rendering."""
    derived: tuple[Derived, ...] = ()
    """What reading the file worked out from its central case."""

    @property
    def months(self) -> int:
        """Months of the timeline."""
        return self.scenario.timeline.months
