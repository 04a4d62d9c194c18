"""Turns a workspace into what the tabs of the page look at, each worked out once as long as its files are what they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from tco_model.actuals.store import LOG, Import, Workspace
from tco_model.finops.allocate import Allocated, allocate
from tco_model.finops.outcomes import OUTCOMES
from tco_model.finops.rules import Allocation, read_rules, rules_of
from tco_model.finops.starter import STARTER
from tco_model.scenario.source import read_source

RULES = "allocation.yaml"
"""Beside the bills."""
KEPT = "bills-kept"
Found = TypeVar("Found")


@dataclass
class Ledger:
    """The bills of a page. Queries run when a tab first asks; what they found stays with the session, the connection does not."""

    workspace: Workspace
    is_sample: bool
    imports: tuple[Import, ...]
    _tables: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def charges(self) -> Any:
        """The bill."""
        return self._table("charges")

    @property
    def usage(self) -> Any:
        """The AI usage records."""
        return self._table("usage")

    @property
    def rules_file(self) -> Path:
        """Where the allocation file lies, or would."""
        return self.workspace.path / RULES

    @cached_property
    def rules(self) -> Allocation | None:
        """The allocation file beside the bills; the starter file for the sample; None where there is none.

        Raises:
            ScenarioError: everything that is wrong with it.
        """
        if self.rules_file.is_file():
            return read_rules(self.rules_file)
        return rules_of(read_source(STARTER, "the starter file")) if self.is_sample else None

    def allocated(self, rules: Allocation) -> Allocated:
        """Return the bill, allocated."""
        return self.once("allocated", lambda: allocate(self.charges, rules, self.usage))

    def once(self, name: str, make: Callable[[], Found]) -> Found:
        """Return what was worked out under a name before, as long as bills, rules and counts are the same files; else work it out."""
        now = (str(self.workspace.path), *(stamp(self.workspace.path / file) for file in (LOG, RULES, OUTCOMES)))
        kept: tuple[object, dict[str, Any]] = st.session_state.get(KEPT, ((), {}))
        if kept[0] != now:
            kept = now, {}
            st.session_state[KEPT] = kept
        if name not in kept[1]:
            kept[1][name] = make()
        return kept[1][name]

    def _table(self, name: str) -> Any:
        if name not in self._tables:
            self._tables[name] = getattr(self.workspace, name)()
        return self._tables[name]


def stamp(file: Path) -> tuple[int, int]:
    """Return by what it is seen that a file is another one now: when it was written, and its size."""
    held = file.stat() if file.is_file() else None
    return (held.st_mtime_ns, held.st_size) if held else (0, 0)
