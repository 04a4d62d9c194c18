"""The whole loop as a user types it, on the sample year: allocate, forecast, budget, review, decide, and what the decisions came to."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tco_model.actuals.store import Workspace
from tco_model.cli import main
from tco_model.finops.starter import sample_files
from tco_model.lines.registry import CATEGORIES

ROOT = Path(__file__).parents[2]
SCENARIO = str(ROOT / "scenarios" / "support_assistant.yaml")
FOCUS = ROOT.parent / "shared" / "data" / "focus" / "focus_sample_1000.csv"
DECIDED = (
    ("Evaluate once a week", "support-eng", "1500", "SubAccountName=support-eval", "nobody reads the daily runs"),
    ("Cap retrieved text", "support-eng", "2500", "ServiceName=Nimbus Vector Index", "answers did not get better with it"),
    ("No changes to the shop before the holidays", "shop-eng", "-100", "owner=shop-eng", "an hour down in December costs more"),
)


def run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.stdout


def data(*words: str, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code))


@dataclass(frozen=True)
class Loop:
    """What each step said."""

    place: str
    allocated: Any
    forecast: Any
    alerts: tuple[Any, Any]
    september: Any
    saved: Any
    december: Any
    kept: Any
    calibrated: Any
    compared: Any


@pytest.fixture(scope="module")
def loop(sample_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    folder = tmp_path_factory.mktemp("loop")
    place = str(shutil.copytree(sample_year, folder / "bills"))
    for file, text in sample_files(Path(place)).items():  # as `tco actuals demo` writes them
        file.write_text(text)
    allocated = data("allocate", place)
    for day in ("2026-09-01", "2026-10-01"):
        forecast = data("forecast", place, "--as-of", day)
    alerts = data("budget", "check", place, code=1), data("budget", "check", place, code=1)
    september = data("review", place, "--no-input")
    for title, owner, expected, about, why in DECIDED:
        run("decide", place, "--title", title, "--owner", owner, "--due", "2026-11", "--expected", expected, "--on", about, "--why", why)
    run("actuals", "demo", place, "--months", "15")
    december = data("review", place, "--month", "2026-12", "--no-input")
    new = str(folder / "calibrated.yaml")
    calibrated = data("calibrate", SCENARIO, "--actuals", place, "-o", new, "--draws", "300")
    compared = data("compare", new, "--draws", "300")
    saved, kept = data("decisions", place), data("forecast", place, "--kept")["forecasts"]
    return Loop(place, allocated, forecast, alerts, september, saved, december, kept, calibrated, compared)


class TestTheStory:
    def test_the_bill_is_allocated_to_the_last_decimal(self, loop: Loop) -> None:
        imports = Workspace(Path(loop.place)).imports()
        logged = [part.totals for one in imports for part in one.parts if part.table == "charges" and part.period <= "2026-09"]
        bill = sum((Decimal(amounts["EffectiveCost"]) for totals in logged for amounts in totals.values()), Decimal(0))
        assert Decimal(loop.allocated["bill"]) == bill

    def test_alerts_are_told_once(self, loop: Loop) -> None:
        first, again = loop.alerts
        assert {one["budget"] for one in first["new_alerts"]} >= {"support assistant", "a resolved case"} and not again["new_alerts"]

    def test_the_review_of_september_finds_evaluation_and_retrieval(self, loop: Loop) -> None:
        found = loop.september
        assert found["month"] == "2026-09" and sum(map(Decimal, found["variance"]["parts"].values())) == Decimal(
            found["variance"]["change"]
        )
        assert sum(Decimal(one["amount"]) for one in found["owners"]) == Decimal(found["spend"])
        grown = [one["service"] for one in found["variance"]["items"] if Decimal(one["change"]) > 500]
        assert grown == ["Nimbus Vector Index", "Nimbus Batch"]
        assert any(one["service"] == "Nimbus Batch" and one["kind"] == "new level" for one in found["anomalies"])
        assert {one["rule"] for one in found["idle"]} == {"unused commitment", "untagged, unchanged", "development at weekends"}
        assert found["forecast"] and found["decisions"] == []

    def test_december_says_what_each_decision_saved_against_what_was_expected(self, loop: Loop) -> None:
        evaluate, cap, shop = loop.december["decisions"]
        assert evaluate["months"] == cap["months"] == ["2026-11", "2026-12"]
        assert 0.7 < Decimal(evaluate["total"]) / Decimal(evaluate["expected"]) < 1 and evaluate["expected"] == "3000.00"
        assert 0.7 < Decimal(cap["total"]) / Decimal(cap["expected"]) < 1
        assert Decimal(shop["expected"]) == -200  # spending more, because
        assert [one["id"] for one in loop.saved] == ["2026-09-01", "2026-09-02", "2026-09-03"]
        review = (Path(loop.place) / "reviews" / "2026-12.md").read_text()
        assert "Evaluate once a week" in review and "3,000.00" in review

    def test_what_a_unit_cost_falls_back_and_the_budgets_hold(self, loop: Loop) -> None:
        case = [
            next(one["value"] for one in held["unit_costs"] if one["metric"] == "cost per resolved case")
            for held in (loop.september, loop.december)
        ]
        assert case[1] < 0.9 * case[0]
        assert not any(one["is_over"] for one in loop.december["budgets"])

    def test_the_forecast_of_october_is_kept_as_made_and_held_against_what_came(self, loop: Loop) -> None:
        last = loop.kept[-1]
        assert last["made"] == "2026-10-01" == loop.forecast["made"] and loop.forecast["last_actual"] == "2026-09"
        total = [one for one in last["months"] if one["part"] == "total"]
        assert [one["month"] for one in total] == ["2026-10", "2026-11", "2026-12"]
        parts = [one for one in last["months"] if one["part"] != "total" and one["month"] == "2026-12"]
        assert sum(Decimal(one["actual"]) for one in parts) == Decimal(total[-1]["actual"]) == Decimal(loop.december["spend"])

    def test_what_was_measured_narrows_the_inputs_and_the_decision_is_asked_anew(self, loop: Loop) -> None:
        assert len(loop.calibrated["inputs"]) == 2 and not any(one["conflict"] for one in loop.calibrated["inputs"])
        assert loop.calibrated["decision_changed"] is False
        assert loop.compared["preferred"] == "managed_small"


COMMANDS = (
    ("actuals", "list"), ("actuals", "spend"), ("allocate",), ("tags",), ("showback",), ("chargeback",), ("unit-metrics",), ("forecast",),
    ("forecast", "--by", "ServiceName"), ("budget", "check", "--fail-on", "never"), ("anomalies",), ("review", "--no-input"),
    ("decisions",),
)  # fmt: skip
"""Every command that reads a workspace, as it is typed before the folder."""


def typed(words: tuple[str, ...], place: str) -> list[str]:
    verbs = [one for one in words if not one.startswith("-")][: 2 if words[0] in ("actuals", "budget") else 1]
    return [*verbs, place, *words[len(verbs) :]]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_reads_the_sample_year(loop: Loop, words: tuple[str, ...]) -> None:
    assert run(*typed(words, loop.place))


def test_moving_the_assistant_is_looked_at_with_its_own_demand(loop: Loop) -> None:
    told = data("move", loop.place, "--scenario", SCENARIO, "--last", "1", "--draws", "200")
    (month,) = told["months"]
    assert month["month"] == "2026-12" and 0.9 < float(month["actual"]) / month["modelled"] < 1.1
    assert month["chance_that_moving_pays"] < 0.2 and month["better"] == "managed_large"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> str:
    if not FOCUS.exists():
        pytest.skip("the FOCUS sample is not at hand")
    place = tmp_path_factory.mktemp("focus") / "bills"
    run("actuals", "import", str(FOCUS), "-w", str(place))
    (place / "allocation.yaml").write_text(
        "schema: 1\ncost: BilledCost\ndimensions: {owner: {tags: [application, business_unit, org], required: true}}\n"
        "rules: [{name: tagged, owner_from: owner}]\n"
        "metrics: [{name: an hour, unit: hour, when: {ServiceCategory: Compute}, per: quantity, consumed_unit: Hours}]\n"
    )
    (place / "budgets.yaml").write_text('schema: 1\nbudgets: [{name: everything, amount: "20"}]\n')
    return str(place)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_reads_the_published_sample_or_says_why_not(published: str, words: tuple[str, ...]) -> None:
    """One month is too few for a forecast, and that is said; everything else is told of it."""
    if words[0] == "forecast":
        done = CliRunner().invoke(main, typed(words, published))
        assert done.exit_code == 2 and "1 of the 3 whole months that a forecast needs" in done.output
    else:
        assert run(*typed(words, published))


MACHINES = """
schema: 1
decision: {title: Machines, question: Stay on machines by the hour or move to functions?}
timeline: {start: 2024-09, months: 12, discount_rate: 8%/year}
inputs:
  hours: 10 to 100 hour/month
  hour_price: 0.1 to 2 USD/hour
  function_price: 0.4 USD/hour
