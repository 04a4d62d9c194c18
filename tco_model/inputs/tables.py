"""Reads the dated tables that ship with the package: YAML rows, each with its source, address and date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from tco_model.inputs.provenance import Provenance

PROVENANCE_KEYS = ("source", "url", "as_of", "note")


def read_table(path: Path) -> list[tuple[dict[str, Any], Provenance]]:
    """Return the rows of a table, each split into its values and where they come from.

    Raises:
        ValueError: a row without a source, an address or a date.
    """
    yaml: Any = YAML(typ="safe", pure=True)
    rows = cast("list[dict[str, Any]]", yaml.load(path.read_text(encoding="utf-8")))
    return [(_values(row), _provenance(row, path)) for row in rows]


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in PROVENANCE_KEYS}


def _provenance(row: dict[str, Any], path: Path) -> Provenance:
    if not row.get("source") or not row.get("url") or not isinstance(row.get("as_of"), dt.date):
        raise ValueError(f"{path.name}: the row {row.get('name', row)} needs source, url and as_of")
    return Provenance(source=row["source"], url=row["url"], as_of=row["as_of"], note=str(row.get("note", "")))
