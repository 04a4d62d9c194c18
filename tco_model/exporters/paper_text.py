"""Turns a paper into plain text and tables in the terminal, without its pictures."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from tco_model.report.paper.document import Contents, Figure, Listing, Paper, Paragraph, Spans, Table


def print_paper(paper: Paper, console: Console) -> None:
    """Print a paper, section by section."""
    console.print(Text(paper.title, style="bold"))
    console.print(paper.subtitle)
    for section in paper.sections:
        console.print()
        console.print(Text(f"{section.number}  {section.heading}".strip(), style="bold"))
        for block in section.blocks:
            match block:
                case Paragraph(spans):
                    console.print(_text(spans))
                case Listing(items):
                    for item in items:
                        console.print(f"- {_text(item)}")
                case Table():
                    _print_table(block, console)
                case Contents() | Figure():
                    pass


def _print_table(table: Table, console: Console) -> None:
    grid = Grid(title=table.caption, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in table.columns:
        grid.add_column(column.title, justify="right" if column.align == "right" else "left")
    for row in table.rows:
        grid.add_row(*(_text(cell) for cell in row.cells))
    console.print(grid)
    if table.note:
        console.print(table.note)


def _text(spans: Spans) -> str:
    return "".join(span.text for span in spans)
