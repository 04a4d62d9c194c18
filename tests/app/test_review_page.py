"""The review page through its own test driver: its figures are the library's, and it writes only what a reader asks it to."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import tco_model
from app.ledger import KEY, RULES, Ledger
from app.samples import write_sample
from tco_model.actuals.demo import write_demo
from tco_model.actuals.load import import_files
from tco_model.finops.alerts import standing
from tco_model.finops.books import Books, open_books
from tco_model.finops.decisions import read_decisions
from tco_model.finops.evidence import FILE, read_evidence, read_evidence_file
from tco_model.finops.forecast import forecast
from tco_model.finops.forecast_plan import read_plan
from tco_model.finops.kept_forecasts import read_kept
from tco_model.finops.move import move
from tco_model.finops.review import Review, review
from tco_model.report.calibration import calibration
from tco_model.report.format import chance, percent, short_number, signed_number
from tco_model.report.idle_groups import idle_spend
from tco_model.report.moving import moving_sentences
from tco_model.report.review_answer import answer, signed

ROOT = Path(__file__).parents[2]
LAST = "2026-12"
pytestmark = pytest.mark.filterwarnings("default")
Opened = Callable[..., AppTest]
SAID = {"title": "Smaller vector index", "owner": "support-eng", "due": "2027-02", "expected": "400", "why": "half of it is never read"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that the page's button makes."""
    place = tmp_path_factory.mktemp("sample")
    write_sample(place)
    return place


