"""Turns what a person says of a decision into the file that keeps it, held against the bill of the review that decides it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tco_model.errors import Problem, ScenarioError
from tco_model.finops.books import Books
from tco_model.finops.decisions import baseline_of, decision_text, described, next_id, read_decisions, text_problems
from tco_model.finops.scopes import scope_of, spent_on
from tco_model.finops.statements import month_in

QUESTIONS: Mapping[str, str] = {
    "title": "What is done",
    "owner": "Who does it",
    "due": "First month in which it must show (2026-11)",
    "expected": "What it saves a month (negative: it spends more)",
    "about": "What it is about (owner=…, metric=…, or SubAccountName=…; several with commas)",
    "why": "Why",
}
"""What is asked of a decision, in order."""


def pairs_of(said: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return key and value of what a decision is about.

    Raises:
        ScenarioError: a text without an equals sign.
    """
    found = [one.strip() for one in said if one.strip()]
    wrong = [Problem(f"'{one}' is not key=value", "write owner=support-eng", "on", one) for one in found if "=" not in one]
    if wrong:
        raise ScenarioError(wrong)
    return tuple((key.strip(), value.strip()) for key, _, value in (one.partition("=") for one in found))


def decided(books: Books, month: str, said: Mapping[str, str], about: Sequence[str], today: dt.date) -> tuple[str, str]:
    """Return the id and the file of a decision that a person describes.

    Args:
        books: the workspace and its rules.
        month: whose review decides it; the last of the bill where empty.
        said: title, owner, due, expected and why.
        about: what it is about, each ``key=value``.
        today: the day on which it is decided.

    Raises:
        ScenarioError: everything that is missing or cannot be; nothing is written.
    """
    month = month_in(books.found, month)
    texts = {key: str(value).strip() for key, value in said.items()}
    problems = text_problems(texts, month)
    try:
        scope = scope_of(pairs_of(about), books.rules, list(books.found.owners()))
        spent = spent_on(scope, books.charges, books.rules, books.found, books.metrics_named(scope.metric))
        baseline_of(spent, month)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    made = described(texts, scope, spent, month, today, books.found.currency, books.found.cost)
    return next_id(read_decisions(books.workspace), month), decision_text(made)
