"""Every cost line and driver spells what its golden file says, in words and as a workbook formula; `rendering` writes them anew."""

from __future__ import annotations

import pytest

from tco_model.lines.graph import figures
from tests.lines.rendering import GOLDEN, golden_text

FIGURES = figures()


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_spells_what_its_golden_file_says(name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    assert path.exists(), f"run `python -m tests.lines.rendering` and read {path.name} before you commit it"
    assert golden_text(name, FIGURES[name]).splitlines() == path.read_text(encoding="utf-8").splitlines()


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(FIGURES)
