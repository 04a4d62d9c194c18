"""Turns counts by hour, or a few published figures, into how the load of a week lies around its mean."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tco_model.inputs.files import read_bounded
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.tables import read_table
from tco_model.serving.hardware import TABLES, CapacityError, known

Numbers = NDArray[np.float64]
HOURS_PER_DAY, WORKING_DAYS = 24, 5
HOURS_PER_WEEK = 7 * HOURS_PER_DAY
NARROWEST = 1e6
"""Concentration of the day's curve beyond which only the busiest hour is left."""


class LoadShapeError(CapacityError):
    """A load shape that cannot be built: what is wrong and the move that mends it."""


@dataclass(frozen=True, slots=True)
class LoadShape:
    """Load of the 168 hours of a week as multiples of the mean hour; hour 0 begins on Monday at midnight by the users' clock."""

    name: str
    shares: tuple[float, ...]
    """Mean 1."""
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def peak_to_mean(self) -> float:
        """Busiest hour over the mean hour. Bursts within an hour come on top."""
        return max(self.shares)

    @property
    def weekend_share(self) -> float:
        """Share of the week's load that falls on Saturday and Sunday; 2/7 where all days are alike."""
        return sum(self.shares[WORKING_DAYS * HOURS_PER_DAY :]) / HOURS_PER_WEEK

    @property
    def weekend_to_weekday(self) -> float:
        """Mean hour of a weekend day over the mean hour of a working day; infinite where nothing runs on working days."""
        weekend, working = self.weekend_share / 2.0, (1.0 - self.weekend_share) / WORKING_DAYS
        return weekend / working if working > 0.0 else float("inf")

    def by_hour_of_day(self) -> list[float]:
        """Return the load of the 24 hours of a day over the week, as weights."""
        return [sum(self.shares[hour::HOURS_PER_DAY]) for hour in range(HOURS_PER_DAY)]

    def duration_curve(self) -> Numbers:
        """Return the hours from the busiest to the quietest, shape ``(168,)``: what is exceeded for 0, 1, 2 ... hours a week."""
        return np.sort(self.load(1.0))[::-1]

    def load(self, mean: float) -> Numbers:
        """Return the load of each hour of the week in the unit of its mean, shape ``(168,)``."""
        return mean * np.array(self.shares)


def shape_of(counts: ArrayLike, name: str = "own counts", provenance: Provenance | None = None) -> LoadShape:
    """Return the shape of 168 counts, the first for Monday from midnight to one o'clock.

    Raises:
        LoadShapeError: another number of hours, gaps, negative counts, or no load at all.
    """
    values = np.asarray(counts, dtype=np.float64)
    if values.shape != (HOURS_PER_WEEK,):
        raise LoadShapeError(
            f"a week has {HOURS_PER_WEEK} hours, not {values.size}", "give one count for each hour from Monday at midnight"
        )
    for wrong, what in ((~np.isfinite(values), "no count"), (values < 0.0, "a negative count")):
        if wrong.any():
            raise LoadShapeError(
                f"{_hours(np.flatnonzero(wrong))} of the week {'has' if wrong.sum() == 1 else 'have'} {what}",
                "give every hour a count from 0 on; write 0 only where nothing was asked",
            )
    if not values.any():
        raise LoadShapeError("no hour of the week has any load", "give the hours of a week in which the service was used")
    shares = values / values.mean()
    return LoadShape(name, tuple(shares.tolist()), provenance or Provenance())


