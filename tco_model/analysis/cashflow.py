"""Turns series of money into present value, payments and depreciation, with the timing convention named.

Signs are the caller's: the functions add what they are given. A rate is per period and effective; months use
``monthly_rate(yearly)``, the twelfth root, so that twelve months compound to the year.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Timing = Literal["start", "mid", "end"]
_OFFSET = {"start": 0.0, "mid": 0.5, "end": 1.0}

MACRS_HALF_YEAR = {
    3: (33.33, 44.45, 14.81, 7.41),
    5: (20.0, 32.0, 19.2, 11.52, 11.52, 5.76),
    7: (14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46),
}
"""Percent of cost per year, half-year convention: IRS Publication 946, table A-1."""

GREEN_BOOK_RATES = ((30, 0.035), (75, 0.030), (125, 0.025))
"""Declining real rate by year, up to and including: HM Treasury Green Book, table 7."""


def monthly_rate(yearly_rate: float) -> float:
    """Return the monthly rate that compounds to a yearly one: ``(1 + r)^(1/12) - 1``."""
    return (1.0 + yearly_rate) ** (1.0 / 12.0) - 1.0


def discount_factors(rate: float, periods: int, timing: Timing = "end") -> Array:
    """Return the factor of each period: ``(1 + rate)^-(k + offset)``, offset 0, 0.5 or 1 for start, mid or end; ``(periods,)``."""
    return (1.0 + rate) ** -(np.arange(periods, dtype=np.float64) + _OFFSET[timing])


def present_value(flows: ArrayLike, rate: float, timing: Timing = "end") -> float:
    """Return the value today of one flow a period, positive as given."""
    values = np.asarray(flows, dtype=float)
    return float(values @ discount_factors(rate, values.size, timing))


def declining_factor(year: int, bands: Sequence[tuple[int, float]] = GREEN_BOOK_RATES) -> float:
    """Return the discount factor at the end of a year under rates that fall by band of years."""
    factor, done = 1.0, 0
    for last, rate in bands:
        factor /= (1.0 + rate) ** (min(year, last) - done)
        done = min(year, last)
    if done < year:
        raise ValueError(f"year {year} lies beyond the last band, year {bands[-1][0]}")
    return factor


def level_payment(principal: float, rate: float, periods: int) -> float:
    """Return the payment at the end of each period that repays a loan: ``P r / (1 - (1 + r)^-n)``, ``P / n`` at zero rate."""
    if rate == 0.0:
        return principal / periods
    return principal * rate / -math.expm1(-periods * math.log1p(rate))


def capital_recovery_factor(rate: float, periods: int) -> float:
    """Return the level payment per unit of principal."""
    return level_payment(1.0, rate, periods)


def weighted_cost_of_capital(debt_to_equity: float, debt_rate: float, tax_rate: float, equity_rate: float) -> float:
    """Return the after-tax weighted average cost of capital."""
    debt = debt_to_equity / (1.0 + debt_to_equity)
    return debt * debt_rate * (1.0 - tax_rate) + (1.0 - debt) * equity_rate


def straight_line(cost: float, salvage: float, periods: int) -> Array:
    """Return equal depreciation of ``cost - salvage`` over the periods, ``(periods,)``."""
    return np.full(periods, (cost - salvage) / periods)


def macrs(cost: float, years: int) -> Array:
    """Return the yearly tax depreciation of the published MACRS half-year table, ``(years + 1,)``."""
    return cost * np.array(MACRS_HALF_YEAR[years]) / 100.0
