"""Turns the months to come into a fan for each owner, how it was made and how far off such forecasts were, and how earlier ones fared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from app.ledger import FORECASTS, Ledger
from app.show import cell, picked, picture, problems, table
from app.text import plain
from tco_model.errors import Problem
from tco_model.exporters.files import write_new_text
from tco_model.finops.books import Books
from tco_model.finops.forecast import TOTAL, Forecast, PartForecast, actual_of
from tco_model.finops.forecast_methods import METHOD_WORDS
from tco_model.finops.kept_forecasts import Fared, fared, keep, read_kept
from tco_model.finops.review import Review
from tco_model.report import review_pictures
from tco_model.report.format import percent, short_number, signed_number

FORECAST_TOLD = "forecast-told"


def forecast(held: Ledger, books: Books, found: Review) -> None:
    """Show the forecast of one owner or of the whole bill."""
    made = held.forecast(books, dt.datetime.now(dt.UTC).date().isoformat())
    if made is None:
        return
    parts = {part.name: part for part in (made.total, *made.parts)}
    name = picked("Whose", {one: review_pictures.part_label(one) for one in parts}, "forecast-of")
    part = parts[name]
    picture(review_pictures.forecast(part, unit=f"{made.currency}/month", limits=_limits(found, name)))
    st.markdown(plain(_how(made, part)))
    _methods(part)
    _steps(made, part)
    with st.expander(f"Every month in figures [{made.currency}]"):
        rows = [
            [month, *(short_number(float(one)) for one in values)]
            for month, *values in zip(part.months, part.low, part.central, part.high, strict=True)
        ]
        table(("Month", "P10", "Median", "P90"), rows, caption=f"Forecast after {part.actual.periods[-1]} [{made.currency}/month]")
    for note in made.notes:
        st.caption(plain(f"{note[:1].upper()}{note[1:]}."))
    _kept(held, books, made, name)


def _limits(found: Review, name: str) -> list[tuple[str, Decimal]]:
    """Return the monthly budgets of an owner, or of everything, in money."""
    wanted = "everything" if name == TOTAL else f"owner {name}"
    return [
        (f"budget {one.budget.name}", one.limit)
        for one in found.budgets
        if one.budget.period == "month" and one.unit == found.currency and one.budget.about == wanted
    ]


def _how(made: Forecast, part: PartForecast) -> str:
    lead = f"Made as {part.words}, after {part.actual.periods[-1]}."
    if part is made.total:
        planned = sum(float(added.sum()) for _, added in part.steps)
        gap = float(made.direct.central.sum()) - float(part.central.sum()) + planned
        off = f"{signed_number(gap)} {made.currency} off its parts over these {len(part.months)} months"
        alone = f"Forecast by itself ({METHOD_WORDS[made.direct.method]}), without what is planned, it is {off}"
        return f"{lead} {alone}: {part.backtest.words}."
    return f"{lead} Backtest: {part.backtest.words}."


def _methods(part: PartForecast) -> None:
    """Show how far off each method was, the chosen one marked."""
    errors = part.backtest.errors
    if not errors:
        return
    rows = [
        [
            cell(METHOD_WORDS.get(name, name).capitalize(), best=name == part.backtest.chosen),
            short_number(one.mae),
            "–" if one.mape is None else percent(one.mape),
            "–" if one.accuracy is None else f"{one.accuracy:+.1%}".replace("-", "−"),
            "–" if name == "naive" or not errors["naive"].mae else f"{one.mae / errors['naive'].mae:.2f} ×",
        ]
        for name, one in errors.items()
    ]
    caption = (
        f"Backtest from {part.backtest.folds} months, one to three months ahead, each method on the same months; ✓ is used. "
        "One that does not beat the last month again, the naive forecast, by a tenth is not used."
    )
    table(("Method", "Off by a month", "Of the actual", "Too high (+) or low (−)", "Against the last month again"), rows, caption=caption)


def _steps(made: Forecast, part: PartForecast) -> None:
    if not part.planned:
        st.caption("Nothing is planned on top. Planned changes are written in forecast.yaml of the workspace: `tco forecast --starter`.")
        return
    rows = [
        [
            step.name,
            f"{step.from_} on" if not step.to else f"{step.from_} to {step.to}",
            signed_number(float(added.sum())),
            f"{step.source or 'assumption'}{f', {step.as_of}' if step.as_of else ''}",
        ]
        for step, added in part.planned
    ]
    caption = f"Planned, and in the figures above [{made.currency} in these {len(part.months)} months]"
    table(("What", "When", "Adds", "Source"), rows, caption=caption, words=(1, 3))


def _kept(held: Ledger, books: Books, made: Forecast, name: str) -> None:
    """Show how the forecasts that were kept fared, and offer to keep this one."""
    st.markdown("#### How earlier forecasts fared")
    kept = held.made("kept", (FORECASTS,), "Reading kept forecasts", lambda: read_kept(held.place))
    kept = [one for one in kept or () if one.by == made.by and (one.cost, one.currency) == (made.cost, made.currency) and name in one.parts]
    if not kept:
        st.info("No forecast of this is kept yet. One that is kept as made is held against the months that come.")
    else:
        actual = actual_of(books)
        rows = [[one.made, one.last_actual, *_came(result)] for one in kept for result in fared(one, actual) if result.name == name]
        newest = next((one for one in reversed(kept) if any(month in actual[name].periods for month in one.parts[name].months)), None)
        if newest is not None:
            picture(review_pictures.kept_forecast(newest.parts[name], actual[name], made=newest.made, unit=f"{made.currency}/month"))
        caption = f"Accuracy is (forecast − actual) / forecast: negative was too low [{made.currency}]"
        table(("Made", "After", "Month", "Forecast", "Actual", "Accuracy", "In its range"), rows, caption=caption, words=(1, 2))
    st.button("Keep this forecast", on_click=_keep, args=(held, made), help=f"Writes it, as made, into {held.place.name}/forecasts")
    told: Sequence[Problem] | str = st.session_state.pop(FORECAST_TOLD, "")
    if isinstance(told, str) and told:
        st.success(told)
    elif told:
        problems(told, "It is not kept:")  # type: ignore[arg-type]


def _came(result: Fared) -> list[str]:
    accuracy = "–" if result.accuracy is None else percent(result.accuracy).replace("-", "−")
    amounts = (short_number(float(result.forecast)), short_number(float(result.actual)))
    return [result.month, *amounts, accuracy, "yes" if result.inside else "⚠ no"]


def _keep(held: Ledger, made: Forecast) -> None:
    file, text = keep(held.place, made)
    try:
        write_new_text(file, text)
    except FileExistsError:
        st.session_state[FORECAST_TOLD] = "It is kept already."
    except OSError as error:
        st.session_state[FORECAST_TOLD] = (Problem(f"{file} cannot be written: {error.strerror}", "give the folder write permission"),)
    else:
        st.session_state[FORECAST_TOLD] = f"Kept: {file.name}"
