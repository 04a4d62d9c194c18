"""Raises one writer after the other and kills each at a random moment; prints what the killed ones left, as JSON.

Run as ``python -m tests.faults.nursery save|plain FOLDER KILLS`` or ``… import FOLDER KILLS A.csv B.csv``. The writers are processes
forked from this one, which has everything imported already, so that each lives for as long as it writes and no longer.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tco_model.actuals.intact import damaged
from tco_model.actuals.load import import_files
from tco_model.actuals.log import LOG, named, read_log
from tco_model.actuals.unfinished import NOTE, TABLES
from tco_model.files import write_bytes, write_text
from tco_model.scenario.edit import fingerprint, save
from tests.faults.program import temporary

OLD, NEW = "a: old\n" * 40_000, "b: new and longer\n" * 40_000
LONGEST_SAVE = 0.03
"""Time after which a writer is killed at the latest [second]."""


def killed(work: Callable[[], object], moment: float) -> bool:
    """Fork a process that works, kill it after a moment, and say whether it was still at work."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def save_for_ever(file: Path) -> None:
    """Save the new and the old text in turn, as the front end does."""
    held = fingerprint(file.read_bytes())
    while True:
        for text in (NEW, OLD):
            held = save(file, text, held, write_bytes)


def write_for_ever(file: Path) -> None:
    """Write the new and the old text in turn with nothing but a plain write."""
    while True:
        for text in (NEW, OLD):
            file.write_text(text)


def kill_saves(folder: Path, kills: int, plain: bool) -> dict[str, int]:
    """Kill saves of one file; count the files that were neither old nor new, and the temporary files."""
    file = folder / "decision.yaml"
    whole = {fingerprint(text) for text in (OLD, NEW)}
    found, chance = {"killed": 0, "corrupt": 0, "left": 0, "left_after_the_next": 0}, random.Random(7)
    write_text(file, OLD)
    for _ in range(kills):
        found["killed"] += killed(lambda: (write_for_ever if plain else save_for_ever)(file), chance.uniform(0.001, LONGEST_SAVE))
        found["corrupt"] += fingerprint(file.read_bytes()) not in whole
        found["left"] += len(temporary(folder))
        write_text(file, OLD)
        found["left_after_the_next"] += len(temporary(folder))
    return found


def kill_imports(folder: Path, kills: int, first: Path, second: Path) -> dict[str, int]:
    """Kill imports into a workspace; count those that left it neither as before nor as after, and what the next one leaves."""
    import_files([first], folder / "before")
    shutil.copytree(folder / "before", folder / "after")
    start = time.monotonic()
    finished(lambda: import_files([second], folder / "after"))
    took = time.monotonic() - start
    states = {rows(folder / "before"), rows(folder / "after")}
    found, chance = {"killed": 0, "between": 0, "damaged": 0, "after": 0, "unmended": 0, "strays": 0}, random.Random(7)
    for number in range(kills):
        place = folder / f"{number}"
        shutil.copytree(folder / "before", place)
        found["killed"] += killed(lambda place=place: import_files([second], place), took * (number + chance.random()) / kills)
        found["between"] += rows(place) not in states
        found["damaged"] += len(damaged(place, read_log(place / LOG)))
        found["after"] += rows(place) == rows(folder / "after")
        if number % 4 == 3:
            finished(lambda place=place: import_files([second], place))
            found["unmended"] += rows(place) != rows(folder / "after")
            found["strays"] += len(strays(place))
        shutil.rmtree(place)
    return found


def finished(work: Callable[[], object]) -> None:
    """Let a process work to its end, so that this one starts no threads that the next fork would lack."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def rows(place: Path) -> tuple[int, ...]:
    """Return the rows of each file that a workspace holds."""
    return tuple(part.rows for one in read_log(place / LOG) for part in one.parts)


def strays(place: Path) -> list[Path]:
    """Return everything in a workspace that does not belong to it."""
    known = named(read_log(place / LOG))
    tables = [path for table in TABLES for path in (place / table).rglob("*.parquet")]
    lost = [path for path in tables if path.relative_to(place).as_posix() not in known]
    return [*lost, *temporary(place), *(one for one in (place / NOTE, place / ".staging") if one.exists())]


if __name__ == "__main__":
    kind, place, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if kind == "import":
        finished(lambda: None)
        print(json.dumps(kill_imports(place, count, Path(sys.argv[4]), Path(sys.argv[5]))))  # noqa: T201
    else:
        print(json.dumps(kill_saves(place, count, kind == "plain")))  # noqa: T201
