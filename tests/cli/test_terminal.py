"""What stands on a terminal: tables that fit, the best of a row marked by more than colour, no codes where none are wanted."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

import tco_model as tco
from tco_model.exporters import progress
from tco_model.exporters.terminal import BEST, make_console, print_report
from tco_model.report.report import Report

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    """A stream that says a person reads it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def of_width(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return monkeypatch


@pytest.fixture(scope="module")
def report() -> Report:
    return tco.compare(SMALL, draws=400)


def widened(report: Report, options: int) -> Report:
    """The report with more options, whose names are long."""
    labels = [f"Self-hosted open-weight model number {place}" for place in range(options)]
    copies = (replace(report.options[place % 2], name=f"option_{place}", label=label) for place, label in enumerate(labels))
    return replace(report, options=tuple(copies))


def printed(report: Report, monkeypatch: pytest.MonkeyPatch, width: int, *, lines: bool = True) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Terminal()
    print_report(report, make_console(stream), lines=lines)
    return stream.getvalue()


@pytest.mark.parametrize("options", [2, 4, 5, 8])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_no_figure_is_cut(
    report: Report, of_width: pytest.MonkeyPatch, width: int, options: int
) -> None:
    text = ESCAPE.sub("", printed(widened(report, options), of_width, width))
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    blocks = text.count("Chance of being best")
    assert blocks == {60: -(-options // 2), 80: -(-options // 4), 120: -(-options // 6)}[width]
    means = "".join(line.removeprefix("  mean") for line in text.splitlines() if line.startswith("  mean"))
    figures = ("npv_cost", "total_cost", "net_value", "cost_per_outcome")
    assert len(re.findall(r"\d[\d.,]*(?: [kM])?", means)) == options * len(figures)


def test_the_best_of_a_row_is_marked_without_colour(report: Report, of_width: pytest.MonkeyPatch) -> None:
    of_width.setenv("NO_COLOR", "1")
    text = printed(report, of_width, 100)
    assert "\x1b" not in text
    row = next(line for line in text.splitlines() if line.startswith("  mean"))
    figures = [option.figures["npv_cost"].mean for option in report.options]
    cells = re.findall(rf"[\d.,]+ [kM](?: \{BEST})?", row)
    assert [cell.endswith(BEST) for cell in cells] == [value == min(figures) for value in figures]


def test_options_that_read_the_same_are_not_told_apart_by_a_mark(report: Report, of_width: pytest.MonkeyPatch) -> None:
    option = report.options[0]
    twins = replace(report, options=(option, replace(option, name="twin", label="twin")))
    text = ESCAPE.sub("", printed(twins, of_width, 100, lines=False))
    assert not [line for line in text.splitlines() if line.rstrip().endswith(f" {BEST}")]


def test_colour_stands_on_a_terminal_and_nowhere_else(report: Report, of_width: pytest.MonkeyPatch) -> None:
    assert "\x1b" in printed(report, of_width, 100)
    plain = io.StringIO()
    print_report(report, make_console(plain))
    assert "\x1b" not in plain.getvalue()


def test_a_bar_appears_among_the_messages_after_a_while_and_only_for_a_person(of_width: pytest.MonkeyPatch) -> None:
    messages = Terminal()
    of_width.setattr("sys.stderr", messages)
    of_width.setattr(progress, "PATIENCE", 0.0)
    with progress.progress_bar(100_000) as report:
        assert report is not None
        while "Drawing futures" not in messages.getvalue():
            report(50_000, 100_000)
    assert "Drawing futures" in messages.getvalue()
    with progress.progress_bar(100) as report:
        assert report is None
    of_width.setattr("sys.stderr", io.StringIO())
    with progress.progress_bar(100_000) as report:
        assert report is None


def test_a_quick_run_shows_no_bar(of_width: pytest.MonkeyPatch) -> None:
    messages = Terminal()
    of_width.setattr("sys.stderr", messages)
    with progress.progress_bar(100_000) as report:
        assert report is not None
        report(100_000, 100_000)
    assert ESCAPE.sub("", messages.getvalue()).strip() == ""
