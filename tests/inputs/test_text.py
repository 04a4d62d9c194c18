"""Holds the documented readings: what people write, and the one number, unit or law it stands for."""

# ruff: noqa: E501 - tables
from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.inputs import distributions as laws
from tco_model.inputs.quantity import Formula, Growing, Monthly, Quantity, Steps, mean_of
from tco_model.inputs.text import QuantityError, read_month, read_quantity
from tco_model.scenario.scalars import ScalarError, read_scalar
from tco_model.units import parse_unit

Z95 = 1.6448536269514722
"""Standard normal quantile at 95%."""


@pytest.mark.parametrize(
    ("written", "number", "unit"),
    [
        # the size of a number
        ("5", 5.0, ""),
        ("+5", 5.0, ""),
        ("-5", -5.0, ""),
        (".5", 0.5, ""),
        ("5.", 5.0, ""),
        ("012", 12.0, ""),
        ("1e3", 1000.0, ""),
        ("1.5e-3", 0.0015, ""),
        ("1E+3", 1000.0, ""),
        ("5k", 5e3, ""),
        ("5K", 5e3, ""),
        ("12.5k", 12.5e3, ""),
        ("1.2M", 1.2e6, ""),
        ("3B", 3e9, ""),
        ("3bn", 3e9, ""),
        ("2T", 2e12, ""),
        ("1,500", 1500.0, ""),
        ("1,234,567.5", 1_234_567.5, ""),
        ("1_500_000", 1.5e6, ""),
        # percent
        ("25%", 0.25, ""),
        ("25 %", 0.25, ""),
        ("0.5%", 0.005, ""),
        ("8%/year", 0.08, "1/year"),
        ("8% per year", 0.08, "1/year"),
        # units
        ("1.2M requests/month", 1.2e6, "request/month"),
        ("2.5 M/day", 2.5e6, "1/day"),
        ("2.5M requests / day", 2.5e6, "request/day"),
        ("0.25 USD/Mtoken", 0.25, "USD/Mtoken"),
        ("3 USD per Mtoken", 3.0, "USD/Mtoken"),
        ("1.2 Mtokens/event", 1.2, "Mtoken/event"),
        ("30k USD/GPU", 30e3, "USD/GPU"),
        ("0.1 USD/GB-month", 0.1, "USD/GB/month"),
        ("2 FTE*month", 2.0, "FTE*month"),
        ("2 FTE × month", 2.0, "FTE*month"),
        # currency signs
        ("$5", 5.0, "USD"),
        ("$2.20/Mtoken", 2.2, "USD/Mtoken"),
        ("$1.2M per month", 1.2e6, "USD/month"),
        ("€5/month", 5.0, "EUR/month"),
        ("£ 30k/year", 30e3, "GBP/year"),
        # characters that a word processor puts in
        ("−5", -5.0, ""),
        ("–5", -5.0, ""),
        ("1,500\u00a0USD", 1500.0, "USD"),
        ("5\u202fk", 5e3, ""),
        ("5\u2009%", 0.05, ""),
    ],
)
def test_numbers(written: str, number: float, unit: str) -> None:
    found = read_quantity(written)
    assert found.content == pytest.approx(number, rel=1e-15)
    assert found.unit == parse_unit(unit)
    assert found.text == written


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1e3", 1000.0), ("012", 12), ("0o14", "0o14"), ("0x1F", "0x1F"), ("no", "no"), ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("1:30", "1:30"),
        ("12:30:00", "12:30:00"), ("1_000", "1_000"), ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("2026-11-01", dt.date(2026, 11, 1)),
        ("2027-01", "2027-01"), ("0x_", "0x_"), (".5", 0.5), ("5.", 5.0), ("-5", -5), ("+5", 5), ("5k", "5k"), ("=", "="), ("1.2.3", "1.2.3"),
    ],
)  # fmt: skip
def test_unquoted_words_of_a_file(word: str, value: object) -> None:
    found = read_scalar(word)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("word", [".nan", ".NaN", ".inf", "-.INF", "1e400", "9" * 301, "2026-02-30", "9999-99-99", "0000-01-01"])
