"""What is done with bills takes any Ibis table with the columns of a bill: Parquet that lies elsewhere, over a connection of one's own."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pytest

from tco_model.actuals.demo import write_demo
from tco_model.actuals.load import import_files
from tco_model.actuals.queries import rows_of
from tco_model.actuals.spend import spend
from tco_model.actuals.store import Workspace
from tco_model.finops.allocate import allocate
from tco_model.finops.anomalies import anomalies
from tco_model.finops.books import Books, Tables
from tco_model.finops.commitments import commitments
from tco_model.finops.forecast import forecast
from tco_model.finops.idle import idle
from tco_model.finops.metadata import comply
from tco_model.finops.outcomes import OUTCOMES, read_outcomes
from tco_model.finops.rates import convert, rates_of
from tco_model.finops.rules import rules_of
from tco_model.finops.starter import STARTER
from tco_model.finops.statements import states
from tco_model.finops.unit_metrics import measure
from tco_model.finops.variance import explain
from tco_model.scenario.source import read_source

RULES = rules_of(read_source(STARTER, "allocation.yaml"))


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Tables, Tables]]:
    """The sample year as the workspace opens it, and its Parquet by a glob over a connection that knows nothing of the workspace."""
    folder = tmp_path_factory.mktemp("bills")
    import_files(write_demo(folder, months=4), folder)
    workspace, other = Workspace(folder), ibis.duckdb.connect()
    elsewhere = Tables(*(other.read_parquet(f"{folder}/{table}/**/*.parquet") for table in ("charges", "usage")))
    yield folder, Tables(workspace.charges(), workspace.usage()), elsewhere
    workspace.close()


def said_of(bill: Tables, folder: Path) -> tuple[object, ...]:
    """Return what every function says of a bill."""
    counts = read_outcomes(folder / OUTCOMES)
    return (
        spend(bill.charges, "tag:team"), allocate(bill.charges, RULES, bill.usage), states(bill.charges, RULES, bill.usage),
        measure(bill.charges, RULES, bill.usage, counts), explain(bill.charges, RULES, "2025-11", "2025-12", bill.usage),
        comply(bill.charges, RULES), commitments(bill.charges), anomalies(bill.charges, RULES, "2025-12"),
        idle(bill.charges, RULES, "2026-01"),
    )  # fmt: skip


def test_every_function_says_of_a_glob_what_it_says_of_the_workspace(held: tuple[Path, Tables, Tables]) -> None:
    folder, *bills = held
    for mine, its in zip(*(said_of(bill, folder) for bill in bills), strict=True):
        assert mine and mine == its


def test_the_order_in_which_an_engine_gives_rows_changes_nothing(
    held: tuple[Path, Tables, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, bill, _ = held
    plain = said_of(bill, folder)
    turned: list[str] = []

    def backwards(table: Any) -> list[dict[str, Any]]:
        turned.append("")
        return rows_of(table)[::-1]

    for name, module in list(sys.modules.items()):
        if name.startswith("tco_model.") and vars(module).get("rows_of") is rows_of:
            monkeypatch.setattr(module, "rows_of", backwards)
    for before, after in zip(plain, said_of(bill, folder), strict=True):
        assert before == after
    assert len(turned) > len(plain)


def test_a_forecast_takes_them_through_books(held: tuple[Path, Tables, Tables]) -> None:
    folder, *bills = held
    here, there = (forecast(Books(folder, RULES, partial(Tables, one.charges, one.usage)), 2, made=dt.date(2026, 2, 1)) for one in bills)
    assert np.array_equal(here.total.central, there.total.central) and here.total.actual == there.total.actual


def test_a_converted_bill_is_a_table_like_any_other(held: tuple[Path, Tables, Tables]) -> None:
    months = ", ".join(f'{month}: "0.92"' for month in ("2025-10", "2025-11", "2025-12", "2026-01"))
    text = f"schema: 1\ninto: EUR\nquotes: [{{currency: USD, source: s, as_of: 2026-02-01, rates: {{{months}}}}}]\n"
    here, there = (allocate(convert(bill.charges, rates_of(read_source(text, "rates.yaml"))), RULES, bill.usage) for bill in held[1:])
    assert here == there and here.currency == "EUR" and here.bill
