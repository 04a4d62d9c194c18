"""Describes one decision: the typed, frozen scenario that everything else reads, with each field's meaning beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tco_model.inputs.quantity import Quantity, bounds_of
from tco_model.inputs.text import QuantityError, read_month, read_quantity
from tco_model.lines.registry import Category, CostLine, Kind
from tco_model.units import MONEY, UnitError, parse_unit

MAX_MONTHS = 600
Metric = Literal["npv_cost", "total_cost", "cost_per_outcome", "net_value"]


def fit(quantity: Quantity, unit_text: str, low: float, high: float, currency: str = MONEY) -> Quantity:
    """Return the quantity in the wanted unit with its money in the currency it was written in, within its bounds.

    Raises:
        QuantityError: a unit of another kind, or values outside `low` .. `high`.
    """
    wanted = parse_unit(unit_text).in_currency(quantity.unit.currency or currency)
    try:
        converted = quantity.to(wanted)
    except UnitError:
        said = f"in {quantity.unit}" if not quantity.unit.is_plain else "without a unit"
        raise QuantityError(
            f"'{quantity.text}' is {said}; {wanted} is needed", f"write it in {wanted} or in a unit that turns into it"
        ) from None
    for _, value in converted.levels():
        lowest, highest = bounds_of(value)
        if lowest < low or highest > high:
            raise QuantityError(*_out_of_bounds(quantity.text, lowest, low, high, str(wanted)))
    return converted


def _out_of_bounds(text: str, lowest: float, low: float, high: float, unit: str) -> tuple[str, str]:
    span = f"at least {low:g}" if high == float("inf") else f"between {low:g} and {high:g}"
    if lowest == float("-inf"):
        mend = "an interval with an end at or below zero is read as a normal law; write pert(low, mode, high) or uniform(low, high)"
    else:
        mend = f"write a value {span} {'' if unit == '1' else unit}".rstrip()
    return f"'{text}' leaves the range {span}", mend


def _read_field(unit: str, low: float, high: float, raw: Any) -> Any:
    if isinstance(raw, Quantity):
        return raw
    try:
        return fit(read_quantity(raw, bounds=(low, high), unit=parse_unit(unit)), unit, low, high)
    except QuantityError as error:
        raise PydanticCustomError("quantity", "{message}", {"message": error.message, "mend": error.mend, "path": error.path}) from None


def _read_start(raw: Any) -> Any:
    try:
        return read_month(raw)
    except QuantityError as error:
        raise PydanticCustomError("quantity", "{message}", {"message": error.message, "mend": error.mend, "path": ()}) from None


YearlyRate = Annotated[Quantity, BeforeValidator(partial(_read_field, "1/year", -0.5, 5.0))]
Share = Annotated[Quantity, BeforeValidator(partial(_read_field, "share", 0.0, 1.0))]
Seconds = Annotated[Quantity, BeforeValidator(partial(_read_field, "second", 0.0, 1e6))]
Month = Annotated[int, BeforeValidator(_read_start)]


class Frozen(BaseModel):
    """A section whose keys are all known; a typo is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


class Decision(Frozen):
    """What is to be decided, by whom, and on which figure."""

    title: str = Field(description="Short name of the decision.", min_length=1, max_length=200)
    question: str = Field(description="The question a decision maker asks, in one sentence.", min_length=1, max_length=1000)
    decide_by: Metric = Field(
        "npv_cost",
        description="The figure that ranks the options: present value of cost, total cost, cost per outcome (least) or net value (most).",
    )
    as_of: dt.date | None = Field(None, description="The day on which the inputs were gathered.")
    owner: str = Field("", description="Who answers for the scenario.", max_length=200)
    notes: str = Field("", description="Ground rules and what is left out.", max_length=10_000)


class Timeline(Frozen):
    """The lifecycle: when it starts, how long it runs, and how money at different times is compared."""

    start: Month = Field(description="First month, such as 2027-01.")
    months: int = Field(description="Horizon in months.", ge=1, le=MAX_MONTHS)
    currency: str = Field("USD", description="The currency of every result.", pattern="^[A-Z]{3}$")
    basis: Literal["nominal", "real"] = Field("nominal", description="Nominal money of each month, or real money of the start month.")
    inflation: YearlyRate = Field(
        Quantity(0.0, parse_unit("1/year"), text="0%/year"), description="General inflation a year; lines that escalate follow it."
    )
    discount_rate: YearlyRate = Field(
        description="Yearly discount rate, nominal in a nominal scenario and real in a real one, compounded monthly."
    )
    discount_timing: Literal["start", "mid", "end"] = Field("end", description="When in a month its money is taken to flow.")


