"""Turns a month's journal into a closed one: kept with its hash, never changed in silence, later changes booked in the next open month."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tco_model.actuals.values import as_kept
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.allocate import Allocated
from tco_model.finops.rules import Allocation
from tco_model.finops.statements import ZERO, JournalLine, journal
from tco_model.inputs.files import MOST_BYTES, read_bounded

FOLDER = "closed"
"""Of a workspace: a file a closed month, and those that were opened again with the reason."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed month and what was booked in it."""

    month: str
    closed_at: str
    lines: tuple[JournalLine, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """What a month books: as it was closed, or as it stands with the changes of closed months before it."""

    month: str
    lines: tuple[JournalLine, ...]
    is_closed: bool
    changed: Mapping[str, Decimal]
    """Of a closed month: by owner what the bill says now beyond all that is booked for it, in cents."""


def book(found: Allocated, rules: Allocation, month: str, closed: Sequence[Closed]) -> Booked:
    """Return what a month books. An open one books what has changed in closed months before it, if it is the first open one after them.

    Raises:
        ScenarioError: a month before was closed on the other cost.
    """
    _same_cost(found, closed)
    kept = {one.month: one for one in closed}
    if month in kept:
        return Booked(month, kept[month].lines, True, _changed(found, rules, month, closed))
    lines = list(journal(found, rules, month))
    for earlier in sorted(kept):
        first_open = min((one for one in found.months if one > earlier and one not in kept), default="")
        if month == first_open:
            lines += [
                JournalLine(month, owner, rules.cost_centers.get(owner, ""), amount, amount, found.currency, found.cost, earlier)
                for owner, amount in _changed(found, rules, earlier, closed).items()
            ]
    return Booked(month, tuple(lines), False, {})


def closing_text(booked: Booked) -> str:
    """Return the file that keeps a month closed.

    Raises:
        ScenarioError: it is closed already.
    """
    if booked.is_closed:
        raise ScenarioError(Problem(f"{booked.month} is closed already", "open it first: --reopen WHY", "month", booked.month))
    lines = [asdict(line) | {"amount": str(line.amount), "exact": str(line.exact)} for line in booked.lines]
    when = datetime.now(UTC).isoformat(timespec="seconds")
    held = {"schema": 2, "month": booked.month, "closed_at": when, "lines": lines}
    return _text(held | {"sha256": _hash(held)})


def read_closed(folder: Path) -> tuple[Closed, ...]:
    """Read the closed months of a workspace, oldest first.

    Raises:
        ScenarioError: a file that is none, or whose lines are not those that were closed.
    """
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].json")) if folder.is_dir() else []
    return tuple(_read(file) for file in files)


def reopened(folder: Path, month: str, why: str) -> tuple[Path, str]:
    """Return where and how the closing of a month is kept once it is opened again.

    Raises:
        ScenarioError: it is not closed, a later one is, or no reason is given.
    """
    closed = [one.month for one in read_closed(folder)]
    if month not in closed:
        raise ScenarioError(Problem(f"{month} is not closed", f"closed are {', '.join(closed) or 'none'}", "month", month))
    if month != closed[-1]:
        mend = f"open {closed[-1]} first: it may hold changes of {month}"
        raise ScenarioError(Problem(f"{closed[-1]} was closed after {month}", mend, "month", month))
    if not why.strip():
        raise ScenarioError(Problem("no reason is given", 'say why: --reopen "the refund belongs to it"', "reopen"))
    held: dict[str, Any] = json.loads((folder / f"{month}.json").read_text(encoding="utf-8"))
    held |= {"reopened_at": datetime.now(UTC).isoformat(timespec="seconds"), "why": why.strip()}
    count = len(list(folder.glob(f"{month}.reopened-*.json"))) + 1
    return folder / f"{month}.reopened-{count}.json", _text(held)


def _changed(found: Allocated, rules: Allocation, month: str, closed: Sequence[Closed]) -> dict[str, Decimal]:
    """Return by owner what the bill of a closed month says now beyond everything booked for it."""
    owed = {line.owner: line.amount for line in journal(found, rules, month)}
    for one in closed:
        for line in one.lines:
            if (line.adjusts or line.month) == month:
                owed[line.owner] = owed.get(line.owner, ZERO) - line.amount
    return {owner: amount for owner, amount in sorted(owed.items()) if amount}


def _same_cost(found: Allocated, closed: Sequence[Closed]) -> None:
    for one in closed:
        for line in one.lines[:1]:
            if (line.cost, line.currency) != (found.cost, found.currency):
                message = f"{one.month} was closed on {line.cost} in {line.currency}"
                if line.cost != found.cost:
                    raise ScenarioError(Problem(message, f"charge every month on one: --cost {line.cost}", "cost", f"{found.cost}"))
                mend = f"charge every month in one: open it again first, or tell the bill in {line.currency} as then"
                raise ScenarioError(Problem(message, mend, "currency", found.currency))


def _read(file: Path) -> Closed:
    mend = "restore it from a copy"
    try:
        held: dict[str, Any] = json.loads(read_bounded(file, MOST_BYTES).decode("utf-8"))
        lines = tuple(_line(entry) for entry in held["lines"])
        closed = Closed(str(held["month"]), str(held["closed_at"]), lines)
        is_intact = held.pop("sha256") == _hash(held["lines"] if held["schema"] == 1 else held)
    except (OSError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        why = f": {error.strerror}" if isinstance(error, OSError) else ""
        raise ScenarioError(Problem(f"this is no closed month{why}", mend, file=str(file))) from None
    if not is_intact or closed.month != file.stem:
        raise ScenarioError(Problem("it is not what was closed: the hash differs", mend, file=str(file)))
    return closed


def _line(entry: Mapping[str, Any]) -> JournalLine:
    line = JournalLine(**entry)
    return replace(line, amount=as_kept(str(line.amount)), exact=as_kept(str(line.exact)))


def _hash(held: Any) -> str:
    """Return the SHA-256 of all that a closing keeps; the first version kept that of its lines alone."""
    return hashlib.sha256(json.dumps(held, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _text(held: Mapping[str, Any]) -> str:
    return json.dumps(held, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
