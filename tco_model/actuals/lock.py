"""Turns a workspace into one that a single process changes at a time, and says who holds it, since when and with which command."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from tco_model.errors import Problem, ScenarioError
from tco_model.locks import lock

LOCK = ".lock"
PATIENCE = 10.0
"""How long a short change waits for another to end [second]."""


@contextmanager
def locked(root: Path, *, patience: float = 0.0, waits: Callable[[str], object] | None = None) -> Generator[None]:
    """Hold the workspace for this process alone; the system lets go of it when the process ends, however it ends.

    Args:
        root: the workspace, a folder that is there.
        patience: how long to wait for another process [second].
        waits: told who is waited for, once.

    Raises:
        ScenarioError: another process is changing it, or it lies where nothing can be locked.
    """
    with (root / LOCK).open("a+", encoding="utf-8") as stream:
        if not _taken(stream, root, 0.0):
            if patience and waits is not None:
                waits(f"waiting for {_holder(stream)} at work in {root}")
            if not patience or not _taken(stream, root, patience):
                message = f"{_holder(stream)} is changing this workspace"
                raise ScenarioError(Problem(message, "wait until it is done, then try again", file=str(root)))
        with suppress(OSError):  # the lock counts, not what is said of it: that a full disk may leave out
            _sign(stream)
        yield


def _taken(stream: IO[str], root: Path, patience: float) -> bool:
    try:
        return lock(stream.fileno(), patience=patience)
    except OSError as error:
        message = f"nothing can be locked here: {error.strerror or error}"
        raise ScenarioError(Problem(message, "keep the workspace on a disk of this machine", file=str(root))) from None


def _sign(stream: IO[str]) -> None:
    command = shlex.join(["tco", *sys.argv[1:]])[:200] if Path(sys.argv[0]).name in ("tco", "__main__.py") else "a program"
    since = datetime.now(UTC).isoformat(timespec="seconds")
    said = json.dumps({"process": os.getpid(), "since": since, "command": command})
    os.ftruncate(stream.fileno(), 0)
    os.write(stream.fileno(), said.encode("utf-8", "replace"))


def _holder(stream: IO[str]) -> str:
    """Return who holds the lock, in words, as far as it was said."""
    stream.seek(0)
    try:
        held: dict[str, Any] = json.loads(stream.read())
        since = datetime.fromisoformat(str(held["since"]))
        return f"process {int(held['process'])} ({held['command']}, since {since:%Y-%m-%d %H:%M:%S} UTC)"
    except (ValueError, TypeError, KeyError):
        return "another process"
