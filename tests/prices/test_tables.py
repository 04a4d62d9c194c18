"""The dated tables of GPUs, owned hardware and provisioned throughput: every row sourced, and as published."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tco_model.inputs.literal import read_text
from tco_model.inputs.tables import read_table
from tco_model.lines.nomenclature import BY_NAME
from tco_model.prices.gpus import assumed, assumed_figures, gpu_price, gpu_prices, owned_figure, owned_figures, search_gpus
from tco_model.prices.problem import PriceError
from tco_model.prices.provisioned import provisioned, provisioned_rows, unit_price, unit_prices
from tco_model.prices.rows import TABLES
from tco_model.units import parse_unit

DAY = dt.date(2026, 11, 23)
BEFORE_THE_CUT = dt.date(2025, 5, 15)


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_row_has_source_address_and_date_or_says_it_is_assumed(path: Path) -> None:
    if path.stem == "defaults":
        assert all(row.provenance.is_assumption and len(row.provenance.note) > 20 for row in assumed_figures())
        return
    rows = read_table(path)
    assert rows
    assert all(origin.url.startswith("https://") and not origin.is_assumption for _, origin in rows)
    dated = [(row["name"], origin.as_of) for row, origin in rows]
    assert len(set(dated)) == len(dated)


@pytest.mark.parametrize(
    ("name", "price"),
    [
        ("aws-h100", 6.88),
        ("aws-h100-single", 6.88),
        ("aws-h200", 7.912),
        ("aws-b200", 14.2416),
        ("aws-h100-eu-west-2", 8.944),
        ("aws-h200-ap-northeast-1", 9.89),
        ("lambda-h100", 3.99),
        ("lambda-b200", 6.69),
        ("lambda-gh200", 2.29),
        ("nebius-h100", 2.95),
        ("nebius-h200", 3.50),
        ("nebius-b200", 5.50),
        ("verda-h200", 3.39),
        ("market-h100-3-years", 1.30),
        ("market-b200-3-years", 2.90),
        ("own-h200", 1.41),
        ("neocloud-mi355x", 1.90),
    ],
)
def test_published_rents(name: str, price: float) -> None:
    found = gpu_price(name, DAY)
    assert found.price == pytest.approx(price, rel=1e-12)
    assert found.gpus >= 1


def test_prices_from_before_and_after_the_cut_never_meet() -> None:
    assert gpu_price("aws-h100", BEFORE_THE_CUT).price == pytest.approx(98.32 / 8)
    assert gpu_price("aws-h100-1-year", BEFORE_THE_CUT).price == pytest.approx(77.43 / 8)
    assert gpu_price("aws-h100-3-years", BEFORE_THE_CUT).price == pytest.approx(53.95 / 8)
    for day in (dt.date(2025, 6, 1), dt.date(2026, 3, 1), DAY):
        assert gpu_price("aws-h100", day).price == pytest.approx(6.88)
        with pytest.raises(PriceError, match="no longer held on 2025-06-01"):
            gpu_price("aws-h100-3-years", day)
    assert {row.term for row in search_gpus("aws h100", DAY)} == {"on_demand", "spot"}


def test_unknown_and_early_names() -> None:
    with pytest.raises(PriceError, match=r"did you mean .*lambda-h100"):
        gpu_price("lamda-h100", DAY)
    with pytest.raises(PriceError, match="the first row is of 2026-11-23"):
        gpu_price("nebius-h100", dt.date(2026, 1, 1))
    with pytest.raises(PriceError, match="did you mean maintenance"):
        assumed("maintenence")


def test_search_is_cheapest_first_and_holds_all_words() -> None:
    found = search_gpus("H200 on_demand", DAY)
    assert [row.price for row in found] == sorted(row.price for row in found)
    assert {row.gpu for row in found} == {"h200", "gh200"}
    assert len({row.name for row in gpu_prices()}) > len(found) > 3


def test_figures_of_owning_carry_the_units_of_the_cost_lines() -> None:
    for row in owned_figures():
        if row.parameter in BY_NAME:
            assert parse_unit(row.unit).factor_to(BY_NAME[row.parameter].unit) == 1
    assert owned_figure("h100-server", DAY).value * 8 == 310_000
    assert owned_figure("colocation-wholesale", dt.date(2025, 6, 1)).value == 184.06
    assert owned_figure("colocation-wholesale", DAY).value == 194.95


def test_assumptions_are_ranges_that_a_scenario_reads() -> None:
    for row in assumed_figures():
        assert row.low < row.likely < row.high
        law, unit = read_text(row.text, unit=parse_unit(row.unit))
        assert not isinstance(law, float)
        assert unit == parse_unit(row.unit)


@pytest.mark.parametrize(
    ("name", "rate", "weight"),
    [
        ("azure-gpt-4.1", 3000, 4),
        ("azure-gpt-4.1-mini", 14900, None),
        ("azure-gpt-4.1-nano", 59400, None),
        ("azure-gpt-4o", 2500, None),
        ("azure-gpt-4o-mini", 37000, None),
        ("azure-gpt-5", 4750, 8),
        ("vertex-gemini-3.5-flash", 675 * 60, 6),
    ],
)
def test_published_throughput_of_a_unit(name: str, rate: float, weight: float | None) -> None:
    found = provisioned(name, DAY)
    assert (found.rate, found.output_weight) == (rate, weight)
    if name.startswith("azure"):
        assert (found.minimum, found.step) == (15, 5)


def test_dated_throughput_and_prices_of_units() -> None:
    assert provisioned("azure-o3", dt.date(2025, 12, 1)).rate == 600
    assert provisioned("azure-o3", DAY).rate == 3000
    assert unit_price("azure-ptu-hourly", DAY).price == 2 * 730
    assert unit_price("azure-ptu-month", DAY).price == 260
    assert unit_price("azure-ptu-year", DAY).price == 221
    assert all("second-hand" in row.provenance.note for row in unit_prices())
    assert {row.unit for row in provisioned_rows()} == {"PTU", "GSU"}
