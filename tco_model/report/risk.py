"""Turns the draws of options into the risk figures and the check of convergence that stand beside their means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.payback import payback_months
from tco_model.analysis.spread import Convergence, OptionSpread, convergence, option_spreads
from tco_model.engine.result import Result

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RiskReport:
    """What an option risks by the deciding figure, in its unit."""

    regret: float
    """Mean of what it loses against the best option of each future."""
    regret_p90: float
    worst_tenth: float
    """Mean of the worst 10% of the futures (conditional value at risk, CVaR 90%)."""
    variation: float
    """Coefficient of variation: standard deviation over mean [ratio]."""
    contingency_p80: float
    """P80 less the central case: what to hold above a point estimate so that it suffices in 80 of 100 futures."""
    payback_month: int | None
    """Month from which the mean cumulative saving against the baseline stays at or above 0, from 1; None is never, or the baseline."""


def risk_reports(result: Result, central: Mapping[str, Array]) -> tuple[dict[str, RiskReport], str]:
    """Return the risk of each option by the deciding figure, and whether the draws are enough for the answer, in words.

    Args:
        result: a simulation of the options.
        central: its figures with every input at its expected value.
    """
    figure = result.model.scenario.decision.decide_by
    risks = {one.option: _risk(result, one) for one in option_spreads(result, figure, central)}
    return risks, convergence_sentence(result, convergence(result, figure))


def _risk(result: Result, found: OptionSpread) -> RiskReport:
    baseline = result.model.scenario.baseline
    month: int | None = None
    if found.option != baseline:
        savings = (result.monthly_mean(baseline) - result.monthly_mean(found.option))[None, :]
        month = int(payback_months(savings)[0])
    return RiskReport(
        regret=found.regret.value,
        regret_p90=found.regret_p90.value,
        worst_tenth=found.tail_90.value,
        variation=found.variation.value,
        contingency_p80=found.contingency.to_p80.value,
        payback_month=month if month is not None and month <= result.model.months else None,
    )


def convergence_sentence(result: Result, found: Convergence) -> str:
    """Say whether more draws could turn the answer."""
    if found.option == found.runner_up:
        return f"{result.draws:,} futures of one option."
    labels = {graph.name: graph.label for graph in result.model.options}
    pair = f"{labels[found.option]} leads {labels[found.runner_up]}"
    if not found.lead.error:
        return f"{pair} in every future by the same amount: no number of draws changes that."
    errors = found.lead.value / found.lead.error
    if found.settled:
        return f"{pair} by {errors:,.0f} standard errors of the mean: more draws would not turn the answer."
    if found.draws_to_settle:
        return f"{pair} by {errors:.1f} standard errors only, which may be chance: about {found.draws_to_settle:,} draws would settle it."
    return f"{pair} by nothing that {result.draws:,} draws can tell: take either."
