"""Turns how the options stand into the plain sentences that answer the decision question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tco_model.report.format import chance_error, money, of_hundred, percent, short_number

if TYPE_CHECKING:
    from tco_model.report.headline import Headline, Standing
    from tco_model.report.report import OptionReport
    from tco_model.scenario.schema import Scenario

FIGURE_WORDS = {
    "npv_cost": "present value of cost",
    "total_cost": "total cost",
    "cost_per_outcome": "cost per outcome",
    "net_value": "net value",
    "outcomes": "outcomes",
}


def headline_sentences(found: Headline) -> tuple[str, ...]:
    """Return how the options stand in words, most important sentence first."""
    if len(found.options) == 1:
        return (_alone(found, found.options[0]),)
    return (_best_on_average(found), _against(found))


def _alone(found: Headline, option: Standing) -> str:
    figure = option.figure
    span = f"{_amount(found, figure.p10)} to {_amount(found, figure.p90)}"
    mean = _amount(found, figure.mean)
    return f"{option.label}: {FIGURE_WORDS[found.decide_by]} {mean} on average over {found.months} months, P10 to P90 {span}."


def _amount(found: Headline, value: float) -> str:
    return f"{short_number(value)} {found.unit.replace('/', ' per ')}"


def _best(found: Headline) -> Standing:
    return next(option for option in found.options if option.name == found.preferred)


def _best_on_average(found: Headline) -> str:
    """Say which option is best on average and how often; where another one is best more often, say that too."""
    best = _best(found)
    word = "highest" if found.decide_by == "net_value" else "lowest"
    chance = best.chance_best
    text = (
        f"{best.label} has the {word} {FIGURE_WORDS[found.decide_by]} in {of_hundred(chance.value)} futures "
        f"(± {chance_error(chance.error)} Monte Carlo error); "
        f"on average {_amount(found, best.figure.mean)} over {found.months} months."
    )
    often = max(found.options, key=lambda option: option.chance_best.value)
    if often.name != best.name:
        text += f" {often.label} is best more often ({of_hundred(often.chance_best.value)}), but loses more when it loses."
    return text


def _against(found: Headline) -> str:
    """Say how far the best option lies from the baseline, or the baseline from the next best one."""
    best = _best(found)
    if best.is_baseline:
        others = [option for option in found.options if not option.is_baseline and option.difference is not None]
        sign = -1.0 if found.decide_by == "net_value" else 1.0
        other = min(others, key=lambda option: sign * option.difference.mean)  # type: ignore[union-attr]
        return _gap(found, other, "the next best")
    return _gap(found, best, "")


def _gap(found: Headline, option: Standing, aside: str) -> str:
    assert option.difference is not None
    base = next(other for other in found.options if other.is_baseline)
    gap, reference = option.difference, base.figure.mean
    word = ("less" if gap.mean < 0 else "more") if found.decide_by != "net_value" else ("worse" if gap.mean < 0 else "better")
    share = f" ({percent(abs(gap.mean / reference), 0)})" if reference else ""
    ends = sorted((gap.p10, gap.p90))
    named = f"{option.label}, {aside}," if aside else option.label
    return (
        f"{named} comes to {_amount(found, abs(gap.mean))}{share} {word} than {base.label} on average; "
        f"the difference lies between {_signed(found, ends[0])} and {_signed(found, ends[1])} in 80 of 100 futures."
    )


def _signed(found: Headline, value: float) -> str:
    return ("−" if value < 0 else "+") + _amount(found, abs(value))


def per_outcome_sentences(options: Sequence[OptionReport], preferred: str, scenario: Scenario) -> tuple[str, ...]:
    """Say who is cheapest per outcome where that is not the deciding figure: a cheaper option may fail more cases."""
    priced = [option for option in options if "cost_per_outcome" in option.figures]
    if len(options) == 1 or not priced or scenario.outcome is None or scenario.decision.decide_by == "cost_per_outcome":
        return ()
    cheapest = min(priced, key=lambda option: option.figures["cost_per_outcome"].mean)
    currency = scenario.timeline.currency
    costs = ", ".join(f"{option.label} {money(option.figures['cost_per_outcome'].mean, currency)}" for option in priced)
    text = f"Per {scenario.outcome.name}: {costs}."
    if cheapest.name != preferred:
        text += f" Counted per outcome {cheapest.label} is the cheapest."
    return (text,)
