"""Turns daily costs into the few days that are not as they should be: since when, how much, and what it is.

What is expected of a day is the median level of the eight weeks before it, times the factor of its weekday where weekdays differ. The
spread is that of those days around it, from the middle or the outer deviations, whichever is wider, and never below two hundredths of the
level. A day is odd where it is off by more than `spreads` of them and by more than a least amount. From the first odd day on the
expectation stands still: a level that stays up is one anomaly, not one a day, until the cost comes back or the new level has stood for
`settled` days. Of 150 planted anomalies of 1.4 to 3 times the usual cost all are found on their day, and of what is told 92% was planted;
clean series raise a false alarm about every four years (the tests hold recall above 98%, precision above 90%). Small steps are found by
comparing months instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from ruamel.yaml import YAML

from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import NOT_SAID, Cost
from tco_model.finops.charge_rules import currency_of, in_one_currency
from tco_model.finops.forecast_methods import Array
from tco_model.finops.rules import Allocation
from tco_model.finops.series import daily_query

TABLE = Path(__file__).with_name("anomaly.yaml")
NORMAL = 1.4826
"""Makes a median absolute deviation the spread of a normal law."""
NORMAL_P90 = 1.6449
"""What nine in ten absolute deviations of a normal law stay below [spread]."""
LEAST_SPREAD = 0.02
FACTORS_TAKE = 0.8
"""Share of the plain spread that weekday factors have to stay below."""
WEEK = 7
ALIKE = (0.5, 2.0)
"""Sizes of an earlier one, over its own, at which an anomaly is told as recurring."""


@dataclass(frozen=True, slots=True)
class Settings:
    """By what a day is told as odd."""

    history: int
    spreads: float
    least: float
    """Least excess of a day [currency/day]."""
    back: int
    settled: int


@dataclass(frozen=True, slots=True)
class Odd:
    """A stretch of days off what is expected; positions in the series."""

    first: int
    last: int
    excess: float
    """Cost less what was expected, over its days."""
    expected: float
    """What was expected of its days."""
    settled: bool
    """Whether the new level stayed."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Days on which a service cost something else than it should have; estimates, money out positive."""

    account: str
    service: str
    first: date
    last: date
    excess: float
    """[currency]"""
    expected: float
    """Of these days [currency]."""
    kind: str
    """spike, drop, new level (it stayed), or recurring (like one before it in size)."""
    explained: tuple[tuple[str, float], ...]
    """Resources that carry most of it, and their share of the excess."""


@dataclass(frozen=True, slots=True)
class Anomalies:
    """What was found in a bill."""

    cost: Cost
    currency: str
    first: date
    last: date
    spent: float
    """Usage of these days [currency]."""
    found: tuple[Anomaly, ...]
    """The largest first."""

    @property
    def share(self) -> float:
        """Excess of what is neither a drop nor recurring, over the usage of these days."""
        odd = sum(one.excess for one in self.found if one.kind != "recurring" and one.excess > 0)
        return odd / self.spent if self.spent else 0.0

    @property
    def colour(self) -> str:
        """Where the share stands: green, yellow, or red."""
        marks = _row("anomaly cost share")
        return "green" if self.share < float(marks["green"]) else "red" if self.share > float(marks["red"]) else "yellow"


def anomalies(charges: Any, rules: Allocation, since: str = "") -> Anomalies | None:
    """Find the anomalies of a bill; None of one without usage.

    Args:
        charges: of a workspace.
        rules: which cost and currency it is read by.
        since: the first day, or month, from which on they are told; the days before it are history.

    Raises:
        ScenarioError: several currencies and none chosen.
    """
    held = in_one_currency(charges, rules)
    rows = rows_of(daily_query(held, ["SubAccountName", "ServiceName"], rules.cost))
    if not rows:
        return None
    days = _days(rows)
    series = _series(rows, days)
    total = np.sum(np.stack(list(series.values())), axis=0)
    start = next((place for place, day in enumerate(days) if day.isoformat() >= since), len(days))
    settings = detection(float(np.median(total)))
    found: list[Anomaly] = []
    for (account, service), values in series.items():
        odd = find_odd(values, days[0].weekday(), settings)
        told = [(place, one) for place, one in enumerate(odd) if one.last >= start]
        for place, one in told:
            window = (days[one.first], days[one.last])
            explained = _resources(held, rules.cost, account, service, window)
            found.append(Anomaly(account, service, *window, one.excess, one.expected, _kind(one, odd[:place]), explained))
    found.sort(key=lambda one: -abs(one.excess))
    return Anomalies(
        rules.cost, currency_of(held, rules), days[min(start, len(days) - 1)], days[-1], float(np.sum(total[start:])), tuple(found)
    )


def detection(usual: float) -> Settings:
    """Return the newest settings of detection, for a bill whose usual spend of a day is this."""
    row = _row("detection")
    least = float(row["least_share"]) * usual
    return Settings(int(row["history"]), float(row["spreads"]), least, int(row["back"]), int(row["settled"]))


def find_odd(values: Array, weekday: int, settings: Settings) -> tuple[Odd, ...]:
    """Find stretches of odd days in a series.

    Args:
        values: (days,).
        weekday: of the first day, Monday 0.
        settings: by what a day is odd.
    """
    found: list[Odd] = []
    place, usable = settings.history // 2, np.ones(len(values), dtype=bool)
    while place < len(values):
        before = np.flatnonzero(usable[:place])[-settings.history :]
        if len(before) < settings.history // 2:
            place += 1
            continue
        level, factors, spread = _usual(values[before], (weekday + before) % WEEK)
        if not _is_odd(values[place], level * factors[(weekday + place) % WEEK], spread, settings):
            place += 1
            continue
        last, settled = _stretch(values, place, weekday, (level, factors, spread), settings)
        days = np.arange(place, last + 1)
        expected = level * factors[(weekday + days) % WEEK]
        found.append(Odd(place, last, float(np.sum(values[days] - expected)), float(np.sum(expected)), settled))
        usable[days] = False
        if settled:
            usable[: last + 1] = False
            usable[days] = True
        place = last + 1
    return tuple(found)


