"""An import that is killed leaves the workspace as before, or as after: never between."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tco_model.actuals.load import import_files
from tco_model.actuals.lock import locked
from tco_model.errors import ScenarioError
from tests.actuals.bills import charge, held, month, tree, write

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
import tco_model.actuals.load as load, tco_model.actuals.focus as focus

moment, calls, real = sys.argv[3], [0], os.fsync
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
def fsync(handle):
    calls[0] += 1
    if moment == str(calls[0]): die()
    real(handle)
os.fsync = fsync
if moment == "reading": focus._write = die
if moment == "staged": focus._number_twins = die
if moment == "compared": load.overlap.settle = die
if moment == "cleaning": load.unfinished.clear = lambda root, keep: die() if len(keep) > 1 else 0
load.import_files([Path(sys.argv[1])], Path(sys.argv[2]))
"""
BEFORE = ("reading", "staged", "compared", "1", "2", "3", "4", "5", "6", "7", "8", "9")
AFTER = ("10", "cleaning")
"""The note and two months and rows set aside are four files, each synced with its folder; the ninth sync is of the log not yet in place."""


def bills(folder: Path) -> tuple[Path, Path]:
    """A month, and the export that goes on from it into the next and holds a row that cannot be read."""
    june = charge(
        BillingPeriodStart="2026-06-01", BillingPeriodEnd="2026-07-01", ChargePeriodStart="2026-06-02", ChargePeriodEnd="2026-06-03"
    )
    first = write(folder / "a.csv", month(range(1, 9)))
    return first, write(folder / "b.csv", [*month(range(1, 12)), june, charge(BilledCost="many")])


@pytest.mark.parametrize("moment", [*BEFORE, *AFTER])
def test_killed_at_any_moment(moment: str, tmp_path: Path) -> None:
    first, second = bills(tmp_path)
    import_files([first], tmp_path / "w")
    before = held(tmp_path / "w")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(second), str(tmp_path / "w"), moment], cwd=ROOT, check=False, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    if moment in BEFORE:
        assert held(tmp_path / "w") == before
    else:
        assert len(held(tmp_path / "w")) == 12
    outcome = import_files([second], tmp_path / "w")[0]
    assert outcome.unchanged == (moment in AFTER)
    assert len(held(tmp_path / "w")) == 12
    import_files([second], tmp_path / "clean")
    assert len([name for name in tree(tmp_path / "w") if name.endswith(".parquet")]) == len(
        [name for name in tree(tmp_path / "clean") if name.endswith(".parquet")]
    ), "strays are left"


def test_two_processes_do_not_import_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", month(range(1, 9)))
    import_files([path], tmp_path / "w")
    other = (
        "from pathlib import Path\nimport sys, time\n"
        "from tco_model.actuals.lock import locked\nwith locked(Path(sys.argv[1])):\n print('held', flush=True)\n time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", other, str(tmp_path / "w")], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == "held"
        try:
            with pytest.raises(ScenarioError, match=rf"process {process.pid} \(a program, since .* UTC\) is changing"):
                import_files([path], tmp_path / "w")
        finally:
            process.kill()
    with locked(tmp_path / "w"):
        pass


def test_one_bad_file_of_several_imports_none(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a.csv", month(range(1, 9))), tmp_path / "b.csv"
    bad.write_text("name,age\nx,1\n")
    with pytest.raises(ScenarioError, match="known source"):
        import_files([good, bad], tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_a_log_that_was_damaged_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", month(range(1, 9)))
    import_files([path], tmp_path / "w")
    (tmp_path / "w" / "imports.jsonl").write_text("{}\n")
    with pytest.raises(ScenarioError, match=r"imports\.jsonl:1"):
        import_files([path], tmp_path / "w")
    assert list((tmp_path / "w" / "charges").rglob("*.parquet")), "a log that cannot be read removes nothing"
