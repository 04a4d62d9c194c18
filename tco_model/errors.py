"""Turns everything wrong with an input into one error that says where, what, which rule, and the move that mends."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the place (file, line and column from 1, dotted field), the value, the rule and the mend."""

    message: str
    mend: str = ""
    field: str = ""
    value: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Spell the problem as ``file:line:column: field: message`` with the mend on the next line."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        head = ": ".join(part for part in (place, self.field, self.message) if part)
        return f"{head}\n    mend: {self.mend}" if self.mend else head

    def as_dict(self) -> dict[str, str | int]:
        """Return the problem as plain data for ``--json``."""
        return asdict(self)


class ScenarioError(ValueError):
    """Bad input: holds every problem found, so that one run shows all of them. The command line exits with code 2."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        """Collect the problems, ordered by line, the same problem said once."""
        found = [problems] if isinstance(problems, Problem) else list(problems)
        self.problems: tuple[Problem, ...] = tuple(sorted(dict.fromkeys(found), key=lambda problem: (problem.file, problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Come whole out of another process."""
        return type(self), (self.problems,)


class TableError(ValueError):
    """A question that a table cannot answer: what is wrong and the move that mends it."""

    def __init__(self, message: str, mend: str) -> None:
        """Hold the message and the mend."""
        super().__init__(f"{message}; {mend}")
        self.message, self.mend = message, mend


MOST_SHOWN = 12
"""Names listed where none is near."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Offer the nearest names, or all where none is near and they are few."""
    spelled = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), spelled, n=4, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(spelled[one] for one in near)}?"
    shown = sorted(spelled.values())
    return f"known: {', '.join(shown)}" if len(shown) <= MOST_SHOWN else "search the list for a part of the name"
