"""Turns a workspace of bills into what one reader sees of it: each part made once, anew when a file changes, the last good one kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TypeVar, cast

import streamlit as st

from app.show import problems
from tco_model.actuals.store import LOG
from tco_model.errors import ScenarioError
from tco_model.finops import budget_rules, decisions, forecast_plan, kept_forecasts, rates
from tco_model.finops.outcomes import OUTCOMES

if TYPE_CHECKING:
    from tco_model.finops.books import Books
    from tco_model.finops.decisions import Outcome
    from tco_model.finops.forecast import Forecast
    from tco_model.finops.review import Review

Found = TypeVar("Found")
KEY = "ledger"
RULES = "allocation.yaml"
"""Beside the bills: whose each charge is."""
BILL = (LOG, RULES, OUTCOMES, rates.FILE)
DECISIONS, FORECASTS = f"{decisions.FOLDER}/*.yaml", f"{kept_forecasts.FOLDER}/*.json"
MOST_HELD = 60
"""Parts that a session keeps."""


@dataclass
class Ledger:
    """One workspace as one session has read it; shared with nobody."""

    place: Path
    is_sample: bool
    held: dict[str, tuple[str, object]] = field(default_factory=dict[str, tuple[str, object]])
    """What was made, by name, with the mark of the files it was made from."""
    turn: RLock = field(default_factory=RLock, repr=False, compare=False)
    """A page runs anew in another thread while its last run may still be making something: it waits, and then has that too."""

    def mark(self, patterns: Sequence[str]) -> str:
        """Return what tells one state of some files from another."""
        files = [file for pattern in patterns for file in sorted(self.place.glob(pattern))]
        said = [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def made(self, name: str, files: Sequence[str], words: str, make: Callable[[], Found], *, of: str = "") -> Found | None:
        """Return a part of the workspace.

        Args:
            name: of the part.
            files: patterns of the files that it follows from.
            words: what is said while it is made.
            make: makes it.
            of: whatever else it follows from.

        Where it cannot be made, what is wrong is shown here, and the last one that could be is returned; None where there is none.
        """
        mark = self.mark(files) + of
        kept = self._of(name, mark)
        try:
            if kept is None:
                with st.spinner(f"{words} …", show_time=True), self.turn:
                    kept = self._of(name, mark) or self._keep(name, mark, make())
        except ScenarioError as error:
            kept = self.held.get(name)
            instead = "What is shown is the last that could be." if kept else "What is wrong, and what mends it:"
            problems(error.problems, f"This cannot be told. {instead}")
        return cast("Found", kept[1]) if kept else None

    def _of(self, name: str, mark: str) -> tuple[str, object] | None:
        kept = self.held.get(name)
        return kept if kept is not None and kept[0] == mark else None

    def _keep(self, name: str, mark: str, found: object) -> tuple[str, object]:
        while len(self.held) >= MOST_HELD:
            del self.held[next(one for one in self.held if one != "books")]
        self.held[name] = (mark, found)
        return self.held[name]

    def books(self) -> Books | None:
        """Return the bill with its rules, allocated."""
        return self.made("books", BILL, "Reading the bill", self._open)

    def _open(self) -> Books:
        from tco_model.finops.books import open_books

        books = open_books(self.place, self.place / RULES)
        assert books.found is not None and books.metrics is not None  # worked out here, where a bar says so
        return books

    def review(self, books: Books, month: str) -> Review | None:
        """Return the review of a month without its anomalies."""
        from tco_model.finops.decisions import read_decisions
        from tco_model.finops.review import outcomes_of, review

        found = self.made(
            f"review/{month}", (*BILL, budget_rules.FILE, FORECASTS), f"Reviewing {month}", lambda: review(books, month, odd=False)
        )
        saved: tuple[Outcome, ...] | None = self.made(
            f"outcomes/{month}",
            (*BILL, DECISIONS),
            "Holding decisions against the bill",
            lambda: outcomes_of(books, month, read_decisions(books.workspace)),
        )
        return found if found is None or saved is None else replace(found, outcomes=saved)

    def complete(self, books: Books, found: Review) -> Review:
        """Return a review with its anomalies, which take longest."""
        from tco_model.finops.review import with_anomalies

        odd = self.made(f"odd/{found.month}", BILL, "Looking for days that are off", lambda: with_anomalies(books, found).anomalies)
        return replace(found, anomalies=odd)

    def forecast(self, books: Books, today: str) -> Forecast | None:
        """Return the forecast of the bill, as it is made today."""
        return self.made("forecast", (*BILL, forecast_plan.PLAN), "Forecasting each owner", lambda: forecast_on(books, today), of=today)


def forecast_on(books: Books, day: str) -> Forecast:
    """Return the forecast of a bill as it is made on a day, with what the workspace plans."""
    import datetime as dt

    from tco_model.finops.forecast import forecast, parts_of

    file = books.workspace / forecast_plan.PLAN
    plan = forecast_plan.read_plan(file, books.rules, lambda: [one.name for one in parts_of(books)[0]]) if file.is_file() else None
    return forecast(books, 12, plan=plan, made=dt.date.fromisoformat(day))


def ledger(place: Path, *, is_sample: bool) -> Ledger:
    """Return this session's ledger of a workspace."""
    held = st.session_state.get(KEY)
    if not isinstance(held, Ledger) or held.place != place:
        held = st.session_state[KEY] = Ledger(place, is_sample)
    return held
