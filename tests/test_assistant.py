"""The tools for an assistant, asked through the protocol's own client: the library's figures, and no figure where an input is missing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

import tco_model.api as tco
from tco_model.assistant import MOST_DRAWS, server
from tco_model.report.report import make_report

DATA = Path(__file__).parent / "data"
SMALL = DATA / "small.yaml"
TOOLS = {"list_scenarios", "read_scenario", "check_scenario", "compare", "what_if", "explain", "sensitivity", "input_register"}


def asked(tool: str, arguments: Mapping[str, Any] | None = None, served: Any = None) -> dict[str, Any]:
    """Call a tool and return its structured result."""

    async def ask() -> Any:
        async with Client(served or server(DATA)) as client:
            return await client.call_tool(tool, dict(arguments or {}))

    result = asyncio.run(ask())
    assert not result.is_error, result.content
    return result.structured_content


def test_every_tool_says_what_it_does_and_what_it_takes() -> None:
    async def listed() -> Any:
        async with Client(server(DATA)) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.description and tool.output_schema for tool in tools)


def test_scenarios_are_listed_and_read_as_they_are() -> None:
    names = [one["name"] for one in asked("list_scenarios")["scenarios"]]
    assert "small" in names
    assert asked("read_scenario", {"name": "small"})["text"] == SMALL.read_text(encoding="utf-8")


def test_a_comparison_is_the_librarys() -> None:
    told = asked("compare", {"name": "small", "draws": 500})
    wanted = make_report(tco.simulate(tco.load(SMALL), draws=500))
    assert told["ok"] and tuple(told["answer"]) == wanted.answer
    for option, held in zip(told["options"], wanted.options, strict=True):
        assert option["figures"]["npv_cost"]["mean"] == held.figures["npv_cost"].mean
        assert option["figures"]["npv_cost"]["unit"] == "USD"


def test_a_what_if_compares_the_same_futures() -> None:
    told = asked("what_if", {"name": "small", "settings": {"inputs.engineer_pay": "200k USD/FTE/year"}, "draws": 500})
    wanted = make_report(tco.simulate(tco.load(SMALL, {"inputs.engineer_pay": "200k USD/FTE/year"}), draws=500))
    for option in wanted.options:
        assert told["options"][option.name]["after"] == option.figures["npv_cost"].mean
        assert told["options"][option.name]["change"] > 0.0, "people cost more"


def test_an_explanation_reaches_the_sources() -> None:
    names = asked("explain", {"name": "small"})["figures"]
    assert "managed.fees.own" in names and "managed.cost_per_outcome" in names
    text = str(asked("explain", {"name": "small", "figure": "managed.token.api.agents"})["trace"])
    assert "made for the tests" in text and "2026-11-01" in text


def test_the_sensitivity_names_value_unit_and_source() -> None:
    told = asked("sensitivity", {"name": "small", "draws": 500})
    shares = [one["share_of_variance"] for one in told["inputs"]]
    assert shares[0] == max(shares) > 0.0
    assert all(one["source"] and one["unit"] for one in told["inputs"])


def test_a_missing_input_is_named_and_not_made_up() -> None:
    text = SMALL.read_text(encoding="utf-8").replace("    output_tokens: pert(150, 220, 400) tokens/request\n", "")
    for tool in ("check_scenario", "compare", "sensitivity"):
        told = asked(tool, {"text": text})
        assert not told["ok"]
        assert any("output_tokens" in str(problem) for problem in told["problems"])
        assert any("output_tokens" in field or "demand.live" in field for field in told["missing"])
        assert "do not fill it in" in told["what_to_do"] and "options" not in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "smal"}, "small"),
        ({"name": "../small"}, "no scenario"),
        ({"name": "small", "settings": {"inputs.engineer_pya": "1"}}, "engineer_pay"),
        ({"name": "small", "draws": MOST_DRAWS + 1}, "too many"),
        ({"text": "a: &x [1]\nb: *x\n"}, "alias"),
    ],
)
def test_what_cannot_be_answered_says_why(arguments: dict[str, Any], words: str) -> None:
    told = asked("compare", arguments)
    assert not told["ok"]
    assert words in str(told["problems"])


def test_a_text_reads_no_file_of_the_machine() -> None:
    shipped = (Path(__file__).parents[1] / "scenarios" / "support_assistant.yaml").read_text(encoding="utf-8")
    told = asked("compare", {"text": shipped.replace("capacity: {", "capacity: {benchmark: run.json, ", 1), "draws": 10})
    assert not told["ok"] and "lies in no folder" in str(told["problems"])


def test_it_is_served_by_the_command() -> None:
    command = StdioServerParameters(command=sys.executable, args=["-m", "tco_model", "mcp", str(DATA)], cwd=str(DATA.parents[1]))
    assert "small" in [one["name"] for one in asked("list_scenarios", served=command)["scenarios"]]
