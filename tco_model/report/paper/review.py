"""Turns the review of a month into a paper that ends in decisions: what was spent, why, what was meant, and what came of the last ones."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tco_model.actuals.spend import COST_WORDS
from tco_model.analysis.levers import Levers
from tco_model.finops.maturity import marks
from tco_model.finops.move import Move
from tco_model.finops.review import Review
from tco_model.finops.variance import PART_WORDS
from tco_model.report.format import chance, of_hundred, percent, short_number, signed_money
from tco_model.report.idle_groups import NOTHING_IDLE, idle_spend
from tco_model.report.moving import moving_sentences
from tco_model.report.paper.document import Block, Column, Listing, Paper, Row, Section, Table, paragraph, row, said
from tco_model.report.paper.paper import numbered
from tco_model.report.paper.statement import money
from tco_model.report.review_answer import answer, questions, ratio, share, signed
from tco_model.report.unit_costs import month_cells

MOST_MOVERS, MOST_LEVERS = 8, 3
NUMBER = "right"


def make_review_paper(found: Review, version: str, levers: Levers | None = None, moving: Move | None = None) -> Paper:
    """Return the paper of a review.

    Args:
        found: the review.
        version: of this package.
        levers: those of the scenario that the workload was decided by.
        moving: what moving that workload comes to.
    """
    parts = [
        ("What was spent", "spent", _spent(found)),
        ("Why it changed", "why", _why(found)),
        ("Against budget and forecast", "meant", _meant(found)),
        ("What one unit cost", "units", _units(found)),
        ("How well the bill is kept", "kept", _kept(found)),
        ("Idle and orphaned spend", "idle", _idle(found)),
        ("Days off what is expected", "anomalies", _odd(found)),
        ("What earlier decisions saved", "decisions", _outcomes(found)),
        *([("Stay or move", "move", _moving(moving))] if moving is not None else []),
        ("What to decide", "decide", _decide(found, levers, moving)),
    ]
    sections = tuple(Section(str(place), head, tuple(blocks), key) for place, (head, key, blocks) in enumerate(parts, start=1))
    (front,) = numbered(sections)
    return Paper(
        title=f"Review of {found.month}",
        subtitle=f"{COST_WORDS[found.cost].capitalize()}; in {found.currency}",
        description=answer(found), author="", date=f"{found.month}-01", language="en", front=front, appendix=(),
        colophon=f"Review of {found.month}: {found.cost} in {found.currency}; tco_model {version}",
    )  # fmt: skip


def _spent(found: Review) -> Iterator[Block]:
    yield paragraph(answer(found), lead=True)
    columns = (Column("Owner", weight=2), Column(found.month, NUMBER), Column("The month before", NUMBER), Column("Change", NUMBER))
    rows = [
        row(one.owner, money(one.amount), "–" if one.before is None else money(one.before), _change(one.amount, one.before))
        for one in found.owners
    ]
    before = "–" if found.before is None else money(found.before)
    rows.append(row("The bill", money(found.spend), before, _change(found.spend, found.before), strong=True))
    yield Table(f"Who bore what, {found.currency}", columns, tuple(rows), "Shares of pools included; the amounts sum to the bill.")
    for note in found.notes:
        yield paragraph(f"Note: {note}.", quiet=True)


def _why(found: Review) -> Iterator[Block]:
    if found.variance is None:
        yield paragraph("The bill does not reach back a month.")
        return
    why = found.variance
    yield paragraph(f"{why.after} cost {signed(why.change)} {why.currency} against {why.before}.")
    columns = (Column("Part", weight=2.4), Column(found.currency, NUMBER))
    rows = [row(PART_WORDS[part].capitalize(), signed(amount)) for part, amount in why.parts.items() if amount]
    one = "All charges are in one currency, so that no rate of exchange is in it."
    note = f"An exact split: the parts sum to the change. {'' if why.is_converted else one}".rstrip()
    yield Table("The change by cause", columns, (*rows, row("Together", signed(why.change), strong=True)), note)
    movers = [one for one in why.items if one.change][:MOST_MOVERS]
    columns = (Column("Whose", weight=1.2), Column("What moved", weight=4), Column(found.currency, NUMBER))
    yield Table("What moved most", columns, tuple(row(one.bearer, one.words, signed(one.change)) for one in movers))


def _meant(found: Review) -> Iterator[Block]:
    if not found.budgets and not found.fared:
        yield paragraph("There is neither a budget nor a kept forecast of this month.")
    if found.budgets:
        columns = (
            Column("Budget", weight=2), Column("Period"), Column("Limit", NUMBER), Column("Spent", NUMBER), Column("Share", NUMBER),
            Column("Ends at", NUMBER), Column("Chance over", NUMBER),
        )  # fmt: skip
        rows: list[Row] = []
        for one in found.budgets:
            runs = one.days < one.length
            ends = short_number(one.end[1]) if one.end and runs else "–"
            odds = chance(one.chance.value) if one.chance and runs else "over" if one.is_over else "kept"
            limit = f"{short_number(float(one.limit))} {one.unit}"
            rows.append(row(one.budget.name, one.period, limit, short_number(float(one.spent)), percent(one.share, 0), ends, odds))
        yield Table("Budgets", columns, tuple(rows))
    if found.fared and found.forecast is not None:
        columns = (
            Column("Owner", weight=2),
            Column("Forecast", NUMBER),
            Column("Actual", NUMBER),
            Column("Accuracy", NUMBER),
            Column("In its range"),
        )
        rows = [
            row(
                one.name,
                money(one.forecast),
                money(one.actual),
                "–" if one.accuracy is None else f"{one.accuracy:+.1%}",
                "yes" if one.inside else "no",
            )
            for one in found.fared
        ]
        made = f"Made {found.forecast.made} after {found.forecast.last_actual}"
        made += f", written down {found.forecast.written}." if found.forecast.written else "."
        note = f"{made} Accuracy is (forecast − actual) / forecast: negative was too low."
        yield Table(f"The forecast of the month, {found.currency}", columns, tuple(rows), note)


def _units(found: Review) -> Iterator[Block]:
    if not found.unit_costs:
        yield paragraph("The allocation file names no unit cost.")
        return
    columns = (
        Column("What", weight=2.4),
        Column("Unit", weight=1.4),
        Column(found.month, NUMBER),
        Column("Before", NUMBER),
        Column("Change", NUMBER),
    )
    yield Table("Unit costs", columns, tuple(row(*month_cells(one.metric, found.month)) for one in found.unit_costs))


def _kept(found: Review) -> Iterator[Block]:
    allocation = marks("allocation")
    points = [
        f"{percent(found.coverage)} of the cost is allocated, {allocation.level(found.coverage)} ({allocation.source}, "
        f"{allocation.as_of}); {money(found.unallocated)} {found.currency} is nobody's."
    ]
    if found.compliance is not None:
        points.append(f"{percent(found.compliance)} of the usage cost carries every required tag.")
    one = found.commitments
    if one is not None and one.utilisation is not None:
        points.append(
            f"Commitments cover {share(one.coverage)} of what they are for, and are used to {percent(one.utilisation)}; "
            f"{money(one.unused)} {found.currency} was committed and not used."
        )
    if one is not None and one.savings_rate is not None:
        points.append(f"All discounts and commitments together save {percent(one.savings_rate)} of list prices (effective savings rate).")
    points += [
        f"Nobody's over all months: {item.service} in {item.account}, {money(item.amount)} {found.currency}." for item in found.items[:3]
    ]
    yield Listing(tuple(said(point) for point in points))


def _idle(found: Review) -> Iterator[Block]:
    held = idle_spend(found)
    if held is None:
        yield paragraph(NOTHING_IDLE)
        return
    yield paragraph(held.sentence)
    columns = (Column("What is seen", weight=2.6), Column("Where", weight=2), Column("How many", NUMBER), Column(found.currency, NUMBER))
    rows = [row(one.seen, one.where, str(one.count), money(one.cost)) for one in held.groups]
    yield Table("Idle and orphaned", columns, (*rows, row("Together", "", str(held.count), money(held.total), strong=True)))


def _odd(found: Review) -> Iterator[Block]:
    held = found.anomalies
    if held is None or not held.found:
        yield paragraph("No day of the month is off what is expected of it.")
        return
    columns = (
        Column("Where", weight=2.4),
        Column("Days", weight=1.8),
        Column("Kind"),
        Column("Mostly", weight=1.4),
        Column("Excess", NUMBER),
    )
    rows = [
        row(f"{one.service} in {one.account}", f"{one.first} to {one.last}", one.kind, one.explained[0][0] if one.explained else "–",
            signed_money(one.excess, held.currency))
        for one in held.found
    ]  # fmt: skip
    note = f"What is neither lower nor recurring is {percent(held.share)} of the spend: {held.colour}."
    yield Table("Anomalies", columns, tuple(rows), note)


def _outcomes(found: Review) -> Iterator[Block]:
    if not found.outcomes:
        yield paragraph("No decision was recorded before.")
        return
    columns = (
        Column("Decision", weight=2.4), Column("Owner"), Column("Due"), Column("Status"), Column("Expected", NUMBER),
        Column("Saved", NUMBER), Column("Share", NUMBER),
    )  # fmt: skip
    rows: list[Row] = []
    for one in found.outcomes:
        measured = (money(one.expected), money(one.total), share(one.share)) if one.months else ("–", "not due yet", "–")
        rows.append(row(f"{one.id}: {one.decision.title}", one.decision.owner, one.decision.due, one.decision.status, *measured))
    note = "Saved since it was due: the baseline kept with the decision less the cost. No cause is proven, and scopes may overlap."
    yield Table(f"Decisions, {found.currency}", columns, tuple(rows), note)


def _moving(found: Move) -> Iterator[Block]:
    for sentence in moving_sentences(found):
        yield paragraph(sentence)
    names = ("Month", "Bill", "Model of it", "If it stays", "If it moves", "Volume", "Break-even", "Moving pays")
    columns = tuple(Column(name, NUMBER) if place else Column(name) for place, name in enumerate(names))
    rows = [
        row(one.month, *(short_number(value) for value in (float(one.actual), one.modelled, one.stays, one.moves, one.volume)),
            "none" if one.breakeven is None else short_number(one.breakeven.value), chance(one.pays.value))
        for one in found.months
    ]  # fmt: skip
    note = (
        f"The bill: {' and '.join(found.covers)}. If it stays or moves: a mean month of those left, all categories, at the month's demand."
    )
    yield Table(f"{found.workload}, {found.currency} a month; volume in {found.unit}", columns, tuple(rows), note)


def _decide(found: Review, levers: Levers | None, moving: Move | None) -> Iterator[Block]:
    points = list(questions(found))
    points += list(_worth_doing(levers)) if levers is not None else []
    if moving is not None and moving.months[-1].pays.value > 0.5:
        points.append(
            f"Moving to {moving.labels[moving.target]} pays in {of_hundred(moving.months[-1].pays.value)} futures: move, or why not?"
        )
    yield Listing(tuple(said(point) for point in points)) if points else paragraph("Nothing asks for a decision.")
    yield paragraph("Record each with its owner, due month, expected saving and reason, also of spending more: tco decide.")


def _worth_doing(levers: Levers) -> Iterator[str]:
    for one in levers.worth_doing[:MOST_LEVERS]:
        best = one.best
        if best is not None:
            risk = f"; {one.risk}" if one.risk else ""
            effect = f"{signed_money(best.mean.value, levers.unit)} for {levers.options[best.option]} over its life, on average"
            yield f"Lever {one.label}: {effect}{risk}."


def _change(amount: Decimal, before: Decimal | None) -> str:
    return "–" if before is None else f"{signed(amount - before)} ({ratio(amount, before)})"
