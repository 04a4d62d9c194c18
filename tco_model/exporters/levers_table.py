"""Turns levers, variants and what differs into plain data and tables for a terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.levers import Effect, LeverEffect, Levers
from tco_model.analysis.variants import Variants
from tco_model.analysis.waterfall import Waterfall
from tco_model.exporters.terminal import BEST, OPTION_COLOURS
from tco_model.report.format import chance, short_number, signed_number
from tco_model.report.sentences import FIGURE_WORDS

LOSES = "saves money and loses outcomes"
BAR = 24


def levers_data(found: Levers) -> dict[str, Any]:
    """Return everything as plain data, with what each lever gains by effort and whether it saves money and loses outcomes."""
    data = asdict(found)
    for row, lever in zip(data["levers"], found.levers, strict=True):
        row["value_per_effort"] = lever.value_per_effort
        row["flags"] = [LOSES] if _loses(lever) else []
    return data


def print_levers(found: Levers, console: Console) -> None:
    """Print what each lever does alone, ranked, and all together."""
    if not found.levers:
        console.print("The scenario has no levers. Describe what you could do under levers: in the file, such as")
        console.print("  levers: {shorter_prompts: {times: {demand.live.input_tokens: 70% to 90%}, effort: 1 FTE*month}}", markup=False)
        return
    console.print(Text(f"What each lever alone does to the {FIGURE_WORDS[found.figure]}, {found.unit}, mean of the futures", style="bold"))
    table = _table("lever", "option", "adds", "P10", "P90", "outcomes", "FTE months", "gain a FTE month")
    for lever in found.levers:
        for place, effect in enumerate(lever.effects or (None,)):
            table.add_row(*_row(found, lever, effect, first=place == 0))
    console.print(table)
    for lever in found.levers:
        if _loses(lever):
            console.print(Text(f"{lever.label}: {LOSES}; look at the cost per outcome."))
        if lever.risk:
            console.print(Text(f"{lever.label}: {lever.risk}", style="dim"))
    _print_together(found, console)


def _row(found: Levers, lever: LeverEffect, effect: Effect | None, *, first: bool) -> list[Text]:
    if effect is None:
        return [Text(lever.label), Text("none"), *[Text("")] * 6]
    gain = lever.value_per_effort
    cells = [
        lever.label if first else "",
        found.options[effect.option],
        signed_number(effect.mean.value),
        signed_number(effect.p10),
        signed_number(effect.p90),
        "-" if effect.outcomes is None else "0%" if effect.outcomes == 0.0 else f"{100 * effect.outcomes:+.2g}%",
        f"{lever.effort:.3g}" if first and lever.effort else "",
        short_number(gain) if first and gain is not None else "",
    ]
    return [Text(cell, style="bold" if effect.saves and place == 2 else "") for place, cell in enumerate(cells)]


def _print_together(found: Levers, console: Console) -> None:
    console.print()
    console.print(Text("One after the other in the order of the file, and all together", style="bold"))
    table = _table("", *found.options.values())
    table.add_row("without", *(short_number(found.base[option]) for option in found.options))
    labels = {lever.name: lever.label for lever in found.levers}
    for name, added in found.in_order:
        table.add_row(f"then {labels[name]}", *(signed_number(added[option]) for option in found.options))
    table.add_row("all together", *(signed_number(found.together[option].mean.value) for option in found.options), style="bold")
    table.add_row("of it interaction", *(signed_number(found.interaction[option]) for option in found.options), style="dim")
    console.print(table)
    if found.preferred_together == found.preferred:
        console.print(f"{found.options[found.preferred]} is best on average with all levers as without.")
    else:
        before, after = found.options[found.preferred], found.options[found.preferred_together]
        console.print(f"With all levers {after} is best on average; without them it is {before}.")


def _loses(lever: LeverEffect) -> bool:
    return any(effect.saves and effect.loses_outcomes for effect in lever.effects)


def variants_data(found: Variants) -> dict[str, Any]:
    """Return everything as plain data."""
    return asdict(found)


def print_variants(found: Variants, console: Console) -> None:
    """Print how the options stand in each case."""
    if len(found.cases) == 1:
        console.print("The scenario has no variants. Describe other cases under variants: in the file, such as")
        console.print("  variants: {dear_gpus: {stress: true, times: {inputs.gpu_price: 1.5}}}", markup=False)
        return
    title = f"{FIGURE_WORDS[found.figure]}, {found.currency}, mean of the futures, by case"
    console.print(Text(title[0].upper() + title[1:], style="bold"))
    table = _table("case", *found.options.values())
    for place, column in enumerate(table.columns[1:]):
        column.header_style = OPTION_COLOURS[place % len(OPTION_COLOURS)]
    for case in found.cases:
        cells = [_standing(case.mean[option], case.chance_best[option].value, option == case.preferred) for option in found.options]
        table.add_row(f"{case.label} (stress)" if case.stress else case.label, *cells)
    console.print(table)
    console.print(Text(f"{BEST} best on average, with its chance of being best in a future.", style="dim"))


def _standing(mean: float, best: float, preferred: bool) -> Text:
    return Text(f"{short_number(mean)} {BEST} {chance(best)}" if preferred else short_number(mean), style="bold" if preferred else "")


def waterfall_data(found: Waterfall) -> dict[str, Any]:
    """Return everything as plain data."""
    return asdict(found)


def print_waterfall(found: Waterfall, console: Console) -> None:
    """Print the parts as bars from the one amount to the other."""
    title = f"{FIGURE_WORDS[found.figure]}, {found.currency}, from {found.first_label} to {found.last_label}, {found.method}"
    console.print(Text(title[0].upper() + title[1:], style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head, side in (("", "left"), ("amount", "right"), ("", "left")):
        table.add_column(head, justify=side)  # type: ignore[arg-type]
    table.add_row(found.first_label, short_number(found.first), "")
    reach = max((abs(part.value) for part in found.parts), default=0.0) or 1.0
    for part in sorted(found.parts, key=lambda one: -abs(one.value)):
        if abs(part.value) > 1e-9 * reach:
            bar = ("#" if part.value > 0 else "-") * max(round(BAR * abs(part.value) / reach), 1)
            table.add_row(part.label, signed_number(part.value), bar)
    table.add_row(found.last_label, short_number(found.last), "", style="bold")
    console.print(table)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(first, overflow="fold")
    for head in others:
        table.add_column(Text(head), justify="left" if head == "option" else "right", overflow="fold")
    return table
