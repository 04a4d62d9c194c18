"""Turns the difference between two options, or between two versions of a scenario, into parts that add up to it exactly.

Between options the parts are the mean present values of the eight categories, which add up by themselves. Between two versions the
parts are the changed fields: each gets the mean of what it adds over all orders in which the changes could be made (Shapley 1953, A
value for n-person games), so that no order is favoured; beyond six changed groups they are made in the order of the file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from tco_model.engine.result import Result
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.lines.registry import CATEGORIES

MOST_SHAPLEY = 6
"""Changed groups up to which all orders are looked at: 2^6 evaluations."""


@dataclass(frozen=True, slots=True)
class Part:
    """One driver and what it adds, in the unit of the figure."""

    name: str
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one amount to another; `first` and the parts, added in their order, give `last` to the last bit."""

    figure: str
    currency: str
    first_label: str
    first: float
    last_label: str
    last: float
    parts: tuple[Part, ...]
    method: str


def exact_parts(first: float, last: float, values: Sequence[float]) -> list[float]:
    """Return the values with the rounding of their sum put into the largest, so that adding them up in order gives `last` exactly.

    The values must add up to ``last - first`` but for rounding; what is moved is of the size of the last bits of the amounts.
    """
    found = list(values)
    if not found:
        return found
    place = max(range(len(found)), key=lambda one: abs(found[one]))
    for _ in range(64):
        missing = last - _added(first, found)
        if missing == 0.0:
            break
        moved = found[place] + missing
        found[place] = moved if moved != found[place] else math.nextafter(found[place], math.copysign(math.inf, missing))
    else:
        found.append(last - _added(first, found))
    return found


def _added(first: float, values: Iterable[float]) -> float:
    total = first
    for value in values:
        total += value
    return total


def between_options(result: Result, first: str, last: str) -> Waterfall:
    """Return what makes one option dearer or cheaper than another, by category of present value.

    Args:
        result: a simulation of both.
        first, last: names of the options; positive parts make the last one dearer.

    Raises:
        ScenarioError: no such option.
    """
    labels = {graph.name: graph.label for graph in result.model.options}
    for option in (first, last):
        if option not in labels:
            raise ScenarioError(Problem(f"there is no option '{option}'", nearest(option, labels), "options", option))
    costs = {option: {category: _category(result, option, category) for category in CATEGORIES} for option in (first, last)}
    start, end = (result.summary(option, "npv_cost").mean for option in (first, last))
    values = exact_parts(start, end, [costs[last][category] - costs[first][category] for category in CATEGORIES])
    names = [*CATEGORIES, "rounding"][: len(values)]
    parts = tuple(Part(name, name, value) for name, value in zip(names, values, strict=True))
    return Waterfall("npv_cost", result.model.scenario.timeline.currency, labels[first], start, labels[last], end, parts, "by category")


def _category(result: Result, option: str, category: str) -> float:
    return result.summary(option, f"npv/{category}").mean if f"npv/{option}/{category}" in result.means else 0.0


def evaluations(groups: int) -> int:
    """Return how often `between_versions` asks for an amount."""
    return 2**groups + 2 if groups <= MOST_SHAPLEY else groups + 3


def shapley(names: Sequence[str], amount: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Return what each of some changes adds, as the mean over all orders of making them.

    Args:
        names: the changes, n of them.
        amount: the amount with a set of them made; called for each of the 2^n sets.
    """
    n = len(names)
    amounts = {frozenset(some): amount(frozenset(some)) for count in range(n + 1) for some in combinations(names, count)}
    found: dict[str, float] = {}
    for name in names:
        others = [one for one in names if one != name]
        found[name] = math.fsum(
            (amounts[frozenset((*some, name))] - amounts[frozenset(some)]) * math.factorial(count) * math.factorial(n - count - 1)
            for count in range(n)
            for some in combinations(others, count)
        ) / math.factorial(n)
    return found


def in_order(names: Sequence[str], amount: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Return what each of some changes adds when they are made one after the other."""
    made: list[str] = []
    before = amount(frozenset())
    found: dict[str, float] = {}
    for name in names:
        made.append(name)
        after = amount(frozenset(made))
        found[name], before = after - before, after
    return found


def between_versions(
    groups: Sequence[str], amount: Callable[[frozenset[str]], float], *, figure: str, currency: str, labels: tuple[str, str]
) -> Waterfall:
    """Return what changes between two versions of a scenario, by changed group.

    Args:
        groups: names of the changed groups, in the order of the file.
        amount: the figure with some of the groups as in the second version, the rest as in the first.
        figure, currency: what the amounts are.
        labels: how the two versions are called.
    """
    whole = len(groups) <= MOST_SHAPLEY
    found = shapley(groups, amount) if whole else in_order(groups, amount)
    first, last = amount(frozenset()), amount(frozenset(groups))
    values = exact_parts(first, last, [found[name] for name in groups])
    names = [*groups, "rounding"][: len(values)]
    parts = tuple(Part(name, name, value) for name, value in zip(names, values, strict=True))
    method = "mean over all orders of change (Shapley)" if whole else "changes made in the order of the file"
    return Waterfall(figure, currency, labels[0], first, labels[1], last, parts, method)
