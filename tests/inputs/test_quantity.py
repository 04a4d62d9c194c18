"""Holds quantities to their contract: exact changes of unit, paths month by month, ends and expected values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tco_model.engine.inputs import LeafBook
from tco_model.expr.evaluate import evaluate
from tco_model.inputs.quantity import Quantity
from tco_model.inputs.text import read_month, read_quantity
from tco_model.units import UnitError, parse_unit

START = "2027-01"


def months_of(raw: Any, months: int = 15, start: str = START) -> list[float]:
    """The values of a certain path over the months of a timeline, as a cost line sees them."""
    book = LeafBook(read_month(start), months)
    term = book.quantity("path", read_quantity(raw))
    values = evaluate({"path": term}, {name: leaf.central({}) for name, leaf in book.leaves.items()}, months)["path"]
    return np.broadcast_to(values, (1, months))[0].tolist()


def test_a_number_holds_in_every_month() -> None:
    assert months_of("5k USD") == [5000.0] * 15


def test_growth_starts_at_its_start_and_compounds_monthly() -> None:
    """start * (1 + yearly rate)^(month / 12): the first month is the start, the thirteenth one year's growth above it."""
    values = months_of({"start": "100 GB", "growth": "20%/year"}, 25)
    assert values[0] == 100.0
    assert values[12] == pytest.approx(120.0)
    assert values[24] == pytest.approx(144.0)
    assert values[1] / values[0] == pytest.approx(1.2 ** (1 / 12))
    assert values == pytest.approx([100.0 * 1.2 ** (month / 12) for month in range(25)])


def test_shrinking_and_monthly_growth() -> None:
    assert months_of({"start": 100, "growth": "-50%/year"}, 13)[12] == pytest.approx(50.0)
    assert months_of({"start": 100, "growth": "2%/month"}, 4) == pytest.approx([100.0, 102.0, 104.04, 106.1208])


def test_steps_hold_from_their_month_until_the_next() -> None:
    values = months_of({"steps": {"2027-01": 10, "2027-04": 20, "2028-01": 30}})
    assert values == [10.0] * 3 + [20.0] * 9 + [30.0] * 3


def test_a_step_before_the_timeline_holds_at_its_start() -> None:
    assert months_of({"steps": {"2025-06": 5, "2026-12": 10, "2027-02": 20}}, 3) == [10.0, 20.0, 20.0]


def test_before_the_first_step_its_value_holds() -> None:
    assert months_of({"steps": {"2027-03": 10, "2027-04": 20}}, 5) == [10.0, 10.0, 10.0, 20.0, 20.0]


def test_a_step_after_the_timeline_never_comes() -> None:
    assert months_of({"steps": {"2027-01": 10, "2030-01": 99}}, 3) == [10.0, 10.0, 10.0]


def test_an_uncertain_step_takes_its_own_months_alone() -> None:
    """By hand: the expected value of pert(10, 20, 30) is 20; the certain steps beside it are untouched."""
    values = months_of({"steps": {"2026-01": 5, "2027-03": "pert(10, 20, 30)", "2027-05": 50}}, 6)
    assert values == pytest.approx([5.0, 5.0, 20.0, 20.0, 50.0, 50.0])


def test_monthly_values_start_with_the_timeline_and_the_last_holds_on() -> None:
    assert months_of({"monthly": [1, 2, 3]}, 6) == [1.0, 2.0, 3.0, 3.0, 3.0, 3.0]
    assert months_of({"monthly": [1, 2, 3]}, 2) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("1 year", "month", 12.0),
        ("1 month", "hour", 730.0),
        ("24 hours", "day", 1.0),
        ("2.5 M/day", "1/month", 2.5e6 * 730 / 24),
        ("0.25 USD/Mtoken", "USD/token", 0.25e-6),
        ("1 TB", "GB", 1000.0),
        ("1 GiB", "byte", 2.0**30),
        ("90 seconds", "minute", 1.5),
        ("120k USD/year", "USD/month", 10e3),
    ],
)
def test_changes_of_unit(written: str, unit: str, value: float) -> None:
    """A month is 730 hours and a twelfth of a year, as cloud price lists have it."""
    assert read_quantity(written).to(parse_unit(unit)).content == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    "written",
    ["5k to 20k GB", "pert(2, 3, 6) GB", {"start": "5 GB", "growth": "10%/year"}, {"steps": {"2027-01": "5 GB"}}, {"monthly": ["5 GB"]}],
)
def test_a_change_of_unit_there_and_back_changes_nothing(written: Any) -> None:
    quantity = read_quantity(written)
    there = quantity.to(parse_unit("TB"))
    assert [low for low, _ in there.spans()] == pytest.approx([low / 1000 for low, _ in quantity.spans()])
    assert there.to(parse_unit("GB")).central == pytest.approx(quantity.central)


def test_units_of_another_kind_are_refused() -> None:
    with pytest.raises(UnitError, match="GB cannot be turned into USD"):
        read_quantity("5 GB").to(parse_unit("USD"))


def test_a_formula_has_no_value_of_its_own() -> None:
    formula = read_quantity("= a")
    assert list(formula.values()) == []
    assert formula.central is None
    assert not formula.is_uncertain


@pytest.mark.parametrize(
    ("written", "uncertain"),
    [
        ("5", False),
        ("5 to 20", True),
        ({"start": 5, "growth": "10%/year"}, False),
        ({"start": 5, "growth": "10%/year", "volatility": "15%/year"}, True),
        ({"start": 5, "growth": "5% to 15%/year"}, True),
        ({"steps": {"2027-01": 1, "2027-02": "1 to 2"}}, True),
        ({"monthly": [1, 2]}, False),
    ],
)
def test_what_is_uncertain(written: Any, uncertain: bool) -> None:
    assert read_quantity(written).is_uncertain is uncertain


def test_parts_of_a_path_keep_what_was_written_and_their_source() -> None:
    quantity = read_quantity({"start": "5k GB", "growth": "10%/year", "source": "here", "as_of": "2026-11-01"})
    part = quantity.part("growth", 0.1, parse_unit("1/year"))
    assert isinstance(part, Quantity)
    assert (part.text, part.provenance.source) == ("10%/year", "here")
