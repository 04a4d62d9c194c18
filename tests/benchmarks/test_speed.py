"""Speed and memory as ratios in one run, never as seconds: ``pytest -m benchmark -s`` prints the table.

Every measurement runs in a fresh process; the kinds take turns, and the median of the rounds counts, so that a busy machine slows
all alike. The bounds are the least the engine must reach; the goals stand in the table.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.measure import WORK

pytestmark = pytest.mark.benchmark
ROOT = Path(__file__).parents[2]
ROUNDS = 3
PLAIN_MEMORY = 8e9
"""Memory that plain NumPy needs for a million draws, with room to spare [byte]."""


def available_memory() -> float:
    """Memory free for a new process [byte]; infinite where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return float("inf")
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))


def measured(kinds: list[str], draws: int, rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Median seconds and megabytes of each kind."""
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            command = [sys.executable, "-m", "tests.benchmarks.measure", kind, str(draws)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
            found[kind].append(json.loads(done.stdout))
    return {kind: {key: statistics.median(one[key] for one in runs) for key in runs[0]} for kind, runs in found.items()}


def seconds_of(code: str, rounds: int = 7) -> float:
    """Median time of a whole Python process."""
    times: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def show(title: str, found: dict[str, dict[str, float]], draws: int) -> None:
    """Print the measurements of one number of draws."""
    print(f"\n{title}, {draws:,} draws")
    for kind, one in found.items():
        print(f"  {kind:<30}{one['seconds']:8.3f} s {draws / one['seconds']:>12,.0f} draws/s {one['megabytes']:8.0f} MB")


def ratio(name: str, value: float, least: str, goal: str) -> float:
    """Print a ratio beside what it must reach and what is aimed at."""
    print(f"  {name:<66}{value:7.2f}   must {least}, goal {goal}")
    return value


@pytest.mark.parametrize("draws", [10_000, 100_000])
def test_against_plain_and_hand_blocked_numpy(draws: int) -> None:
    found = measured(list(WORK), draws)
    show("reference workload", found, draws)
    seconds = {kind: one["seconds"] for kind, one in found.items()}
    assert set(seconds) == set(WORK)
    faster = ratio("plain NumPy over engine, exact fans", seconds["plain NumPy"] / seconds["engine"], "3.5 at 100k", "8")
    graph = seconds["engine without fans"] / seconds["hand-blocked, engine's draws"]
    ratio("engine without fans over the same formulas hand-blocked", graph, "1.14", "1.05")
    fans = 1.0 - seconds["engine without fans"] / seconds["engine"]
    ratio("share of the run spent on fans", fans, "0.45", "0.25")
    ratio("Sobol over random", seconds["engine, Sobol"] / seconds["engine"], "untested", "1.5")
    ratio("engine over only the draws", seconds["engine"] / seconds["only the draws"], "-", "-")
    if draws >= 100_000:
        assert faster >= 3.0
        assert graph <= 1.14
        assert fans <= 0.45


def test_a_million_draws() -> None:
    draws = 1_000_000
    kinds = ["engine", "engine, two processes", "only the draws", "only the 24 inputs"]
    roomy = available_memory() > PLAIN_MEMORY
    found = measured([*kinds, "plain NumPy"] if roomy else kinds, draws, rounds=1)
    show("reference workload", found, draws)
    if roomy:
        assert (
            ratio("memory of plain NumPy over engine", found["plain NumPy"]["megabytes"] / found["engine"]["megabytes"], "16", "22") >= 12
        )
        ratio("plain NumPy over engine", found["plain NumPy"]["seconds"] / found["engine"]["seconds"], "-", "8")
    else:
        print("  plain NumPy left out: it needs 8 GB of free memory")
    assert ratio("memory of the engine [MB]", found["engine"]["megabytes"], "450", "300") <= 450
    floor = found["engine, two processes"]["seconds"] / found["only the draws"]["seconds"]
    assert ratio("two processes over only the draws on one core", floor, "7.4", "4") <= 7.4


def test_the_first_answer_of_a_cold_process() -> None:
    first = seconds_of("import tco_model as tco; tco.compare('tests/benchmarks/reference.yaml', draws=10_000)")
    numpy_alone, nothing = seconds_of("import numpy"), seconds_of("pass")
    print(f"\ncold process: first answer {first:.3f} s, import numpy {numpy_alone:.3f} s, bare Python {nothing:.3f} s")
    assert ratio("first answer over importing NumPy alone", first / numpy_alone, "4", "2") <= 7.0
