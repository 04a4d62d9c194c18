"""Turns what a review decides into one readable file a decision, and later bills into what each decision really saved.

A decision names what it is about, what that cost in the months before (its baseline, kept with it so that nobody can move it later), what
it is expected to save a month, and from which month on it must show. Saved in a month is the baseline less what the month cost; where the
decision is about a unit cost it is the unit cost of the baseline times the count of the month, less what the month cost, so that more
cases do not look like waste. Positive saves, negative spends more. Nothing here says that the decision caused it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from tco_model.actuals.periods import MONTH, month_plus, months_between
from tco_model.actuals.spend import Cost
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.fields import AMOUNT, Amount, Frozen, Month, Words
from tco_model.finops.statements import CENT
from tco_model.inputs.files import read_bounded
from tco_model.scenario.notes import Notes
from tco_model.scenario.source import MAX_BYTES, read_source

FOLDER = "decisions"
"""Of a workspace: a file a decision, named by its id."""
BASELINE_MONTHS = 3
"""Months before the decision that its baseline is the mean of, as far as the bill reaches back."""
Status = Literal["open", "done", "dropped"]
ZERO = Decimal(0)
_SAID: Mapping[str, str] = {
    "title": "what is done", "owner": "who does it", "due": "the first month in which it must show, as 2026-11",
    "expected": "what it saves a month; negative where it spends more", "why": "why, also of spending more",
}  # fmt: skip
_MOST: Mapping[str, int] = {"title": 200, "owner": 200, "why": 2000}
"""Characters of a text."""
MOST_NOTE = 2000


class Scope(Frozen):
    """What a decision is about: charges, all that an owner bears, or a unit cost of the allocation file."""

    when: dict[str, Words] = Field(default_factory=dict, description="Charges, as in a rule of the allocation file.")
    owner: str = Field(default="", description="All that this owner bears, shares of pools included.")
    metric: str = Field(default="", description="A unit cost of the allocation file.")

    @property
    def words(self) -> str:
        """The scope in words."""
        if self.metric:
            return self.metric
        return (
            f"all that {self.owner} bears" if self.owner else " and ".join(f"{key} is {' or '.join(to)}" for key, to in self.when.items())
        )


class Baseline(Frozen):
    """What the scope cost before the decision."""

    first: Month = Field(description="First month, year-month.")
    last: Month = Field(description="Last month, year-month.")
    a_month: Amount = Field(description="Mean cost of these months [currency/month].")
    per_unit: Amount = Field(default="", description="Of a unit cost: cost of these months by their count [currency/unit].")


class Decision(Frozen):
    """One decision of a review."""

    schema_: Literal[1] = Field(alias="schema", description="Version of this format.")
    title: str = Field(description="What is done.", min_length=1, max_length=200)
    owner: str = Field(description="Who does it.", min_length=1, max_length=200)
    review: Month = Field(description="The month whose review decided it.")
    decided: dt.date = Field(description="When.")
    due: Month = Field(description="The first month in which it must show, year-month.")
    expected: Amount = Field(description="What it saves a month; negative where it spends more [currency/month].")
    currency: str = Field(description="Of all amounts.", pattern="^[A-Z]{3}$")
    cost: Cost = Field(description="Which of the two costs is meant.")
    why: str = Field(description="Why, also of spending more.", min_length=1, max_length=2000)
    scope: Scope = Field(description="What it is about.")
    baseline: Baseline = Field(description="What that cost before.")
    status: Status = Field(default="open", description="open, done, or dropped.")
    note: str = Field(default="", description="What became of it.", max_length=MOST_NOTE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision and the name it is kept under."""

    id: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Spent:
    """What a scope cost, and how much of what it pays for there was; money out positive, exact decimals, by month."""

    costs: Mapping[str, Decimal]
    counts: Mapping[str, Decimal]
    """Empty unless the scope is a unit cost."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision saved in the months since it is due."""

    id: str
    decision: Decision
    months: tuple[str, ...]
    """From the one in which it is due to that of the review, as far as they could be measured."""
    saved: tuple[Decimal, ...]
    """By month; negative spends more [currency]."""

    @property
    def expected(self) -> Decimal:
        """What was expected of these months together [currency]."""
        return Decimal(self.decision.expected) * len(self.months)

    @property
    def total(self) -> Decimal:
        """What it saved in these months together [currency]."""
        return sum(self.saved, ZERO)

    @property
    def share(self) -> float | None:
        """What it saved over what was expected; None before it is due, or where nothing was expected."""
        return float(self.total / self.expected) if self.expected else None


