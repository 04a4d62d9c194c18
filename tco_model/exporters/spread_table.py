"""Turns how far the options spread into plain data and tables: quantiles, tails, regret, contingency, dominance, payback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.compare import Chance
from tco_model.analysis.payback import Payback
from tco_model.analysis.spread import Estimate, OptionSpread, Spread
from tco_model.exporters.terminal import OPTION_COLOURS
from tco_model.report.format import chance, percent, short_number, signed_number
from tco_model.report.sentences import FIGURE_WORDS

SHOWN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95)
"""Points of the S-curve that are printed; the data holds P1 to P99."""


def spread_data(found: Spread, paybacks: tuple[Payback, ...]) -> dict[str, Any]:
    """Return everything as plain data, each figure with its Monte Carlo standard error."""
    data = asdict(found)
    for entry in (*data["options"], *data["gaps"]):
        entry["curve"] = {name: [float(value) for value in values] for name, values in entry["curve"].items()}
    held = [asdict(one) | {"by_month": one.by_month.tolist(), "discounted_by_month": one.discounted_by_month.tolist()} for one in paybacks]
    return data | {"paybacks": held}


def print_spread(found: Spread, paybacks: tuple[Payback, ...], labels: dict[str, str], console: Console) -> None:
    """Print how each option spreads, how it stands against the baseline, and who dominates whom."""
    word = FIGURE_WORDS[found.figure]
    console.print(Text(f"{word[0].upper()}{word[1:]}: what 5 to 95 of 100 futures stay below, ± one standard error", style="bold"))
    console.print(_options(found, labels))
    console.print()
    if found.gaps:
        baseline = labels[found.gaps[0].baseline]
        console.print(Text(f"Against {baseline}", style="bold"))
        console.print(_gaps(found, paybacks, labels))
    for one in found.dominance:
        if one.first or one.second:
            how = "at every probability" if one.first else "for anybody who shuns risk"
            console.print(f"{labels[one.option]} is no worse than {labels[one.other]} {how}.")
    if not any(one.first or one.second for one in found.dominance):
        console.print("No option is the better one for everybody: which is depends on what one fears.")
    legend = (
        "Worst tenth and twentieth: mean of those futures (CVaR). Regret: what is lost against the best option of each future. "
        "Contingency: what to hold above the central case so that it suffices in 80 of 100 futures."
    )
    console.print(Text(legend, style="dim"))


def _options(found: Spread, labels: dict[str, str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    for place, one in enumerate(found.options):
        table.add_column(Text(labels[one.option], style=OPTION_COLOURS[place % len(OPTION_COLOURS)]), justify="right", overflow="fold")
    for level in SHOWN:
        table.add_row(f"P{round(100 * level)}", *(_point(one, level) for one in found.options))
    rows: tuple[tuple[str, Callable[[OptionSpread], str]], ...] = (
        ("mean", lambda one: _with_error(one.mean)),
        ("coefficient of variation", lambda one: percent(one.variation.value, 0)),
        ("worst tenth", lambda one: _with_error(one.tail_90)),
        ("worst twentieth", lambda one: _with_error(one.tail_95)),
        ("regret, mean", lambda one: _with_error(one.regret)),
        ("regret, P90", lambda one: _with_error(one.regret_p90)),
        ("central case", lambda one: short_number(one.contingency.point)),
        ("  suffices in", lambda one: chance(one.contingency.within.value)),
        ("  contingency to P50", lambda one: signed_number(one.contingency.to_p50.value)),
        ("  contingency to P80", lambda one: signed_number(one.contingency.to_p80.value)),
    )
    for label, spell in rows:
        table.add_row(label, *(spell(one) for one in found.options))
    if found.budget is not None:
        table.add_row(f"chance of exceeding {short_number(found.budget)}", *(_chance(one.over_budget) for one in found.options))
    return table


def _gaps(found: Spread, paybacks: tuple[Payback, ...], labels: dict[str, str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    saves = "saves" if not found.least_saving else f"saves {short_number(found.least_saving)} or more"
    for head in ("mean", "P10", "P90", saves, "pays back in month", "discounted", "pays back at all"):
        table.add_column(head, justify="right", overflow="fold")
    by_option = {one.option: one for one in paybacks}
    for gap in found.gaps:
        back = by_option[gap.option]
        ends = [float(gap.curve.values[gap.curve.levels.index(level)]) for level in (0.1, 0.9)]
        months = [str(month) if month is not None else "never" for month in (back.month, back.discounted_month)]
        cells = (signed_number(gap.mean.value), *(signed_number(end) for end in ends), _chance(gap.saves), *months, _chance(back.within))
        table.add_row(labels[gap.option], *cells)
    return table


def _point(one: OptionSpread, level: float) -> str:
    place = one.curve.levels.index(level)
    return f"{short_number(float(one.curve.values[place]))} ± {short_number(float(one.curve.errors[place]), 2)}"


def _with_error(found: Estimate) -> str:
    return f"{short_number(found.value)} ± {short_number(found.error, 2)}"


def _chance(found: Chance | None) -> str:
    return "-" if found is None else f"{chance(found.value)} ± {100 * found.error:.1f}"
