"""Turns problems of an input into lines a person reads: place, rule and mend, with the line of the file and a caret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tco_model.errors import Problem

LONGEST_EXCERPT = 160


def problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield every problem with its excerpt, and how many there are."""
    for problem in problems:
        yield str(problem)
        yield from _excerpt(problem)
    yield f"{len(problems)} problem{'s' if len(problems) != 1 else ''} found"


def _excerpt(problem: Problem) -> Iterator[str]:
    """Yield the line of the file and a caret below the column; nothing where the line is absent or no use on a terminal."""
    try:
        lines = Path(problem.file).read_text(encoding="utf-8-sig").splitlines()
        line = lines[problem.line - 1] if problem.line else ""
    except (OSError, UnicodeDecodeError, IndexError):
        return
    if line.isprintable() and 0 < len(line) <= LONGEST_EXCERPT:
        yield f"    {line}"
        yield f"    {' ' * max(problem.column - 1, 0)}^"
