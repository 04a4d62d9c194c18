"""The README keeps its word: its example loads and answers, its commands exist, its files are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import tco_model as tco
from tco_model.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_example_scenario_loads_and_answers() -> None:
    (text,) = blocks("yaml")
    scenario = tco.loads(text)
    result = tco.simulate(scenario, draws=200)
    assert result.sample("large", "npv_cost").min() > 0


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"\btco (?:run )?([a-z]+(?:-[a-z]+)*)\b", "\n".join(blocks("bash"))))))
def test_every_command_it_names_exists(verb: str) -> None:
    assert verb in main.commands


def test_every_file_and_folder_it_names_exists() -> None:
    named = set(re.findall(r"\((scenarios/[a-z_]+\.yaml)\)", README)) | set(re.findall(r"`(tco_model/[a-z]+)`", README))
    assert len(named) >= 6
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_answer_it_shows_is_what_the_demo_prints() -> None:
    shown = [line for line in blocks("text")[0].splitlines() if not line.startswith("$")]
    printed = CliRunner().invoke(main, ["demo"]).output.splitlines()
    assert [line.rstrip() for line in printed[: len(shown)]] == shown
