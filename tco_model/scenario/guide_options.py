"""Turns the ways to run a model that a newcomer may choose from into the options of a scenario file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tco_model.scenario.layout import read_layout

OPEN_MODEL, CHIP, GPUS = "llama-3.1-70b", "h200", 2
"""What a fleet of one's own serves in the guide: an open-weight model and a chip that the tables hold measured runs of."""


Said = tuple[str, ...]
"""A quantity as a scenario writes it: ``value: 3 FTE``, ``source: assumption`` and so on."""
WIDEST = 140


def entry(indent: int, key: str, said: Said) -> list[str]:
    """Write a quantity on one line where it fits, else below its key."""
    return wrapped(f"{' ' * indent}{key}: {{{', '.join(said)}}}")


def wrapped(line: str) -> list[str]:
    """Write a line that is too wide as a key with the entries of its brackets below it, each wrapped in turn."""
    if len(line) <= WIDEST or not line.endswith("}"):
        return [line]
    margin, text = line[: -len(line.lstrip())], line.strip()
    held = read_layout(text).entries[0]
    if held.value.kind != "mapping":
        return [line]
    below = (f"{margin}  {text[one.start : one.value.end]}" for one in held.value.entries)
    return [f"{margin}{text[: held.key_end]}:", *(short for one in below for short in wrapped(one))]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the options have in common: names that stand in several of them."""

    managed_model: str
    small_model: str
    provisioned_rate: str
    provisioned_price: str
    provisioned_units: int
    provisioned_weights: tuple[Said, Said]
    """Output and cached weight with their source."""
    incident_cost: Said
    """What an outage costs: drawn for each event, so no input can hold it."""
    build_months: int
    first: bool
    """It is what the others are compared with, and what runs today."""
    unsolved: bool
    """People take the cases that the model leaves over, and their time is counted."""


@dataclass(frozen=True, slots=True)
class Template:
    """One way to run a model."""

    name: str
    label: str
    summary: str
    write: Callable[[Parts], list[str]]
    """The option's lines below its label, indented by four columns."""
    success: str
    """Its success share over the inputs of the guide, where no other was answered."""


LOGS = "{line: stored_logs, class: live, log_size: = log_size, retention_months: 12, copies: 2, storage_price: = storage_price}"
TRACES = "{line: trace_ingest, class: live, spans_per_request: = spans_per_request, span_price: = span_price}"
PAY = "salary: = engineer_pay, on_cost_share: = on_cost_share"


def _managed(parts: Parts) -> list[str]:
    return [
        "    token:",
        f"      calls: {{line: managed_tokens, class: live, prices: {{model: {parts.managed_model}}}, price_index: = token_price_index}}",
        "    compute: {none: the provider runs the model}",
        *_watched(),
        *_people(parts, "= api_engineers"),
        *_api_change(parts),
        *_risk(parts, "= provider_outages"),
        "    fees: {none: pay as you go without a plan}",
    ]


def _provisioned(parts: Parts) -> list[str]:
    output_weight, cached_weight = parts.provisioned_weights
    return [
        "    fleets:",
        "      units: # what a unit carries comes from the table; try other numbers of units with `tco sweep`",
        "        kind: provisioned",
        "        class: live",
        f"        provisioned_units: {{value: {parts.provisioned_units} PTU, source: assumption, "
        f"note: units that carry the mean load at the start; the rest flows over}}",
        f"        unit_rate: {{list: {parts.provisioned_rate}}}",
        *entry(8, "output_weight", output_weight),
        *entry(8, "cached_weight", cached_weight),
        "        peak_to_mean: = peak_to_mean",
        "    token:",
        f"      units: {{line: provisioned_throughput, fleet: units, provisioned_price: {{list: {parts.provisioned_price}}}}}",
        "      overflow: {line: managed_tokens, class: live, traffic_share: = fleets.units.overflow_share, "
        f"prices: {{model: {parts.managed_model}}}, price_index: = token_price_index}}",
        "    compute: {none: the provider runs the model}",
        *_watched(),
        *_people(parts, "= api_engineers"),
        *_api_change(parts),
        *_risk(parts, "= provider_outages"),
        "    fees: {none: no fee beside the units}",
    ]


