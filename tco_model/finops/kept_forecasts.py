"""Turns a forecast into a file that keeps it as made, and later months into how it fared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tco_model import __version__
from tco_model.actuals.periods import days_in
from tco_model.actuals.values import as_kept
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.forecast import Forecast, PartForecast
from tco_model.finops.series import Series
from tco_model.inputs.files import MOST_BYTES, read_bounded

FOLDER = "forecasts"
"""Of a workspace: a file a forecast, never written over."""


@dataclass(frozen=True, slots=True)
class KeptPart:
    """What was forecast of an owner, a service or the total; amounts in cents."""

    name: str
    method: str
    months: tuple[str, ...]
    central: tuple[Decimal, ...]
    low: tuple[Decimal, ...]
    """P10."""
    high: tuple[Decimal, ...]
    """P90."""


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """A forecast as it was made."""

    file: Path
    made: str
    by: str
    cost: str
    currency: str
    last_actual: str
    parts: Mapping[str, KeptPart]
    """By name, the total among them."""
    written: str = ""
    """The day on which it was really written, where it was made as of an earlier one."""


@dataclass(frozen=True, slots=True)
class Fared:
    """How a forecast of a month fared."""

    month: str
    name: str
    forecast: Decimal
    actual: Decimal
    inside: bool
    """Whether the actual lies between P10 and P90."""

    @property
    def accuracy(self) -> float | None:
        """(forecast − actual) / forecast, the FinOps forecast accuracy; negative is too low a forecast. None for a forecast of zero."""
        return float((self.forecast - self.actual) / self.forecast) if self.forecast else None


def forecast_data(found: Forecast) -> dict[str, Any]:
    """Return a forecast as plain data: amounts as text in cents, so that reading and writing changes none."""
    return {
        "schema": 1,
        "made": found.made.isoformat(),
        **({"written": found.written.isoformat()} if found.written != found.made else {}),
        "by": found.by,
        "cost": found.cost,
        "currency": found.currency,
        "version": __version__,
        "last_actual": found.total.actual.periods[-1],
        "actuals_sha256": _hash([[str(amount) for amount in part.actual.amounts] for part in found.parts]),
        "parts": {part.name: _part_data(part) for part in (found.total, *found.parts)},
        "notes": list(found.notes),
    }


def keep(workspace: Path, found: Forecast) -> tuple[Path, str]:
    """Return where a forecast is kept and its text; the same forecast of the same day has the same name."""
    text = json.dumps(forecast_data(found), indent=2, ensure_ascii=False) + "\n"
    return workspace / FOLDER / f"{found.made.isoformat()}-{_hash(text)[:8]}.json", text


def read_kept(workspace: Path) -> tuple[KeptForecast, ...]:
    """Read the forecasts that a workspace keeps, oldest first.

    Raises:
        ScenarioError: a file that is no forecast, or has been changed since it was made.
    """
    folder = workspace / FOLDER
    return tuple(_read(file) for file in sorted(folder.glob("*.json"))) if folder.is_dir() else ()


def fared(kept: KeptForecast, actual: Mapping[str, Series]) -> tuple[Fared, ...]:
    """Hold a forecast against the whole months that have come since, by part and month."""
    found: list[Fared] = []
    for name, part in kept.parts.items():
        if name in actual:
            came = dict(zip(actual[name].periods, actual[name].amounts, strict=True))
            for month, central, low, high in zip(part.months, part.central, part.low, part.high, strict=True):
                if month in came:
                    found.append(Fared(month, name, central, came[month], low <= came[month] <= high))
    return tuple(found)


def made_before(kept: tuple[KeptForecast, ...], month: str, by: str, cost: str, currency: str) -> KeptForecast | None:
    """Return the last forecast of a month in a currency that was made without any day of the month after it, None where there is none.

    It may have seen part of the month, but no whole month from it on.
    """
    held = [
        one
        for one in kept
        if one.last_actual < month and (one.by, one.cost, one.currency) == (by, cost, currency) and one.made <= f"{month}-{days_in(month)}"
    ]
    held = [one for one in held if any(month in part.months for part in one.parts.values())]
    return max(held, key=lambda one: (one.made, one.last_actual), default=None)


def _part_data(part: PartForecast) -> dict[str, Any]:
    return {
        "method": part.method,
        "months": list(part.months),
        **{name: [f"{amount:.2f}" for amount in getattr(part, name)] for name in ("central", "low", "high")},
        "backtest": part.backtest.words,
        "steps": [
            {"name": step.name, "source": step.source or "assumption", "adds": [f"{one:.2f}" for one in added]}
            for step, added in part.steps
        ],
    }  # fmt: skip


def _read(file: Path) -> KeptForecast:
    try:
        text = read_bounded(file, MOST_BYTES).decode("utf-8")
        held: dict[str, Any] = json.loads(text)
        parts = {name: _kept_part(name, entry) for name, entry in held["parts"].items()}
        words = (str(held[name]) for name in ("made", "by", "cost", "currency", "last_actual"))
        found = KeptForecast(file, *words, parts=parts, written=str(held.get("written", "")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        why = f": {error.strerror}" if isinstance(error, OSError) else ""
        raise ScenarioError(Problem(f"this is no kept forecast{why}", "restore it from a copy", file=str(file))) from None
    if not file.stem.endswith(_hash(text)[:8]):
        mend = "restore it from a copy: a forecast is kept as it was made"
        raise ScenarioError(Problem("it is not what was kept: the hash in its name differs", mend, file=str(file)))
    return found


def _kept_part(name: str, entry: Mapping[str, Any]) -> KeptPart:
    amounts = (tuple(as_kept(one) for one in entry[key]) for key in ("central", "low", "high"))
    found = KeptPart(name, str(entry["method"]), tuple(str(month) for month in entry["months"]), *amounts)
    if {len(found.central), len(found.low), len(found.high)} != {len(found.months)}:
        raise ValueError(f"'{name}' has amounts and months of different number")
    return found


def _hash(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return hashlib.sha256(text.encode()).hexdigest()
