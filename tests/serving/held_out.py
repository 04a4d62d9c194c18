"""Repeats the fit of the roofline to the measured rows, and predicts rows from all the others: by shape, by chip, by model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import optimize

from tco_model.serving.hardware import BYTES_PER_WEIGHT, chips, models
from tco_model.serving.roofline import CACHE_SHARE, Reached
from tco_model.serving.throughput import Row, measured_rows, operations


@dataclass(frozen=True)
class Table:
    """Measured rows as columns, with what the roofline needs of their model and chip, each of shape ``(rows,)``."""

    columns: dict[str, np.ndarray]

    def where(self, kept: np.ndarray) -> Table:
        return Table({name: values[kept] for name, values in self.columns.items()})

    def errors(self, reached: Reached) -> np.ndarray:
        """Logarithm of the output rate told over the one measured."""
        return np.log(self.told(reached) / self.columns["rate"])

    def told(self, reached: Reached) -> np.ndarray:
        """Output rate of the replica, written down again apart from the code under test [token/second]."""
        of = self.columns
        read = of["weights"] + of["batch"] * of["cache"] * (of["input"] + of["output"] / 2)
        flops = 2 * of["active"] / (of["flops"] * reached.arithmetic * of["gpus"])
        memory = read / (of["bandwidth"] * reached.bandwidth * of["gpus"])
        step = np.maximum(memory, flops * of["batch"]) + reached.layer_overhead * of["layers"]
        return of["output"] / (flops * of["input"] + of["output"] * step / of["batch"])


def known_rows() -> list[Row]:
    return [row for row in measured_rows() if row.model in models() and row.chip in chips()]


@cache
def table() -> Table:
    found: dict[str, list[float | str]] = defaultdict(list)
    for row in known_rows():
        model, chip = models()[row.model], chips()[row.chip]
        weights = model.weights_read(row.concurrency) * BYTES_PER_WEIGHT[row.precision]
        entry = {
            "model": row.model, "chip": row.chip, "input": row.input_tokens, "output": row.output_tokens, "gpus": row.gpus,
            "batch": row.concurrency, "rate": row.output_rate, "weights": weights,
            "cache": model.cache_per_token * CACHE_SHARE, "active": model.active, "layers": model.layers,
            "flops": chip.rates[row.precision], "bandwidth": chip.bandwidth,
        }  # fmt: skip
        for name, value in entry.items():
            found[name].append(value)
    return Table({name: np.array(values) for name, values in found.items()})


def refit(rows: Table) -> Reached:
    """Return the shares reached that make the mean absolute logarithmic error least."""

    def loss(logs: np.ndarray) -> float:
        return float(np.abs(rows.errors(Reached(*np.exp(logs)))).mean())

    return Reached(*np.exp(optimize.minimize(loss, np.log([0.7, 0.4, 80e-6]), method="Nelder-Mead", options={"maxiter": 400}).x))


def roofline_without(column: str) -> dict[str, np.ndarray]:
    """Absolute relative errors of the rows of each chip or model, from a fit that never saw it."""
    every = table()
    names = every.columns[column]
    found = {}
    for name in sorted(set(names.tolist())):
        held = every.where(names == name)
        found[name] = np.abs(np.exp(held.errors(refit(every.where(names != name)))) - 1.0)
    return found


def table_without_shape() -> dict[str, list[float]]:
    """Absolute relative errors of measured rows interpolated from the other shapes of their setting, by model, chip and precision."""
    settings: dict[tuple[str, str, str, int, int], list[Row]] = defaultdict(list)
    for row in measured_rows():
        settings[row.model, row.chip, row.precision, row.gpus, row.concurrency].append(row)
    found: dict[str, list[float]] = defaultdict(list)
    for members in settings.values():
        for row in members:
            told = operations([other for other in members if other is not row], row.input_tokens, row.output_tokens)
            if told:
                found[f"{row.model} {row.chip} {row.precision}"].append(abs(told[0].output_rate / row.output_rate - 1.0))
    return found


def summary(errors: dict[str, list[float]] | dict[str, np.ndarray]) -> tuple[int, float, float]:
    """Number, median and ninetieth percentile of all errors."""
    every = np.concatenate([np.asarray(one) for one in errors.values()])
    return len(every), float(np.median(every)), float(np.quantile(every, 0.9))


def worst(errors: dict[str, list[float]] | dict[str, np.ndarray], count: int = 5) -> list[tuple[str, int, float]]:
    """Name, number and median error of the parts told worst."""
    return sorted(((name, len(one), float(np.median(one))) for name, one in errors.items()), key=lambda part: -part[2])[:count]
