"""A disk that is full, or a folder that nobody may write to: the old file stays whole, no stub stays, and two words say why."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from calendar import monthrange
from collections.abc import Iterator
from pathlib import Path

import pytest

from tco_model.actuals.load import import_files
from tco_model.files import write_all, write_bytes
from tests.actuals.bills import charge, tree, write
from tests.faults.program import ROOT, SMALL, SURROUNDINGS, several

OLD = "what stood here before"
RULES = """schema: 1
cost: BilledCost
rules:
  - {name: search, when: {tag:owner: search}, owner: search}
metrics: []
"""
BUDGETS = """schema: 1
budgets:
  - {name: search, owner: search, period: month, amount: "1"}
"""
MONTHS = ("2026-03", "2026-04", "2026-05")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of three months with an allocation file and a budget, and an export that goes on from them."""
    place = tmp_path_factory.mktemp("desk")
    rows = [
        charge(
            BillingPeriodStart=f"{one}-01", BillingPeriodEnd=f"{after}-01", ChargePeriodStart=f"{one}-{day:02d}",
            ChargePeriodEnd=f"{after}-01",
        )
        for one, after in zip(MONTHS, (*MONTHS[1:], "2026-06"), strict=True)
        for day in range(1, monthrange(*map(int, one.split("-")))[1] + 1)
    ]  # fmt: skip
    import_files([write(place / "a.csv", rows)], place / "bills")
    write(place / "b.csv", [charge(BillingPeriodStart="2026-06-01", BillingPeriodEnd="2026-07-01", ChargePeriodStart="2026-06-02")])
    (place / "allocation.yaml").write_text(RULES)
    (place / "bills" / "budgets.yaml").write_text(BUDGETS)
    return place


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("full")


def test_every_figure_and_paper(full: Path) -> None:
    """Each writer once where nothing stood and once where something did; no file may grow beyond 100 bytes."""
    for name in ("b.docx", "b.md"):
        (full / name).write_text(OLD)
    (full / "out").mkdir()
    (full / "out" / "report.json").write_text(OLD)
    drawn, temporary = ("--draws", 100), Path(tempfile.gettempdir())
    commands = {
        full / "a.xlsx": ("compare", SMALL, *drawn, "--workbook", full / "a.xlsx"),
        temporary: ("report", SMALL, *drawn, "-o", full / "a.pdf"),
        full / "b-cost-by-category.svg": ("report", SMALL, *drawn, "-o", full / "b.md"),
        full / "b.docx": ("report", SMALL, *drawn, "-o", full / "b.docx"),
        full / "out" / "report.json": ("export", SMALL, full / "out", *drawn),
        full / "fresh" / "report.json": ("export", SMALL, full / "fresh", *drawn),
        full / "a.yaml": ("new", full / "a.yaml"),
    }
    for place, one in zip(commands, several(*commands.values(), limit=100), strict=True):
        assert (one.code, one.err) == (2, f"{place}: File too large\n")
    left = {name: data.decode() for name, data in tree(full).items()}
    assert left == {"b.docx": OLD, "b.md": OLD, "out/report.json": OLD}
    assert sorted(one.name for one in full.rglob("*") if one.is_dir()) == ["out"]


def test_everything_that_a_workspace_keeps(desk: Path) -> None:
    before = tree(desk)
    bills, rules = desk / "bills", ("--rules", desk / "allocation.yaml")
    decided = ("--title", "t", "--owner", "o", "--due", "2026-07", "--expected", "1", "--why", "w", "--on", "owner=search")
    commands = {
        "import": ("actuals", "import", desk / "b.csv", "-w", bills),
        "close": ("chargeback", bills, *rules, "--month", "2026-05", "--close"),
        "decide": ("decide", bills, *rules, *decided),
        "alerts": ("budget", "check", bills, *rules, "--fail-on", "never"),
        "forecast": ("forecast", bills, *rules),
        "review": ("review", bills, *rules, "--no-input"),
        "parts": ("allocate", bills, *rules, "--csv", desk / "parts.csv"),
    }
    for name, one in zip(commands, several(*commands.values(), limit=40), strict=True):
        assert one.code == 2 and "File too large" in one.err and "Traceback" not in one.err and str(desk) in one.err, (name, one)
    assert tree(desk) == before
    assert {path.name for path in bills.iterdir() if path.is_dir()} - {"charges"} <= {"closed", "decisions", "forecasts", "reviews"}
    for name, one in zip(commands, several(*commands.values()), strict=True):
        assert one.code == 0, (name, one)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs the right to mount a small disk")
