"""Turns a workspace into what the tabs of the page look at; what was made stays in the session's ledger, queries run when a tab asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from app.ledger import BILL, RULES, Ledger
from tco_model.actuals.store import Workspace
from tco_model.finops.allocate import Allocated, allocate
from tco_model.finops.rules import Allocation, read_rules

Found = TypeVar("Found")


class NotMadeError(Exception):
    """Something could not be made, and the page says why already."""


@dataclass
class Bills:
    """The bills of one run of the page."""

    workspace: Workspace
    ledger: Ledger

    @cached_property
    def charges(self) -> Any:
        """The bill."""
        return self.workspace.charges()

    @cached_property
    def usage(self) -> Any:
        """The AI usage records."""
        return self.workspace.usage()

    @property
    def rules_file(self) -> Path:
        """Where the allocation file lies, or would."""
        return self.workspace.path / RULES

    @cached_property
    def rules(self) -> Allocation | None:
        """The allocation file beside the bills; None where there is none.

        Raises:
            ScenarioError: everything that is wrong with it.
        """
        return read_rules(self.rules_file) if self.rules_file.is_file() else None

    def allocated(self, rules: Allocation) -> Allocated:
        """Return the bill, allocated."""
        return self.once("allocated", "Allocating the bill", lambda: allocate(self.charges, rules, self.usage))

    def once(self, name: str, words: str, make: Callable[[], Found], *, of: str = "") -> Found:
        """Return what was made under a name, as long as bills, rules, counts and `of` are what they were; else make it, saying `words`.

        Raises:
            NotMadeError: it cannot be made now and could not be before.
        """
        found = self.ledger.made(f"bills/{name}", BILL, words, make, of=of)
        if found is None:
            raise NotMadeError(name)
        return found


def stamp(*files: Path) -> str:
    """Return by what it is seen that files are other ones now: when they were written, and their size."""
    held = [file.stat() if file.is_file() else None for file in files]
    return repr([(one.st_mtime_ns, one.st_size) if one else None for one in held])
