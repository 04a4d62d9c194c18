"""A bill in several currencies told in one: exact by charge, parts that sum, and nothing converted that is not meant."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import ibis
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tco_model.actuals.load import import_files
from tco_model.actuals.overlap import Choice
from tco_model.actuals.spend import spend
from tco_model.actuals.store import Workspace
from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.exporters.allocation_table import parts_of
from tco_model.finops.allocate import allocate
from tco_model.finops.rates import BILLED_IN, RATE, Rates, convert, in_words, rates_of, rates_told, read_rates
from tco_model.finops.variance import Variance, explain
from tco_model.scenario.source import read_source
from tests.actuals.bills import EXAMPLES, write
from tests.actuals.bills import charge as row
from tests.finops.bills import charge, rules, table
from tests.finops.test_variance import used

STEP = Decimal("1e-12")
RULES = rules("""
rules:
  - {name: shared, when: {SubAccountName: shared}, pool: platform}
  - {name: a, when: {SubAccountName: a}, owner: team-a}
  - {name: b, when: {SubAccountName: b}, owner: team-b}
pools: {platform: {split: proportional}}
""")


def rates(*quotes: str, into: str = "USD") -> Rates:
    text = f"schema: 1\ninto: {into}\nquotes:\n" + "".join(f"  - {{{one}}}\n" for one in quotes)
    return rates_of(read_source(text, "rates.yaml"))


def quote(currency: str, as_of: str = "2026-07-01", virtual: str = "", **months: str) -> str:
    held = ", ".join(f'{month.replace("m", "2026-0")}: "{rate}"' for month, rate in months.items())
    return f"currency: {currency}, source: central bank, url: https://example.com/r, as_of: {as_of}, {virtual}rates: {{{held}}}"


EURO = rates(quote("EUR", m5="1.05", m6="1.0873"))


def told(charges: Any, column: str = "EffectiveCost") -> list[Decimal]:
    return [one[column] for one in charges.order_by("SubAccountName").to_pyarrow().to_pylist()]


class TestByHand:
    def test_a_charge_is_multiplied_and_rounded_half_away_from_zero_on_its_own(self) -> None:
        amounts = ["1.000000000010", "-1.000000000010", "0.000000000009", "123456789.123456789012", "7"]
        bill = [charge(amount, account=str(place), month="2026-05", BillingCurrency="EUR") for place, amount in enumerate(amounts)]
        wanted = ["1.050000000011", "-1.050000000011", "0.000000000009", "129629628.579629628463", "7.35"]
        assert told(convert(table(bill), EURO)) == [Decimal(one) for one in wanted]

    def test_each_month_has_its_rate_and_what_is_in_the_reporting_currency_is_not_touched(self) -> None:
        bill = [
            charge("100", account="1", month="2026-05", BillingCurrency="EUR"), charge("100", account="2", BillingCurrency="EUR"),
            charge("999999999999999.123456789012", account="3"),
        ]  # fmt: skip
        found = convert(table(bill), EURO)
        assert told(found) == [Decimal(105), Decimal("108.73"), Decimal("999999999999999.123456789012")]
        assert told(found, "BilledCost")[:2] == [Decimal(210), Decimal("217.46")]
        assert told(found, RATE) == [Decimal("1.05"), Decimal("1.0873"), 1]
        assert told(found, BILLED_IN) == ["EUR", "EUR", "USD"] and set(told(found, "BillingCurrency")) == {"USD"}

    def test_small_and_large_rates_keep_every_digit(self) -> None:
        held = rates(quote("VND", m6="0.0000393701"), quote("KWD", m6="3.2518"))
        bill = [charge("25400123.45", account="1", BillingCurrency="VND"), charge("10", account="2", BillingCurrency="KWD")]
        assert told(convert(table(bill), held)) == [(Decimal("25400123.45") * Decimal("0.0000393701")).quantize(STEP), Decimal("32.518")]

    def test_of_two_rates_of_a_month_the_one_read_last_holds(self) -> None:
        held = rates(quote("EUR", m6="1.1"), quote("EUR", as_of="2026-08-01", m6="1.2"), quote("EUR", as_of="2026-07-15", m6="1.3"))
        assert told(convert(table([charge("1", BillingCurrency="EUR")]), held)) == [Decimal("1.2")]

    def test_the_rates_are_told_with_their_source_and_day(self) -> None:
        found = convert(table([charge("1", BillingCurrency="EUR"), charge("1")]), EURO)
        said = "1 EUR in USD: 1.0873 (2026-06); central bank, https://example.com/r, read 2026-07-01"
        assert list(in_words(rates_told(found, EURO), "USD")) == [said]
        assert rates_told(table([charge("1")]), EURO) == ()


CHARGE = st.builds(
    lambda amount, account, currency, month: charge(str(amount), account=account, BillingCurrency=currency, month=month),
    st.decimals(-(10**6), 10**6, places=8), st.sampled_from(["a", "b", "shared", "nobody"]), st.sampled_from(["USD", "EUR", "JPY"]),
    st.sampled_from(["2026-05", "2026-06"]),
)  # fmt: skip
PRICE = st.decimals(Decimal("0.0001"), Decimal(300), places=4)


class TestWhatAlwaysHolds:
    @given(st.lists(CHARGE, min_size=1, max_size=20), st.lists(PRICE, min_size=4, max_size=4))
    @settings(max_examples=40)
    def test_parts_sum_to_the_converted_bill_to_the_last_decimal(self, bill: list[dict[str, Any]], prices: list[Decimal]) -> None:
        euro, yen = (dict(zip(("2026-05", "2026-06"), pair, strict=True)) for pair in (prices[:2], prices[2:]))
        held = rates(
            *(quote(name, **{f"m{month[-1]}": f"{rate:f}" for month, rate in one.items()}) for name, one in (("EUR", euro), ("JPY", yen)))
        )
        wanted = sum(
            (
                (one["EffectiveCost"] * {"USD": {}, "EUR": euro, "JPY": yen}[one["BillingCurrency"]].get(
                    f"{one['BillingPeriodStart']:%Y-%m}", Decimal(1))).quantize(STEP, ROUND_HALF_UP)
                for one in bill
            ), Decimal(0),
        )  # fmt: skip
        found = convert(table(bill), held)
        allocated = allocate(found, RULES)
        assert allocated.bill == wanted == spend(found, "ServiceName").total == spend(found, "SubAccountName").total
        assert sum((Decimal(part["amount"]) for part in parts_of(allocated)), Decimal(0)) == wanted
        assert allocated.currency == "USD"

    @given(st.lists(CHARGE, min_size=1, max_size=12), st.sampled_from([2, 7, 10]))
    @settings(max_examples=15)
    def test_a_rate_times_k_scales_what_is_converted_by_k_and_nothing_else(self, bill: list[dict[str, Any]], times: int) -> None:
        base, scaled = (
            rates(*(quote(name, m5=f"{Decimal('1.05') * k}", m6=f"{Decimal('0.98') * k}") for name in ("EUR", "JPY"))) for k in (1, times)
        )
        once, more = (spend(convert(table(bill), held), "ServiceName").total for held in (base, scaled))
        own = sum((one["EffectiveCost"] for one in bill if one["BillingCurrency"] == "USD"), Decimal(0))
        assert more - own == times * (once - own)

    @given(st.lists(CHARGE, min_size=1, max_size=12))
    @settings(max_examples=15)
    def test_at_rate_one_it_is_the_bill_of_one_currency(self, bill: list[dict[str, Any]]) -> None:
        held = rates(*(quote(name, m5="1", m6="1") for name in ("EUR", "JPY")))
        single = [one | {"BillingCurrency": "USD"} for one in bill]
        found, plain = allocate(convert(table(bill), held), RULES), allocate(table(single), RULES)
        assert (found.owners(), found.bill, found.unallocated, found.rules) == (
            plain.owners(), plain.bill, plain.unallocated, plain.rules
        )  # fmt: skip


HEAD = "schema: 1\ninto: USD\nquotes:\n  - "


class TestRefusals:
    def test_without_rates_both_ways_out_are_told(self) -> None:
        bill = table([charge("1"), charge("1", BillingCurrency="EUR")])
        for call in (lambda: allocate(bill, RULES), lambda: spend(bill, "ServiceName")):
            with pytest.raises(ScenarioError, match=r"the bill is in EUR, USD") as caught:
                call()
            assert "choose one of them" in str(caught.value) and "tco actuals rates --starter" in str(caught.value)

    def test_every_month_without_a_rate_is_named_with_the_row_to_add(self) -> None:
        bill = [charge("1", month=month, BillingCurrency=name) for month in ("2026-06", "2026-07", "2026-08") for name in ("EUR", "GBP")]
        with pytest.raises(ScenarioError) as caught:
            convert(table(bill), EURO)
        first, second = caught.value.problems
        assert first.message == "no rate of EUR into USD in 2026-07, 2026-08"
        assert 'currency: EUR, source: …, url: …, as_of: …, rates: {2026-07: "…", 2026-08: "…"}' in first.mend
        assert second.message == "no rate of GBP into USD in 2026-06, 2026-07, 2026-08" and first.file == "rates.yaml"

    def test_a_virtual_currency_is_converted_only_where_that_is_said(self) -> None:
        bill = table([charge("10", BillingCurrency="Token")])
        with pytest.raises(ScenarioError, match="only a contract says"):
            convert(bill, EURO)
        with pytest.raises(ScenarioError, match="virtual: true"):
            rates(quote("Token", m6="2"))
        with pytest.raises(ScenarioError, match="leave virtual out"):
            rates(quote("EUR", m6="2", virtual="virtual: true, "))
        assert told(convert(bill, rates(quote("Token", m6="2", virtual="virtual: true, ")))) == [Decimal(20)]

    def test_prices_stated_in_tokens_are_never_read(self) -> None:
        held = rates(quote("Token", m6="2", virtual="virtual: true, "), quote("EUR", m6="1.1"))
        bill = [charge("10", account="1", PricingCurrency="Token", PricingUnit="Token", PricingQuantity=Decimal(4)),
                charge("10", account="2", PricingCurrency="Token", BillingCurrency="EUR", PricingQuantity=Decimal(4))]  # fmt: skip
        found = convert(table(bill), held)
        assert told(found) == [10, 11] and told(found, "PricingQuantity") == [4, 4] and told(found, "PricingCurrency") == ["Token"] * 2

    def test_an_amount_with_too_many_digits_is_refused_and_not_rounded(self) -> None:
        held = rates(quote("EUR", m6="12345678.12345"))
        with pytest.raises(ScenarioError, match="too large to be converted exactly"):
            convert(table([charge("1000000000000", BillingCurrency="EUR")]), held)
        assert told(convert(table([charge("100000000000", BillingCurrency="EUR")]), held)) == [Decimal("1234567812345000000")]

    @pytest.mark.parametrize(
        ("text", "line", "words"),
        [
            ("schema: 1\ninto: usd\nquotes: []\n", 2, "currency code"),
            (HEAD + '{currency: USD, source: s, as_of: 2026-07-01, rates: {2026-06: "1"}}\n', 4, "its rate is 1"),
            (HEAD + "{currency: EUR, source: s, as_of: 2026-07-01, rates: {2026-06: 1.1}}\n", 4, "quotes"),
            (HEAD + '{currency: EUR, source: s, as_of: 2026-07-01, rates: {2026-06: "0"}}\n', 4, "no rate"),
            (HEAD + '{currency: EUR, source: s, as_of: 2026-07-01, rates: {2026-06: ""}}\n', 4, "1.0873"),
            (HEAD + '{currency: EUR, source: s, as_of: 2026-07-01, rates: {2026-6: "1"}}\n', 4, "month"),
            (HEAD + '{currency: EUR, as_of: 2026-07-01, rates: {2026-06: "1"}}\n', 4, "source"),
            (HEAD + '{currency: EUR, source: s, rates: {2026-06: "1"}}\n', 4, "as_of"),
            (
                HEAD + '{currency: EUR, source: s, as_of: 2026-07-01, rates: {2026-06: "12345678.123456"}}\n',
                4, "13",
            ),
            (
                HEAD + '{currency: EUR, source: s, as_of: 2026-07-01, rates: {2026-06: "1"}}\n'
                '  - {currency: EUR, source: t, as_of: 2026-07-01, rates: {2026-06: "2"}}\n', 5, "two rates",
            ),
        ],
    )  # fmt: skip
    def test_a_bad_file_names_the_line_and_the_mend(self, text: str, line: int, words: str) -> None:
        with pytest.raises(ScenarioError) as caught:
            rates_of(read_source(text, "rates.yaml"))
        found = caught.value.problems[0]
        assert (found.line, words in f"{found.field} {found.message} {found.mend}") == (line, True), str(caught.value)

    def test_no_file_says_how_to_begin(self, tmp_path: Path) -> None:
        with pytest.raises(ScenarioError, match="--starter"):
            read_rates(tmp_path / "rates.yaml")


class TestVariance:
    HELD = rates(quote("EUR", m5="1.10", m6="1.05"))

    def explained(self, *rows: dict[str, Any]) -> Variance:
        return explain(convert(table(list(rows)), self.HELD), RULES, "2026-05", "2026-06")

    def test_a_rate_that_falls_alone(self) -> None:
        found = self.explained(*(used("one", month, "10", "2", BillingCurrency="EUR") for month in ("2026-05", "2026-06")))
        assert found.parts["currency"] == found.change == Decimal(-1)
        assert {part for part, amount in found.parts.items() if amount} == {"currency"}
        assert found.is_converted and "of which -4.5% the rate of EUR" in found.items[0].words

    def test_with_price_and_volume_beside_it(self) -> None:
        """10 hours at 1 EUR of 1.10, then 12 at 1.20 EUR of 1.05: 14.4 (1.05 - 1.10), 12 · 0.20 · 1.10, 2 · 1 · 1.10; 4.12 in all."""
        found = self.explained(
            used("one", "2026-05", "10", "1", BillingCurrency="EUR"), used("one", "2026-06", "12", "1.2", BillingCurrency="EUR")
        )
        assert {part: amount for part, amount in found.parts.items() if amount} == {
            "price": Decimal("2.64"), "currency": Decimal("-0.72"), "volume": Decimal("2.2"),
        }  # fmt: skip
        assert found.change == Decimal("4.12")

    def test_what_is_new_or_billed_in_the_reporting_currency_has_no_such_part(self) -> None:
        found = self.explained(
            used("old", "2026-05", "1", "5", BillingCurrency="EUR"), used("new", "2026-06", "1", "2", BillingCurrency="EUR"),
            used("own", "2026-05", "1", "3"), used("own", "2026-06", "2", "3"),
        )  # fmt: skip
        assert {part: amount for part, amount in found.parts.items() if amount} == {
            "new": Decimal("2.1"), "gone": Decimal("-5.5"), "volume": Decimal(3),
        }  # fmt: skip

    def test_a_bill_as_billed_says_that_no_rate_is_in_it(self) -> None:
        bill = table([used("one", month, "1", "1") for month in ("2026-05", "2026-06")])
        assert not explain(bill, RULES, "2026-05", "2026-06").is_converted

    @given(st.lists(st.tuples(st.sampled_from(["2026-05", "2026-06"]), st.sampled_from(["one", "two"]), st.sampled_from(["EUR", "USD"]),
                              st.integers(1, 500), st.decimals(Decimal("0.0001"), 90, places=4)), min_size=2, max_size=12))  # fmt: skip
    @settings(max_examples=25)
    def test_parts_sum_to_the_change(self, drawn: list[tuple[str, str, str, int, Decimal]]) -> None:
        rows = [used(sku, month, str(count), str(price), BillingCurrency=code) for month, sku, code, count, price in drawn]
        found = self.explained(*rows, charge("1", month="2026-05"), charge("1"))
        bill = spend(convert(table([*rows, charge("1", month="2026-05"), charge("1")]), self.HELD), "ServiceName")
        (before, after) = (sum(values) for values in zip(*bill.amounts.values(), strict=True))
        assert sum(found.parts.values()) == found.change == after - before


def test_the_query_is_written_for_a_warehouse_too() -> None:
    assert "CAST" in ibis.to_sql(convert(table([charge("1", BillingCurrency="EUR")]), EURO), dialect="pyspark")


ALLOCATION = """schema: 1
rules: [{name: all, when: {SubAccountName: [a, b]}, owner: search}]
cost_centers: {search: "10"}
metrics: [{name: cost per case, unit: case, owner: search, per: outcomes, product: finder}]
"""


def run(*words: str, code: int = 0) -> str:
    found = CliRunner().invoke(main, list(words))
    assert found.exit_code == code, found.output
    return found.output


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of 300 USD and 100 EUR."""
    folder = tmp_path_factory.mktemp("currencies")
    bill = [
        row(
            BilledCost=amount, EffectiveCost=amount, ListCost=amount, BillingCurrency=code, SubAccountName=account, BillingAccountId=code,
            BillingPeriodStart=f"2026-0{month}-01T00:00:00Z", BillingPeriodEnd=f"2026-0{month + 1}-01T00:00:00Z",
            ChargePeriodStart=f"2026-0{month}-01T00:00:00Z", ChargePeriodEnd=f"2026-0{month + 1}-01T00:00:00Z",
        )
        for month in (4, 5, 6, 7) for amount, code, account in (("300", "USD", "a"), ("100", "EUR", "b"))
    ]  # fmt: skip
    import_files([write(folder / "bill.csv", bill)], folder / "bills")
    (folder / "bills" / "outcomes.csv").write_text(
        "month,product,count\n" + "".join(f"2026-0{month},finder,100\n" for month in (4, 5, 6, 7))
    )
    (folder / "bills" / "budgets.yaml").write_text('schema: 1\nbudgets: [{name: all, amount: "400"}]\n')
    (folder / "allocation.yaml").write_text(ALLOCATION)
    return folder


