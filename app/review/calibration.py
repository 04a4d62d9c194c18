"""Turns what was measured into what it would change in a scenario: ranges, text and answer, written only where that is asked for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.ledger import BILL, Ledger
from app.review.scenario import Decided, decided_by
from app.show import Html, cell, problems, table
from app.state import KEY, decisions, folder, open_text
from app.text import html, plain
from tco_model.errors import Problem, ScenarioError
from tco_model.exporters.files import write_bytes
from tco_model.finops.books import Books
from tco_model.finops.calibrate import Proposal
from tco_model.finops.evidence import FILE, read_evidence
from tco_model.finops.review import Review
from tco_model.report.calibration import Calibration
from tco_model.report.calibration import calibration as calibrated
from tco_model.report.format import chance, short_number
from tco_model.report.sentences import FIGURE_WORDS
from tco_model.scenario.edit import difference, save

DIGITS = 4
"""Of a range that may be narrow."""
TOLD, WRONG = "calibration-told", "calibration-problems"


def calibration(held: Ledger, books: Books, _: Review) -> None:
    """Show what the workspace's evidence changes in a decision."""
    told = st.session_state.pop(TOLD, "")
    if told:
        st.success(told)
    wrong = st.session_state.pop(WRONG, ())
    if wrong:
        problems(wrong, "Nothing was written:")
    if not (held.place / FILE).is_file() or not decisions():
        st.info(
            "Nothing says yet what was measured of a decision's inputs. An evidence file in the workspace does: ratios out of the bills "
            "and usage records, counts of trials, monthly values. This writes a commented one to begin with:"
        )
        st.code(f"tco calibrate decision.yaml --actuals {held.place} --starter", language=None)
        return
    chosen = decided_by()
    found = _found(held, books, chosen) if chosen is not None else None
    if chosen is not None and found is not None:
        _show(found, chosen.path)
        _writing(found, chosen.name, chosen.path)


def _found(held: Ledger, books: Books, chosen: Decided) -> Calibration | None:
    def make() -> Calibration:
        bar = st.progress(0.0, "Simulating before and after …")
        try:
            return calibrated(
                chosen.text,
                read_evidence(held.place / FILE),
                books,
                file=str(chosen.path),
                progress=lambda done, steps: bar.progress(done / steps, f"Simulating before and after: {done} of {steps}"),
            )
        finally:
            bar.empty()

    name = f"Calibrating {chosen.path.name}"
    return held.made(f"calibration/{chosen.path}", (*BILL, FILE), name, make, of=chosen.mark)


def _show(found: Calibration, path: Path) -> None:
    st.markdown(f"**{plain(found.verdict)}**")
    caption = "P5 to P95, median below, in the unit of each input; the width says how much narrower the range is now"
    table(("Input", "Before", "Now", "Width", "Measured"), [_proposal(one) for one in found.proposals], caption=caption, words=(4,))
    if any(one.posterior.conflict for one in found.proposals):
        st.warning("⚠ What was measured lies outside of what the file held possible: it stands alone now. Ask why before you take it.")
    later = {one.name: one for one in found.after.options}
    figure = found.before.decide_by
    rows = [
        [
            cell(one.label, best=one.name == found.after.preferred),
            short_number(one.figures[figure].mean),
            chance(one.chance_best.value),
            short_number(later[one.name].figures[figure].mean),
            chance(later[one.name].chance_best.value),
        ]
        for one in found.before.options
    ]
    unit = found.before.options[0].figures[figure].unit
    caption = f"Mean {FIGURE_WORDS[figure]} [{unit}] and the chance of being best; ✓ is preferred now"
    table(("Option", "Before", "Best in", "Now", "Best in now"), rows, caption=caption)
    st.markdown("#### The difference in the file")
    st.code(difference(found.text, found.after_text, path.name) or "no difference", language="diff")


def _proposal(one: Proposal) -> list[str]:
    def ends(values: tuple[float, float, float]) -> Html:
        low, middle, high = (short_number(value, DIGITS) for value in values)
        return cell(f"{low} to {high}", small=middle)

    unit = "" if one.unit.is_plain else one.unit.shown
    sign = "⚠ " if one.posterior.conflict else ""
    where = f"{one.evidence.source}, {one.evidence.as_of}"
    return [
        Html(f"{sign}{html(one.field)}".replace(".", ".<wbr>") + f"<small>{html(unit)}</small>"),
        ends(one.posterior.before),
        ends(one.posterior.after),
        "replaced" if one.posterior.conflict else "under × 0.01" if one.narrowed < 0.005 else f"× {one.narrowed:.2f}",
        Html(f"{html(one.evidence.words)}<small class='wrap'>{html(where)}</small>"),
    ]


def _writing(found: Calibration, name: str, path: Path) -> None:
    """Offer to write the calibrated text over the file, or to take it away; nothing is written before that is pressed."""
    left, right = st.columns(2)
    same = found.text == found.after_text
    if folder() is not None:
        left.button(f"Apply to {path.name}", type="primary", on_click=_apply, args=(found, name, path), disabled=same, width="stretch")
    else:
        left.caption("This decision comes with the package: take the calibrated one away, or start the front end on your own folder.")
    right.download_button(
        "Download the calibrated file",
        found.after_text,
        file_name=f"{name}-calibrated.yaml",
        mime="application/yaml",
        on_click="ignore",
        width="stretch",
    )


def _apply(found: Calibration, name: str, path: Path) -> None:
    """Write the calibrated text, unless the file has changed since it was read; an open decision without edits is opened anew."""
    try:
        save(path, found.after_text, found.text, write_bytes)
    except ScenarioError as error:
        st.session_state[WRONG] = error.problems
        return
    except OSError as error:
        st.session_state[WRONG] = (Problem(f"{path.name} cannot be written: {error.strerror}", "give it write permission"),)
        return
    opened = st.session_state.get(KEY)
    told = f"Written: {path.name}."
    if opened is not None and opened.path == path:
        if opened.is_edited:
            told += " The decision that is open has edits of its own and is still the one before: see Assumptions."
        else:
            open_text(name, found.after_text, path)
    st.session_state[TOLD] = plain(told)
