"""Turns budgets and a bill into what is spent of each, what its period will end at, and how likely it is overspent.

Of a month that has run d of its D days, the end is what is spent so far and, for the days left, (D − d)/D of a monthly rate: the rate of
the days so far with weight d/D, and the forecast of the month from the months before it with weight 1 − d/D. Of a year it is the whole
months spent, the running month so, and the months left as forecast. Sample futures of the forecast give the range and the chance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from tco_model.actuals.periods import days_in, month_plus, months_between
from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import spend
from tco_model.analysis.compare import Chance
from tco_model.analysis.compare import chance as chance_of
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.allocate import ZERO
from tco_model.finops.books import Books
from tco_model.finops.budget_rules import Budget
from tco_model.finops.forecast import floats
from tco_model.finops.forecast_methods import LEAST, Array
from tco_model.finops.predict import HIGH, LOW, predict
from tco_model.finops.series import covered_until

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Checked:
    """How a budget stands. Amounts in its unit: the currency, currency a unit, or tokens."""

    budget: Budget
    unit: str
    period: str
    """2026-10, or 2026-01 to 2026-12."""
    limit: Decimal
    spent: Decimal
    until: dt.date
    """The last day that is counted."""
    days: int
    """Of the period, that have run."""
    length: int
    """Days of the period."""
    end: tuple[float, float, float] | None
    """P10, central and P90 of what the period ends at; None where nothing can be forecast."""
    chance: Chance | None
    """That the period is overspent; None likewise."""

    @property
    def share(self) -> float:
        """Spent over the budget."""
        return float(self.spent / self.limit)

    @property
    def is_over(self) -> bool:
        """Whether more than the budget is spent."""
        return self.spent > self.limit

    @property
    def burn_rate(self) -> float | None:
        """What was spent a day; None of a unit cost."""
        return None if self.budget.metric or not self.days else float(self.spent) / self.days

    @property
    def used_up(self) -> dt.date | None:
        """The day on which the budget is used up at this rate; None where it lasts, or is over already."""
        rate = self.burn_rate
        if not rate or rate < 0 or self.is_over:
            return None
        left = int((float(self.limit - self.spent)) / rate) + 1
        return self.until + dt.timedelta(days=left) if self.days + left <= self.length else None


def check(books: Books, budgets: Sequence[Budget], month: str = "", seed: int = 0) -> tuple[Checked, ...]:
    """Hold budgets against the bill.

    Args:
        books: the workspace and its rules.
        budgets: from `read_budgets`.
        month: whose period is looked at, as it stood at its end; the last month of the bill, as far as it goes, where left out.
        seed: of the sample futures.

    Raises:
        ScenarioError: no charges; a month that the bill does not have; an owner, service, model or key that it does not name.
    """
    until = covered_until(books.charges)
    if until is None:
        raise ScenarioError(Problem("there are no charges to hold budgets against", "import them: tco actuals import FILE…", "workspace"))
    latest = max(books.found.months)
    month = month or min(latest, f"{until:%Y-%m}")
    if month not in books.found.months:
        first = books.found.months[0]
        raise ScenarioError(Problem(f"the bill has no month {month}", f"it goes from {first} to {latest}", "month", month))
    until = min(until, _last_day(month))
    return tuple(_checked(one, books, month, until, seed) for one in budgets if not one.from_ or one.from_ <= month)


def _checked(budget: Budget, books: Books, month: str, until: dt.date, seed: int) -> Checked:
    amounts = _amounts(budget, books)
    amounts = {one: amount for one, amount in amounts.items() if one <= month}
    unit = "tokens" if budget.is_tokens else books.found.currency
    limit = Decimal(budget.tokens or budget.amount)
    if budget.metric:
        metric = next(one for one in books.metrics if one.name == budget.metric)
        spent, whole = amounts.get(month, ZERO), _last_day(month)
        return Checked(budget, f"{unit}/{metric.unit}", month, limit, spent, until, until.day, whole.day, None, None)
    months = (month,) if budget.period == "month" else _year(budget.from_, month)
    spent = sum((amounts.get(one, ZERO) for one in months), ZERO)
    days = sum(days_in(one) for one in months if one < month) + until.day
    ends = _ends(amounts, months, month, until, seed)
    period = month if len(months) == 1 else f"{months[0]} to {months[-1]}"
    length = sum(map(days_in, months))
    if ends is None:
        return Checked(budget, unit, period, limit, spent, until, days, length, None, None)
    central, paths = ends
    low, high = (float(one) for one in np.quantile(paths, [LOW, HIGH]))
    chance = chance_of(paths > float(limit)) if days < length else Chance(float(spent > limit), 0.0)
    return Checked(budget, unit, period, limit, spent, until, days, length, (low, central, high), chance)


def _ends(amounts: Mapping[str, Decimal], months: Sequence[str], month: str, until: dt.date, seed: int) -> tuple[float, Array] | None:
    """Return the central value and sample futures of what a period ends at; None where months to come cannot be forecast."""
    is_whole = until == _last_day(month)
    whole = [one for one in sorted(amounts) if one < month or is_whole]
    fixed = float(sum((amounts[one] for one in months if one in amounts and one in whole), ZERO))
    ahead = [one for one in months if one not in whole and one >= month]
    if not ahead:
        return fixed, np.array([fixed])
    if len(whole) < LEAST:
        return None
    history = floats([amounts[one] for one in months_between(whole[0], whole[-1]) if one in amounts])
    horizon = len(months_between(whole[-1], ahead[-1])) - 1
    found = predict(history, horizon, seed=seed)
    central, paths = np.array(found.central), np.array(found.paths)
    if not is_whole:
        ran = until.day / days_in(month)
        spent = float(amounts.get(month, ZERO))
        central[0], paths[:, 0] = (spent + (1 - ran) * (spent + (1 - ran) * one) for one in (central[0], paths[:, 0]))
    return fixed + float(np.sum(central[-len(ahead) :])), fixed + np.sum(paths[:, -len(ahead) :], axis=1)


def _amounts(budget: Budget, books: Books) -> dict[str, Decimal]:
    """Return what a budget counts, by month."""
    found = books.found
    if budget.metric:
        metric = next(one for one in books.metrics if one.name == budget.metric)
        pairs = zip(metric.months, metric.costs, metric.counts, strict=True)
        return {month: cost / count for month, cost, count in pairs if count}
    if budget.is_tokens:
        return _tokens(budget, books.usage)
    if budget.service:
        services = spend(books.charges, "ServiceName", found.cost, found.currency)
        _known(budget.service, list(services.amounts), "service")
        return dict(zip(services.months, services.amounts[budget.service], strict=True))
    if budget.owner:
        _known(budget.owner, list(found.owners()), "owner")
        return {month: found.totals(month).get(budget.owner, ZERO) for month in found.months}
    return {month: sum((one.amount for one in found.direct if one.month == month), ZERO) for month in found.months}


def tokens_query(usage: Any, column: str, value: str, source: str) -> Any:
    """Return the expression of tokens read and written by month, for any backend of Ibis."""
    chosen = usage.filter(usage[column] == value)
    if source:
        chosen = chosen.filter(chosen.x_Source == source)
    named = chosen.mutate(month=month_of(chosen.StartTime), tokens=chosen.InputTokens.fill_null(0) + chosen.OutputTokens.fill_null(0))
    return named.group_by("month").aggregate(tokens=named.tokens.sum())


def _tokens(budget: Budget, usage: Any) -> dict[str, Decimal]:
    column, value = ("Model", budget.model) if budget.model else ("ApiKey", budget.key)
    rows = rows_of(tokens_query(usage, column, value, budget.source_of_usage))
    if not rows:
        named = [str(row[column]) for row in rows_of(usage.select(column).distinct()) if row[column]]
        _known(value, named, "model" if budget.model else "key")
    return {str(row["month"]): Decimal(row["tokens"] or 0) for row in rows}


def _known(name: str, known: Sequence[str], what: str) -> None:
    if name not in known:
        raise ScenarioError(Problem(f"the workspace names no {what} '{name}'", nearest(name, known), f"budgets.{what}", name))


def _year(first: str, month: str) -> tuple[str, ...]:
    """Return the months of the budget year that a month falls in."""
    gone = (len(months_between(first, month)) - 1) // MONTHS_A_YEAR * MONTHS_A_YEAR
    start = month_plus(first, gone)
    return months_between(start, month_plus(start, MONTHS_A_YEAR - 1))


def _last_day(month: str) -> dt.date:
    return dt.date(int(month[:4]), int(month[5:7]), days_in(month))
