"""The paper says what the simulation says, names what the scenario lacks, and holds together for the smallest decision."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.analysis.switching import switching_values
from tco_model.engine.futures import Futures
from tco_model.report.format import short_number
from tco_model.report.paper.checklist import Step, gao_steps, green_book_steps
from tco_model.report.paper.document import Contents, Figure, Paper, Table, plain, web_address
from tco_model.report.paper.findings import Findings, find, reaches
from tco_model.report.paper.paper import make_paper
from tco_model.report.paper.wording import listed, plain_number, sentence, value_text
from tco_model.scenario.load import load, loads
from tests.report.paper_cases import ROOT, SHIPPED, SMALL, findings_of, paper_of, texts

ALONE = """
schema: 1
decision: {title: One, question: Shall we?}
timeline: {start: 2027-01, months: 12, discount_rate: 0%/year}
options:
  only:
    token: {none: nothing of the kind}
    compute: {none: nothing of the kind}
    storage: {none: nothing of the kind}
    observability: {none: nothing of the kind}
    labour: {team: {line: staff, fte: 2 FTE, salary: 100k USD/FTE/year, on_cost_share: 0%}}
    migration: {none: nothing of the kind}
    risk: {none: nothing can happen}
    fees: {none: nothing of the kind}
"""


def _tables(paper: Paper) -> dict[str, Table]:
    return {block.caption: block for section in paper.sections for block in section.blocks if isinstance(block, Table)}


def _cells(table: Table) -> list[list[str]]:
    return [["".join(span.text for span in cell) for cell in row.cells] for row in table.rows]


def _step(steps: tuple[Step, ...], begins: str) -> Step:
    return next(one for one in steps if one.asked.startswith(begins))


@pytest.mark.parametrize("path", [SMALL, *SHIPPED], ids=lambda path: path.stem)
def test_the_options_table_holds_the_means_and_quantiles_of_the_draws(path: Path) -> None:
    found = findings_of(path)
    figure = found.report.decide_by
    rows = _cells(next(table for caption, table in _tables(paper_of(path)).items() if caption.startswith("The options by")))
    for cells, option in zip(rows, found.report.options, strict=True):
        sample = found.result.sample(option.name, figure)
        assert cells[0] == option.label
        assert cells[1] == short_number(float(np.mean(sample)))
        low, high = np.quantile(sample, [0.1, 0.9])
        assert cells[2] == f"{short_number(float(low))} to {short_number(float(high))}"


@pytest.mark.parametrize("path", [SMALL, *SHIPPED], ids=lambda path: path.stem)
def test_every_input_of_the_model_stands_in_the_register_once(path: Path) -> None:
    found, tables = findings_of(path), _tables(paper_of(path))
    written = tables["Inputs that the scenario or a dated table gives"]
    count = sum(not row.group for row in written.rows)
    left = next((table for caption, table in tables.items() if caption.startswith("Inputs left at")), None)
    count += sum(len(cells[3].split(", ")) for cells in _cells(left)) if left else 0
    assert count == len(found.report.inputs)


@pytest.mark.parametrize("path", [SMALL, *SHIPPED], ids=lambda path: path.stem)
def test_every_cost_line_has_its_formula(path: Path) -> None:
    found = findings_of(path)
    rows = [cells for cells in _cells(_tables(paper_of(path))["The formula of each cost line in words"]) if len(cells) > 1]
    assert [cells[0] for cells in rows] == [name for graph in found.model.options for name in graph.lines]
    assert all(cells[1] for cells in rows)


@pytest.mark.parametrize("path", [SMALL, *SHIPPED], ids=lambda path: path.stem)
def test_tables_and_pictures_are_numbered_in_reading_order_and_sections_have_one_address_each(path: Path) -> None:
    paper = paper_of(path)
    for kind in (Table, Figure):
        numbers = [block.number for section in paper.sections for block in section.blocks if isinstance(block, kind)]
        assert numbers == list(range(1, len(numbers) + 1))
    keys = [section.key for section in paper.sections]
    assert len(set(keys)) == len(keys)
    assert sum(isinstance(block, Contents) for section in paper.sections for block in section.blocks) == 1
    assert len([one for one in paper.front for block in one.blocks if isinstance(block, Figure)]) <= 2


def test_the_same_scenario_seed_and_draws_give_the_same_paper() -> None:
    again = make_paper(find(load(SMALL), draws=300, command=f"tco report {SMALL.name} -o paper.pdf"))
    assert texts(again) == texts(paper_of(SMALL))
    assert [figure.picture.rows for figure in again.figures()] == [figure.picture.rows for figure in paper_of(SMALL).figures()]
    other = make_paper(find(load(SMALL), draws=300, seed=8))
    assert texts(other) != texts(again)


def test_no_analysis_contradicts_the_answer() -> None:
    """Of ml_platform 2,000 futures prefer another option than 10,000: levers and cases must then be seen on more."""
    found = findings_of(ROOT / "scenarios/ml_platform.yaml", 10_000)
    few = Futures(found.model, draws=2_000).base
    means = {option: few.summary(option, "npv_cost").mean for option in few.options}
    assert min(means, key=lambda option: means[option]) != found.report.preferred
    assert found.levers is not None
    assert found.variants is not None
    assert found.switching is not None
    assert found.levers.preferred == found.report.preferred
    assert found.variants.cases[0].preferred == found.report.preferred
    assert found.switching.preferred == found.report.preferred


def test_the_nearest_switch_of_a_search_over_all_inputs_is_among_those_searched() -> None:
    found = findings_of(SMALL)
    assert found.switching is not None
    every = switching_values(Futures(found.model, draws=300), points=5)
    nearest = [one.input.name for one in every.inputs if one.nearest is not None]
    assert nearest
    assert nearest[0] in {one.input.name for one in found.switching.inputs}


def test_the_reach_of_an_input_on_a_straight_line_is_where_two_costs_meet() -> None:
    """People of 100,000 a year: 2 against 3 of them, so that the gap is gone at half as many again of the first."""
    two = ALONE.replace("  only:", "  few:") + ALONE[ALONE.index("  only:") :].replace("  only:", "  more:").replace("2 FTE", "3 FTE")
    found = find(loads(two), draws=10)
    reach = reaches(found.model, found.result)
    assert reach["options.few.labour.team.fte"] == pytest.approx(0.5)
    assert reach["options.more.labour.team.fte"] == pytest.approx(1 / 3)
    assert found.switching is not None
    held = {one.input.name: one.nearest for one in found.switching.inputs}
    switch = held["options.few.labour.team.fte"]
    assert switch is not None
    assert switch.value == pytest.approx(3.0)


def test_one_option_without_outcome_or_range_has_a_paper_that_promises_nothing() -> None:
    found = find(loads(ALONE), draws=50)
    said = " ".join(texts(make_paper(found)))
    assert "200 k USD" in said
    assert "There is one option" in said
    assert "best on average" not in said
    assert "nothing can happen" in said
    steps = {one.asked: one.held for one in (*gao_steps(found), *green_book_steps(found))}
    assert steps["Switching values"] == steps["Benefits in money"] == steps["9 Risk and uncertainty"] == "missing"


def _with(found: Findings, **fields: object) -> Findings:
    scenario = found.scenario.model_copy(update=fields) if hasattr(found.scenario, "model_copy") else replace(found.scenario, **fields)  # type: ignore[arg-type]
    return replace(found, result=replace(found.result, model=replace(found.model, scenario=scenario)))


def test_the_checklist_says_what_the_scenario_lacks_and_no_longer_once_it_is_there() -> None:
    found = findings_of(SMALL)
    steps = gao_steps(found)
    assert _step(steps, "1 ").held == "in part"
    assert "decision.owner" in _step(steps, "1 ").supply
    owned = _with(found, decision=found.scenario.decision.model_copy(update={"owner": "A. Person"}))
    assert _step(gao_steps(owned), "1 ").held == "held"
    assert _step(green_book_steps(found), "Benefits in money").held == "held"
    assert found.scenario.outcome is not None
    unvalued = _with(found, outcome=replace(found.scenario.outcome, value=None))
    assert _step(green_book_steps(unvalued), "Benefits in money").held == "missing"
    assert _step(green_book_steps(found), "Optimism bias").held == "missing"
    assert _step(green_book_steps(_with(found, optimism_bias=("one",))), "Optimism bias").held == "held"
    assert _step(green_book_steps(found), "A short list").supply.startswith("1 more")


def test_a_baseline_nobody_named_is_pointed_out() -> None:
    text = SMALL.read_text(encoding="utf-8")
    unnamed = find(loads(text.replace("    baseline: true\n", "")), draws=20)
    assert _step(green_book_steps(unnamed), "Business as usual").held == "in part"
    assert _step(green_book_steps(findings_of(SMALL)), "Business as usual").held == "held"


def test_the_paper_proves_the_text_it_was_made_from() -> None:
    assert findings_of(SMALL).fingerprint == hashlib.sha256(SMALL.read_bytes()).hexdigest()
    said = texts(paper_of(SMALL))
    assert findings_of(SMALL).fingerprint in said
    assert "300, seed 7, random design" in said


def test_applied_levers_stand_in_the_title_and_are_not_offered_again() -> None:
    path = ROOT / "scenarios/ml_platform.yaml"
    found = find(load(path), ("shorter_prompts",), draws=50)
    assert "with Shorter prompts" in make_paper(found).subtitle
    assert found.levers is not None
    assert "shorter_prompts" not in {one.name for one in found.levers.levers}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("a\tb\nc\r\nd", "a b c d"),
        ("a\x00\x1b[31m\x7fb", "a[31mb"),
        ("a\ud800b", "ab"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("a\u200bb\ufeff", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("  many   blanks ", "many blanks"),
    ],
)  # fmt: skip
def test_plain_text_is_one_line_of_visible_signs(text: str, wanted: str) -> None:
    assert plain(text) == wanted


@given(st.text())
def test_plain_text_stays_plain_and_no_xml_writer_can_refuse_it(text: str) -> None:
    held = plain(text)
    assert plain(held) == held
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in held)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("https://example.com/<é >", "https://example.com/%3C%C3%A9%3E"),
        ("https://example.com/a%20b", "https://example.com/a%20b"),
        ("javascript:alert(1)", ""),
        (" java\nscript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("//example.com", ""),
        ("https://exa\x00mple.com", ""),
        ("data:text/html,x", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(url: str, wanted: str) -> None:
    assert web_address(url) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (value_text(0.125, "ratio", share=True), "12.5%"),
        (value_text(0.99, "ratio"), "0.99"),
        (value_text(-0.1234, "1/year"), "−12.34%/year"),
        (value_text(0.88, "USD/Mtoken", error=0.0213), "0.88 ± 0.021 USD/Mtoken"),
        (value_text(1.1, "USD", path=True), "1.1 × its path"),
        (plain_number(36_630_000.0), "36.63 M"),
        (plain_number(6769.0, 2), "6,769"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (listed(["a", "b, c"], "or"), "a; or b, c"),
        (listed([]), ""),
        (sentence("no end"), "No end."),
        (sentence("Has one!"), "Has one!"),
    ],
)  # fmt: skip
def test_wording(said: str, wanted: str) -> None:
    assert said == wanted
