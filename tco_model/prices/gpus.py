"""Reads what renting a GPU costs and what owning one takes: dated rows with their sources, and ranges for what nobody publishes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from ruamel.yaml import YAML

from tco_model.errors import nearest
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.tables import read_table
from tco_model.prices.problem import PriceError
from tco_model.prices.rows import TABLES, row_on, rows_on


@dataclass(frozen=True, slots=True)
class GpuPrice:
    """What one rented GPU costs an hour, under one name on one day."""

    name: str
    gpu: str
    provider: str
    region: str
    term: str
    """on_demand, spot, reserved_1_year, reserved_3_years, rental, rental_3_years, own_cost, neocloud_cost."""
    instance: str
    gpus: int
    """GPUs of the instance: what one rents at least [GPU]."""
    price: float
    """[USD/GPU/hour]"""
    ends: dt.date | None
    """Day from which the price no longer holds."""
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class OwnedFigure:
    """One sourced figure about owned GPUs or their site."""

    name: str
    parameter: str
    """The cost-line parameter it stands for, such as ``hardware_price``."""
    gpu: str
    value: float
    unit: str
    provenance: Provenance
    ends: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Assumed:
    """One figure nobody publishes, as a range."""

    name: str
    parameter: str
    gpu: str
    low: float
    likely: float
    high: float
    unit: str
    provenance: Provenance

    @property
    def text(self) -> str:
        """The range as a scenario writes it: ``pert(0.02, 0.05, 0.1)/year``."""
        unit = {"ratio": "", "1/year": "/year"}.get(self.unit, f" {self.unit}")
        return f"pert({self.low:g}, {self.likely:g}, {self.high:g}){unit}"


@cache
def gpu_prices() -> tuple[GpuPrice, ...]:
    """Return all rows of GPU rents, old ones included."""
    return tuple(_rent(row, provenance) for row, provenance in read_table(TABLES / "gpus.yaml"))


@cache
def owned_figures() -> tuple[OwnedFigure, ...]:
    """Return all rows about owned GPUs, old ones included."""
    return tuple(OwnedFigure(**row, provenance=provenance) for row, provenance in read_table(TABLES / "owned.yaml"))


@cache
def assumed_figures() -> tuple[Assumed, ...]:
    """Return the ranges for what nobody publishes."""
    yaml: Any = YAML(typ="safe", pure=True)
    rows = cast("list[dict[str, Any]]", yaml.load((TABLES / "defaults.yaml").read_text(encoding="utf-8")))
    return tuple(Assumed(provenance=Provenance(source=row.pop("source"), note=row.pop("note")), **row) for row in rows)


def gpu_price(name: str, as_of: dt.date) -> GpuPrice:
    """Return what renting a GPU costs on a day: the newest row of this name not after it.

    Raises:
        PriceError: no such name (the nearest are offered), none dated so early, or a price that has ended.
    """
    return row_on(gpu_prices(), name, as_of, "GPU price")


def owned_figure(name: str, as_of: dt.date) -> OwnedFigure:
    """Return a sourced figure about owned GPUs or their site on a day; errors as in `gpu_price`."""
    return row_on(owned_figures(), name, as_of, "figure")


def assumed(name: str) -> Assumed:
    """Return the range assumed for what nobody publishes.

    Raises:
        PriceError: no such name; the nearest are offered.
    """
    found = {row.name: row for row in assumed_figures()}
    if name not in found:
        raise PriceError(f"the table knows no assumption '{name}'", nearest(name, found))
    return found[name]


def search_gpus(text: str, as_of: dt.date) -> tuple[GpuPrice, ...]:
    """Return the GPU prices that hold on a day and whose name, chip, provider, region, term or instance holds each word, cheapest first."""
    found = (row for row in rows_on(gpu_prices(), as_of) if all(word in _words(row) for word in text.lower().split()))
    return tuple(sorted(found, key=lambda row: (row.price, row.name)))


def _words(row: GpuPrice) -> str:
    return " ".join((row.name, row.gpu, row.provider, row.region, row.term, row.instance)).lower()


def _rent(row: dict[str, Any], provenance: Provenance) -> GpuPrice:
    per_gpu = row.pop("price") / row["gpus"]
    return GpuPrice(price=per_gpu, ends=row.pop("ends", None), provenance=provenance, **row)
