"""Turns measured rows into the throughput of a replica at the shape of our own requests, and falls back to the roofline.

Interpolation rule. For one model, chip, precision, number of GPUs and concurrency, the GPU time of a request is taken as
``a x input + b x output + c x output x (input + output / 2)``, none of them negative: prompts cost by their length, tokens
by their number and by the cache they read. The three are fitted to the measured shapes in relative terms; a shape that was
itself measured is used as it is. Shapes on both sides of the wanted ratio of input to output are needed.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tco_model.errors import nearest
from tco_model.inputs.provenance import Provenance
from tco_model.serving.hardware import TABLES, CapacityError, chips, known, models
from tco_model.serving.roofline import Operation, best_operation

SOURCE = "silicon rows of the package aiconfigurator-core 0.12.0 (Apache-2.0), aggregated serving without attention data parallelism"
URL = "https://pypi.org/project/aiconfigurator-core/0.12.0/"
AS_OF = dt.date(2026, 4, 27)
SAME_SHAPE = 0.02
"""Shapes whose lengths differ by less than this share count as the same."""
MARGIN = 1.25
"""How far beyond the measured ratios of input to output a shape may lie."""
CONTEXT_SCALE = 1e4
"""Brings the three terms of the fit to a like size [token]."""
LONGEST_FIRST_TOKEN = 10.0
"""Runs whose first token takes longer are saturated queues, not a way to serve [second]."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured run: `concurrency` requests of one shape kept in flight on one replica."""

    model: str
    chip: str
    precision: str
    input_tokens: int
    output_tokens: int
    gpus: int
    concurrency: int
    first_token: float
    """[second]"""
    per_token: float
    """[second]"""
    backend: str
    version: str
    measured: str

    @property
    def request_time(self) -> float:
        """Time of a request from arrival to its last token [second]."""
        return self.first_token + (self.output_tokens - 1) * self.per_token

    @property
    def gpu_time(self) -> float:
        """GPU time a request takes of the replica [GPU*second/request]."""
        return self.request_time * self.gpus / self.concurrency

    @property
    def output_rate(self) -> float:
        """Output tokens of the replica [token/second]."""
        return self.concurrency * self.output_tokens / self.request_time


@dataclass(frozen=True, slots=True)
class Throughput:
    """What a replica yields at a shape and a promise, and how that is known."""

    operation: Operation
    method: Literal["measured", "interpolated", "roofline", "own measurement"]
    provenance: Provenance


