"""Turns switching values, break-even maps, months and volumes, and goals into tables, sentences and plain data."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.breakeven import BreakevenMonth, BreakevenVolumes
from tco_model.analysis.breakeven_map import BreakevenMap
from tco_model.analysis.goal_seek import Goal
from tco_model.analysis.input_range import InputRange
from tco_model.analysis.switching import Switch, SwitchingValue, SwitchingValues
from tco_model.exporters.terminal import OPTION_COLOURS, SENTENCE_WIDTH
from tco_model.report.format import chance, of_hundred, percent, short_number
from tco_model.report.sentences import FIGURE_WORDS

WIDE = 140
"""Columns from which the range that was searched is shown too; `--json` always holds it."""
MOST_ROWS, MOST_NEVER = 20, 40
"""Switches, and inputs that never switch, that are printed; the data holds all."""
UNCERTAIN, STEP, FLICKERS = "~", "|", "?"
SHADES = " ░▒▓█"
"""Chance of the option of a map, a fifth each; told apart without colour."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HERE = "<"


def input_data(entry: InputRange) -> dict[str, Any]:
    """Return an input and its range as plain data."""
    return {"name": entry.name, "unit": entry.unit, "now": entry.now, "low": entry.low, "high": entry.high, "basis": entry.basis}


def switching_data(found: SwitchingValues) -> dict[str, Any]:
    """Return every switching value as plain data, the nearest first; None is never within the range."""
    return {
        "figure": found.figure,
        "preferred": found.preferred,
        "draws": found.draws,
        "inputs": [_switching_row(one) for one in found.inputs],
        "left_out": [{"name": name, "reason": reason} for name, reason in found.left_out],
    }


def _switching_row(one: SwitchingValue) -> dict[str, Any]:
    sides = {"below": one.below, "above": one.above, "median_below": one.median_below, "median_above": one.median_above}
    held = {name: None if switch is None else asdict(switch) for name, switch in sides.items()}
    return input_data(one.input) | {"preferred": one.preferred, "preferred_median": one.preferred_median} | held


