"""Turns a review into plain data for a program; exact amounts stay exact as text."""

from __future__ import annotations

from typing import Any

from tco_model.analysis.levers import Levers
from tco_model.exporters.anomaly_table import anomaly_rows
from tco_model.exporters.budget_table import budget_rows
from tco_model.exporters.decision_table import decision_rows
from tco_model.exporters.forecast_table import fared_rows
from tco_model.exporters.levers_table import levers_data
from tco_model.exporters.move_table import move_data
from tco_model.finops.books import Books
from tco_model.finops.move import Move
from tco_model.finops.review import Review
from tco_model.finops.variance import Variance
from tco_model.report.review_answer import answer


def review_data(found: Review, books: Books, levers: Levers | None = None, moving: Move | None = None) -> dict[str, Any]:
    """Return a review as plain data, with the rates that its bill is converted at.

    Args:
        found: the review.
        books: what it is of.
        levers: those of the scenario that the workload was decided by.
        moving: what moving that workload comes to.
    """
    more = {"levers": levers_data(levers)} if levers else {}
    return _data(found) | books.converted_data | more | ({"moving": move_data(moving)} if moving else {})


def _data(found: Review) -> dict[str, Any]:
    held = found.commitments
    return {
        "answer": answer(found), "month": found.month, "cost": found.cost, "currency": found.currency, "spend": str(found.spend),
        "before": None if found.before is None else str(found.before),
        "owners": [
            {"owner": one.owner, "amount": str(one.amount), "before": None if one.before is None else str(one.before)}
            for one in found.owners
        ],
        "variance": None if found.variance is None else variance_data(found.variance),
        "budgets": budget_rows(found.budgets),
        "forecast": fared_rows(found.fared),
        "unit_costs": [
            {"metric": one.metric.name, "unit": f"{found.currency}/{one.metric.unit}", "value": one.value, "before": one.before}
            for one in found.unit_costs
        ],
        "coverage": found.coverage, "unallocated": str(found.unallocated), "compliance": found.compliance,
        "commitments": None if held is None else {
            "coverage": held.coverage, "utilisation": held.utilisation, "waste": held.waste, "effective_savings_rate": held.savings_rate,
        },
        "idle": [
            {"rule": one.rule, "account": one.account, "service": one.service, "resource": one.resource, "cost": str(one.cost)}
            for one in found.idle
        ],
        "anomalies": [] if found.anomalies is None else anomaly_rows(found.anomalies),
        "decisions": decision_rows(found.outcomes), "notes": list(found.notes),
    }  # fmt: skip


def variance_data(found: Variance) -> dict[str, Any]:
    """Return why two months differ as plain data: parts and items that sum to the change."""
    return {
        "before": found.before, "after": found.after, "change": str(found.change),
        "parts": {part: str(amount) for part, amount in found.parts.items()},
        "items": [
            {
                "bearer": one.bearer, "account": one.account, "service": one.service, "sku": one.sku, "unit": one.unit,
                "change": str(one.change), "words": one.words, "effects": {part: str(amount) for part, amount in one.effects.items()},
            }
            for one in found.items
        ],
    }  # fmt: skip
