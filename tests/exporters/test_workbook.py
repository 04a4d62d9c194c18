"""The workbook and NumPy are two routes to one figure: an independent engine recalculates the formulas and must agree."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

import tco_model as tco
from tco_model.engine.central import central_case, central_leaves
from tco_model.engine.compile import compile_scenario
from tco_model.exporters.cells import FIGURES, FIRST_MONTH, INPUTS, PATHS, SUMMARY, VALUE, layout
from tco_model.exporters.workbook import write_workbook
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
