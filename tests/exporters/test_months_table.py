"""Months in a terminal: as many of the last ones as fit, said where some are left out, and bars that are as high as their values."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tco_model.exporters.months_table import BARS, bars, months_table

MONTHS = tuple(f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13))


def shown(width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(months_table("Shares", MONTHS, {"owner": [f"{place}%" for place in range(24)]}, console))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_the_last_months_that_fit_are_shown_each_under_its_head(width: int) -> None:
    title, heads, line = (one.rstrip() for one in shown(width).splitlines())
    names, cells = heads.split(), line.split()[1:]
    assert len(names) == len(cells) and cells[-1] == "23%" and names[-1] == "12"
    assert cells == [f"{place}%" for place in range(24 - len(cells), 24)]
    assert names[0] == MONTHS[-len(names)] and ("2026-01" in names) == (len(names) >= 12)
    assert max(len(heads), len(line)) <= width
    assert (title == "Shares") == (len(names) == 24)
    assert width < 200 or len(names) == 24


def test_bars_rise_with_values_gaps_stay_gaps_and_what_hardly_moves_is_level() -> None:
    assert bars([1.0, 8.0, None, 4.0]) == f"{BARS[0]}{BARS[7]} {BARS[3]}"
    assert len(set(bars([100.0, 100.5, 101.0]))) == 1
    assert bars([]) == "" and bars([None]) == " "
    assert bars([0.0, 0.0]) == BARS[3] * 2
