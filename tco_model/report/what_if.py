"""Turns moves of a decision, inputs held at a value, levers applied, another horizon, into its headline and its report.

A move of inputs is seen against the same futures; levers and the horizon change the model itself, whose futures are drawn again with
the same seed, so that what they share with the file's own stays the same draw by draw.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Change, Futures
from tco_model.engine.result import Result
from tco_model.errors import Problem, ScenarioError
from tco_model.prices.problem import PriceError
from tco_model.report.headline import Headline, headline_at
from tco_model.report.report import Report, make_report
from tco_model.report.sliders import Slider, Sliders
from tco_model.scenario.load import applied, scenario_of
from tco_model.scenario.overrides import overridden
from tco_model.scenario.schema import Scenario
from tco_model.serving.hardware import CapacityError

MOST_MODELS = 3
"""Models with their futures that are held at once: the file's own, and the last ones with other levers or another horizon."""


MOST_ANSWERS = 32
"""Moves whose headline and report are kept, so that undoing one and comparing with a pinned one takes no time."""

Key = tuple[tuple[tuple[str, float], ...], tuple[str, ...], int | None]
_T = TypeVar("_T")


def _kept(held: OrderedDict[Key, _T], key: Key, work: Callable[[], _T]) -> _T:
    """Return what was found for a move before, or find it and let go of what was used longest ago."""
    if key not in held:
        held[key] = work()
        if len(held) > MOST_ANSWERS:
            held.popitem(last=False)
    held.move_to_end(key)
    return held[key]


@dataclass(frozen=True, slots=True)
class Move:
    """What is moved against the file; nothing where it is empty."""

    values: Mapping[str, float] = field(default_factory=dict[str, float])
    """By the name of an input, the value it is held at in every future, in its shown unit; of a path the factor it is scaled by."""
    levers: tuple[str, ...] = ()
    """Names of levers and variants that are applied, in the order of the file."""
    months: int | None = None
    """Horizon in place of the file's [month]."""

    @property
    def key(self) -> Key:
        """The move as something that can be looked up; equal for equal moves."""
        return tuple(sorted(self.values.items())), self.levers, self.months

    @property
    def is_empty(self) -> bool:
        """True where everything is as in the file."""
        return not self.values and not self.levers and self.months is None

    def held(self, name: str, value: float | None) -> Move:
        """Return the move with one input held at a value, or as in the file where None."""
        values = {key: one for key, one in self.values.items() if key != name}
        return replace(self, values=values if value is None else values | {name: value})


class WhatIf:
    """One decision and its futures, opened for what-if; nothing here is shared with another reader's."""

    def __init__(self, scenario: Scenario, *, draws: int | None = None, seed: int | None = None, design: str | None = None) -> None:
        """Simulate the decision as the file has it.

        Args:
            scenario: from `load`.
            draws: number of futures; the scenario's own where None, likewise `seed` and `design`.
            seed: seed of every stream.
            design: how the futures are drawn.

        Raises:
            ScenarioError: a scenario that does not compile.
        """
        self.scenario = scenario
        self._draws, self._seed, self._design = draws, seed, design
        self._found: OrderedDict[Key, Headline] = OrderedDict()
        self._reports: OrderedDict[Key, Report] = OrderedDict()
        self._models: OrderedDict[tuple[tuple[str, ...], int | None], tuple[Futures, Sliders]] = OrderedDict()
        self.base: Report = make_report(self.futures(Move()).base)

    def futures(self, move: Move) -> Futures:
        """Return the futures of the model that a move's levers and horizon give, its inputs not yet moved."""
        return self._model(move)[0]

    def sliders(self, move: Move) -> Sliders:
        """Return the inputs that can be moved; errors as in `report`."""
        return self._model(move)[1]

    def _model(self, move: Move) -> tuple[Futures, Sliders]:
        key = (move.levers, move.months)
        if key not in self._models:
            scenario = self.scenario
            if move.months is not None:
                scenario = scenario_of(overridden(scenario.source, {"timeline.months": move.months}))
            scenario = applied(scenario, move.levers) if move.levers else scenario
            futures = Futures(compile_scenario(scenario), draws=self._draws, seed=self._seed, design=self._design)
            self._models[key] = futures, Sliders(futures)
            if len(self._models) > MOST_MODELS:
                oldest = next(one for one in self._models if one != ((), None))
                del self._models[oldest]
        self._models.move_to_end(key)
        return self._models[key]

    def moved(self, move: Move) -> dict[str, Slider]:
        """Return the inputs that a move holds, by name.

        Raises:
            ScenarioError: an input that is not there, or cannot be moved.
        """
        return {slider.name: slider for slider in self.sliders(move).of(move.values)}

    def changes(self, move: Move) -> dict[str, Change]:
        """Return what the futures take for a move; errors as in `moved`, and for a value out of range."""
        found = self.moved(move)
        changes = {name: found[name].change(found[name].checked(value)) for name, value in move.values.items() if name in found}
        try:
            return changes | self.futures(move).rederived(changes)
        except (CapacityError, PriceError) as error:
            raise ScenarioError(Problem(str(error), "move the input less far", ", ".join(changes))) from None

    def headline(self, move: Move) -> Headline:
        """Return how the options stand, the quick way.

        Raises:
            ScenarioError: a move that does not fit, with what would.
        """
        return _kept(self._found, move.key, lambda: headline_at(self.futures(move), self.changes(move)))

    def result(self, move: Move) -> Result:
        """Return every figure; errors as in `headline`."""
        return self.futures(move).at(self.changes(move))

    def report(self, move: Move) -> Report:
        """Return the whole report, its notes saying what was moved; errors as in `headline`."""
        if move.is_empty:
            return self.base
        return _kept(self._reports, move.key, lambda: self._reported(move))

    def _reported(self, move: Move) -> Report:
        report = make_report(self.result(move))
        return replace(report, notes=(*(f"What if: {one}." for one in self.said(move)), *report.notes))

    def said(self, move: Move) -> tuple[str, ...]:
        """Say what is moved, one phrase each: ``requests per case held at 5 request/case``."""
        titles = {one.name: one.title for one in self.scenario.changes}
        months = () if move.months is None else (f"horizon of {move.months} months",)
        held = self.moved(move)
        values = tuple(f"{held[name].label} held at {held[name].spell(value)}" for name, value in move.values.items() if name in held)
        return (*months, *(titles[name] for name in move.levers), *values)
