"""Why two months differ: the published price-volume-mix example, exact sums, and each cause alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tco_model.actuals.columns import USAGE
from tco_model.errors import ScenarioError
from tco_model.finops.variance import PARTS, Amounts, Variance, _item, explain, items_query, split
from tests.finops.bills import charge, rules, table

RULES = rules("rules: [{name: all of a, when: {SubAccountName: a}, owner: team-a}]")


def used(sku: str, month: str, quantity: str, price: str, *, listed: str = "", **more: Any) -> dict[str, Any]:
    count = Decimal(quantity)
    said: dict[str, Any] = {
        "ChargeCategory": "Usage", "SkuId": sku, "ConsumedQuantity": count.quantize(Decimal("1e-12")), "ConsumedUnit": "Hours",
        "ListCost": (count * Decimal(listed)).quantize(Decimal("1e-12")) if listed else None,
    }  # fmt: skip
    return charge(str(count * Decimal(price)), month=month, **said | more)


def explained(*rows: dict[str, Any], usage: Any = None) -> Variance:
    return explain(table(list(rows)), RULES, "2026-05", "2026-06", usage)


def rounded(found: Variance) -> dict[str, float]:
    return {part: round(float(amount), 4) for part, amount in found.parts.items() if amount}


def test_the_published_price_volume_mix_example() -> None:
    """Budget 50 at 1.20 and 40 at 0.80, actual 60 at 1.10 and 50 at 1.00: price −6 and +10, volume 13.3333 and 7.1111, mix ∓; 24 in all."""
    found = explained(
        used("one", "2026-05", "50", "1.20"), used("two", "2026-05", "40", "0.80"),
        used("one", "2026-06", "60", "1.10"), used("two", "2026-06", "50", "1.00"),
    )  # fmt: skip
    by_sku = {one.sku: {part: round(float(amount), 4) for part, amount in one.effects.items()} for one in found.items}
    assert by_sku["one"] == {"price": -6, "rate": 0, "volume": 13.3333, "mix": -1.3333}
    assert by_sku["two"] == {"price": 10, "rate": 0, "volume": 7.1111, "mix": 0.8889}
    assert found.change == 24 and sum(found.parts.values()) == 24


class TestEachCauseAlone:
    def test_equal_months_differ_in_nothing(self) -> None:
        rows = [used("one", month, "7", "3.33", listed="4") for month in ("2026-05", "2026-06")]
        found = explained(*rows)
        assert found.change == 0 and not any(found.parts.values())

    def test_list_prices_that_double(self) -> None:
        found = explained(used("one", "2026-05", "10", "0.9", listed="1"), used("one", "2026-06", "10", "1.8", listed="2"))
        assert rounded(found) == {"price": 9.0}

    def test_a_discount_that_is_lost(self) -> None:
        found = explained(used("one", "2026-05", "10", "0.7", listed="1"), used("one", "2026-06", "10", "1", listed="1"))
        assert rounded(found) == {"rate": 3.0}

    def test_a_commitment_that_nobody_used(self) -> None:
        spoilt = charge("40", month="2026-06", ChargeCategory="Usage", CommitmentDiscountStatus="Unused")
        found = explained(used("one", "2026-05", "10", "1"), used("one", "2026-06", "10", "1"), spoilt)
        assert rounded(found) == {"rate": 40.0}

    def test_more_of_everything_is_volume_and_more_of_the_dear_one_is_mix(self) -> None:
        before = [used("cheap", "2026-05", "10", "1"), used("dear", "2026-05", "10", "5")]
        more = explained(*before, used("cheap", "2026-06", "20", "1"), used("dear", "2026-06", "20", "5"))
        assert rounded(more) == {"volume": 60.0}
        shifted = explained(*before, used("cheap", "2026-06", "5", "1"), used("dear", "2026-06", "15", "5"))
        assert rounded(shifted) == {"mix": 20.0}

    def test_new_gone_fees_one_off_and_what_has_no_quantity(self) -> None:
        found = explained(
            used("old", "2026-05", "1", "11"), used("fresh", "2026-06", "1", "13"),
            charge("3", month="2026-06", ChargeCategory="Purchase", ChargeFrequency="Recurring"),
            charge("-5", month="2026-06", ChargeCategory="Credit"),
            charge("70", month="2026-06", ChargeCategory="Purchase", ChargeFrequency="One-Time"),
            charge("2", month="2026-06", ChargeCategory="Usage", ChargeClass="Correction"),
            charge("9", month="2026-06", ChargeCategory="Usage"),
        )  # fmt: skip
        assert rounded(found) == {"gone": -11.0, "new": 13.0, "fees": 3.0, "one_off": 67.0, "unexplained": 9.0}
        assert found.bearers() == {"team-a": found.change}

    def test_tokens_stand_in_for_a_quantity_the_bill_lacks_and_the_calls_are_told(self) -> None:
        bill = [
            charge(amount, month=month, ChargeCategory="Usage", account="proj") for amount, month in (("10", "2026-05"), ("36", "2026-06"))
        ]
        calls = [
            {
                "StartTime": dt.datetime(2026, month, 3), "Project": "proj", "x_Source": source, "Requests": requests,
                "InputTokens": requests * each, "CachedInputTokens": 0, "OutputTokens": requests * 100,
            }
            for month, requests, each in ((5, 10, 900), (6, 20, 1700))
            for source in ("gateway", "provider")
        ]  # fmt: skip
        found = explained(*bill, usage=table(calls, USAGE))
        (item,) = found.items
        assert item.after.quantity == 36_000 and rounded(found) == {"volume": 26.0}
        assert "requests +100%" in item.words and "input tokens each +89%" in item.words
        assert rounded(explained(*bill)) == {"unexplained": 26.0}


@given(st.data())
@settings(max_examples=60)
def test_the_parts_of_an_item_sum_to_its_change_to_the_last_decimal(data: st.DataObject) -> None:
    amount = st.decimals(Decimal("0.01"), Decimal(99_999), places=12)
    before, after = (Amounts(data.draw(amount), data.draw(amount), data.draw(amount)) for _ in range(2))
    group = Fraction(before.quantity) + data.draw(st.integers(0, 9)), Fraction(after.quantity) + data.draw(st.integers(0, 9))
    found = _item(("x", "a", "s", "k", "u", "usage", "USD"), before, after, group, "")
    assert sum(found.effects.values()) == found.change and set(found.effects) < set(PARTS)
    price, rate, mix = split(before, after, *group)
    volume = (
        (group[1] * Fraction(before.quantity) / group[0] - Fraction(before.quantity)) * Fraction(before.cost) / Fraction(before.quantity)
    )
    assert abs(Fraction(found.effects["volume"]) - volume) < Fraction(3, 10**12)
    assert price + rate + mix + volume == Fraction(found.change)


def test_the_other_way_round_the_change_has_the_other_sign() -> None:
    bill = table([used("one", "2026-05", "10", "1"), used("one", "2026-06", "13", "1.5"), used("two", "2026-06", "3", "2")])
    there, back = explain(bill, RULES, "2026-05", "2026-06"), explain(bill, RULES, "2026-06", "2026-05")
    assert there.change == -back.change and there.parts["new"] == -back.parts["gone"]
    with pytest.raises(ScenarioError, match="no month 2026-07"):
        explain(bill, RULES, "2026-06", "2026-07")


def test_the_query_is_one_for_spark_too() -> None:
    assert ibis.to_sql(items_query(table([used("one", "2026-05", "10", "1")]), RULES, ("2026-05",)), dialect="pyspark")


def test_one_bearers_part_and_what_is_behind_a_cause() -> None:
    """Account a is team-a's and grows from 10 to 15 hours at 1, b is nobody's and from 100 to 101 and 2 to 1 of two items."""
    found = explained(
        used("one", "2026-05", "10", "1"), used("one", "2026-06", "15", "1"),
        used("two", "2026-05", "100", "1", SubAccountName="b"), used("two", "2026-06", "130", "1", SubAccountName="b"),
        used("three", "2026-05", "2", "1", SubAccountName="b"),
    )  # fmt: skip
    own = found.of("team-a")
    assert own.ends == (10, 15) and own.change == 5 and found.ends == (112, 145)
    assert sum((found.of(bearer).change for bearer in found.bearers()), Decimal(0)) == found.change
    ((item, amount),) = found.behind("gone")
    assert (item.sku, amount) == ("three", -2)
    assert [one.sku for one, _ in found.behind("volume", 1)] == ["two"] and found.behind("fees") == ()
    assert sum(amount for _, amount in found.behind("volume", 9)) == found.parts["volume"]
