"""Turns numbers into the text that stands on charts, spelled as everywhere in the product: 1.60 M, 12.5 k, 46%."""

from __future__ import annotations

import math

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))

AXIS_LABEL = (
    "datum.value == 0 ? '0'"
    " : abs(datum.value) >= 9.995e11 ? format(datum.value / 1e12, ',.4~g') + ' T'"
    " : abs(datum.value) >= 9.995e8 ? format(datum.value / 1e9, '.4~g') + ' B'"
    " : abs(datum.value) >= 9.995e5 ? format(datum.value / 1e6, '.4~g') + ' M'"
    " : abs(datum.value) >= 9999.5 ? format(datum.value / 1e3, '.4~g') + ' k'"
    " : format(datum.value, ',.4~g')"
)
"""Vega expression for the labels of an axis of amounts: 0, 2.5 M, −40 k. It reads the number of the tick and nothing else."""
PERCENT_LABEL = "format(datum.value, '.0%')"
"""Vega expression for the labels of an axis of shares: 25%."""
EXACT, EXACT_SHARE = ",.2f", ".2%"
"""Formats of a tooltip: full precision on hover."""


def short(value: float, digits: int = 3) -> str:
    """Spell an amount with about `digits` significant digits and a scale letter: ``1.60 M``, ``12.5 k``, ``0.41``."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    if value < 0:
        return f"−{short(-value, digits)}"
    for size, letter in _SCALES:
        if value >= size * (1 - 0.5 * 10**-digits) and (letter != "k" or value >= 9_999.5):
            return f"{_significant(value / size, digits)} {letter}"
    return _significant(value, digits)


def _significant(value: float, digits: int) -> str:
    rounded = float(f"{value:.{digits - 1}e}")
    decimals = digits - 1 - math.floor(math.log10(rounded))
    return f"{value:,.{min(max(decimals, 0), 8)}f}"


def plain(value: float) -> str:
    """Spell a round amount as an axis does, without digits that say nothing: ``2 M``, ``1.5 M``, ``500``."""
    number, space, letter = short(value).partition(" ")
    return (number.rstrip("0").rstrip(".") if "." in number else number) + space + letter


def signed(value: float) -> str:
    """Spell a difference with its sign: ``+0.23 M``, ``−41.0 k``; a plain 0 where there is none."""
    return "0" if value == 0 else f"{'+' if value > 0 else '−'}{short(abs(value))}"


def share(value: float, decimals: int = 0) -> str:
    """Spell a share: ``62%``."""
    return f"{100 * value:.{decimals}f}%"


def chance(value: float) -> str:
    """Spell a probability: ``46%``; never 0% or 100% unless it is exactly so."""
    if 0 < value < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < value < 1 else share(value)


def chance_error(error: float) -> str:
    """Spell the Monte Carlo error of a probability: ``0.5%``, ``under 0.1%``."""
    return share(error, 1) if error >= 0.0005 else "under 0.1%"


def joined(parts: list[str]) -> str:
    """Join words as a sentence does: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def named(figure: str) -> str:
    """Return a figure's words within a sentence: ``the present value of cost``; ``what B costs more than A`` takes no article."""
    return figure if figure.startswith("what ") else f"the {figure}"


def counted(number: int, word: str) -> str:
    """Return a number of things: ``1 option``, ``3 options``."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")
