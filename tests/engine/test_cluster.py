"""A Dask cluster of two worker processes gives the bytes of this process, and its failures are told in words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tco_model.cli import main
from tco_model.engine import cluster
from tco_model.engine.build import ARITHMETIC, build
from tco_model.engine.workers import worker_pool
from tco_model.errors import ScenarioError

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"} | {"PYTHONPATH": str(ROOT)}
PATIENCE = 120.0
"""Longest wait for a process of Dask to stand, on a machine that has much else to do [second]."""
WITHOUT_MODEL = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] == 'tco_model':
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Gone())
from dask.__main__ import main
main()
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a scheduler on a busy machine answer late: how soon one that is not there is told of has its own test."""
    monkeypatch.setattr(cluster, "LONGEST_CONNECT", PATIENCE)


def tco(*args: object) -> Result:
    return CliRunner().invoke(main, list(map(str, args)))


@contextmanager
def dask(*args: object, code: str = "from dask.__main__ import main; main()") -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of Dask on this machine alone, and end it."""
    command = [sys.executable, "-c", code, *map(str, args), "--host", "127.0.0.1", "--no-dashboard"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=SURROUNDINGS)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """Run a scheduler and give its address."""
    file = folder / "scheduler.json"
    with dask("scheduler", "--port", "0", "--scheduler-file", file) as running:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and running.poll() is None:
            try:
                address = json.loads(file.read_text())["address"]
                break
            except (OSError, ValueError):
                time.sleep(0.02)
        else:
            pytest.fail("the scheduler does not start")
        yield address


def worker(address: str, code: str = "from dask.__main__ import main; main()") -> Iterator[subprocess.Popen[bytes]]:
    return dask("worker", address, "--nthreads", "1", "--no-nanny", code=code)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a cluster with two workers."""
    with scheduler(tmp_path_factory.mktemp("dask")) as found, ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(worker(found))
        _until_two(found)
        yield found


def test_json_is_the_same_to_the_byte_here_and_over_a_cluster(address: str) -> None:
    """That two processes of this machine give it too is held in tests/cli/test_process.py."""
    command = ("compare", SMALL, "--draws", 41_000, "--json")
    here, there = tco(*command), tco(*command, "--cluster", address)
    assert (here.exit_code, there.exit_code, there.stderr) == (0, 0, "")
    assert here.stdout == there.stdout


def test_the_work_is_done_by_both_workers_and_not_here(address: str) -> None:
    with worker_pool(cluster=address) as pool:
        assert pool is not None
        futures = [pool.submit(_slow_process, number) for number in range(6)]
        done = {future.result() for future in futures}
    assert len(done) == 2 and os.getpid() not in done


def _slow_process(_: int) -> int:
    """Say which process this is, slowly enough that another has to help."""
    time.sleep(0.2)
    return os.getpid()


def test_a_portfolio_over_a_cluster_has_the_bytes_of_one_here(address: str, tmp_path: Path) -> None:
    command = ("portfolio", SMALL, "--draws", 60, "--months", "12,24", "--vary", "simulation.seed=1", "--vary", "simulation.seed=2")
    assert tco(*command, "-o", tmp_path / "here").exit_code == 0
    assert tco(*command, "-o", tmp_path / "there", "--cluster", address).exit_code == 0
    for name in ("portfolio.parquet", "portfolio.csv", "plan.json"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()


def test_workers_with_another_release_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "build", _other_numpy)
    with pytest.raises(ScenarioError, match=r"have numpy 2.* here it is 1\.0\.0"), worker_pool(cluster=address):
        pytest.fail("a cluster of other releases is used")


def _other_numpy() -> dict[str, str]:
    """Stand for this machine with another NumPy; a worker says the truth."""
    return {**build(), "numpy": "1.0.0"} if _under_test() else dict(build())


def test_processors_that_round_otherwise_are_noted_and_used(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "build", _other_rounding)
    told: list[str] = []
    with worker_pool(cluster=address, tell=told.append) as pool:
        assert pool is not None and pool.submit(abs, -3).result() == 3
    assert told == [cluster.ROUNDING]


def _other_rounding() -> dict[str, str]:
    return {**build(), ARITHMETIC: "0"} if _under_test() else dict(build())


def _under_test() -> bool:
    """Say whether this is the process of the test and not a worker, whose surroundings were taken before the test began."""
    return "PYTEST_CURRENT_TEST" in os.environ


def test_a_scheduler_that_does_not_answer_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "LONGEST_CONNECT", 1.0)
    begun = time.monotonic()
    found = tco("compare", SMALL, "--cluster", "tcp://127.0.0.1:9")
    assert time.monotonic() - begun < 30.0
    assert found.exit_code == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in found.stderr and "Traceback" not in found.stderr


@pytest.mark.parametrize("address", ["", "nowhere", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "tcp://a b:1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    found = tco("compare", SMALL, "--cluster", address)
    assert found.exit_code == 2 and "is no address of a Dask scheduler" in found.stderr


def test_without_dask_the_error_says_what_adds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    found = tco("compare", SMALL, "--cluster", "tcp://127.0.0.1:9")
    assert found.exit_code == 2 and "pip install 'tco-model[dask]'" in found.stderr


def test_a_cluster_that_loses_its_workers_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None has joined; the one that has lacks the model; of two good ones one dies, and the other does its work; then that one too."""
    monkeypatch.setattr(cluster, "LONGEST_JOIN", 0.5)
    monkeypatch.setattr(cluster, "PULSE", 0.1)
    monkeypatch.setattr(cluster, "LONGEST_WITHOUT_WORKERS", 0.5)
    with scheduler(tmp_path) as found:
        with pytest.raises(ScenarioError, match="has no workers"), worker_pool(cluster=found):
            pytest.fail("a cluster without workers is used")
        monkeypatch.setattr(cluster, "LONGEST_JOIN", PATIENCE)
        with (
            worker(found, WITHOUT_MODEL),
            pytest.raises(ScenarioError, match=r"cannot compute this: .*No module named .*tco_model"),
            worker_pool(cluster=found),
        ):
            pytest.fail("a worker without the model is used")
        with worker(found) as first, worker(found) as second, worker_pool(cluster=found) as pool:
            assert pool is not None
            _until_two(found)
            futures = [pool.submit(_slow_process, number) for number in range(20)]
            threading.Timer(0.5, first.send_signal, [signal.SIGKILL]).start()
            assert {future.result(timeout=PATIENCE) for future in futures} <= {first.pid, second.pid}
            with pytest.raises(ScenarioError, match=r"failed under way: no worker is left"), worker_pool(cluster=found) as lost:
                assert lost is not None
                threading.Timer(0.5, second.send_signal, [signal.SIGKILL]).start()
                lost.submit(time.sleep, 2 * PATIENCE).result(timeout=PATIENCE)


def _until_two(address: str) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)
