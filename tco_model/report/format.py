"""Turns numbers into the text people write: 1.60 M USD, 0.41 USD, 59 of 100, 62.5%."""

from __future__ import annotations

import math

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def short_number(value: float, digits: int = 3) -> str:
    """Spell a number with about `digits` significant digits and a scale letter: 1.60 M, 12.5 k, 0.41."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    if value < 0:
        return f"−{short_number(-value, digits)}"
    for size, letter in _SCALES:
        if abs(value) >= size * (1 - 0.5 * 10**-digits) and (letter != "k" or abs(value) >= 9_999.5):
            return f"{_significant(value / size, digits)} {letter}"
    return _significant(value, digits)


def _significant(value: float, digits: int) -> str:
    rounded = abs(float(f"{value:.{digits - 1}e}"))  # 9.999 has one digit less after the point once it is 10.0
    decimals = digits - 1 - math.floor(math.log10(rounded))
    return f"{value:,.{min(max(decimals, 0), 8)}f}"


def money(value: float, currency: str, digits: int = 3) -> str:
    """Spell an amount: ``1.60 M USD``."""
    return f"{short_number(value, digits)} {currency}"


def signed_money(value: float, currency: str, digits: int = 3) -> str:
    """Spell a difference with its sign: ``+0.23 M USD``, ``−41.0 k USD``."""
    return f"{signed_number(value, digits)} {currency}"


def signed_number(value: float, digits: int = 3) -> str:
    """Spell a difference with its sign: ``+0.23 M``, ``−41.0 k``; a plain 0 where there is none."""
    if value == 0:
        return "0"
    return f"{'+' if value > 0 else '−'}{short_number(abs(value), digits)}"


def percent(value: float, decimals: int = 1) -> str:
    """Spell a share: ``62.5%``."""
    return f"{100 * value:.{decimals}f}%"


def of_hundred(value: float) -> str:
    """Spell a probability as futures out of a hundred; never 0 or 100 unless it is exactly so."""
    if 0 < value < 0.01:
        return "fewer than 1 of 100"
    if 0.99 < value < 1:
        return "more than 99 of 100"
    return f"{round(100 * value)} of 100"


def chance(value: float) -> str:
    """Spell a probability in a table: ``61%``; never 0% or 100% unless it is exactly so."""
    if 0 < value < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < value < 1 else percent(value, 0)


def chance_error(error: float) -> str:
    """Spell the Monte Carlo error of a probability: ``0.5%``, ``under 0.1%``."""
    return percent(error, 1) if error >= 0.0005 else "under 0.1%"


def month_name(month: int) -> str:
    """Spell a month counted as year * 12 + month - 1: ``2027-04``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
