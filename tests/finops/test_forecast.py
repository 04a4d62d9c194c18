"""The forecast of a bill: owners by their own methods, planned changes, drivers, the honest sum, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tco_model.errors import ScenarioError
from tco_model.finops.books import Books, Tables
from tco_model.finops.forecast import Forecast, actual_of, forecast
from tco_model.finops.forecast_plan import STARTER, Plan, read_plan
from tco_model.finops.kept_forecasts import fared, keep, made_before, read_kept
from tco_model.finops.series import Series
from tests.engine.scenarios import formulas, write_scenario
from tests.finops.bills import charge, rules, table

RULES = """
dimensions: {owner: {tags: [team]}}
rules:
  - {name: platform, when: {SubAccountName: shared}, pool: platform}
  - {name: tagged, owner_from: owner}
pools: {platform: {split: even}}
metrics: [{name: unit cost, unit: case, owner: a, per: outcomes, product: cases}]
"""
MONTHS = [f"2026-{number:02d}" for number in range(1, 10)]
MADE = dt.date(2026, 10, 2)


def row(amount: float, month: str, owner: str, day: str = "28", **more: Any) -> dict[str, Any]:
    end = dt.datetime.fromisoformat(f"{month}-{day}T00:00:00") + dt.timedelta(days=1 if day != "28" else 0)
    month_end = (dt.datetime.fromisoformat(f"{month}-28") + dt.timedelta(days=4)).replace(day=1)
    tags = {"team": owner} if owner else None
    said = {"ChargeCategory": "Usage", "ChargePeriodEnd": month_end if day == "28" else end}
    return charge(f"{amount:.2f}", month=month, tags=tags, **said | more)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Owner a grows by 100 a month, b stands at 500 and c at its mirror; a pool of 60 is shared by three; October has begun."""
    noise = [20.0, -35.0, 10.0, 40.0, -25.0, 5.0, -10.0, 30.0, -15.0]
    rows = [row(1000 + 100 * place, month, "a") for place, month in enumerate(MONTHS)]
    rows += [row(500 + off, month, "b") for month, off in zip(MONTHS, noise, strict=True)]
    rows += [row(500 - off, month, "c") for month, off in zip(MONTHS, noise, strict=True)]
    rows += [row(60, month, "", account="shared") for month in MONTHS]
    rows += [row(7, month, "", account="lost") for month in MONTHS]
    rows.append(row(90, "2026-10", "a", day="02"))
    folder = tmp_path_factory.mktemp("books")
    counts = ["month,product,count", *(f"{month},cases,{100 + 10 * place}" for place, month in enumerate(MONTHS))]
    (folder / "outcomes.csv").write_text("\n".join(counts) + "\n")
    return Books(folder, rules(RULES), lambda: Tables(table(rows), None))


@pytest.fixture(scope="module")
def plain(books: Books) -> Forecast:
    return forecast(books, 4, made=MADE)


class TestParts:
    def test_a_month_that_has_only_begun_is_left_out_and_said(self, plain: Forecast) -> None:
        assert plain.total.actual.periods == tuple(MONTHS) and plain.total.months[0] == "2026-10"
        assert any("2026-10 is left out" in note for note in plain.notes) and any("9 months are little" in note for note in plain.notes)

    def test_parts_sum_to_the_total_and_the_actuals_to_the_bill(self, plain: Forecast) -> None:
        np.testing.assert_allclose(plain.total.central, sum(part.central for part in plain.parts))
        np.testing.assert_allclose(plain.total.paths, sum(part.paths for part in plain.parts))
        assert [part.name for part in plain.parts] == ["a", "b", "c", "(not charged)"]
        for place in range(len(MONTHS)):
            assert plain.total.actual.amounts[place] == sum(part.actual.amounts[place] for part in plain.parts)
        assert plain.total.actual.amounts[0] == Decimal(1000 + 500 + 500 + 60 + 7)

    def test_each_has_its_method_and_the_growing_one_grows(self, plain: Forecast) -> None:
        grown = plain.parts[0]
        assert grown.method in ("drift", "growth") and grown.backtest.beats_naive
        np.testing.assert_allclose(grown.central, [1920, 2020, 2120, 2220], rtol=0.04)

    def test_owners_that_mirror_each_other_leave_the_total_certain(self, plain: Forecast) -> None:
        b, c = plain.parts[1:3]
        if b.method == c.method:
            assert (b.paths + c.paths).std() < 0.05 * b.paths.std()
        width = plain.total.high - plain.total.low
        assert np.all(width < 0.8 * sum(part.high - part.low for part in plain.parts))

    def test_a_service_is_forecast_like_an_owner(self, books: Books) -> None:
        found = forecast(books, 2, by="SubAccountName", made=MADE)
        assert {part.name for part in found.parts} == {"a", "shared", "lost"}
        assert found.total.actual.amounts == forecast(books, 1, made=MADE).total.actual.amounts