@cache
def measured_rows() -> tuple[Row, ...]:
    """Return the shipped measurements."""
    with (TABLES / "measured.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_row(entry) for entry in csv.DictReader(file))


def _row(entry: Mapping[str, str]) -> Row:
    return Row(
        model=entry["model"],
        chip=entry["chip"],
        precision=entry["precision"],
        input_tokens=int(entry["input_tokens"]),
        output_tokens=int(entry["output_tokens"]),
        gpus=int(entry["gpus"]),
        concurrency=int(entry["concurrency"]),
        first_token=float(entry["ttft_ms"]) / 1000.0,
        per_token=float(entry["tpot_ms"]) / 1000.0,
        backend=entry["backend"],
        version=entry["version"],
        measured=entry["measured"],
    )


def throughput(
    model: str,
    chip: str,
    precision: str,
    gpus: int,
    input_tokens: float,
    output_tokens: float,
    *,
    first_token: float = LONGEST_FIRST_TOKEN,
    per_token: float = float("inf"),
    rows: Iterable[Row] | None = None,
) -> Throughput:
    """Return what one replica yields: from measured rows where they cover the case, else from the roofline.

    Args:
        model, chip, precision: names of the tables; precision is that of the weights: bf16, fp8, fp4 or int4.
        gpus: GPUs one replica spans.
        input_tokens, output_tokens: mean shape of a request [token].
        first_token, per_token: the promise, times that must not be passed at the mean [second].
        rows: measurements to use in place of the shipped ones.

    Raises:
        CapacityError: unknown names, a model that does not fit, or a promise that cannot be kept.
    """
    rows = measured_rows() if rows is None else rows
    here = [row for row in rows if (row.model, row.chip, row.precision, row.gpus) == (model, chip, precision, gpus)]
    found = operations(here, input_tokens, output_tokens)
    kept = [one for one in found if one.first_token <= first_token and one.per_token <= per_token]
    if kept:
        exact = any(_same(row, input_tokens, output_tokens) for row in here)
        return Throughput(max(kept, key=lambda one: one.output_rate), "measured" if exact else "interpolated", _measured_from(here))
    if found:
        quickest = min(found, key=lambda one: one.per_token)
        raise CapacityError(
            f"{gpus} {chip} serve {model} in {precision} at best with {quickest.first_token:.2g} s to the first token and "
            f"{1000 * quickest.per_token:.3g} ms a token, as measured",
            "promise more time, or use more GPUs a replica",
        )
    if model not in models():
        message = f"the model '{model}' is neither measured on {gpus} {chip} in {precision} nor in the table of models"
        raise CapacityError(message, nearest(model, models()))
    operation = best_operation(
        known(models(), model, "model"),
        known(chips(), chip, "chip"),
        precision,
        gpus,
        input_tokens,
        output_tokens,
        first_token=first_token,
        per_token=per_token,
    )
    return Throughput(operation, "roofline", models()[model].provenance)


def operations(rows: Iterable[Row], input_tokens: float, output_tokens: float) -> list[Operation]:
    """Return how a replica runs at a shape, one operation for each measured concurrency."""
    settings: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        settings[row.gpus, row.concurrency].append(row)
    found = (_at_shape(members, input_tokens, output_tokens) for members in settings.values())
    return [one for one in found if one is not None]


def _at_shape(rows: list[Row], input_tokens: float, output_tokens: float) -> Operation | None:
    gpus, concurrency = rows[0].gpus, rows[0].concurrency
    for row in rows:
        if _same(row, input_tokens, output_tokens):
            return Operation(gpus, concurrency, row.first_token, row.per_token, row.output_rate)
    if not _covered(rows, input_tokens / output_tokens):
        return None
    terms = _cost_terms([(row.input_tokens, row.output_tokens) for row in rows])
    gpu_time = _fitted(terms, np.array([row.gpu_time for row in rows]), _cost_terms([(input_tokens, output_tokens)]))
    lengths = np.array([[1.0, row.input_tokens] for row in rows])
    first_token = _fitted(lengths, np.array([row.first_token for row in rows]), np.array([[1.0, input_tokens]]))
    request_time = gpu_time * concurrency / gpus
    first_token = min(first_token, request_time)
    per_token = (request_time - first_token) / max(output_tokens - 1.0, 1.0)
    return Operation(gpus, concurrency, first_token, per_token, concurrency * output_tokens / request_time)


def gpu_time_weights(rows: list[Row]) -> tuple[float, float, float]:
    """Return the GPU time a prompt token, a written token and a token of context take, fitted to measured shapes.

    In ``GPU*second/token``, twice, and ``GPU*second/token^2``; with one shape all of it is laid on the written tokens.
    """
    if len({(row.input_tokens, row.output_tokens) for row in rows}) < 2:
        return 0.0, rows[0].gpu_time / rows[0].output_tokens, 0.0
    terms = _cost_terms([(row.input_tokens, row.output_tokens) for row in rows])
    weights = fitted_weights(terms, np.array([row.gpu_time for row in rows]))
    return float(weights[0]), float(weights[1]), float(weights[2]) / CONTEXT_SCALE


def _same(row: Row, input_tokens: float, output_tokens: float) -> bool:
    pairs = ((row.input_tokens, input_tokens), (row.output_tokens, output_tokens))
    return all(abs(ours - theirs) <= SAME_SHAPE * ours for ours, theirs in pairs)


def _covered(rows: list[Row], wanted: float) -> bool:
    """Say whether measured shapes lie on both sides of a ratio of input to output; beyond them nothing is read off."""
    ratios = [row.input_tokens / row.output_tokens for row in rows]
    return len(rows) >= 2 and min(ratios) <= wanted * MARGIN and wanted <= max(ratios) * MARGIN


def _cost_terms(shapes: list[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array([[read, written, written * (read + written / 2.0) / CONTEXT_SCALE] for read, written in shapes])


def _fitted(terms: NDArray[np.float64], values: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    return float((wanted @ fitted_weights(terms, values))[0])


def fitted_weights(terms: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit non-negative weights in relative terms; where there are fewer rows than terms the last terms are left out.

    Args:
        terms: of each row, shape (rows, terms).
        values: what they come to, shape (rows,).

    Of so few terms every choice is tried: the best fit has weights above zero where plain least squares over its own terms has them.
    """
    used = min(terms.shape[1], len(values))
    relative, ones = terms[:, :used] / values[:, None], np.ones(len(values))
    best, missed = np.zeros(terms.shape[1]), float(len(values))
    for size in range(1, used + 1):
        for chosen in map(list, combinations(range(used), size)):
            weights = np.linalg.lstsq(relative[:, chosen], ones, rcond=None)[0]
            misses = float(np.sum((relative[:, chosen] @ weights - ones) ** 2))
            if weights.min() >= 0.0 and misses < missed:
                best, missed = np.zeros(terms.shape[1]), misses
                best[chosen] = weights
    return best


def _measured_from(rows: list[Row]) -> Provenance:
    backends = sorted({f"{row.backend} {row.version}".strip() for row in rows})
    dates = sorted({row.measured for row in rows if row.measured})
    note = f"{len(rows)} rows, {', '.join(backends[:3])}" + (f", measured {dates[0]} to {dates[-1]}" if dates else "")
    return Provenance(source=SOURCE, url=URL, as_of=AS_OF, note=note)
