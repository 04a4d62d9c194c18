"""Holds edits of a scenario's text: one field changes, every other byte stays, and nothing comes back that `loads` would refuse."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tco_model.engine.compile import compile_scenario
from tco_model.errors import ScenarioError
from tco_model.exporters.files import write_bytes
from tco_model.inputs.text import QuantityError, read_text
from tco_model.scenario import edit
from tco_model.scenario.load import loads
from tco_model.scenario.shipped import shipped_scenarios, starter_text

SMALL = edit.read_text(Path(__file__).parents[1] / "data" / "small.yaml")
FILES = {"small": SMALL, "starter": starter_text()} | {name: edit.read_text(path) for name, path in shipped_scenarios().items()}

UGLY = """\
# A file that a person has written over some months.

schema:   1   # the first
decision: {title: 'Don''t move', question: "Buy, or build?",
  as_of: 2026-11-01,}   # in brackets
timeline:
    start: 2027-01
    months: 12      # one year
    discount_rate: 8%/year
inputs:   # names

    # what comes in
    cases:

        value: 50k to 80k cases/month   # from the desk
        note: >
            as the desk
            counts them

        # source: to come
    pay: '130k USD/FTE/year'
    twice: = 2 * cases
options:
    now:
        token: {none: no model is called here}
        compute: {none: no model is served here}
        storage: {none: nothing is kept of it}
        observability: {none: nothing is looked at}
        labour:
            desk: {line: staff, fte: 2 FTE, salary: = pay,
                   on_cost_share: 42%}   # two people
        migration: {none: this is what runs today}
        risk: {none: no risk is counted here}
        fees: {none: no fee is asked for}
# the end"""


def plain(text: str) -> Any:
    """What a YAML text says, read by the round-trip reader: another route than the package's own."""
    return YAML(typ="rt").load(text.removeprefix("\ufeff"))


def at(data: Any, path: str) -> Any:
    for word in path.split("."):
        data = data[int(word)] if isinstance(data, list) else data[word]
    return data


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    one, other = before.split("\n"), after.split("\n")
    assert len(one) == len(other)
    return [(first, last) for first, last in zip(one, other, strict=True) if first != last]


def leaves(data: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    if isinstance(data, dict):
        return {name: leaf for key, value in data.items() for name, leaf in leaves(value, (*path, str(key))).items()}
    if isinstance(data, list):
        return {name: leaf for place, value in enumerate(data) for name, leaf in leaves(value, (*path, str(place))).items()}
    return {".".join(path): data}


def refused(action: Any, *args: Any, **named: Any) -> Any:
    with pytest.raises(ScenarioError) as caught:
        action(*args, **named)
    return caught.value.problems


EXACT = [
    ("timeline.months", "24", "    months: 12      # one year", "    months: 24      # one year"),
    ("decision.title", "Don't stay", "'Don''t move'", "'Don''t stay'"),
    ("decision.title", "Two\nlines", "'Don''t move'", '"Two\\nlines"'),
    ("decision.question", "2027", '"Buy, or build?"', '"2027"'),
    ("decision.as_of", "2026-12-24", "as_of: 2026-11-01,}", "as_of: 2026-12-24,}"),
    ("decision.decide_by", "total_cost", "as_of: 2026-11-01,}", "as_of: 2026-11-01, decide_by: total_cost}"),
    ("inputs.cases", "1.2M cases/month", "value: 50k to 80k cases/month   #", "value: 1.2M cases/month   #"),
    ("inputs.cases.value", "= 3 * pay", "value: 50k to 80k cases/month   #", "value: = 3 * pay   #"),
    ("inputs.pay", "pert(100k, 130k, 200k) USD/FTE/year", "'130k USD/FTE/year'", "'pert(100k, 130k, 200k) USD/FTE/year'"),
    ("inputs.twice", "62% to 71%", "= 2 * cases", "62% to 71%"),
    ("inputs.twice", "pert(2,3,6)", "= 2 * cases", "pert(2,3,6)"),
    ("inputs.twice", "{start: 5, growth: 2%/year}", "= 2 * cases", "{start: 5, growth: 2%/year}"),
    ("options.now.labour.desk.fte", "pert(1, 2, 4) FTE", "fte: 2 FTE,", "fte: 'pert(1, 2, 4) FTE',"),
    ("options.now.labour.desk.on_cost_share", "40% to 44%", "on_cost_share: 42%}", "on_cost_share: 40% to 44%}"),
    ("options.now.labour.desk.escalates", "false", "on_cost_share: 42%}", "on_cost_share: 42%, escalates: false}"),
    ("options.now.labour.desk.label", "true", "on_cost_share: 42%}", "on_cost_share: 42%, label: 'true'}"),
    ("simulation.draws", "500", "# the end", None),
]  # fmt: skip


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "\n"], ids=["unfinished", "finished"])
@pytest.mark.parametrize(("path", "literal", "old", "new"), EXACT, ids=[f"{path}={literal!r}" for path, literal, *_ in EXACT])
def test_an_edit_changes_the_characters_of_its_field_and_no_other(
    path: str, literal: str, old: str, new: str | None, ending: str, mark: str, last: str
) -> None:
    before = mark + (UGLY + last).replace("\n", ending)
    assert before.count(old) == 1
    wanted = before.replace(old, new) if new is not None else before.replace(old, f"simulation: {{draws: 500}}{ending}{old}")
    assert edit.set_value(before, path, literal) == wanted


