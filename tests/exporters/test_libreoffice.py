"""LibreOffice works the workbook out as NumPy does, in every monthly cell, as written and after three inputs were changed in the file.

The file is saved without any stored value first, so that nothing but a recalculation can fill its cells.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import tco_model.api as tco
from tco_model.engine.central import central_case, central_leaves
from tco_model.engine.compile import compile_scenario
from tco_model.exporters.cells import FIGURES, FIRST_MONTH, INPUTS, VALUE, layout
from tco_model.exporters.workbook import write_workbook
from tco_model.exporters.workbook_sheets import CHECKS

pytestmark = pytest.mark.office
SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
INSTALL = "install it: apt-get install --no-install-recommends libreoffice-calc"


def recalculated(path: Path, folder: Path) -> openpyxl.Workbook:
    """Let LibreOffice work out a workbook that holds no values."""
    office = shutil.which("soffice") or pytest.fail(f"no LibreOffice to recalculate with; {INSTALL}", pytrace=False)
    folder.mkdir()
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return openpyxl.load_workbook(folder / path.name, data_only=True)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_every_monthly_cell_is_numpys(scenario: Path, tmp_path: Path) -> None:
    model = compile_scenario(tco.load(scenario))
    places, leaves = layout(model), central_leaves(model)
    written = write_workbook(tco.simulate(tco.load(scenario), draws=50), tmp_path / "written.xlsx")
    changed = [name for name in places.inputs if name.startswith("inputs.") and float(leaves[name].item()) > 0.0][:3]
    for label, names in (("as_written", []), ("changed", changed)):
        book = openpyxl.load_workbook(written)
        changes = {name: leaves[name] * (1.0 + 0.1 * place) for place, name in enumerate(names, 1)}
        for name, values in changes.items():
            book[INPUTS].cell(places.inputs[name] + 1, 3).value = float(values.item())
        emptied = tmp_path / f"{label}.xlsx"
        book.save(emptied)
        assert openpyxl.load_workbook(emptied, data_only=True)[FIGURES].cell(2, VALUE + 1).value is None, "no stored value is left"
        found = recalculated(emptied, tmp_path / label)
        expected = central_case(model, {str(place): row.term for place, row in enumerate(places.rows)}, changes)
        sheet = found[FIGURES]
        for place, row in enumerate(places.rows):
            values = np.broadcast_to(expected[str(place)][0], (model.months if row.months else 1,))
            first = (FIRST_MONTH if row.months else VALUE) + 1
            cells = [sheet.cell(place + 2, first + month).value for month in range(len(values))]
            assert cells == pytest.approx(list(values), rel=1e-9, abs=1e-9), f"{label}: {row.name}"
        checks = [found[CHECKS].cell(row, 5).value for row in range(4, 4 + 4 * len(model.options))]
        assert set(checks) <= ({"yes"} if not names else {"yes", "changed by a reader"})
        assert found[CHECKS].cell(2, 2).value == len(names)
        errors = [
            (one.title, cell.coordinate)
            for one in found
            for cells in one.iter_rows()
            for cell in cells
            if isinstance(cell.value, str) and cell.value.startswith("#")
        ]
        assert errors == []
