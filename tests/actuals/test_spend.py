"""What each part costs sums to the bill, to the last decimal, whatever it is broken down by."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import ibis
import pytest

from tco_model.actuals.spend import COSTS, DIMENSIONS, TAG, spend, spend_query, tag_keys
from tco_model.actuals.store import Workspace
from tco_model.errors import ScenarioError


@pytest.fixture(scope="module")
def workspace(sample_year: Path) -> Iterator[Workspace]:
    held = Workspace(sample_year)
    yield held
    held.close()


@pytest.mark.parametrize("cost", COSTS)
def test_every_breakdown_sums_to_the_bill(workspace: Workspace, cost: str) -> None:
    logged = [part.totals for one in workspace.imports() for part in one.parts if part.table == "charges"]
    bill = sum((Decimal(amounts[cost]) for totals in logged for amounts in totals.values()), Decimal(0))
    assert bill > 0
    for dimension in (*DIMENSIONS, *(TAG + key for key in tag_keys(workspace.charges())[:4])):
        found = spend(workspace.charges(), dimension, cost)  # type: ignore[arg-type]
        assert found.total == bill, dimension
        assert found.first(3).total == bill
        assert len(found.first(3).amounts) <= 3
        assert len(found.months) == 12
        whole = [sum(values) for values in found.amounts.values()]
        assert whole == sorted(whole, reverse=True)


def test_threads_that_share_a_workspace_take_turns(workspace: Workspace) -> None:
    """As a page that is run anew while its last run is still at a query."""
    wanted = [spend(workspace.charges(), dimension).total for dimension in DIMENSIONS]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda dimension: spend(workspace.charges(), dimension).total, [*DIMENSIONS] * 6))
    assert found == wanted * 6


def test_what_carries_no_tag_is_named_and_not_dropped(workspace: Workspace) -> None:
    assert "(not said)" in spend(workspace.charges(), "tag:team").amounts


@pytest.mark.parametrize("dimension", ["ServiceName", "tag:team"])
def test_the_query_is_written_for_a_warehouse_too(workspace: Workspace, dimension: str) -> None:
    assert "sum" in ibis.to_sql(spend_query(workspace.charges(), dimension, "BilledCost"), dialect="pyspark").lower()


def test_an_unknown_dimension_or_currency_says_what_there_is(workspace: Workspace) -> None:
    with pytest.raises(ScenarioError, match="ServiceName"):
        spend(workspace.charges(), "Servicename")
    with pytest.raises(ScenarioError, match="no charge is in JPY"):
        spend(workspace.charges(), "ServiceName", currency="JPY")
