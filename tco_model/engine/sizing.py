"""Turns the traffic of a fleet and the tables of serving capacity into the figures that size it, each with its source."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tco_model.engine.inputs import Leaf, expected_values
from tco_model.expr.evaluate import evaluate
from tco_model.expr.term import Term
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.quantity import Quantity
from tco_model.inputs.within import interval_within
from tco_model.lines.constants import SECONDS_PER_MONTH
from tco_model.lines.nomenclature import BY_NAME
from tco_model.scenario.schema import CapacityRequest, Component
from tco_model.serving.capacity import Capacity, Promise, capacity, highest_utilisation


def sized(component: Component, traffic: Mapping[str, Term], leaves: Mapping[str, Leaf], months: int) -> dict[str, Quantity]:
    """Return the GPU times, the range of the throughput, the GPUs of a replica and the utilisation that the promise allows.

    Args:
        component: a fleet with its capacity request.
        traffic: ``requests`` [request/month], ``input_volume`` and ``output_volume`` [token/month] of the classes it serves.
        leaves: the inputs of the model.
        months: the horizon.

    The shape is the mean of the central case over the whole horizon. The utilisation is that of the smallest pool the fleet
    ever is, in the month with the least traffic, so that it holds in every month.

    Raises:
        CapacityError: unknown names, a model that does not fit, or a promise that cannot be kept.
    """
    assert component.capacity is not None
    found = evaluate(dict(traffic), expected_values(leaves), months)
    requests, read, written = (np.broadcast_to(found[name], (1, months))[0] for name in ("requests", "input_volume", "output_volume"))
    calls = max(float(requests.sum()), 1e-12)
    shape = float(read.sum()) / calls, float(written.sum()) / calls
    request, promise = component.capacity, _promise(component.capacity)
    known = capacity(request.model, request.chip, request.precision, request.gpus, *shape, promise)
    pool = _smallest_pool(known, requests, shape, promise, request.gpus)
    return _quantities(known, request, promise, pool)


def _promise(request: CapacityRequest) -> Promise:
    default = Promise()
    values = {
        "first_token": request.first_token,
        "per_token": request.per_token,
        "waiting_share": request.waiting_share,
        "arrival_variation": request.burstiness,
    }
    return Promise(**{name: getattr(default, name) if value is None else float(value.central or 0.0) for name, value in values.items()})


def _smallest_pool(known: Capacity, requests: np.ndarray, shape: tuple[float, float], promise: Promise, gpus: int) -> int:
    """Return the slots of the smallest pool: whole replicas for the mean load of the quietest month that has any."""
    busy = requests[requests > 0]
    load = float(busy.min()) * known.gpu_time(*shape) / SECONDS_PER_MONTH if busy.size else 0.0
    replicas = 1
    while load > replicas * gpus * highest_utilisation(replicas * known.operation.concurrency, promise):
        replicas += 1
    return replicas * known.operation.concurrency


def _quantities(known: Capacity, request: CapacityRequest, promise: Promise, pool: int) -> dict[str, Quantity]:
    shown = f"{request.model} in {request.precision} on {request.gpus} {request.chip}, {known.method}"
    source = Provenance(known.provenance.source, known.provenance.url, known.provenance.as_of, known.provenance.note, "")
    spread = Provenance(
        source="assumption: range of throughput found over throughput told", note=f"from the held-out error of the method ({known.method})"
    )
    queue = Provenance(source="assumption: Erlang C", note=f"a pool of {pool} slots, {promise.waiting_share:.0%} of requests may wait")
    chosen = Provenance(source="assumption: chosen width of a replica", note=shown)
    low, high = known.spread
    utilisation = min(highest_utilisation(pool, promise), BY_NAME["target_utilisation"].high)
    plain = {
        "input_time": (known.input_time, shown, source),
        "output_time": (known.output_time, shown, source),
        "context_time": (known.context_time, shown, source),
        "gpus_per_replica": (float(request.gpus), shown, chosen),
        "target_utilisation": (utilisation, "from the waiting promise", queue),
    }
    found = {name: Quantity(value, BY_NAME[name].unit, where, text) for name, (value, text, where) in plain.items()}
    ratio = interval_within(low, high, BY_NAME["throughput_ratio"].low, BY_NAME["throughput_ratio"].high)
    return found | {"throughput_ratio": Quantity(ratio, BY_NAME["throughput_ratio"].unit, spread, f"{low} to {high}")}
