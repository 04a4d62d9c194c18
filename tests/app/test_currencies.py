"""Bills in two currencies on the pages: each figure names its currency, rates stand with source and day, and without them both ways out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tco_model.actuals.load import import_files
from tests.actuals.bills import charge, write
from tests.app.test_bills import ROOT, said

pytestmark = pytest.mark.filterwarnings("default")
Opened = Callable[..., AppTest]
RULES = """\
schema: 1
dimensions: {owner: {tags: [owner], required: true}}
rules: [{name: a, when: {SubAccountName: a}, owner: team-a}, {name: b, when: {SubAccountName: b}, owner: team-b}]
metrics: [{name: hour, unit: hour, when: {ServiceName: VM}, per: quantity, consumed_unit: Hours}]
"""
QUOTE = "{currency: EUR, source: group treasury, url: 'https://example.com/rates', as_of: 2026-08-01, rates: {MONTHS}}"
RATES = "schema: 1\ninto: USD\nquotes:\n  - " + QUOTE
MONTHS = ("2026-04", "2026-05", "2026-06", "2026-07")
TABS = ("Spend", "Who bears it", "Statements", "Tags", "Unit costs")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of 300 USD and 100 EUR, with rules and without rates."""
    place = tmp_path_factory.mktemp("mixed") / "bills"
    rows = [
        charge(
            BilledCost=amount, EffectiveCost=amount, ListCost=amount, BillingCurrency=code, SubAccountName=account, BillingAccountId=code,
            ConsumedQuantity="10", ConsumedUnit="Hours",
            BillingPeriodStart=f"{month}-01T00:00:00Z", BillingPeriodEnd=f"{after}-01T00:00:00Z",
            ChargePeriodStart=f"{month}-01T00:00:00Z", ChargePeriodEnd=f"{after}-01T00:00:00Z",
        )
        for month, after in zip(MONTHS, (*MONTHS[1:], "2026-08"), strict=True)
        for amount, code, account in (("300", "USD", "a"), ("100", "EUR", "b"))
    ]  # fmt: skip
    import_files([write(place.parent / "bill.csv", rows)], place)
    (place / "allocation.yaml").write_text(RULES)
    return place


@pytest.fixture
def bills(mixed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mixed, tmp_path / "bills"))


@pytest.fixture
def opened(bills: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens one of the two pages at a tab."""
    monkeypatch.setattr(sys, "argv", ["main.py", "", str(bills)])
    monkeypatch.syspath_prepend(str(ROOT))

    def at(page: str, tab: str) -> AppTest:
        front = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=120)
        front.session_state[f"{page}-tab"] = tab
        front.switch_page(f"views/{page}.py").run()
        assert not front.exception
        return front

    return at


def quoted(bills: Path, *months: str) -> None:
    held = ", ".join(f'{month}: "1.{place}"' for place, month in enumerate(months, start=1))
    (bills / "rates.yaml").write_text(RATES.replace("MONTHS", held))


class TestWithoutRates:
    def test_the_page_says_both_ways_out_and_shows_one_currency_as_what_it_is(self, opened: Opened) -> None:
        front = opened("bills", "Spend")
        text = said(front)
        assert "The bill is in EUR and USD" in text and "Choose one with currency: EUR in allocation.yaml" in text
        assert any("tco actuals rates" in str(one.value) and "--starter" in str(one.value) for one in front.code)
        front.selectbox(key="bills-currency").set_value("USD").run()
        assert "[USD]; the total, 1,200.00 USD, is all that was billed in USD" in said(front)

    def test_what_needs_one_currency_says_so_on_both_pages(self, opened: Opened) -> None:
        for page, tab in (*(("bills", tab) for tab in TABS[1:]), ("review", "The month")):
            text = said(opened(page, tab))
            assert "the bill is in EUR, USD" in text and "choose one of them" in text and "tco actuals rates --starter" in text, tab


class TestWithRates:
    def test_every_tab_is_in_one_currency_under_its_rates(self, opened: Opened, bills: Path) -> None:
        quoted(bills, *MONTHS)
        rates = "1 EUR in USD: 1.1 (2026-04), 1.2 (2026-05), 1.3 (2026-06), 1.4 (2026-07); group treasury, https://example.com/rates"
        for tab in TABS:
            front = opened("bills", tab)
            text = said(front)
            assert text.count(f"{rates}, read 2026-08-01.") == 1 and "USD" in text and not front.error, tab
        assert "[USD]; the total, 1,700.00 USD, is that of the bill" in said(opened("bills", "Spend"))
        assert "440 USD in 2026-07" in (text := said(opened("review", "The month"))) and rates in text

    def test_a_month_without_a_rate_is_named_with_the_row_to_add(self, opened: Opened, bills: Path) -> None:
        quoted(bills, *MONTHS[:2])
        for page in ("bills", "review"):
            text = said(opened(page, "Spend" if page == "bills" else "The month"))
            assert "no rate of EUR into USD in 2026-06, 2026-07" in text and "as_of" in text


class TestOneChosen:
    def test_all_is_in_it_and_what_is_left_out_is_said(self, opened: Opened, bills: Path) -> None:
        (bills / "allocation.yaml").write_text(RULES.replace("schema: 1\n", "schema: 1\ncurrency: EUR\n"))
        front = opened("bills", "Spend")
        assert front.selectbox(key="bills-currency").value == "EUR" and "the total, 400.00 EUR" in said(front)
        for tab in TABS:
            text = said(opened("bills", tab))
            assert "chooses EUR: what was billed in USD is left out" in text and "EUR" in text, tab
        text = said(opened("review", "The month"))
        assert "100 EUR in 2026-07" in text and "What was billed in USD is left out: the allocation file chooses EUR." in text
