"""Turns a report into the rows of the side-by-side table: best of each row marked, range below the mean, change against what is pinned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.show import Html, cell
from app.text import html
from tco_model.charts.theme import OKABE_ITO
from tco_model.report.format import chance, chance_error, percent, short_number, signed_number
from tco_model.report.headline import Range
from tco_model.report.report import OptionReport, Report
from tco_model.report.sentences import FIGURE_WORDS

Table = tuple[list[str], list[list[str]]]
FIGURES = ("npv_cost", "total_cost", "outcomes", "cost_per_outcome", "net_value")
MOST_IS_BEST = ("outcomes", "net_value")


def option_heads(report: Report) -> list[str]:
    """Return the names of the options, each with the dot of its colour."""
    return [
        Html(
            f'<span class="dot" style="background:{OKABE_ITO[place % len(OKABE_ITO)]}" aria-hidden="true"></span>{html(option.label)}'
            + ("<small>baseline</small>" if option.is_baseline else "")
        )
        for place, option in enumerate(report.options)
    ]


def side_by_side(report: Report, pinned: Report, *, against: str) -> tuple[list[str], list[list[str]], str]:
    """Return the head, the rows and the caption of the table; `against` names the pinned report that means are compared with."""
    before = {option.name: option for option in pinned.options} if against else {}
    rows = [
        _figure_row(report, before, figure, against) for figure in FIGURES if all(figure in option.figures for option in report.options)
    ]
    deciding = FIGURE_WORDS[report.decide_by]
    rows.insert(1, _gap_row(report))
    rows.insert(2, _chance_row(report, before))
    rows += [row for row in (_success_row(report, before),) if row]
    rows += _risk_rows(report)
    caption = (
        f"Means of {report.draws:,} futures, P10 to P90 below; ✓ marks the best of a row. "
        f"Amounts in {report.currency}; decided by {deciding}."
    )
    return ["", *option_heads(report)], rows, caption


def _figure_row(report: Report, before: dict[str, OptionReport], figure: str, against: str) -> list[str]:
    found = [option.figures[figure] for option in report.options]
    best = short_number((max if figure in MOST_IS_BEST else min)(one.mean for one in found))
    name = FIGURE_WORDS[figure]
    unit = found[0].unit
    title = Html(f"{html(name[:1].upper() + name[1:])}<small>{html(unit)}</small>")
    cells = (
        _ranged(one, _was(before, option, figure), against, best=short_number(one.mean) == best)
        for one, option in zip(found, report.options, strict=True)
    )
    return [title, *cells]


def _was(before: dict[str, OptionReport], option: OptionReport, figure: str) -> float | None:
    held = before.get(option.name)
    return held.figures[figure].mean if held is not None and figure in held.figures else None


def _ranged(found: Range, was: float | None, against: str, *, best: bool) -> Html:
    change = "" if was is None else f"{signed_number(found.mean - was)} vs {against}" if found.mean != was else "unchanged"
    shown = cell(short_number(found.mean), small=f"{short_number(found.p10)} to {short_number(found.p90)}", best=best)
    return Html(shown + (f"<small>{html(change)}</small>" if change else ""))


def _gap_row(report: Report) -> list[str]:
    def shown(option: OptionReport) -> str:
        gap = option.difference
        return "–" if gap is None else cell(signed_number(gap.mean), small=f"{signed_number(gap.p10)} to {signed_number(gap.p90)}")

    title = Html(f"Against the baseline<small>{html(FIGURE_WORDS[report.decide_by])}</small>")
    return [title, *(shown(option) for option in report.options)]


def _chance_row(report: Report, before: dict[str, OptionReport]) -> list[str]:
    best = chance(max(option.chance_best.value for option in report.options))

    def shown(option: OptionReport) -> str:
        held = option.chance_best
        was = f"<small>was {chance(before[option.name].chance_best.value)}</small>" if option.name in before else ""
        return Html(cell(chance(held.value), small=f"± {chance_error(held.error)}", best=chance(held.value) == best) + was)

    return [Html("Chance of being best<small>share of the futures</small>"), *(shown(option) for option in report.options)]


def _success_row(report: Report, before: dict[str, OptionReport]) -> list[str]:
    found = [option.success_share for option in report.options]
    if not all(found):
        return []
    best = percent(max(one.mean for one in found if one is not None))

    def shown(one: Range | None, option: OptionReport) -> str:
        assert one is not None
        return cell(percent(one.mean), small=f"{percent(one.p10)} to {percent(one.p90)}", best=percent(one.mean) == best)

    return ["Success share", *(shown(one, option) for one, option in zip(found, report.options, strict=True))]


def _risk_rows(report: Report) -> list[list[str]]:
    def row(title: str, small: str, value: Callable[[OptionReport], str]) -> list[str]:
        return [Html(f"{html(title)}<small>{html(small)}</small>"), *(value(option) for option in report.options)]

    return [
        row("Worst tenth", "mean of the worst 10% of futures", lambda option: short_number(option.risk.worst_tenth)),
        row("Regret", "lost against the best of each future", lambda option: short_number(option.risk.regret)),
        row("Contingency to P80", "above the central case", lambda option: signed_number(option.risk.contingency_p80)),
        row("Pays back", "month, against the baseline", _payback),
    ]


def _payback(option: OptionReport) -> str:
    return "–" if option.is_baseline else str(option.risk.payback_month or "never")


def promise_rows(report: Report) -> Table:
    """Return what each option promises beside its cost."""

    def row(title: str, values: Sequence[str]) -> list[str]:
        return [title, *values]

    seconds = [None if option.latency_seconds is None else f"{option.latency_seconds:g} s" for option in report.options]
    shares = [None if option.availability is None else percent(option.availability, 2) for option in report.options]
    rows = [
        row("Latency promised", [one or "not said" for one in seconds]),
        row("Availability promised", [one or "not said" for one in shares]),
        row("In the file's words", [option.summary or "–" for option in report.options]),
    ]
    return ["", *option_heads(report)], rows


def fleet_rows(report: Report) -> Table:
    """Return the fleets with their size, their use and what an hour and a million tokens come to."""
    head = ["Fleet", "Largest month", "Mean utilisation", "Cost per hour of a GPU", "Cost per Mtoken written", "If never idle"]

    def amount(value: float | None) -> str:
        return "–" if value is None else short_number(value)

    rows = [
        [
            f"{fleet.label}, {option.label}",
            cell(
                f"{short_number(fleet.peak_gpus)} {fleet.unit}",
                small="" if fleet.peak_replicas is None else f"{short_number(fleet.peak_replicas)} replicas",
            ),
            percent(fleet.mean_utilisation, 0),
            amount(fleet.cost_per_gpu_hour),
            amount(fleet.cost_per_mtoken),
            amount(fleet.cost_per_mtoken_full),
        ]
        for option in report.options
        for fleet in option.fleets
    ]
    return head, rows
