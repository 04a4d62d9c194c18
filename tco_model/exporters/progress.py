"""Turns the progress of a long simulation into a bar on the terminal, on the stream of messages and never among the results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Timer

PATIENCE = 1.0
"""Seconds a person waits without being told anything."""
FEW_DRAWS = 20_000
"""So few draws are done before anyone has waited."""

LINES = 20
"""Lines of a long work that is told in lines."""

Report = Callable[[int, int], None]


@contextmanager
def progress_bar(steps: int, what: str = "Drawing futures", few: int = FEW_DRAWS) -> Generator[Report | None]:
    """Give a function that takes steps done and steps in all; the bar appears once a second has passed, and leaves no trace.

    None where no person watches, the stream of messages being no terminal, and below `few` steps.
    """
    if steps < few or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=steps)
    late = Timer(PATIENCE, bar.start)
    late.daemon = True
    late.start()
    try:
        yield lambda done, _: bar.update(task, completed=done)
    finally:
        late.cancel()
        late.join()
        bar.stop()


@contextmanager
def told_progress(steps: int, what: str) -> Generator[Report]:
    """Give a function that takes steps done and steps in all, for work of minutes and hours: a bar, or lines where no person watches."""
    if sys.stderr.isatty():
        with progress_bar(steps, what, 0) as bar:
            yield bar or _nothing
        return
    told = 0

    def line(done: int, whole: int) -> None:
        nonlocal told
        part = done * LINES // whole
        if part > told:
            told = part
            print(f"{what}: {done:,} of {whole:,}", file=sys.stderr, flush=True)  # noqa: T201 - a message, not a result

    yield line


def _nothing(_: int, __: int) -> None:
    """Show nothing."""
