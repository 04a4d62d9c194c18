"""Decisions and reviews as a user types them, on the sample workspace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tco_model.actuals.demo import write_demo
from tco_model.actuals.load import import_files
from tco_model.cli import main
from tco_model.finops.starter import STARTER

SAID = ["--title", "Evaluate once a week", "--owner", "support-eng", "--due", "2026-11", "--why", "nobody reads the daily runs"]


def run(*words: str, code: int = 0) -> str:
    found = CliRunner().invoke(main, list(words))
    assert found.exit_code == code, found.output
    return found.output


@pytest.fixture(scope="module")
def place(sample_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review")
    shutil.copytree(sample_year, folder / "bills")
    import_files(write_demo(folder / "bills", months=14)[60:], folder / "bills")
    (folder / "allocation.yaml").write_text(STARTER)
    return folder


def words(place: Path, verb: str, *more: str) -> tuple[str, ...]:
    return verb, str(place / "bills"), "--rules", str(place / "allocation.yaml"), *more


def test_a_decision_is_recorded_checked_and_closed(place: Path) -> None:
    """Evaluation falls back to two months of growth of 22% and 24% instead of six: in November it costs about a third less than before."""
    told = json.loads(
        run(*words(place, "decide", "--month", "2026-09", *SAID, "--expected", "1,500", "--on", "SubAccountName=support-eval", "--json"))
    )
    assert told["id"] == "2026-09-01" and 'expected: "1500.00"' in Path(told["file"]).read_text()
    assert json.loads(run(*words(place, "decisions", "--month", "2026-10", "--json")))[0]["months"] == []
    found = json.loads(run(*words(place, "decisions", "--json")))[0]
    assert found["months"] == ["2026-11"] and 1_000 < float(found["total"]) < 1_500 and found["expected"] == "1500.00"
    assert "Evaluate once a week" in run(*words(place, "decisions"))
    run("decide", str(place / "bills"), "--close", "2026-09-01", "--note", "weekly now")
    assert (
        json.loads(run(*words(place, "decisions", "--json")))[0] | {"status": "done", "note": "weekly now"}
        == json.loads(run(*words(place, "decisions", "--json")))[0]
    )


def test_everything_that_is_missing_is_said_at_once(place: Path) -> None:
    said = run(*words(place, "decide", "--month", "2026-09", "--due", "2026-09", "--expected", "abc", "--on", "owner=support-eng"), code=2)
    assert all(
        one in said for one in ("title: is missing", "owner: is missing", "why: is missing", "due: it cannot show", "'abc' is no amount")
    )
    assert "did you mean support-eng" in run(*words(place, "decide", *SAID, "--expected", "1", "--on", "owner=supporteng"), code=2)
    assert "SubAccountName" in run(*words(place, "decide", *SAID, "--expected", "1", "--on", "SubAccount=x"), code=2)
