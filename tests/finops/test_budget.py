"""Budgets: what is spent, what a period ends at, the chance of overspending it, and alerts that are told once."""

from __future__ import annotations

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tco_model.actuals.columns import USAGE
from tco_model.errors import ScenarioError
from tco_model.exporters.budget_table import message
from tco_model.finops.alerts import FILE, alerts_of, fresh, highest, read_told, standing, told_text
from tco_model.finops.books import Books, Tables
from tco_model.finops.budget import Checked, check
from tco_model.finops.budget_rules import STARTER, Budget, read_budgets
from tests.cli.test_review import place, run, words  # noqa: F401 - the sample workspace
from tests.finops.bills import rules, table
from tests.finops.test_forecast import RULES, row

MONTHS = [f"2026-{number:02d}" for number in range(1, 10)]


def held(last_day: str = "", last: float = 0.0, noise: float = 30.0) -> Books:
    """Owner a about 900 a month from January to September, and some of October."""
    draw = np.random.default_rng(4)
    rows = [row(900 + noise * draw.standard_normal(), month, "a") for month in MONTHS]
    if last_day:
        rows.append(row(last, "2026-10", "a", day=last_day))
    calls = [{"StartTime": dt.datetime(2026, 9, 3), "Model": "m", "x_Source": "s", "InputTokens": 700, "OutputTokens": 300}]
    return Books(Path("nowhere"), rules(RULES), lambda: Tables(table(rows), table(calls, USAGE)))


def budget(**said: Any) -> Budget:
    return Budget.model_validate({"name": "a", "owner": "a", "amount": "1000"} | said)


def only(books: Books, one: Budget, month: str = "") -> Checked:
    return check(books, [one], month)[0]


class TestStanding:
    def test_a_whole_month_is_what_it_is(self) -> None:
        found = only(held(noise=0), budget(amount="800"))
        assert found.period == "2026-09" and found.spent == 900 and found.is_over and found.share == pytest.approx(1.125)
        assert found.chance is not None and found.chance.value == 1.0 and found.end == (900.0, 900.0, 900.0)
        assert only(held(noise=0), budget(amount="900")).is_over is False

    def test_a_running_month_ends_between_its_own_rate_and_that_of_the_months_before(self) -> None:
        """After 10 of 31 days 600 are spent, a rate of 1,860 a month; the months before said 900: 600 + 21/31 (600 + 21/31 900)."""
        found = only(held("10", 600, noise=0), budget(amount="1000"))
        assert found.days == 10 and found.length == 31 and found.burn_rate == pytest.approx(60)
        assert found.end is not None and found.end[1] == pytest.approx(600 + 21 / 31 * (600 + 21 / 31 * 900))
        assert found.used_up == dt.date(2026, 10, 17) and found.chance is not None and found.chance.value == 1.0

    def test_the_chance_falls_with_the_budget_and_the_range_narrows_as_the_month_runs(self) -> None:
        books = held("10", 290)
        chances = [only(books, budget(amount=amount)).chance for amount in ("850", "900", "950", "2000")]
        values = [one.value for one in chances if one is not None]
        assert len(values) == 4 and values == sorted(values, reverse=True) and values[0] > values[-1]
        early, late = only(held("05", 145), budget()).end, only(held("27", 783), budget()).end
        assert early is not None and late is not None and early[2] - early[0] > 3 * (late[2] - late[0])

    def test_a_year_adds_what_is_spent_what_runs_and_what_is_to_come(self) -> None:
        books = held("10", 290, noise=0)
        found = only(books, budget(amount="11000", period="year", **{"from": "2026-01"}))
        running = 290 + 21 / 31 * (290 + 21 / 31 * 900)
        assert found.period == "2026-01 to 2026-12" and found.length == 365 and found.spent == 9 * 900 + 290
        assert found.end is not None and found.end[1] == pytest.approx(8100 + running + 1800)
        assert only(books, budget(period="year", **{"from": "2025-10"})).period == "2026-10 to 2027-09"

    def test_services_metrics_tokens_and_everything(self, tmp_path: Path) -> None:
        (tmp_path / "outcomes.csv").write_text("month,product,count\n2026-09,cases,300\n")
        books = held(noise=0)
        books = Books(tmp_path, books.rules, books.opened)
        assert only(books, Budget(name="x", service="Compute", amount="1")).spent == 900
        assert only(books, Budget(name="x", amount="1")).spent == 900
        unit = only(books, Budget(name="x", metric="unit cost", amount="2"))
        assert unit.spent == 3 and unit.unit == "USD/case" and unit.end is None and unit.is_over
        assert only(books, Budget(name="x", model="m", tokens="2000")).share == 0.5

    @pytest.mark.parametrize(
        ("said", "words"), [({"owner": "aa"}, "no owner 'aa'"), ({"owner": "", "model": "n", "tokens": "1"}, "no model 'n'")]
    )
    def test_what_nobody_knows_is_told(self, said: dict[str, str], words: str) -> None:
        with pytest.raises(ScenarioError, match=words):
            only(held(noise=0), budget(**said))

    def test_two_months_of_history_give_no_forecast_and_no_chance(self) -> None:
        rows = [row(100, month, "a") for month in MONTHS[:2]] + [row(50, "2026-03", "a", day="10")]
        found = only(Books(Path("nowhere"), rules(RULES), lambda: Tables(table(rows), None)), budget())
        assert found.end is None and found.chance is None and found.spent == 50


