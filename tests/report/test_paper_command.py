"""`tco report` writes each format whole, refuses before it computes what it could not write, and says how to make the paper again."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tco_model.cli.paper import FORMATS, command_line, report
from tco_model.report.paper import findings
from tests.report.paper_cases import SMALL


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_every_format_is_written_and_named(runner: CliRunner, tmp_path: Path) -> None:
    targets = [tmp_path / f"paper{suffix}" for suffix in FORMATS]
    outputs = [part for target in targets for part in ("-o", str(target))]
    done = runner.invoke(report, [str(SMALL), *outputs, "--draws", "50"], catch_exceptions=False)
    assert done.exit_code == 0
    for target, begins in zip(targets, (b"PK", b"<!DOCTYPE html>", b"# A small decision", b"%PDF"), strict=True):
        assert target.read_bytes().startswith(begins)
        assert str(target) in done.output
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(("name", "said"), [("paper.txt", "ends in"), ("paper", "ends in"), ("nowhere/paper.pdf", "no folder")])
def test_what_could_not_be_written_is_refused_before_anything_is_computed(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    def computed(*_: object, **__: object) -> None:
        raise AssertionError("it was computed")

    monkeypatch.setattr(findings, "find", computed)
    done = runner.invoke(report, [str(SMALL), "-o", str(tmp_path / name)])
    assert done.exit_code == 2
    assert said in done.output
    assert list(tmp_path.iterdir()) == []


def test_the_paper_holds_the_command_that_makes_it_again(runner: CliRunner, tmp_path: Path) -> None:
    asked = [str(SMALL), "-o", str(tmp_path / "a.md"), "--draws", "40", "--seed", "0", "--set", "inputs.engineer_pay=90k USD/FTE/year"]
    assert runner.invoke(report, asked, catch_exceptions=False).exit_code == 0
    wanted = command_line(SMALL, [Path("a.md")], {"inputs.engineer_pay": "90k USD/FTE/year"}, (), {"draws": 40, "seed": 0, "design": None})
    words = shlex.split(wanted)
    assert words[:2] == ["tco", "report"]
    again = [str(tmp_path / "b.md") if word == "a.md" else word for word in words[2:]]
    assert runner.invoke(report, again, catch_exceptions=False).exit_code == 0
    first, second = ((tmp_path / name).read_text(encoding="utf-8") for name in ("a.md", "b.md"))
    assert first.replace("a-", "b-").replace("a\\.md", "b.md").replace("a.md", "b.md") == second.replace("a-", "b-")
    assert "seed 0" in first
