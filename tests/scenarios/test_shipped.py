"""What holds of every shipped decision: it fits the editor's schema, names its sources, and tells a beginner what each part is."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

import tco_model as tco
from tco_model.api import check
from tco_model.engine.compile import compile_scenario
from tco_model.exporters.json_text import json_text
from tco_model.report.sources import input_rows
from tco_model.scenario.json_schema import scenario_schema
from tco_model.scenario.shipped import shipped_folder, shipped_scenarios, starter_text

SCENARIOS = sorted(shipped_scenarios().values())
SCHEMA_LINE = "# yaml-language-server: $schema=./scenario.schema.json"
scenarios = pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)


def plain(data: Any) -> Any:
    """YAML as an editor's JSON schema checker sees it: dates are text."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return data.isoformat() if isinstance(data, dt.date) else data


def complaints(text: str) -> list[str]:
    data = plain(YAML(typ="safe", pure=True).load(text))
    return [f"{list(error.path)}: {error.message[:200]}" for error in jsonschema.Draft7Validator(scenario_schema()).iter_errors(data)]


def test_three_decisions_are_shipped() -> None:
    assert {path.stem for path in SCENARIOS} >= {"support_assistant", "software_environments", "ml_platform"}


def test_the_schema_beside_them_is_the_one_the_program_prints() -> None:
    assert (shipped_folder() / "scenario.schema.json").read_text(encoding="utf-8") == json_text(scenario_schema()) + "\n"


@scenarios
def test_fits_the_schema_and_carries_the_editors_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(SCHEMA_LINE)
    assert complaints(text) == []


def test_the_starter_fits_the_schema_and_the_schema_can_refuse() -> None:
    assert complaints(starter_text()) == []
    assert complaints(starter_text().replace("decide_by: npv_cost", "decide_by: luck"))
    assert complaints(starter_text().replace("line: gpu_rental", "line: gpu_rentals"))
    json.dumps(scenario_schema())


@scenarios
def test_every_price_is_sourced_and_dated_or_says_that_it_is_assumed(path: Path) -> None:
    rows = input_rows(compile_scenario(tco.load(path)))
    for row in rows:
        if row.is_assumption:
            assert not row.url, f"{row.name} is an assumption with an address"
        else:
            assert row.source
            assert row.as_of, row.name
            assert row.url.startswith("http"), row.name
    assert sum(not row.is_assumption for row in rows) >= 10


@scenarios
def test_nothing_in_it_is_idle_or_drawn_apart_by_mistake(path: Path) -> None:
    _, hints = check(tco.load(path))
    assert [hint for hint in hints if "look it up again" not in hint] == []


@scenarios
def test_every_option_answers_every_category(path: Path) -> None:
    report = tco.compare(path, draws=300)
    assert len(report.options) >= 3
    for option in report.options:
        assert len(option.categories) == 8
        assert all(category.total is not None or len(category.reason) >= 10 for category in option.categories)
