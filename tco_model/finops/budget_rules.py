"""Turns a budget file into typed budgets: of an owner, a service, everything, a unit cost, or the tokens of a model or key."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.fields import Amount, Frozen, Month, as_tuple
from tco_model.finops.rules import Allocation, percentage
from tco_model.inputs.files import read_bounded
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import MAX_BYTES, read_source
from tco_model.scenario.source import Path as Place

FILE = "budgets.yaml"
"""Of a workspace."""
SCOPES = ("owner", "service", "metric", "model", "key")
STARTER = """\
schema: 1
# What may be spent, for tco budget check. Amounts are in the currency of the bill, in quotes; change these invented ones.
budgets:
  - {name: everything, amount: "62000", source: yearly plan, as_of: 2026-09-15}
  - name: support assistant
    owner: support-eng
    amount: "42000"
    thresholds: {actual: [50%, 80%, 100%], forecast: [100%]}   # an alert each, once
    source: yearly plan
    as_of: 2026-09-15
  # A year of twelve months from its first; the chance of overspending it counts what is spent and what is forecast.
  - {name: research, owner: ml-research, amount: "65000", period: year, from: 2025-10, source: yearly plan, as_of: 2026-09-15}
  - {name: a resolved case, metric: cost per resolved case, amount: "1.70", source: business case, as_of: 2026-09-15}
  # Tokens read and written a month, out of the usage records of one source; x_Source keeps a call from counting twice.
  - {name: tokens of gpt-5, model: gpt-5, tokens: "400000000", source_of_usage: openai_usage, source: quota, as_of: 2026-09-15}
"""


def _share(text: str) -> str:
    if percentage(text, most=10) is None:
        raise ValueError("is no percentage; write 80%")
    return text


Share = Annotated[str, AfterValidator(_share)]
Shares = Annotated[tuple[Share, ...], BeforeValidator(as_tuple)]


class Thresholds(Frozen):
    """Shares of a budget at which an alert is raised."""

    actual: Shares = Field(default=("80%", "100%"), description="Of what is spent.")
    forecast: Shares = Field(default=("100%",), description="Of what the period is forecast to end at.")

    def shares(self, kind: Literal["actual", "forecast"]) -> tuple[Fraction, ...]:
        """Return the shares of a kind, rising."""
        found = (percentage(text, most=10) for text in getattr(self, kind))
        return tuple(sorted(share for share in found if share is not None))


class Budget(Frozen):
    """One budget."""

    name: str = Field(description="What alerts call it.", min_length=1, max_length=200)
    owner: str = Field(default="", description="All that this owner bears, shares of pools included.")
    service: str = Field(default="", description="A service of the bill.")
    metric: str = Field(default="", description="A unit cost of the allocation file.")
    model: str = Field(default="", description="Tokens of a model.")
    key: str = Field(default="", description="Tokens of an API key.")
    amount: Amount = Field(default="", description="What may be spent in a period [currency], or for a unit [currency/unit].")
    tokens: Amount = Field(default="", description="Tokens that may be used in a period.")
    source_of_usage: str = Field(default="", description="Of tokens: the x_Source of the usage records that count; all where left out.")
    period: Literal["month", "year"] = Field(default="month", description="What the budget is for.")
    from_: Month = Field(default="", alias="from", description="First month; of a yearly budget the first of its year.")
    thresholds: Thresholds = Field(default=Thresholds(), description="When an alert is raised.")
    source: str = Field(default="", description="Who set it, in what; an assumption where left out.")
    as_of: dt.date | None = Field(default=None, description="As of when.")

    @property
    def is_tokens(self) -> bool:
        """Whether it counts tokens in place of money."""
        return bool(self.model or self.key)

    @property
    def about(self) -> str:
        """What it is about, in words."""
        named = [(name, str(getattr(self, name))) for name in SCOPES if getattr(self, name)]
        return " ".join(named[0]) if named else "everything"


class Budgets(Frozen):
    """The whole file."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    budgets: Annotated[tuple[Budget, ...], BeforeValidator(as_tuple)] = Field(description="Budgets.")


def read_budgets(path: Path, rules: Allocation) -> tuple[Budget, ...]:
    """Read a budget file.

    Raises:
        ScenarioError: everything that is wrong with it, each with line, rule and mend.
    """
    try:
        text = read_bounded(path, MAX_BYTES)
    except OSError as error:
        mend = "give the path of a budget file; tco budget starter writes one"
        raise ScenarioError(Problem(f"cannot be read: {error.strerror}", mend, file=str(path))) from None
    notes = Notes(read_source(text, str(path)))
    found = notes.model(Budgets, dict(notes.source.data), ())
    if found is not None:
        seen: set[str] = set()
        for place, budget in enumerate(found.budgets):
            _check(budget, rules, ("budgets", place), notes)
            if budget.name in seen:
                notes.add(("budgets", place, "name"), f"two budgets are called '{budget.name}'", "call one by another name", budget.name)
            seen.add(budget.name)
    if notes.problems or found is None:
        raise ScenarioError(notes.problems)
    return found.budgets


def _check(budget: Budget, rules: Allocation, path: Place, notes: Notes) -> None:
    scopes = [name for name in SCOPES if getattr(budget, name)]
    if len(scopes) > 1:
        notes.add(path, f"'{budget.name}' is about {' and '.join(scopes)}", "name one of them", budget.name)
    wanted, other = ("tokens", "amount") if budget.is_tokens else ("amount", "tokens")
    if not getattr(budget, wanted):
        notes.add(path, f"'{budget.name}' has no {wanted}", f"add {wanted}: in quotes", budget.name)
    elif getattr(budget, wanted).startswith("-") or not float(getattr(budget, wanted)):
        notes.add((*path, wanted), "a budget is above zero", "write what may be spent", getattr(budget, wanted))
    if getattr(budget, other):
        notes.add((*path, other), f"'{budget.name}' counts {'tokens' if budget.is_tokens else 'money'}, not {other}", "leave it out")
    metrics = [one.name for one in rules.metrics]
    if budget.metric and budget.metric not in metrics:
        notes.add((*path, "metric"), f"no metric '{budget.metric}'", nearest(budget.metric, metrics), budget.metric)
    if budget.period == "year" and not budget.from_:
        notes.add(path, f"'{budget.name}' does not say when its year begins", "add from: 2026-01", budget.name)
    if budget.metric and budget.period == "year":
        notes.add((*path, "period"), "a unit cost is held against its budget month by month", "leave period out", budget.period)
