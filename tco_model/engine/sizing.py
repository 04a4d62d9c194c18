"""Turns the traffic of a fleet and the tables of serving capacity into the figures that size it, each with its source."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tco_model.expr.evaluate import evaluate
from tco_model.expr.term import Term
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.quantity import Quantity
from tco_model.inputs.within import interval_within
from tco_model.lines.constants import SECONDS_PER_MONTH
from tco_model.lines.nomenclature import BY_NAME
from tco_model.scenario.schema import CapacityRequest, Component, Scaling
from tco_model.serving.autoscale import Scaled, autoscaled, switched, working_hours
from tco_model.serving.benchmark_files import Run, read_benchmark
from tco_model.serving.capacity import Capacity, Promise, capacity, highest_utilisation
from tco_model.serving.load_shape import LoadShape, beside, shape_named

Array = NDArray[np.float64]
SECONDS_PER_HOUR = 3600.0


def sized(
    component: Component, traffic: Mapping[str, Term], expected: Mapping[str, Array], months: int, file: str = ""
) -> dict[str, Quantity]:
    """Return the GPU times, the range of the throughput, the GPUs of a replica and the utilisation that the promise allows.

    With a load shape also its peak over its mean, and with scaling the share of the peak's replica hours that is paid.

    Args:
        component: a fleet with its capacity request.
        traffic: ``requests`` [request/month], ``input_volume`` and ``output_volume`` [token/month] of the classes it serves,
            its ``regions``, and the ``prefix_cache_share`` of the prompt tokens that take no GPU time.
        expected: the central case of the inputs of the model, ``(1, 1)`` or ``(1, months)``.
        months: the horizon.
        file: the scenario's, beside which own benchmarks and load shapes lie.

    The shape is the mean of the central case over the whole horizon, prompt tokens in the prefix cache left out. The
    utilisation is that of the smallest pool the fleet ever is, one region in the month with the least traffic, so that it holds in
    every month.

    Raises:
        CapacityError: unknown names, a model that does not fit, or a promise that cannot be kept.
    """
    assert component.capacity is not None
    found = evaluate(dict(traffic), dict(expected), months)
    names = ("requests", "input_volume", "output_volume", "regions", "prefix_cache_share")
    requests, read, written, regions, cached = (np.broadcast_to(found[name], (1, months))[0] for name in names)
    calls = max(float(requests.sum()), 1e-12)
    shape = float((read * (1.0 - cached)).sum()) / calls, float(written.sum()) / calls
    request, promise = component.capacity, _promise(component.capacity)
    known = capacity(request.model, request.chip, request.precision, request.gpus, *shape, promise, _own_runs(request, file))
    pool = _smallest_pool(known, requests / regions, shape, promise, request.gpus)
    found = _quantities(known, request, promise, pool)
    if request.load_shape is None:
        return found
    busy = (requests / regions)[requests > 0]
    gpus_busy = float(busy.mean()) * known.gpu_time(*shape) / SECONDS_PER_MONTH if busy.size else 0.0
    utilisation = float(found["target_utilisation"].central or 1.0)
    return found | _shaped(shape_named(request.load_shape, file), request, gpus_busy, request.gpus * utilisation)


def _own_runs(request: CapacityRequest, file: str) -> tuple[Run, ...]:
    if request.benchmark is None:
        return ()
    path = beside(file, request.benchmark)
    return read_benchmark(path, chip=request.chip, precision=request.precision, gpus=request.gpus, model=request.model)


def _shaped(shape: LoadShape, request: CapacityRequest, mean: float, replica: float) -> dict[str, Quantity]:
    """Return peak over mean, and with scaling the paid share of the replica hours; `mean` load and what a `replica` carries in GPUs."""
    told = f"load shape {shape.name}"
    peak = Quantity(shape.peak_to_mean, BY_NAME["peak_to_mean"].unit, shape.provenance, told)
    if request.scaling is None:
        return {"peak_to_mean": peak}
    week = _scaled_week(shape.load(mean), replica, request.scaling) if mean > 0.0 else None
    paid = 1.0 if week is None or not week.most_replicas else week.mean_replicas / week.most_replicas
    said = "" if week is None else f"; {week.late_share:.2%} of the load finds no replica ready, for lag, cold start or timetable"
    source = Provenance(source=f"assumption: a fleet that follows the {told}", note=f"a week at the mean load of the horizon{said}")
    return {"peak_to_mean": peak, "on_share": Quantity(paid, BY_NAME["on_share"].unit, source, "from the load shape and the scaling")}


def _scaled_week(load: Array, replica: float, scaling: Scaling) -> Scaled:
    lag, cold_start, hold = _hours(scaling.lag), _hours(scaling.cold_start), _hours(scaling.hold)
    if scaling.timetable == "always":
        return autoscaled(load, replica, floor=scaling.floor, lag=lag, cold_start=cold_start, hold=hold)
    most = max(math.ceil(float(load.max()) / replica - 1e-9), scaling.floor, 1)
    return switched(load, replica, most, working_hours(), cold_start=cold_start)


def _hours(delay: Quantity | None) -> float:
    return 0.0 if delay is None else float(delay.central or 0.0) / SECONDS_PER_HOUR


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
    slots = known.operation.concurrency

    def suffices(replicas: int) -> bool:
        return load <= replicas * gpus * highest_utilisation(replicas * slots, promise)

    high = 1
    while not suffices(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high * slots


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
