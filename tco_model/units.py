"""Turns unit text such as ``USD/Mtoken`` into exact unit algebra: a closed list of symbols, products, ratios and scale factors.

Symbols stay as written (``Mtoken`` and ``token`` are different units), so a formula must name its conversions and nothing is
scaled in silence. `Unit.factor_to` gives the exact factor between two units of the same dimensions; the loader uses it.

A month is 730 hours and a twelfth of a year (365 days of 24 hours), the convention of cloud price lists.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "BRL", "CNY", "SGD")
MAX_POWER = 4
"""Beyond any real unit; exact factors of huge powers would take for ever."""
MONEY = "USD"
"""The symbol that stands for money in every declared unit; `Unit.in_currency` puts the scenario's currency in its place."""

_COUNTS = (
    "request", "token", "case", "task", "turn", "step", "call", "query", "document", "chunk", "vector", "prompt", "event",
    "incident", "GPU", "replica", "region", "machine", "account", "environment", "trace", "span", "series", "seat", "FTE", "person",
    "image", "PTU", "unit", "agent", "ticket", "conversation", "release", "deployment", "build", "job", "user", "sample", "page",
)  # fmt: skip

_SCALED: dict[str, tuple[str, Fraction]] = {
    "month": ("month", Fraction(1)),
    "year": ("month", Fraction(12)),
    "week": ("month", Fraction(7 * 24, 730)),
    "day": ("month", Fraction(24, 730)),
    "hour": ("month", Fraction(1, 730)),
    "minute": ("month", Fraction(1, 730 * 60)),
    "second": ("month", Fraction(1, 730 * 3600)),
    "ms": ("month", Fraction(1, 730 * 3600 * 1000)),
    "byte": ("byte", Fraction(1)),
    "KB": ("byte", Fraction(10**3)),
    "MB": ("byte", Fraction(10**6)),
    "GB": ("byte", Fraction(10**9)),
    "TB": ("byte", Fraction(10**12)),
    "PB": ("byte", Fraction(10**15)),
    "GiB": ("byte", Fraction(2**30)),
    "TiB": ("byte", Fraction(2**40)),
    "kW": ("kW", Fraction(1)),
    "W": ("kW", Fraction(1, 1000)),
    "MW": ("kW", Fraction(1000)),
    "kWh": ("kWh", Fraction(1)),
    "MWh": ("kWh", Fraction(1000)),
    "%": ("", Fraction(1, 100)),
    "share": ("", Fraction(1)),
}
_PREFIXES = {"k": 10**3, "M": 10**6, "B": 10**9}
_PREFIXED = ("token", "request", "vector", "query", "event", "span", "trace", "document", "case", "task", "call")

_ALIASES = {
    "$": "USD", "mo": "month", "yr": "year", "h": "hour", "hr": "hour", "min": "minute", "s": "second", "sec": "second",
    "d": "day", "queries": "query", "people": "person", "gpu": "GPU", "fte": "FTE", "bytes": "byte", "percent": "%",
    "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "1": "", "ratio": "", "days": "day", "tok": "token", "ktok": "ktoken", "Mtok": "Mtoken",
}  # fmt: skip

_SEPARATORS = ("/", "per", "*", "·")
_BITS = ("Kb", "Mb", "Gb", "Tb", "Pb")
"""Bits to a network engineer, so not read as bytes."""


def _symbol_table() -> dict[str, tuple[str, Fraction]]:
    table = dict(_SCALED)
    table |= {name: (name, Fraction(1)) for name in (*CURRENCIES, *_COUNTS)}
    table |= {prefix + name: (name, Fraction(size)) for prefix, size in _PREFIXES.items() for name in _PREFIXED}
    return table


SYMBOLS = _symbol_table()
"""Every symbol a unit may use: its dimension and the exact number of base units it holds."""


