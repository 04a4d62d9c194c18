"""Turns a forecast into the table of ``tco forecast`` and tidy rows, and kept forecasts into how they fared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console

from tco_model.exporters.terminal import plain_table
from tco_model.finops.forecast import Forecast, PartForecast
from tco_model.finops.kept_forecasts import Fared, KeptForecast
from tco_model.finops.predict import HIGH, LOW
from tco_model.report.format import percent, short_number, signed_number

MOST_MONTHS = 5


def forecast_rows(found: Forecast) -> list[dict[str, str]]:
    """Return a row a part and month, actual and to come; the range stands where it is a forecast."""
    rows: list[dict[str, str]] = []
    for part in (found.total, *found.parts):
        common = {"part": part.name, "currency": found.currency, "cost": found.cost, "made": found.made.isoformat()}
        rows += [
            common | {"month": month, "kind": "actual", "amount": str(amount), "p10": "", "p90": "", "method": ""}
            for month, amount in zip(part.actual.periods, part.actual.amounts, strict=True)
        ]
        for month, central, low, high in zip(part.months, part.central, part.low, part.high, strict=True):
            said = {"amount": f"{central:.2f}", "p10": f"{low:.2f}", "p90": f"{high:.2f}", "method": part.method}
            rows.append(common | {"month": month, "kind": "forecast"} | said)
    return rows


def fared_rows(results: Sequence[Fared]) -> list[dict[str, str | float | bool | None]]:
    """Return a row a part and month that has come; amounts as exact text."""
    return [
        {
            "part": one.name, "month": one.month, "forecast": str(one.forecast), "actual": str(one.actual),
            "accuracy": one.accuracy, "inside": one.inside,
        }
        for one in results
    ]  # fmt: skip


def print_forecast(found: Forecast, console: Console) -> None:
    """Print the total and each part by month, then how each was made, what is planned, and what to beware of."""
    shown = found.total.months[:MOST_MONTHS]
    title = f"Forecast made {found.made}: {found.cost} after {found.total.actual.periods[-1]} [{found.currency}]"
    table = plain_table(title, ("", "last month", *shown, f"{len(found.total.months)} months"), 1)
    for part in (found.total, *found.parts):
        last = short_number(float(part.actual.amounts[-1]))
        table.add_row(part.name, last, *(short_number(float(one)) for one in part.central[: len(shown)]), short_number(_sum(part)))
        if part is found.total:
            low, high = np.quantile(part.paths.sum(axis=1), [LOW, HIGH])
            for name, values, whole in (("  P10", part.low, low), ("  P90", part.high, high)):
                table.add_row(name, "", *(short_number(float(one)) for one in values[: len(shown)]), short_number(float(whole)))
    console.print(table)
    methods = plain_table("How each was made, and how far off it was in backtests", ("", "method", "a month", "last month again"), 2)
    for part in found.parts:
        errors = part.backtest.errors
        off = [short_number(errors[name].mae) if name in errors else "–" for name in (part.method, "naive")]
        methods.add_row(part.name, part.words, *off)
    console.print(methods)
    for step, added in found.total.planned:
        when = f"from {step.from_}" + (f" to {step.to}" if step.to else "")
        adds = f"{signed_number(float(added.sum()))} {found.currency} in these months"
        console.print(f"Planned: {step.name}, {when}: {adds}; {step.source or 'assumption'}{f' of {step.as_of}' if step.as_of else ''}.")
    gap = _sum(found.total) - float(found.direct.central.sum()) - sum(float(added.sum()) for _, added in found.total.steps)
    by_itself = (
        f"The total forecast by itself ({found.direct.method}), without what is planned, is {signed_number(-gap)} against its parts."
    )
    console.print(by_itself)
    for note in found.notes:
        console.print(f"Note: {note}.")


def print_kept(kept: Sequence[tuple[KeptForecast, Sequence[Fared]]], console: Console) -> None:
    """Print the forecasts that were kept, and how the total of each fared in the months that have come since."""
    if not kept:
        console.print("No forecast is kept yet: tco forecast makes one.")
        return
    table = plain_table("Kept forecasts of the total", ("made", "after", "month", "forecast", "actual", "accuracy", "in its range"), 3)
    for one, results in kept:
        came = [result for result in results if result.name == "total"]
        if not came:
            table.add_row(one.made, one.last_actual, "none has come yet", "", "", "", "")
        for result in came:
            accuracy = "–" if result.accuracy is None else percent(result.accuracy)
            amounts = (short_number(float(result.forecast)), short_number(float(result.actual)))
            table.add_row(one.made, one.last_actual, result.month, *amounts, accuracy, "yes" if result.inside else "no")
    console.print(table)
    console.print("Accuracy is (forecast − actual) / forecast: negative was too low.")


def _sum(part: PartForecast) -> float:
    return float(part.central.sum())
