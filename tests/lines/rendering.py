"""Spells a cost line or driver as its golden file does: what it asks for, the formula in words and as a workbook writes it.

Golden files are rewritten on purpose only, and each difference is read before it is committed:

    python -m tests.lines.rendering
"""

from __future__ import annotations

from pathlib import Path

from tco_model.expr.render import excel, words
from tco_model.expr.term import Term
from tco_model.lines.graph import SETTINGS, figures, graph_of, unit_of
from tco_model.lines.nomenclature import SETTING_BY_NAME
from tco_model.lines.registry import CostLine, Figure

GOLDEN = Path(__file__).parents[1] / "golden"


class Cells:
    """A workbook whose cells are called by the name of what they hold; a range of months is ``name[first..last]``."""

    months = 6

    def cell(self, term: Term, month: int) -> str | None:
        return term.name if term.op == "leaf" else None

    def row(self, term: Term, first: int, last: int) -> str:
        name = term.name if term.op == "leaf" else f"«{words(term, {})}»"
        return f"{name}[{first}]" if first == last else f"{name}[{first}..{last}]"


def golden_text(name: str, figure: Figure) -> str:
    """The text of a golden file."""
    term = graph_of(figure)
    assert set(SETTINGS) >= {parameter for parameter in figure.parameters if parameter in SETTING_BY_NAME}
    sort = "cost line" if isinstance(figure, CostLine) else "driver"
    about = [f"{name}: {sort} [{figure.unit.shown}]", figure.summary, ""]
    if isinstance(figure, CostLine):
        about[0] += f", {figure.category or 'any category'}{', escalates' if figure.escalates else ''}{', memo' if figure.memo else ''}"
    asked = [f"  {one} [{SETTINGS[one] if one in SETTINGS else unit_of(one).shown}]" for one in figure.parameters]
    return "\n".join([*about, "asks for", *asked, "", "in words", f"  {words(term, {})}", "", "in a workbook, fifth month",
                      f"  ={excel(term, Cells(), 4)}", ""])  # fmt: skip


def main() -> None:
    """Write every golden file anew and remove those of lines that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    texts = {f"{name}.txt": golden_text(name, figure) for name, figure in figures().items()}
    for path in GOLDEN.glob("*.txt"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (GOLDEN / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
