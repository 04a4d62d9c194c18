"""Lists the laws that an input can follow, gathered from their families; import them from here."""

from __future__ import annotations

from tco_model.inputs.bounded import Beta, Pert, Triangular, Uniform
from tco_model.inputs.counts import Bernoulli, Discrete, Poisson
from tco_model.inputs.law import Distribution, Scaled
from tco_model.inputs.normal_family import LogitNormal, LogNormal, Normal, interval

LAWS: tuple[type[Distribution], ...] = (
    Normal,
    LogNormal,
    LogitNormal,
    Uniform,
    Triangular,
    Pert,
    Beta,
    Poisson,
    Bernoulli,
    Discrete,
)
"""Every law that a scenario can name; a new one is a class in its family's file and a row here."""

__all__ = [
    "LAWS",
    "Bernoulli",
    "Beta",
    "Discrete",
    "Distribution",
    "LogNormal",
    "LogitNormal",
    "Normal",
    "Pert",
    "Poisson",
    "Scaled",
    "Triangular",
    "Uniform",
    "interval",
]
