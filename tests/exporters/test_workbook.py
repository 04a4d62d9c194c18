"""The workbook and NumPy are two routes to one figure: an independent engine recalculates the formulas and must agree."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import tco_model as tco
from tco_model.engine.central import central_case, central_leaves
from tco_model.engine.compile import compile_scenario
from tco_model.exporters.cells import FIGURES, FIRST_MONTH, INPUTS, PATHS, SUMMARY, VALUE, layout
from tco_model.exporters.workbook import write_workbook
from tco_model.exporters.workbook_sheets import CHECKS, FIRST, defined_names, sheet_names
from tests.spreadsheet import Spreadsheet

ROOT = Path(__file__).parents[2]
SCENARIOS = [ROOT / "tests/data/small.yaml", *sorted((ROOT / "scenarios").glob("*.yaml"))]
TOLERANCE = 1e-11


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda path: path.stem)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A scenario and the workbook made from it."""
    target = tmp_path_factory.mktemp("workbook") / "model.xlsx"
    write_workbook(tco.simulate(tco.load(request.param), draws=200), target)
    return request.param, target


def test_every_formula_recalculates_to_the_value_stored_beside_it(written: tuple[Path, Path]) -> None:
    book = Spreadsheet(written[1])
    book.recalculate()
    formulas = book.formulas()
    assert len(formulas) > 1_000
    for sheet, row, column in formulas:
        if isinstance(book.cached(sheet, row, column), str):
            assert book.value(sheet, row, column) == book.cached(sheet, row, column)
            continue
        assert book.value(sheet, row, column) == pytest.approx(book.cached(sheet, row, column), rel=TOLERANCE, abs=1e-9), (
            f"{sheet} row {row} column {column}: {book.text(sheet, row, 1)} {book.text(sheet, row, column)}"
        )


def _changed(name: str, values: np.ndarray) -> np.ndarray:
    """Lower an input by up to a tenth, each by its own share, so that a formula that reads the wrong cell is seen."""
    share = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big") / 2**32
    return values * (1.0 - 0.1 * share)


def test_changing_every_input_moves_workbook_and_numpy_alike(written: tuple[Path, Path]) -> None:
    model = compile_scenario(tco.load(written[0]))
    places = layout(model)
    leaves = central_leaves(model)
    changes = {name: _changed(name, leaves[name]) for name in (*places.inputs, *places.paths)}
    book = Spreadsheet(written[1])
    for name, row in places.inputs.items():
        book.set(INPUTS, row + 1, 3, float(changes[name][0, 0]))
    for name, row in places.paths.items():
        for month, value in enumerate(changes[name][0]):
            book.set(PATHS, row + 1, FIRST_MONTH + month + 1, float(value))
    book.recalculate()
    expected = central_case(model, {str(place): row.term for place, row in enumerate(places.rows)}, changes)
    for place, row in enumerate(places.rows):
        values = expected[str(place)][0]
        cells = range(FIRST_MONTH, FIRST_MONTH + model.months) if row.months else [VALUE]
        found = [book.value(FIGURES, place + 2, column + 1) for column in cells]
        assert found == pytest.approx(list(np.broadcast_to(values, len(found))), rel=TOLERANCE, abs=1e-9), row.name


