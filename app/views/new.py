"""A new decision from a few questions: what is decided, how much of it, between which options. It ends in a valid scenario."""

from __future__ import annotations

import streamlit as st

from app.show import problems
from app.state import open_text
from app.text import plain
from tco_model.errors import ScenarioError
from tco_model.scenario.guide import TEMPLATES, Answers, scenario_text

EMPTY = Answers(title="", volume="")
UNITS = ("case", "task", "ticket", "request", "query", "document")


def asked() -> Answers | None:
    """Ask, and return the answers once they are given."""
    labels = {template.name: template.label for template in TEMPLATES}
    with st.form("new-decision"):
        st.markdown("#### What is decided")
        title = st.text_input("In a few words", placeholder="Support assistant for the German market")
        question = st.text_input("As a question (made from the options where it is empty)")
        st.markdown("#### How much of it")
        left, right = st.columns(2)
        unit = left.selectbox("What is counted", UNITS)
        volume = right.text_input(
            "How many a month", placeholder="20k to 60k", help="A range is a 90% interval: 90 futures of 100 lie in it."
        )
        growth = left.text_input("Growth", EMPTY.growth)
        requests = right.text_input("Model calls for each", EMPTY.requests_per_outcome)
        inputs = left.text_input("Tokens read per call", EMPTY.input_tokens)
        outputs = right.text_input("Tokens written per call", EMPTY.output_tokens)
        cached = left.text_input("Share of the prompt read from the cache", EMPTY.cached_share)
        success = right.text_input("Share done well enough by the model of today", EMPTY.success)
        st.markdown("#### Between which options")
        templates = st.multiselect(
            "The first one is what runs today", list(labels), default=list(EMPTY.templates), format_func=lambda name: labels[name]
        )
        for template in TEMPLATES:
            st.caption(f"**{plain(template.label)}**: {plain(template.summary)}")
        st.markdown("#### Over how long")
        first, second = st.columns(2)
        months = first.number_input("Months", 3, 120, EMPTY.months)
        rate = second.text_input("Discount rate", EMPTY.discount_rate)
        if not st.form_submit_button("Make the decision", type="primary"):
            return None
    return Answers(
        title=title,
        volume=volume,
        question=question,
        templates=tuple(templates),
        outcome_unit=unit,
        outcome_name=f"{unit} done" if unit != "case" else EMPTY.outcome_name,
        growth=growth,
        requests_per_outcome=requests,
        input_tokens=inputs,
        output_tokens=outputs,
        cached_share=cached,
        success=success,
        months=int(months),
        discount_rate=rate,
    )


st.markdown("## New decision")
st.caption(
    "Every answer has a default that says it is an assumption; replace them one by one under Assumptions. Prices come from dated tables."
)
answers = asked()
if answers is not None:
    try:
        if open_text("new", scenario_text(answers)):
            st.query_params.clear()
            st.switch_page("views/compare.py")
        problems(st.session_state["problems"], "The decision could not be made:")
        st.session_state["problems"] = ()
    except ScenarioError as error:
        problems(error.problems, "Some answers do not fit yet:")