def print_switching(found: SwitchingValues, console: Console) -> None:
    """Print where the preferred option changes, the nearest first, then the inputs that never change it."""
    best = found.labels[found.preferred]
    console.print(Text(f"{FIGURE_WORDS.get(found.figure, found.figure)}: {best} is preferred; it no longer is when …", style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("input", overflow="fold", min_width=20)
    for title in ("now", "switches at", "away", "median at"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("to", overflow="fold", min_width=8)
    wide = console.width >= WIDE
    if wide:
        table.add_column("searched", justify="right", no_wrap=True)
    rows = sorted(_switches(found), key=lambda row: _nearness(row[0], row[1]))
    for one, switch, median in rows[:MOST_ROWS]:
        cells = _cells(found, one, switch, median)
        table.add_row(*(cells if wide else cells[:-1]))
    if rows:
        console.print(table)
    for text in (*_further(rows), *_never(found), *_legend(found)):
        console.print(Text(textwrap.fill(text, min(console.width, SENTENCE_WIDTH), break_on_hyphens=False), style="dim"))


Row = tuple[SwitchingValue, Switch, Switch | None]


def _switches(found: SwitchingValues) -> Iterator[Row]:
    """Yield each switch by the mean, with the one by the median on the same side."""
    for one in found.inputs:
        for switch, median in ((one.below, one.median_below), (one.above, one.median_above)):
            if switch is not None:
                yield one, switch, median


def _nearness(one: SwitchingValue, switch: Switch) -> float:
    return abs(switch.distance if switch.distance is not None else switch.value / (one.input.high - one.input.low))


def _cells(found: SwitchingValues, one: SwitchingValue, switch: Switch, median: Switch | None) -> list[Text]:
    entry = one.input
    value = Text(_amount(switch.value), style="bold")
    value.append("" if switch.error is None else f" ± {_amount(switch.error, 2)}", style="dim")
    value.append(f" {marks}" if (marks := _marks(one, switch)) else "  ")
    to = Text(found.labels[switch.to], style=_colour(found, switch.to))
    if one.preferred != found.preferred:
        to.append(f" from {found.labels[one.preferred]}", style="dim")
    return [
        Text.assemble(entry.name, (f" {entry.unit}", "dim")),
        Text(_amount(entry.now)),
        value,
        Text(_away(switch)),
        Text("never" if median is None else _amount(median.value), style="dim"),
        to,
        Text(f"{_amount(entry.low)} … {_amount(entry.high)}", style="dim"),
    ]


def _marks(one: SwitchingValue, switch: Switch) -> str:
    unsure = switch.error is not None and switch.error > abs(switch.value - one.input.now)
    held = ((UNCERTAIN, unsure), (STEP, switch.is_step), (FLICKERS, not switch.flips))
    return "".join(mark for mark, holds in held if holds)


def _colour(found: SwitchingValues | BreakevenMap, option: str) -> str:
    return OPTION_COLOURS[list(found.labels).index(option) % len(OPTION_COLOURS)]


def _amount(value: float, digits: int = 4) -> str:
    """Spell a value of an input: plain digits without needless zeros, a scale letter from 10 k, a power of ten where it is tiny."""
    plain = abs(value) < 10.0**digits - 0.5
    return f"{value:.{digits}g}".replace("-", "−") if plain else short_number(value, digits)


def _away(switch: Switch) -> str:
    if switch.distance is None:
        return "from 0"
    sign = "+" if switch.distance >= 0.0 else "−"
    return f"{sign}{percent(abs(switch.distance), 1 if abs(switch.distance) < 0.1 else 0)}"


def _further(rows: list[Row]) -> Iterator[str]:
    if len(rows) > MOST_ROWS:
        yield f"… and {len(rows) - MOST_ROWS} further away."


def _never(found: SwitchingValues) -> Iterator[str]:
    names = [one.input.name for one in found.never]
    if names:
        more = f" and {len(names) - MOST_NEVER} more" if len(names) > MOST_NEVER else ""
        yield f"Never within its range, by the mean: {', '.join(names[:MOST_NEVER])}{more}."
    reasons: dict[str, list[str]] = {}
    for name, reason in found.left_out:
        reasons.setdefault(reason, []).append(name)
    for reason, members in reasons.items():
        yield f"Not searched, {reason}: {', '.join(members)}."


def _legend(found: SwitchingValues) -> Iterator[str]:
    yield (
        f"One input at a time, the others as uncertain as they are; {found.draws:,} futures, the same for every value. "
        "Searched: P0.1 to P99.9 of a range, 0.2 to 5 times a number, within what its field allows; ± Monte Carlo error of the value."
    )
    other = {one.preferred_median for one in found.inputs} - {found.preferred}
    if other:
        names = " or ".join(sorted(found.labels[name] for name in other))
        yield f'By the median {names} is preferred while some inputs are held: "median at" is then where it no longer is.'
    marked = [(one, switch) for one, switch, _ in _switches(found)]
    if any(UNCERTAIN in _marks(*pair) for pair in marked):
        yield f"{UNCERTAIN} nearer than its Monte Carlo error: the two options are as good as equal now."
    if any(switch.is_step for _, switch in marked):
        yield f"{STEP} at the edge of a step, where a whole unit is added."
    if any(not switch.flips for _, switch in marked):
        yield f"{FLICKERS} small steps turn the preference back and forth around it."
    if any(one.preferred != found.preferred for one, _ in marked):
        yield "from: the option that is preferred once the input is at its expected value in every future."


def map_data(found: BreakevenMap) -> dict[str, Any]:
    """Return a map as plain data: one row a pair of values, and the line along which the chance is 50%."""
    return {
        "figure": found.figure,
        "option": found.option,
        "draws": found.draws,
        "first": input_data(found.first),
        "second": input_data(found.second),
        "rows": found.rows(),
        "contour_50": [asdict(segment) for segment in found.contour()],
    }


def print_map(found: BreakevenMap, console: Console) -> None:
    """Print a map: a letter for the option with the best mean, a shade for the chance of the option asked about."""
    label = found.labels[found.option]
    console.print(Text(f"Who is preferred over {found.first.name} (across) and {found.second.name} (up)", style="bold"))
    scale = [_amount(float(value)) for value in found.second_values]
    width = max(len(text) for text in scale)
    here = _nearest_cell(found)
    for column in range(found.second_values.size - 1, -1, -1):
        line = Text(f"{scale[column]:>{width}} ")
        for row in range(found.first_values.size):
            line.append_text(_cell(found, row, column, here))
        console.print(line)
    console.print(Text(" " * (width + 1) + _scale(found)))
    letters = ", ".join(f"{LETTERS[place % 26]} {found.labels[option]}" for place, option in enumerate(found.options))
    units = f"across in {found.first.unit}, up in {found.second.unit}"
    for text in (
        f"{letters}: best mean {FIGURE_WORDS.get(found.figure, found.figure)}; {units}.",
        f"Chance of {label} being best: blank under 20%, ░ 20 to 40%, ▒ 40 to 60%, ▓ 60 to 80%, █ over 80%; "
        f"± {percent(float(np.nanmax(found.error, initial=0.0)), 1)} at most from {found.draws:,} futures.",
        f"{HERE} the point nearest to the current values, {_amount(found.first.now)} and {_amount(found.second.now)}.",
    ):
        console.print(Text(textwrap.fill(text, min(console.width, SENTENCE_WIDTH), break_on_hyphens=False), style="dim"))


def _nearest_cell(found: BreakevenMap) -> tuple[int, int]:
    first, second = (
        int(np.argmin(np.abs(values - now))) for values, now in zip((found.first_values, found.second_values), found.now, strict=True)
    )
    return first, second


def _cell(found: BreakevenMap, row: int, column: int, here: tuple[int, int]) -> Text:
    place, often = int(found.best[row, column]), float(found.chance[row, column])
    mark = HERE if (row, column) == here else " "
    if place < 0 or math.isnan(often):
        return Text(f"--{mark}", style="dim")
    shade = SHADES[min(int(often * len(SHADES)), len(SHADES) - 1)]
    return Text(f"{LETTERS[place % 26]}{shade}{mark}", style=_colour(found, found.options[place]))


def _scale(found: BreakevenMap) -> str:
    """Spell the first, the middle and the last value under their columns."""
    size = found.first_values.size
    line = [" "] * (3 * size + 12)
    end = 0
    for place in sorted({0, size // 2, size - 1}):
        text = _amount(float(found.first_values[place]))
        start = max(3 * place, end + 1 if end else 0)
        line[start : start + len(text)] = text
        end = start + len(text)
    return "".join(line).rstrip()


def month_data(found: BreakevenMonth) -> dict[str, Any]:
    """Return a break-even month as plain data."""
    return asdict(found) | {"cumulative": found.cumulative.tolist(), "discounted": found.discounted.tolist()}


def month_sentence(found: BreakevenMonth, labels: dict[str, str]) -> str:
    """Say from which month on an option has cost less than another."""
    one, other, months = labels[found.option], labels[found.other], found.cumulative.size
    often = f"ahead at the end in {of_hundred(found.ahead.value)} futures, {of_hundred(found.discounted_ahead.value)} discounted"
    if found.month is None:
        return f"{one}: never below {other} in cumulative cost to stay there within {months} months, on average; {often}."
    later = "never" if found.discounted_month is None else f"from month {found.discounted_month}"
    return f"{one}: below {other} in cumulative cost from month {found.month} of {months} on, discounted {later}, on average; {often}."


def volumes_data(found: BreakevenVolumes) -> dict[str, Any]:
    """Return break-even volumes as plain data."""
    named = {"figure": found.figure, "option": found.option, "other": found.other, "best_now": found.best_now, "draws": found.draws}
    return named | {"input": input_data(found.input), "crossings": [asdict(one) for one in found.crossings]}


def volumes_sentences(found: BreakevenVolumes, labels: dict[str, str]) -> tuple[str, ...]:
    """Say at which values of an input two options come to the same."""
    entry, word = found.input, FIGURE_WORDS.get(found.figure, found.figure)
    if not found.crossings:
        better, worse = (found.option, found.other) if found.best_now == found.option else (found.other, found.option)
        return (
            f"{labels[better]} has the better {word} than {labels[worse]} for every {entry.name} "
            f"from {_amount(entry.low)} to {_amount(entry.high)} {entry.unit}.",
        )
    return tuple(
        f"{labels[one.best_below]} is better below {entry.name} = {_amount(one.value)} {entry.unit}, {labels[one.best_above]} above "
        f"({'at a step' if one.error is None else f'± {_amount(one.error)}'}); both then have a {word} of {short_number(one.figure)}."
        for one in found.crossings
    )


def goal_data(found: Goal) -> dict[str, Any]:
    """Return a goal as plain data."""
    return asdict(found) | {"input": input_data(found.input), "others": list(found.others)}


def goal_sentence(found: Goal, labels: dict[str, str]) -> str:
    """Say up to or from which value of the input a goal is met."""
    entry, label = found.input, labels[found.option]
    aim = f"{'at least' if found.at_least else 'at most'} {short_number(found.target)}"
    if found.figure == "chance_best":
        goal = f"{label} is best in {aim.replace(short_number(found.target), of_hundred(found.target))} futures"
    else:
        sure = "on average" if found.confidence is None else f"with {100 * found.confidence:g}% confidence"
        goal = f"the {FIGURE_WORDS.get(found.figure, found.figure.replace('_', ' '))} of {label} is {aim} {sure}"
    if found.value is None:
        return f"Over all of {entry.name} from {_amount(entry.low)} to {_amount(entry.high)} {entry.unit}, {goal}."
    error = "the edge of a step" if found.error is None else f"± {_amount(found.error)}"
    more = f" Further changes at {', '.join(_amount(value) for value in found.others)}." if found.others else ""
    return (
        f"{'Up to' if found.met == 'up to' else 'From'} {entry.name} = {_amount(found.value)} {entry.unit} ({error}), {goal}; "
        f"now {_amount(entry.now)}. There it is met in {chance(found.chance.value)} of the futures.{more}"
    )
