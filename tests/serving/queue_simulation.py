"""Simulates a queue of many servers, customer by customer: an independent witness for the formulas, sharing no code with them."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BATCHES = 20


@dataclass(frozen=True)
class Estimate:
    """A mean and its standard error, from the means of consecutive batches, which are nearly independent."""

    mean: float
    error: float

    def agrees(self, value: float, errors: float = 4.0) -> bool:
        return abs(self.mean - value) <= errors * self.error


@dataclass(frozen=True)
class Queue:
    """What a run of the queue shows, after its first tenth."""

    waiting_share: Estimate
    mean_wait: Estimate
    utilisation: Estimate


def poisson_gaps(rng: np.random.Generator, count: int, mean: float) -> np.ndarray:
    return rng.exponential(mean, count)


def bursty_gaps(rng: np.random.Generator, count: int, mean: float, variation: float) -> np.ndarray:
    """Hyperexponential gaps of two phases with balanced means and a squared coefficient of variation above 1 (Allen, 1990)."""
    first = 0.5 * (1.0 + np.sqrt((variation - 1.0) / (variation + 1.0)))
    short = rng.random(count) < first
    return np.where(short, rng.exponential(mean / (2.0 * first), count), rng.exponential(mean / (2.0 * (1.0 - first)), count))


def simulate(servers: int, gaps: np.ndarray, services: np.ndarray) -> Queue:
    """Serve customers in the order they come, each by the server that is free first; waits in units of the mean service time."""
    arrivals = np.cumsum(gaps)
    free = [0.0] * servers
    waits = np.empty(len(arrivals))
    for place, (arrival, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        start = max(arrival, free[0])
        waits[place] = start - arrival
        heapq.heapreplace(free, start + service)
    kept = np.array_split(np.arange(len(waits) // 10, len(waits)), BATCHES)
    return Queue(
        _estimate([float((waits[part] > 0.0).mean()) for part in kept]),
        _estimate([float(waits[part].mean()) / float(services.mean()) for part in kept]),
        _estimate([float(services[part].sum() / (servers * (arrivals[part[-1]] - arrivals[part[0] - 1]))) for part in kept]),
    )


def _estimate(means: Sequence[float]) -> Estimate:
    return Estimate(float(np.mean(means)), float(np.std(means, ddof=1)) / len(means) ** 0.5)
