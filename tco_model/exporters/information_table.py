"""Turns what is worth finding out into plain data, sentences, and a table for a terminal: an input a row, the largest first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.information import Information, InputWorth
from tco_model.analysis.spread import Estimate
from tco_model.report.format import chance, of_hundred, percent, short_number
from tco_model.report.sentences import FIGURE_WORDS

MOST_ROWS = 12
CLEAR = 2.0
"""Standard errors from 0 at which a worth counts as more than chance."""


def information_data(found: Information) -> dict[str, Any]:
    """Return everything as plain data: amounts in `unit`, each with its Monte Carlo standard error, and the sentences."""
    return asdict(found) | {"sentences": list(information_sentences(found))}


def information_sentences(found: Information) -> tuple[str, ...]:
    """Say what is worth finding out before deciding, most important first."""
    if len(found.options) == 1:
        return ("There is one option: nothing that could be found out would change the choice.",)
    if found.evpi.value == 0.0:
        return (f"{found.options[found.preferred]} is best in every future: nothing that could be found out would change the choice.",)
    return (_advice(found), *_together(found), _ceiling(found))


def is_clear(worth: Estimate) -> bool:
    """Say whether a worth is more than Monte Carlo chance."""
    return worth.value > CLEAR * worth.error


def _advice(found: Information) -> str:
    best = found.inputs[0] if found.inputs else None
    if best is None or not is_clear(best.evppi):
        return (
            "No single input is worth measuring before you sign: "
            f"none alone is seen to turn the choice away from {found.options[found.preferred]}."
        )
    return (
        f"Measure {_named(best)} before you sign: worth up to {_amount(found, best.evppi.value)}{_error(found, best.evppi)}; "
        f"knowing it turns the choice to {found.options[best.instead]} in {of_hundred(best.changes.value)} futures."
    )


def _together(found: Information) -> Iterator[str]:
    """Name the first group that is worth more than any single input."""
    best = found.groups[0] if found.groups else None
    if best is not None and is_clear(best.evppi) and best.evppi.value > found.inputs[0].evppi.value:
        yield f"All of {best.label} together is worth up to {_amount(found, best.evppi.value)}{_error(found, best.evppi)}."


def _ceiling(found: Information) -> str:
    best = found.options[found.preferred]
    text = (
        f"Nothing can be worth more than {_amount(found, found.evpi.value)}{_error(found, found.evpi)}: "
        f"what {best} loses on average against the best option of each future."
    )
    luck = 1.0 - found.knowable.value / found.evpi.value
    if luck > 0.005 and is_clear(found.evpi) and math.isfinite(found.knowable.error):
        text += f" At most {percent(luck, 0)} of that is luck, such as when events strike, which nobody can find out beforehand."
    return text


def _named(one: InputWorth) -> str:
    return one.label if one.label.startswith("growth of ") else f"the {one.label}"


def _amount(found: Information, value: float) -> str:
    return f"{short_number(value)} {found.unit.replace('/', ' per ')}"


def _error(found: Information, worth: Estimate) -> str:
    return f" (± {short_number(worth.error, 2)})" if worth.error else ""


def print_information(found: Information, console: Console) -> None:
    """Print the sentences, and each input that is worth finding out."""
    for sentence in information_sentences(found):
        console.print(sentence)
    shown = [one for one in found.inputs if one.evppi.value > 0.0][:MOST_ROWS]
    if not shown:
        return
    console.print()
    console.print(Text(f"Worth of knowing before deciding by {FIGURE_WORDS[found.figure]}, at most, {found.unit}", style="bold"))
    console.print(_table(found, shown))
    left = len(found.inputs) - len(shown)
    rest = f" {left} other inputs are worth less or nothing." if left else ""
    legend = f"± is one standard error of {found.draws:,} draws; dimmed where the worth is within two of 0. Worths do not add up.{rest}"
    console.print(Text(legend, style="dim"))


def _table(found: Information, shown: Sequence[InputWorth]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("input", overflow="fold")
    for title in ("worth", "±", "of perfect"):
        table.add_column(title, justify="right")
    table.add_column("turns the choice", overflow="fold")
    groups = [one for one in found.groups if is_clear(one.evppi)]
    for one in [*shown, *groups]:
        turns = f"{chance(one.changes.value)} to {found.options[one.instead]}" if one.changes.value else "never"
        style = "" if is_clear(one.evppi) else "dim"
        label = f"all of {one.label}" if one in groups else one.label
        table.add_row(label, short_number(one.evppi.value), short_number(one.evppi.error, 2), percent(one.share, 0), turns, style=style)
    return table
