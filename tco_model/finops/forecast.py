"""Turns the months of a bill into those to come: each owner or service by its own method, planned changes on top, and their honest sum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from tco_model.actuals.periods import month_plus
from tco_model.actuals.spend import Cost, spend
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.allocate import ZERO
from tco_model.finops.backtest import FURTHEST, Backtest, Errors, missed
from tco_model.finops.books import Books
from tco_model.finops.forecast_methods import LEAST, METHOD_WORDS, Array
from tco_model.finops.forecast_plan import Driver, Plan, Step
from tco_model.finops.model_forecast import from_scenario
from tco_model.finops.predict import HIGH, LOW, Prediction, add_up, predict, predict_together
from tco_model.finops.series import Series, covered_until, owner_series, whole_months
from tco_model.finops.unit_metrics import UnitMetric

TOTAL = "total"
FEW = 12
"""Months below which a forecast says how little that is."""


@dataclass(frozen=True, slots=True)
class PartForecast:
    """The forecast of an owner, a service, or the total. Money out is positive; estimates in the currency of the bill."""

    name: str
    actual: Series
    """Whole months of the bill."""
    months: tuple[str, ...]
    """Those to come."""
    method: str
    """A method, driver, or parts (the sum of the parts)."""
    backtest: Backtest
    central: Array
    """(months,), planned changes included."""
    low: Array
    """P10."""
    high: Array
    """P90."""
    paths: Array = field(repr=False)
    """Sample futures, (paths, months)."""
    steps: tuple[tuple[Step, Array], ...] = ()
    """What each planned change adds to the central path, (months,)."""

    @property
    def words(self) -> str:
        """How it was made, in words."""
        return METHOD_WORDS.get(self.method, "the sum of its parts")

    @property
    def planned(self) -> tuple[tuple[Step, Array], ...]:
        """Those of the steps that add something in the months to come; others are over, or begin later."""
        return tuple((step, added) for step, added in self.steps if added.any())


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast as made on a day."""

    made: dt.date
    by: str
    cost: Cost
    currency: str
    total: PartForecast
    parts: tuple[PartForecast, ...]
    """The dearest first."""
    direct: Prediction
    """The total forecast by itself, without its parts and without planned changes: a check."""
    notes: tuple[str, ...]
    written: dt.date
    """The day on which it was really made: later than `made` where it looks at an earlier day."""


def forecast(
    books: Books, horizon: int, *, by: str = "owner", plan: Plan | None = None, made: dt.date, written: dt.date | None = None, seed: int = 0
) -> Forecast:  # fmt: skip
    """Forecast a bill.

    Args:
        books: the workspace and its rules.
        horizon: months to come after the last whole month.
        by: owner, or a column or tag as `actuals.spend` takes it.
        plan: from `read_plan`.
        made: the day on which it is made; months that are not over by then count as not yet known.
        written: the day on which it is really made, where that is another.
        seed: of the sample futures.

    Raises:
        ScenarioError: fewer than three whole months, or a method that they cannot carry.
    """
    plan = plan or Plan()
    series, notes = parts_of(books, by, made)
    values = {one.name: floats(one.amounts) for one in series}
    drivers = {name: _driven(books, driver, horizon, series[0].periods, seed) for name, driver in plan.drivers.items()}
    plain = predict_together(values, horizon, plan.methods, seed=seed)
    months = tuple(month_plus(series[0].periods[-1], place) for place in range(1, horizon + 1))
    currency = books.found.currency
    drivers |= {
        one.name: from_scenario(plan.scenarios[one.name], one, months, plain[one.name], currency, seed)
        for one in series
        if one.name in plan.scenarios
    }
    parts = tuple(_part(one, months, drivers.get(one.name) or plain[one.name], plan.steps) for one in series)
    whole = _whole(series)
    direct = predict(floats(whole.amounts), horizon, seed=seed)
    notes = (*notes, *_few(series[0]))
    return Forecast(made, by, books.found.cost, currency, _sum(whole, parts, direct), parts, direct, notes, written or made)


def parts_of(books: Books, by: str = "owner", day: dt.date | None = None) -> tuple[tuple[Series, ...], tuple[str, ...]]:
    """Return what a bill is made of, by month that is whole on a day, and what was left out of it, in words.

    Raises:
        ScenarioError: no such column, or fewer than three whole months.
    """
    if by == "owner":
        series = owner_series(books.found)
    else:
        shown = spend(books.charges, by, books.found.cost, books.found.currency)
        series = tuple(Series(name, shown.months, amounts) for name, amounts in shown.amounts.items())
    until = covered_until(books.charges)
    if day is not None and until is not None and day <= until:
        until = day - dt.timedelta(days=1)
    whole: tuple[str, ...] = whole_months(series[0].periods, until) if series else ()
    if len(whole) < LEAST:
        mend = "import more of them: tco actuals import FILE…"
        raise ScenarioError(
            Problem(f"the bill has {len(whole)} of the {LEAST} whole months that a forecast needs", mend, "months", str(len(whole)))
        )
    last = whole[len(whole) - 1]
    left_out = [month for month in series[0].periods if month > last]
    notes = (f"{', '.join(left_out)} is left out: what counts ends on {until}",) if left_out else ()
    return tuple(one.until(last) for one in series), notes


