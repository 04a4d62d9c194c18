"""Where and when the program runs moves no figure: zone, locale, home, terminal, clock, hash seed, threads of the numerical library."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path

import pytest

from tco_model.actuals.load import import_files
from tests.actuals.bills import charge, write
from tests.faults.program import PROGRAM, SMALL, SURROUNDINGS, Ended, several

RULES = """schema: 1
cost: BilledCost
rules:
  - {name: search, when: {tag:owner: search}, owner: search}
"""
NARROW = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
GERMAN = {"LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"}
CASES = {
    "east": {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"},
    "west": {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "2", "OPENBLAS_NUM_THREADS": "1"},
    "narrow": NARROW | {"TZ": "Asia/Kathmandu"},
    "german": GERMAN | {"OPENBLAS_NUM_THREADS": "2", "HOME": "/nonexistent", "TERM": "dumb", "COLUMNS": "3"},
}


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """A workspace of charges at the edges of days and months, and what is asked of it; names with letters of every kind."""
    place = tmp_path_factory.mktemp("Ümlaut 日本")
    rows = [
        charge(
            BillingPeriodStart=f"2026-{one:02d}-01T00:00:00Z", BillingPeriodEnd=f"2026-{one + 1:02d}-01T00:00:00Z",
            ChargePeriodStart=f"2026-{one:02d}-{day}:00Z", ChargePeriodEnd=f"2026-{one + 1:02d}-01T00:00:00Z", ServiceName="Rechnen ü",
        )
        for one in (3, 4, 5)
        for day in ("01T00:00", "28T23:59")
    ]  # fmt: skip
    import_files([write(place / "größe.csv", rows)], place / "w")
    (place / "rules.yaml").write_text(RULES)
    rules = ("--rules", place / "rules.yaml", "--json")
    return [
        ("compare", SMALL, "--draws", 3000, "--json"), ("allocate", place / "w", *rules), ("actuals", "spend", place / "w", "--json"),
        ("review", place / "w", "--no-input", *rules),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def reference(commands: list[tuple[object, ...]]) -> list[Ended]:
    found = several(*commands)
    assert [(one.code, one.err) for one in found] == [(0, "")] * len(commands)
    return found


@pytest.mark.parametrize("case", CASES)
def test_no_byte_depends_on_where_it_runs(case: str, commands: list[tuple[object, ...]], reference: list[Ended]) -> None:
    changed = {name: value for name, value in SURROUNDINGS.items() if name not in ("HOME", "TERM")} | CASES[case]
    assert several(*commands, env=changed) == reference


def test_no_byte_depends_on_a_clock_that_goes_back(
    commands: list[tuple[object, ...]], reference: list[Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import was made in what is now the future."""
    import json

    from click.testing import CliRunner

    import tco_model.actuals.load as load
    from tco_model.cli import main

    class Earlier(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr(dt, "datetime", Earlier)
    monkeypatch.setattr(load, "datetime", Earlier)
    for command, expected in list(zip(commands, reference, strict=True))[1:]:
        done = CliRunner().invoke(main, [str(one) for one in command])
        assert (done.exit_code, json.loads(done.stdout)) == (0, json.loads(expected.out))


class TestStreams:
    @pytest.mark.parametrize("closed", ["<&-", ">&-", ">&- 2>&- <&-", "</dev/null"])
    def test_closed_ones_are_no_error(self, closed: str, tmp_path: Path) -> None:
        command = f'exec "$@" --draws 100 --workbook {tmp_path}/a.xlsx {closed}'
        done = subprocess.run(
            ["sh", "-c", command, "sh", *PROGRAM, "compare", str(SMALL)], capture_output=True, text=True, env=SURROUNDINGS, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"
        assert ("Chance of being best" in done.stdout) == (">&-" not in closed)


def test_names_of_files_stay_what_they_are_in_a_narrow_locale(tmp_path: Path) -> None:
    scenario = tmp_path / "größe.yaml"
    scenario.write_bytes(SMALL.read_bytes())
    env = {name: value for name, value in SURROUNDINGS.items() if not name.startswith("LC_")} | NARROW
    drawn = ["--draws", "100"]
    for args in (["report", scenario, "-o", tmp_path / "grün.md", *drawn], ["export", scenario, tmp_path / "öl", *drawn]):
        done = subprocess.run([*PROGRAM, *map(os.fspath, args)], capture_output=True, env=env, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    assert "größe.yaml" in (tmp_path / "grün.md").read_text(encoding="utf-8")
    assert "größe.yaml" in (tmp_path / "öl" / "report.json").read_text(encoding="utf-8")
    assert (tmp_path / "grün-cost-by-category.svg").is_file()
