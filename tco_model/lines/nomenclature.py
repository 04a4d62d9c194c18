"""Lists every name a cost line may ask for: its unit, its allowed range, its default and what it means; one name per quantity.

The money symbol ``USD`` stands for the scenario's currency. A default without a source is an assumption and is shown as one.
"""

from __future__ import annotations

from dataclasses import dataclass

from tco_model.units import Unit, parse_unit

INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Name:
    """One quantity: its name, unit, meaning, range and, where leaving it out is safe, its default."""

    name: str
    unit_text: str
    meaning: str
    low: float = 0.0
    high: float = INFINITY
    default: str | None = None
    open_low: bool = False
    """The lower end itself is not allowed: a throughput of zero."""

    @property
    def unit(self) -> Unit:
        """The unit every value of this name has inside the model."""
        return parse_unit(self.unit_text)

    @property
    def is_share(self) -> bool:
        """True for a share, 0 to 1."""
        return self.unit.is_plain and (self.low, self.high) == (0.0, 1.0)


def _share(name: str, meaning: str, default: str | None = None) -> Name:
    return Name(name, "share", meaning, 0.0, 1.0, default)


@dataclass(frozen=True, slots=True)
class Setting:
    """A fixed choice that shapes a formula, such as a number of months; it is not drawn."""

    name: str
    meaning: str
    low: int = 0
    high: int = 600
    default: int | None = None


SETTINGS: tuple[Setting, ...] = (
    Setting("retention_months", "months that data is kept", low=1, default=None),
    Setting("hardware_life", "months that owned hardware serves before it is replaced", low=6, default=None),
    Setting("hiring_lag", "months between the need for a person and the first day at work", high=24, default=None),
)

