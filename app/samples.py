"""Turns nothing into the workspace of an invented company, as far as a monthly review of it has anything to say."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app.ledger import RULES, forecast_on

SAMPLE = "sample-bills"
"""Of the session: the folder of the sample, which every page on bills shows."""
SAMPLE_TOLD = "These bills are invented: the company Northlight, October 2025 to December 2026."
QUARTERS = 5
DECIDED, FORECAST = "2026-09", "2026-10-05"
"""The month of the first review, and the day on which its forecast is made."""
DECISION = {
    "title": "Evaluate once a week", "owner": "support-eng", "due": "2026-11", "expected": "1500",
    "why": "nobody reads the daily runs, and evaluation has grown each month since May",
}  # fmt: skip
ABOUT = ("SubAccountName=support-eval",)
Progress = Callable[[int, int, str], None]
"""Takes the steps done, all of them, and what is being done."""


class _Folder:
    """A folder that goes with the session that holds it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="tco-sample-bills-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def show_sample() -> None:
    """Make the sample with a bar that says how far it is, and show it from now on."""
    bar = st.progress(0.0, "Writing fifteen months of invented exports …")
    sample_folder(lambda done, steps, words: bar.progress(done / steps, words))
    st.rerun()


def has_sample() -> bool:
    """Say whether this session has a sample that can be reviewed: bills with rules beside them."""
    return SAMPLE in st.session_state and (Path(st.session_state[SAMPLE]) / RULES).is_file()


def sample_folder(progress: Progress = lambda done, steps, words: None) -> Path:
    """Return the folder of this session's sample, made once: a bill of fifteen months, and what reviews of it have left behind."""
    if has_sample():
        return Path(st.session_state[SAMPLE])
    folder = _Folder()
    write_sample(folder.path, progress)
    st.session_state[f"{SAMPLE}-folder"], st.session_state[SAMPLE] = folder, str(folder.path)
    return folder.path


def write_sample(place: Path, progress: Progress = lambda done, steps, words: None) -> None:
    """Write the sample into an empty folder.

    After the twelfth month a forecast is kept and a decision recorded, by the functions that the command line calls; the months that
    follow show what became of both.
    """
    from tco_model.actuals.demo import write_demo
    from tco_model.actuals.load import import_files

    exports = write_demo(place, months=3 * QUARTERS)
    each, steps = len(exports) // QUARTERS, QUARTERS + 2
    for quarter in range(QUARTERS):
        is_last = quarter == QUARTERS - 1
        if is_last:
            progress(quarter + 1, steps, f"Reviewing {DECIDED} …")
            _first_review(place)
        progress(quarter + 1 + is_last, steps, f"Importing quarter {quarter + 1} of {QUARTERS} …")
        import_files(exports[quarter * each : (quarter + 1) * each], place)


def _first_review(place: Path) -> None:
    """Leave behind what the review of the twelfth month would: the files it is read by, a kept forecast, a decision."""
    from tco_model.exporters.files import write_new_text, write_text
    from tco_model.finops.books import open_books
    from tco_model.finops.decisions import decision_file
    from tco_model.finops.kept_forecasts import keep
    from tco_model.finops.recording import decided
    from tco_model.finops.starter import sample_files

    for file, text in sample_files(place).items():
        write_text(file, text)
    books = open_books(place, place / RULES)
    write_new_text(*keep(place, forecast_on(books, FORECAST)))
    name, text = decided(books, DECIDED, DECISION, ABOUT, dt.date(2026, 10, 6))
    write_new_text(decision_file(place, name), text)
