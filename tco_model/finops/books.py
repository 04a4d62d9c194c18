"""Turns a workspace and an allocation file into everything that a month is judged by, read once.

The bill is opened when it is first asked for: what is wrong with the small files beside it is told without waiting for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from tco_model.actuals.spend import Cost, currencies
from tco_model.actuals.store import Workspace
from tco_model.finops.allocate import Allocated, allocate
from tco_model.finops.outcomes import OUTCOMES, read_outcomes
from tco_model.finops.rates import FILE as RATES
from tco_model.finops.rates import Rates, Used, convert, in_words, rates_told, read_rates, told_data
from tco_model.finops.rules import Allocation, read_rules
from tco_model.finops.unit_metrics import UnitMetric, measure

# Ibis gives every column its widest type, so that tables stand here as Any.


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a workspace."""

    charges: Any
    """In one currency, where the workspace has rates and the rules choose none."""
    usage: Any
    rates: Rates | None = None
    """What the charges were converted by; None where they were not."""


@dataclass(frozen=True)
class Books:
    """A workspace with its rules; what follows from them is worked out when it is first asked for."""

    workspace: Path
    rules: Allocation
    opened: Callable[[], Tables]
    """Opens the tables; called once."""

    @cached_property
    def tables(self) -> Tables:
        """The tables, opened."""
        return self.opened()

    @property
    def charges(self) -> Any:
        """The charges of the bill."""
        return self.tables.charges

    @property
    def usage(self) -> Any:
        """The usage records beside it."""
        return self.tables.usage

    @property
    def rates(self) -> Rates | None:
        """The rates of the bill."""
        return self.tables.rates

    @cached_property
    def found(self) -> Allocated:
        """The bill, allocated."""
        return allocate(self.charges, self.rules, self.usage)

    @cached_property
    def outcomes(self) -> Mapping[str, Mapping[str, Decimal]]:
        """Counts by product and month; none where the workspace has no such file."""
        file = self.workspace / OUTCOMES
        return read_outcomes(file) if file.is_file() else {}

    @cached_property
    def metrics(self) -> tuple[UnitMetric, ...]:
        """The unit costs of the allocation file; none where it names none."""
        counts = self.outcomes  # a small file, read before the bill is
        return measure(self.charges, self.rules, self.usage, counts, self.found) if self.rules.metrics else ()

    def metrics_named(self, *names: str) -> tuple[UnitMetric, ...]:
        """Return those of the unit costs that have these names; no other is measured for them, which takes a query or more each."""
        if "metrics" in vars(self):
            return tuple(one for one in self.metrics if one.name in names)
        held = tuple(one for one in self.rules.metrics if one.name in names)
        rules = self.rules.model_copy(update={"metrics": held})
        return measure(self.charges, rules, self.usage, self.outcomes, self.found) if held else ()

    @cached_property
    def converted(self) -> tuple[Used, ...]:
        """The rates that the bill is converted at; none where it is not."""
        return rates_told(self.charges, self.rates)

    @property
    def converted_words(self) -> tuple[str, ...]:
        """The same in sentences."""
        return tuple(in_words(self.converted, self.rates.into)) if self.rates else ()

    @cached_property
    def left_out_words(self) -> tuple[str, ...]:
        """Currencies that the rules leave out of the bill, in a sentence; nothing where they choose none, or there is no other."""
        others = [one for one in currencies(self.charges) if one != self.rules.currency] if self.rules.currency else []
        said = f"what was billed in {' and '.join(others)} is left out: the allocation file chooses {self.rules.currency}"
        return (said,) if others else ()

    @property
    def converted_data(self) -> dict[str, Any]:
        """The same as plain data, under ``rates``; nothing where nothing is converted."""
        return {"rates": told_data(self.converted, self.rates.into)} if self.rates and self.converted else {}


def open_books(workspace: Path, rules: Path, cost: Cost | None = None) -> Books:
    """Open a workspace with an allocation file, and its rates where it has some.

    Args:
        workspace: the folder.
        rules: the allocation file.
        cost: instead of that of the file.

    Raises:
        ScenarioError: what is wrong with the file; what is wrong with the rates or the bill is raised when that is first asked for.
    """
    held = read_rules(rules)
    return books_of(Workspace(workspace), held.model_copy(update={"cost": cost}) if cost else held, workspace)


def books_of(opened: Workspace, rules: Allocation, place: Path | None = None) -> Books:
    """Return a workspace with rules; `place` is how its folder is named in messages, where otherwise than as it opens."""

    def tables() -> Tables:
        charges, rates = bill_of(opened, rules.currency)
        return Tables(charges, opened.usage(), rates)

    return Books(place or opened.path, rules, tables)


def bill_of(opened: Workspace, currency: str = "") -> tuple[Any, Rates | None]:
    """Return the bill of a workspace, converted where it has rates and no one currency is asked for, and the rates it is converted by.

    Raises:
        ScenarioError: as `read_rates` and `convert`.
    """
    file = opened.path / RATES
    if currency or not file.is_file():
        return opened.charges(), None
    rates = read_rates(file)
    return convert(opened.charges(), rates), rates