def described(
    texts: Mapping[str, str], scope: Scope, spent: Spent, review: str, decided: dt.date, currency: str, cost: Cost
) -> Decision:  # fmt: skip
    """Return a decision as a person describes it.

    Args:
        texts: title, owner, due, expected and why.
        scope: what it is about.
        spent: what that cost.
        review: the month whose review decides it.
        decided: today.
        currency: of the bill.
        cost: which of the two costs the bill is read by.

    Raises:
        ScenarioError: everything that is missing or cannot be.
    """
    problems = text_problems(texts, review)
    if problems:
        raise ScenarioError(problems)
    expected = texts["expected"].replace(",", "")
    return Decision(
        schema=1, title=texts["title"], owner=texts["owner"], review=review, decided=decided, due=texts["due"],
        expected=_exact(Decimal(expected), CENT), currency=currency, cost=cost, why=texts["why"], scope=scope,
        baseline=baseline_of(spent, review),
    )  # fmt: skip


def text_problems(texts: Mapping[str, str], review: str) -> list[Problem]:
    """Return everything that is wrong with title, owner, due, expected and why of a decision of a review, by field."""
    found = [Problem("is missing", f"say {mend}", name) for name, mend in _SAID.items() if not texts.get(name)]
    for name, most in _MOST.items():
        if len(texts.get(name, "")) > most:
            found.append(Problem(f"it has {len(texts[name]):,} characters", f"write at most {most:,}", name))
    due, expected = texts.get("due", ""), texts.get("expected", "").replace(",", "")
    if due and not re.fullmatch(MONTH, due):
        found.append(Problem(f"'{due}' is no month", "write it as 2026-11", "due", due))
    elif due and due <= review:
        found.append(
            Problem(f"it cannot show in {due} already", f"write a month after {review}, whose cost it is held against", "due", due)
        )
    if expected and not re.fullmatch(AMOUNT, expected):
        found.append(Problem(f"'{expected}' is no amount", "write 1500, or -900 where it spends more", "expected", expected))
    return found


def baseline_of(spent: Spent, review: str, months: int = BASELINE_MONTHS) -> Baseline:
    """Return the baseline of a decision: the mean of the months up to that of its review.

    Raises:
        ScenarioError: the scope cost nothing in them.
    """
    wanted = [month for month in months_between(month_plus(review, 1 - months), review) if month in spent.costs]
    costs = [spent.costs[month] for month in wanted]
    if not any(costs):
        raise ScenarioError(Problem(f"what the decision is about cost nothing up to {review}", "say what it is about", "scope"))
    counted = [month for month in wanted if spent.counts.get(month)]
    per_unit: dict[str, str] = {}
    if spent.counts:
        if not counted:
            raise ScenarioError(Problem(f"nothing was counted up to {review}", "count its outcomes, or name charges instead", "scope"))
        count = sum((spent.counts[month] for month in counted), ZERO)
        cost = sum((spent.costs[month] for month in counted), ZERO)
        per_unit["per_unit"] = _exact(cost / count, Decimal("0.00000001"))
    return Baseline(first=wanted[0], last=wanted[-1], a_month=_exact(sum(costs, ZERO) / len(costs), CENT), **per_unit)


def outcome_of(kept: Kept, spent: Spent, month: str) -> Outcome:
    """Return what a decision saved from the month it was due to a month; months that cannot be measured are left out."""
    decision = kept.decision
    found: dict[str, Decimal] = {}
    for one in months_between(decision.due, month):
        if decision.baseline.per_unit:
            if one in spent.costs and spent.counts.get(one):
                found[one] = Decimal(decision.baseline.per_unit) * spent.counts[one] - spent.costs[one]
        elif one in spent.costs:
            found[one] = Decimal(decision.baseline.a_month) - spent.costs[one]
    return Outcome(kept.id, decision, tuple(found), tuple(found.values()))


def read_decisions(workspace: Path) -> tuple[Kept, ...]:
    """Read the decisions of a workspace, oldest first.

    Raises:
        ScenarioError: everything that is wrong with any of them.
    """
    folder = workspace / FOLDER
    found: list[Kept] = []
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        try:
            found.append(Kept(file.stem, _read(file)))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


