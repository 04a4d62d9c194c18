"""Turns the counts of a workspace, how many cases were resolved a month, into figures by product and month."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tco_model.actuals.periods import MONTH
from tco_model.actuals.values import MOST_AMOUNT
from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.files import MOST_BYTES, read_bounded

OUTCOMES = "outcomes.csv"
"""Of a workspace: counts of business outcomes by month."""
LEAST_PLACE = -12
"""Power of ten of the smallest count: one that is smaller is a slip, and what is divided by it no amount."""
Counts = Mapping[str, Decimal]
"""By month."""


def read_outcomes(path: Path) -> dict[str, dict[str, Decimal]]:
    """Read counts: a heading, then month (year-month), product and count a line.

    Raises:
        ScenarioError: everything that is wrong with the file, by line.
    """
    try:
        lines = read_bounded(path, MOST_BYTES).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ScenarioError(Problem(f"cannot be read: {reason}", "name a CSV of month, product, count", file=str(path))) from None
    found: dict[str, dict[str, Decimal]] = {}
    problems: list[Problem] = []
    number = 1
    try:
        for number, row in enumerate(csv.reader(lines[1:]), start=2):
            problem = _take(row, found) if row else None
            problems += [Problem(*problem, file=str(path), line=number)] if problem else []
    except csv.Error as error:
        problems.append(Problem(f"no CSV: {error}", "close the quote, or take it out", file=str(path), line=number + 1))
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
        count = Decimal(text.replace("_", "no digit"))
    except InvalidOperation:
        return f"'{text}' is no number", "write it without separators: 21400", "count", text
    if not count.is_finite() or not 0 <= count < MOST_AMOUNT or (count and count.adjusted() < LEAST_PLACE):
        return f"{text[:40]} is no count", f"write zero or more, and less than {MOST_AMOUNT:.0e}, to {-LEAST_PLACE} decimals", "count", text
    if month in found.setdefault(product, {}):
        return f"'{product}' has two counts in {month}", "leave one", "product", product
    found[product][month] = count
    return None
