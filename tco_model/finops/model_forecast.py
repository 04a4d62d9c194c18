"""Turns the option of a scenario into the forecast of a cost: what it says of its months, in the categories that are billed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tco_model.analysis.input_range import find_option
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.backtest import BY, FEWEST_FOLDS, Backtest, Errors, missed
from tco_model.finops.forecast_methods import Array
from tco_model.finops.forecast_plan import FromScenario
from tco_model.finops.predict import HIGH, LOW, Prediction
from tco_model.finops.series import Series
from tco_model.scenario.load import load

METHOD = "scenario"


def from_scenario(
    said: FromScenario, actual: Series, months: Sequence[str], plain: Prediction, currency: str, seed: int = 0
) -> Prediction:  # fmt: skip
    """Return the months to come as the scenario has them; those outside of its horizon as they follow from the past.

    Args:
        said: which option of which scenario, and what of it is billed.
        actual: whole months of the bill.
        months: those to come.
        plain: what follows from the past.
        currency: of the bill.
        seed: of the futures.

    Raises:
        ScenarioError: a scenario that cannot be read, another currency, no such option, or a horizon that holds none of the months.
    """
    scenario = load(Path(said.file))
    if scenario.timeline.currency != currency:
        message = f"the scenario counts in {scenario.timeline.currency}, the bill in {currency}"
        raise ScenarioError(Problem(message, f"set timeline.currency to {currency}", "timeline.currency", file=said.file))
    model = compile_scenario(scenario)
    graph = model.options[find_option(model, said.option)]
    billed = [category for category, lines in graph.categories.items() if lines and category in said.covers]
    places = [_place(month, scenario.timeline.start) for month in months]
    inside = np.array([0 <= place < model.months for place in places])
    if not billed or not inside.any():
        what = "costs nothing in these categories" if not billed else f"has none of the months {months[0]} to {months[-1]} in its horizon"
        raise ScenarioError(Problem(f"{said.option} {what}", "see covers and timeline", "scenarios", said.option, file=said.file))
    costs = Futures(model, draws=len(plain.paths), seed=seed).monthly(said.option, billed)
    central, paths = np.array(plain.central), np.array(plain.paths)
    held = costs[:, [place for place in places if 0 <= place < model.months]]
    central[inside], paths[:, inside] = held.mean(axis=0), held
    low, high = np.quantile(paths, [LOW, HIGH], axis=0)
    return Prediction(METHOD, central, low, high, paths, _against(costs.mean(axis=0), actual, scenario.timeline.start))


def _place(month: str, start: int) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1 - start


def _against(said: Array, actual: Series, start: int) -> Backtest:
    """Hold the scenario, which saw none of them, against the months of the bill that its horizon has; naive is the month before each."""
    amounts = np.array([float(amount) for amount in actual.amounts])
    seen = [row for row, month in enumerate(actual.periods) if 0 <= _place(month, start) < len(said) and row]
    if len(seen) < FEWEST_FOLDS:
        return Backtest({}, len(seen), METHOD, None)
    came = [amounts[row : row + 1] for row in seen]
    scale = float(np.mean(np.abs(np.diff(amounts))))
    forecasts = {
        METHOD: [said[_place(actual.periods[row], start)][None] for row in seen],
        "naive": [amounts[row - 1 : row] for row in seen],
    }
    errors: dict[str, Errors] = {name: missed(made, came, scale) for name, made in forecasts.items()}
    return Backtest(errors, len(seen), METHOD, errors[METHOD].mae < BY * errors["naive"].mae)
