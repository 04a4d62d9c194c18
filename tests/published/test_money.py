"""Holds the money functions against values published by tax offices, treasuries and other packages."""

from __future__ import annotations

import numpy as np
import pytest

from tco_model.analysis import cashflow


@pytest.mark.parametrize(
    ("years", "percent"),
    [
        (3, (33.33, 44.45, 14.81, 7.41)),
        (5, (20.0, 32.0, 19.2, 11.52, 11.52, 5.76)),
        (7, (14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46)),
    ],
)
def test_macrs_half_year_table_a1_of_irs_publication_946(years: int, percent: tuple[float, ...]) -> None:
    found = cashflow.macrs(250_000.0, years)
    assert found == pytest.approx([2_500.0 * share for share in percent], rel=1e-12)
    assert found.sum() == pytest.approx(250_000.0, rel=1e-12)


def test_npv_examples_of_spreadsheet_manuals() -> None:
    """NPV 10% of -10000 at the end of year 1, 3000, 4200, 6800; NPV 8% of -40000 today and five returns (Excel manual)."""
    assert cashflow.present_value([-10_000, 3_000, 4_200, 6_800], 0.10, "end") == pytest.approx(1188.4434, abs=5e-5)
    assert cashflow.present_value([-40_000, 8_000, 9_200, 10_000, 12_000, 14_500], 0.08, "start") == pytest.approx(1922.0616, abs=5e-5)


def test_loan_payments() -> None:
    """PMT(8%/12, 10, 10000) = -1037.0321 (Excel manual); PMT(0, 60, 15000) = -250. Here a payment is positive."""
    assert cashflow.level_payment(10_000, 0.08 / 12, 10) == pytest.approx(1037.0321, abs=5e-5)
    assert cashflow.level_payment(15_000, 0.0, 60) == 250.0
    assert cashflow.level_payment(15_000, 1e-12, 60) == pytest.approx(250.0, rel=1e-9)


def test_the_payments_of_a_loan_are_worth_the_loan() -> None:
    payment = cashflow.level_payment(10_000, 0.01, 36)
    assert cashflow.present_value(np.full(36, payment), 0.01, "end") == pytest.approx(10_000, rel=1e-12)


@pytest.mark.parametrize(("year", "factor"), [(1, 0.9662), (5, 0.8420), (10, 0.7089), (30, 0.3563)])
def test_green_book_discount_factors(year: int, factor: float) -> None:
    """HM Treasury Green Book, discount factors at 3.5%."""
    assert cashflow.declining_factor(year) == pytest.approx(factor, abs=5e-5)
    assert cashflow.discount_factors(0.035, year)[-1] == pytest.approx(factor, abs=5e-5)


def test_green_book_rates_decline_by_chaining() -> None:
    """HM Treasury Green Book: 3.5% for years 0-30, 3.0% for 31-75, 2.5% for 76-125; year 31 is year 30 over 1.03."""
    factor = cashflow.declining_factor
    assert factor(0) == 1.0
    assert factor(31) == pytest.approx(factor(30) / 1.03, rel=1e-14)
    assert factor(75) == pytest.approx(1.035**-30 * 1.03**-45, rel=1e-14)
    assert factor(76) == pytest.approx(factor(75) / 1.025, rel=1e-14)
    assert factor(125) == pytest.approx(1.035**-30 * 1.03**-45 * 1.025**-50, rel=1e-14)
    with pytest.raises(ValueError, match="year 126 lies beyond"):
        factor(126)


def test_profast_cost_of_capital_and_recovery_factor() -> None:
    """NREL ProFAST: WACC 0.0832112; its capital recovery factor over 20 periods 0.1042981."""
    rate = cashflow.weighted_cost_of_capital(
        debt_to_equity=0.919458823, debt_rate=0.082953591, tax_rate=0.33874403, equity_rate=0.109284877
    )
    assert rate == pytest.approx(0.0832112, abs=5e-8)
    assert cashflow.capital_recovery_factor(rate, 20) == pytest.approx(0.1042981, abs=5e-8)


def test_a_monthly_rate_compounds_to_the_year() -> None:
    assert (1.0 + cashflow.monthly_rate(0.08)) ** 12 == pytest.approx(1.08, rel=1e-14)


def test_straight_line_depreciation_leaves_the_salvage_value() -> None:
    assert cashflow.straight_line(30_000.0, 6_000.0, 48) == pytest.approx(np.full(48, 500.0))


@pytest.mark.parametrize("timing", ["start", "mid", "end"])
def test_timing_moves_a_stream_by_its_offset(timing: cashflow.Timing) -> None:
    offset = {"start": 0.0, "mid": 0.5, "end": 1.0}[timing]
    flows = [5.0, -3.0, 11.0]
    assert cashflow.present_value(flows, 0.07, timing) == pytest.approx(cashflow.present_value(flows, 0.07, "start") / 1.07**offset)
