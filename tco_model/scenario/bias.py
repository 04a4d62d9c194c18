"""Turns the optimism bias a file states into an uplift of cost lines: published percentages by class, or one's own with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from tco_model.inputs.provenance import Provenance
from tco_model.inputs.quantity import Quantity
from tco_model.inputs.tables import read_table
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.scenario.notes import Notes, nearest, shown
from tco_model.scenario.schema import fit
from tco_model.scenario.source import Path, dotted
from tco_model.units import PLAIN

TABLE = FilePath(__file__).parent / "tables" / "optimism_bias.yaml"
LEVELS = ("upper", "lower")
KEYS = ("class", "level", "uplift", "note", "source", "url", "as_of", "owner")
EXAMPLE = "{class: equipment_development_duration, level: upper} or {uplift: 20%, note: what our last three projects overran}"
MOST = 5.0
"""Highest uplift: six times the estimate; beyond that a % was forgotten."""


@dataclass(frozen=True, slots=True)
class OptimismBias:
    """The uplift of one cost line, or of every line of a category."""

    target: str
    """``options.owned.migration`` or ``options.owned.migration.build``."""
    uplift: Quantity
    """Added on top of the estimate [share]."""
    place: str


@cache
def classes() -> dict[str, tuple[dict[str, Any], Provenance]]:
    """Return the published classes by name, each with its percentages and source."""
    return {str(row["name"]): (row, provenance) for row, provenance in read_table(TABLE)}


def read_bias(raw: Any, notes: Notes) -> tuple[OptimismBias, ...]:
    """Read the section ``optimism_bias``: uplifts by the dotted path of a category or a line of an option."""
    if raw is None:
        return ()
    path: Path = ("optimism_bias",)
    entries = notes.mapping(raw, path, f"write optimism_bias: {{options.owned.migration: {EXAMPLE}}}")
    found = [_read(target, entry, (*path, target), notes) for target, entry in entries.items()]
    return tuple(one for one in found if one is not None)


def _read(target: str, entry: Any, path: Path, notes: Notes) -> OptimismBias | None:
    raw = notes.mapping(entry, path, f"write {EXAMPLE}")
    if not raw:
        return None
    notes.known_keys(raw, KEYS, path)
    if ("class" in raw) == ("uplift" in raw):
        notes.add(path, "a bias is either of a published class or an uplift of your own", f"write {EXAMPLE}")
        return None
    uplift = _own(raw, path, notes) if "uplift" in raw else _published(raw, path, notes)
    return None if uplift is None else OptimismBias(target, uplift, dotted(path))


def _own(raw: dict[str, Any], path: Path, notes: Notes) -> Quantity | None:
    if not str(raw.get("note", "")).strip():
        notes.add(path, "an uplift of your own says why", "add note: what earlier projects overran by, and which")
    held = {key: value for key, value in raw.items() if key in ("note", "source", "url", "as_of", "owner")}
    try:
        quantity = read_quantity({"value": raw["uplift"], **held}, bounds=(0.0, MOST))
        if not isinstance(quantity.content, float):
            raise QuantityError("an uplift is one number: where there is a range, write the range and leave the uplift out", "write 20%")
        return fit(quantity, "1", 0.0, MOST)
    except QuantityError as error:
        notes.add((*path, "uplift"), error.message, error.mend, raw["uplift"])
        return None


def _published(raw: dict[str, Any], path: Path, notes: Notes) -> Quantity | None:
    name, level = raw["class"], raw.get("level", "upper")
    if name not in classes():
        notes.add((*path, "class"), f"there is no class '{shown(name)}'", nearest(str(name), classes(), "classes"), name)
        return None
    if level not in LEVELS:
        notes.add((*path, "level"), f"'{shown(level)}' is not a level", "write level: upper, or lower where the risks are managed", level)
        return None
    row, source = classes()[name]
    return Quantity(float(row[level]) / 100.0, PLAIN, source, f"{row[level]}%, {name}, {level}")
