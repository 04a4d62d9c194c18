"""What leaves the tool, timed against the simulation it tells of: papers, workbook, tables; with their sizes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

import tco_model.api as tco
from tco_model.exporters.html import write_html
from tco_model.exporters.markdown import write_markdown
from tco_model.exporters.pdf import write_pdf
from tco_model.exporters.tidy import write_data
from tco_model.exporters.word import write_word
from tco_model.exporters.workbook import write_workbook
from tco_model.report.paper.findings import find
from tco_model.report.paper.paper import make_paper
from tco_model.report.report import make_report
from tests.benchmarks.test_speed import ROOT

pytestmark = pytest.mark.benchmark


def timed(work: Callable[[], object]) -> tuple[float, object]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def size(path: object) -> float:
    return Path(str(path)).stat().st_size / 1e3


@pytest.mark.parametrize("name", ["ml_platform", "support_assistant"])
def test_papers_and_workbook_against_the_simulation(name: str, tmp_path: Path) -> None:
    scenario = tco.load(ROOT / "scenarios" / f"{name}.yaml", {"timeline.months": 60})
    unit, result = timed(lambda: tco.simulate(scenario))
    assert isinstance(result, tco.Result)
    analysed, found = timed(lambda: find(scenario))
    paper = make_paper(found)  # type: ignore[arg-type]
    writers = {".docx": write_word, ".pdf": write_pdf, ".html": write_html, ".md": write_markdown}
    print(f"\n{name}, 60 months: simulation {unit:.2f} s; every analysis of a paper {analysed:.1f} s, {analysed / unit:.1f} simulations")
    for ending, write in writers.items():
        took, path = timed(lambda write=write, ending=ending: write(paper, tmp_path / f"paper{ending}"))
        print(f"  {ending:6} {took:5.1f} s, {took / unit:4.1f} simulations, {size(path):7.0f} kB; with analyses {analysed + took:.1f} s")
    report = make_report(result)
    took, path = timed(lambda: write_workbook(result, tmp_path / "book.xlsx", report))
    print(f"  .xlsx  {took:5.1f} s, {took / unit:4.1f} simulations, {size(path):7.0f} kB, {len(report.options)} options")
    took, _ = timed(lambda: write_data(result, report, tmp_path / "data"))
    print(f"  tables {took:5.1f} s, {took / unit:4.1f} simulations")
