"""Runs the program as real processes under a fault: a full disk, other surroundings, a signal at a known moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
PROGRAM = [sys.executable, "-c", "from tco_model.cli import main; main()"]
SURROUNDINGS = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")} | {
    "PYTHONPATH": str(ROOT)
}
SEVERAL = """
import contextlib, io, json, os, resource, signal, sys
from tco_model.cli import main

said = json.loads(sys.argv[1])
found = []
if said["limit"]:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for argv in [[os.fsdecode(one.encode()) for one in argv] for argv in said["commands"]]:
    out, err = io.StringIO(), io.StringIO()
    if said["limit"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (said["limit"], resource.RLIM_INFINITY))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(argv)
        except SystemExit as error:
            code = error.code
        except BaseException as error:
            code = repr(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    found.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(found))
"""
STOPPED = """
import os, signal, sys, time
from pathlib import Path

signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell runs in its background ignores interrupts, and so do its children
ready = Path(sys.argv[1])

def stop(*_, **__):
    ready.touch()
    time.sleep(60)

if sys.argv[2] == "drawing":
    import tco_model.engine.run as place
    place.run_range = stop
elif sys.argv[2] == "writing":
    os.fsync = stop
sys.argv[1:] = sys.argv[3:]
from tco_model.cli import main
main()
"""


class Ended(NamedTuple):
    """How a command ended."""

    code: int | str
    out: str
    err: str


def tco(*args: object, env: Mapping[str, str] | None = None, **how: object) -> subprocess.CompletedProcess[str]:
    """Run one command as a process of its own."""
    surroundings = SURROUNDINGS if env is None else dict(env)
    return subprocess.run(  # type: ignore[call-overload]
        [*PROGRAM, *map(str, args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=surroundings,
        check=False,
        **how,
    )


def several(*commands: Sequence[object], limit: int = 0, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> list[Ended]:
    """Run commands one after the other in one process, no file of which may grow beyond `limit` bytes."""
    said = json.dumps({"limit": limit, "commands": [[str(arg) for arg in command] for command in commands]})
    done = subprocess.run(
        [sys.executable, "-c", SEVERAL, said], capture_output=True, text=True, env=env or SURROUNDINGS, check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    return [Ended(*one) for one in json.loads(done.stdout)]


def stopped(moment: str, number: signal.Signals, folder: Path, *args: object) -> subprocess.CompletedProcess[str]:
    """Run a command, send it a signal once it has come to `moment`, and return how it ended."""
    ready = folder / "ready"
    running = subprocess.Popen(
        [sys.executable, "-c", STOPPED, str(ready), moment, *map(str, args)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=SURROUNDINGS,
    )  # fmt: skip
    try:
        wait_for(ready.exists, running)
        ready.unlink()
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def wait_for(happened: object, running: subprocess.Popen[str], patience: float = 60.0) -> None:
    """Wait until something has happened that a running process does."""
    end = time.monotonic() + patience
    while not happened():  # type: ignore[operator]
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end, "the moment never came"
        time.sleep(0.02)


def temporary(folder: Path) -> list[Path]:
    """Return the temporary files that lie about."""
    return sorted(folder.rglob(".tco-*.part"))
