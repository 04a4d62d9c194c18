"""Puts GPU prices of the dated table in place of ``{list: name}``, each with its source, before the scenario is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from tco_model.prices.gpus import gpu_price
from tco_model.prices.problem import PriceError
from tco_model.scenario.notes import Notes, as_list, as_mapping
from tco_model.scenario.source import Path, Source

LISTED_KEYS = frozenset({"list", "note", "owner"})


def with_listed_prices(source: Source, notes: Notes) -> Source:
    """Return the source with every ``{list: nebius-h200}`` replaced by that price on the day of ``decision.as_of``.

    A name the table does not know is noted at its place; the nearest names are offered.
    """
    as_of = as_mapping(source.data.get("decision")).get("as_of")
    day = as_of if isinstance(as_of, dt.date) else dt.date.today()
    return replace(source, data=_replaced(source.data, (), day, notes))


def _replaced(raw: Any, path: Path, day: dt.date, notes: Notes) -> Any:
    if isinstance(raw, list):
        return [_replaced(value, (*path, place), day, notes) for place, value in enumerate(as_list(raw))]
    found = as_mapping(raw)
    if not found:
        return raw
    if isinstance(found.get("list"), str) and set(found) <= LISTED_KEYS:
        return _price(found, path, day, notes)
    return {key: _replaced(value, (*path, key), day, notes) for key, value in found.items()}


def _price(raw: dict[str, Any], path: Path, day: dt.date, notes: Notes) -> dict[str, Any]:
    name = raw["list"]
    try:
        row = gpu_price(name, day)
    except PriceError as error:
        notes.add((*path, "list"), error.message, error.mend, name)
        return {"value": "1 USD/GPU/hour"}
    where = row.provenance
    note = "; ".join(part for part in (raw.get("note", ""), f"{row.provider} {row.instance} {row.region}, {row.term}", where.note) if part)
    found = {"value": f"{row.price!r} USD/GPU/hour", "source": where.source, "url": where.url, "as_of": where.as_of, "note": note}
    return found | ({"owner": raw["owner"]} if "owner" in raw else {})