class Simulation(Frozen):
    """How many futures are drawn, and how."""

    draws: int = Field(10_000, description="Number of draws.", ge=1, le=10_000_000)
    seed: int = Field(1, description="Seed; the same seed gives the same figures.", ge=0, le=2**63 - 1)
    design: Literal["random", "latin_hypercube", "sobol"] = Field(
        "random", description="Plain random draws, Latin hypercube, or scrambled Sobol points."
    )


class Correlation(Frozen):
    """Two inputs that move together, by rank correlation."""

    between: tuple[str, str] = Field(description="Two input names.")
    rank: float = Field(description="Spearman rank correlation.", ge=-1.0, le=1.0)


class Promises(Frozen):
    """What an option promises its users."""

    latency: Seconds | None = Field(None, description="Time to a complete answer that most users see, such as 1.5 second.")
    availability: Share | None = Field(None, description="Share of the time the service answers, such as 99.9%.")
    note: str = Field("", description="What the promise covers.", max_length=1000)


Ratio = Annotated[Quantity, BeforeValidator(partial(_read_field, "ratio", 0.0, 1e6))]


CAPACITY_FIGURES = ("input_time", "output_time", "context_time", "throughput_ratio", "gpus_per_replica", "target_utilisation")


class Scaling(Frozen):
    """How a fleet follows the load of the week: by itself, with a floor and delays, or by a timetable."""

    floor: int = Field(1, description="Fewest replicas of a region; 0 scales to zero.", ge=0, le=10_000)
    lag: Seconds | None = Field(None, description="From a change of the load to the order of a replica, such as 2 minute.")
    cold_start: Seconds | None = Field(None, description="From the order to a replica that serves, paid: machine, image, weights.")
    hold: Seconds | None = Field(None, description="How long a replica stays after it was last wanted.")
    timetable: Literal["always", "working_hours"] = Field(
        "always", description="working_hours: all replicas from 8 to 18 on five days, none at nights and weekends."
    )


class CapacityRequest(Frozen):
    """Which model runs on which chip under which promise; the GPU time of its requests then follows from the tables."""

    model: str = Field(description="Open-weight model, such as llama-3.1-70b.", min_length=1, max_length=100)
    chip: str = Field(description="GPU, such as h200.", min_length=1, max_length=40)
    precision: Literal["bf16", "fp8", "int4", "fp4"] = Field(description="Precision of the weights.")
    gpus: int = Field(description="GPUs one replica spans (tensor-parallel width).", ge=1, le=64)
    first_token: Seconds | None = Field(None, description="Promised mean time to the first token (TTFT), such as 2 second.")
    per_token: Seconds | None = Field(None, description="Promised mean time a further token (TPOT), such as 50 ms.")
    waiting_share: Share | None = Field(None, description="Share of the requests that may wait for a slot; 5% where not said.")
    burstiness: Ratio | None = Field(None, description="Squared coefficient of variation of arrival gaps; 1 is Poisson.")
    benchmark: str | None = Field(
        None,
        description="Your own runs: result JSON of `vllm bench serve` or SGLang's bench_serving beside the scenario; before any table.",
        min_length=1,
        max_length=200,
    )
    load_shape: str | None = Field(
        None,
        description="Load of the hours of a week: around_the_clock, office_hours, developer_week, or a file of `tco load-shape --json`.",
        min_length=1,
        max_length=200,
    )
    scaling: Scaling | None = Field(None, description="The fleet follows the load shape; without it all replicas run all hours.")

    @property
    def figures(self) -> tuple[str, ...]:
        """The parameters it supplies to the fleet."""
        more = (("peak_to_mean",) if self.load_shape else ()) + (("on_share",) if self.scaling else ())
        return (*CAPACITY_FIGURES, *more)


