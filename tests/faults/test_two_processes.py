"""Several processes at one workspace: one changes it at a time and says who does, and whoever reads sees one state of it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tco_model.actuals.load import import_files
from tco_model.actuals.lock import LOCK, locked
from tco_model.actuals.log import LOG, named, read_log
from tco_model.actuals.overlap import Choice
from tco_model.actuals.store import Workspace
from tco_model.errors import ScenarioError
from tests.actuals.bills import charge, month, write
from tests.faults.program import ROOT, SURROUNDINGS

HOLDER = (
    "import sys, time\nfrom pathlib import Path\nfrom tco_model.actuals.lock import locked\n"
    "with locked(Path(sys.argv[1])):\n print('held', flush=True)\n time.sleep(float(sys.argv[2]))"
)


@pytest.fixture
def held(tmp_path: Path) -> Callable[[float], subprocess.Popen[str]]:
    def hold(seconds: float) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLDER, str(tmp_path), str(seconds)]
        other = subprocess.Popen(command, cwd=ROOT, env=SURROUNDINGS, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None and other.stdout.readline().strip() == "held"
        return other

    return hold


def test_who_holds_it_is_said_and_a_kill_lets_go(held: Callable[[float], subprocess.Popen[str]], tmp_path: Path) -> None:
    with held(60) as other:
        said = rf"process {other.pid} \(a program, since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\) is changing this workspace"
        with pytest.raises(ScenarioError, match=said), locked(tmp_path):
            pass
        other.kill()
    with locked(tmp_path):
        pass


def test_a_short_change_waits_and_says_for_whom(held: Callable[[float], subprocess.Popen[str]], tmp_path: Path) -> None:
    heard: list[str] = []
    with held(0.5) as other, locked(tmp_path, patience=30.0, waits=heard.append):
        assert len(heard) == 1 and heard[0].startswith(f"waiting for process {other.pid} (a program, since")


def test_the_patience_ends(held: Callable[[float], subprocess.Popen[str]], tmp_path: Path) -> None:
    with held(60) as other:
        start = time.monotonic()
        with pytest.raises(ScenarioError, match="is changing"), locked(tmp_path, patience=0.3):
            pass
        assert 0.3 <= time.monotonic() - start < 10.0
        other.kill()


@pytest.mark.parametrize("said", ["", "1234", "{}", '{"process": "x"}', "\ufffd"])
def test_what_is_not_said_leaves_another_process(said: str, tmp_path: Path) -> None:
    with locked(tmp_path):
        (tmp_path / LOCK).write_text(said)
        with pytest.raises(ScenarioError, match="another process is changing"), locked(tmp_path):
            pass


def test_who_reads_sees_the_state_it_began_with(tmp_path: Path) -> None:
    """A later export takes the place of the first one's file, which stays for as long as it is read and goes with the next import."""
    import_files([write(tmp_path / "a.csv", month(range(1, 9)))], tmp_path / "w")
    reader = Workspace(tmp_path / "w")
    first: Any = reader.charges()
    import_files([write(tmp_path / "b.csv", month(range(1, 20), BilledCost="2"))], tmp_path / "w", choice=Choice.REPLACE)
    again: Any = reader.charges()
    assert [first.count().to_pyarrow().as_py(), again.count().to_pyarrow().as_py(), first.BilledCost.sum().to_pyarrow().as_py()] == [
        8,
        8,
        10,
    ]
    later = Workspace(tmp_path / "w")
    fresh: Any = later.charges()
    assert fresh.count().to_pyarrow().as_py() == 19
    assert len(list((tmp_path / "w").rglob("*.parquet"))) == 2
    reader.close()
    later.close()
    del first, again, fresh
    import_files([write(tmp_path / "c.csv", [charge(BillingAccountId="B")])], tmp_path / "w")
    files = {path.relative_to(tmp_path / "w").as_posix() for path in (tmp_path / "w").rglob("*.parquet")}
    assert files == named(read_log(tmp_path / "w" / LOG)) and len(files) == 2
