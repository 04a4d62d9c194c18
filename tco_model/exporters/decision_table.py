"""Turns decisions and what they saved into rows, and into the table of ``tco decisions``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.decisions import Outcome
from tco_model.report.format import percent
from tco_model.report.paper.statement import money


def decision_rows(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return a row a decision; amounts as exact text, negative spends more."""
    return [
        {
            "id": one.id, "title": one.decision.title, "owner": one.decision.owner, "status": one.decision.status, "due": one.decision.due,
            "scope": one.decision.scope.words, "expected_a_month": one.decision.expected, "currency": one.decision.currency,
            "months": list(one.months), "saved": [str(amount) for amount in one.saved], "expected": str(one.expected),
            "total": str(one.total), "why": one.decision.why, "note": one.decision.note,
        }
        for one in found
    ]  # fmt: skip


def print_decisions(found: Sequence[Outcome], month: str, console: Console) -> None:
    """Print each decision with what it saved up to a month against what was expected."""
    if not found:
        console.print("No decision is recorded yet: tco decide --title … --owner … --due … --expected … --why … --on owner=…")
        return
    currency = found[0].decision.currency
    heads = ("", "decision", "owner", "due", "status", "months", "expected", "saved", "share")
    table = plain_table(f"Decisions, and what they saved until {month} [{currency}]", heads, 5)
    for one in found:
        share = "–" if one.share is None else percent(one.share, 0)
        measured = (str(len(one.months)), money(one.expected), money(one.total), share) if one.months else ("–", "–", "–", "–")
        table.add_row(one.id, one.decision.title, one.decision.owner, one.decision.due, one.decision.status, *measured)
    console.print(table)
    console.print("Saved is the baseline kept with the decision less what the month cost; negative spends more. It does not prove a cause.")
