"""Turns a number of workers into a pool of processes that ends cleanly: at once on an interrupt, in words when a worker dies."""

from __future__ import annotations

import signal
from collections.abc import Generator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context

from tco_model.errors import Problem, ScenarioError


@contextmanager
def worker_pool(workers: int) -> Generator[Executor | None]:
    """Give an executor for `run`, or None for a single worker, which is the process itself.

    Processes are spawned, not forked: a fork copies locks that other threads hold.

    Raises:
        ScenarioError: a worker ended early.
    """
    if workers == 1:
        yield None
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_ignore_interrupts) as pool:
        try:
            with _deaf_to_interrupts():
                for _ in range(workers):
                    pool.submit(_ignore_interrupts)
            yield pool
        except BrokenExecutor:
            said = "a worker process ended early, perhaps for lack of memory"
            raise ScenarioError(Problem(said, "lower --workers or --draws", "workers", str(workers))) from None
        except KeyboardInterrupt:
            for child in active_children():
                child.terminate()
            raise


def _ignore_interrupts() -> None:
    """Leave an interrupt to the parent, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _deaf_to_interrupts() -> Generator[None]:
    """Hold interrupts back while processes start: they inherit it, and so have no moment in which one would end them noisily."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
