"""Turns a workspace into what the tabs of the page look at; what was made stays in the session's ledger, queries run when a tab asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from app.ledger import BILL, RULES, Ledger
from tco_model.actuals.store import Workspace
from tco_model.errors import ScenarioError
from tco_model.finops.allocate import Allocated
from tco_model.finops.books import Books, bill_of, books_of
from tco_model.finops.rates import FILE as RATES
from tco_model.finops.rates import Rates
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
    def billed(self) -> Any:
        """The bill as it was billed, in all its currencies."""
        return self.workspace.charges()

    @cached_property
    def converted(self) -> tuple[Any, Rates | None]:
        """The bill in one currency, where the workspace has rates, and these.

        Raises:
            ScenarioError: rates that cannot be read, or lack a currency.
        """
        return bill_of(self.workspace)

    def books(self, rules: Allocation) -> Books:
        """Return the bill with its rules; nothing is worked out yet."""
        return books_of(self.workspace, rules)

    @cached_property
    def currency(self) -> str:
        """The currency that the allocation file chooses; empty where it chooses none, or cannot be read, which its tabs say."""
        try:
            return self.rules.currency if self.rules is not None else ""
        except ScenarioError:
            return ""

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
        return self.once("allocated", "Allocating the bill", lambda: self.books(rules).found)

    def once(self, name: str, words: str, make: Callable[[], Found], *, of: str = "") -> Found:
        """Return what was made under a name, as long as bills, rules, counts and `of` are what they were; else make it, saying `words`.

        Raises:
            NotMadeError: it cannot be made now and could not be before.
        """
        found = self.ledger.made(f"bills/{name}", (*BILL, RATES), words, make, of=of)
        if found is None:
            raise NotMadeError(name)
        return found


def stamp(*files: Path) -> str:
    """Return by what it is seen that files are other ones now: when they were written, and their size."""
    held = [file.stat() if file.is_file() else None for file in files]
    return repr([(one.st_mtime_ns, one.st_size) if one else None for one in held])
