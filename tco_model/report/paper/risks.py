"""Turns the risk lines, the tails and the stress cases of a decision into what could go wrong and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator

from tco_model.report.format import short_number, signed_number
from tco_model.report.paper.document import Block, Column, Row, Table, paragraph, row
from tco_model.report.paper.findings import Findings
from tco_model.report.paper.wording import listed, per, sentence, value_text
from tco_model.report.report import OptionReport
from tco_model.scenario.schema import Component

MOST_RISKS = 5
MITIGATION = "mitigation_effect"


def risks(found: Findings) -> Iterator[Block]:
    """Yield the risks of the option that is best on average, what mitigates them, and what the stress cases say."""
    report = found.report
    option = next(one for one in report.options if one.name == report.preferred)
    table = _table(found, option)
    if table is not None:
        yield table
    yield paragraph(" ".join((*_reason(option), *_tail(found, option), *_stress(found))))


def _components(found: Findings, option: str) -> dict[str, Component]:
    prefix = f"options.{option}."
    return {one.path.removeprefix(prefix): one for _, lines in found.scenario.option(option).lines for one in lines}


def _table(found: Findings, option: OptionReport) -> Table | None:
    category = next(one for one in option.categories if one.category == "risk")
    lines = sorted(category.lines, key=lambda line: -line.total.mean)[:MOST_RISKS]
    if not lines:
        return None
    components = _components(found, option.name)
    currency = found.report.currency
    columns = (
        Column("Risk", weight=1.8),
        Column(f"Mean, {currency}", "right", 1.0),
        Column("In 10 of 100 futures over", "right", 1.3),
        Column("What is done about it", weight=3.2),
    )
    rows: tuple[Row, ...] = tuple(
        row(line.label, short_number(line.total.mean), short_number(line.total.p90), _mitigation(components[line.name])) for line in lines
    )
    return Table(f"Risks that are costed, {option.label}", columns, rows)


def _mitigation(component: Component) -> str:
    """Say what the scenario says about a risk: the share it is lowered by, and the note beside it."""
    effect = dict(component.quantities).get(MITIGATION)
    held = [] if effect is None or not effect.central else [f"lowered by {value_text(effect.central, 'share')}"]
    note = component.note.strip()
    if held or note:
        return sentence("; ".join((*held, *((note,) if note else ()))))
    return "Nothing said: carried in full."


def _reason(option: OptionReport) -> Iterator[str]:
    category = next(one for one in option.categories if one.category == "risk")
    if not category.lines:
        yield sentence(
            f"{option.label} carries no costed risk: {category.reason}" if category.reason else f"{option.label} carries no costed risk"
        )


def _tail(found: Findings, option: OptionReport) -> Iterator[str]:
    report = found.report
    unit = per(option.figures[report.decide_by].unit)
    yield f"In the worst tenth of futures {option.label} comes to {short_number(option.risk.worst_tenth)} {unit} on average."
    if report.decide_by != "net_value":
        yield (
            f"To suffice in 80 of 100 futures a budget needs {signed_number(option.risk.contingency_p80)} {unit} "
            "against the estimate with every input at its expected value."
        )
    if len(report.options) > 1 and option.risk.regret > 0.0:
        yield (
            f"Taking it loses {short_number(option.risk.regret)} {unit} on average against the best option of each future, "
            f"and over {short_number(option.risk.regret_p90)} in 10 of 100."
        )


def _stress(found: Findings) -> Iterator[str]:
    held = found.variants
    if held is None:
        yield "The scenario has no stress cases."
        return
    cases = [case for case in held.cases if case.name]
    base = found.report.preferred
    turned: dict[str, list[str]] = {}
    for case in cases:
        turned.setdefault(case.preferred, []).append(f"“{case.label}”")
    said = [f"{held.options[option]} in {listed(names)}" for option, names in turned.items() if option != base]
    kept = turned.get(base, [])
    if not said:
        yield f"{held.options[base]} stays the best on average in each of {len(cases)} other cases: {listed(kept)}."
        return
    rest = f"; {held.options[base]} stays so in {listed(kept)}" if kept else ""
    yield f"Best on average in other cases: {'; '.join(said)}{rest}."