FILLED = {"2026-04": "1.10", "2026-05": "1.10", "2026-06": "1.10", "2026-07": "1.05"}


def words(place: Path, verb: str, *more: str) -> tuple[str, ...]:
    return verb, str(place / "bills"), "--rules", str(place / "allocation.yaml"), *more


@pytest.fixture(scope="module")
def _filled(place: Path) -> None:
    """The refusal, the starter, and its rates filled in as a user would."""
    assert "tco actuals rates --starter" in run(*words(place, "allocate"), code=2)
    file = place / "bills" / "rates.yaml"
    assert str(file) in run("actuals", "rates", str(place / "bills"), "--starter", "--into", "USD")
    assert "is there already" in run("actuals", "rates", str(place / "bills"), "--starter", code=2)
    said = run("actuals", "rates", str(place / "bills"), code=2)
    assert all(f"rates.{month}" in said for month in FILLED)
    text = file.read_text()
    for month, rate in FILLED.items():
        text = text.replace(f'{month}: ""', f'{month}: "{rate}"')
    file.write_text(text)


@pytest.mark.usefixtures("_filled")
class TestCommands:
    def test_rates_says_what_holds_and_whose_it_is(self, place: Path) -> None:
        assert "1 EUR in USD: 1.10 (2026-04), 1.10 (2026-05), 1.10 (2026-06), 1.05 (2026-07)" in run(
            "actuals", "rates", str(place / "bills")
        )
        found = json.loads(run("actuals", "rates", str(place / "bills"), "--json"))
        assert [one["rate"] for one in found["rates"]] == list(FILLED.values()) and found["into"] == "USD"

    @pytest.mark.parametrize(
        ("verb", "more", "said"),
        [
            ("allocate", (), "bill 1635.000000000000 USD"),
            ("showback", ("--month", "2026-07"), "405.00"),
            ("chargeback", ("--month", "2026-07"), "405.00 USD"),
            ("unit-metrics", (), "USD/case"),
            ("forecast", ("--months", "2"), "[USD]"),
            ("anomalies", (), "[USD]"),
        ],
    )
    def test_every_command_tells_the_whole_bill_and_its_rates(self, place: Path, verb: str, more: tuple[str, ...], said: str) -> None:
        found = run(*words(place, verb, *more))
        assert said in found and "1 EUR in USD" in found and "who states these rates" in found
        data = json.loads(run(*words(place, verb, *more, "--json")).partition("\n}")[0] + "}")
        assert data["rates"] and {one["source"] for one in data["rates"]} == {"who states these rates"}

    def test_spend_is_told_as_billed_where_one_currency_is_asked_for(self, place: Path) -> None:
        assert json.loads(run("actuals", "spend", str(place / "bills"), "--json"))["total"] == "1635.000000000000"
        found = json.loads(run("actuals", "spend", str(place / "bills"), "--json", "--currency", "EUR"))
        assert (found["currency"], Decimal(found["total"]), "rates" in found) == ("EUR", 400, False)

    def test_budgets_and_the_review_are_in_it(self, place: Path) -> None:
        (found,) = json.loads(run("budget", *words(place, "check", "--month", "2026-07", "--json"), code=1))["budgets"]
        assert (found["unit"], Decimal(found["spent"])) == ("USD", 405)
        reviewed = json.loads(run(*words(place, "review", "--month", "2026-07", "--no-input", "--json")))
        assert Decimal(reviewed["variance"]["parts"]["currency"]) == Decimal(reviewed["variance"]["change"]) == -5
        kept = (place / "bills" / "reviews" / "2026-07.md").read_text()
        assert "Rates of exchange" in kept and "1 EUR in USD" in kept and "no rate of exchange is in it" not in kept

    def test_one_currency_chosen_in_the_rules_stays_as_billed(self, place: Path, tmp_path: Path) -> None:
        file = tmp_path / "euro.yaml"
        file.write_text(ALLOCATION.replace("rules:", "currency: EUR\nrules:"))
        found = json.loads(run("allocate", str(place / "bills"), "--rules", str(file), "--json"))
        assert (found["currency"], Decimal(found["bill"]), "rates" in found) == ("EUR", 400, False)

    def test_a_rate_corrected_after_the_close_is_booked_in_the_next_month(self, place: Path) -> None:
        run(*words(place, "chargeback", "--month", "2026-06", "--close"))
        file = place / "bills" / "rates.yaml"
        before = file.read_text()
        file.write_text(before + '  - {currency: EUR, source: corrected, as_of: 2099-01-01, rates: {2026-06: "1.12"}}\n')
        try:
            found = json.loads(run(*words(place, "chargeback", "--month", "2026-07", "--json"), code=0).partition("\n}")[0] + "}")
            assert [(one["adjusts"], one["amount"]) for one in found["lines"]] == [("", "405.00"), ("2026-06", "2.00")]
        finally:
            file.write_text(before)
            (place / "bills" / "closed" / "2026-06.json").unlink()


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the examples of the FOCUS specification are not at hand")
class TestTheSpecification:
    @pytest.mark.parametrize(
        ("names", "billed", "effective"),
        [
            (("virtual_currency_pricing_model_a1", "virtual_currency_pricing_model_a2"), "180000", "1107"),
            (("virtual_currency_pricing_model_b1", "virtual_currency_pricing_model_b2"), "90000", "553.5"),
            (("virtual_currency_pricing_model_b1", "virtual_currency_pricing_model_b3"), "90000", "445.5"),
            (("virtual_currency_pricing_model_c",), "47700", "0"),
            (("saas_spend_agreements_a1",), "1080", "1080"),
            (("saas_spend_agreements_a2",), "1080", "1080"),
            (("saas_spend_agreements_b1",), "1080", "1080"),
            (("saas_spend_agreements_b2",), "1080", "1080"),
        ],
    )
    def test_its_bills_in_euro_at_nine_tenths(self, names: tuple[str, ...], billed: str, effective: str, tmp_path: Path) -> None:
        """What is invoiced in USD is converted; a rate of tokens beside it changes nothing, and quantities of tokens stay quantities."""
        for name in names:
            import_files([EXAMPLES / f"{name}.csv"], tmp_path, choice=Choice.ADD)
        space = Workspace(tmp_path)
        bill, months = space.charges(), [f"20{year}-{month:02d}" for year in (25, 26) for month in range(1, 13)]
        row_ = ", ".join(f'{month}: "0.9"' for month in months)
        token = f"currency: Token, virtual: true, source: contract, as_of: 2026-07-01, rates: {{{row_}}}"
        plain = rates(f"currency: USD, source: s, as_of: 2026-07-01, rates: {{{row_}}}", into="EUR")
        both = rates(f"currency: USD, source: s, as_of: 2026-07-01, rates: {{{row_}}}", token, into="EUR")
        for held in (plain, both):
            found = convert(bill, held)
            assert spend(found, "ServiceName", "BilledCost").total == Decimal(billed)
            assert spend(found, "ServiceName", "EffectiveCost").total == Decimal(effective)
            assert sorted(told(found, "PricingQuantity")) == sorted(told(bill, "PricingQuantity"))
        space.close()
