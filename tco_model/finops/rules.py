"""Turns an allocation file into typed rules: what is read from tags, who owns what, which costs are shared and how."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tco_model.actuals.columns import COUNT, MONEY, USAGE
from tco_model.actuals.spend import TAG, Cost
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.fields import Frozen, Month, Words, as_tuple, check_when
from tco_model.finops.metric_rules import Metric, check_metric
from tco_model.finops.split import Method
from tco_model.inputs.files import read_bounded
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import MAX_BYTES, Source, read_source


class Dimension(Frozen):
    """What is read from tags under one name, however the tags spell it."""

    tags: Words = Field(description="Tag keys, the first that a charge carries holds: [environment, env].", min_length=1)
    values: dict[str, str] = Field(default_factory=dict, description="Other spellings of a value: {prod: production}.")
    required: bool = Field(False, description="Whether every usage charge has to carry it.")
    allowed: Words = Field((), description="The values it may have; any where left out.")
    since: Month = Field("", description="The first month, year-month, in which it is required.")


class Rule(Frozen):
    """Which charges it takes, and whose they are."""

    name: str = Field(description="What the trail of a charge says.", min_length=1, max_length=200)
    when: dict[str, Words] = Field(
        default_factory=dict,
        description="Column of the bill, tag:<key> or dimension:<name>, to values, exact or with * at an end; all must hold.",
    )
    owner: str = Field("", description="Who owns what it takes.")
    owner_from: str = Field("", description="The dimension whose value owns it; a charge without that value goes on to the next rule.")
    pool: str = Field("", description="The shared pool it goes to.")


Rules = Annotated[tuple[Rule, ...], BeforeValidator(as_tuple)]


class Pool(Frozen):
    """A cost that several owners share, and how."""

    split: Literal["proportional", "even", "fixed", "usage", "none"] = Field(
        description="By direct cost, evenly, by given shares, by a metric of the usage records, or knowingly left out."
    )
    to: Words = Field((), description="Owners that share it; all with a direct cost in the month where left out.")
    shares: dict[str, str] = Field(default_factory=dict, description="Of a fixed split: owner or pool to its percentage; they sum to 100%.")
    metric: str = Field("", description="Of a usage split: the column of the usage records that is summed.")
    by: str = Field("", description="Of a usage split: the column or tag:<key> of the usage records that names the owner.")
    reason: str = Field("", description="Why it is left out.")


class Allocation(Frozen):
    """The whole file."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    cost: Cost = Field("EffectiveCost", description="EffectiveCost for showback, BilledCost for what is invoiced; never both.")
    currency: str = Field(
        "",
        description="Of a bill in several currencies the one to allocate, as billed; left out, rates.yaml of the workspace converts all.",
    )
    method: Method = Field("step_down", description="How pools serve pools.")
    dimensions: dict[str, Dimension] = Field(default_factory=dict, description="What is read from tags.")
    rules: Rules = Field(description="In order: the first that takes a charge holds.")
    cost_centers: dict[str, str] = Field(default_factory=dict, description="Of each owner the cost centre that a chargeback books on.")
    metrics: Annotated[tuple[Metric, ...], BeforeValidator(as_tuple)] = Field((), description="Unit costs.")
    pools: dict[str, Pool] = Field(default_factory=dict, description="Shared costs, in the order in which they step down.")

    def fixed(self, pool: str) -> dict[str, Fraction]:
        """Return the shares of a fixed split as exact fractions."""
        return {taker: percentage(text) or Fraction(0) for taker, text in self.pools[pool].shares.items()}


def read_rules(path: Path) -> Allocation:
    """Read an allocation file.

    Raises:
        ScenarioError: everything that is wrong with it, each with line, rule and mend.
    """
    try:
        text = read_bounded(path, MAX_BYTES)
    except OSError as error:
        raise ScenarioError(Problem(f"cannot be read: {error.strerror}", "give the path of an allocation file", file=str(path))) from None
    return rules_of(read_source(text, str(path)))


