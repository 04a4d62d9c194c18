"""The program as a process: what stands in a pipe, the same bytes for any workers, and no harm done by a full disk or a closed pipe."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
PROGRAM = [sys.executable, "-c", "from tco_model.cli import main; main()"]
SURROUNDINGS = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")} | {"PYTHONPATH": str(ROOT)}
BEYOND_THE_PILOT = "40000"
"""More draws than the first range, so that the workers get some."""


def tco(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *map(str, args)], capture_output=True, text=True, encoding="utf-8", env=SURROUNDINGS, check=False)


def test_piped_text_has_no_escape_codes_and_no_bar() -> None:
    found = tco("compare", SMALL, "--draws", BEYOND_THE_PILOT)
    assert (found.returncode, found.stderr) == (0, "")
    assert "Chance of being best" in found.stdout
    assert "\x1b" not in found.stdout


def test_json_is_the_same_to_the_byte_for_one_and_two_workers() -> None:
    one, two = (tco("compare", SMALL, "--draws", BEYOND_THE_PILOT, "--json", "--workers", workers) for workers in (1, 2))
    assert (one.returncode, two.returncode, two.stderr) == (0, 0, "")
    assert one.stdout == two.stdout


@pytest.mark.parametrize("args", [("--help",), ("schema",), ("compare", SMALL, "--draws", "100")], ids=lambda args: args[0])
def test_a_reader_that_leaves_early_is_no_error(args: tuple[object, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as closed:  # noqa: PTH123 - a descriptor, not a path
        done = subprocess.run([*PROGRAM, *map(str, args)], stdout=closed, stderr=subprocess.PIPE, text=True, env=SURROUNDINGS, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROGRAM, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, env=SURROUNDINGS, check=False)
    assert done.returncode == 2
    assert done.stderr == "output: No space left on device\n"


@pytest.mark.parametrize("name", ["decision.yaml", "answer.xlsx"])
def test_a_full_disk_leaves_the_old_file_whole_and_no_stub(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text("what stood here before")
    args = ("new", file, "--force") if name.endswith(".yaml") else ("compare", SMALL, "--draws", 100, "--workbook", file)
    done = subprocess.run(
        [*PROGRAM, *map(str, args)],
        capture_output=True,
        text=True,
        env=SURROUNDINGS,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 2
    assert done.stderr == f"{file}: File too large\n"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["what stood here before"]


def test_an_interrupt_of_the_whole_group_ends_the_workers_too() -> None:
    command = [*PROGRAM, "compare", str(SMALL), "--draws", "5000000", "--workers", "2"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=SURROUNDINGS, start_new_session=True)
    deadline = time.monotonic() + 20
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not children.exists():
        pytest.skip("needs /proc to see the workers start")
    while len(children.read_text().split()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    output, messages = running.communicate(timeout=20)
    assert (running.returncode, output, messages.strip()) == (130, "", "interrupted")
