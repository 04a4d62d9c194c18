"""Turns what a scenario really holds into a checklist: the twelve steps of a cost estimate, and those of an options appraisal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from tco_model.report.paper.document import Block, Column, Row, Span, Table, paragraph, row, said
from tco_model.report.paper.findings import Findings
from tco_model.report.paper.risks import MITIGATION
from tco_model.report.paper.wording import listed

Held = Literal["held", "in part", "missing"]
FEWEST_OPTIONS = 3
"""Of an appraisal: what runs today and two ways to go."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is asked, whether the paper holds it, where, and what would supply the rest."""

    asked: str
    held: Held
    where: str
    supply: str = ""


def checklist(found: Findings) -> Iterator[Block]:
    """Yield both checklists as tables, and how many steps are held."""
    for caption, steps in (
        ("Cost estimate: the twelve steps of GAO-20-195G", gao_steps(found)),
        ("Options appraisal: the Green Book of HM Treasury", green_book_steps(found)),
    ):
        columns = (
            Column("Step", weight=2.2),
            Column("Here", weight=0.8),
            Column("Where", weight=2.0),
            Column("What would supply the rest", weight=3.0),
        )
        rows: tuple[Row, ...] = tuple(
            row(one.asked, (Span(one.held, strong=one.held != "held"),), one.where or "–", said(one.supply or "–")) for one in steps
        )
        yield Table(caption, columns, rows)
        counts = {kind: sum(one.held == kind for one in steps) for kind in ("held", "in part", "missing")}
        yield paragraph(f"{counts['held']} of {len(steps)} held, {counts['in part']} in part, {counts['missing']} missing.", quiet=True)


def _step(asked: str, where: str, *lacking: tuple[bool, str], missing: bool = False) -> Step:
    """Return a step that is held unless something is lacking: each with what would supply it."""
    supply = "; ".join(said for lacks, said in lacking if lacks)
    held: Held = "missing" if missing else "in part" if supply else "held"
    return Step(asked, held, "" if missing else where, supply)


def gao_steps(found: Findings) -> tuple[Step, ...]:
    """Return the twelve steps of the GAO Cost Estimating and Assessment Guide (GAO-20-195G)."""
    decision, report = found.scenario.decision, found.report
    unsaid = [one.label for one in report.options if not one.summary]
    reasonless = [
        f"{option.label}: {one.category}" for option in report.options for one in option.categories if one.total is None and not one.reason
    ]
    sourced = sum(not one.is_assumption for one in report.inputs)
    uncertain = any(one.uncertain for one in report.inputs)
    several = len(report.options) > 1
    return (
        _step("1 Purpose of the estimate", "1 The decision asked for", (not decision.owner, "decision.owner: who asks and who decides")),
        _step(
            "2 Plan of the estimate",
            "A3 Method",
            (not decision.as_of, "decision.as_of: when the inputs were gathered"),
            (True, "team, schedule and review of the estimate: no field holds them"),
        ),
        _step("3 What is estimated", "A1 Ground rules", (bool(unsaid), f"a summary of {listed(unsaid)}")),
        _step(
            "4 Structure of the estimate",
            "A4 What each option costs",
            (bool(reasonless), f"a reason why nothing is spent, {listed(reasonless)}"),
        ),
        _step("5 Ground rules and assumptions", "A1, A2", (not decision.notes, "decision.notes: what is included and what is left out")),
        _step(
            "6 Data",
            f"A2: {sourced} of {len(report.inputs)} inputs with a source",
            (sourced < len(report.inputs), f"source, url and as_of of the other {len(report.inputs) - sourced}, those of section 5 first"),
            missing=False,
        ),
        _step(
            "7 Point estimate and independent estimate",
            "3, A4",
            (True, "an estimate of the same scope by people who have not seen this one"),
        ),
        _step(
            "8 Sensitivity",
            "4 What would change the answer" if several else "",
            (not several, "a second option, or “tco sensitivity”"),
            missing=not several,
        ),
        _step(
            "9 Risk and uncertainty",
            "3, 6, A3 with the S-curve",
            (not uncertain, "ranges in place of single numbers"),
            missing=not uncertain,
        ),
        _step("10 Documentation", "A1 to A8", (not found.fingerprint, "a scenario in a file, so that its text can be proved")),
        _step("11 Presentation and approval", "pages 1 and 2", (True, "who approved it, and when: sign the paper")),
        _step(
            "12 Update with actuals", "", (True, "bills of the months that have passed, against this forecast: “tco actuals”"), missing=True
        ),
    )


def green_book_steps(found: Findings) -> tuple[Step, ...]:
    """Return the steps of an options appraisal as the Green Book has them."""
    scenario, report = found.scenario, found.report
    count = len(report.options)
    valued = scenario.outcome is not None and scenario.outcome.value is not None
    promised = any(
        one.latency_seconds is not None or one.availability is not None or one.success_share is not None for one in report.options
    )
    lines = [one for option in scenario.options for category, held in option.lines if category == "risk" for one in held]
    mitigated = sum(MITIGATION in dict(one.quantities) or bool(one.note) for one in lines)
    uncertain = any(one.uncertain for one in report.inputs)
    stress = found.variants is not None and any(one.stress for one in found.variants.cases)
    return (
        _step(
            "Business as usual among the options",
            f"3: {found.label[report.baseline]}",
            (not _names_baseline(found), "baseline: true at the option that runs today"),
        ),
        _step(
            "A short list of options",
            f"3: {count} options",
            (count < FEWEST_OPTIONS, f"{FEWEST_OPTIONS - count} more, one that does the least"),
            missing=count == 1,
        ),
        _step("Discounted costs", "3, A1", missing=False),
        _step(
            "Benefits in money",
            "A1, net value",
            (scenario.outcome is None, "outcome: what the spend buys"),
            (not valued, "outcome.value: what one outcome is worth"),
            missing=not valued,
        ),
        _step(
            "Benefits that are not in money",
            "8 What differs besides money",
            (not promised, "success_share and promises of each option"),
            missing=not promised,
        ),
        _step(
            "Optimism bias",
            "A1",
            (not scenario.optimism_bias, "optimism_bias of lines whose range does not hold overruns yet; never on top of one that does"),
            missing=not scenario.optimism_bias,
        ),
        _step("Switching values", "4 What would change the answer", (count == 1, "a second option"), missing=count == 1),
        _step("Distribution of costs", "A3 with the S-curve", (not uncertain, "ranges in place of single numbers"), missing=not uncertain),
        _step(
            "Risks, costed and mitigated",
            f"6: {mitigated} of {len(lines)} risks with a mitigation or a note",
            (not lines, "risk lines"),
            (mitigated < len(lines), "mitigation_effect, or a note that says what is done"),
            missing=not lines,
        ),
        _step("Stress cases", "6 Risks and what is done about them", (not stress, "variants with stress: true"), missing=not stress),
        _step(
            "Monitoring and evaluation",
            "",
            (True, "what will be measured once it runs, and when the decision is looked at again"),
            missing=True,
        ),
    )


def _names_baseline(found: Findings) -> bool:
    """Say whether the file says what runs today, rather than leaving it at the first option."""
    data = cast("dict[str, Any]", found.scenario.source.data) if found.scenario.source else {}
    options = cast("dict[str, Any]", data.get("options", {}))
    return any(isinstance(one, dict) and bool(cast("dict[str, Any]", one).get("baseline")) for one in options.values())
