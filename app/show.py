"""Turns pictures, tables and problems into elements of a page; what stays the same between two moves is made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.text import html, plain
from tco_model.charts.base import DATA, Spec
from tco_model.charts.theme import DARK, LIGHT, Theme
from tco_model.errors import Problem
from tco_model.report.pictures import Draw, Picture, Setting


def theme() -> Theme:
    """Return the look the reader has chosen."""
    return DARK if st.context.theme.type == "dark" else LIGHT


@lru_cache(maxsize=256)
def _spec(draw: Draw, settings: tuple[tuple[str, Setting], ...], dark: bool) -> Spec:
    """Return a specification; it is made of plain settings and the same for everybody, and nobody changes it."""
    return draw(DARK if dark else LIGHT, **dict(settings)) | {"padding": dict.fromkeys(("left", "right", "top", "bottom"), 6)}


class Slot:
    """A place for elements that are shown more than once in a run, each time where they stand: nothing vanishes in between."""

    def __init__(self) -> None:
        """Take the place, here."""
        self._place, self._shown, self._next = st.container(), list[DeltaGenerator](), 0

    def begin(self) -> None:
        """Begin anew with the first element."""
        self._next = 0

    def put(self, show: Callable[[DeltaGenerator], DeltaGenerator]) -> None:
        """Show the next element, in the place of the one that stands there."""
        if self._next < len(self._shown):
            show(self._shown[self._next])
        else:
            self._shown.append(show(self._place))
        self._next += 1


def picture(found: Picture, where: Slot | None = None, *, title: bool = True) -> None:
    """Draw a picture with its title and its words."""
    place = where or Slot()
    # The browser makes a chart anew where its alternative text has changed, and only moves it where the data has: the words that
    # change stand beside it, for who cannot see it.
    spec = _spec(found.draw, found.settings, theme() is DARK) | {"datasets": {DATA: pd.DataFrame(found.rows)}}
    heading = f"#### {plain(found.title)}\n\n" if title else ""
    words = html(" ".join(found.alt.split()))
    place.put(lambda at: at.markdown(f'{heading}<p style="{UNSEEN}">{words}</p>', unsafe_allow_html=True))
    place.put(lambda at: at.vega_lite_chart(None, spec, theme=None, width="stretch", alt=f"{found.title}; in words below"))


UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;margin:0"
"""Of words for who hears a page and does not see it."""

STYLE = """<style>
.tco{overflow-x:auto;margin:0 0 .5rem}
.tco table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
.tco caption{text-align:left;opacity:.8;padding:.2rem 0;font-size:.85rem}
.tco caption span{display:block;position:sticky;left:0;max-width:calc(100vw - 2.5rem)}
.tco th,.tco td{padding:.35rem .6rem;text-align:right;vertical-align:top;
border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}
.tco th[scope=row],.tco thead th:first-child,.tco .words{text-align:left}
.tco th[scope=row]{font-weight:400;min-width:8.5rem;position:sticky;left:0;background:var(--tco-back,inherit)}
.tco thead th{font-weight:600;vertical-align:bottom;min-width:7rem}
.tco small{display:block;opacity:.8;font-size:.78rem;white-space:nowrap}
.tco small.wrap{white-space:normal;overflow-wrap:anywhere}
.tco .best{font-weight:700}
.tco .dot{display:inline-block;width:.7rem;height:.7rem;border-radius:50%;margin-right:.35rem;
border:1px solid color-mix(in srgb,currentColor 60%,transparent)}
.tco .words{white-space:normal;min-width:12rem;overflow-wrap:anywhere}
[role=tab]{color:inherit!important}[role=tab][aria-selected=true] p{font-weight:600}
</style>"""
"""Of every table: it scrolls sideways on a narrow screen instead of breaking the page."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def cell(value: str, *, small: str = "", best: bool = False) -> Html:
    """Return a cell: a figure, a quieter remark below it, a mark where it is the best of its row."""
    mark = '<span aria-label="best">✓ </span>' if best else ""
    strong = f'<span class="best">{mark}{html(value)}</span>' if best else html(value)
    return Html(strong + (f"<small>{html(small)}</small>" if small else ""))


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, words: Sequence[int] = (), where: DeltaGenerator | None = None
) -> None:
    """Show a table; the first column names its row.

    Args:
        head: names of the columns.
        rows: cells as text, or as markup where they are `Html`.
        caption: what the table holds, with its units.
        words: columns that hold text rather than figures.
        where: the place; here where None.
    """

    def spelled(value: str) -> str:
        return value if isinstance(value, Html) else html(value)

    def line(row: Sequence[str]) -> str:
        first, *rest = row
        cells = (
            f'<td class="words">{spelled(one)}</td>' if place in words else f"<td>{spelled(one)}</td>" for place, one in enumerate(rest, 1)
        )
        return f'<tr><th scope="row">{spelled(first)}</th>{"".join(cells)}</tr>'

    top = "".join(f'<th scope="col"{" class=words" if place in words else ""}>{spelled(one)}</th>' for place, one in enumerate(head))
    back = theme().background
    body = "".join(line(row) for row in rows)
    text = (
        f'{STYLE}<div class="tco" style="--tco-back:{back}" role="region" tabindex="0" aria-label="{html(caption)}"><table>'
        f"<caption><span>{html(caption)}</span></caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    (where if where is not None else st).html(text)


def problems(found: Sequence[Problem], lead: str, where: DeltaGenerator | None = None) -> None:
    """Show what is wrong and what would mend it, one line a problem."""
    lines = [f"- {_place(one)}{plain(one.message)}" + (f" — {plain(one.mend)}" if one.mend else "") for one in found]
    (where if where is not None else st).error("\n".join([f"{plain(lead)}", "", *lines]), icon="⚠️")


def _place(problem: Problem) -> str:
    line = f"line {problem.line}: " if problem.line else ""
    return f"**{line}**" if line else ""


def picked(label: str, options: dict[str, str], key: str, **more: Any) -> str:
    """Return the name a reader picks by its label."""
    return str(st.selectbox(label, list(options), format_func=lambda name: options[name], key=key, **more))
