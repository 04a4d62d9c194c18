"""Turns a scenario into one in which an option begins some months later, for what waiting would cost."""

from __future__ import annotations

from dataclasses import replace

from tco_model.errors import Problem, ScenarioError
from tco_model.scenario.schema import Option, Phase, Scenario


def delayed(scenario: Scenario, name: str, months: int) -> Scenario:
    """Return the scenario with one option begun `months` later, within the same horizon.

    Nothing of it runs before. Its phases move back together; the longest one gives up the months, so that what is done at the end
    is still done then. Prices, demand and inflation go by the calendar as before.

    Raises:
        ScenarioError: no phase is long enough to give up the months, or they fill the horizon.
    """
    if months == 0:
        return scenario
    options = tuple(_later(option, months, scenario) if option.name == name else option for option in scenario.options)
    return replace(scenario, options=options)


def to_come(scenario: Scenario, name: str, months: int) -> Scenario:
    """Return the scenario with one option running already for `months`: what they cost is spent, and counts no more.

    Its phases stay where they are.

    Raises:
        ScenarioError: the months fill the horizon.
    """
    if months >= scenario.timeline.months:
        said = f"{months} months are gone, and the horizon has {scenario.timeline.months}"
        raise ScenarioError(Problem(said, "lengthen timeline.months", "timeline.months", str(scenario.timeline.months)))
    return replace(scenario, options=tuple(replace(one, gone=months) if one.name == name else one for one in scenario.options))


def _later(option: Option, months: int, scenario: Scenario) -> Option:
    if months >= scenario.timeline.months:
        raise ScenarioError(
            Problem(f"a wait of {months} months fills the horizon", f"wait less than {scenario.timeline.months} months", option.name)
        )
    if not option.phases:
        return replace(option, delay=months)
    longest = max(option.phases, key=lambda phase: phase.stop - phase.first)
    if longest.stop - longest.first <= months:
        held = longest.stop - longest.first
        said = f"{option.name} cannot begin {months} months later: its longest phase, {longest.name}, has {held}"
        raise ScenarioError(Problem(said, f"wait less than {held} months", f"options.{option.name}.phases"))
    phases = tuple(_moved(phase, longest, months) for phase in option.phases)
    return replace(option, phases=phases, delay=months)


def _moved(phase: Phase, longest: Phase, months: int) -> Phase:
    """Move what comes before the longest phase, shorten it at its beginning, and leave what comes after."""
    if phase is longest:
        return replace(phase, first=phase.first + months)
    return replace(phase, first=phase.first + months, stop=phase.stop + months) if phase.first < longest.first else phase
