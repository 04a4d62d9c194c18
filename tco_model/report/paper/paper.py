"""Turns findings into the decision paper: title, two pages, appendix, tables and pictures numbered in reading order."""

from __future__ import annotations

from dataclasses import replace

from tco_model.report.paper.appendix import appendix
from tco_model.report.paper.document import Block, Figure, Paper, Section, Table
from tco_model.report.paper.findings import Findings
from tco_model.report.paper.front import front
from tco_model.report.paper.wording import listed


def make_paper(found: Findings) -> Paper:
    """Return the paper of a decision; the same findings give the same paper."""
    report, decision = found.report, found.scenario.decision
    dated = f"inputs of {report.as_of}" if report.as_of else "inputs without a date"
    changed = f"with {listed(found.scenario.applied)}" if found.scenario.applied else ""
    first, later = numbered(front(found), appendix(found))
    return Paper(
        title=report.title,
        subtitle=", ".join(part for part in ("Decision paper", decision.owner, dated, changed) if part),
        description=report.answer[0],
        author=decision.owner,
        date=report.as_of,
        language="en",
        front=first,
        appendix=later,
        colophon=f"{report.draws:,} futures, seed {report.seed}; tco_model {report.version}",
    )


def numbered(*parts: tuple[Section, ...]) -> tuple[tuple[Section, ...], ...]:
    """Return the parts of a paper, their tables and pictures numbered in reading order."""
    numbers: dict[type[Table] | type[Figure], int] = {Table: 0, Figure: 0}
    return tuple(tuple(_numbered(section, numbers) for section in part) for part in parts)


def _numbered(section: Section, numbers: dict[type[Table] | type[Figure], int]) -> Section:
    def number(block: Block) -> Block:
        if isinstance(block, Table | Figure):
            numbers[type(block)] += 1
            return replace(block, number=numbers[type(block)])
        return block

    return replace(section, blocks=tuple(number(block) for block in section.blocks))
