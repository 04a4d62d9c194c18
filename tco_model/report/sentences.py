"""Turns the figures of a report into the plain sentences that answer the decision question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tco_model.report.format import chance_error, money, of_hundred, percent, short_number

if TYPE_CHECKING:
    from tco_model.report.report import OptionReport, Report

FIGURE_WORDS = {
    "npv_cost": "present value of cost",
    "total_cost": "total cost",
    "cost_per_outcome": "cost per outcome",
    "net_value": "net value",
    "outcomes": "outcomes",
}


def answer(report: Report) -> tuple[str, ...]:
    """Return the answer, most important sentence first."""
    if len(report.options) == 1:
        return (_alone(report, report.options[0]),)
    found = [_headline(report), _against(report)]
    found += _per_outcome(report)
    return tuple(sentence for sentence in found if sentence)


def _alone(report: Report, option: OptionReport) -> str:
    figure = option.figures[report.decide_by]
    span = f"{_amount(report, figure.p10)} to {_amount(report, figure.p90)}"
    mean = _amount(report, figure.mean)
    return f"{option.label}: {FIGURE_WORDS[report.decide_by]} {mean} on average over {report.months} months, P10 to P90 {span}."


def _amount(report: Report, value: float) -> str:
    unit = f"{report.currency} per {report.outcome_unit}" if report.decide_by == "cost_per_outcome" else report.currency
    return f"{short_number(value)} {unit}"


def _best(report: Report) -> OptionReport:
    return next(option for option in report.options if option.name == report.preferred)


def _headline(report: Report) -> str:
    """Say which option is best on average and how often; where another one is best more often, say that too."""
    best = _best(report)
    word = "highest" if report.decide_by == "net_value" else "lowest"
    figure = FIGURE_WORDS[report.decide_by]
    chance = best.chance_best
    text = (
        f"{best.label} has the {word} {figure} in {of_hundred(chance.value)} futures (± {chance_error(chance.error)} Monte Carlo error); "
        f"on average {_amount(report, best.figures[report.decide_by].mean)} over {report.months} months."
    )
    often = max(report.options, key=lambda option: option.chance_best.value)
    if often.name != best.name:
        text += f" {often.label} is best more often ({of_hundred(often.chance_best.value)}), but loses more when it loses."
    return text


def _against(report: Report) -> str:
    """Say how far the best option lies from the baseline, or the baseline from the next best one."""
    best = _best(report)
    if best.is_baseline:
        others = [option for option in report.options if not option.is_baseline and option.difference is not None]
        sign = -1.0 if report.decide_by == "net_value" else 1.0
        other = min(others, key=lambda option: sign * option.difference.mean)  # type: ignore[union-attr]
        return _gap(report, other, "the next best")
    return _gap(report, best, "")


def _gap(report: Report, option: OptionReport, aside: str) -> str:
    assert option.difference is not None and option.chance_below_baseline is not None
    base = next(other for other in report.options if other.is_baseline)
    gap, reference = option.difference, base.figures[report.decide_by].mean
    word = ("less" if gap.mean < 0 else "more") if report.decide_by != "net_value" else ("worse" if gap.mean < 0 else "better")
    share = f" ({percent(abs(gap.mean / reference), 0)})" if reference else ""
    ends = sorted((gap.p10, gap.p90))
    named = f"{option.label}, {aside}," if aside else option.label
    return (
        f"{named} comes to {_amount(report, abs(gap.mean))}{share} {word} than {base.label} on average; "
        f"the difference lies between {_signed(report, ends[0])} and {_signed(report, ends[1])} in 80 of 100 futures."
    )


def _signed(report: Report, value: float) -> str:
    return ("−" if value < 0 else "+") + _amount(report, abs(value))


def _per_outcome(report: Report) -> list[str]:
    """Say who is cheapest per outcome where that is not the deciding figure: a cheaper option may fail more cases."""
    priced = [option for option in report.options if "cost_per_outcome" in option.figures]
    if not priced or report.decide_by == "cost_per_outcome":
        return []
    cheapest = min(priced, key=lambda option: option.figures["cost_per_outcome"].mean)
    costs = ", ".join(f"{option.label} {money(option.figures['cost_per_outcome'].mean, report.currency)}" for option in priced)
    text = f"Per {report.outcome}: {costs}."
    if cheapest.name != report.preferred:
        text += f" Counted per outcome {cheapest.label} is the cheapest."
    return [text]
