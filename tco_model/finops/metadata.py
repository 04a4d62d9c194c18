"""Turns the bill and the metadata standard of the allocation file into compliance: what share of cost carries the tags it must carry.

Only charges of category Usage are held to the standard: taxes, credits and purchases belong to no resource that could be tagged. Shares
are of absolute amounts, so that a credit does not hide a charge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tco_model.actuals.queries import rank, rows_of
from tco_model.actuals.spend import NOT_SAID, Cost
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.allocate import MOST_ITEMS
from tco_model.finops.charge_rules import currency_of, dimension_of, in_one_currency, sorted_charges
from tco_model.finops.rules import Allocation

# Ibis gives every column its widest type, so that tables stand here as Any.
CARRIED, OTHER_VALUE, MISSING = "carried", "other value", "missing"
EVERY = "every required one"
"""Stands for a charge that carries all that is required of it."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Held:
    """Usage charges alike in month, owner and in how they meet one required dimension."""

    dimension: str
    month: str
    owner: str
    """Who bears them; ``pool: <name>`` of a shared cost, `NOT_SAID` where nobody does."""
    state: str
    amount: Decimal
    """Sum of absolute amounts."""
    rows: int


@dataclass(frozen=True, slots=True)
class Breach:
    """Usage charges alike in owner, account, service and the value that stands where an allowed one should."""

    dimension: str
    owner: str
    """As of what is held."""
    account: str
    service: str
    value: str
    """What is said instead; empty where nothing is."""
    amount: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class Compliance:
    """How much of the usage cost carries what it must. Amounts are exact decimals in `currency`."""

    cost: Cost
    currency: str
    dimensions: tuple[str, ...]
    """The required ones in the order of the file, then `EVERY`."""
    months: tuple[str, ...]
    held: tuple[Held, ...]
    breaches: tuple[Breach, ...]
    """Of each dimension those of every owner, at most `MOST_ITEMS`, the dearest first."""

    def share(self, dimension: str, *, month: str = "", owner: str = "") -> float | None:
        """Return the share of cost, in [0, 1], that carries an allowed value; None where nothing is held to it."""
        return self._share(dimension, month, owner, "amount")

    def share_of_charges(self, dimension: str, *, month: str = "", owner: str = "") -> float | None:
        """Return the share of charges, in [0, 1], that carry an allowed value; None where none is held to it."""
        return self._share(dimension, month, owner, "rows")

    def owners(self) -> dict[str, Decimal]:
        """Return the cost of each owner that does not meet the whole standard, the most first."""
        found = {one.owner: ZERO for one in self.held}
        for one in self.held:
            if one.dimension == EVERY and one.state != CARRIED:
                found[one.owner] += one.amount
        return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))

    def _share(self, dimension: str, month: str, owner: str, what: str) -> float | None:
        cells = [one for one in self.held if one.dimension == dimension and month in ("", one.month) and owner in ("", one.owner)]
        whole = sum((Decimal(getattr(one, what)) for one in cells), ZERO)
        met = sum((Decimal(getattr(one, what)) for one in cells if one.state == CARRIED), ZERO)
        return float(met / whole) if whole else None


def bearer(owner: str) -> str:
    """Return who bears a cost as people say it."""
    return "nobody" if owner == NOT_SAID else owner


def lacking(found: Compliance, owner: str) -> list[tuple[Breach, tuple[str, ...]]]:
    """Return the dearest items of an owner outside the standard, each once, with all that it lacks.

    What is equal in account, service, value, amount and number of charges is taken for the same charges.
    """
    held: dict[tuple[str, str, str, Decimal, int], list[Breach]] = {}
    for one in found.breaches:
        if one.owner == owner:
            held.setdefault((one.account, one.service, one.value, one.amount, one.rows), []).append(one)
    items = [(same[0], tuple(one.dimension for one in same)) for same in held.values()]
    return sorted(items, key=lambda item: -item[0].amount)


def comply(charges: Any, rules: Allocation) -> Compliance:
    """Hold the usage charges of a bill to the dimensions that are required.

    Args:
        charges: of a workspace.
        rules: from `read_rules`; its dimensions say which are required, from when, with which values.

    Raises:
        ScenarioError: no dimension is required, or several currencies and none chosen.
    """
    required, charges = _required(rules), in_one_currency(charges, rules)
    usage = _held_to_it(charges, rules)
    stated = {name: stated_charges(usage, rules, [name]) for name in required} | {EVERY: stated_charges(usage, rules, required)}
    held = tuple(one for name, table in stated.items() for one in _held(name, table, rules))
    breaches = tuple(one for name in required for one in _breaches(name, stated[name], rules))
    return Compliance(rules.cost, currency_of(charges, rules), (*required, EVERY), _months(held), held, breaches)


