"""Turns the counts of a workspace, how many cases were resolved a month, into figures by product and month."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tco_model.actuals.periods import MONTH
from tco_model.errors import Problem, ScenarioError

OUTCOMES = "outcomes.csv"
"""Of a workspace: counts of business outcomes by month."""
Counts = Mapping[str, Decimal]
"""By month."""


def read_outcomes(path: Path) -> dict[str, dict[str, Decimal]]:
    """Read counts: a heading, then month (year-month), product and count a line.

    Raises:
        ScenarioError: everything that is wrong with the file, by line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ScenarioError(Problem(f"cannot be read: {reason}", "name a CSV of month, product, count", file=str(path))) from None
    found: dict[str, dict[str, Decimal]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(csv.reader(lines[1:]), start=2):
        if row:
            problem = _take(row, found)
            problems += [Problem(*problem, file=str(path), line=number)] if problem else []
    if problems:
        raise ScenarioError(problems)
    return found


def _take(row: list[str], found: dict[str, dict[str, Decimal]]) -> tuple[str, str, str, str] | None:
    """Add one line; return what is wrong with it: message, mend, field, value."""
    if len(row) != 3:
        return f"{len(row)} values", "write three: month, product, count", "", ",".join(row)
    month, product, text = (value.strip() for value in row)
    if not re.fullmatch(MONTH, month):
        return f"'{month}' is no month", "write 2026-09", "month", month
    try:
        count = Decimal(text)
    except InvalidOperation:
        return f"'{text}' is no number", "write it without separators: 21400", "count", text
    if not count.is_finite() or count < 0:
        return f"{text} is no count", "write zero or more", "count", text
    if month in found.setdefault(product, {}):
        return f"'{product}' has two counts in {month}", "leave one", "product", product
    found[product][month] = count
    return None