def next_id(kept: Sequence[Kept], review: str) -> str:
    """Return the id of one more decision of a review: its month and a number."""
    numbers = [int(one.id.rpartition("-")[2]) for one in kept if re.fullmatch(rf"{review}-\d{{2}}", one.id)]
    return f"{review}-{max(numbers, default=0) + 1:02d}"


def decision_text(decision: Decision) -> str:
    """Return the file of a decision; reading it gives the decision back."""

    def said(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    base, amount = decision.baseline, decision.currency + " a month"
    scope = said(dict(decision.scope.when)) if decision.scope.when else ""
    lines = [
        "schema: 1",
        f"title: {said(decision.title)}",
        f"owner: {said(decision.owner)}",
        f'review: "{decision.review}"',
        f"decided: {decision.decided.isoformat()}",
        f'due: "{decision.due}"  # the first month in which it must show',
        f'expected: "{decision.expected}"  # {amount} that it saves; negative spends more',
        f"currency: {decision.currency}",
        f"cost: {decision.cost}",
        f"why: {said(decision.why)}",
        "scope:",
        *([f"  when: {scope}"] if scope else []),
        *(f"  {name}: {said(getattr(decision.scope, name))}" for name in ("owner", "metric") if getattr(decision.scope, name)),
        "baseline:  # as it was when this was decided: what was saved is held against it",
        f'  first: "{base.first}"',
        f'  last: "{base.last}"',
        f'  a_month: "{base.a_month}"  # {amount}',
        *([f'  per_unit: "{base.per_unit}"  # {decision.currency} for each counted'] if base.per_unit else []),
        f"status: {decision.status}  # open, done or dropped",
        *([f"note: {said(decision.note)}"] if decision.note else []),
    ]
    return "\n".join(lines) + "\n"


def closed_text(decision: Decision, status: Status, note: str) -> str:
    """Return the file of a decision that is done, dropped, or open again.

    Raises:
        ScenarioError: a note that is too long to be read back.
    """
    if len(note) > MOST_NOTE:
        raise ScenarioError(Problem(f"it has {len(note):,} characters", f"write at most {MOST_NOTE:,}", "note"))
    return decision_text(decision.model_copy(update={"status": status, "note": note or decision.note}))


def decision_file(workspace: Path, name: str) -> Path:
    """Return where a decision is kept."""
    return workspace / FOLDER / f"{name}.yaml"


def find(kept: Sequence[Kept], name: str) -> Kept:
    """Return a decision by its id.

    Raises:
        ScenarioError: there is none of that name.
    """
    for one in kept:
        if one.id == name:
            return one
    mend = nearest(name, [one.id for one in kept]) if kept else "none is recorded yet: tco decide --title …"
    raise ScenarioError(Problem(f"no decision '{name}'", mend, "decision", name))


def _read(file: Path) -> Decision:
    try:
        text = read_bounded(file, MAX_BYTES)
    except OSError as error:
        raise ScenarioError(Problem(f"cannot be read: {error.strerror}", "restore it from a copy", file=str(file))) from None
    notes = Notes(read_source(text, str(file)))
    found = notes.model(Decision, dict(notes.source.data), ())
    if found is not None:
        said = [name for name in ("when", "owner", "metric") if getattr(found.scope, name)]
        if len(said) != 1:
            notes.add(("scope",), f"the scope says {' and '.join(said) or 'nothing'}", "say one of when, owner and metric")
        if bool(found.baseline.per_unit) != bool(found.scope.metric):
            mend = "a baseline has per_unit where the scope is a metric, and only there"
            notes.add(("baseline", "per_unit"), "scope and baseline do not fit", mend, found.baseline.per_unit)
        if found.baseline.last < found.baseline.first:
            notes.add(("baseline", "last"), "the baseline ends before it begins", "write its first and last month", found.baseline.last)
        if found.due <= found.baseline.last:
            mend = "write a month after the baseline; else what it saves is held against itself"
            notes.add(("due",), f"it is due in {found.due}, within its baseline", mend, found.due)
    if notes.problems or found is None:
        raise ScenarioError(notes.problems)
    return found


def _exact(amount: Decimal, step: Decimal) -> str:
    return format(amount.quantize(step, ROUND_HALF_EVEN), "f")
