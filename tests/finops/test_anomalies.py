"""Anomalies: what is found of those that were planted, false alarms on clean series, and what a bill's odd days are told as."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pytest

from tco_model.finops.anomalies import Settings, anomalies, detection, find_odd
from tco_model.finops.forecast_methods import Array
from tco_model.finops.series import daily_query
from tests.finops.bills import charge, rules, table

DAYS, HISTORY = 240, 56
SETTINGS = Settings(history=HISTORY, spreads=detection(0.0).spreads, least=2.0, back=2, settled=28)


@dataclass(frozen=True)
class Planted:
    values: Array
    first: int
    last: int


def clean(seed: int) -> Array:
    """A year's worth of a service: a weekday pattern, growth of up to 20% a year, noise of 2 to 6% with tails of Student's t (8)."""
    draw = np.random.default_rng(seed)
    week = np.where(np.arange(DAYS) % 7 < 5, 1.0, draw.uniform(0.3, 1.0))
    trend = (1 + draw.uniform(0, 0.2)) ** (np.arange(DAYS) / 365)
    noise = 1 + draw.uniform(0.02, 0.06) * draw.standard_t(8, DAYS)
    return 100 * week * trend * np.maximum(noise, 0.05)


def planted(seed: int) -> Planted:
    """One anomaly in a clean series, 1.4 to 3 times what it should be: a spike of a day, some days, or a level that stays."""
    draw = np.random.default_rng([seed, 1])
    values = clean(seed)
    first = int(draw.integers(HISTORY + 14, DAYS - 40))
    last = first + int(draw.choice([0, 4, 35]))
    values[first : last + 1] *= draw.uniform(1.4, 3.0)
    return Planted(values, first, last)


def naive_rule(values: Array) -> list[tuple[int, int]]:
    """The control: a day beyond three standard deviations of the 28 days before it, neighbours as one."""
    found: list[tuple[int, int]] = []
    for place in range(HISTORY, DAYS):
        before = values[place - HISTORY : place]
        if abs(values[place] - before.mean()) > 3 * before.std():
            if found and found[-1][1] == place - 1:
                found[-1] = (found[-1][0], place)
            else:
                found.append((place, place))
    return found


def score(found: list[tuple[int, int]], wanted: Planted) -> tuple[int, int]:
    """Return how many hit, their first day within two of the planted one, and how many are false."""
    hits = [one for one in found if abs(one[0] - wanted.first) <= 2]
    false = [one for one in found if one[1] < wanted.first - 2 or one[0] > wanted.last + 30]
    return min(len(hits), 1), len(false)


def test_precision_and_recall_on_planted_anomalies_against_the_usual_rule() -> None:
    """Of 150 planted anomalies 98 in a hundred and more are found on their day, and of what is told more than nine in ten are planted."""
    ours, theirs = np.zeros(2), np.zeros(2)
    for seed in range(150):
        wanted = planted(seed)
        ours += score([(one.first, one.last) for one in find_odd(wanted.values, 0, SETTINGS)], wanted)
        theirs += score(naive_rule(wanted.values), wanted)
    recall, precision = ours[0] / 150, ours[0] / ours.sum()
    assert recall > 0.98 and precision > 0.9
    assert recall > theirs[0] / 150 + 0.03 and precision > theirs[0] / theirs.sum() + 0.1


def test_a_clean_series_raises_less_than_one_false_alarm_in_two_years() -> None:
    alarms = sum(len(find_odd(clean(seed), 0, SETTINGS)) for seed in range(1000, 1100))
    assert alarms / (100 * (DAYS - HISTORY) / 365) < 0.5


class TestShapes:
    def test_a_level_that_stays_is_one_anomaly_and_then_the_new_normal(self) -> None:
        values = np.concatenate([np.full(60, 100.0), np.full(120, 160.0)])
        (found,) = find_odd(values, 0, SETTINGS)
        assert (found.first, found.last, found.settled) == (60, 87, True) and found.excess == pytest.approx(28 * 60)

    def test_three_days_are_one_anomaly_with_their_excess(self) -> None:
        values = np.full(100, 100.0)
        values[70:73] = 250
        (found,) = find_odd(values, 0, SETTINGS)
        assert (found.first, found.last, found.settled) == (70, 72, False) and found.excess == pytest.approx(450)

    def test_weekends_are_no_anomaly_and_a_busy_one_is(self) -> None:
        values = np.where(np.arange(140) % 7 < 5, 100.0, 10.0)
        assert find_odd(values, 0, SETTINGS) == ()
        values[5 + 7 * 12] = 100
        (found,) = find_odd(values, 0, SETTINGS)
        assert found.first == found.last == 89 and found.excess == pytest.approx(90)

    def test_pennies_are_left_alone_and_little_history_says_nothing(self) -> None:
        values = np.full(60, 1.0)
        values[50] = 2.9
        assert find_odd(values, 0, SETTINGS) == ()
        assert find_odd(np.array([1.0, 100.0, 1.0]), 0, SETTINGS) == ()

    def test_another_currency_finds_the_same_days(self) -> None:
        wanted = planted(3).values
        scaled = Settings(SETTINGS.history, SETTINGS.spreads, SETTINGS.least * 110, SETTINGS.back, SETTINGS.settled)
        there, here = find_odd(wanted * 110, 0, scaled), find_odd(wanted, 0, SETTINGS)
        assert [(one.first, one.last) for one in there] == [(one.first, one.last) for one in here]


def day(number: int, amount: float, resource: str, **more: Any) -> dict[str, Any]:
    start = dt.datetime(2026, 1, 5) + dt.timedelta(days=number)
    said = {"ChargeCategory": "Usage", "ChargePeriodStart": start, "ResourceName": resource, "BillingPeriodStart": start.replace(day=1)}
    return charge(f"{amount:.2f}", **said | more)


def test_a_bill_names_days_size_and_resources_and_knows_what_comes_again() -> None:
    rows = [day(number, 50, "steady") for number in range(150)]
    rows += [day(number, 300, "runaway") for number in (70, 71)] + [day(number, 290, "runaway") for number in (120, 121)]
    rows += [day(60, 900, "yearly", ChargeCategory="Purchase"), day(61, -400, "fix", ChargeClass="Correction")]
    bill = table(rows)
    found = anomalies(bill, rules("rules: [{name: all, owner: x}]"))
    assert found is not None
    first, second = sorted(found.found, key=lambda one: one.first)
    assert (first.kind, first.first, first.last) == ("spike", dt.date(2026, 3, 16), dt.date(2026, 3, 17))
    assert first.excess == pytest.approx(600) and first.explained[0] == ("runaway", 1.0) and second.kind == "recurring"
    assert found.share == pytest.approx(600 / (150 * 50 + 1180)) and found.colour == "yellow"
    later = anomalies(bill, rules("rules: [{name: all, owner: x}]"), since="2026-05")
    assert later is not None and [one.kind for one in later.found] == ["recurring"] and later.colour == "green"
    assert anomalies(table([]), rules("rules: [{name: all, owner: x}]")) is None
    assert ibis.to_sql(daily_query(bill, ["ServiceName"], "EffectiveCost"), dialect="pyspark")
