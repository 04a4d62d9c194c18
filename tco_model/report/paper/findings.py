"""Turns a scenario into every analysis its paper rests on, each made once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import preferred
from tco_model.analysis.information import MONEY, Information, information
from tco_model.analysis.input_range import InputRange, input_ranges
from tco_model.analysis.levers import Levers, lever_effects
from tco_model.analysis.response import linearity_of
from tco_model.analysis.spread import direction
from tco_model.analysis.switching import SwitchingValues, switching_values
from tco_model.analysis.variants import Variants, variant_outcomes
from tco_model.engine.central import central_cases
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.engine.inputs import Incidents, Shocks
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.engine.result import Result
from tco_model.engine.run import run
from tco_model.report.headline import Headline, headline
from tco_model.report.report import Report, make_report
from tco_model.scenario.load import applied
from tco_model.scenario.schema import Scenario

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
INFORMATION_DRAWS, CHANGE_DRAWS, SWITCHING_DRAWS = 10_000, 2_000, 1_000
"""Futures an analysis is made on, or as many as the paper has: fewer where the model is computed again and again."""
EVEN = "latin_hypercube"
"""How the few are drawn: spread evenly over each input, so that their means lie much closer to those of all futures."""
SEARCHED = 6
"""Inputs whose switching value is searched: the nearest, as a straight line sees it."""
POINTS = 5
NUDGE = 0.05
"""Share of its value by which an input is moved to see how the lead responds."""
STEPS = 5


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a decision."""

    result: Result
    report: Report
    standing: Headline
    information: Information | None
    """None where nothing is uncertain or there is one option."""
    switching: SwitchingValues | None
    looked_at: int
    """Inputs that were looked at before the nearest were searched."""
    levers: Levers | None
    variants: Variants | None
    fingerprint: str
    """SHA-256 of the scenario file; empty where it was read from text."""
    command: str
    """What makes this paper again."""

    @property
    def model(self) -> Model:
        """The compiled scenario."""
        return self.result.model

    @property
    def scenario(self) -> Scenario:
        """The scenario, levers and variants that were asked for applied."""
        return self.result.model.scenario

    @property
    def label(self) -> dict[str, str]:
        """Labels of the options by name."""
        return {graph.name: graph.label for graph in self.model.options}


