"""Turns an export or a workspace into what is wrong with it, each with its size and the move that mends it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from tco_model.actuals.arrow import parquet
from tco_model.actuals.focus_columns import MANDATORY, read_header
from tco_model.actuals.intact import damaged
from tco_model.actuals.log import unnamed
from tco_model.actuals.queries import rows_of
from tco_model.actuals.store import Workspace
from tco_model.errors import Problem, ScenarioError

# Ibis gives every column its widest type, so that tables stand here as Any.
HUGE = 10**9
"""An amount of a single charge from which a person should look [currency]."""
MOST_UNTAGGED = 0.2
"""Share of cost without tags from which allocation suffers."""
USEFUL = ("Tags", "SubAccountId", "ResourceId", "PricingQuantity", "ConsumedQuantity", "CommitmentDiscountId", "CommitmentDiscountStatus")
"""Optional columns that allocation, unit costs and commitment waste are made from."""
LEAST_ROWS = 10
"""Rows of a provider below which whole amounts may be chance."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: what it is about, what was seen, and what mends it; without a mend it is for information."""

    about: str
    message: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain data."""
        return asdict(self)


def examine(place: Path, *, reader: str | None = None, currency: str | None = None) -> list[Finding]:
    """Examine a workspace, or a file by importing it into a temporary one.

    Raises:
        ScenarioError: nothing there, or a file that cannot be imported.
    """
    if place.is_dir():
        space = Workspace(place)
        if not space.imports():
            raise ScenarioError(Problem("is a folder without imports", f"tco actuals import FILE --workspace {place}", file=str(place)))
        return _examined(space)
    from tco_model.actuals.load import import_files

    with tempfile.TemporaryDirectory() as folder:
        import_files([place], Path(folder), reader=reader, currency=currency)
        space = Workspace(Path(folder))
        try:
            return [*_columns(place), *_examined(space)]
        finally:
            space.close()


def _columns(place: Path) -> Iterator[Finding]:
    """Look at the header of a FOCUS bill, which a workspace no longer shows."""
    names = _header(place)
    header = read_header(names)
    if len(header.missing) > len(MANDATORY) // 2 and not header.sources["BilledCost"]:
        return
    if header.missing:
        yield Finding(
            "columns",
            f"FOCUS {header.version} requires {', '.join(header.missing)}, which the export lacks",
            "add them to the export's definition; until then they are NULL",
        )
    absent = [name for name in USEFUL if not header.sources[name]]
    if absent:
        yield Finding("columns", f"optional columns that later work is made from are absent: {', '.join(absent)}")
    if header.strange:
        yield Finding("columns", f"no columns of FOCUS 1.0 to 1.4, and not read: {', '.join(header.strange[:8])}")


def _header(place: Path) -> tuple[str, ...]:
    from tco_model.actuals.export_file import inspect

    with tempfile.TemporaryDirectory() as folder:
        export = inspect(place, Path(folder))
        if export.format == "parquet":
            pq = parquet()

            return tuple(pq.read_schema(place).names)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        return export.header


def _files(space: Workspace) -> Iterator[Finding]:
    """Find files that are not as they were written, and such that no import names."""
    log = space.imports()
    for _, problem in damaged(space.path, log):
        yield Finding("files", f"{Path(problem.file).relative_to(space.path)} {problem.message}", problem.mend)
    lost = list(unnamed(space.path, log))
    if lost:
        message = f"{len(lost)} files belong to no import, {lost[0].relative_to(space.path)} first; no figure holds them"
        yield Finding("files", message, "remove them, or put back the log that names them")


def _examined(space: Workspace) -> list[Finding]:
    broken = list(_files(space))
    if any(damaged(space.path, space.imports(), table) for table in ("charges", "usage")):
        return broken
    return [*broken, *_read(space)]


def _read(space: Workspace) -> list[Finding]:
    charges, usage = space.charges(), space.usage()
    found = list(_set_aside(space))
    if _number(charges.count()):
        for check in CHECKS:
            found.extend(check(charges))
    found.extend(_silent_spend(usage))
    return found


def _number(value: Any) -> Any:
    """Return one value of an expression, exact."""
    return value.as_scalar().to_pyarrow().as_py() if hasattr(value, "as_scalar") else value.to_pyarrow().as_py()


def _set_aside(space: Workspace) -> Iterator[Finding]:
    for one in space.imports():
        if one.set_aside:
            yield Finding(
                "set aside",
                f"{one.set_aside:,} of {one.rows:,} rows of {one.file} could not be read",
                f"look at set_aside/{one.id}.parquet: line, column, value and reason; mend the export and import it again",
            )


def _untagged(charges: Any) -> Iterator[Finding]:
    """Say how much carries no tag, by rows and by positive billed cost."""
    bare = charges.Tags.isnull() | (charges.Tags.length() == 0)
    positive = charges.BilledCost > 0
    row = rows_of(
        charges.agg(
            rows=charges.count(),
            bare=charges.count(where=bare),
            cost=charges.BilledCost.sum(where=positive),
            bare_cost=charges.BilledCost.sum(where=positive & bare),
        )
    )[0]
    share = (row["bare_cost"] or Decimal(0)) / row["cost"] if row["cost"] else Decimal(0)
    message = f"{row['bare'] / row['rows']:.1%} of rows and {share:.1%} of positive billed cost carry no tag"
    yield Finding("tags", message, "tag what runs there, or allocate it by account and service" if share > MOST_UNTAGGED else "")


def _twins(charges: Any) -> Iterator[Finding]:
    twins = _number(charges.count(where=charges.x_ChargeKey.contains("-")))
    if twins:
        yield Finding(
            "duplicates",
            f"{twins:,} charges are equal to another in every column",
            "ask the exporter whether they are charged twice; both are counted",
        )


def _currencies(charges: Any) -> Iterator[Finding]:
    sums = charges.group_by("BillingCurrency").agg(cost=charges.BilledCost.sum()).order_by("BillingCurrency")
    rows = rows_of(sums)
    if len(rows) > 1:
        spelled = "; ".join(f"{row['cost']:,.2f} {row['BillingCurrency']}" for row in rows)
        yield Finding(
            "currencies",
            f"charges in {len(rows)} currencies: {spelled}",
            "they are added up at dated rates only: tco actuals rates --starter writes the file for them",
        )


def _amounts(charges: Any) -> Iterator[Finding]:
    plain = charges.ChargeCategory.isin(["Usage", "Purchase"]) & (charges.ChargeClass.isnull() | (charges.ChargeClass != "Correction"))
    negative = rows_of(
        charges.agg(
            n=charges.count(where=plain & (charges.BilledCost < 0)), cost=charges.BilledCost.sum(where=plain & (charges.BilledCost < 0))
        )
    )[0]
    if negative["n"]:
        yield Finding(
            "amounts",
            f"{negative['n']:,} usage or purchase charges are negative ({negative['cost']:,.2f}) and are no correction",
            "ask the exporter: a credit, a refund or a correction has its own category or class",
        )
    huge = _number(charges.count(where=(charges.BilledCost.abs() >= HUGE)))
    if huge:
        yield Finding("amounts", f"{huge:,} charges are of {HUGE:,} and more", "look at them: a quantity may stand in the column of a cost")
    unnamed = _number(charges.count(where=charges.ChargeCategory.isnull()))
    if unnamed:
        yield Finding(
            "amounts", f"{unnamed:,} charges have no ChargeCategory", "export the column; purchases and credits cannot be told from usage"
        )
    absent = _number(charges.count(where=charges.EffectiveCost.isnull()))
    if absent:
        yield Finding("amounts", f"{absent:,} charges have no EffectiveCost", "export the column; amortised views leave these charges out")


def _twice(charges: Any) -> Iterator[Finding]:
    """Find commitments bought that count in the effective cost beside their amortised use."""
    bought = (charges.ChargeCategory == "Purchase") & charges.CommitmentDiscountId.notnull() & (charges.EffectiveCost != 0)
    row = rows_of(charges.agg(n=charges.count(where=bought), cost=charges.EffectiveCost.sum(where=bought)))[0]
    if row["n"]:
        yield Finding(
            "commitments",
            f"{row['n']:,} commitment purchases carry an EffectiveCost ({row['cost']:,.2f}) that their use carries again",
            "leave ChargeCategory Purchase with a commitment out of effective cost",
        )


def _whole_effective(charges: Any) -> Iterator[Finding]:
    """Find providers whose effective costs are whole numbers while their billed costs are not."""
    whole = charges.EffectiveCost == charges.EffectiveCost.round(0).cast(charges.EffectiveCost.type())
    odd = charges.BilledCost != charges.BilledCost.round(0).cast(charges.BilledCost.type())
    sums = charges.group_by(provider=charges.ServiceProviderName.fill_null("?")).agg(
        rows=charges.count(where=odd),
        whole=charges.count(where=odd & whole),
        billed=charges.BilledCost.sum(where=odd),
        effective=charges.EffectiveCost.sum(where=odd),
    )
    for row in rows_of(sums.order_by("provider")):
        if row["rows"] >= LEAST_ROWS and row["whole"] == row["rows"]:
            yield Finding(
                "effective cost",
                f"{row['provider']}: EffectiveCost is a whole number in all {row['rows']:,} rows whose BilledCost is not "
                f"({row['effective']:,.2f} against {row['billed']:,.2f})",
                "export it unrounded; until then use BilledCost for this provider",
            )


def _periods(charges: Any) -> Iterator[Finding]:
    """Find months without charges, billing periods that overlap, and charges outside their billing period."""
    spans = charges.group_by(
        issuer=charges.InvoiceIssuerName.fill_null("?"), account=charges.BillingAccountId.fill_null("?"), start=charges.BillingPeriodStart
    ).agg(end=charges.BillingPeriodEnd.max())
    by_account: dict[str, list[Any]] = {}
    for row in rows_of(spans.order_by("issuer", "account", "start")):
        by_account.setdefault(f"{row['issuer']} / {row['account']}", []).append((row["start"], row["end"]))
    for account, held in by_account.items():
        for (start, end), (after, _) in pairwise(held):
            if end is not None and end < after:
                yield Finding(
                    "periods", f"{account}: nothing is billed from {end:%Y-%m-%d} to {after:%Y-%m-%d}", "import the missing months"
                )
            elif end is not None and end > after:
                yield Finding(
                    "periods",
                    f"{account}: the billing period from {start:%Y-%m-%d} overlaps that from {after:%Y-%m-%d}",
                    "import one of the two exports only",
                )
    outside = (charges.ChargePeriodStart < charges.BillingPeriodStart) & (
        charges.ChargeClass.isnull() | (charges.ChargeClass != "Correction")
    )
    early = _number(charges.count(where=outside & (charges.ChargeCategory == "Usage")))
    if early:
        yield Finding("periods", f"{early:,} usage charges are of a time before their billing period and are no correction")


CHECKS: Sequence[Callable[[Any], Iterator[Finding]]] = (_untagged, _twins, _currencies, _amounts, _twice, _whole_effective, _periods)
"""Every check of the bill, in the order in which it is told."""


def _silent_spend(usage: Any) -> Iterator[Finding]:
    """Reprice what was logged with a spend of zero."""
    from tco_model.actuals.reprice import reprice

    for one in reprice(usage):
        name = f"{one.provider}/{one.model}".strip("/") or "an unnamed model"
        if one.repriced is None:
            yield Finding(
                "logged spend",
                f"{one.source}: {one.requests:,} requests to {name} carry tokens and a spend of 0, and no price is known: {one.reason}",
                "name the model as its provider does, or price it by hand",
            )
        else:
            yield Finding(
                "logged spend",
                f"{one.source}: {one.requests:,} requests to {name} carry tokens and a spend of 0. Logged {one.logged:,.2f}, "
                f"repriced {one.logged + one.repriced:,.2f}, difference {one.repriced:,.2f} USD",
                "use the repriced amount; let the gateway log the spend of streamed and failed calls",
            )


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield every finding with what mends it, and how many need mending."""
    for one in findings:
        yield f"{one.about}: {one.message}"
        if one.mend:
            yield f"    mend: {one.mend}"
    needed = sum(bool(one.mend) for one in findings)
    yield f"{needed} of {len(findings)} findings need mending" if findings else "nothing to mend"
