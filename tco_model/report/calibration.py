"""Turns a scenario and what was measured into its calibrated text, with the answers before and after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tco_model.engine.compile import compile_scenario
from tco_model.engine.run import run
from tco_model.finops.books import Books
from tco_model.finops.calibrate import Proposal, calibrated_text, propose
from tco_model.finops.evidence import Evidence
from tco_model.report.format import percent
from tco_model.report.report import Report, make_report
from tco_model.scenario.load import loads


@dataclass(frozen=True, slots=True)
class Calibration:
    """What measuring does to a scenario; nothing is written by it."""

    text: str
    """The scenario as it is."""
    after_text: str
    """With every proposal taken."""
    proposals: tuple[Proposal, ...]
    before: Report
    after: Report

    @property
    def changes_decision(self) -> bool:
        """Whether another option is preferred now."""
        return self.before.preferred != self.after.preferred

    @property
    def verdict(self) -> str:
        """Say whether the decision stands."""
        return verdict(self.before, self.after)


def calibration(
    text: str,
    evidence: Mapping[str, Evidence],
    books: Books | None,
    *,
    file: str,
    draws: int | None = None,
    progress: Callable[[int, int], None] = lambda done, steps: None,
) -> Calibration:
    """Calibrate a scenario by what was measured.

    Args:
        text: of the scenario.
        evidence: from `read_evidence`.
        books: the workspace; needed for ratios.
        file: of the scenario, beside which what it names is looked for.
        draws: futures; the scenario's own where left out.
        progress: called with the steps done and all of them.

    Raises:
        ScenarioError: a scenario that cannot be read, or evidence that does not fit it.
    """
    progress(0, 3)
    proposals = propose(compile_scenario(loads(text, file)), evidence, books)
    after = calibrated_text(text, proposals, file)
    progress(1, 3)
    reports: list[Report] = []
    for one in (text, after):
        reports.append(make_report(run(compile_scenario(loads(one, file)), draws=draws)))
        progress(len(reports) + 1, 3)
    return Calibration(text, after, proposals, *reports)


def verdict(before: Report, after: Report) -> str:
    """Say whether the decision stands."""
    labels = {one.name: (one.label, one.chance_best.value) for one in after.options}
    label, odds = labels[after.preferred]
    said = f"{label} is preferred, best in {percent(odds, 0)} of futures"
    if before.preferred == after.preferred:
        return f"The decision stands: {said}."
    return f"The decision changes: {said}; before it was {labels[before.preferred][0]}."
