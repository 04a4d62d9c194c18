"""Turns what a newcomer answers into amounts with units and rows of the tables, or into what is wrong with each answer by its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.quantity import Formula, mean_of
from tco_model.inputs.text import QuantityError, read_quantity, read_text
from tco_model.prices.catalogue import catalogue_date, find
from tco_model.prices.gpus import OwnedFigure, gpu_price, owned_figure
from tco_model.prices.problem import PriceError
from tco_model.prices.provisioned import provisioned, unit_price
from tco_model.scenario.guide_options import TEMPLATE_BY_NAME
from tco_model.scenario.notes import nearest
from tco_model.scenario.schema import MAX_MONTHS, fit
from tco_model.units import CURRENCIES, SYMBOLS, parse_unit

LEAST_MONTHS = 3
MINUTES_A_MONTH = 43_800.0
OWNED_FIGURES = ("h200-power", "electricity-us-industry")
"""Rows of the tables about GPUs one owns."""
NOT_COUNTED = (*CURRENCIES, "month", "byte", "kW", "kWh")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the guide asks. Quantities are texts as people write them; a number without a unit gets the unit named here."""

    title: str
    """What is decided, in a few words."""
    volume: str
    """Cases, tasks or requests that come in [outcome_unit/month]."""
    templates: tuple[str, ...] = ("managed", "rented")
    """Names of `TEMPLATES`, the first one being what runs today, with which the others are compared."""
    question: str = ""
    """In one sentence; made from the options where it is empty."""
    owner: str = ""
    as_of: dt.date | None = None
    """Day of the prices; today where it is None."""
    start: str = ""
    """First month, such as 2027-01; the month after `as_of` where it is empty."""
    months: int = 36
    currency: str = "USD"
    usd_rate: str = ""
    """What a US dollar costs in another currency [currency/USD]: list prices are in dollars, so it must be answered there."""
    discount_rate: str = "8%/year"
    inflation: str = "2% to 4%/year"
    outcome_name: str = "case resolved"
    outcome_unit: str = "case"
    """What is counted: case, task, ticket, query, document."""
    outcome_value: str = ""
    """What a good outcome is worth [currency/outcome_unit]; where it is answered, the options are ranked by net value."""
    growth: str = "0% to 25%/year"
    requests_per_outcome: str = "1 to 3"
    """Model calls a case takes [request/outcome_unit]."""
    input_tokens: str = "1000 to 2500"
    """Tokens read per call, cached ones among them [token/request]."""
    output_tokens: str = "100 to 400"
    """Tokens written per call [token/request]."""
    cached_share: str = "20% to 50%"
    peak_to_mean: str = "2 to 3.5"
    """Load of the busiest minutes over the mean load [ratio]."""
    success: str = "60% to 80%"
    """Share of the cases the managed model does well enough; the other options are tied to it where `success_by_option` is silent."""
    success_by_option: Mapping[str, str] = field(default_factory=dict[str, str])
    """Success share by the name of the option, where it was measured."""
    engineer_pay: str = "110k to 150k"
    """Gross pay of an engineer [currency/FTE/year]; the on-cost comes on top."""
    on_cost_share: str = "35% to 45%"
    api_engineers: str = "0.3 to 0.8"
    """People who look after a managed model [FTE]."""
    serving_engineers: str = "1.5 to 3"
    """People who run a serving platform [FTE]."""
    handling_minutes: str = ""
    """A person's time on a case the model did not solve [minute/case]; not counted where it is empty, and only where the unit is case."""
    agent_pay: str = "40k to 50k"
    """Gross pay of the people who take such cases [currency/FTE/year]."""
    incident_cost: str = "3k to 40k"
    """What an outage costs [currency/event]."""
    managed_model: str = "openai/gpt-5"
    small_model: str = "openai/gpt-6-luna"
    gpu: str = "nebius-h200"
    provisioned_rate: str = "azure-gpt-5"
    provisioned_price: str = "azure-ptu-month"


