"""The same seed gives the same bytes for any number of workers, and beside any other process."""

from __future__ import annotations

import subprocess

from tests.faults.program import PROGRAM, SMALL, SURROUNDINGS

DRAWS = "40000"
"""More than the pilot, so that the workers get some."""


def started(*args: object) -> subprocess.Popen[bytes]:
    command = [*PROGRAM, "compare", str(SMALL), "--draws", DRAWS, "--json", *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=SURROUNDINGS)


def ended(running: subprocess.Popen[bytes]) -> bytes:
    out, err = running.communicate(timeout=300)
    assert (running.returncode, err) == (0, b"")
    return out


def test_no_byte_depends_on_the_workers_or_on_who_else_runs() -> None:
    beside = [started(), started("--workers", 2)]
    reference, two = (ended(one) for one in beside)
    assert reference == two
    for workers in (4, 8):
        assert ended(started("--workers", workers)) == reference
    assert ended(started("--seed", 2)) != reference
