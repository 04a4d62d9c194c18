"""The wheel in an empty environment, away from the checkout: it compares, reports, imports bills and opens the front end.

Needs the package index, and takes minutes: ``python -m uv run pytest -m install -s``. Each Python from 3.11 to 3.14 on this machine is
tried; the lower bounds of the dependencies are tried on the oldest.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import tomllib
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.install
ROOT = Path(__file__).parents[2]
UV = os.environ.get("UV") or shutil.which("uv") or ""
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
PAGES = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
from tco_model.scenario.shipped import app_folder
sys.argv = ["main.py"]
front = AppTest.from_file(str(app_folder() / "main.py"), default_timeout=120).run()
assert not front.exception, front.exception
print(next(str(one.value) for one in front.markdown if "of 100 futures" in str(one.value)))
"""


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel, and a folder of its own to work in."""

    programs: Path
    folder: Path

    def run(self, program: str, *args: object, fails: bool = False) -> str:
        """Run a program away from the checkout, without a word of ours in its surroundings, and return what it printed."""
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "TCO"))}
        done = subprocess.run(
            [self.programs / program, *map(str, args)], cwd=self.folder, capture_output=True, text=True, env=surroundings, check=False
        )
        assert fails == bool(done.returncode), done.stderr
        return done.stdout


def uv(*args: object) -> str:
    """Run uv and return what it printed."""
    assert UV, "no uv to build and install with; pip install uv"
    done = subprocess.run([UV, *map(str, args)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--out-dir", folder)
    (found,) = folder.glob("*.whl")
    return found


def interpreter(version: str) -> str:
    """A Python of a version, those that pyenv keeps included, or a skipped test that says so."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python"))
    if kept:
        return str(kept[-1])
    found = subprocess.run([UV, "python", "find", "--no-python-downloads", version], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(f"no Python {version} on this machine")
    return found.stdout.strip()


def environment(folder: Path, version: str, *installs: tuple[object, ...]) -> Installed:
    """Make an empty environment and install into it."""
    uv("venv", "--python", interpreter(version), folder / "env")
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    for one in installs:
        uv("pip", "install", "--python", programs / "python", *one)
    (folder / "work").mkdir()
    return Installed(programs, folder / "work")


def answers_of(installed: Installed) -> dict[str, object]:
    """Compare a shipped decision and return the report."""
    return json.loads(installed.run("tco", "demo", "--json", "--draws", 500))


def works(installed: Installed) -> None:
    """Use it as a newcomer does."""
    shipped = Path(installed.run("tco", "scenarios").splitlines()[0])
    decision = installed.folder / "decision.yaml"
    shutil.copy(shipped if shipped.is_absolute() else installed.folder / shipped, decision)
    assert str(ROOT) not in str(shipped)
    assert "of 100 futures" in installed.run("tco", "compare", decision, "--draws", 500, "--workbook", "sums.xlsx")
    papers = ["paper.docx", "paper.pdf", "paper.html", "paper.md"]
    installed.run("tco", "report", decision, "--draws", 500, *(word for paper in papers for word in ("-o", paper)))
    assert all((installed.folder / name).stat().st_size > 10_000 for name in (*papers, "sums.xlsx"))
    installed.run("tco", "actuals", "demo", "bills", "--months", 2)
    assert json.loads(installed.run("tco", "allocate", "bills", "--json"))
    installed.run("tco", "check", installed.folder / "none.yaml", fails=True)
    assert "of 100 futures" in installed.run("python", "-c", PAGES)
    _serves(installed)


def _serves(installed: Installed) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([installed.programs / "tco", "app", "--no-browser", "--port", str(port)], cwd=installed.folder,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as said:
                    assert said.read() == b"ok"
                    break
            except OSError:
                assert time.monotonic() < deadline and server.poll() is None, "the front end does not answer"
                time.sleep(0.1)
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path, version: str) -> None:
    installed = environment(tmp_path, version, (wheel,))
    works(installed)
    here = subprocess.run([UV, "run", "tco", "demo", "--json", "--draws", "500"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answers_of(installed)["answer"] == json.loads(here.stdout)["answer"]


def test_the_lower_bounds_work(wheel: Path, tmp_path: Path) -> None:
    lowest = tmp_path / "lowest.txt"
    uv("pip", "compile", "pyproject.toml", "--resolution", "lowest-direct", "--python-version", VERSIONS[0], "-o", lowest)
    bounds = dict(line.split("==") for line in lowest.read_text().splitlines() if "==" in line)
    assert bounds["numpy"].startswith("2.0"), "a bound that is not tried is no bound"
    works(environment(tmp_path, VERSIONS[0], ("-r", lowest), ("--no-deps", wheel)))


def test_the_lock_is_up_to_date_and_every_file_in_it_has_a_hash() -> None:
    uv("lock", "--check")
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    held = [one for package in packages for one in (*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ()))]
    assert len(held) > 200 and all(one["hash"].startswith("sha256:") for one in held)
