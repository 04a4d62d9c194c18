"""Turns checked budgets into alerts, each told once: a threshold that is crossed, of what is spent or of what the period will end at."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from tco_model.errors import Problem, ScenarioError
from tco_model.finops.budget import Checked
from tco_model.inputs.files import MOST_BYTES, read_bounded

FILE = "alerts.jsonl"
"""Of a workspace: a line an alert that was told."""


Kind = Literal["actual", "forecast"]
Standing = Literal["over", "likely", "past", "kept"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A threshold of a budget that is crossed in a period."""

    budget: str
    period: str
    kind: Kind
    threshold: str
    """Percent of the budget."""
    limit: str
    """The budget it was crossed of: one that is raised and crossed anew is told anew."""


def alerts_of(checked: Sequence[Checked]) -> tuple[Alert, ...]:
    """Return every threshold that is crossed, in the order of the file, rising."""
    return tuple(
        Alert(one.budget.name, one.period, kind, f"{float(share * 100):g}%", str(one.limit))
        for one in checked
        for kind, value in _values(one)
        for share in one.budget.thresholds.shares(kind)
        if value is not None and Fraction(value) >= share * Fraction(one.limit)
    )


def _values(one: Checked) -> tuple[tuple[Kind, float | None], ...]:
    """Return what thresholds are held against; a period that has ended has no forecast."""
    return ("actual", float(one.spent)), ("forecast", one.end[1] if one.end is not None and one.days < one.length else None)


def highest(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return of each budget and kind the highest threshold that is crossed: who hears of 100% need not hear of 80%."""
    return tuple({(one.budget, one.period, one.kind): one for one in alerts}.values())


def standing(one: Checked) -> tuple[Standing, str]:
    """Say how a budget stands in one word and in a few: overspent, likely to be, past a threshold, or none of these."""
    crossed = {alert.kind: alert.threshold for alert in highest(alerts_of([one]))}
    if one.is_over:
        return "over", f"overspent: {float(one.share):.0%} of it"
    if "forecast" in crossed:
        return "likely", f"forecast to reach {crossed['forecast']}"
    if "actual" in crossed:
        ended = one.days >= one.length
        return ("kept", f"kept, past {crossed['actual']}") if ended else ("past", f"past {crossed['actual']}")
    return "kept", "kept" if one.days >= one.length else "on course"


def read_told(workspace: Path) -> tuple[Alert, ...]:
    """Return the alerts that a workspace has told.

    Raises:
        ScenarioError: a line that is no alert.
    """
    file = workspace / FILE
    try:
        lines = read_bounded(file, MOST_BYTES).decode("utf-8").splitlines() if file.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ScenarioError(Problem(f"cannot be read: {reason}", "restore it from a copy", file=str(file))) from None
    found: list[Alert] = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_alert(json.loads(line)))
        except (ValueError, TypeError, RecursionError):
            mend = "take the line out; its alert is then told once more"
            raise ScenarioError(Problem("this is no alert", mend, file=str(file), line=number)) from None
    return tuple(found)


def _alert(said: Mapping[str, Any]) -> Alert:
    found = Alert(**said)
    if not all(isinstance(value, str) for value in asdict(found).values()):
        raise ValueError("its values are texts")
    return found


def told_text(told: Sequence[Alert]) -> str:
    """Return the file that remembers what was told."""
    return "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in told)


def fresh(alerts: Sequence[Alert], told: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the alerts that were not told before."""
    return tuple(one for one in alerts if one not in set(told))