@pytest.mark.parametrize(
    ("path", "notes", "old", "new"),
    [
        ("inputs.pay", {"note": "our own"}, "pay: '130k USD/FTE/year'", "pay:\n        value: '130k USD/FTE/year'\n        note: our own"),
        ("inputs.cases", {"owner": "the desk: Ann"}, "counts them\n", "counts them\n        owner: 'the desk: Ann'\n"),
        ("inputs.cases", {"note": ""}, "        note: >\n            as the desk\n            counts them\n", ""),
        ("timeline.discount_rate", {"as_of": "2026-01-31", "source": "treasury"}, "discount_rate: 8%/year",
         "discount_rate:\n        value: 8%/year\n        as_of: 2026-01-31\n        source: treasury"),
        ("options.now.labour.desk.fte", {"note": "2027"}, "fte: 2 FTE,", "fte: {value: 2 FTE, note: '2027'},"),
    ],
)  # fmt: skip
def test_words_about_a_value_stand_where_the_file_would_put_them(path: str, notes: dict[str, str], old: str, new: str) -> None:
    assert UGLY.count(old) == 1
    assert edit.set_notes(UGLY, path, notes) == UGLY.replace(old, new)
    assert edit.set_notes(UGLY.replace("\n", "\r\n"), path, notes) == UGLY.replace(old, new).replace("\n", "\r\n")


def test_a_note_in_brackets_is_changed_added_and_taken_out_in_its_line() -> None:
    once = edit.set_note(SMALL, "inputs.engineer_pay", "note", "gross, as paid")
    assert changed_lines(SMALL, once) == [
        ("  engineer_pay: 130k USD/FTE/year", '  engineer_pay: {value: 130k USD/FTE/year, note: "gross, as paid"}')
    ]
    twice = edit.set_note(once, "inputs.engineer_pay", "owner", "Ann")
    assert twice == once.replace('paid"}', 'paid", owner: Ann}')
    assert edit.set_note(twice, "inputs.engineer_pay", "note", "net").count("note: net, owner: Ann}") == 1
    assert edit.set_note(twice, "inputs.engineer_pay", "note", "") == SMALL.replace(
        "engineer_pay: 130k USD/FTE/year", "engineer_pay: {value: 130k USD/FTE/year, owner: Ann}"
    )
    assert edit.set_note(SMALL, "inputs.engineer_pay", "note", "") == SMALL


def test_a_comment_behind_a_value_stays_with_it() -> None:
    before = UGLY.replace("twice: = 2 * cases", "twice: 3 # why three")
    assert "\n    twice:\n        value: 3 # why three\n        note: so\noptions:" in edit.set_note(before, "inputs.twice", "note", "so")
    assert "  a: {value: 3, note: so} # why three\n" in edit.set_note(
        SMALL.replace("inputs:\n", "inputs:\n  a: 3 # why three\n"), "inputs.a", "note", "so"
    )


def test_brackets_put_a_value_in_place_of_a_path_and_leave_its_source() -> None:
    once = edit.set_value(SMALL, "inputs.cases", "{value: 70k cases/month}")
    assert once == SMALL.replace("start: 50k to 80k cases/month, growth: 10% to 60%/year", "value: 70k cases/month")
    starter = FILES["starter"]
    once = edit.set_value(starter, "inputs.cases", "{value: 70k cases/month, owner: Ann}")
    assert once == starter.replace(
        "    start: 60k to 90k cases/month\n    growth: 5% to 35%/year\n", "    value: 70k cases/month\n    owner: Ann\n"
    )
    back = edit.set_value(once, "inputs.cases", "{start: 60k to 90k cases/month, growth: 5% to 35%/year}")
    assert back.replace("    owner: Ann\n", "") == starter


