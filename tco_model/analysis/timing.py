"""Turns the futures of a decision into when to take it: now, after a wait, or after a first stage that teaches something.

Waiting N months means: the baseline goes on for N months, then a choice begins as it would have begun today, N months later, at the
prices and the demand of that time, within the same horizon. Waiting costs what the better choice would have saved meanwhile; it is
worth that by then something has been learnt. Both are told apart:

    wait now, choose blindly     min_d E[X_d(N)]                     X_d(N): baseline until N, then option d
    wait, choose by what is seen E[min_d E[X_d(N) | learnt]]
    value of keeping it open     min_d E[X_d(0)] - E[min_d E[X_d(N) | learnt]]     positive: waiting pays

What is learnt by then is stated by name: by default the growth and the start of every path, such as prices and demand, which N
months of bills show, and every yearly step that lies before N. It is taken as known for certain, so the value of waiting is an
upper bound. The conditional expectations are those of `analysis.conditional`, cross-fitted: the option that is chosen never saw the
draws it is judged on (the regressions of Longstaff and Schwartz 2001, without their in-sample optimism). All is present value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import standard_error
from tco_model.analysis.conditional import Choice, Knowledge
from tco_model.analysis.spread import Estimate
from tco_model.engine.compile import compile_scenario
from tco_model.engine.draws import correlated_groups
from tco_model.engine.futures import Futures
from tco_model.engine.run import correlated_laws
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.lines.registry import CostLine
from tco_model.scenario.delay import delayed

Array = NDArray[np.float64]
FIGURE = "npv_cost"
WAITS = (3, 6, 12)
BOUND = ("gpu_commitment", "machine_commitment", "provisioned_throughput", "commitment_shortfall", "hardware_purchase")
"""Kinds of line whose money is bound once it has begun: commitments, and hardware that is bought."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Waiting some months before the choice."""

    months: int
    choices: dict[str, float]
    """Mean present value of waiting and then taking each option; the baseline's is that of staying."""
    blind: str
    """The option that would be taken on average without anything learnt."""
    learns: Estimate
    """What is learnt meanwhile is worth."""
    cost: Estimate
    """What choosing blindly after the wait costs more than choosing now; negative where the wait itself saves."""
    value: Estimate
    """Of keeping the option open: what is learnt less what the wait costs; positive where waiting pays."""
    turns: dict[str, float]
    """How often each option would be taken after the wait."""


@dataclass(frozen=True, slots=True)
class LockIn:
    """What binds one to an option once it has begun."""

    option: str
    way_out: float
    """Mean cost of its migration lines in its last phase: what leaving costs, not discounted."""
    bound: tuple[tuple[str, float], ...]
    """Lines under commitment or bought, with their mean cost over the horizon."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When to decide."""

    currency: str
    draws: int
    options: dict[str, str]
    baseline: str
    now: str
    """The option that is best on average when it is taken today."""
    now_cost: float
    waits: tuple[Wait, ...]
    learnt: tuple[str, ...]
    """The inputs that the wait is taken to show."""
    lock_in: tuple[LockIn, ...]