@pytest.fixture
def place(sample: Path, tmp_path: Path) -> Path:
    """A workspace of a test's own."""
    return Path(shutil.copytree(sample, tmp_path / "bills", ignore=shutil.ignore_patterns("exports")))


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens the page on a workspace, or on none, at one of its tabs; the decisions are a shipped one with few futures."""
    decisions = tmp_path / "decisions"
    decisions.mkdir()
    shipped = (ROOT / "scenarios" / "support_assistant.yaml").read_text(encoding="utf-8")
    few = shipped.replace(next(line for line in shipped.splitlines() if "draws:" in line), "simulation: {draws: 500}")
    (decisions / "support_assistant.yaml").write_text(few, encoding="utf-8")
    monkeypatch.syspath_prepend(str(ROOT))

    def open_at(place: Path | None, tab: str = "The month", month: str = "", reading: Ledger | None = None) -> AppTest:
        monkeypatch.setattr(sys, "argv", ["main.py", str(decisions), *([str(place)] if place is not None else [])])
        page = AppTest.from_file(str(ROOT / "app" / "views" / "review.py"), default_timeout=120)
        page.session_state["review-tab"] = tab
        if reading is not None:
            page.session_state[KEY] = reading
        if month:
            page.query_params["month"] = month
        page.run()
        assert not page.exception
        return page

    return open_at


@pytest.fixture(scope="module")
def read(sample: Path) -> Books:
    """The sample as the library reads it."""
    return open_books(sample, sample / RULES)


@pytest.fixture(scope="module")
def last(read: Books) -> Review:
    """The review of the last month as the library makes it."""
    return review(read)


@pytest.fixture(scope="module")
def reading(sample: Path) -> Ledger:
    """What one session has read of the sample: tests that only look share it, as the tabs of one reader do."""
    return Ledger(sample, is_sample=False)


@pytest.fixture
def look(opened: Opened, reading: Ledger) -> Opened:
    """Opens the page on the sample as `opened` does, for tests that write nothing."""
    return partial(opened, reading=reading)


@pytest.fixture
def books(place: Path) -> Books:
    return open_books(place, place / "allocation.yaml")


def test_two_runs_of_a_page_make_a_part_once(tmp_path: Path) -> None:
    """As when a reader types on while the page is still at work: the next run begins in another thread."""
    held, made = Ledger(tmp_path, is_sample=False), list[int]()

    def make() -> int:
        time.sleep(0.3)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(4) as runs:
        assert list(runs.map(lambda _: held.made("part", (), "Making it", make), range(4))) == [1, 1, 1, 1]
    assert held.made("part", (), "Making it", make, of="another state") == 2


def said(page: AppTest) -> str:
    """All text of the page, unescaped, tables and captions among it."""
    parts = [str(one.value) for one in (*page.markdown, *page.caption)] + [str(one.proto.body) for one in page.get("html")]
    return "\n".join(parts).replace("\\", "")


def button(page: AppTest, label: str) -> None:
    next(one for one in page.button if one.label.startswith(label)).click().run()
    assert not page.exception


class TestFigures:
    def test_the_first_sentence_and_the_owners_are_the_librarys(self, look: Opened, sample: Path, last: Review) -> None:
        page, found = look(sample), last
        assert found.month == LAST and answer(found) in said(page)
        assert all(one.owner in said(page) and short_number(float(one.amount)) in said(page) for one in found.owners)

    def test_another_month_is_another_review(self, look: Opened, sample: Path, read: Books) -> None:
        page = look(sample)
        page.selectbox(key="month").set_value("2026-10").run()
        assert answer(review(read, "2026-10", odd=False)) in said(page)

    def test_a_forecast_of_an_owner_with_its_backtest_and_its_plan(self, look: Opened, sample: Path, read: Books) -> None:
        page = look(sample, "Forecast")
        page.selectbox(key="forecast-of").set_value("shop-eng").run()
        plan = read_plan(sample / "forecast.yaml", read.rules, lambda: list(read.found.owners()))
        made = forecast(read, 12, plan=plan, made=dt.datetime.now(dt.UTC).date())
        part = next(one for one in made.parts if one.name == "shop-eng")
        text = said(page)
        assert part.backtest.words in text and "second region" in text and "launch plan" in text
        assert all(short_number(errors.mae) in text for errors in part.backtest.errors.values())
        assert short_number(float(part.low[-1])) in text and short_number(float(part.high[-1])) in text
        kept = read_kept(sample)[0]
        assert kept.made in text and short_number(float(kept.parts["shop-eng"].central[0])) in text

    def test_each_budget_stands_as_the_library_says(self, look: Opened, sample: Path, last: Review) -> None:
        text = said(look(sample, "Budgets"))
        checked = last.budgets
        assert len(checked) == 5 and all(one.budget.name in text and standing(one)[1] in text for one in checked)
        assert all(short_number(float(one.spent)) in text for one in checked)

    def test_the_parts_of_the_change_sum_to_it(self, look: Opened, sample: Path, last: Review) -> None:
        page = look(sample, "Why it changed")
        found = last.variance
        assert found is not None
        assert all(signed(amount) in said(page) for amount in found.parts.values() if amount) and signed(found.change) in said(page)
        page.selectbox(key="why-of").set_value("ml-research").run()
        own = found.of("ml-research")
        assert own.change != found.change and signed(own.change) in said(page)

    def test_anomalies_idle_spend_and_commitments(self, look: Opened, sample: Path, read: Books) -> None:
        text = said(look(sample, "Anomalies and idle", "2026-11"))
        found = review(read, "2026-11")
        assert found.anomalies is not None and found.commitments is not None and found.commitments.utilisation
        assert found.anomalies.found and all(one.service in text and one.first.isoformat() in text for one in found.anomalies.found)
        assert f"{found.commitments.utilisation:.1%}" in text
        idle = idle_spend(found)
        assert idle is not None and idle.total == sum(one.cost for one in found.idle) and idle.sentence in text
        assert "A bill shows no need" in text and percent(float(idle.total / found.spend)) in text
        assert all(one.where in text and short_number(float(one.cost)) in text for one in idle.groups)

    def test_unit_costs_have_a_tab_of_their_own(self, look: Opened, sample: Path, last: Review) -> None:
        text = said(look(sample, "Unit costs"))
        found = last.unit_costs
        assert found and all(one.metric.formula in text for one in found)
        assert all(short_number(one.value) in text for one in found if one.value is not None)

    def test_the_decision_of_the_first_review_shows_what_it_saved(self, look: Opened, sample: Path, last: Review) -> None:
        (found,) = last.outcomes
        assert found.months == ("2026-11", "2026-12") and found.share is not None and 0.5 < found.share < 1
        text = said(look(sample, "Decisions"))
        assert found.decision.title in text and f"{found.share:.0%} of it, 2 months" in text


class TestMoving:
    def test_it_says_what_the_commands_say(self, look: Opened, sample: Path, read: Books, tmp_path: Path) -> None:
        file = tmp_path / "decisions" / "support_assistant.yaml"
        text = said(look(sample, "Stay or move", "2025-12"))
        found = move(read, read_evidence_file(sample / FILE), file, month="2025-12")
        assert [one.month for one in found.months] == ["2025-10", "2025-11", "2025-12"]
        assert all(sentence in text for sentence in moving_sentences(found))
        for one in found.months:
            amounts = (float(one.actual), one.modelled, one.stays, one.moves, one.volume)
            assert all(f"<td>{short_number(amount)}</td>" in text for amount in amounts) and f"<td>{chance(one.pays.value)}</td>" in text
        weighed = tco_model.levers(file)
        assert 0 < len(weighed.worth_doing) < len(weighed.levers)
        for lever in weighed.worth_doing:
            assert lever.best is not None and lever.effort is not None and lever.label in text and lever.risk in text
            values = (signed_number(lever.best.mean.value), f"{signed_number(lever.best.p10)} to {signed_number(lever.best.p90)}")
            assert all(f"<td>{value}</td>" in text for value in (*values, f"{lever.effort:.3g}"))
        (rest,) = (one for one in weighed.levers if one not in weighed.worth_doing)
        assert f"of any option: {rest.label}." in text

    @pytest.mark.parametrize(
        "evidence", ["", "schema: 1\ninputs: {inputs.resolution_rate: {successes: 8, trials: 9, source: s, as_of: 2026-09-30}}\n"]
    )
    def test_without_a_workload_it_says_what_belongs_there(self, opened: Opened, place: Path, evidence: str) -> None:
        (place / FILE).unlink() if not evidence else (place / FILE).write_text(evidence, encoding="utf-8")
        page = opened(place, "Stay or move")
        assert any("names no workload in production" in str(one.value) for one in page.info)
        assert any("tco calibrate" in str(one.value) and "--starter" in str(one.value) for one in page.code)
        assert "Levers worth doing" in said(page), "they hang on the decision alone"


class TestDecisions:
    def fill(self, page: AppTest, about: str = "ServiceName=Nimbus Vector Index", **changed: str) -> None:
        for name, value in (SAID | changed).items():
            field = page.text_area(key="decide-why") if name == "why" else page.text_input(key=f"decide-{name}")
            field.set_value(value)
        page.selectbox(key="decide-about").set_value(about)
        button(page, "Record the decision")

    def test_one_is_recorded_as_the_command_records_it(self, opened: Opened, place: Path) -> None:
        page = opened(place, "Decisions")
        self.fill(page)
        made = read_decisions(place)[-1]
        assert made.id == f"{LAST}-01" and made.decision.title == SAID["title"] and made.decision.expected == "400.00"
        assert made.decision.scope.when == {"ServiceName": ("Nimbus Vector Index",)} and made.decision.review == LAST
        assert any(f"{LAST}-01" in str(one.value).replace("\\", "") for one in page.success) and SAID["title"] in said(page)
        assert page.text_input(key="decide-title").value == "", "the fields are free for the next one"

    def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(self, opened: Opened, place: Path) -> None:
        page, before = opened(place, "Decisions"), read_decisions(place)
        self.fill(page, title="", due=LAST, expected="much")
        told = [str(one.value).replace("\\", "") for one in page.error]
        assert len(told) == 3 and "Is missing" in told[0] and "cannot show in 2026-12" in told[1] and "'much' is no amount" in told[2]
        assert read_decisions(place) == before
        assert page.text_input(key="decide-owner").value == SAID["owner"], "what was right stays in its field"
        self.fill(page)
        assert not page.error and len(read_decisions(place)) == len(before) + 1

    def test_one_is_closed_with_what_became_of_it(self, opened: Opened, place: Path) -> None:
        page = opened(place, "Decisions")
        page.text_input(key="close-note").set_value("weekly since November")
        button(page, "Write it")
        (kept,) = read_decisions(place)
        assert (kept.decision.status, kept.decision.note) == ("done", "weekly since November")
        assert "weekly since November" in said(page) and "no decision is due" in said(page)


class TestFiles:
    def test_a_file_that_breaks_is_told_and_the_last_good_state_stays(self, opened: Opened, place: Path) -> None:
        page = opened(place)
        before = said(page)
        (place / "budgets.yaml").write_text("schema: 1\nbudgets:\n  - {name: x}\n", encoding="utf-8")
        page.run()
        assert any("has no amount" in str(one.value) for one in page.error) and said(page) == before
        (place / "budgets.yaml").unlink()
        page.run()
        assert not page.error and "There are no budgets" in said(page)

    def test_a_forecast_is_kept_once(self, opened: Opened, place: Path) -> None:
        page = opened(place, "Forecast")
        button(page, "Keep this forecast")
        assert len(read_kept(place)) == 2
        button(page, "Keep this forecast")
        assert len(read_kept(place)) == 2 and any("kept already" in str(one.value) for one in page.success)

    def test_calibration_is_written_only_when_it_is_asked_for(self, opened: Opened, place: Path, books: Books, tmp_path: Path) -> None:
        file = tmp_path / "decisions" / "support_assistant.yaml"
        text = file.read_text(encoding="utf-8")
        page = opened(place, "Calibration")
        found = calibration(text, read_evidence(place / FILE), books, file=str(file))
        assert found.verdict in said(page) and any("requests_per_case" in str(one.value) for one in page.code)
        assert file.read_text(encoding="utf-8") == text, "looking writes nothing"
        button(page, "Apply to")
        assert file.read_text(encoding="utf-8") == found.after_text != text
        assert any("Written" in str(one.value) for one in page.success)

    def test_a_decision_changed_meanwhile_is_not_written_over(self, opened: Opened, place: Path, tmp_path: Path) -> None:
        page = opened(place, "Calibration")
        file = tmp_path / "decisions" / "support_assistant.yaml"
        other = file.read_text(encoding="utf-8") + "# somebody else was here\n"
        file.write_text(other, encoding="utf-8")
        button(page, "Apply to")
        assert file.read_text(encoding="utf-8") == other and page.error


class TestEmpty:
    def test_without_bills_it_teaches(self, opened: Opened) -> None:
        page = opened(None)
        assert any("no bills" in str(one.value) for one in page.info) and any("tco actuals import" in str(one.value) for one in page.code)

    def test_without_rules_it_names_the_command(self, opened: Opened, tmp_path: Path) -> None:
        import_files(write_demo(tmp_path / "bare", months=1), tmp_path / "bare")
        page = opened(tmp_path / "bare")
        assert any("tco allocate --starter" in str(one.value) for one in page.code)
