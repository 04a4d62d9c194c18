"""Reads what a chip and a model are: bandwidth, arithmetic, memory; parameters, layers, cache per token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from tco_model.errors import TableError, nearest
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.tables import read_table

TABLES = Path(__file__).parent / "tables"
BYTES_PER_WEIGHT = {"bf16": 2.0, "fp8": 1.0, "int4": 0.5, "fp4": 0.5}
USABLE_MEMORY = 0.9
"""Share of a GPU's memory left for weights and cache once activations and the runtime have theirs: the usual server default."""
T = TypeVar("T")


class CapacityError(TableError):
    """A serving question the tables cannot answer: what is wrong and the move that mends it."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One GPU."""

    name: str
    memory: float
    """[byte]"""
    bandwidth: float
    """[byte/second]"""
    rates: dict[str, float]
    """Dense arithmetic by precision of the weights [operation/second]."""
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One open-weight model."""

    name: str
    parameters: float
    active: float
    """Parameters one token passes through."""
    layers: int
    cache_per_token: float
    """Keys and values of one token in a 16-bit cache [byte]."""
    experts: int
    experts_per_token: int
    provenance: Provenance

    def weights_read(self, batch: float) -> float:
        """Return the parameters that one decoding step of `batch` sequences reads.

        A dense model reads all. Of a mixture of experts it reads the shared part and every expert that at least one of the batch's
        tokens picked, tokens taken to pick independently: ``1 - (1 - k/E)^batch`` of the experts.
        """
        if self.experts == 1:
            return self.parameters
        picked = self.experts_per_token / self.experts
        shared = (self.active - picked * self.parameters) / (1.0 - picked)
        return shared + (self.parameters - shared) * (1.0 - (1.0 - picked) ** batch)


@cache
def chips() -> Mapping[str, Chip]:
    """Return the known chips by name."""
    found: dict[str, Chip] = {}
    for row, provenance in read_table(TABLES / "chips.yaml"):
        rates = {kind: row[f"tflops_{kind}"] * 1e12 for kind in ("bf16", "fp8", "fp4")} | {"int4": row["tflops_bf16"] * 1e12}
        found[row["name"]] = Chip(row["name"], row["memory_gb"] * 1e9, row["bandwidth_tb_s"] * 1e12, rates, provenance)
    return found


@cache
def models() -> Mapping[str, ServedModel]:
    """Return the known models by name."""
    return {
        row["name"]: ServedModel(
            row["name"],
            row["parameters_b"] * 1e9,
            row["active_b"] * 1e9,
            row["layers"],
            float(row["kv_bytes_per_token"]),
            row["experts"],
            row["experts_per_token"],
            provenance,
        )
        for row, provenance in read_table(TABLES / "models.yaml")
    }


def known(table: Mapping[str, T], name: str, what: str) -> T:
    """Return a row by name.

    Raises:
        CapacityError: there is none; the nearest names are offered.
    """
    if name in table:
        return table[name]
    raise CapacityError(f"the {what} '{name}' is not in the table", nearest(name, table))


def largest_batch(model: ServedModel, chip: Chip, precision: str, gpus: int, context: float) -> int:
    """Return how many sequences of `context` tokens fit beside the weights in the memory of `gpus` GPUs.

    Raises:
        CapacityError: the weights alone do not fit.
    """
    room = USABLE_MEMORY * chip.memory * gpus - model.parameters * BYTES_PER_WEIGHT[precision]
    if room <= 0.0:
        needed = model.parameters * BYTES_PER_WEIGHT[precision] / (USABLE_MEMORY * chip.memory)
        raise CapacityError(
            f"{model.name} in {precision} needs {model.parameters * BYTES_PER_WEIGHT[precision] / 1e9:,.0f} GB and "
            f"{gpus} {chip.name} hold {USABLE_MEMORY * chip.memory * gpus / 1e9:,.0f} GB",
            f"use at least {int(-(-needed // 1))} GPUs a replica, or fewer bits a weight",
        )
    return max(int(room // (model.cache_per_token * context)), 0)