class TestFile:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("{name: x}", "'x' has no amount"),
            ("{name: x, amount: 12}", "'12' is not a text"),
            ('{name: x, amount: "-3"}', "a budget is above zero"),
            ('{name: x, owner: a, service: b, amount: "3"}', "'x' is about owner and service"),
            ('{name: x, model: m, amount: "3"}', "'x' has no tokens"),
            ('{name: x, metric: unit, amount: "3"}', "no metric 'unit'"),
            ('{name: x, amount: "3", period: year}', "does not say when its year begins"),
            ('{name: x, amount: "3", thresholds: {actual: [80]}}', "is not a text"),
            ('{name: x, amount: "3", thresholds: {actual: ["80"]}}', "is no percentage"),
            ('{name: x, amount: "3"}\n  - {name: x, amount: "4"}', "two budgets are called 'x'"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_line(self, tmp_path: Path, text: str, words: str) -> None:
        file = tmp_path / "budgets.yaml"
        file.write_text(f"schema: 1\nbudgets:\n  - {text}\n")
        with pytest.raises(ScenarioError) as caught:
            read_budgets(file, rules(RULES))
        assert words in str(caught.value) and all(problem.line for problem in caught.value.problems)


class TestAlerts:
    def test_each_threshold_is_told_once_and_anew_for_another_budget_or_month(self, tmp_path: Path) -> None:
        books = held(noise=0)
        first = check(books, [budget(amount="1000", thresholds={"actual": ["50%", "80%"]})])
        alerts = alerts_of(first)
        assert [one.threshold for one in alerts] == ["50%", "80%"] and [one.threshold for one in highest(alerts)] == ["80%"]
        (tmp_path / FILE).write_text(told_text(alerts))
        assert read_told(tmp_path) == alerts and not fresh(alerts, read_told(tmp_path))
        raised = alerts_of(check(books, [budget(amount="1100", thresholds={"actual": ["50%", "80%"]})]))
        assert fresh(raised, alerts) == raised
        assert fresh(alerts_of(check(books, [budget(amount="1000", thresholds={"actual": ["50%"]})], "2026-08")), alerts)
        assert message(alerts, first) == "Budget a, 2026-09: 80% spent. 900 of 1,000 USD (90%) by 2026-09-30."

    def test_a_budget_is_over_likely_to_be_past_a_threshold_or_on_course(self) -> None:
        """900 a month for nine months; of the tenth 300 after 10 of 31 days: it ends near 900."""
        ended, runs = held(noise=0), held("10", 300, noise=0)
        said = {amount: standing(only(ended, budget(amount=amount))) for amount in ("800", "900", "1100", "2000")}
        assert said["800"] == ("over", "overspent: 112% of it")
        assert (
            said["900"] == ("kept", "kept, past 100%") and said["1100"] == ("kept", "kept, past 80%") and said["2000"] == ("kept", "kept")
        )
        assert standing(only(runs, budget(amount="800"))) == ("likely", "forecast to reach 100%")
        assert standing(only(runs, budget(amount="2000"))) == ("kept", "on course")
        early = {"actual": ["10%"], "forecast": ["100%"]}
        assert standing(only(runs, budget(amount="2000", thresholds=early))) == ("past", "past 10%")

    def test_a_file_that_is_none_is_told_with_its_line(self, tmp_path: Path) -> None:
        (tmp_path / FILE).write_text("{}\n")
        with pytest.raises(ScenarioError, match=r"alerts.jsonl:1"):
            read_told(tmp_path)


def test_the_command_leaves_with_one_tells_once_and_keeps_what_could_not_be_sent(place: Path, tmp_path: Path) -> None:  # noqa: F811
    run("budget", "starter", str(place / "bills"))
    assert (place / "bills" / "budgets.yaml").read_text() == STARTER
    assert run("budget", "starter", str(place / "bills"), code=2)
    september = words(place, "check", "--month", "2026-09")
    failing = f"{sys.executable} -c 'raise SystemExit(3)'"
    assert "ended with 3" in run("budget", *september, "--run", failing, "--fail-on", "never", code=1)
    told = tmp_path / "alert.json"
    out = json.loads(CliRunner().invoke(_main(), ["budget", *september, "--message", str(told), "--json"]).output)
    assert out["sent"] and any(one["threshold"] == "100%" for one in out["new_alerts"])
    over = {one["budget"] for one in out["budgets"] if one["is_over"]}
    assert over == {"support assistant", "a resolved case"} and "support assistant" in json.loads(told.read_text())["text"]
    again = json.loads(run("budget", *september, "--json", "--fail-on", "never"))
    assert again["new_alerts"] == []
    assert all(Decimal(one["spent"]) >= 0 for one in again["budgets"])
    assert "Budgets by 2026-09-30" in run("budget", *september, code=1)


def _main() -> Any:
    from tco_model.cli import main

    return main
