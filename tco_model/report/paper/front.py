"""Turns findings into the two pages that a decision maker reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tco_model.analysis.information import input_label
from tco_model.analysis.levers import Levers
from tco_model.analysis.switching import Switch, SwitchingValue
from tco_model.report import pictures
from tco_model.report.format import percent, short_number, signed_number
from tco_model.report.insight import information_sentences, is_clear
from tco_model.report.paper.differences import differences
from tco_model.report.paper.document import Block, Column, Figure, Row, Section, Table, paragraph, row
from tco_model.report.paper.findings import Findings
from tco_model.report.paper.risks import risks
from tco_model.report.paper.wording import (
    NONE,
    chance_text,
    estimate_text,
    is_share,
    listed,
    per,
    sentence,
    signed_estimate,
    span_text,
    value_text,
)
from tco_model.report.report import OptionReport
from tco_model.report.sentences import FIGURE_WORDS

MOST_SWITCHES, MOST_WORTHS, MOST_LEVERS = 4, 3, 5
"""Rows on the two pages; “tco breakeven”, `tco voi` and `tco levers` show all."""


def front(found: Findings) -> tuple[Section, ...]:
    """Return the sections of the first two pages, in reading order."""
    written: tuple[tuple[str, str, tuple[Block, ...]], ...] = (
        ("The decision asked for", "decision", tuple(_decision(found))),
        ("The answer", "answer", tuple(_answer(found))),
        ("The options compared", "options", tuple(_options(found))),
        ("What would change the answer", "what-would-change", tuple(_switching(found))),
        ("What to find out first", "find-out", tuple(_information(found))),
        ("Risks and what is done about them", "risks", tuple(risks(found))),
        ("Levers", "levers", tuple(_levers(found))),
        ("What differs besides money", "besides-money", tuple(differences(found))),
    )
    return tuple(Section(str(place), heading, blocks, key) for place, (heading, key, blocks) in enumerate(written, start=1))


def _decision(found: Findings) -> Iterator[Block]:
    report, decision = found.report, found.scenario.decision
    yield paragraph(report.question)
    labels = [f"{option.label} (what the others are compared with)" if option.is_baseline else option.label for option in report.options]
    rule = "highest" if report.decide_by == "net_value" else "lowest"
    owner = f" {decision.owner} answers for it." if decision.owner else ""
    choice = f"To choose: {listed(labels, 'or')}." if len(labels) > 1 else f"To approve or not: {report.options[0].label}."
    yield paragraph(f"{choice} The rule: the {rule} {FIGURE_WORDS[report.decide_by]} on average over {report.months} months.{owner}")


def _answer(found: Findings) -> Iterator[Block]:
    report = found.report
    yield paragraph(report.answer[0], lead=True)
    yield paragraph(" ".join((*report.answer[1:], sentence(report.notes[-1]))))


def _options(found: Findings) -> Iterator[Block]:
    report = found.report
    several = len(report.options) > 1
    unit = report.options[0].figures[report.decide_by].unit
    columns: list[tuple[Column, Callable[[OptionReport], str]]] = [
        (Column("Option", weight=2.4), lambda option: option.label),
        (Column(f"Mean, {unit}", "right", 1.1), lambda option: short_number(option.figures[report.decide_by].mean)),
        (Column("P10 to P90", "right", 1.6), lambda option: span_text(option.figures[report.decide_by])),
    ]
    if several:
        columns.append((Column("Against the baseline", "right", 1.2), _against))
        columns.append((Column("Chance of being best", "right", 1.75), lambda option: chance_text(option.chance_best)))
    if report.outcome and report.decide_by != "cost_per_outcome":
        columns.append((Column(f"{report.currency} per {report.outcome}", "right", 1.2), _per_outcome))
    if any(option.latency_seconds is not None or option.availability is not None for option in report.options):
        columns.append((Column("Answers in, available", "right", 1.4), _promise))
    rows = tuple(
        row(*(spell(option) for _, spell in columns), strong=several and option.name == report.preferred) for option in report.options
    )
    mark = " Bold: best on average." if several else ""
    note = (
        f"{found.result.draws:,} futures; k thousand, M million; P10 and P90: what 10 and 90 of 100 futures stay below; "
        f"± one Monte Carlo standard error.{mark}"
    )
    caption = f"The options by {FIGURE_WORDS[report.decide_by]}"
    yield Table(caption, tuple(column for column, _ in columns), rows, note)
    yield Figure("What each option is made of: present value of cost by category", pictures.cost_by_category(report))
    yield Figure("Cost over the months, mean of the futures", pictures.monthly_cost(report))


def _against(option: OptionReport) -> str:
    return signed_number(option.difference.mean) if option.difference else NONE


def _per_outcome(option: OptionReport) -> str:
    held = option.figures.get("cost_per_outcome")
    return short_number(held.mean) if held else NONE


def _promise(option: OptionReport) -> str:
    waits = "" if option.latency_seconds is None else f"{option.latency_seconds:g} s"
    serves = "" if option.availability is None else f"{100 * option.availability:.6g}%"
    return ", ".join(part for part in (waits, serves) if part) or NONE


def _switching(found: Findings) -> Iterator[Block]:
    held = found.switching
    if held is None:
        yield paragraph("There is one option: no input turns the choice.")
        return
    best = found.label[held.preferred]
    switches = sorted(
        ((one, switch) for one in held.inputs for switch in (one.below, one.above) if switch is not None), key=lambda pair: _away(*pair)
    )
    searched = (
        f"{found.looked_at} inputs were looked at and the nearest {len(held.inputs)} searched over their whole range; "
        "“tco breakeven” searches all."
    )
    if not switches:
        yield paragraph(f"No input alone turns the choice away from {best} within its range. {searched}")
        return
    columns = (
        Column("Input, alone", weight=2.4),
        Column("Now", "right", 1.4),
        Column("Turns at", "right", 2.0),
        Column("Away", "right", 0.8),
        Column("Then best", weight=2.2),
    )
    rows = tuple(_switch_row(found, one, switch) for one, switch in switches[:MOST_SWITCHES])
    note = f"By the mean of {held.draws:,} futures, ± one standard error, nearest first. {searched}"
    yield Table(f"Switching values: where {best} stops being preferred", columns, rows, note)


def _away(one: SwitchingValue, switch: Switch) -> float:
    return abs(switch.distance if switch.distance is not None else switch.value / (one.input.high - one.input.low))


def _switch_row(found: Findings, one: SwitchingValue, switch: Switch) -> Row:
    entry = one.input
    path = entry.path is not None
    share = entry.basis in ("share", "law") and is_share(entry.unit, entry.low, entry.high)
    at = value_text(switch.value, entry.unit, share=share, path=path, error=switch.error)
    now = "as written" if path else value_text(entry.now, entry.unit, share=share)
    away = "from 0" if switch.distance is None else f"{'+' if switch.distance >= 0 else '−'}{percent(abs(switch.distance), 1)}"
    before = "" if one.preferred == found.report.preferred else f", before it {found.label[one.preferred]}"
    return row(input_label(found.model, entry.name), now, at, away, found.label[switch.to] + before)


def _information(found: Findings) -> Iterator[Block]:
    held = found.information
    if held is None:
        alone = len(found.report.options) == 1
        yield paragraph(
            "There is one option: nothing turns the choice." if alone else "No input is uncertain: there is nothing to find out."
        )
        return
    yield paragraph(" ".join(information_sentences(held)))
    shown = [one for one in held.inputs if is_clear(one.evppi)][:MOST_WORTHS]
    if not shown:
        return
    columns = (
        Column("To find out", weight=2.6),
        Column(f"Worth at most, {per(held.unit)}", "right", 1.7),
        Column("Of perfect information", "right", 1.6),
        Column("Turns the choice", weight=3.6),
    )
    rows = tuple(
        row(
            one.label,
            estimate_text(one.evppi),
            percent(max(one.share, 0.0), 0),
            f"in {percent(one.changes.value, 0)} of futures to {held.options[one.instead]}" if one.changes.value else "never",
        )
        for one in shown
    )
    note = f"Expected value of perfect information on one input (EVPPI), {held.draws:,} futures; worths do not add up."
    yield Table("What it is worth to know before deciding", columns, rows, note)


def _levers(found: Findings) -> Iterator[Block]:
    held = found.levers
    if held is None:
        yield paragraph("The scenario names no levers, so this paper says nothing about what could make an option cheaper.")
        return
    columns = (
        Column("Lever, alone", weight=2.4),
        Column("Option that gains most", weight=2.0),
        Column(f"Adds, {per(held.unit)}", "right", 1.5),
        Column("P10 to P90", "right", 1.6),
        Column("Outcomes", "right", 1.0),
        Column("FTE months", "right", 0.8),
    )
    rows: list[Row] = []
    for lever in held.levers[:MOST_LEVERS]:
        effect = lever.best
        if effect is None:
            rows.append(row(lever.label, "none", "0", NONE, NONE, NONE))
            continue
        outcomes = (
            NONE if effect.outcomes is None else "0%" if effect.outcomes == 0.0 else f"{100 * effect.outcomes:+.2g}%".replace("-", "−")
        )
        ends = f"{signed_number(effect.p10)} to {signed_number(effect.p90)}"
        effort = f"{lever.effort:.3g}" if lever.effort else NONE
        option = held.options[effect.option] if effect.saves else f"none; least loses {held.options[effect.option]}"
        rows.append(row(lever.label, option, signed_estimate(effect.mean), ends, outcomes, effort))
    gain = "above" if held.figure == "net_value" else "below"
    note = f"Of the {FIGURE_WORDS[held.figure]}; {gain} 0 it gains; {held.draws:,} futures, the same with and without."
    yield Table("What each lever does alone, most for its effort first", columns, tuple(rows), note)
    yield paragraph(_together(found, held))


def _together(found: Findings, held: Levers) -> str:
    """Say what all levers do together to the option that is then best, how much of it is interaction, and whether the choice turns."""
    option = held.preferred_together
    together, interaction = held.together[option].mean.value, held.interaction[option]
    overlap = (
        "exactly what each alone does, summed"
        if interaction == 0.0
        else f"{signed_number(interaction)} of it interaction, which no lever alone shows"
    )
    after = found.label[option]
    turns = (
        f"{after} stays the best on average"
        if option == found.report.preferred
        else f"{after} becomes the best on average in place of {found.label[found.report.preferred]}"
    )
    return f"All together change {after} by {signed_number(together)} {per(held.unit)}, {overlap}; with all of them {turns}."
