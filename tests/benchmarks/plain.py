"""The reference workload written by hand in plain NumPy, as most people would: whole arrays of draws by months, no blocks, no graph.

Everything the engine reports of it is computed here too: total and present value of every option, totals of lines and categories with
their quantiles, the P10, P50 and P90 of every month, the chance of being best. Fed with the engine's own draws it must give the
engine's figures; timed, it makes its own draws with NumPy's generators.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MONTHS = 36
HOURS, SECONDS = 730.0, 730.0 * 3600.0
LEVELS = (0.1, 0.5, 0.9)
INDEX = np.arange(MONTHS)
RUN = np.where(INDEX >= 4, 1.0, 0.0)
MIGRATE = 1.0 - RUN
OPTIONS = ("managed", "rented", "owned")


def own_draws(draws: int, seed: int) -> dict[str, Array]:
    """Draw the 24 inputs and the events with NumPy's own generators, PERT by the beta distribution."""
    rng = np.random.default_rng(seed)

    def interval(low: float, high: float) -> Array:
        middle, width = (np.log(low) + np.log(high)) / 2, np.log(high / low) / 3.289707253902945
        return rng.lognormal(middle, width, draws)[:, None]

    def pert(low: float, mode: float, high: float) -> Array:
        first, second = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
        return (low + (high - low) * rng.beta(first, second, draws))[:, None]

    found = {
        "calls.start": interval(20e6, 40e6),
        "calls.growth": pert(0.05, 0.30, 0.90),
        "read_tokens": interval(900, 2200),
        "written_tokens": pert(120, 220, 500),
        "hit_share": (1 / (1 + np.exp(-rng.normal(-0.449, 0.395, draws))))[:, None],
        "input_price.start": rng.triangular(0.8, 1.0, 1.4, draws)[:, None],
        "input_price.growth": pert(-0.40, -0.15, 0.10),
        "output_price.start": rng.triangular(4, 5, 7, draws)[:, None],
        "output_price.growth": pert(-0.40, -0.15, 0.10),
        "discount": rng.uniform(0.05, 0.20, draws)[:, None],
        "replica_rate": pert(1500, 2200, 2800),
        "peak": pert(1.6, 2.2, 3.5),
        "target": rng.uniform(0.55, 0.75, draws)[:, None],
        "rental": rng.triangular(2.2, 2.9, 4.0, draws)[:, None],
        "committed": rng.triangular(1.6, 1.9, 2.4, draws)[:, None],
        "server": rng.normal(34000, 2500, draws)[:, None],
        "electricity": rng.uniform(0.07, 0.12, draws)[:, None],
        "pay": rng.normal(140000, 9000, draws)[:, None],
        "on_cost": rng.uniform(0.35, 0.48, draws)[:, None],
        "managed_staff": pert(0.3, 0.6, 1.2),
        "hosted_staff": pert(2, 3, 5),
        "effort": pert(5, 9, 20),
        "outages": rng.choice([1.0, 2.0, 4.0], draws, p=[0.3, 0.4, 0.3])[:, None],
        "span_price": rng.uniform(1, 3, draws)[:, None],
    }
    for option in OPTIONS:
        found[f"{option}.incidents"] = rng.poisson(found["outages"] / 12, (draws, MONTHS)).astype(float)
        found[f"{option}.severity"] = rng.lognormal(np.log(5e3 * 60e3) / 2, np.log(12) / 3.289707253902945, (draws, MONTHS))
    return found


def window_sum(values: Array, window: int) -> Array:
    """Add up the last `window` months."""
    total = np.cumsum(values, axis=1)
    total[:, window:] -= total[:, :-window].copy()
    return total


def cost_lines(x: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    """Compute every cost line of every option by month, ``(draws, months)``, in USD/month."""
    calls = x["calls.start"] * (1 + x["calls.growth"]) ** (INDEX / 12)
    input_price = x["input_price.start"] * (1 + x["input_price.growth"]) ** (INDEX / 12)
    output_price = x["output_price.start"] * (1 + x["output_price.growth"]) ** (INDEX / 12)
    read = x["read_tokens"] * ((1 - x["hit_share"]) * input_price + x["hit_share"] * input_price * 0.1)
    api = calls * (read + x["written_tokens"] * output_price) / 1e6
    shared = {
        "storage.logs": window_sum(calls * 4 / 1e6, 12) * 2 * 0.023,
        "observability.traces": calls * 5 * 0.1 * x["span_price"] / 1e6,
    }
    loaded = x["pay"] * (1 + x["on_cost"]) / 12
    token = api * (1 - x["discount"])
    managed = shared | {
        "token.api": token,
        "labour.staff": x["managed_staff"] * loaded * np.ones(MONTHS),
        "risk.outage": x["managed.incidents"] * x["managed.severity"],
        "fees.support": np.maximum(token * 0.05, 500),
    }
    rate = calls * x["written_tokens"] * RUN / SECONDS
    replicas = (np.maximum(np.ceil(rate * x["peak"] / (x["replica_rate"] * x["target"])), 1) + 1) * RUN
    gpus = replicas * 2
    hosted = shared | {
        "token.bridge": api * MIGRATE,
        "labour.staff": x["hosted_staff"] * loaded * np.ones(MONTHS),
        "migration.work": x["effort"] * loaded * MIGRATE / 4,
    }
    rented = hosted | {
        "compute.rent": (24 * x["committed"] + np.maximum(gpus - 24, 0) * x["rental"]) * HOURS,
        "risk.outage": x["rented.incidents"] * x["rented.severity"] * RUN,
    }
    held = np.maximum.accumulate(gpus, axis=1)
    owned = hosted | {
        "compute.buy": np.diff(held, axis=1, prepend=0.0) * x["server"],
        "compute.electricity": gpus * 1.73 * 1.4 * HOURS * x["electricity"],
        "risk.outage": x["owned.incidents"] * x["owned.severity"] * RUN,
    }
    return {"managed": managed, "rented": rented, "owned": owned}


def answer(x: Mapping[str, Array], *, fans: bool = True, quantiles: bool = True) -> dict[str, Array]:
    """Return what the engine reports, by the engine's names; without quantiles the draws' totals of lines and categories instead."""
    spread = (lambda sums: np.quantile(sums, LEVELS)) if quantiles else (lambda sums: sums)
    found: dict[str, Array] = {}
    discount = 1.08 ** (-(INDEX + 1) / 12)
    for option, lines in cost_lines(x).items():
        categories: dict[str, Array] = {}
        for name, monthly in lines.items():
            found[f"line/{option}/{name}"] = spread(monthly.sum(axis=1))
            category = name.partition(".")[0]
            categories[category] = categories.get(category, 0.0) + monthly
        for category, monthly in categories.items():
            found[f"total/{option}/{category}"] = spread(monthly.sum(axis=1))
            found[f"npv/{option}/{category}"] = spread((monthly * discount).sum(axis=1))
        total = sum(categories.values())
        found[f"draw/{option}/total_cost"] = total.sum(axis=1)
        found[f"draw/{option}/npv_cost"] = (total * discount).sum(axis=1)
        if fans:
            found[f"month/{option}/total"] = np.quantile(total, LEVELS, axis=0)
    values = np.array([found[f"draw/{option}/npv_cost"] for option in OPTIONS])
    found["chance_best"] = np.array([(values.argmin(axis=0) == place).mean() for place in range(len(OPTIONS))])
    return found
