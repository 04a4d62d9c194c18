"""Turns a good scenario and one edit into a bad one, with what its refusal must say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

GOOD = (Path(__file__).parent / "good.yaml").read_text()


@dataclass(frozen=True)
class Case:
    """One slip of the pen: `found` in the good scenario becomes `put`; a line with `at` is where the problem must be seen."""

    found: str
    put: str
    field: str
    """The field that the problem names."""
    says: str
    """Words of the message: the offending value or name, and what is wrong."""
    mend: str
    """Words of the mend."""
    better: str = ""
    """What someone who follows the mend writes in place of `put`; the scenario is then good again."""
    at: str = ""
    """Text of the line where the problem stands; the first line of `put` where none is named."""

    @property
    def text(self) -> str:
        """The bad scenario."""
        return self._with(self.put)

    @property
    def line(self) -> int:
        """The line where the problem stands, from 1."""
        text = self.text
        start = text.index(self.at) if self.at else GOOD.index(self.found) + len(self.put) - len(self.put.lstrip())
        return text[:start].count("\n") + 1

    def mended(self, suggestion: str = "") -> str:
        """The scenario after the mend: a suggested name in place of the wrong one, or `better` in place of `put`."""
        if not suggestion:
            return self._with(self.better)
        wrong = re.search(r"'([^']*)'", self.says)
        assert wrong and wrong[1] in self.put, f"the case does not name the wrong word: {self.says}"
        return self._with(self.put.replace(wrong[1], suggestion, 1))

    def _with(self, put: str) -> str:
        assert GOOD.count(self.found) == 1, f"{GOOD.count(self.found)} places in the good scenario hold {self.found!r}"
        return GOOD.replace(self.found, put)


def values(found: str, field: str, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> list[Case]:
    """Return a case for each bad value of one field: value, words of the message, words of the mend, the mended value."""
    key = found.partition(":")[0]
    return [Case(found, f"{key}: {row[0]}", field, row[1], row[2], f"{key}: {row[3]}" if len(row) == 4 else "") for row in rows]
