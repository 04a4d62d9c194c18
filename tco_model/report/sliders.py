"""Turns the inputs of a decision into what a reader can move, what the answer hangs on first.

Uncertain inputs are ranked by the share of the gap's variance that each explains, where the gap is what the next best option costs more
than the best; fixed inputs by how far moving them a tenth to either side moves the gap in the central case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tco_model.analysis.compare import preferred
from tco_model.analysis.indices import first_order
from tco_model.analysis.information import input_label
from tco_model.analysis.input_range import InputRange, fields_of, input_ranges
from tco_model.analysis.sensitivity import driver_of
from tco_model.analysis.spread import direction
from tco_model.engine.central import central_cases
from tco_model.engine.change import Change
from tco_model.engine.futures import Futures
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.report.format import percent, short_number
from tco_model.report.sources import InputRow, input_rows

Array = NDArray[np.float64]
STEPS = 40
"""Positions of a slider, besides the current value."""
STEP_ASIDE = 0.1
"""How far a fixed input is moved to either side to see what it does, as a share of it; of a rate, a point."""
MOST_UNCERTAIN, MOST_OWN = 6, 2
"""Uncertain inputs that are offered without being asked for: by the gap, and of the rest by the best option's own figure."""
LEAST_WEIGHT = 0.02
"""An input that explains less of the best option's own figure is not offered for it."""
FAMILIES: dict[str, tuple[str, ...]] = {
    "demand": ("requests", "tasks"),
    "quality": ("success_share",),
    "cache": ("cached_share", "cache_hit_share", "prefix_cache_share"),
    "price": ("input_price", "output_price", "cached_price", "gpu_price", "machine_price", "unit_hour_price", "storage_price"),
    "utilisation": ("target_utilisation",),
    "discounting": ("discount_rate",),
}
"""What every reader asks for; the input of each that moves the answer most is offered even where others move it more."""


@dataclass(frozen=True, slots=True)
class Slider:
    """One input that can be moved."""

    name: str
    label: str
    group: str
    """The driver it belongs to: demand, timeline, a category of cost, outcome."""
    unit: str
    range: InputRange
    positions: tuple[float, ...]
    """Where it can be moved to, rising, each spelled in its own way, the current value among them."""
    row: InputRow
    """What the file says of it: text, range, source, date."""
    is_percent: bool
    weight: float
    """Share of the gap's variance it explains; of a fixed input 0."""
    spelled: Mapping[float, str] = field(default_factory=dict[float, str])
    """How each position is spelled, worked out once for the many times that it is shown."""

    def spell(self, value: float) -> str:
        """Spell a value with its unit."""
        if value in self.spelled:
            return self.spelled[value]
        if self.range.path is not None:
            return f"{short_number(value)} × its path"
        if self.is_percent:
            spelled = percent(abs(value), 2) + "/year" if self.unit == "1/year" else percent(abs(value))
            return f"−{spelled}" if value < 0.0 else spelled
        return f"{short_number(value)} {'' if self.unit == 'ratio' else self.unit}".rstrip()

    def literal(self, value: float) -> str | None:
        """Return a value as a scenario file writes it; None for a factor of a path, which is no value of the field."""
        if self.range.path is not None:
            return None
        if self.unit == "1/year":
            return f"{100.0 * value:.12g}%/year"
        return f"{value:.12g} {'' if self.unit == 'ratio' else self.unit}".rstrip()

    def change(self, value: float) -> Change:
        """Return what the futures take for a value."""
        return self.range.change(value)

    def checked(self, value: float) -> float:
        """Return a value that lies in the range.

        Raises:
            ScenarioError: it does not, with the range that is allowed.
        """
        low, high = self.positions[0], self.positions[-1]
        if not low <= value <= high:
            allowed = f"from {self.spell(low)} to {self.spell(high)}"
            raise ScenarioError(Problem(f"{self.label} cannot be {self.spell(value)}", f"give a value {allowed}", self.name, f"{value:g}"))
        return value


class Sliders:
    """The inputs of a decision that can be moved, ranked once; what each needs is worked out when it is asked for."""

    def __init__(self, futures: Futures) -> None:
        """Rank the inputs."""
        self.futures = futures
        self._rows = {row.name: row for row in input_rows(futures.model)}
        self._fields = fields_of(futures.model)
        self.weights, self._own = _weights(futures)
        swings = _swings(futures.model, [name for name in self._rows if name not in self.weights])
        held = sorted(swings, key=lambda name: -swings[name])
        self.ranked: tuple[str, ...] = (*sorted(self.weights, key=lambda name: -self.weights[name]), *held)
        """Every input that can be set, those that move the gap most first: the uncertain ones, then the fixed."""
        self.moving = tuple(name for name in self.ranked if self.weights.get(name, 0.0) > 0.0 or swings.get(name, 0.0) > 0.0)
        """Those that move the gap between the two best options at all."""
        self._made: dict[str, Slider] = {}

    def offered(self) -> tuple[str, ...]:
        """Return the inputs that are shown without being asked for: those that matter most, and one of each family."""
        chosen = [name for name in self.ranked if self.weights.get(name, 0.0) > 0.0][:MOST_UNCERTAIN]
        own = sorted((name for name in self._own if name not in chosen), key=lambda name: -self._own[name])
        chosen += [name for name in own if self._own[name] >= LEAST_WEIGHT][:MOST_OWN]
        for fields in FAMILIES.values():
            if not any(self._first_field(name) in fields for name in chosen):
                chosen += [name for name in self.ranked if self._first_field(name) in fields][:1]
        return tuple(chosen)

    def _first_field(self, name: str) -> str:
        return next(iter(self._fields.get(name, ())), "")

    def labels(self, names: Iterable[str]) -> dict[str, str]:
        """Return the inputs' names as people say them."""
        return {name: input_label(self.futures.model, name) for name in names}

    def of(self, names: Iterable[str]) -> tuple[Slider, ...]:
        """Return the sliders of some inputs, in the order given; an input that cannot be moved is left out.

        Raises:
            ScenarioError: no such input.
        """
        wanted = list(names)
        missing = [name for name in wanted if name not in self._rows]
        if missing:
            raise ScenarioError(Problem(f"no input '{name}'", nearest(name, self._rows), name, name) for name in missing)
        new = [name for name in wanted if name not in self._made]
        for name, found in input_ranges(self.futures.model, new).items():
            if isinstance(found, InputRange) and found.low < found.high:
                self._made[name] = self._slider(name, found)
        return tuple(self._made[name] for name in wanted if name in self._made)

    def _slider(self, name: str, found: InputRange) -> Slider:
        row = self._rows[name]
        slider = Slider(
            name=name,
            label=input_label(self.futures.model, name),
            group=driver_of(self.futures, name),
            unit=row.unit if found.path is None else found.unit,
            range=found,
            positions=_positions(found),
            row=row,
            is_percent=found.path is None and row.unit in ("ratio", "1/year") and ("%" in row.text or found.basis in ("share", "rate")),
            weight=self.weights.get(name, 0.0),
        )
        told = {slider.spell(value): value for value in slider.positions} | {slider.spell(found.now): found.now}
        positions = {value: said for said, value in told.items()}
        return replace(slider, positions=tuple(sorted(positions)), spelled=positions)


