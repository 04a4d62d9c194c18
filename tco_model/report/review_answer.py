"""Turns the review of a month into the one sentence that comes first: what was spent, against what, what moved it, what is due."""

from __future__ import annotations

from decimal import Decimal

from tco_model.charts.numbers import joined
from tco_model.finops.forecast import TOTAL
from tco_model.finops.review import Review
from tco_model.finops.variance import PART_WORDS
from tco_model.report.format import percent, short_number, signed_money


def answer(found: Review) -> str:
    """Return the sentence."""
    said = (_spend(found), _budgets(found), _moved(found), _due(found))
    return "; ".join(one for one in said if one) + "."


def due_decisions(found: Review) -> tuple[str, ...]:
    """Return the titles of open decisions that had to show by the month of the review."""
    return tuple(one.decision.title for one in found.outcomes if one.decision.status == "open" and one.decision.due <= found.month)


def ratio(amount: Decimal, before: Decimal) -> str:
    """Spell a change against what was before: ``+3.2%``."""
    return f"{float(amount / before - 1):+.1%}".replace("-", "−") if before else "–"


def _spend(found: Review) -> str:
    text = f"{short_number(float(found.spend))} {found.currency} in {found.month}"
    if found.before is not None:
        change = found.spend - found.before
        text += f", {signed_money(float(change), found.currency)} ({ratio(found.spend, found.before)}) on the month before"
    return text + _forecast(found)


def _forecast(found: Review) -> str:
    total = next((one for one in found.fared if one.name == TOTAL), None)
    if total is None or not total.forecast:
        return ""
    off = float(total.actual / total.forecast - 1)
    range_ = "within" if total.inside else "outside"
    return f", {percent(abs(off))} {'above' if off > 0 else 'below'} its forecast and {range_} its range"


def _budgets(found: Review) -> str:
    over = [one.budget.name for one in found.budgets if one.is_over]
    return f"over budget: {', '.join(over)}" if over else "every budget holds" if found.budgets else ""


def _moved(found: Review) -> str:
    """Name the part of the change that is largest, and the item that it is mostly made of."""
    if found.variance is None or not any(found.variance.parts.values()):
        return ""
    part, amount = max(found.variance.parts.items(), key=lambda entry: abs(entry[1]))
    (item, _), *_ = found.variance.behind(part, 1)
    moved = f"{PART_WORDS[part]} ({signed_money(float(amount), found.currency)})"
    return f"most of the change is {moved}, first of all {item.service} in {item.account}"


def _due(found: Review) -> str:
    due = due_decisions(found)
    return f"due: {joined(list(due))}" if due else "no decision is due" if found.outcomes else ""
