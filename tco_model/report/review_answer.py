"""Turns the review of a month into the one sentence that comes first: what was spent, against what, what moved it, what is due."""

from __future__ import annotations

from decimal import Decimal

from tco_model.charts.numbers import joined
from tco_model.finops.alerts import standing
from tco_model.finops.forecast import TOTAL
from tco_model.finops.review import Review
from tco_model.finops.variance import PART_WORDS
from tco_model.report.format import percent, short_number, signed_money

MOST_ASKED, LEAST_ASKED = 2, 200
"""Idle spend that is asked about: the dearest, and each a two-hundredth of the bill or more."""
_ASKS = {"unused commitment": "Use it, or commit to less?"}


def answer(found: Review) -> str:
    """Return the sentence."""
    said = (_spend(found), _budgets(found), _moved(found), _due(found))
    return "; ".join(one for one in said if one) + "."


def due_decisions(found: Review) -> tuple[str, ...]:
    """Return the titles of open decisions that had to show by the month of the review."""
    return tuple(one.decision.title for one in found.outcomes if one.decision.status == "open" and one.decision.due <= found.month)


def questions(found: Review) -> tuple[str, ...]:
    """Return what asks for a decision: budgets that are over, what has risen most, dear idle spend, decisions that saved too little."""
    points = [
        f"{one.budget.name} is over budget by {signed(one.spent - one.limit)} {one.unit}: save, or raise it and say why?"
        for one in found.budgets
        if one.is_over
    ]
    if found.variance is not None:
        risen = [one for one in found.variance.items if one.change > 0 and one.change * 20 > abs(found.variance.change)][:3]
        points += [f"{one.words}: {signed(one.change)} {found.currency} a month. Is it worth it?" for one in risen]
    points += [
        f"{one.service} in {one.account}, {one.resource}: {one.words}, {one.cost:,.2f} {found.currency} a month. "
        + _ASKS.get(one.rule, "Switch it off?")
        for one in found.idle[:MOST_ASKED]
        if one.cost * LEAST_ASKED > found.spend
    ]
    points += [
        f"{one.decision.title} saved {share(one.share)} of what was expected: what keeps it?"
        for one in found.outcomes
        if one.share is not None and one.share < 0.8 and one.expected > 0
    ]
    return tuple(points)


def signed(amount: Decimal) -> str:
    """Spell an amount with its sign, to the cent: ``−1,234.56``."""
    return f"{amount:+,.2f}".replace("-", "−")


def share(part: float | None) -> str:
    """Spell a share that may not be known: ``62%``."""
    return "–" if part is None else percent(part, 0)


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
    """Name the budgets that are over, and those of a running period that are likely to be."""
    over = [one.budget.name for one in found.budgets if one.is_over]
    likely = [one.budget.name for one in found.budgets if not one.is_over and standing(one)[0] == "likely"]
    said = ([f"over budget: {', '.join(over)}"] if over else []) + ([f"forecast to be over: {', '.join(likely)}"] if likely else [])
    return ", ".join(said) or ("every budget holds" if found.budgets else "")


def _moved(found: Review) -> str:
    """Name the part of the change that is largest, and the item that it is mostly made of."""
    if found.variance is None or not any(found.variance.parts.values()):
        return ""
    part, amount = max(found.variance.parts.items(), key=lambda entry: abs(entry[1]))
    (item, _), *_ = found.variance.behind(part, 1)
    moved = f"{PART_WORDS[part]} ({signed_money(float(amount), found.currency)})"
    return f"most of the change: {moved}, mostly {item.service} in {item.account}"


def _due(found: Review) -> str:
    due = due_decisions(found)
    return f"due: {joined(list(due))}" if due else "no decision is due" if found.outcomes else ""