def timing(
    futures: Futures,
    *,
    months: Sequence[int] = WAITS,
    learnt: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Timing:
    """Return what waiting is worth.

    Args:
        futures: the model's futures; each option is computed again for each wait, on the same futures.
        months: the waits to look at.
        learnt: inputs that are known after the wait, by the names of their leaves; where None, growth and start of every path.
        progress: called with models done and models in all.

    Raises:
        ScenarioError: an unknown input, or a wait that an option does not leave room for.
    """
    model = futures.model
    known = _learnt(futures, learnt)
    now = futures.samples(FIGURE)
    best = int(np.argmin(now.mean(axis=1)))
    steps = len(months) * max(len(futures.base.options) - 1, 1)
    waits: list[Wait] = []
    for place, wait in enumerate(months):
        costs = _after(futures, wait, now, lambda done, place=place: progress and progress(place * (steps // len(months)) + done, steps))
        waits.append(_wait(futures, wait, costs, now[best], known))
    return Timing(
        currency=model.scenario.timeline.currency,
        draws=futures.draws,
        options={graph.name: graph.label for graph in model.options},
        baseline=model.scenario.baseline,
        now=futures.base.options[best],
        now_cost=float(now[best].mean()),
        waits=tuple(waits),
        learnt=known,
        lock_in=lock_in(futures),
    )


def _learnt(futures: Futures, names: Sequence[str] | None) -> tuple[str, ...]:
    if names is None:
        return tuple(name for name in futures.inputs if name.endswith((".growth", ".start")))
    unknown = [name for name in names if name not in futures.inputs]
    if unknown:
        raise ScenarioError(Problem(f"no uncertain input '{name}'", nearest(name, futures.inputs), "learn", name) for name in unknown)
    return tuple(names)


def _after(futures: Futures, months: int, now: Array, step: Callable[[int], object]) -> Array:
    """Return the present value of waiting and then taking each option, ``(options, draws)``; the baseline's is that of staying."""
    scenario = futures.model.scenario
    options = futures.base.options
    base = options.index(scenario.baseline)
    found = now.copy()
    if months == 0:
        return found
    before = _until(futures, months)
    done = 0
    for place, option in enumerate(options):
        if place == base:
            continue
        later = Futures(compile_scenario(delayed(scenario, option, months)), draws=futures.draws, seed=futures.seed, design=futures.design)
        found[place] = before + later.samples(FIGURE)[place]
        done += 1
        step(done)
    return found


def _until(futures: Futures, months: int) -> Array:
    """Return the present value of the baseline's first months, ``(draws,)``."""
    costs, discount = futures.monthly(futures.model.scenario.baseline), futures.discount()
    return (costs * discount)[:, :months].sum(axis=1)


def _wait(futures: Futures, months: int, costs: Array, now: Array, learnt: Sequence[str]) -> Wait:
    groups = [group.names for group in correlated_groups(correlated_laws(futures.model))]
    known = Knowledge(Choice.of(costs), futures.inputs, groups)
    choice = known.choice_beside(learnt) if learnt else known.choice
    rule = known.rule(list(learnt), choice)
    learns = known.judged(rule, choice) if learnt else Estimate(0.0, 0.0)
    best = known.choice.best
    lost = costs[best] - now
    cost = Estimate(float(lost.mean()), standard_error(lost))
    others = [option for place, option in enumerate(futures.base.options) if place != best]
    turns = {option: float((rule == row).mean()) for row, option in enumerate(others)}
    turns[futures.base.options[best]] = float((rule < 0).mean())
    return Wait(
        months=months,
        choices={option: float(costs[place].mean()) for place, option in enumerate(futures.base.options)},
        blind=futures.base.options[best],
        learns=learns,
        cost=cost,
        value=Estimate(learns.value - cost.value, math.hypot(learns.error, cost.error)),
        turns=turns,
    )


@dataclass(frozen=True, slots=True)
class StageGate:
    """Starting small: a first stage of some months that teaches something, then go on or not."""

    months: int
    price: float
    """What the stage costs."""
    learnt: tuple[str, ...]
    learns: Estimate
    value: Estimate
    """Against deciding now: what is learnt, less what the stage and the wait cost; positive where the stage pays."""


def stage_gate(futures: Futures, learnt: Sequence[str], months: int, price: float) -> StageGate:
    """Return what a first stage is worth that shows some inputs for certain before the choice, while the baseline goes on.

    Args:
        futures: the model's futures.
        learnt: the inputs it shows, by the names of their leaves.
        months: how long it takes.
        price: what it costs, in present value.

    Raises:
        ScenarioError: as in `timing`.
    """
    found = timing(futures, months=(months,), learnt=learnt).waits[0]
    return StageGate(months, price, tuple(learnt), found.learns, Estimate(found.value.value - price, found.value.error))


def lock_in(futures: Futures) -> tuple[LockIn, ...]:
    """Return what leaving each option costs, and what of its cost is bound."""
    result, model = futures.base, futures.model
    found: list[LockIn] = []
    for option in model.scenario.options:
        bound: list[tuple[str, float]] = []
        for _, lines in option.lines:
            for line in lines:
                short = line.path.removeprefix(f"options.{option.name}.")
                if isinstance(line.kind, CostLine) and line.kind.name in BOUND and not line.kind.memo:
                    bound.append((line.title, result.summary(option.name, f"line/{short}").mean))
        way_out = 0.0
        if option.phases and len(option.phases) > 1 and f"month/{option.name}/migration" in result.means:
            last = option.phases[-1]
            way_out = float(result.monthly_mean(option.name, "migration")[last.first : last.stop].sum())
        found.append(LockIn(option.name, way_out, tuple(bound)))
    return tuple(found)