def _weights(futures: Futures) -> tuple[dict[str, float], dict[str, float]]:
    """Return the share that each uncertain input explains of the gap's variance, and of that of the best option's own figure."""
    if not futures.inputs:
        return {}, {}
    figure = futures.model.scenario.decision.decide_by
    inputs = np.array(list(futures.inputs.values()))
    shares = first_order(inputs, _gap_and_best(futures, figure), even=futures.design == "sobol").values
    moves = np.array([[any(futures.moves(name, figure))] for name in futures.inputs])
    shares = np.where(moves, np.maximum(shares, 0.0), 0.0)
    gap, own = ({name: float(share) for name, share in zip(futures.inputs, shares[:, target], strict=True)} for target in (0, 1))
    return gap, own


def _gap_and_best(futures: Futures, figure: str) -> Array:
    """Return what the next best option costs more than the best one, and the figure of that, ``(2, draws)``; with one option it twice."""
    sign, values, options = direction(figure), futures.samples(figure), futures.base.options
    best = options.index(preferred(futures.base, figure))
    means = sign * values.mean(axis=1)
    others = [row for row in range(len(options)) if row != best]
    gap = sign * (values[min(others, key=lambda row: means[row])] - values[best]) if others else values[best]
    return np.array([gap, values[best]])


def _swings(model: Model, names: Sequence[str]) -> dict[str, float]:
    """Return how far each fixed input, moved a little to either side, moves the gap in the central case: all in one evaluation."""
    contents = {name: model.leaves[name].content for name in names if name in model.leaves}
    held = {name: np.asarray(content, dtype=np.float64).reshape(1, -1) for name, content in contents.items() if _is_fixed(content)}
    rows = 2 * len(held)
    changed: dict[str, Array] = {}
    for place, (name, value) in enumerate(held.items()):
        aside = STEP_ASIDE * np.abs(value) if value.any() else np.full(value.shape, STEP_ASIDE)
        aside = np.full(value.shape, STEP_ASIDE**2) if model.leaves[name].shown_unit == "1/year" else aside
        moved = np.repeat(value, rows, axis=0)
        moved[2 * place] = np.maximum(value - aside, 0.0)
        moved[2 * place + 1] = value + aside
        changed[name] = moved
    figure = model.scenario.decision.decide_by
    terms = {name: term for name, term in all_outputs(model).items() if name.startswith("draw/") and name.endswith(f"/{figure}")}
    with np.errstate(all="ignore"):
        found = central_cases(model, terms, changed, rows) if held else {}
    values = np.array([one[:, 0] for one in found.values()])
    best = np.sort(direction(figure) * values, axis=0)
    gaps = best[min(1, len(best) - 1)] - best[0] if len(best) > 1 else best[0] if held else np.empty(0)
    return {name: _finite(float(abs(gaps[2 * place + 1] - gaps[2 * place]))) for place, name in enumerate(held)}


def _finite(value: float) -> float:
    return value if np.isfinite(value) else 0.0


def _is_fixed(content: object) -> bool:
    return isinstance(content, (float, np.ndarray))


def _positions(found: InputRange) -> tuple[float, ...]:
    """Return rounded values over the range, in even ratios where it is wide, with the current one exactly."""
    low, high = found.low, found.high
    ratio = low > 0.0 and high / low > 4.0
    values = np.geomspace(low, high, STEPS) if ratio else np.linspace(low, high, STEPS)
    inside = {float(f"{value:.3g}") for value in values}
    kept = {value for value in inside if low <= value <= high}
    return tuple(sorted({value for value in kept if abs(value - found.now) > 1e-9 * abs(found.now)} | {found.now}))


def spelled_range(slider: Slider) -> str:
    """Say what the file gives an input: its range and expected value, or its number."""
    row = slider.row
    if not row.uncertain:
        return f"{slider.spell(slider.range.now)}, fixed"
    return f"{slider.spell(slider.range.now)} expected, {slider.spell(row.low)} to {slider.spell(row.high)} (P5 to P95)"


def changes_of(sliders: Mapping[str, Slider], values: Mapping[str, float]) -> dict[str, Change]:
    """Return what the futures take for values by input."""
    return {name: sliders[name].change(value) for name, value in values.items()}