def test_a_change_inside_a_variant_is_found_by_its_dotted_key() -> None:
    before = FILES["ml_platform"]
    after = edit.set_value(before, "variants.gpu_shortage.times.inputs.h200_price", "1.7")
    assert changed_lines(before, after) == [("    times: {inputs.h200_price: 1.5}", "    times: {inputs.h200_price: 1.7}")]
    after = edit.set_value(before, "correlations.1.rank", "0.4")
    assert [new.split("#")[0].strip() for _, new in changed_lines(before, after)] == [
        "- {between: [serving_engineers, platform_effort], rank: 0.4}"
    ]


def test_an_edit_may_mend_what_was_wrong() -> None:
    broken = SMALL.replace("130k USD/FTE/year", "130k apples")
    refused(loads, broken)
    assert edit.set_value(broken, "inputs.engineer_pay", "130k USD/FTE/year") == SMALL


# --- What is refused, at the line of the edit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "literal", "message", "mend", "line"),
    [
        ("inputs.engineer_pay", "banana", "does not start with a number", "write it like", 12),
        ("inputs.engineer_pay", ".nan", "not a finite number", "finite", 12),
        ("inputs.engineer_pay", "{value: 3", "not valid YAML", "brackets", 12),
        ("inputs.engineer_pay", "{start: 1: 2}", "not valid YAML", "", 12),
        ("inputs.engineer_pay", "", "not a quantity", "write a number", 12),
        ("options.managed.success_share", "160%", "leaves the range", "between 0 and 1", 34),
        ("timeline.months", "3", "with this, options.hosted.phases.run: no month is left", "shorten", 6),
        ("inputs.cases", "70k cases/month", "a path over time", "set inputs.cases.start or inputs.cases.growth, or write {value: 70k", 11),
        ("inputs", "70k", "holds keys", "inputs.cases, inputs.engineer_pay", 11),
        ("inputs.casess", "70k cases/month", "there is no 'inputs.casess'", "did you mean 'cases'", 11),
        ("options.managed.token.api.discount", "10%", "unknown key 'discount'", "discount_share", 43),
        ("inputs.engineer_pay.start", "10", "holds a value, not keys", "set inputs.engineer_pay itself", 12),
        ("options.hosted.token.bridge.classes.4", "live", "no entry of a list of 2", "count from 0", 71),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_at_its_line(path: str, literal: str, message: str, mend: str, line: int) -> None:
    problem = refused(edit.set_value, SMALL, path, literal, file="small.yaml")[0]
    assert message in problem.message
    assert mend in problem.mend
    assert (problem.file, problem.line) == ("small.yaml", line)
    assert problem.field.startswith(path.split(".")[0])


def test_comments_are_not_lost_with_a_mapping() -> None:
    problem = refused(edit.set_value, FILES["support_assistant"], "options.self_hosted.compute.gpus", "{line: gpu_rental}")[0]
    assert "comments, which would be lost" in problem.message


@pytest.mark.parametrize(
    ("path", "field", "value", "message", "line"),
    [
        ("inputs.engineer_pay", "source", "payroll", "has no date", 12),
        ("inputs.engineer_pay", "url", "payroll", "not a web address", 12),
        ("inputs.engineer_pay", "as_of", "2026-02-30", "not a day of the calendar", 12),
        ("inputs.engineer_pay", "as_of", "lately", "not a date", 12),
        ("inputs.engineer_pay", "sources", "payroll", "no field of where a value comes from", 12),
        ("inputs.pay", "note", "x", "there is no 'inputs.pay'", 11),
        ("timeline.months", "note", "x", "not a whole number", 6),
        ("demand.live", "source", "x", "unknown key 'source'", 21),
    ],
)  # fmt: skip
def test_words_that_cannot_be_are_refused_at_their_line(path: str, field: str, value: str, message: str, line: int) -> None:
    problem = refused(edit.set_note, SMALL, path, field, value)[0]
    assert message in problem.message
    assert problem.line == line


def test_a_listed_price_keeps_the_source_of_its_table() -> None:
    before = FILES["ml_platform"]
    assert "which say its source" in refused(edit.set_note, before, "inputs.h200_committed", "source", "me")[0].message
    after = edit.set_note(before, "inputs.h200_committed", "owner", "procurement")
    assert changed_lines(before, after)[0][1] == "  h200_committed: {list: market-h200-3-years, owner: procurement}"
    assert "a price of the tables" in refused(edit.set_value, before, "inputs.h200_committed", "2 USD/GPU/hour")[0].message


def test_anchors_are_refused_so_that_no_edit_reaches_a_second_place() -> None:
    doubled = SMALL.replace("engineer_pay: 130k", "engineer_pay: &pay 130k")
    assert "anchors and aliases" in refused(edit.set_value, doubled, "inputs.engineer_pay", "3 USD/FTE/year")[0].message


def test_a_further_check_is_asked_before_an_edit_comes_back() -> None:
    """`loads` reads a formula and leaves its names to the compiler."""
    assert edit.set_value(SMALL, "demand.live.requests", "= cases * nobody")
    problems = refused(edit.set_value, SMALL, "demand.live.requests", "= cases * nobody", accept=compile_scenario)
    assert "nobody" in problems[0].message
    assert problems[0].line == 16
    assert edit.set_value(SMALL, "demand.live.requests", '= cases * quantity("3 request/case")', accept=compile_scenario)


# --- Any input, any literal: properties ----------------------------------------------------------------------------------------


def literals_of(text: str) -> dict[str, str]:
    """Every number, range or law with its dotted path that stands under inputs, demand, options and timeline."""
    found: dict[str, str] = {}
    data = plain(text)
    for section in ("timeline", "inputs", "demand", "options", "exchange_rates"):
        for name, value in leaves(data.get(section), (section,)).items():
            if isinstance(value, (str, float)) and is_quantity(str(value)):
                found[name] = str(value)
    return found


def is_quantity(text: str) -> bool:
    try:
        return not re.match(r"\d{4}-\d{2}", text) and bool(read_text(text))
    except QuantityError:
        return False


FIELDS = {name: literals_of(text) for name, text in FILES.items()}


@st.composite
def edits(draw: st.DrawFn, name: str) -> tuple[str, str, str]:
    """A field of a file, what it says, and another value that lies between its own bounds, written in one of the ways."""
    path = draw(st.sampled_from(sorted(FIELDS[name])))
    old = FIELDS[name][path]
    content, unit = read_text(old)
    low, high = (0.9 * content, content) if isinstance(content, float) else map(float, content.ppf([0.3, 0.7]))
    places = sorted(draw(st.lists(st.floats(0.05, 0.95), min_size=2, max_size=2, unique=True)))
    first, last = (low + (high - low) * place for place in places)
    written = "" if unit.is_plain else f" {unit.shown}".replace(" 1/", "/")
    ways = [f"{first:.6g}{written}"]
    if f"{first:.6g}" != f"{last:.6g}":
        ways += [f"pert({first:.6g}, {(first + last) / 2:.6g}, {last:.6g}){written}", f"uniform({first:.6g}, {last:.6g}){written}"]
    return path, old, draw(st.sampled_from(ways))


def check_there_and_back(name: str, path: str, old: str, new: str) -> None:
    before = FILES[name]
    try:
        after = edit.set_value(before, path, new)
    except ScenarioError as error:
        assert all(problem.line for problem in error.problems)
        raise
    assert len(changed_lines(before, after)) == (old != new)
    one, other = leaves(plain(before)), leaves(plain(after))
    assert list(one) == list(other)
    differing = {field for field in one if one[field] != other[field]}
    assert differing == ({path} if old != new else set())
    assert str(other[path]) == str(plain(f"value: {new}")["value"])
    assert edit.set_value(after, path, old) == before


@settings(max_examples=40)
@given(st.data())
def test_there_and_back_gives_the_bytes_of_the_small_file(data: st.DataObject) -> None:
    check_there_and_back("small", *data.draw(edits("small")))


@settings(max_examples=5)
@pytest.mark.parametrize("name", sorted(set(FILES) - {"small"}))
@given(st.data())
def test_there_and_back_gives_the_bytes_of_a_shipped_file(name: str, data: st.DataObject) -> None:
    check_there_and_back(name, *data.draw(edits(name)))


@settings(max_examples=120)
@given(st.text(min_size=1, max_size=60) | st.text(alphabet=" '\"\\:{}[]#&*!|>%@`,-?=<~\n\t01ab", min_size=1, max_size=20))
def test_any_title_is_data(title: str) -> None:
    """Whatever a title holds, it comes back as it is, or is refused; it never becomes structure."""
    try:
        after = edit.set_value(UGLY, "decision.title", title)
    except ScenarioError:
        return
    assert loads(after).decision.title == title.strip()
    before, behind = UGLY.split("'Don''t move'")
    assert after.startswith(before)
    assert after.endswith(behind)
    assert leaves(plain(after)) == leaves(plain(UGLY)) | {"decision.title": title.strip()}


@settings(max_examples=40)
@given(st.text(alphabet=" '\"\\:{}[]#&*!|>%@`,-?=<~é\u2028\x85\n\t01ab", min_size=1, max_size=20).filter(str.strip))
def test_any_note_is_data(note: str) -> None:
    for path in ("inputs.pay", "options.now.labour.desk.fte"):
        after = edit.set_note(UGLY, path, "note", note)
        assert at(loads(after).source.data, path)["note"] == note.strip()
        assert edit.set_note(after, path, "note", note) == after


def test_titles_that_yaml_would_read_otherwise_are_accepted() -> None:
    for title in (
        "no",
        "12",
        "true",
        "2026-11-01",
        "a: b",
        "x # y",
        "{{ x }}",
        "[draft]",
        "= 1 + 1",
        "- a",
        "'",
        '"',
        "~",
        "\u2028"[:0] + "é",
    ):
        assert loads(edit.set_value(SMALL, "decision.title", title)).decision.title == title


# --- Variants --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("name", sorted(FILES))
def test_a_variant_appended_and_taken_out_gives_the_bytes_back(name: str, ending: str) -> None:
    before = FILES[name].replace("\n", ending)
    after = edit.add_variant(before, "dear_money", "Money costs: 12%, #1", {"timeline.discount_rate": "pert(9%, 12%, 15%)/year"})
    assert after.replace("\r\n", "").count("\n") == (0 if ending == "\r\n" else after.count("\n"))
    added = plain(after)["variants"]["dear_money"]
    assert added == {"label": "Money costs: 12%, #1", "set": {"timeline.discount_rate": "pert(9%, 12%, 15%)/year"}}
    assert loads(after, changes=["dear_money"]).timeline.discount_rate.text == "pert(9%, 12%, 15%)/year"
    assert edit.remove_variant(after, "dear_money") == before


@pytest.mark.parametrize("last", ["", "\n", "\n\n", "\n# after\n"])
def test_a_first_variant_makes_the_section_and_the_last_one_takes_it_along(last: str) -> None:
    before = UGLY + last
    after = edit.add_variant(before, "busy", "", {}, times={"inputs.cases": "1.5"}, note="a guess", stress=True)
    block = "variants:\n    busy:\n        times: {inputs.cases: 1.5}\n        stress: true\n        note: a guess\n"
    assert after == before.replace("# the end", block + "# the end")
    assert edit.remove_variant(after, "busy") == before


def test_a_variant_follows_the_manner_of_the_others() -> None:
    assert "\n  busy: {label: Busy, set: {inputs.cases.start: 90k cases/month}}\n" in edit.add_variant(
        FILES["starter"], "busy", "Busy", {"inputs.cases.start": "90k cases/month"}
    )
    inline = SMALL.rstrip() + "\nvariants: {calm: {times: {inputs.cases: 0.9}}}\n"
    after = edit.add_variant(inline, "busy", "", {}, times={"inputs.cases": "1.1"})
    assert after == inline.replace("0.9}}}", "0.9}}, busy: {times: {inputs.cases: 1.1}}}")
    assert edit.remove_variant(after, "calm") == inline.replace("calm: {times: {inputs.cases: 0.9}}", "busy: {times: {inputs.cases: 1.1}}")


@pytest.mark.parametrize(
    ("name", "settings_", "message"),
    [
        ("gpu_shortage", {"timeline.discount_rate": "1%/year"}, "already the name of a variant"),
        ("negotiated", {"timeline.discount_rate": "1%/year"}, "already the name of a lever"),
        ("Dear", {"timeline.discount_rate": "1%/year"}, "cannot be a name"),
        ("dear", {}, "is empty"),
        ("dear", {"inputs.nobody": "4"}, "there is no 'inputs.nobody'"),
        ("dear", {"options.host.success_share": "400%"}, "leaves the range"),
    ],
)  # fmt: skip
def test_a_variant_that_cannot_be_is_refused(name: str, settings_: dict[str, str], message: str) -> None:
    problems = refused(edit.add_variant, FILES["ml_platform"], name, "", settings_)
    assert message in problems[0].message
    assert problems[0].line > 300
    assert problems[0].mend


def test_a_variant_that_is_not_there_cannot_be_taken_out() -> None:
    problem = refused(edit.remove_variant, FILES["ml_platform"], "gpu_shortages")[0]
    assert problem.mend == "did you mean 'gpu_shortage'?"


# --- Difference and saving -------------------------------------------------------------------------------------------------------


def patched(before: str, diff: str) -> str:
    """Apply a unified diff, checking each line it says was there: a small reading of the format by another hand."""
    old = re.findall(r"[^\n]*\n|[^\n]+", before)
    new, place = list[str](), 0
    lines = diff.split("\n")
    for number, line in enumerate(lines):
        if header := re.match(r"@@ -(\d+)(?:,(\d+))? \+", line):
            start = int(header[1]) - (header[2] != "0")
            new += old[place:start]
            place = start
        elif line[:1] in (" ", "-", "+") and not line.startswith(("--- ", "+++ ")):
            said = line[1:] + ("" if lines[number + 1].startswith("\\") else "\n")
            if line[0] != "+":
                assert old[place] == said
                place += 1
            if line[0] != "-":
                new.append(said)
    return "".join(new + old[place:])


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(["a", "b\r", "", "-c", "\\d", "e\x85f"]), max_size=8),
    st.lists(st.sampled_from(["a", "b\r", "", "x", "\\d"]), max_size=8),
)
def test_a_difference_says_how_to_get_from_one_text_to_the_other(one: list[str], other: list[str]) -> None:
    before, after = "\n".join(one), "\n".join(other)
    assert patched(before, edit.difference(before, after, "x.yaml")) == after


