"""Whoever is killed in the middle of a write leaves what stood there, and what it left beside goes with the next write."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tco_model.files import clear_strays, write_text
from tests.actuals.bills import charge, month, write
from tests.faults.program import PROGRAM, ROOT, SMALL, SURROUNDINGS, temporary, wait_for

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")


IMPORTED = "import os, sys, time\nfrom tco_model.files import write_text\n"


def nursery(*args: object) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.nursery", *map(str, args)],
        capture_output=True, text=True, cwd=ROOT, env=SURROUNDINGS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_of_200_saves_that_were_killed_none_is_corrupt(tmp_path: Path) -> None:
    found = nursery("save", tmp_path, 200)
    assert (found["killed"], found["corrupt"], found["left_after_the_next"]) == (200, 0, 0)
    assert found["left"] > 20, "the kills came between two saves: the test has shown nothing"


def test_a_plain_write_would_not_stand_it(tmp_path: Path) -> None:
    assert nursery("plain", tmp_path, 40)["corrupt"] > 0


def test_a_killed_import_leaves_the_workspace_as_before_or_as_after(tmp_path: Path) -> None:
    june = charge(BillingPeriodStart="2026-06-01", BillingPeriodEnd="2026-07-01", ChargePeriodStart="2026-06-02")
    first = write(tmp_path / "a.csv", month(range(1, 9)))
    second = write(tmp_path / "b.csv", [*month(range(1, 12)), june, charge(BilledCost="many")])
    found = nursery("import", tmp_path, 24, first, second)
    assert {name: count for name, count in found.items() if name not in ("killed", "after")} == {
        "between": 0, "damaged": 0, "unmended": 0, "strays": 0,
    }  # fmt: skip
    assert found["killed"] > 12


class TestStrays:
    def test_one_that_is_being_written_stays(self, tmp_path: Path) -> None:
        code = IMPORTED + "os.fsync = lambda _: time.sleep(60)\nwrite_text(sys.argv[1], 'x')"
        with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "a.txt")], cwd=ROOT, text=True, stderr=subprocess.PIPE) as other:
            wait_for(lambda: temporary(tmp_path), other)
            time.sleep(0.1)
            write_text(tmp_path / "b.txt", "whole")
            assert len(temporary(tmp_path)) == 1
            other.kill()
            other.wait()
        assert clear_strays(tmp_path) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]

    @pytest.mark.parametrize("name", [".decision.yaml.abcdefgh.part", ".tco-0123.part", "film.part", ".tco-0123456789abcdef.part.bak"])
    def test_a_file_of_somebody_else_stays(self, name: str, tmp_path: Path) -> None:
        (tmp_path / name).write_text("mine")
        write_text(tmp_path / "b.txt", "whole")
        assert (tmp_path / name).read_text() == "mine"


def test_the_workers_of_a_killed_command_end_too() -> None:
    command = [*PROGRAM, "compare", str(SMALL), "--draws", "9000000", "--workers", "2"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, env=SURROUNDINGS)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not children.exists():
        running.kill()
        pytest.skip("needs /proc to see the workers start")
    wait_for(lambda: len(children.read_text().split()) >= 3, running)
    workers = [int(one) for one in children.read_text().split()]
    time.sleep(1.0)
    running.kill()
    running.wait()
    end = time.monotonic() + 30
    while any(alive(one) for one in workers) and time.monotonic() < end:
        time.sleep(0.1)
    left = [one for one in workers if alive(one)]
    for one in left:
        os.kill(one, signal.SIGKILL)
    assert not left


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
