"""Turns an evidence file and a workspace into what was measured of a scenario's inputs: monthly values, or successes of trials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tco_model.actuals.columns import COUNT, TEXT, USAGE
from tco_model.actuals.periods import days_in
from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.allocate import dimension_of, holds, in_one_currency
from tco_model.finops.books import Books
from tco_model.finops.fields import Frozen, Month, Words, as_tuple
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import Path as Place
from tco_model.scenario.source import read_source

FILE = "calibration.yaml"
"""Of a workspace."""
OUTCOMES = "outcomes:"
MONEY = ("cost", "quantity")
STARTER = """\
schema: 1
# What was measured of the inputs of a scenario, for tco calibrate. The keys are the fields of the scenario; tco explain names them.
inputs:
  # A ratio by month out of the workspace: of usage columns, outcomes:<product>, or cost and quantity of charges.
  demand.live.cached_share:
    ratio: [CachedInputTokens, InputTokens]
    usage: {x_Source: openai_usage, Project: proj_support_live}
  inputs.requests_per_case:
    ratio: [Requests, "outcomes:support-assistant"]
    usage: {x_Source: openai_usage, Project: proj_support_live}
    unit: request/case
  # Something that was counted: how often it came out well, of how many tries.
  # inputs.resolution_rate: {successes: 812, trials: 1240, source: sample read by two people, as_of: 2026-09-30}
  # Something that was measured outside, by month.
  # inputs.paid_minutes: {monthly: {2026-07: 7.9, 2026-08: 8.1, 2026-09: 8.0}, unit: minute/case, source: help desk, as_of: 2026-09-30}
"""


class Evidence(Frozen):
    """What says something about one input."""

    ratio: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = Field(default=(), description="Two sums of a month, one over the other.")
    usage: dict[str, Words] = Field(default_factory=dict, description="Which usage records, column to values.")
    when: dict[str, Words] = Field(default_factory=dict, description="Which charges, as in a rule of the allocation file.")
    monthly: dict[Month, float] = Field(default_factory=dict, description="Values by month.")
    successes: int | None = Field(default=None, ge=0, description="How many of the trials came out well.")
    trials: int | None = Field(default=None, ge=1, description="How many there were.")
    unit: str = Field(default="", description="Unit of the values; that of the input has to follow from it.")
    last: int = Field(default=6, ge=3, le=120, description="Months of the workspace that count, the last ones.")
    source: str = Field(default="", description="Where it is from; the workspace where left out.")
    as_of: dt.date | None = Field(default=None, description="As of when.")

    @property
    def kinds(self) -> list[str]:
        """Which of the three kinds it says."""
        return [name for name in ("ratio", "monthly", "trials") if getattr(self, name)]


class EvidenceFile(Frozen):
    """The whole file."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    inputs: dict[str, Evidence] = Field(description="By field of the scenario.")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one input, in the unit of the evidence."""

    field: str
    values: tuple[float, ...]
    """One a month; empty where trials were counted."""
    months: tuple[str, ...]
    successes: int
    trials: int
    unit: str
    source: str
    as_of: str
    words: str


