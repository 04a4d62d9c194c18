"""Turns anomalies into rows and the table of ``tco anomalies``."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.anomalies import Anomalies
from tco_model.report.format import percent, short_number, signed_number


def anomaly_rows(found: Anomalies) -> list[dict[str, Any]]:
    """Return a row an anomaly; amounts are estimates."""
    return [
        {
            "account": one.account, "service": one.service, "first": one.first.isoformat(), "last": one.last.isoformat(), "kind": one.kind,
            "excess": one.excess, "expected": one.expected, "currency": found.currency, "cost": found.cost,
            "explained": [{"resource": name, "share": share} for name, share in one.explained],
        }
        for one in found.found
    ]  # fmt: skip


def print_anomalies(found: Anomalies | None, console: Console) -> None:
    """Print anomalies, the largest first, and their share of the spend."""
    if found is None:
        console.print("There is no usage here yet: tco actuals import FILE…, or tco actuals demo DIR for a sample year.")
        return
    if not found.found:
        console.print(f"No day from {found.first} to {found.last} is off what is expected of it.")
        return
    table = plain_table(
        f"Days off what is expected, {found.first} to {found.last}: {found.cost} [{found.currency}]",
        ("account", "service", "first day", "last day", "kind", "mostly", "excess", "expected"), 6,
    )  # fmt: skip
    for one in found.found:
        mostly = f"{one.explained[0][0]} ({percent(one.explained[0][1], 0)})" if one.explained else "–"
        days = (one.first.isoformat(), one.last.isoformat(), one.kind)
        table.add_row(one.account, one.service, *days, mostly, signed_number(one.excess), short_number(one.expected))
    console.print(table)
    console.print(f"What is neither lower nor recurring is {percent(found.share)} of the spend of these days: {found.colour}.")