class TestPlan:
    def test_steps_move_what_they_say_from_the_month_they_say(self, books: Books, plain: Forecast) -> None:
        said: dict[str, Any] = {
            "steps": [
                {"name": "launch", "of": "b", "from": "2026-11", "to": "2026-12", "plus": 250},
                {"name": "price rise", "from": "2026-12", "times": 1.1},
            ]
        }
        found = forecast(books, 4, plan=Plan.model_validate(said), made=MADE)
        b = plain.parts[1].central
        np.testing.assert_allclose(found.parts[1].central, [b[0], b[1] + 250, (b[2] + 250) * 1.1, b[3] * 1.1])
        added = {step.name: amounts for step, amounts in found.total.steps}
        np.testing.assert_allclose(found.total.central - sum(added.values()), plain.total.central)
        np.testing.assert_allclose(added["launch"], [0, 250, 250, 0])
        np.testing.assert_allclose(found.total.paths[:, 3], plain.total.paths[:, 3] * 1.1)

    def test_a_driver_is_volume_times_unit_cost_and_takes_volumes_that_are_known(self, books: Books) -> None:
        plan = Plan.model_validate({"drivers": {"a": {"metric": "unit cost", "volume": {"2026-11": 1000.0}}}})
        found = forecast(books, 3, plan=plan, made=MADE).parts[0]
        unit = [float(cost) / (100 + 10 * place) for place, cost in enumerate(found.actual.amounts)]
        assert found.method == "driver" and "driver" in found.backtest.errors
        assert found.central[1] == pytest.approx(1000 * unit[-1], rel=0.05) and found.central[0] < 250 * unit[-1]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("steps:\n  - {name: x, of: bb, from: 2026-11, plus: 1}", "steps.0.of: the forecast has no 'bb'"),
            ("steps:\n  - {name: x, from: 2026-11, plus: 1}", "'x' adds an amount to nobody"),
            ("steps:\n  - {name: x, from: 2026-11}", "'x' says neither plus nor times"),
            ("steps:\n  - {name: x, from: 2026-14, times: 2}", "'2026-14' is no month"),
            ("steps:\n  - {name: x, from: 2026-11, to: 2026-10, times: 2}", "'x' ends before it begins"),
            ("steps:\n  - {name: x, from: 2026-11, times: -2}", "is below 0"),
            ("methods: {a: arima}", "no method 'arima'"),
            ("drivers: {a: {metric: unit}}", "no metric 'unit'"),
            ("drivers: {a: {metric: unit cost}}\nmethods: {a: drift}", "'a' has a driver and a method"),
        ],
    )
    def test_what_is_wrong_with_the_file_is_said_with_its_line(self, tmp_path: Path, text: str, words: str) -> None:
        file = tmp_path / "forecast.yaml"
        file.write_text("schema: 1\n" + text + "\n")
        with pytest.raises(ScenarioError) as caught:
            read_plan(file, rules(RULES), lambda: ["a", "b"])
        assert words in str(caught.value) and caught.value.problems[0].line and caught.value.problems[0].mend

    def test_the_starter_is_a_plan_that_plans_nothing(self, tmp_path: Path) -> None:
        file = tmp_path / "forecast.yaml"
        file.write_text(STARTER)
        assert read_plan(file, rules(RULES), lambda: ["a"]) == Plan()


class TestAsOf:
    def test_it_sees_nothing_of_the_months_that_were_not_over_and_says_when_it_was_written(self, books: Books, tmp_path: Path) -> None:
        early = forecast(books, 3, made=dt.date(2026, 7, 1), written=MADE)
        assert early.total.actual.periods == tuple(MONTHS[:6]) and early.total.months == ("2026-07", "2026-08", "2026-09")
        assert any("2026-07, 2026-08, 2026-09, 2026-10 is left out" in note for note in early.notes)
        assert forecast(books, 3, made=dt.date(2026, 6, 30)).total.actual.periods == tuple(MONTHS[:5])
        file, text = keep(tmp_path, early)
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        (kept,) = read_kept(tmp_path)
        assert (kept.made, kept.written) == ("2026-07-01", "2026-10-02")
        assert made_before((kept,), "2026-08", "owner", "EffectiveCost", "USD") is kept
        assert [one.month for one in fared(kept, actual_of(books)) if one.name == "total"] == ["2026-07", "2026-08", "2026-09"]