options:
  machines: {baseline: true, compute: {hours: {formula: = hours * hour_price}}, REST}
  functions: {compute: {hours: {formula: = hours * function_price}}, REST}
""".replace("REST", ", ".join(f"{name}: {{none: not part of this sum}}" for name in CATEGORIES if name != "compute"))
MEASURED = """
schema: 1
inputs: {inputs.hour_price: {ratio: [cost, quantity], when: {ServiceCategory: Compute, ConsumedUnit: Hours}, unit: USD/hour}}
workload:
  {name: machines, from: machines, to: functions, bill: {ServiceCategory: Compute}, covers: [compute], volume: inputs.hours,
   measured: {inputs.hours: {total: quantity, when: {ServiceCategory: Compute, ConsumedUnit: Hours}, unit: hour/month}}}
"""


def test_moving_what_runs_is_looked_at_on_the_published_sample(published: str) -> None:
    """Its 34.5 machine hours are dearer by the hour than functions at a made-up 0.40 USD."""
    file = Path(published).parent / "machines.yaml"
    file.write_text(MACHINES)
    (Path(published) / "calibration.yaml").write_text(MEASURED)
    found = data("move", published, "--scenario", str(file))
    (month,) = found["months"]
    assert month["month"] == "2024-09" and month["better"] == "functions" and month["chance_that_moving_pays"] == 1
    assert month["modelled"] == pytest.approx(float(month["actual"]), rel=0.05)
    done = CliRunner().invoke(main, ["calibrate", str(file), "--actuals", published, "-o", str(file.with_name("never.yaml"))])
    assert done.exit_code == 2 and "measured in 1 of the three months" in done.output and not file.with_name("never.yaml").exists()


def test_the_published_sample_is_reconciled(published: str) -> None:
    assert Decimal(data("allocate", published)["bill"]) == Decimal("20.52022672899")
    found = data("review", published, "--no-input")
    assert 0 < Decimal(found["spend"]) == sum(Decimal(one["amount"]) for one in found["owners"])  # the whole month, not the one after it
    assert data("budget", "check", published, code=1)["budgets"][0]["is_over"]