def find(
    scenario: Scenario,
    changes: Sequence[str] = (),
    *,
    draws: int | None = None,
    seed: int | None = None,
    design: str | None = None,
    command: str = "",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Make every analysis a paper needs.

    Args:
        scenario: as its file has it.
        changes: levers and variants to apply, by name.
        draws: number of futures; the scenario's own where None, likewise `seed` and `design`.
        command: what a person types to make the paper again.
        executor: for the simulation of many futures; no figure depends on it.
        progress: called with steps done and steps in all.

    Raises:
        ScenarioError: a scenario or a change that does not compile.
    """
    changed = applied(scenario, changes) if changes else scenario
    model = compile_scenario(changed)
    wanted = draws or changed.simulation.draws
    futures = Futures(model, draws=min(wanted, INFORMATION_DRAWS), seed=seed, design=design)
    held = futures.base
    result = held if wanted <= INFORMATION_DRAWS else run(model, draws=wanted, seed=seed, design=design, executor=executor)
    _step_done(progress, 1)
    report, standing = make_report(result), headline(result)
    ranked = changed.decision.decide_by in (*MONEY, "cost_per_outcome") and len(result.options) > 1 and bool(futures.inputs)
    known = information(futures, groups={}) if ranked else None
    _step_done(progress, 2)
    switching, looked_at = _switching(model, min(wanted, SWITCHING_DRAWS), result) if len(result.options) > 1 else (None, 0)
    _step_done(progress, 3)

    few = run(model, draws=min(wanted, CHANGE_DRAWS), seed=result.seed, design=EVEN)
    enough = few.draws if _agrees(few, result) else min(wanted, INFORMATION_DRAWS)

    @cache
    def simulated(names: tuple[str, ...]) -> Result:
        if not names and enough == few.draws:
            return few
        altered = compile_scenario(applied(scenario, [*changes, *names])) if names else model
        return run(altered, draws=enough, seed=result.seed, design=EVEN)

    def run_with(names: Sequence[str]) -> Result:
        return simulated(tuple(names))

    open_changes = [one for one in scenario.changes if one.name not in changes]
    levers = [one for one in open_changes if one.section == "levers"]
    effects = lever_effects(levers, run_with) if levers else None
    _step_done(progress, 4)
    variants = [one for one in open_changes if one.section == "variants"]
    outcomes = variant_outcomes(variants, run_with) if variants else None
    _step_done(progress, 5)
    return Findings(result, report, standing, known, switching, looked_at, effects, outcomes, fingerprint(scenario), command)


def _step_done(progress: Progress | None, done: int) -> None:
    if progress is not None:
        progress(done, STEPS)


def fingerprint(scenario: Scenario) -> str:
    """Return the SHA-256 of the scenario's file; empty where there is none."""
    path = Path(scenario.file)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _switching(model: Model, draws: int, result: Result) -> tuple[SwitchingValues, int]:
    """Search the switching values of the inputs that lie nearest to one."""
    reach = reaches(model, result)
    nearest = sorted(reach, key=lambda name: reach[name])[:SEARCHED]
    futures = Futures(model, draws=draws, seed=result.seed, design=EVEN)
    if not _agrees(futures.base, result):
        futures = Futures(model, draws=min(result.draws, INFORMATION_DRAWS), seed=result.seed, design=EVEN)
    return switching_values(futures, nearest, points=POINTS), len(reach)


def _agrees(few: Result, all_draws: Result) -> bool:
    """Say whether few futures prefer the option that all of them do: an analysis on them must not contradict the answer."""
    figure = few.model.scenario.decision.decide_by
    return preferred(few, figure) == preferred(all_draws, figure)


def reaches(model: Model, result: Result) -> dict[str, float]:
    """Return how far each input lies from where the lead would be gone if it went on as a small move shows, relative to its value.

    The lead is the mean of all futures; its slope is that of the central case, every input nudged in a case of its own and all cases
    computed at once. Where an input would have to leave its range, a million is added: it comes after all that need not.
    """
    figure = result.model.scenario.decision.decide_by
    sign, linearity = direction(figure), linearity_of(model, figure)
    settable = [
        name
        for name, leaf in model.leaves.items()
        if leaf.origin in ("scenario", "table") and linearity.moves(name) and not isinstance(leaf.content, Incidents | Shocks)
    ]
    ranges = input_ranges(model, settable) if settable else {}
    entries = {name: entry for name, entry in ranges.items() if not isinstance(entry, str) and entry.low < entry.high}
    steps = np.array([_step(entry) for entry in entries.values()])
    terms = all_outputs(model)
    outputs = {option: terms[f"draw/{option}/{figure}"] for option in result.options}
    held = central_cases(model, outputs, _nudged(entries, steps), len(entries) + 1)
    central = sign * np.array([held[option][:, 0] for option in result.options])
    means = np.array([sign * result.summary(option, figure).mean for option in result.options])
    best = int(np.argmin(means))
    slopes = ((central - central[best])[:, 1:] - (central - central[best])[:, :1]) / steps
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.delete(-(means - means[best])[:, None] / slopes, best, axis=0)
    return {name: _nearest(entry, away[:, place]) for place, (name, entry) in enumerate(entries.items())}


def _step(entry: InputRange) -> float:
    """Return a small move that stays in the range."""
    step = NUDGE * (abs(entry.now) or entry.high - entry.low)
    return step if entry.now + step <= entry.high else -min(step, entry.now - entry.low)


def _nudged(entries: Mapping[str, InputRange], steps: Array) -> dict[str, Array]:
    """Return every input in every case, ``(cases, 1)`` or ``(cases, months)``: the first as now, each of the others with one moved."""
    rows: dict[str, Array] = {}
    for place, (name, entry) in enumerate(entries.items()):
        values = np.full((len(entries) + 1, 1), entry.now)
        values[place + 1] += steps[place]
        rows[name] = values if entry.path is None else values * np.asarray(entry.path).reshape(1, -1)
    return rows


def _nearest(entry: InputRange, away: Array) -> float:
    """Return the distance of the nearest point where the lead is gone, relative to the current value."""
    held = away[np.isfinite(away)]
    if not held.size:
        return float("inf")
    outside = (entry.now + held < entry.low) | (entry.now + held > entry.high)
    return float((np.abs(held) / (abs(entry.now) or entry.high - entry.low) + 1e6 * outside).min())
