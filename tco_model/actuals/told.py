"""Turns imports into lines a person reads: what was read, what was set aside, and that the totals agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from tco_model.actuals.load import Outcome
from tco_model.actuals.store import Import

MOST_SHOWN = 5
NOTES = {
    "dates_month_first": "spellings of dates with strokes, read as month/day/year",
    "dates_day_first": "spellings of dates with strokes, read as day/month/year",
    "tag_keys_repeated": "tag keys twice in one cell once spaces are trimmed; the one written without spaces holds",
    "tags_unreadable": "rows whose tags could not be read; kept without tags",
    "period_from_charge": "rows without a billing period; the month of the charge stands for it",
    "rounded_to_12_decimals": "rows with an amount finer than twelve decimals, rounded",
    "keys_repeated": "rows equal to another of the same file; all kept, as separate charges",
}


def amount(number: Decimal | str) -> str:
    """Spell an exact amount in full, without trailing zeros beyond two decimals."""
    whole, _, part = f"{Decimal(number):,f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def outcome_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what became of each file."""
    for place, outcome in enumerate(outcomes):
        if place:
            yield ""
        held = outcome.held
        if outcome.unchanged:
            when = f", imported {held.when[:16].replace('T', ' ')} UTC as {held.id}" if held else " in this command"
            yield f"{outcome.file}: every row is held already{when}; nothing changed"
        if held is not None and not (outcome.unchanged and outcome.workspace_totals is None):
            yield from _one(outcome, held)


def _one(outcome: Outcome, held: Import) -> Iterator[str]:
    version = f" {held.version}" if held.version else ""
    yield f"{outcome.file}: {held.reader}{version}"
    yield f"  rows      {held.rows:>12,} read = {held.kept:,} kept + {held.set_aside:,} set aside"
    if held.skipped:
        yield f"            {held.skipped:>12,} of those kept were held already and count once"
    periods = sorted({part.period for part in held.parts})
    if periods:
        yield f"  periods   {', '.join(periods)}"
    yield from _reconciliation(outcome, held)
    for name, number in held.notes.items():
        yield f"  note      {number:,} {NOTES.get(name, name)}"
    for one in held.replaced:
        yield f"  replaced  {one['account']}, {one['period']}: {one['rows_before']:,} rows -> {one['rows_after']:,}"
        for currency, sums in one["after"].items():
            before = one["before"].get(currency, {})
            yield from (f"            {name} {amount(before.get(name, 0))} -> {amount(value)} {currency}" for name, value in sums.items())
    for row in outcome.set_aside[:MOST_SHOWN]:
        what = f" {row.column} '{row.value}'" if row.column else ""
        yield f"  set aside line {row.line}:{what} {row.reason}"
    if len(outcome.set_aside) > MOST_SHOWN:
        yield f"            … and {len(outcome.set_aside) - MOST_SHOWN:,} more"
    if outcome.set_aside:
        yield f"            all in set_aside/{held.id}.parquet; mend the export and import it again"


def _reconciliation(outcome: Outcome, held: Import) -> Iterator[str]:
    """Yield the totals of the file beside those read back from the workspace, and whether they are equal."""
    for currency, sums in held.totals.items():
        for name, value in sums.items():
            stands = (outcome.workspace_totals or {}).get(currency, {}).get(name, Decimal(0))
            difference = stands - Decimal(value)
            verdict = "equal" if not difference else f"differs by {difference:f}"
            yield f"  {name:<14} {amount(value):>24} {currency} in the file, {amount(stands)} in the workspace: {verdict}"


def import_lines(imports: Sequence[Import]) -> Iterator[str]:
    """Yield one line an import, oldest first, and what each still holds."""
    for one in imports:
        rows = sum(part.rows for part in one.parts)
        counts = f"{one.rows:>10,} read {rows:>10,} held {one.set_aside:>6,} set aside"
        yield f"{one.id}  {one.when[:16].replace('T', ' ')}  {one.reader:<14} {counts}  {one.file}"


def as_data(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as plain data; amounts are text, so that no reader rounds them."""
    from dataclasses import asdict

    return {
        "file": outcome.file,
        "unchanged": outcome.unchanged,
        "import": asdict(outcome.held) if outcome.held else None,
        "set_aside": [asdict(row) for row in outcome.set_aside],
        "workspace_totals": {
            currency: {name: f"{value:f}" for name, value in sums.items()} for currency, sums in (outcome.workspace_totals or {}).items()
        },
    }
