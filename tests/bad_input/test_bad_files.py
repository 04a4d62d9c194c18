"""Holds files that are no scenario at all (binary, huge, deep, refused YAML, unreadable) to a quick refusal that says where and why."""

# ruff: noqa: E501 - a table, one row a case
from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

import tco_model as tco
from tco_model.errors import Problem
from tests.bad_input.case import GOOD

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)
"""Nine to the eighth values behind 400 bytes (the "billion laughs")."""
NEVER_MORE = 2.0

BAD_TEXTS: dict[str, tuple[str | bytes, int, str, str]] = {
    # name: text, line, words of the message, words of the mend
    "empty": ("", 1, "the file is empty", "tco new"),
    "only a comment": ("# nothing\n", 1, "the file is empty", "tco new"),
    "only spaces": ("   \n\n", 1, "the file is empty", "tco new"),
    "null": ("~\n", 1, "the file is empty", "tco new"),
    "empty mapping": ("{}\n", 1, "the file has no schema version", "schema: 1"),
    "list": ("- a\n- b\n", 1, "the file is a list", "schema: 1"),
    "scalar": ("hello\n", 1, "the file is a single value, 'hello'", "schema: 1"),
    "number": ("5\n", 1, "the file is a single value, '5'", "schema: 1"),
    "csv": ("a,b,c\n1,2,3\n", 1, "the file is a single value", "schema: 1"),
    "json list": ('[{"a": 1}]', 1, "the file is a list", "schema: 1"),
    "html": ("<!DOCTYPE html>\n<html><body>x</body></html>\n", 1, "the file is a single value", "schema: 1"),
    "python": ("import os\nprint(os.name)\n", 1, "the file is a single value", "schema: 1"),
    "two documents": (f"{GOOD}---\n{GOOD}", GOOD.count("\n") + 1, "more than one document", "split it at '---'"),
    "utf-16 with mark": (GOOD.encode("utf-16"), 1, "the file is UTF-16", "save it as UTF-8"),
    "utf-16 without mark": (GOOD.encode("utf-16-le"), 1, "binary data (a NUL character)", "UTF-8"),
    "utf-32": (GOOD.encode("utf-32"), 1, "the file is UTF-16", "UTF-8"),
    "latin-1": ("schema: 1\ndecision: {title: Décision}\n".encode("latin-1"), 2, "no text in UTF-8 (byte 0xE9)", "UTF-8"),
    "zip": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe" * 9, 1, "the file is no text in UTF-8", "spreadsheet"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "no text in UTF-8 (byte 0x89)", "UTF-8"),
    "nul": ("schema: 1\ndecision:\x00\n", 2, "binary data (a NUL character)", "UTF-8"),
    "control character": ("schema: 1\ndecision: {title: a\x07b}\n", 2, r"a control character ('\x07')", "delete it"),
    "lone surrogate": ("schema: 1\ndecision: {title: \ud800}\n", 2, r"a control character ('\ud800')", "delete it"),
    "tab": ("schema: 1\ndecision:\n\ttitle: x\n", 3, "this is not valid YAML", "never with tabs"),
    "unclosed bracket": ("schema: 1\ntimeline: {start: 2027-01\n", 3, "this is not valid YAML", "brackets"),
    "unclosed quote": ('schema: 1\ndecision: {title: "x}\n', 3, "this is not valid YAML", "quotes"),
    "colon in a text": ("schema: 1\ndecision:\n  title: this: that\n", 3, "this is not valid YAML: mapping values are not allowed", "quote a text"),
    "bad indentation": ("schema: 1\ndecision:\n    title: x\n  question: y\n", 4, "this is not valid YAML", "indentation"),
    "at sign": ("schema: 1\ndecision: {title: @home}\n", 2, "this is not valid YAML", "quote a text that starts with"),
    "backtick": ("schema: 1\ndecision:\n  title: `x`\n", 3, "this is not valid YAML", "quote a text that starts with"),
    "percent": ("schema: 1\ndecision:\n  title: %x\n", 3, "this is not valid YAML", "quote a text that starts with"),
    "anchor": ("schema: &one 1\n", 1, "anchors and aliases", "= name"),
    "alias": ("schema: 1\ndecision: {title: &t x, question: *t}\n", 2, "anchors and aliases", "= name"),
    "unknown alias": ("schema: *one\n", 1, "anchors and aliases", "= name"),
    "anchored key": ("schema: 1\n&a decision: {title: x}\n", 2, "anchors and aliases", "= name"),
    "alias bomb": (BOMB, 1, "anchors and aliases", "= name"),
    "merge key": ("schema: 1\ndecision:\n  <<: {title: x}\n", 3, "merge keys (<<) are not read", "write the values out"),
    "python tag": ("schema: 1\ndecision: !!python/object/apply:os.system ['true']\n", 2, "python/object/apply:os.system is not read", "leave the tag out"),
    "int tag": ("schema: !!int x\n", 1, "tag:yaml.org,2002:int is not read", "leave the tag out"),
    "own tag": ("schema: 1\ndecision: !secret x\n", 2, "the tag !secret is not read", "leave the tag out"),
    "set tag": ("schema: 1\ninputs: !!set {a, b}\n", 2, "the tag tag:yaml.org,2002:set is not read", "leave the tag out"),
    "tagged key": ("schema: 1\n!!str decision: {title: x}\n", 2, "the tag tag:yaml.org,2002:str is not read", "leave the tag out"),
    "list as a key": ("schema: 1\n? [a, b]\n: c\n", 2, "a key must be a plain word", "key: value"),
    "mapping as a key": ("schema: 1\n? {a: b}\n: c\n", 2, "a key must be a plain word", "key: value"),
    "yaml directive": ("%YAML 9.9\n---\nschema: 1\n", 1, "this is not valid YAML", "check"),
    "brackets": ("[" * 100_000, 1, "nested more than 50 levels deep", "fewer than ten"),
    "braces": ("{a: " * 100_000, 1, "nested more than 50 levels deep", "fewer than ten"),
    "deep lists": ("- " * 100_000, 1, "nested more than 50 levels deep", "fewer than ten"),
    "deep mapping": ("".join(f"{' ' * depth}a:\n" for depth in range(1000)), 52, "nested more than 50 levels deep", "fewer than ten"),
    "two megabytes": (GOOD + "# padding\n" * 200_000, 0, "more than 1,000,000 bytes", "the right file"),
    "many keys": ("".join(f"key_{number}: {number}\n" for number in range(30_000)), 10_000, "more than 20,000 keys and values", "a few hundred"),
    "many list entries": (f"inputs: [{'1, ' * 300_000}]", 1, "more than 20,000 keys and values", "a few hundred"),
    "one long text": (f"schema: 1\ndecision: {{title: {'x' * 900_000}}}\n", 2, "a text of 900,000 characters", "shorten it"),
    "one long key": (f"schema: 1\n? {'x' * 900_000}\n: 5\n", 2, "a text of 900,000 characters", "shorten it"),
    "long digits": (f"schema: {'9' * 900_000}\n", 1, "a text of 900,000 characters", "shorten it"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_is_refused_with_its_line(name: str) -> None:
    text, line, said, mend = BAD_TEXTS[name]
    started = time.process_time()
    with pytest.raises(tco.ScenarioError) as caught:
        tco.loads(text, "bad.yaml")
    assert time.process_time() - started < NEVER_MORE
    found = [problem for problem in caught.value.problems if said in problem.message]
    assert found, str(caught.value)
    assert mend in found[0].mend
    assert (found[0].file, found[0].line) == ("bad.yaml", line)


def test_a_key_that_stands_twice_names_both_lines() -> None:
    with pytest.raises(tco.ScenarioError) as caught:
        tco.loads(GOOD.replace("  hosted:\n    label", "  managed:\n    label"), "bad.yaml")
    (problem,) = caught.value.problems
    first = GOOD[: GOOD.index("  managed:\n")].count("\n") + 1
    second = GOOD[: GOOD.index("  hosted:\n")].count("\n") + 1
    assert (problem.field, problem.line) == ("options.managed", second)
    assert problem.message == "the key 'managed' stands twice"
    assert f"the first is on line {first}" in problem.mend


def test_dos_line_ends_and_a_byte_order_mark_are_fine() -> None:
    plain = tco.loads(GOOD)
    assert tco.loads(GOOD.replace("\n", "\r\n")) == plain
    assert tco.loads(b"\xef\xbb\xbf" + GOOD.encode()) == plain


def refusal(path: Path | str) -> Problem:
    """The one problem of a file that cannot be opened."""
    with pytest.raises(tco.ScenarioError) as caught:
        tco.load(path)
    (problem,) = caught.value.problems
    return problem


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    problem = refusal(tmp_path / "absent.yaml")
    assert "absent.yaml' cannot be read: No such file" in problem.message
    assert "tco new" in problem.mend
    assert problem.file.endswith("absent.yaml")


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in refusal(tmp_path).message


def test_a_path_that_no_system_has() -> None:
    assert "cannot be read" in refusal("bad\x00name.yaml").message
    assert "cannot be read" in refusal("x" * 5000).message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser reads everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "locked.yaml"
    path.write_text(GOOD)
    path.chmod(0)
    assert "cannot be read: Permission denied" in refusal(path).message


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
def test_an_endless_file_is_read_up_to_the_limit() -> None:
    assert "more than 1,000,000 bytes" in refusal("/dev/zero").message


TWELVE = (
    # what stands in the good scenario, what a careless author wrote, the field at fault
    ("decide_by: npv_cost", "decide_by: npv", "decision.decide_by"),
    ("months: 24", "months: 0", "timeline.months"),
    ("seed: 7", "sed: 7", "simulation.sed"),
    ("growth: 10% to 60%/year", "growth: 10% to 60%", "inputs.cases.growth"),
    ("hit_share: 30% to 50%", "hit_share: 30-50%", "inputs.hit_share"),
    ("rank: 0.2", "rank: 2", "correlations.1.rank"),
    ("input_tokens: 1500 to 2500 tokens/request", "input_tokens: 1500 tokns/request", "demand.live.input_tokens"),
    ("turns: pert(3, 6, 12) turns/task", "turns: pert(12, 6, 3) turns/task", "demand.agents.turns"),
    ("success_share: 62% to 71%", "success_share: 171%", "options.managed.success_share"),
    ("output_price: 10 USD/Mtoken", "output_price: -10 USD/Mtoken", "options.managed.token.api.output_price"),
    ("compute: {none: the provider runs the models}", "compute: {none: no}", "options.managed.compute.none"),
    ("line: staff_with_hiring", "line: staff_with_hirng", "options.hosted.labour.people.line"),
)  # fmt: skip


def test_twelve_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = GOOD
    for good, bad, _ in TWELVE:
        assert text.count(good) == 1
        text = text.replace(good, bad)
    with pytest.raises(tco.ScenarioError) as caught:
        tco.loads(text, "bad.yaml")
    assert [problem.field for problem in caught.value.problems] == [field for _, _, field in TWELVE]
    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(set(lines))
    assert str(caught.value).count("\n    mend: ") == len(TWELVE)


def test_formulas_at_fault_are_told_at_once_too() -> None:
    text = GOOD.replace("= cases * quantity", "= casess * quantity").replace(
        "salary: = pay\n        on_cost_share: 42%\n    migration: {none",
        "salary: = cases\n        on_cost_share: 42%\n    migration: {none",
    )
    text = text.replace("spend: = token.total", "spend: = tokn.total").replace("minimum_fee: = fee", "minimum_fee: = feee + 1")
    with pytest.raises(tco.ScenarioError) as caught:
        tco.check(tco.loads(text))
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {
        "demand.live.requests",
        "options.managed.labour.people.salary",
        "options.managed.fees.support.spend",
        "options.managed.fees.support.minimum_fee",
    }
