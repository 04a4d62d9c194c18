"""Writes decisions of a review into a workspace, a readable file each: a new one, or one that is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from tco_model.exporters.files import write_new_text, write_text
from tco_model.finops.books import Books
from tco_model.finops.decisions import Kept, Status, closed_text, decision_file, find, read_decisions
from tco_model.finops.recording import decided


def record(books: Books, month: str, said: Mapping[str, str], about: Sequence[str]) -> Path:
    """Write the decision that a person describes; arguments and errors as of `decided`.

    Raises:
        OSError: the workspace cannot be written to.
    """
    while True:
        name, text = decided(books, month, said, about, dt.datetime.now(dt.UTC).date())
        try:
            return write_new_text(decision_file(books.workspace, name), text)
        except FileExistsError:  # somebody recorded one at the same moment: this one takes the next number
            continue


def close(workspace: Path, name: str, status: Status, note: str) -> Kept:
    """Write that a decision is done, dropped, or open again, and return it as it was.

    Raises:
        ScenarioError: no decision of that id, or a note that is too long.
        OSError: the workspace cannot be written to.
    """
    kept = find(read_decisions(workspace), name)
    write_text(decision_file(workspace, kept.id), closed_text(kept.decision, status, note))
    return kept