def _hours(places: NDArray[np.intp]) -> str:
    """Name up to three hours of the week."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    named = [f"{days[place // HOURS_PER_DAY]} {place % HOURS_PER_DAY:02d}:00" for place in places[:3]]
    return ", ".join(named) + (f" and {len(places) - 3} more hours" if len(places) > 3 else "")


def constructed(
    peak_to_mean: float,
    weekend_to_weekday: float = 1.0,
    night_to_peak: float = 0.0,
    peak_hour: int = 14,
    *,
    name: str = "constructed",
    provenance: Provenance | None = None,
) -> LoadShape:
    """Return a smooth week with given figures: every day one hill, weekend days lower by one factor.

    Args:
        peak_to_mean: busiest hour over the mean hour of the week.
        weekend_to_weekday: mean hour of a weekend day over that of a working day.
        night_to_peak: the floor on which the hill stands, over its peak; the quietest hour is not below it.
        peak_hour: the busiest hour of a day, 0 to 23.

    The hill is ``exp(k (cos(2 pi (h - peak) / 24) - 1))``, the von Mises form, with ``k`` found so that the peak comes out.

    Raises:
        LoadShapeError: figures outside their ranges, or a peak that no such week has.
    """
    if not (weekend_to_weekday >= 0.0 and 0.0 <= night_to_peak < 1.0 and 0 <= peak_hour < HOURS_PER_DAY):
        raise LoadShapeError(
            f"no day has {weekend_to_weekday:g} of a working day at weekends, {night_to_peak:g} of its peak at night, "
            f"and its peak in hour {peak_hour}",
            "give a weekend from 0 on, a night from 0 to below 1, and an hour from 0 to 23",
        )
    days = np.repeat([1.0, weekend_to_weekday], [WORKING_DAYS, 7 - WORKING_DAYS])
    wanted = days.max() / days.mean() / peak_to_mean if peak_to_mean > 0.0 else float("nan")
    day = _hill(wanted, night_to_peak, peak_hour)
    if day is None:
        lowest, highest = days.max() / days.mean(), days.max() / days.mean() / _hill_at(NARROWEST, night_to_peak, 0).mean()
        raise LoadShapeError(
            f"a peak of {peak_to_mean:g} times the mean cannot be had with these weekends and nights",
            f"give a peak from {lowest:.3g} to {highest:.3g}, or other weekends and nights",
        )
    return shape_of(np.outer(days, day).ravel(), name, provenance)


def _hill_at(narrowness: float, floor: float, peak_hour: int) -> Numbers:
    angle = 2.0 * np.pi * (np.arange(HOURS_PER_DAY) - peak_hour) / HOURS_PER_DAY
    return floor + (1.0 - floor) * np.exp(narrowness * (np.cos(angle) - 1.0))


def _hill(mean: float, floor: float, peak_hour: int) -> Numbers | None:
    """Return a day of peak 1 and a given mean, which falls as the hill grows narrower; None where none has it."""
    low, high = 0.0, NARROWEST
    if not _hill_at(high, floor, peak_hour).mean() <= mean <= 1.0:
        return None
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _hill_at(middle, floor, peak_hour).mean() > mean else (low, middle)
    return _hill_at(high, floor, peak_hour)


@cache
def load_shapes() -> Mapping[str, LoadShape]:
    """Return the shipped shapes by name; each is constructed, and its note says from which published figures."""
    found: dict[str, LoadShape] = {}
    for row, provenance in read_table(TABLES / "load_shapes.yaml"):
        figures = (row["peak_to_mean"], row["weekend_to_weekday"], row["night_to_peak"], row["peak_hour"])
        found[row["name"]] = constructed(*figures, name=row["name"], provenance=provenance)
    return found


def load_shape(name: str) -> LoadShape:
    """Return a shipped shape.

    Raises:
        CapacityError: there is none of that name; the nearest names are offered.
    """
    return known(load_shapes(), name, "load shape")


LARGEST_FILE = 1_000_000
"""[byte]"""


def read_shape(path: Path) -> LoadShape:
    """Return the shape that ``tco load-shape --json`` wrote.

    Raises:
        LoadShapeError: no such file, another format, or counts that are no week.
    """
    mend = "give the output of `tco load-shape requests.csv --json`, from a log of at least a week"
    try:
        found: Any = json.loads(read_bounded(path, LARGEST_FILE).decode("utf-8-sig"))
        shares = [float(value) for value in found["week"]["shares"]]
        day = dt.datetime.fromisoformat(found["last"]).date()
    except OSError as error:
        raise LoadShapeError(f"{path.name} cannot be read: {error.strerror}", "give a file that exists and may be read") from error
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise LoadShapeError(f"{path.name} holds no load shape of a week", mend) from error
    try:
        return shape_of(shares, path.stem, Provenance(source=f"own request log, {path.name}", as_of=day))
    except LoadShapeError as error:
        raise LoadShapeError(f"{path.name}: {error.message}", error.mend) from None


def shape_named(name: str, file: str) -> LoadShape:
    """Return a shipped load shape, or the one of a file beside the scenario `file`.

    Raises:
        CapacityError: no such shape, or a file that cannot be used.
    """
    return read_shape(beside(file, name)) if name.endswith(".json") and name not in load_shapes() else load_shape(name)


def beside(file: str, name: str) -> Path:
    """Return a file that lies beside the scenario `file` or below it, and nowhere else.

    Raises:
        CapacityError: it lies elsewhere.
    """
    if not file:
        raise CapacityError(f"'{name}' cannot be read: this scenario lies in no folder", "save it beside that file and open it from there")
    folder = Path(file).parent.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise CapacityError(f"'{name}' does not lie beside the scenario", "put the file into the folder of the scenario and give its name")
    return path
