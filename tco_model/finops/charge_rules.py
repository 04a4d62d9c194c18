"""Turns the rules of an allocation file into queries: which rule takes each charge, in which currency, with which dimensions.

Expressions for any backend of Ibis: cases over columns and tags, no text of queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tco_model.actuals.queries import literal, month, rows_of, tag
from tco_model.actuals.spend import CONVERT, TAG
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.fields import DIMENSION
from tco_model.finops.rules import Allocation

# Ibis gives every column its widest type, so that tables stand here as Any.


def sorted_charges(charges: Any, rules: Allocation) -> Any:
    """Return the charges with the place of the rule that takes each (-1: none), its owner (empty: a pool, or nobody) and its amount."""
    import ibis

    # In steps, each a query of its own: an engine reckons a dimension once a charge, and not wherever a rule looks at it.
    charges, values = _with_dimensions(charges, rules)
    taken: list[tuple[Any, int]] = []
    for place, rule in enumerate(rules.rules):
        met = holds(charges, rule.when, values)
        taken.append((met & values[rule.owner_from].notnull() if rule.owner_from else met, place))
    ruled: Any = charges.mutate(rule=ibis.cases(*taken, else_=-1))
    owned: list[tuple[Any, Any]] = [
        (ruled.rule == place, ruled[_column(rule.owner_from)] if rule.owner_from else literal(rule.owner))
        for place, rule in enumerate(rules.rules)
    ]
    named: Any = ruled.mutate(month=month(ruled.BillingPeriodStart), owner=ibis.cases(*owned, else_=""), amount=ruled[rules.cost])
    return named


def _with_dimensions(charges: Any, rules: Allocation) -> tuple[Any, dict[str, Any]]:
    """Return the charges with every dimension as a column, and these columns by dimension."""
    read = charges.mutate(**{_column(name): _said(charges, rules, name) for name in rules.dimensions})
    spelled = read.mutate(**{_column(name): _spelled(read[_column(name)], rules, name) for name in rules.dimensions})
    return spelled, {name: spelled[_column(name)] for name in rules.dimensions}


def _column(dimension: str) -> str:
    return f"x_Dimension_{dimension}"


def dimension_of(charges: Any, rules: Allocation, name: str) -> Any:
    """Return the value of a dimension of each charge: the first of its tags that is there, spelled as the file wants it; else null."""
    return _spelled(_said(charges, rules, name), rules, name)


def _said(charges: Any, rules: Allocation, name: str) -> Any:
    import ibis

    return ibis.coalesce(*(tag(charges, key).strip().nullif("") for key in rules.dimensions[name].tags))


def _spelled(said: Any, rules: Allocation, name: str) -> Any:
    spellings = rules.dimensions[name].values
    return said.substitute(dict(spellings), else_=said) if spellings else said


def holds(charges: Any, when: Mapping[str, Sequence[str]], values: Mapping[str, Any]) -> Any:
    """Return whether each row meets all of some conditions; `values` are those of the dimensions."""
    met_all = literal(True)
    for key, wanted in when.items():
        if key.startswith(DIMENSION):
            column = values[key.removeprefix(DIMENSION)]
        else:
            column = tag(charges, key.removeprefix(TAG)) if key.startswith(TAG) else charges[key]
        met = literal(False)
        for pattern in wanted:
            met = met | _matches(column, pattern).fill_null(False)
        met_all = met_all & met
    return met_all


def _matches(column: Any, pattern: str) -> Any:
    word = pattern.strip("*")
    if not word:
        return column.notnull() if "*" in pattern else column == ""
    if pattern.startswith("*") and pattern.endswith("*"):
        return column.contains(word)
    if pattern.endswith("*"):
        return column.startswith(word)
    return column.endswith(word) if pattern.startswith("*") else column == word


def in_one_currency(charges: Any, rules: Allocation) -> Any:
    """Return the charges in the currency that the rules choose.

    Raises:
        ScenarioError: no charge is in it, or several currencies and none chosen.
    """
    held = sorted(str(row["BillingCurrency"]) for row in rows_of(charges.select("BillingCurrency").distinct()))
    if rules.currency and held and rules.currency not in held:
        raise ScenarioError(Problem(f"no charge is in {rules.currency}", nearest(rules.currency, held), "currency", rules.currency))
    if not rules.currency and len(held) > 1:
        mend = f"choose one of them with currency: {held[-1]} in the allocation file, or {CONVERT}"
        raise ScenarioError(Problem(f"the bill is in {', '.join(held)}", mend, "currency"))
    return charges.filter(charges.BillingCurrency == rules.currency) if rules.currency else charges


def currency_of(charges: Any, rules: Allocation) -> str:
    """Return the currency of charges that are in one; that of the rules where there are none."""
    held = rows_of(charges.select("BillingCurrency").distinct())
    return str(held[0]["BillingCurrency"]) if held else rules.currency
