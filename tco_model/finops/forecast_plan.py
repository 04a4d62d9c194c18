"""Turns a forecast file into what is known to come: dated steps, drivers, and methods that somebody chose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path as FilePath
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.fields import BILLED, Frozen, Month, Words, as_tuple
from tco_model.finops.forecast_methods import METHODS
from tco_model.finops.rules import Allocation
from tco_model.inputs.files import read_bounded
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import MAX_BYTES, Path, read_source

_MADE_BY = ("drivers", "scenarios", "methods")
"""Sections that say how a cost is forecast; a cost has one of them."""
PLAN = "forecast.yaml"
"""Of a workspace."""
STARTER = """\
schema: 1
# What is known to come, on top of what the past says. tco forecast reads this file in the workspace.
steps:
  # - {name: second region, of: shop-eng, from: 2026-12, plus: 4000, source: launch plan, as_of: 2026-09-20}  # USD a month
  # - {name: price rise, from: 2027-01, to: 2027-12, times: 1.05, source: "letter of the provider", as_of: 2026-09-01}
# Volume times unit cost in place of the series: a unit cost of the allocation file, and volumes that are known.
drivers:
  # support-eng: {metric: cost per resolved case, volume: {2026-12: 27000}}
# The scenario that a workload was decided by, as its forecast: what its option costs in the categories that are billed.
scenarios:
  # support-eng: {file: ../decision.yaml, option: managed, covers: [token, compute, storage, observability, fees]}
# A method of your own choice: naive, seasonal_naive, drift, growth, run_rate.
methods:
  # data: run_rate
"""


class Step(Frozen):
    """A change that is planned: a launch, a migration, a price that rises."""

    name: str = Field(description="What changes.", min_length=1, max_length=200)
    of: str = Field(default="", description="Whose cost; everybody's where left out.")
    from_: Month = Field(alias="from", description="First month, year-month.")
    to: Month = Field(default="", description="Last month, year-month; it stays where left out.")
    plus: float | None = Field(default=None, description="What it adds a month [currency/month]; negative takes away.", allow_inf_nan=False)
    times: float | None = Field(default=None, description="What it multiplies the cost by.", ge=0, le=1000)
    source: str = Field(default="", description="Where that is known from; an assumption where left out.")
    as_of: dt.date | None = Field(default=None, description="As of when.")

    def holds(self, month: str) -> bool:
        """Return whether it holds in a month."""
        return self.from_ <= month <= (self.to or month)


class Driver(Frozen):
    """A cost as volume times unit cost."""

    metric: str = Field(description="A unit cost of the allocation file.")
    volume: dict[Month, float] = Field(default_factory=dict, description="Volumes that are known, by month.")


class FromScenario(Frozen):
    """A cost as an option of a scenario has it."""

    file: str = Field(description="The scenario, seen from the folder of this file.", min_length=1)
    option: str = Field(description="The option that runs.")
    covers: Words = Field(default=BILLED, description="Categories of the option that are on the bill.", min_length=1)


class Plan(Frozen):
    """The whole file."""

    schema_: Literal[1] = Field(default=1, alias="schema", description="Version of this format.")
    steps: Annotated[tuple[Step, ...], BeforeValidator(as_tuple)] = Field(default=(), description="Planned changes.")
    drivers: Annotated[dict[str, Driver], BeforeValidator(lambda said: said or {})] = Field(
        default_factory=dict, description="By whose cost it is."
    )
    scenarios: Annotated[dict[str, FromScenario], BeforeValidator(lambda said: said or {})] = Field(
        default_factory=dict, description="By whose cost it is."
    )
    methods: Annotated[dict[str, str], BeforeValidator(lambda said: said or {})] = Field(
        default_factory=dict, description="By whose cost it is."
    )


def read_plan(path: FilePath, rules: Allocation, names: Callable[[], Sequence[str]]) -> Plan:
    """Read a forecast file.

    Args:
        path: of the file.
        rules: whose metrics drivers may name.
        names: gives the owners or services that the forecast has; asked once the file can be read.

    Raises:
        ScenarioError: everything that is wrong with it, each with line, rule and mend.
    """
    try:
        text = read_bounded(path, MAX_BYTES)
    except OSError as error:
        raise ScenarioError(Problem(f"cannot be read: {error.strerror}", "give the path of a forecast file", file=str(path))) from None
    notes = Notes(read_source(text, str(path)))
    found = notes.model(Plan, dict(notes.source.data), ())
    if found is not None:
        _check(found, rules, names(), notes)
    if notes.problems or found is None:
        raise ScenarioError(notes.problems)
    placed = {name: one.model_copy(update={"file": str(path.parent / one.file)}) for name, one in found.scenarios.items()}
    return found.model_copy(update={"scenarios": placed})


def _check(found: Plan, rules: Allocation, names: Sequence[str], notes: Notes) -> None:
    for place, step in enumerate(found.steps):
        _check_step(step, ("steps", place), notes)
    whose: list[tuple[Path, str]] = [(("steps", place, "of"), step.of) for place, step in enumerate(found.steps) if step.of]
    whose += [((section, name), name) for section in _MADE_BY for name in getattr(found, section)]
    for path, name in whose:
        if name not in names:
            notes.add(path, f"the forecast has no '{name}'", nearest(name, names), name)
    for name in dict.fromkeys(name for section in _MADE_BY for name in getattr(found, section)):
        held = [section for section in _MADE_BY if name in getattr(found, section)]
        if len(held) > 1:
            said = " and ".join(f"a {section.removesuffix('s')}" for section in held)
            notes.add((held[-1], name), f"'{name}' has {said}", "leave all but one out", name)
    _check_made(found, [one.name for one in rules.metrics], notes)


def _check_made(found: Plan, metrics: Sequence[str], notes: Notes) -> None:
    """Check what drivers, scenarios and methods name."""
    for name, method in found.methods.items():
        if method not in METHODS:
            notes.add(("methods", name), f"no method '{method}'", nearest(method, METHODS), method)
    for name, driver in found.drivers.items():
        if driver.metric not in metrics:
            notes.add(("drivers", name, "metric"), f"no metric '{driver.metric}'", nearest(driver.metric, metrics), driver.metric)
    for name, one in found.scenarios.items():
        for category in one.covers:
            if category not in CATEGORIES:
                notes.add(("scenarios", name, "covers"), f"no category '{category}'", nearest(category, CATEGORIES), category)


def _check_step(step: Step, path: Path, notes: Notes) -> None:
    if (step.plus is None) == (step.times is None):
        notes.add(path, f"'{step.name}' says {'neither plus nor times' if step.plus is None else 'both plus and times'}", "say one of them")
    if step.plus is not None and not step.of:
        notes.add(path, f"'{step.name}' adds an amount to nobody", "say of: whose cost it is", step.name)
    if step.to and step.to < step.from_:
        notes.add((*path, "to"), f"'{step.name}' ends before it begins", "write a month after from", step.to)