def _cascade(parts: Parts) -> list[str]:
    return [
        "    token:",
        f"      small: {{line: managed_tokens, class: live, prices: {{model: {parts.small_model}}}, price_index: = token_price_index}}",
        "      judge: {line: managed_tokens, class: live, input_tokens: = demand.live.input_tokens + demand.live.output_tokens, "
        "output_tokens: 10 token/request, cached_share: 0%, "
        f"prices: {{model: {parts.small_model}}}, price_index: = token_price_index}}",
        "      escalation: {line: managed_tokens, class: live, traffic_share: = escalated, "
        f"prices: {{model: {parts.managed_model}}}, price_index: = token_price_index}}",
        "    compute: {none: the provider runs the models}",
        *_watched(),
        *_people(parts, "= api_engineers + cascade_engineers"),
        *_migration(parts, "work: {line: project_work, effort: = cascade_effort, " + PAY + "}"),
        *_risk(parts, "= provider_outages"),
        "    fees: {none: pay as you go without a plan}",
    ]


def _rented(parts: Parts) -> list[str]:
    return [
        *_phases(parts),
        *_fleet("measured_serving", parts, ["spare_replicas: 1 replica/region"]),
        *_bridge(parts),
        "    compute:",
        f"      rent: {{line: gpu_rental, fleet: main, {_running(parts)}gpu_price: = gpu_price * gpu_price_index}}",
        *_watched("main"),
        *_own_people(parts, "= serving_engineers"),
        *_build(parts, "= platform_effort"),
        *_risk(parts, "= own_outages", _running(parts)),
        "    fees: {none: open weights without a licence fee}",
    ]


def _owned(parts: Parts) -> list[str]:
    running = _running(parts)
    power = f"{running}power_per_gpu: = power_per_gpu, "
    return [
        *_phases(parts),
        *_fleet("owned_measured_serving", parts, ["spare_replicas: 1 replica/region", "hardware_life: 60"]),
        *_bridge(parts),
        "    compute:",
        "      purchase: {line: hardware_purchase, fleet: main, hardware_price: = hardware_price}",
        "      resale: {line: hardware_residual, fleet: main, hardware_price: = hardware_price, residual_share: = residual_share}",
        f"      upkeep: {{line: hardware_maintenance, fleet: main, {running}hardware_price: = hardware_price, "
        "maintenance_share: = maintenance_share}",
        f"      power: {{line: electricity, fleet: main, {power}power_usage_effectiveness: 1, electricity_price: = electricity_price}}",
        f"      rack: {{line: colocation, fleet: main, {power}colocation_price: = colocation_price}}",
        *_watched("main"),
        *_own_people(parts, "= serving_engineers + hardware_engineers"),
        *_build(parts, "= platform_effort + hardware_effort"),
        *_risk(parts, "= own_outages", running),
        "    fees: {none: open weights without a licence fee}",
    ]


def _hybrid(parts: Parts) -> list[str]:
    running = _running(parts)
    overflow = (
        f"      overflow: {{line: managed_tokens, class: live, {running}traffic_share: = fleets.main.overflow_share, "
        f"prices: {{model: {parts.managed_model}}}, price_index: = token_price_index}}"
    )
    return [
        *_phases(parts),
        *_fleet("base_serving", parts, ["base_replicas: = base_replicas"]),
        *_bridge(parts, [overflow]),
        "    compute:",
        f"      rent: {{line: gpu_rental, fleet: main, {running}gpu_price: = gpu_price * gpu_price_index}}",
        *_watched("main"),
        *_own_people(parts, "= serving_engineers"),
        *_build(parts, "= platform_effort"),
        *_risk(parts, "= provider_outages", running),
        "    fees: {none: open weights without a licence fee}",
    ]


def _phases(parts: Parts) -> list[str]:
    return [] if parts.first else [f"    phases: {{build: {parts.build_months}, run: rest}}"]


def _running(parts: Parts) -> str:
    return "" if parts.first else "phases: run, "


