"""Turns an evidence file and a workspace into what was measured of a scenario's inputs: monthly values, or successes of trials.

The same file says of a workload in production which option it runs on, which charges are its bill, and what else of it is measured.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
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
from tco_model.finops.books import Books
from tco_model.finops.charge_rules import dimension_of, holds, in_one_currency
from tco_model.finops.fields import BILLED, Frozen, Month, Words, as_tuple
from tco_model.finops.scopes import check_key
from tco_model.inputs.files import read_bounded
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import MAX_BYTES, read_source
from tco_model.scenario.source import Path as Place

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
    ratio: [Requests, "outcomes:support-conversations"]
    usage: {x_Source: openai_usage, Project: proj_support_live}
    unit: request/case
  # Something that was counted: how often it came out well, of how many tries.
  # inputs.resolution_rate: {successes: 812, trials: 1240, source: sample read by two people, as_of: 2026-09-30}
  # Something that was measured outside, by month.
  # inputs.paid_minutes: {monthly: {2026-07: 7.9, 2026-08: 8.1, 2026-09: 8.0}, unit: minute/case, source: help desk, as_of: 2026-09-30}

# The workload in production, for tco move: which option it runs on, which one it could move to, which charges are its bill, and of which
# categories. What is measured of it by month, that above included, takes the place of the file's values; volume is what break-even means.
workload:
  name: support assistant
  from: managed_large
  to: self_hosted
  bill: {SubAccountName: proj_support_live}
  covers: [token]
  volume: demand.live.requests
  measured:
    demand.live.requests: {total: Requests, usage: {x_Source: openai_usage, Project: proj_support_live}, unit: request/month}
    demand.live.input_tokens:
      {ratio: [InputTokens, Requests], usage: {x_Source: openai_usage, Project: proj_support_live}, unit: token/request}
    demand.live.output_tokens:
      {ratio: [OutputTokens, Requests], usage: {x_Source: openai_usage, Project: proj_support_live}, unit: token/request}
    inputs.cases: {total: "outcomes:support-assistant", unit: case/month}
  # What runs is not what the file says: three calls in ten go to gpt-5, seven to gpt-5-mini, at their list prices of 2026-09; nothing
  # is worked in steps yet, and evaluation is billed to a project of its own.
  set:
    options.managed_large.token.api.input_price: 0.55 USD/Mtoken
    options.managed_large.token.api.cached_price: 0.055 USD/Mtoken
    options.managed_large.token.api.output_price: 4.40 USD/Mtoken
    options.managed_large.token.api.cache_write_share: 0%
    inputs.hard_share: 0%
    demand.evaluation.cycles: 0 event/month
"""


class Evidence(Frozen):
    """What says something about one input."""

    ratio: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = Field(default=(), description="Two sums of a month, one over the other.")
    total: str = Field(default="", description="The sum of a month.")
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
        """Which of the four kinds it says."""
        return [name for name in ("ratio", "total", "monthly", "trials") if getattr(self, name)]

    @property
    def sums(self) -> tuple[str, ...]:
        """The sums that it is made of."""
        return self.ratio or ((self.total,) if self.total else ())


class Workload(Frozen):
    """A workload in production: what it runs on, what it costs, how much of it there is."""

    name: str = Field(description="What it is called.", min_length=1, max_length=200)
    from_: str = Field(alias="from", description="The option of the scenario that it runs on.")
    to: str = Field(description="The option that it could move to.")
    bill: dict[str, Words] = Field(description="The charges that it costs, as in a rule of the allocation file.", min_length=1)
    covers: Words = Field(default=BILLED, description="Categories of the option that these charges are.", min_length=1)
    volume: str = Field(description="The field of the scenario that says how much there is of it.")
    measured: dict[str, Evidence] = Field(description="By field of the scenario, beside the inputs above.", min_length=1)
    set_: dict[str, str] = Field(default_factory=dict, alias="set", description="Fields of which something else holds than in the file.")


