"""Turns the text of one cell into an exact decimal, a moment in UTC or a set of tags, or into the reason why it is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tco_model.actuals.columns import SCALE

MOST_AMOUNT = Decimal(10) ** 15
"""Amounts and quantities from here on are taken as damage, not as money."""
EXACT = Decimal(1).scaleb(-SCALE)
EMPTY = frozenset({"", "NULL", "null", "Null"})
"""Spellings of no value: the empty cell and the literal that SQL exports leave behind."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
GROUPED = r"-?\$[0-9]{1,3}(,[0-9]{3})*(\.[0-9]*)?|-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]*|-?\$?[0-9]+\.[0-9]*|-?[0-9]{1,3}(,[0-9]{3}){2,}"
"""Amounts as spreadsheets show them: a dollar sign, thousands by commas. ``1,234`` alone is left unread, for it may be a decimal comma."""
_SHOWN = re.compile(rf"(?:{GROUPED})\Z")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?\Z", re.ASCII)
_PAIR = re.compile(r"\s*([^:=;,]+)\s*[:=]\s*([^;,]*)\s*\Z")
EARLIEST, LATEST = datetime(1990, 1, 1), datetime(2100, 1, 1)


class UnreadableError(ValueError):
    """A cell that cannot be read; the message is the rule it breaks."""


def given(text: str | None) -> str | None:
    """Return the text without spaces around it, or None for an empty cell and the literal NULL."""
    trimmed = (text or "").strip()
    return None if trimmed in EMPTY else trimmed


