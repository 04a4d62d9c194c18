"""Turns levers into what each does alone, one after the other, and all together, on the same futures.

What a lever does is its figure less that without it, future by future: negative saves, or where the figure is a value is worth less.
Levers overlap: what all do together less the sum of what each does alone is their interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import preferred, standard_error
from tco_model.analysis.spread import Estimate, direction
from tco_model.engine.reduce import sorted_quantiles
from tco_model.engine.result import Result
from tco_model.scenario.changes import Change

Array = NDArray[np.float64]
RunWith = Callable[[Sequence[str]], Result]
"""Simulates the scenario with the named levers applied; the same seed gives the same futures."""
NEGLIGIBLE = 1e-9
"""A change smaller than this share of the figure is none."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to one option."""

    option: str
    mean: Estimate
    """Of the deciding figure: what it adds."""
    p10: float
    p90: float
    outcomes: float | None
    """Share by which the number of outcomes changes, on average; None without an outcome."""
    cost_per_outcome: float | None
    """What it adds to the mean cost per outcome."""
    saves: bool
    loses_outcomes: bool

    @property
    def moves(self) -> bool:
        """True where it changes the option at all."""
        return self.mean.value != 0.0 or bool(self.outcomes)


@dataclass(frozen=True, slots=True)
class LeverEffect:
    """What one lever does alone, to every option it touches."""

    name: str
    label: str
    effects: tuple[Effect, ...]
    effort: float | None
    """[FTE*month]"""
    risk: str
    preferred: str
    """The option that is best on average with it."""

    @property
    def best(self) -> Effect | None:
        """What it does to the option that gains most."""
        return min(self.effects, key=lambda one: one.mean.value if one.saves else abs(one.mean.value), default=None)

    @property
    def value_per_effort(self) -> float | None:
        """What it gains for the option that gains most, by person-month; None where no effort is given."""
        best = self.best
        return None if best is None or not self.effort or not best.saves else abs(best.mean.value) / self.effort


@dataclass(frozen=True, slots=True)
class Levers:
    """All levers of a scenario."""

    figure: str
    unit: str
    draws: int
    options: dict[str, str]
    """Labels by name."""
    base: dict[str, float]
    """Mean of the figure without any lever."""
    preferred: str
    levers: tuple[LeverEffect, ...]
    """By what they gain by effort, then by what they gain; those that gain nothing last."""
    in_order: tuple[tuple[str, dict[str, float]], ...]
    """Name of a lever, and what it adds to each option's mean after all before it in the file."""
    together: dict[str, Effect]
    interaction: dict[str, float]
    """What all do together less the sum of what each does alone, by option."""
    preferred_together: str

    @property
    def worth_doing(self) -> tuple[LeverEffect, ...]:
        """Those that gain something for some option, most for its effort first."""
        return tuple(one for one in self.levers if one.best is not None and one.best.saves)


def simulations(levers: int) -> int:
    """Return how many simulations a number of levers take: without any, each alone, and each after those before it."""
    return 2 * levers if levers else 1


def lever_effects(changes: Sequence[Change], run_with: RunWith) -> Levers:
    """Return what the levers of a scenario do.

    Args:
        changes: the levers, in the order of the file.
        run_with: simulates with some of them applied.

    Raises:
        ScenarioError: a lever that does not fit the scenario.
    """
    base = run_with(())
    figure = base.model.scenario.decision.decide_by
    alone = {change.name: run_with((change.name,)) for change in changes}
    names = [change.name for change in changes]
    steps = [alone[names[0]] if count == 1 else run_with(names[:count]) for count in range(1, len(names) + 1)]
    together = steps[-1] if steps else base
    effects = [_lever(change, base, alone[change.name], figure) for change in changes]
    before = [base, *steps][: len(steps)]
    means = {option: base.summary(option, figure).mean for option in base.options}
    summed = {option: sum(alone[name].summary(option, figure).mean - means[option] for name in names) for option in base.options}
    all_effects = {option: _effect(option, base, together, figure) for option in base.options}
    outcome = base.model.scenario.outcome
    currency = base.model.scenario.timeline.currency
    return Levers(
        figure=figure,
        unit=f"{currency}/{outcome.unit}" if figure == "cost_per_outcome" and outcome else currency,
        draws=base.draws,
        options={graph.name: graph.label for graph in base.model.options},
        base=means,
        preferred=preferred(base, figure),
        levers=tuple(sorted(effects, key=_rank)),
        in_order=tuple(
            (name, {option: after.summary(option, figure).mean - first.summary(option, figure).mean for option in base.options})
            for name, first, after in zip(names, before, steps, strict=True)
        ),
        together=all_effects,
        interaction={option: _interaction(all_effects[option].mean.value, summed[option]) for option in base.options},
        preferred_together=preferred(together, figure),
    )


def _interaction(together: float, summed: float) -> float:
    gap = together - summed
    return 0.0 if abs(gap) <= NEGLIGIBLE * max(abs(together), abs(summed)) else gap


def _rank(lever: LeverEffect) -> tuple[bool, float, float]:
    best = lever.best
    gain = abs(best.mean.value) if best is not None and best.saves else 0.0
    return gain == 0.0, -(lever.value_per_effort or 0.0), -gain


def _lever(change: Change, base: Result, changed: Result, figure: str) -> LeverEffect:
    effects = [_effect(option, base, changed, figure) for option in base.options]
    effort = None if change.effort is None else change.effort.central
    return LeverEffect(
        change.name, change.title, tuple(one for one in effects if one.moves), effort, change.risk, preferred(changed, figure)
    )


def _effect(option: str, base: Result, changed: Result, figure: str) -> Effect:
    """Compare one option with and without a change, future by future."""
    before, after = base.sample(option, figure), changed.sample(option, figure)
    gap = after - before
    if np.abs(gap).max() <= NEGLIGIBLE * max(float(np.abs(before).max()), 1e-300):
        gap = np.zeros_like(gap)
    p10, _, p90 = (float(value) for value in sorted_quantiles(np.sort(gap)))
    outcomes = per_outcome = None
    if base.has(option, "outcomes"):
        first, second = (float(one.sample(option, "outcomes").mean()) for one in (base, changed))
        outcomes = second / first - 1.0 if first else 0.0
        outcomes = 0.0 if abs(outcomes) <= NEGLIGIBLE else outcomes
        per_outcome = changed.summary(option, "cost_per_outcome").mean - base.summary(option, "cost_per_outcome").mean
    mean = Estimate(float(gap.mean()), standard_error(gap))
    return Effect(option, mean, p10, p90, outcomes, per_outcome, direction(figure) * mean.value < 0.0, bool(outcomes and outcomes < 0.0))
