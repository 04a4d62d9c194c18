"""Turns checked budgets into rows, the table of ``tco budget check``, and the message a chat takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.alerts import Alert, highest
from tco_model.finops.budget import Checked
from tco_model.report.format import chance, percent, short_number


def budget_rows(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """Return a row a budget; exact amounts as text, estimates as numbers."""
    return [
        {
            "budget": one.budget.name, "about": one.budget.about, "period": one.period, "unit": one.unit, "limit": str(one.limit),
            "spent": str(one.spent), "share": one.share, "until": one.until.isoformat(), "days": one.days, "length": one.length,
            "burn_rate_a_day": one.burn_rate, "used_up": one.used_up.isoformat() if one.used_up else None,
            "end": None if one.end is None else dict(zip(("p10", "central", "p90"), one.end, strict=True)),
            "chance_of_overspend": None if one.chance is None else one.chance.value,
            "chance_error": None if one.chance is None else one.chance.error, "is_over": one.is_over,
            "source": one.budget.source or "assumption", "as_of": one.budget.as_of.isoformat() if one.budget.as_of else None,
        }
        for one in checked
    ]  # fmt: skip


def alert_rows(alerts: Sequence[Alert]) -> list[dict[str, str]]:
    """Return a row an alert."""
    return [
        {"budget": one.budget, "period": one.period, "kind": one.kind, "threshold": one.threshold, "limit": one.limit} for one in alerts
    ]  # fmt: skip


def webhook_text(message: str) -> str:
    """Return a message as the JSON that chat webhooks take: one text."""
    return json.dumps({"text": message}, ensure_ascii=False) + "\n"


def print_budgets(checked: Sequence[Checked], console: Console) -> None:
    """Print how each budget stands, what its period ends at, and the chance that it is overspent."""
    if not checked:
        console.print("No budget holds for this month.")
        return
    heads = ("", "period", "unit", "budget", "spent", "share", "ends at", "P10", "P90", "chance over", "used up")
    table = plain_table(f"Budgets by {checked[0].until}", heads, 3)
    for one in checked:
        runs = one.days < one.length and one.end is not None
        low, central, high = (short_number(value) for value in one.end) if one.end and runs else ("", "", "")
        period = f"12 to {one.period[-7:]}" if " to " in one.period else one.period
        amounts = (short_number(float(one.limit)), short_number(float(one.spent)), percent(one.share, 0))
        ends = (central or "–", low or "–", high or "–", chance(one.chance.value) if one.chance and runs else "–")
        table.add_row(one.budget.name + (" *" if one.is_over else ""), period, one.unit, *amounts, *ends, f"{one.used_up or '–'}")
    console.print(table)
    if any(one.is_over for one in checked):
        console.print("* overspent")


def message(alerts: Sequence[Alert], checked: Sequence[Checked]) -> str:
    """Return alerts as a text that a person reads in a chat, a line each budget; empty without alerts."""
    by_name = {one.budget.name: one for one in checked}
    lines: list[str] = []
    for name in dict.fromkeys(one.budget for one in alerts):
        crossed = [one for one in highest(alerts) if one.budget == name]
        said = " and ".join(f"{one.threshold} {'spent' if one.kind == 'actual' else 'forecast'}" for one in crossed)
        lines.append(f"Budget {name}, {by_name[name].period}: {said}. {words(by_name[name])}")
    return "\n".join(lines)


def words(one: Checked) -> str:
    """Say how a budget stands."""
    limit = f"{short_number(float(one.limit))} {one.unit}"
    said = f"{short_number(float(one.spent))} of {limit} ({percent(one.share, 0)}) by {one.until}"
    if one.end is not None and one.days < one.length:
        low, central, high = (short_number(value) for value in one.end)
        said += f"; ends at {central} ({low} to {high})"
    if one.chance is not None and one.days < one.length:
        said += f"; overspent in {chance(one.chance.value)} of futures"
    return said + "."
