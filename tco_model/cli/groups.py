"""Turns what goes wrong below a command into a few lines and an exit code, never a traceback."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

import click

from tco_model.errors import ScenarioError

BAD_INPUT, INTERRUPTED, ENDED = 2, 130, 143
FOREIGN = ("duckdb", "_duckdb", "pyarrow")
"""Libraries whose own errors tell of files and memory, not of this program."""


class Commands(click.Group):
    """A group whose errors are told in a few lines and never as a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and leave with its exit code."""
        _harden_streams()
        try:
            with _ends_on_request():
                code = super().main(*args, **extra | {"standalone_mode": False})
        except click.exceptions.Exit as error:
            code = error.exit_code
        except click.Abort:
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        except click.ClickException as error:
            error.show()
            code = BAD_INPUT
        except ScenarioError as error:
            from tco_model.exporters.problem_text import problem_lines

            click.echo("\n".join(problem_lines(error.problems)), err=True)
            code = BAD_INPUT
        except SystemExit as error:
            # click and rich leave in this way too, when the reader of a pipe has gone, with the stream already silenced
            code = ENDED if error.code == ENDED else 0
        except MemoryError:
            click.echo("the memory does not suffice; lower --draws", err=True)
            code = BAD_INPUT
        except OSError as error:
            click.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
            code = BAD_INPUT
        except Exception as error:
            if type(error).__module__.split(".")[0] not in FOREIGN:
                raise
            click.echo(f"the bills cannot be read or written: {str(error).splitlines()[0]}", err=True)
            code = BAD_INPUT
        sys.exit(code or 0)


@contextmanager
def _ends_on_request() -> Generator[None]:
    """End as on an interrupt when the system asks to, so that temporary files go and workers end."""
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(_: int, __: FrameType | None) -> None:
    sys.exit(ENDED)


def _harden_streams() -> None:
    """Write what a narrow encoding cannot spell as question marks, and never fail on it; nor on a stream that was closed from outside."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # the lowest free descriptor is the closed one: no later file may come to stand there
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