def check_answers(answers: Answers) -> None:
    """Raise every answer that no file could hold, each by its own name."""
    problems = [*_choices(answers), *_money(answers)]
    if not problems:
        problems = [*_amounts(answers), *_rows(answers)]
    if problems:
        raise ScenarioError(problems)


def _choices(answers: Answers) -> Iterator[Problem]:
    for name in answers.templates:
        if name not in TEMPLATE_BY_NAME:
            yield Problem(f"there is no template '{name}'", nearest(name, TEMPLATE_BY_NAME, "templates"), "templates", name)
    if not answers.templates or len(set(answers.templates)) < len(answers.templates):
        yield Problem("the options are none, or one of them stands twice", "choose one or more, each once", "templates")
    for name in answers.success_by_option:
        if name not in answers.templates:
            mend = nearest(name, answers.templates, "options")
            yield Problem(f"a success share is given for '{name}', which is not chosen", mend, "success_by_option", name)
    if not LEAST_MONTHS <= answers.months <= MAX_MONTHS:
        said = f"{answers.months} months are too few to build anything, or too many to look ahead"
        yield Problem(said, f"choose {LEAST_MONTHS} to {MAX_MONTHS} months", "months", str(answers.months))
    if SYMBOLS.get(answers.outcome_unit) != (answers.outcome_unit, 1) or answers.outcome_unit in NOT_COUNTED:
        mend = "write case, task, ticket, request, query or document"
        yield Problem(f"'{answers.outcome_unit}' is not a thing that is counted", mend, "outcome_unit", answers.outcome_unit)
    if answers.handling_minutes.strip() and answers.outcome_unit != "case":
        mend = "count cases, or give outcome_value: what an outcome is worth"
        yield Problem("the time on unsolved cases can be counted where the unit is case", mend, "handling_minutes")


def _money(answers: Answers) -> Iterator[Problem]:
    if answers.currency not in CURRENCIES:
        mend = f"write one of {', '.join(CURRENCIES)}"
        yield Problem(f"the currency '{answers.currency}' is not known", mend, "currency", answers.currency)
    elif answers.currency != "USD" and not answers.usd_rate.strip():
        mend = f"say what a US dollar costs: 0.9 {answers.currency}/USD"
        yield Problem(f"list prices are in USD and the decision is in {answers.currency}", mend, "usd_rate")
    elif answers.currency != "USD":
        unit = f"{answers.currency}/USD"
        try:
            rate = read_quantity(with_unit(answers.usd_rate, unit), bounds=(0.0, float("inf")), unit=parse_unit(unit))
            if rate.unit != parse_unit(unit) or any(low <= 0.0 for low, _ in rate.spans()):
                raise QuantityError(f"'{rate.text}' is no price of a US dollar", f"write 0.9 {unit}")
        except QuantityError as error:
            yield Problem(error.message, error.mend, "usd_rate", answers.usd_rate)


def _units_of(answers: Answers) -> dict[str, tuple[str, float, float]]:
    """Return the unit of every amount that is asked for, with its lowest and highest value."""
    per, money, endless = answers.outcome_unit, answers.currency, float("inf")
    found = {
        "volume": (f"{per}/month", 0.0, endless),
        "growth": ("1/year", -0.99, 10.0),
        "discount_rate": ("1/year", -0.5, 5.0),
        "inflation": ("1/year", -0.5, 5.0),
        "requests_per_outcome": (f"request/{per}", 0.0, endless),
        "input_tokens": ("token/request", 0.0, endless),
        "output_tokens": ("token/request", 0.0, endless),
        "cached_share": ("share", 0.0, 1.0),
        "peak_to_mean": ("ratio", 1.0, endless),
        "success": ("share", 0.0, 1.0),
        "engineer_pay": (f"{money}/FTE/year", 0.0, endless),
        "agent_pay": (f"{money}/FTE/year", 0.0, endless),
        "on_cost_share": ("share", 0.0, 3.0),
        "api_engineers": ("FTE", 0.0, endless),
        "serving_engineers": ("FTE", 0.0, endless),
        "incident_cost": (f"{money}/event", 0.0, endless),
        "handling_minutes": (f"minute/{per}", 0.0, endless),
        "outcome_value": (f"{money}/{per}", 0.0, endless),
    }
    left_out = [name for name in ("handling_minutes", "outcome_value") if not getattr(answers, name).strip()]
    return {name: limits for name, limits in found.items() if name not in left_out}


