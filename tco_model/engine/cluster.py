"""Turns the address of a Dask scheduler into an executor for `run`: checked at once, and in words when the cluster fails."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

from tco_model.engine.build import ARITHMETIC, build
from tco_model.errors import Problem, ScenarioError

LONGEST_CONNECT, LONGEST_JOIN = 5.0, 5.0
"""Time a scheduler may take to answer, and a first worker to be there [second]."""
PULSE, LONGEST_WITHOUT_WORKERS = 1.0, 20.0
"""How often the workers are counted, and how long there may be none: a nanny starts a dead one again [second]."""
ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):(\d{1,5})")
EXTRA = "pip install 'tco-model[dask]'"
ROUNDING = "note: processors of the cluster round otherwise than this one: a figure may differ from a run here in its last digits"


@contextmanager
def cluster_pool(address: str, tell: Callable[[str], None] | None = None) -> Generator[Executor]:
    """Give an executor that spreads work over the workers of a Dask cluster.

    Args:
        address: of the scheduler, such as ``tcp://10.0.0.1:8786``.
        tell: takes a note that is no error.

    Raises:
        ScenarioError: Dask is not installed, no such scheduler, no workers, other releases than here, or a cluster that fails later.
    """
    client = _connected(address)
    lost: list[str] = []
    over = Event()
    try:
        _alike(client, address, tell)
        executor: Executor = client.get_executor(pure=False)
        Thread(target=_watch, args=(client, executor, over, lost), daemon=True).start()
        try:
            yield executor
        except BaseException as error:
            executor.shutdown(wait=False)  # what is not yet computed need not be
            if lost or isinstance(error, _failures()):
                raise _failed(address, lost[0] if lost else _reason(error)) from None
            raise
    finally:
        over.set()
        with suppress(Exception):
            client.close(timeout=1)


def _connected(address: str) -> Any:
    """Return a client of the scheduler."""
    found = ADDRESS.fullmatch(address)
    if not found or not 0 < int(found[1]) < 65_536:
        said, mend = f"'{address[:200]}' is no address of a Dask scheduler", "write --cluster tcp://10.0.0.1:8786"
        raise ScenarioError(Problem(said, mend, "cluster", address[:200]))
    try:
        from distributed import Client
    except ImportError:
        raise ScenarioError(Problem("a cluster needs Dask, which is not installed", EXTRA, "cluster", address)) from None
    _silence()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Dask says of releases is asked for below, and told as an error
            client = Client(address, timeout=LONGEST_CONNECT, set_as_default=False)
    except Exception as error:
        said = f"no Dask scheduler answers at {address}: {_reason(error)}"
        raise ScenarioError(Problem(said, "start one with `dask scheduler`, or check the address", "cluster", address)) from None
    return client


def _silence() -> None:
    """Keep Dask's own log, which it writes to the stream of messages, from standing among ours."""
    for name in ("distributed", *(name for name in logging.root.manager.loggerDict if name.startswith(("distributed.", "tornado")))):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _alike(client: Any, address: str, tell: Callable[[str], None] | None) -> None:
    """Refuse a cluster without workers, and workers whose figures could be others."""
    here, there = dict(build()), _builds(client, address)
    found = sorted({(name, one.get(name, "none")) for one in there for name in here if one.get(name) != here[name]})
    problems = [
        Problem(
            f"the workers of {address} have {name} {other}, and here it is {here[name]}",
            "install the same releases on both sides, for the same figures",
            "cluster",
            address,
        )
        for name, other in found
        if name != ARITHMETIC
    ]
    if problems:
        raise ScenarioError(problems)
    if found and tell is not None:
        tell(ROUNDING)


def _builds(client: Any, address: str) -> list[dict[str, str]]:
    """Ask every worker what it computes with."""
    try:
        client.wait_for_workers(1, timeout=LONGEST_JOIN)
        return [dict(one) for one in client.run(build).values()]
    except TimeoutError:
        said, mend = f"the cluster at {address} has no workers", f"start some with `dask worker {address}`"
    except Exception as error:
        said = f"the workers of {address} cannot compute this: {_reason(error)}"
        mend = "install the same release of tco-model on every worker"
    raise ScenarioError(Problem(said, mend, "cluster", address))


def _watch(client: Any, executor: Executor, over: Event, lost: list[str]) -> None:
    """Give up where no worker is left: the scheduler itself would wait for one forever."""
    without = 0.0
    while not over.wait(PULSE):
        try:
            without = 0.0 if client.nthreads() else without + PULSE
            said = "no worker is left"
        except Exception:
            without, said = LONGEST_WITHOUT_WORKERS, "the scheduler answers no more"
        if without >= LONGEST_WITHOUT_WORKERS and not over.is_set():
            lost.append(said)
            with suppress(Exception):
                executor.shutdown(wait=False)
            return


def _failures() -> tuple[type[BaseException], ...]:
    """Return what is raised where a cluster fails under way."""
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    return (KilledWorker, CommClosedError, CancelledError, TimeoutError)


def _failed(address: str, reason: str) -> ScenarioError:
    said = f"the cluster at {address} failed under way: {reason}"
    return ScenarioError(Problem(said, "look at its workers, perhaps for lack of memory; lower --draws, or run again", "cluster", address))


def _reason(error: BaseException) -> str:
    """Return what an error says in one short line."""
    match type(error).__name__:
        case "KilledWorker":
            return "a worker died again and again on the same piece of work"
        case "CancelledError" | "FutureCancelledError" | "CommClosedError":
            return "its scheduler went away"
        case name:
            return (str(error).strip().splitlines() or [name])[0][:200]