class UnitError(ValueError):
    """A unit text that cannot be read, or two units that do not fit together."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of symbols with whole exponents, such as ``USD/Mtoken``; the empty product is a plain number."""

    powers: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        """Return the unit of a product."""
        return _from_pairs((*self.powers, *other.powers))

    def __truediv__(self, other: Unit) -> Unit:
        """Return the unit of a ratio."""
        return self * other**-1

    def __pow__(self, exponent: int) -> Unit:
        """Return the unit raised to a whole exponent."""
        return _from_pairs((symbol, power * exponent) for symbol, power in self.powers)

    def __str__(self) -> str:
        """Spell the unit as a person writes it: ``USD/month``, ``1`` for a plain number."""
        above = "*".join(_spell(symbol, power) for symbol, power in self.powers if power > 0)
        below = [_spell(symbol, -power) for symbol, power in self.powers if power < 0]
        return "/".join([above or "1", *below])

    @property
    def shown(self) -> str:
        """The unit as a column of units shows it: ``USD/month``, and ``ratio`` for a number without a unit."""
        return str(self) if self.powers else "ratio"

    @property
    def is_plain(self) -> bool:
        """True for a number without a unit, a share included."""
        return not self.powers

    def dimensions(self) -> tuple[Fraction, dict[str, int]]:
        """Return the number of base units one of this unit holds, and the base dimensions with their exponents."""
        factor, dimensions = Fraction(1), dict[str, int]()
        for symbol, power in self.powers:
            dimension, size = SYMBOLS[symbol]
            factor *= size**power
            dimensions[dimension] = dimensions.get(dimension, 0) + power
        return factor, {name: power for name, power in dimensions.items() if power and name}

    def factor_to(self, other: Unit) -> Fraction:
        """Return the exact factor that turns a value in this unit into one in `other`.

        Raises:
            UnitError: the two units measure different things.
        """
        own, own_dimensions = self.dimensions()
        its, its_dimensions = other.dimensions()
        if own_dimensions != its_dimensions:
            raise UnitError(f"{self} cannot be turned into {other}")
        return own / its

    def in_currency(self, currency: str) -> Unit:
        """Return the unit with the money symbol replaced by `currency`."""
        return _from_pairs((currency if symbol == MONEY else symbol, power) for symbol, power in self.powers)

    @property
    def currency(self) -> str | None:
        """The currency that an amount in this unit is in, or None where it is not money."""
        return next((symbol for symbol, power in self.powers if symbol in CURRENCIES and power > 0), None)


def _spell(symbol: str, power: int) -> str:
    return symbol if power == 1 else f"{symbol}^{power}"


def _from_pairs(pairs: Iterable[tuple[str, int]]) -> Unit:
    powers = dict[str, int]()
    for symbol, power in pairs:
        powers[symbol] = powers.get(symbol, 0) + power
    return Unit(tuple(sorted((symbol, power) for symbol, power in powers.items() if power)))


PLAIN = Unit()


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit:
    """Read a unit as people write it: ``USD/month``, ``tokens per request``, ``USD/GPU/hour``, ``%``.

    ``%`` and ``share`` read as plain numbers here; the text forms of a value divide by a hundred where ``%`` is written.

    Raises:
        UnitError: a symbol that the closed list does not hold, with the nearest one; a separator with nothing beside it; a product
            after a ratio, such as ``USD/month*GPU``, which people read in two ways.
    """
    pairs: list[tuple[str, int]] = []
    sign, separator = 1, ""
    tokens = re.findall(r"[*/·^]|\bper\b|-?\d+|%|\$|[A-Za-z]+(?:-[A-Za-z]+)*|\S", text.strip())
    position = 0
    while position < len(tokens):
        word = tokens[position]
        position += 1
        if word in _SEPARATORS:
            if separator or (word in "*·" and not pairs):
                raise UnitError(f"'{text}': a unit is missing beside '{word}'")
            if word in "*·" and sign < 0:
                raise UnitError(f"'{text}' can be read in two ways: write a/b/c, or the product first: a*c/b")
            sign, separator = (sign if word in "*·" else -1), word
            continue
        separator = ""
        exponent = 1
        if position + 1 < len(tokens) and tokens[position] == "^":
            exponent = _exponent(text, tokens[position + 1])
            position += 2
        parts = [word] if word in SYMBOLS else word.split("-")
        pairs.extend((_known_symbol(part, text), sign * exponent) for part in parts)
    if separator:
        raise UnitError(f"'{text}': a unit is missing after '{separator}'")
    unit = _from_pairs((symbol, power) for symbol, power in pairs if symbol not in ("", "%", "share"))
    if any(abs(power) > MAX_POWER for _, power in unit.powers):
        raise UnitError(f"'{text}': a unit is raised to {MAX_POWER} at most")
    return unit


def _exponent(text: str, word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise UnitError(f"'{text}': the exponent {word!r} is not a whole number") from None


def _known_symbol(word: str, text: str) -> str:
    lower = "" if word in _BITS else word.lower()
    for spelling in (word, word.removesuffix("s"), lower, lower.removesuffix("s")):
        if spelling in SYMBOLS:
            return spelling
        if spelling in _ALIASES:
            return _ALIASES[spelling]
    near = [word.upper()] if word in _BITS else difflib.get_close_matches(word, [*SYMBOLS, *_ALIASES], n=1)
    hint = f"; did you mean '{near[0]}'?" if near else "; known: " + ", ".join([*_COUNTS[:8], "USD", "month", "hour", "GB", "%"]) + " …"
    raise UnitError(f"'{text}' holds an unknown unit '{word}'{hint}")
