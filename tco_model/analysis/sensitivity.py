"""Turns the futures of a model into what matters: how far each input moves the deciding figure, and the gap that decides.

Two targets are looked at on the same futures: the figure of the option that is best on average, and the gap, what the next best
option costs more than it (or brings less). The gap is what a decision turns on: an input that moves both options alike moves it
not at all. Money out is positive.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import preferred
from tco_model.analysis.indices import Indices, closed_index, exchange_order, first_order, rank_correlations, total_index
from tco_model.analysis.information import input_label
from tco_model.analysis.spread import Estimate, direction
from tco_model.engine.draws import stream
from tco_model.engine.futures import Futures
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.lines.registry import CATEGORIES

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
ENDS = (0.1, 0.9)
"""Where an input is held for the tornado: its P10 and P90."""
SHOWN_BY_MONTH = 6
"""Inputs whose share of each month's variance is told: those that explain most of the whole."""


@dataclass(frozen=True, slots=True)
class End:
    """One input held at one end of its range in all futures, everything else as drawn."""

    value: float
    """Of the input, in its unit."""
    figure: float
    """Mean of the option's figure."""
    gap: float
    """Mean of the gap; negative where the other option has become the better one."""
    preferred: str
    """The option that is best on average then."""


@dataclass(frozen=True, slots=True)
class InputEffect:
    """What one uncertain input does."""

    name: str
    label: str
    unit: str
    group: str
    low: End
    high: End
    first_order: Estimate
    """Share of the variance of the option's figure that the input explains alone."""
    gap_first_order: Estimate
    """The same of the gap."""
    total: Estimate | None
    """Share of the variance of the option's figure that is lost with the input, interactions included; None where not asked for."""
    gap_total: Estimate | None
    rank_correlation: float
    """Spearman's, with the option's figure."""
    gap_rank_correlation: float
    linked: tuple[str, ...]
    """Inputs it is correlated with, exchanged together with it for the total index; itself alone where there are none."""
    turns: bool
    """True where another option than the one that is best now is best at one end or at both."""

    @property
    def swing(self) -> float:
        """How far the gap moves from one end to the other."""
        return self.high.gap - self.low.gap

    @property
    def own_swing(self) -> float:
        """How far the option's own figure moves from one end to the other."""
        return self.high.figure - self.low.figure


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """What all inputs of one driver do together, and with them those they are correlated with."""

    group: str
    members: tuple[str, ...]
    first_order: Estimate
    """Share of the variance of the option's figure that they explain on their own, interactions among them included."""
    gap_first_order: Estimate
    total: Estimate
    gap_total: Estimate


@dataclass(frozen=True, slots=True)
class EventEffect:
    """What a risk event does by its number and cost; it cannot be held, so only its share of the variance is told."""

    name: str
    label: str
    first_order: Estimate
    gap_first_order: Estimate


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What matters, inputs by how far they move the gap, largest first; by how far they move the figure where there is one option."""

    figure: str
    unit: str
    draws: int
    option: str
    """The option that is looked at: the best on average where none was named."""
    rival: str
    """The best of the others, or the option itself where it is alone."""
    mean: float
    gap: float
    options: dict[str, str]
    """Labels of the options by name."""
    inputs: tuple[InputEffect, ...]
    events: tuple[EventEffect, ...]
    groups: tuple[GroupEffect, ...]
    by_month: dict[str, tuple[float, ...]]
    """First-order indices of each month's cost of the option, ``(months,)``, of the inputs that explain most."""


def sensitivity(
    futures: Futures, *, figure: str | None = None, option: str | None = None, totals: bool = True, progress: Progress | None = None
) -> Sensitivity:
    """Return what matters for the deciding figure.

    Args:
        futures: the model's futures; two runs an input for its ends, one more each for total indices, and one a group.
        figure: the figure; the deciding one where None.
        option: the option to look at; the best on average where None. Its rival is the best of the others.
        totals: also estimate total indices, and what the inputs of each driver do together.
        progress: called with runs done and runs in all.

    Raises:
        ScenarioError: a figure that not every option has, or no such option.
    """
    figure = figure or futures.model.scenario.decision.decide_by
    if option is not None and option not in futures.base.options:
        raise ScenarioError(Problem(f"there is no option '{option}'", nearest(option, futures.base.options), "option", option))
    study = _Study(futures, figure, option or preferred(futures.base, figure), progress)
    return study.sensitivity(totals)


