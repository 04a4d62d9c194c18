"""Turns usage records into what each project's calls came to a month: requests, and tokens read, read from cache, and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tco_model.actuals.queries import month as month_of
from tco_model.actuals.queries import rows_of

# Ibis gives every column its widest type, so that tables stand here as Any.
COUNTS = ("Requests", "InputTokens", "CachedInputTokens", "OutputTokens")


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a project in a month."""

    requests: int
    input_tokens: int
    """Cached ones included."""
    cached_input_tokens: int
    output_tokens: int

    @property
    def tokens(self) -> Decimal:
        """Tokens read and written."""
        return Decimal(self.input_tokens + self.output_tokens)

    def change(self, before: Calls) -> str:
        """Say how the calls changed: how many, and how much each reads and writes."""
        parts = [("requests", self.requests, before.requests)]
        if self.requests and before.requests:
            parts += [
                ("input tokens each", self.input_tokens / self.requests, before.input_tokens / before.requests),
                ("output tokens each", self.output_tokens / self.requests, before.output_tokens / before.requests),
            ]
        said = [f"{name} {later / earlier - 1:+.0%}" for name, later, earlier in parts if earlier]
        if self.input_tokens and before.input_tokens:
            shares = (self.cached_input_tokens / self.input_tokens, before.cached_input_tokens / before.input_tokens)
            if abs(shares[0] - shares[1]) >= 0.005:
                said.append(f"cached share {shares[1]:.0%} to {shares[0]:.0%}")
        return ", ".join(said)


def calls_by_project(usage: Any, months: Sequence[str]) -> dict[str, dict[str, Calls]]:
    """Return the calls of each project by month.

    Where several sources log the calls of a project, such as a gateway and the provider behind it, the one that has seen most tokens in
    these months counts: adding them would count a call twice.
    """
    found: dict[str, dict[str, dict[str, Calls]]] = {}
    for row in rows_of(calls_query(usage, months)):
        calls = Calls(*(int(row[name] or 0) for name in COUNTS))
        found.setdefault(str(row["Project"]), {}).setdefault(str(row["x_Source"]), {})[str(row["month"])] = calls
    return {
        project: max(sources.values(), key=lambda held: sum((calls.tokens for calls in held.values()), Decimal(0)))
        for project, sources in found.items()
    }


def calls_query(usage: Any, months: Sequence[str]) -> Any:
    """Return the expression of calls by project, source and month, for any backend of Ibis."""
    named = usage.mutate(month=month_of(usage.StartTime))
    named = named.filter(named.Project.notnull() & named.month.isin(list(months)))
    return named.group_by(["Project", "x_Source", "month"]).aggregate(**{name: named[name].sum() for name in COUNTS})
