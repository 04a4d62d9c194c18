"""Turns moves of a decision, inputs held at a value, levers applied, another horizon, into its headline and its report.

A move of inputs is seen against the same futures; levers and the horizon change the model itself, whose futures are drawn again with
the same seed, so that what they share with the file's own stays the same draw by draw.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tco_model.engine.change import Change
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.engine.job import Pause
from tco_model.engine.recent import Recent
from tco_model.engine.result import Result
from tco_model.errors import Problem, ScenarioError
from tco_model.prices.problem import PriceError
from tco_model.report.ground import Ground
from tco_model.report.headline import Headline, headline, headline_at
from tco_model.report.report import Report, make_report
from tco_model.report.sliders import Slider, Sliders
from tco_model.scenario.load import applied, scenario_of
from tco_model.scenario.overrides import overridden
from tco_model.scenario.schema import Scenario
from tco_model.serving.hardware import CapacityError

MOST_MODELS = 4
"""Models with their futures that are held at once besides the file's own: the last ones with other levers or another horizon."""


MOST_ANSWERS = 32
"""Moves whose headline and report are kept, so that undoing one and comparing with a pinned one takes no time."""

MOST_CHANGES = 4
"""Moves whose changes are kept: each is asked for them more than once."""

PREVIEW = 2_000
"""Futures that a move is answered from at once, the first of all of them; who has no more than twice as many needs no preview."""
Key = tuple[tuple[tuple[str, float], ...], tuple[str, ...], int | None]


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


class _Opened:
    """A model with its futures, opened for moves; no move changes it, so readers share it."""

    def __init__(self, scenario: Scenario, draws: int | None, seed: int | None, design: str | None) -> None:
        """Draw the futures and rank the inputs."""
        self.futures = Futures(compile_scenario(scenario), draws=draws, seed=seed, design=design).another()
        self.sliders, self.ground = Sliders(self.futures), Ground(self.futures.model)

    @cached_property
    def first(self) -> Futures:
        """The futures that a move is answered from at once."""
        return self.futures.first(PREVIEW)


class WhatIf:
    """One decision and its futures, opened for what-if; what a reader moves is held here and shared with no other reader."""

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
        self._changes: Recent[Key, dict[str, Change]] = Recent(MOST_CHANGES)
        self._found: Recent[Key, Headline] = Recent(MOST_ANSWERS)
        self._reports: Recent[Key, Report] = Recent(MOST_ANSWERS)
        self._own = _Opened(scenario, draws, seed, design)
        self._others: Recent[tuple[tuple[str, ...], int | None], _Opened] = Recent(MOST_MODELS)
        self._at_rest = headline(self._own.futures.base)
        self.base: Report = make_report(self._own.futures.base, ground=self._own.ground, found=self._at_rest)
        if self._has_preview(self._own):
            _ = self._own.first

    def another(self) -> WhatIf:
        """Return the decision for another reader, nothing moved: what was drawn and reckoned of the file is shared, and changed by none."""
        found = copy.copy(self)
        found._changes, found._found, found._reports = Recent(MOST_CHANGES), Recent(MOST_ANSWERS), Recent(MOST_ANSWERS)
        return found

    def futures(self, move: Move) -> Futures:
        """Return the futures of the model that a move's levers and horizon give, its inputs not yet moved."""
        return self._model(move).futures

    def sliders(self, move: Move) -> Sliders:
        """Return the inputs that can be moved; errors as in `report`."""
        return self._model(move).sliders

    def _model(self, move: Move) -> _Opened:
        key = (move.levers, move.months)
        return self._others.get(key, lambda: self._changed(*key)) if move.levers or move.months is not None else self._own

    def _changed(self, levers: tuple[str, ...], months: int | None) -> _Opened:
        scenario = self.scenario
        if months is not None:
            scenario = scenario_of(overridden(scenario.source, {"timeline.months": months}))
        scenario = applied(scenario, levers) if levers else scenario
        return _Opened(scenario, self._draws, self._seed, self._design)

    def moved(self, move: Move) -> dict[str, Slider]:
        """Return the inputs that a move holds, by name.

        Raises:
            ScenarioError: an input that is not there, or cannot be moved.
        """
        return {slider.name: slider for slider in self.sliders(move).of(move.values)}

    def changes(self, move: Move) -> dict[str, Change]:
        """Return what the futures take for a move; errors as in `moved`, and for a value out of range."""
        return self._changes.get(move.key, lambda: self._changes_of(move))

    def _changes_of(self, move: Move) -> dict[str, Change]:
        found = self.moved(move)
        changes = {name: found[name].change(found[name].checked(value)) for name, value in move.values.items() if name in found}
        try:
            return changes | self.futures(move).rederived(changes)
        except (CapacityError, PriceError) as error:
            raise ScenarioError(Problem(str(error), "move the input less far", ", ".join(changes))) from None

    def preview(self, move: Move) -> Headline | None:
        """Return how the options stand in the first `PREVIEW` futures, soon; None where all of them are as soon: few, or known already.

        Raises:
            ScenarioError: as in `headline`.
        """
        opened = self._model(move)
        if move.key in self._reports or move.is_empty or not self._has_preview(opened):
            return None
        return headline_at(opened.first, self.changes(move))

    def _has_preview(self, opened: _Opened) -> bool:
        return opened.futures.draws > 2 * PREVIEW

    def headline(self, move: Move) -> Headline:
        """Return how the options stand, the quick way.

        Raises:
            ScenarioError: a move that does not fit, with what would.
        """
        if move.is_empty:
            return self._at_rest
        return self._found.get(move.key, lambda: headline_at(self.futures(move), self.changes(move)))

    def result(self, move: Move, pause: Pause | None = None) -> Result:
        """Return every figure; errors as in `headline`, `pause` as in `Futures.at`."""
        return self.futures(move).at(self.changes(move), pause)

    def report(self, move: Move, pause: Pause | None = None) -> Report:
        """Return the whole report, its notes saying what was moved; errors as in `headline`, `pause` as in `Futures.at`."""
        if move.is_empty:
            return self.base
        return self._reports.get(move.key, lambda: self._reported(move, pause))

    def _reported(self, move: Move, pause: Pause | None) -> Report:
        result = self.result(move, pause)
        found = self._found.get(move.key, lambda: headline(result))
        report = make_report(result, ground=self._model(move).ground, found=found)
        return replace(report, notes=(*(f"What if: {one}." for one in self.said(move)), *report.notes))

    def said(self, move: Move) -> tuple[str, ...]:
        """Say what is moved, one phrase each: ``requests per case held at 5 request/case``."""
        titles = {one.name: one.title for one in self.scenario.changes}
        months = () if move.months is None else (f"horizon of {move.months} months",)
        held = self.moved(move)
        values = tuple(f"{held[name].label} held at {held[name].spell(value)}" for name, value in move.values.items() if name in held)
        return (*months, *(titles[name] for name in move.levers), *values)
