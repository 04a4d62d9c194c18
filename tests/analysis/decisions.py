"""Small decisions whose answers are known in closed form, and the shipped ones, as sets of futures."""

from __future__ import annotations

import io
from pathlib import Path

import tco_model as tco
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.exporters.terminal import make_console
from tco_model.scenario.load import load
from tests.engine.scenarios import compared, formulas, make, monthly

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DRAWS = 500


def futures_of(scenario: tco.Scenario, draws: int = DRAWS) -> Futures:
    return Futures(compile_scenario(scenario), draws=draws)


def shipped(name: str, draws: int = DRAWS) -> Futures:
    return futures_of(load(SCENARIOS / f"{name}.yaml"), draws)


def buy_or_host(draws: int = DRAWS, **inputs: str) -> Futures:
    """Buying costs price x volume a month, hosting a base; both pay for the same desk."""
    said = {"price": "0.4 USD/unit", "volume": "800 to 1500 unit/month", "base": "500 USD/month", "desk": "100 USD/month"} | inputs
    options = {"buy": formulas({"use": "price * volume", "desk": "desk"}), "host": formulas({"base": "base", "desk": "desk"})}
    return futures_of(make(options, inputs=said), draws)


def stepped(volume: str = "900 unit/month") -> Futures:
    """Each machine of 500 USD serves 1000 units; bought, a unit costs 0.6 USD."""
    options = compared(
        ["0.6 * volume * per_unit", "500 * ceil(volume / one / 1000) * month"],
        inputs={"volume": volume, "one": "1 unit/month", "per_unit": "1 USD/unit", "month": "1 USD/month"},
    )
    return futures_of(options, 1)


def flows(months: int, **options: list[float]) -> Futures:
    inputs = {name: monthly(values) for name, values in options.items()}
    timeline = {"months": months, "discount_rate": "12%/year", "discount_timing": "end"}
    return futures_of(make({f"o_{name}": formulas({"line": name}) for name in options}, timeline=timeline, inputs=inputs), 1)


def printed(show: object, found: object) -> str:
    """Return what a table prints."""
    stream = io.StringIO()
    show(found, make_console(stream))  # type: ignore[operator]
    return stream.getvalue()
