"""Turns variants, cases that could be otherwise, into how the options stand in each, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tco_model.analysis.compare import Chance, chance_best, preferred
from tco_model.engine.result import Result
from tco_model.scenario.changes import Change


@dataclass(frozen=True, slots=True)
class VariantOutcome:
    """How the options stand in one case."""

    name: str
    label: str
    stress: bool
    mean: dict[str, float]
    p90: dict[str, float]
    chance_best: dict[str, Chance]
    preferred: str


@dataclass(frozen=True, slots=True)
class Variants:
    """All variants beside the scenario as it is written, which comes first and has no name."""

    figure: str
    currency: str
    draws: int
    options: dict[str, str]
    cases: tuple[VariantOutcome, ...]


def variant_outcomes(changes: Sequence[Change], run_with: Callable[[Sequence[str]], Result]) -> Variants:
    """Simulate the scenario as written and each variant of it, on the same futures.

    Raises:
        ScenarioError: a variant that does not fit the scenario.
    """
    base = run_with(())
    figure = base.model.scenario.decision.decide_by
    cases = [_outcome("", "as written", False, base, figure)]
    cases += [_outcome(one.name, one.title, one.stress, run_with((one.name,)), figure) for one in changes]
    return Variants(
        figure,
        base.model.scenario.timeline.currency,
        base.draws,
        {graph.name: graph.label for graph in base.model.options},
        tuple(cases),
    )


def _outcome(name: str, label: str, stress: bool, result: Result, figure: str) -> VariantOutcome:
    found = {option: result.summary(option, figure) for option in result.options}
    return VariantOutcome(
        name,
        label,
        stress,
        {option: one.mean for option, one in found.items()},
        {option: one.p90 for option, one in found.items()},
        chance_best(result, figure),
        preferred(result, figure),
    )
