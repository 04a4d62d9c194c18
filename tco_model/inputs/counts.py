"""Turns rates and listed chances into laws of separate values: Poisson, Bernoulli, discrete."""

from __future__ import annotations

import math
from dataclasses import dataclass

from typing_extensions import override

from tco_model.inputs.law import Distribution, FromSteps, Scaled, call, number, require, require_factor, require_finite
from tco_model.inputs.tabulated import Steps, discrete_steps, poisson_steps

MAX_RATE = 1e6
"""Largest Poisson rate; above it the count is a normal law to a thousandth."""
_WEIGHT_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Poisson(FromSteps):
    """Count of independent events with `rate` expected."""

    rate: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        spelled = self.text()
        require_finite(spelled, self.rate)
        require(self.rate > 0, spelled, "the rate must be above 0", "write the plain number 0 for no events")
        require(
            self.rate <= MAX_RATE,
            spelled,
            f"the rate may be at most {MAX_RATE:,.0f}",
            f"write {call('normal', self.rate, math.sqrt(abs(self.rate)))}",
        )

    @property
    @override
    def steps(self) -> Steps:
        return poisson_steps(self.rate)

    @property
    @override
    def mean(self) -> float:
        return self.rate

    @property
    @override
    def variance(self) -> float:
        return self.rate

    @property
    @override
    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    @override
    def text(self) -> str:
        return call("poisson", self.rate)

    @override
    def scaled(self, factor: float) -> Distribution:
        return Scaled.of(self, factor)


@dataclass(frozen=True, slots=True)
class Bernoulli(FromSteps):
    """1 with chance `probability`, otherwise 0."""

    probability: float

    def __post_init__(self) -> None:
        """Check the parameter."""
        require(0 <= self.probability <= 1, self.text(), "a probability lies in 0..1", "write 25% as 0.25 or 25%")

    def _as_discrete(self, one: float = 1.0) -> Discrete:
        return Discrete((0.0, one), (1.0 - self.probability, self.probability))

    @property
    @override
    def steps(self) -> Steps:
        return self._as_discrete().steps

    @property
    @override
    def mean(self) -> float:
        return self.probability

    @property
    @override
    def variance(self) -> float:
        return self.probability * (1.0 - self.probability)

    @property
    @override
    def support(self) -> tuple[float, float]:
        return self._as_discrete().support

    @override
    def text(self) -> str:
        return call("bernoulli", self.probability)

    @override
    def scaled(self, factor: float) -> Discrete:
        return self._as_discrete(require_factor(self, factor))


@dataclass(frozen=True, slots=True)
class Discrete(FromSteps):
    """Listed values with the chance of each; kept in ascending order, without values of chance 0."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the parameters, then sort the pairs."""
        spelled = self.text()
        require(
            len(self.values) == len(self.weights) > 0,
            spelled,
            "every value needs one weight",
            "write discrete(10: 0.2, 20: 0.8)",
        )
        require_finite(spelled, *self.values, *self.weights)
        require(min(self.weights) >= 0, spelled, "a weight cannot be negative", "write chances from 0 to 1")
        total = math.fsum(self.weights)
        require(
            abs(total - 1.0) <= _WEIGHT_TOLERANCE,
            spelled,
            f"the weights must sum to 1, not {total:.12g}",
            "divide each by their sum",
        )
        pairs = sorted((value, weight) for value, weight in zip(self.values, self.weights, strict=True) if weight > 0)
        object.__setattr__(self, "values", tuple(value for value, _ in pairs))
        object.__setattr__(self, "weights", tuple(weight for _, weight in pairs))

    @property
    @override
    def steps(self) -> Steps:
        return discrete_steps(self.values, self.weights)

    @property
    @override
    def mean(self) -> float:
        return self._expected(self.values)

    @property
    @override
    def variance(self) -> float:
        mean = self.mean
        return self._expected(tuple((value - mean) ** 2 for value in self.values))

    def _expected(self, outcomes: tuple[float, ...]) -> float:
        products = (outcome * weight for outcome, weight in zip(outcomes, self.weights, strict=True))
        return math.fsum(products) / math.fsum(self.weights)

    @property
    @override
    def support(self) -> tuple[float, float]:
        return self.values[0], self.values[-1]

    @override
    def text(self) -> str:
        pairs = (f"{number(value)}: {number(weight)}" for value, weight in zip(self.values, self.weights, strict=False))
        return f"discrete({', '.join(pairs)})"

    @override
    def scaled(self, factor: float) -> Discrete:
        require_factor(self, factor)
        return Discrete(tuple(value * factor for value in self.values), self.weights)