def test_the_difference_of_one_edit_names_the_file_and_one_line() -> None:
    found = edit.difference(SMALL, edit.set_value(SMALL, "timeline.months", "36"), "small.yaml")
    assert found.startswith("--- a/small.yaml\n+++ b/small.yaml\n@@ ")
    assert [line[0] for line in found.split("\n")[3:] if line[:1] in "+-" and line] == ["-", "+"]
    assert edit.difference(SMALL, SMALL) == ""


@pytest.mark.parametrize("as_fingerprint", [True, False])
def test_what_is_saved_is_the_text_to_the_byte(tmp_path: Path, as_fingerprint: bool) -> None:
    path, before = tmp_path / "one.yaml", "\ufeff" + SMALL.replace("\n", "\r\n")
    path.write_bytes(before.encode())
    path.chmod(0o600)
    assert edit.read_text(path) == before
    after = edit.set_value(before, "timeline.months", "36")
    key = edit.save(path, after, edit.fingerprint(before) if as_fingerprint else before, write_bytes)
    assert path.read_bytes() == after.encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert edit.save(path, before, key, write_bytes) == edit.fingerprint(before)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(SMALL + "# a word of a colleague\n")
    problem = refused(edit.save, path, SMALL, SMALL, write_bytes)[0]
    assert "has changed on the disk" in problem.message
    assert "reload" in problem.mend
    assert "save as" in problem.mend
    assert path.read_text().endswith("colleague\n")
    path.unlink()
    assert "no longer there" in refused(edit.save, path, SMALL, SMALL, write_bytes)[0].message
    assert not path.exists()
    edit.save(path, SMALL, None, write_bytes)
    assert "is there already" in refused(edit.save, path, "other", None, write_bytes)[0].message
    assert path.read_text() == SMALL


def test_a_write_that_fails_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(SMALL)

    def fails(target: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(target))

    with pytest.raises(OSError, match="No space left"):
        edit.save(path, SMALL + "#\n", SMALL, fails)
    assert path.read_text() == SMALL


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="the system has no links")
def test_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text(SMALL)
    link.symlink_to(real)
    edit.save(link, SMALL + "#\n", SMALL, write_bytes)
    assert link.is_symlink()
    assert real.read_text() == SMALL + "#\n"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sheet.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in refused(edit.read_text, path)[0].message
    assert "cannot be read" in refused(edit.read_text, tmp_path / "absent.yaml")[0].message
