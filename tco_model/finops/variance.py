"""Turns two months of a bill into what changed between them and why: price, rate, currency, volume, mix, new, gone; split exactly.

An item is what one account uses of one SKU in one unit. For an item of both months, with quantity q, cost c and list cost l of before and
after, and Q the quantity of all such items of its service and unit (a group of like units):

- price: q₁ (l₁/q₁ − l₀/q₀) c₀/l₀, the change of the list price at the discount of before;
- rate: what is left of q₁ (c₁/q₁ − c₀/q₀): discounts and commitments; and what unused commitments cost;
- mix: (q₁ − Q₁ q₀/Q₀) c₀/q₀, its share of the group at its price of before;
- volume: (Q₁ q₀/Q₀ − q₀) c₀/q₀, the group growing as a whole.

Where the bill is converted and an item is billed in a currency whose rate moved from r₀ to r₁, its currency part is c₁ (1 − r₀/r₁), what it
costs of after times the move; all of the above is then told at the rate of before. What is there in one month only has no such part.
Without list costs the whole change of the unit cost is price. Usage of one month only is new or gone. Purchases, taxes, credits,
adjustments and corrections are no usage: fees where they recur, else one-off. Usage without a quantity takes that of the usage records,
tokens, where the records name its account as their project; else it cannot be explained and is called so.
Every part is an exact decimal of at most 28 digits; what rounding to 12 places leaves of an item is in its volume, so that the parts sum
to the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tco_model.actuals.queries import literal, rows_of
from tco_model.actuals.spend import NOT_SAID, Cost
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.allocate import ZERO
from tco_model.finops.charge_rules import currency_of, in_one_currency, sorted_charges
from tco_model.finops.rates import BILLED_IN, RATE
from tco_model.finops.rules import Allocation
from tco_model.finops.token_usage import Calls, calls_by_project

# Ibis gives every column its widest type, so that tables stand here as Any.
PARTS = ("price", "rate", "currency", "volume", "mix", "new", "gone", "fees", "one_off", "unexplained")
PART_WORDS: Mapping[str, str] = {
    "price": "list prices",
    "rate": "discounts and commitments",
    "currency": "rates of exchange",
    "volume": "more or less used",
    "mix": "shift among items of a service",
    "new": "items not there before",
    "gone": "items no longer there",
    "fees": "recurring fees and taxes",
    "one_off": "purchases, credits, corrections",
    "unexplained": "usage billed without a quantity",
}
PLACES = 12
USAGE = "usage"


@dataclass(frozen=True, slots=True)
class Amounts:
    """An item in one month."""

    cost: Decimal
    listed: Decimal
    quantity: Decimal

    def plus(self, other: Amounts) -> Amounts:
        """Add another of the same item."""
        return Amounts(self.cost + other.cost, self.listed + other.listed, self.quantity + other.quantity)

    def at(self, factor: Fraction) -> Amounts:
        """Return them at another rate of exchange."""
        return Amounts(_decimal(Fraction(self.cost) * factor), _decimal(Fraction(self.listed) * factor), self.quantity)


NOTHING = Amounts(ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Item:
    """What changed of one item; money out positive."""

    bearer: str
    """Its owner, or pool, or nobody."""
    account: str
    service: str
    sku: str
    unit: str
    kind: str
    """usage, or the part that it falls into whole."""
    billed_in: str
    before: Amounts
    after: Amounts
    effects: Mapping[str, Decimal]
    """By part; they sum to `change`."""
    said: str = ""
    """Of tokens: how calls changed."""

    @property
    def change(self) -> Decimal:
        """What it costs more."""
        return self.after.cost - self.before.cost

    @property
    def words(self) -> str:
        """What happened to it."""
        currency = self.effects.get("currency", ZERO)
        at_old_rate = self.after.cost - currency
        return self._words + (
            f", of which {float(currency / at_old_rate):+.1%} the rate of {self.billed_in}" if currency and at_old_rate else ""
        )

    @property
    def _words(self) -> str:
        name = f"{self.service} in {self.account}"
        if self.kind != USAGE:
            return f"{name}: {PART_WORDS[self.kind]}"
        if not self.before.quantity or not self.after.quantity:
            return f"{name}: {'new' if self.after.quantity else 'gone'}"
        if self.said:
            return f"{name}: {self.said}"
        volume = float(self.after.quantity / self.before.quantity - 1)
        if not self.before.cost:
            return f"{name}: {volume:+.0%} {self.unit}"
        price = float((self.after.cost / self.after.quantity) / (self.before.cost / self.before.quantity) - 1)
        return f"{name}: {volume:+.0%} {self.unit}" + (f", each {price:+.1%}" if abs(price) >= 0.0005 else "")


@dataclass(frozen=True, slots=True)
class Variance:
    """The change between two months of a bill, or of one owner's own charges."""

    before: str
    after: str
    cost: Cost
    currency: str
    items: tuple[Item, ...]
    """Those that moved most first."""

    @property
    def is_converted(self) -> bool:
        """Whether anything is billed in another currency than it is told in."""
        return any(one.billed_in != self.currency for one in self.items)

    @property
    def change(self) -> Decimal:
        """What the later month costs more."""
        return sum((one.change for one in self.items), ZERO)

    @property
    def parts(self) -> dict[str, Decimal]:
        """The change by part, in the order of `PARTS`; they sum to the change."""
        return {part: sum((one.effects.get(part, ZERO) for one in self.items), ZERO) for part in PARTS}

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """What both months cost; their difference is the change."""
        return sum((one.before.cost for one in self.items), ZERO), sum((one.after.cost for one in self.items), ZERO)

    def behind(self, part: str, most: int = 3) -> tuple[tuple[Item, Decimal], ...]:
        """Return the items that a part is mostly made of, and what each adds to it, the largest first."""
        held = [(one, one.effects.get(part, ZERO)) for one in self.items]
        return tuple(sorted((entry for entry in held if entry[1]), key=lambda entry: -abs(entry[1]))[:most])

    def of(self, bearer: str) -> Variance:
        """Return the part of the change that one owner or pool bears."""
        return replace(self, items=tuple(one for one in self.items if one.bearer == bearer))

    def bearers(self) -> dict[str, Decimal]:
        """Return the change by owner or pool, the largest first."""
        found: dict[str, Decimal] = {}
        for one in self.items:
            found[one.bearer] = found.get(one.bearer, ZERO) + one.change
        return dict(sorted(found.items(), key=lambda entry: (-abs(entry[1]), entry[0])))


