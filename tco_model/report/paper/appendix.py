"""Turns findings into the appendix that an auditor follows: ground rules, every input, method, costs, formulas, checks, limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from tco_model.expr.render import words
from tco_model.expr.term import Term
from tco_model.report import pictures
from tco_model.report.format import percent, short_number, signed_number
from tco_model.report.paper.checklist import checklist
from tco_model.report.paper.document import (
    Block,
    Column,
    Contents,
    Figure,
    Listing,
    Row,
    Section,
    Span,
    Spans,
    Table,
    group,
    paragraph,
    row,
    said,
)
from tco_model.report.paper.findings import Findings
from tco_model.report.paper.wording import NONE, capital, listed, per, plain_number, sentence, value_text
from tco_model.report.report import CategoryReport, OptionReport
from tco_model.report.sentences import FIGURE_WORDS
from tco_model.report.sources import LONGEST_AGE, InputRow

EVENLY = " in a Latin hypercube of their own, whose means lie closer to those of all futures"


def appendix(found: Findings) -> tuple[Section, ...]:
    """Return the sections of the appendix, in reading order."""
    written: tuple[tuple[str, str, Iterable[Block], bool], ...] = (
        ("Contents", "contents", (Contents(),), False),
        ("Ground rules", "ground-rules", _ground_rules(found), False),
        ("Every input, with its source", "inputs", _inputs(found), True),
        ("Method", "method", _method(found), False),
        ("What each option costs, by category", "costs", _costs(found), False),
        ("How each cost line is computed", "formulas", _formulas(found), True),
        ("Checklist", "checklist", checklist(found), False),
        ("Limits", "limits", _limits(found), False),
        ("Making this paper again", "again", _again(found), False),
    )
    return tuple(Section(f"A{place}" if place else "", *_section(entry)) for place, entry in enumerate(written))


def _section(entry: tuple[str, str, Iterable[Block], bool]) -> tuple[str, tuple[Block, ...], str, bool]:
    heading, key, blocks, wide = entry
    return heading, tuple(blocks), key, wide


def _facts(caption: str, facts: Iterable[tuple[str, str]], note: str = "") -> Table:
    columns = (Column("", weight=1.2), Column("", weight=4.0))
    return Table(caption, columns, tuple(row(name, value) for name, value in facts if value), note)


def _ground_rules(found: Findings) -> Iterator[Block]:
    scenario, report = found.scenario, found.report
    timeline, decision, outcome = scenario.timeline, scenario.decision, scenario.outcome
    basis = "nominal money of each month" if timeline.basis == "nominal" else f"real money of {report.start}"
    yield _facts(
        "What all options have in common",
        (
            ("Decided by", f"{FIGURE_WORDS[report.decide_by]}, {'most' if report.decide_by == 'net_value' else 'least'} on average"),
            ("Compared with", found.label[report.baseline]),
            ("Currency", f"{timeline.currency}, {basis}; money out is positive"),
            ("Exchange rates", "; ".join(f"1 {code} = {rate.text}" for code, rate in scenario.exchange_rates)),
            ("Inflation", f"{timeline.inflation.text} ({timeline.inflation.provenance})"),
            ("Discounting", f"{report.discounting} ({timeline.discount_rate.provenance})"),
            ("Horizon", f"{report.months} months, {report.start} to {report.month_labels[-1]}"),
            ("Inputs gathered on", report.as_of or "not said: decision.as_of is missing"),
            ("Answers for it", decision.owner or "nobody named: decision.owner is missing"),
            (
                "Outcome",
                f"{outcome.name}, {outcome.volume.text or 'as the formula has it'} ({outcome.unit})" if outcome else "none is counted",
            ),
            (
                "Value of an outcome",
                outcome.value.text if outcome and outcome.value else "not given: only costs are compared" if outcome else "",
            ),
            ("Optimism bias", "; ".join(f"{one.target} + {one.uplift.text}" for one in scenario.optimism_bias) or "none added"),
            ("Applied to the file", listed(scenario.applied)),
        ),
    )
    yield paragraph(sentence(decision.notes) if decision.notes else "The scenario does not say what is left out (decision.notes).")
    columns = (Column("Option", weight=1.2), Column("What it is", weight=3.0), Column("Costs nothing in, because", weight=3.0))
    yield Table("The options", columns, tuple(row(one.label, one.summary or NONE, _reasons(one) or NONE) for one in report.options))


def _reasons(option: OptionReport) -> str:
    """Say why a category costs nothing, the same reason once."""
    held: dict[str, list[str]] = {}
    for category in option.categories:
        if category.total is None:
            held.setdefault(category.reason.rstrip("."), []).append(category.category)
    return "; ".join(f"{listed(names)}: {reason}" for reason, names in held.items())


def _inputs(found: Findings) -> Iterator[Block]:
    rows = found.report.inputs
    written, defaults = [one for one in rows if one.origin != "default"], [one for one in rows if one.origin == "default"]
    columns = (
        Column("Input", weight=2.2),
        Column("As written", weight=1.7),
        Column("Expected", "right", 1.0),
        Column("P5 to P95", "right", 1.3),
        Column("Unit", weight=1.1),
        Column("Source and note", weight=3.8),
        Column("As of", weight=0.9),
    )
    day = found.scenario.decision.as_of
    note = (
        "“Assumption”: nobody but the author vouches for it. Of a path over months the expected value is the mean and the range its first "
        f"and last month. What is older than {LONGEST_AGE} days on the day of the inputs is marked “old”."
    )
    yield Table("Inputs that the scenario or a dated table gives", columns, tuple(_grouped(written, day)), note)
    if defaults:
        few = (Column("Parameter", weight=1.4), Column("Value", weight=0.9), Column("Unit", weight=0.9), Column("Left so in", weight=5.0))
        yield Table("Inputs left at the model’s defaults: assumptions that nobody has looked at yet", few, tuple(_defaults(defaults)))


def _defaults(rows: Sequence[InputRow]) -> Iterator[Row]:
    """Yield a parameter with its default once, and every place that left it so."""
    held: dict[tuple[str, str, str], list[str]] = {}
    for one in rows:
        place, _, parameter = one.name.rpartition(".")
        held.setdefault((parameter, one.text or _number(one, one.mean), one.unit), []).append(place.removeprefix("options."))
    for (parameter, text, unit), places in held.items():
        yield row(parameter, text, unit, ", ".join(places))


_SECTIONS = {"timeline": "Timeline", "exchange_rates": "Exchange rates", "inputs": "Named inputs", "demand": "Demand", "outcome": "Outcome"}


def _grouped(rows: Sequence[InputRow], day: dt.date | None) -> Iterator[Row]:
    last = ""
    for one in sorted(rows, key=lambda one: _place(one.name)):
        part, _, rest = one.name.partition(".")
        title = f"Option {rest.partition('.')[0]}" if part == "options" else _SECTIONS.get(part, capital(part.replace("_", " ")))
        if title != last:
            yield group(title)
            last = title
        name = rest.partition(".")[2] if part == "options" else rest
        yield Row(
            (
                *(said(text) for text in (name or one.name, one.text or NONE, _number(one, one.mean), _range(one), one.unit)),
                _source(one),
                said(_date(one, day)),
            )
        )


def _place(name: str) -> tuple[int, str]:
    """Sort by section, those of an option together; within one the order of the file stays."""
    part, _, rest = name.partition(".")
    order = list(_SECTIONS)
    return (order.index(part) if part in order else len(order), rest.partition(".")[0] if part == "options" else "")


def _number(one: InputRow, value: float) -> str:
    """Spell a value as its author did: in percent where the text is, yearly rates always; the unit has a column of its own."""
    if one.unit == "1/year":
        return value_text(value, one.unit).removesuffix("/year")
    return value_text(value, one.unit, share=True) if "%" in one.text and one.unit == "ratio" else plain_number(value)


def _range(one: InputRow) -> str:
    return NONE if one.low == one.high else f"{_number(one, one.low)} to {_number(one, one.high)}"


def _source(one: InputRow) -> Spans:
    """Return where a value comes from, a link where it has an address, then what its author says of it."""
    source = Span("Assumption" if one.is_assumption else one.source, strong=one.is_assumption, url=one.url)
    more = "; ".join(part for part in (one.note, one.owner and f"owner {one.owner}", one.line and f"line {one.line}") if part)
    return (source, Span(f"; {more}", quiet=True)) if more else (source,)


def _date(one: InputRow, day: dt.date | None) -> str:
    if not one.as_of:
        return NONE
    age = (day - dt.date.fromisoformat(one.as_of)).days if day else 0
    return f"{one.as_of} (old)" if age > LONGEST_AGE else one.as_of


def _method(found: Findings) -> Iterator[Block]:
    result, report, scenario = found.result, found.report, found.scenario
    switching, known, few = found.switching, found.information, found.levers or found.variants
    correlated = "; ".join(f"{listed(one.between)}: {one.rank:g}" for one in scenario.correlations)
    yield paragraph(
        "Every option is computed month by month on the same futures: in each, every uncertain input has one value for all options, so "
        "what differs between options is their own doing. A figure of an option is the mean of its futures; its range is their quantiles."
    )
    yield _facts(
        "How the futures are drawn and judged",
        (
            ("Futures", f"{result.draws:,}, {result.design.replace('_', ' ')} design, seed {result.seed}"),
            ("Rank correlation", correlated or "none: every uncertain input is drawn apart"),
            ("Monte Carlo error", "± one standard error; of a chance p it is √(p (1 − p) ÷ futures)"),
            ("Enough futures?", sentence(report.notes[-1])),
            ("Central case", "every input at its expected value; one point, not the mean of the futures"),
            ("Switching values", f"{switching.draws:,} futures{EVENLY}; {_searched(found)}" if switching else ""),
            ("Worth of information", f"{known.draws:,} futures; cross-fitted, so that noise is not taken for knowledge" if known else ""),
            ("Levers and other cases", f"{few.draws:,} futures{EVENLY}, the same with and without" if few else ""),
        ),
    )
    unit = report.options[0].figures[report.decide_by].unit
    columns = (
        Column("Option", weight=2.0),
        Column("Mean ± error", "right", 1.5),
        Column("Central case", "right"),
        Column("Variation", "right"),
        Column("P80 over central", "right"),
        Column("Worst tenth", "right"),
        Column("Mean regret", "right"),
        Column("Pays back in month", "right"),
    )
    rows = tuple(_risk_row(option, report.decide_by) for option in report.options)
    note = (
        "Variation: standard deviation over mean. Regret: what is lost against the best option of each future. "
        "Worst tenth: the mean of the worst 10 of 100 futures (CVaR)."
    )
    yield Table(f"Spread and risk by {FIGURE_WORDS[report.decide_by]}, {per(unit)}", columns, rows, note)
    yield Figure(f"S-curve: the chance that {FIGURE_WORDS[report.decide_by]} stays below an amount", pictures.s_curve(found.standing))


def _searched(found: Findings) -> str:
    """Say how the inputs were chosen whose switching value is searched."""
    count = len(found.switching.inputs) if found.switching else 0
    return f"of {found.looked_at} inputs the {count} that lie nearest by the slope of the central case were searched over their range"


def _risk_row(option: OptionReport, figure: str) -> Row:
    held, risk = option.figures[figure], option.risk
    error = f" ± {short_number(held.mean_error, 2)}" if held.mean_error else ""
    return row(
        option.label,
        f"{short_number(held.mean)}{error}",
        NONE if held.central is None else short_number(held.central),
        percent(risk.variation, 0),
        signed_number(risk.contingency_p80),
        short_number(risk.worst_tenth),
        short_number(risk.regret),
        NONE if option.is_baseline else str(risk.payback_month or "never"),
    )


def _costs(found: Findings) -> Iterator[Block]:
    report = found.report
    columns = (Column("Category and line", weight=2.0), *(Column(option.label, "right") for option in report.options))
    rows: list[Row] = []
    for place, first in enumerate(report.options[0].categories):
        held = [option.categories[place] for option in report.options]
        rows.append(row(capital(first.category), *(_mean(one) for one in held), strong=True))
        for title in dict.fromkeys(line.label for one in held for line in one.lines):
            sums = [[line.total.mean for line in one.lines if line.label == title] for one in held]
            rows.append(row(title, *(short_number(sum(each)) if each else "" for each in sums)))
    for figure, title in (("total_cost", "Total cost"), ("npv_cost", "Present value of cost")):
        if all(figure in option.figures for option in report.options):
            rows.append(row(title, *(short_number(option.figures[figure].mean) for option in report.options), strong=True))
    note = f"Mean of the futures, {report.currency}, undiscounted except where present value is said; negative is money in."
    yield Table(f"Cost by category and line over {report.months} months", columns, tuple(rows), note)


def _mean(one: CategoryReport) -> str:
    return "none" if one.total is None else short_number(one.total.mean)


def _formulas(found: Findings) -> Iterator[Block]:
    names = _names(found)
    rows: list[Row] = []
    for graph in found.model.options:
        rows.append(group(graph.label))
        rows += [row(name, words(term, names), term.unit.shown if term.unit else "") for name, term in graph.lines.items()]
    columns = (Column("Cost line", weight=1.2), Column("Formula, month by month", weight=5.0), Column("Unit", weight=0.7))
    note = f"“tco explain {found.scenario.file} NAME” opens each name further, down to its sources."
    yield Table("The formula of each cost line in words", columns, tuple(rows), note)


def _names(found: Findings) -> dict[int, str]:
    """Return what every figure and input is called inside a formula, by the identity of its term."""
    terms: list[tuple[str, Term]] = [(name, term) for name, term in found.model.figures.items() if term.op not in ("leaf", "constant")]
    held: dict[int, str] = {}
    for name, term in (*terms, *found.model.leaf_terms.items()):
        held.setdefault(id(term), name.removeprefix("options.").removeprefix("inputs."))
    return held


def _limits(found: Findings) -> Iterator[Block]:
    yield Listing(tuple(said(sentence(note.removeprefix("Note: "))) for note in found.report.notes[:-1]))


def _again(found: Findings) -> Iterator[Block]:
    report = found.report
    yield _facts(
        "What makes the same paper again",
        (
            ("Scenario", report.file or "read from text, no file"),
            ("SHA-256 of the scenario", found.fingerprint or "none: it was read from text"),
            ("Program", f"tco_model {report.version}"),
            ("Futures", f"{report.draws:,}, seed {report.seed}, {report.design.replace('_', ' ')} design"),
            ("Command", found.command),
        ),
        "The same scenario, futures, seed and design give the same figures, whatever the machine or the number of processes.",
    )