def _amounts(answers: Answers) -> Iterator[Problem]:
    asked = {name: (getattr(answers, name), limits) for name, limits in _units_of(answers).items()}
    asked |= {f"success_by_option.{name}": (share, ("share", 0.0, 1.0)) for name, share in answers.success_by_option.items()}
    for name, (text, (unit, low, high)) in asked.items():
        try:
            written = with_unit(text, "" if unit in ("share", "ratio", "1/year") else unit)
            quantity = read_quantity(written, bounds=(low, high), unit=parse_unit(unit))
            if isinstance(quantity.content, Formula):
                raise QuantityError("an answer is a number or a range", "write a number, a range such as 10 to 20, or pert(1, 2, 4)")
            fit(quantity, unit, low, high, answers.currency)
        except QuantityError as error:
            yield Problem(error.message, error.mend, name, text)


def _rows(answers: Answers) -> Iterator[Problem]:
    """Look up what is named by its row in the tables."""
    day, chosen = day_of(answers), set(answers.templates)
    asked: list[tuple[str, Callable[[], object]]] = [("managed_model", lambda: find(answers.managed_model, None))]
    if "cascade" in chosen:
        asked.append(("small_model", lambda: find(answers.small_model, None)))
    if chosen & {"rented", "hybrid"}:
        asked.append(("gpu", lambda: gpu_price(answers.gpu, day)))
    if "owned" in chosen:
        asked.append(("as_of", lambda: owned_rows(day)))
    if "provisioned" in chosen:
        asked.append(("provisioned_rate", lambda: units_held(answers)))
        asked.append(("provisioned_price", lambda: unit_price(answers.provisioned_price, day)))
    for name, look_up in asked:
        try:
            look_up()
        except PriceError as error:
            yield Problem(error.message, error.mend, name, str(getattr(answers, name) or day))


def owned_rows(day: dt.date) -> tuple[OwnedFigure, ...]:
    """Return what is published about GPUs one owns on a day; errors as in `prices.gpus.owned_figure`."""
    return tuple(owned_figure(name, day) for name in OWNED_FIGURES)


def mean_answer(answers: Answers, name: str) -> float:
    """Return the expected value of an answer, in the unit in which it is asked for."""
    unit, low, high = _units_of(answers)[name]
    read = read_quantity(with_unit(getattr(answers, name), "" if unit == "share" else unit), bounds=(low, high), unit=parse_unit(unit))
    content = fit(read, unit, low, high).content
    return mean_of(content) if isinstance(content, (float, Distribution)) else 0.0


def units_held(answers: Answers) -> int:
    """Return the units of provisioned throughput that carry the mean load of the first month.

    Raises:
        PriceError: no such row on that day, or one that says not how much an output token counts for.
    """
    row = provisioned(answers.provisioned_rate, day_of(answers))
    shape = (mean_answer(answers, "input_tokens"), mean_answer(answers, "output_tokens"))
    tokens = row.weighted_tokens(*shape, mean_answer(answers, "cached_share") * shape[0])
    monthly = mean_answer(answers, "volume") * mean_answer(answers, "requests_per_outcome")
    return row.units(monthly * tokens / MINUTES_A_MONTH)


def day_of(answers: Answers) -> dt.date:
    """Return the day of the prices: the one answered, else today, not before the catalogue's."""
    return answers.as_of or max(dt.date.today(), catalogue_date())


def with_unit(text: str, unit: str) -> str:
    """Write the unit behind a number or a range that has none; what cannot be read is left for the reader to refuse."""
    try:
        bare = read_text(text)[1].is_plain and "%" not in text
    except QuantityError:
        return text
    return f"{text.strip()} {unit}".strip() if bare else text