def explain(charges: Any, rules: Allocation, before: str, after: str, usage: Any = None) -> Variance:
    """Explain what changed between two months.

    Args:
        charges: of a workspace.
        rules: from `read_rules`; they say whose each charge is.
        usage: of the workspace: tokens where a bill has no quantity.
        before: year-month.
        after: year-month.

    Raises:
        ScenarioError: a month without charges, or several currencies and none chosen.
    """
    charges = in_one_currency(charges, rules)
    # In an order of their own: engines give rows in any, and items that moved alike keep the one they came in.
    rows = sorted(rows_of(items_query(charges, rules, (before, after))), key=lambda row: [str(row[name]) for name in _KEYS])
    for month in (before, after):
        if not any(row["month"] == month for row in rows):
            raise ScenarioError(Problem(f"the bill has no month {month}", "name one that it has", "month", month))
    calls = calls_by_project(usage, (before, after)) if usage is not None else {}
    moved = _moved(rows, before, after)
    pairs: dict[tuple[str, ...], dict[str, Amounts]] = {}
    for key, month, amounts in _measured(rows, calls):
        pair = pairs.setdefault(key, {})
        pair[month] = pair.get(month, NOTHING).plus(amounts)
    held = {key: (pair.get(before, NOTHING), pair.get(after, NOTHING)) for key, pair in pairs.items()}
    groups = _groups(held)
    items = [
        _item(key, *pair, groups.get(key[2:6:2], _NO_GROUP), _said(calls.get(key[1], {}), before, after), moved.get(key[6], Fraction(1)))
        for key, pair in held.items()
    ]
    items.sort(key=lambda one: (-abs(one.change), one.account, one.service, one.sku))
    return Variance(before, after, rules.cost, currency_of(charges, rules), tuple(items))


def items_query(charges: Any, rules: Allocation, months: Sequence[str]) -> Any:
    """Return the expression of items by month with cost, list cost and quantity, of charges in one currency; for any backend of Ibis."""
    import ibis

    named: Any = sorted_charges(charges, rules)
    named = named.filter(named.month.isin(list(months)))
    pools = [(named.rule == place, rule.pool) for place, rule in enumerate(rules.rules) if rule.pool]
    pool: Any = ibis.cases(*pools, else_="") if pools else ibis.literal("")  # pyright: ignore[reportUnknownMemberType]
    quantity: Any = ibis.coalesce(named.ConsumedQuantity, named.PricingQuantity)
    unit: Any = ibis.coalesce(named.ConsumedUnit, named.PricingUnit)
    is_usage = (named.ChargeCategory == "Usage") & ~(named.ChargeClass.fill_null("") == "Correction")
    recurs = named.ChargeCategory.isin(["Purchase", "Tax"]) & ~(named.ChargeFrequency.fill_null("") == "One-Time")
    kind: Any = ibis.cases(
        (is_usage & (named.CommitmentDiscountStatus.fill_null("") == "Unused"), "rate"),
        (is_usage & (quantity.fill_null(0) > 0) & unit.notnull(), USAGE),
        (is_usage, "unexplained"),
        (recurs | (named.ChargeCategory == "Tax"), "fees"),
        else_="one_off",
    )
    sku: Any = ibis.coalesce(named.SkuPriceId, named.SkuId, named.ChargeDescription)
    rows = named.mutate(
        kind=kind,
        bearer=named.owner.nullif("").fill_null(pool).nullif("").fill_null(NOT_SAID),
        sku=sku.fill_null(NOT_SAID),
        unit=unit.fill_null(NOT_SAID),
        counted=quantity,
        **{name: named[name].fill_null(NOT_SAID) for name in ("SubAccountName", "ServiceName")},
    )
    is_converted = BILLED_IN in charges.columns
    rows = rows.mutate(billed_in=rows[BILLED_IN] if is_converted else rows.BillingCurrency, rate=rows[RATE] if is_converted else literal(1))
    grouped: Any = rows.group_by(["month", *_KEYS, "rate"])
    return grouped.aggregate(cost=rows.amount.sum(), listed=rows.ListCost.sum(), quantity=rows.counted.sum())