def read_evidence(path: Path) -> dict[str, Evidence]:
    """Read an evidence file.

    Raises:
        ScenarioError: everything that is wrong with it, each with line, rule and mend.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        mend = "give the path of an evidence file; tco calibrate --starter writes one"
        raise ScenarioError(Problem(f"cannot be read: {error.strerror}", mend, file=str(path))) from None
    notes = Notes(read_source(text, str(path)))
    found = notes.model(EvidenceFile, dict(notes.source.data), ())
    if found is not None:
        for field, evidence in found.inputs.items():
            _check(evidence, ("inputs", field), notes)
    if notes.problems or found is None:
        raise ScenarioError(notes.problems)
    return found.inputs


def measured(field: str, evidence: Evidence, books: Books | None) -> Measured:
    """Return what was measured of an input.

    Args:
        field: of the scenario.
        evidence: from `read_evidence`.
        books: the workspace; needed for ratios.

    Raises:
        ScenarioError: a ratio without a workspace, a product that nobody counts, or fewer than three months with both sums.
    """
    if evidence.trials:
        words = f"{evidence.successes:,} of {evidence.trials:,}"
        return Measured(field, (), (), evidence.successes or 0, evidence.trials, "", *_origin(evidence, ""), words)
    pairs = dict(sorted(evidence.monthly.items())) if evidence.monthly else _ratios(field, evidence, books)
    months = tuple(pairs)[-evidence.last :]
    if len(months) < 3:
        mend = "import more months, or give numbers: monthly, or successes and trials"
        raise ScenarioError(Problem(f"{len(months)} months were measured, and three are needed", mend, f"inputs.{field}"))
    said = " / ".join(evidence.ratio) if evidence.ratio else "measured"
    words = f"{said}, {len(months)} months, {months[0]} to {months[-1]}"
    last_day = f"{months[-1]}-{days_in(months[-1])}"
    return Measured(field, tuple(pairs[one] for one in months), months, 0, 0, evidence.unit, *_origin(evidence, last_day), words)


def _origin(evidence: Evidence, day: str) -> tuple[str, str]:
    return evidence.source or "measured in the bills and usage records", evidence.as_of.isoformat() if evidence.as_of else day


def _ratios(field: str, evidence: Evidence, books: Books | None) -> dict[str, float]:
    if books is None:
        raise ScenarioError(Problem("a ratio is measured in a workspace", "name it: --actuals DIR", f"inputs.{field}"))
    above, below = (_sums(name, evidence, books) for name in evidence.ratio)
    return {month: float(above[month] / below[month]) for month in sorted(above) if below.get(month)}


def _sums(name: str, evidence: Evidence, books: Books) -> Mapping[str, Decimal]:
    if name.startswith(OUTCOMES):
        product = name.removeprefix(OUTCOMES)
        if product not in books.outcomes:
            raise ScenarioError(Problem(f"nobody counts '{product}'", nearest(product, books.outcomes), "ratio", name))
        return books.outcomes[product]
    if name in MONEY:
        held = in_one_currency(books.charges, books.rules)
        dimensions = {one: dimension_of(held, books.rules, one) for one in books.rules.dimensions}
        chosen = held.filter(holds(held, evidence.when, dimensions))
        return _by_month(chosen, books.rules.cost if name == "cost" else "ConsumedQuantity", "BillingPeriodStart")
    return _by_month(books.usage.filter(holds(books.usage, evidence.usage, {})), name, "StartTime")


def _by_month(table: Any, column: str, time: str) -> dict[str, Decimal]:
    named = table.mutate(month=month_of(table[time]))
    return {
        str(row["month"]): Decimal(row["amount"] or 0) for row in rows_of(named.group_by("month").aggregate(amount=named[column].sum()))
    }


def _check(evidence: Evidence, path: Place, notes: Notes) -> None:
    kinds = evidence.kinds
    if len(kinds) != 1:
        notes.add(
            path, f"it says {' and '.join(kinds) or 'nothing that was measured'}", "say one of ratio, monthly, or successes with trials"
        )
    if (evidence.successes is None) != (evidence.trials is None):
        notes.add(path, "successes and trials go together", "say both")
    elif evidence.trials is not None and evidence.successes is not None and evidence.successes > evidence.trials:
        notes.add((*path, "successes"), "more successes than trials", "write how many of the trials came out well", evidence.successes)
    if evidence.kinds and not evidence.ratio and not (evidence.source and evidence.as_of):
        notes.add(path, "it does not say where and when that was measured", "add source: and as_of:")
    counts = [column for column, kind in USAGE.items() if kind == COUNT]
    if evidence.ratio and len(evidence.ratio) != 2:
        notes.add((*path, "ratio"), f"a ratio of {len(evidence.ratio)}", "write two: [CachedInputTokens, InputTokens]")
    for name in evidence.ratio:
        if name not in (*counts, *MONEY) and not name.startswith(OUTCOMES):
            mend = f"{nearest(name, (*counts, *MONEY))} It may also be {OUTCOMES}<product>"
            notes.add((*path, "ratio"), f"'{name}' is nothing that is summed", mend, name)
    texts = [column for column, kind in USAGE.items() if kind == TEXT]
    for key in evidence.usage:
        if key not in texts:
            notes.add((*path, "usage", key), f"the usage records have no text column '{key}'", nearest(key, texts), key)
