"""Turns the state of a what-if into the address of its page and back; what an address asks for and cannot have is said."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from tco_model.errors import ScenarioError
from tco_model.report.what_if import Move, WhatIf

DECISION, VERSION, LEVERS, MONTHS, VALUE = "decision", "of", "with", "months", "v."
"""Names in the address: the decision, the mark of its text, levers and variants, the horizon, and before each input's name."""
MOST_VALUES = 200


def mark(text: str) -> str:
    """Return a short mark of a scenario's text: another text has another mark."""
    return sha256(text.encode()).hexdigest()[:10]


def address(name: str, text: str, move: Move) -> dict[str, str]:
    """Return what the address of a page holds."""
    found = {DECISION: name}
    if move.is_empty:
        return found
    found[VERSION] = mark(text)
    if move.levers:
        found[LEVERS] = ",".join(move.levers)
    if move.months is not None:
        found[MONTHS] = str(move.months)
    return found | {f"{VALUE}{name}": f"{value!r}" for name, value in move.values.items()}


def read_address(query: Mapping[str, str], text: str, what_if: WhatIf) -> tuple[Move, list[str]]:
    """Return the move an address holds, as far as it fits the decision, and what of it does not."""
    told: list[str] = []
    known = [change.name for change in what_if.scenario.changes]
    asked = [name for name in query.get(LEVERS, "").split(",") if name]
    told += [f"there is no lever or variant '{name}' any more" for name in asked if name not in known]
    move = Move({}, tuple(name for name in known if name in asked), _months(query.get(MONTHS, ""), told))
    move = _allowed(what_if, Move(), move, told)
    values = [(key.removeprefix(VALUE), spelled) for key, spelled in query.items() if key.startswith(VALUE)]
    if len(values) > MOST_VALUES:
        told.append(f"it moves {len(values)} inputs, and only the first {MOST_VALUES} are read")
    for name, spelled in values[:MOST_VALUES]:
        try:
            value = float(spelled)
        except ValueError:
            told.append(f"'{spelled[:40]}' is no number for {name[:80]}")
            continue
        move = _allowed(what_if, move, move.held(name, value), told)
    if query.get(VERSION, mark(text)) != mark(text):
        told.insert(0, "it was made with another version of this decision, so its figures may differ")
    return move, told


def _months(spelled: str, told: list[str]) -> int | None:
    if not spelled:
        return None
    if spelled.isdecimal() and 1 <= int(spelled[:6]) <= 600:
        return int(spelled)
    told.append(f"'{spelled[:40]}' is no horizon in months")
    return None


def _allowed(what_if: WhatIf, before: Move, move: Move, told: list[str]) -> Move:
    """Return a move where the decision takes it, else the one before; nothing is simulated for it."""
    try:
        what_if.changes(move)
    except ScenarioError as error:
        told.extend(problem.message for problem in error.problems)
        return before
    missing = set(move.values) - set(what_if.moved(move))
    told.extend(f"{name} cannot be moved" for name in missing)
    return before if missing else move