class EvidenceFile(Frozen):
    """The whole file."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    inputs: dict[str, Evidence] = Field(default_factory=dict, description="By field of the scenario.")
    workload: Workload | None = Field(default=None, description="What is in production.")


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
    """Return what an evidence file says was measured of inputs; errors as in `read_evidence_file`."""
    return read_evidence_file(path).inputs


def read_evidence_file(path: Path) -> EvidenceFile:
    """Read an evidence file.

    Raises:
        ScenarioError: everything that is wrong with it, each with line, rule and mend.
    """
    try:
        text = read_bounded(path, MAX_BYTES)
    except OSError as error:
        mend = "give the path of an evidence file; tco calibrate --starter writes one"
        raise ScenarioError(Problem(f"cannot be read: {error.strerror}", mend, file=str(path))) from None
    notes = Notes(read_source(text, str(path)))
    found = notes.model(EvidenceFile, dict(notes.source.data), ())
    if found is not None:
        for field, evidence in found.inputs.items():
            _check(evidence, ("inputs", field), notes)
        if found.workload is not None:
            _check_workload(found.workload, notes)
        elif not found.inputs:
            notes.add((), "it says nothing that was measured", "name inputs, or a workload; tco calibrate --starter shows how")
    if notes.problems or found is None:
        raise ScenarioError(notes.problems)
    return found


def measured(field: str, evidence: Evidence, books: Books | None) -> Measured:
    """Return what was measured of an input.

    Args:
        field: of the scenario.
        evidence: from `read_evidence`.
        books: the workspace; needed for sums.

    Raises:
        ScenarioError: a sum without a workspace, a product that nobody counts, or fewer than three months with all sums.
    """
    if evidence.trials:
        words = f"{evidence.successes:,} of {evidence.trials:,}"
        return Measured(field, (), (), evidence.successes or 0, evidence.trials, "", *_origin(evidence, ""), words)
    pairs = by_month(field, evidence, books)
    months = tuple(pairs)[-evidence.last :]
    if len(months) < 3:
        mend = "import more months, or give numbers: monthly, or successes and trials"
        raise ScenarioError(Problem(f"measured in {len(months)} of the three months that are needed", mend, f"inputs.{field}"))
    said = " / ".join(evidence.sums) or "measured"
    words = f"{said}, {len(months)} months, {months[0]} to {months[-1]}"
    last_day = f"{months[-1]}-{days_in(months[-1])}"
    return Measured(field, tuple(pairs[one] for one in months), months, 0, 0, evidence.unit, *_origin(evidence, last_day), words)


def _origin(evidence: Evidence, day: str) -> tuple[str, str]:
    return evidence.source or "measured in the bills and usage records", evidence.as_of.isoformat() if evidence.as_of else day


def by_month(field: str, evidence: Evidence, books: Books | None) -> dict[str, float]:
    """Return the values of an input by month, oldest first, in the unit of the evidence; arguments and errors as in `measured`."""
    if evidence.monthly:
        return dict(sorted(evidence.monthly.items()))
    if books is None:
        raise ScenarioError(Problem("this is measured in a workspace", "name it: --actuals DIR", f"inputs.{field}"))
    sums = [_sums(name, evidence, books) for name in evidence.sums]
    above, below = sums[0], sums[-1] if evidence.ratio else None
    if below is None:
        return {month: float(above[month]) for month in sorted(above)}
    return {month: float(above[month] / below[month]) for month in sorted(above) if below.get(month)}


def _sums(name: str, evidence: Evidence, books: Books) -> Mapping[str, Decimal]:
    if name.startswith(OUTCOMES):
        product = name.removeprefix(OUTCOMES)
        if product not in books.outcomes:
            raise ScenarioError(Problem(f"nobody counts '{product}'", nearest(product, books.outcomes), "ratio", name))
        return books.outcomes[product]
    if name in MONEY:
        chosen = chosen_charges(evidence.when, books)
        return _by_month(chosen, books.rules.cost if name == "cost" else "ConsumedQuantity", "BillingPeriodStart")
    return _by_month(books.usage.filter(holds(books.usage, evidence.usage, {})), name, "StartTime")


def chosen_charges(when: Mapping[str, Sequence[str]], books: Books) -> Any:
    """Return the charges that meet some conditions.

    Raises:
        ScenarioError: a column or dimension that is not there, or several currencies and none chosen.
    """
    for key in when:
        check_key(key, books.rules)
    held = in_one_currency(books.charges, books.rules)
    return held.filter(holds(held, when, {one: dimension_of(held, books.rules, one) for one in books.rules.dimensions}))


def charged_by_month(when: Mapping[str, Sequence[str]], books: Books) -> dict[str, Decimal]:
    """Return what charges that meet some conditions cost by month [currency]; errors as in `chosen_charges`."""
    return _by_month(chosen_charges(when, books), books.rules.cost, "BillingPeriodStart")


def _by_month(table: Any, column: str, time: str) -> dict[str, Decimal]:
    named = table.mutate(month=month_of(table[time]))
    return {
        str(row["month"]): Decimal(row["amount"] or 0) for row in rows_of(named.group_by("month").aggregate(amount=named[column].sum()))
    }


def _check(evidence: Evidence, path: Place, notes: Notes) -> None:
    kinds = evidence.kinds
    if len(kinds) != 1:
        notes.add(
            path,
            f"it says {' and '.join(kinds) or 'nothing that was measured'}",
            "say one of ratio, total, monthly, or successes with trials",
        )
    if (evidence.successes is None) != (evidence.trials is None):
        notes.add(path, "successes and trials go together", "say both")
    elif evidence.trials is not None and evidence.successes is not None and evidence.successes > evidence.trials:
        notes.add((*path, "successes"), "more successes than trials", "write how many of the trials came out well", evidence.successes)
    if evidence.kinds and not evidence.sums and not (evidence.source and evidence.as_of):
        notes.add(path, "it does not say where and when that was measured", "add source: and as_of:")
    counts = [column for column, kind in USAGE.items() if kind == COUNT]
    if evidence.ratio and len(evidence.ratio) != 2:
        notes.add((*path, "ratio"), f"a ratio of {len(evidence.ratio)}", "write two: [CachedInputTokens, InputTokens]")
    for name in evidence.sums:
        if name not in (*counts, *MONEY) and not name.startswith(OUTCOMES):
            mend = f"{nearest(name, (*counts, *MONEY))} It may also be {OUTCOMES}<product>"
            notes.add((*path, "ratio" if evidence.ratio else "total"), f"'{name}' is nothing that is summed", mend, name)
    texts = [column for column, kind in USAGE.items() if kind == TEXT]
    for key in evidence.usage:
        if key not in texts:
            notes.add((*path, "usage", key), f"the usage records have no text column '{key}'", nearest(key, texts), key)


def _check_workload(found: Workload, notes: Notes) -> None:
    for field, evidence in found.measured.items():
        path: Place = ("workload", "measured", field)
        if evidence.trials:
            notes.add(path, "a workload is measured by month", "say ratio, total or monthly")
        else:
            _check(evidence, path, notes)
    if found.volume not in found.measured:
        mend = nearest(found.volume, found.measured)
        notes.add(("workload", "volume"), f"'{found.volume}' is not among what is measured", mend, found.volume)
    for name in found.covers:
        if name not in CATEGORIES:
            notes.add(("workload", "covers"), f"no category '{name}'", nearest(name, CATEGORIES), name)
    if found.from_ == found.to:
        notes.add(("workload", "to"), "it moves to where it is", "name another option of the scenario", found.to)
