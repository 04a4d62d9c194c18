"""Opens the front end: where its pages are, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

HOME = str(Path(__file__).parents[1])
if HOME not in sys.path:
    sys.path.insert(0, HOME)  # the pages import `app`, which is a folder beside the package and no package of its own once installed

st.set_page_config(page_title="TCO model", page_icon="⚖️", layout="wide", initial_sidebar_state="auto")
PAGES = (
    st.Page("views/compare.py", title="Compare", default=True),
    st.Page("views/matters.py", title="What matters"),
    st.Page("views/assumptions.py", title="Assumptions"),
    st.Page("views/explain.py", title="Explain"),
    st.Page("views/bills.py", title="Bills"),
    st.Page("views/review.py", title="Review"),
    st.Page("views/decisions.py", title="Decisions"),
    st.Page("views/new.py", title="New"),
)
st.navigation(PAGES, position="top").run()
