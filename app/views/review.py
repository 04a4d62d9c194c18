"""The place of the monthly review. Empty, and says what belongs here."""

from __future__ import annotations

import streamlit as st

st.markdown("## Review")
st.info("There is nothing to review: this version has no actuals, forecasts or budgets yet.")
st.markdown(
    """
What belongs here once it does:

- **Forecast against actuals**, split into price, volume, mix and what is still unexplained.
- **Budgets** with the chance of overspending them, and the levers worth pulling.
- **Decisions taken**, each with an owner, a date and the saving it was meant to bring, checked at the next review.
- **Calibration**: what the actuals say about the inputs of the decision, as a difference to look at before it is applied.

What can be done today: `tco diff old.yaml new.yaml` says what changed the answer between two versions of a decision.
"""
)
st.page_link("views/compare.py", label="Back to the comparison")
