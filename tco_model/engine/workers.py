"""Turns a number of workers, or a cluster, into a pool that ends cleanly: at once on an interrupt, in words when a worker dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from threading import BrokenBarrierError, Thread, current_thread, main_thread
from typing import TYPE_CHECKING

from tco_model.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

LONGEST_START = 60.0
"""Time a worker may take to stand before it counts as lost [second]."""


@contextmanager
def worker_pool(workers: int = 1, cluster: str | None = None, tell: Callable[[str], None] | None = None) -> Generator[Executor | None]:
    """Give an executor for `run`, or None for a single worker, which is the process itself.

    Processes are spawned, not forked: a fork copies locks that other threads hold.

    Args:
        workers: processes of this machine.
        cluster: in their place, the address of a Dask scheduler.
        tell: takes a note of the cluster that is no error.

    Raises:
        ScenarioError: a worker ended early, or a cluster that cannot be used.
    """
    if cluster is not None:
        if workers != 1:
            said = "both --workers and --cluster say where to compute"
            raise ScenarioError(Problem(said, "leave one of them out", "cluster", cluster))
        from tco_model.engine.cluster import cluster_pool

        with cluster_pool(cluster, tell) as executor:
            yield executor
        return
    if workers == 1:
        yield None
        return
    context = get_context("spawn")
    ready = context.Barrier(workers + 1)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(ready,)) as pool:
        try:
            with _deaf_to_interrupts():
                for _ in range(workers):
                    pool.submit(abs, 0)
                ready.wait(LONGEST_START)
            yield pool
        except (BrokenExecutor, BrokenBarrierError):
            said = "a worker process ended early, perhaps for lack of memory"
            raise ScenarioError(Problem(said, "lower --workers or --draws", "workers", str(workers))) from None
        except (KeyboardInterrupt, SystemExit):
            for child in active_children():
                child.terminate()
            raise


def _start(ready: Barrier) -> None:
    """Leave an interrupt to the parent, which ends its workers, end with one that was killed, and say that this one stands."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    ready.wait(LONGEST_START)


def _end_with_parent() -> None:
    """End at once when the parent is no more: nobody would ever ask for the result, nor tell this process to stop."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _deaf_to_interrupts() -> Generator[None]:
    """Hold interrupts back while processes start, and let one that came meanwhile through at the end.

    The processes inherit the mask, so none of them has a moment in which an interrupt would end it noisily. The mask alone does
    not keep one from us: a thread of a numerical library may take it, so our own handler only notes it.
    """
    if not hasattr(signal, "pthread_sigmask") or current_thread() is not main_thread():
        yield
        return
    noted: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
    if noted:
        raise KeyboardInterrupt
