"""Turns a fresh import and what a workspace holds into what stays, what is replaced and what is added, by issuer, account and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tco_model.actuals.log import Import, Part
from tco_model.actuals.parts import SCOPE, describe, spelled
from tco_model.actuals.staged import RECONCILED, Staged
from tco_model.actuals.store import quoted
from tco_model.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GOES_ON_FROM = Decimal("0.5")
"""Share of the held rows that must stand unchanged in a later export for it to be taken as the same bill, restated."""


class Choice(Enum):
    """What to do with an export that overlaps in part what is held."""

    REFUSE = "refuse"
    REPLACE = "replace"
    ADD = "add"


Scope = tuple[str, str, str]
"""Source, issuer with account, and billing period."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does to the rest of a workspace."""

    log: Sequence[Import]
    moves: Sequence[tuple[Path, Path]]
    replaced: Sequence[tuple[Mapping[str, Any], ...]]
    """For each staged file, the scopes whose rows it replaced."""
    skipped: Sequence[int]
    """For each staged file, its rows that the workspace held already."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One scope that both a fresh import and the workspace hold: rows on each side, rows alike, and the spans of time."""

    scope: Scope
    held: int
    fresh: int
    shared: int
    covers: bool
    """The fresh rows span the time of the held ones."""
    same_name: bool
    before: Mapping[str, Mapping[str, Decimal]]
    after: Mapping[str, Mapping[str, Decimal]]

    @property
    def verdict(self) -> Choice | None:
        """Say what follows from the rows alone: nothing new, a restatement, or a question to the caller."""
        if self.shared == self.fresh == self.held:
            return Choice.ADD
        if self.shared == self.held or (self.covers and (self.same_name or self.shared >= GOES_ON_FROM * self.held)):
            return Choice.REPLACE
        return None


def settle(
    root: Path, connection: DuckDBPyConnection, log: Sequence[Import], staged: Sequence[Staged], choice: Choice, staging: Path
) -> Change:
    """Compare staged files with the workspace and rewrite both sides in staging; nothing in the workspace is touched.

    Raises:
        ScenarioError: an overlap in part while `choice` is to refuse; every such scope is told.
    """
    desk = _Desk(root, connection, list(log), staged, staging)
    meetings = desk.meetings()
    unsettled = [one for one in meetings if one.verdict is None]
    if unsettled and choice is Choice.REFUSE:
        raise ScenarioError([_question(one) for one in unsettled])
    replacing = [one for one in meetings if (one.verdict or choice) is Choice.REPLACE]
    adding = [one for one in meetings if (one.verdict or choice) is Choice.ADD]
    skipped = desk.leave_out({one.scope for one in adding})
    desk.drop({one.scope for one in replacing})
    for number, one in enumerate(staged):
        if one.table == "usage":
            skipped[number] += desk.settle_usage(one)
    return Change(desk.log, desk.moves, desk.replaced(replacing), skipped)


def _question(one: Meeting) -> Problem:
    source, account, period = one.scope
    amounts = "; ".join(
        f"{name} {currency} {_money(one.before.get(currency, {}).get(name))} held, {_money(sums.get(name))} in the file"
        for currency, sums in one.after.items()
        for name in RECONCILED[:1]
    )
    message = (
        f"{account}, {period}: the workspace holds {one.held:,} rows of this account and month, the export {one.fresh:,}, "
        f"and {one.shared:,} of them are the same ({amounts})"
    )
    mend = (
        "--replace if this export is the whole month anew, --add if it is another piece of it (rows alike count once); "
        "pieces of one export can also be imported together in one command"
    )
    return Problem(message, mend, field=source)


def _money(amount: Decimal | None) -> str:
    return f"{amount or Decimal(0):,.2f}"


