"""Turns the bill and the rules into what each owner bears: every charge to one owner, one pool or nobody, every pool to its takers.

The charges are sorted by the query engine, whatever their number; pools are split on the sums, in exact arithmetic. The parts of owners,
pools that are left out and what nobody owns sum to the bill, to the last decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tco_model.actuals.queries import month, rows_of, tag
from tco_model.actuals.spend import NOT_SAID, TAG, Cost
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.charge_rules import currency_of, in_one_currency, sorted_charges
from tco_model.finops.rules import Allocation, Pool, Rule
from tco_model.finops.split import divided, final_shares

# Ibis gives every column its widest type, so that tables stand here as Any.
MOST_ITEMS = 10
"""Items nobody owns that are named, the dearest first."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Direct:
    """Charges that one rule gives to one owner, or to one pool, in one month; with neither they are nobody's."""

    month: str
    owner: str
    pool: str
    rule: str
    amount: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What an owner bears of a pool in one month."""

    month: str
    owner: str
    pool: str
    share: Fraction
    amount: Decimal
    key: str
    """By what it is split, in words."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What one rule took."""

    rule: str
    target: str
    rows: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """Charges nobody owns, alike in account and service."""

    account: str
    service: str
    amount: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """Who bears what. Money out is positive; amounts are exact decimals in `currency`."""

    cost: Cost
    currency: str
    months: tuple[str, ...]
    direct: tuple[Direct, ...]
    shared: tuple[Shared, ...]
    left_out: Mapping[str, Decimal]
    """Pools that nobody bears, with their amount."""
    unsplit: Mapping[tuple[str, str], Decimal]
    """Pool and month whose key had nothing to split by: shown as nobody's."""
    rules: tuple[Moved, ...]
    """In the order of the file, those that took nothing too."""
    items: tuple[Item, ...]

    @property
    def bill(self) -> Decimal:
        """The bill."""
        return sum((one.amount for one in self.direct), ZERO)

    @property
    def unallocated(self) -> Decimal:
        """What no rule gives to anybody, and pools with nothing to split them by."""
        return sum((one.amount for one in self.direct if not one.owner and not one.pool), ZERO) + sum(self.unsplit.values(), ZERO)

    @property
    def coverage(self) -> float:
        """Share of the bill that is allocated, by absolute amounts, so that credits do not hide charges."""
        nobody = sum((abs(one.amount) for one in self.direct if not one.owner and not one.pool), ZERO)
        nobody += sum((abs(one) for one in self.unsplit.values()), ZERO)
        whole = sum((abs(one.amount) for one in self.direct), ZERO)
        return float(1 - nobody / whole) if whole else 0.0

    def owners(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Return of each owner the direct and the shared cost of all months, the dearest first."""
        found: dict[str, tuple[Decimal, Decimal]] = {}
        for one in (*self.direct, *self.shared):
            if one.owner:
                own, pools = found.get(one.owner, (ZERO, ZERO))
                is_shared = isinstance(one, Shared)
                found[one.owner] = (own, pools + one.amount) if is_shared else (own + one.amount, pools)
        return dict(sorted(found.items(), key=lambda entry: (-sum(entry[1]), entry[0])))

    def in_month(self, month: str) -> Allocated:
        """Return the part of one month: its bill, its coverage; the dearest items stay those of all months."""
        unsplit = {key: amount for key, amount in self.unsplit.items() if key[1] == month}
        direct, shared = (tuple(one for one in parts if one.month == month) for parts in (self.direct, self.shared))
        left_out = {pool: _pool_amount(self.direct, pool, month) for pool in self.left_out}
        return replace(self, months=(month,), direct=direct, shared=shared, left_out=left_out, unsplit=unsplit)

    def totals(self, month: str) -> dict[str, Decimal]:
        """Return of each owner what it bears in a month, shares of pools included."""
        found: dict[str, Decimal] = {}
        for one in (*self.direct, *self.shared):
            if one.owner and one.month == month:
                found[one.owner] = found.get(one.owner, ZERO) + one.amount
        return found


def allocate(charges: Any, rules: Allocation, usage: Any = None) -> Allocated:
    """Allocate a bill.

    Args:
        charges: of a workspace.
        rules: from `read_rules`.
        usage: of the workspace; needed where a pool is split by usage.

    Raises:
        ScenarioError: several currencies and none chosen, or a pool that never reaches an owner.
    """
    charges = in_one_currency(charges, rules)
    rows = _summed(sorted_charges(charges, rules))
    direct = _directs(rows, rules)
    months = tuple(sorted({one.month for one in direct}))
    left_out = {name: _pool_amount(direct, name) for name, pool in rules.pools.items() if pool.split == "none"}
    shared, unsplit = _pools(direct, rules, months, lambda pool: _used(usage, pool))
    return Allocated(
        rules.cost, currency_of(charges, rules), months, direct, shared, left_out, unsplit, _moved(direct, rules), _items(rows)
    )


def _summed(charges: Any) -> list[dict[str, Any]]:
    """Return the sums by month, rule and owner; of what no rule takes, by account and service too, so that one reading of the bill does."""
    import ibis

    nobody = charges.rule == -1
    keyed = charges.mutate(account=ibis.cases((nobody, charges.SubAccountName)), service=ibis.cases((nobody, charges.ServiceName)))
    grouped = keyed.group_by(["month", "rule", "owner", "account", "service"])
    return rows_of(grouped.aggregate(amount=keyed.amount.sum(), rows=keyed.count()))


def _directs(rows: Sequence[Mapping[str, Any]], rules: Allocation) -> tuple[Direct, ...]:
    """Return what each rule gives whom in each month, owners first."""
    sums: dict[tuple[str, int, str], tuple[Decimal, int]] = {}
    for row in rows:
        key = (str(row["month"]), int(row["rule"]), str(row["owner"] or ""))
        amount, count = sums.get(key, (ZERO, 0))
        sums[key] = (amount + Decimal(row["amount"] or 0), count + int(row["rows"]))
    found = [
        Direct(period, owner, rules.rules[place].pool if place >= 0 else "", rules.rules[place].name if place >= 0 else NOT_SAID, *sums_of)
        for (period, place, owner), sums_of in sums.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.month, one.owner == "", one.owner, one.pool, one.rule)))


def _pool_amount(direct: tuple[Direct, ...], pool: str, period: str = "") -> Decimal:
    return sum((one.amount for one in direct if one.pool == pool and (not period or one.month == period)), ZERO)


def _pools(
    direct: tuple[Direct, ...], rules: Allocation, months: tuple[str, ...], used: Callable[[Pool], Mapping[str, Mapping[str, Decimal]]]
) -> tuple[tuple[Shared, ...], dict[tuple[str, str], Decimal]]:
    """Split every pool of every month."""
    shared: list[Shared] = []
    unsplit: dict[tuple[str, str], Decimal] = {}
    names = [name for name, pool in rules.pools.items() if pool.split != "none"]
    by_usage = {name: used(rules.pools[name]) for name in names if rules.pools[name].split == "usage"}
    for period in months:
        own: dict[str, Decimal] = {}
        for one in direct:
            if one.month == period and one.owner:
                own[one.owner] = own.get(one.owner, ZERO) + one.amount
        shares = {name: _shares(rules, name, own, by_usage.get(name, {}).get(period, {})) for name in names}
        for name in [name for name in names if not shares[name]]:
            unsplit[name, period] = _pool_amount(direct, name, period)
        held = {name: _without(takers, shares) for name, takers in shares.items() if takers}
        try:
            final = final_shares(held, rules.method, [name for name in names if name in held])
        except ValueError as error:
            raise ScenarioError(Problem(f"{period}: {error}", "give an owner a share of it", "pools")) from None
        for name, takers in final.items():
            amount = _pool_amount(direct, name, period)
            parts = divided(amount, takers)
            shared += [Shared(period, owner, name, takers[owner], parts[owner], _key(rules.pools[name])) for owner in takers if amount]
    return tuple(shared), {key: amount for key, amount in unsplit.items() if amount}


def _without(takers: Mapping[str, Fraction], shares: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Fraction]:
    """Leave out pools that have nobody to take of them this month; the others take their part."""
    kept = {taker: share for taker, share in takers.items() if shares.get(taker, {"": 1})}
    total = sum(kept.values(), Fraction(0))
    return {taker: share / total for taker, share in kept.items()} if total else {}


def _shares(rules: Allocation, name: str, own: Mapping[str, Decimal], used: Mapping[str, Decimal]) -> dict[str, Fraction]:
    """Return what each taker bears of a pool in a month, summing to 1; empty where there is nothing to split it by."""
    pool = rules.pools[name]
    if pool.split == "fixed":
        return {taker: share for taker, share in rules.fixed(name).items() if share}
    takers = list(pool.to) or sorted(own)
    amounts = {"even": dict.fromkeys(takers, Decimal(1)), "proportional": own, "usage": used}[pool.split]
    weights = {taker: Fraction(max(amounts.get(taker, ZERO), ZERO)) for taker in takers}
    total = sum(weights.values(), Fraction(0))
    return {taker: weight / total for taker, weight in weights.items() if weight} if total else {}


def _used(usage: Any, pool: Pool) -> dict[str, dict[str, Decimal]]:
    """Return the metric of each owner by month."""
    if usage is None:
        raise ScenarioError(Problem("a pool is split by usage, and there are no usage records", "import them: tco actuals import", "pools"))
    who = tag(usage, pool.by.removeprefix(TAG)) if pool.by.startswith(TAG) else usage[pool.by]
    named = usage.mutate(month=month(usage.StartTime), who=who)
    found: dict[str, dict[str, Decimal]] = {}
    for row in rows_of(named.filter(named.who.notnull()).group_by(["month", "who"]).aggregate(amount=named[pool.metric].sum())):
        found.setdefault(str(row["month"]), {})[str(row["who"])] = Decimal(row["amount"] or 0)
    return found


def _key(pool: Pool) -> str:
    words = {"proportional": "by direct cost", "even": "evenly", "fixed": "by fixed shares"}
    return words.get(pool.split, f"by {pool.metric} of {pool.by}")


def _moved(direct: tuple[Direct, ...], rules: Allocation) -> tuple[Moved, ...]:
    def moved(rule: Rule) -> Moved:
        taken = [one for one in direct if one.rule == rule.name]
        target = f"pool {rule.pool}" if rule.pool else rule.owner or f"its {rule.owner_from}"
        return Moved(rule.name, target, sum(one.rows for one in taken), sum((one.amount for one in taken), ZERO))

    return tuple(moved(rule) for rule in rules.rules)


def _items(rows: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """Return what nobody owns, by account and service over all months, the dearest first."""
    sums: dict[tuple[str, str], tuple[Decimal, int]] = {}
    for row in rows:
        if row["rule"] == -1:
            key = (str(row["account"] or NOT_SAID), str(row["service"] or NOT_SAID))
            amount, count = sums.get(key, (ZERO, 0))
            sums[key] = (amount + Decimal(row["amount"] or 0), count + int(row["rows"]))
    items = [Item(*key, *found) for key, found in sums.items()]
    return tuple(sorted(items, key=lambda one: (-one.amount, one.account, one.service))[:MOST_ITEMS])
