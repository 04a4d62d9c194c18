"""Turns the tasks of a portfolio and what they came to into its plan, its table with a row an option, and a summary."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.actuals.arrow import arrow, parquet
from tco_model.engine.build import build, model_version
from tco_model.errors import Problem
from tco_model.exporters.tidy import Row, csv_text
from tco_model.report.format import chance, chance_error, short_number
from tco_model.report.portfolio import Outcome, Simulated, Surveyed, Task
from tco_model.report.sentences import FIGURE_WORDS

PLAN, JOURNAL, PARQUET, CSV = "plan.json", "journal.jsonl", "portfolio.parquet", "portfolio.csv"
MOST_ROWS = 40
"""Rows a person reads on a terminal; the table has all."""
NUMBERS = ("mean", "mean_error", "p10", "p50", "p90", "chance_best", "chance_best_error")
COLUMNS: Mapping[str, str] = {
    "scenario": "string", "title": "string", "variant": "string", "months": "int64", "values": "string", "status": "string",
    "option": "string", "label": "string", "figure": "string", "unit": "string", **dict.fromkeys(NUMBERS, "float64"),
    "preferred": "bool", "baseline": "bool", "currency": "string", "draws": "int64", "seed": "uint64", "design": "string",
    "scenario_sha256": "string", "model_version": "string", "problem": "string",
}  # fmt: skip
"""Columns of the table with their types. A task that failed has one row, with its problem and no figures."""
DONE, FAILED = "done", "failed"


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything that was planned and what it came to."""

    scenarios: tuple[Surveyed, ...]
    tasks: tuple[Task, ...]
    outcomes: Mapping[str, Outcome]
    """By key of the task."""
    computed: int
    """Tasks computed now."""

    @property
    def problems(self) -> list[Problem]:
        """Everything wrong with any scenario or task."""
        return [problem for one in self.scenarios for problem in one.problems] + [
            problem for task in self.tasks for problem in self.outcomes[task.key].problems
        ]

    @property
    def unreadable(self) -> int:
        """Files that are no scenario, and so have no task."""
        return sum(bool(one.problems) for one in self.scenarios)

    @property
    def failed(self) -> int:
        """Tasks that failed."""
        return sum(bool(self.outcomes[task.key].problems) for task in self.tasks)

    @property
    def kept(self) -> int:
        """Tasks that were there from a run before."""
        return len(self.tasks) - self.computed - self.failed


def plan_data(scenarios: Sequence[Surveyed], tasks: Sequence[Task], simulated: Simulated) -> dict[str, Any]:
    """Return what is going to be computed, as plain data."""
    return {
        "build": dict(build()),
        "simulation": asdict(simulated),
        "scenarios": [
            {"file": one.file, "sha256": one.sha256, "title": one.title, "months": one.months, "problems": list(map(str, one.problems))}
            for one in scenarios
        ],
        "tasks": [
            {"key": task.key, "scenario": task.file, "variant": task.variant, "months": task.months, "values": task.values}
            for task in tasks
        ],
    }


def table_rows(found: Portfolio) -> Iterator[Row]:
    """Yield the rows in the order of the plan: the same for any order in which the tasks were computed."""
    scenarios = {one.file: one for one in found.scenarios}
    for one in found.scenarios:
        if one.problems:
            yield _row(one, {"problem": _told(one.problems)})
    for task in found.tasks:
        one, outcome = scenarios[task.file], found.outcomes[task.key]
        place: Row = {"variant": task.variant, "months": task.months, "values": task.values}
        if outcome.problems:
            yield _row(one, {**place, "problem": _told(outcome.problems)})
        for row in outcome.rows:
            yield _row(one, {**place, "status": DONE, **row})


def _row(one: Surveyed, held: Mapping[str, Any]) -> Row:
    own = {"scenario": one.file, "title": one.title, "scenario_sha256": one.sha256, "model_version": model_version(), "status": FAILED}
    return {name: {**own, **held}.get(name) for name in COLUMNS}


def _told(problems: Sequence[Problem]) -> str:
    return "\n".join(map(str, problems))


