"""Turns what a page shows, moves included, into files a reader takes away."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from app.state import Desk
from tco_model.charts.render import to_png, to_svg
from tco_model.charts.theme import PAPER
from tco_model.exporters.json_text import json_text
from tco_model.exporters.workbook import write_workbook
from tco_model.report.pictures import Picture, chance_best, cost_by_category, monthly_cost, s_curve
from tco_model.report.report import make_report
from tco_model.report.what_if import Move, WhatIf

PICTURES = ("S-curve", "Chance of being best", "What it is made of", "Over time")


def workbook(what_if: WhatIf, move: Move) -> bytes:
    """Return the workbook of the decision as it is moved, every cell a formula."""
    result = what_if.result_at(move)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "decision.xlsx"
        write_workbook(result, path, make_report(result, insight=True))
        return path.read_bytes()


def chosen_picture(what_if: WhatIf, move: Move, name: str) -> Picture:
    """Return a picture by its name in the list."""
    if name == "S-curve":
        return s_curve(what_if.headline(move))
    if name == "Chance of being best":
        return chance_best(what_if.headline(move))
    report = what_if.report(move)
    return cost_by_category(report) if name == "What it is made of" else monthly_cost(report)


def exports(held: Desk) -> None:
    """Offer the exports of the open decision with what is moved; each is made when it is asked for."""
    what_if, name, text = held.what_if, held.name, held.text
    with st.popover("Export"):
        st.caption("With what is moved at this moment.")

        def moved() -> Move:
            return held.move

        st.download_button(
            "Workbook with live formulas (xlsx)",
            lambda: workbook(what_if, moved()),
            file_name=f"{name}.xlsx",
            on_click="ignore",
            key="export-xlsx",
        )
        st.download_button(
            "Every figure (JSON)",
            lambda: json_text(what_if.report(moved()).as_dict()),
            file_name=f"{name}.json",
            mime="application/json",
            on_click="ignore",
            key="export-json",
        )
        st.download_button("Scenario (YAML)", text, file_name=f"{name}.yaml", mime="application/yaml", on_click="ignore", key="export-yaml")
        chosen = st.selectbox("Picture", PICTURES, key="export-picture")

        def picture() -> Picture:
            return chosen_picture(what_if, moved(), chosen)

        left, right = st.columns(2)
        left.download_button(
            "SVG",
            lambda: to_svg(picture().spec(PAPER), picture().rows, alt=picture().alt),
            file_name=f"{name}.svg",
            on_click="ignore",
            key="export-svg",
        )
        right.download_button(
            "PNG", lambda: to_png(picture().spec(PAPER), picture().rows), file_name=f"{name}.png", on_click="ignore", key="export-png"
        )
