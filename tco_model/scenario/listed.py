"""Puts prices and rates of the dated tables in place of ``{list: name}``, each with its source, before the scenario is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from tco_model.errors import nearest
from tco_model.inputs.provenance import Provenance
from tco_model.prices.gpus import gpu_price, gpu_prices
from tco_model.prices.problem import PriceError
from tco_model.prices.provisioned import provisioned, provisioned_rows, unit_price, unit_prices
from tco_model.scenario.notes import Notes, as_list, as_mapping
from tco_model.scenario.source import Path, Source

LISTED_KEYS = frozenset({"list", "note", "owner"})


def with_listed_prices(source: Source, notes: Notes) -> Source:
    """Return the source with every ``{list: nebius-h200}`` replaced by what its table says on the day of ``decision.as_of``.

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
    name = raw["list"].lower()
    try:
        value, said, where = _row(name, day)
    except PriceError as error:
        notes.add((*path, "list"), error.message, error.mend, raw["list"])
        return {"value": "1 USD/GPU/hour"}
    note = "; ".join(part for part in (raw.get("note", ""), said, where.note) if part)
    found = {"value": value, "source": where.source, "url": where.url, "as_of": where.as_of, "note": note}
    return found | ({"owner": raw["owner"]} if "owner" in raw else {})


def _row(name: str, day: dt.date) -> tuple[str, str, Provenance]:
    """Return what a row of the dated tables says: value with unit, what it is the price of, and its source."""
    if name in {row.name for row in unit_prices()}:
        price = unit_price(name, day)
        return f"{price.price!r} USD/PTU/month", f"{price.unit}, {price.term}", price.provenance
    if name in {row.name for row in provisioned_rows()}:
        unit = provisioned(name, day)
        return f"{unit.rate!r} token/minute/PTU", f"a {unit.unit}; held from {unit.minimum} on in steps of {unit.step}", unit.provenance
    if name not in {row.name for row in gpu_prices()}:
        known = {row.name for table in (gpu_prices(), unit_prices(), provisioned_rows()) for row in table}
        raise PriceError(f"the tables know no price or rate '{name}'", f"{nearest(name, known)}; `tco prices --gpus` lists them")
    gpu = gpu_price(name, day)
    return f"{gpu.price!r} USD/GPU/hour", f"{gpu.provider} {gpu.instance} {gpu.region}, {gpu.term}", gpu.provenance