def encodable(text: str) -> str:
    """Return a text that UTF-8 can spell: half a character, as JSON can escape it, becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def decimal(text: str) -> Decimal:
    """Return an exact amount with at most twelve decimals, rounded half to even beyond.

    Raises:
        UnreadableError: no finite plain number, or one from 1e15 on.
    """
    if _SHOWN.match(text):
        text = text.replace("$", "").replace(",", "")
    if not _NUMBER.match(text):
        word = text.strip().lower().lstrip("+-")
        if word in {"nan", "inf", "infinity"}:
            raise UnreadableError("not a finite number")
        raise UnreadableError("not a number such as 1234.50")
    # Exponents of five digits and more are refused before the number is built: they cost memory, not money.
    if "e" in text.lower() and len(text.lower().split("e")[1].lstrip("+-0")) > 3:
        raise UnreadableError(f"an amount of {MOST_AMOUNT:.0e} or more is not believed")
    number = Decimal(text)
    if abs(number) >= MOST_AMOUNT:
        raise UnreadableError(f"an amount of {MOST_AMOUNT:.0e} or more is not believed")
    return number.quantize(EXACT)


def as_kept(text: str) -> Decimal:
    """Return an amount of a file of ours to all the decimals it is written with; errors as of `decimal`."""
    decimal(text)
    return Decimal(text)


def count(text: str) -> int:
    """Return a count of requests or tokens: whole and from zero on."""
    number = decimal(text)
    if number != number.to_integral_value() or number < 0:
        raise UnreadableError("a count is whole and not negative")
    return int(number)


def moment(text: str, month_first: bool = True) -> datetime:
    """Return a moment in UTC without zone; a time without a zone is read as UTC, as FOCUS asks.

    Args:
        text: ISO 8601 with or without zone, or day and month with strokes as spreadsheets write them.
        month_first: 5/1/25 is the first of May; else the fifth of January.

    Raises:
        UnreadableError: no such moment, or one outside 1990 to 2099.
    """
    found = _slashed(text, month_first) or _iso(text)
    if not EARLIEST <= found < LATEST:
        raise UnreadableError("a time outside 1990 to 2099 is not believed")
    return found


def _slashed(text: str, month_first: bool) -> datetime | None:
    match = _SLASHED.match(text)
    if match is None:
        return None
    first, second, year = (int(part) for part in match.groups()[:3])
    hour, minute, second_of_minute = (int(part or 0) for part in match.groups()[3:])
    month, day = (first, second) if month_first else (second, first)
    try:
        return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, second_of_minute)
    except ValueError as error:
        raise UnreadableError(f"no such day ({error})") from None


def _iso(text: str) -> datetime:
    if not _ISO.match(text):
        raise UnreadableError("not a time such as 2026-05-01T00:00:00Z")
    plain = re.sub(r"(\.\d{6})\d+", r"\1", text.replace("UTC", "+00:00").replace("Z", "+00:00").replace(" +", "+"))
    try:
        found = datetime.fromisoformat(plain)
    except ValueError as error:
        raise UnreadableError(f"no such time ({error})") from None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def epoch(number: Decimal) -> datetime:
    """Return the moment of a Unix time in seconds, milliseconds, microseconds or nanoseconds, told apart by size."""
    seconds = number
    while abs(seconds) >= Decimal(10) ** 11:
        seconds /= 1000
    try:
        found = datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None, microsecond=int(seconds % 1 * 10**6))
    except (OverflowError, ValueError, OSError):
        raise UnreadableError("not a Unix time") from None
    if not EARLIEST <= found < LATEST:
        raise UnreadableError("a time outside 1990 to 2099 is not believed")
    return found


def month_comes_first(starts: Iterable[str], others: Iterable[str]) -> bool:
    """Say whether dates with strokes name the month first: by a number above 12, else by billing periods, which begin on a first."""
    begins = [match for match in map(_SLASHED.match, starts) if match]
    every = [*begins, *(match for match in map(_SLASHED.match, others) if match)]
    if any(int(match[2]) > 12 for match in every):
        return True
    if any(int(match[1]) > 12 for match in every):
        return False
    return not begins or all(int(match[2]) == 1 for match in begins) or not all(int(match[1]) == 1 for match in begins)


def tags(text: str) -> tuple[dict[str, str], int]:
    """Return the tags of a cell, and how many keys were there twice once spaces around them are gone.

    Reads a JSON object, a JSON list of key and value pairs, the inside of an object without its braces, and ``key:value;key:value``.
    Of two keys that differ only in spaces the one written without spaces holds; of two alike the last, as in JSON.

    Raises:
        UnreadableError: none of these.
    """
    pairs = [(encodable(key), encodable(value)) for key, value in _pairs(text)]
    found: dict[str, str] = {}
    clean: set[str] = set()
    for key, value in pairs:
        name = key.strip()
        if not name:
            continue
        if name in found and name in clean and key != name:
            continue
        found[name] = value
        if key == name:
            clean.add(name)
    return found, len([key for key, _ in pairs if key.strip()]) - len(found)


def _pairs(text: str) -> list[tuple[str, str]]:
    for spelled in (text, "{" + text + "}"):
        try:
            held = json.loads(spelled, object_pairs_hook=list, parse_float=Decimal, parse_int=str)
        except (ValueError, RecursionError):
            continue
        if isinstance(held, list):
            return [_pair(one) for one in held]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        break
    parts = [part for part in re.split("[;,]", text) if part.strip()]
    matches = [_PAIR.match(part) for part in parts]
    if not parts or not all(matches) or text.lstrip()[:1] in {"{", "["}:
        raise UnreadableError('tags are an object such as {"owner": "search"}')
    return [(match[1], match[2].strip()) for match in matches if match]


def _pair(one: Any) -> tuple[str, str]:
    """Read one entry: a pair of an object, or ``{"key": …, "value": …}`` as some clouds list their labels."""
    if isinstance(one, tuple):
        return str(one[0]), _word(one[1])  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
    if isinstance(one, list):
        held: dict[str, Any] = {str(key).lower(): value for key, value in one if isinstance(key, str)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        if "key" in held:
            return str(held["key"]), _word(held.get("value"))  # pyright: ignore[reportUnknownArgumentType]
    raise UnreadableError('tags are an object such as {"owner": "search"}')


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def words(held: Mapping[Any, Any] | None) -> dict[str, str]:
    """Return tags that came as an object, keys and values trimmed; empty keys are left out."""
    return {encodable(str(key).strip()): encodable(_word(value)) for key, value in (held or {}).items() if str(key).strip()}
