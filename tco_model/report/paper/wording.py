"""Turns figures into the short texts of a paper's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tco_model.analysis.spread import Estimate
from tco_model.report.format import chance, chance_error, percent, short_number, signed_number
from tco_model.report.headline import Probability, Range

NONE = "–"
"""In a cell that has nothing to say."""


def is_share(unit: str, *values: float) -> bool:
    """Say whether values of an input are read in percent: a ratio that stays between 0 and 1."""
    return unit == "share" or (unit == "ratio" and all(0.0 <= value <= 1.0 for value in values))


def value_text(value: float, unit: str, *, share: bool = False, path: bool = False, error: float | None = None) -> str:
    """Spell a value of an input, with its error: a share and a yearly rate in percent, a path as a factor of what it is now."""
    if path:
        return f"{_with_error(plain_number(value), error, plain_number)} × its path"
    if unit == "1/year":
        return _with_error(_percent(value, 2), error, lambda size: _percent(size, 2)) + "/year"
    if share:
        return _with_error(_percent(value, 1), error, lambda size: _percent(size, 1))
    held = _with_error(plain_number(value), error, lambda size: plain_number(size, 2))
    return f"{held} {'' if unit == 'ratio' else unit}".rstrip()


def _with_error(text: str, error: float | None, spell: Callable[[float], str]) -> str:
    return text if error is None else f"{text} ± {spell(error)}"


def plain_number(value: float, digits: int = 4) -> str:
    """Spell a value of an input: plain digits without needless zeros, a scale letter from 10 k."""
    small = abs(value) < 9_999.5
    return f"{value:.{digits}g}".replace("-", "−") if small and (abs(value) < 10**digits or digits > 3) else short_number(value, digits)


def _percent(value: float, decimals: int) -> str:
    spelled = percent(abs(value), decimals)
    return f"−{spelled}" if value < 0.0 else spelled


def span_text(found: Range, digits: int = 3) -> str:
    """Spell P10 to P90."""
    return f"{short_number(found.p10, digits)} to {short_number(found.p90, digits)}"


def chance_text(found: Probability) -> str:
    """Spell a probability with its Monte Carlo error; where it is certain there is none."""
    return f"{chance(found.value)} ± {chance_error(found.error)}" if found.error else chance(found.value)


def estimate_text(found: Estimate) -> str:
    """Spell a mean with its Monte Carlo error."""
    return f"{short_number(found.value)} ± {short_number(found.error, 2)}" if found.error else short_number(found.value)


def signed_estimate(found: Estimate) -> str:
    """Spell a difference with its Monte Carlo error."""
    return f"{signed_number(found.value)} ± {short_number(found.error, 2)}" if found.error else signed_number(found.value)


def per(unit: str) -> str:
    """Spell a unit as people say it: USD per case."""
    return unit.replace("/", " per ")


def listed(names: Iterable[str], last: str = "and") -> str:
    """Spell names one after the other: ``a, b and c``; with semicolons where a name holds a comma."""
    held = list(names)
    if len(held) < 2:
        return "".join(held)
    comma = ";" if any("," in name for name in held) else ","
    return f"{f'{comma} '.join(held[:-1])}{comma if comma == ';' else ''} {last} {held[-1]}"


def capital(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a text that begins with a capital and ends with a full stop."""
    held = capital(text.strip())
    return held if not held or held.endswith((".", "!", "?", ":")) else f"{held}."
