"""Turns token demand into whole replicas, GPUs and the utilisation they really reach."""

from tco_model.expr.ops import ceil, lag, maximum, minimum, power, running_maximum
from tco_model.lines.constants import (
    MINUTES_PER_MONTH,
    NO_LOAD,
    NO_UNIT_LOAD,
    ONCE_A_MONTH,
    ONE_GPU,
    ONE_REPLICA,
    ROUNDING,
    SECONDS_PER_MONTH,
)
from tco_model.lines.registry import Kind, driver


@driver(unit="token/second")
def mean_output_rate(output_volume, traffic_share, active):
    """Output tokens a second over the whole month, the share of traffic that takes this route [token/second]."""
    return output_volume * traffic_share * active / SECONDS_PER_MONTH


@driver(unit="token/second")
def peak_output_rate(mean_output_rate, peak_to_mean):
    """Output tokens a second in the busiest minutes, for which the fleet is sized [token/second]."""
    return mean_output_rate * peak_to_mean


@driver(unit="replica")
def replicas(peak_output_rate, output_tokens_per_second, target_utilisation, regions, minimum_replicas, spare_replicas, active):
    """Whole replicas: the need of each region at its peak rounded up, never below the floor, with spares [replica].

    Reserved capacity is what is paid, so cost follows replicas and not use: a fleet is never assumed busy. A load that fits exactly
    must not cost one more for the last binary digit of 0.7, so the need is rounded up from a billionth below.
    """
    need = ceil(peak_output_rate / (regions * output_tokens_per_second * target_utilisation) - ROUNDING)
    return regions * (maximum(need, minimum_replicas) + spare_replicas) * active


@driver(unit="GPU")
def gpus(replicas, gpus_per_replica):
    """GPUs held [GPU]."""
    return replicas * gpus_per_replica


@driver(unit="share")
def utilisation(mean_output_rate, replicas, output_tokens_per_second, on_share):
    """Share of the paid throughput that the load really uses: a result, never an input; 0 where no replica is held [1]."""
    return mean_output_rate / (maximum(replicas, ONE_REPLICA) * output_tokens_per_second * on_share)


@driver(unit="GPU")
def gpu_load(
    input_volume, output_volume, context_volume, prefix_cache_share, input_time, output_time, context_time, throughput_ratio,
    traffic_share, active,
):  # fmt: skip
    """GPUs that the traffic would keep busy on average if every second of them were used [GPU].

    A request takes GPU time for the prompt tokens it does not find in the prefix cache, for each token it writes, and for the context
    that each of these reads; `throughput_ratio` is what the servers yield over what the three figures say.
    """
    prompts = input_volume * (1 - prefix_cache_share) * input_time
    gpu_time = (prompts + output_volume * output_time + context_volume * context_time) / throughput_ratio
    return gpu_time * traffic_share * active / SECONDS_PER_MONTH


@driver(unit="GPU")
def peak_gpu_load(gpu_load, peak_to_mean):
    """GPUs kept busy in the busiest minutes, for which the fleet is sized [GPU]."""
    return gpu_load * peak_to_mean


@driver(unit="replica", name="replicas")
def measured_replicas(
    peak_gpu_load, gpus_per_replica, target_utilisation, regions, minimum_replicas, spare_replicas, active
):  # fmt: skip
    """Whole replicas: GPUs busy at each region's peak over those a replica may keep busy, rounded up, with floor and spares [replica]."""
    need = ceil(peak_gpu_load / (regions * gpus_per_replica * target_utilisation) - ROUNDING)
    return regions * (maximum(need, minimum_replicas) + spare_replicas) * active


@driver(unit="share", name="utilisation")
def measured_utilisation(gpu_load, gpus, on_share):
    """Share of the paid GPU time that the load really uses: a result, never an input; 0 where no GPU is held [1]."""
    return gpu_load / (maximum(gpus, ONE_GPU) * on_share)


@driver(unit="replica", name="replicas")
def base_replicas_held(base_replicas, regions, active):
    """Replicas held for the base load; what they cannot carry goes elsewhere [replica]."""
    return base_replicas * regions * active


@driver(unit="ratio")
def capacity_ratio(gpus, target_utilisation, gpu_load):
    """Load the fleet may carry over the mean load of all traffic [1]."""
    return gpus * target_utilisation / maximum(gpu_load, NO_LOAD)


