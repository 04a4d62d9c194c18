"""The options side by side, and what happens when an input is moved: the sentence and the curve first, then every other figure."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.export import exports
from app.frame import begin, keep_address, notices
from app.moves import side
from app.show import picked, picture, problems, table
from app.side_by_side import fleet_rows, promise_rows, side_by_side
from app.state import Desk
from app.text import plain
from tco_model.analysis.waterfall import between_options
from tco_model.errors import ScenarioError
from tco_model.report import pictures
from tco_model.report.headline import Headline
from tco_model.report.report import Report

TABS = ("Side by side", "What it is made of", "Over time", "What differs", "Fleets and promises")


@st.fragment
def board(held: Desk) -> None:
    """Show every figure of the move; runs again by itself when an input is moved."""
    notices(held)
    answer, moved, curve, rest = st.container(), st.container(), st.container(), st.container()
    try:
        headline = held.what_if.headline(held.move)
        _answer(headline, answer)
        picture(pictures.s_curve(headline), curve)
        report = held.what_if.report(held.move)
        held.good = held.move, headline, report
    except ScenarioError as error:
        problems(error.problems, "This move cannot be computed. What is shown is the last one that could.", answer)
        if held.good is None:
            side(held)
            return
        _, headline, report = held.good
        _answer(headline, answer)
        picture(pictures.s_curve(headline), curve)
    with moved:
        _moved(held)
    with rest:
        _details(held, report, held.what_if.report(held.pinned))
    side(held)
    keep_address(held)


def _answer(headline: Headline, where: DeltaGenerator) -> None:
    first, *rest = headline.sentences
    with where:
        st.markdown(f"### {plain(first)}")
        for sentence in rest:
            st.markdown(plain(sentence))


def _moved(held: Desk) -> None:
    """Say what is moved, and what the answer was before."""
    said = held.what_if.said(held.move)
    if said:
        before = held.what_if.headline(held.pinned).sentences[0]
        against = "As in the file" if held.pinned.is_empty else "Pinned"
        st.markdown(f"**What if:** {plain('; '.join(said))}.  \n**{against}:** {plain(before)}")


def _details(held: Desk, report: Report, pinned: Report) -> None:
    opened = st.tabs(TABS, key="compare-tab", on_change="rerun")
    shows = (_table, _made_of, _over_time, _differs, _fleets)
    for tab, show in zip(opened, shows, strict=True):
        if tab.open:
            with tab:
                show(held, report, pinned)


def _table(held: Desk, report: Report, pinned: Report) -> None:
    against = "" if held.move == held.pinned else "file" if held.pinned.is_empty else "pinned"
    head, rows, caption = side_by_side(report, pinned, against=against)
    table(head, rows, caption=caption)
    for sentence in report.answer[2:]:
        st.markdown(plain(sentence))
    st.page_link("views/explain.py", label="Where does a figure come from?")
    with st.expander("Notes to these figures"):
        st.markdown("\n".join(f"- {plain(note)}" for note in report.notes))


def _made_of(_: Desk, report: Report, __: Report) -> None:
    kind = st.segmented_control("Amounts", ("present value", "undiscounted"), default="present value", key="made-of")
    picture(pictures.cost_by_category(report, figure="total" if kind == "undiscounted" else "npv"), title=False)
    reasons = [(f"{option.label}", one.category, one.reason) for option in report.options for one in option.categories if one.reason]
    if reasons:
        with st.expander("What costs nothing, and why"):
            table(("Option", "Category", "Reason"), reasons, caption="Categories without a cost", words=(1, 2))


def _over_time(_: Desk, report: Report, __: Report) -> None:
    labels = {option.name: option.label for option in report.options}
    picture(pictures.monthly_cost(report), title=False)
    chosen = picked("Range of", labels, "fan-of", index=list(labels).index(report.preferred))
    picture(pictures.fan(report, [chosen]), title=False)


def _differs(held: Desk, report: Report, _: Report) -> None:
    labels = {option.name: option.label for option in report.options}
    if len(labels) < 2:
        st.info("There is one option: nothing to compare it with.")
        return
    names = list(labels)
    left, right = st.columns(2)
    other = next(name for name in names if name != report.preferred) if report.preferred == report.baseline else report.baseline
    with left:
        first = picked("From", labels, "differs-from", index=names.index(other))
    with right:
        last = picked("To", labels, "differs-to", index=names.index(report.preferred))
    if first == last:
        st.info("Choose two different options.")
        return
    result = held.what_if.result(held.move)
    picture(pictures.waterfall(between_options(result, first, last)))
    st.caption("Present value of cost, mean of the futures, by category. The bars add up to the difference.")


def _fleets(_: Desk, report: Report, __: Report) -> None:
    head, rows = promise_rows(report)
    table(head, rows, caption="What each option promises")
    busy = pictures.utilisation(report)
    if busy is None:
        st.info("No option holds GPUs or provisioned units.")
        return
    head, rows = fleet_rows(report)
    table(head, rows, caption=f"Fleets over the months they run, means of the futures; costs in {report.currency}")
    picture(busy)


decision = begin("Compare")
exports(decision)
board(decision)
