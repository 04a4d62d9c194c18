"""Turns what people write (``5k to 20k requests/month``, ``pert(2, 3, 6) hours``, ``25%``, mappings) into quantities."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from tco_model.inputs import distributions as laws
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.quantity import Content, Formula, Growing, Monthly, Quantity, Steps, Value
from tco_model.inputs.within import interval_within
from tco_model.units import PLAIN, Unit, UnitError, parse_unit

_NUMBER = r"[-+]?(?:\d{1,3}(?:[,_]\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?"
_AMOUNT = re.compile(rf"\s*(?P<number>(?=[-+.\d]){_NUMBER})\s?(?P<suffix>(?:[kKMBT]|bn)(?![A-Za-z/]))?\s*(?P<percent>%)?")
_SUFFIXES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "T": 1e12}
_CALL = re.compile(r"\s*(?P<name>[A-Za-z_]+)\s*\((?P<args>[^()]*)\)\s*(?P<unit>.*)$", re.DOTALL)
_MONTH = re.compile(r"(\d{4})-(\d{2})$")
Bounds = tuple[float, float]
ANY, SHARE = (float("-inf"), float("inf")), (0.0, 1.0)
MAX_TEXT = 2_000
PROVENANCE_KEYS = ("source", "url", "as_of", "note", "owner")
VALUE_KEYS = ("value", "unit")
PATH_KEYS = ("start", "growth", "volatility", "steps", "monthly")

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


class QuantityError(ValueError):
    """A value that cannot be read: what is wrong, the move that mends it, and the key inside a mapping."""

    def __init__(self, message: str, mend: str, *path: str | int) -> None:
        """Hold the message, the mend and the path of the offending part."""
        super().__init__(message)
        self.message, self.mend, self.path = message, mend, path


def _in_written_unit(bounds: Bounds, rest: str, unit: Unit) -> Bounds:
    """Return the bounds of the field in the unit that was written; where the units do not fit, the check comes later."""
    try:
        written = parse_unit(rest) if rest and not rest.startswith("/") else PLAIN
        if unit.currency and written.currency:
            unit = unit / parse_unit(unit.currency) * parse_unit(written.currency)
        factor = float(unit.factor_to(written))
    except UnitError:
        return bounds
    return bounds[0] * factor, bounds[1] * factor


def read_quantity(raw: Any, *, bounds: Bounds | None = None, unit: Unit = PLAIN) -> Quantity:
    """Read a quantity from a scenario value.

    Args:
        raw: a number, a text, or a mapping with ``value`` (or a path) and provenance.
        bounds: the lowest and highest value the field allows, in `unit`; an interval gets a law that stays inside.
        unit: the field's unit, named in the mend of an error.

    Raises:
        QuantityError: with the rule and the move that mends.
    """
    if isinstance(raw, Mapping):
        return _from_mapping({str(key): value for key, value in raw.items()}, bounds, unit)
    content, written = _read_content(raw, bounds, unit)
    return Quantity(content, written, text=str(raw))


def _read_content(raw: Any, bounds: Bounds | None, unit: Unit) -> tuple[Content, Unit]:
    if isinstance(raw, bool) or raw is None or isinstance(raw, (list, dt.date)):
        raise QuantityError(f"{_show(raw)} is not a quantity", f"write a number with its unit, such as '{_example(unit)}'")
    if isinstance(raw, (int, float)):
        return _finite(float(raw), str(raw)), PLAIN
    text = str(raw).strip()
    if not text or len(text) > MAX_TEXT:
        raise QuantityError(
            "the value is empty" if not text else f"the text has {len(text):,} characters",
            f"write a number with its unit, such as '{_example(unit)}'",
        )
    if text.startswith("="):
        return Formula(text[1:].strip()), PLAIN
    return read_text(text, bounds=bounds, unit=unit)


def read_text(text: str, *, bounds: Bounds | None = None, unit: Unit = PLAIN) -> tuple[Value, Unit]:
    """Read a number, an interval or a law with its unit."""
    call = _CALL.match(text)
    if call and not text[0].isdigit():
        law, percent = _read_law(call["name"], call["args"])
        return law, _read_unit(call["unit"], percent, text)
    money = text.startswith("$")
    first, rest, percent = _read_amount(text.removeprefix("$"), text, unit)
    if re.match(r"to\b", rest):
        second, rest, percent_high = _read_amount(rest[2:].strip().removeprefix("$"), text, unit)
        if percent_high and not percent:
            first /= 100.0
        if percent and not percent_high:
            raise QuantityError(f"'{text}' gives % at one end only", f"write '{text.split(' to ')[0]} to {second:g}%'")
        if bounds is None:
            bounds = SHARE if percent_high and not re.search(r"/|per\b", rest) and first > 0 and second < 1 else ANY
        value: Value = _guarded(text, interval_within, first, second, *_in_written_unit(bounds, rest, unit))
        percent = percent_high
    else:
        value = first
    return value, _read_unit(f"USD {rest}" if money else rest, percent, text)


def _read_amount(text: str, whole: str, unit: Unit) -> tuple[float, str, bool]:
    match = _AMOUNT.match(text)
    if match is None or not re.search(r"\d", match["number"]):
        raise QuantityError(
            f"'{whole}' does not start with a number",
            f"write it like '{_example(unit)}', '{_example(unit, interval=True)}' or 'pert(low, mode, high)'",
        )
    number = match["number"].replace("_", "").replace(",", "")
    rest = text[match.end() :]
    if re.match(r",\d", rest):
        raise QuantityError(f"'{whole}' has a comma where none is read", "write decimals with a point: 1.5; thousands as 1,500 or 1.5k")
    value = _finite(float(number) * _SUFFIXES[match["suffix"] or ""], whole)
    return (value / 100.0 if match["percent"] else value), rest.strip(), bool(match["percent"])


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise QuantityError(f"'{_show(text)}' is not a finite number", "write a finite number; leave the field out where nothing is known")
    return value


def _read_law(name: str, args: str) -> tuple[Distribution, bool]:
    if name == "discrete":
        return _read_discrete(args)
    if name not in _LAWS:
        near = difflib.get_close_matches(name, [*_LAWS, "discrete"], n=1)
        raise QuantityError(
            f"unknown distribution '{name}'",
            f"did you mean '{near[0]}'?" if near else f"known: {', '.join([*_LAWS, 'discrete'])}, or an interval such as '5k to 20k'",
        )
    names, law = _LAWS[name]
    call = f"{name}({', '.join(names)})"
    parts = [part.strip() for part in args.split(",")]
    if len(parts) != len(names) or not all(parts):
        raise QuantityError(f"{name} takes {len(names)} numbers, not {len([part for part in parts if part])}", f"write {call}")
    read = [_read_amount(part, part, PLAIN) for part in parts]
    if any(rest for _, rest, _ in read):
        raise QuantityError(f"'{args}' holds more than numbers", f"write the unit after the bracket: {call} requests/month")
    return _guarded(f"{name}({args})", law, *(value for value, _, _ in read)), any(percent for _, _, percent in read)


def _read_discrete(args: str) -> tuple[Distribution, bool]:
    pairs = [part.partition(":") for part in args.split(",")]
    values = [_read_amount(value, value, PLAIN) for value, _, _ in pairs]
    weights = [_read_amount(weight, weight or args, PLAIN) for _, _, weight in pairs]
    law = _guarded(f"discrete({args})", laws.Discrete, tuple(value for value, _, _ in values), tuple(weight for weight, _, _ in weights))
    return law, any(percent for _, _, percent in values)


def _guarded(text: str, make: Callable[..., Distribution], *args: Any, **options: Any) -> Distribution:
    try:
        return make(*args, **options)
    except ValueError as error:
        message, _, mend = str(error).partition(";")
        raise QuantityError(f"'{text}': {message.strip()}", mend.strip() or "mend the numbers of the distribution") from None


def _read_unit(text: str, percent: bool, whole: str) -> Unit:
    text = text.strip()
    if not text:
        return PLAIN
    try:
        return parse_unit(f"1{text}" if text.startswith("/") else text)
    except UnitError as error:
        raise QuantityError(f"'{whole}': {error}", "write a unit such as USD/month, requests/month, USD/Mtoken, GB, %") from None


def _from_mapping(raw: dict[str, Any], bounds: Bounds | None, unit: Unit) -> Quantity:
    allowed = (*VALUE_KEYS, *PATH_KEYS, *PROVENANCE_KEYS)
    for key in raw:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, n=1)
            raise QuantityError(
                f"unknown key '{key}' in a quantity", f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(allowed)}", key
            )
    provenance = _read_provenance(raw)
    kinds = [key for key in ("value", "start", "steps", "monthly") if key in raw]
    if len(kinds) != 1:
        raise QuantityError(
            "a quantity needs exactly one of value, start, steps, monthly", f"write 'value: {_example(unit)}'", *(kinds[1:] or [])
        )
    reader = {"value": _read_value, "start": _read_growing, "steps": _read_steps, "monthly": _read_monthly}[kinds[0]]
    content, written = reader(raw, bounds, unit)
    if "unit" in raw:
        written = written * _read_unit(str(raw["unit"]), False, str(raw["unit"]))
    parts = {key: raw[key] for key in ("start", "growth") if key in raw} | dict(raw["steps"] if kinds[0] == "steps" else {})
    return Quantity(content, written, provenance, str(raw[kinds[0]]), tuple((str(key), str(value)) for key, value in parts.items()))


def _read_value(raw: dict[str, Any], bounds: Bounds | None, unit: Unit) -> tuple[Content, Unit]:
    for key in ("growth", "volatility"):
        if key in raw:
            raise QuantityError(f"'{key}' needs 'start', not 'value'", "write start: in place of value:", key)
    return _at("value", _read_content, raw["value"], bounds, unit)


def _read_growing(raw: dict[str, Any], bounds: Bounds | None, unit: Unit) -> tuple[Content, Unit]:
    start, written = _at("start", read_scalar, raw["start"], bounds, unit)
    growth = _read_growth("growth", raw.get("growth", "0%/year"))
    volatility = _read_growth("volatility", raw.get("volatility", "0%/year"))
    if isinstance(volatility, Distribution) or volatility < 0:
        raise QuantityError("volatility is one number of at least 0", "write volatility: 15%/year", "volatility")
    return Growing(start, growth, volatility), written


def _read_growth(key: str, raw: Any) -> Value:
    value, written = _at(key, read_scalar, raw, None, parse_unit("1/year"))
    if written == parse_unit("1/month") and not isinstance(value, Distribution) and key == "growth":
        return (1.0 + value) ** 12 - 1.0
    if written != parse_unit("1/year"):
        raise QuantityError(
            f"'{raw}' is not a yearly rate", f"write {key}: 20%/year" + (", or a fixed 2%/month" if key == "growth" else ""), key
        )
    if key == "growth" and (value.support[0] if isinstance(value, Distribution) else value) < -1.0:
        raise QuantityError(
            f"'{raw}' can shrink by more than 100% a year", "use a law that stays above -100%, such as pert(-40%, -20%, 0%)/year", key
        )
    return value


def _read_steps(raw: dict[str, Any], bounds: Bounds | None, unit: Unit) -> tuple[Content, Unit]:
    steps = raw["steps"]
    if not isinstance(steps, Mapping) or not steps:
        raise QuantityError("steps is a mapping of months to values", "write steps: {2027-01: 10, 2027-07: 20}", "steps")
    points: list[tuple[int, Value]] = []
    units: list[Unit] = []
    for key, value in steps.items():
        points.append((read_month(key, "steps", str(key)), _at(("steps", str(key)), read_scalar, value, bounds, unit)[0]))
        units.append(read_scalar(value, bounds, unit)[1])
    _one_unit(units, "steps")
    if [month for month, _ in points] != sorted({month for month, _ in points}):
        raise QuantityError("the months of steps must rise", "put them in order, each once", "steps")
    return Steps(tuple(points)), units[0]


def _read_monthly(raw: dict[str, Any], bounds: Bounds | None, unit: Unit) -> tuple[Content, Unit]:
    values = raw["monthly"]
    if not isinstance(values, list) or not values:
        raise QuantityError("monthly is a list of values, one a month", "write monthly: [10, 12, 15]", "monthly")
    read = [_at(("monthly", position), read_scalar, value, bounds, unit) for position, value in enumerate(values)]
    if any(isinstance(value, Distribution) for value, _ in read):
        raise QuantityError("monthly takes plain numbers", "use start / growth / volatility or steps for an uncertain path", "monthly")
    _one_unit([written for _, written in read], "monthly")
    return Monthly(tuple(float(value) for value, _ in read)), read[0][1]  # type: ignore[arg-type]


def _one_unit(units: list[Unit], key: str) -> None:
    if len(set(units)) > 1:
        raise QuantityError(f"{key} mixes the units {' and '.join(sorted({str(unit) for unit in units}))}", "write all in one unit", key)


def read_scalar(raw: Any, bounds: Bounds | None, unit: Unit) -> tuple[Value, Unit]:
    """Read a value that is not a path: a number, an interval or a law."""
    content, written = _read_content(raw, bounds, unit)
    if isinstance(content, (Formula, Growing, Steps, Monthly)):
        raise QuantityError(f"'{raw}' cannot stand here", "write a number, an interval or a distribution")
    return content, written


def _at(path: Any, read: Callable[..., Any], *args: Any) -> Any:
    """Run a reader and, where it fails, say in which part of the mapping."""
    try:
        return read(*args)
    except QuantityError as error:
        where = path if isinstance(path, tuple) else (path,)
        raise QuantityError(error.message, error.mend, *where, *error.path) from None


def read_month(raw: Any, *path: str | int) -> int:
    """Read ``2027-04`` as a count of months, year * 12 + month - 1."""
    match = _MONTH.match(str(raw).strip())
    if match is None or not 1 <= int(match[2]) <= 12:
        raise QuantityError(f"'{_show(raw)}' is not a month", "write it as year and month: 2027-04", *path)
    return int(match[1]) * 12 + int(match[2]) - 1


def _read_provenance(raw: Mapping[str, Any]) -> Provenance:
    texts = {key: str(raw[key]).strip() for key in ("source", "url", "note", "owner") if raw.get(key) is not None}
    as_of = raw.get("as_of")
    if isinstance(as_of, str):
        try:
            as_of = dt.date.fromisoformat(as_of)
        except ValueError:
            raise QuantityError(f"'{_show(as_of)}' is not a date", "write as_of: 2026-11-01", "as_of") from None
    if as_of is not None and not isinstance(as_of, dt.date):
        raise QuantityError(f"'{_show(as_of)}' is not a date", "write as_of: 2026-11-01", "as_of")
    if "url" in texts and not texts["url"].startswith(("http://", "https://")):
        raise QuantityError(f"'{_show(texts['url'])}' is not a web address", "write url: https://…", "url")
    found = Provenance(**texts, as_of=as_of)
    if not found.is_assumption and found.as_of is None:
        raise QuantityError("a sourced value needs its date", "add as_of: with the day the source was read or published", "source")
    return found


def _show(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _example(unit: Unit, *, interval: bool = False) -> str:
    amount = "10 to 20" if interval else "12.5"
    return amount if unit.is_plain else f"{amount} {unit}"