class PriceRequest(Frozen):
    """Which list price a line pays; the prices of its requests then follow from the dated price book, changes of price included."""

    model: str = Field(description="Managed model, such as gpt-5.4-mini, or groq/llama-3.3-70b-versatile.", min_length=1, max_length=100)
    provider: str | None = Field(None, description="Provider, where the name of the model does not say.", min_length=1, max_length=100)
    mode: str = Field("standard", description="standard, or one the provider lists for the model: batch, flex, priority.", max_length=40)
    size_variation: Ratio | None = Field(None, description="Coefficient of variation of the prompt length over requests; 0 where not said.")
    load_shape: str | None = Field(
        None,
        description="When requests come, for prices by the hour (UTC): a shipped shape, or a file of `tco load-shape --json`.",
        min_length=1,
        max_length=200,
    )


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a parameter comes from: the entry itself, a setting, the timeline, demand classes, a fleet, the option, or the default."""

    origin: Literal["own", "setting", "built_in", "demand", "fleet", "option", "default", "capacity", "prices"]
    value: int = 0
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """An entry of the scenario bound to a function: a demand class, a fleet or a cost line."""

    name: str
    path: str
    """Dotted name of the figure, such as ``options.managed.token.api``."""
    kind: Kind | CostLine | None
    """None for a line that the user wrote as a formula."""
    source: str = ""
    """Dotted place of the entry in the file; it differs from `path` where one entry serves several demand classes."""
    label: str = ""
    note: str = ""
    quantities: tuple[tuple[str, Quantity], ...] = ()
    settings: tuple[tuple[str, int], ...] = ()
    demand: tuple[str, ...] = ()
    fleet: str = ""
    capacity: CapacityRequest | None = None
    prices: PriceRequest | None = None
    phases: tuple[str, ...] = ()
    escalates: bool = False
    formula: str = ""
    bindings: tuple[tuple[str, Binding], ...] = ()
    """Where each parameter of the functions comes from."""

    @property
    def title(self) -> str:
        """The label, or the name made readable."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Phase:
    """A named stretch of the timeline, months from `first` up to but not including `stop`."""

    name: str
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go, with every category answered."""

    name: str
    label: str
    summary: str
    phases: tuple[Phase, ...]
    promises: Promises
    success_share: Quantity | None
    fleets: tuple[Component, ...]
    lines: tuple[tuple[Category, tuple[Component, ...]], ...]
    empty: tuple[tuple[Category, str], ...]
    """Why a category costs nothing here."""
    delay: int = 0
    """Months in which nothing of it runs yet: what waiting does to it, never written in a file."""
    gone: int = 0
    """Months of it that are over: what they cost is spent and counts no more; never written in a file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the spend buys: `volume` cases come in, and each option's success share of them ends well."""

    name: str
    unit: str
    volume: Quantity
    value: Quantity | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One decision, read and checked. Build it with `tco_model.load`."""

    file: str
    decision: Decision
    timeline: Timeline
    simulation: Simulation
    exchange_rates: tuple[tuple[str, Quantity], ...]
    inputs: tuple[tuple[str, Quantity], ...]
    correlations: tuple[Correlation, ...]
    demand: tuple[Component, ...]
    outcome: Outcome | None
    options: tuple[Option, ...]
    baseline: str
    """The option the others are compared with; the first one where none is named."""
    places: dict[str, tuple[int, int]]
    """Line and column of every field, by its dotted path."""
    changes: tuple[Any, ...] = ()
    """Levers and variants of the file, `scenario.changes.Change`, in its order."""
    adjustments: tuple[Any, ...] = ()
    """Fields that applied levers and variants multiply or add to, `scenario.changes.Adjustment`."""
    applied: tuple[str, ...] = ()
    """Titles of the levers and variants that are applied."""
    optimism_bias: tuple[Any, ...] = ()
    """Uplifts of cost lines, `scenario.bias.OptimismBias`."""
    source: Any = None
    """The plain data it was read from, `scenario.source.Source`, so that levers and variants can be applied to it."""

    def place(self, name: str) -> tuple[int, int]:
        """Return line and column of a field in the file, of the nearest field that holds it; (0, 0) where none does."""
        parts = name.split(".")
        while parts and ".".join(parts) not in self.places:
            parts.pop()
        return self.places.get(".".join(parts), (0, 0))

    def option(self, name: str) -> Option:
        """Return the option called `name`; KeyError where there is none."""
        for option in self.options:
            if option.name == name:
                return option
        raise KeyError(name)