@dataclass(slots=True)
class _Desk:
    """The work on one import: the log as it will be, and the files to move."""

    root: Path
    connection: DuckDBPyConnection
    log: list[Import]
    staged: Sequence[Staged]
    staging: Path
    moves: list[tuple[Path, Path]]
    _number: int
    _scopes: dict[Scope, set[int]]

    def __init__(self, root: Path, connection: DuckDBPyConnection, log: list[Import], staged: Sequence[Staged], staging: Path) -> None:
        self.root, self.connection, self.log, self.staged, self.staging = root, connection, log, staged, staging
        self.moves, self._number, self._scopes = [], 0, {}

    def meetings(self) -> list[Meeting]:
        """Find every scope that the staged files and the workspace share."""
        for number, one in enumerate(self.staged):
            if one.table == "charges":
                for path in one.files:
                    period = path.parent.name.partition("=")[2]
                    for row in self.connection.execute(f"SELECT DISTINCT {SCOPE} FROM {_rows([path])}").fetchall():
                        self._scopes.setdefault((one.reader, str(row[0]), period), set()).add(number)
        return [self._meeting(scope) for scope in sorted(self._scopes) if self._held(scope)]

    def _held(self, scope: Scope) -> list[Path]:
        source, account, period = scope
        return [
            self.root / part.path
            for one in self.log
            if one.reader == source
            for part in one.parts
            if part.table == "charges" and part.period == period and account in part.accounts
        ]

    def _fresh(self, scope: Scope) -> list[Path]:
        return [
            path
            for number in sorted(self._scopes[scope])
            for path in self.staged[number].files
            if path.parent.name.endswith(f"={scope[2]}")
        ]

    def _meeting(self, scope: Scope) -> Meeting:
        where = f"WHERE {SCOPE} = {quoted(scope[1])}"
        sides = [f"(SELECT * FROM {_rows(paths)} {where})" for paths in (self._held(scope), self._fresh(scope))]
        counts: list[tuple[Any, ...]] = []
        totals: list[dict[str, dict[str, Decimal]]] = []
        for side in sides:
            counts.append(
                self.connection.execute(
                    "SELECT count(*), count(DISTINCT x_ChargeKey), min(ChargePeriodStart), max(ChargePeriodStart), list(DISTINCT x_File) "
                    f"FROM {side}"
                ).fetchone()
                or ()
            )
            sums = ", ".join(f"coalesce(sum({name}), 0)" for name in RECONCILED)
            found = self.connection.execute(f"SELECT BillingCurrency, {sums} FROM {side} GROUP BY 1 ORDER BY 1").fetchall()
            totals.append({str(row[0]): dict(zip(RECONCILED, row[1:], strict=True)) for row in found})
        shared = self.connection.execute(
            f"SELECT count(DISTINCT x_ChargeKey) FROM {sides[0]} WHERE x_ChargeKey IN (SELECT x_ChargeKey FROM {sides[1]})"
        ).fetchone() or (0,)
        held, fresh = counts
        covers = None in (held[2], fresh[2]) or (fresh[2] <= held[2] and fresh[3] >= held[3])
        same_name = set(held[4]) <= set(fresh[4])
        return Meeting(scope, held[1], fresh[1], shared[0], covers, same_name, totals[0], totals[1])

    def leave_out(self, scopes: set[Scope]) -> list[int]:
        """Take out of the staged files the rows that the workspace holds already in these scopes."""
        skipped = [0] * len(self.staged)
        for scope in sorted(scopes):
            held = f"SELECT x_ChargeKey FROM {_rows(self._held(scope))} WHERE {SCOPE} = {quoted(scope[1])}"
            for number in self._scopes[scope]:
                for path in self.staged[number].files:
                    if path.parent.name.endswith(f"={scope[2]}"):
                        keep = f"NOT ({SCOPE} = {quoted(scope[1])} AND x_ChargeKey IN ({held}))"
                        skipped[number] += self._filter(path, path, keep)
        return skipped

    def drop(self, scopes: set[Scope]) -> None:
        """Take the rows of these scopes out of what the workspace holds, by writing the files without them anew."""
        for place, one in enumerate(self.log):
            parts: list[Part] = []
            for part in one.parts:
                gone = [
                    account
                    for source, account, period in scopes
                    if part.table == "charges" and source == one.reader and period == part.period and account in part.accounts
                ]
                names = ", ".join(quoted(account) for account in gone)
                parts.extend(self._rewritten(part, f"{SCOPE} NOT IN ({names})") if gone else [part])
            self.log[place] = replace(one, parts=tuple(parts))

    def settle_usage(self, one: Staged) -> int:
        """Let fresh records take the place of held ones with the same key; return how many were alike to the last cell."""
        alike = 0
        for path in one.files:
            period = path.parent.name.partition("=")[2]
            for place, entry in enumerate(self.log):
                parts: list[Part] = []
                for part in entry.parts:
                    if part.table != "usage" or part.period != period or entry.reader != one.reader:
                        parts.append(part)
                        continue
                    parts.extend(self._rewritten(part, f"x_UsageKey NOT IN (SELECT x_UsageKey FROM {_rows([path])})"))
                self.log[place] = replace(entry, parts=tuple(parts))
        return alike

    def _rewritten(self, part: Part, keep: str) -> list[Part]:
        self._number += 1
        fresh = self.staging / f"rewritten-{self._number}.parquet"
        source = self._source(part)
        if not self._filter(source, fresh, keep):
            fresh.unlink(missing_ok=True)
            return [part]
        stem = Path(part.path).stem.split("~")[0]
        target = str(Path(part.path).with_name(f"{stem}~{self._version(part)}.parquet"))
        described, _ = describe(self.connection, fresh, part.table, part.period, target)
        self.moves = [move for move in self.moves if move[1] != Path(part.path)]
        if not described.rows:
            return []
        self.moves.append((fresh, Path(target)))
        return [described]

    def _source(self, part: Part) -> Path:
        return next((source for source, target in self.moves if target == Path(part.path)), self.root / part.path)

    def _version(self, part: Part) -> int:
        _, _, number = Path(part.path).stem.partition("~")
        return int(number or 0) + 1

    def _filter(self, source: Path, target: Path, keep: str) -> int:
        """Write the rows that `keep` holds for; return how many went."""
        before = self._count(source)
        fresh = target.with_suffix(".fresh")
        self.connection.execute(
            f"COPY (SELECT * FROM {_rows([source])} WHERE {keep}) TO {quoted(str(fresh))} (FORMAT parquet, COMPRESSION zstd)"
        )
        fresh.replace(target)
        return before - self._count(target)

    def _count(self, path: Path) -> int:
        row = self.connection.execute(f"SELECT count(*) FROM {_rows([path])}").fetchone()
        return int(row[0]) if row else 0

    def replaced(self, meetings: Sequence[Meeting]) -> list[tuple[Mapping[str, Any], ...]]:
        """Say for each staged file what it replaced, with totals before and after."""
        found: list[list[Mapping[str, Any]]] = [[] for _ in self.staged]
        for one in meetings:
            for number in sorted(self._scopes[one.scope])[:1]:
                found[number].append(
                    {
                        "account": one.scope[1],
                        "period": one.scope[2],
                        "rows_before": one.held,
                        "rows_after": one.fresh,
                        "before": spelled(one.before),
                        "after": spelled(one.after),
                    }
                )
        return [tuple(entries) for entries in found]


def _rows(paths: Sequence[Path]) -> str:
    """Return the rows of Parquet files as a FROM clause."""
    names = ", ".join(quoted(str(path)) for path in paths)
    return f"read_parquet([{names}], hive_partitioning=false, union_by_name=true)"
