"""Turns when to decide into plain data, sentences and a table for a terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.analysis.timing import Timing, Wait
from tco_model.report.format import chance, short_number, signed_number

CLEAR = 2.0


def timing_data(found: Timing) -> dict[str, Any]:
    """Return everything as plain data: amounts are present values in `currency`, with their Monte Carlo standard errors."""
    return asdict(found) | {"sentences": list(timing_sentences(found))}


def timing_sentences(found: Timing) -> tuple[str, ...]:
    """Say whether to decide now or to wait, and why."""
    best = max(found.waits, key=lambda one: one.value.value, default=None)
    now = found.options[found.now]
    if best is None:
        return (f"Decide now: {now} is best on average.",)
    worth, error = best.value.value, f"(± {short_number(best.value.error, 2)})"
    why = f"What is learnt meanwhile is worth {short_number(best.learns.value)}; {_cost(best)}."
    if worth > CLEAR * best.value.error:
        return (f"Wait {best.months} months: worth up to {short_number(worth)} {found.currency} {error} against taking {now} now. {why}",)
    bring = f"waiting {best.months} months would bring {signed_number(worth)} {found.currency} at most {error}"
    return (f"Decide now, for {now}: {bring}. {why}",)


def _cost(wait: Wait) -> str:
    amount = short_number(abs(wait.cost.value))
    return f"the wait itself costs {amount}" if wait.cost.value > 0.0 else f"the wait itself saves {amount}"


def print_timing(found: Timing, console: Console) -> None:
    """Print the sentences, what each wait is worth, and what binds one to each option."""
    for sentence in timing_sentences(found):
        console.print(sentence)
    console.print()
    console.print(Text(f"Waiting against taking {found.options[found.now]} now, present value, {found.currency}", style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("wait", "learns", "costs", "worth", "±"):
        table.add_column(head, justify="right")
    table.add_column("then taken", overflow="fold")
    for wait in found.waits:
        shares = sorted(wait.turns.items(), key=lambda one: -one[1])
        taken = ", ".join(f"{found.options[name]} {chance(share)}" for name, share in shares if share)
        cells = (f"{wait.months} months", short_number(wait.learns.value), signed_number(wait.cost.value), signed_number(wait.value.value))
        table.add_row(*cells, short_number(wait.value.error, 2), taken)
    console.print(table)
    learnt = ", ".join(name.removeprefix("inputs.") for name in found.learnt) or "nothing"
    legend = (
        f"Taken as known after the wait: {learnt}. {found.options[found.baseline]} goes on meanwhile. "
        "An upper bound: nothing is ever seen so clearly."
    )
    console.print(Text(legend, style="dim"))
    console.print()
    console.print(Text(f"What binds, {found.currency}, mean over the horizon", style="bold"))
    bound = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("option", "leaving costs", "committed or bought"):
        bound.add_column(head, overflow="fold", justify="right" if head == "leaving costs" else "left")
    for one in found.lock_in:
        held = ", ".join(f"{label} {short_number(amount)}" for label, amount in one.bound) or "nothing"
        bound.add_row(found.options[one.option], short_number(one.way_out) if one.way_out else "0", held)
    console.print(bound)
