"""Turns the draws of options and inputs into what it is worth to find out before deciding, in the unit of the deciding figure.

Perfect information (EVPI) is the mean regret of the option that is best on average. What one input tells (EVPPI) is the gain of
choosing anew once it is known: ``min_d E[C_d] - E[min_d E[C_d | x]]`` for costs C_d. What a study of n samples tells (EVSI) is the
same with the study's result in place of x. None is ever negative, none exceeds EVPI, and those of several inputs do not add up.

How ``E[C_d | x]`` is had, with no further run of the model: the draws are cut into up to 128 bins of about equal count along x, and a
natural cubic spline in the normal scores of the ranks is fitted to the bins' means of what each option saves against the preferred
one (the bins of Strong and Oakley 2013, Medical Decision Making 33(6), smoothed). Two things go beyond a plain fit:

- Noise that is fitted looks like knowledge, so a plain fit promises too much. Here the draws are held in 8 folds; the option of each
  bin is chosen on seven and its saving counted on the eighth, in turn (cross-fitting). The estimate is the mean gain of a rule that
  never saw the draws it is judged on: on average at most the true value, before it is cut off at 0. Unlike subtracting a bias
  estimated by permutation, that takes no further passes and leaves a plain standard error.
- What independent inputs explain of the savings has mean 0 whatever x is. It is taken out first, by one regression on all inputs.
  That makes the error smaller, as more draws would; how uncertain the overall lead itself is stays in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import Chance, chance
from tco_model.analysis.conditional import Choice, Knowledge
from tco_model.analysis.spread import Estimate, direction
from tco_model.analysis.study import Pilot, Study
from tco_model.engine.draws import correlated_groups
from tco_model.engine.futures import Futures
from tco_model.engine.inputs import Incidents, Shocks
from tco_model.engine.model import Model
from tco_model.engine.run import correlated_laws
from tco_model.errors import Problem, ScenarioError, nearest

Array = NDArray[np.float64]
MONEY = ("npv_cost", "total_cost", "net_value")
_PART = re.compile(r"start|growth|\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class Worth:
    """Whether to pay for finding something out before deciding."""

    value: Estimate
    """What certain knowledge of it would be worth: a study is worth less."""
    cost: float
    net: Estimate
    pays: bool
    """What is left is above 0."""
    clear: bool
    """What is left lies more than two standard errors from 0, on whichever side."""


def worth_finding_out(value: Estimate, cost: float) -> Worth:
    """Hold what it is worth to know against what it costs to learn it, in the same unit; a delay belongs to the cost."""
    net = Estimate(value.value - cost, value.error)
    return Worth(value, cost, net, net.value > 0.0, abs(net.value) > 2.0 * net.error)


@dataclass(frozen=True, slots=True)
class InputWorth:
    """What it is worth to know an input, or several, before deciding."""

    name: str
    label: str
    members: tuple[str, ...]
    """The inputs that are found out together; one, or those of the group."""
    evppi: Estimate
    share: float
    """Of what perfect information is worth."""
    changes: Chance
    """How often knowing it would turn the choice to another option."""
    instead: str
    """The option it would turn to most often; the preferred one where it never does."""


@dataclass(frozen=True, slots=True)
class Information:
    """What it is worth to find out before deciding, in `unit`; inputs and groups with the largest first."""

    figure: str
    unit: str
    """Of every worth here: money, or money per outcome where the options are ranked by cost per outcome."""
    is_money: bool
    draws: int
    preferred: str
    options: dict[str, str]
    """Labels of the options."""
    evpi: Estimate
    """Of perfect information: to know every input and all luck."""
    knowable: Estimate
    """Of knowing every input: the rest of EVPI is luck, such as when events strike, which nobody can find out beforehand."""
    inputs: tuple[InputWorth, ...]
    groups: tuple[InputWorth, ...]


def information(futures: Futures, *, figure: str | None = None, groups: Mapping[str, Sequence[str]] | None = None) -> Information:
    """Return what it is worth to find out each uncertain input before deciding.

    Args:
        futures: the model's futures; nothing is drawn or computed again.
        figure: one of the deciding figures; the scenario's own where None.
        groups: names of inputs that are found out together, by the name of the group; where None, the parts of one quantity, such
            as its level and its growth.

    Raises:
        ScenarioError: no deciding figure, a figure that not every option has, or an unknown input in a group.
    """
    model = futures.model
    figure = figure or model.scenario.decision.decide_by
    if figure not in (*MONEY, "cost_per_outcome"):
        raise ScenarioError(
            Problem("options are not ranked by this figure", nearest(figure, (*MONEY, "cost_per_outcome")), "figure", figure)
        )
    known = knowledge(futures, figure)
    held = parts_of_one_quantity(futures.inputs) if groups is None else {name: tuple(members) for name, members in groups.items()}
    _check_groups(held, futures.inputs)

    def ranked(members_of: Mapping[str, tuple[str, ...]]) -> tuple[InputWorth, ...]:
        found = [_input_worth(futures, known, name, members) for name, members in members_of.items()]
        return tuple(sorted(found, key=lambda one: -one.evppi.value))

    luck = any(isinstance(leaf.content, Incidents | Shocks) for leaf in model.leaves.values())
    outcome = model.scenario.outcome
    currency = model.scenario.timeline.currency
    return Information(
        figure=figure,
        unit=currency if figure in MONEY or outcome is None else f"{currency}/{outcome.unit}",
        is_money=figure in MONEY,
        draws=futures.draws,
        preferred=futures.base.options[known.choice.best],
        options={graph.name: graph.label for graph in model.options},
        evpi=known.evpi,
        knowable=known.worth(list(futures.inputs)) if luck else known.evpi,
        inputs=ranked({name: (name,) for name in futures.inputs}),
        groups=ranked(held),
    )


def knowledge(futures: Futures, figure: str) -> Knowledge:
    """Return the choice between a model's options beside its uncertain inputs; those without a rank correlation are independent."""
    choice = Choice.of(futures.samples(figure), most_is_best=direction(figure) < 0.0)
    return Knowledge(choice, futures.inputs, [group.names for group in correlated_groups(correlated_laws(futures.model))])


