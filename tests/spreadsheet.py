"""Recalculates a workbook with a spreadsheet engine that shares no code with ours, so that formulas are judged, not cached values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ironcalc
import openpyxl


class Spreadsheet:
    """An opened workbook. Rows and columns count from 1, as a person sees them."""

    def __init__(self, path: Path) -> None:
        self._cached = openpyxl.load_workbook(path, data_only=True)
        self._book = openpyxl.load_workbook(path)
        self._model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        self._sheets = {name: position for position, name in enumerate(self._book.sheetnames)}

    def formulas(self) -> list[tuple[str, int, int]]:
        """Every cell that holds a formula."""
        return [
            (sheet.title, cell.row, cell.column)
            for sheet in self._book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]

    def text(self, sheet: str, row: int, column: int) -> Any:
        """What was written into a cell: a text, a number or a formula."""
        return self._book[sheet].cell(row, column).value

    def cached(self, sheet: str, row: int, column: int) -> Any:
        """The value our writer stored beside a formula."""
        return self._cached[sheet].cell(row, column).value

    def set(self, sheet: str, row: int, column: int, value: float) -> None:
        """Type a number into a cell."""
        self._model.set_user_input(self._sheets[sheet], row, column, repr(value))

    def recalculate(self) -> None:
        """Work out every formula anew."""
        self._model.evaluate()

    def value(self, sheet: str, row: int, column: int) -> Any:
        """The value of a cell after the last recalculation."""
        return self._model.get_cell_value(self._sheets[sheet], row, column)
