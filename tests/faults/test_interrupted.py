"""An interrupt, or the system's wish to end, in the middle of a command: its exit code, one word, and nothing half written."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.actuals.bills import month, write
from tests.faults.program import SMALL, stopped

EXPORT, WORKBOOK, PAPER = ("export", SMALL, "out"), ("compare", SMALL, "--workbook", "a.xlsx"), ("report", SMALL, "-o", "a.md")
ENDS = {signal.SIGINT: (130, "interrupted\n"), signal.SIGTERM: (143, "")}


@pytest.mark.parametrize(
    ("command", "moment", "number"),
    [
        (EXPORT, "writing", signal.SIGINT), (EXPORT, "writing", signal.SIGTERM),
        (WORKBOOK, "writing", signal.SIGINT), (WORKBOOK, "writing", signal.SIGTERM),
        (PAPER, "drawing", signal.SIGINT), (WORKBOOK, "drawing", signal.SIGTERM),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else getattr(one, "name", one),
)  # fmt: skip
def test_nothing_is_half_written(command: tuple[object, ...], moment: str, number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("what stood here before")
    args = [tmp_path / one if one in ("out", "a.xlsx", "a.md") else one for one in command]
    done = stopped(moment, number, tmp_path, *args, "--draws", 200)
    assert (done.returncode, done.stdout, done.stderr.lstrip()) == (ENDS[number][0], "", ENDS[number][1])
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_text() == "what stood here before"


def test_an_import_leaves_no_workspace(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", month(range(1, 9)))
    done = stopped("writing", signal.SIGINT, tmp_path, "actuals", "import", path, "-w", tmp_path / "w")
    assert (done.returncode, done.stderr.lstrip()) == (130, "interrupted\n")
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]
