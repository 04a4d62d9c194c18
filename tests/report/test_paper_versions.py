"""The paper of two versions: the figures of both, parts that add up, the fields as the files write them, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import tco_model.api as tco
from tco_model.cli import main
from tco_model.report.paper.document import Paper, Table
from tco_model.report.paper.versions import make_versions_paper
from tco_model.report.paper.wording import plain_number
from tco_model.report.report import make_report
from tco_model.scenario.versions import Versions

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("versions")
    text = SMALL.read_text(encoding="utf-8")
    first, last = folder / "first.yaml", folder / "last.yaml"
    first.write_text(text, encoding="utf-8")
    changed = text.replace("engineer_pay: 130k", "engineer_pay: 190k").replace("handling_minutes: 8 to 14", "handling_minutes: 4 to 7")
    last.write_text(changed, encoding="utf-8")
    return first, last


@pytest.fixture(scope="module")
def paper(files: tuple[Path, Path]) -> Paper:
    reports = [make_report(tco.simulate(tco.load(path), draws=300)) for path in files]
    return make_versions_paper(reports[0], reports[1], Versions.read(*files), tco.diff(*files, draws=300))


def table(paper: Paper, key: str) -> list[list[str]]:
    section = next(section for section in paper.sections if section.key == key)
    held = next(block for block in section.blocks if isinstance(block, Table))
    return [["".join(span.text for span in cell) for cell in row.cells] for row in held.rows]


def test_the_options_stand_with_the_figures_of_both_reports(paper: Paper, files: tuple[Path, Path]) -> None:
    before, after = (make_report(tco.simulate(tco.load(path), draws=300)) for path in files)
    for shown, was, now in zip(table(paper, "options"), before.options, after.options, strict=True):
        assert shown[:3] == [now.label, plain_number(was.figures["npv_cost"].mean), plain_number(now.figures["npv_cost"].mean)]


def test_changed_fields_are_shown_as_the_files_write_them_and_add_up(paper: Paper, files: tuple[Path, Path]) -> None:
    fields = {row[0]: row[1:] for row in table(paper, "fields")}
    assert fields["inputs.engineer_pay"] == ["130k USD/FTE/year", "190k USD/FTE/year"]
    assert len(fields) == 2
    found = tco.diff(*files, draws=300)
    assert found.first + sum(part.value for part in found.parts) == pytest.approx(found.last, rel=1e-12)
    assert [row[0] for row in table(paper, "why")] == [*(part.label for part in found.parts), "together"]


@pytest.mark.parametrize("ending", ["docx", "pdf", "html", "md"])
def test_the_command_writes_every_format(files: tuple[Path, Path], tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"changes.{ending}"
    done = CliRunner().invoke(main, ["diff", *map(str, files), "-o", str(target), "--draws", "200"])
    assert done.exit_code == 0, done.output
    assert target.stat().st_size > 2_000
    if ending in ("html", "md"):
        assert "190k USD/FTE/year" in target.read_text(encoding="utf-8")


def test_a_version_without_a_change_says_so(files: tuple[Path, Path]) -> None:
    report = make_report(tco.simulate(tco.load(files[0]), draws=100))
    same = make_versions_paper(report, report, Versions.read(files[0], files[0]), tco.diff(files[0], files[0], draws=100))
    assert "stays the option" in same.description
    assert "say the same" in str(next(section for section in same.sections if section.key == "fields"))


@pytest.mark.parametrize("target", ["changes.txt", "nowhere/changes.pdf"])
def test_a_name_that_cannot_be_written_is_refused_before_anything_is_simulated(files: tuple[Path, Path], target: str) -> None:
    done = CliRunner().invoke(main, ["diff", *map(str, files), "-o", target])
    assert done.exit_code == 2 and "Traceback" not in done.output