def test_the_summary_shows_every_category_of_every_option(written: tuple[Path, Path]) -> None:
    book = Spreadsheet(written[1])
    scenario = tco.load(written[0])
    shown = [str(book.text(SUMMARY, row, 1)) for row in range(1, 80)]
    for option in scenario.options:
        assert any(option.label in str(book.text(SUMMARY, row, column)) for row in range(1, 12) for column in range(3, 9))
    for category in ("token", "compute", "storage", "observability", "labour", "migration", "risk", "fees"):
        row = next(position for position, text in enumerate(shown, start=1) if text.startswith(f"Total cost of {category},"))
        for column, _ in enumerate(scenario.options, start=3):
            assert str(book.text(SUMMARY, row, column)).startswith(("=", "none: "))


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    scenario = tco.load(ROOT / "tests/data/small.yaml")
    first, second = (write_workbook(tco.simulate(scenario, draws=200), tmp_path / f"{name}.xlsx") for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_a_label_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    text = (
        (ROOT / "tests/data/small.yaml").read_text().replace("question: Managed or self-hosted?", "question: '=HYPERLINK(\"http://x.y\")'")
    )
    target = write_workbook(tco.simulate(tco.loads(text), draws=50), tmp_path / "model.xlsx")
    book = Spreadsheet(target)
    assert book.text(SUMMARY, 2, 1) == '=HYPERLINK("http://x.y")'
    assert (SUMMARY, 2, 1) not in book.formulas()


def test_a_failed_write_leaves_the_old_workbook_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "model.xlsx"
    target.write_bytes(b"the old one")
    result = tco.simulate(tco.load(ROOT / "tests/data/small.yaml"), draws=50)
    monkeypatch.setattr("xlsxwriter.Workbook.close", lambda book: (_ for _ in ()).throw(OSError("no space left on device")))
    with pytest.raises(OSError, match="no space"):
        write_workbook(result, target)
    assert target.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["model.xlsx"]


def test_every_option_has_a_sheet_with_a_row_a_line_and_a_column_a_month(written: tuple[Path, Path]) -> None:
    model = compile_scenario(tco.load(written[0]))
    book = openpyxl.load_workbook(written[1])
    for graph in model.options:
        sheet = book[sheet_names([graph.label], ())[0]]
        texts = [str(sheet.cell(row, 1).value) for row in range(1, sheet.max_row + 1)]
        assert sum(str(sheet.cell(row, FIRST + 1).value).startswith("=Model!") for row in range(4, sheet.max_row + 1)) >= len(graph.lines)
        for words in ("Total", "Discount factor", "Present value", "Paid so far"):
            row = texts.index(words) + 1
            assert all(str(sheet.cell(row, FIRST + 1 + month).value).startswith("=") for month in range(model.months))


def test_the_checks_agree_until_a_reader_changes_an_input_and_then_say_so(written: tuple[Path, Path]) -> None:
    book = Spreadsheet(written[1])
    book.recalculate()
    rows = range(4, 4 + 4 * len(tco.load(written[0]).options))
    assert [book.value(CHECKS, row, 5) for row in rows] == ["yes"] * len(rows)
    assert book.value(CHECKS, 2, 2) == 0
    places = layout(compile_scenario(tco.load(written[0])))
    for name in [name for name in places.inputs if name.startswith("inputs.")][:3]:
        row = places.inputs[name] + 1
        book.set(INPUTS, row, 3, 1.25 * float(book.value(INPUTS, row, 3)))
    book.recalculate()
    found = [book.value(CHECKS, row, 5) for row in rows]
    assert book.value(CHECKS, 2, 2) == 3
    assert set(found) <= {"yes", "changed by a reader"}
    assert found[0::2] == ["yes"] * (len(rows) // 2), "the lines still sum to the model's own figures"


def test_every_input_has_a_name_that_leads_to_it(written: tuple[Path, Path]) -> None:
    places = layout(compile_scenario(tco.load(written[0])))
    names = openpyxl.load_workbook(written[1]).defined_names
    for name, called in defined_names(places.inputs).items():
        assert names[called].attr_text == f"{INPUTS}!$C${places.inputs[name] + 1}"


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (["a", "A", "a"], ["a", "A 2", "a 3"]),
        (["Summary"], ["Summary 2"]),
        (["x/y:z*?[q]"], ["x y z   q"]),
        (["m" * 40, "m" * 41], ["m" * 31, "m" * 29 + " 2"]),
        (["", "///"], ["Option 1", "Option 2"]),
    ],
)
def test_names_of_sheets_are_ones_a_spreadsheet_takes(labels: list[str], wanted: list[str]) -> None:
    assert sheet_names(labels, ["Summary"]) == wanted
