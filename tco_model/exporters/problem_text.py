"""Turns problems of an input into lines a person reads: place, rule and mend, with the line of the file and a caret."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path

from tco_model.errors import Problem

LONGEST_EXCERPT = 160
MOST_BYTES = 1_000_000
"""From the beginning of a file, among which a line is looked for: bills may be of any size, and a device never ends."""


def problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield every problem with its excerpt, and how many there are."""
    for problem in problems:
        yield _shown(str(problem))
        yield from _excerpt(problem)
    yield f"{len(problems)} problem{'s' if len(problems) != 1 else ''} found"


def _excerpt(problem: Problem) -> Iterator[str]:
    """Yield the line of the file and a caret below the column; nothing where the line is absent or no use on a terminal."""
    try:
        line = _line(Path(problem.file), problem.line) if problem.line else ""
    except (OSError, ValueError, IndexError):
        return
    if line.isprintable() and 0 < len(line) <= LONGEST_EXCERPT:
        yield f"    {line}"
        yield f"    {' ' * max(problem.column - 1, 0)}^"


def _line(path: Path, number: int) -> str:
    with path.open("rb") as stream:
        found = stream.read(MOST_BYTES)
    lines = codecs.getincrementaldecoder("utf-8-sig")().decode(found).splitlines()
    return lines[number - 1] if number < len(lines) or len(found) < MOST_BYTES else ""


def _shown(text: str) -> str:
    """Take out what a terminal would obey: a message quotes what stands in the file."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text)
