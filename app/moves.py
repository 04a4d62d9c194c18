"""Turns the inputs of a decision into sliders, switches and exact entry at the side of a page, and what is done with them into moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from app.show import problems
from app.state import Desk
from app.text import plain, source_text
from app.variant import keep
from tco_model.errors import ScenarioError
from tco_model.report.format import percent
from tco_model.report.sliders import Slider, Sliders, spelled_range
from tco_model.report.what_if import Move

HORIZONS = (12, 18, 24, 36, 48, 60, 72, 84, 96, 120)
"""Horizons that are offered besides the file's own [month]."""


def side(desk: Desk) -> None:
    """Show everything that can be moved, at the side."""
    with st.sidebar:
        st.markdown("### What if")
        _steps(desk)
        sliders = desk.what_if.sliders(desk.move)
        shown = shown_sliders(desk, sliders)
        for group, members in groupby(shown, key=lambda slider: slider.group):
            st.caption(f"**{plain(group.capitalize())}**")
            for slider in members:
                _slider(desk, slider)
        _add(desk, sliders, {slider.name for slider in shown})
        _horizon(desk)
        _switches(desk)
        _exact(desk, shown)
        keep(desk)


def shown_sliders(desk: Desk, sliders: Sliders) -> list[Slider]:
    """Return the inputs with a slider, groups by their weightiest input: those offered, those asked for, those moved."""
    names = dict.fromkeys([*sliders.offered(), *desk.added, *desk.move.values])
    found = sliders.of(names)
    order = list(dict.fromkeys(slider.group for slider in found))
    return sorted(found, key=lambda slider: order.index(slider.group))


def _steps(desk: Desk) -> None:
    left, right = st.columns(2, gap="small")
    left.button("Undo", on_click=desk.undo, disabled=not desk.past, help="Take the last move back", width="stretch")
    right.button("Redo", on_click=desk.redo, disabled=not desk.future, help="Make it again", width="stretch")
    left.button("Reset", on_click=desk.go, args=(Move(),), disabled=desk.move.is_empty, help="Everything as in the file", width="stretch")
    right.button("Pin", on_click=desk.pin, disabled=desk.move == desk.pinned, help="Compare with what is shown now", width="stretch")


def _slider(desk: Desk, slider: Slider) -> None:
    key = f"slide:{slider.name}"
    value = desk.move.values.get(slider.name, slider.range.now)
    positions = slider.positions if value in slider.positions else tuple(sorted({*slider.positions, value}))
    st.session_state[key] = value

    def moved() -> None:
        chosen = float(st.session_state[key])
        desk.go(desk.move.held(slider.name, None if chosen == slider.range.now and not slider.row.uncertain else chosen))

    unit = "" if slider.is_percent or slider.unit == "ratio" else f" [{slider.unit}]"
    st.select_slider(
        plain(f"{slider.label}{unit}"),
        positions,
        key=key,
        format_func=slider.spell,
        on_change=moved,
        help=_about(slider),
    )
    held = slider.name in desk.move.values
    state = f"**held at {plain(slider.spell(value))}**; in the file " if held else ""
    st.caption(f"{state}{plain(spelled_range(slider))} · {source_text(_source(slider), slider.row.url, slider.row.as_of)}")


def _source(slider: Slider) -> str:
    return slider.row.source or "assumption"


def _about(slider: Slider) -> str:
    """Say what an input is, in the words of the file, and how much hangs on it."""
    weight = (
        f"Explains {percent(slider.weight, 0)} of the variance of the gap between the two best options. " if slider.weight >= 0.005 else ""
    )
    written = f"In the file: {slider.row.text} (line {slider.row.line}). " if slider.row.line else ""
    note = f"{slider.row.note} " if slider.row.note else ""
    return plain(f"{weight}{written}{note}Held at a value, it is the same in every future.")


def _add(desk: Desk, sliders: Sliders, shown: set[str]) -> None:
    rest = [name for name in sliders.ranked if name not in shown]
    labels = sliders.labels(rest)
    key = "add-input"

    def added() -> None:
        if st.session_state[key]:
            desk.added.append(st.session_state[key])
            st.session_state[key] = None

    st.selectbox(
        "Another input",
        rest,
        index=None,
        key=key,
        format_func=lambda name: labels[name],
        on_change=added,
        placeholder="add a slider",
        filter_mode="contains",
    )


def _horizon(desk: Desk) -> None:
    own = desk.scenario.timeline.months
    value = desk.move.months or own
    options = sorted({*HORIZONS, own, value})
    key = "slide-months"
    st.session_state[key] = value

    def moved() -> None:
        chosen = int(st.session_state[key])
        desk.go(Move(desk.move.values, desk.move.levers, None if chosen == own else chosen))

    st.select_slider("horizon [month]", options, key=key, on_change=moved, help="Months that are counted; draws every future again.")
    st.caption(f"{own} months in the file")


def _switches(desk: Desk) -> None:
    changes = desk.scenario.changes
    for section, title in (("levers", "Levers"), ("variants", "Variants")):
        members = [one for one in changes if one.section == section]
        if members:
            st.caption(f"**{title}**")
        for one in members:
            key = f"switch:{one.name}"
            st.session_state[key] = one.name in desk.move.levers

            def switched(name: str = one.name, key: str = key) -> None:
                on = {*desk.move.levers, name} if st.session_state[key] else {*desk.move.levers} - {name}
                order = [change.name for change in changes if change.name in on]
                desk.go(Move(desk.move.values, tuple(order), desk.move.months))

            st.toggle(plain(one.title), key=key, on_change=switched, help=plain(one.provenance.note) or None)


def _exact(desk: Desk, shown: Sequence[Slider]) -> None:
    """Offer to type a value, or to put one input back as it is in the file."""
    named = {slider.name: slider for slider in shown}
    with st.popover("Exact value", width="stretch"):
        name = st.selectbox("Input", list(named), key="exact-name", format_func=lambda one: named[one].label)
        if name is None:
            return
        slider = named[name]
        scale = 100.0 if slider.is_percent else 1.0
        now = desk.move.values.get(name, slider.range.now)
        unit = "%" if slider.is_percent else slider.unit
        typed = st.number_input(plain(f"Value [{unit}]"), value=float(f"{now * scale:.6g}"), key=f"exact:{name}:{now}", format="%0.6g")

        def put() -> None:
            try:
                desk.go(desk.move.held(name, slider.checked(typed / scale)))
            except ScenarioError as error:
                st.session_state["refused"] = error.problems

        def back() -> None:
            desk.go(desk.move.held(name, None))

        st.button("Hold it there", on_click=put, type="primary")
        st.button("As in the file", on_click=back, disabled=name not in desk.move.values)
    refused = st.session_state.pop("refused", ())
    if refused:
        problems(refused, "Not moved:")
