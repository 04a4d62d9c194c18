"""Turns each family of bad files into where such a file is put and the command that reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bad_input import bad_bills as bills
from tests.bad_input import bad_kept as kept
from tests.bad_input import bad_logs as logs
from tests.bad_input import bad_measurements as measurements
from tests.bad_input import bad_plans as plans
from tests.bad_input.bad_file import BadFile, whole_files
from tests.bad_input.case import GOOD
from tests.engine.test_sizing import TEXT


@dataclass(frozen=True)
class Place:
    """A folder with an imported bill and good files beside it, for commands that read several."""

    folder: Path

    @property
    def space(self) -> Path:
        """The workspace."""
        return self.folder / "bills"

    @property
    def rules(self) -> Path:
        """The allocation file."""
        return self.folder / "allocation.yaml"


Words = Callable[[Place, Path], Sequence[str | Path]]


@dataclass(frozen=True)
class Family:
    """Bad files that one command reads."""

    cases: Sequence[BadFile]
    words: Words
    """The command, of the place and the bad file."""
    within: str = ""
    """Folder of the workspace where the file has to lie; anywhere where left out."""


def _beside(scenario: str) -> Words:
    """Check a scenario that names the file, which has to lie beside it."""

    def words(_: Place, file: Path) -> Sequence[str | Path]:
        (file.parent / "decision.yaml").write_text(scenario)
        return "check", file.parent / "decision.yaml"

    return words


SHAPED = TEXT.replace("        peak_to_mean: 2\n", "").replace("50 ms}", "50 ms, load_shape: week.json}")
FAMILIES = {
    "bills": Family(bills.CASES, lambda place, file: ("actuals", "import", file, "-w", place.space)),
    "logs": Family(logs.CASES, lambda place, file: ("actuals", "import", file, "-w", place.space)),
    "allocation": Family(plans.ALLOCATIONS, lambda place, file: ("allocate", place.space, "--rules", file)),
    "budgets": Family(plans.BUDGETS, lambda place, file: ("budget", "check", place.space, "--rules", place.rules, "--budgets", file)),
    "plans": Family(plans.PLANS, lambda place, file: ("forecast", place.space, "--rules", place.rules, "--plan", file)),
    "evidence": Family(plans.EVIDENCES, lambda place, file: ("calibrate", place.folder / "decision.yaml", "--evidence", file)),
    "decisions": Family(plans.DECISIONS, lambda place, _: ("decisions", place.space, "--rules", place.rules), "decisions"),
    "outcomes": Family(
        measurements.OUTCOMES, lambda place, file: ("unit-metrics", place.space, "--rules", place.rules, "--outcomes", file)
    ),
    "request logs": Family(measurements.REQUEST_LOGS, lambda _, file: ("load-shape", file)),
    "benchmarks": Family(measurements.BENCHMARKS, _beside(measurements.SCENARIO)),
    "load shapes": Family(measurements.SHAPES, _beside(SHAPED)),
    "scenarios": Family(whole_files("decision.yaml"), lambda _, file: ("check", file)),
    "kept forecasts": Family(kept.FORECASTS, lambda place, _: ("forecast", place.space, "--rules", place.rules, "--kept"), "forecasts"),
    "closed months": Family(kept.CLOSED, lambda place, _: ("chargeback", place.space, "--rules", place.rules), "closed"),
    "alerts": Family(
        kept.ALERTS,
        lambda place, _: ("budget", "check", place.space, "--rules", place.rules, "--budgets", place.folder / "budgets.yaml"),
        ".",
    ),
}
CORPUS = [(name, case) for name, family in FAMILIES.items() for case in family.cases]


def _months() -> list[dict[str, str]]:
    """The first and the last day of each month of half a year."""
    found: list[dict[str, str]] = []
    for month in range(1, 7):
        start, end = f"2026-{month:02d}-01", f"2026-{month + 1:02d}-01"
        last = (dt.date.fromisoformat(end) - dt.timedelta(days=1)).isoformat()
        period = {"BillingPeriodStart": start, "BillingPeriodEnd": end}
        found += [
            period | {"ChargePeriodStart": day, "ChargePeriodEnd": after} for day, after in ((start, f"2026-{month:02d}-02"), (last, end))
        ]
    return found


def furnish(folder: Path) -> Place:
    """Write the good files into a folder and import a bill."""
    from tco_model.actuals.load import import_files
    from tests.actuals.bills import charge, write

    (folder / "allocation.yaml").write_text(plans.ALLOCATION)
    (folder / "budgets.yaml").write_text(plans.BUDGET)
    (folder / "decision.yaml").write_text(GOOD)
    rows = [charge(Tags=f'{{"owner": "{owner}"}}', ResourceId=owner, **period) for period in _months() for owner in ("ml", "search")]
    import_files([write(folder / "good.csv", rows)], folder / "bills")
    (folder / "bills" / "outcomes.csv").write_text(measurements.COUNTS)
    return Place(folder)
