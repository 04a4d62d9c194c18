"""Turns what inputs are set to into what the engine takes: draws, fixed values and costs per event, each held to its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.draws import Sampler
from tco_model.engine.inputs import IncidentCost
from tco_model.engine.model import Model
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.inputs.distributions import Distribution
from tco_model.inputs.quantity import Value, mean_of

Array = NDArray[np.float64]
Change = float | Array | Distribution
"""What an input is set to: a number in every future, one value a future ``(draws,)``, one a month ``(1, months)``, or another law."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Changes by the kind of input: drawn once a future ``(draws, 1)``, the same in all, and costs per event."""

    drawn: dict[str, Array]
    fixed: dict[str, Array]
    severities: dict[str, Value]


def expected(model: Model, changes: Mapping[str, Change]) -> dict[str, Array]:
    """Return what the central case takes for each changed input: a value ``(1, 1)``, or a path ``(1, months)``."""
    found = dict[str, Array]()
    for name, change in changes.items():
        if isinstance(change, Distribution):
            found[name] = np.array([[mean_of(change)]])
        elif model.leaves[name].is_law:
            found[name] = np.array([[float(np.mean(change))]])
        else:
            found[name] = np.asarray(change, dtype=np.float64).reshape(1, -1)
    return found


def linked(sampler: Sampler, name: str) -> tuple[str, ...]:
    """Return the inputs that an input is correlated with, itself among them."""
    return next((group.names for group in sampler.groups if name in group.names), (name,))


def sorted_by_kind(model: Model, sampler: Sampler, draws: int, changes: Mapping[str, Change]) -> Changed:
    """Hold each change to its input, and sort them by what kind of input they change.

    Args:
        model: the compiled scenario.
        sampler: what drew its inputs.
        draws: number of futures.
        changes: by the name of the leaf.

    Raises:
        ScenarioError: an unknown input, or a change that does not fit it.
    """
    drawn, fixed, severities = dict[str, Array](), dict[str, Array](), dict[str, Value]()
    for name, change in changes.items():
        entry = model.leaves.get(name)
        if entry is None:
            raise ScenarioError(Problem(f"no input '{name}'", nearest(name, model.leaves), name, name))
        if entry.is_law:
            drawn[name] = _drawn(sampler, draws, name, change)
        elif isinstance(entry.content, IncidentCost) and not isinstance(change, np.ndarray):
            severities[name] = change if isinstance(change, Distribution) else float(change)
        elif isinstance(entry.content, (float, np.ndarray)) and not isinstance(change, Distribution):
            fixed[name] = _fixed(name, np.asarray(change, dtype=np.float64), np.asarray(entry.content))
        else:
            raise ScenarioError(_unfit(name, change))
    return Changed(drawn, fixed, severities)


def _drawn(sampler: Sampler, draws: int, name: str, change: Change) -> Array:
    if isinstance(change, Distribution):
        laws = sampler.laws | {name: change}
        if sampler.design != "sobol":
            laws = {other: laws[other] for other in linked(sampler, name)}
        groups = tuple(group for group in sampler.groups if set(group.names) <= set(laws))
        return replace(sampler, laws=laws, groups=groups).inputs(0, draws)[name]
    values = np.asarray(change, dtype=np.float64)
    if values.shape not in ((), (draws,)):
        raise ScenarioError(_unfit(name, change))
    return np.ascontiguousarray(np.broadcast_to(values, (draws,))).reshape(-1, 1)


def _fixed(name: str, change: Array, now: Array) -> Array:
    values = change.reshape(1, -1)
    if values.shape[1] not in (1, now.size):
        raise ScenarioError(_unfit(name, change))
    return np.broadcast_to(values, (1, now.size))


def _unfit(name: str, change: object) -> Problem:
    return Problem(
        f"'{name}' cannot be set to this",
        "give a number, values of one per future, a path of one per month, or a law",
        name,
        str(change)[:80],
    )
