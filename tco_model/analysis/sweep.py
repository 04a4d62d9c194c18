"""Turns one field set to several values into how each option then stands: a what-if curve on the same futures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tco_model.analysis.compare import chance_best, preferred
from tco_model.engine.result import Result


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """Where the options stand at one value of the field."""

    value: str
    mean: dict[str, float]
    """Mean of the deciding figure, by option."""
    p10: dict[str, float]
    p90: dict[str, float]
    chance_best: dict[str, float]
    preferred: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """One field over several values."""

    field: str
    figure: str
    currency: str
    options: tuple[str, ...]
    labels: dict[str, str]
    most_is_best: bool
    points: tuple[SweepPoint, ...]

    def best_point(self, option: str) -> SweepPoint:
        """Return the point at which an option stands best on average."""
        return (max if self.most_is_best else min)(self.points, key=lambda point: point.mean[option])


def sweep(field: str, values: Iterable[str], result_at: Callable[[Mapping[str, Any]], Result]) -> Sweep:
    """Simulate a decision with a field at each of several values.

    Args:
        field: dotted path of the field.
        values: what to put there, written as in the file.
        result_at: simulates the decision with values put in place; the same seed gives the same futures at every point, so that
            only the field makes the difference.

    Raises:
        ScenarioError: no such field, or a value it cannot take.
    """
    points: list[SweepPoint] = []
    result: Result | None = None
    for value in values:
        result = result_at({field: value})
        points.append(_point(value, result))
    if result is None:
        raise ValueError("a sweep needs at least one value")
    scenario = result.model.scenario
    figure = scenario.decision.decide_by
    return Sweep(
        field=field,
        figure=figure,
        currency=scenario.timeline.currency,
        options=result.options,
        labels={option.name: option.label for option in scenario.options},
        most_is_best=figure == "net_value",
        points=tuple(points),
    )


def _point(value: str, result: Result) -> SweepPoint:
    figure = result.model.scenario.decision.decide_by
    found = {option: result.summary(option, figure) for option in result.options}
    return SweepPoint(
        value=value,
        mean={option: summary.mean for option, summary in found.items()},
        p10={option: summary.p10 for option, summary in found.items()},
        p90={option: summary.p90 for option, summary in found.items()},
        chance_best={option: chance.value for option, chance in chance_best(result, figure).items()},
        preferred=preferred(result, figure),
    )
