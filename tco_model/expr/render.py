"""Turns a term into words, or into an Excel formula for one month, with brackets only where precedence asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from tco_model.expr.ops import OPS, Op
from tco_model.expr.term import Term

CALL = 9
"""The precedence of a function call in the table of operations, the tightest."""


def spell_number(value: float) -> str:
    """Spell a number without losing digits: 12, 0.25, 1e-07."""
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value)


def words(term: Term, names: Mapping[int, str]) -> str:
    """Spell a term in words; a node whose id is in `names` is spelled by that name, the term itself is always opened."""
    return _spell(term, lambda node: names.get(id(node)) if node is not term else None, _fill_words, calls_bracket=False)


def named_arguments(term: Term, names: Mapping[int, str]) -> list[Term]:
    """Return the named figures and leaves a term is directly made of, each once, in the order they appear."""
    found: dict[int, Term] = {}

    def visit(node: Term) -> None:
        if node is not term and (id(node) in names or node.op == "leaf"):
            found.setdefault(id(node), node)
            return
        for arg in node.args:
            visit(arg)

    visit(term)
    return list(found.values())


class Cells(Protocol):
    """Where terms stand in a workbook."""

    def cell(self, term: Term, month: int) -> str | None:
        """Return the reference of a term's cell for a month (from 0), or None where it has no cell of its own."""
        ...

    def row(self, term: Term, first: int, last: int) -> str:
        """Return the reference of a term's cells from month `first` to month `last`; of one cell where both are the same."""
        ...

    @property
    def months(self) -> int:
        """The number of months of the timeline."""
        ...


def excel(term: Term, cells: Cells, month: int) -> str:
    """Spell a term as an Excel formula for one month, without the leading ``=``; the term itself is always opened."""
    return _spell(
        term,
        lambda node: cells.cell(node, month) if node is not term else None,
        lambda op, node, parts: op.excel.format(*parts, **_ranges(op, node, cells, month)),
        calls_bracket=True,
    )


def needs_row(term: Term) -> list[Term]:
    """Return the arguments below `term` that must have a row of cells because a formula reads them as a range."""
    found: list[Term] = []

    def visit(node: Term) -> None:
        if node.op in OPS and OPS[node.op].reads_months:
            found.append(node.args[0])
        for arg in node.args:
            visit(arg)

    visit(term)
    return found


def _ranges(op: Op, node: Term, cells: Cells, month: int) -> dict[str, str]:
    if not op.reads_months:
        return {}
    arg, setting = node.args[0], node.setting or 0
    if op.name == "total":
        return {"all": cells.row(arg, 0, cells.months - 1)}
    return {
        "row": cells.row(arg, 0, month),
        "lagged": cells.row(arg, month - setting, month - setting) if month >= setting else "0",
        "window": cells.row(arg, max(0, month - setting + 1), month),
    }


def _fill_words(op: Op, node: Term, parts: list[str]) -> str:
    return op.words.format(*parts, span="1 month" if node.setting == 1 else f"{node.setting} months")


def _spell(term: Term, name_of: Callable[[Term], str | None], fill: Callable[[Op, Term, list[str]], str], *, calls_bracket: bool) -> str:
    """Spell a term; `calls_bracket` says that a function's arguments stand inside brackets of its own."""
    named = name_of(term)
    if named is not None:
        return named
    if term.op == "leaf":
        return term.name
    if term.op == "constant":
        if term.name and not calls_bracket:
            return term.name
        minus = "-" if calls_bracket else "−"
        return spell_number(term.value) if term.value >= 0 else f"({minus}{spell_number(-term.value)})"
    op = OPS[term.op]
    parts: list[str] = []
    for position, arg in enumerate(term.args):
        text = _spell(arg, name_of, fill, calls_bracket=calls_bracket)
        bare = arg.op not in OPS or name_of(arg) is not None or (op.precedence == CALL and calls_bracket)
        inner = CALL if bare else OPS[arg.op].precedence
        parts.append(f"({text})" if inner < op.precedence or (position > 0 and inner == op.precedence < CALL) else text)
    return fill(op, term, parts)