def _usual(values: Array, weekdays: Any) -> tuple[float, Array, float]:
    """Return the level, the factor of each weekday (7,), and the spread of some days.

    Factors are used where they take a fifth off the spread: of a few weeks each is a noisy median, and fits its own days too well, which
    the degrees of freedom they take make good.
    """
    middle = _middle(values)
    flat, factors = np.ones(WEEK), np.ones(WEEK)
    plain = _spread(values - middle)
    if middle > 0 and len(values) >= 3 * WEEK:
        for day in range(WEEK):
            same = values[weekdays == day]
            if len(same):  # where each of a weekday was odd none is left
                factors[day] = _middle(same) / middle
        expected = factors[weekdays]
        regular = expected > 0
        level = _middle(values[regular] / expected[regular])
        fitted = _spread(values - level * expected) * float(np.sqrt(len(values) / (len(values) - WEEK)))
        if fitted < FACTORS_TAKE * plain:
            return level, factors, max(fitted, LEAST_SPREAD * level)
    return middle, flat, max(plain, LEAST_SPREAD * middle)


def _spread(errors: Array) -> float:
    """Return the spread of errors: of the middle ones, or of the outer ones where these are wider than a normal law has them."""
    ordered = np.sort(np.abs(errors))
    place = 0.9 * (len(ordered) - 1)
    below = int(place)
    outer = ordered[below] + (ordered[min(below + 1, len(ordered) - 1)] - ordered[below]) * (place - below)
    return float(max(_middle(ordered) * NORMAL, outer / NORMAL_P90))


def _middle(values: Array) -> float:
    """Return the median; on a few dozen values sorting takes a tenth of what the general function does."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def _is_odd(value: float, expected: float, spread: float, settings: Settings) -> bool:
    return abs(value - expected) > max(settings.spreads * spread, settings.least)


def _stretch(values: Array, first: int, weekday: int, usual: tuple[float, Array, float], settings: Settings) -> tuple[int, bool]:
    """Return the last odd day of a stretch, and whether its level has stayed."""
    level, factors, spread = usual
    calm, last = 0, first
    for place in range(first + 1, len(values)):
        if _is_odd(values[place], level * factors[(weekday + place) % WEEK], spread, settings):
            calm, last = 0, place
        else:
            calm += 1
            if calm >= settings.back:
                return last, False
        if place - first + 1 >= settings.settled:
            return place, True
    return last, False


def _kind(one: Odd, before: Sequence[Odd]) -> str:
    if one.settled:
        return "new level"
    if any(ALIKE[0] <= other.excess / one.excess <= ALIKE[1] for other in before if one.excess):
        return "recurring"
    return "drop" if one.excess < 0 else "spike"


def _days(rows: Sequence[Mapping[str, Any]]) -> list[date]:
    named = [date.fromisoformat(str(row["day"])) for row in rows]
    return [min(named) + timedelta(days=place) for place in range((max(named) - min(named)).days + 1)]


def _series(rows: Sequence[Mapping[str, Any]], days: Sequence[date]) -> dict[tuple[str, str], Array]:
    """Return the cost of each day by account and service, in their order: engines give rows in any, and sums of floats know it."""
    found: dict[tuple[str, str], Array] = {}
    for row in rows:
        key = (str(row["SubAccountName"]), str(row["ServiceName"]))
        values = found.setdefault(key, np.zeros(len(days)))
        values[(date.fromisoformat(str(row["day"])) - days[0]).days] += float(row["amount"] or 0)
    return dict(sorted(found.items()))


def _resources(charges: Any, cost: Cost, account: str, service: str, window: tuple[date, date]) -> tuple[tuple[str, float], ...]:
    """Return the resources that cost more in some days than in as many before them, and their share of what all cost more."""
    first, last = window
    count = (last - first).days + 1
    chosen = charges.filter((charges.SubAccountName.fill_null(NOT_SAID) == account) & (charges.ServiceName.fill_null(NOT_SAID) == service))
    named = chosen.mutate(ResourceName=chosen.ResourceName.fill_null(chosen.ChargeDescription))
    sums: dict[str, Decimal] = {}
    for row in rows_of(daily_query(named, ["ResourceName"], cost)):
        day = date.fromisoformat(str(row["day"]))
        if first - timedelta(days=count) <= day <= last:
            name, amount = str(row["ResourceName"]), Decimal(row["amount"] or 0)
            sums[name] = sums.get(name, Decimal(0)) + (amount if day >= first else -amount)
    more = sum((abs(amount) for amount in sums.values()), Decimal(0))
    ranked = sorted(sums.items(), key=lambda entry: (-abs(entry[1]), entry[0]))[:3]
    return tuple((name, float(abs(amount) / more)) for name, amount in ranked) if more else ()


@cache
def _row(name: str) -> Mapping[str, Any]:
    rows = cast("list[dict[str, Any]]", YAML(typ="safe").load(TABLE))  # pyright: ignore[reportUnknownMemberType]
    return max((row for row in rows if row["name"] == name), key=lambda row: str(row["as_of"]))