def comply_in_all(charges: Any, rules: Allocation) -> Compliance:
    """Hold the usage charges to all that is required at once, `EVERY`: of `comply` the part that takes one query, and names no breach.

    Args and errors as of `comply`.
    """
    required, charges = _required(rules), in_one_currency(charges, rules)
    held = tuple(_held(EVERY, stated_charges(_held_to_it(charges, rules), rules, required), rules))
    return Compliance(rules.cost, currency_of(charges, rules), (EVERY,), _months(held), held, ())


def _required(rules: Allocation) -> list[str]:
    """Return the required dimensions, in the order of the file.

    Raises:
        ScenarioError: none is.
    """
    required = [name for name, dimension in rules.dimensions.items() if dimension.required]
    if not required:
        mend = "add required: true to a dimension, such as owner: {tags: [owner, team], required: true}"
        raise ScenarioError(Problem("the allocation file requires no tag", mend, "dimensions"))
    return required


def _held_to_it(charges: Any, rules: Allocation) -> Any:
    """Return the charges that the standard is about, each with who bears it."""
    usage = sorted_charges(charges, rules)
    return usage.filter(usage.ChargeCategory == "Usage")


def _months(held: Sequence[Held]) -> tuple[str, ...]:
    return tuple(sorted({one.month for one in held}))


def stated_charges(usage: Any, rules: Allocation, names: list[str]) -> Any:
    """Return the charges held to all of some dimensions, with `value`, that of the first, and `state`, the worst of them.

    An expression for any backend of Ibis. A charge from before all of them were required is left out.
    """
    import ibis

    values = {name: dimension_of(usage, rules, name) for name in names}
    due = {name: usage.month >= rules.dimensions[name].since for name in names}
    bound = [name for name in names if rules.dimensions[name].allowed]
    missing = [(due[name] & values[name].isnull(), MISSING) for name in names]
    wrong = [(due[name] & ~values[name].isin(rules.dimensions[name].allowed), OTHER_VALUE) for name in bound]
    any_due = due[names[0]]
    for name in names[1:]:
        any_due = any_due | due[name]
    return usage.mutate(value=values[names[0]], state=ibis.cases(*missing, *wrong, else_=CARRIED)).filter(any_due)


def _held(dimension: str, table: Any, rules: Allocation) -> list[Held]:
    grouped = table.group_by(["month", "rule", "owner", "state"]).aggregate(amount=table.amount.abs().sum(), rows=table.count())
    found: dict[tuple[str, str, str], tuple[Decimal, int]] = {}
    for row in rows_of(grouped):
        key = (str(row["month"]), _owner(row, rules), str(row["state"]))
        amount, rows = found.get(key, (ZERO, 0))
        found[key] = (amount + Decimal(row["amount"] or 0), rows + int(row["rows"]))
    return [Held(dimension, *key, *found[key]) for key in sorted(found)]


def _owner(row: Mapping[str, Any], rules: Allocation) -> str:
    pool = rules.rules[int(row["rule"])].pool if row["rule"] >= 0 else ""
    return f"pool: {pool}" if pool else str(row["owner"] or NOT_SAID)


def breach_query(table: Any) -> Any:
    """Return the expression of what fails, by rule, owner, account, service and value: the dearest few of each owner, for any backend."""
    failed = table.filter(table.state != CARRIED)
    alike = ["rule", "owner", "SubAccountName", "ServiceName", "value"]
    found = failed.group_by(alike).aggregate(amount=failed.amount.abs().sum(), rows=failed.count())
    order = [found.amount.desc(), found.SubAccountName, found.ServiceName, found.value]
    ranked = found.mutate(rank=rank(found, ["rule", "owner"], order))
    return ranked.filter(ranked["rank"] < MOST_ITEMS)


def _breaches(dimension: str, table: Any, rules: Allocation) -> list[Breach]:
    sums: dict[tuple[str, str, str, str], tuple[Decimal, int]] = {}
    for row in rows_of(breach_query(table)):
        account, service = (str(row[name] or NOT_SAID) for name in ("SubAccountName", "ServiceName"))
        key = (_owner(row, rules), account, service, str(row["value"] or ""))
        amount, rows = sums.get(key, (ZERO, 0))
        sums[key] = (amount + Decimal(row["amount"] or 0), rows + int(row["rows"]))
    found = [Breach(dimension, *key, *sums[key]) for key in sorted(sums, key=lambda key: (-sums[key][0], key))]
    kept = {owner: [one for one in found if one.owner == owner][:MOST_ITEMS] for owner in {one.owner for one in found}}
    return [one for one in found if one in kept[one.owner]]