def test_a_disk_that_really_is_full(desk: Path, tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", tmp_path], check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        found = several(("actuals", "import", desk / "a.csv", "-w", tmp_path / "w"), ("export", SMALL, tmp_path / "out", "--draws", 200))
        assert [one.code for one in found] == [2, 2]
        assert f"{tmp_path / 'w'}: cannot be written: No space left on device" in found[0].err
        assert found[1].err.endswith("No space left on device\n")
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_device_is_written_to_and_never_replaced() -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        write_bytes("/dev/full", b"x")
    assert caught.value.filename == "/dev/full"
    assert write_bytes("/dev/null", b"x") == Path("/dev/null")
    assert Path("/dev/full").is_char_device() and Path("/dev/null").is_char_device()


def test_of_several_files_none_is_written_where_one_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(OLD)
    with pytest.raises(IsADirectoryError) as caught:
        write_all([(tmp_path / "a", b"new"), (tmp_path, b"new")])
    assert caught.value.filename == str(tmp_path)
    assert tree(tmp_path) == {"a": OLD.encode()}


class TestNoPermission:
    @pytest.fixture
    def theirs(self) -> Iterator[Path]:
        """A folder that anyone may look into, and nobody but its owner may change."""
        place = Path(tempfile.mkdtemp())
        place.chmod(0o755)
        yield place
        shutil.rmtree(place)

    def test_below_a_file_there_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text(OLD)
        found = several(
            ("export", SMALL, tmp_path / "file" / "out", "--draws", 100), ("actuals", "import", SMALL, "-w", tmp_path / "file" / "w"),
            ("new", tmp_path / "file" / "a.yaml"), ("compare", SMALL, "--workbook", tmp_path / "file" / "a.xlsx"),
        )  # fmt: skip
        for one in found:
            assert one.code == 2 and str(tmp_path / "file") in one.err and "Traceback" not in one.err, one
        assert tree(tmp_path) == {"file": OLD.encode()}

    @pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs the right to become another user")
    def test_a_user_without_the_right_is_told(self, theirs: Path, desk: Path) -> None:
        """The same commands run first where all is allowed, so that nothing of the program is left to be read by the other user."""
        shutil.copytree(desk, theirs / "desk")
        shutil.copytree(desk, theirs / "free")
        (theirs / "desk").chmod(0o755)
        code = (
            "import contextlib, io, os, sys\nfrom tests.faults.program import SEVERAL\n"
            "with contextlib.redirect_stdout(io.StringIO()):\n    exec(SEVERAL)\n"
            "os.setgid(65534), os.setuid(65534)\nsys.argv[1] = sys.argv[2]\nexec(SEVERAL)"
        )
        said = [json.dumps({"limit": 0, "commands": self.changes(theirs / name)}) for name in ("free", "desk")]
        before = tree(theirs / "desk")
        done = subprocess.run([sys.executable, "-c", code, *said], capture_output=True, text=True, env=SURROUNDINGS, cwd=ROOT, check=False)
        if done.returncode:
            pytest.skip(f"another user cannot read the program here: {done.stderr.splitlines()[-1]}")
        found = json.loads(done.stdout)
        assert [one[0] for one in found] == [2, 2, 2, 0], found
        for one in found[:3]:
            assert one[2].endswith("Permission denied\n") and str(theirs) in one[2]
        assert tree(theirs / "desk") == before

    def changes(self, place: Path) -> list[list[str]]:
        """Three commands that change something, and one that only reads."""
        rules = ("--rules", place / "allocation.yaml")
        commands = [
            ("new", place / "a.yaml"), ("actuals", "import", place / "b.csv", "-w", place / "bills"),
            ("chargeback", place / "bills", *rules, "--month", "2026-04", "--close"), ("allocate", place / "bills", *rules),
        ]  # fmt: skip
        return [[str(arg) for arg in one] for one in commands]
