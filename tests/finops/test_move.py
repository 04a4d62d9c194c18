"""Moving a live workload: closed forms of linear costs, a published break-even, what is spent is spent, and the trend in words."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import ibis
import pytest
from click.testing import CliRunner

from tco_model.actuals.columns import USAGE
from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.exporters.move_table import move_data
from tco_model.finops.books import Books, Tables
from tco_model.finops.evidence import EvidenceFile, read_evidence_file
from tco_model.finops.move import Move, move
from tco_model.report.format import short_number
from tco_model.report.moving import moving_sentences
from tco_model.report.review_pictures import moving
from tests.engine.scenarios import write_scenario
from tests.finops.bills import rules, table
from tests.finops.test_forecast import row

ROOT = Path(__file__).parents[2]
PRICE, BASE, SETUP, LAUNCH = 0.5, 80.0, 300.0, 500.0
BUY = {"use": {"formula": "= price * demand.live.requests"}, "launch": {"line": "one_off", "amount": "500 USD"}}
HOST = {"base": {"formula": "= base"}, "setup": {"line": "one_off", "phases": "build", "amount": "300 USD"}}
MEASURED: dict[str, Any] = {
    "demand.live.requests": {"total": "Requests", "unit": "request/month"},
    "inputs.price": {"ratio": ["cost", "Requests"], "when": {"SubAccountName": "proj"}, "unit": "USD/request"},
}


LIVE = {"kind": "requests", "requests": "90 to 110 request/month", "input_tokens": "120 token/request", "output_tokens": "40 token/request"}


def scenario(folder: Path, options: dict[str, Any], **sections: Any) -> Path:
    return write_scenario(folder, options, demand={"live": LIVE}, **sections)


def linear(folder: Path, base: str = "80 USD/month") -> Path:
    options = {"buy": {"baseline": True, "fees": BUY}, "host": {"phases": {"build": 1, "run": "rest"}, "fees": HOST}}
    return scenario(folder, options, inputs={"price": "0.1 to 2 USD/request", "base": base})


def books(*volumes: int, first: str = "2026-05", price: float = PRICE) -> Books:
    """A bill of a project and its calls, a month each."""
    months = [f"{int(first[:4])}-{int(first[5:7]) + place:02d}" for place in range(len(volumes))]
    bill = [row(price * volume, month, "a", account="proj") for month, volume in zip(months, volumes, strict=True)]
    bill += [row(1000, month, "b", account="else") for month in months]
    calls = [
        {"StartTime": dt.datetime.fromisoformat(f"{month}-03"), "Project": "proj", "Requests": volume, "InputTokens": 120 * volume,
         "CachedInputTokens": 0, "OutputTokens": 40 * volume}
        for month, volume in zip(months, volumes, strict=True)
    ]  # fmt: skip
    return Books(Path("nowhere"), rules("rules: [{name: all, owner: x}]"), lambda: Tables(table(bill), table(calls, USAGE)))


def evidence(**said: Any) -> EvidenceFile:
    workload: dict[str, Any] = {
        "name": "answers", "from": "buy", "to": "host", "bill": {"SubAccountName": "proj"}, "covers": ["fees"],
        "volume": "demand.live.requests", "measured": MEASURED,
    }  # fmt: skip
    return EvidenceFile.model_validate({"schema": 1, "workload": workload | said})


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Move:
    """100, 200, 400, 800 and 1,600 calls from May to September 2026; the horizon begins in July."""
    return move(books(100, 200, 400, 800, 1600), evidence(), linear(tmp_path_factory.mktemp("linear")), draws=100)


class TestClosedForm:
    @pytest.mark.parametrize("place", range(5))
    def test_each_month_is_what_its_own_demand_and_the_rest_of_the_horizon_say(self, found: Move, place: int) -> None:
        one, volume = found.months[place], 100 * 2.0**place
        rest = 12 if place < 2 else 12 - (place - 1)
        buy = PRICE * volume * rest + (LAUNCH if place < 2 else 0.0)  # a launch that lies behind is spent
        host = BASE * rest + SETUP
        assert one.month == f"2026-{5 + place:02d}" and one.rest == rest and one.volume == volume
        assert float(one.actual) == pytest.approx(PRICE * volume)
        assert one.stays == pytest.approx(buy / rest) and one.moves == pytest.approx(host / rest)
        assert one.saving == pytest.approx(buy - host) and one.pays.value == float(buy > host)
        assert one.breakeven is not None and one.breakeven.best_above == "host"
        assert one.breakeven.value == pytest.approx((host - (buy - PRICE * volume * rest)) / (PRICE * rest), rel=1e-5)
        assert one.better == ("host" if volume > one.breakeven.value else "buy")

    def test_the_model_of_the_bill_is_the_bill_where_prices_are_measured(self, found: Move) -> None:
        """Of the first months the model has the launch too, in the first month of its horizon; later ones are the bill to the cent."""
        assert [one.modelled for one in found.months[:2]] == pytest.approx([50 + LAUNCH, 100 + LAUNCH])
        assert [one.modelled for one in found.months[3:]] == pytest.approx([float(one.actual) for one in found.months[3:]])

    def test_a_volume_that_doubles_grows_by_all_of_itself(self, found: Move) -> None:
        assert found.growth == pytest.approx(1.0) and found.reached is None  # it is past it already

    def test_an_uncertain_rent_pays_as_often_as_its_law_says(self, tmp_path: Path) -> None:
        """A rent of 80 to 125 USD, lognormal around 100: at calls worth 110 USD a month and no setup left it is cheaper in Φ(z) futures."""
        spread = NormalDist(0, 1).inv_cdf(0.95)
        z = math.log(1.1) / (math.log(1.25) / spread)
        file = linear(tmp_path, "80 to 125 USD/month")
        text = file.read_text().replace("300 USD", "0 USD").replace("500 USD", "0 USD")
        file.write_text(text)
        (one,) = move(books(220), evidence(), file, draws=4000).months
        assert one.pays.value == pytest.approx(NormalDist().cdf(z), abs=0.03)
        assert one.breakeven is not None and one.breakeven.value == pytest.approx(2 * 100.92, rel=0.02)  # the mean of that law


def test_the_published_break_even_of_an_api_against_a_rented_gpu(tmp_path: Path) -> None:
    """induwara.lk: 120M tokens in and 40M out at 0.25 and 2 USD cost 110.00; a GPU at 1.19 USD, 729.6 hours and 15% more costs 998.46;
    they come to the same at 1.45 billion tokens a month."""
    api = {
        "line": "managed_tokens", "class": "live", "input_price": "0.25 USD/Mtoken", "cached_price": "0.25 USD/Mtoken",
        "output_price": "2 USD/Mtoken",
    }  # fmt: skip
    gpu = {"gpu": {"formula": '= quantity("1.19 USD/hour") * quantity("729.6 hour/month") * 1.15'}}
    file = scenario(tmp_path, {"api": {"baseline": True, "token": {"api": api}}, "own": {"compute": gpu}})
    measured = {
        "demand.live.requests": {"total": "Requests", "unit": "request/month"},
        "demand.live.input_tokens": {"ratio": ["InputTokens", "Requests"], "unit": "token/request"},
        "demand.live.output_tokens": {"ratio": ["OutputTokens", "Requests"], "unit": "token/request"},
    }
    held = evidence(**{"from": "api", "to": "own", "covers": ["token"], "measured": measured})
    (one,) = move(books(1_000_000, price=110e-6), held, file, draws=100).months
    assert (float(one.actual), one.modelled, one.stays, one.moves) == pytest.approx((110.0, 110.0, 110.0, 998.4576))
    assert one.breakeven is not None
    assert 160 * one.breakeven.value == pytest.approx(1.45e9, rel=2e-3) and one.distance == pytest.approx(110 / 998.4576)


class TestSentences:
    def test_they_say_where_it_stands_where_it_goes_and_whether_the_bill_agrees(self, found: Move) -> None:
        stands, even, trend, bill = moving_sentences(found)
        assert "At 1,600 request/month in 2026-09" in stands and "100 of 100 futures over the 9 months that are left" in stands
        assert "above it host costs less" in even and "×7." in even
        assert "grew by 100.0% a month over 5 months and does not come nearer" in trend
        assert bill.startswith("The bill of 2026-09 is 100% of what the model says")

    def test_a_growing_workload_is_told_when_it_gets_there(self, tmp_path: Path) -> None:
        """30, 36 and 43.2 of 150 calls: six sevenths more after log(150 / 43) / log(1.2), seven months."""
        options = {"buy": {"baseline": True, "fees": {"use": BUY["use"]}}, "host": {"fees": {"base": {"formula": "= base"}}}}
        file = scenario(tmp_path, options, inputs={"price": "0.1 to 2 USD/request", "base": "75 USD/month"})
        told = move(books(30, 36, 43), evidence(), file, draws=100)
        assert "at that rate it is at the break-even in 2027-02" in " ".join(moving_sentences(told))

    def test_where_one_is_better_at_any_volume_there_is_no_break_even(self, tmp_path: Path) -> None:
        options = {
            "buy": {"baseline": True, "fees": {"use": BUY["use"]}},
            "host": {"fees": {"use": {"formula": "= 2 * price * demand.live.requests"}}},
        }
        file = scenario(tmp_path, options, inputs={"price": "0.1 to 2 USD/request"})
        told = move(books(30, 36, 43), evidence(), file, draws=100)
        assert told.months[-1].breakeven is None and "There is no break-even" in " ".join(moving_sentences(told))
        assert move_data(told)["months"][0]["breakeven"] is None


class TestErrors:
    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"to": "hots"}, "did you mean host"),
            (
                {"measured": {"demand.live.request": MEASURED["demand.live.requests"]}, "volume": "demand.live.request"},
                "demand.live.request",
            ),
            ({"measured": MEASURED | {"demand.live.requests": {"total": "Requests", "unit": "token"}}}, "demand.live.requests"),
            ({"bill": {"SubAccuntName": "proj"}}, "did you mean SubAccountName"),
            ({"measured": MEASURED | {"inputs.base": {"total": "outcomes:cases"}}}, "nobody counts 'cases'"),
        ],
    )
    def test_what_cannot_be_is_told(self, tmp_path: Path, said: dict[str, Any], words: str) -> None:
        with pytest.raises(ScenarioError) as caught:
            move(books(30, 36, 43), evidence(**said), linear(tmp_path), draws=100)
        assert words in str(caught.value)

    def test_a_bill_in_another_currency_is_refused_with_both_ways_out(self, tmp_path: Path) -> None:
        file = linear(tmp_path)
        held = books(30, 36, 43)
        euro = replace(held, opened=lambda: Tables(held.charges.mutate(BillingCurrency=ibis.literal("EUR")), held.usage))
        with pytest.raises(ScenarioError, match="the scenario counts in USD, the bill in EUR") as caught:
            move(euro, evidence(), file, draws=100)
        assert "rates into it" in str(caught.value) and "set timeline.currency to EUR" in str(caught.value)

    def test_a_month_after_the_horizon_is_left_out_and_said(self, tmp_path: Path) -> None:
        file = linear(tmp_path)
        file.write_text(file.read_text().replace('"months": 12', '"months": 3'))
        told = move(books(30, 36, 43, 50, 60), evidence(), file, draws=100)
        assert [one.month for one in told.months] == ["2026-05", "2026-06", "2026-07"]
        assert dict(told.left_out).keys() == {"2026-08", "2026-09"}

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("volume: a", "volume: b", "'b' is not among what is measured"),
            ("to: host", "to: buy", "it moves to where it is"),
            ("covers: [fees]", "covers: [fee]", "no category 'fee'"),
            ("{total: Requests, unit: request/month}", "{successes: 1, trials: 2}", "a workload is measured by month"),
            ("total: Requests", "total: Request", "'Request' is nothing that is summed"),
        ],
    )
    def test_what_is_wrong_with_the_file_is_said_with_its_line(self, tmp_path: Path, old: str, new: str, words: str) -> None:
        text = (
            "schema: 1\nworkload:\n  name: x\n  from: buy\n  to: host\n  bill: {SubAccountName: proj}\n  covers: [fees]\n  volume: a\n"
            "  measured:\n    a: {total: Requests, unit: request/month}\n"
        )
        assert old in text
        file = tmp_path / "calibration.yaml"
        file.write_text(text.replace(old, new))
        with pytest.raises(ScenarioError) as caught:
            read_evidence_file(file)
        assert words in str(caught.value) and all(problem.line for problem in caught.value.problems)

    def test_without_a_workload_the_command_says_what_to_write(self, tmp_path: Path) -> None:
        (tmp_path / "calibration.yaml").write_text("schema: 1\ninputs: {a: {successes: 1, trials: 2, source: s, as_of: 2026-09-30}}\n")
        (tmp_path / "allocation.yaml").write_text("schema: 1\nrules: [{name: all, owner: x}]\n")
        words = ["move", str(tmp_path), "--scenario", str(linear(tmp_path)), "--rules", str(tmp_path / "allocation.yaml")]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 2 and "names no workload" in done.output and "--starter" in done.output


class TestPicture:
    def test_it_shows_volume_and_breakeven_of_each_month_and_says_them(self, found: Move) -> None:
        drawn = moving(found)
        assert drawn is not None
        held = [(row["option"], row["month"], row["value"]) for row in drawn.rows if row["kind"] == "month"]
        evens = [("Break-even", one.month, one.breakeven.value) for one in found.months if one.breakeven is not None]
        assert evens and held == [*(("Volume", one.month, one.volume) for one in found.months), *evens]
        assert all(f"{month}: " in drawn.alt and short_number(value) in drawn.alt for _, month, value in evens)

    def test_without_a_breakeven_in_any_month_there_is_none(self, found: Move) -> None:
        assert moving(replace(found, months=tuple(replace(one, breakeven=None) for one in found.months))) is None
