"""Turns the metrics of an allocation file into typed unit costs: of which charges, for each unit of what, held against which scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tco_model.actuals.columns import CHARGES, COUNT, TEXT, USAGE
from tco_model.actuals.spend import TAG
from tco_model.errors import nearest
from tco_model.finops.fields import DIMENSION, Frozen, Words, as_tuple, check_when
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import Path

DAY = "day"
"""Told apart like a column: the day of a charge, or of a usage record."""
NEEDED = {"outcomes": "product", "usage": "column", "quantity": "consumed_unit", "distinct": "distinct"}
"""The field that each kind of denominator needs, and the others do not have."""


class Against(Frozen):
    """The decision that a unit cost was foreseen by."""

    scenario: str = Field(description="Its file, as seen from the allocation file.", min_length=1)
    option: str = Field("", description="The option that runs; may be left out where there is one.")
    categories: Words = Field((), description="Categories of its cost that the bill holds too; all where left out.")


class Metric(Frozen):
    """A unit cost: what some charges, or one owner, cost for each unit of what came of it."""

    name: str = Field(description="What it is called: cost per resolved case.", min_length=1, max_length=200)
    unit: str = Field(description="One unit of its denominator: case, request, 1k tokens, GPU-hour.", min_length=1)
    when: dict[str, Words] = Field(default_factory=dict, description="Of which charges, as in a rule.")
    owner: str = Field("", description="Instead of when: all that this owner bears, shares of pools included.")
    per: Literal["outcomes", "usage", "quantity", "distinct"] = Field(
        description="Counts of the outcomes file, columns of the usage records, the ConsumedQuantity of the charges, or how many different "
        "things the charges or usage records name: runs, jobs, days."
    )
    product: str = Field("", description="Of outcomes: the product whose counts they are.")
    column: Words = Field((), description="Of usage: what is summed, such as Requests, or [InputTokens, OutputTokens].")
    distinct: Words = Field(
        (),
        description="Of distinct: what tells one from another, columns, tag:<key>, dimension:<name> or day; of the usage records where "
        "usage says which, else of the charges. Each counts once, in the month it is first seen in.",
    )
    usage: dict[str, Words] = Field(
        default_factory=dict, description="Which usage records, column to values; name x_Source where two sources log the same calls."
    )
    consumed_unit: str = Field("", description="Of quantity: the ConsumedUnit that is summed.")
    scale: int = Field(1, description="Units that the cost is stated for: 1000 for 1k tokens.", gt=0)
    bands: Annotated[tuple[int, ...], BeforeValidator(as_tuple)] = Field(
        (), description="Of Requests: input tokens at which the next band of sizes begins: [1000, 8000, 32000]."
    )
    against: Against | None = Field(None, description="The scenario whose cost per outcome it is held against.")


def check_metric(dimensions: Iterable[str], metric: Metric, path: Path, notes: Notes) -> None:
    """Note everything that does not go together in a metric."""
    if bool(metric.when) == bool(metric.owner):
        notes.add(
            path, f"'{metric.name}' names {'both charges and' if metric.when else 'neither charges nor'} an owner", "say when or owner"
        )
    if metric.per == "quantity" and not metric.when:
        notes.add((*path, "per"), "quantities are those of charges", "say when: which charges", metric.per)
    check_when(dimensions, metric.when, (*path, "when"), notes)
    _check_needed(metric, path, notes)
    counts = [column for column, kind in USAGE.items() if kind == COUNT]
    for name in metric.column:
        if name not in counts:
            notes.add((*path, "column"), f"'{name}' is no count of the usage records", nearest(name, counts), name)
    texts = [column for column, kind in USAGE.items() if kind == TEXT]
    for key in metric.usage:
        if not key.startswith(TAG) and key not in texts:
            notes.add((*path, "usage", key), f"the usage records have no text column '{key}'", nearest(key, texts), key)
    _check_distinct(tuple(dimensions), metric, path, notes)
    _check_bands(metric, path, notes)
    _check_against(metric, path, notes)


def _check_needed(metric: Metric, path: Path, notes: Notes) -> None:
    for per, field in NEEDED.items():
        held: str | Sequence[str] = getattr(metric, field)
        if bool(held) != (per == metric.per):
            words, mend = ("needs", "add it") if per == metric.per else ("has no", "leave it out")
            said = held if isinstance(held, str) else ", ".join(held)
            notes.add((*path, field), f"a metric per {metric.per} {words} {field}", mend, said)


def _check_distinct(dimensions: Sequence[str], metric: Metric, path: Path, notes: Notes) -> None:
    columns = [name for name, kind in (USAGE if metric.usage else CHARGES).items() if kind == TEXT]
    for name in metric.distinct:
        if name.startswith(DIMENSION) and name.removeprefix(DIMENSION) not in dimensions:
            notes.add((*path, "distinct"), f"no dimension '{name.removeprefix(DIMENSION)}'", nearest(name, dimensions), name)
        elif not name.startswith((TAG, DIMENSION)) and name not in (*columns, DAY):
            where = "usage records have" if metric.usage else "bill has"
            mend = f"{nearest(name, columns)}; or {DAY}, or a tag, such as {TAG}run"
            notes.add((*path, "distinct"), f"the {where} no column '{name}' that tells one from another", mend, name)
    if metric.distinct and metric.owner and not metric.usage:
        notes.add((*path, "distinct"), "it is not said in which records they are told apart", "say usage: which records", metric.owner)


def _check_bands(metric: Metric, path: Path, notes: Notes) -> None:
    if not metric.bands:
        return
    if metric.column != ("Requests",):
        notes.add((*path, "bands"), "bands group requests by their size", "say per: usage, column: Requests", ", ".join(metric.column))
    if metric.bands[0] <= 0 or any(later <= earlier for earlier, later in pairwise(metric.bands)):
        said = ", ".join(str(one) for one in metric.bands)
        notes.add((*path, "bands"), "the bands do not rise", "write where each next one begins: [1000, 8000, 32000]", said)


def _check_against(metric: Metric, path: Path, notes: Notes) -> None:
    if metric.against is None:
        return
    if metric.per != "outcomes":
        mend = "say per: outcomes, or leave against out"
        notes.add((*path, "against"), "a scenario foresees the cost of an outcome", mend, metric.per)
    for name in metric.against.categories:
        if name not in CATEGORIES:
            notes.add((*path, "against", "categories"), f"no category of cost '{name}'", nearest(name, CATEGORIES), name)
