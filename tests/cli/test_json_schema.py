"""The JSON Schema says what the reader says: it takes what a scenario may hold, and names what it may not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import tco_model as tco
from tco_model.inputs.text import PATH_KEYS, PROVENANCE_KEYS, VALUE_KEYS
from tco_model.lines.catalogue import KINDS, LINES
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.json_schema import scenario_schema
from tco_model.scenario.listed import LISTED_KEYS
from tco_model.scenario.load import SECTIONS
from tco_model.scenario.options import OPTION_KEYS
from tco_model.scenario.source import read_source

SMALL = (Path(__file__).parents[1] / "data" / "small.yaml").read_text(encoding="utf-8")
SCHEMA = scenario_schema()


def plain(data: Any) -> Any:
    """YAML as an editor sees it: dates are text."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return data.isoformat() if isinstance(data, dt.date) else data


def complaints(text: str) -> list[tuple[str, str]]:
    """Where and what, for every complaint."""
    data = plain(read_source(text, "scenario.yaml").data)
    return [(".".join(map(str, error.path)), error.message) for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(data)]


def test_it_is_itself_a_valid_schema_of_draft_7() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_it_knows_the_same_keys_as_the_reader() -> None:
    assert set(SCHEMA["properties"]) == set(SECTIONS)
    option = SCHEMA["properties"]["options"]["additionalProperties"]
    assert set(option["properties"]) == {*OPTION_KEYS, *CATEGORIES}
    (mapping,) = [one for one in SCHEMA["definitions"]["quantity"]["anyOf"] if one["type"] == "object"]
    assert set(mapping["properties"]) == {*VALUE_KEYS, *PATH_KEYS, *PROVENANCE_KEYS, *LISTED_KEYS}
    assert {entry.name for entry in (*LINES, *KINDS)} <= set(SCHEMA["definitions"])


def test_every_parameter_a_line_may_hold_is_described_with_its_unit() -> None:
    for line in LINES:
        described = SCHEMA["definitions"][line.name]["properties"]
        for name, entry in described.items():
            if "allOf" in entry:
                assert "[" in entry["description"], f"{line.name}.{name}"


SPOILT: dict[str, tuple[str, str, str, str]] = {
    "misspelt line": ("line: stored_logs", "line: stored_log", "options.managed.storage.logs.line", "stored_log"),
    "no line named": ("{line: tool_fees, class", "{class", "options.managed.token.tools", "line"),
    "misspelt parameter": ("{line: staff, fte:", "{line: staff, ftes:", "options.managed.labour.people", "ftes"),
    "line of another category": ("line: tool_fees", "line: electricity", "options.managed.token.tools.line", "electricity"),
    "misspelt kind": ("kind: requests", "kind: request", "demand.live.kind", "request"),
    "category left out": ("    migration: {none: this is what runs today}\n", "", "options.managed", "migration"),
    "no reason": ("{none: this is what runs today}", "{none: nope}", "options.managed.migration.none", "nope"),
    "line beside a reason": ("{none: this is", "{dual: {}, none: this is", "options.managed.migration", "dual"),
    "unknown section": ("simulation:", "simulations:", "", "simulations"),
    "unknown metric": ("  as_of: 2026-11-20", "  decide_by: luck", "decision.decide_by", "luck"),
    "months below 1": ("months: 24", "months: 0", "timeline.months", "0"),
    "name with a dash": ("  hosted:", "  self-hosted:", "options", "self-hosted"),
    "currency unknown": ("  EUR:", "  EURO:", "exchange_rates", "EURO"),
}
"""What is written instead of what, the place an editor underlines, and the word it names."""


@pytest.mark.parametrize("name", SPOILT)
def test_editor_and_reader_refuse_the_same_thing_at_the_same_place(name: str) -> None:
    old, new, place, word = SPOILT[name]
    assert complaints(SMALL) == []
    spoilt = SMALL.replace(old, new, 1)
    assert spoilt != SMALL
    found = complaints(spoilt)
    assert [where for where, _ in found] == [place], found
    assert word in found[0][1]
    with pytest.raises(tco.ScenarioError):
        tco.loads(spoilt)