def actual_of(books: Books, by: str = "owner") -> dict[str, Series]:
    """Return the whole months of a bill by part, the total among them."""
    series, _ = parts_of(books, by)
    return {TOTAL: _whole(series), **{one.name: one for one in series}}


def floats(amounts: Sequence[Decimal]) -> Array:
    """Return amounts as floats, for estimates."""
    return np.array([float(amount) for amount in amounts])


def _whole(series: Sequence[Series]) -> Series:
    return Series(TOTAL, series[0].periods, tuple(sum(amounts, ZERO) for amounts in zip(*(one.amounts for one in series), strict=True)))


def _few(series: Series) -> tuple[str, ...]:
    count = len(series.periods)
    return (f"{count} months are little: no season can be seen, and the ranges are wide",) if count < FEW else ()


def _part(series: Series, months: tuple[str, ...], found: Prediction, steps: Sequence[Step]) -> PartForecast:
    """Put the planned changes of a part on top of its prediction, in the order of the file."""
    made = PartForecast(
        series.name, series, months, found.method, found.backtest, found.central, found.low, found.high, found.paths
    )  # fmt: skip
    for step in steps:
        if step.of in ("", series.name):
            times = np.array([step.times if step.times is not None and step.holds(month) else 1.0 for month in months])
            plus = np.array([step.plus if step.plus is not None and step.holds(month) else 0.0 for month in months])
            moved = made.central * times + plus
            made = replace(
                made, central=moved, low=made.low * times + plus, high=made.high * times + plus, paths=made.paths * times + plus,
                steps=(*made.steps, (step, moved - made.central)),
            )  # fmt: skip
    return made


def _sum(whole: Series, parts: Sequence[PartForecast], direct: Prediction) -> PartForecast:
    """Add the parts up: what moved together stays together, so the range of the sum is not the sum of the ranges."""
    paths = add_up([one.paths for one in parts])
    low, high = np.quantile(paths, [LOW, HIGH], axis=0)
    central = np.sum(np.stack([one.central for one in parts]), axis=0)
    named: dict[str, tuple[Step, Array]] = {}
    for part in parts:
        for step, added in part.steps:
            named[step.name] = (step, named[step.name][1] + added if step.name in named else added)
    return PartForecast(TOTAL, whole, parts[0].months, "parts", direct.backtest, central, low, high, paths, tuple(named.values()))


def _driven(books: Books, driver: Driver, horizon: int, months: Sequence[str], seed: int) -> Prediction:
    """Forecast a cost as volume times unit cost, each by its own method."""
    (metric,) = books.metrics_named(driver.metric)
    counts, costs = _counted(metric, months)
    ahead = [month_plus(months[-1], place) for place in range(1, horizon + 1)]
    found = predict_together({"volume": counts, "unit": costs / counts}, horizon, {}, seed=seed)
    volume, unit = found["volume"], found["unit"]
    known = np.array([driver.volume.get(month, np.nan) for month in ahead])
    central = np.where(np.isnan(known), volume.central, known) * unit.central
    paths = np.where(np.isnan(known), volume.paths, known) * unit.paths
    low, high = np.quantile(paths, [LOW, HIGH], axis=0)
    return Prediction("driver", central, low, high, paths, _driver_test(costs, counts, {name: one.method for name, one in found.items()}))


def _counted(metric: UnitMetric, months: Sequence[str]) -> tuple[Array, Array]:
    held = {month: (cost, count) for month, cost, count in zip(metric.months, metric.costs, metric.counts, strict=True)}
    missing = [month for month in months if not held[month][1]]
    if missing:
        mend = "count it in every month of the bill, or leave the driver out"
        raise ScenarioError(Problem(f"'{metric.name}' has no count in {', '.join(missing[:3])}", mend, "drivers", metric.name))
    return floats([held[month][1] or ZERO for month in months]), floats([held[month][0] for month in months])


def _driver_test(costs: Array, counts: Array, methods: Mapping[str, str]) -> Backtest:
    """Hold volume times unit cost against naive, as the methods of a series are."""
    from tco_model.finops.backtest import BY, FEWEST_FOLDS, backtest
    from tco_model.finops.forecast_methods import fit, usable

    plain = backtest(costs)
    first = len(costs) - plain.folds
    if not plain.errors or not all(usable(method, counts[:first]) for method in methods.values()):
        return Backtest({}, plain.folds, "driver", None)
    forecasts: list[Array] = []
    actuals: list[Array] = []
    for origin in range(first, len(costs)):
        actual = costs[origin : origin + FURTHEST]
        volume = fit(methods["volume"], counts[:origin], len(actual)).central
        forecasts.append(volume * fit(methods["unit"], costs[:origin] / counts[:origin], len(actual)).central)
        actuals.append(actual)
    errors: dict[str, Errors] = {"driver": missed(forecasts, actuals, float(np.mean(np.abs(np.diff(costs))))), **plain.errors}
    beats = plain.folds >= FEWEST_FOLDS and errors["driver"].mae < BY * errors["naive"].mae
    return Backtest(errors, plain.folds, "driver", beats)