def portfolio_parquet(rows: Sequence[Row]) -> bytes:
    """Spell the rows as Parquet, each column with its type also where every value is absent."""
    types = {kind: arrow().type_for_alias(kind) for kind in COLUMNS.values()}
    columns = {name: arrow().array([row[name] for row in rows], types[kind]) for name, kind in COLUMNS.items()}
    written = io.BytesIO()
    parquet().write_table(arrow().table(columns), written)
    return written.getvalue()


def write_tables(found: Portfolio, folder: Path) -> list[Row]:
    """Write the table as Parquet and CSV, each whole or not at all, and return its rows."""
    from tco_model.exporters.files import write_bytes, write_text

    rows = list(table_rows(found))
    write_bytes(folder / PARQUET, portfolio_parquet(rows))
    write_text(folder / CSV, csv_text(rows))
    return rows


def summary_data(found: Portfolio, rows: Sequence[Row], folder: Path) -> dict[str, Any]:
    """Return what came out, as plain data: counts, the preferred option of every task, and all problems."""
    return {
        "folder": str(folder),
        "table": str(folder / PARQUET),
        "model_version": model_version(),
        "scenarios": len(found.scenarios),
        "tasks": len(found.tasks),
        "computed": found.computed,
        "kept": found.kept,
        "failed": found.failed,
        "unreadable": found.unreadable,
        "preferred": [row for row in rows if row["preferred"]],
        "problems": [problem.as_dict() for problem in found.problems],
    }


def print_summary(found: Portfolio, rows: Sequence[Row], folder: Path, console: Console) -> None:
    """Print which option is preferred in every task, and where the whole table is."""
    shown = [row for row in rows if row["preferred"] or (row["status"] == FAILED and row["months"])]
    figures = sorted({FIGURE_WORDS[str(row["figure"])] for row in shown if row["preferred"]})
    if figures:
        console.print(Text(f"Preferred option by {' or '.join(figures)}, mean of the futures", style="bold"))
    if shown:
        console.print(_table(shown[:MOST_ROWS], _short_names([one.file for one in found.scenarios])))
    if len(shown) > MOST_ROWS:
        console.print(f"… and {len(shown) - MOST_ROWS:,} more in the table")
    tasks, scenarios = len(found.tasks), len(found.scenarios) - found.unreadable
    said = f"{tasks:,} task{'s' * (tasks != 1)} of {scenarios:,} scenario{'s' * (scenarios != 1)}: {found.computed:,} computed"
    said += f", {found.kept:,} kept from before, {found.failed:,} failed"
    said += f"; files that are no scenarios: {found.unreadable:,}" if found.unreadable else ""
    console.print(Text(f"{said}.\nTable: {folder / PARQUET}, {folder / CSV}"), soft_wrap=True)


def _table(rows: Sequence[Row], short: Mapping[str, str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    moved = any(row["values"] for row in rows)
    right, whole = ("months", "mean", "best in", "±"), ("scenario", "months", "mean", "unit", "best in", "±")
    for name in ("scenario", "variant", *(["values"] if moved else []), "months", "preferred", "mean", "unit", "best in", "±"):
        table.add_column(name, justify="right" if name in right else "left", overflow="fold", no_wrap=name in whole)
    for row in rows:
        table.add_row(*(Text(cell) for cell in _cells(row, short, moved=moved)))
    return table


def _short_names(files: Sequence[str]) -> dict[str, str]:
    """Return the name of each file without its folder, or whole where two would read alike."""
    stems = [Path(file).stem for file in files]
    return {file: stem if stems.count(stem) == 1 else file for file, stem in zip(files, stems, strict=True)}


def _cells(row: Row, short: Mapping[str, str], *, moved: bool) -> list[str]:
    best, error = float(row["chance_best"] or 0.0), float(row["chance_best_error"] or 0.0)
    place = [
        short[str(row["scenario"])],
        str(row["variant"] or "as written"),
        *([str(row["values"])] if moved else []),
        str(row["months"]),
    ]
    if row["status"] == FAILED:
        return [*place, "failed", "", "", "", ""]
    return [
        *place,
        str(row["label"]),
        short_number(float(row["mean"] or 0.0)),
        str(row["unit"]),
        chance(best),
        chance_error(error),
    ]