class TestScenario:
    """The scenario as a forecast: a fee of 700 to 900 USD from July 2026 to June 2027, and 5,000 USD of labour that is on no bill."""

    @pytest.fixture
    def plan(self, tmp_path: Path) -> Path:
        lines = formulas({"use": "fee"}) | {"labour": {"desk": {"formula": '= quantity("5000 USD/month")'}}}
        write_scenario(tmp_path, {"buy": {"baseline": True} | lines}, inputs={"fee": "uniform(700, 900) USD/month"})
        (tmp_path / "forecast.yaml").write_text("schema: 1\nscenarios: {b: {file: decision.yaml, option: buy}}\n")
        return tmp_path / "forecast.yaml"

    def test_what_its_option_costs_in_what_is_billed_is_the_forecast(self, books: Books, plan: Path, plain: Forecast) -> None:
        found = forecast(books, 12, plan=read_plan(plan, books.rules, lambda: ["b"]), made=MADE)
        b = next(part for part in found.parts if part.name == "b")
        assert b.method == "scenario" and "scenario says" in b.words
        np.testing.assert_allclose(b.central[:9], 800, rtol=0.01)  # October to June
        np.testing.assert_allclose([b.low[0], b.high[0]], [720, 880], rtol=0.01)
        followed = forecast(books, 12, made=MADE).parts[1]
        np.testing.assert_allclose(b.central[9:], followed.central[9:])
        np.testing.assert_allclose(found.total.central, sum(part.central for part in found.parts))

    def test_it_is_held_against_the_months_of_its_horizon_that_have_come(self, books: Books, plan: Path) -> None:
        """July to September cost about 520 where it said 800: worse than the last month again, and that is said."""
        b = forecast(books, 2, plan=read_plan(plan, books.rules, lambda: ["b"]), made=MADE).parts[1]
        assert b.backtest.folds == 3 and b.backtest.beats_naive is False and "no better than" in b.backtest.words
        came = [float(amount) for amount in b.actual.amounts[-3:]]
        assert b.backtest.errors["scenario"].mae == pytest.approx(800 - sum(came) / 3, rel=0.02)

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("option: buy", "option: by", "did you mean buy"),
            ("option: buy", "option: buy, covers: [tokens]", "no category 'tokens'"),
            ("option: buy", "option: buy, covers: [storage]", "costs nothing in these categories"),
            ("{b: {file", "{bb: {file", "the forecast has no 'bb'"),
            ("schema: 1", "schema: 1\nmethods: {b: drift}", "'b' has a scenario and a method"),
            ("decision.yaml", "absent.yaml", "absent.yaml"),
        ],
    )
    def test_what_cannot_be_is_told(self, books: Books, plan: Path, old: str, new: str, words: str) -> None:
        plan.write_text(plan.read_text().replace(old, new))
        with pytest.raises(ScenarioError) as caught:
            forecast(books, 2, plan=read_plan(plan, books.rules, lambda: ["a", "b"]), made=MADE)
        assert words in str(caught.value)

    def test_a_horizon_that_is_over_and_another_currency_are_told(self, books: Books, plan: Path) -> None:
        file = plan.with_name("decision.yaml")
        text = file.read_text()
        file.write_text(text.replace("2026-07", "2020-01"))
        with pytest.raises(ScenarioError, match="has none of the months 2026-10 to 2026-11"):
            forecast(books, 2, plan=read_plan(plan, books.rules, lambda: ["b"]), made=MADE)
        file.write_text(text.replace("USD/month", "EUR/month").replace('"discount_rate"', '"currency": "EUR", "discount_rate"'))
        with pytest.raises(ScenarioError, match="counts in EUR, the bill in USD"):
            forecast(books, 2, plan=read_plan(plan, books.rules, lambda: ["b"]), made=MADE)


class TestKept:
    def test_it_is_kept_as_made_and_held_against_what_came(self, plain: Forecast, tmp_path: Path) -> None:
        file, text = keep(tmp_path, plain)
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        (kept,) = read_kept(tmp_path)
        assert kept.made == "2026-10-02" and kept.last_actual == "2026-09" and keep(tmp_path, plain) == (file, text)
        part = kept.parts["total"]
        came = {"total": Series("total", ("2026-09", "2026-10"), (Decimal(1), part.central[0] * 2))}
        (one,) = fared(kept, came)
        assert one.month == "2026-10" and one.accuracy == pytest.approx(-1) and not one.inside
        assert made_before((kept,), "2026-10", "owner", "EffectiveCost", "USD") is kept
        assert made_before((kept,), "2026-09", "owner", "EffectiveCost", "USD") is None
        assert made_before((kept,), "2026-10", "owner", "BilledCost", "USD") is None
        assert made_before((kept,), "2026-10", "owner", "EffectiveCost", "EUR") is None

    def test_one_that_was_changed_is_told(self, plain: Forecast, tmp_path: Path) -> None:
        file, text = keep(tmp_path, plain)
        file.parent.mkdir()
        file.write_text(text.replace('"made": "2026-10-02"', '"made": "2026-09-02"'), encoding="utf-8")
        with pytest.raises(ScenarioError, match="the hash in its name differs"):
            read_kept(tmp_path)
        file.write_text("{}", encoding="utf-8")
        with pytest.raises(ScenarioError, match="no kept forecast"):
            read_kept(tmp_path)


def test_two_months_are_refused_and_three_are_enough(books: Books) -> None:
    for count in (2, 3):
        rows = [row(100, month, "a") for month in MONTHS[:count]]
        few = Books(books.workspace, rules(RULES), partial(Tables, table(rows), None))
        if count == 2:
            with pytest.raises(ScenarioError, match="2 of the 3 whole months"):
                forecast(few, 1, made=MADE)
        else:
            assert forecast(few, 1, made=MADE).total.central[0] == 100
    assert actual_of(books)["total"].amounts[0] == Decimal(2067)
