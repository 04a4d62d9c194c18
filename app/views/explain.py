"""Where a figure comes from: its formula in words, what it is made of, and the sources, down to the leaves."""

from __future__ import annotations

import streamlit as st

from app.frame import begin, keep_address, notices
from app.show import Html, problems, table
from app.state import Desk
from app.text import html, is_address, plain, source_text
from app.variant import moved_scenario
from tco_model.analysis.explain import Trace, explain_figure, figure_names
from tco_model.engine.compile import compile_scenario
from tco_model.engine.model import Model
from tco_model.errors import ScenarioError
from tco_model.report.format import month_name, short_number

CHOSEN = "explained"


def model_of(held: Desk) -> Model:
    """Return the decision as it is moved, compiled."""
    found = held.studies.get(f"model/{held.move}", lambda: compile_scenario(moved_scenario(held, held.move)))
    assert isinstance(found, Model)
    return found


def amount(trace: Trace) -> str:
    """Spell a figure of the central case: a number, or the ends of a path."""
    unit = "" if trace.unit in ("ratio", "1", "share") else f" {trace.unit}"
    if len(set(trace.values)) == 1:
        return f"{short_number(trace.values[0], 4)}{unit}"
    return f"{short_number(trace.values[0], 4)} to {short_number(trace.values[-1], 4)}{unit}"


def sourced(trace: Trace) -> Html:
    """Return where a leaf comes from, as a link where it has an address."""
    if trace.formula:
        return Html(html(trace.formula))
    named = html(trace.source or "assumption")
    linked = f'<a href="{html(trace.url)}" target="_blank" rel="noopener noreferrer">{named}</a>' if is_address(trace.url) else named
    line = f" (line {trace.line})" if trace.line else ""
    return Html(f"{linked}{', ' + html(trace.as_of) if trace.as_of else ''}{html(line)}")


def show(trace: Trace, start: int) -> None:
    """Show one figure and its parts."""
    st.markdown(f"### {plain(trace.label or trace.name)}: {plain(amount(trace))}")
    st.caption(f"`{trace.name}` · central case, every input at its expected value")
    if trace.formula:
        st.markdown(f"**= {plain(trace.formula)}**")
    else:
        written = f"In the file: {plain(trace.text)}. " if trace.text else ""
        st.markdown(f"{written}Source: {source_text(trace.source, trace.url, trace.as_of)}. {plain(trace.note)}")
    if trace.children:
        labels = [child.label for child in trace.children]
        called = {child.name: child.label if labels.count(child.label) == 1 and child.label else child.name for child in trace.children}
        rows = [[called[child.name], amount(child), sourced(child)] for child in trace.children]
        table(("Part", "Value", "Formula or source"), rows, caption="What it is computed from", words=(2,))
        names = {child.name: f"{called[child.name]}: {amount(child)}" for child in trace.children}
        st.selectbox("Open a part", list(names), index=None, format_func=lambda one: names[one], key="open-part", on_change=_open)
    if len(set(trace.values)) > 1:
        with st.expander("Month by month"):
            months = [[month_name(start + step), f"{value:,.6g}"] for step, value in enumerate(trace.values)]
            table(("Month", f"Value [{trace.unit}]"), months, caption="Central case")


def _open() -> None:
    if st.session_state["open-part"]:
        st.session_state[CHOSEN] = st.session_state["open-part"]
        st.session_state["open-part"] = None


decision = begin("Explain")
notices(decision)
model = model_of(decision)
names = figure_names(model)
chosen = st.session_state.get(CHOSEN)
if chosen not in names and chosen not in model.leaves:
    chosen = f"options.{decision.what_if.base.preferred}.npv_cost"
offered = names if chosen in names else [chosen, *names]
st.session_state[CHOSEN] = chosen
st.selectbox("Figure", offered, key=CHOSEN, help="Type to search: every cost line, category, figure and input.")
st.caption("On the command line: " + f"`tco explain {decision.path.name if decision.path else 'decision.yaml'} {chosen}`")
try:
    show(explain_figure(model, chosen), model.scenario.timeline.start)
except ScenarioError as error:
    problems(error.problems, "This figure cannot be opened:")
keep_address(decision)
