"""Every bad file of every kind, through the command that reads it: refused with its place and its mend, and nothing half done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tco_model.cli import main
from tco_model.finops import books
from tests.actuals.bills import tree
from tests.bad_input.bad_families import CORPUS, FAMILIES, Place, furnish
from tests.bad_input.bad_file import BadFile

ROOT = Path(__file__).parents[2]
MOST_MEMORY = 512 << 20
"""Bytes that refusing a file may take."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return furnish(tmp_path_factory.mktemp("place"))


def put(family: str, case: BadFile, place: Place, folder: Path) -> Path:
    """Write the bad file to where the command looks for it."""
    within = FAMILIES[family].within
    file = (place.space / within if within else folder) / case.name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(case.bytes)
    return file


def words(family: str, case: BadFile, place: Place, file: Path) -> list[str]:
    return [str(word) for word in (*FAMILIES[family].words(place, file), *case.more)]


def test_there_are_enough_and_none_twice() -> None:
    assert len(CORPUS) >= 300
    assert len({(family, case.title) for family, case in CORPUS}) == len(CORPUS)
    assert len({(family, case.bytes, case.more) for family, case in CORPUS if not callable(case.content)}) == sum(
        not callable(case.content) for _, case in CORPUS
    )


@pytest.mark.parametrize(("family", "case"), CORPUS, ids=[f"{family}: {case.title}" for family, case in CORPUS])
def test_is_refused_and_nothing_is_half_done(family: str, case: BadFile, place: Place, tmp_path: Path) -> None:
    file = put(family, case, place, tmp_path)
    before = tree(place.folder)
    try:
        found = CliRunner().invoke(main, words(family, case, place, file))
        after = tree(place.folder)
    finally:
        file.unlink()
    assert found.exit_code == 2, found.output
    assert after == before, "something was written"
    assert case.says in found.output
    assert "mend: " in found.output and "Traceback" not in found.output
    line = next(line for line in found.output.splitlines() if case.says in line)
    assert case.name in line or line.split(":")[0] in case.more, "neither the file nor the option at fault is named"
    if case.line:
        assert f"{case.name}:{case.line}:" in line
    if case.field:
        assert f" {case.field}: " in line


@pytest.mark.parametrize(
    ("family", "case"),
    [
        next(one for one in CORPUS if one[0] == family)
        for family in ("budgets", "plans", "decisions", "outcomes", "kept forecasts", "closed months", "alerts")
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_small_file_is_refused_before_the_bill_is_opened(
    family: str, case: BadFile, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object) -> None:
        pytest.fail("the bill was opened")

    monkeypatch.setattr(books, "bill_of", opened)
    file = put(family, case, place, tmp_path)
    try:
        found = CliRunner().invoke(main, words(family, case, place, file))
    finally:
        file.unlink()
    assert found.exit_code == 2 and case.says in found.output, found.output


HEAVIEST = {
    "bills": ("bomb of rows all alike", "Parquet bomb of equal rows", "100,000 columns", "a line without end", "amounts of 'NaN'"),
    "logs": ("a document of brackets", "a value without end", "40,000 lines that are no JSON"),
    "allocation": ("brackets without end", "too many values"),
    "budgets": ("too large",),
    "plans": ("times: 1.05 -> times: 1e9",),
    "evidence": ("too deep",),
    "decisions": ("too large",),
    "outcomes": ("a field without end",),
    "request logs": ("a line without end",),
    "benchmarks": ("too large", "nested without end"),
    "load shapes": ("too large",),
    "scenarios": ("brackets without end", "too many values"),
    "kept forecasts": ("too large",),
    "closed months": ("nested without end",),
    "alerts": ("too large",),
}
"""Of each family what takes most to refuse."""
CHOSEN = [(family, case) for family, case in CORPUS if case.title in HEAVIEST[family]]


LAUNCH = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
said = process.stdout.read().decode()
_, status, used = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as told:
    json.dump([os.waitstatus_to_exitcode(status), said, used.ru_utime + used.ru_stime, used.ru_maxrss], told)
os._exit(0)
"""
"""A process starts with the peak memory of the one that starts it, so that a small one stands between."""


def alone(line: list[str], told: Path) -> tuple[int, str, float, int]:
    """Run a command in a process of its own: exit code, what it says, seconds of work, bytes of memory at its peak."""
    subprocess.run([sys.executable, "-c", LAUNCH, told, sys.executable, "-m", "tco_model", *line], cwd=ROOT, check=True)
    code, said, seconds, peak = json.loads(told.read_text())
    return code, said, seconds, peak * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell what a process has used")
@pytest.mark.parametrize(("family", "case"), CHOSEN, ids=[f"{family}: {case.title}" for family, case in CHOSEN])
def test_a_process_of_its_own_stays_small(family: str, case: BadFile, place: Place, tmp_path: Path) -> None:
    file = put(family, case, place, tmp_path)
    before = tree(place.folder)
    try:
        code, said, _, memory = alone(words(family, case, place, file), tmp_path / "told.json")
        assert tree(place.folder) == before
    finally:
        file.unlink()
    assert code == 2 and case.says in said and "Traceback" not in said, said
    assert memory < MOST_MEMORY, f"{memory >> 20} MB"
