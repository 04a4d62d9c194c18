"""What the answer hangs on: tornado, indices, switching values, the break-even map, and what is worth finding out before deciding."""

from __future__ import annotations

import streamlit as st

from app.export import exports
from app.frame import begin, keep_address, notices
from app.show import Html, cell, picked, picture, problems, table
from app.state import Desk
from app.studies import DRAWS, FEW_DRAWS, futures_of, study
from app.text import html, plain
from tco_model.analysis.breakeven_map import breakeven_map
from tco_model.analysis.information import information
from tco_model.analysis.sensitivity import Sensitivity, sensitivity
from tco_model.analysis.switching import Switch, SwitchingValue, switching_values
from tco_model.errors import ScenarioError
from tco_model.report import pictures
from tco_model.report.format import percent, signed_number
from tco_model.report.insight import information_sentences
from tco_model.report.sliders import Slider

TABS = ("What moves the answer", "Where it turns", "Break-even map", "What to find out first")
MAP_POINTS = 13


def _moves(held: Desk) -> None:
    found = study(held, "sensitivity", "Moving every input", lambda progress: sensitivity(futures_of(held, DRAWS), progress=progress))
    if not found.inputs:
        st.info("No input of this decision is uncertain: give those you are not sure of a range, such as 10 to 20.")
        return
    picture(pictures.tornado(found))
    picture(pictures.indices(found))
    with st.expander("The figures"):
        _shares(found)


def _shares(found: Sensitivity) -> None:
    rows = [
        [
            one.label,
            one.group,
            signed_number(one.swing),
            percent(one.gap_first_order.value),
            "–" if one.gap_total is None else percent(one.gap_total.value),
        ]
        for one in found.inputs
    ]
    head = ("Input", "Driver", f"Moves the gap by [{found.unit}]", "First order", "Total")
    table(
        head,
        rows,
        caption=f"Gap between {found.options[found.option]} and {found.options[found.rival]}, {found.draws:,} futures",
        words=(1,),
    )


def _turns(held: Desk) -> None:
    sliders = held.what_if.sliders(held.move)
    names = [name for name in sliders.moving if name not in held.move.values]
    most = st.slider(
        "Inputs that are searched", 5, max(len(names), 6), min(15, max(len(names), 6)), help="Those that move the gap most come first."
    )
    found = study(
        held,
        f"switching/{most}",
        "Searching each input for the value at which the answer turns",
        lambda progress: switching_values(futures_of(held, FEW_DRAWS), names[:most], progress=progress),
    )
    known = {slider.name: slider for slider in sliders.of(names[:most])}
    rows = [_turn(one, known, found.labels) for one in found.inputs]
    caption = f"Each input alone, by the mean of {found.draws:,} futures; {found.labels[found.preferred]} is preferred now. Nearest first."
    table(("Input", "Now", "Turns at", "Then preferred", "Range searched"), rows, caption=caption, words=(3,))


def _turn(one: SwitchingValue, known: dict[str, Slider], labels: dict[str, str]) -> list[str]:
    slider = known.get(one.input.name)

    def spell(value: float) -> str:
        return slider.spell(value) if slider is not None else f"{value:.4g} {one.input.unit}"

    nearest = one.nearest
    name = slider.label if slider is not None else one.input.name
    searched = f"{spell(one.input.low)} to {spell(one.input.high)}"
    if nearest is None:
        return [name, spell(one.input.now), "never in its range", labels[one.preferred], searched]
    return [name, spell(one.input.now), _at(nearest, spell(nearest.value)), labels[nearest.to], searched]


def _at(found: Switch, spelled: str) -> Html:
    away = "" if found.distance is None else f"{signed_number(100 * found.distance, 2)}% from now"
    return cell(spelled, small=away)


def _map(held: Desk) -> None:
    sliders = held.what_if.sliders(held.move)
    names = [name for name in sliders.moving if name not in held.move.values][:40]
    if len(names) < 2:
        st.info("Fewer than two inputs move the gap: there is no map to draw.")
        return
    labels = sliders.labels(names)
    options = {graph.name: graph.label for graph in futures_of(held, FEW_DRAWS).model.options}
    left, right, third = st.columns(3)
    with left:
        first = picked("Along the bottom", labels, "map-first", index=0)
    with right:
        second = picked("Upwards", labels, "map-second", index=1)
    with third:
        option = picked("Preferred", options, "map-option", index=list(options).index(held.what_if.base.preferred))
    if first == second:
        st.info("Choose two different inputs.")
        return
    found = study(
        held,
        f"map/{first}/{second}/{option}",
        "Drawing the map",
        lambda progress: breakeven_map(futures_of(held, FEW_DRAWS), first, second, option=option, points=MAP_POINTS, progress=progress),
    )
    units = {slider.name: slider.unit for slider in sliders.of([first, second])}
    names_ = (f"{labels[first]} [{units.get(first, '')}]", f"{labels[second]} [{units.get(second, '')}]")
    picture(pictures.breakeven_map(found, names_))
    st.caption(f"{found.draws:,} futures at each of {found.chance.size} points.")


def _worth(held: Desk) -> None:
    try:
        found = study(held, "information", "Weighing what could be found out", lambda _: information(futures_of(held, DRAWS)))
    except ScenarioError as error:
        problems(error.problems, "The value of information cannot be told:")
        return
    for sentence in information_sentences(found):
        st.markdown(plain(sentence))
    picture(pictures.value_of_information(found))
    rows = [
        [one.label, cell(signed_number(one.evppi.value), small=f"± {one.evppi.error:,.0f}"), percent(one.changes.value)]
        for one in found.inputs
    ]
    with st.expander("The figures"):
        head = ("Input", Html(f"Worth knowing<small>{html(found.unit)}</small>"), "Turns the choice in")
        table(head, rows, caption=f"Expected value of perfect information about one input, {found.draws:,} futures")


decision = begin("What matters")
exports(decision)
notices(decision)
held_now = decision.what_if.said(decision.move)
if held_now:
    st.info(f"What if: {plain('; '.join(held_now))}.")
for tab, show in zip(st.tabs(TABS, key="matters-tab", on_change="rerun"), (_moves, _turns, _map, _worth), strict=True):
    if tab.open:
        with tab:
            show(decision)
keep_address(decision)
