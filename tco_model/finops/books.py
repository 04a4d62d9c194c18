"""Turns a workspace and an allocation file into everything that a month is judged by, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from tco_model.actuals.store import Workspace
from tco_model.finops.allocate import Allocated, allocate
from tco_model.finops.outcomes import OUTCOMES, read_outcomes
from tco_model.finops.rules import Allocation, read_rules
from tco_model.finops.unit_metrics import UnitMetric, measure

# Ibis gives every column its widest type, so that tables stand here as Any.


@dataclass(frozen=True)
class Books:
    """A workspace with its rules; what follows from them is worked out when it is first asked for."""

    workspace: Path
    rules: Allocation
    charges: Any
    usage: Any

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
        return measure(self.charges, self.rules, self.usage, self.outcomes) if self.rules.metrics else ()


def open_books(workspace: Path, rules: Path) -> Books:
    """Open a workspace with an allocation file.

    Raises:
        ScenarioError: what is wrong with the file.
    """
    opened = Workspace(workspace)
    return Books(workspace, read_rules(rules), opened.charges(), opened.usage())
