"""Turns what the files of the FinOps loop have in common into typed fields: months, exact amounts, words, conditions on charges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from tco_model.actuals.columns import CHARGES, TEXT
from tco_model.actuals.periods import MONTH
from tco_model.actuals.spend import TAG
from tco_model.errors import nearest
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import Path

DIMENSION = "dimension:"
AMOUNT = r"-?\d{1,18}(\.\d{1,12})?"
"""How an exact amount is written."""
TEXTS = tuple(name for name, kind in CHARGES.items() if kind == TEXT)
"""Columns of the bill that a rule may look at, besides tags and dimensions."""


def as_tuple(value: Any) -> Any:
    """Return a list of the file as a tuple; a single text or nothing too."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(cast("list[Any]", value)) if isinstance(value, list) else value


def _month(text: str) -> str:
    if not re.fullmatch(MONTH, text):
        raise ValueError("is no month; write {key}: 2026-09")
    return text


def _amount(text: str) -> str:
    if not re.fullmatch(AMOUNT, text):
        raise ValueError('is no amount; write it in quotes, without separators: {key}: "2400.00"')
    return text


Month = Annotated[str, AfterValidator(_month)]
"""Year-month."""
Amount = Annotated[str, AfterValidator(_amount)]
"""An exact amount, in quotes in the file."""
Words = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
"""One text, or a list of them."""


BILLED = ("token", "compute", "storage", "observability", "fees")
"""Categories of a scenario that providers bill; the others are seldom on a bill."""


class Frozen(BaseModel):
    """A section of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def check_when(dimensions: Iterable[str], when: Mapping[str, Words], path: Path, notes: Notes) -> None:
    """Note each condition that no charge could meet as it is written: no such column or dimension, or a * in the middle of a value."""
    for key, values in when.items():
        if key.startswith(DIMENSION):
            name = key.removeprefix(DIMENSION)
            if name not in dimensions:
                notes.add((*path, key), f"no dimension '{name}'", nearest(name, dimensions), name)
        elif not key.startswith(TAG) and key not in TEXTS:
            mend = f"{nearest(key, TEXTS)}; or a tag, such as {TAG}team"
            notes.add((*path, key), f"the bill has no column '{key}' that a rule can look at", mend, key)
        for value in values:
            if "*" in value.strip("*"):
                notes.add((*path, key), f"'{value}' has a * in its middle", "write * at the beginning or the end only", value)
