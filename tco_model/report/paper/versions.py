"""Turns two versions of a scenario file into a paper of what has changed: the answer, the options, the fields, and which of them did it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from tco_model.analysis.waterfall import Waterfall
from tco_model.report import pictures
from tco_model.report.format import signed_number
from tco_model.report.paper.document import Block, Column, Contents, Figure, Paper, Row, Section, Table, paragraph, row
from tco_model.report.paper.paper import numbered
from tco_model.report.paper.wording import NONE, chance_text, plain_number
from tco_model.report.report import OptionReport, Report
from tco_model.report.sentences import FIGURE_WORDS
from tco_model.scenario.versions import ABSENT, Versions

LONGEST_VALUE = 160
"""Characters of a changed field that are shown; the files hold the rest."""


def make_versions_paper(before: Report, after: Report, versions: Versions, why: Waterfall, *, command: str = "") -> Paper:
    """Return the paper of two versions.

    Args:
        before, after: reports of the two versions, on as many futures of the same seed.
        versions: what they say otherwise.
        why: the deciding figure of one option from the first to the second, by changed field.
        command: what a person types to make the paper again.
    """
    written: tuple[tuple[str, str, tuple[Block, ...]], ...] = (
        ("The answer, before and after", "answer", tuple(_answer(before, after))),
        ("The options, before and after", "options", tuple(_options(before, after))),
        ("Which changes did it", "why", tuple(_why(why))),
        ("What the file says otherwise", "fields", tuple(_fields(versions))),
    )
    sections = tuple(Section(str(place), heading, blocks, key) for place, (heading, key, blocks) in enumerate(written, start=1))
    contents = Section("", "Contents", (Contents(),), "contents")
    last = Section("A1", "Making this paper again", tuple(_again(before, after, versions, why, command)), "again")
    first, later = numbered(sections, (contents, last))
    dates = f"{before.as_of or 'no date'} to {after.as_of or 'no date'}"
    return Paper(
        title=f"What has changed: {after.title}",
        subtitle=f"{versions.first.file} to {versions.last.file}, inputs of {dates}",
        description=_headline(before, after),
        author="",
        date=after.as_of,
        language="en",
        front=first,
        appendix=later,
        colophon=f"{after.draws:,} futures, seed {after.seed}; tco_model {after.version}",
    )


def _label(report: Report, name: str) -> str:
    return next(option.label for option in report.options if option.name == name)


def _headline(before: Report, after: Report) -> str:
    now = _label(after, after.preferred)
    if before.preferred == after.preferred:
        return f"{now} stays the option to choose."
    return f"{now} is now the option to choose, in place of {_label(before, before.preferred)}."


def _answer(before: Report, after: Report) -> Iterator[Block]:
    yield paragraph(_headline(before, after), lead=True)
    yield paragraph(f"Before: {before.answer[0]}")
    yield paragraph(f"Now: {after.answer[0]}")
    if before.decide_by != after.decide_by:
        words = f"{FIGURE_WORDS[before.decide_by]} before and by {FIGURE_WORDS[after.decide_by]} now"
        yield paragraph(f"The two versions decide by different figures: by {words}. Amounts below are of the later one.")


def _options(before: Report, after: Report) -> Iterator[Block]:
    figure, was = after.decide_by, {option.name: option for option in before.options}
    unit = after.options[0].figures[figure].unit
    columns = (
        Column("Option", weight=2.2), Column(f"Before, {unit}", "right"), Column(f"Now, {unit}", "right"), Column("Change", "right"),
        Column("Best before", "right", 1.3), Column("Best now", "right", 1.3),
    )  # fmt: skip
    gone = tuple(option for option in before.options if option.name not in {one.name for one in after.options})
    rows = tuple(_compared(option, was.get(option.name), figure) for option in after.options)
    rows += tuple(_gone(option, figure) for option in gone)
    note = f"Means of {after.draws:,} futures and the chance of being best with its Monte Carlo error."
    yield Table(f"{FIGURE_WORDS[figure].capitalize()} of every option", columns, rows, note)


def _gone(option: OptionReport, figure: str) -> Row:
    return row(f"{option.label} (no longer an option)", _mean(option, figure), NONE, NONE, chance_text(option.chance_best), NONE)


def _mean(option: OptionReport | None, figure: str) -> str:
    return NONE if option is None or figure not in option.figures else plain_number(option.figures[figure].mean)


def _compared(option: OptionReport, was: OptionReport | None, figure: str) -> Row:
    known = was is not None and figure in was.figures
    change = signed_number(option.figures[figure].mean - was.figures[figure].mean) if known and was is not None else "new"
    best = NONE if was is None else chance_text(was.chance_best)
    return row(option.label, _mean(was, figure), _mean(option, figure), change, best, chance_text(option.chance_best))


def _why(why: Waterfall) -> Iterator[Block]:
    words = FIGURE_WORDS[why.figure]
    yield paragraph(f"{words.capitalize()} goes from {plain_number(why.first)} to {plain_number(why.last)} {why.currency}. {why.method}")
    if not why.parts:
        return
    columns = (Column("Changed field", weight=3.0), Column(f"Adds, {why.currency}", "right"))
    rows = tuple(row(part.label, signed_number(part.value)) for part in why.parts)
    yield Table(
        f"{words.capitalize()}, by changed field", columns, (*rows, row("together", signed_number(why.last - why.first), strong=True))
    )
    yield Figure(f"{words.capitalize()} before and now", pictures.waterfall(why))


def _fields(versions: Versions) -> Iterator[Block]:
    if not versions.fields:
        yield paragraph("The two versions say the same wherever a figure hangs on it.")
        return
    columns = (Column("Field", weight=1.4), Column("Before", weight=2.0), Column("Now", weight=2.0))
    rows = tuple(row(path, _value(_at(versions.first.data, path)), _value(value)) for path, value in versions.fields.items())
    yield Table("Fields that differ, as the files write them", columns, rows)


def _at(data: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(data, Mapping) or part not in data:
            return ABSENT
        data = cast("Mapping[str, Any]", data)[part]
    return data


def _value(value: Any) -> str:
    if value is ABSENT:
        return NONE
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"


def _again(before: Report, after: Report, versions: Versions, why: Waterfall, command: str) -> Iterator[Block]:
    columns = (Column("What", weight=1.0), Column("Value", weight=3.0))
    rows = (
        row("First version", versions.first.file), row("Second version", versions.last.file), row("Futures", f"{after.draws:,}"),
        row("Seed, design", f"{after.seed}, {after.design}"), row("Version of tco_model", after.version), row("Parts by", why.method),
        row("Command", command or NONE),
    )  # fmt: skip
    yield Table("What this paper was made from", columns, rows)
    if (before.draws, before.seed) != (after.draws, after.seed):
        yield paragraph("The two versions were simulated with different draws or seeds: small differences may be chance.")
