"""Turns proposals and the answers before and after them into the table of ``tco calibrate`` and plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.calibrate import Proposal
from tco_model.report.calibration import verdict
from tco_model.report.format import chance, short_number
from tco_model.report.report import Report


def calibration_data(proposals: Sequence[Proposal], before: Report, after: Report) -> dict[str, Any]:
    """Return proposals and what becomes of the answer as plain data; values in the unit of each input."""
    return {
        "inputs": [
            {
                "field": one.field, "unit": one.unit.shown, "before": _named(one.posterior.before), "after": _named(one.posterior.after),
                "said": one.said, "proposed": one.proposed, "conflict": one.posterior.conflict, "evidence": one.evidence.words,
                "source": one.evidence.source, "as_of": one.evidence.as_of,
            }
            for one in proposals
        ],
        "answer": {name: _answer(report) for name, report in (("before", before), ("after", after))},
        "decision_changed": before.preferred != after.preferred,
    }  # fmt: skip


def print_calibration(proposals: Sequence[Proposal], before: Report, after: Report, console: Console) -> None:
    """Print what each input said and says now, by what evidence, and whether the decision changes."""
    heads = ("input", "unit", "evidence", "P5 to P95 before", "P5 to P95 now", "width")
    table = plain_table("What was measured", heads, 3)
    for one in proposals:
        width = "–" if one.posterior.conflict else f"×{one.narrowed:.2f}"
        name = one.field + (" *" if one.posterior.conflict else "")
        ranges = (_range(one.posterior.before), _range(one.posterior.after))
        table.add_row(name, one.unit.shown, one.evidence.words, *ranges, width)
    console.print(table)
    if any(one.posterior.conflict for one in proposals):
        console.print("* What was measured lies outside of what the file held possible: it stands alone now. Ask why before you take it.")
    options = plain_table(f"{before.decide_by} and the chance of being best", ("", "before", "chance", "now", "chance"), 1)
    later = {one.name: one for one in after.options}
    for one in before.options:
        cells: list[str] = []
        for held in (one, later[one.name]):
            cells += [short_number(held.figures[before.decide_by].mean), chance(held.chance_best.value)]
        options.add_row(one.label, *cells)
    console.print(options)
    console.print(verdict(before, after))


def _answer(report: Report) -> dict[str, Any]:
    return {
        "preferred": report.preferred,
        "options": {
            one.name: {"mean": one.figures[report.decide_by].mean, "chance_best": one.chance_best.value} for one in report.options
        },
    }  # fmt: skip


def _named(values: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("p5", "p50", "p95"), values, strict=True))


def _range(values: tuple[float, float, float]) -> str:
    return f"{short_number(values[0])} to {short_number(values[2])}"
