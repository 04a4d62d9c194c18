"""Turns the statements of a month into a paper: who bore what, and for each owner the services and pools it is of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tco_model.actuals.spend import COST_WORDS
from tco_model.finops.against import Modelled, modelled
from tco_model.finops.books import Books
from tco_model.finops.statements import Statement, Statements
from tco_model.finops.unit_metrics import UnitMetric, owner_metrics
from tco_model.report.format import percent
from tco_model.report.paper.document import Block, Column, Contents, Listing, Paper, Section, Table, paragraph, row, said
from tco_model.report.paper.paper import numbered
from tco_model.report.unit_costs import held_against, month_cells


@dataclass(frozen=True, slots=True)
class Units:
    """Unit costs of what owners bear, and by name what models say of them."""

    metrics: Sequence[UnitMetric]
    models: Mapping[str, Modelled]


def owner_units(books: Books, folder: Path, owners: Collection[str]) -> Units:
    """Return the unit costs of what owners bear and what they are held against; `folder` is that of the allocation file.

    Raises:
        ScenarioError: counts or a scenario that cannot be read, or that do not fit.
    """
    metrics = owner_metrics(books.charges, books.rules, books.usage, books.outcomes, owners)
    return Units(metrics, modelled(metrics, books.rules, folder))


def make_statement_paper(
    found: Statements, version: str, units: Units | None = None, *, owner: str = "", notes: Sequence[str] = ()
) -> Paper:
    """Return the paper of a month's statements, of all owners or of one; `units` are the unit costs of what an owner bears, `notes` stand
    below, such as rates of exchange."""
    chosen = [one for one in found.statements if owner in ("", one.owner)]
    whose = owner or f"{len(chosen)} owners"
    front = [Section("1", f"Costs of {found.month}", tuple(_summary(found, chosen, notes, whole=not owner)), "summary")]
    front += [
        Section(str(place), one.owner, (*_statement(one), *unit_costs(one, units)), f"owner-{place}")
        for place, one in enumerate(chosen, start=2)
    ]
    contents = Section("", "Contents", (Contents(),), "contents")
    first, later = numbered(tuple(front), (contents,))
    return Paper(
        title=f"Statement of costs: {whose}, {found.month}",
        subtitle=f"{COST_WORDS[found.cost].capitalize()}; in {found.currency}",
        description=f"What {whose} bore in {found.month}",
        author="",
        date=f"{found.month}-01",
        language="en",
        front=first,
        appendix=later,
        colophon=f"{found.cost} of {found.month} in {found.currency}; tco_model {version}",
    )


def _summary(found: Statements, chosen: Sequence[Statement], notes: Sequence[str], *, whole: bool) -> Iterator[Block]:
    together = sum((one.total for one in chosen), Decimal(0))
    yield paragraph(f"{money(together)} {found.currency} of a bill of {money(found.bill)} {found.currency}.", lead=True)
    columns = (
        Column("Owner", weight=2), Column("Own", "right"), Column("Of pools", "right"), Column("Together", "right"),
        Column("On the month before", "right"),
    )  # fmt: skip
    rows = [row(one.owner, money(one.own), money(one.shared), money(one.total), change_of(one)) for one in chosen]
    if whole:
        rows += [row("On nobody's statement", "", "", money(found.rest), ""), row("The bill", "", "", money(found.bill), "")]
    yield Table(
        f"Who bore what, {found.currency}", columns, tuple(rows), "Shown in cents; the amounts behind them sum to the bill exactly."
    )
    for note in notes:
        yield paragraph(f"{note}.", quiet=True)


def _statement(one: Statement) -> Iterator[Block]:
    words = "the bill does not reach back a month" if one.before is None else f"{change_of(one)} on the month before"
    yield paragraph(f"{money(one.total)} {one.currency}: {words}.")
    columns = (Column("Of what", weight=2.4), Column("By what", weight=1.6), Column(one.currency, "right"), Column("Share", "right"))
    rows = [row(name, "own charges", money(amount), _share(amount, one.total)) for name, amount in one.services]
    rows += [
        row(f"Pool {part.pool}", f"{part.key}, {percent(float(part.share))} of it", money(part.amount), _share(part.amount, one.total))
        for part in one.shares
    ]
    yield Table(f"Costs of {one.owner} in {one.month}", columns, (*rows, row("Together", "", money(one.total), "")))


def unit_costs(one: Statement, units: Units | None) -> Iterator[Block]:
    """Yield what the owner's unit costs were in the month and the one before, with their formula, and what a model said of them."""
    held = [metric for metric in units.metrics if metric.owner == one.owner] if units else []
    if not units or not held:
        return
    columns = (
        Column("What", weight=2),
        Column("Unit", weight=1.4),
        Column(one.month, "right"),
        Column("Before", "right"),
        Column("Change", "right"),
    )
    yield Table(f"Unit costs of {one.owner}", columns, tuple(row(*month_cells(metric, one.month)) for metric in held))
    yield Listing(tuple(said(f"{metric.name} = {metric.formula}.") for metric in held))
    yield from (paragraph(sentence) for sentence in held_against(held, units.models, one.month))


def money(amount: Decimal) -> str:
    """Return an amount in cents, thousands separated."""
    return f"{amount:,.2f}"


def change_of(one: Statement) -> str:
    """Return the change on the month before, in cents and as a share of it."""
    if one.before is None:
        return "–"
    change = one.total - one.before
    return (f"{change:+,.2f}" + (f" ({float(change / one.before):+.1%})" if one.before else "")).replace("-", "−")


def _share(amount: Decimal, total: Decimal) -> str:
    return percent(float(amount / total)) if total else "–"