def driver_of(futures: Futures, name: str) -> str:
    """Return the driver an input belongs to: demand, the timeline, the category of cost it enters, several of them, or the outcome."""
    if name.startswith("timeline."):
        return "timeline"
    if futures.enters(name, "outcome.volume") or name.startswith("demand."):
        return "demand"
    entered = [category for category in CATEGORIES if futures.enters(name, category)]
    if len(entered) == 1:
        return entered[0]
    return "several categories" if entered else "outcome"


class _Study:
    """The targets of one study, and what is computed for each input."""

    def __init__(self, futures: Futures, figure: str, option: str, progress: Progress | None) -> None:
        self.futures, self.figure, self.progress = futures, figure, progress
        self.sign = direction(figure)
        self.options = futures.base.options
        self.place = self.options.index(option)
        self.values = futures.samples(figure)
        means = self.sign * self.values.mean(axis=1)
        self.best = self.options[int(np.argmin(means))]
        others = [place for place in range(len(self.options)) if place != self.place]
        self.rival = min(others, key=lambda place: means[place], default=self.place)
        self.targets = self._targets(self.values)
        self.done = self.runs = 0

    def _targets(self, values: Array) -> Array:
        """Return the option's figure and the gap, ``(2, draws)``."""
        return np.array([values[self.place], self.sign * (values[self.rival] - values[self.place])])

    def sensitivity(self, totals: bool) -> Sensitivity:
        futures, names = self.futures, list(self.futures.inputs)
        model = futures.model
        groups = self._groups(names)
        self.runs = len(names) * (3 if totals else 2) + (len(groups) if totals else 0)
        alone = self._first_order(names)
        correlations = rank_correlations(self._inputs(names), self.targets)
        exchanged = {name: self._exchanged(futures.linked(name))[1] if totals else None for name in names}
        effects = [self._effect(name, alone, correlations[row], row, exchanged[name], groups) for row, name in enumerate(names)]
        scenario = model.scenario
        currency, outcome = scenario.timeline.currency, scenario.outcome
        return Sensitivity(
            figure=self.figure,
            unit=f"{currency}/{outcome.unit}" if self.figure == "cost_per_outcome" and outcome else currency,
            draws=futures.draws,
            option=self.options[self.place],
            rival=self.options[self.rival],
            mean=float(self.targets[0].mean()),
            gap=float(self.targets[1].mean()),
            options={graph.name: graph.label for graph in model.options},
            inputs=tuple(sorted(effects, key=lambda one: -abs(one.own_swing if self.rival == self.place else one.swing))),
            events=self._events(),
            groups=self._group_effects(groups, names, alone) if totals else (),
            by_month=self._by_month(names, alone),
        )

    def _first_order(self, names: Sequence[str]) -> Indices:
        """Return the first-order indices of both targets; exactly 0 where a target does not depend on the input."""
        return self._still(names, first_order(self._inputs(names), self.targets, even=self.futures.design == "sobol"))

    def _still(self, names: Collection[str], found: Indices) -> Indices:
        moved = np.array([self._moved(name) for name in names]).reshape(len(names), 2)
        return Indices(np.where(moved, found.values, 0.0), np.where(moved, found.errors, 0.0))

    def _inputs(self, names: Sequence[str]) -> Array:
        return np.array([self.futures.inputs[name] for name in names]).reshape(len(names), self.futures.draws)

    def _moved(self, name: str) -> tuple[bool, bool]:
        moves = self.futures.moves(name, self.figure)
        return moves[self.place], moves[self.place] or moves[self.rival]

    def _exchanged(self, names: Sequence[str]) -> tuple[Indices, Indices]:
        """Exchange the draws of inputs, of all futures in one order: what they explain together on their own, and in all."""
        futures = self.futures
        order = exchange_order(futures.draws, stream(futures.seed, f"exchange/{'/'.join(sorted(names))}"))
        changed = self._targets(futures.samples(self.figure, {name: futures.inputs[name][order] for name in names}))
        self._step()
        return closed_index(self.targets, changed, order), total_index(self.targets, changed)

    def _end(self, name: str, level: float) -> End:
        value = float(np.quantile(self.futures.inputs[name], level))
        values = self.futures.samples(self.figure, {name: value})
        self._step()
        means = values.mean(axis=1)
        best = self.options[int(np.argmin(self.sign * means))]
        targets = self._targets(values).mean(axis=1)
        return End(value, float(targets[0]), float(targets[1]), best)

    def _effect(
        self, name: str, alone: Indices, correlations: Array, row: int, total: Indices | None, groups: Mapping[str, Sequence[str]]
    ) -> InputEffect:
        entry = self.futures.model.leaves[name]
        both = _estimates(alone, row)
        totals = (None, None) if total is None else _estimates(total, 0)
        low, high = (self._end(name, level) for level in ENDS)
        return InputEffect(
            name=name,
            label=input_label(self.futures.model, name),
            unit=entry.shown_unit,
            group=next(group for group, members in groups.items() if name in members),
            low=low,
            high=high,
            first_order=both[0],
            gap_first_order=both[1],
            total=totals[0],
            gap_total=totals[1],
            rank_correlation=float(correlations[0]),
            gap_rank_correlation=float(correlations[1]),
            linked=self.futures.linked(name),
            turns=any(end.preferred != self.best for end in (low, high)),
        )

    def _events(self) -> tuple[EventEffect, ...]:
        """Return what the events of both options do; exactly 0 where a target does not depend on them."""
        wanted = {f"options.{self.options[place]}." for place in (self.place, self.rival)}
        events = {name: costs for name, costs in self.futures.events.items() if any(name.startswith(start) for start in wanted)}
        if not events:
            return ()
        found = self._still(events, first_order(np.array(list(events.values())), self.targets))
        return tuple(EventEffect(name, self._event_label(name), *_estimates(found, row)) for row, name in enumerate(events))

    def _event_label(self, name: str) -> str:
        whole = name.rpartition(".")[0]
        option = whole.split(".")[1]
        owner = next(graph.label for graph in self.futures.model.options if graph.name == option)
        return f"{self.futures.model.labels.get(whole, whole)}, {owner}"

    def _groups(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Sort the inputs by the driver they belong to: demand, the timeline, or the category of cost they enter."""
        found: dict[str, list[str]] = {}
        for name in names:
            found.setdefault(driver_of(self.futures, name), []).append(name)
        return {group: tuple(members) for group, members in found.items()}

    def _group_effects(self, groups: Mapping[str, Sequence[str]], names: Sequence[str], alone: Indices) -> tuple[GroupEffect, ...]:
        """Return what each driver does; that of one input on its own is known more exactly from the draws as they are."""
        effects: list[GroupEffect] = []
        for group, members in groups.items():
            whole = tuple(dict.fromkeys(other for name in members for other in self.futures.linked(name)))
            closed, total = self._exchanged(whole)
            own = _estimates(alone, names.index(whole[0])) if len(whole) == 1 else _estimates(closed, 0)
            effects.append(GroupEffect(group, tuple(members), *own, *_estimates(total, 0)))
        return tuple(sorted(effects, key=lambda one: -(one.total if self.rival == self.place else one.gap_total).value))

    def _by_month(self, names: Sequence[str], alone: Indices) -> dict[str, tuple[float, ...]]:
        order = np.argsort(-alone.values[:, 0])[:SHOWN_BY_MONTH] if names else np.array([], dtype=np.intp)
        top = [names[int(row)] for row in order]
        if not top:
            return {}
        monthly = self.futures.monthly(self.options[self.place])
        found = first_order(self._inputs(top), monthly.T, even=self.futures.design == "sobol").values
        return {name: tuple(float(value) for value in found[row]) for row, name in enumerate(top)}

    def _step(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.runs)


def _estimates(found: Indices, row: int) -> tuple[Estimate, Estimate]:
    """Return what is said of an input about both targets."""
    both = [Estimate(float(found.values[row, target]), float(found.errors[row, target])) for target in (0, 1)]
    return both[0], both[1]
