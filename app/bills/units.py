"""What one unit of value cost: every metric at a glance, then one with its formula, its months, its sizes and what a model said of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.bills.held import Bills, NotMadeError, stamp
from app.show import cell, picked, picture, problems, table
from app.state import decisions
from app.text import plain
from tco_model.errors import ScenarioError
from tco_model.finops.against import Modelled, modelled
from tco_model.finops.metric_rules import Against, Metric
from tco_model.finops.rules import Allocation
from tco_model.finops.token_bands import Bands
from tco_model.finops.unit_metrics import UnitMetric
from tco_model.lines.registry import CATEGORIES
from tco_model.report import bill_pictures
from tco_model.report.format import percent
from tco_model.report.unit_costs import COVERS_WORDS, TREND_WORDS, against_sentences, band_cells, bands_note, glance_cells
from tco_model.scenario.load import load

NOTHING, FILE = "", "what the allocation file says"


def show(held: Bills, rules: Allocation) -> None:
    """Show the unit costs."""
    if not rules.metrics:
        st.info("The allocation file names no unit cost. `tco allocate --starter` writes one with examples of each kind under `metrics`.")
        return
    found = held.once("metrics", "Measuring unit costs", lambda: held.books(rules).metrics)
    _glance(found)
    left, right = st.columns(2)
    with left:
        name = picked("Look closer at", {one.name: one.name for one in found}, "bills-metric")
    (chosen,) = (one for one in found if one.name == name)
    (rule,) = (one for one in rules.metrics if one.name == name)
    model = _model(held, rules, chosen, rule, right) if rule.per == "outcomes" else None
    picture(bill_pictures.unit_cost(chosen, model))
    covered = "" if chosen.coverage is None else f" {percent(chosen.coverage)} of the cost falls in months with a count."
    st.markdown(f"{plain(chosen.name)} = {plain(chosen.formula)}.{covered}")
    if model is not None:
        for sentence in against_sentences(chosen, model):
            st.markdown(plain(sentence))
    if chosen.bands is not None:
        _sizes(chosen, chosen.bands)


def _glance(found: tuple[UnitMetric, ...]) -> None:
    rows = [(cell(one.name, small=f"{one.currency}/{one.unit}"), *glance_cells(one)) for one in found]
    head = ("Unit cost", "All months", "Last month", "Since first", "Trend a month", "Covers")
    table(head, rows, caption=f"{found[0].months[0]} to {found[0].months[-1]}. {TREND_WORDS} {COVERS_WORDS}")


def _sizes(metric: UnitMetric, held: Bands) -> None:
    st.markdown("#### By size of the request")
    rows = [band_cells(band, metric, held.cost) for band in held.bands]
    head = ("Input tokens", "Requests", "Of cost", f"{metric.currency}/{metric.unit}", f"{metric.currency}/1k tokens")
    table(head, rows, caption=bands_note(held.unpriced))


def _model(held: Bills, rules: Allocation, metric: UnitMetric, rule: Metric, where: DeltaGenerator) -> Modelled | None:
    """Return what a decision that the reader picks foresaw; say what does not fit."""
    offered, place = decisions(), held.workspace.path
    choices = {NOTHING: "nothing"} | ({FILE: FILE} if rule.against else {}) | {name: name for name in offered}
    with where:
        said = picked("Held against the decision", choices, "bills-against", index=1 if rule.against else 0)
    if said == NOTHING:
        return None
    try:
        chosen = {} if said == FILE else {metric.name: _against(offered[said])}
        file = place / rule.against.scenario if said == FILE and rule.against else offered[said]
        name = f"model/{metric.name}/{chosen}"
        return held.once(name, "Simulating", lambda: modelled([metric], rules, place, chosen), of=stamp(file))[metric.name]
    except ScenarioError as error:  # of the scenario's options, before anything is made of it
        problems(error.problems, "It cannot be held against this decision:")
    except NotMadeError:
        pass
    return None


def _against(path: Path) -> Against:
    options = {option.name: option.label for option in load(path).options}
    left, right = st.columns(2)
    with left:
        option = picked("The option that runs", options, f"bills-option-{path.stem}")
    with right:
        counted = st.multiselect(
            "Categories of its cost that the bill holds too", CATEGORIES, key="bills-categories", help="All where none is chosen."
        )
    return Against(scenario=str(path), option=option, categories=tuple(counted))
