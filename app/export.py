"""Turns what a page shows, moves included, into files a reader takes away."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import streamlit as st

from app.state import Desk
from app.variant import moved_scenario
from tco_model.charts.render import to_png, to_svg
from tco_model.charts.theme import PAPER
from tco_model.engine.compile import compile_scenario
from tco_model.engine.result import Result
from tco_model.engine.run import run
from tco_model.exporters.json_text import json_text
from tco_model.exporters.workbook import write_workbook
from tco_model.report.paper.document import Paper
from tco_model.report.pictures import Picture, chance_best, cost_by_category, monthly_cost, s_curve
from tco_model.report.report import make_report
from tco_model.report.what_if import Move, WhatIf

PAPERS = {"PDF": ".pdf", "Word": ".docx", "HTML": ".html"}
PICTURES = ("S-curve", "Chance of being best", "What it is made of", "Over time")


def workbook(held: Desk, move: Move) -> bytes:
    """Return the workbook of the decision as it is moved, every cell a formula."""
    result = simulated(held, move)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "decision.xlsx"
        write_workbook(result, path, make_report(result, insight=True))
        return path.read_bytes()


def simulated(held: Desk, move: Move) -> Result:
    """Return the simulation of the decision as it is moved."""
    base = held.what_if.base
    return run(compile_scenario(moved_scenario(held, move)), draws=base.draws, seed=base.seed, design=base.design)


def paper(held: Desk, move: Move, kind: str) -> bytes:
    """Return the decision paper of the decision as it is moved."""
    from tco_model.report.paper.findings import find
    from tco_model.report.paper.paper import make_paper

    base = held.what_if.base
    found = find(moved_scenario(held, move), draws=base.draws, seed=base.seed, design=base.design)
    return paper_bytes(make_paper(found), kind)


def paper_bytes(made: Paper, kind: str) -> bytes:
    """Return a paper as a file of one of the kinds in `PAPERS`."""
    match kind:
        case "Word":
            from tco_model.exporters.word import word_bytes

            return word_bytes(made)
        case "PDF":
            from tco_model.exporters.pdf import pdf_bytes

            return pdf_bytes(made)
        case _:
            from tco_model.exporters.html import html_text

            return html_text(made).encode()


def data(held: Desk, move: Move) -> bytes:
    """Return tidy tables, the report and every picture as one archive."""
    from tco_model.exporters.tidy import write_data

    result, packed = simulated(held, move), io.BytesIO()
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in write_data(result, make_report(result, insight=True), Path(place)):
            archive.write(path, path.relative_to(place).as_posix())
    return packed.getvalue()


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

        kind = st.selectbox("Decision paper as", list(PAPERS), key="export-paper-kind")
        st.download_button(
            "Decision paper",
            lambda: paper(held, moved(), kind),
            file_name=f"{name}{PAPERS[kind]}",
            on_click="ignore",
            key="export-paper",
            type="primary",
            help="Two pages to decide by, and an appendix to check them by; takes some seconds",
        )
        st.download_button(
            "Workbook with live formulas (xlsx)",
            lambda: workbook(held, moved()),
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
        st.download_button(
            "Tables and pictures (zip)", lambda: data(held, moved()), file_name=f"{name}.zip", on_click="ignore", key="export-data"
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
