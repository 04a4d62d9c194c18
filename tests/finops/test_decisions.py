"""Decisions of a review: written and read back, their baseline, and what later bills say they saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.errors import ScenarioError
from tco_model.finops.decisions import (
    FOLDER,
    Baseline,
    Decision,
    Kept,
    Scope,
    Spent,
    baseline_of,
    closed_text,
    decision_text,
    find,
    next_id,
    outcome_of,
    read_decisions,
    text_problems,
)  # fmt: skip
from tco_model.finops.recording import pairs_of

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12")


def decision(**changed: object) -> Decision:
    said = {
        "schema": 1, "title": "Evaluate once a week", "owner": "support-eng", "review": "2026-09", "decided": dt.date(2026, 10, 6),
        "due": "2026-11", "expected": "400.00", "currency": "USD", "cost": "EffectiveCost", "why": "nobody reads the daily runs",
        "scope": Scope(owner="support-eng"), "baseline": Baseline(first="2026-07", last="2026-09", a_month="1000.00"),
    }  # fmt: skip
    return Decision.model_validate(said | changed)


def spent(*costs: int, counts: tuple[int, ...] = ()) -> Spent:
    return Spent(
        dict(zip(MONTHS, map(Decimal, costs), strict=False)), {month: Decimal(one) for month, one in zip(MONTHS, counts, strict=False)}
    )


def kept(folder: Path, *texts: str) -> Path:
    (folder / FOLDER).mkdir()
    for place, text in enumerate(texts, start=1):
        (folder / FOLDER / f"2026-09-{place:02d}.yaml").write_text(text, encoding="utf-8")
    return folder


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)


@given(title=WORDS, why=WORDS, cents=st.integers(-(10**12), 10**12))
def test_a_decision_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, title: str, why: str, cents: int) -> None:
    made = decision(title=title, why=why, expected=f"{Decimal(cents) / 100:.2f}", scope=Scope(when={"SubAccountName": (title, "b")}))
    folder = kept(tmp_path_factory.mktemp("kept"), decision_text(made))
    assert read_decisions(folder) == (Kept("2026-09-01", made),)


class TestSaved:
    def test_the_baseline_is_the_mean_of_three_months_and_of_fewer_where_the_bill_begins_later(self) -> None:
        assert baseline_of(spent(900, 1000, 1100, 5000), "2026-09") == Baseline(first="2026-07", last="2026-09", a_month="1000.00")
        assert baseline_of(spent(900, 1000), "2026-08") == Baseline(first="2026-07", last="2026-08", a_month="950.00")

    def test_what_a_level_saves_is_the_baseline_less_the_cost_from_the_month_it_is_due(self) -> None:
        found = outcome_of(Kept("a", decision()), spent(900, 1000, 1100, 2000, 700, 800), "2026-12")
        assert found.months == ("2026-11", "2026-12") and found.saved == (Decimal(300), Decimal(200))
        assert found.expected == 800 and found.share == pytest.approx(500 / 800)

    def test_a_unit_cost_is_held_against_what_as_many_units_would_have_cost(self) -> None:
        """Twice the cases at the same unit cost save nothing and waste nothing; a level would call them waste."""
        before = spent(1000, 1000, 1000, counts=(100, 100, 100))
        base = baseline_of(before, "2026-09")
        assert base.per_unit == "10.00000000"
        made = decision(baseline=base, scope=Scope(metric="cost per case"))
        doubled = spent(1000, 1000, 1000, 1000, 2000, 1500, counts=(100, 100, 100, 100, 200, 200))
        assert outcome_of(Kept("a", made), doubled, "2026-12").saved == (Decimal(0), Decimal(500))
        assert (
            outcome_of(Kept("a", decision(baseline=Baseline(first="2026-07", last="2026-09", a_month="1000"))), doubled, "2026-11").total
            < 0
        )

    def test_before_it_is_due_and_where_nothing_was_measured_it_says_nothing(self) -> None:
        early = outcome_of(Kept("a", decision()), spent(1, 2, 3, 4), "2026-10")
        assert early.months == () and early.share is None
        assert outcome_of(Kept("a", decision()), spent(1, 2, 3), "2026-12").months == ()

    def test_spending_more_on_purpose_is_a_decision_like_any_other(self) -> None:
        more = decision(expected="-500.00")
        found = outcome_of(Kept("a", more), spent(900, 1000, 1100, 1000, 1400, 1600), "2026-12")
        assert found.total == -1000 and found.share == 1.0

    def test_a_scope_that_cost_nothing_is_refused(self) -> None:
        with pytest.raises(ScenarioError, match="cost nothing up to 2026-09"):
            baseline_of(spent(0, 0, 0), "2026-09")
        with pytest.raises(ScenarioError, match="nothing was counted"):
            baseline_of(Spent({"2026-09": Decimal(1)}, {"2026-10": Decimal(4)}), "2026-09")


class TestFiles:
    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ('due: "2026-11"', 'due: "2026-13"', "due: '2026-13' is no month"),
            ('due: "2026-11"', 'due: "2026-09"', "due: it is due in 2026-09, within its baseline"),
            ('"400.00"', '"4,000"', "expected: '4,000' is no amount"),
            ('"400.00"', '""', "expected: '' is no amount"),
            ("owner: \"support-eng\"\nreview", "owner: \"support-eng\"\nreveiw", "review"),
            ("status: open", "status: maybe", "status: 'maybe' is not one of the choices"),
            ('  owner: "support-eng"\nbase', '  owner: "support-eng"\n  metric: "unit"\nbase', "the scope says owner and metric"),
            ('  owner: "support-eng"\nbase', '  metric: "unit"\nbase', "scope and baseline do not fit"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_with_its_line(self, tmp_path: Path, old: str, new: str, words: str) -> None:
        text = decision_text(decision())
        assert old in text
        with pytest.raises(ScenarioError) as caught:
            read_decisions(kept(tmp_path, text, text.replace(old, new)))
        said = str(caught.value)
        assert words in said and "2026-09-02.yaml" in said and "2026-09-01.yaml" not in said
        assert all(problem.line for problem in caught.value.problems)

    def test_ids_count_on_and_a_wrong_one_is_told(self, tmp_path: Path) -> None:
        found = read_decisions(kept(tmp_path, decision_text(decision()), decision_text(decision(title="Another"))))
        assert next_id(found, "2026-09") == "2026-09-03" and next_id(found, "2026-10") == "2026-10-01"
        assert find(found, "2026-09-02").decision.title == "Another"
        with pytest.raises(ScenarioError, match="no decision '2026-09-2'"):
            find(found, "2026-09-2")

    def test_a_workspace_without_any_has_none(self, tmp_path: Path) -> None:
        assert read_decisions(tmp_path) == ()


class TestSaid:
    GOOD: Mapping[str, str] = {"title": "t", "owner": "o", "due": "2026-11", "expected": "1,500", "why": "w"}

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("title", "", "is missing"), ("title", "x" * 201, "201 characters"), ("owner", "x" * 201, "201 characters"),
            ("why", "x" * 2001, "2,001 characters"), ("due", "soon", "is no month"), ("due", "2026-09", "cannot show in 2026-09"),
            ("expected", "1.5k", "is no amount"),
        ],
    )  # fmt: skip
    def test_each_field_is_told_by_its_name_with_what_mends_it(self, field: str, value: str, words: str) -> None:
        assert text_problems(self.GOOD, "2026-09") == []
        (found,) = text_problems({**self.GOOD, field: value}, "2026-09")
        assert found.field == field and words in found.message and found.mend

    def test_a_note_that_could_not_be_read_back_is_refused(self) -> None:
        assert "2,000" in decision_text(decision(note="x" * 2000)).replace("x" * 2000, "2,000")
        with pytest.raises(ScenarioError, match="2,001 characters"):
            closed_text(decision(), "done", "x" * 2001)

    def test_pairs_are_read_and_what_is_none_is_told(self) -> None:
        assert pairs_of(["owner = a", "", "tag:x=b=c"]) == (("owner", "a"), ("tag:x", "b=c"))
        with pytest.raises(ScenarioError, match="'owner' is not key=value"):
            pairs_of(["owner"])