def pilot(futures: Futures, name: str, study: Study, *, figure: str | None = None) -> Pilot:
    """Return what studies of one uncertain input are worth.

    Raises:
        ScenarioError: no such uncertain input, or a study that cannot measure it.
    """
    _check_groups({name: (name,)}, futures.inputs)
    return Pilot(knowledge(futures, figure or futures.model.scenario.decision.decide_by), name, study)


def _input_worth(futures: Futures, known: Knowledge, name: str, members: tuple[str, ...]) -> InputWorth:
    choice = known.choice_beside(members)
    rule = known.rule(members, choice)
    found = known.judged(rule, choice)
    others = [option for row, option in enumerate(futures.base.options) if row != choice.best]
    turned = np.bincount(rule[rule >= 0], minlength=max(len(others), 1))
    return InputWorth(
        name=name,
        label=input_label(futures.model, name),
        members=members,
        evppi=found,
        share=found.value / known.evpi.value if known.evpi.value else 0.0,
        changes=chance(rule >= 0),
        instead=others[int(np.argmax(turned))] if turned.any() else futures.base.options[choice.best],
    )


def parts_of_one_quantity(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the inputs that are parts of one quantity (level, growth, steps), by its name, where two or more are uncertain."""
    found: dict[str, list[str]] = {}
    for name in names:
        whole, _, part = name.rpartition(".")
        if _PART.fullmatch(part):
            found.setdefault(whole, []).append(name)
    return {whole: tuple(parts) for whole, parts in found.items() if len(parts) > 1}


def input_label(model: Model, name: str) -> str:
    """Return an input's name as people say it: ``growth of tasks``, ``throughput ratio of serving, Own GPUs``."""
    whole, _, part = name.rpartition(".")
    if _PART.fullmatch(part):
        said = input_label(model, whole)
        return {"start": f"{said} at the start", "growth": f"growth of {said}"}.get(part, f"{said} from {part}")
    section, _, rest = name.partition(".")
    if section != "options" or "." not in rest:
        return (f"{part} of {whole.rpartition('.')[2]}" if section == "demand" else part).replace("_", " ")
    option = rest.partition(".")[0]
    owner = next((graph.label for graph in model.options if graph.name == option), option)
    thing = model.labels.get(whole, whole.rpartition(".")[2].replace("_", " ")) if whole != f"options.{option}" else ""
    return f"{part.replace('_', ' ')}{f' of {thing}' if thing else ''}, {owner}"


def _check_groups(groups: Mapping[str, Sequence[str]], inputs: Mapping[str, Array]) -> None:
    unknown = [(group, member) for group, members in groups.items() for member in members if member not in inputs]
    if unknown:
        raise ScenarioError(Problem(f"no uncertain input '{member}'", nearest(member, inputs), group, member) for group, member in unknown)
