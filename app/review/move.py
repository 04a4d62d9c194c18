"""Turns a workload in production into whether it should stay where it runs, and its decision into the levers that are worth doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from app.ledger import BILL, Ledger
from app.review.scenario import Decided, decided_by
from app.show import cell, picture, table
from app.state import decisions
from app.text import plain
from tco_model import api
from tco_model.analysis.levers import LeverEffect, Levers
from tco_model.finops.books import Books
from tco_model.finops.evidence import FILE, EvidenceFile, read_evidence_file
from tco_model.finops.move import Move, Standing, move
from tco_model.finops.review import Review
from tco_model.report import review_pictures
from tco_model.report.format import chance, short_number, signed_number
from tco_model.report.moving import distance_words, moving_sentences
from tco_model.report.sentences import FIGURE_WORDS


def stay_or_move(held: Ledger, books: Books, found: Review) -> None:
    """Show whether the workload should move, and which levers are worth doing; both as `tco move` and `tco levers` say them."""
    if not has_workload(held):
        _no_workload(held)
    if not decisions():
        st.info("No decision is on offer that this could be held against. Start the front end on the folder of yours:")
        st.code(f"tco app decisions/ --bills {held.place}", language=None)
        return
    chosen = decided_by()
    if chosen is None:
        return
    moving = moving_of(held, books, found.month, chosen)
    if moving is not None:
        _show(moving)
    weighed = levers_of(held, chosen)
    if weighed is not None:
        _levers(weighed)


def has_workload(held: Ledger) -> bool:
    """Say whether the workspace names a workload in production."""
    evidence = _evidence(held)
    return evidence is not None and evidence.workload is not None


def _evidence(held: Ledger) -> EvidenceFile | None:
    file = held.place / FILE
    return held.made("evidence", (FILE,), "Reading what was measured", lambda: read_evidence_file(file) if file.is_file() else None)


def _no_workload(held: Ledger) -> None:
    st.info(
        f"{FILE} of the workspace names no workload in production. What belongs there under workload: is which option of the decision "
        "it runs on, which one it could move to, which charges are its bill, and what is measured of it by month. "
        "This writes a commented file to begin with:"
    )
    st.code(f"tco calibrate decision.yaml --actuals {held.place} --starter", language=None)


@contextmanager
def _bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while something is made, moved by what is yielded."""
    bar = st.progress(0.0, f"{words} …")
    try:
        yield lambda done, steps: bar.progress(done / steps, f"{words}: {done} of {steps}")
    finally:
        bar.empty()


def moving_of(held: Ledger, books: Books, month: str, chosen: Decided) -> Move | None:
    """Return what moving the workload comes to, made once; None where the workspace names none, or it cannot be told."""
    evidence = _evidence(held)
    if evidence is None or evidence.workload is None:
        return None

    def make() -> Move:
        with _bar("Holding each month against moving") as progress:
            return move(books, evidence, chosen.path, month=month, progress=progress)

    words = f"Looking at moving, until {month}"
    return held.made(f"move/{chosen.path}/{month}", (*BILL, FILE), words, make, of=chosen.mark)


def levers_of(held: Ledger, chosen: Decided) -> Levers | None:
    """Return the levers of a decision, weighed once; None where they cannot be."""

    def make() -> Levers:
        with _bar("Weighing levers") as progress:
            return api.levers(chosen.path, progress=progress)

    return held.made(f"levers/{chosen.path}", (), f"Weighing the levers of {chosen.path.name}", make, of=chosen.mark)


def _show(found: Move) -> None:
    first, *others = moving_sentences(found)
    st.markdown(f"**{plain(first)}**")
    st.markdown(plain(" ".join(others)))
    drawn = review_pictures.moving(found)
    if drawn is not None:
        picture(drawn)
    head = ("Month", "Bill", "Model of it", "If it stays", "If it moves", "Volume", "Break-even", "Of it", "Moving pays")
    source, target = found.labels[found.source], found.labels[found.target]
    caption = f"{found.workload}: from {source} to {target} [{found.currency} a month; volume in {found.unit}]"
    table(head, [_standing(one) for one in found.months], caption=caption)
    covered, rest = " and ".join(found.covers), found.months[-1].rest
    notes = [f"Bill and model of it: {covered}. If it stays, if it moves: a mean month of the {rest} left, all categories."]
    notes.append(f"Held at what was measured in the month: {', '.join(found.held)}. All else is as uncertain as the file says.")
    notes += [f"{month} is left out: {why}." for month, why in found.left_out]
    st.caption(plain(" ".join(notes)))


def _standing(one: Standing) -> list[str]:
    amounts = (float(one.actual), one.modelled, one.stays, one.moves, one.volume)
    even = "none" if one.breakeven is None else short_number(one.breakeven.value)
    return [one.month, *map(short_number, amounts), even, distance_words(one.distance), chance(one.pays.value)]


def _levers(found: Levers) -> None:
    st.markdown("#### Levers worth doing")
    if not found.levers:
        st.info("The decision has no levers. Describe what could be done under levers: in its file, such as")
        st.code("levers: {shorter_prompts: {times: {demand.live.input_tokens: 70% to 90%}, effort: 1 FTE*month}}", language="yaml")
        return
    figure = FIGURE_WORDS[found.figure]
    if found.worth_doing:
        head = ("Lever", "Expected", "P10 to P90", "Effort", "Gain a FTE month", "Risk")
        gains = "above" if found.figure == "net_value" else "below"
        caption = (
            f"What each adds to the {figure} of the option that gains most [{found.unit}]: {gains} 0 it gains. Effort in FTE months, "
            f"most for its effort first; {found.draws:,} futures."
        )
        table(head, [_lever(one, found) for one in found.worth_doing], caption=caption, words=(5,))
    rest = [one.label for one in found.levers if one not in found.worth_doing]
    if rest:
        st.caption(plain(f"Gains nothing in the {figure} of any option: {'; '.join(rest)}."))


def _lever(one: LeverEffect, found: Levers) -> list[str]:
    best, gain = one.best, one.value_per_effort
    assert best is not None  # of one that is worth doing
    return [
        cell(one.label, small=found.options[best.option]),
        signed_number(best.mean.value),
        f"{signed_number(best.p10)} to {signed_number(best.p90)}",
        f"{one.effort:.3g}" if one.effort else "–",
        "–" if gain is None else short_number(gain),
        "; ".join(filter(None, (one.risk, "loses outcomes" if best.loses_outcomes else ""))) or "none named",
    ]
