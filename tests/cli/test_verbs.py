"""What a person types and what comes back: every verb, with its exit code."""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import tco_model.api
from tco_model.cli import main
from tco_model.lines.catalogue import KINDS, LINES
from tco_model.scenario import shipped

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
FEW = ("--draws", "300")


def tco(*args: Any) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def done(*args: Any) -> str:
    """What a command that must succeed prints."""
    found = tco(*args)
    assert found.exit_code == 0, found.output
    return found.stdout


def line_total(answer: dict[str, Any], option: str, category: str, line: str) -> float:
    (chosen,) = [one for one in answer["options"] if one["name"] == option]
    (group,) = [one for one in chosen["categories"] if one["category"] == category]
    return next(one["total"]["mean"] for one in group["lines"] if one["name"] == line)


@pytest.mark.parametrize("verb", sorted(main.commands))
def test_help_of_every_verb_shows_an_example(verb: str) -> None:
    assert re.search(rf"^  tco {verb}", done(verb, "--help"), flags=re.MULTILINE)


def test_compare_answers_first_and_then_shows_its_grounds() -> None:
    lines = done("compare", SMALL, *FEW).splitlines()
    answer = next(position for position, line in enumerate(lines) if "of 100 futures" in line)
    table = next(position for position, line in enumerate(lines) if line.startswith("Chance of being best"))
    notes = next(position for position, line in enumerate(lines) if "with a source and a date" in line)
    assert answer < table < notes
    for row in ("  mean", "  P10", "  P50", "  P90", "  against the baseline", "  token", "  fees", "  success share, mean"):
        assert any(line.startswith(row) for line in lines), row


def test_compare_shows_every_cost_line_only_when_asked() -> None:
    assert "    tools" not in done("compare", SMALL, *FEW)
    assert "    tools" in done("compare", SMALL, *FEW, "--lines")


def test_json_holds_finite_numbers_under_sorted_keys() -> None:
    def ordered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert [key for key, _ in pairs] == sorted(key for key, _ in pairs)
        return dict(pairs)

    def refused(word: str) -> float:
        raise AssertionError(f"{word} is no JSON")

    answer = json.loads(done("compare", SMALL, *FEW, "--json"), object_pairs_hook=ordered, parse_constant=refused)
    assert sum(option["chance_best"]["value"] for option in answer["options"]) == pytest.approx(1.0)


def test_a_doubled_price_doubles_its_line_and_leaves_the_others_alone() -> None:
    price = "options.managed.token.tools.tool_price"
    before = json.loads(done("compare", SMALL, *FEW, "--json"))
    after = json.loads(done("compare", SMALL, *FEW, "--json", "--set", f"{price}=0.010 USD/call"))
    assert math.isclose(line_total(after, "managed", "token", "token.tools"), 2 * line_total(before, "managed", "token", "token.tools"))
    assert line_total(after, "managed", "labour", "labour.people") == line_total(before, "managed", "labour", "labour.people")
    assert after["options"][1] != before["options"][1]  # the difference against the dearer baseline
    assert after["options"][1]["figures"] == before["options"][1]["figures"]


def test_several_values_are_set_at_once_and_the_seed_is_kept() -> None:
    found = done("compare", SMALL, "--set", "simulation.draws=250", "--set", "timeline.months=30", "--seed", 3, "--design", "sobol")
    assert "250 futures, seed 3, sobol design; 30 months" in " ".join(found.split())


BAD = {
    ("compare", "absent.yaml"): "absent.yaml' cannot be read: No such file",
    ("compare", str(SMALL), "--draws", "many"): "--draws",
    ("compare", str(SMALL), "--draws", "0"): "--draws",
    ("compare", str(SMALL), "--draws", "10", "--design", "grid"): "--design",
    ("compare", str(SMALL), "--set", "inputs.case=5"): "inputs.case: ",
    ("compare", str(SMALL), "--set", "timeline.months=soon"): "timeline.months: ",
    ("compare", str(SMALL), "--set", "months"): "'months' is not path=value",
    ("compare", str(SMALL), "--workbook", "answer.csv"): "ends in .xlsx",
    ("compare", str(SMALL), "--workbook", "absent/answer.xlsx"): "there is no folder 'absent'",
    ("explain", str(SMALL), "managed.npv_costs"): "managed.npv_cost",
    ("lines", "managed_token"): "did you mean managed_tokens",
    ("check",): "Missing argument 'FILE'",
    ("bill",): "No such command 'bill'",
}


@pytest.mark.parametrize("args", BAD, ids=" ".join)
def test_bad_input_is_told_in_words_with_exit_code_2(args: tuple[str, ...]) -> None:
    found = tco(*args)
    assert found.exit_code == 2
    assert BAD[args] in found.stderr
    assert "Traceback" not in found.output
    assert found.stdout == ""


