"""Texts of a scenario that a spreadsheet would take for formulas or links stand in its workbook as texts."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

import tco_model as tco
from tco_model.exporters.workbook import write_workbook

SMALL = (Path(__file__).parents[1] / "data/small.yaml").read_text()
BITES = (
    '=evil(\\"x\\")',
    "{=evil}",
    "http://evil.example",
    "file:///evil",
    "internal:evil!A1",
    "mailto:evil@example.com",
    "+evil",
    "@evil",
)


@pytest.mark.parametrize("bite", BITES)
def test_a_text_is_a_text_in_every_cell(bite: str, tmp_path: Path) -> None:
    text = SMALL.replace("title: A small decision that uses most features", f'title: "{bite}"').replace(
        "source: helpdesk", f'source: "{bite}"'
    )
    assert text.count(bite) == 2
    target = write_workbook(tco.simulate(tco.loads(text), draws=20), tmp_path / "model.xlsx")
    with zipfile.ZipFile(target) as parts:
        sheets = {name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))}
    assert "evil" in sheets["xl/sharedStrings.xml"], "the text is there"
    for name, sheet in sheets.items():
        if name.startswith("xl/worksheets/"):
            assert not any("evil" in formula for formula in re.findall(r"<f[ >].*?</f>", sheet, re.DOTALL)), name
            assert "<hyperlink" not in sheet or "evil" not in sheet, name
        if name.endswith(".rels"):
            assert "evil" not in sheet, name
