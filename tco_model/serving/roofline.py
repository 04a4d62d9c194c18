"""Turns a model, a chip and the shape of a request into throughput by the roofline: what memory and arithmetic allow at most, times
the shares of it that servers reach."""

from __future__ import annotations

from dataclasses import dataclass

from tco_model.serving.hardware import BYTES_PER_WEIGHT, CapacityError, Chip, ServedModel, largest_batch

CACHE_SHARE = 0.5
"""The cache is held in 8 bits, half of the 16-bit figure of the table."""
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True)
class Reached:
    """What servers reach of the roofline, fitted to the measured rows; the fit is repeated by the tests."""

    bandwidth: float = 0.74
    """Share of the memory bandwidth reached while decoding (MBU)."""
    arithmetic: float = 0.36
    """Share of the arithmetic rate reached while reading the prompt (MFU)."""
    layer_overhead: float = 89e-6
    """Time a layer adds to each step whatever the load: launches and exchange between GPUs [second]."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A replica at work: `concurrency` requests of one shape in its running batch."""

    gpus: int
    concurrency: int
    first_token: float
    """Time to the first token (TTFT) [second]."""
    per_token: float
    """Time per further token (TPOT) [second]."""
    output_rate: float
    """Output tokens of the replica [token/second]."""


def step_time(model: ServedModel, chip: Chip, precision: str, gpus: int, batch: float, context: float, reached: Reached) -> float:
    """Return the time of one decoding step [second]: the slower of reading weights and cache, and of the arithmetic."""
    read = model.weights_read(batch) * BYTES_PER_WEIGHT[precision] + batch * model.cache_per_token * CACHE_SHARE * context
    memory = read / (chip.bandwidth * reached.bandwidth * gpus)
    arithmetic = 2.0 * model.active * batch / (chip.rates[precision] * reached.arithmetic * gpus)
    return max(memory, arithmetic) + reached.layer_overhead * model.layers


def operate(
    model: ServedModel, chip: Chip, precision: str, gpus: int, batch: int, input_tokens: float, output_tokens: float, reached: Reached
) -> Operation:
    """Return how a replica runs with `batch` requests of a shape in flight.

    Reading the prompts takes turns with decoding, so a request's share of both adds up:
    ``GPU time = prompt arithmetic + output_tokens x step / batch x gpus``.
    """
    step = step_time(model, chip, precision, gpus, batch, input_tokens + output_tokens / 2.0, reached)
    prompt = 2.0 * model.active * input_tokens / (chip.rates[precision] * reached.arithmetic * gpus)
    request = prompt + output_tokens * step / batch
    per_token = step + prompt * (batch - 1) / output_tokens
    return Operation(gpus, batch, prompt + step, per_token, output_tokens / request)


def best_operation(
    model: ServedModel,
    chip: Chip,
    precision: str,
    gpus: int,
    input_tokens: float,
    output_tokens: float,
    *,
    first_token: float = float("inf"),
    per_token: float = float("inf"),
    reached: Reached | None = None,
) -> Operation:
    """Return the fastest operation that keeps the promised times and fits in memory.

    Raises:
        CapacityError: the model does not fit, or even one request at a time misses the promise.
    """
    reached = reached or Reached()
    room = largest_batch(model, chip, precision, gpus, input_tokens + output_tokens)
    if room < 1:
        raise CapacityError(f"no request of {input_tokens + output_tokens:,.0f} tokens fits beside {model.name}", "use more GPUs a replica")
    tried = [operate(model, chip, precision, gpus, batch, input_tokens, output_tokens, reached) for batch in BATCHES if batch <= room]
    kept = [one for one in tried if one.first_token <= first_token and one.per_token <= per_token]
    if not kept:
        fastest = tried[0]
        raise CapacityError(
            f"{gpus} {chip.name} cannot serve {model.name} within the promised times: alone in the replica a request takes "
            f"{fastest.first_token:.2g} s to the first token and {1000 * fastest.per_token:.3g} ms a token",
            "promise more time, use more GPUs a replica, or a smaller model",
        )
    return max(kept, key=lambda one: one.output_rate)