def test_check_tells_all_errors_at_once_with_place_rule_mend_and_caret(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    text = SMALL.read_text().replace("months: 24", "months: -3").replace("line: tool_fees", "line: tool_fee").replace("0.5 FTE", "0.5 euro")
    file.write_text(text)
    found = tco("check", file)
    assert found.exit_code == 2
    assert "3 problems found" in found.stderr
    told = found.stderr.splitlines()
    for written, field in (("-3", "timeline.months"), ("tool_fee", "options.managed.token.tools.line"), ("0.5 euro", "labour.people.fte")):
        (position,) = [number for number, line in enumerate(told) if field in line and "mend:" not in line]
        row, column = map(int, told[position].removeprefix(f"{file}:").split(":")[:2])
        assert written in text.splitlines()[row - 1]
        assert told[position + 1].startswith("    mend: ")
        if f"    {text.splitlines()[row - 1]}" in told:
            assert told[position + 3] == " " * (4 + column - 1) + "^"
    problems = json.loads(tco("check", file, "--json").stdout)["problems"]
    assert [(one["line"], one["column"]) for one in problems] == [
        tuple(map(int, line.removeprefix(f"{file}:").split(":")[:2])) for line in told if line.startswith(str(file))
    ]


def test_check_says_what_it_checked() -> None:
    assert "no errors; 2 options, 21 cost lines" in done("check", SMALL)
    assert json.loads(done("check", SMALL, "--json"))["ok"] is True


def test_a_range_whose_law_only_comes_near_zero_is_taken_where_zero_is_refused() -> None:
    rate, held = "exchange_rates.EUR", "options.hosted.fleets.main.output_tokens_per_second"
    done("check", SMALL, "--set", f"{rate}=1.05 to 1.15 USD/EUR", "--set", f"{held}=900 to 1600 token/second/replica")
    for field, none in ((rate, "0 USD/EUR"), (held, "0 token/second/replica")):
        refused = tco("check", SMALL, "--set", f"{field}={none}")
        assert refused.exit_code == 2
        assert field in refused.stderr


def leaves(trace: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not trace["children"]:
        yield trace
    for child in trace["children"]:
        yield from leaves(child)


def test_explain_goes_down_to_leaves_with_source_date_and_line() -> None:
    text = done("explain", SMALL, "managed.token.api.live")
    assert "written as 50k to 80k cases/month; helpdesk; as of 2026-11-01; line 11" in text
    assert "written as 30% to 50%; assumption; line 19" in text
    found = {leaf["name"]: leaf for leaf in leaves(json.loads(done("explain", SMALL, "managed.token.api.live", "--json")))}
    assert all(leaf["source"] or leaf["repeated"] for leaf in found.values())
    source = SMALL.read_text().splitlines()
    for name in ("cases.start", "demand.live.cached_share", "managed.token.api.output_price"):
        assert found[name]["text"] in source[found[name]["line"] - 1]


def test_explain_takes_every_name_it_lists() -> None:
    names = done("explain", SMALL).split()
    assert {"managed.npv_cost", "hosted.total_cost", "hosted.fleets.main.utilisation"} <= set(names)
    for name in names[:: len(names) // 8]:
        assert name in done("explain", SMALL, name)


def test_new_writes_a_file_that_checks_and_compares_and_never_overwrites_one(tmp_path: Path) -> None:
    file = tmp_path / "decision.yaml"
    done("new", file)
    done("check", file)
    assert "of 100 futures" in done("compare", file, *FEW)
    file.write_text("mine")
    refused = tco("new", file)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert file.read_text() == "mine"
    done("new", file, "--force")
    assert file.read_text(encoding="utf-8") == shipped.starter_text()
    assert [path.name for path in tmp_path.iterdir()] == ["decision.yaml"]


def test_demo_says_what_to_try_next_and_it_works() -> None:
    text = done("demo", *FEW)
    assert "of 100 futures" in text
    for command in re.findall(r"^  tco (explain .*)$", text, flags=re.MULTILINE):
        done(*shlex.split(command))


def test_scenarios_lists_files_that_are_there() -> None:
    listed = json.loads(done("scenarios", "--json"))
    assert all(Path(entry["file"]).is_file() and entry["question"] for entry in listed)
    assert {Path(entry["file"]).stem for entry in listed} == set(shipped.shipped_scenarios())


def test_an_installed_package_finds_its_scenarios_inside_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "tco_model" / "_shipped" / "scenarios"
    inside.mkdir(parents=True)
    (tmp_path / "scenarios").mkdir()  # a stranger's folder beside the package is not ours
    (inside / "support_assistant.yaml").touch()
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path / "tco_model")
    assert shipped.shipped_scenarios() == {"support_assistant": inside / "support_assistant.yaml"}


def test_lines_lists_the_whole_catalogue_with_units_and_defaults() -> None:
    names = set(re.findall(r"^  (\w+)", done("lines"), flags=re.MULTILINE))
    assert names == {entry.name for entry in (*LINES, *KINDS)}
    detail = done("lines", "managed_tokens")
    assert re.search(r"input_price +USD/Mtoken", detail)
    assert re.search(r"retry_share .*default 0%", detail)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_ends_in_130_without_a_traceback(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tco_model.api, "simulate", interrupted)
    found = tco("compare", SMALL, "--workers", workers)
    assert found.exit_code == 130
    assert found.stderr.strip() == "interrupted"
    assert found.stdout == ""


SPREADING = ("compare", "demo", "sweep", "portfolio", "levers", "variants", "risk", "diff", "report", "export")
HOLDING = ("sensitivity", "voi", "timing", "breakeven", "seek")
"""Verbs that hold their few futures in one process and change inputs of them: threads of that process share them, copies would not."""


def test_verbs_that_simulate_many_futures_spread_them() -> None:
    def offers(verb: str) -> set[str]:
        return {option.name for option in main.commands[verb].params if option.name} & {"workers", "cluster"}

    assert all(offers(verb) == {"workers", "cluster"} for verb in SPREADING)
    assert not any(offers(verb) for verb in HOLDING)
