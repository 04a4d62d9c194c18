"""Turns a model, a chip and a promise into GPU time: so much a prompt token, a written token and a token of context read.

With these three a fleet is sized from the shape of its traffic, whatever that shape is in each future: a longer prompt costs
GPU time by itself, and traffic that reads much and writes little is not sized by a figure measured for the opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tco_model.inputs.provenance import Provenance
from tco_model.serving.benchmark_files import OWN, Run, own_throughput
from tco_model.serving.hardware import chips, known, models
from tco_model.serving.queueing import highest_utilisation_by_waiting_share
from tco_model.serving.roofline import CACHE_SHARE, Operation, Reached, step_time
from tco_model.serving.throughput import Throughput, gpu_time_weights, measured_rows, throughput

SPREAD = {"measured": (0.92, 1.08), "interpolated": (0.8, 1.25), "roofline": (0.55, 1.5), OWN: (0.95, 1.05)}
"""P5 and P95 of throughput found over throughput told: of the interpolation and the roofline from their held-out errors, of a
measured row an assumption for another version and setting of the server; of an own benchmark an assumption for the mix of production."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What users are promised at the mean: seconds to the first token, seconds a token, and the share that may wait for a slot."""

    first_token: float = 10.0
    per_token: float = float("inf")
    waiting_share: float = 0.05
    arrival_variation: float = 1.0
    """Squared coefficient of variation of the gaps between arrivals; 1 is a Poisson stream, more comes in bursts."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """GPU time by kind of token for one replica at work, and how it is known."""

    input_time: float
    """[GPU*second/token]"""
    output_time: float
    """[GPU*second/token]"""
    context_time: float
    """[GPU*second/token^2], per written token and token of context it reads."""
    operation: Operation
    method: str
    spread: tuple[float, float]
    provenance: Provenance

    def gpu_time(self, input_tokens: float, output_tokens: float) -> float:
        """Return the GPU time of a request [GPU*second/request]."""
        context = output_tokens * (input_tokens + output_tokens / 2.0)
        return self.input_time * input_tokens + self.output_time * output_tokens + self.context_time * context


def capacity(
    model: str,
    chip: str,
    precision: str,
    gpus: int,
    input_tokens: float,
    output_tokens: float,
    promise: Promise,
    own: Sequence[Run] = (),
) -> Capacity:
    """Return the GPU time of requests near a shape, run at the concurrency that is fastest within the promise.

    Own runs come before any table; they are read at the shape they were made at.

    Raises:
        CapacityError: unknown names, a model that does not fit in memory, or a promise that cannot be kept.
    """
    if own:
        return _own_capacity(model, chip, precision, promise, own)
    found = throughput(
        model, chip, precision, gpus, input_tokens, output_tokens, first_token=promise.first_token, per_token=promise.per_token
    )
    weights = (
        _roofline_weights(found, model, chip, precision) if found.method == "roofline" else _measured_weights(found, model, chip, precision)
    )
    return _scaled(weights, found, input_tokens, output_tokens)


def _own_capacity(model: str, chip: str, precision: str, promise: Promise, own: Sequence[Run]) -> Capacity:
    """Return the GPU time that own runs tell: split among the kinds of token by their shapes, or as the roofline splits it."""
    run = own_throughput(own, first_token=promise.first_token, per_token=promise.per_token)
    found, row = run.throughput, run.row
    rows = [one.row for one in own if one.row.concurrency == row.concurrency]
    if len({(one.input_tokens, one.output_tokens) for one in rows}) < 2 and model in models() and chip in chips():
        weights = _roofline_weights(found, model, chip, precision)
    else:
        weights = gpu_time_weights(rows)
    return _scaled(weights, found, row.input_tokens, row.output_tokens)


def _scaled(weights: tuple[float, float, float], found: Throughput, input_tokens: float, output_tokens: float) -> Capacity:
    """Hold the split of the GPU time to the throughput told for a shape."""
    told = weights[0] * input_tokens + weights[1] * output_tokens + weights[2] * output_tokens * (input_tokens + output_tokens / 2.0)
    scale = found.operation.gpus * output_tokens / found.operation.output_rate / told
    return Capacity(
        weights[0] * scale, weights[1] * scale, weights[2] * scale, found.operation, found.method, SPREAD[found.method], found.provenance
    )


def _measured_weights(found: Throughput, model: str, chip: str, precision: str) -> tuple[float, float, float]:
    operation = found.operation
    wanted = (model, chip, precision, operation.gpus, operation.concurrency)
    return gpu_time_weights([row for row in measured_rows() if (row.model, row.chip, row.precision, row.gpus, row.concurrency) == wanted])


def _roofline_weights(found: Throughput, model: str, chip: str, precision: str) -> tuple[float, float, float]:
    """Split the roofline's GPU time into its three kinds, at the concurrency it was found for."""
    served, on, reached = known(models(), model, "model"), known(chips(), chip, "chip"), Reached()
    operation = found.operation
    prompt = 2.0 * served.active / (on.rates[precision] * reached.arithmetic)
    bare = step_time(served, on, precision, operation.gpus, operation.concurrency, 0.0, reached) * operation.gpus / operation.concurrency
    return prompt, bare, served.cache_per_token * CACHE_SHARE / (on.bandwidth * reached.bandwidth)


def highest_utilisation(slots: int, promise: Promise) -> float:
    """Return the highest utilisation of a pool at which the promised share waits; arrivals steadier than Poisson are taken as such."""
    return highest_utilisation_by_waiting_share(slots, promise.waiting_share, max(promise.arrival_variation, 1.0))
