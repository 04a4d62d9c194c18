"""Turns a month of a workspace into its review: what was spent against what was meant, why, and what decisions really saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tco_model.actuals.periods import month_plus
from tco_model.actuals.spend import Cost
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.allocate import ZERO, Item
from tco_model.finops.anomalies import Anomalies, anomalies
from tco_model.finops.books import Books
from tco_model.finops.budget import Checked, check
from tco_model.finops.budget_rules import FILE as BUDGETS
from tco_model.finops.budget_rules import read_budgets
from tco_model.finops.commitments import Commitments, commitments
from tco_model.finops.decisions import Kept, Outcome, decision_file, outcome_of, read_decisions
from tco_model.finops.forecast import TOTAL
from tco_model.finops.idle import Idle, idle
from tco_model.finops.kept_forecasts import Fared, KeptForecast, fared, made_before, read_kept
from tco_model.finops.metadata import EVERY, comply_in_all
from tco_model.finops.scopes import spent_on
from tco_model.finops.series import Series, covered_until, owner_series, whole_months
from tco_model.finops.statements import NOT_CHARGED, month_in
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.finops.variance import Variance, explain

FOLDER = "reviews"
"""Of a workspace: a readable file a review."""


@dataclass(frozen=True, slots=True)
class OwnerCost:
    """What an owner bore; `before` is None where the bill does not reach back."""

    owner: str
    amount: Decimal
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitCost:
    """A unit cost of the month and of the one before [currency/unit]; None without a count."""

    metric: UnitMetric
    value: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a month. Money out is positive; actual amounts are exact decimals in `currency`."""

    month: str
    cost: Cost
    currency: str
    spend: Decimal
    before: Decimal | None
    """The month before; None where the bill does not reach back."""
    owners: tuple[OwnerCost, ...]
    """The dearest first, what is charged to nobody last."""
    forecast: KeptForecast | None
    """The last one kept that had not seen the month."""
    fared: tuple[Fared, ...]
    budgets: tuple[Checked, ...]
    variance: Variance | None
    unit_costs: tuple[UnitCost, ...]
    coverage: float
    """Share of the month's cost that is allocated."""
    unallocated: Decimal
    items: tuple[Item, ...]
    """Of the whole bill: what nobody owns, the dearest first."""
    compliance: float | None
    """Share of the month's usage cost that carries every required tag."""
    commitments: Commitments | None
    idle: tuple[Idle, ...]
    """Paid and not seen to be of use, the dearest first."""
    anomalies: Anomalies | None
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...]
    """What is missing, and the command that brings it."""


def review(books: Books, month: str = "", *, odd: bool = True) -> Review:
    """Review a month.

    Args:
        books: the workspace and its rules.
        month: year-month; the last whole month of the bill where left out.
        odd: look for anomalies too, which takes longest; `with_anomalies` does it later.

    Raises:
        ScenarioError: no such month, or a file of the workspace that cannot be read.
    """
    # The small files first: what is wrong with one is told before the bill is read.
    forecasts, decided = read_kept(books.workspace), read_decisions(books.workspace)
    file = books.workspace / BUDGETS
    budgets = read_budgets(file, books.rules) if file.is_file() else None
    found = books.found
    month = month_in(found, month or last_whole(books))
    before = month_plus(month, -1) if month_plus(month, -1) in found.months else ""
    series = owner_series(found)
    kept = made_before(forecasts, month, "owner", found.cost, found.currency)
    notes = [] if kept else ["no forecast of this month was kept before it: tco forecast makes one of the next"]
    notes += ["there are no budgets: tco budget starter"] if budgets is None else []
    notes += [] if before else ["the bill does not reach back a month, so that nothing is compared"]
    notes += [*books.left_out_words, *books.converted_words]
    of_month = found.in_month(month)
    return Review(
        month=month, cost=found.cost, currency=found.currency, spend=of_month.bill,
        before=found.in_month(before).bill if before else None, owners=_owners(series, month, before), forecast=kept,
        fared=_fared(kept, series, month), budgets=() if budgets is None else check(books, budgets, month),
        variance=explain(books.charges, books.rules, before, month, books.usage) if before else None,
        unit_costs=tuple(UnitCost(one, _value(one, month), _value(one, before)) for one in books.metrics),
        coverage=of_month.coverage, unallocated=of_month.unallocated, items=found.items, compliance=_compliance(books, month),
        commitments=next((one for one in commitments(books.charges) if (one.month, one.currency) == (month, found.currency)), None),
        idle=idle(books.charges, books.rules, month), anomalies=_anomalies(books, month) if odd else None,
        outcomes=outcomes_of(books, month, decided), notes=tuple(notes),
    )  # fmt: skip


def with_anomalies(books: Books, found: Review) -> Review:
    """Return a review with the anomalies of its month."""
    return replace(found, anomalies=_anomalies(books, found.month))


def outcomes_of(books: Books, month: str, decided: Sequence[Kept]) -> tuple[Outcome, ...]:
    """Return what each decision saved until a month; later ones are left out.

    Args:
        books: the workspace and its rules.
        month: year-month.
        decided: from `read_decisions`.

    Raises:
        ScenarioError: a decision whose metric is gone, or whose amounts are in another currency than the bill.
    """
    held = [one for one in decided if one.decision.review <= month]
    _in_its_currency(held, books)
    return tuple(
        outcome_of(one, spent_on(one.decision.scope, books.charges, books.rules, books.found, books.metrics), month) for one in held
    )


def _in_its_currency(held: Sequence[Kept], books: Books) -> None:
    told = books.found.currency
    problems = [
        Problem(
            f"it was decided in {one.decision.currency}, and the bill is now told in {told}",
            f"record it again in {told}, or tell the bill in {one.decision.currency} as then", "currency", one.decision.currency,
            str(decision_file(books.workspace, one.id)),
        )
        for one in held if one.decision.currency != told
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)


def last_whole(books: Books) -> str:
    """Return the last month that the bill covers to its last day; empty where there is none."""
    whole = whole_months(books.found.months, covered_until(books.charges))
    return whole[-1] if whole else ""


def _owners(series: Sequence[Series], month: str, before: str) -> tuple[OwnerCost, ...]:
    def amount(one: Series, period: str) -> Decimal:
        return one.amounts[one.periods.index(period)]

    found = [OwnerCost(one.name, amount(one, month), amount(one, before) if before else None) for one in series]
    found = [one for one in found if one.amount or one.before]
    return tuple(sorted(found, key=lambda one: (one.owner == NOT_CHARGED, -one.amount, one.owner)))


def _fared(kept: KeptForecast | None, series: Sequence[Series], month: str) -> tuple[Fared, ...]:
    if kept is None:
        return ()
    total = Series(TOTAL, (month,), (sum((one.amounts[one.periods.index(month)] for one in series), ZERO),))
    return tuple(one for one in fared(kept, {TOTAL: total, **{one.name: one for one in series}}) if one.month == month)


def _value(metric: UnitMetric, month: str) -> float | None:
    return dict(zip(metric.months, metric.values, strict=True)).get(month)


def _compliance(books: Books, month: str) -> float | None:
    if not any(one.required for one in books.rules.dimensions.values()):
        return None
    return comply_in_all(books.charges, books.rules).share(EVERY, month=month)


def _anomalies(books: Books, month: str) -> Anomalies | None:
    """Return the anomalies that touch the month."""
    found = anomalies(books.charges, books.rules, month)
    return None if found is None else replace(found, found=tuple(one for one in found.found if f"{one.first:%Y-%m}" <= month))