@driver(unit="share")
def overflow_share(capacity_ratio, peak_to_mean):
    """Share of the traffic above the fleet's capacity, for another route such as an API [1].

    The load over the hours, sorted from the busiest, is taken as ``p (1 - t)^(p - 1)`` of its mean, t from 0 to 1: the curve with
    peak p = `peak_to_mean` and mean 1. Above a capacity of c lies ``1 - c + c (1 - 1/p) (c/p)^(1/(p - 1))`` of the traffic.
    """
    peak = maximum(peak_to_mean, 1.001)
    carried = minimum(capacity_ratio, peak)
    hours_below = power(carried / peak, 1 / (peak - 1))
    above = 1 - carried + carried * (1 - 1 / peak) * hours_below
    return minimum(maximum(above, 0), 1)


@driver(unit="share", name="utilisation")
def base_utilisation(gpu_load, overflow_share, gpus, on_share):
    """Share of the paid GPU time that the traffic kept on the fleet really uses: a result, never an input [1]."""
    return gpu_load * (1 - overflow_share) / (maximum(gpus, NO_LOAD) * on_share)


@driver(unit="token/second", name="mean_output_rate")
def base_output_rate(output_volume, traffic_share, overflow_share, active):
    """Output tokens a second that stay on the fleet, over the whole month [token/second]."""
    return output_volume * traffic_share * (1 - overflow_share) * active / SECONDS_PER_MONTH


@driver(unit="PTU")
def unit_load(input_volume, output_volume, cached_share, cached_weight, output_weight, unit_rate, traffic_share, active):
    """Units of provisioned throughput that the traffic would keep busy on average [PTU].

    Providers count in input tokens: a cached token counts for `cached_weight` of one, an output token for `output_weight`.
    """
    read = input_volume * (1 - cached_share * (1 - cached_weight))
    return (read + output_volume * output_weight) * traffic_share * active / MINUTES_PER_MONTH / unit_rate


@driver(unit="PTU")
def units_held(provisioned_units, active):
    """Units of provisioned throughput held, paid for whether used or not [PTU]."""
    return provisioned_units * active


@driver(unit="ratio", name="capacity_ratio")
def unit_capacity_ratio(units_held, unit_load):
    """Load the units may carry over the mean load of all traffic [1]."""
    return units_held / maximum(unit_load, NO_UNIT_LOAD)


@driver(unit="share", name="utilisation")
def unit_utilisation(unit_load, overflow_share, units_held):
    """Share of the units paid for that the traffic kept on them really uses: a result, never an input [1]."""
    return unit_load * (1 - overflow_share) / maximum(units_held, NO_UNIT_LOAD)


@driver(unit="GPU/month")
def purchased_gpus(gpus, hardware_life, horizon):
    """GPUs bought each month: growth of the fleet, and every purchase again after each `hardware_life` months [GPU/month]."""
    owned = running_maximum(gpus)
    added = (owned - lag(owned, 1)) * ONCE_A_MONTH
    bought = added
    for age in range(hardware_life, horizon, hardware_life):
        bought = bought + lag(added, age)
    return bought


SERVING = Kind(
    "serving",
    "fleets",
    "replicas of a model on GPUs, sized for the peak",
    (mean_output_rate, peak_output_rate, replicas, gpus, utilisation),
)
OWNED_SERVING = Kind(
    "owned_serving",
    "fleets",
    "replicas of a model on owned GPUs, bought as the fleet grows and replaced at the end of their life",
    (mean_output_rate, peak_output_rate, replicas, gpus, utilisation, purchased_gpus),
)

MEASURED = (mean_output_rate, gpu_load, peak_gpu_load, measured_replicas, gpus, measured_utilisation)
MEASURED_SERVING = Kind(
    "measured_serving",
    "fleets",
    "replicas of a model on GPUs, sized by the GPU time its requests take: give capacity: {model, chip, precision}",
    MEASURED,
)
OWNED_MEASURED_SERVING = Kind(
    "owned_measured_serving",
    "fleets",
    "as measured_serving, on owned GPUs, bought as the fleet grows and replaced at the end of their life",
    (*MEASURED, purchased_gpus),
)

BASE_SERVING = Kind(
    "base_serving",
    "fleets",
    "replicas held for the base load, sized by GPU time; route the rest with traffic_share: = fleets.<name>.overflow_share",
    (gpu_load, base_replicas_held, gpus, capacity_ratio, overflow_share, base_utilisation, base_output_rate),
)

PROVISIONED = Kind(
    "provisioned",
    "fleets",
    "units of provisioned throughput of a managed model; route the rest with traffic_share: = fleets.<name>.overflow_share",
    (unit_load, units_held, unit_capacity_ratio, overflow_share, unit_utilisation, base_output_rate),
    offers=("provisioned_units",),
)

KINDS = (SERVING, OWNED_SERVING, MEASURED_SERVING, OWNED_MEASURED_SERVING, BASE_SERVING, PROVISIONED)