_KEYS = ("bearer", "SubAccountName", "ServiceName", "sku", "unit", "kind", "billed_in")
_Key = tuple[str, ...]
_NO_GROUP = (Fraction(0), Fraction(0))


def _moved(rows: Sequence[Mapping[str, Any]], before: str, after: str) -> dict[str, Fraction]:
    """Return of each currency of both months its rate of before over that of after."""
    rates = {(str(row["billed_in"]), str(row["month"])): Fraction(row["rate"]) for row in rows}
    return {name: rates[name, before] / rates[name, after] for name, month in rates if month == after and (name, before) in rates}


def _measured(rows: Sequence[Mapping[str, Any]], calls: Mapping[str, Mapping[str, Calls]]) -> Iterator[tuple[_Key, str, Amounts]]:
    """Yield items by month; what a bill states without a quantity is one item an account and service, counted in tokens where logged."""
    counted: set[tuple[str, str, str]] = set()
    for row in rows:
        key = tuple(str(row[name]) for name in _KEYS)
        amounts = Amounts(*(Decimal(row[name] or 0) for name in ("cost", "listed", "quantity")))
        month, account = str(row["month"]), key[1]
        if key[5] == "unexplained" and account in calls:
            key = (*key[:3], "tokens", "tokens", USAGE, key[6])
            first = (account, key[2], month) not in counted  # of several charges that share the tokens, one brings them
            tokens = calls[account][month].tokens if first and month in calls[account] else ZERO
            amounts = Amounts(amounts.cost, ZERO, tokens)
            counted.add((account, key[2], month))
        yield key, month, amounts


def _said(calls: Mapping[str, Calls], before: str, after: str) -> str:
    return calls[after].change(calls[before]) if before in calls and after in calls else ""


def _groups(held: Mapping[_Key, tuple[Amounts, Amounts]]) -> dict[_Key, tuple[Fraction, Fraction]]:
    """Return by service and unit the quantities before and after of all items of both months."""
    found: dict[_Key, tuple[Fraction, Fraction]] = {}
    for key, (one, other) in held.items():
        if key[5] == USAGE and one.quantity and other.quantity:
            before, after = found.get(key[2:6:2], _NO_GROUP)
            found[key[2:6:2]] = before + Fraction(one.quantity), after + Fraction(other.quantity)
    return found


def _item(key: _Key, before: Amounts, after: Amounts, group: tuple[Fraction, Fraction], said: str, moved: Fraction = Fraction(1)) -> Item:
    """Split the change of an item; `moved` is the rate of exchange of before over that of after."""
    at_old_rate = after.at(moved) if moved != 1 and NOTHING not in (before, after) else after
    currency, change = after.cost - at_old_rate.cost, at_old_rate.cost - before.cost
    if key[5] != USAGE:
        effects = {key[5]: change}
    elif not before.quantity or not after.quantity:
        effects = {"new" if after.quantity else "gone": change}
    else:
        price, rate, mix = (_decimal(one) for one in split(before, at_old_rate, *group))
        effects = {"price": price, "rate": rate, "mix": mix, "volume": change - price - rate - mix}
    effects |= {"currency": currency} if currency else {}
    return Item(*key, before=before, after=after, effects=effects, said=said if key[3] == "tokens" else "")


def split(before: Amounts, after: Amounts, group_before: Fraction, group_after: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Return price, rate and mix of an item of both months, as exact fractions; the rest of its change is volume."""
    quantity, later = Fraction(before.quantity), Fraction(after.quantity)
    unit, unit_later = Fraction(before.cost) / quantity, Fraction(after.cost) / later
    changed = later * (unit_later - unit)
    price = changed
    if before.listed > 0 and after.listed > 0:
        price = (
            later * (Fraction(after.listed) / later - Fraction(before.listed) / quantity) * Fraction(before.cost) / Fraction(before.listed)
        )
    mix = (later - group_after * quantity / group_before) * unit
    return price, changed - price, mix


def _decimal(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**PLACES)).scaleb(-PLACES)