def _fleet(kind: str, parts: Parts, more: list[str]) -> list[str]:
    capacity = (
        f"{{model: {OPEN_MODEL}, chip: {CHIP}, precision: fp8, gpus: {GPUS}, first_token: 2 second, per_token: 50 ms, waiting_share: 5%}}"
    )
    lines = [f"kind: {kind}", "class: live", *([] if parts.first else ["phases: run"]), f"capacity: {capacity}"]
    lines += ["prefix_cache_share: = demand.live.cached_share", "peak_to_mean: = peak_to_mean", *more]
    return [
        "    fleets:",
        "      main: # GPU time of a request comes from measured runs of this model on this chip",
        *(f"        {one}" for one in lines),
    ]


def _bridge(parts: Parts, more: list[str] | None = None) -> list[str]:
    """Pay for the managed model until the fleet runs; `more` are further lines by the token."""
    line = "      bridge: {label: API until the move, line: managed_tokens, class: live, phases: build, "
    bridge = [] if parts.first else [f"{line}prices: {{model: {parts.managed_model}}}, price_index: = token_price_index}}"]
    lines = [*bridge, *(more or [])]
    return ["    token:", *lines] if lines else ["    token: {none: no model is paid by the token here}"]


def _watched(fleet: str = "") -> list[str]:
    lines = [f"    storage: {{logs: {LOGS}}}", "    observability:", f"      traces: {TRACES}"]
    return [*lines, f"      hosts: {{line: gpu_host_monitoring, fleet: {fleet}, host_price: = host_price}}"] if fleet else lines


def _people(parts: Parts, engineers: str) -> list[str]:
    lines = ["    labour:", f"      engineers: {{line: staff, fte: {engineers}, {PAY}}}"]
    unsolved = (
        "      unsolved: {line: unsolved_cases, handling_minutes: = handling_minutes, salary: = agent_pay, on_cost_share: = on_cost_share}"
    )
    return [*lines, unsolved] if parts.unsolved else lines


def _own_people(parts: Parts, engineers: str) -> list[str]:
    toil = f"      toil: {{line: fleet_toil, fleet: main, toil_per_replica: = toil_per_replica, {PAY}}}"
    return [*_people(parts, engineers), toil]


def _migration(parts: Parts, work: str) -> list[str]:
    return ["    migration: {none: this is what runs today}"] if parts.first else ["    migration:", f"      {work}"]


def _api_change(parts: Parts) -> list[str]:
    return _migration(parts, "rework: {line: project_work, effort: = rework_effort, " + PAY + "}")


def _build(parts: Parts, effort: str) -> list[str]:
    return _migration(parts, f"build: {{line: project_work, phases: build, effort: {effort}, {PAY}}}")


def _risk(parts: Parts, frequency: str, running: str = "") -> list[str]:
    lines = ["line: incident_loss", *([running.removesuffix(", ")] if running else []), f"frequency: {frequency}"]
    return ["    risk:", "      outage:", *(f"        {one}" for one in lines), *entry(8, "severity", parts.incident_cost)]


OPEN_SUCCESS = '= min(success * open_ratio, quantity("100%"))'
MIXED_SUCCESS = '= min(success * (open_ratio + fleets.main.overflow_share * (1 - open_ratio)), quantity("100%"))'
CASCADE_SUCCESS = '= min(success * cascade_ratio, quantity("100%"))'
CASCADE = "A small managed model answers; a judge sends what it does badly to the large one."
UNITS = "Units of a managed model held by the month; the rest by the token."
TEMPLATES: tuple[Template, ...] = (
    Template("managed", "Managed API", "A managed model, paid by the token at list prices.", _managed, "= success"),
    Template("rented", "Rented GPUs", "An open-weight model on GPUs rented by the hour.", _rented, OPEN_SUCCESS),
    Template("owned", "Owned GPUs", "An open-weight model on GPUs bought for a colocation site.", _owned, OPEN_SUCCESS),
    Template("provisioned", "Provisioned throughput", UNITS, _provisioned, "= success"),
    Template("hybrid", "Own base load and API", "A few GPUs for the steady load, the managed model for the rest.", _hybrid, MIXED_SUCCESS),
    Template("cascade", "Small model first", CASCADE, _cascade, CASCADE_SUCCESS),
)
"""The ways to run a model that the guide offers, in the order it shows them."""
TEMPLATE_BY_NAME = {template.name: template for template in TEMPLATES}
