"""Turns the text of one value (``12.5k requests/month``, ``62% to 71%``, ``pert(2, 3, 6) hours``) into a number or a law with its unit.

The readings, one for each way of writing:

- ``1.5``, ``1e3``, ``012`` (12), ``1,500`` and ``1_500`` (thousands), ``12.5k``, ``2.5 M/day``, ``3bn``: k, M, B (bn) and T are
  powers of 1000.
- ``25%`` is 0.25. ``$5``, ``€5`` and ``£5`` are USD, EUR and GBP.
- ``5k to 20k USD`` (also with a dash, ``5k–20k``) is a 90% interval, its unit once and at the end: lognormal where both ends are
  positive, normal where one is not, logit-normal for a share, and always inside the range that the field allows.
- ``pert(low, mode, high)`` and the other laws take plain numbers, their unit after the bracket.
- A typographic minus, and spaces that do not break, are read as plain ones.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from typing import Any

from tco_model.inputs import distributions as laws
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.quantity import Value
from tco_model.inputs.within import interval_within
from tco_model.units import CURRENCIES, PLAIN, Unit, UnitError, parse_unit

Bounds = tuple[float, float]
ANY, SHARE = (float("-inf"), float("inf")), (0.0, 1.0)
LARGEST, SMALLEST = 1e30, 1e-30
"""Sizes beyond these are slips of the pen; inside them no product of a model's inputs overflows."""
MAX_SHOWN = 60
_NUMBER = r"[-+]?(?:\d{1,3}(?:[,_]\d{3})+(?!\d)|\d+)?(?:\.(?!\.)\d*)?(?:[eE][-+]?\d+)?"
_AMOUNT = re.compile(rf"(?P<number>(?=[-+.\d]){_NUMBER})(?:\s?(?P<suffix>[kKMBT]|bn)(?![A-Za-z]))?\s*(?P<percent>%)?")
_SUFFIXES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "T": 1e12}
_CALL = re.compile(r"(?P<name>[A-Za-z_]+)\s*\((?P<args>[^()]*)\)\s*(?P<unit>.*)$", re.DOTALL)
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
_PLAIN_CHARACTERS = str.maketrans(
    {"−": "-", "\u2010": "-", "\u2011": "-", "\xa0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "·": "*", "×": "*"}
)
_DASH = re.compile(r"(?<=[\w%)])\s*[–—]\s*(?=[-+.\d$€£])")

_LAWS: dict[str, tuple[tuple[str, ...], Callable[..., Distribution]]] = {
    "pert": (("low", "mode", "high"), laws.Pert),
    "triangular": (("low", "mode", "high"), laws.Triangular),
    "normal": (("mean", "sd"), laws.Normal),
    "lognormal": (("mean", "sd"), laws.LogNormal.from_mean_sd),
    "uniform": (("low", "high"), laws.Uniform),
    "beta": (("alpha", "beta"), laws.Beta),
    "poisson": (("rate",), laws.Poisson),
    "bernoulli": (("probability",), laws.Bernoulli),
}
LAW_NAMES = (*_LAWS, "discrete")

_SLIPS: tuple[tuple[str, str, str], ...] = (
    (r",\d", "has a comma where none is read", "write decimals with a point: 1.5; thousands as 1,500 or 1.5k"),
    (r"\.\d", "has two decimal points", "write decimals with one point: 1.5; thousands as 1,500 or 1.5k"),
    (r":", "has a ':' where none is read", "write a duration as one number: 1.5 hours"),
    (r"\d", "has a space inside a number", "write thousands as 1,500, 1500 or 1.5k"),
    (r"(?:-|–|—|\.\.+|~)\s*[$€£]?\d", "is not an interval", "write an interval with 'to': 5k to 20k"),
    (r"(?:±|\+/?-)", "is not an interval", "write an interval with 'to', such as 90 to 110, or normal(mean, sd)"),
    (r"(?:[^%]*%|per\s?cent\b)", "has % where none is read", "write % right after the number: 25%, 25%/year, pert(10%, 20%, 30%)"),
    (r".*(/|per)\s*(1\s?[kMB]\b|1,?000|a? ?thousand|a? ?million)", "has a number in its unit", "write USD/ktoken or USD/Mtoken"),
    (r".*\bto\b", "has a unit inside the interval", "write the unit once, at the end: 5k to 20k requests/month"),
    (r"[+]", "has a + where none is read", "write an interval: 5k to 20k"),
)  # fmt: skip
"""What people write after a number and no unit can be: a pattern, what is wrong, the move that mends it."""


class QuantityError(ValueError):
    """A value that cannot be read: what is wrong, the move that mends it, and the key inside a mapping."""

    def __init__(self, message: str, mend: str, *path: str | int) -> None:
        """Hold the message, the mend and the path of the offending part."""
        super().__init__(message)
        self.message, self.mend, self.path = message, mend, path


def read_text(text: str, *, bounds: Bounds | None = None, unit: Unit = PLAIN) -> tuple[Value, Unit]:
    """Read a number, an interval or a law with its unit.

    Args:
        text: what was written.
        bounds: the lowest and highest value the field allows, in `unit`; an interval gets a law that stays inside.
        unit: the field's unit, named in the mend of an error.

    Raises:
        QuantityError: with the rule and the move that mends.
    """
    text = _DASH.sub(" to ", text.translate(_PLAIN_CHARACTERS)).replace("–", "-").strip()
    call = _CALL.match(text)
    if call:
        return _read_law(call["name"], call["args"]), read_unit(call["unit"], text, unit)
    first, rest, percent, money = _read_amount(text, text, unit)
    if not re.match(r"to\b", rest):
        return finite(first, text), _money(money, read_unit(rest, text, unit), text)
    second, rest, percent_high, money_high = _read_amount(rest[2:].strip(), text, unit)
    if percent_high and not percent:
        first /= 100.0
    if percent and not percent_high:
        raise QuantityError(f"'{shown(text)}' gives % at one end only", f"write '{text.split(' to ')[0]} to {second:g}%'")
    written = _money(money or money_high, read_unit(rest, text, unit), text)
    if bounds is None:
        bounds = SHARE if percent_high and written.is_plain and first > 0 and second < 1 else ANY
    return _guarded(text, interval_within, first, second, *_in_written_unit(bounds, unit, written)), written


def _in_written_unit(bounds: Bounds, unit: Unit, written: Unit) -> Bounds:
    """Return the bounds of the field in the unit that was written; where the units do not fit, the check comes later."""
    if unit.currency and written.currency:
        unit = unit / parse_unit(unit.currency) * parse_unit(written.currency)
    try:
        factor = float(unit.factor_to(written))
    except UnitError:
        return bounds
    return bounds[0] * factor, bounds[1] * factor


def _read_amount(text: str, whole: str, unit: Unit) -> tuple[float, str, bool, str]:
    """Read a number; return it, what follows, whether % was written, and the currency of the sign before it."""
    money = _SIGNS.get(text[:1], "")
    start = text[1:].strip() if money else text
    match = _AMOUNT.match(start)
    if match is None or not re.search(r"\d", match["number"]):
        said = "is not a finite number" if re.match(r"[-+]?(nan|inf)", start, re.IGNORECASE) else "does not start with a number"
        examples = f"'{example(unit)}', '{example(unit, interval=True)}' or 'pert(low, mode, high)'"
        raise QuantityError(f"'{shown(whole)}' {said}", f"write it like {examples}")
    number = match["number"].replace("_", "").replace(",", "")
    value = finite(float(number) * _SUFFIXES[match["suffix"] or ""], whole, 0.0)
    return (value / 100.0 if match["percent"] else value), start[match.end() :].strip(), bool(match["percent"]), money


def finite(value: float, text: str, smallest: float = SMALLEST) -> float:
    """Return a number of a size that can be meant.

    Raises:
        QuantityError: infinite, not a number, beyond `LARGEST`, or nearer to zero than `smallest`.
    """
    if not math.isfinite(value):
        raise QuantityError(f"'{shown(text)}' is not a finite number", "write a finite number; leave the field out where nothing is known")
    if value and not smallest <= abs(value) <= LARGEST:
        size = "large" if abs(value) > LARGEST else "small"
        raise QuantityError(f"'{shown(text)}' is too {size} a number to be meant", f"write one between {SMALLEST:g} and {LARGEST:g}, or 0")
    return value


def _read_law(name: str, args: str) -> Distribution:
    if name == "discrete":
        return _read_discrete(args)
    if name not in _LAWS:
        near = difflib.get_close_matches(name.lower()[:40], LAW_NAMES, n=1)
        mend = f"did you mean '{near[0]}'?" if near else f"write one of {', '.join(LAW_NAMES)}, or an interval such as 5k to 20k"
        raise QuantityError(f"unknown distribution '{shown(name)}'", mend)
    names, law = _LAWS[name]
    call = f"{name}({', '.join(names)})"
    parts = [part.strip() for part in args.split(",")]
    if len(parts) != len(names) or not all(parts):
        raise QuantityError(f"{name} takes {len(names)} numbers, not {len([part for part in parts if part])}", f"write {call}")
    read = [_law_number(part, call) for part in parts]
    _same_marks(read, f"{name}({args})")
    return _guarded(f"{name}({args})", law, *(value for value, _ in read))


def _law_number(text: str, call: str) -> tuple[float, bool]:
    text = text.strip()
    value, rest, percent, money = _read_amount(text, text, PLAIN)
    if rest or money:
        mend = f"write the unit once, after the bracket: {call} USD/month, or leave it out where the field has none"
        raise QuantityError(f"'{shown(text)}' inside a law is more than a number", mend)
    return value, percent


def _same_marks(read: list[tuple[float, bool]], text: str) -> None:
    """Refuse a law with % at some of its numbers only; a zero is a zero either way."""
    marked = {percent for value, percent in read if value != 0.0}
    if len(marked) > 1:
        raise QuantityError(f"'{shown(text)}' has % at some of its numbers only", "write % after each number, or after none")


def _read_discrete(args: str) -> Distribution:
    call, pairs = "discrete(value: share, value: share)", [part.partition(":") for part in args.split(",")]
    if not all(value.strip() and share.strip() for value, _, share in pairs):
        raise QuantityError(f"'discrete({shown(args)})' needs a share for each value", "write discrete(1: 30%, 2: 70%)")
    values = [_law_number(value, call) for value, _, _ in pairs]
    shares = [_law_number(share, call)[0] for _, _, share in pairs]
    _same_marks(values, f"discrete({args})")
    return _guarded(f"discrete({args})", laws.Discrete, tuple(value for value, _ in values), tuple(shares))


def _guarded(text: str, make: Callable[..., Distribution], *args: Any) -> Distribution:
    """Build a law; what it refuses is told with the text that was written."""
    try:
        law = make(*args)
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        message, _, mend = str(error).partition(";")
        rule = message.partition(": ")[2] or message
        mend = mend.strip() or "write other numbers, or an interval such as 5k to 20k"
        raise QuantityError(f"'{shown(text)}': {rule.strip()}", mend) from None
    for value in (law.mean, law.variance):
        if not abs(value) <= LARGEST**2:
            raise QuantityError(f"'{shown(text)}' spreads too wide to be meant", "bring its ends nearer to each other")
    return law


def read_unit(text: str, whole: str, wanted: Unit = PLAIN) -> Unit:
    """Read the unit that follows a value, `whole` the text of both; `wanted` is named in the mend.

    Raises:
        QuantityError: an unknown unit, or something that is no unit at all.
    """
    text = text.strip()
    if not text:
        return PLAIN
    for pattern, said, mend in _SLIPS:
        if re.match(pattern, text, re.IGNORECASE):
            raise QuantityError(f"'{shown(whole)}' {said}", mend)
    try:
        return parse_unit(f"1{text}" if text.startswith("/") else text)
    except UnitError as error:
        raise _unknown_unit(str(error), whole, wanted) from None


def _unknown_unit(error: str, whole: str, wanted: Unit) -> QuantityError:
    """Tell which word is no unit, with the nearest one that is, or the unit that the field needs."""
    word = re.search(r"unknown unit '(.*?)'(?:;|$)", error, re.DOTALL)
    mend = f"write the unit as {wanted}" if not wanted.is_plain else "write a unit such as USD/month, requests/month, USD/Mtoken, GB"
    if word is None:
        return QuantityError(f"'{shown(whole)}': {error.partition(': ')[2] or error}", mend)
    near = re.search(r"; (did you mean '.*'\?)$", error)
    if word[1].upper() in CURRENCIES:
        mend = f"did you mean '{word[1].upper()}'?"
    elif near and len(word[1]) > 2:
        mend = near[1]
    return QuantityError(f"'{shown(whole)}' holds an unknown unit '{shown(word[1])}'", mend)


def _money(sign: str, unit: Unit, whole: str) -> Unit:
    """Return the unit with the currency whose sign stood before the number."""
    if sign and unit.currency:
        raise QuantityError(f"'{shown(whole)}' names its currency twice", f"write either the sign or {unit.currency}")
    return parse_unit(sign) * unit if sign else unit


def shown(value: Any) -> str:
    """Spell a value in at most 60 characters."""
    text = str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def example(unit: Unit, *, interval: bool = False) -> str:
    """Return an example of a value in `unit`."""
    amount = "10 to 20" if interval else "12.5"
    return amount if unit.is_plain else f"{amount} {unit}"