def test_words_that_stand_for_nothing(word: str) -> None:
    with pytest.raises(ScalarError) as caught:
        read_scalar(word)
    assert caught.value.mend


def test_five_to_twenty_thousand_is_a_lognormal_with_the_published_mean() -> None:
    """Squiggle reads ``5k to 20k`` as the lognormal with these P5 and P95: median 10,000, mean 10,929."""
    law = read_quantity("5k to 20k requests/month").content
    assert isinstance(law, laws.LogNormal)
    assert law.ppf([[0.05, 0.5, 0.95]])[0] == pytest.approx([5_000, 10_000, 20_000])
    sigma = math.log(20_000 / 5_000) / (2 * Z95)
    assert law.mean == pytest.approx(10_000 * math.exp(sigma**2 / 2))
    assert law.mean == pytest.approx(10_929, abs=0.5)


@pytest.mark.parametrize(
    "written",
    ["5k–20k", "5k – 20k", "5k—20k", "5k to 20k", "5 k to 20 k", "5,000 to 20,000", "$5k to $20k", "$5k–20k", "5k\u00a0to\u00a020k"],
)
def test_ways_to_write_one_interval(written: str) -> None:
    assert read_quantity(written).content == read_quantity("5000 to 20000").content


def test_a_share_stays_a_share() -> None:
    law = read_quantity("62% to 71%").content
    assert isinstance(law, laws.LogitNormal)
    assert law.support == (0.0, 1.0)
    assert law.ppf([[0.05, 0.95]])[0] == pytest.approx([0.62, 0.71])
    extremes = law.ppf([[1e-12, 1 - 1e-12]])[0]
    assert 0.0 < extremes[0] < extremes[1] < 1.0
    assert read_quantity("62 to 71%").content == law


def test_an_interval_keeps_inside_the_range_of_its_field() -> None:
    law = read_quantity("2 to 5 turns/task", bounds=(1.0, math.inf), unit=parse_unit("turn/task")).content
    assert not isinstance(law, float)
    assert law.support[0] == 1.0
    assert law.ppf([[0.05, 0.95]])[0] == pytest.approx([2.0, 5.0])


def test_bounds_are_turned_into_the_unit_that_was_written() -> None:
    """A field in seconds from 0.5 allows an interval of milliseconds from 500 up."""
    second = parse_unit("second")
    law = read_quantity("600 to 900 ms", bounds=(0.5, math.inf), unit=second).content
    assert not isinstance(law, float)
    assert law.support[0] == pytest.approx(500.0)
    with pytest.raises(QuantityError, match="both ends must lie above 500"):
        read_quantity("400 to 900 ms", bounds=(0.5, math.inf), unit=second)


@pytest.mark.parametrize(
    ("written", "law"),
    [
        ("pert(2, 3, 6)", laws.Pert(2, 3, 6)),
        ("pert(2k, 3k, 6k)", laws.Pert(2e3, 3e3, 6e3)),
        ("triangular(10, 20, 60)", laws.Triangular(10, 20, 60)),
        ("uniform(-1, 1)", laws.Uniform(-1, 1)),
        ("normal(10, 2)", laws.Normal(10, 2)),
        ("lognormal(10, 2)", laws.LogNormal.from_mean_sd(10, 2)),
        ("beta(2, 5)", laws.Beta(2, 5)),
        ("poisson(3)", laws.Poisson(3)),
        ("bernoulli(30%)", laws.Bernoulli(0.3)),
        ("discrete(1: 30%, 2: 70%)", laws.Discrete((1.0, 2.0), (0.3, 0.7))),
        ("-5 to 5", laws.interval(-5, 5)),
    ],
)
def test_laws(written: str, law: laws.Distribution) -> None:
    assert read_quantity(written).content == law
    assert read_quantity(f"{written} hours/month").unit == parse_unit("hour/month")


def test_percentages_inside_a_law() -> None:
    law = read_quantity("pert(-40%, -20%, 0%)/year")
    assert law.content == laws.Pert(-0.4, -0.2, 0.0)
    assert law.unit == parse_unit("1/year")


