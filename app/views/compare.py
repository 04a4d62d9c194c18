"""The options side by side, and what happens when an input is moved: the sentence and the curve first, then every other figure."""

from __future__ import annotations

import streamlit as st

from app.export import exports
from app.frame import begin, keep_address, notices
from app.moves import side
from app.show import Slot, picked, picture, problems, table
from app.side_by_side import fleet_rows, promise_rows, side_by_side
from app.state import Desk
from app.text import plain
from app.turns import TURNS, still_wanted
from tco_model.analysis.waterfall import between_options
from tco_model.errors import ScenarioError
from tco_model.report import pictures
from tco_model.report.headline import Headline
from tco_model.report.report import Report
from tco_model.report.what_if import PREVIEW

TABS = ("Side by side", "What it is made of", "Over time", "What differs", "Fleets and promises")


class Answer:
    """The place of the answer, its picture below it: shown from the first futures, then from all of them, without moving."""

    def __init__(self, held: Desk) -> None:
        """Take the place, and how many futures there are."""
        self.draws, self.trouble, self._slot = held.what_if.base.draws, st.container(), Slot()

    def show(self, headline: Headline, draws: int) -> None:
        """Show how the options stand in the first `draws` futures."""
        first, *rest = headline.sentences
        whole, few = f"From all {draws:,} futures.", f"Preview from {draws:,} of {self.draws:,} futures, refining …"
        self._slot.begin()
        self._slot.put(lambda at: at.markdown(f"### {plain(first)}"))
        self._slot.put(lambda at: at.markdown("\n\n".join(plain(sentence) for sentence in rest)))
        self._slot.put(lambda at: at.caption(whole if draws == self.draws else few))
        picture(pictures.s_curve(headline), self._slot)


@st.fragment
def board(held: Desk) -> None:
    """Show every figure of the move; runs again by itself when an input is moved.

    The answer comes twice: at once from the first futures, then from all of them, in the same place.
    """
    notices(held)
    answer, moved, rest = Answer(held), st.container(), st.container()
    refused = _at_once(held, answer)
    with moved:
        _moved(held)
    side(held)
    keep_address(held)
    if refused is None:
        refused = _in_full(held)
    if refused is not None:
        problems(refused.problems, "This move cannot be computed. What is shown is the last one that could.", answer.trouble)
    if held.good is None:
        return
    _, headline, report = held.good
    answer.show(headline, answer.draws)
    with rest:
        _details(held, report, held.what_if.report(held.pinned))


def _at_once(held: Desk, answer: Answer) -> ScenarioError | None:
    """Show the answer to the move as soon as there is one; return what stands against it."""
    try:
        with TURNS.quick():
            first = held.what_if.preview(held.move)
            found = first or held.what_if.headline(held.move)
    except ScenarioError as error:
        return error
    answer.show(found, answer.draws if first is None else PREVIEW)
    return None


def _in_full(held: Desk) -> ScenarioError | None:
    """Reckon every figure of the move, and of what it is compared with; return what stands against it."""
    try:
        with TURNS.long(still_wanted) as pause:
            report = held.what_if.report(held.move, pause)
            held.what_if.report(held.pinned, pause)
    except ScenarioError as error:
        return error
    held.good = held.move, held.what_if.headline(held.move), report
    return None


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
