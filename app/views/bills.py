"""The place of the real bills. Empty, and says what belongs here."""

from __future__ import annotations

import streamlit as st

st.markdown("## Bills")
st.info("There are no bills here: this version does not read them yet.")
st.markdown(
    """
What belongs here once it does:

- **Spend** by provider, service, model and tag over time, from the exports you have already: FOCUS 1.0 to 1.4 (CSV or
  Parquet), LiteLLM, OpenAI, OpenTelemetry GenAI, Bedrock.
- **Allocation**: what each team, product and environment costs, shared pools split by rules you can read, and the rest shown
  as unallocated.
- **Unit costs** beside those the decision promised: per case, per request, per GPU-hour.

Until then the decision itself is complete: every price in it has a source and a date under **Assumptions**.
"""
)
st.page_link("views/compare.py", label="Back to the comparison")
