"""Turns tokens a minute into units of provisioned throughput, and finds how many to hold when the rest flows over to pay as you go."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from numpy.typing import ArrayLike

from tco_model.inputs.provenance import Provenance
from tco_model.inputs.tables import read_table
from tco_model.prices.book import Rates
from tco_model.prices.commitments import Split, best_split, split
from tco_model.prices.problem import PriceError
from tco_model.prices.rows import TABLES, row_on

MINUTES_PER_HOUR, HOURS_PER_MONTH = 60.0, 730.0
ROUNDING = 1e-9
"""Relative slack below which a need is taken as whole units rather than as a little more [ratio]."""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What one unit of provisioned throughput carries for a model."""

    name: str
    unit: str
    """PTU or GSU."""
    rate: float
    """Input tokens a unit carries [token/minute/unit]."""
    output_weight: float | None
    """Input tokens that an output token counts for; None where not published."""
    cached_weight: float
    """Input tokens that a cached token counts for."""
    minimum: int
    step: int
    provenance: Provenance
    ends: dt.date | None = None

    def weighted_tokens(
        self, input_tokens: float, output_tokens: float, cached_tokens: float = 0.0, *, weight: float | None = None
    ) -> float:
        """Return the input tokens that a request counts for: fresh ones, cached and output ones by their weight [token].

        Args:
            input_tokens: prompt, cached tokens among them [token].
            output_tokens, cached_tokens: [token].
            weight: of an output token, for a model whose weight is not published.

        Raises:
            PriceError: the weight is neither published nor given.
        """
        output_weight = self.output_weight if weight is None else weight
        if output_weight is None:
            raise PriceError(f"how many input tokens an output token of {self.name} counts for is not known", "give the weight yourself")
        return input_tokens - cached_tokens + self.cached_weight * cached_tokens + output_weight * output_tokens

    def units(self, weighted_tokens_per_minute: float) -> int:
        """Return the units that carry a load: rounded up to the minimum plus whole steps; none for no load [unit]."""
        if weighted_tokens_per_minute <= 0.0:
            return 0
        needed = weighted_tokens_per_minute / self.rate * (1.0 - ROUNDING)
        return self.minimum + self.step * max(math.ceil((needed - self.minimum) / self.step), 0)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What holding one unit of provisioned throughput costs a month."""

    name: str
    unit: str
    term: str
    price: float
    """[USD/unit/month]"""
    provenance: Provenance
    ends: dt.date | None = None


@cache
def provisioned_rows() -> tuple[Provisioned, ...]:
    """Return all rows, old ones included."""
    return tuple(Provisioned(**_typed(row), provenance=provenance) for row, provenance in read_table(TABLES / "provisioned.yaml"))


@cache
def unit_prices() -> tuple[UnitPrice, ...]:
    """Return all prices of units, old ones included."""
    return tuple(UnitPrice(**_typed(row), provenance=provenance) for row, provenance in read_table(TABLES / "provisioned_prices.yaml"))


def provisioned(name: str, as_of: dt.date) -> Provisioned:
    """Return what a unit carries for a model, such as ``azure-gpt-4.1``, on a day.

    Raises:
        PriceError: no such name (the nearest are offered), or none dated so early.
    """
    return row_on(provisioned_rows(), name, as_of, "provisioned model")


def unit_price(name: str, as_of: dt.date) -> UnitPrice:
    """Return what a unit costs a month, such as ``azure-ptu-year``, on a day; errors as in `provisioned`."""
    return row_on(unit_prices(), name, as_of, "price of a unit")


def overflow(
    model: Provisioned,
    requests_per_minute: ArrayLike,
    rates: Rates,
    monthly_price: float,
    *,
    input_tokens: float,
    output_tokens: float,
    cached_tokens: float = 0.0,
    units: int | None = None,
    weight: float | None = None,
    weights: ArrayLike | None = None,
) -> Split:
    """Return what units of provisioned throughput cost with the rest of the load paid as you go, the cheapest number of units unless given.

    Within an hour the load is taken as even; what comes in bursts inside it flows over sooner than this says.

    Args:
        model: what a unit carries.
        requests_per_minute: load of each hour, shape ``(hours,)`` [request/minute].
        rates: what a request costs where it flows over.
        monthly_price: of one unit [USD/unit/month].
        input_tokens, output_tokens, cached_tokens: mean shape of a request [token].
        units: units held; the best number where not given [unit].
        weight: of an output token, as in `Provisioned.weighted_tokens`.
        weights: how often each load occurs, alike where not given.

    Returns:
        The split, its `committed` in units and its costs in USD/hour.
    """
    import numpy as np

    tokens = model.weighted_tokens(input_tokens, output_tokens, cached_tokens, weight=weight)
    requests_per_unit = model.rate / tokens
    load = np.asarray(requests_per_minute, dtype=np.float64) / requests_per_unit
    as_you_go = rates.cost(input_tokens, output_tokens, cached_tokens) * requests_per_unit * MINUTES_PER_HOUR
    held = monthly_price / HOURS_PER_MONTH
    if units is not None:
        return split(load, float(units), held, as_you_go, weights=weights)
    return best_split(load, held, as_you_go, weights=weights, minimum=float(model.minimum), step=float(model.step))


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "ends"}