NAMES: tuple[Name, ...] = (
    # demand
    Name("requests", "request/month", "model calls a month, retries not counted"),
    Name("input_tokens", "token/request", "tokens read per call, cached tokens included"),
    Name("output_tokens", "token/request", "tokens written per call, reasoning tokens included"),
    _share("cached_share", "share of the input tokens read from the prompt cache", "0%"),
    Name("retry_share", "share", "calls made again per call: timeouts, malformed output, guardrail refusals", 0.0, 10.0, "0%"),
    Name("tasks", "task/month", "agentic tasks started a month"),
    Name("turns", "turn/task", "model turns the main agent takes per task", 1.0),
    Name("system_tokens", "token/turn", "system prompt and tool definitions carried into every turn"),
    Name("new_tokens", "token/turn", "tokens that enter the context each turn: user words, tool results, retrieved passages"),
    Name("written_tokens", "token/turn", "tokens the model writes each turn, reasoning included"),
    _share("cache_hit_share", "share of the re-read context that the prompt cache serves", "0%"),
    Name("subagents", "agent/task", "sub-agents started per task", default="0 agent/task"),
    Name("subagent_turns", "turn/agent", "turns each sub-agent takes", 1.0, default="1 turn/agent"),
    Name("tool_calls_per_turn", "call/turn", "tool calls per turn, sub-agents included", default="0 call/turn"),
    Name("cycles", "event/month", "evaluation cycles a month"),
    Name("requests_per_cycle", "request/event", "model calls per evaluation cycle: test cases times samples and judges"),
    # token prices
    Name("input_price", "USD/Mtoken", "price of a million input tokens read fresh"),
    Name("cached_price", "USD/Mtoken", "price of a million input tokens read from the prompt cache"),
    Name("output_price", "USD/Mtoken", "price of a million output tokens"),
    _share("cache_write_share", "share of the fresh input tokens written to the prompt cache at a premium", "0%"),
    Name("cache_write_premium", "share", "extra charged on a cache write, relative to the input price", default="0%"),
    _share("batch_share", "share of the calls sent through the batch tier", "0%"),
    _share("batch_discount", "price cut of the batch tier", "0%"),
    _share("discount_share", "negotiated discount on list price", "0%"),
    Name("price_index", "ratio", "list prices of the month over those of the price book: what nobody has announced", default="1"),
    _share("traffic_share", "share of the class that takes this route", "100%"),
    Name("checks_per_task", "call/task", "guardrail or verifier calls per task"),
    Name("check_input_tokens", "token/call", "tokens a guardrail or verifier reads per call"),
    Name("check_output_tokens", "token/call", "tokens a guardrail or verifier writes per call", default="0 token/call"),
    Name("tool_price", "USD/call", "fee per tool call: search, code sandbox, data provider"),
    Name("provisioned_units", "PTU", "units of provisioned throughput held, whatever the provider calls them: PTU, GSU, model unit"),
    Name("provisioned_price", "USD/PTU/month", "price of a unit of provisioned throughput"),
    Name("unit_rate", "token/minute/PTU", "input tokens a minute that a unit of provisioned throughput carries", open_low=True),
    Name("output_weight", "ratio", "input tokens that an output token counts for in provisioned throughput"),
    Name("cached_weight", "ratio", "input tokens that a cached token counts for in provisioned throughput", 0.0, 1.0, "1"),
    Name("training_runs", "event/month", "fine-tuning runs a month"),
    Name("training_tokens", "Mtoken/event", "tokens trained per run, epochs included"),
    Name("training_price", "USD/Mtoken", "price of a million training tokens"),
    # fleets
    Name("output_tokens_per_second", "token/second/replica", "output of one replica at this request shape and latency", open_low=True),
    Name("input_time", "GPU*second/token", "GPU time a prompt token takes"),
    Name("output_time", "GPU*second/token", "GPU time a written token takes before any context is read", open_low=True),
    Name("context_time", "GPU*second*request/token^2", "GPU time a written token takes for each token of context it reads"),
    Name("throughput_ratio", "ratio", "throughput found over throughput told", 0.05, 20.0, "1"),
    _share("prefix_cache_share", "share of the prompt tokens that the server finds in its prefix cache", "0%"),
    Name("peak_to_mean", "ratio", "load in the busiest minutes over the mean load", 1.0),
    Name("target_utilisation", "ratio", "highest planned share of a replica's output, for latency", 0.0, 0.95, open_low=True),
    Name("regions", "region", "regions served, each with its own replicas", 1.0, default="1 region"),
    Name("minimum_replicas", "replica/region", "replicas kept in each region whatever the load", default="1 replica/region"),
    Name("base_replicas", "replica/region", "replicas held in each region for the base load"),
    Name("spare_replicas", "replica/region", "replicas beyond the need in each region, so that one may fail (N+1)"),
    Name("gpus_per_replica", "GPU/replica", "GPUs one replica occupies (tensor-parallel width)", 1.0),
    _share("on_share", "share of the hours of a month that the machines are switched on", "100%"),
    # compute prices
    Name("gpu_price", "USD/GPU/hour", "rental price on demand"),
    Name("committed_gpus", "GPU", "GPUs under commitment, paid for whether used or not"),
    Name("committed_price", "USD/GPU/hour", "rental price under commitment"),
    Name("hardware_price", "USD/GPU", "purchase price of a server per GPU, network and storage share included"),
    _share("residual_share", "resale value at the end of the hardware's life, relative to the purchase price"),
    Name("maintenance_share", "1/year", "hardware maintenance and spares a year, relative to the purchase price", 0.0, 1.0),
    Name("power_per_gpu", "kW/GPU", "power drawn per GPU with its share of the server, under load"),
    Name("power_usage_effectiveness", "ratio", "power of the site over power of the machines (PUE)", 1.0),
    Name("electricity_price", "USD/kWh", "price of electricity"),
    Name("colocation_price", "USD/kW/month", "rent of rack space, cooling and power capacity, energy not included"),
    Name("machines", "machine", "virtual or physical machines"),
    Name("machine_price", "USD/machine/hour", "price of a machine on demand"),
    Name("committed_machines", "machine", "machines under a reservation or savings plan, paid for whether used or not"),
    Name("committed_machine_price", "USD/machine/hour", "price of a machine under commitment"),
    Name("units", "unit", "units held of a service billed by the unit: gateways, clusters, databases, nodes"),
    Name("unit_hour_price", "USD/unit/hour", "price of a service unit per hour"),
    Name("transferred_data", "GB/month", "data that leaves a zone, a region or the cloud"),
    Name("transfer_price", "USD/GB", "price of moving data"),
    # storage
    Name("initial_data", "GB", "data held at the start", default="0 GB"),
    Name("added_data", "GB/month", "data added a month", default="0 GB/month"),
    Name("copies", "ratio", "copies held: replication, regions, backups", 1.0, default="1"),
    Name("storage_price", "USD/GB/month", "price of holding data"),
    Name("vectors", "vector", "vectors in the index: documents times passages"),
    Name("dimensions", "ratio", "numbers per vector", 1.0),
    Name("bytes_per_value", "byte", "bytes per number in the index", default="4 byte", open_low=True),
    Name("index_overhead", "ratio", "memory of the index over the bare vectors: graph links, metadata, free space", 1.0),
    Name("log_size", "KB/request", "log written per call"),
    # observability
    Name("spans_per_request", "span/request", "trace spans per call"),
    _share("sampling_share", "share of the calls that are traced", "100%"),
    Name("span_price", "USD/Mspan", "price of a million spans ingested"),
    Name("ingest_price", "USD/GB", "price of ingesting logs"),
    Name("host_price", "USD/machine/month", "price of monitoring one machine"),
    Name("gpus_per_host", "GPU/machine", "GPUs in one server", 1.0, default="8 GPU/machine"),
    # labour
    Name("fte", "FTE", "full-time people"),
    Name("salary", "USD/FTE/year", "gross pay a year"),
    Name("on_cost_share", "share", "employer's cost on top of pay: benefits, payroll tax, workplace", 0.0, 3.0),
    Name("contractor_cost", "USD/FTE/year", "cost of a contractor who covers an open post"),
    Name("recruiting_cost", "USD/FTE", "cost of hiring one person"),
    Name("on_call_people", "person", "people in the on-call rotation"),
    Name("on_call_allowance", "USD/person/month", "pay for being on call"),
    Name("toil_per_replica", "hour/replica/month", "hands-on work a month that each replica causes"),
    Name("productive_hours", "hour/FTE/year", "hours a full-time person works in a year", open_low=True, default="1720 hour/FTE/year"),
    Name("incident_hours", "hour/event", "working hours per incident, all people together"),
    Name("cases", "case/month", "cases that come in"),
    _share("success_share", "share of the cases that end well without a person"),
    Name("handling_minutes", "minute/case", "a person's time on a case that the machine did not solve"),
    _share("review_share", "share of the cases a person reviews"),
    Name("trainees", "person", "people who must learn the new way"),
    Name("training_cost", "USD/person", "course and time off per person"),
    # migration
    Name("effort", "FTE*month", "work of a project"),
    Name("prompts", "prompt", "prompts, evaluations or integrations to rework"),
    Name("hours_per_prompt", "hour/prompt", "work to rework one"),
    Name("replaced_cost", "USD/month", "cost of what is replaced, paid on while both run"),
    Name("moved_data", "GB", "data moved once"),
    Name("amount", "USD", "an amount paid once"),
    # risk
    Name("frequency", "event/year", "how often it happens in a year"),
    Name("severity", "USD/event", "what one event costs"),
    _share("mitigation_effect", "share of the events that the mitigation prevents", "0%"),
    Name("unavailable_share", "share", "share of the hours in which the service is down", 0.0, 1.0),
    Name("downtime_cost", "USD/hour", "cost of an hour without service"),
    Name("delay", "month", "months of delay"),
    Name("delay_cost", "USD/month", "cost of each month of delay: what runs on in parallel, what is not earned"),
    # fees
    Name("monthly_amount", "USD/month", "an amount paid every month"),
    Name("seats", "seat", "named users"),
    Name("seat_price", "USD/seat/month", "price per named user"),
    Name("spend", "USD/month", "spend that a fee is charged on"),
    _share("fee_share", "fee relative to the spend"),
    Name("minimum_fee", "USD/month", "least the fee can be", default="0 USD/month"),
    Name("committed_spend", "USD/month", "spend promised to the vendor"),
)  # fmt: skip

BY_NAME: dict[str, Name] = {row.name: row for row in NAMES}
SETTING_BY_NAME: dict[str, Setting] = {row.name: row for row in SETTINGS}

BUILT_IN = {
    "active": ("share", "1 in the months of the entry's phases, 0 elsewhere"),
    "months_to_end": ("month", "months from the start of this month to the end of the horizon"),
    "at_end": ("1/month", "1 in the last month, 0 before"),
    "incidents": ("event/month", "events that happen in the month: Poisson draws of the frequency"),
    "incident_cost": ("USD/event", "cost per event of the month, drawn from the severity"),
    "horizon": ("", "number of months of the timeline"),
}
"""Parameters that the timeline or the risk process supplies; a scenario does not write them."""
