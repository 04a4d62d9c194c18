"""Commitments: the specification's own examples, and the formulas on small bills."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pytest

from tco_model.actuals.load import import_files
from tco_model.actuals.store import Workspace
from tco_model.finops.commitments import commitments, commitments_query
from tests.finops.bills import charge, table

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "focus" / "spec_v1_2_examples"


def usage(amount: str, listed: str, status: str = "", **more: Any) -> dict[str, Any]:
    said = {"ChargeCategory": "Usage", "CommitmentDiscountStatus": status or None, "ListCost": Decimal(listed).quantize(Decimal("1e-12"))}
    return charge(amount, **said | more)


def test_the_formulas_on_a_small_bill() -> None:
    """Committed 70 used of 100 at a list of 100, 30 unused; on demand 100 of the same service; 60 paid of 80 elsewhere."""
    (found,) = commitments(
        table([
            usage("70", "100", "Used"), usage("30", "0", "Unused"), usage("100", "100"), usage("60", "80", ServiceName="Storage"),
            charge("1000", ChargeCategory="Purchase"),
        ])
    )  # fmt: skip
    assert found.utilisation == pytest.approx(0.7) and found.waste == pytest.approx(0.3)
    assert found.coverage == pytest.approx(100 / 200) and found.savings_rate == pytest.approx(1 - 260 / 280)


def test_a_bill_without_commitments_or_lists_says_nothing() -> None:
    (found,) = commitments(table([charge("10", ChargeCategory="Usage")]))
    assert (found.utilisation, found.waste, found.coverage, found.savings_rate) == (None, None, None, None)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("one_hundred_percent_utilization_without_commitment_discount_flexibility", 1.0),
        ("one_hundred_percent_utilization_with_commitment_discount_flexibility_with_2_resources", 1.0),
        ("zero_percent_utilization_without_commitment_discount_flexibility", 0.0),
    ],
)
@pytest.mark.skipif(not EXAMPLES.exists(), reason="the examples of the FOCUS specification are not at hand")
def test_the_examples_of_the_specification(name: str, wanted: float, tmp_path: Path) -> None:
    import_files([EXAMPLES / f"{name}.csv"], tmp_path, currency="USD")
    found = [one for one in commitments(Workspace(tmp_path).charges()) if one.utilisation is not None]
    assert found and all(one.utilisation == wanted and one.waste == 1 - wanted for one in found)


def test_the_query_is_one_for_spark_too() -> None:
    assert ibis.to_sql(commitments_query(table([usage("1", "1")])), dialect="pyspark")
