"""Turns the decision that a unit cost was foreseen by into what its model says one outcome costs, in the unit of the metric.

The model's cost per outcome is that of its whole timeline, in its own currency: nothing is converted here. A bill seldom holds all that a
model counts, people least of all; naming the categories of cost that the bill holds too compares like with like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tco_model.actuals.periods import month_plus
from tco_model.engine.compile import compile_scenario
from tco_model.engine.model import Model, OptionGraph
from tco_model.engine.run import run
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.metric_rules import Against, Metric
from tco_model.finops.rules import Allocation
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.load import load
from tco_model.scenario.schema import Scenario
from tco_model.units import UnitError, parse_unit

FIGURE = "cost_per_outcome"


@dataclass(frozen=True, slots=True)
class Modelled:
    """What a model says one unit of a metric costs, over the timeline of its scenario [currency/unit of the metric]."""

    scenario: str
    """The file."""
    title: str
    option: str
    label: str
    outcome: str
    categories: tuple[str, ...]
    """Those that are counted; empty for all."""
    unit: str
    """``USD/case``, as the metric has it."""
    p10: float
    p50: float
    p90: float
    start: str
    """First month of the timeline; the last is `end`."""
    end: str
    basis: str
    """``nominal`` or ``real``."""
    draws: int

    def standing(self, value: float) -> str:
        """Say where an actual unit cost lies: below P10, inside, or above P90; the ends are inside."""
        return "below" if value < self.p10 else "above" if value > self.p90 else "inside"


def modelled(
    metrics: Sequence[UnitMetric], rules: Allocation, folder: Path, chosen: Mapping[str, Against] | None = None
) -> dict[str, Modelled]:
    """Return by name what the model says of each metric that is held against one.

    Args:
        metrics: measured.
        rules: whose metrics say what they are held against.
        folder: of the allocation file, from where its scenarios are seen.
        chosen: by name of a metric, in place of what the file says; their paths are seen from here.

    Raises:
        ScenarioError: a scenario that cannot be read or counts no outcome, an option it has not, or another currency or unit than the
            metric's; of all metrics at once.
    """
    said = {one.name: _seen_from(one.against, folder) for one in rules.metrics if one.against is not None}
    said |= chosen or {}
    found: dict[str, Modelled] = {}
    problems: list[Problem] = []
    for one in metrics:
        if one.name in said:
            try:
                found[one.name] = _modelled(one, said[one.name])
            except ScenarioError as error:
                problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found


def chosen_metrics(scenario: Path, option: str, categories: Sequence[str], metric: str, rules: Allocation) -> dict[str, Against]:
    """Return what a person holds against a scenario: the metric they name, or every one per outcome in the unit of its outcome.

    Raises:
        ScenarioError: a scenario that cannot be read or counts no outcome, no such metric or category, or none that it foresees.
    """
    for name in categories:
        if name not in CATEGORIES:
            raise ScenarioError(Problem(f"no category of cost '{name}'", nearest(name, CATEGORIES), "category", name))
    counted = [one for one in rules.metrics if one.per == "outcomes"]
    if metric and metric not in [one.name for one in counted]:
        mend = nearest(metric, [one.name for one in counted])
        raise ScenarioError(Problem(f"the allocation file has no metric '{metric}' per outcome", mend, "metric", metric))
    unit = _outcome(load(scenario), str(scenario))[1]
    names = [metric] if metric else [one.name for one in counted if _factor(one, unit) is not None]
    if not names:
        said = ", ".join(f"{one.name} is per {one.unit}" for one in counted) or "it has none per outcome"
        mend = f"change unit: of one to {unit}, or outcome: unit: of the scenario ({said})"
        raise ScenarioError(Problem(f"no metric of the allocation file is per {unit}", mend, "metrics", file=str(scenario)))
    return {name: Against(scenario=str(scenario), option=option, categories=tuple(categories)) for name in names}


def _seen_from(against: Against, folder: Path) -> Against:
    return against.model_copy(update={"scenario": str(folder / against.scenario)})


def _modelled(metric: UnitMetric, against: Against) -> Modelled:
    model = compile_scenario(load(against.scenario))
    scenario, file = model.scenario, against.scenario
    outcome, unit = _outcome(scenario, file)
    graph = _option(model, against)
    currency = scenario.timeline.currency
    if currency != metric.currency:
        mend = f"hold it against a scenario in {metric.currency}: nothing is converted here"
        message = f"'{metric.name}' is in {metric.currency}, the scenario in {currency}"
        raise ScenarioError(Problem(message, mend, "timeline.currency", currency, file=file))
    factor = _factor(metric, unit)
    if factor is None:
        mend = f"hold it against a scenario that counts it, or write unit: {unit} where that is what is counted"
        message = f"'{metric.name}' is per {metric.unit}, the scenario counts one outcome per {unit}"
        raise ScenarioError(Problem(message, mend, "outcome.unit", unit, file=file))
    kept = {name: lines for name, lines in graph.categories.items() if name in (against.categories or CATEGORIES)}
    if not kept:
        message = f"'{graph.name}' costs nothing in {', '.join(against.categories)}"
        raise ScenarioError(Problem(message, f"name some of {', '.join(graph.categories)}", "categories", file=file))
    result = run(replace(model, options=(replace(graph, categories=kept),)), fans=False)
    found, start = result.summary(graph.name, FIGURE), scenario.timeline.start
    first = month_plus("0000-01", start)
    p10, p50, p90 = (value * factor for value in (found.p10, found.p50, found.p90))
    return Modelled(
        file, scenario.decision.title, graph.name, graph.label, outcome, against.categories, f"{currency}/{metric.unit}", p10, p50, p90,
        first, month_plus(first, model.months - 1), scenario.timeline.basis, result.draws,
    )  # fmt: skip


def _outcome(scenario: Scenario, file: str) -> tuple[str, str]:
    """Return what the scenario counts, and in which unit."""
    if scenario.outcome is None:
        mend = "add outcome: with its name, unit and volume"
        raise ScenarioError(Problem("the scenario counts no outcome, so that it has no cost of one", mend, "outcome", file=file))
    return scenario.outcome.name, scenario.outcome.unit


def _option(model: Model, against: Against) -> OptionGraph:
    names = [one.name for one in model.options]
    if not against.option and len(names) > 1:
        mend = f"say which one runs: {', '.join(names)}"
        raise ScenarioError(Problem(f"the scenario has {len(names)} options", mend, "option", file=against.scenario))
    name = against.option or names[0]
    if name not in names:
        raise ScenarioError(Problem(f"the scenario has no option '{name}'", nearest(name, names), "option", name, file=against.scenario))
    return model.options[names.index(name)]


def _factor(metric: UnitMetric | Metric, unit: str) -> float | None:
    """Return how many outcomes of the scenario one unit of the metric is; None where it counts something else."""
    single = re.sub(r"^[\d.,]+\s*[kMB]?\s+", "", metric.unit) if metric.scale > 1 else metric.unit
    try:
        return float(parse_unit(single).factor_to(parse_unit(unit))) * metric.scale
    except UnitError:
        return None
