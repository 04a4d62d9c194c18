"""Turns what options promise and what binds one to them into the differences that no amount of money shows."""

from __future__ import annotations

from collections.abc import Iterator

from tco_model.analysis.timing import BOUND
from tco_model.report.format import percent, short_number
from tco_model.report.paper.document import Block, Column, Table, paragraph, row
from tco_model.report.paper.findings import Findings
from tco_model.report.paper.wording import NONE, listed
from tco_model.report.report import OptionReport
from tco_model.scenario.schema import Component, Option


def differences(found: Findings) -> Iterator[Block]:
    """Yield quality, promises, lock-in and way out of each option."""
    report = found.report
    columns = (
        Column("Option", weight=2.1),
        Column("Success share, P10 to P90", weight=1.9),
        Column("Answers in", "right", 0.9),
        Column("Available", "right", 0.9),
        Column("Bound by", weight=1.8),
        Column("Way out, costed at", weight=1.4),
    )
    rows = tuple(
        row(
            option.label,
            _success(option),
            NONE if option.latency_seconds is None else f"{option.latency_seconds:g} s",
            NONE if option.availability is None else f"{100 * option.availability:.6g}%",
            lock_in(found.scenario.option(option.name)),
            way_out(found, option),
        )
        for option in report.options
    )
    yield Table("Quality, service, lock-in and way out", columns, rows)
    missing = [option.label for option in report.options if option.success_share is None]
    if missing:
        yield paragraph(f"No success share is given for {listed(missing)}: quality is not compared.", quiet=True)


def _success(option: OptionReport) -> str:
    held = option.success_share
    if held is None:
        return NONE
    return f"{percent(held.mean)}, {percent(held.p10)} to {percent(held.p90)}" if held.p90 - held.p10 > 5e-4 else percent(held.mean)


def _kind(component: Component) -> str:
    return component.kind.name if component.kind else "formula"


def lock_in(option: Option) -> str:
    """Name what binds one to an option once it has begun: commitments, and hardware that is bought."""
    bound = [_kind(one).replace("_", " ").replace("gpu", "GPU") for _, lines in option.lines for one in lines if _kind(one) in BOUND]
    return listed(dict.fromkeys(bound)) if bound else "no commitment in the model"


def exit_lines(option: Option) -> list[str]:
    """Return the migration lines that fall after the longest phase, by their dotted names below the option."""
    if not option.phases:
        return []
    longest = max(option.phases, key=lambda phase: phase.stop - phase.first)
    after = {phase.name for phase in option.phases if phase.first >= longest.stop}
    lines = dict(option.lines).get("migration", ())
    return [one.path.removeprefix(f"options.{option.name}.") for one in lines if one.phases and set(one.phases) <= after]


def way_out(found: Findings, option: OptionReport) -> str:
    """Say what leaving an option costs, as far as the scenario says."""
    names = exit_lines(found.scenario.option(option.name))
    if not names:
        return "not costed"
    totals = [line.total.mean for category in option.categories for line in category.lines if line.name in names]
    return f"{short_number(sum(totals))} {found.report.currency}"
