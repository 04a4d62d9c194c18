"""A closed month stays as it was booked; what changes in it later is booked once, in the next open month."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tco_model.cli import main
from tco_model.errors import ScenarioError
from tco_model.finops.allocate import allocate
from tco_model.finops.closing import Booked, Closed, book, closing_text, read_closed, reopened
from tests.finops.bills import charge, rules, table

RULES = """
cost: BilledCost
rules:
  - {name: search, when: {SubAccountName: s}, owner: search}
  - {name: ads, when: {SubAccountName: a}, owner: ads}
"""
BILL = [charge("10", account="s", month=month) for month in ("2026-05", "2026-06", "2026-07", "2026-08")]
LATE = [charge("0.50", account="s", month="2026-05"), charge("3", account="a", month="2026-05")]


def booked(bill: list[dict[str, Any]], month: str, closed: tuple[Closed, ...] = ()) -> Booked:
    return book(allocate(table(bill), rules(RULES)), rules(RULES), month, closed)


def close(folder: Path, bill: list[dict[str, Any]], month: str) -> tuple[Closed, ...]:
    (folder / f"{month}.json").write_text(closing_text(booked(bill, month, read_closed(folder))))
    return read_closed(folder)


def amounts(found: Booked) -> list[tuple[str, str, Decimal]]:
    return [(line.owner, line.adjusts, line.amount) for line in found.lines]


def test_a_late_charge_is_booked_once_in_the_first_open_month(tmp_path: Path) -> None:
    closed = close(tmp_path, BILL, "2026-05")
    late = [*BILL, *LATE]
    assert amounts(booked(late, "2026-05", closed)) == [("search", "", Decimal(20))]
    assert booked(late, "2026-05", closed).changed == {"ads": Decimal(6), "search": Decimal(1)}
    june = [("search", "", Decimal(20)), ("ads", "2026-05", Decimal(6)), ("search", "2026-05", Decimal(1))]
    assert amounts(booked(late, "2026-06", closed)) == june
    assert amounts(booked(late, "2026-07", closed)) == june[:1]
    closed = close(tmp_path, late, "2026-06")
    assert amounts(booked(late, "2026-07", closed)) == june[:1]
    assert booked(late, "2026-05", closed).changed == {}


def test_everything_booked_is_the_bill_whenever_months_are_closed(tmp_path: Path) -> None:
    bill = BILL
    for month, late in (("2026-05", LATE), ("2026-06", [charge("-2", account="a", month="2026-06"), *LATE]), ("2026-07", [])):
        close(tmp_path, bill, month)
        bill = [*bill, *late]
    closed = close(tmp_path, bill, "2026-08")
    whole = sum(line.amount for one in closed for line in one.lines)
    assert whole == sum(row["BilledCost"] for row in bill)


def test_a_month_that_vanishes_is_taken_back(tmp_path: Path) -> None:
    closed = close(tmp_path, BILL, "2026-05")
    assert amounts(booked(BILL[1:], "2026-06", closed))[1:] == [("search", "2026-05", Decimal(-20))]


def test_a_closed_file_that_was_edited_is_refused(tmp_path: Path) -> None:
    close(tmp_path, BILL, "2026-05")
    file = tmp_path / "2026-05.json"
    file.write_text(file.read_text().replace('"20.00"', '"19.00"'))
    with pytest.raises(ScenarioError, match="hash differs"):
        read_closed(tmp_path)
    file.write_text("{}")
    with pytest.raises(ScenarioError, match="no closed month"):
        read_closed(tmp_path)


def test_only_the_last_closed_month_is_opened_and_with_a_reason(tmp_path: Path) -> None:
    close(tmp_path, BILL, "2026-05")
    closed = close(tmp_path, BILL, "2026-06")
    for month, why, words in (("2026-05", "x", "closed after"), ("2026-07", "x", "not closed"), ("2026-06", " ", "no reason")):
        with pytest.raises(ScenarioError, match=words):
            reopened(tmp_path, month, why)
    with pytest.raises(ScenarioError, match="closed already"):
        closing_text(booked(BILL, "2026-06", closed))


def test_months_are_charged_on_one_cost(tmp_path: Path) -> None:
    closed = close(tmp_path, BILL, "2026-05")
    held = rules(RULES.replace("BilledCost", "EffectiveCost"))
    with pytest.raises(ScenarioError, match="closed on BilledCost"):
        book(allocate(table(BILL), held), held, "2026-06", closed)


def test_the_command_closes_shows_and_opens_again(sample_year: Path, tmp_path: Path) -> None:
    place, file = shutil.copytree(sample_year, tmp_path / "bills"), tmp_path / "allocation.yaml"
    run = CliRunner().invoke
    assert run(main, ["allocate", "--starter", "--rules", str(file)]).exit_code == 0
    words = ["chargeback", str(place), "--rules", str(file), "--month", "2026-08"]
    first = run(main, [*words, "--close", "--json"])
    assert first.exit_code == 0 and "is closed" in first.stderr
    assert json.loads(run(main, [*words, "--json"]).stdout) == json.loads(first.stdout)
    again = run(main, [*words, "--close"])
    assert again.exit_code == 2 and "--reopen" in again.output
    opened = run(main, [*words, "--reopen", "the refund belongs to August"])
    assert opened.exit_code == 0 and "open again" in opened.stderr
    kept = json.loads((place / "closed" / "2026-08.reopened-1.json").read_text())
    assert kept["why"] == "the refund belongs to August" and not (place / "closed" / "2026-08.json").exists()