def test_a_mapping_holds_value_and_provenance() -> None:
    found = read_quantity(
        {
            "value": "5 USD/month",
            "source": "price page",
            "url": "https://example.com",
            "as_of": dt.date(2026, 11, 1),
            "note": "list",
            "owner": "us",
        }
    )
    assert (found.content, found.unit) == (5.0, parse_unit("USD/month"))
    provenance = found.provenance
    assert (provenance.source, provenance.url, provenance.as_of) == ("price page", "https://example.com", dt.date(2026, 11, 1))
    assert (provenance.note, provenance.owner, provenance.is_assumption) == ("list", "us", False)
    assert read_quantity({"value": 5, "source": "x", "as_of": "2026-11-01"}).provenance.as_of == dt.date(2026, 11, 1)


def test_without_a_source_a_value_is_an_assumption() -> None:
    assert read_quantity("5").provenance.is_assumption
    assert read_quantity({"value": 5, "source": "assumption: a guess"}).provenance.is_assumption


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ({"value": 5, "unit": "USD/month"}, "5 USD/month"),
        ({"value": "5k", "unit": "USD/month"}, "5k USD/month"),
        ({"value": 25, "unit": "%"}, "25%"),
        ({"value": "5 to 20", "unit": "GB"}, "5 to 20 GB"),
        ({"value": "pert(1, 2, 3)", "unit": "GB"}, "pert(1, 2, 3) GB"),
    ],
)
def test_a_unit_apart_reads_as_one_behind_the_number(written: dict[str, object], same: str) -> None:
    found, wanted = read_quantity(written), read_quantity(same)
    assert (found.content, found.unit) == (wanted.content, wanted.unit)


def test_paths() -> None:
    growing = read_quantity({"start": "5k to 20k USD", "growth": "12%/year", "volatility": "15%/year"})
    assert growing.content == Growing(read_quantity("5k to 20k").content, 0.12, 0.15)  # type: ignore[arg-type]
    assert growing.unit == parse_unit("USD")
    steps = read_quantity({"steps": {"2027-01": "10 GB", "2028-12": "20 to 30 GB"}})
    assert steps.content == Steps(((2027 * 12, 10.0), (2028 * 12 + 11, read_quantity("20 to 30").content)))  # type: ignore[arg-type]
    assert read_quantity({"monthly": [1, "2", "3e0"]}).content == Monthly((1.0, 2.0, 3.0))
    assert read_quantity("= a * 2").content == Formula("a * 2")
    assert read_quantity({"value": "= a", "note": "x"}).content == Formula("a")


def test_a_growth_a_month_is_compounded_to_a_year() -> None:
    content = read_quantity({"start": 1, "growth": "2%/month"}).content
    assert isinstance(content, Growing)
    assert content.growth == pytest.approx(1.02**12 - 1.0)


def test_months_are_counted_from_year_nought() -> None:
    assert read_month("2027-01") == 2027 * 12
    assert read_month("2027-12") - read_month("2027-01") == 11
    assert read_month("2028-01") - read_month("2027-12") == 1


@given(st.floats(1e-6, 1e12), st.sampled_from(["", "k", "M", "bn"]))
def test_every_number_reads_back(value: float, suffix: str) -> None:
    size = {"": 1.0, "k": 1e3, "M": 1e6, "bn": 1e9}[suffix]
    found = read_quantity(f"{value!r}{suffix} USD/month")
    assert found.content == pytest.approx(value * size, rel=1e-15)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_mend(text: str) -> None:
    try:
        found = read_quantity(text)
    except QuantityError as error:
        assert error.message
        assert error.mend
    else:
        assert isinstance(found, Quantity)


@given(st.floats(1e-3, 1e6), st.floats(1.01, 100.0))
def test_the_ends_of_an_interval_are_its_fifth_and_ninety_fifth_percentile(low: float, ratio: float) -> None:
    high = low * ratio
    law = read_quantity(f"{low!r} to {high!r}").content
    assert not isinstance(law, (float, Formula, Growing, Steps, Monthly))
    assert law.ppf([[0.05, 0.95]])[0] == pytest.approx([low, high], rel=1e-9)
    assert low < mean_of(law) < high or ratio > 15
