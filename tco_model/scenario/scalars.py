"""Turns an unquoted word of YAML into the value it stands for, by one documented reading.

YAML 1.2, narrowed: ``true`` and ``false`` are booleans, ``no``, ``yes`` and ``1:30`` are text, ``1e3`` is 1000, ``012`` is 12,
``2026-11-01`` is a date, ``~``, ``null`` and nothing are no value. What is neither of these is text.
"""

from __future__ import annotations

import datetime as dt
import math
import re

Scalar = str | int | float | bool | dt.date | None
MAX_DIGITS = 300
_INTEGER = re.compile(r"[-+]?[0-9]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_SPECIAL = re.compile(r"[-+]?\.(inf|nan)$", re.IGNORECASE)
_NOTHING = ("", "~", "null", "Null", "NULL")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class ScalarError(ValueError):
    """A word that looks like a number or a date and is none: the message, and the move that mends it."""

    def __init__(self, message: str, mend: str) -> None:
        """Hold the message and the mend."""
        super().__init__(message)
        self.message, self.mend = message, mend


def read_scalar(text: str) -> Scalar:
    """Read an unquoted word.

    Raises:
        ScalarError: NaN, infinity, a number beyond the range of floats, a day that the calendar lacks.
    """
    if text in _NOTHING:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _SPECIAL.match(text):
        raise ScalarError(f"'{text}' is not a finite number", "write a finite number, or leave the field out where nothing is known")
    if _INTEGER.match(text) or _FLOAT.match(text):
        return _number(text)
    if _DATE.match(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ScalarError(f"'{text}' is not a day of the calendar", "write a date such as 2026-11-01") from None
    return text


def _number(text: str) -> int | float:
    if len(text) <= MAX_DIGITS:
        number = int(text) if _INTEGER.match(text) else float(text)
        if math.isfinite(number):
            return number
    shown = text if len(text) <= 40 else f"{text[:37]}…"
    raise ScalarError(f"'{shown}' is too large a number", "write the number that is meant, such as 1.2M or 3.5e6")
