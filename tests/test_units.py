"""Unit text is read as people write it, keeps exact factors, and refuses what could be read in two ways."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.lines.nomenclature import BUILT_IN, NAMES
from tco_model.units import MAX_POWER, PLAIN, SYMBOLS, Unit, UnitError, parse_unit

symbols = st.sampled_from(sorted(SYMBOLS.keys() - {"%", "share"}))


@st.composite
def units(draw: st.DrawFn, power: int = MAX_POWER) -> Unit:
    pairs = draw(st.dictionaries(symbols, st.integers(-power, power).filter(bool), max_size=4))
    unit = PLAIN
    for symbol, exponent in pairs.items():
        unit = unit * parse_unit(symbol) ** exponent
    return unit


@given(units())
def test_what_is_spelled_is_read_back(unit: Unit) -> None:
    assert parse_unit(str(unit)) == unit
    assert parse_unit(str(unit).replace("/", " per ").replace("*", " ")) == unit


@pytest.mark.parametrize("row", NAMES, ids=lambda row: row.name)
def test_units_of_the_nomenclature_are_read_back(row: object) -> None:
    unit = parse_unit(row.unit_text)  # type: ignore[attr-defined]
    assert parse_unit(str(unit)) == unit


def test_units_of_what_the_timeline_supplies_are_read_back() -> None:
    for text, _ in BUILT_IN.values():
        assert parse_unit(str(parse_unit(text))) == parse_unit(text)


class TestAlgebra:
    @given(units(), units(), units())
    def test_products_are_an_abelian_group(self, a: Unit, b: Unit, c: Unit) -> None:
        assert (a * b) * c == a * (b * c)
        assert a * b == b * a
        assert a * PLAIN == a
        assert a / a == PLAIN == a * a**-1
        assert a / b == a * b**-1
        assert a / (b * c) == a / b / c

    @given(units(), units(), st.integers(-3, 3), st.integers(-3, 3))
    def test_exponents_add_and_distribute(self, a: Unit, b: Unit, m: int, n: int) -> None:
        assert a**m * a**n == a ** (m + n)
        assert (a**m) ** n == a ** (m * n)
        assert (a * b) ** n == a**n * b**n
        assert a**0 == PLAIN

    @given(units(2), units(2))
    def test_factors_and_dimensions_multiply(self, a: Unit, b: Unit) -> None:
        (one, of_a), (two, of_b), (both, of_both) = a.dimensions(), b.dimensions(), (a * b).dimensions()
        assert both == one * two
        names = {*of_a, *of_b}
        summed = {name: of_a.get(name, 0) + of_b.get(name, 0) for name in names}
        assert of_both == {name: power for name, power in summed.items() if power}

    @given(units(2), st.data())
    def test_factors_chain_without_rounding(self, unit: Unit, data: st.DataObject) -> None:
        """Any symbol may be swapped for another of its dimension; there and back is exactly one."""

        def rescaled() -> Unit:
            found = PLAIN
            for symbol, power in unit.powers:
                alike = sorted(name for name, (dimension, _) in SYMBOLS.items() if dimension == SYMBOLS[symbol][0])
                found = found * parse_unit(data.draw(st.sampled_from(alike))) ** power
            return found

        middle, last = rescaled(), rescaled()
        assert unit.factor_to(middle) * middle.factor_to(unit) == 1
        assert unit.factor_to(middle) * middle.factor_to(last) == unit.factor_to(last)


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("USD/hour", "USD/month", Fraction(730)),
        ("USD/year", "USD/month", Fraction(1, 12)),
        ("year", "day", Fraction(365)),
        ("year", "hour", Fraction(8_760)),
        ("month", "second", Fraction(2_628_000)),
        ("week", "day", Fraction(7)),
        ("day", "minute", Fraction(1_440)),
        ("ms", "second", Fraction(1, 1_000)),
        ("request/second", "request/month", Fraction(2_628_000)),
        ("request/day", "request/month", Fraction(365, 12)),
        ("USD/Mtoken", "USD/token", Fraction(1, 10**6)),
        ("USD/ktoken", "USD/Mtoken", Fraction(1_000)),
        ("Btoken", "Mtoken", Fraction(1_000)),
        ("GB", "KB", Fraction(10**6)),
        ("TB", "GB", Fraction(1_000)),
        ("GiB", "byte", Fraction(2**30)),
        ("TiB", "GiB", Fraction(1_024)),
        ("GiB", "GB", Fraction(2**30, 10**9)),
        ("USD/GB/month", "USD/GiB/hour", Fraction(2**30, 730 * 10**9)),
        ("MW", "kW", Fraction(1_000)),
        ("W", "kW", Fraction(1, 1_000)),
        ("USD/MWh", "USD/kWh", Fraction(1, 1_000)),
        ("token^2/request", "ktoken^2/request", Fraction(1, 10**6)),
    ],
)
def test_factors_are_exact(one: str, other: str, factor: Fraction) -> None:
    assert parse_unit(one).factor_to(parse_unit(other)) == factor


@pytest.mark.parametrize(("one", "other"), [("USD", "EUR"), ("kW", "kWh"), ("token", "request"), ("USD/month", "USD"), ("GB", "month")])
def test_what_measures_different_things_is_not_turned(one: str, other: str) -> None:
    with pytest.raises(UnitError, match=f"^{one} cannot be turned into {other}$"):
        parse_unit(one).factor_to(parse_unit(other))


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("", "1"),
        ("1", "1"),
        ("%", "1"),
        ("share", "1"),
        ("$/h", "USD/hour"),
        ("$ per GPU per hour", "USD/GPU/hour"),
        ("USD/GPU-hour", "USD/GPU/hour"),
        ("USD per GPU hour", "USD/GPU/hour"),
        ("per month", "1/month"),
        ("tokens per second", "token/second"),
        ("token/s", "token/second"),
        ("tokens/s/replica", "token/replica/second"),
        ("s", "second"),
        ("min", "minute"),
        ("ms", "ms"),
        ("queries/mo", "query/month"),
        ("people", "person"),
        ("Gpus", "GPU"),
        ("days", "day"),
        ("Mtokens", "Mtoken"),
        ("gb", "GB"),
        ("FTE*months", "FTE*month"),
        ("FTE·month", "FTE*month"),
        ("month^-1", "1/month"),
        ("token^2/request", "token^2/request"),
        ("USD/USD", "1"),
        ("%/year", "1/year"),
    ],
)
def test_units_as_people_write_them(text: str, spelled: str) -> None:
    assert str(parse_unit(text)) == spelled


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("USD/mnth", "'USD/mnth' holds an unknown unit 'mnth'; did you mean 'month'?"),
        ("requst", "did you mean 'request'?"),
        ("kwh", "did you mean 'kWh'?"),
        ("Gb", "did you mean 'GB'?"),
        ("Mb/second", "did you mean 'MB'?"),
        ("zorkmid", "known: request, token"),
        ("USD/month*GPU", "can be read in two ways: write a/b/c, or the product first: a*c/b"),
        ("USD/", "a unit is missing after '/'"),
        ("USD per", "a unit is missing after 'per'"),
        ("USD//month", "a unit is missing beside '/'"),
        ("USD*/month", "a unit is missing beside '/'"),
        ("*USD", "a unit is missing beside '*'"),
        ("USD*", "a unit is missing after '*'"),
        ("/", "a unit is missing after '/'"),
        ("month-1", "unknown unit ''"),
        ("USD-", "unknown unit ''"),
        ("5 USD", "unknown unit '5'"),
        ("USD^x", "the exponent 'x' is not a whole number"),
        ("USD^", "unknown unit '^'"),
        ("USD^5", "a unit is raised to 4 at most"),
        ("GB^99999999999", "a unit is raised to 4 at most"),
        ("(USD)", "unknown unit '('"),
        ("USD\u00a0month;", "unknown unit ';'"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    assert message in str(caught.value)
    assert f"'{text}'" in str(caught.value)


@given(st.text(max_size=30) | st.text(alphabet="USDmonthGPUperk/*^-0123 ·%", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        unit = parse_unit(text)
    except UnitError:
        return
    assert parse_unit(str(unit)) == unit
    assert math.isfinite(unit.dimensions()[0])


class TestMoney:
    def test_money_takes_the_scenarios_currency(self) -> None:
        assert str(parse_unit("USD/GPU/hour").in_currency("EUR")) == "EUR/GPU/hour"
        assert parse_unit("GPU").in_currency("EUR") == parse_unit("GPU")

    @pytest.mark.parametrize(("text", "currency"), [("EUR/month", "EUR"), ("GPU", None), ("1/USD", None), ("EUR/USD", "EUR")])
    def test_the_currency_of_an_amount(self, text: str, currency: str | None) -> None:
        assert parse_unit(text).currency == currency

    def test_a_number_without_a_unit_is_shown_as_a_ratio(self) -> None:
        assert (PLAIN.shown, parse_unit("USD/month").shown) == ("ratio", "USD/month")
        assert PLAIN.is_plain and not parse_unit("USD").is_plain
