"""The model reference is the one that the code makes, links to files that are there, and leaves no line or driver out."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner
from markdown_it import MarkdownIt

from tco_model.cli import main
from tco_model.exporters.reference import reference
from tco_model.lines.catalogue import KINDS, LINES

PAGE = Path(__file__).parents[2] / "tco_model" / "lines" / "README.md"


def test_the_page_beside_the_code_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: tco docs -o tco_model/lines/README.md"


def test_every_line_and_every_driver_has_its_formula() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in (*(line.name for line in LINES), *(kind.name for kind in KINDS)):
        assert f"\n### {name}\n" in page
    spelled = re.findall(r"^> (\w+) = \S", page, flags=re.MULTILINE)
    assert len(spelled) == len(LINES) + sum(len(kind.drivers) for kind in KINDS)


def test_its_links_lead_to_the_function() -> None:
    for function, file in re.findall(r"\[`(\w+)`\]\((\w+\.py)\)", PAGE.read_text(encoding="utf-8")):
        assert f"def {function}(" in (PAGE.parent / file).read_text(encoding="utf-8")


def test_its_tables_are_tables() -> None:
    """A sign that breaks a row, such as a bar, would leave fewer tables than entries."""
    html = MarkdownIt("gfm-like", {"linkify": False}).render(PAGE.read_text(encoding="utf-8"))
    assert html.count("<table>") == len(LINES) + len(KINDS) + 1
    assert "<em>second</em>" not in html


def test_the_command_prints_and_writes_it(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["docs"]).output == reference()
    target = tmp_path / "reference.md"
    assert CliRunner().invoke(main, ["docs", "-o", str(target)]).exit_code == 0
    assert target.read_text(encoding="utf-8") == reference()