def rules_of(source: Source) -> Allocation:
    """Check plain data as `read_rules` does."""
    notes = Notes(source)
    found = notes.model(Allocation, dict(source.data), ())
    if found is not None:
        _check(found, notes)
    if notes.problems or found is None:
        raise ScenarioError(notes.problems)
    return found


def _check(found: Allocation, notes: Notes) -> None:
    for name, dimension in found.dimensions.items():
        _check_dimension(dimension, ("dimensions", name), notes)
    for place, rule in enumerate(found.rules):
        _check_rule(found, rule, ("rules", place), notes)
    for place, metric in enumerate(found.metrics):
        check_metric(found.dimensions, metric, ("metrics", place), notes)
    for name in found.pools:
        _check_pool(found, name, notes)


def _check_dimension(dimension: Dimension, path: tuple[str | int, ...], notes: Notes) -> None:
    for said, meant in dimension.values.items():
        if dimension.allowed and meant not in dimension.allowed:
            notes.add((*path, "values", said), f"'{meant}' is not among the allowed values", nearest(meant, dimension.allowed), meant)
    if dimension.since and not dimension.required:
        notes.add((*path, "since"), "since says when it is required, and it is not", "add required: true", dimension.since)


def _check_rule(found: Allocation, rule: Rule, path: tuple[str | int, ...], notes: Notes) -> None:
    said = [name for name in ("owner", "owner_from", "pool") if getattr(rule, name)]
    if len(said) != 1:
        notes.add(
            path, f"the rule '{rule.name}' says {' and '.join(said) or 'nothing'}", "say one of owner, owner_from and pool", rule.name
        )
    if rule.owner_from and rule.owner_from not in found.dimensions:
        notes.add((*path, "owner_from"), f"no dimension '{rule.owner_from}'", nearest(rule.owner_from, found.dimensions), rule.owner_from)
    if rule.pool and rule.pool not in found.pools:
        notes.add((*path, "pool"), f"no pool '{rule.pool}'", nearest(rule.pool, found.pools), rule.pool)
    check_when(found.dimensions, rule.when, (*path, "when"), notes)


def _check_pool(found: Allocation, name: str, notes: Notes) -> None:
    pool, path = found.pools[name], ("pools", name)
    if pool.split == "fixed":
        shares = {taker: percentage(text) for taker, text in pool.shares.items()}
        for taker, share in shares.items():
            if share is None:
                notes.add((*path, "shares", taker), f"'{pool.shares[taker]}' is no percentage", "write 40%, or 33.5%", pool.shares[taker])
        total = sum((share for share in shares.values() if share is not None), Fraction(0))
        if None not in shares.values() and total != 1:
            mend = f"they sum to {float(total * 100):.10g}%; change one by {float((1 - total) * 100):+.10g}%"
            notes.add((*path, "shares"), f"the shares of '{name}' do not sum to 100%", mend, "")
    elif pool.shares:
        notes.add((*path, "shares"), f"a split that is {pool.split} has no shares", "say split: fixed, or leave them out")
    if pool.split == "usage":
        numbers = [column for column, kind in USAGE.items() if kind in (COUNT, MONEY)]
        if pool.metric not in numbers:
            notes.add((*path, "metric"), f"'{pool.metric}' is no metric of the usage records", nearest(pool.metric, numbers), pool.metric)
        if not pool.by.startswith(TAG) and pool.by not in USAGE:
            notes.add((*path, "by"), f"the usage records have no column '{pool.by}'", nearest(pool.by, USAGE), pool.by)
    if pool.split == "none" and not pool.reason:
        notes.add(path, f"'{name}' is left out and no reason is given", "add reason: why nobody bears it")


_PERCENTAGE = re.compile(r"\s*([0-9]{1,18}(?:\.[0-9]{1,18}|/[1-9][0-9]{0,17})?)\s*%\s*")
"""Digits, or a fraction such as 100/3, and no exponent: 1e999999999 would be reckoned for days."""


def percentage(text: str, most: int = 1) -> Fraction | None:
    """Return a percentage as an exact fraction; None where it is none, or not from 0 to `most`."""
    found = _PERCENTAGE.fullmatch(text)
    if found is None:
        return None
    share = Fraction(found.group(1)) / 100
    return share if share <= most else None
