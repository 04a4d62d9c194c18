"""Turns what stands for a quantity in a scenario (a number, a text, or a mapping with path and provenance) into a `Quantity`.

Paths: ``{start, growth, volatility}`` starts in the first month and grows by a yearly rate, compounded monthly.
``{steps: {2027-01: …, 2027-07: …}}`` holds each value from its month until the next, in rising order; before its first month the first
value holds, so a step may lie before the timeline. ``{monthly: […]}`` has one value a month from the first; the last one holds on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from tco_model.inputs.distributions import Distribution
from tco_model.inputs.literal import Bounds, QuantityError, example, finite, read_text, read_unit, shown
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.quantity import Content, Formula, Growing, Monthly, Quantity, Steps, Value, bounds_of, mean_of
from tco_model.units import PLAIN, Unit, parse_unit

__all__ = ["PATH_KEYS", "PROVENANCE_KEYS", "VALUE_KEYS", "QuantityError", "read_month", "read_quantity", "read_scalar", "read_text"]

MAX_TEXT = 2_000
FIRST_YEAR, LAST_YEAR = 1990, 2200
FASTEST_GROWTH = 10.0
"""A path may grow elevenfold a year; beyond that a % was forgotten."""
HIGHEST_VOLATILITY = 5.0
PROVENANCE_KEYS = ("source", "url", "as_of", "note", "owner")
VALUE_KEYS = ("value", "unit")
PATH_KEYS = ("start", "growth", "volatility", "steps", "monthly")
_MONTH = re.compile(r"(\d{4})-(\d{2})$")
_YEARLY, _MONTHLY = parse_unit("1/year"), parse_unit("1/month")

_Field = tuple[Bounds | None, Unit]
"""The range and the unit of the field that is read."""


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
        mapping = cast("Mapping[Any, Any]", raw)
        return _from_mapping({str(key): value for key, value in mapping.items()}, (bounds, unit))
    content, written = _read_content(raw, (bounds, unit))
    return Quantity(content, written, text=str(raw))


def _read_content(raw: Any, field: _Field) -> tuple[Content, Unit]:
    mend = f"write a number with its unit, such as '{example(field[1])}'"
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return finite(float(raw) if abs(raw) < 1e300 or raw != raw else float("inf"), str(raw)), PLAIN
    if not isinstance(raw, str):
        said = "nothing" if raw is None else "a mapping inside a value" if isinstance(raw, Mapping) else f"'{shown(raw)}'"
        raise QuantityError(f"{said} is not a quantity", mend)
    text = raw.strip()
    if not text or len(text) > MAX_TEXT:
        raise QuantityError("the value is empty" if not text else f"the text has {len(text):,} characters", mend)
    if text.startswith("="):
        return Formula(text[1:].strip()), PLAIN
    return read_text(text, bounds=field[0], unit=field[1])


def read_scalar(raw: Any, bounds: Bounds | None, unit: Unit) -> tuple[Value, Unit]:
    """Read a value that is not a path: a number, an interval or a law."""
    content, written = _read_content(raw, (bounds, unit))
    if isinstance(content, (Formula, Growing, Steps, Monthly)):
        raise QuantityError(f"'{shown(raw)}' is a formula and cannot be part of a path", "write a number, an interval or a distribution")
    return content, written


def _from_mapping(raw: dict[str, Any], field: _Field) -> Quantity:
    allowed = (*VALUE_KEYS, *PATH_KEYS, *PROVENANCE_KEYS)
    for key in raw:
        if key not in allowed:
            raise QuantityError(f"unknown key '{shown(key)}' in a quantity", _nearest_key(key, allowed), key)
    provenance = _read_provenance(raw)
    kinds = [key for key in ("value", "start", "steps", "monthly") if key in raw]
    if len(kinds) != 1:
        said = f"{' and '.join(kinds)} stand together" if kinds else "the quantity has no value"
        mend = f"keep one of {', '.join(kinds)}" if kinds else f"write 'value: {example(field[1])}'"
        raise QuantityError(f"{said}: one of value, start, steps, monthly is needed", mend, *kinds[1:2])
    kind = kinds[0]
    for key in ("growth", "volatility"):
        if key in raw and kind != "start":
            raise QuantityError(f"'{key}' needs 'start', not '{kind}'", f"write start: in place of {kind}:, or leave {key} out", key)
    read = {"value": _read_value, "start": _read_growing, "steps": _read_steps, "monthly": _read_monthly}[kind]
    content, written = read(_with_unit(raw, kind), field)
    parts = {key: raw[key] for key in ("start", "growth") if key in raw}
    if kind == "steps":
        parts |= raw["steps"]
    return Quantity(content, written, provenance, str(raw[kind]), tuple((str(key), str(value)) for key, value in parts.items()))


def _nearest_key(key: str, allowed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key[:40], allowed, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(allowed)}"


def _with_unit(raw: dict[str, Any], kind: str) -> dict[str, Any]:
    """Write the unit given apart behind each number, so that it is read once, the same way."""
    if "unit" not in raw:
        return raw
    unit = raw["unit"]
    if not isinstance(unit, str) or not unit.strip():
        raise QuantityError(f"'{shown(unit)}' is not a unit", "write unit: USD/month, or leave it out", "unit")
    read_unit("" if unit.strip() == "%" else unit, unit)

    def joined(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)) or str(value).strip().startswith("="):
            return value
        if isinstance(value, str) and not _is_bare(value):
            raise QuantityError(f"'{shown(value)}' has a unit beside 'unit: {shown(unit)}'", "write the unit once", "unit")
        return f"{value} {unit.strip()}"

    value: Any = raw[kind]
    if isinstance(value, Mapping):
        steps = cast("Mapping[Any, Any]", value)
        return raw | {kind: {key: joined(one) for key, one in steps.items()}}
    if isinstance(value, list):
        return raw | {kind: [joined(one) for one in cast("list[Any]", value)]}
    return raw | {kind: joined(value)}


def _is_bare(text: str) -> bool:
    """Say whether a text has no unit of its own; one that cannot be read is left for the reader to refuse."""
    try:
        return read_text(text)[1].is_plain and "%" not in text
    except QuantityError:
        return True


def _read_value(raw: dict[str, Any], field: _Field) -> tuple[Content, Unit]:
    return _at(("value",), _read_content, raw["value"], field)


def _read_growing(raw: dict[str, Any], field: _Field) -> tuple[Content, Unit]:
    start, written = _at(("start",), read_scalar, raw["start"], *field)
    growth = _read_rate("growth", raw.get("growth", "0%/year"))
    lowest, highest = bounds_of(growth)[0], mean_of(growth)
    if lowest < -1.0:
        mend = "use a law that stays above -100%, such as pert(-40%, -20%, 0%)/year"
        raise QuantityError(f"'{shown(raw['growth'])}' can shrink by more than 100% a year", mend, "growth")
    if highest > FASTEST_GROWTH:
        raise QuantityError(f"'{shown(raw['growth'])}' grows more than elevenfold a year", "write a percentage: growth: 20%/year", "growth")
    volatility = _read_rate("volatility", raw.get("volatility", "0%/year"))
    if isinstance(volatility, Distribution) or not 0.0 <= volatility <= HIGHEST_VOLATILITY:
        said = f"'{shown(raw['volatility'])}' is not one number between 0% and 500%"
        raise QuantityError(said, "write volatility: 15%/year", "volatility")
    return Growing(start, growth, volatility), written


def _read_rate(key: str, raw: Any) -> Value:
    """Read a yearly rate; a fixed growth a month is turned into the growth of a year.

    A range is read as one of the factor of a year, one plus the rate.
    """
    value, written = _at((key,), read_scalar, raw, (-1.0, float("inf")), _YEARLY)
    if written == _MONTHLY and not isinstance(value, Distribution) and key == "growth" and -1.0 <= value <= 1.0:
        return (1.0 + value) ** 12 - 1.0
    if written != _YEARLY:
        mend = f"write {key}: 20%/year" + (", or a fixed 2%/month" if key == "growth" else "")
        raise QuantityError(f"'{shown(raw)}' is not a yearly rate", mend, key)
    return value


def _read_steps(raw: dict[str, Any], field: _Field) -> tuple[Content, Unit]:
    steps: Any = raw["steps"]
    if not isinstance(steps, Mapping) or not steps:
        raise QuantityError(f"'{shown(steps)}' is not a mapping of months to values", "write steps: {2027-01: 10, 2027-07: 20}", "steps")
    points: list[tuple[int, Value]] = []
    units: list[Unit] = []
    for key, value in cast("Mapping[Any, Any]", steps).items():
        month = read_month(key, "steps", str(key))
        read, unit = _at(("steps", str(key)), read_scalar, value, *field)
        if points and month <= points[-1][0]:
            raise QuantityError(
                f"the step '{shown(key)}' does not come after the one before it", "put the months in order", "steps", str(key)
            )
        points.append((month, read))
        units.append(unit)
    _one_unit(units, "steps")
    return Steps(tuple(points)), units[0]


def _read_monthly(raw: dict[str, Any], field: _Field) -> tuple[Content, Unit]:
    values: Any = raw["monthly"]
    if not isinstance(values, list) or not values:
        raise QuantityError(f"'{shown(values)}' is not a list of values, one a month", "write monthly: [10, 12, 15]", "monthly")
    read = [_at(("monthly", position), _fixed, value, field) for position, value in enumerate(cast("list[Any]", values))]
    _one_unit([written for _, written in read], "monthly")
    return Monthly(tuple(value for value, _ in read)), read[0][1]


def _fixed(raw: Any, field: _Field) -> tuple[float, Unit]:
    value, written = read_scalar(raw, *field)
    if isinstance(value, Distribution):
        mend = "write a plain number; for an uncertain path use start, growth and volatility, or steps"
        raise QuantityError(f"'{shown(raw)}' is a range, and monthly takes plain numbers", mend)
    return value, written


def _one_unit(units: list[Unit], key: str) -> None:
    if len(set(units)) > 1:
        said = " and ".join(sorted({unit.shown for unit in units}))
        raise QuantityError(f"{key} mixes the units {said}", f"write all in {max(units, key=units.count).shown}", key)


def _at(path: tuple[str | int, ...], read: Callable[..., Any], *args: Any) -> Any:
    """Run a reader and, where it fails, say in which part of the mapping."""
    try:
        return read(*args)
    except QuantityError as error:
        raise QuantityError(error.message, error.mend, *path, *error.path) from None


def read_month(raw: Any, *path: str | int) -> int:
    """Read ``2027-04`` as a count of months, year * 12 + month - 1."""
    text = str(raw).strip()
    match = _MONTH.match(text)
    if match is None or not 1 <= int(match[2]) <= 12:
        near = text[:7] if re.match(r"\d{4}-(0[1-9]|1[0-2])-\d{2}", text) else "2027-04"
        raise QuantityError(f"'{shown(raw)}' is not a month", f"write it as year and month: {near}", *path)
    if not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise QuantityError(f"'{text}' lies outside the years {FIRST_YEAR} to {LAST_YEAR}", "write it as year and month: 2027-04", *path)
    return int(match[1]) * 12 + int(match[2]) - 1


def _read_provenance(raw: Mapping[str, Any]) -> Provenance:
    texts = {key: _read_words(raw[key], key) for key in ("source", "url", "note", "owner") if raw.get(key) is not None}
    as_of = _read_date(raw.get("as_of"))
    if "url" in texts and not _is_web_address(texts["url"]):
        raise QuantityError(f"'{shown(texts['url'])}' is not a web address", "write url: https://example.com/page", "url")
    found = Provenance(**texts, as_of=as_of)
    if not found.is_assumption and found.as_of is None:
        mend = "add as_of: with the day the source was read or published, such as 2026-11-01"
        raise QuantityError(f"the source '{shown(found.source)}' has no date", mend, "source")
    return found


def _read_words(raw: Any, key: str) -> str:
    if isinstance(raw, (bool, list, Mapping)) or not str(raw).strip():
        raise QuantityError(f"'{shown(cast('object', raw))}' is not a text", f"write {key}: in a few words, or leave it out", key)
    return str(raw).strip()


def _read_date(raw: Any) -> dt.date | None:
    if isinstance(raw, str):
        with contextlib.suppress(ValueError):
            raw = dt.date.fromisoformat(raw)
    if raw is None or (isinstance(raw, dt.date) and not isinstance(raw, dt.datetime)):
        return raw
    raise QuantityError(f"'{shown(raw)}' is not a date", "write as_of: 2026-11-01", "as_of")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"\s", text)
