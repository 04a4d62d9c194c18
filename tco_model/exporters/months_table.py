"""Turns figures by month into a small table: a row a thing, a column a month, as many of the last months as the terminal has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from tco_model.exporters.terminal import plain_table

LEAST = 3
"""Months that are shown however narrow the terminal is."""
GAP = 2
"""Characters between two columns."""
BARS = "▁▂▃▄▅▆▇█"
LEVEL = 0.02
"""Spread of values, as a share of the most, that shows no height."""


def months_table(title: str, months: Sequence[str], rows: Mapping[str, Sequence[str]], console: Console) -> Table:
    """Return the table; `rows` hold a text a month. A month is headed by its year where it is the first shown, or a January."""
    wide = max((len(cell) for cells in rows.values() for cell in cells), default=0)
    room = console.width - max((len(name) for name in rows), default=0) - GAP
    shown = months[-_fitting(months, wide, room) :]
    heads = [month if place == 0 or month.endswith("-01") else month[5:] for place, month in enumerate(shown)]
    left = len(months) - len(shown)
    table = plain_table(f"{title}, the last {len(shown)} of {len(months)}" if left else title, ("", *heads), words=1)
    for name, cells in rows.items():
        table.add_row(name, *cells[left:])
    return table


def _fitting(months: Sequence[str], wide: int, room: int) -> int:
    """Return how many of the last months fit into a width, where cells are so wide and the first month and each January bear the year."""
    year, plain = (max(wide, head) + GAP for head in (len("2026-01"), len("01")))
    count, taken = 0, 0
    for month in reversed(months):
        if count >= LEAST and taken + year > room:
            break
        taken += year if month.endswith("-01") else plain
        count += 1
    return count


def bars(values: Sequence[float | None]) -> str:
    """Return a line of bars, one a month, from the least to the most, level where they hardly differ; a month without a value is a gap."""
    held = [value for value in values if value is not None]
    low, high = min(held, default=0.0), max(held, default=0.0)
    if high - low <= LEVEL * abs(high):
        return "".join(" " if value is None else BARS[3] for value in values)
    return "".join(" " if value is None else BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in values)
