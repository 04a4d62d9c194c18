"""The first sentence of a review, each clause against figures of hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from tco_model.finops.budget import Checked
from tco_model.finops.budget_rules import Budget
from tco_model.finops.decisions import Baseline, Decision, Outcome, Scope
from tco_model.finops.kept_forecasts import Fared
from tco_model.finops.review import Review
from tco_model.finops.variance import Amounts, Item, Variance
from tco_model.report.review_answer import answer, due_decisions, questions
from tco_model.report.review_pictures import behind_words, part_names, variance

ZERO = Decimal(0)


def item(account: str, before: int, after: int, **effects: int) -> Item:
    amounts = (Amounts(Decimal(cost), ZERO, Decimal(cost)) for cost in (before, after))
    return Item(
        account, account, "Compute", "sku", "Hours", "usage", "USD", *amounts, {part: Decimal(one) for part, one in effects.items()}
    )


ITEMS = (item("a", 400, 600, volume=190, mix=10), item("b", 500, 400, volume=-100), item("c", 99, 100, volume=1))
WHY = Variance("2026-08", "2026-09", "EffectiveCost", "USD", ITEMS)
BARE = Review(
    month="2026-09", cost="EffectiveCost", currency="USD", spend=Decimal(1100), before=None, owners=(), forecast=None, fared=(), budgets=(),
    variance=None, unit_costs=(), coverage=1.0, unallocated=ZERO, items=(), compliance=None, commitments=None, idle=(), anomalies=None,
    outcomes=(), notes=(),
)  # fmt: skip


def checked(name: str, limit: int, spent: int, end: float | None = None) -> Checked:
    held = Budget.model_validate({"name": name, "amount": str(limit)})
    days, ends = (15, (end, end, end)) if end is not None else (30, None)
    return Checked(held, "USD", "2026-09", Decimal(limit), Decimal(spent), dt.date(2026, 9, 30), days, 30, ends, None)


def decided(title: str, due: str, status: str = "open", saved: int | None = None) -> Outcome:
    held = Decision.model_validate(
        {
            "schema": 1, "title": title, "owner": "o", "review": "2026-07", "decided": dt.date(2026, 8, 1), "due": due, "expected": "100",
            "currency": "USD", "cost": "EffectiveCost", "why": "w", "scope": Scope(owner="a"), "status": status,
            "baseline": Baseline(first="2026-05", last="2026-07", a_month="900"),
        }
    )  # fmt: skip
    months = ("2026-09",) if saved is not None else ()
    return Outcome("id", held, months, tuple(Decimal(saved) for _ in months) if saved is not None else ())


def test_a_month_alone_says_what_it_cost_and_invents_nothing() -> None:
    assert answer(BARE) == "1,100 USD in 2026-09."
    assert questions(BARE) == ()


def test_each_clause_says_what_the_figures_say() -> None:
    full = replace(
        BARE, before=Decimal(1000), variance=WHY, fared=(Fared("2026-09", "total", Decimal(1000), Decimal(1100), False),),
        budgets=(checked("team", 1000, 1100), checked("year", 1000, 500, 1001.0), checked("other", 1000, 10, 20.0)),
        outcomes=(decided("Save", "2026-09", saved=50), decided("Later", "2026-12"), decided("Done", "2026-08", "done")),
    )  # fmt: skip
    assert answer(full) == (
        "1,100 USD in 2026-09, +100 USD (+10.0%) on the month before, 10.0% above its forecast and outside its range; "
        "over budget: team, forecast to be over: year; most of the change: more or less used (+91.0 USD), mostly Compute in a; due: Save."
    )
    assert due_decisions(full) == ("Save",)
    asked = questions(full)
    assert "team is over budget by +100.00 USD" in asked[0] and "+200.00 USD a month" in asked[1] and "Save saved 50%" in asked[-1]
    assert len(asked) == 3, "what has risen by less than a twentieth of the change asks nothing"


def test_budgets_that_hold_and_decisions_that_are_not_due_are_told_so() -> None:
    calm = replace(BARE, budgets=(checked("team", 2000, 1100),), outcomes=(decided("Later", "2026-12"),))
    assert answer(calm) == "1,100 USD in 2026-09; every budget holds; no decision is due."
    low = replace(BARE, fared=(Fared("2026-09", "total", Decimal(2200), Decimal(1100), True),))
    assert "50.0% below its forecast and within its range" in answer(low)


def test_the_bars_of_the_waterfall_name_what_is_behind_them() -> None:
    """190 − 100 + 1 of volume and 10 of mix make 101; an item of less than a hundredth of the largest is not told."""
    found = variance(WHY)
    bars = [row for row in found.rows if row["kind"] == "bar"]
    assert [row["value"] for row in bars] == [91.0, 10.0, 101.0]
    assert bars[0]["name"] == "More or less used, most of it Compute in a" == part_names(WHY)["volume"]
    assert behind_words(WHY, "volume") == ("Compute in a: +50% Hours (+190)", "Compute in b: -20% Hours (−100)")
    assert bars[0]["why"] == "; ".join(behind_words(WHY, "volume")) and "999 USD" in found.alt and "1,100 USD" in found.alt
