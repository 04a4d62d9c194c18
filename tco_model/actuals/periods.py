"""Turns billing periods, written year-month, into the ones before, after and between them."""

from __future__ import annotations

import calendar

MONTH = r"\d{4}-(0[1-9]|1[0-2])"
"""How a month is written."""


def month_plus(month: str, count: int) -> str:
    """Return the month that is `count` months after (before where negative)."""
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 + count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Return all months from the first to the last, both included; none where the last is before the first."""
    count = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1
    return tuple(month_plus(first, place) for place in range(max(count, 0)))


def days_in(month: str) -> int:
    """Return how many days a month has."""
    return calendar.monthrange(int(month[:4]), int(month[5:7]))[1]
