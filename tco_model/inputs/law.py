"""Says what every law answers (quantiles, moments, support, text) and spells its numbers and its refusals."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from typing_extensions import override

from tco_model.inputs.normal import FloatArray, ndtr, ndtri
from tco_model.inputs.tabulated import Steps


class Distribution(ABC):
    """A law of one number: immutable, hashable, and equal to a law with the same parameters.

    It is sampled through its quantile alone, so that pseudo-random draws, Latin hypercube, Sobol points and a Gaussian
    copula all come free.
    """

    __slots__ = ()
    normal_based: ClassVar[bool]
    """True where `from_normal` is the native, cheaper entry."""

    @abstractmethod
    def ppf(self, u: ArrayLike) -> FloatArray:
        """Return the quantiles at probabilities `u` in 0..1, same shape; 0 and 1 give the ends of the support.

        They do not fall as `u` rises (to the last digit of a float), and each is computed alone, whatever its block.
        """

    @abstractmethod
    def from_normal(self, z: ArrayLike) -> FloatArray:
        """Return the quantiles at standard normal deviates `z`, same shape: `ppf` at the probabilities of `z`."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expected value."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """The variance."""

    @property
    def sd(self) -> float:
        """The standard deviation."""
        return math.sqrt(self.variance)

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The smallest and the largest value, infinite where there is none."""

    @abstractmethod
    def text(self) -> str:
        """Return the canonical spelling in plain numbers, which reads back as the same law."""

    @abstractmethod
    def scaled(self, factor: float) -> Distribution:
        """Return the law of `factor` times the value, for a change of unit.

        Raises:
            ValueError: the factor is not positive and finite.
        """


class FromNormal(Distribution):
    """A law whose quantile is a function of the normal deviate."""

    __slots__ = ()
    normal_based: ClassVar[bool] = True

    @override
    def ppf(self, u: ArrayLike) -> FloatArray:
        return self.from_normal(ndtri(u))


class FromUniform(Distribution):
    """A law whose quantile is a function of the probability."""

    __slots__ = ()
    normal_based: ClassVar[bool] = False

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        return self.ppf(ndtr(z))


class FromSteps(Distribution):
    """A law of separate values: a staircase over the probability as over the normal deviate."""

    __slots__ = ()
    normal_based: ClassVar[bool] = False

    @property
    @abstractmethod
    def steps(self) -> Steps:
        """The staircase, built once for all equal laws."""

    @override
    def ppf(self, u: ArrayLike) -> FloatArray:
        return self.steps.by_probability.read(as_floats(u))

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        return self.steps.by_normal.read(as_floats(z))


@dataclass(frozen=True, slots=True)
class Scaled(Distribution):
    """A positive factor times a law that has no such member in its own family."""

    law: Distribution
    factor: float
    normal_based: ClassVar[bool] = False

    @classmethod
    def of(cls, law: Distribution, factor: float) -> Scaled:
        """Return `factor` times `law`.

        Raises:
            ValueError: the factor is not positive and finite.
        """
        return cls(law, require_factor(law, factor))

    @override
    def ppf(self, u: ArrayLike) -> FloatArray:
        return self.law.ppf(u) * self.factor

    @override
    def from_normal(self, z: ArrayLike) -> FloatArray:
        return self.law.from_normal(z) * self.factor

    @property
    @override
    def mean(self) -> float:
        return self.law.mean * self.factor

    @property
    @override
    def variance(self) -> float:
        return self.law.variance * self.factor**2

    @property
    @override
    def support(self) -> tuple[float, float]:
        low, high = self.law.support
        return low * self.factor, high * self.factor

    @override
    def text(self) -> str:
        return f"{number(self.factor)} * {self.law.text()}"

    @override
    def scaled(self, factor: float) -> Distribution:
        product = self.factor * require_factor(self, factor)
        return self.law if product == 1.0 else Scaled.of(self.law, product)


def as_floats(values: ArrayLike) -> FloatArray:
    """Return the values as an array of floats, not copied where they are one."""
    return np.asarray(values, dtype=np.float64)


def number(value: float) -> str:
    """Spell a number in the fewest digits that read back as the same float."""
    return repr(float(value)).removesuffix(".0")


def call(name: str, *values: float) -> str:
    """Spell a law as ``pert(2, 3, 6)``."""
    return f"{name}({', '.join(map(number, values))})"


def require(holds: bool, spelled: str, rule: str, mend: str) -> None:
    """Refuse a law as ``spelled: rule; mend``.

    Raises:
        ValueError: the rule does not hold.
    """
    if not holds:
        raise ValueError(f"{spelled}: {rule}; {mend}")


def require_finite(spelled: str, *values: float) -> None:
    """Refuse a law with a parameter that is infinite or not a number.

    Raises:
        ValueError: naming the law and the move that mends.
    """
    require(all(map(math.isfinite, values)), spelled, "every number must be finite", "write plain finite numbers")


def require_factor(law: Distribution, factor: float) -> float:
    """Return a factor by which a law may be scaled.

    Raises:
        ValueError: the factor is not positive and finite.
    """
    spelled = f"{number(factor)} * {law.text()}"
    require(0.0 < factor < math.inf, spelled, "the factor must be positive and finite", "put the sign into the formula")
    return factor
