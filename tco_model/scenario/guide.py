"""Turns the answers of a newcomer into a valid scenario file with comments, in which every figure is sourced or marked as an assumption.

What was not answered stands in the file as an assumption to replace. Prices of models, GPUs and units of throughput are not copied into
the file: it names rows of the dated tables, so that each keeps its source and its day.
"""

from __future__ import annotations

from tco_model.prices.provisioned import provisioned
from tco_model.scenario.guide_answers import LEAST_MONTHS, Answers, check_answers, day_of, units_held, with_unit
from tco_model.scenario.guide_inputs import answered, assumed_value, inputs_lines, literal, sourced_value, words
from tco_model.scenario.guide_options import TEMPLATE_BY_NAME, TEMPLATES, Parts, Said, Template, entry, wrapped
from tco_model.scenario.load import loads

__all__ = ["TEMPLATES", "Answers", "Template", "scenario_text"]

LONGEST_BUILD = 4


def scenario_text(answers: Answers, *, file: str = "decision.yaml") -> str:
    """Return the text of a scenario file that answers every category of every option, and that `load.loads` accepts.

    Raises:
        ScenarioError: an answer that cannot be read or does not fit, with the field it stands in; a template, a model or a price that
            is not known; another currency than USD without a rate.
    """
    check_answers(answers)
    options = [line for name in answers.templates for line in _option(answers, name)]
    head = [*_head(answers), *_exchange(answers)]
    rest = [*_demand(answers), *_outcome(answers), "options:", *options, *_variants()]
    text = "\n".join([*head, *inputs_lines(answers, "\n".join(rest)), *rest]) + "\n"
    loads(text, file)
    return text


def _head(answers: Answers) -> list[str]:
    day = day_of(answers)
    start = answers.start.strip() or f"{day.year + day.month // 12}-{day.month % 12 + 1:02d}"
    lines = [
        "# A decision in one file. Check it with `tco check`, compare the options with `tco compare`, and see with `tco explain` where a",
        "# figure comes from. Every value marked 'assumption' waits for yours: give it a source, a url and an as_of.",
        "# A range such as 10 to 20 is a 90% interval; pert(1, 2, 4) is lowest, most likely, highest; = a * b is a formula over inputs.",
        "schema: 1",
        "",
        "decision:",
        f"  title: {words(answers.title)}",
        f"  question: {words(answers.question.strip() or _question(answers))}",
        f"  decide_by: {_decide_by(answers)} # npv_cost, total_cost, cost_per_outcome or net_value",
        f"  as_of: {day.isoformat()} # the day of the prices",
    ]
    if answers.owner.strip():
        lines.append(f"  owner: {words(answers.owner)}")
    return [
        *lines,
        "",
        "timeline:",
        f"  start: {literal(start)}",
        f"  months: {answers.months}",
        f"  currency: {literal(answers.currency)}",
        "  # wages follow inflation; prices of tokens and GPUs have indices of their own below",
        *entry(2, "inflation", answered(answers, "inflation", "", "general inflation")),
        *entry(2, "discount_rate", answered(answers, "discount_rate", "", "what money costs you in a year; ask your finance partner")),
        "  discount_timing: mid",
        "",
        "simulation: {draws: 10000, seed: 1}",
        "",
    ]


def _question(answers: Answers) -> str:
    labels = [TEMPLATE_BY_NAME[name].label for name in answers.templates]
    return f"{', '.join(labels[:-1])} or {labels[-1]}?" if len(labels) > 1 else f"What does it cost: {labels[0]}?"


def _decide_by(answers: Answers) -> str:
    """Rank by what counts failures: their worth, or the time they take, or else the cost of each success."""
    if answers.outcome_value.strip():
        return "net_value"
    return "npv_cost" if answers.handling_minutes.strip() else "cost_per_outcome"


def _exchange(answers: Answers) -> list[str]:
    if answers.currency == "USD":
        return []
    rate = with_unit(answers.usd_rate, f"{answers.currency}/USD")
    return [
        "exchange_rates: # list prices are in USD",
        *entry(2, "USD", assumed_value(rate, "your answer; add its source and its day")),
        "",
    ]


def _demand(answers: Answers) -> list[str]:
    return [
        "# What is asked for. Tokens follow from the shape of a call.",
        "demand:",
        "  live:",
        "    kind: requests",
        "    requests: = volume * requests_per_outcome",
        *entry(4, "input_tokens", answered(answers, "input_tokens", "token/request", "count them in your own logs")),
        *entry(4, "output_tokens", answered(answers, "output_tokens", "token/request", "count them in your own logs")),
        *entry(4, "cached_share", answered(answers, "cached_share", "", "share of the input that a prompt cache serves")),
        *entry(4, "retry_share", assumed_value("2%", "replace with yours: calls that fail and are asked again")),
        "",
    ]


def _outcome(answers: Answers) -> list[str]:
    lines = ["outcome:", f"  name: {words(answers.outcome_name)}", f"  unit: {words(answers.outcome_unit)}", "  volume: = volume"]
    if answers.outcome_value.strip():
        unit = f"{answers.currency}/{answers.outcome_unit}"
        lines += entry(2, "value", answered(answers, "outcome_value", unit, "what a good outcome is worth"))
    return [*lines, ""]


def _option(answers: Answers, name: str) -> list[str]:
    template = TEMPLATE_BY_NAME[name]
    first = name == answers.templates[0]
    success = f"= success_{name}" if name in answers.success_by_option else template.success
    units, weights = _held(answers) if name == "provisioned" else (0, ((), ()))
    parts = Parts(
        managed_model=literal(answers.managed_model),
        small_model=literal(answers.small_model),
        provisioned_rate=literal(answers.provisioned_rate),
        provisioned_price=literal(answers.provisioned_price),
        provisioned_units=units,
        provisioned_weights=weights,
        incident_cost=answered(answers, "incident_cost", f"{answers.currency}/event", "what an outage costs"),
        build_months=min(LONGEST_BUILD, answers.months // LEAST_MONTHS),
        first=first,
        unsolved=bool(answers.handling_minutes.strip()),
    )
    lines = [f"  {name}:", f"    label: {template.label}", f"    summary: {template.summary}"]
    return [
        *lines,
        *(["    baseline: true"] if first else []),
        f"    success_share: {success}",
        *(short for line in template.write(parts) for short in wrapped(line)),
        "",
    ]


def _variants() -> list[str]:
    return [
        "# What could be otherwise: `tco variants` shows the options in each case.",
        "variants:",
        "  half_the_volume: {label: Half the volume, times: {inputs.volume: 0.5}}",
        "  five_times_the_volume: {label: Five times the volume, times: {inputs.volume: 5}}",
    ]


def _held(answers: Answers) -> tuple[int, tuple[Said, Said]]:
    """Return how many units to hold, and the weights of output and cached tokens with their source."""
    row = provisioned(answers.provisioned_rate, day_of(answers))
    weights = (row.output_weight or 0.0, row.cached_weight)
    return units_held(answers), (sourced_value(f"{weights[0]:g}", row.provenance), sourced_value(f"{weights[1]:g}", row.provenance))
