"""``tco load-shape``: a request log becomes figures to paste, and the JSON that a scenario takes as its load shape."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tco_model.cli import main
from tco_model.scenario.load import loads
from tco_model.serving.load_shape import read_shape
from tests.serving.shared_data import CONVERSATION, needs

MONDAY = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


def run(path: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["load-shape", str(path), *words])
    return done.exit_code, done.output


def week(folder: Path, busy: int = 3) -> Path:
    """Write a log of one request an hour, `busy` in the ten o'clock hour, over two weeks."""
    rows = ["timestamp,input_tokens,output_tokens"]
    for hour in range(2 * 168):
        for part in range(busy if hour % 24 == 10 else 1):
            moment = MONDAY + dt.timedelta(hours=hour, minutes=1 + 7 * part)
            rows.append(f"{moment.isoformat()},{1000 + 500 * (part % 2)},{200}")
    path = folder / "requests.csv"
    path.write_text("\n".join(rows))
    return path


def test_sizes_peak_and_week_by_hand(tmp_path: Path) -> None:
    code, text = run(week(tmp_path), "--json")
    assert code == 0
    found = json.loads(text)
    assert found["requests"] == 14 * 26
    assert found["input_tokens"]["mean"] == pytest.approx((25 * 1000 + 1500) / 26)
    assert found["output_tokens"]["mean"] == 200
    assert found["week"]["peak_to_mean"] == pytest.approx(3 / (26 / 24))
    (tmp_path / "week.json").write_text(text)
    shape = read_shape(tmp_path / "week.json")
    assert shape.peak_to_mean == pytest.approx(3 / (26 / 24))
    assert shape.provenance.as_of == dt.date(2026, 11, 15)


def test_the_lines_to_paste_are_read_by_a_scenario(tmp_path: Path) -> None:
    code, text = run(week(tmp_path))
    assert code == 0
    pasted = [line for line in text.split("For a scenario:")[1].splitlines() if line.strip()]
    assert [line.split(":")[0].strip() for line in pasted] == ["input_tokens", "output_tokens", "peak_to_mean"]
    named = "\n".join(f"  {line.strip()}" for line in pasted)
    scenario = loads(
        "schema: 1\ndecision: {title: t, question: q}\ntimeline: {start: 2027-01, months: 1, discount_rate: 0%/year}\n"
        f"inputs:\n{named}\noptions:\n  a: {{token: {{one: {{line: one_off, amount: 5 USD}}}}, "
        + ", ".join(
            f"{name}: {{none: nothing is paid here}}"
            for name in ["compute", "storage", "observability", "labour", "migration", "risk", "fees"]
        )
        + "}\n"
    )
    quantities = dict(scenario.inputs)
    assert quantities["input_tokens"].central == pytest.approx(26_500 / 26, rel=1e-5)
    assert quantities["peak_to_mean"].provenance.as_of == dt.date(2026, 11, 15)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "timestamp\nyesterday\n"])
def test_what_is_no_request_log_ends_with_two(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    code, said = run(path)
    assert code == 2
    assert "mend:" in said
    assert "Traceback" not in said


@needs(CONVERSATION)
def test_the_published_trace() -> None:
    code, text = run(CONVERSATION, "--json")
    assert code == 0
    found = json.loads(text)
    assert found["requests"] == 19_366
    assert (round(found["input_tokens"]["mean"]), round(found["output_tokens"]["mean"])) == (1155, 211)
    assert (found["input_tokens"]["median"], found["output_tokens"]["median"]) == (1020, 129)
    assert found["peak_to_mean"]["minute"] == pytest.approx(1.52, abs=0.01)
