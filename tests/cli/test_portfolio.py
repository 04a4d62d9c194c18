"""A portfolio survives a kill to the byte, computes only what is not there, and tells at the end what failed."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tco_model.cli import main
from tco_model.exporters.journal import Journal

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
PROGRAM = [sys.executable, "-c", "from tco_model.cli import main; main()", "portfolio"]
TABLES = ("portfolio.parquet", "portfolio.csv", "plan.json")


@pytest.fixture
def decisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with two small scenarios, one of which has a variant."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "decisions"
    folder.mkdir()
    text = SMALL.read_text(encoding="utf-8")
    (folder / "one.yaml").write_text(text, encoding="utf-8")
    (folder / "two.yaml").write_text(text + "variants:\n  busy: {times: {inputs.cases: 2}}\n", encoding="utf-8")
    return folder


def tco(*args: object) -> Result:
    return CliRunner().invoke(main, ["portfolio", *map(str, args)])


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "portfolio.csv").read_text(encoding="utf-8").splitlines()))


def written(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TABLES}


def test_one_table_of_files_variants_horizons_and_values(decisions: Path) -> None:
    import polars

    found = tco(
        "decisions", "-o", "out", "--draws", 60, "--variants", "all", "--months", "12,24",
        "--vary", "inputs.engineer_pay=100k USD/FTE/year", "--vary", "inputs.engineer_pay=150k USD/FTE/year",
    )  # fmt: skip
    assert (found.exit_code, found.stderr.splitlines()[-1]) == (0, "Simulating: 12 of 12")
    assert "12 tasks of 2 scenarios: 12 computed, 0 kept from before, 0 failed" in found.stdout
    table = polars.read_parquet("out/portfolio.parquet")
    options = table["option"].unique().len()
    assert table.height == 12 * options == len(rows(Path("out")))
    assert table.filter(polars.col("preferred")).height == 12
    assert set(table.filter(polars.col("variant") == "busy")["scenario"]) == {"decisions/two.yaml"}
    sums = table.group_by("scenario", "variant", "months", "values").agg(polars.col("chance_best").sum())
    assert sums["chance_best"].to_list() == pytest.approx([1.0] * 12)
    assert table["scenario_sha256"].n_unique() == 2 and table["model_version"].n_unique() == 1
    plan = json.loads(Path("out/plan.json").read_text())
    assert len(plan["tasks"]) == 12 and plan["simulation"]["draws"] == 60


def test_only_a_changed_scenario_is_computed_again(decisions: Path) -> None:
    command = ("decisions", "-o", "out", "--draws", 60, "--json")
    first, again = (json.loads(tco(*command).stdout) for _ in range(2))
    assert [(one["computed"], one["kept"]) for one in (first, again)] == [(2, 0), (0, 2)]
    before = rows(Path("out"))
    one = decisions / "one.yaml"
    one.write_text(one.read_text().replace("130k", "140k"))
    changed = json.loads(tco(*command).stdout)
    assert (changed["computed"], changed["kept"]) == (1, 1)
    after = rows(Path("out"))
    assert [old == new for old, new in zip(before, after, strict=True)] == [False] * (len(before) // 2) + [True] * (len(before) // 2)


def test_two_workers_write_the_same_bytes_as_one(decisions: Path) -> None:
    for workers in (1, 2):
        assert tco("decisions", "-o", f"out{workers}", "--draws", 60, "--variants", "all", "--workers", workers).exit_code == 0
    assert written(Path("out1")) == written(Path("out2"))


def test_a_kill_in_the_middle_loses_nothing_that_was_done(decisions: Path) -> None:
    values = [part for seed in range(1, 9) for part in ("--vary", f"simulation.seed={seed}")]
    arguments = ["decisions/one.yaml", "--draws", "2000", *values]
    assert tco(*arguments, "-o", "whole").exit_code == 0
    journal = Path("killed/journal.jsonl")
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([*PROGRAM, *arguments, "-o", "killed"], stderr=subprocess.DEVNULL, env=surroundings)
    deadline = time.monotonic() + 300
    while (not journal.exists() or journal.read_bytes().count(b"\n") < 4) and time.monotonic() < deadline:
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    held = len(Journal(journal).read())
    assert 3 <= held < 8 and not Path("killed/portfolio.parquet").exists()
    found = json.loads(tco(*arguments, "-o", "killed", "--json").stdout)
    assert (found["kept"], found["computed"]) == (held, 8 - held)
    assert written(Path("killed")) == written(Path("whole"))


def test_a_line_cut_short_is_computed_again(decisions: Path) -> None:
    command = ("decisions", "-o", "out", "--draws", 60, "--json")
    tco(*command)
    whole, journal = written(Path("out")), Path("out/journal.jsonl")
    journal.write_bytes(journal.read_bytes()[:-30])
    assert json.loads(tco(*command).stdout)["computed"] == 1
    assert json.loads(tco(*command).stdout)["computed"] == 0
    assert written(Path("out")) == whole


def test_what_fails_is_told_at_the_end_and_named_in_the_table(decisions: Path) -> None:
    (decisions / "broken.yaml").write_text("schema: 1\noptions: [\n")
    two = (decisions / "two.yaml").read_text()
    (decisions / "fixed.yaml").write_text(two.replace("  managed:\n", "  managed:\n    phases: {build: 4, work: 20}\n", 1))
    found = tco("decisions", "no_such.yaml", "-o", "out", "--draws", 60, "--months", "24,12")
    assert found.exit_code == 2
    assert "6 tasks of 3 scenarios: 5 computed, 0 kept from before, 1 failed; files that are no scenarios: 2" in found.stdout
    assert "the phases last 24 months in all and the horizon 12" in found.stderr and "Traceback" not in found.stderr
    failed = [(row["scenario"], row["months"]) for row in rows(Path("out")) if row["status"] == "failed"]
    assert failed == [("decisions/broken.yaml", ""), ("no_such.yaml", ""), ("decisions/fixed.yaml", "12")]
    assert {row["months"] for row in rows(Path("out")) if row["scenario"] == "decisions/fixed.yaml" and row["status"] == "done"} == {"24"}
    told = json.loads(tco("decisions", "no_such.yaml", "-o", "out", "--draws", 60, "--months", "24,12", "--json").stdout)
    assert (told["failed"], told["unreadable"], told["computed"], told["kept"]) == (1, 2, 0, 5)
    assert {problem["file"] for problem in told["problems"]} == {"decisions/broken.yaml", "no_such.yaml", "decisions/fixed.yaml"}


def test_many_problems_are_told_in_short(decisions: Path) -> None:
    for number in range(25):
        (decisions / f"bad{number:02}.yaml").write_text("schema: 2\n- \n")
    found = tco("decisions", "-o", "out", "--draws", 60)
    assert found.exit_code == 2
    assert found.stderr.count("mend:") == 20 and "and 5 more problems" in found.stderr
    assert sum(row["status"] == "failed" for row in rows(Path("out"))) == 25


def test_a_plan_is_written_without_computing(decisions: Path) -> None:
    found = tco("decisions", "-o", "out", "--variants", "busy", "--plan")
    assert (found.exit_code, found.stdout) == (0, "3 tasks planned: out/plan.json\n")
    assert [path.name for path in Path("out").iterdir()] == ["plan.json"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--months", "24,x"), "'x' is no horizon"),
        (("--months", "0"), "'0' is no horizon"),
        (("--vary", "timeline.months=24"), "--months 24,36,60"),
        (("--vary", "inputs.cases"), "is not path=value"),
        (("--variants", "bussy"), "did you mean busy?"),
        (("--draws", "0"), "0 is not in the range"),
        (("empty",), "holds no scenario"),
        (("--cluster", "nowhere"), "is no address of a Dask scheduler"),
        (("--cluster", "tcp://127.0.0.1:9", "--workers", "2"), "leave one of them out"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(decisions: Path, arguments: tuple[str, ...], said: str) -> None:
    Path("empty").mkdir()
    found = tco("decisions", "-o", "out", *arguments)
    assert found.exit_code == 2 and said in found.stderr and "Traceback" not in found.stderr
    assert not Path("out").exists()


def test_a_file_in_place_of_the_folder_is_refused(decisions: Path) -> None:
    Path("out").write_text("mine")
    found = tco("decisions", "-o", "out")
    assert found.exit_code == 2 and Path("out").read_text() == "mine"


def test_a_full_disk_is_one_line_and_keeps_the_old_table(decisions: Path) -> None:
    import resource

    command = [*PROGRAM, "decisions", "-o", "out", "--draws", "60"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, env=surroundings, capture_output=True, check=False).returncode == 0
    before = written(Path("out"))
    done = subprocess.run(
        [*command, "--seed", "9"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
    )
    assert (done.returncode, done.stderr) == (2, "out/plan.json: File too large\n")
    assert written(Path("out")) == before
